"""The learning rate for the trained networks of `rates`, on seeds that are not reported."""

from . import rates

QUESTION = "Which of three learning rates does each cell and depth like best on temporal order of 20 steps?"
GRID = [arm | {"state": "trained", "lr": lr} for arm in rates.ARMS for lr in rates.RATES]
SEEDS = 4


def run_one(config, seed):
    """As `rates`, from seed 1000 on."""
    return rates.run_one(config, 1000 + seed)
