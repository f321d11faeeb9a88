"""Checks for the exercises on gradient flow: each runs the network and names the likely mistake."""

import math

import numpy as np

from ..explore.flow import survey
from ..explore.spectrum import pulse_response
from ..viz.spectrum import first_peak

STACKS = ((0.88, 5), (0.86, 4), (0.93, 3), (0.7, 6), (0.77, 1))


def check_peak(peak_lag):
    """Compare peak_lag(a, L) with where the answer of a real stack of L layers is largest."""
    answers = [peak_lag(a, L) for a, L in STACKS]
    if all(answer is None for answer in answers):
        return "not tried yet"
    true = [first_peak(pulse_response(L, a, 0.5)) for a, L in STACKS]
    for (a, L), answer, lag in zip(STACKS, answers, true, strict=True):
        if answer != lag or isinstance(answer, bool):
            return f"a = {a}, L = {L}: the network peaks at lag {lag}, not {answer}; {mistake(answers, true)}"
    return f"right on all {len(STACKS)} stacks: lags {', '.join(map(str, true))}"


def mistake(answers, true):
    """What the five answers have in common with a known wrong way."""
    wrong = {
        "rounded down: the answer still rises after that lag": [math.floor((a * L - 1) / (1 - a)) for a, L in STACKS],
        "a lag is never negative: with one layer the answer falls from the start": [
            math.ceil((a * L - 1) / (1 - a)) for a, L in STACKS
        ],
        "(L - 1) / -ln a is where τ^(L-1) a^τ peaks, which the binomial only approaches": [
            round((L - 1) / -math.log(a)) for a, L in STACKS
        ],
    }
    for text, values in wrong.items():
        if answers == values:
            return text
    near = all(x is not None and abs(x - lag) <= 1 for x, lag in zip(answers, true, strict=True))
    return (
        "off by one: r(τ + 1) is compared with r(τ)" if near else "is your ratio r(τ + 1) / r(τ) = a (τ + L) / (τ + 1)?"
    )


def check_gain(gain, low=10, high=15):
    """Measure an 8-layer tanh stack at this recurrent gain: is the top row's half-life between low and high steps?"""
    if gain is None:
        return "not tried yet"
    if isinstance(gain, bool) or not 0 < gain < math.inf:
        return f"a recurrent gain is a spectral radius, a finite number above 0, not {gain}"
    rate, _, corner = np.median(survey("tanh RNN", [8], range(5), gain=gain), axis=1)[0]
    life = math.inf if rate >= 0 else math.log(2) / -rate
    text = f"half-life {life:.3g} steps, far corner 1e{corner:.1f}: "
    if life < low:
        return text + "too short, the slope of tanh still wins; the gain must be larger"
    return text + ("too long, the gain has all but caught up with the slope of tanh" if life > high else "right")
