"""Checks for the exercises on what layers learn: each names the likely mistake."""

import numpy as np

from .. import probes


def check_score(score):
    """`score(state, label)`: |correlation| of one unit (N,) with a label (N,)."""
    rng = np.random.default_rng(9)
    label = (rng.random(400) < 0.3).astype(float)
    state = 5 - 2 * label + rng.standard_normal(400)
    answer = score(state.copy(), label.copy())
    if answer is None:
        return "not tried yet"
    right = float(probes.unit_scores(state[:, None], label)[0])
    if np.ndim(answer):
        return "one number is expected"
    wrong = {
        "the sign does not matter for reading a unit: take the absolute value": -right,
        "the means must come off first: a unit may stand anywhere": abs(state @ label)
        / (np.linalg.norm(state) * np.linalg.norm(label)),
        "that is the covariance: divide by both standard deviations": abs(np.cov(state, label, bias=True)[0, 1]),
    }
    if np.isclose(answer, right):
        return "right"
    return next((text for text, value in wrong.items() if np.isclose(answer, value)), "not yet")


def check_control(answer):
    """Which control does a claim about learned time-scales need? One of a, b, c."""
    if answer is None:
        return "not tried yet"
    says = {
        "a": "more seeds narrow the interval of what is measured; they do not tell where it comes from",
        "b": "right: the same measure on the same stack before training; here it rose without any learning",
        "c": "a wider layer changes another thing at the same time",
    }
    return says.get(answer, "a, b or c")
