"""A minimal gated unit, written in twenty lines, beside the GRU and tanh: temporal order at equal parameters."""

from ...plain_cells import MinimalGatedUnit
from ...tasks import temporal_order
from .solve import updates_to_solve, width

QUESTION = "Does a minimal gated unit learn temporal order as soon, and as far, as a GRU of as many parameters?"
KINDS = {"mgu": MinimalGatedUnit(), "gru": "gru", "rnn": "rnn"}
NAMES = {"mgu": "minimal gated unit", "gru": "GRU", "rnn": "tanh RNN"}
LENGTHS, RATES, BUDGET, UPDATES = (30, 60), (3e-3, 1e-2), 2000, 600
GRID = [{"cell": cell, "T": T, "lr": lr} for T in LENGTHS for cell in KINDS for lr in RATES]
SEEDS = 8


def run_one(config, seed):
    """Updates until 99 % of 512 fresh sequences are answered right, None if not within UPDATES; orthogonal W_hh, zero
    biases."""
    task, cell = temporal_order(config["T"]), KINDS[config["cell"]]
    net = {"cell": cell, "hidden_size": width(cell, task.input_size, 1, task.output_size, BUDGET)}
    start = {"recurrent": "orthogonal", "bias": "zeros"}
    return updates_to_solve(task, start, config["lr"], seed, most=UPDATES, **net) | {"H": net["hidden_size"]}
