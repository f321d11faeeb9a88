"""The learning rate for the trained networks of `rates`, on seeds that are not reported."""

import numpy as np

from . import rates

QUESTION = "Which of three learning rates does each cell and depth like best on temporal order of 20 steps?"
GRID = [arm | {"lr": lr} for arm in rates.ARMS for lr in rates.RATES]
SEEDS = 4


def run_one(config, seed):
    """Held-out loss and accuracy after the updates of `rates`, from seed 1000 on."""
    weights, draws = np.random.default_rng(1000 + seed).spawn(2)
    model, params = rates.begin(config["cell"], config["L"], weights)
    _, loss, accuracy = rates.trained(model, params, config["lr"], draws)
    return {"loss": loss, "accuracy": accuracy}
