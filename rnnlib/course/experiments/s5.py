"""Claims 8 and 9: tracking a state that moves by permutations that do not commute, as `parity` does with one bit."""

from . import parity
from .families import FAMILIES

QUESTION = "Which families of 20,000 parameters follow a ball under two permutations on 40 steps, and on 160?"

UPDATES = 1000
GRID = [{"family": family, "lr": parity.best("s5", family)} for family in FAMILIES]
SEEDS = 10


def run_one(config, seed):
    """What `parity.run_one` says, of the task s5."""
    return parity.run_one(config, seed, "s5", UPDATES)
