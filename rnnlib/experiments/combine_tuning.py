"""The learning rate for `combine`, by training loss, on seeds that are not reported."""

from . import combine

QUESTION = "Which of three learning rates does each cell like best with each module?"
GRID = [arm | {"lr": lr} for arm in combine.ARMS for lr in combine.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `combine`, from seed 1000 on."""
    return combine.run_one(config, 1000 + seed)
