"""Claim 2b, depth captures longer dependencies: 1, 2 and 4 layers of equal parameters, over the delay."""

from ..stack import DeepRNN
from ..tasks import adding, noise_padded_digits, temporal_order
from .solve import updates_to_solve
from .store import tuned

QUESTION = "At equal parameters, do 2 or 4 layers solve tasks of longer delay than 1, or the same ones sooner?"

TASKS = {  # of a delay; its bar; three delays
    "temporal order": (temporal_order, None, (20, 40, 80)),
    "adding": (adding, 0.01, (20, 40, 80)),
    "padded digits": (noise_padded_digits, 0.8, (8, 24, 72)),
}
PAIRS = (("temporal order", "rnn"), ("temporal order", "lstm"), ("adding", "gru"), ("padded digits", "rnn"))
DEPTHS, RATES, BUDGET, UPDATES = (1, 2, 4), (1e-3, 3e-3, 1e-2), 4000, 1500
ARMS = [{"task": task, "cell": cell, "L": L} for task, cell in PAIRS for L in DEPTHS]


def cost(result):
    return result["updates"] or 2 * UPDATES


GRID = [
    arm | {"delay": delay, "lr": tuned("delay_tuning", arm, cost, RATES)}
    for arm in ARMS
    for delay in TASKS[arm["task"]][2]
]
SEEDS = 10


def width(cell, L, D, V):
    """The largest H whose L layers and read-out together have at most BUDGET parameters."""
    totals = {H: DeepRNN(cell, D, H, L).num_params + (H + 1) * V for H in range(1, 80)}
    return max(H for H, total in totals.items() if total <= BUDGET)


def run_one(config, seed):
    """Updates until 99 % of fresh sequences are right (digits: 80 %; adding: squared error 0.01), None if not within
    UPDATES; orthogonal W_hh, forget bias 1. The digits are those of training, under fresh noise."""
    make, bar, _ = TASKS[config["task"]]
    task, cell, L = make(config["delay"]), config["cell"], config["L"]
    H = width(cell, L, task.input_size, task.output_size)
    start = {"recurrent": "orthogonal", "bias": "zeros"} | ({"forget_bias": 1} if cell == "lstm" else {})
    result = updates_to_solve(
        task, start, config["lr"], seed, most=UPDATES, solved=bar, cell=cell, hidden_size=H, num_layers=L
    )
    return result | {"H": H}
