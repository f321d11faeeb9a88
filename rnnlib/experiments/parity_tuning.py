"""The learning rate for `parity`, on seeds that are not reported."""

from . import parity

QUESTION = "Which of three learning rates does each family like best on parity?"
GRID = [{"family": family, "lr": lr} for family in parity.FAMILIES for lr in parity.RATES]
SEEDS, UPDATES = 1, 1500


def run_one(config, seed):
    """As `parity`, from seed 1000 on."""
    return parity.run_one(config, 1000 + seed, most=UPDATES)
