"""The learning rate for `longer`, on seeds and a text that are not reported."""

from . import longer

QUESTION = "Which of two learning rates does each stack of the character model like best over 6,000 updates?"
GRID = [arm | {"lr": lr} for arm in longer.ARMS for lr in longer.RATES[arm["cell"]]]
SEEDS = 1


def run_one(config, seed):
    """As `longer`, from seed 1000 on, judged on the validation text."""
    return longer.run_one(config, 1000 + seed, "validation")
