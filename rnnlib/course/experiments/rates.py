"""Claim 2a, depth mitigates vanishing gradients: decay along time and gain along depth, before and after training."""

import numpy as np

from ... import flow
from ...flow import layer_factor, time_rate
from ...model import Model
from ...stack import DeepRNN
from ...tasks import temporal_order
from ...train import Adam, train
from .store import tuned

QUESTION = (
    "Do stacks of 1 to 8 layers let the gradient decay more slowly in time, at the start, fed alike, and trained?"
)

CELLS, DEPTHS, HIDDEN, T, UPDATES = ("rnn", "lstm", "gru"), (1, 2, 4, 8), 32, 100, 400
RATES, TASK = (1e-3, 3e-3, 1e-2), temporal_order(20)
ARMS = [{"cell": cell, "L": L} for cell in CELLS for L in DEPTHS]


def states(arm):
    """What is measured of an arm; one layer has no other whose drive it could be like."""
    yield {"state": "start"}
    if arm["L"] > 1:
        yield {"state": "drive alike"}
    yield {"state": "trained", "lr": tuned("rates_tuning", arm, lambda r: r["loss"], RATES)}


GRID = [arm | state for arm in ARMS for state in states(arm)]
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


def begin(cell, L, weights):
    """(model, params): orthogonal matrices, zero biases, forget bias 1."""
    model = Model(DeepRNN(cell, TASK.input_size, HIDDEN, L), TASK.output_size, at="last_step")
    bias = {"forget_bias": 1} if cell == "lstm" else {}
    return model, model.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", **bias)


def trained(model, params, lr, rng):
    """(params, loss, accuracy) after UPDATES updates on temporal order of 20 steps; the scores on 512 others."""
    batches, fresh = rng.spawn(2)
    for step in train(model, params, TASK.batches(batches, 32), Adam(lr), clip_norm=1.0):
        params = step.params
        if step.index == UPDATES:
            break
    xs, targets = TASK.batch(fresh, 512)
    right = (model.predict(params, xs).argmax(-1) == targets).mean()
    return params, float(model.evaluate(params, xs, targets)), float(right)


def run_one(config, seed):
    """Slope of ln ‖∂loss/∂h_t‖ per step back, top and bottom row, factor per layer down at t = T (None for one
    layer), and log10 of the norm at the bottom's first step, for a loss that is a random projection of the top's last
    h; inputs are the symbols of temporal order, 8 sequences of T steps. After training also its loss and accuracy."""
    weights, inputs, readout, draws = np.random.default_rng(seed).spawn(4)
    model, whole = begin(config["cell"], config["L"], weights)
    xs, _ = temporal_order(T).batch(inputs, 8)
    scores = {}
    if config["state"] == "trained":
        whole, *reached = trained(model, whole, config["lr"], draws)
        scores = dict(zip(("loss", "accuracy"), reached))
    net, params = model.net, whole["layers"]
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
        **scores,
    }
