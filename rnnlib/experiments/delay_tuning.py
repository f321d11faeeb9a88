"""The learning rate for `delay`, on seeds that are not reported.

Six seeds, since a rate too high fails by chance: with two of them a rate was chosen for four tanh layers at which no
run of ten solved 80 steps, where with the next lower one nine do.
"""

from . import delay

QUESTION = "Which of four learning rates does each task, cell and depth like best, at delays that are hard?"
GRID = [
    arm | {"lr": lr}
    for arm in delay.ARMS
    if arm["delay"] in delay.TUNED_AT[arm["task"], arm["cell"]]
    for lr in delay.RATES
]
SEEDS = 6


def run_one(config, seed):
    """As `delay`, from seed 1000 on."""
    return delay.run_one(config, 1000 + seed)
