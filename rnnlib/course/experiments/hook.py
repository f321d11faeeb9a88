"""The first page's question: two layers, a short and a long sequence, a plain and a gated cell."""

from ...tasks import temporal_order
from .solve import updates_to_solve

QUESTION = "Do two layers of 32 units learn temporal order of 20 and of 80 steps, with tanh and with an LSTM?"

UPDATES, RATE = 1500, 3e-3
GRID = [{"cell": cell, "T": T} for cell in ("rnn", "lstm") for T in (20, 80)]
SEEDS = 10


def run_one(config, seed):
    """Updates until 99 % of 512 fresh sequences are right; None if not within UPDATES."""
    net = {"cell": config["cell"], "hidden_size": 32, "num_layers": 2}
    start = {"bias": "zeros"} | ({"forget_bias": 1} if config["cell"] == "lstm" else {})
    return updates_to_solve(temporal_order(config["T"]), start, RATE, seed, most=UPDATES, **net)
