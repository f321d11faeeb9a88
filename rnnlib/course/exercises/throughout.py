"""What people do at all places at once, as one mistake: a slope, an axis, a value before its update, two exchanged."""

import ast
import re
from itertools import combinations

from .edits import Edit, parsed


def throughout(body, single, names):
    """The edits, and those that belong together as one."""
    yield from single
    yield from everywhere(single)
    yield from exchanged(body, names)
    yield from before_the_update(single)


def everywhere(single):
    """The edits, and those that people make at all places at once as one."""
    groups = {}
    for edit in single:
        if edit.kind == "slope":
            key = edit.words.split(" of ")[0], edit.words.split("`")[-1]
        elif edit.kind in ("sum", "transpose", "average") and " is " not in edit.words:
            key = edit.kind, edit.words.count(".T` in place"), edit.kind == "average" and edit.words.split()[0]
        elif (
            edit.words.startswith(("axis", "max in place"))
            or "step alone counts" in edit.words
            or "the sign inside" in edit.words
            or edit.words.startswith("0 in place of `")
        ):
            key = edit.kind, edit.words.split(" in `")[0].split(" inside `")[0].split(" of ")[0]
        elif "in this use" in edit.words:
            continue
        elif (edit.kind == "name" and edit.rank == 2) or edit.kind in ("factor", "index") or "log" in edit.words:
            key = re.sub(r"[0-9.]+", "#", edit.words) if edit.kind == "factor" else edit.words
        else:
            continue
        groups.setdefault(key, []).append(edit)
    for group in groups.values():
        if len(group) > 1:
            words = "everywhere: " + "; ".join(dict.fromkeys(e.words for e in group))
            yield Edit(group[0].kind, words, group[0].line, [p for e in group for p in e.places], 2)


def before_the_update(single):
    """Every new value (m_new, v_new, dc_total) with its old one in its place."""
    old = [e for e in single if e.kind == "name" and e.rank == 2 and is_older(e.words)]
    old = [e for e in old if not e.line.startswith("return")]
    if len(old) > 1:
        words = "values before their update: " + "; ".join(dict.fromkeys(e.words for e in old))
        yield Edit("name", words, old[0].line, [p for e in old for p in e.places], 2)


def is_older(words):
    new, _, old = words.partition("` in place of `")
    return old.strip("`") in (f"{new.strip('`')}_new", f"{new.strip('`')}_total")


def exchanged(body, names):
    """Two constants, two indices, or z and 1 - z, exchanged wherever they stand."""
    spots = [(p, f, i, n) for p, f, i, n in children(body)]
    by_number = {c: [s for s in spots if isinstance(s[3], ast.Constant) and s[3].value == c] for c in names.numbers}
    for a, b in combinations(names.numbers, 2):
        places = [(p, f, i, ast.Constant(b if n.value == a else a)) for p, f, i, n in by_number[a] + by_number[b]]
        yield Edit("name", f"{a:g} and {b:g} have changed places", line_of(body, a), places, 1)
    indices = {}
    for p, f, i, n in spots:
        if (
            isinstance(p, ast.Subscript)
            and f == "slice"
            and {m.id for m in ast.walk(n) if isinstance(m, ast.Name)} & set(names.loops)
        ):
            indices.setdefault(ast.unparse(n), []).append((p, f, i, n))
    for a, b in combinations(indices, 2):
        places = [(p, f, i, parsed(b)) for p, f, i, _ in indices[a]] + [
            (p, f, i, parsed(a)) for p, f, i, _ in indices[b]
        ]
        yield Edit("index", f"the indices `{a}` and `{b}` have changed places", line_of(body, a), places, 2)
    for name in names.args:
        minus = [s for s in spots if ast.unparse(s[3]) == f"1 - {name}"]
        plain = [s for s in spots if ast.unparse(s[3]) == name and not any(s[0] is m[3] for m in minus)]
        plain = [s for s in plain if isinstance(s[0], ast.BinOp) and isinstance(s[0].op, ast.Mult)]
        if minus and plain:
            places = [(p, f, i, parsed(name)) for p, f, i, _ in minus]
            places += [(p, f, i, parsed(f"1 - {name}")) for p, f, i, _ in plain]
            words = f"`{name}` and `1 - {name}` have changed places everywhere"
            yield Edit("name", words, line_of(body, f"1 - {name}"), places, 1)


def line_of(body, text):
    """The first line in which this stands."""
    lines = ast.unparse(body).split("\n")[1:]
    return next((line.strip() for line in lines if str(text) in line), "")


def children(body):
    """(parent, field, index, node) of every expression of a function."""
    for parent in ast.walk(body):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, ast.expr) and not isinstance(parent, ast.arguments):
                yield parent, field, None, value
            elif isinstance(value, list):
                for k, v in enumerate(value):
                    if isinstance(v, ast.expr):
                        yield parent, field, k, v
