"""One row a sequence: letters, words or numbers in one cell, or a step in each of several columns."""

import re

import numpy as np

from .. import Sequences
from .cells import bare, is_number, number, tell_decimal
from .classes import classes, group_of
from .rows import sieve

MOST_NUMBERS = 2**27  # a GiB, with padding
SEPARATORS = {";": "semicolons", "|": "bars", ",": "commas", "\t": "tabs", " ": "blanks"}


def read_cells(table, place, label, group, read_as, separator, alphabet, decimal, bad_rows):
    """The fields of Found from a column that holds a whole sequence in each cell."""
    cells = [(row, c[place]) for row, c in table.rows]
    read_as, separator, why = tell_reading(table, cells, place, read_as, separator)
    table.choices["sequence is"] = f"{read_as} ({why})"
    symbols = ()
    if read_as == "numbers":
        pieces = ((row, place, piece) for row, cell in cells for piece in pieces_of(cell, separator))
        sign, sign_why = tell_decimal(table, pieces, decimal)
        table.choices["decimal sign"] = f"{sign!r} ({sign_why})"

        def steps(row, c):
            pieces = pieces_of(c[place], separator)
            values = [number(table, p, sign, row, place, frozenset()) for p in nonempty(table, pieces, row, place)]
            return np.array(values)[:, None]
    else:
        take = list if read_as == "letters" else lambda cell: pieces_of(cell, separator)
        if alphabet is None:
            symbols = tuple(sorted({s for _, cell in cells for s in take(cell)}))
        else:
            symbols = tuple(getattr(alphabet, "characters", alphabet))
            if len(set(symbols)) < len(symbols):
                raise ValueError(f"alphabet: expected each of the {read_as} once, got {alphabet!r}")
        code = {s: i for i, s in enumerate(symbols)}
        refuse_large(table, [row for row, _ in cells], [len(take(cell)) for _, cell in cells], len(symbols))
        eye = np.eye(len(symbols))

        def steps(row, c):
            pieces = nonempty(table, take(c[place]), row, place)
            strange = next((i for i, s in enumerate(pieces) if s not in code), None)
            if strange is not None:
                known = " ".join(map(str, symbols[:40]))
                sentence = f"expected only the {read_as} {known}, got {pieces[strange]!r} at position {strange + 1}"
                raise table.fault(sentence, row, place)
            return eye[[code[s] for s in pieces]]

    return collect(table, steps, label, group, bad_rows) | {"symbols": symbols, "features": (table.columns[place],)}


def read_wide(table, places, label, group, decimal, bad_rows):
    """The fields of Found where step t of a sequence stands in column places[t]; empty cells at the end shorten it."""
    cells = ((row, p, c[p]) for row, c in table.rows for p in places)
    sign, why = tell_decimal(table, cells, decimal)
    table.choices["decimal sign"] = f"{sign!r} ({why})"

    def steps(row, c):
        last = max((i for i, p in enumerate(places) if c[p]), default=-1)
        nonempty(table, [c[p] for p in places[: last + 1]], row, places[0])
        return np.array([[number(table, c[p], sign, row, p, frozenset())] for p in places[: last + 1]])

    return collect(table, steps, label, group, bad_rows) | {"features": ("value",)}


def collect(table, steps, label, group, bad_rows):
    """data, names, rows, groups from steps(row, cells) -> (length, D), row by row."""

    def read(row, c):
        return steps(row, c), group_of(table, c, group, row), named(table, c[label], row, label)

    done = sieve(table, read, bad_rows)
    rows = np.array([row for row, _ in done])
    labels, names = classes(table, [kind for _, (_, _, kind) in done], rows, label)
    data = padded(table, [s for _, (s, _, _) in done], labels, rows)
    return {"data": data, "names": names, "rows": rows} | grouped([g for _, (_, g, _) in done], group)


def named(table, cell, row, place):
    if not cell:
        raise table.fault("expected a label, got an empty cell", row, place)
    return cell


def grouped(words, group):
    if group is None:
        return {"groups": None, "group_names": ()}
    names, groups = np.unique(words, return_inverse=True)
    return {"groups": groups.astype(np.int64), "group_names": tuple(map(str, names))}


def padded(table, sequences, labels, rows):
    """Sequences with zeros behind the end."""
    lengths = np.array([len(s) for s in sequences])
    D = sequences[0].shape[1]
    refuse_large(table, rows, lengths, D)
    xs = np.zeros((lengths.max(), len(lengths), D))
    for i, s in enumerate(sequences):
        xs[: lengths[i], i] = s
    return Sequences(xs, labels, lengths)


def refuse_large(table, rows, lengths, D):
    """Raise, before the memory is taken, where T·N·D numbers are too many."""
    T, N = int(max(lengths)), len(lengths)
    if T * N * D > MOST_NUMBERS:
        sentence = f"expected at most {MOST_NUMBERS:,} numbers, got {T:,} steps × {N:,} sequences × {D:,} places"
        more = "this sequence is the longest, and to cut or to leave out the longest helps most"
        raise table.fault(f"{sentence}; {more}", int(rows[int(np.argmax(lengths))]))


def nonempty(table, pieces, row, place):
    if not pieces:
        raise table.fault("expected a sequence of at least one step, got an empty cell", row, place)
    return pieces


def pieces_of(cell, separator):
    """What stands between the separators; brackets around the whole, as a program prints a list, fall away."""
    if cell[:1] in "[(" and cell[-1:] in "])":
        cell = cell[1:-1].strip()
    if separator is None:
        return [cell] if cell else []
    if separator == " ":
        return cell.split()
    pieces = [piece.strip() for piece in cell.split(separator)]
    return pieces[:-1] if pieces and not pieces[-1] else pieces


def tell_reading(table, cells, place, read_as, separator):
    """(read_as, separator, why), or a FileFault where the cells allow more than one reading."""
    full = [(row, cell) for row, cell in cells if cell]
    if not full:
        raise table.fault("expected sequences, got empty cells alone", column=place)
    if read_as == "letters":
        return read_as, None, "as asked"
    if separator is None:
        separator = tell_separator([cell for _, cell in full], read_as)
    if read_as is not None:
        return read_as, separator, f"as asked, {between(separator)}"
    pieces = [piece for _, cell in full for piece in pieces_of(cell, separator)]
    if separator is not None and sum(map(is_number, pieces)) > 0.5 * len(pieces):
        return "numbers", separator, between(separator)
    if separator is not None and sum(separator in cell for _, cell in full) < 0.5 * len(full):
        return "letters", None, "most cells are one word"
    row, cell = next(((row, cell) for row, cell in full if separator and separator in cell), full[0])
    if separator is not None:
        sentence = f"expected one reading, got {cell[:40]!r}; read_as='letters' or read_as='words' decides"
        raise table.fault(sentence, row, place)
    if all(is_number(bare(cell)) for _, cell in full):
        sentence = f"expected one reading, got {cell[:40]!r}; read_as='letters' or read_as='numbers' decides"
        raise table.fault(sentence, row, place)
    return "letters", None, "no sign parts them"


def tell_separator(cells, read_as):
    """The sign that stands in most cells and between whose pieces numbers stand; blanks for words."""
    if read_as == "words":
        return " "
    for sign in SEPARATORS:
        within = [cell for cell in cells if sign in cell.strip()]
        if len(within) > 0.5 * len(cells):
            pieces = [p for cell in within for p in pieces_of(cell, sign)]
            if sum(map(is_number, pieces)) > 0.5 * len(pieces):
                return sign
    return " " if any(re.search(r"\S\s+\S", cell) for cell in cells) else None


def between(separator):
    return f"parted by {SEPARATORS.get(separator, repr(separator))}" if separator else "not parted"
