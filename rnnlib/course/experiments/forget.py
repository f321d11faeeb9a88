"""Claim 6, gating lets the gradient flow: the forget bias of an LSTM, along time, along depth, and in learning."""

import numpy as np

from ... import flow
from ...stack import DeepRNN
from ...tasks import temporal_order
from .solve import updates_to_solve
from .store import tuned

QUESTION = "How does the forget bias move the LSTM's gradient along time and along depth, and what does it learn then?"

BIASES, DEPTHS, RATES = (-1, 0, 1, 3, 5), (1, 4), (1e-3, 3e-3, 1e-2)
DELAY, HIDDEN, UPDATES = 80, 24, 1000
ARMS = [{"forget_bias": bias, "L": L} for bias in BIASES for L in DEPTHS]
GRID = [arm | {"lr": tuned("forget_tuning", arm, lambda r: r["updates"] or 2 * UPDATES, RATES)} for arm in ARMS]
SEEDS = 10


def run_one(config, seed):
    """At the start, slope of ln ‖∂loss/∂h_t‖ per step back in the top row and the factor per layer down (None for one
    layer), as in `rates`; then updates until temporal order of DELAY steps is solved, None if not within UPDATES."""
    start = {"input": "orthogonal", "recurrent": "orthogonal", "bias": "zeros", "forget_bias": config["forget_bias"]}
    L, task = config["L"], temporal_order(DELAY)
    weights, inputs, readout = np.random.default_rng(seed).spawn(3)
    net = DeepRNN("lstm", task.input_size, HIDDEN, L)
    xs, _ = task.batch(inputs, 8)
    dhs = np.zeros((DELAY, 8, HIDDEN))
    dhs[-1] = readout.standard_normal((8, HIDDEN))
    norms = flow.gradient_flow(net, net.init(weights, **start), xs, dhs)
    learned = updates_to_solve(
        task, start, config["lr"], seed, most=UPDATES, cell="lstm", hidden_size=HIDDEN, num_layers=L
    )
    return {
        "rate": flow.time_rate(norms[-1]),
        "factor": flow.layer_factor(norms[:, -1]) if L > 1 else None,
    } | learned
