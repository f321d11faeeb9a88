"""Numbers behind notebook 06 that no cell prints, or prints for one network alone: each over twenty networks."""

import numpy as np

from rnnlib.course.explore.sizes import shares, width_for
from rnnlib.course.explore.states import autocorrelation_time, delay_and_width, stack_sources, stack_states

SEEDS = range(20)


def hero():
    """Delay of layer 6 and how many networks answer later and longer at every layer."""
    found = [delay_and_width(stack_states(depth=6, length=80, seed=s)) for s in SEEDS]
    ordered = sum((np.diff(delay) > 0).all() and (np.diff(width) > 0).all() for delay, width in found)
    top = [delay[5] for delay, _ in found]
    return [min(top), max(top), ordered]


def growth_of_states():
    """Size of layer 6 over that of layer 1 in the first picture (20 draws), and by the law."""
    hs = [stack_states(depth=6, length=80, seed=s) for s in SEEDS]
    ratio = [np.sqrt((h[5] ** 2).sum() / (h[0] ** 2).sum()) for h in hs]
    return [ratio[0], min(ratio), max(ratio), (1 - 0.9**2) ** -2.5]


def energy_per_layer():
    energy = [(stack_states(6, 200, norm=0.01, seed=s) ** 2).sum((1, 2)) for s in SEEDS]
    ratio = [(e[5] / e[0]) ** (1 / 5) for e in energy]
    return [min(ratio), max(ratio)]


def single_answers():
    """Least and largest delay of layer 6 at norm 0.01, and width at norm 1."""
    faint = [delay_and_width(stack_states(6, 200, norm=0.01, seed=s))[0][5] for s in SEEDS]
    loud = [delay_and_width(stack_states(6, 200, norm=1, seed=s))[1][5] for s in SEEDS]
    return [min(faint), max(faint), min(loud), max(loud)]


def off_the_law():
    """Largest relative error of the medians: delay and width at norm 0.01, delay at norm 1."""
    a, l = 0.9, np.arange(1, 7)
    law = np.array([l * a**2 / (1 - a**2), np.sqrt(l) * a / (1 - a**2)])
    off = {
        n: np.median([delay_and_width(stack_states(6, 200, norm=n, seed=s)) for s in SEEDS], 0) / law - 1
        for n in (0.01, 1)
    }
    return [abs(off[0.01]).max(), abs(off[1][0]).max()]


def input_brings_forward():
    runs = [[delay_and_width(stack_states(6, 200, skip_input=k, seed=s))[0][5] for s in SEEDS] for k in (False, True)]
    change = np.subtract(runs[1], runs[0])
    return [*np.median(runs, 1), min(change), max(change), (change > 0).sum()]


def times(cell, **options):
    return np.array([autocorrelation_time(stack_states(6, 200, cell, "noise", seed=s, **options)) for s in SEEDS])


def tanh_times():
    found = times("tanh RNN")
    medians = np.median(found, 0)
    return [min(medians), max(medians), found[:, 5].min(), found[:, 5].max()]


def lstm_times():
    return np.median(times("LSTM"), 0)[[0, 1, 5]]


def lstm_times_without_bias():
    return np.median(times("LSTM", forget_bias=0.0), 0)[[0, 5]]


def lstm_times_with_input():
    return np.median(times("LSTM", skip_input=True), 0)[[0, 5]]


def dots(**options):
    found = [stack_sources(seed=s, **options) for s in SEEDS]
    return [int(((above > future) & (future > 0)).sum()) for _, future, above, _ in found]


def dots_every_step():
    row = dots(every_step=True)
    return [row[0], min(row), np.median(row)]


def dots_by_gain():
    rows = [dots(gain=g) for g in (0.5, 0.9, 1.2)]
    return [*map(np.median, rows), min(map(min, rows)), max(map(max, rows))]


def share_of_input():
    return [shares("rnn", 128, width_for(20_000, "rnn", 128, 8), 8)[0]]
