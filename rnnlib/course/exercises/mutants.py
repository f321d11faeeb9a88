"""What a learner may have written in place of a solution: the solution with one thing changed.

A solution is a short Python function. Its syntax tree is walked, and at every place the changes that people make are
tried: a term or a factor left out, a sign, a transpose, a neighbour's name, an index off by one, = for +=, a loop that
runs the other way, a slope taken of the wrong thing. Each `Edit` knows its place in the tree, what to put there, and
how to say it. Nothing here knows one exercise from another.
"""

import ast
import inspect
import textwrap

from .edits import Edit
from .names import Names
from .operators import replacements
from .results import result_edits
from .statements import statement_edits
from .throughout import throughout


class Solution:
    """A function, its tree, and every edit of it."""

    def __init__(self, function, sizes=(), args=None):
        self.function, self.sizes = function, dict(sizes)  # sizes: {"B": "len(x)"}, by which a sum becomes a mean
        self.tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        body = self.tree.body[0]
        if ast.get_docstring(body):
            body.body = body.body[1:]
        self.names = Names(body, function, args)
        self.edits = list(throughout(body, list(self.single(body)), self.names))

    def compiled(self, *edits):
        """The function with these edits made, or None where Python cannot read it."""
        for edit in edits:
            for *_, new in edit.places:
                located(new)
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
            yield from statement_edits(parent, statements, self.names)
            for statement in statements:
                line = ast.unparse(statement).split("\n")[0]
                for node, parent_, field, index in expressions(statement):
                    for kind, words, new, rank in replacements(node, parent_, self.names):
                        yield Edit(kind, words, line, [(parent_, field, index, new)], rank)
                if isinstance(statement, ast.Return):
                    yield from result_edits(statement, line, self.sizes, self.names)


def located(new):
    """Give a new node, or a list of them, the places in a text that Python asks for."""
    for node in new if isinstance(new, list) else [new]:
        if isinstance(node, ast.AST):
            ast.fix_missing_locations(node)


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
