"""The learning rate for `width`, by training loss, on seeds that are not reported."""

from . import width

QUESTION = "Which of three learning rates does each cell and depth of 10,000 parameters like best?"
GRID = [arm | {"lr": lr} for arm in width.ARMS for lr in width.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `width`, from seed 1000 on."""
    return width.run_one(config, 1000 + seed)
