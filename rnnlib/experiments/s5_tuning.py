"""The learning rate for `s5`, on seeds that are not reported."""

from . import parity, s5

QUESTION = "Which of three learning rates does each family like best on the permutations of five places?"
GRID = [{"family": family, "lr": lr} for family in s5.FAMILIES for lr in parity.RATES]
SEEDS = 1


def run_one(config, seed):
    """As `s5`, from seed 1000 on."""
    return s5.run_one(config, 1000 + seed)
