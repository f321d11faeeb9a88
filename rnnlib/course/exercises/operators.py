"""The changes that people make of an expression, one function for each kind of place."""

import ast
from itertools import combinations

from . import alone
from .calls import calls
from .edits import parsed, transposed
from .indices import subscripts
from .totals import comparisons, normalised, one_by_one


def replacements(node, parent, names):
    """(kind, words, what to put there, rank) of every change of one expression."""
    text = ast.unparse(node)
    if isinstance(node, ast.BinOp):
        yield from binary(node, text)
        yield from two_terms(node)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose", f"`{ast.unparse(node.value)}` in place of `{text}`", node.value, 0
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult) and not is_transposed(node):
        yield "transpose", f"`{text}.T` in place of `{text}`", transposed(node), 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", f"the sign of `{text}` is missing", node.operand, 1
    if isinstance(node, ast.Call):
        yield from calls(node, text, names)
    looped = isinstance(parent, ast.For) and node is parent.iter  # a list that grows while it is read never ends
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names and not looped:
        yield from other_names(node, parent, names)
        yield from alone.uses(node, names, lambda spot: pointwise(spot, names))
    if isinstance(node, ast.Name | ast.Subscript | ast.BinOp):
        yield from operands(node, parent, text, names)
    if isinstance(node, ast.IfExp):
        for branch, word in ((node.body, "always"), (node.orelse, "never")):
            yield "condition", f"{word} `{ast.unparse(node.test)}`: `{ast.unparse(branch)}`", branch, 1
    if isinstance(node, ast.List) or (isinstance(node, ast.Tuple) and isinstance(parent, ast.Return)):
        for i in range(len(node.elts)):
            for j in range(i):
                new = list(node.elts)
                new[i], new[j] = new[j], new[i]
                words = f"`{ast.unparse(node.elts[j])}` and `{ast.unparse(node.elts[i])}` have changed places"
                yield "order", words, type(node)(new, ast.Load()), 1
    if isinstance(node, ast.List):
        for i, part in enumerate(node.elts):
            new = list(node.elts)
            new[i] = ast.BinOp(part, ast.Mult(), ast.Constant(0))
            yield "missing", f"`{ast.unparse(part)}` is left at 0 in `{text}`", ast.List(new, ast.Load()), 2
            new = [p if p is part else ast.BinOp(p, ast.Mult(), ast.Constant(0)) for p in node.elts]
            yield "missing", f"of `{text}` `{ast.unparse(part)}` alone counts", ast.List(new, ast.Load()), 2
            words = f"every part of `{text}` is `{ast.unparse(part)}`"
            yield "name", words, ast.List([part] * len(new), ast.Load()), 3
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        yield from constants(node, parent, names)
    if isinstance(node, ast.Compare):
        yield from comparisons(node, text, names)
    if isinstance(node, ast.ListComp):
        yield from one_by_one(node, names)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from normalised(node, names)
    if isinstance(node, ast.Subscript):
        yield from subscripts(node, text, names)


def two_terms(node):
    """A sum of three terms or more without two of them."""
    terms, rest = [], node
    while isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Add | ast.Sub):
        terms.insert(0, (rest.op, rest.right))
        rest = rest.left
    for gone in combinations(range(len(terms)), 2):
        new = rest
        for k, (op, term) in enumerate(terms):
            new = new if k in gone else ast.BinOp(new, op, term)
        words = " and ".join(f"`{ast.unparse(terms[k][1])}`" for k in gone)
        yield "term", f"the terms {words} are missing", new, 2


def pointwise(node, names):
    """The changes of one sum, product or comparison."""
    text = ast.unparse(node)
    if isinstance(node, ast.Compare):
        yield from comparisons(node, text, names)
    else:
        yield from binary(node, text)


def other_names(node, parent, names):
    """Another value of the same shape, or 1 minus it."""
    text, alike = node.id, names.like(node)
    for other in alike:
        yield "name", f"`{other}` in place of `{text}`", ast.Name(other, ast.Load()), 2
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult):
        for other in [text, *(n for n in alike if n in names.args or n in names.returned)]:
            rank = 2 if other == text else 4
            yield "factor", f"`1 - {other}` in place of `{text}`", parsed(f"1 - {other}"), rank
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow | ast.Mod | ast.Mult):
        if node is parent.right or text in names.loops:
            for changed in (f"{text} + 1", f"{text} - 1"):
                yield "index", f"`{changed}` in place of `{text}`", parsed(f"({changed})"), 2


def operands(node, parent, text, names):
    """A term or the base of a power with one factor too many."""
    if not isinstance(parent, ast.BinOp) or not isinstance(parent.op, ast.Add | ast.Sub | ast.Pow):
        return
    shapes = names.shapes(node)
    if isinstance(parent.op, ast.Pow) and node is not parent.left:
        return
    alike = [n for n in names if shapes & names.shapes(n)] if shapes else []
    for other in alike + names.scalars():
        for factor in (other, f"(1 - {other})") if other != text else ():
            new = ast.BinOp(node, ast.Mult(), parsed(factor))
            yield "factor", f"`{text}` is multiplied by `{factor}`", new, 4
    if isinstance(parent.op, ast.Pow):
        return
    yield "number", f"a half of `{text}`", ast.BinOp(node, ast.Mult(), ast.Constant(0.5)), 4
    for matrix in ("W_xh", "W_hh"):
        if matrix in names and isinstance(node, ast.Name | ast.Subscript):
            new = ast.BinOp(node, ast.MatMult(), parsed(f"{matrix}.T"))
            yield "factor", f"`{text}` goes through `{matrix}`", new, 4


def constants(node, parent, names):
    others = dict.fromkeys((node.value + 1, node.value - 1, 2 * node.value, node.value / 2, *names.numbers))
    for other in others:
        if other != node.value:
            kind = "index" if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Sub) else "number"
            words = f"{other:g} in place of {node.value:g} in `{ast.unparse(parent)}`"
            yield kind, words, ast.Constant(other), 3 if other in names.numbers else 4
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) and node is parent.left:
        for base, said in {2: "e", 0.5: "1 / e"}.items():
            if node.value == base:
                new = parsed(f"np.exp({1 if base == 2 else -1})")
                yield "number", f"{said} in place of {base:g} in `{ast.unparse(parent)}`", new, 1


def binary(node, text):
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    product = isinstance(node.op, ast.Mult | ast.Div | ast.MatMult)
    if isinstance(node.op, ast.Add | ast.Sub) or product:
        one = isinstance(node.left, ast.Constant) and isinstance(node.op, ast.Sub)
        what = "factor" if product else "term"
        yield (
            what,
            f"the {what} `{right}` is missing",
            node.left,
            3 if one or isinstance(node.right, ast.Constant) else 1,
        )
        minus = isinstance(node.op, ast.Sub)
        if minus and not one:
            yield what, f"the {what} `{left}` is missing", ast.UnaryOp(ast.USub(), node.right), 1
        yield what, f"`{right}` in place of `{text}`" if minus else f"the {what} `{left}` is missing", node.right, 1
    if isinstance(node.op, ast.Div):
        yield "factor", f"the factor `{left}` is missing", ast.BinOp(ast.Constant(1), ast.Div(), node.right), 1
    if isinstance(node.op, ast.Add | ast.Sub):
        op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "sign", f"the sign of `{right}` in `{text}`", ast.BinOp(node.left, op, node.right), 1
        if isinstance(node.op, ast.Sub):
            new = ast.BinOp(node.right, ast.Sub(), node.left)
            yield "sign", f"`{ast.unparse(new)}` in place of `{text}`", new, 1
    if isinstance(node.op, ast.Mult):
        for weight, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(weight, ast.Name):
                new = ast.BinOp(other, ast.Mult(), parsed(f"({weight.id} != 0)"))
                yield "factor", f"the weight `{weight.id}` is left out where it is not 0", new, 1
    if isinstance(node.op, ast.Mult | ast.Div):
        op = ast.Div() if isinstance(node.op, ast.Mult) else ast.Mult()
        new = ast.BinOp(node.left, op, node.right)
        yield "factor", f"`{ast.unparse(new)}` in place of `{text}`", new, 3
        yield "factor", f"the factor `{right}` counts twice", ast.BinOp(node, node.op, node.right), 3
    if isinstance(node.op, ast.Add | ast.Sub):
        yield "term", f"the term `{right}` counts twice", ast.BinOp(node, node.op, node.right), 3
        parts = node.left, node.right
        if all(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult) for part in parts):
            one, other = node.left.left, node.right.left
            crossed = [ast.BinOp(a, ast.Mult(), part.right) for a, part in zip((other, one), parts)]
            words = f"`{ast.unparse(one)}` and `{ast.unparse(other)}` have changed places in `{text}`"
            yield "name", words, ast.BinOp(crossed[0], node.op, crossed[1]), 1
    if isinstance(node.op, ast.MatMult):
        new = ast.BinOp(node.right, ast.MatMult(), node.left)
        yield "order", f"`{ast.unparse(new)}` in place of `{text}`", new, 1
        yield from products(node, text, left, right)
    if isinstance(node.op, ast.Add):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(one, ast.BinOp) and isinstance(one.op, ast.MatMult | ast.Mult):
                new = ast.BinOp(ast.BinOp(one.left, ast.Add(), other), one.op, one.right)
                yield "bracket", f"`{ast.unparse(new)}` in place of `{text}`: the bracket", new, 2
    if is_one_minus(node) and isinstance(node.right, ast.BinOp) and isinstance(node.right.op, ast.Pow):
        new = ast.BinOp(ast.BinOp(node.left, ast.Sub(), node.right.left), ast.Pow(), node.right.right)
        yield "bracket", f"`{ast.unparse(new)}` in place of `{text}`: the bracket", new, 1
    if isinstance(node.op, ast.Pow):
        yield "number", f"`np.abs({left})` in place of `{text}`", parsed(f"np.abs({left})"), 1
        yield "number", f"`{left}` in place of `{text}`", node.left, 1
    yield from slopes(node, text)


def products(node, text, left, right):
    """A matrix product by another one, or with one term of its sum alone."""
    if not is_transposed(node.right) or not is_transposed(node.left):
        for matrix in (right, f"{right}.T") if not is_transposed(node.right) else (right,):
            new = parsed(f"{left} * np.diag({matrix})")
            yield "order", f"`{ast.unparse(new)}` in place of `{text}`: elementwise, no matrix product", new, 2
    if is_transposed(node.right):
        new = parsed(f"{left} @ np.linalg.pinv({ast.unparse(node.right.value)})")
        yield "transpose", f"the inverse of `{right[:-2]}` where its transpose belongs", new, 2
    for word, at in (("last", "-1:"), ("first", ":1")):
        new = parsed(f"({left})[:, {at}] @ ({right})[{at}]")
        yield "sum", f"in the sum `{text}` the {word} term alone", new, 2


def slopes(node, text):
    """E * (1 - X**2) is a gradient through tanh, E * X * (1 - X) one through σ: taken elsewhere, or exchanged."""
    if not isinstance(node.op, ast.Mult) or not is_one_minus(node.right):
        return
    inner, made = node.right.right, parsed
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Pow):
        E, X = ast.unparse(node.left), ast.unparse(inner.left)
        E = f"({E})"
        yield (
            "slope",
            f"tanh′ is taken of `{X}` as if it were not yet activated",
            made(f"{E} * (1 - np.tanh({X})**2)"),
            0,
        )
        yield (
            "slope",
            f"the slope of σ, `{X} * (1 - {X})`, where that of tanh belongs",
            made(f"{E} * {X} * (1 - {X})"),
            0,
        )
        yield "slope", f"the slope of tanh, `1 - {X}**2`, is missing", node.left, 0
    elif isinstance(node.left, ast.BinOp) and ast.dump(node.left.right) == ast.dump(inner):
        E, X = ast.unparse(node.left.left), ast.unparse(inner)
        E, s = f"({E})", f"(1 / (1 + np.exp(-{X})))"
        yield "slope", f"σ′ is taken of `{X}` as if it were not yet activated", made(f"{E} * {s} * (1 - {s})"), 0
        yield "slope", f"the slope of tanh, `1 - {X}**2`, where that of σ belongs", made(f"{E} * (1 - {X}**2)"), 0
        yield "slope", f"the slope of σ, `{X} * (1 - {X})`, is missing", node.left.left, 0


def is_one_minus(node):
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and isinstance(node.left, ast.Constant)


def is_transposed(node):
    return isinstance(node, ast.Attribute) and node.attr == "T"
