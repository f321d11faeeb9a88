"""The learning rate for `adding`, on seeds that are not reported."""

from . import adding

QUESTION = "Which of six learning rates does each cell like best on the adding problem of 60 steps?"
GRID = [{"cell": cell, "T": 60, "lr": lr} for cell in adding.CELLS for lr in adding.RATES]
SEEDS = 4


def run_one(config, seed):
    """As `adding`, from seed 1000 on."""
    return adding.run_one(config, 1000 + seed)
