"""Faults on purpose: plant one in a function and find where the gradient goes wrong. And a count of multiplications."""

import numpy as np

from ...gradcheck import derivative, indicator, relative_error
from ..museum.plant import plant

__all__ = ["Tally", "descend", "draw", "error", "errors", "first_wrong", "measure", "multiplications", "plant"]


def draw(rng, T, B, D, H, V):
    """Everything that notebook 02's loss depends on, in one dict: weights of standard deviation 1/sqrt(H), inputs and
    h_0 of 1, and the nudges, named _t, zero."""
    weights = {"W_hy": (H, V), "b_y": (V,), "W_hh": (H, H), "W_xh": (D, H), "b_h": (H,)}
    nudges = {"y_t": (T, B, V), "h_t": (T, B, H), "a_t": (T, B, H), "W_hh_t": (T, H, H)}
    q = {name: np.zeros(shape) for name, shape in nudges.items()}
    q |= {name: rng.standard_normal(shape) / np.sqrt(H) for name, shape in weights.items()}
    return q | {"xs": rng.standard_normal((T, B, D)), "h_0": rng.standard_normal((B, H))}


def descend(forward, gradient, q, data, exact, names=("W_xh", "W_hh", "b_h", "W_hy", "b_y"), rate=0.1):
    """Plain gradient descent on `names` with gradient(q, targets, hs, ys), one update for each (xs, targets) of data.
    Returns the losses before every update, and the cosines of the gradient with the one that `exact` gives."""
    losses, cosines = [], []
    for xs, targets in data:
        q = q | {"xs": xs}
        loss, hs, ys = forward(q, targets)
        step, true = gradient(q, targets, hs, ys), exact(q, targets, hs, ys)
        u, v = (np.concatenate([d[n].ravel() for n in names]) for d in (step, true))
        cosines.append(u @ v / (np.linalg.norm(u) * np.linalg.norm(v)))
        losses.append(loss)
        q |= {n: q[n] - rate * step[n] for n in names}
    return np.array(losses), np.array(cosines)


def measure(loss, point):
    """The gradient of loss(point) -> float by every entry of every array of the dict, by finite differences."""

    def entry(name, index):
        step = indicator(point[name].shape, index)
        return derivative(lambda eps: loss(point | {name: point[name] + eps * step}))[0]

    return {n: np.array([entry(n, i) for i in np.ndindex(a.shape)]).reshape(a.shape) for n, a in point.items()}


def error(claimed, measured):
    """The worst relative error over all entries of two arrays."""
    return max(relative_error(c, m) for c, m in zip(np.ravel(claimed), np.ravel(measured), strict=True))


def errors(claimed, measured):
    """{name: worst relative error} over the arrays of two dicts."""
    return {name: error(claimed[name], measured[name]) for name in claimed}


def first_wrong(claimed, measured, tolerance=1e-6):
    """The first wrong quantity in the order of the sweep: from step T back y, h, a and the step's share of dW_hh,
    then what is summed over time. "none" if all are right."""
    sweep = ("y_t", "h_t", "a_t", "W_hh_t")
    for t in reversed(range(len(claimed["h_t"]))):
        for name in sweep:
            if error(claimed[name][t], measured[name][t]) > tolerance:
                return f"d{name[:-2]} at step {t + 1}"
    wrong = (f"d{n}" for n in claimed if n not in sweep and error(claimed[n], measured[n]) > tolerance)
    return next(wrong, "none")


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
