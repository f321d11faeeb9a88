"""A mistake at one use of a value, where every other use of it is right: written out there and changed."""

import ast
import copy


def uses(node, names, changes):
    """(kind, words, new, rank) of one use of a name that stands for a short formula."""
    value = names.values.get(node.id)
    if not isinstance(value, ast.BinOp | ast.Compare | ast.Subscript | ast.Call):
        return
    value = copy.deepcopy(value)
    for inner in (value, written_out(value, names)):
        if inner is None:
            continue
        for kind, words, new, rank in inside(inner, changes):
            yield kind, f"in this use of `{node.id}` alone: {words}", new, 3 + (rank > 1)


def written_out(value, names):
    """The formula with the names in it written out, where they are sums or products themselves."""
    tree, changed = copy.deepcopy(value), False
    for node in ast.walk(tree):
        for field, child in ast.iter_fields(node):
            short = names.values.get(child.id) if isinstance(child, ast.Name) else None
            if isinstance(short, ast.BinOp) and isinstance(node, ast.BinOp):
                setattr(node, field, copy.deepcopy(short))
                changed = True
    return tree if changed else None


def inside(tree, changes):
    """Every change of one sub-expression, as the whole expression."""
    spots = [n for n in ast.walk(tree) if isinstance(n, ast.BinOp | ast.Compare)]
    for k, spot in enumerate(spots):
        for kind, words, new, rank in changes(spot):
            if spot is tree:
                yield kind, words, new, rank
                continue
            whole = copy.deepcopy(tree)
            target = [n for n in ast.walk(whole) if isinstance(n, ast.BinOp | ast.Compare)][k]
            for parent in ast.walk(whole):
                for field, child in ast.iter_fields(parent):
                    if child is target:
                        setattr(parent, field, new)
            yield kind, words, whole, rank
