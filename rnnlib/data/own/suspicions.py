"""What looks suspicious in data that could be read: named, kept, and left to the reader to judge."""

from collections import Counter, defaultdict

import numpy as np

from .found import Remark


def text(read):
    """Remarks on a text."""
    out = []
    if len(read) < 10_000:
        out.append(Remark(None, None, f"The text has {len(read):,} characters; a network wants at least some 50,000."))
    rare = sorted(c for c, n in Counter(read).items() if n < 5)
    if rare and len(read) > 1_000:
        out.append(
            Remark(None, None, f"{len(rare)} characters come fewer than 5 times: {' '.join(map(repr, rare[:20]))}.")
        )
    return out


def percents(table, places):
    for p in places:
        cells = [(row, c[p]) for row, c in table.rows]
        signed = [(row, c) for row, c in cells if c.endswith("%")]
        if signed:
            table.remark(
                f"{len(signed):,} of {len(cells):,} cells have a percent sign; 12 % is kept as 12", signed[0][0], p
            )


def series(table, data, names, rows):
    """Remarks on (T, D) numbers over time, added to the table."""
    for d, name in enumerate(names):
        xs, at = data[:, d], np.flatnonzero(~np.isnan(data[:, d]))
        holes = np.flatnonzero(np.isnan(xs) & (rows > 0))
        if len(holes):
            where = ", ".join(str(rows[t]) for t in holes[:6]) + (" and more" if len(holes) > 6 else "")
            table.remarks.append(Remark(int(rows[holes[0]]), name, f"{len(holes):,} gaps, in the rows {where}"))
        if len(at) and np.ptp(xs[at]) == 0:
            table.remarks.append(Remark(None, name, f"the column is constant, {xs[at[0]]:g} throughout"))


def labelled(found, table):
    """The same Found with remarks on its sequences added."""
    return found


def duplicates_across(found, parts):
    """Remarks on sequences that stand in more than one part of a split.

    parts : {"train": indices, "test": indices, ...} into the N sequences of `found`
    """
    where = defaultdict(list)
    xs, _, lengths = found.data
    for part, indices in parts.items():
        for i in np.asarray(indices, dtype=np.int64):
            where[xs[: lengths[i], i].tobytes()].append((part, int(i)))
    out = []
    for places in where.values():
        if len({part for part, _ in places}) > 1:
            (a, i), (b, j) = places[0], next(p for p in places if p[0] != places[0][0])
            out.append(Remark(int(found.rows[j]), None, f"the sequence of {b!r} is also in {a!r}, row {found.rows[i]}"))
    return out
