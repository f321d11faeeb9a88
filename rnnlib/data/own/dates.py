"""From cells to times: ISO dates, day first or month first where the column settles it, names of months, clocks."""

import re
from datetime import datetime, timedelta

import numpy as np

from ... import check

CLOCK = r"(?:[T ]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)? ?(?P<half>[AaPp]\.?[Mm]\.?)?)?"
ZONE = r"(?: ?(?P<zone>Z|UTC|[+-]\d{2}:?\d{2}))?"
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
NAME = r"(?P<name>[A-Za-z]{3,9})\.?"
FORMS = {
    "year-month-day": re.compile(rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}}){CLOCK}{ZONE}"),
    "year-month": re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})"),
    "day.month.year": re.compile(rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}}){CLOCK}{ZONE}"),
    "two numbers and a year": re.compile(
        rf"(?P<a>\d{{1,2}})(?P<sep>[-/])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}){CLOCK}{ZONE}"
    ),
    "two-digit year": re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{2}}){CLOCK}"),
    "day name year": re.compile(rf"(?P<d>\d{{1,2}})[- .]+{NAME}[- ,]+(?P<y>\d{{4}}){CLOCK}{ZONE}"),
    "name day year": re.compile(rf"{NAME} +(?P<d>\d{{1,2}}),? +(?P<y>\d{{4}}){CLOCK}{ZONE}"),
}
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ][0-2]\d:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?")  # as NumPy reads it too
CLOCK_ALONE = re.compile(r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?")


def form_of(cell):
    """(name of the form, match) or (None, None)."""
    if cell[:1].isalnum():
        for name, form in FORMS.items():
            if match := form.fullmatch(cell):
                if "name" not in match.groupdict() or match["name"][:3].lower() in MONTHS:
                    return name, match
    return None, None


def like_date(cell):
    return len(cell) >= 6 and form_of(cell)[0] is not None


def times(table, cells, column, day_first=None, date_format=None):
    """(datetime64 (T,), how in words) from [(row, cell)] of one column, or a FileFault.

    day_first    True or False settles 3/4/2024 where no cell of the column does
    date_format  as datetime.strptime takes it, "%d.%m.%y %H:%M"; then nothing is detected
    """
    if day_first is not None:
        check.flag("day_first", day_first)
    if date_format is not None:
        check.text("date_format", date_format)
        return _finish(
            [_by_format(table, row, cell, column, date_format) for row, cell in cells], f"{date_format} (as asked)"
        )
    if all(ISO.fullmatch(cell) for _, cell in cells) and len({len(cell) for _, cell in cells}) == 1:
        try:
            stamps = np.array([cell for _, cell in cells], "datetime64[us]")
        except ValueError:  # a day that the calendar does not have: it is looked for below
            pass
        else:
            return _finish(stamps.astype(object), "year-month-day")
    matches, first = [], None
    for row, cell in cells:
        name, match = form_of(cell)
        if name is None:
            got = f"{cell[:60]!r}; date_format= names another form" if cell else "an empty cell"
            raise table.fault(f"expected a date or a time, got {got}; skip=[{row}] leaves the row out", row, column)
        has = (name, match.groupdict().get("H") is not None, match.groupdict().get("zone") is not None)
        first = first or (has, row, cell)
        if has != first[0]:
            sentence = f"expected one form of date in the column, got {cell!r} here and {first[2]!r} in row {first[1]}"
            raise table.fault(sentence, row, column)
        matches.append((row, cell, match))
    form = first[0][0]
    if form == "two-digit year":
        row, cell, _ = matches[0]
        sentence = f"expected a year of four digits, got {cell!r}; date_format='%d.%m.%y' or the like decides"
        raise table.fault(sentence, row, column)
    how = form
    if form == "two numbers and a year":
        day_first, why = _day_first(table, matches, column, day_first)
        how = f"{'day first' if day_first else 'month first'} ({why})"
    values = [_value(table, row, cell, match.groupdict(), column, day_first) for row, cell, match in matches]
    return _finish(values, how + (", offsets from UTC taken off" if first[0][2] else ""))


def _finish(values, how):
    if all(v.hour == v.minute == v.second == v.microsecond == 0 for v in values):
        unit = "D"
    else:
        unit = "us" if any(v.microsecond for v in values) else "s"
    return np.array(values, dtype=f"datetime64[{unit}]"), how


def _by_format(table, row, cell, column, date_format):
    try:
        value = datetime.strptime(cell, date_format)
    except ValueError:
        raise table.fault(f"expected a date of the form {date_format}, got {cell[:60]!r}", row, column) from None
    return value if value.tzinfo is None else (value - value.utcoffset()).replace(tzinfo=None)


def _day_first(table, matches, column, day_first):
    """Which of two numbers is the day?  A number above 12 says it, for the whole column."""
    day = next((x for x in matches if int(x[2]["a"]) > 12), None)
    month = next((x for x in matches if int(x[2]["b"]) > 12), None)
    if day and month:
        first, second = sorted((day, month), key=lambda x: x[0])
        sentence = f"expected one order of day and month, got {second[1]!r} here and {first[1]!r} in row {first[0]}"
        raise table.fault(sentence, second[0], column)
    if day_first is not None:
        return day_first, "as asked"
    if day or month:
        row, cell, _ = day or month
        return bool(day), f"{cell!r} in row {row} allows nothing else"
    row, cell, _ = matches[0]
    sentence = f"expected a date with one reading, got {cell!r}; day_first=True or day_first=False decides"
    raise table.fault(sentence, row, column)


def _value(table, row, cell, part, column, day_first):
    if "a" in part:
        part["d"], part["m"] = (part["a"], part["b"]) if day_first else (part["b"], part["a"])
    month = MONTHS.index(part["name"][:3].lower()) + 1 if part.get("name") else int(part["m"])
    hour = int(part.get("H") or 0)
    if half := part.get("half"):
        hour = hour % 12 + (12 if half[0] in "Pp" else 0)
    try:
        late, hour = (timedelta(days=1), 0) if hour == 24 else (timedelta(0), hour)
        value = late + datetime(
            int(part["y"]),
            month,
            int(part.get("d") or 1),
            hour,
            int(part.get("M") or 0),
            int(part.get("S") or 0),
            int((part.get("f") or "0")[:6].ljust(6, "0")),
        )
    except (ValueError, OverflowError) as e:
        raise table.fault(f"expected a date of the calendar, got {cell!r} ({e})", row, column) from None
    zone = part.get("zone")
    if zone and zone not in ("Z", "UTC"):
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        value -= -offset if zone[0] == "-" else offset
    return value
