"""What a reader hands back, what it remarks, and the one form in which it refuses."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

LINES = 15  # of a printed Found, at most
WRITTEN = ("encoding", "line ends", "delimiter", "trailing delimiter", "header", "decimal sign", "dates")


class FileFault(ValueError):
    """<file>, row <row>, column '<column>': expected <what>, got <what came>; <what to do>.

    file, row, column : where it is; the row is counted from 1 with the header as row 1, blank rows too, as a
    spreadsheet counts.  row and column are None where the fault is the whole file's.
    """

    def __init__(self, file, sentence, row=None, column=None):
        self.file, self.row, self.column, self.sentence = file, row, column, sentence
        what = "array" if file.lower().endswith(".npz") else "column"
        super().__init__(", ".join([file, *place(row, column, what)]) + f": {sentence}")


def place(row, column, what="column"):
    """The words for a place in a file: ["row 17", "column 'load'"]."""
    return ([] if row is None else [f"row {row}"]) + ([] if column is None else [f"{what} {column!r}"])


def listed(names, most=8):
    """'a', 'b', 'c' and 5 more"""
    shown = ", ".join(map(repr, names[:most]))
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


class Remark(NamedTuple):
    """One sentence about one place of the file; row and column are None where it is about more than one.

    count : how much was left out by it (characters of a text; 1 for a row of a table).
    """

    row: int | None
    column: str | None
    sentence: str
    count: int = 1

    def __str__(self):
        where = ", ".join(place(self.row, self.column))
        return f"{where[:1].upper()}{where[1:]}: {self.sentence}" if where else self.sentence


@dataclass(frozen=True, eq=False)
class Found:
    """What a file holds.  print(found) says it in at most 15 lines.

    path      the file's name, without its folder
    kind      "text", "labelled" or "series"
    data      a str; Sequences(xs (T, N, D), labels (N,), lengths (N,)), zero on padding; or (T, D), NaN at gaps
    names     the classes ("labelled"), label k is names[k]; the columns ("series"); () for a text
    symbols   the letters or words that the D places of a one-hot row stand for, or () where steps are numbers
    groups    (N,) integers, group i is group_names[i]; None without groups
    times     (T,) datetime64 or numbers; None without
    rows      "labelled": (N,) the (first) row of each sequence; "series": (T,) the row of each step, 0 for a step
              that the file skips and that was put in as a gap.  Counted from 1, the header is row 1
    remarks   what looks suspicious, or was changed, one Remark each
    left_out  what was not taken, one Remark each, with why
    choices   what was decided or detected, as words: {"delimiter": "; (…)", ...}
    features  the columns or positions behind D ("labelled" with numbers)
    kept      how many rows of the file (characters of a text) are in `data`
    total     how many there are, without the header: kept + Σ left_out.count
    """

    path: str
    kind: str
    data: object
    names: tuple = ()
    symbols: tuple = ()
    groups: np.ndarray | None = None
    group_names: tuple = ()
    times: np.ndarray | None = None
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    remarks: tuple = ()
    left_out: tuple = ()
    choices: dict = field(default_factory=dict)
    features: tuple = ()
    kept: int = 0
    total: int = 0

    def __str__(self):
        head = {"text": _text_lines, "labelled": _labelled_lines, "series": _series_lines}[self.kind](self)
        written = [f"{k}: {v}" for k, v in self.choices.items() if k in WRITTEN]
        taken = [f"{k}: {v}" for k, v in self.choices.items() if k not in WRITTEN]
        head += [_cut(f"{t} {'; '.join(c)}.", 1500) for t, c in (("Written with", written), ("Taken as", taken)) if c]
        unit = "character" if self.kind == "text" else "row"
        n = sum(remark.count for remark in self.left_out)
        out = _listed(self.left_out, "Nothing was left out.", f"Left out: {n:,} {_plural(unit, n)}", 3)
        n = len(self.remarks)
        title = f"Worth a look: {n:,} {_plural('remark', n)}"
        room = LINES - len(head) - len(out)
        return "\n".join(head + _listed(self.remarks, "Nothing looks suspicious.", title, room) + out)


def _text_lines(found):
    text = found.data
    common = ", ".join(f"{c!r} {n:,}" for c, n in Counter(text).most_common(5))
    lines = text.count("\n") + (not text.endswith("\n"))
    return [
        f"{found.path} is a text of {len(text):,} characters in {lines:,} {_plural('line', lines)}.",
        f"It uses {len(set(text))} distinct characters; the most frequent are {common}.",
    ]


def _labelled_lines(found):
    xs, labels, lengths = found.data
    counts = np.bincount(labels, minlength=len(found.names))
    order = np.argsort(-counts, kind="stable")
    classes = ", ".join(f"{found.names[k]!r} {counts[k]:,}" for k in order[:8])
    more = f" and {len(order) - 8} more" if len(order) > 8 else ""
    what = _symbols(found.symbols) if found.symbols else _width(xs.shape[2])
    lines = [
        f"{found.path} holds {len(labels):,} labelled sequences from {found.kept:,} rows.",
        f"A sequence has {lengths.min():,} to {lengths.max():,} steps, median {np.median(lengths):,.6g}.",
        _cut(f"A step is {what}.", 200),
        _cut(f"There are {len(found.names)} classes: {classes}{more}.", 300),
    ]
    if found.groups is not None:
        sizes = np.bincount(found.groups)
        lines.append(f"There are {len(sizes)} groups of {sizes.min():,} to {sizes.max():,} sequences.")
    return lines


def _symbols(symbols):
    """Letters in a row between one pair of quotes, words each between its own."""
    shown = repr("".join(symbols)) if all(len(s) == 1 for s in symbols) else " ".join(map(repr, symbols))
    return f"one of the {len(symbols)} symbols {shown}"


def _width(D):
    return f"{D} {_plural('number', D)}"


def _series_lines(found):
    T, D = found.data.shape
    rows = f"from {found.kept:,} {_plural('row', found.kept)}"
    lines = [
        _cut(f"{found.path} holds {T:,} time steps {rows}, of {_width(D)}: {', '.join(map(repr, found.names))}.", 300)
    ]
    if found.times is not None:
        lines.append(f"The times run from {found.times[0]} to {found.times[-1]}.")
    gaps = np.isnan(found.data)
    where = ", ".join(f"{n:,} in {name!r}" for name, n in zip(found.names, gaps.sum(0)) if n)
    put_in = int((found.rows == 0).sum())
    inserted = f"; {put_in:,} of them for {_plural('a time', put_in, 'times')} that the file skips" if put_in else ""
    lines.append(_cut(f"Gaps: {where}{inserted}." if where else "There is no gap.", 300))
    return lines


def _listed(remarks, none, title, most):
    """`most` lines or fewer that tell all remarks, or how many more there are."""
    if not remarks:
        return [none]
    lines = [f"{title}."]
    room = max(most - 1, 1)
    shown = remarks if len(remarks) <= room else remarks[: max(room - 1, 1)]
    lines += [f"- {_cut(str(remark), 220)}" for remark in shown]
    if len(shown) < len(remarks) and len(lines) < most:
        lines.append(f"- and {len(remarks) - len(shown):,} more")
    return lines


def _plural(word, n, many=None):
    return word if n == 1 else many or word + "s"


def _cut(text, most):
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
