"""The learning rate for `depth`, on seeds that are not reported."""

from . import depth

QUESTION = "Which of three learning rates does each cell, kind of stack and depth like best?"
GRID = [arm | {"lr": lr} for arm in depth.ARMS for lr in depth.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `depth`, from seed 1000 on."""
    return depth.run_one(config, 1000 + seed)
