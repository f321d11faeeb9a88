"""Row by row: read what can be read, and either refuse the file at the first bad row or leave bad rows out."""

from collections.abc import Iterable

from ... import check
from .cells import GAPS
from .found import FileFault, Remark

TOTALS = frozenset("total totals sum summe gesamt somme totale suma mean average mittel mittelwert".split())


def sieve(table, read, bad_rows):
    """[(row, read(row, cells))]; where `bad_rows` is "leave out", the table loses the rows that raise a FileFault."""
    done, bad = [], []
    for row, cells in table.rows:
        try:
            done.append((row, read(row, cells)))
        except FileFault as fault:
            if bad_rows == "refuse":
                raise type(fault)(fault.file, _with_way_out(fault), fault.row, fault.column) from None
            bad.append(Remark(fault.row or row, fault.column, fault.sentence))
    if not done:
        raise table.fault(f"expected a row that can be read, got none; the first: {bad[0]}")
    gone = {remark.row for remark in bad}
    table.left_out += bad
    table.rows = [pair for pair in table.rows if pair[0] not in gone]
    return done


def _with_way_out(fault):
    if fault.row is None or "leave" in fault.sentence:
        return fault.sentence
    return f"{fault.sentence}; skip=[{fault.row}] leaves the row out"


def leave_out_totals(table):
    """A last row of sums is no step of time."""
    if len(table.rows) > 1:
        row, cells = table.rows[-1]
        for place, cell in enumerate(cells):
            word = cell.casefold().rstrip(": ")
            if word in TOTALS and cell not in table.cells(place)[:-1]:
                table.leave_out([row], {row: f"the last row holds {cell!r}: it sums up and is no row of its own"})
                return


def chosen_gaps(gaps):
    """The words for a gap: the usual ones and these."""
    if isinstance(gaps, str) or not isinstance(gaps, Iterable):
        raise TypeError(f"gaps: expected a list of words such as ['-999'], got {check.came(gaps)}")
    return GAPS | {check.text("gaps", word).strip().upper() for word in gaps}
