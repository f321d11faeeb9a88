"""Faults on purpose: plant one in a function, see which gradient gives it away. And a count of multiplications."""

import inspect

import numpy as np

from ..gradcheck import compare


def plant(function, *edits):
    """The function with pieces of its source replaced: each edit is (right, wrong), and `right` occurs exactly once."""
    source = inspect.getsource(function)
    for right, wrong in edits:
        if source.count(right) != 1:
            raise ValueError(f"edit: expected text that occurs once in {function.__name__}, got {right!r}")
        source = source.replace(right, wrong)
    room = {}
    exec(compile(source, f"<{function.__name__} with faults>", "exec"), function.__globals__, room)
    return room[function.__name__]


def draw(rng, T, B, D, H, V):
    """Everything that notebook 02's loss depends on, in one dict: weights of standard deviation 1/sqrt(H), inputs and
    h_0 of 1, and the nudges, named _t, zero."""
    weights = {"W_hy": (H, V), "b_y": (V,), "W_hh": (H, H), "W_xh": (D, H), "b_h": (H,)}
    nudges = {"y_t": (T, B, V), "h_t": (T, B, H), "a_t": (T, B, H), "W_hh_t": (T, H, H)}
    q = {name: np.zeros(shape) for name, shape in nudges.items()}
    q |= {name: rng.standard_normal(shape) / np.sqrt(H) for name, shape in weights.items()}
    return q | {"xs": rng.standard_normal((T, B, D)), "h_0": rng.standard_normal((B, H))}


def locate(loss, point, grad, *, seed=0):
    """{name: worst relative error} of a claimed gradient, array by array, every entry against finite differences.

    loss(point) -> float; point, grad : dicts of arrays with the same names. The names come in the order of `grad`.
    """

    def one(name):
        rng = np.random.default_rng(seed)
        return compare(lambda q: loss(point | q), {name: point[name]}, grad, rng, entries=None, directions=1).error

    return {name: one(name) for name in grad}


class Tally(np.ndarray):
    """An array that counts the multiplications of every matrix product it takes part in."""

    count = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **kwargs):
        plain = [np.asarray(a) for a in inputs]
        if ufunc is np.matmul:
            Tally.count += plain[0].size * plain[1].shape[-1]
        if out:
            kwargs["out"] = tuple(np.asarray(a) for a in out)
        result = getattr(ufunc, method)(*plain, **kwargs)
        return out[0] if out else np.asarray(result).view(Tally)


def multiplications(function, *arguments):
    """How many multiplications the matrix products of function(*arguments) take."""

    def watched(a):
        if isinstance(a, dict):
            return {k: watched(v) for k, v in a.items()}
        if isinstance(a, (list, tuple)):
            return type(a)(watched(v) for v in a)
        return np.asarray(a).view(Tally)

    Tally.count = 0
    function(*watched(arguments))
    return Tally.count
