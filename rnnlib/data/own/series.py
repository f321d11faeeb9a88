"""Numbers over time from a table: which columns, which times, and every gap kept as NaN and named."""

import numpy as np

from ... import check
from . import suspicions_series
from .cells import GAPS, hint, is_number, number, tell_decimal
from .dates import CLOCK_ALONE, like_date, times
from .found import FileFault, Found, listed
from .names import TIMES
from .rows import chosen_gaps, leave_out_totals, sieve
from .steps import fill
from .table import read_table


def series(
    path,
    *,
    columns=None,
    time=None,
    decimal=None,
    day_first=None,
    date_format=None,
    order="time",
    fill_steps=True,
    where=None,
    gaps=(),
    bad_rows="refuse",
    **reading,
):
    """A CSV of numbers over time -> Found, kind "series", data (T, D) float64 with NaN at gaps.

    columns      names or numbers (from 1) of the D columns; None takes every column of numbers but the time
    time         the column of times, or a pair (date, clock); None looks for dates; False takes none
    decimal      "." or ","; None lets the cells settle it
    day_first, date_format : as in dates.times
    order        "time" sorts rows that are not in order, "file" leaves them; either way they are named
    fill_steps   a time that a regular series skips is put in as a gap, rows 0
    where        {column: word} takes only the rows with this word, as where a table holds a series for each of several
                 towns one below the other; the others are left out, and said
    gaps         further words for a gap, such as ("-999",)
    bad_rows     "refuse" a file with a row that cannot be read, or "leave out" the row and say so
    reading      delimiter, encoding, header, skip, most_bytes as in table.read_table
    FileFault where a row or a column cannot be read as told; ValueError where a choice is none of these.
    """
    check.choice("order", order, ("time", "file"))
    check.choice("bad_rows", bad_rows, ("refuse", "leave out"))
    fill_steps, gaps = check.flag("fill_steps", fill_steps), chosen_gaps(gaps)
    if decimal is not None:
        check.choice("decimal", decimal, (".", ","))
    wanted = [columns] if isinstance(columns, (str, int)) else list(columns or ())
    asked = time if isinstance(time, (tuple, list)) else [time]
    table = read_table(path, wanted=(*wanted, *asked, *(where or ())), **reading)
    leave_out_totals(table)
    select(table, where)
    clock, why = time_places(table, time)
    table.choices["time"] = why
    places = number_places(table, wanted, clock, gaps)
    cells = ((row, p, c[p]) for row, c in table.rows for p in (*places, *clock) if c[p].upper() not in gaps)
    sign, why = tell_decimal(table, cells, decimal)
    table.choices["decimal sign"] = f"{sign!r} ({why})"
    read = sieve(table, lambda row, c: [number(table, c[p], sign, row, p, gaps) for p in places], bad_rows)
    data, rows = np.array([values for _, values in read]), np.array([row for row, _ in read])
    names = tuple(table.columns[p] for p in places)
    suspicions_series.percents(table, places, gaps)
    stamps = None
    if clock:
        stamps = read_times(table, clock, sign, day_first, date_format, bad_rows)
        if bad_rows == "leave out":  # a row whose time could not be read is gone by now
            stay = np.isin(rows, [row for row, _ in table.rows])
            data, rows = data[stay], rows[stay]
        refuse_several(table, places, clock[0], stamps)
        data, rows, stamps = fill(table, clock[0], data, rows, stamps, order, fill_steps)
    suspicions_series.series(table, data, names, rows)
    return Found(
        path=table.name,
        kind="series",
        data=data,
        names=names,
        times=stamps,
        rows=rows,
        remarks=tuple(table.remarks),
        left_out=tuple(sorted(table.left_out, key=lambda remark: remark.row)),
        choices=table.choices,
        features=names,
        kept=int((rows > 0).sum()),
        total=table.total,
    )


def select(table, where):
    """Leave out every row that has not the words that were asked for."""
    for name, word in check.instance("where", where or {}, dict).items():
        place = table.place("where", name)
        others = [row for row, cells in table.rows if cells[place] != str(word)]
        if len(others) == len(table.rows):
            have = listed(sorted(set(table.cells(place))))
            raise table.fault(f"expected a row with {word!r}, got {have}", column=place)
        table.leave_out(others, dict.fromkeys(others, f"{table.columns[place]!r} is not {word!r}, as asked"))
        table.choices["where"] = f"{table.columns[place]!r} is {word!r} (as asked)"


def refuse_several(table, places, clock, stamps):
    """Raise where times come again because the rows belong to several series, which a column of words tells apart."""
    if len(np.unique(stamps)) > 0.8 * len(stamps):
        return
    for p in range(len(table.columns)):
        words = table.cells(p)
        if p in places or p == clock or len(set(words)) > len(words) / 2:
            continue
        if len(set(zip(stamps.tolist(), words))) == len(words):
            row, first = table.rows[0]
            sentence = f"expected one series, got one for each of {listed(sorted(set(words)), 4)}"
            raise table.fault(f"{sentence}; where={{{table.columns[p]!r}: {first[p]!r}}} takes one", row, p)


def time_places(table, time):
    """([place, ...], why): the column of times, two where date and clock stand apart, none where there is no time."""
    if time is False:
        return [], "none (as asked)"
    if time is not None:
        asked = time if isinstance(time, (tuple, list)) else (time,)
        return [table.place("time", name) for name in asked], f"{' and '.join(map(str, asked))} (as asked)"
    width = range(len(table.columns))
    dates = [p for p in width if mostly(table.cells(p), like_date)]
    clocks = [p for p in width if mostly(table.cells(p), CLOCK_ALONE.fullmatch)]
    names = [table.columns[p] for p in dates]
    if len(dates) == 1:
        if len(clocks) == 1:
            both = [dates[0], clocks[0]]
            return both, f"{names[0]!r} and {table.columns[clocks[0]]!r} (dates and clock times)"
        return dates, f"{names[0]!r} (its cells are dates)"
    if dates:
        raise table.fault(f"expected one column of dates, got {', '.join(map(repr, names))}; time= decides")
    named = [p for p in width if table.columns[p].casefold() in TIMES and mostly(table.cells(p), is_number)]
    if len(named) == 1 and len(table.columns) > 1:
        return named, f"{table.columns[named[0]]!r} (by its name)"
    if len(named) > 1:
        names = ", ".join(repr(table.columns[p]) for p in named)
        raise table.fault(f"expected one column of times, got {names}; time= decides (False: there is none)")
    return [], "none (no column of dates; rows are taken as equal steps)"


def mostly(cells, test):
    """Whether half of the cells that are no gap pass, or more; of many cells, 1,000 spread evenly are asked."""
    cells = [c for c in cells if c.upper() not in GAPS]
    cells = cells[:: len(cells) // 1000 + 1]
    return bool(cells) and sum(map(bool, map(test, cells))) >= len(cells) / 2


def counts(cells):
    """Whether they are n, n + 1, n + 2, ..."""
    return cells[0].isdecimal() and cells == [str(int(cells[0]) + i) for i in range(len(cells))]


def number_places(table, wanted, clock, gaps):
    """The places of the D columns; columns of words are passed by, and said."""
    if wanted:
        places = [table.place("columns", name) for name in wanted]
        if len(set(places)) < len(places):
            raise ValueError(f"columns: expected each column once, got {wanted}")
        table.choices["columns"] = ", ".join(map(str, wanted)) + " (as asked)"
        return places
    rest = [p for p in range(len(table.columns)) if p not in clock]
    places = []
    for p in rest:
        cells = [(row, c[p]) for row, c in table.rows if c[p].upper() not in gaps]
        if not cells:
            table.remark("the column has no number at all and was not taken", column=p)
        elif table.headed and table.named[p] == "" and counts([c for _, c in cells]):
            table.remark("the column has no name and counts the rows, as an index; it was not taken", column=p)
        elif mostly([c for _, c in cells], is_number):
            places.append(p)
        else:
            row, cell = next((row, c) for row, c in cells if not is_number(c))
            table.remark(f"the column holds words, such as {cell[:40]!r}, and was not taken", row, p)
    if not places:
        words = ((row, p, c[p]) for p in rest for row, c in table.rows if c[p].upper() not in gaps)
        if (first := next(words, None)) is None:
            raise table.fault("expected a column of numbers beside the time, got none")
        row, p, cell = first
        raise table.fault(f"expected a column of numbers, got {cell[:60]!r}{hint(cell, '.')}", row, p)
    table.choices["columns"] = "all columns of numbers" + (" but the time" if clock else "")
    return places


def read_times(table, clock, sign, day_first, date_format, bad_rows):
    """(T,) times of the rows that are left; under bad_rows = "leave out" a row without a readable time goes."""
    place = clock[0]
    if date_format is None and len(clock) == 1 and not mostly(table.cells(place), like_date):
        read = sieve(table, lambda row, c: number(table, c[place], sign, row, place, frozenset()), bad_rows)
        stamps = np.array([value for _, value in read])
        return stamps.astype(np.int64) if (stamps == np.rint(stamps)).all() and abs(stamps).max() < 2**53 else stamps
    if bad_rows == "leave out":
        sieve(table, lambda row, c: one_time(table, row, joined(c, clock), place, date_format), bad_rows)
    cells = [(row, joined(c, clock)) for row, c in table.rows]
    stamps, table.choices["dates"] = times(table, cells, place, day_first, date_format)
    return stamps


def joined(cells, clock):
    return " ".join(cells[p] for p in clock)


def one_time(table, row, cell, place, date_format):
    """Raise where a cell alone is no time, whichever of two numbers is the day."""
    try:
        times(table, [(row, cell)], place, True, date_format)
    except FileFault:
        times(table, [(row, cell)], place, False, date_format)
