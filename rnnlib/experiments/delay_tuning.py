"""The learning rate for `delay`, at the middle delay, on seeds that are not reported."""

from . import delay

QUESTION = "Which of three learning rates does each task, cell and depth like best?"
GRID = [arm | {"delay": delay.TASKS[arm["task"]][2][1], "lr": lr} for arm in delay.ARMS for lr in delay.RATES]
SEEDS = 2


def run_one(config, seed):
    """As `delay`, from seed 1000 on."""
    return delay.run_one(config, 1000 + seed)
