"""How good is an answer? One measure for each kind of data, example by example, so that intervals can be drawn."""

import numpy as np

from ... import check
from ...model import cross_entropy

# measure of each kind: its name, whether more is better, and what else is told
PRIMARY = {
    "labelled": ("accuracy", True),
    "series": ("mean absolute error", False),
    "text": ("bits per character", False),
}


def by_example(parts, ys, part):
    """(N,) of the kind's primary measure.

    labelled : 1 where the class of the largest score is right, else 0.  ys (N, V)
    series : |forecast - value| in the columns' own units, the mean over columns that are each divided by their mean
    absolute change where there are several; of one column it is the plain error.  ys (N, D), changes
    text : bits per character of each piece.  ys (T, N, V), scores
    """
    if parts.kind == "labelled":
        return (ys.argmax(1) == part.targets).astype(float)
    if parts.kind == "series":
        return np.abs((ys - part.targets) * parts.change * parts.deviation).mean(1)
    T, N, V = ys.shape
    losses, _ = cross_entropy(ys.reshape(-1, V).astype(np.float64), part.targets.reshape(-1))
    return losses.reshape(T, N).mean(0) / np.log(2)


def details(parts, ys, part):
    """{measure: number} beside the primary one."""
    if parts.kind == "labelled":
        losses, _ = cross_entropy(ys.astype(np.float64), part.targets)
        return {"cross-entropy, nats": float(losses.mean())}
    if parts.kind == "series":
        errors = (ys - part.targets) * parts.change * parts.deviation
        each = {f"mean absolute error, {n}": float(np.abs(e).mean()) for n, e in zip(parts.found.names, errors.T)}
        return {"root mean square error": float(np.sqrt((errors**2).mean()))} | (each if len(each) > 1 else {})
    return {}


def better(kind, one, other):
    """Whether the first number of the primary measure is the better one."""
    return one > other if PRIMARY[kind][1] else one < other


def over_units(values, units, rng, draws=2000, confidence=0.95):
    """(mean, low, high) of values (..., N), an average over leading axes first: a bootstrap that draws whole units.

    Examples of one unit (a speaker, a stretch of days) are alike, so that to draw single ones would make the interval
    too narrow.
    """
    check.generator("rng", rng)
    values = np.asarray(values, float)
    values = values.reshape(-1, values.shape[-1]).mean(0)
    _, where = np.unique(units, return_inverse=True)
    sums, counts = np.bincount(where, values), np.bincount(where)
    picks = rng.integers(0, len(counts), (draws, len(counts)))
    again = sums[picks].sum(1) / counts[picks].sum(1)
    low, high = np.quantile(again, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(values.mean()), float(low), float(high)
