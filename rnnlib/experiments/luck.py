"""What too few tuning seeds do: the rates that two of them once chose for `delay`, at 80 steps."""

from . import delay

QUESTION = "How do one LSTM layer and four tanh layers fare at learning rates chosen by two tuning seeds?"
GRID = [
    {"task": "temporal order", "cell": cell, "L": L, "delay": 80, "lr": lr}
    for cell, L, lr in (("rnn", 4, 3e-3), ("lstm", 1, 3e-4))
]
SEEDS = 10


def run_one(config, seed):
    """As `delay`, on its seeds."""
    return delay.run_one(config, seed)
