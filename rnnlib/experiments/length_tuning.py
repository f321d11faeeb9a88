"""The learning rate for `length`, on seeds that are not reported."""

from . import length

QUESTION = "Which of four learning rates does each start of W_hh like best on temporal order of 20 and 40 steps?"
GRID = [{"start": s, "T": T, "lr": lr} for s in length.STARTS for T in (20, 40) for lr in length.RATES]
SEEDS = 4


def run_one(config, seed):
    """As `length`, from seed 1000 on."""
    return length.run_one(config, 1000 + seed)
