"""The learning rate for `genes`, by validation loss, on seeds that are not reported."""

from . import genes

QUESTION = "Which learning rate does each reader of splice junctions like best?"
GRID = [arm | {"lr": lr} for arm in genes.ARMS for lr in genes.rates(arm)]
SEEDS = 1


def run_one(config, seed):
    """As `genes`, from seed 1000 on."""
    return genes.run_one(config, 1000 + seed)
