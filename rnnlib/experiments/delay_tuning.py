"""The learning rate for `delay`, on seeds that are not reported.

Six seeds, since a rate too high fails by chance: two of them had chosen a rate for four tanh layers at which no
run of ten solves 80 steps, where at a lower one seven do (see `luck`).
"""

from . import delay

QUESTION = "Which of four learning rates does each task, cell and depth like best, at a delay that is hard?"
GRID = [
    arm | {"lr": lr}
    for arm in delay.ARMS
    if arm["delay"] == delay.TUNED_AT[arm["task"], arm["cell"]]
    for lr in delay.RATES
]
SEEDS = 6


def run_one(config, seed):
    """As `delay`, from seed 1000 on."""
    return delay.run_one(config, 1000 + seed)
