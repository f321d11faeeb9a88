"""A minimal gated unit, written in twenty lines, beside the GRU and tanh: temporal order at equal parameters."""

from ..plain_cells import MinimalGatedUnit
from ..tasks import temporal_order
from .solve import updates_to_solve, width

QUESTION = "Does a minimal gated unit learn temporal order over 30 steps as soon as a GRU of as many parameters?"
KINDS = {"mgu": MinimalGatedUnit(), "gru": "gru", "rnn": "rnn"}
NAMES = {"mgu": "minimal gated unit", "gru": "GRU", "rnn": "tanh RNN"}
RATES, T, BUDGET, UPDATES = (3e-3, 1e-2), 30, 2000, 600
GRID = [{"cell": cell, "lr": lr} for cell in KINDS for lr in RATES]
SEEDS = 10


def run_one(config, seed, updates=UPDATES):
    """Updates until 99 % of 512 fresh sequences are answered right, None if not within `updates`; orthogonal W_hh."""
    task, cell = temporal_order(T), KINDS[config["cell"]]
    net = {"cell": cell, "hidden_size": width(cell, task.input_size, 1, task.output_size, BUDGET)}
    start = {"recurrent": "orthogonal", "bias": "zeros"}
    return updates_to_solve(task, start, config["lr"], seed, most=updates, **net) | {"H": net["hidden_size"]}
