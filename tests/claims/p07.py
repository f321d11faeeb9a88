"""Numbers behind notebook 07 that no cell prints, or prints for one draw alone."""

import numpy as np

from rnnlib.explore.flow import gradients, lattice
from rnnlib.flow import time_rate

SEEDS = range(10)
GAINS = np.arange(0.5, 1.55, 0.1)


def corners():
    """Three layers, 60 steps, ten networks: how many times the bottom's first step has the top's, least and most; in
    how many the top left is the smallest; what is left at the bottom's last step, least and most."""
    found = [lattice(3, 60, seed=seed) for seed in SEEDS]
    times = [n[0, 0] / n[2, 0] for n in found]
    left = [n[0, -1] for n in found]
    return min(times), max(times), sum(n.argmin() == 2 * n.shape[1] for n in found), min(left), max(left)


def steps_until_black(norms):
    """Counted back, the first step below 1e-12."""
    return norms.shape[-1] - int(np.flatnonzero(norms < 1e-12)[-1]) - 1


def fading_later():
    """How many steps later the bottom row of eight falls below 1e-12 than the top row: least and most."""
    later = []
    for seed in SEEDS:
        norms = lattice(8, 200, seed=seed)
        later.append(steps_until_black(norms[0]) - steps_until_black(norms[-1]))
    return min(later), max(later)


def half_lives(L, gain):
    """The lowest, the median and the highest half-life of the top row."""
    rates = [time_rate(np.linalg.norm(gradients(L, 200, gain=gain, seed=s)[3].hs[-1], axis=(1, 2))) for s in SEEDS]
    lives = np.log(2) / -np.array(rates)
    return lives.min(), np.median(lives), lives.max()


def one_layer_at_a_large_gain():
    return half_lives(1, 1.5)


def eight_layers_at_a_large_gain():
    return half_lives(8, 1.5)


def forecast_of_the_rate():
    """The largest error of the forecast over gains and ten networks: one layer, top of eight."""
    found = []
    for L in (1, 8):
        errors = []
        for gain in GAINS:
            for seed in SEEDS:
                *_, run, grad = gradients(L, 200, gain=gain, seed=seed)
                forecast = np.log(gain) + np.log(((1 - run.hs**2) ** 2).mean()) / 2
                errors.append(abs(time_rate(np.linalg.norm(grad.hs[-1], axis=(1, 2))) - forecast))
        found.append(max(errors))
    return found
