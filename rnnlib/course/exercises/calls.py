"""The changes that people make of a call: another function, another axis, a mean for a sum."""

import ast

from .edits import parsed


def calls(node, text, names):
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    plain = isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id == "np"
    )
    if name == "sum" and plain and text.endswith("** 2).sum()"):
        of = ast.unparse(node.func.value.left)
        yield "whole", f"the spectral norm of `{of}` in `{text}`", parsed(f"np.linalg.norm({of}, 2) ** 2"), 2
    listed = names.values.get(getattr(node.args[0], "id", None)) if name == "sum" and node.args else None
    if isinstance(listed, ast.ListComp):
        variable, arrays = (ast.unparse(x) for x in (listed.generators[0].target, listed.generators[0].iter))
        new = parsed(f"{text} / sum(np.size({variable}) for {variable} in {arrays})")
        yield "whole", f"the mean over all entries in place of `{text}`", new, 1
    if name in ("sum", "max"):
        other = "max" if name == "sum" else "sum"
        func = ast.Attribute(node.func.value, other, ast.Load()) if plain else ast.Name(other, ast.Load())
        yield "order", f"{other} in place of {name} in `{text}`", ast.Call(func, node.args, node.keywords), 2
    if name in ("sum", "mean", "max"):
        other = "mean" if name == "sum" else "sum"
        func = ast.Attribute(node.func.value, other, ast.Load()) if plain else ast.Name(other, ast.Load())
        if plain and name != "max":
            yield "average", f"{other} in place of {name} in `{text}`", ast.Call(func, node.args, node.keywords), 1
            if ast.unparse(node).endswith("axis=(0, 1))"):
                for k, which in ((-1, "last"), (0, "first")):
                    new = parsed(f"({ast.unparse(node.func.value)})[{k}].{name}(axis=0)")
                    yield "sum", f"the {which} step alone in `{text}`", new, 1
        if plain:
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
        new = parsed(f"np.sqrt({ast.unparse(node.args[0].func.value)}).mean()")
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
    if name in ("tanh", "sigmoid") and isinstance(node.args[0], ast.Name):
        sum_ = names.values.get(node.args[0].id)
        if isinstance(sum_, ast.BinOp) and isinstance(sum_.op, ast.Add):
            outside = ast.BinOp(ast.Call(node.func, [sum_.left], []), ast.Add(), sum_.right)
            yield "order", f"`{ast.unparse(sum_.right)}` stands outside {name}", outside, 1
        for sign, words in (("+ 1", "1 is added inside"), ("- 1", "1 is subtracted inside")):
            new = parsed(text.replace(")", f" {sign})"))
            yield "number", f"{words} `{text}`", new, 4
    if name == "sigmoid":
        yield "sign", f"the sign inside `{text}`: it falls", parsed(text.replace("(", "(-", 1)), 1
    if name in ("tril", "triu"):
        other = "triu" if name == "tril" else "tril"
        yield "condition", f"{other} in place of {name} in `{text}`", parsed(text.replace(name, other, 1)), 1
    if name == "mean" and plain:
        of = ast.unparse(node.func.value)
        axis = next((ast.unparse(w.value) for w in node.keywords if w.arg == "axis"), None)
        if axis:
            size = f"({of}).shape[{axis}]"
            new = parsed(f"{text} * {size} / ({size} - 1)")
            yield "average", f"divided by one less than the size in `{text}`", new, 2
    if name in ("sqrt", "sum") and isinstance(node.args[0] if node.args else None, ast.Call):
        inner = node.args[0]
        if ast.unparse(inner.func) == "sum":
            new = parsed(f"sum({ast.unparse(node.func)}({ast.unparse(inner.args[0])}))")
            yield "order", f"`{ast.unparse(new)}` in place of `{text}`", new, 1
    if name == "range":
        for k in names.counts():
            args = [parsed(f"({ast.unparse(node.args[0])}) // {k} * {k}"), *node.args[1:]]
            words = f"only whole multiples of `{k}`: what is left over in `{text}` is dropped"
            yield "condition", words, ast.Call(node.func, args, []), 2
        for k, arg in enumerate(node.args[:2]):
            for by in (" + 1", " - 1"):
                args = [*node.args]
                args[k] = parsed(f"{ast.unparse(arg)}{by}")
                new = ast.Call(node.func, args, [])
                yield "condition", f"`{ast.unparse(new)}` in place of `{text}`", new, 3
    if name == "split":
        of, count = (ast.unparse(a) for a in node.args[:2])
        new = parsed(f"np.moveaxis({of}.reshape(len({of}), -1, {count}), 2, 0)")
        yield "order", f"`{text}` takes every {count}th column: units outside, blocks inside", new, 2
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
