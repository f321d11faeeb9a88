"""Scan: a minGRU's recurrence in log₂ T rounds, and what its gates leave of a gradient."""

import numpy as np

from ..viz.scan import MOST, rounds_needed


def rounds(a, b):
    """[(a, b), ...] of h_t = a_t h_{t−1} + b_t after 0, 1, 2, … rounds: after r of them step t holds what the last
    2^r steps up to it do to a state, h_t = a_t h_{t − 2^r} + b_t. With h_0 = 0 the last b is h."""
    found = [(a, b)]
    for r in range(rounds_needed(len(a))):
        (a, b), d = found[-1], 2**r
        a_next, b_next = a.copy(), b.copy()
        b_next[d:] += a[d:] * b[:-d]
        a_next[d:] *= a[:-d]
        found.append((a_next, b_next))
    return found


def loop(a, b):
    """The same by a loop: (T, ...) of states from h_0 = 0."""
    h, hs = np.zeros_like(b[0]), np.empty_like(b)
    for t in range(len(a)):
        h = hs[t] = a[t] * h + b[t]
    return hs


def gates(bias, T=MOST, seed=1):
    """a, b (T,) of one unit: 1 − z_t and z_t x_t on noise, z_t = σ(bias + noise)."""
    rng = np.random.default_rng(seed)
    z = 1 / (1 + np.exp(-(bias + 0.7 * rng.standard_normal(T))))
    return 1 - z, z * rng.standard_normal(T)
