"""From characters to a table: the header, the names of the columns, and rows of one width."""

import difflib
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from numbers import Integral

from ... import check
from .cells import GAPS, is_number
from .dates import like_date
from .decoding import MOST_BYTES, content, decoded, refuse_other_formats
from .dialect import DELIMITERS, LOOK, first_rows, line_ends, parse, tell_delimiter
from .found import FileFault, Remark, listed
from .names import KNOWN


@dataclass
class Table:
    """Cells with their row numbers, and what was decided on the way."""

    name: str
    columns: list  # names, one per column, all different
    rows: list  # [(row number, [cells without outer blanks])]
    choices: dict
    remarks: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    headed: bool = True
    named: list = field(default_factory=list)  # the names as the header has them
    joined: set = field(default_factory=set)  # the places of columns that are an id together

    @property
    def total(self):
        return len(self.rows) + sum(remark.count for remark in self.left_out)

    def fault(self, sentence, row=None, column=None):
        """The FileFault to raise; `column` is a place."""
        return FileFault(self.name, sentence, row, None if column is None else self.columns[column])

    def remark(self, sentence, row=None, column=None):
        self.remarks.append(Remark(row, None if column is None else self.columns[column], sentence))

    def leave_out(self, rows, why):
        """Take rows, {number: why}, out of the table."""
        self.left_out += [Remark(row, None, why[row]) for row in rows]
        self.rows = [pair for pair in self.rows if pair[0] not in set(rows)]

    def cells(self, column):
        return [cells[column] for _, cells in self.rows]

    def join(self, argument, wanted):
        """The place of a new column whose cells are those of several, side by side."""
        places = [self.place(argument, name) for name in wanted]
        self.columns.append(" + ".join(self.columns[p] for p in places))
        self.named.append(self.columns[-1])
        self.joined = set(places)
        for _, cells in self.rows:
            parts = [cells[p] for p in places]
            cells.append(" ".join(parts) if all(parts) else "")
        self.choices[argument] = f"{self.columns[-1]!r} (as asked)"
        return len(self.columns) - 1

    def place(self, argument, wanted):
        """The place of a column given by its name or by its number from 1."""
        if isinstance(wanted, Integral) and not isinstance(wanted, bool):
            if not 1 <= wanted <= len(self.columns):
                raise self.fault(f"expected a column 1 to {len(self.columns)} for {argument}, got {wanted}")
            return int(wanted) - 1
        wanted = check.text(argument, wanted).strip()
        if self.named.count(wanted) > 1:
            numbers = " or ".join(str(i + 1) for i, n in enumerate(self.named) if n == wanted)
            raise self.fault(
                f"expected one column {wanted!r} for {argument}, got several; {argument}={numbers} decides", 1
            )
        if wanted in self.columns:
            return self.columns.index(wanted)
        close = difflib.get_close_matches(wanted, self.columns, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        have = listed(self.columns)
        raise self.fault(
            f"expected a column {wanted!r} for {argument}, got the columns {have}{hint}",
            1 if self.headed else None,
        )


def read_table(
    path, *, delimiter=None, encoding=None, header=None, skip=(), most_bytes=MOST_BYTES, wanted=(), look=None
):
    """The table in a file.

    delimiter  ",", ";", tab, "|", another sign or None to tell it from the rows
    encoding   as in `decoded`;  header : is row 1 one? None to tell it
    skip       row numbers to leave out; most_bytes : the largest file that is read
    wanted     column names the caller asks for: if the first row has one, it is a header
    look       only so many rows, to tell what kind of table it is
    """
    name, found = content(path, most_bytes)
    text, coding, remarks = decoded(name, found, encoding)
    ends = line_ends(text)
    text = text.removeprefix("\ufeff")
    text = first_rows(text, look) if look else text
    choices = {"encoding": coding, "line ends": ends}
    left_out = []
    refuse_other_formats(name, text)
    if not isinstance(skip, (Integral, list, tuple, set, range)):
        raise TypeError(f"skip: expected row numbers such as [1, 2], got {check.came(skip)}")
    skip = {check.number("skip", row, 1, integer=True) for row in ([skip] if isinstance(skip, Integral) else skip)}
    if delimiter is not None and (len(check.text("delimiter", delimiter)) > 1 or delimiter in ('"', "\r", "\n")):
        raise ValueError(f"delimiter: expected one sign such as ',' or ';', or '' for none, got {delimiter!r}")
    if excel := re.match(r"sep=(.)(?=[\r\n])", text, re.IGNORECASE):
        delimiter, why = delimiter or excel[1], "row 1 says sep="
        text = " " * 5 + text[5:]
        left_out.append(Remark(1, None, "it says the delimiter to Excel"))
        skip |= {1}
    elif delimiter is None:
        delimiter, why = tell_delimiter(name, text, skip)
    else:
        why = "as asked"
    raw = parse(name, text, delimiter)
    choices["delimiter"] = f"{DELIMITERS.get(delimiter, repr(delimiter))} ({why})" if delimiter else f"none ({why})"
    if (strange := sorted(skip - {row for row, _ in raw})) and not look:
        raise FileFault(name, f"expected rows of the file in skip, got {strange[0]}; the file has {len(raw)} rows")
    full = []
    for row, cells in raw:
        if row == 1 and excel:
            continue
        if row in skip:
            left_out.append(Remark(row, None, "you asked to skip it"))
        elif not any(cells):
            left_out.append(Remark(row, None, "the row is empty"))
        else:
            full.append((row, cells))
    if not full:
        raise FileFault(name, "expected some rows, got only empty ones")
    table = Table(name, [], full, choices, remarks, left_out)
    take_header(table, header, wanted)
    even_out(table)
    if not table.rows:
        raise table.fault("expected rows below the header, got none but repeated headers")
    return table


def take_header(table, header, wanted):
    """Name the columns, from the first row or by their numbers, and say which."""
    first, rest = table.rows[0], table.rows[1:]
    if header is None:
        header, why = _is_header(table, first, rest, {w for w in wanted if isinstance(w, str)})
    else:
        check.flag("header", header)
        why = "as asked"
    table.headed = header
    width = Counter(len(cells) for _, cells in rest).most_common(1)[0][0] if rest else 1
    above = list(takewhile(lambda pair: not any(pair[1][width - 1 :]), table.rows))
    if 0 < len(above) < len(table.rows) and any(any(c[width - 1 :]) for _, c in rest):
        numbers = [row for row, _ in above]
        got = f"{len(first[1])}, {', '.join(first[1])[:60]!r}"
        sentence = f"expected {width} cells as in most rows, got {got}; skip={numbers} leaves out what is no header"
        raise table.fault(sentence, first[0])
    if header:
        if not rest:
            raise table.fault("expected rows below the header, got only the header", first[0])
        table.rows = rest
        table.named = first[1]
        counts = Counter(table.named)
        for i, name in enumerate(table.named, 1):
            alone = name if counts[name] == 1 else f"{name} (column {i})"
            table.columns.append(alone if name else f"column {i}")
        if twice := [name for name, n in counts.items() if n > 1 and name]:
            sentence = f"the header has {twice[0]!r} more than once; it is told apart by its column number"
            table.remark(sentence, first[0])
    else:
        width = Counter(len(cells) for _, cells in table.rows).most_common(1)[0][0]
        table.columns = [f"column {i + 1}" for i in range(width)]
        table.named = list(table.columns)
    table.choices["header"] = f"row {first[0]} ({why})" if header else f"none ({why})"


def _is_header(table, first, rest, wanted):
    """(is it one?, why)"""
    row, cells = first
    if hit := wanted & set(cells):
        return True, f"row {row} has the name {sorted(hit)[0]!r} that was asked for"
    below = [other for _, other in rest[:LOOK]]
    value = [c.upper() not in GAPS and (is_number(c) or like_date(c)) for c in cells]
    if any(value):
        for i in range(len(cells)):
            under = [o[i] for o in below if i < len(o) and o[i].upper() not in GAPS]
            if (
                not value[i]
                and cells[i].upper() not in GAPS
                and under
                and all(is_number(c) or like_date(c) for c in under)
            ):
                sentence = (
                    f"expected to tell a header from a row, got {cells[i]!r} above {under[0]!r}, and a number beside"
                )
                raise FileFault(table.name, f"{sentence}; header=True or header=False decides", row)
        return False, f"row {row} already holds a number or a date"
    if any(is_number(c) or like_date(c) for other in below for c in other):
        return True, f"row {row} holds words alone, the rows below hold numbers or dates"
    if hit := [c for c in cells if c.casefold() in KNOWN]:
        return True, f"row {row} has the name {hit[0]!r}"
    if any(c == other[i] for other in below for i, c in enumerate(cells) if i < len(other)):
        return False, f"a word of row {row} comes again below"
    raise FileFault(
        table.name,
        f"expected to tell a header from a row, got words alone ({', '.join(cells)[:80]}); "
        "header=True or header=False decides",
        row,
    )


def even_out(table):
    """Every row as wide as the header: empty cells too many are dropped; a repeated header is left out."""
    width, trailing, again = len(table.columns), 0, []
    if table.headed and table.named[-1] == "" and all(len(c) < width or c[-1] == "" for _, c in table.rows):
        width -= 1
        table.columns, table.named = table.columns[:-1], table.named[:-1]
    for i, (row, cells) in enumerate(table.rows):
        if len(cells) > width and not any(cells[width:]):
            trailing += 1
            cells = cells[:width]
            table.rows[i] = (row, cells)
        if len(cells) != width:
            like = "the header" if table.headed else "most rows"
            got = f"{len(cells)}" + (f" (the last is {cells[-1]!r})" if cells else "")
            raise table.fault(f"expected {width} cells as in {like}, got {got}; skip=[{row}] leaves the row out", row)
        if table.headed and cells == table.named:
            again.append(row)
    if trailing:
        table.choices["trailing delimiter"] = f"an empty cell at the end of {trailing:,} rows was dropped"
    table.leave_out(again, dict.fromkeys(again, "the header comes again"))


def columns(path, **reading):
    """The names of a table's columns, as label=, columns= and the like take them: for a form that offers them.

    FileFault : where it is no table; reading as in `read_table`.
    """
    return tuple(read_table(path, look=LOOK, **reading).columns)
