"""Times in order: rows sorted, times that come twice named, and steps that a regular series skips put in as gaps."""

from functools import partial

import numpy as np

from .suspicions_series import ranges

MOST_FILLED = 1  # times as many steps as there are rows: where more are missing, nothing is put in
EACH = 3  # places that get a remark each; more share one


def fill(table, place, data, rows, stamps, order, fill_steps):
    """(data, rows, times) in the order asked for, with a row of NaN for every step that is missing."""
    back = np.flatnonzero(np.diff(stamps) < nothing(stamps))
    if len(back):
        name_disorder(table, place, rows, back, order)
        if order == "file":
            return data, rows, stamps
        by = np.argsort(stamps, kind="stable")
        data, rows, stamps = data[by], rows[by], stamps[by]
        table.choices["order"] = "sorted by time"
    name_twice(table, place, data, rows, stamps)
    whole, unit, as_stamps = counted(stamps)
    if whole is None:
        table.remark("the times are irregular: their steps are no multiples of the smallest one", column=place)
        table.choices["step"] = "irregular"
        return data, rows, stamps
    steps = np.diff(whole)
    rising = steps[steps > 0]
    if len(rising) < 2:
        return data, rows, stamps
    sizes, counts = np.unique(rising, return_counts=True)
    step, often = int(sizes[counts.argmax()]), int(counts.max())
    if 2 * often <= len(rising) or (rising % step).any():
        odd = (steps % step != 0) if (rising % step).any() else (steps != step) & (steps > 0)
        at = int(np.flatnonzero(odd)[0])
        sentence = f"the times are irregular: here a step of {steps[at]} {unit}, most frequent is {step}"
        table.remark(f"{sentence}; every row is taken as one step", int(rows[at + 1]), place)
        table.choices["step"] = "irregular"
        return data, rows, stamps
    table.choices["step"] = f"{step} {unit.removesuffix('s') if step == 1 else unit}"
    missing = np.maximum(steps // step - 1, 0)
    total = int(missing.sum())
    if not total:
        return data, rows, stamps
    fill_steps = fill_steps and total <= MOST_FILLED * len(rows)
    name_missing(table, place, rows, stamps, missing, fill_steps)
    if not fill_steps:
        return data, rows, stamps
    table.choices["put in"] = f"{total:,} missing {'step' if total == 1 else 'steps'}, as gaps"
    at = np.repeat(np.arange(1, len(rows)), missing)
    inner = whole[at - 1] + np.concatenate([np.arange(1, m + 1) for m in missing if m]) * step
    return (
        np.insert(data, at, np.nan, axis=0),
        np.insert(rows, at, 0),
        np.insert(stamps, at, as_stamps(inner).astype(stamps.dtype)),
    )


def nothing(stamps):
    """No time at all, in the unit of these times."""
    return np.zeros(1, np.diff(stamps[:1]).dtype)


def name_disorder(table, place, rows, back, order):
    falling = len(back) == len(rows) - 1
    what = "the times run backwards" if falling else "the time is before that of the row above"
    more = f", as in {len(back) - 1:,} more rows" if len(back) > 1 and not falling else ""
    done = "the rows were sorted by time" if order == "time" else "the order of the file was kept"
    table.remark(f"{what}{more}; {done}", int(rows[back[0] + 1]), place)


def name_twice(table, place, data, rows, stamps):
    twice = np.flatnonzero(np.diff(stamps) == nothing(stamps))
    for i in twice if len(twice) <= EACH else twice[:1]:
        same = "with the same numbers" if np.array_equal(data[i], data[i + 1], equal_nan=True) else "with other numbers"
        season = autumn(stamps[i])
        more = f", one of {len(twice):,} (rows {ranges(rows[twice + 1])})" if len(twice) > EACH else ""
        sentence = f"the time {stamps[i]} comes again, as in row {rows[i]}, {same}{season}{more}"
        table.remark(f"{sentence}; both are kept", int(rows[i + 1]), place)


def name_missing(table, place, rows, stamps, missing, put_in):
    gaps, done = np.flatnonzero(missing), "put in as gaps" if put_in else "not put in"
    for i in gaps if len(gaps) <= EACH else gaps[:1]:
        n, season = int(missing[i]), spring(stamps[i : i + 2])
        sentence = f"{n:,} {'step is' if n == 1 else 'steps are'} missing after {stamps[i]}{season}"
        if len(gaps) > EACH:
            sentence += f", {missing.sum():,} in all, after the rows {ranges(np.sort(rows[gaps]))}"
        table.remark(f"{sentence}; {done}", int(rows[i]), place)


def counted(stamps):
    """(whole numbers, unit, back): the times as counts of months, days, seconds, ..., and the way from counts to times.

    Numbers with a fraction are counted in their smallest step; (None, "", None) where others are no multiples of it.
    """
    if stamps.dtype.kind in "iu":
        return stamps.astype(np.int64), "in time", lambda whole: whole
    if stamps.dtype.kind != "M":
        rising = np.diff(stamps)[np.diff(stamps) > 0]
        smallest = rising.min(initial=np.inf)
        count = (stamps - stamps[0]) / smallest
        if count.max() > 2**53 or (np.abs(count - np.rint(count)) > 1e-6 * np.maximum(1, count)).any():
            return None, "", None
        return np.rint(count).astype(np.int64), f"times {smallest:g}", lambda whole: stamps[0] + whole * smallest
    unit = np.datetime_data(stamps.dtype)[0]
    if unit == "D" and len(stamps) > 2:
        for late in (0, 1):  # every first (or 15th) of a month, and every last: the day before a first
            months = (stamps + late).astype("datetime64[M]")
            day = np.unique((stamps + late - months).astype(np.int64))
            if len(day) == 1:
                return months.astype(np.int64), "months", partial(as_days, shift=int(day[0]) - late)
    name = {"D": "days", "s": "seconds", "us": "microseconds"}[unit]
    return stamps.astype(np.int64), name, lambda whole: whole.astype(stamps.dtype)


def as_days(months, shift):
    """The days that stand so many days behind the first of these months."""
    return months.astype("datetime64[M]").astype("datetime64[D]") + shift


def sunday(stamp, months):
    """Whether it is a Sunday in one of these months (1..12)."""
    day = stamp.astype("datetime64[D]").astype(int)  # 1970-01-01 was a Thursday
    return (day + 3) % 7 == 6 and stamp.astype("datetime64[M]").astype(int) % 12 + 1 in months


def spring(pair):
    """Words for the hour that clocks skip when summer time begins."""
    if pair.dtype.kind == "M" and sunday(pair[0], (3, 4)) and pair[1] - pair[0] <= np.timedelta64(2, "h"):
        return " (as when clocks go over to summer time)"
    return ""


def autumn(stamp):
    """Words for the hour that clocks show twice when summer time ends."""
    if stamp.dtype.kind == "M" and np.datetime_data(stamp.dtype)[0] != "D" and sunday(stamp, (10, 11)):
        return " (as when clocks go back from summer time)"
    return ""
