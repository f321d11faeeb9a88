"""The learning rate for `representation`, on seeds and a text that are not reported."""

from . import representation

QUESTION = "Which of five learning rates does each cell and depth of the character model like best?"
GRID = [arm | {"lr": lr} for arm in representation.ARMS for lr in representation.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `representation`, from seed 1000 on, judged on the validation text."""
    return representation.run_one(config, 1000 + seed, "validation")
