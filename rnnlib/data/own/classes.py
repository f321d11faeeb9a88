"""From the words of a label column to classes, and of a group column to groups."""

import numpy as np

from .cells import FORMS, GAPS, bare


def classes(table, words, rows, place):
    """(labels (N,), names): class k is names[k], in sorted order; numbers that measure something are refused."""
    names = sorted(set(words), key=by_value(words))
    table.choices["classes"] = f"{len(names)}, sorted"
    broken = next(((r, w) for r, w in zip(rows, words) if (v := as_number(w)) is not None and not v.is_integer()), None)
    if broken and all(as_number(w) is not None for w in names):
        row, word = broken
        raise table.fault(
            f"expected classes, got the number {word!r}, one of {len(names):,} different ones; a label names a class, "
            "so sort the numbers into classes first",
            int(row),
            place,
        )
    if len(names) < 2:
        sentence = f"expected at least two classes, got {names[0]!r} in every row; label= may name another column"
        raise table.fault(sentence, column=place)
    if len(names) > max(2, len(words) // 2) and len(words) > 4:
        table.remark(f"{len(names):,} classes in {len(words):,} sequences: is this a label or an id?", column=place)
    if missing := [w for w in names if w.upper() in GAPS]:
        n, row = words.count(missing[0]), int(rows[words.index(missing[0])])
        table.remark(
            f"the label {missing[0]!r} comes {'once' if n == 1 else f'{n:,} times'}: a class, or is it missing?",
            row,
            place,
        )
    code = {name: k for k, name in enumerate(names)}
    return np.array([code[word] for word in words]), tuple(names)


def by_value(words):
    """Numbers in the order of numbers, words in that of words."""
    return (lambda w: (as_number(w), w)) if all(as_number(w) is not None for w in words) else str


def as_number(word):
    """The number a label is, under either decimal sign, or None."""
    cell = bare(word).replace(",", ".")
    return float(cell) if FORMS["."].fullmatch(cell) else None


def group_of(table, cells, group, row):
    if group is None:
        return None
    if not cells[group]:
        raise table.fault("expected a group, got an empty cell", row, group)
    return cells[group]
