"""The entries that people take for one another: one step off, of another array, from the other end."""

import ast
import copy
import re

from .edits import parsed


def subscripts(node, text, names):
    """Another entry: t for t - 1 and the like, of this array or of another one."""
    index, base = node.slice, ast.unparse(node.value)
    yield from slices(node, text)
    if isinstance(index, ast.Slice | ast.Tuple | ast.UnaryOp) or not isinstance(node.ctx, ast.Load):
        return
    if isinstance(index, ast.Constant) and isinstance(index.value, str):
        return
    at = ast.unparse(index)
    shifted = {1: f"{at} + 1", -1: f"{at} - 1"}
    shifted |= {1: at.removesuffix(" - 1"), -1: at.removesuffix(" - 1") + " - 2"} if at.endswith(" - 1") else {}
    for said in shifted.values():
        yield "index", f"`{base}[{said}]` in place of `{text}`", parsed(f"{base}[{said}]"), 1
    inner = node.value.value if isinstance(node.value, ast.Subscript) else node.value
    if isinstance(inner, ast.Name):
        tail = base.removeprefix(inner.id)
        for other in names.in_place_of(inner):
            new = f"np.concatenate([{base}[:1], {other}{tail}])[{at}]"
            yield "name", f"`{other}` of the same step in place of `{text}`", parsed(new), 4
            for said in (at, *shifted.values()):
                new = f"{other}{tail}[{said}]"
                yield "name", f"`{new}` in place of `{text}`", parsed(new), 4
    if isinstance(index, ast.Name):
        for first, word in ((0, "first"), (-1, "last")):
            yield "index", f"always the {word} entry of `{base}`", parsed(f"{base}[{first}]"), 2
    for test in names.tests:
        last = f"len({names.longest or base})"
        new = parsed(f"{text} * ({test} or {names.test_loop} == {last})") if names.test_loop in at else None
        if new:
            yield "condition", f"of `{base}` only the steps count at which `{test}`, and the last", new, 3
            before = re.sub(rf"\b{names.test_loop}\b", f"({names.test_loop} - 1)", test)
            new = parsed(f"({base}[0] if {before} else {text})")
            yield "condition", f"where `{before}`, the first entry of `{base}` in place of `{text}`", new, 3
    loop = next((n.id for n in ast.walk(index) if isinstance(n, ast.Name) and n.id in names.loops), None)
    if loop and isinstance(node.value, ast.Name | ast.Subscript):
        for word, at_end in (("last", f"len({base}) - 1"), ("first", "0")):
            new = parsed(f"{text} * (({at}) == {at_end})")
            yield "steps", f"of `{base}` the {word} step alone counts", new, 1
    yield "index", f"`{base}` is read from the other end", parsed(f"{base}[-1 - ({at})]"), 3
    if at.endswith("- 1"):
        words = f"at the first step the index of `{text}` wraps round, to the last entry"
        yield "index", words, parsed(f"{base}[({at}) or -1]"), 2


def slices(node, text):
    """[1:] for [:-1] and the other way round; the last n of an axis for the first n."""
    part = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) else node.slice
    if not isinstance(part, ast.Slice):
        return
    lower, upper = (None if x is None else ast.unparse(x) for x in (part.lower, part.upper))
    bare = lower if lower and lower.isalnum() else f"({lower})"
    new = f"{ast.unparse(node.value)}[:-{bare}]" if lower and not upper else None
    if upper and not lower:
        rest = "".join(f"{ast.unparse(e)}, " for e in node.slice.elts[:-1]) if isinstance(node.slice, ast.Tuple) else ""
        new = f"{ast.unparse(node.value)}[{rest}-({upper}):]"
    if new:
        yield "index", f"`{new}` in place of `{text}`", parsed(new), 1


def mirrored(node, names):
    """A comparison with the loop's variable counted from the other end."""
    for name, steps in names.loops.items():
        if name in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} and isinstance(steps, ast.Call):
            longest = max((ast.unparse(a) for a in steps.args), key=len, default="")
            if "len" in longest:
                for other in (f"({longest} - {name})", f"({longest} + 1 - {name})"):
                    swap = Swap(name, parsed(other))
                    yield "counted from the end", swap.visit(copy.deepcopy(node))


class Swap(ast.NodeTransformer):
    def __init__(self, name, new):
        self.name, self.new = name, new

    def visit_Name(self, node):
        return self.new if node.id == self.name else node
