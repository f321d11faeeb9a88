"""Claim 1 on real speech: a given number of parameters as width or as depth, Japanese Vowels."""

from ..stack import DeepRNN
from . import depth
from .store import tuned

QUESTION = "Nine speakers, 10,000 parameters: are they better spent on one wide layer or on 2 or 4 narrow ones?"

CELLS, DEPTHS, RATES, BUDGET = ("rnn", "lstm", "gru"), (1, 2, 4), depth.RATES, 10_000
ARMS = [{"cell": cell, "L": L} for cell in CELLS for L in DEPTHS]
GRID = [arm | {"lr": tuned("width_tuning", arm, lambda r: r["loss"], RATES)} for arm in ARMS]
SEEDS = 10


def hidden(cell, L):
    """The largest H whose L layers and read-out of 9 classes together have at most BUDGET parameters."""
    totals = {H: DeepRNN(cell, 12, H, L).num_params + (H + 1) * 9 for H in range(1, 110)}
    return max(H for H, total in totals.items() if total <= BUDGET)


def run_one(config, seed):
    """What `depth.train_once` says of a stack of BUDGET parameters."""
    H = hidden(config["cell"], config["L"])
    return depth.train_once(config["cell"], config["L"], config["lr"], seed, {}, hidden=H) | {"H": H}
