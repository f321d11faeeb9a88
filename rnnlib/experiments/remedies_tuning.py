"""The learning rate for `remedies`, on seeds that are not reported."""

from . import depth, remedies

QUESTION = "Which of three learning rates does each start and each dropout like best?"
GRID = [arm | {"lr": lr} for arm in remedies.ARMS for lr in depth.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `remedies`, from seed 1000 on."""
    return remedies.run_one(config, 1000 + seed)
