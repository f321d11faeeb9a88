"""What a learner may have written in place of a solution: the solution with one thing changed.

A solution is a short Python function. Its syntax tree is walked, and at every place the changes that people make are
tried: a term or a factor left out, a sign, a transpose, a neighbour's name, an index off by one, = for +=, a loop that
runs the other way, a slope taken of the wrong thing. Each `Edit` knows its place in the tree, what to put there, and
how to say it. Nothing here knows one exercise from another.
"""

import ast
import inspect
import textwrap

from .edits import Edit, get, parsed, transposed
from .operators import replacements, statement_edits


class Solution:
    """A function, its tree, and every edit of it."""

    def __init__(self, function, sizes=()):
        self.function, self.sizes = function, dict(sizes)  # sizes: {"B": "len(x)"}, by which a sum becomes a mean
        self.tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        body = self.tree.body[0]
        if ast.get_docstring(body):
            body.body = body.body[1:]
        self.names = {a.arg: 0 for a in body.args.args}  # -> the line that first gives it a value
        for n in ast.walk(body):
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
                self.names[n.id] = min(n.lineno, self.names.get(n.id, n.lineno))
        self.edits = list(everywhere(list(self.single(body))))
        for edit in self.edits:
            for *_, new in edit.places:
                ast.fix_missing_locations(new)

    def compiled(self, *edits):
        """The function with these edits made, or None where Python cannot read it."""
        for edit in edits:
            edit.apply()
        try:
            scope = dict(self.function.__globals__)
            exec(compile(self.tree, "<a mistake>", "exec"), scope)
            return scope[self.function.__name__]
        except (SyntaxError, TypeError, ValueError):
            return None
        finally:
            for edit in reversed(edits):
                edit.undo()

    def single(self, body):
        """Edits at one place each."""
        for parent, statements in blocks(body):
            yield from statement_edits(parent, statements, self.known)
            for statement in statements:
                line = ast.unparse(statement).split("\n")[0]
                for node, parent_, field, index in expressions(statement):
                    for kind, words, new, rank in replacements(node, parent_, self.known(statement)):
                        yield Edit(kind, words, line, [(parent_, field, index, new)], rank)
                if isinstance(statement, ast.Return):
                    yield from self.result_edits(statement, line)

    def known(self, statement):
        """The names that have a value when this statement is reached at first, or get one inside it."""
        inside = {n.target.id for n in ast.walk(statement) if isinstance(n, ast.comprehension)}
        return [name for name, line in self.names.items() if line < statement.lineno or name in inside]

    def result_edits(self, statement, line):
        """What is done to one returned array as a whole."""
        value, field = statement.value, "elts"
        if isinstance(value, ast.Dict):
            field, named = "values", [k.value for k in value.keys]
        elif isinstance(value, ast.Tuple):
            named = [ast.unparse(e) for e in value.elts]
        else:
            value, field, named = statement, "value", ["the result"]
        for k, name in enumerate(named):
            index = None if field == "value" else k
            node = get(value, field, index)
            scaled = {"twice as large": "2", "half as large": "0.5", "with the wrong sign": "-1"}
            scaled |= {f"divided by {size}": f"1 / ({code})" for size, code in self.sizes.items()}
            scaled |= {f"multiplied by {size}": f"({code})" for size, code in self.sizes.items()}
            for words, factor in scaled.items():
                kind = "sign" if factor == "-1" else "average"
                new = ast.BinOp(node, ast.Mult(), parsed(f"({factor})"))
                yield Edit(kind, f"{name} is {words}", line, [(value, field, index, new)], 5)
            for word, op in (("large", ast.Add()), ("small", ast.Sub())):
                new = ast.BinOp(node, op, ast.Constant(1))
                yield Edit("index", f"{name} is one too {word}", line, [(value, field, index, new)], 4)
            squared = ast.BinOp(node, ast.Pow(), ast.Constant(2))
            yield Edit("number", f"{name} is squared", line, [(value, field, index, squared)], 4)
            yield Edit("transpose", f"{name} is transposed", line, [(value, field, index, transposed(node))], 1)


def blocks(body):
    """(parent, list of statements) of a function and of everything nested in it."""
    yield body, body.body
    for node in ast.walk(body):
        if node is not body and isinstance(getattr(node, "body", None), list):
            yield node, node.body


def expressions(statement):
    """(node, parent, field, index) of every expression of one statement, without the statements inside it."""
    stack = [(statement, None, None, None)]
    while stack:
        node, parent, field, index = stack.pop()
        if isinstance(node, ast.expr):
            yield node, parent, field, index
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                stack.append((value, node, name, None))
            elif isinstance(value, list):
                stack += [(v, node, name, k) for k, v in enumerate(value) if isinstance(v, ast.expr | ast.keyword)]


def everywhere(single):
    """The edits, and those that people make at all places at once as one."""
    groups = {}
    for edit in single:
        yield edit
        if edit.kind == "slope":
            key = edit.words.split(" of ")[0], edit.words.split("`")[-1]
        elif edit.words.startswith("axis ") or edit.words.startswith("0 in place of `"):
            key = edit.words.split(" in `")[0].split(" of ")[0]
        elif edit.kind in ("sum", "transpose", "average") and " is " not in edit.words:
            key = edit.kind, edit.words.count(".T` in place")
        elif (edit.kind == "name" and edit.rank == 2) or edit.kind in ("factor", "index") or "log" in edit.words:
            key = edit.words
        else:
            continue
        groups.setdefault(key, []).append(edit)
    for group in groups.values():
        if len(group) > 1:
            words = "everywhere: " + "; ".join(dict.fromkeys(e.words for e in group))
            yield Edit(group[0].kind, words, group[0].line, [p for e in group for p in e.places], 2)
