"""From characters to cells: which sign parts them, told from the rows.  The standard library's csv parses."""

import csv
import re
from collections import Counter
from io import StringIO

from .cells import is_number
from .dates import like_date
from .found import FileFault

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LOOK = 400  # rows from which the delimiter is told
EVEN = 0.6  # of the rows, at least, have one width
NEVER = "\x1f"  # a sign that no file has


def line_ends(text):
    crlf, lf, cr = text.count("\r\n"), text.count("\n"), text.count("\r")
    counts = {"CRLF": crlf, "LF": lf - crlf, "CR": cr - crlf}
    used = [
        f"{kind} in {n:,} lines" if sum(map(bool, counts.values())) > 1 else kind for kind, n in counts.items() if n
    ]
    return " and ".join(used) or "none, one line"


def parse(name, text, delimiter):
    """[(row number, cells)], cells without outer blanks; "" leaves one cell a row, " " takes many blanks for one."""
    if delimiter == " ":
        text = re.sub(r"(?m)^ +| +(?=\r?$)", "", text)
    reader = csv.reader(
        StringIO(text, newline=""), delimiter=delimiter or NEVER, strict=True, skipinitialspace=delimiter == " "
    )
    rows, row = [], 0
    try:
        for row, cells in enumerate(reader, 1):
            rows.append((row, [one_line(cell) for cell in cells]))
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


def one_line(cell):
    """A cell without outer blanks and without line ends inside."""
    return " ".join(cell.split()) if "\n" in cell or "\r" in cell else cell.strip()


def tell_delimiter(name, text, skip=()):
    """(delimiter, why): the sign that cuts the rows into one and the same number, above one, of plausible cells.

    A file of one column has none, "".  FileFault : two signs do it equally well.
    """
    head, readings = first_rows(text, LOOK), {}
    for sign in DELIMITERS:
        try:
            rows = [cells for row, cells in parse(name, head, sign) if any(cells) and row not in skip]
        except FileFault:
            continue
        if rows and (reading := judge(rows, sign)):
            readings[sign] = reading
    rows = [line for row, line in enumerate(head.splitlines(), 1) if line.strip() and row not in skip]
    lone = len(rows) > 1 and all(map(is_number, rows[1:])) and (is_number(rows[0]) or "," not in rows[0])
    if "," in readings and lone:  # 1,5 below 2,5: a decimal comma, or two columns?
        if not is_number(rows[0]):
            return "", "the header is one word and each row below one number"
        sentence = f"expected one delimiter, got {rows[0]!r}, which is one number or two"
        raise FileFault(name, f"{sentence}; delimiter=',' or delimiter='' decides", 1)
    if not readings:
        parse(name, head, ",")  # if a quote is at fault, its sentence comes first
        numbers = [row for row in rows if len(row.split()) > 1 and all(map(is_number, row.split()))]
        if len(numbers) > len(rows) / 2:
            sentence = "expected comma, semicolon, tab or bar between cells, got blanks"
            raise FileFault(name, f"{sentence}; delimiter=' ' decides", 1)
        return "", "no sign cuts the rows into a like number of cells"
    best = max(readings, key=readings.get)
    rivals = [s for s in readings if s != best and readings[s][:2] >= readings[best][:2]]
    if rivals:
        both = " and ".join(f"{DELIMITERS[s]} ({readings[s][2]} cells)" for s in (best, *rivals))
        sentence = f"expected one delimiter, got rows that {both} cut evenly"
        raise FileFault(name, f"{sentence}; delimiter={best!r} or delimiter={rivals[0]!r} decides", 1)
    even, _, width = readings[best]
    return best, f"it cuts {'every row' if even == 1 else 'most rows'} into {width} cells"


def judge(rows, sign):
    """(share of rows of the most frequent width, share of cells without another delimiter, width), or None."""
    first = len(rows[0])  # empty cells beyond it are not counted
    widths = [first if len(cells) > first and not any(cells[first:]) else len(cells) for cells in rows]
    width, often = Counter(widths).most_common(1)[0]
    if width == 1 or often < EVEN * len(rows):
        return None
    others, cells = set(DELIMITERS) - {sign}, [cell for row in rows for cell in row]
    clean = sum(is_number(c) or like_date(c) or not others & set(c) for c in cells)
    return often / len(rows), clean / len(cells), width


def first_rows(text, look):
    """The first rows, or all where a quoted cell would be cut in two."""
    end = -1
    for _ in range(look):
        end = text.find("\n", end + 1)
        if end < 0:
            return text
    head = text[: end + 1]
    return head if head.count('"') % 2 == 0 else text
