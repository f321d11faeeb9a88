"""The entries that people take for one another: one step off, of another array, from the other end."""

import ast

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
        for other in names:
            if other != inner.id:
                for said in shifted.values():
                    new = f"{other}{tail}[{said}]"
                    yield "name", f"`{new}` in place of `{text}`", parsed(new), 4
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
    new = f"{ast.unparse(node.value)}[:-({lower})]" if lower and not upper else None
    if upper and not lower:
        rest = "".join(f"{ast.unparse(e)}, " for e in node.slice.elts[:-1]) if isinstance(node.slice, ast.Tuple) else ""
        new = f"{ast.unparse(node.value)}[{rest}-({upper}):]"
    if new:
        yield "index", f"`{new}` in place of `{text}`", parsed(new), 1
