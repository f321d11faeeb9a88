"""The learning rate for `recall`, on seeds that are not reported."""

from . import recall

QUESTION = "Which of four learning rates does each family like best when it recalls among 8 pairs?"
GRID = [{"family": family, "pairs": 8, "lr": lr} for family in recall.FAMILIES for lr in recall.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `recall`, from seed 1000 on."""
    return recall.run_one(config, 1000 + seed)
