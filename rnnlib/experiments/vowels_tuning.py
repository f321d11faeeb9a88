"""The learning rate for `vowels`, by training loss, on seeds that are not reported."""

from . import vowels

QUESTION = "Which of four learning rates does each net like best on Japanese Vowels?"
GRID = [arm | {"lr": lr} for arm in vowels.ARMS for lr in vowels.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `vowels`, from seed 1000 on."""
    return vowels.run_one(config, 1000 + seed)
