"""Temporal order against its length, for three ways to start a recurrent matrix."""

from ...tasks import temporal_order
from .solve import updates_to_solve
from .store import tuned

QUESTION = "How long may temporal order be before a plain RNN no longer learns it, and does the start of W_hh matter?"

STARTS = {
    "uniform": {"cell": "rnn", "recurrent": "uniform"},
    "orthogonal": {"cell": "rnn", "recurrent": "orthogonal"},
    "identity, ReLU": {"cell": "rnn", "recurrent": "identity", "nonlinearity": "relu"},
}
LENGTHS, RATES, UPDATES, HIDDEN = (10, 20, 40, 80, 160), (3e-4, 1e-3, 3e-3, 1e-2), 1500, 32
BEST = {s: tuned("length_tuning", {"start": s}, lambda r: r["updates"] or 2 * UPDATES, RATES) for s in STARTS}
GRID = [{"start": start, "T": T, "lr": BEST[start]} for start in STARTS for T in LENGTHS]
SEEDS = 10


def run_one(config, seed):
    """Updates until 99 % of 512 fresh sequences are right; None if not within UPDATES."""
    chosen = STARTS[config["start"]]
    net = {"cell": "rnn", "hidden_size": HIDDEN, "nonlinearity": chosen.get("nonlinearity", "tanh")}
    start = {"recurrent": chosen["recurrent"], "bias": "zeros"}
    return updates_to_solve(temporal_order(config["T"]), start, config["lr"], seed, most=UPDATES, **net)
