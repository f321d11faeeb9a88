"""One row a time step: the rows of one id are one sequence, its label and its group do not change within it."""

from itertools import pairwise

import numpy as np

from .cells import GAPS, is_number, number, tell_decimal
from .classes import classes, group_of
from .dates import like_date, times
from .found import FileFault, Remark
from .names import TIMES
from .one_row import grouped, named, padded
from .rows import sieve


def read_long(table, ident, label, group, time, features, decimal, day_first, date_format, bad_rows):
    """The fields of Found, sequences in the order in which their ids first come."""
    time = time_place(table, time, {ident, label, group} | table.joined)
    places = feature_places(table, features, {ident, label, group, time} | table.joined)
    cells = ((row, p, c[p]) for row, c in table.rows for p in places)
    sign, why = tell_decimal(table, cells, decimal)
    table.choices["decimal sign"] = f"{sign!r} ({why})"
    together(table, ident, bad_rows, lambda row, c: one_step(table, row, c, ident, label, group, places, sign))
    steps = by_id(table, ident)
    together(table, ident, bad_rows, lambda row, c: constant(table, row, c, steps[c[ident]][0], (label, group)))
    stamps = stamps_of(table, time, sign, day_first, date_format)
    steps = by_id(table, ident)
    interleaved(table, ident)
    sequences, rows = [], []
    for key, pairs in steps.items():
        if time is not None:
            pairs = in_order(table, key, pairs, stamps, time)
        sequences.append(np.array([[number(table, c[p], sign, row, p) for p in places] for row, c in pairs]))
        rows.append(min(row for row, _ in pairs))
    rows = np.array(rows)
    firsts = [pairs[0][1] for pairs in steps.values()]
    labels, names = classes(table, [c[label] for c in firsts], rows, label)
    fields = {"data": padded(table, sequences, labels, rows), "names": names, "rows": rows}
    words = [c[group] for c in firsts] if group is not None else []
    return fields | {"features": tuple(table.columns[p] for p in places)} | grouped(words, group)


def by_id(table, ident):
    """{id: [(row, cells), ...]}"""
    steps = {}
    for row, c in table.rows:
        steps.setdefault(c[ident], []).append((row, c))
    return steps


def one_step(table, row, c, ident, label, group, places, sign):
    if not c[ident]:
        raise table.fault("expected the id of a sequence, got an empty cell", row, ident)
    named(table, c[label], row, label)
    group_of(table, c, group, row)
    for p in places:
        if np.isnan(number(table, c[p], sign, row, p)):
            got = repr(c[p]) if c[p] else "an empty cell"
            raise table.fault(f"expected a number, got {got}; a labelled sequence may have no gap", row, p)


def constant(table, row, c, first, places):
    """Raise where the label or the group of a row is not that of its sequence's first row."""
    for p in places:
        if p is not None and c[p] != first[1][p]:
            raise table.fault(
                f"expected {first[1][p]!r} as in row {first[0]} of the same sequence, got {c[p]!r}", row, p
            )


def together(table, ident, bad_rows, read):
    """`sieve`, but a sequence goes whole: one without its bad step would be another sequence."""
    bad = {}

    def note(row, c):
        try:
            read(row, c)
        except FileFault as fault:
            if bad_rows == "refuse":
                out = f"{fault.sentence}; bad_rows='leave out' leaves its sequence out"
                raise FileFault(fault.file, out, fault.row, fault.column) from None
            bad.setdefault(c[ident], fault)

    sieve(table, note, "refuse")
    if bad:
        gone = {row: bad[c[ident]] for row, c in table.rows if c[ident] in bad}
        for row, fault in gone.items():
            why = fault.sentence if row == fault.row else f"row {fault.row} of its sequence: {fault.sentence}"
            table.left_out.append(Remark(row, fault.column, why))
        table.rows = [pair for pair in table.rows if pair[0] not in gone]
        if not table.rows:
            raise table.fault(f"expected a sequence that can be read, got none; the first: {next(iter(bad.values()))}")


def time_place(table, time, taken):
    if time is False:
        table.choices["time"] = "none (as asked)"
        return None
    if time is not None:
        table.choices["time"] = f"{time!r} (as asked)"
        return table.place("time", time)
    hits = [p for p, name in enumerate(table.columns) if name.casefold() in TIMES and p not in taken]
    if len(hits) > 1:
        got = ", ".join(repr(table.columns[p]) for p in hits)
        raise table.fault(f"expected one column of times, got {got}; time= decides (False: there is none)")
    table.choices["time"] = f"{table.columns[hits[0]]!r} (by its name)" if hits else "none; rows in the file's order"
    return hits[0] if hits else None


def feature_places(table, features, taken):
    if features is not None:
        table.choices["features"] = ", ".join(map(str, features)) + " (as asked)"
        return [table.place("features", name) for name in features]
    places = []
    for p in range(len(table.columns)):
        if p not in taken:
            cells = [c for c in table.cells(p) if c.upper() not in GAPS]
            if cells and sum(map(is_number, cells)) >= len(cells) / 2:
                places.append(p)
            else:
                got = (
                    f"words, such as {next(c for c in cells if not is_number(c))[:40]!r}"
                    if cells
                    else "no number at all"
                )
                table.remark(f"the column holds {got}, and was not taken", column=p)
    if not places:
        raise table.fault("expected columns of numbers beside id, label, group and time, got none; features= decides")
    table.choices["features"] = "all columns of numbers that are left"
    return places


def stamps_of(table, time, sign, day_first, date_format):
    """{row: time} as numbers or datetime64."""
    if time is None:
        return {}
    cells = [(row, c[time]) for row, c in table.rows]
    if date_format is not None or sum(like_date(c) for _, c in cells) > len(cells) / 2:
        stamps, table.choices["dates"] = times(table, cells, time, day_first, date_format)
    else:
        stamps = [number(table, cell, sign, row, time, frozenset()) for row, cell in cells]
    return dict(zip([row for row, _ in cells], stamps))


def in_order(table, key, pairs, stamps, time):
    """The rows of one sequence by time; where they did not stand so, or a time comes twice, it is named."""
    for (row, _), (after, _) in pairwise(pairs):
        if stamps[after] < stamps[row]:
            table.remark(f"sequence {key!r}: the time is before that of row {row}; its rows were sorted", after, time)
            break
    pairs = sorted(pairs, key=lambda pair: stamps[pair[0]])
    for (row, _), (after, c) in pairwise(pairs):
        if stamps[after] == stamps[row]:
            table.remark(
                f"sequence {key!r}: the time {c[time]} comes again, as in row {row}; both are kept", after, time
            )
    return pairs


def interleaved(table, ident):
    """Name the first id that comes back after another: is it one sequence, or are two of the same name?"""
    seen, last = {}, None
    for row, c in table.rows:
        if c[ident] != last and c[ident] in seen:
            table.remark(
                f"sequence {c[ident]!r} comes back after another (it stood in row {seen[c[ident]]})", row, ident
            )
            return
        last = c[ident]
        seen[last] = row
