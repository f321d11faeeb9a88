"""From a cell to a number: which sign is the decimal one is settled by all cells together, or it is asked for."""

import math
import re

GAPS = frozenset(("", "NA", "N/A", "#N/A", "NAN", "NULL", "NONE", "-", "--", "–", "—", "?", "."))
SPACES = "\u00a0\u202f\u2009\u2007'’ "  # between thousands
MINUS = str.maketrans({"−": "-", "‐": "-", "‑": "-", "–": "-", "﹣": "-", "-": "-"})
EXPONENT = r"(?:[eE][+-]?\d+)?"
PLAIN = re.compile(rf"[+-]?(?:\d+\.?\d*|\.\d+){EXPONENT}")
THOUSANDS = re.compile(rf"[1-9]\d{{0,2}}(?:[{SPACES}]\d{{3}})+(?![\d])")


def shapes(thousands, decimal):
    t, d = re.escape(thousands), re.escape(decimal)
    return re.compile(rf"[+-]?(?:(?:\d+|[1-9]\d{{0,2}}(?:{t}\d{{3}})+)(?:{d}\d*)?|{d}\d+){EXPONENT}")


FORMS = {".": shapes(",", "."), ",": shapes(".", ",")}
SIMPLE = {".": PLAIN, ",": re.compile(PLAIN.pattern.replace(r"\.", ","))}
OTHER = {".": ",", ",": "."}


def bare(cell):
    """A cell without what changes no number: odd minus signs, blanks between thousands."""
    cell = cell.translate(MINUS)
    if any(s in cell for s in SPACES):
        sign = cell[:1] if cell[:1] in "+-" else ""
        body = cell[len(sign) :].strip(SPACES)
        if head := THOUSANDS.match(body):
            body = "".join(c for c in head[0] if c not in SPACES) + body[head.end() :]
        cell = sign + body
    return cell


def is_number(cell):
    """Whether it is one under either decimal sign; a percent sign may follow."""
    if PLAIN.fullmatch(cell):
        return True
    cell = bare(cell.removesuffix("%").rstrip())
    return any(form.fullmatch(cell) for form in FORMS.values())


def under(cell, decimal):
    """The number in a bare cell under this decimal sign, or None."""
    if not FORMS[decimal].fullmatch(cell):
        return None
    return float(cell.replace(OTHER[decimal], "").replace(",", "."))


def tell_decimal(table, cells, decimal=None):
    """(decimal sign, why) from [(row, place, cell)], or a FileFault where both are possible or both occur.

    "1.234" alone is 1.234 or 1234: only a cell that one sign alone can read, as 0.5 or 1.234,5, settles it.
    """
    if decimal is not None:
        return decimal, "as asked"
    only, open_ = {}, None
    for row, column, cell in cells:
        if "." not in cell and "," not in cell:
            continue
        if any(OTHER[sign] not in cell and SIMPLE[sign].fullmatch(cell) for sign in only):
            continue  # it tells nothing new
        body = bare(cell.removesuffix("%").rstrip())
        fits = [sign for sign, form in FORMS.items() if form.fullmatch(body)]
        if len(fits) == 1:
            only.setdefault(fits[0], (row, column, cell))
        elif len(fits) == 2 and open_ is None:
            open_ = (row, column, cell)
    if len(only) == 2:
        point, comma = only["."], only[","]
        first, second = sorted((point, comma))
        sentence = f"expected one decimal sign in the file, got {second[2]!r} here and {first[2]!r} in row {first[0]}"
        raise table.fault(
            sentence + "; decimal= says which to take, and the rest then needs mending", second[0], second[1]
        )
    if only:
        ((sign, (row, _, cell)),) = only.items()
        return sign, f"{cell!r} in row {row} is read by no other"
    if open_ is not None:
        row, column, cell = open_
        as_point, as_comma = (under(bare(cell), sign) for sign in ".,")
        sentence = f"expected one reading, got {cell!r}, which is {as_point:g} or {as_comma:g}"
        raise table.fault(sentence + "; decimal='.' or decimal=',' decides", row, column)
    return ".", "no cell needs one"


def number(table, cell, decimal, row, column, gaps=GAPS):
    """The number in a cell, NaN at a gap, or a FileFault that says what stands there instead."""
    if cell.upper() in gaps:
        return math.nan
    if decimal == "." and PLAIN.fullmatch(cell):
        value = float(cell)
    else:
        value = under(bare(cell.removesuffix("%").rstrip()), decimal)
    if value is None:
        more = hint(cell, decimal) if gaps else ""
        raise table.fault(f"expected a number, got {repr(cell[:60]) if cell else 'an empty cell'}{more}", row, column)
    if not math.isfinite(value):
        raise table.fault(f"expected a number below 1.8e308, got {cell[:60]!r}", row, column)
    return value


def hint(cell, decimal):
    if cell.startswith("#"):
        return "; a spreadsheet's error"
    if cell.casefold().lstrip("+-").startswith("inf"):
        return "; infinity is not a measurement"
    if is_number(cell):
        return f"; the decimal sign of the file is {decimal!r}"
    if any(c.isdigit() for c in cell):
        return "; a unit or a currency belongs into the header"
    return "; a gap is an empty cell, NA, NaN, - or what gaps=[...] names"
