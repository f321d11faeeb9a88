"""The adding problem for four cells of equal size."""

from ...tasks import adding
from .solve import updates_to_solve
from .store import tuned

QUESTION = "How many updates do tanh, IRNN, LSTM and GRU of about 2,600 parameters need for the adding problem?"

CELLS = {  # H so that the stack has about as many parameters as the LSTM of 24 units: 2,592
    "tanh": {"cell": "rnn", "hidden_size": 49},
    "IRNN": {"cell": "rnn", "hidden_size": 49, "nonlinearity": "relu"},
    "LSTM": {"cell": "lstm", "hidden_size": 24},
    "GRU": {"cell": "gru", "hidden_size": 28},
}
STARTS = {
    "tanh": {"recurrent": "orthogonal", "bias": "zeros"},
    "IRNN": {"recurrent": "identity", "bias": "zeros"},
    "LSTM": {"recurrent": "orthogonal", "bias": "zeros", "forget_bias": 1},
    "GRU": {"recurrent": "orthogonal", "bias": "zeros"},
}
LENGTHS, RATES, UPDATES, BAR = (30, 60, 120), (1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1), 3000, 0.01
BEST = {cell: tuned("adding_tuning", {"cell": cell}, lambda r: r["updates"] or 2 * UPDATES, RATES) for cell in CELLS}
GRID = [{"cell": cell, "T": T, "lr": BEST[cell]} for cell in CELLS for T in LENGTHS]
SEEDS = 10


def run_one(config, seed):
    """Updates until the mean squared error on 512 fresh sequences is at most BAR; None if not within UPDATES."""
    cell, task = config["cell"], adding(config["T"])
    return updates_to_solve(task, STARTS[cell], config["lr"], seed, most=UPDATES, solved=BAR, **CELLS[cell])
