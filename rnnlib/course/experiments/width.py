"""Claim 1 on real speech: a given number of parameters as width or as depth, Japanese Vowels."""

from . import depth
from .solve import width
from .store import tuned

QUESTION = "Nine speakers, 10,000 parameters: are they better spent on one wide layer or on 2 or 4 narrow ones?"

CELLS, DEPTHS, RATES, BUDGET = ("rnn", "lstm", "gru"), (1, 2, 4), depth.RATES, 10_000
ARMS = [{"cell": cell, "L": L} for cell in CELLS for L in DEPTHS]
GRID = [arm | {"lr": tuned("width_tuning", arm, lambda r: r["loss"], RATES)} for arm in ARMS]
SEEDS = 10


def run_one(config, seed):
    """What `depth.train_once` says of a stack of BUDGET parameters."""
    H = width(config["cell"], 12, config["L"], 9, BUDGET)
    return depth.train_once(config["cell"], config["L"], config["lr"], seed, {}, hidden=H) | {"H": H}
