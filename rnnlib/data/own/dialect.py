"""From characters to cells: which sign parts them, told from the rows.  The standard library's csv parses."""

import csv
from collections import Counter
from io import StringIO

from .cells import is_number
from .dates import like_date
from .found import FileFault

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LOOK = 400  # rows from which the delimiter is told


def line_ends(text):
    crlf, lf, cr = text.count("\r\n"), text.count("\n"), text.count("\r")
    counts = {"CRLF": crlf, "LF": lf - crlf, "CR": cr - crlf}
    used = [
        f"{kind} in {n:,} lines" if sum(map(bool, counts.values())) > 1 else kind for kind, n in counts.items() if n
    ]
    return " and ".join(used) or "none, one line"


def parse(name, text, delimiter):
    """[(row number, cells)], cells without outer blanks; delimiter None leaves one cell a row."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter or "\x1f", strict=True)
    rows, row = [], 0
    try:
        for row, cells in enumerate(reader, 1):
            rows.append(
                (row, [" ".join(cell.split()) if "\n" in cell or "\r" in cell else cell.strip() for cell in cells])
            )
    except csv.Error as e:
        told = str(e)
        if "unexpected end" in told:
            told = "the end of the file inside a quoted cell; a quote opened in this row is never closed"
        elif "field larger" in told:
            most = csv.field_size_limit()
            told = f"a cell of more than {most:,} characters; a quote opened in this row may never be closed"
        elif "expected after" in told:
            told = "characters behind a closing quote; a quote inside a quoted cell is written twice"
        raise FileFault(name, f"expected well-formed cells, got {told}", row + 1) from None
    return rows


def tell_delimiter(name, text):
    """(delimiter, why): the sign that cuts the rows into one and the same number, above one, of plausible cells."""
    readings = {}
    for sign in DELIMITERS:
        try:
            rows = [cells for _, cells in parse(name, _head(text), sign) if any(cells)]
        except FileFault:
            continue
        if not rows:
            break
        first = len(rows[0])
        widths = [first if len(cells) > first and not any(cells[first:]) else len(cells) for cells in rows]
        width, often = Counter(widths).most_common(1)[0]
        if width > 1 and often >= 0.6 * len(rows):
            others = set(DELIMITERS) - {sign}
            cells = [cell for row in rows for cell in row]
            clean = sum(is_number(c) or like_date(c) or not others & set(c) for c in cells) / len(cells)
            readings[sign] = (often / len(rows), clean, width)
    if not readings:
        parse(name, _head(text), ",")  # if a quote is at fault, its sentence comes first
        return None, "no sign cuts the rows into a like number of cells"
    best = max(readings, key=readings.get)
    rivals = [s for s in readings if s != best and readings[s][:2] >= readings[best][:2]]
    if rivals:
        both = " and ".join(f"{DELIMITERS[s]} ({readings[s][2]} cells)" for s in (best, *rivals))
        raise FileFault(
            name, f"expected one delimiter, got rows that {both} cut evenly; delimiter={best!r} or so decides", 1
        )
    even, _, width = readings[best]
    return best, f"it cuts {'every row' if even == 1 else 'most rows'} into {width} cells"


def _head(text):
    """The first rows, or all where a quoted cell would be cut in two."""
    end = -1
    for _ in range(LOOK):
        end = text.find("\n", end + 1)
        if end < 0:
            return text
    head = text[: end + 1]
    return head if head.count('"') % 2 == 0 else text
