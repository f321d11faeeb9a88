"""What a number of seeds can say: an estimate and how far it may be off.

Intervals are percentiles of a bootstrap (Efron 1979): draw as many seeds again, with replacement, and look how the
estimate moves. For k of n successes there is `tasks.solved_interval`.
"""

import numpy as np

from . import check


def _bootstrap(values, statistic, rng, draws, confidence):
    check.generator("rng", rng)
    values = np.asarray(values, dtype=float)
    if values.ndim < 2 or values.shape[1] < 1:
        raise ValueError(f"values: expected (X, N, ...) with at least one seed, got shape {values.shape}")
    check.number("confidence", confidence, 0, 1, open_low=True)
    picks = rng.integers(0, values.shape[1], (draws, values.shape[1]))
    again = statistic(values[:, picks], axis=2)  # (X, draws, ...)
    low, high = np.quantile(again, [(1 - confidence) / 2, (1 + confidence) / 2], axis=1)
    return np.array([statistic(values, axis=1), low, high])


def median_interval(values, rng, draws=2000, confidence=0.95):
    """Median over axis 1 and its bootstrap interval: (X, N, ...) -> (3, X, ...), estimate, low, high."""
    return _bootstrap(values, np.median, rng, draws, confidence)


def mean_interval(values, rng, draws=2000, confidence=0.95):
    """Mean over axis 1 and its bootstrap interval: (X, N, ...) -> (3, X, ...), estimate, low, high."""
    return _bootstrap(values, np.mean, rng, draws, confidence)


def paired_interval(one, other, rng, draws=2000, confidence=0.95):
    """Mean of one - other, seed by seed, and its bootstrap interval: two (N,) -> (3,).

    Pairs share their seed, so that what the seed does to both drops out.
    """
    one, other = np.asarray(one, float), np.asarray(other, float)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(f"other: expected one value per seed, as one has, {one.shape}, got {other.shape}")
    return mean_interval((one - other)[None], rng, draws, confidence)[:, 0]


def effect_size(one, other):
    """Mean of the paired differences over their standard deviation (Cohen's d_z): how many times its own wobble the
    effect is. Infinite if every pair differs by the same amount, 0 if none differs."""
    difference = np.asarray(one, float) - np.asarray(other, float)
    if len(difference) < 2:
        raise ValueError(f"one: expected at least 2 seeds, got {len(difference)}")
    spread = difference.std(ddof=1)
    if spread > 0:
        return float(difference.mean() / spread)
    return float(np.copysign(np.inf, difference.mean())) if difference.mean() else 0.0
