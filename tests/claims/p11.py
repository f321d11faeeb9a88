"""Numbers behind notebook 11 that no cell prints."""

import numpy as np

from rnnlib.course.experiments import load
from rnnlib.course.experiments.trials_neighbours import settled
from rnnlib.course.explore import receptive


def ways_of_five_undilated():
    """Ways to the middle and to both ends of the field of five layers of kernel 3, dilation 1."""
    ways = receptive.ways(3, [1] * 5)
    return [ways[5], ways[0], ways[10]]


def tanh_on_parity():
    """How many of ten tanh layers learn parity, and the least that these have right at 160 steps."""
    learned = [r["result"] for r in load("parity") if r["config"]["family"] == "tanh" and r["result"]["updates"]]
    return [len(learned), min(r["right"][2] for r in learned)]


def gap_on_text():
    """By how much the gap of the LSTM, and of the tanh layers, moves over the last third of `longer`, in bits."""
    return [change for change, _, _ in settled(np.random.default_rng(0)).values()]


def failed_in_recall():
    """Of the combination and of the Transformer: how many of ten recall less than half of twelve pairs, and the least
    share."""
    numbers = []
    for family in ("GRU + attention", "Transformer"):
        runs = [r for r in load("recall") if (r["config"]["family"], r["config"]["pairs"]) == (family, 12)]
        shares = np.array([r["result"]["score"] for r in runs])
        numbers += [np.count_nonzero(shares < 0.5), shares.min()]
    return numbers
