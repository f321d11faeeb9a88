"""The changes that people make, one function for each kind of place: (kind, words, what to put there, rank)."""

import ast

from .edits import Edit, parsed, transposed
from .indices import subscripts


def replacements(node, parent, names):
    """(kind, words, what to put there, rank) of every change of one expression."""
    text = ast.unparse(node)
    if isinstance(node, ast.BinOp):
        yield from binary(node, text)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "transpose", f"`{ast.unparse(node.value)}` in place of `{text}`", node.value, 0
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.MatMult) and not is_transposed(node):
        yield "transpose", f"`{text}.T` in place of `{text}`", transposed(node), 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", f"the sign of `{text}` is missing", node.operand, 1
    if isinstance(node, ast.Call):
        yield from calls(node, text)
    looped = isinstance(parent, ast.For) and node is parent.iter  # a list that grows while it is read never ends
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names and not looped:
        for other in names:
            if other != node.id:
                yield "name", f"`{other}` in place of `{text}`", ast.Name(other, ast.Load()), 2
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Mult):
            for other in names:
                rank = 1 if other == node.id else 4
                yield "factor", f"`1 - {other}` in place of `{text}`", parsed(f"1 - {other}"), rank
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow | ast.Mod) and node is parent.right:
            for changed in (f"{text} + 1", f"{text} - 1"):
                yield "index", f"`{changed}` in place of `{text}`", parsed(f"({changed})"), 2
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
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        for other in (node.value + 1, node.value - 1, 2 * node.value, node.value / 2):
            if other != node.value:
                kind = "index" if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Sub) else "number"
                yield (
                    kind,
                    f"{other:g} in place of {node.value:g} in `{ast.unparse(parent)}`",
                    ast.Constant(other),
                    4,
                )
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) and node is parent.left:
            for base, said in {2: "e", 0.5: "1 / e"}.items():
                if node.value == base:
                    new = parsed(f"np.exp({1 if base == 2 else -1})")
                    yield "number", f"{said} in place of {base:g} in `{ast.unparse(parent)}`", new, 1
    if isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Name):
        new = ast.Compare(node.left, node.ops, [ast.Constant(0)])
        words = f"0 in place of `{ast.unparse(node.comparators[0])}` in a comparison"
        yield "condition", words, new, 2
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.LtE | ast.Lt | ast.Gt | ast.GtE | ast.Eq):
        for op in (ast.Lt(), ast.LtE(), ast.NotEq()):
            new = ast.Compare(node.left, [op], node.comparators)
            if ast.unparse(new) != text:
                yield "condition", f"`{ast.unparse(new)}` in place of `{text}`", new, 2
    if isinstance(node, ast.Subscript):
        yield from subscripts(node, text, names)


def statement_edits(parent, statements, known):
    for k, s in enumerate(statements):
        line, here = ast.unparse(s).split("\n")[0], (parent, "body", k)
        if isinstance(s, ast.AugAssign):
            new = ast.Assign([s.target], s.value, lineno=0)
            yield Edit("sum", f"`=` in place of `+=` for `{ast.unparse(s.target)}`", line, [(*here, new)])
        if isinstance(s, ast.Assign | ast.AugAssign | ast.If | ast.Expr):
            yield Edit("missing", f"`{line}` is left out", line, [(*here, ast.Pass())], 3)
        if isinstance(s, ast.If):
            yield Edit("condition", f"`{line}` always holds", line, [(s, "test", None, ast.Constant(True))], 3)
        if isinstance(s, ast.For):
            other = ast.Call(ast.Name("list", ast.Load()), [s.iter], [])
            new = ast.Call(ast.Name("reversed", ast.Load()), [other], [])
            yield Edit("loop", "the loop runs the other way", line, [(s, "iter", None, new)])
        if isinstance(s, ast.Assign | ast.AugAssign):
            for word, factor in (("twice as large", 2), ("half as large", 0.5), ("with the wrong sign", -1)):
                new = ast.BinOp(s.value, ast.Mult(), ast.Constant(factor))
                yield Edit("number", f"the value is {word}", line, [(s, "value", None, new)], 5)
            for name in known(s):
                new = ast.BinOp(s.value, ast.Add(), ast.Name(name, ast.Load()))
                yield Edit("term", f"`{name}` is added to `{ast.unparse(s.value)}`", line, [(s, "value", None, new)], 5)
            for other in statements:
                if isinstance(other, ast.Assign) and other is not s:
                    words = f"`{ast.unparse(other.value)}` in place of `{ast.unparse(s.value)}`"
                    yield Edit("name", words, line, [(s, "value", None, other.value)], 4)
        if (
            isinstance(s, ast.AugAssign)
            and isinstance(s.target, ast.Subscript)
            and isinstance(s.target.slice, ast.Name)
        ):
            new = ast.BinOp(ast.Constant(-1), ast.Sub(), s.target.slice)
            words = f"`{ast.unparse(s.target.value)}` is filled from the other end"
            yield Edit("index", words, line, [(s.target, "slice", None, new)], 2)
        if (
            k
            and isinstance(s, ast.Assign | ast.AugAssign)
            and isinstance(statements[k - 1], ast.Assign | ast.AugAssign)
        ):
            before = statements[k - 1]
            words = f"`{line}` comes before `{ast.unparse(before)}`"
            yield Edit("name", words, line, [(*here, before), (parent, "body", k - 1, s)], 4)


def binary(node, text):
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    product = isinstance(node.op, ast.Mult | ast.Div | ast.MatMult)
    if isinstance(node.op, ast.Add | ast.Sub) or product:
        one = isinstance(node.left, ast.Constant) and isinstance(node.op, ast.Sub)
        what = "factor" if product else "term"
        yield what, f"the {what} `{right}` is missing", node.left, 1 if not one else 3
        minus = isinstance(node.op, ast.Sub)
        if minus and not one:
            yield what, f"the {what} `{left}` is missing", ast.UnaryOp(ast.USub(), node.right), 1
        bare = f"`{right}` in place of `{text}`" if minus else f"the {what} `{left}` is missing"
        yield what, bare, node.right, 1
    if isinstance(node.op, ast.Div):
        yield "factor", f"the factor `{left}` is missing", ast.BinOp(ast.Constant(1), ast.Div(), node.right), 1
    if isinstance(node.op, ast.Add | ast.Sub):
        op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "sign", f"the sign of `{right}` in `{text}`", ast.BinOp(node.left, op, node.right), 1
        if isinstance(node.op, ast.Sub):
            new = ast.BinOp(node.right, ast.Sub(), node.left)
            yield "sign", f"`{ast.unparse(new)}` in place of `{text}`", new, 1
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
    if isinstance(node.op, ast.Pow):
        yield "number", f"`{left}` in place of `{text}`", node.left, 1
    yield from slopes(node, text)


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


def calls(node, text):
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    plain = isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id == "np"
    )
    if name in ("sum", "mean"):
        other = "mean" if name == "sum" else "sum"
        func = ast.Attribute(node.func.value, other, ast.Load()) if plain else ast.Name(other, ast.Load())
        if plain:
            yield "average", f"{other} in place of {name} in `{text}`", ast.Call(func, node.args, node.keywords), 1
            if ast.unparse(node).endswith("axis=(0, 1))"):
                for k, which in ((-1, "last"), (0, "first")):
                    new = parsed(f"({ast.unparse(node.func.value)})[{k}].{name}(axis=0)")
                    yield "sum", f"the {which} step alone in `{text}`", new, 1
            yield "missing", f"`{name}` is missing in `{text}`", node.func.value, 2
        for k, word in enumerate(node.keywords):
            if word.arg == "axis" and isinstance(word.value, ast.Constant):
                for axis in {0, 1, None} - {word.value.value}:
                    words = [*node.keywords]
                    words[k] = ast.keyword("axis", ast.Constant(axis))
                    yield (
                        "order",
                        f"axis {axis} in place of {word.value.value} in `{text}`",
                        ast.Call(node.func, node.args, words),
                        1,
                    )
    if name in ("tanh", "sigmoid", "sqrt", "exp", "log", "abs", "ceil") and len(node.args) == 1:
        yield "missing", f"`{name}` is missing in `{text}`", node.args[0], 1
    if name == "sqrt" and ast.unparse(node.args[0]).endswith(".mean()"):
        inner = node.args[0].func.value
        new = parsed(f"np.sqrt({ast.unparse(inner)}).mean()")
        yield "order", f"the root first and then the mean, `{ast.unparse(new)}`, in place of `{text}`", new, 1
    if name == "ceil":
        for other, word in (("floor", "rounded down"), ("round", "rounded to the nearest")):
            yield "number", f"{word} and not up in `{text}`", parsed(f"np.{other}({ast.unparse(node.args[0])})"), 1
    if name == "len":
        yield "average", f"1 in place of `{text}`", ast.Constant(1), 2
    if name in ("tanh", "sigmoid") and isinstance(node.args[0], ast.BinOp) and isinstance(node.args[0].op, ast.Add):
        sum_ = node.args[0]
        outside = ast.BinOp(ast.Call(node.func, [sum_.left], []), ast.Add(), sum_.right)
        yield "order", f"`{ast.unparse(sum_.right)}` stands outside {name}", outside, 1
    if name == "range" and len(node.args) > 1:
        new = ast.Call(node.func, [ast.Constant(0), *node.args[1:]], [])
        yield "condition", f"`{ast.unparse(new)}` in place of `{text}`", new, 3
    if name in ("tanh", "sigmoid"):
        x = ast.unparse(node.args[0])
        new = f"1 / (1 + np.exp(-({x})))" if name == "tanh" else f"np.tanh({x})"
        yield (
            "slope",
            f"{'σ' if name == 'tanh' else 'tanh'} in place of {name} in `{text}`",
            ast.parse(new, mode="eval").body,
            0,
        )
    if name in ("where", "min", "max") and len(node.args) > 1:
        for arg in node.args[1:] if name == "where" else node.args:
            yield "condition", f"`{ast.unparse(arg)}` in place of `{text}`", arg, 1
