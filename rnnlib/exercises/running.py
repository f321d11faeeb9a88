"""Running an answer: with a time limit, nothing changed, and every complaint in words."""

import sys
import time
import traceback

import numpy as np

RUN = 2.0  # seconds for one run of an answer


class TooLong(Exception):
    pass


def run(answer, args, seconds=RUN):
    """(result, None) or (None, what went wrong)."""
    kept, end = copied(args), time.monotonic() + seconds

    def watch(frame, event, arg):
        if time.monotonic() > end:
            raise TooLong
        return watch

    before = sys.gettrace()
    try:
        if before is None:  # a debugger or a measure of coverage keeps its own
            sys.settrace(watch)
        with np.errstate(all="ignore"):
            result = answer(*args)
    except TooLong:
        return None, f"It runs longer than {seconds:g} seconds, and was stopped. Does a loop never end?"
    except Exception as e:
        return None, f"It raises {type(e).__name__}: {e}{own_line(e)}"
    finally:
        if before is None:
            sys.settrace(None)
    if not unchanged(args, kept):
        which = next(k for k, (a, b) in enumerate(zip(args, kept)) if not unchanged(a, b))
        return (
            None,
            f"It changes its argument number {which + 1} in place. Make a new array: dh = dh + ..., not dh += ...",
        )
    return result, None


def own_line(error):
    """The learner's own line, the last one that is not a library's."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "checker.py" not in f.filename]
    mine = [f for f in frames if "site-packages" not in f.filename] or frames
    return f", at `{mine[-1].line}` (line {mine[-1].lineno})" if mine and mine[-1].line else ""


def copied(value):
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    return type(value)(copied(v) for v in value) if isinstance(value, list | tuple) else value


def unchanged(value, kept):
    if isinstance(value, np.ndarray):
        return value.shape == kept.shape and np.array_equal(value, kept, equal_nan=True)
    if isinstance(value, dict):
        return value.keys() == kept.keys() and all(unchanged(value[k], kept[k]) for k in kept)
    if isinstance(value, list | tuple):
        return len(value) == len(kept) and all(map(unchanged, value, kept))
    return value == kept


def run_plain(function, args):
    with np.errstate(all="ignore"):
        return function(*copied(args))


def flat(exercise, result):
    """{name: array} in the order of the sweep."""
    if isinstance(result, dict):
        return {k: np.asarray(result[k]) for k in exercise.order}
    if isinstance(result, list) and result and isinstance(result[0], dict):
        pairs = {f"layer {l} {k}": np.asarray(v) for l, layer in enumerate(result) for k, v in layer.items()}
        return {k: pairs[k] for k in exercise.order if k in pairs}
    if isinstance(result, list | tuple):
        keys = plain_order(exercise)
        pairs = {k: np.asarray(v) for k, v in zip(keys, result)}
        return {k: pairs[k] for k in exercise.order}
    return {exercise.order[0]: np.asarray(result)}


def plain_order(exercise):
    """The names of a tuple's entries in the order in which they are returned."""
    return {"adam_step": ("p", "m", "v"), "lstm_step": ("h", "c", "i", "f", "g", "o")}.get(
        exercise.name, exercise.order
    )


def shape_message(exercise, result, wanted, truth):
    """Whether the result is of the form that was asked for, in words if it is not."""
    if result is None:
        return "Not tried yet: it returns None."
    if isinstance(wanted, dict) and (not isinstance(result, dict) or set(result) != set(wanted)):
        got = f"the keys {', '.join(map(str, result))}" if isinstance(result, dict) else type(result).__name__
        return f"It should return a dict with the keys {', '.join(wanted)}, and returns {got}."
    if isinstance(wanted, list | tuple):
        if not isinstance(result, list | tuple) or len(result) != len(wanted):
            return f"It should return {len(wanted)} things, and returns {type(result).__name__}."
        if isinstance(wanted[0], dict) and any(
            not isinstance(r, dict) or set(r) != set(w) for r, w in zip(result, wanted)
        ):
            return f"Each layer should be a dict with the keys {', '.join(wanted[0])}."
    try:
        found = flat(exercise, result)
        for key, value in truth.items():
            if np.shape(found[key]) != np.shape(value):
                return (
                    f"{key} should have the shape {np.shape(value)}, that of its array, and has {np.shape(found[key])}."
                )
            if not np.issubdtype(found[key].dtype, np.number) or not np.isfinite(found[key]).all():
                return f"{key} holds numbers that are not finite."
    except (TypeError, ValueError) as e:
        return f"It returns what is no array of numbers: {e}."
    return None


def message_key(message, truth):
    return next((key for key in truth if message.startswith(f"{key} ")), None)
