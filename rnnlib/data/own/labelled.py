"""Labelled sequences from a table, in the shapes that people have: one row a sequence, or one row a time step."""

from collections import Counter

from ... import check
from . import suspicions
from .cells import GAPS, is_number
from .found import Found, listed
from .long import read_long
from .names import GROUPS, IDS, LABELS, SEQUENCES
from .one_row import read_cells, read_wide
from .rows import leave_out_totals
from .table import read_table


def labelled(
    path,
    *,
    sequence=None,
    label=None,
    group=None,
    id=None,
    time=None,
    features=None,
    read_as=None,
    separator=None,
    alphabet=None,
    decimal=None,
    day_first=None,
    date_format=None,
    bad_rows="refuse",
    **reading,
):
    """A CSV of labelled sequences -> Found, kind "labelled", data Sequences(xs (T, N, D), labels (N,), lengths (N,)).

    One row a sequence:
      sequence   the column with the whole sequence in a cell, or several columns, one step each:
                 a list, or range(2, 253) for the columns 2 to 252
      read_as    "letters", "words" (cut at blanks) or "numbers"; None where the cells allow one reading alone
      separator  the sign between the numbers or words of a cell; None to tell it
      alphabet   the letters (a str) or words (a list) that may occur, in the order of the one-hot places; None takes
                 those that do, sorted
    One row a time step:
      id         the column that says to which sequence a row belongs, or a list of columns that say it together
                 (patient and visit); the label is constant within it
      time       the column by which its rows are ordered; None: as they stand
      features   the columns of numbers; None takes all that are left
    Both:
      label, group   the columns of the class and, for a split, of the patient, speaker or the like; group False: none
      bad_rows       "refuse" a file with a row that cannot be read, or "leave out" its sequence and say so
      decimal, day_first, date_format, and reading (delimiter, encoding, header, skip, most_bytes) as in `series`
    Columns are given by name or by number from 1.  What is None and cannot be told raises a FileFault that names the
    argument that decides.
    """
    check.choice("bad_rows", bad_rows, ("refuse", "leave out"))
    if read_as is not None:
        check.choice("read_as", read_as, ("letters", "words", "numbers"))
    if decimal is not None:
        check.choice("decimal", decimal, (".", ","))
    several = isinstance(sequence, (list, tuple, range))
    features = [features] if isinstance(features, (str, int)) else features
    ids = list(id) if isinstance(id, (list, tuple)) else [id]
    wanted = [*(sequence if several else [sequence]), label, group, *ids, time, *(features or ())]
    table = read_table(path, wanted=wanted, **reading)
    label = (
        told(table, "label", label, LABELS) if label is not None or has(table, LABELS) else lone_label(table, sequence)
    )
    group = None if group is False else told(table, "group", group, GROUPS, needed=False)
    taken = [p for p in (label, group) if p is not None]
    if sequence is not None and id is not None:
        raise ValueError("id: expected sequence= (one row a sequence) or id= (one row a time step), got both")
    if sequence is None and (id is not None or (ident := steps_by(table, label, taken)) is not None):
        if id is None:
            id = ident
        else:
            id = told(table, "id", id, IDS) if len(ids) == 1 else table.join("id", ids)
        table.choices["shape"] = "one row a time step"
        leave_out_totals(table)
        parts = read_long(table, id, label, group, time, features, decimal, day_first, date_format, bad_rows)
    elif several:
        table.choices["shape"] = "one row a sequence, a column a step"
        places = [table.place("sequence", name) for name in sequence]
        name_unused(table, {*places, *taken})
        parts = read_wide(table, places, label, group, decimal, bad_rows)
    else:
        table.choices["shape"] = "one row a sequence"
        place = sequence_place(table, sequence, taken)
        name_unused(table, {place, *taken})
        parts = read_cells(table, place, label, group, read_as, separator, alphabet, decimal, bad_rows)
    found = Found(
        path=table.name,
        kind="labelled",
        left_out=tuple(sorted(table.left_out, key=lambda remark: remark.row)),
        choices=table.choices,
        kept=len(table.rows),
        total=table.total,
        **parts,
        remarks=tuple(table.remarks),
    )
    return suspicions.labelled(found)


def name_unused(table, used):
    if rest := [repr(name) for p, name in enumerate(table.columns) if p not in used]:
        table.choices["not used"] = ", ".join(rest)


def has(table, names):
    return any(name.casefold() in names for name in table.columns)


def told(table, argument, wanted, names, needed=True):
    """The place of a column, by what was asked for or by the one name that says it."""
    if wanted is not None:
        place = table.place(argument, wanted)
        table.choices[argument] = f"{table.columns[place]!r} (as asked)"
        return place
    hits = [p for p, name in enumerate(table.columns) if name.casefold() in names]
    if len(hits) > 1:
        got = ", ".join(repr(table.columns[p]) for p in hits)
        raise table.fault(f"expected one column for {argument}, got {got}; {argument}= decides")
    if hits:
        table.choices[argument] = f"{table.columns[hits[0]]!r} (by its name)"
        return hits[0]
    if needed:
        have = listed(table.columns)
        raise table.fault(f"expected a column for {argument}, got {have}; {argument}= decides")
    return None


def lone_label(table, sequence):
    """Of two columns, the one whose values all repeat, where those of the other never do."""
    if len(table.columns) == 2:
        counts = [Counter(table.cells(0)), Counter(table.cells(1))]
        repeats = [min(c.values()) > 1 and len(c) <= 50 for c in counts]
        single = [max(c.values()) == 1 for c in counts]
        if (repeats[0] and single[1]) or (repeats[1] and single[0]):
            place = 0 if repeats[0] else 1
            if sequence is None or table.place("sequence", sequence) != place:
                table.choices["label"] = f"{table.columns[place]!r} (its values repeat, those of the other never do)"
                return place
    return told(table, "label", None, LABELS)


def steps_by(table, label, taken):
    """The place of an id column, where its name says so and its values come in more than one row."""
    hits = []
    for p, name in enumerate(table.columns):
        if p not in taken and name.casefold() in IDS | {"sequence", "seq"}:
            cells = [c for c in table.cells(p) if c]
            if len(set(cells)) < 0.75 * len(cells) and (name.casefold() in IDS or all(map(is_number, cells))):
                hits.append(p)
    if len(hits) > 1:
        got = ", ".join(repr(table.columns[p]) for p in hits)
        raise table.fault(f"expected one column that says which rows are a sequence, got {got}; id= decides")
    if hits:
        table.choices["id"] = f"{table.columns[hits[0]]!r} (by its name, and its values repeat)"
        return hits[0]
    return None


def sequence_place(table, sequence, taken):
    if sequence is not None:
        return told(table, "sequence", sequence, SEQUENCES)
    rest = [p for p in range(len(table.columns)) if p not in taken]
    named = [p for p in rest if table.columns[p].casefold() in SEQUENCES]
    if len(named) == 1:
        table.choices["sequence"] = f"{table.columns[named[0]]!r} (by its name)"
        return named[0]
    if len(rest) == 1:
        table.choices["sequence"] = f"{table.columns[rest[0]]!r} (the only column left)"
        return rest[0]
    got = listed([table.columns[p] for p in rest]) or "none beside the label"
    numbers = sum(all(is_number(c) or c.upper() in GAPS for c in table.cells(p)) for p in rest)
    more = (
        ", or sequence=range(a, b) where every column is a step, or id= where every row is one" if numbers > 1 else ""
    )
    raise table.fault(f"expected one column for the sequence, got {got}; sequence= decides{more}")
