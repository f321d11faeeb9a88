"""What goes wrong with a line as a whole: left out, too early, made once in place of every time, = for +=."""

import ast
import copy

from .edits import Edit, parsed


def statement_edits(parent, statements, names):
    for k, s in enumerate(statements):
        line, here = ast.unparse(s).split("\n")[0], (parent, "body", k)
        if isinstance(s, ast.AugAssign):
            new = ast.Assign([s.target], s.value, lineno=0)
            yield Edit("sum", f"`=` in place of `+=` for `{ast.unparse(s.target)}`", line, [(*here, new)])
        if isinstance(s, ast.Assign | ast.AugAssign | ast.If | ast.Expr):
            yield Edit("missing", f"`{line}` is left out", line, [(*here, ast.Pass())], 3)
        if isinstance(s, ast.If):
            yield Edit("condition", f"`{line}` always holds", line, [(s, "test", None, ast.Constant(True))], 3)
            yield Edit("condition", f"`{line}` never holds", line, [(s, "test", None, ast.Constant(False))], 1)
        if isinstance(s, ast.For):
            yield from loops(s, line, parent)
        if isinstance(s, ast.Assign | ast.AugAssign):
            yield from values(s, statements, line, names)
            yield from first_time(s, line, here, parent)
        if k and isinstance(s, ast.Assign | ast.AugAssign):
            yield from with_the_line_before(s, statements[k - 1], line, here)


def loops(s, line, parent):
    other = ast.Call(ast.Name("list", ast.Load()), [s.iter], [])
    new = ast.Call(ast.Name("reversed", ast.Load()), [other], [])
    yield Edit("loop", "the loop runs the other way", line, [(s, "iter", None, new)])
    ends = [r for r in ast.walk(parent) if isinstance(r, ast.Return)]
    if ends:
        yield Edit("loop", "it returns inside the loop", line, [(s, "body", None, [*s.body, ends[-1]])], 2)


def values(s, statements, line, names):
    """Another value on the right-hand side."""
    text, target = ast.unparse(s.value), s.targets[0] if isinstance(s, ast.Assign) else s.target
    place = (s, "value", None)
    for word, factor in (("twice as large", 2), ("half as large", 0.5), ("with the wrong sign", -1), ("left at 0", 0)):
        new = ast.BinOp(s.value, ast.Mult(), ast.Constant(factor))
        yield Edit(
            "number", f"the value of `{ast.unparse(target)}` is {word}", line, [(*place, new)], 5 if factor else 3
        )
    shapes = names.shapes(target)
    alike = [n for n in names if shapes & names.shapes(n)] if shapes else list(names)
    for other in alike + names.entries_like(shapes):
        new = ast.BinOp(s.value, ast.Add(), parsed(other))
        yield Edit("term", f"`{other}` is added to `{text}`", line, [(*place, new)], 5)
        if not isinstance(s.value, ast.Call) and other not in names.made:
            for factor in (other, f"(1 - {other})", f"(1 - {other} ** 2)", f"{other} * (1 - {other})"):
                new = ast.BinOp(s.value, ast.Mult(), parsed(factor))
                yield Edit("factor", f"`{text}` is multiplied by `{factor}`", line, [(*place, new)], 4)
    for other in statements:
        if isinstance(other, ast.Assign) and other is not s:
            if not shapes or not names.shapes(other.targets[0]) or shapes & names.shapes(other.targets[0]):
                words = f"`{ast.unparse(other.value)}` in place of `{text}`"
                yield Edit("name", words, line, [(*place, other.value)], 4)
    if isinstance(s, ast.AugAssign) and isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Name):
        new = ast.BinOp(ast.Constant(-1), ast.Sub(), target.slice)
        words = f"`{ast.unparse(target.value)}` is filled from the other end"
        yield Edit("index", words, line, [(target, "slice", None, new)], 2)
    if isinstance(s.value, ast.Name) and s.value.id in names.args:
        for word, code in (("last", f"{text}[-1:]"), ("first", f"{text}[:1]")):
            rest = f"0 * {text}[:-1], {code}" if word == "last" else f"{code}, 0 * {text}[1:]"
            words = f"of `{text}` the {word} step alone counts"
            yield Edit("steps", words, line, [(*place, parsed(f"np.concatenate([{rest}])"))], 1)
    if (
        isinstance(s, ast.Assign)
        and isinstance(target, ast.Tuple)
        and all(isinstance(e, ast.Name) for e in target.elts)
    ):
        for j in range(len(target.elts)):
            for i in range(j):
                new = list(target.elts)
                new[i], new[j] = new[j], new[i]
                words = f"`{target.elts[i].id}` and `{target.elts[j].id}` have changed places"
                yield Edit("order", words, line, [(target, "elts", None, new)], 0)


def first_time(s, line, here, parent):
    """What is made anew every time is made once only."""
    if isinstance(parent, ast.For | ast.If) and isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name):
        name = s.targets[0].id
        if not ast.unparse(s.value).startswith("np.zeros"):
            return
        new = ast.If(parsed(f"'{name}' not in locals()"), [s], [])
        yield Edit("once", f"`{line}` is made once, before the loop, and not anew", line, [(*here, new)], 1)


def with_the_line_before(s, before, line, here):
    """Two neighbouring lines exchanged, or a function that is applied one line too late."""
    parent, field, k = here
    if not isinstance(before, ast.Assign | ast.AugAssign):
        return
    words = f"`{line}` comes before `{ast.unparse(before)}`"
    yield Edit("name", words, line, [(*here, before), (parent, field, k - 1, s)], 4)
    call, target = before.value, getattr(before, "targets", [None])[0]
    if isinstance(call, ast.Call) and len(call.args) == 1 and isinstance(target, ast.Name):
        if isinstance(s.value, ast.Name) and s.value.id == target.id:
            late = copy.copy(s)
            late.value = ast.Call(call.func, [s.value], [])
            early = ast.Assign([target], call.args[0], lineno=0)
            words = f"`{ast.unparse(call.func)}` is applied in `{line}` alone, not to what is handed on"
            yield Edit("missing", words, ast.unparse(before), [(parent, field, k - 1, early), (*here, late)], 1)
