"""The learning rate for `delay`, on seeds that are not reported."""

from . import delay

QUESTION = "Which of four learning rates does each task, cell and depth like best, over all its delays?"
GRID = [arm | {"lr": lr} for arm in delay.ARMS for lr in delay.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `delay`, from seed 1000 on."""
    return delay.run_one(config, 1000 + seed)
