"""What a number of seeds can say: an estimate and how far it may be off.

Intervals are percentiles of a bootstrap (Efron 1979): draw as many seeds again, with replacement, and look how the
estimate moves. Those of a mean are expanded (Hesterberg 2015), for with few seeds the plain ones are too narrow. For k
of n successes there is `tasks.solved_interval`.
"""

from statistics import NormalDist

import numpy as np

from .. import check


def _tail(n, confidence):
    """What to cut off at either end of the bootstrapped means of n values: Φ(-√(n / (n-1)) t), t the quantile of
    Student's distribution with n - 1 degrees of freedom.

    The bootstrap's spread of a mean is too small by √((n-1) / n), and it takes a spread estimated from n values for
    the true one, which t mends (Hesterberg 2015, "What teachers should know about the bootstrap"). t by its expansion
    in 1/(n-1) (Abramowitz, Stegun 1964, 26.7.5), good to 0.01 from n = 5 on; of fewer values the interval is
    all but their whole range.
    """
    normal = NormalDist()
    if n < 2:
        return 0.0
    z, m = normal.inv_cdf((1 + confidence) / 2), n - 1
    t = z + (z**3 + z) / (4 * m) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * m**2)
    t += (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * m**3)
    return normal.cdf(-np.sqrt(n / m) * t)


def _bootstrap(values, statistic, rng, draws, confidence, expand=False):
    check.generator("rng", rng)
    values = check.numbers("values", values, None, finite=False)  # a measure that is not defined gives nan
    if values.ndim < 2 or not values.size:
        raise ValueError(f"values: expected (X, N, ...) with at least one seed, got shape {values.shape}")
    draws = check.size("draws", draws)
    confidence = check.number("confidence", confidence, 0, 1, open_low=True, open_high=expand)
    tail = _tail(values.shape[1], confidence) if expand else (1 - confidence) / 2
    picks = rng.integers(0, values.shape[1], (draws, values.shape[1]))
    again = statistic(values[:, picks], axis=2)  # (X, draws, ...)
    low, high = np.quantile(again, [tail, 1 - tail], axis=1)
    return np.array([statistic(values, axis=1), low, high])


def median_interval(values, rng, draws=2000, confidence=0.95):
    """Median over axis 1 and its bootstrap interval: (X, N, ...) -> (3, X, ...), estimate, low, high.

    ValueError where there is no seed axis or not 0 < confidence <= 1; TypeError where rng is no Generator.
    """
    return _bootstrap(values, np.median, rng, draws, confidence)


def mean_interval(values, rng, draws=2000, confidence=0.95):
    """Mean over axis 1 and its expanded bootstrap interval: (X, N, ...) -> (3, X, ...), estimate, low, high.

    ValueError where there is no seed axis or not 0 < confidence < 1; TypeError where rng is no Generator.
    """
    return _bootstrap(values, np.mean, rng, draws, confidence, expand=True)


def _pairs(one, other):
    """Two (N,), value by value of the same seed."""
    one = check.numbers("one", one, [("N", None)])
    other = check.numbers("other", other, None)
    if one.shape != other.shape:
        raise ValueError(f"other: expected one value per seed, as one has, {one.shape}, got {other.shape}")
    return one, other


def paired_interval(one, other, rng, draws=2000, confidence=0.95):
    """Mean of one - other, seed by seed, and its bootstrap interval: two (N,) -> (3,).

    Pairs share their seed, so that what the seed does to both drops out. ValueError where N differs.
    """
    one, other = _pairs(one, other)
    return mean_interval((one - other)[None], rng, draws, confidence)[:, 0]


def effect_size(one, other):
    """Mean of the paired differences over their standard deviation (Cohen's d_z): how many times its own wobble the
    effect is. Infinite if every pair differs by the same amount, 0 if none differs. ValueError unless both are (N,), of
    one N of at least 2."""
    one, other = _pairs(one, other)
    difference = one - other
    if len(difference) < 2:
        raise ValueError(f"one: expected at least 2 seeds, got {len(difference)}")
    spread = difference.std(ddof=1)
    if spread > 0:
        return float(difference.mean() / spread)
    return float(np.copysign(np.inf, difference.mean())) if difference.mean() else 0.0
