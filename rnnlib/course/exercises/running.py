"""Running an answer: with a time limit, nothing left changed, and every complaint in words.

An answer runs in a thread of its own, in a copy of the context (so that np.seterr ends with it). After the limit that
thread is sent an exception, which reaches it at its next line of Python, on every system; inside a call that does not
come back there is no next line, and then this is said, at the limit.
"""

import contextvars
import ctypes
import inspect
import os
import random
import threading
import time
import traceback
from pathlib import Path

import numpy as np

RUN = 2.0  # seconds for an answer, all that it is tried on together
GRACE = 0.5  # seconds in which a run that is told to stop has to obey
LIBRARIES = (
    str(Path(__file__).parents[2]),
    os.path.dirname(np.__file__),
    os.path.dirname(os.__file__),
    "<frozen",
    "<_",
)


class TooLong(SystemExit):
    """Not an Exception, which an answer may catch; and the one that a thread may end with in silence."""


def run(answer, args, left=None):
    """(result, None) or (None, what went wrong). left: seconds that are left of RUN."""
    kept, results, errors = copied(args), [], []

    def work():
        try:
            with np.errstate(all="ignore"), np.printoptions():
                results.append(answer(*args))
        except BaseException as e:
            errors.append(e)

    drawn, rolled = np.random.get_state(), random.getstate()  # noqa: NPY002
    worker = threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True)
    try:
        worker.start()
        worker.join(RUN if left is None else max(left, 0))
        late = worker.is_alive()
    finally:  # after an interrupt, too
        stop(worker)
        np.random.set_state(drawn)  # noqa: NPY002
        random.setstate(rolled)
    if late:
        end = "was stopped. Does a loop never end?"
        if worker.is_alive():
            end = "cannot be stopped: it waits in a call, or catches all. It goes on unseen until the kernel restarts."
        return None, f"It runs longer than {RUN:g} seconds, and {end}"
    if errors:
        return None, complaint(errors[0])
    changed = [k for k, (a, b) in enumerate(zip(args, kept), 1) if not unchanged(a, b)]
    if changed:
        name = argument(answer, changed[0])
        return None, f"It changes its argument {name} in place. Make a new array: dh = dh + ..., not dh += ..."
    return results[0], None


def argument(answer, number):
    """The name of an argument, as the answer has it, or its number."""
    try:
        return list(inspect.signature(answer).parameters)[number - 1]
    except (IndexError, TypeError, ValueError):
        return f"number {number}"


def stop(worker):
    """Tell a thread to end, again and again while there is grace: an answer may swallow what it is sent."""
    end = time.monotonic() + GRACE
    while worker.is_alive() and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(TooLong))
        worker.join(0.01)


def complaint(error):
    """What a raise says, with the learner's own line."""
    if isinstance(error, KeyboardInterrupt):
        raise error
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    shapes = isinstance(error, ValueError) and ("matmul" in text or "shapes" in text or "broadcast" in text)
    hint = " Row vectors stand on the left of a matrix: x @ W. Write the shapes beside the factors." if shapes else ""
    return f"It raises {text}{own_line(error)}.{hint}"


def own_line(error):
    """The learner's own line, the last one that is not a library's."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is `run`
    mine = [f for f in frames if not f.filename.startswith(LIBRARIES) and "site-packages" not in f.filename] or frames
    if not mine:
        return ""
    return f", at `{mine[-1].line}` (line {mine[-1].lineno})" if mine[-1].line else f", in line {mine[-1].lineno}"


def copied(value):
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    return type(value)(copied(v) for v in value) if type(value) in (list, tuple) else value


def unchanged(value, kept):
    if isinstance(value, np.ndarray):
        return value.shape == kept.shape and np.array_equal(value, kept, equal_nan=True)
    if isinstance(value, dict):
        return value.keys() == kept.keys() and all(unchanged(value[k], kept[k]) for k in kept)
    if isinstance(value, list | tuple):
        return len(value) == len(kept) and all(map(unchanged, value, kept))
    return value is kept or value == kept


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
    if exercise.returned:
        pairs = {k: np.asarray(v) for k, v in zip(exercise.returned, result)}
        return {k: pairs[k] for k in exercise.order}
    return {exercise.order[0]: np.asarray(exercise.view(result))}


def form_message(exercise, result, wanted, truth):
    """Whether the result is of the form that was asked for, in words if it is not."""
    if result is None:
        return "Not tried yet: it returns None."
    if isinstance(wanted, dict) and (not isinstance(result, dict) or set(result) != set(wanted)):
        got = f"the keys {', '.join(map(str, result))}" if isinstance(result, dict) else type(result).__name__
        return f"It should return a dict with the keys {', '.join(wanted)}, and returns {got}."
    if exercise.returned or (isinstance(wanted, list) and isinstance(wanted[0], dict)):
        if not isinstance(result, list | tuple) or len(result) != len(wanted):
            got = f" of {len(result)}" if isinstance(result, list | tuple) else ""
            return f"It should return {len(wanted)} things, and returns {type(result).__name__}{got}."
        if isinstance(wanted[0], dict) and any(
            not isinstance(r, dict) or set(r) != set(w) for r, w in zip(result, wanted)
        ):
            return f"Each layer should be a dict with the keys {', '.join(wanted[0])}."
    try:
        found = flat(exercise, result)
    except (TypeError, ValueError) as e:
        return f"It returns what cannot be compared: {e}."
    return next((m for key, value in truth.items() if (m := array_message(exercise, key, found[key], value))), None)


def array_message(exercise, key, found, truth):
    """Whether one of the arrays has the shape of its truth, and holds numbers."""
    if found.shape != truth.shape:
        more = ""
        if found.shape == truth.shape[1:]:
            more = " This is one entry of the first axis: collect them all."
        elif found.shape == (len(truth) + 1 if truth.ndim else 0, *truth.shape[1:]):
            more = " That is one entry more than there are: does the first state belong to it?"
        asked = f"have the shape {truth.shape}, that of its array" if truth.ndim else "be one number"
        return f"{key} should {asked}, and has the shape {found.shape}.{more}"
    if not np.issubdtype(found.dtype, np.number) or not np.isfinite(found).all():
        return f"{key} holds numbers that are not finite. {exercise.words.get('not finite', '')}".rstrip()
    return None
