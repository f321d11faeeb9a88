"""Borders and totals: a comparison on its other side, a norm or a softmax of the wrong things."""

import ast

from .edits import parsed
from .indices import mirrored


def comparisons(node, text, names):
    """The border on the other side, one step off, or counted from the other end."""
    left, right = node.left, node.comparators[0]
    for op in (ast.Lt(), ast.LtE(), ast.Eq(), ast.NotEq()):
        new = ast.Compare(left, [op], node.comparators)
        if type(op) is not type(node.ops[0]):
            yield "condition", f"`{ast.unparse(new)}` in place of `{text}`", new, 2
    new = ast.Compare(right, [ast.Eq()], [right])
    yield "condition", f"`{text}` always holds", new, 1
    for by in (1, -1):
        new = ast.Compare(left, node.ops, [ast.BinOp(right, ast.Add(), ast.Constant(by))])
        yield "condition", f"`{ast.unparse(new)}` in place of `{text}`", new, 3
    if isinstance(right, ast.Name):
        new = ast.Compare(left, node.ops, [ast.Constant(0)])
        yield "condition", f"0 in place of `{right.id}` in a comparison", new, 2
        for least in ("min", "max"):
            new = ast.Compare(left, node.ops, [parsed(f"0 * {right.id} + {right.id}.{least}()")])
            yield "condition", f"the {least} of `{right.id}` for all in `{text}`", new, 1
    for words, new in mirrored(node, names):
        yield "condition", f"{words}: `{ast.unparse(new)}` in place of `{text}`", new, 2


def one_by_one(node, names):
    """[f(total) for g in arrays] with a total of its own for every array, or with every entry kept within a bound."""
    variable, arrays = node.generators[0].target, ast.unparse(node.generators[0].iter)
    for bound in names.scalars():
        if any(isinstance(v, ast.IfExp) and bound in ast.unparse(v.test) for v in names.values.values()):
            g = ast.unparse(variable)
            new = ast.ListComp(parsed(f"np.clip({g}, -{bound}, {bound})"), node.generators)
            yield "whole", f"every entry is kept within ±{bound} by itself, not the norm of all", new, 1
    for name in {n.id for n in ast.walk(node.elt) if isinstance(n, ast.Name)}:
        whole = names.substituted(name)
        own = whole and names.of_one(whole, arrays, ast.unparse(variable))
        if own:
            text = ast.unparse(node.elt).replace(name, f"({own})")
            words = f"`{name}` is made for every array of `{arrays}` by itself, not for all together"
            yield "whole", words, ast.ListComp(parsed(text), node.generators), 1


def normalised(node, names):
    """exp(x) / sum of exp(x): each entry through σ in place of the softmax."""
    above, below = names.values.get(getattr(node.left, "id", None)), ast.unparse(node.right)
    if above is None or not ast.unparse(above).startswith("np.exp(") or ".sum(" not in below:
        return
    x = above.args[0].left if isinstance(above.args[0], ast.BinOp) else above.args[0]
    words = f"σ of every entry of `{ast.unparse(x)}` by itself in place of the softmax"
    yield "slope", words, parsed(f"1 / (1 + np.exp(-({ast.unparse(x)})))"), 1
