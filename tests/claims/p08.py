"""Numbers behind notebook 08 that no cell prints, or prints for one draw alone."""

import numpy as np

from rnnlib.experiments import depth, load, select
from rnnlib.explore.checkup import KINDS, at_default
from rnnlib.explore.run import Run
from rnnlib.tasks import temporal_order

SEEDS = range(10)


def median_measures(cell, kind):
    """(spread, gradient, update, saturation), each (8,), medians of ten seeds."""
    return np.median([at_default(cell, 8, kind, seed) for seed in SEEDS], axis=0)


def gradients_over_layers():
    """Among 8 LSTM layers the largest gradient over the smallest, plain and residual; bottom over top, layer norm."""
    plain, residual, norm = (median_measures("LSTM", kind)[1] for kind in ("plain", "residual", "layer norm"))
    return plain.max() / plain.min(), residual.max() / residual.min(), norm[0] / norm[-1]


def usual_updates():
    """The least and the largest update ratio of both cells and all four kinds, at their start."""
    found = [median_measures(cell, kind)[2] for cell in ("LSTM", "tanh RNN") for kind in KINDS]
    return np.min(found), np.max(found)


def plain_medians():
    """Training loss of the plain stack at L = 1, 4, 6 and 8: LSTM, then tanh."""
    runs = load("depth")
    return [np.median(select(runs, "loss", cell=c, variant="plain", L=L)) for c in depth.CELLS for L in (1, 4, 6, 8)]


def layer_norm_at_lower_rates():
    """8 layers with layer norm: the chosen rate, the loss at 0.0003 and 0.0001, for LSTM and tanh."""
    lower, found = load("lower"), []
    for cell in depth.CELLS:
        chosen = {c["lr"] for c in depth.GRID if (c["cell"], c["variant"], c["L"]) == (cell, "layer norm", 8)}
        found += [*chosen, *(np.median(select(lower, "loss", cell=cell, lr=rate)) for rate in (3e-4, 1e-4))]
    return found


def residual_against_plain():
    """How many times the plain tanh stack of 4 layers has the residual one's training loss."""
    runs = load("depth")
    return np.divide(*(np.median(select(runs, "loss", cell="rnn", variant=v, L=4)) for v in ("plain", "residual")))


def accuracies():
    """Test accuracy of one LSTM layer, of 8 residual ones, of 8 with layer norm."""
    runs = load("depth")
    arms = (("plain", 1), ("residual", 8), ("layer norm", 8))
    return [np.median(select(runs, "test_accuracy", cell="lstm", variant=v, L=L)) for v, L in arms]


def live_gradients():
    """Each layer's gradient by its weights at the start, temporal order at T = 20: 8 LSTM layers, least and most; 2."""
    eight, two = (Run(temporal_order, 0, L, 20, "LSTM").measure()[1] for L in (8, 2))
    return eight.min(), eight.max(), two.min(), two.max()
