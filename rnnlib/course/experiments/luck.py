"""Rates that luck chose, or that it passed over: the same networks at another learning rate, on the reported seeds.

Two tuning runs once chose the rates of the first two for `delay`, at 80 steps. Six passed over that of the third in
`forget`.
"""

from . import delay, forget

QUESTION = "How do three networks fare at learning rates that too few tuning runs chose, or passed over?"
GRID = [
    {"task": "temporal order", "cell": "rnn", "L": 4, "delay": 80, "lr": 3e-3},
    {"task": "temporal order", "cell": "lstm", "L": 1, "delay": 80, "lr": 3e-4},
    {"forget_bias": 3, "L": 4, "lr": 1e-3},
]
SEEDS = 10


def run_one(config, seed):
    """As `delay` or `forget`, on its seeds."""
    return (forget if "forget_bias" in config else delay).run_one(config, seed)
