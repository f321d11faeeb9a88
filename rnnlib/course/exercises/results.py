"""What is done to one returned array as a whole: scaled, turned, summed, one entry for all."""

import ast
from itertools import combinations

from .edits import Edit, get, parsed, transposed

WHOLE = (  # (kind, words, code with R for the array, rank)
    ("sum", "every entry of {} is the last one", "0 * (R) + (R)[-1]", 2),
    ("sum", "every entry of {} is the first one", "0 * (R) + (R)[0]", 3),
    ("sum", "an index is missing: every entry of {} is the sum of all", "0 * (R) + (R).sum(axis=0)", 2),
    ("sum", "{} keeps its last entry alone, the others are 0", "np.concatenate([0 * (R)[:-1], (R)[-1:]])", 3),
    ("sum", "{} keeps its first entry alone, the others are 0", "np.concatenate([(R)[:1], 0 * (R)[1:]])", 3),
    ("term", "to every entry of {} that of the step after is added", "np.cumsum((R)[::-1], axis=0)[::-1]", 3),
    ("term", "to every entry of {} that of the step before is added", "np.cumsum(R, axis=0)", 3),
    ("index", "{} is filled from the other end", "(R)[::-1]", 2),
    ("index", "the entries of {} stand one place too late", "np.roll(R, 1, axis=0)", 3),
    ("index", "the entries of {} stand one place too early", "np.roll(R, -1, axis=0)", 3),
    ("missing", "{} is left at 0", "0 * (R)", 2),
    ("missing", "{} has gone through tanh", "np.tanh(R)", 2),
    ("missing", "{} is squared", "(R) ** 2", 4),
)  # fmt: skip


def result_edits(statement, line, sizes, names):
    """Edits of each array of a return statement."""
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
        for kind, words, new, rank in whole(node, name, sizes, names):
            yield Edit(kind, words, line, [(value, field, index, new)], rank)
        last = names.last.get(getattr(node, "id", None))
        for words, new in parts(last):
            yield Edit("term", f"{name} is only {words}", line, [(value, field, index, new)], 3)


def whole(node, name, sizes, names):
    """(kind, words, new, rank) of one array scaled, turned or summed."""
    text = ast.unparse(node)
    scaled = {"twice as large": "2", "half as large": "0.5", "with the wrong sign": "-1"}
    pairs = [(f"{a}·{b}", f"({x}) * ({y})") for (a, x), (b, y) in combinations(sizes.items(), 2)]
    for size, code in [*sizes.items(), *pairs]:
        scaled |= {f"divided by {size}": f"1 / ({code})", f"multiplied by {size}": f"({code})"}
    for words, factor in scaled.items():
        kind = "sign" if factor == "-1" else "average"
        yield kind, f"{name} is {words}", ast.BinOp(node, ast.Mult(), parsed(f"({factor})")), 5
    inside = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    shapes = set().union(*(names.shapes(n) for n in inside)) if not isinstance(node, ast.Name) else names.shapes(node)
    for other in [n for n in names if shapes & names.shapes(n)] if not isinstance(node, ast.ListComp) else []:
        for factor in (f"(1 - {other} ** 2)", f"{other} * (1 - {other})"):
            words = f"{name} is multiplied by `{factor}`"
            yield "slope", words, ast.BinOp(node, ast.Mult(), parsed(factor)), 3
    for word, op in (("large", ast.Add()), ("small", ast.Sub())):
        yield "index", f"{name} is one too {word}", ast.BinOp(node, op, ast.Constant(1)), 4
    yield "transpose", f"{name} is transposed", transposed(node), 1
    for by in names.flat_arrays():
        for sign in ("", "-"):
            new = parsed(f"({text})[..., np.argsort({sign}{by}, kind='stable'), :]")
            yield "name", f"the sequences of {name} stand in the order of `{by}`, not in their own", new, 2
    for kind, words, code, rank in WHOLE:
        yield (
            kind,
            words.format(name),
            parsed(code.replace("R", text) if text.isidentifier() else f"(lambda R: {code})({text})"),
            rank,
        )


def parts(value):
    """(words, node): the terms of a sum, each alone."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        for part in (value.left, value.right):
            yield f"`{ast.unparse(part)}`, of the sum `{ast.unparse(value)}`", part
