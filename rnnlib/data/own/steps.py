"""Times in order: rows sorted, times that come twice named, and steps that a regular series skips put in as gaps."""

import numpy as np

MOST_FILLED = 10  # times as many steps as there are rows, beyond which a series is irregular and nothing is put in


def fill(table, clock, data, rows, stamps, order, fill_steps):
    """(data, rows, times) in the order asked for, with a row of NaN for every step that is missing."""
    place, back = clock[0], np.flatnonzero(np.diff(stamps) < np.zeros(1, np.diff(stamps[:1]).dtype))
    if len(back):
        falling = len(back) == len(stamps) - 1
        what = "the times run backwards" if falling else "the time is before that of the row above"
        more = f", as in {len(back) - 1:,} more rows" if len(back) > 1 and not falling else ""
        done = "the rows were sorted by time" if order == "time" else "the order of the file was kept"
        table.remark(f"{what}{more}; {done}", int(rows[back[0] + 1]), place)
        if order == "time":
            by = np.argsort(stamps, kind="stable")
            data, rows, stamps = data[by], rows[by], stamps[by]
            table.choices["order"] = "sorted by time"
    if order == "file" and len(back):
        return data, rows, stamps
    gap = np.diff(stamps)
    for i in np.flatnonzero(gap == np.zeros(1, gap.dtype)):
        same = "with the same numbers" if np.array_equal(data[i], data[i + 1], equal_nan=True) else "with other numbers"
        table.remark(
            f"the time {stamps[i]} comes again, as in row {rows[i]}, {same}; both are kept", int(rows[i + 1]), place
        )
    whole, unit = counted(stamps)
    if whole is None or len(whole) < 3:
        return data, rows, stamps
    steps = np.diff(whole)
    rising = steps[steps > 0]
    if not len(rising):
        return data, rows, stamps
    sizes, counts = np.unique(rising, return_counts=True)
    step = int(sizes[counts.argmax()])
    if counts.max() < 0.5 * len(rising) or (rising % step).any():
        at = (
            int(np.flatnonzero(steps % step != 0)[0])
            if (rising % step).any()
            else int(np.flatnonzero(steps != step)[0])
        )
        table.remark(
            f"the times are irregular: a step of {steps[at]} {unit}, most are {step}; a row is taken as a step",
            int(rows[at + 1]),
            place,
        )
        table.choices["step"] = "irregular"
        return data, rows, stamps
    table.choices["step"] = f"{step} {unit}"
    return put_in(table, place, data, rows, stamps, whole, step, fill_steps)


def put_in(table, place, data, rows, stamps, whole, step, fill_steps):
    missing = np.maximum(np.diff(whole) // step - 1, 0)
    if not missing.any():
        return data, rows, stamps
    total, can = int(missing.sum()), missing.sum() <= MOST_FILLED * len(rows)
    for i in np.flatnonzero(missing):
        done = "put in as gaps" if fill_steps and can else "not put in"
        n = int(missing[i])
        sentence = (
            f"{n:,} {'step is' if n == 1 else 'steps are'} missing after {stamps[i]}{summer(stamps[i : i + 2])}, {done}"
        )
        table.remark(sentence, int(rows[i]), place)
    if not fill_steps or not can:
        return data, rows, stamps
    at = np.repeat(np.arange(1, len(rows)), missing)
    offset = np.concatenate([np.arange(1, m + 1) for m in missing if m]) * step
    inner = whole[at - 1] + offset
    table.choices["put in"] = f"{total:,} steps as gaps"
    return (
        np.insert(data, at, np.nan, axis=0),
        np.insert(rows, at, 0),
        np.insert(stamps, at, as_stamps(inner, stamps)),
    )


def counted(stamps):
    """(whole numbers, unit): the times as counts of months, days, seconds, microseconds or ones; None if not whole."""
    if stamps.dtype.kind != "M":
        whole = np.rint(stamps)
        return (whole.astype(np.int64), "") if (whole == stamps).all() and abs(stamps).max() < 2**53 else (None, "")
    if np.datetime_data(stamps.dtype)[0] == "D":
        months = stamps.astype("datetime64[M]")
        if len(stamps) > 2 and len(set((stamps - months).astype(int))) == 1:
            return months.astype(np.int64), "months"
        return stamps.astype(np.int64), "days"
    return stamps.astype(np.int64), {"s": "seconds", "us": "microseconds"}[np.datetime_data(stamps.dtype)[0]]


def as_stamps(whole, stamps):
    if stamps.dtype.kind != "M":
        return whole.astype(stamps.dtype)
    if np.datetime_data(stamps.dtype)[0] == "D":
        months = stamps.astype("datetime64[M]")
        if len(set((stamps - months).astype(int))) == 1:
            return whole.astype("datetime64[M]").astype(stamps.dtype) + (stamps - months)[0]
    return whole.astype(stamps.dtype)


def summer(pair):
    """Words for an hour that a clock skips when summer time begins, a Sunday in March."""
    if pair.dtype.kind == "M":
        day = pair[0].astype("datetime64[D]")
        hours = (pair[1] - pair[0]) / np.timedelta64(1, "h")
        sunday = (day.astype(int) + 3) % 7 == 6
        if sunday and 1 < hours <= 2 and pair[0].astype("datetime64[M]").astype(int) % 12 == 2:
            return " (as when clocks go over to summer time)"
    return ""
