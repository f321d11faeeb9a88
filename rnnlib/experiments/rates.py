"""Claim 2a, depth mitigates vanishing gradients: decay along time and gain along depth, before and after training."""

import numpy as np

from .. import flow
from ..flow import layer_factor, time_rate
from ..model import Model
from ..stack import DeepRNN
from ..tasks import temporal_order
from ..train import Adam, train

QUESTION = (
    "Do stacks of 1 to 8 layers let the gradient decay more slowly in time, at the start, fed alike, and trained?"
)

STATES = ("start", "drive alike", "trained")
CELLS, DEPTHS, HIDDEN, T, UPDATES, RATE = ("rnn", "lstm", "gru"), (1, 2, 4, 8), 32, 100, 400, 3e-3
GRID = [
    {"cell": cell, "L": L, "state": state}
    for cell in CELLS
    for L in DEPTHS
    for state in STATES
    if not (L == 1 and state == "drive alike")  # one layer has no layer to be like
]
SEEDS = 10


def with_equal_drive(net, params, xs):
    """W_xh of the layers above scaled so that x W_xh is as large, root mean square, as in the lowest: the control."""
    params = [dict(p) for p in params]
    below, wanted = xs, None
    for l in range(net.num_layers):
        drive = np.sqrt(((below @ params[l]["W_xh"]) ** 2).mean())
        wanted = drive if wanted is None else wanted
        params[l]["W_xh"] = params[l]["W_xh"] * (wanted / drive)
        below = net.forward(params, xs).layers[l].hs
    return params


def trained(model, params, rng):
    """The same network after UPDATES updates on temporal order of 20 steps."""
    for step in train(model, params, temporal_order(20).batches(rng, 32), Adam(RATE), clip_norm=1.0):
        params = step.params
        if step.index == UPDATES:
            return params


def run_one(config, seed):
    """Slope of ln ‖∂loss/∂h_t‖ per step back, top and bottom row, factor per layer down at t = T (None for one
    layer), and log10 of the norm at the bottom's first step, for a loss that is a random projection of the top's last
    h. Orthogonal matrices, forget bias 1; inputs are the symbols of temporal order, 8 sequences of T steps."""
    weights, inputs, readout, batches = np.random.default_rng(seed).spawn(4)
    net = DeepRNN(config["cell"], 6, HIDDEN, config["L"])
    model = Model(net, 4, at="last_step")
    bias = {"forget_bias": 1} if config["cell"] == "lstm" else {}
    whole = model.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", **bias)
    xs, _ = temporal_order(T).batch(inputs, 8)
    if config["state"] == "trained":
        whole = trained(model, whole, batches)
    params = whole["layers"]
    if config["state"] == "drive alike":
        params = with_equal_drive(net, params, xs)
    dhs = np.zeros((T, 8, HIDDEN))
    dhs[-1] = readout.standard_normal((8, HIDDEN))
    dhs /= np.linalg.norm(dhs)
    norms = flow.norms(net.backward(params, net.forward(params, xs), dhs))
    return {
        "top": time_rate(norms[-1]),
        "bottom": time_rate(norms[0]),
        "factor": layer_factor(norms[:, -1]) if config["L"] > 1 else None,
        "corner": float(np.log10(norms[0, 0])),
    }
