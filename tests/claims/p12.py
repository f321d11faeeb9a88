"""Numbers behind notebook 12 that no cell prints."""

import numpy as np

from rnnlib.course.experiments import genes_report

READERS = ("ends", "ends, 3 layers", "centre", "centre, 3 layers")


def ends_lose():
    """What the GRU read at its ends loses when the junction moves by one base, and by five."""
    mean = genes_report.shares("ends", "centred").mean(0)
    return [mean[0] - mean[1], mean[0] - mean[4]]


def trained_on_moved():
    """The least and the most that a GRU trained on moved windows has right as they are, and moved by five."""
    means = [genes_report.shares(net, "moved").mean(0) for net in READERS]
    return [f(m[k] for m in means) for k in (0, 4) for f in (min, max)]


def controls():
    """The least and the largest correlation of the controls' looks: with the letters, and between seeds."""
    found = []
    for of in ("untrained", "labels shuffled"):
        for label in ("EI", "IE"):
            found += [
                genes_report.like_letters(of, label, np.random.default_rng(0))[0],
                genes_report.between_seeds(of, label),
            ]
    return [min(found), max(found)]
