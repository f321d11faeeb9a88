"""What looks suspicious in numbers over time: gaps, stuck sensors, outliers, counters; named by row, and kept."""

from itertools import pairwise

import numpy as np

from .found import Remark
from .suspicions import MADS

STUCK = 10  # equal numbers in a row, at least
OFTEN = 0.05  # of the numbers: where more are far from the median, the spread is wide and nothing is an outlier
SENTINELS = (-99, -999, -9999, -99999, 999, 9999, 99999, -1e30, 1e30, 999.9, -99.9, -999.9)


def series(table, data, names, rows):
    """Add remarks on (T, D) numbers to the table; rows (T,) are their row numbers, 0 for a step that was put in."""
    for d, name in enumerate(names):
        real = np.flatnonzero(~np.isnan(data[:, d]))
        table.remarks += [Remark(row, name, words) for row, words in column(data[:, d], real, rows)]
    for a, b in pairwise(range(len(names))):
        if np.array_equal(data[:, a], data[:, b], equal_nan=True):
            table.remarks.append(Remark(None, names[b], f"the column has the same numbers as {names[a]!r}"))


def column(xs, real, rows):
    """(row, sentence) for one column."""
    holes = rows[np.flatnonzero(np.isnan(xs) & (rows > 0))]
    if len(holes):
        what = "1 gap, in row" if len(holes) == 1 else f"{len(holes):,} gaps, in the rows"
        yield int(holes[0]), f"{what} {ranges(holes)}"
    if not len(real):
        yield None, "the column has no number at all"
        return
    values, at = xs[real], rows[real]
    if np.ptp(values) == 0:
        yield None, f"the column is constant, {values[0]:g} throughout"
        return
    for sentinel in SENTINELS:
        hits = at[values == sentinel]
        if len(hits) > 1 and sentinel in (values.min(), values.max()):
            sentence = f"{sentinel:g} comes {len(hits):,} times: does it stand for a gap? gaps=['{sentinel:g}'] decides"
            yield int(hits[0]), sentence
            values, at = values[values != sentinel], at[values != sentinel]
    if len(values) > 3 and len(set(np.diff(values))) == 1:
        yield None, f"the column runs on as a counter, by {values[1] - values[0]:g} a row"
        return
    yield from stuck(values, at)
    yield from outliers(values, at)


def stuck(values, at):
    """A run of one number that is long, and three times as long as any other run."""
    starts = np.flatnonzero(np.r_[True, np.diff(values) != 0])
    lengths = np.diff(np.r_[starts, len(values)])
    longest = int(lengths.argmax())
    n, others = int(lengths[longest]), np.delete(lengths, longest)
    if n >= STUCK and n > 3 * others.max(initial=1):
        begin, end = starts[longest], starts[longest] + n - 1
        tail = ", to the end" if end == len(values) - 1 else ""
        yield (
            int(at[begin]),
            f"{values[begin]:g} comes {n:,} times in a row, up to row {at[end]}{tail}: a stuck sensor?",
        )


def outliers(values, at):
    """|x − median| > 10 MAD,  MAD = median |x − median|"""
    away = np.abs(values - np.median(values))
    mad = float(np.median(away))
    far = np.flatnonzero(away > MADS * mad) if mad > 0 else []
    if 0 < len(far) <= max(3, OFTEN * len(values)):
        worst = far[away[far].argmax()]
        more = f", the farthest of {len(far):,} (rows {ranges(at[far])})" if len(far) > 1 else ""
        yield int(at[worst]), f"{values[worst]:g} is {away[worst] / mad:.3g} MAD from the median{more}; kept"


def ranges(rows):
    """3, 5-9, 12"""
    out = []
    for row in map(int, rows):
        if out and row == out[-1][1] + 1:
            out[-1][1] = row
        else:
            out.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


def percents(table, places, gaps):
    """Say where a column is in percent: 12 % is kept as 12; a column with and without is refused."""
    for p in places:
        if not any("%" in c[p] for _, c in table.rows):
            continue
        cells = [(row, c[p]) for row, c in table.rows if c[p].upper() not in gaps]
        signed = [row for row, cell in cells if cell.endswith("%")]
        if signed and len(signed) < len(cells):
            row, cell = next((row, cell) for row, cell in cells if not cell.endswith("%"))
            raise table.fault(f"expected a percent sign as in row {signed[0]}, got {cell!r}", row, p)
        if signed:
            table.remark("the cells have percent signs; 12 % is kept as 12", signed[0], p)
