"""The adding problem for the tanh layer alone, with more time than `adding` gives."""

from ...tasks import adding as task
from .adding import BAR, CELLS, STARTS
from .solve import updates_to_solve

QUESTION = "Does a tanh layer learn the adding problem of 30 steps if it may take 8,000 updates?"

T, RATES, UPDATES = 30, (1e-3, 3e-3), 8000
GRID = [{"lr": lr} for lr in RATES]
SEEDS = 10


def run_one(config, seed):
    """Updates until the mean squared error on 512 fresh sequences is at most BAR; None if not within UPDATES."""
    return updates_to_solve(task(T), STARTS["tanh"], config["lr"], seed, most=UPDATES, solved=BAR, **CELLS["tanh"])
