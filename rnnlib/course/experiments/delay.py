"""Claim 2b, depth captures longer dependencies: 1, 2 and 4 layers of equal parameters, over the delay."""

from functools import partial

from ...tasks import adding, noise_padded_digits, temporal_order
from .solve import updates_to_solve, width
from .store import tuned

QUESTION = "At equal parameters, do 2 or 4 layers solve tasks of longer delay than 1, or the same ones sooner?"

TASKS = {  # of a delay; where it is judged; its bar (cross-entropy: share that is right, else squared error)
    "temporal order": (temporal_order, temporal_order, 0.99),
    "adding": (adding, adding, 0.01),
    "padded digits": (noise_padded_digits, partial(noise_padded_digits, split="test"), 0.8),
}
PAIRS = {  # task and cell: delays from where it is easy to where it is hard
    ("temporal order", "rnn"): (40, 80, 120, 160),
    ("temporal order", "lstm"): (80, 160, 240),
    ("adding", "gru"): (40, 80, 160),
    ("padded digits", "rnn"): (8, 24, 36),
}
TUNED_AT = {  # the delay at which rates are compared: hard, but within reach
    ("temporal order", "rnn"): 80,
    ("temporal order", "lstm"): 80,
    ("adding", "gru"): 80,
    ("padded digits", "rnn"): 24,
}
DEPTHS, RATES, BUDGET, UPDATES = (1, 2, 4), (3e-4, 1e-3, 3e-3, 1e-2), 4000, 1500
ARMS = [
    {"task": task, "cell": cell, "L": L, "delay": delay}
    for (task, cell), delays in PAIRS.items()
    for L in DEPTHS
    for delay in delays
]


def cost(result):
    """What tuning minimises: updates; twice as many as there are for a run that did not get there."""
    return result["updates"] or 2 * UPDATES


def rate(arm):
    """One for a task, cell and depth, whatever the delay."""
    return tuned("delay_tuning", {n: arm[n] for n in ("task", "cell", "L")}, cost, RATES)


GRID = [arm | {"lr": rate(arm)} for arm in ARMS]
SEEDS = 10


def run_one(config, seed):
    """Updates until 512 fresh sequences are answered up to the bar (digits: of the test set, 80 % right), None if
    not within UPDATES; orthogonal W_hh, forget bias 1."""
    make, judge, bar = TASKS[config["task"]]
    task, held_out, cell, L = make(config["delay"]), judge(config["delay"]), config["cell"], config["L"]
    H = width(cell, task.input_size, L, task.output_size, BUDGET)
    start = {"recurrent": "orthogonal", "bias": "zeros"} | ({"forget_bias": 1} if cell == "lstm" else {})
    net = {"cell": cell, "hidden_size": H, "num_layers": L}
    result = updates_to_solve(task, start, config["lr"], seed, most=UPDATES, solved=bar, held_out=held_out, **net)
    return result | {"H": H}
