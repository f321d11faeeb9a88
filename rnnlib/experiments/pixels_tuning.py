"""The learning rate for `pixels`, by training loss, on seeds that are not reported."""

from . import pixels

QUESTION = "Which of four learning rates does each net like best on digits by pixel?"
GRID = [arm | {"lr": lr} for arm in pixels.ARMS for lr in pixels.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `pixels`, from seed 1000 on."""
    return pixels.run_one(config, 1000 + seed)
