"""Planting a fault: pieces of a function's source are replaced, so that right and wrong differ in nothing else."""

import inspect
import textwrap


def plant(function, *edits):
    """The function with pieces of its source replaced: each edit is (right, wrong), and `right` occurs exactly once."""
    source = textwrap.dedent(inspect.getsource(function))
    for right, wrong in edits:
        if source.count(right) != 1:
            raise ValueError(f"edit: expected text that occurs once in {function.__name__}, got {right!r}")
        source = source.replace(right, wrong)
    room = {}
    exec(compile(source, f"<{function.__name__} with faults>", "exec"), function.__globals__, room)
    return room[function.__name__]


def planted(base, edits):
    """A subclass of `base` whose methods have faults. edits : dict, method -> list of (right, wrong)."""
    return type(base.__name__, (base,), {name: plant(getattr(base, name), *pairs) for name, pairs in edits.items()})
