"""The adding problem of 20 steps, over the settings that notebook 03 has its reader try live."""

from ...tasks import adding as task
from .solve import updates_to_solve

QUESTION = "After how many updates is the squared error of adding 20 steps below 0.05, over cells, rates and clipping?"

T, UPDATES, BAR, HIDDEN = 20, 1000, 0.05, 32
TRIED = [("gru", 3e-4, 1.0), ("gru", 3e-3, 1.0), ("gru", 1e-2, 1.0), ("gru", 0.1, None)]
TRIED += [("rnn", 3e-3, 1.0), ("rnn", 1e-2, 1.0)]
GRID = [{"cell": cell, "lr": lr, "clip": clip} for cell, lr, clip in TRIED]
SEEDS = 10


def run_one(config, seed):
    """Updates until the mean squared error on 512 fresh sequences is at most BAR; None if not within UPDATES."""
    net = {"cell": config["cell"], "hidden_size": HIDDEN}
    options = {"most": UPDATES, "every": 25, "clip_norm": config["clip"], "solved": BAR}
    return updates_to_solve(task(T), {"bias": "zeros"}, config["lr"], seed, **options, **net)
