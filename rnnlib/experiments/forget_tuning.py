"""The learning rate for `forget`, on seeds that are not reported."""

from . import forget

QUESTION = "Which of three learning rates does each forget bias and depth like best?"
GRID = [arm | {"lr": lr} for arm in forget.ARMS for lr in forget.RATES]
SEEDS = 6


def run_one(config, seed):
    """As `forget`, from seed 1000 on."""
    return forget.run_one(config, 1000 + seed)
