"""ThreeSteps: backpropagation through time by hand. StepByStep: what every step adds to dW_hh."""

from typing import NamedTuple

import numpy as np

from ...stack import DeepRNN
from ..viz.bptt import LONGEST, Chain, Contributions
from .base import Explorer, choice, integer, real
from .flow import CELLS, named
from .truncation import window_gradients

XS, H_0, TARGET = (0.1, -0.2, 0.1), 0.5, -1.0


def unit(w):
    """One tanh unit, h_t = tanh(x_t + w h_{t-1}), as a network and its parameters."""
    return DeepRNN("rnn", 1, 1), [{"W_xh": np.ones((1, 1)), "W_hh": np.full((1, 1), float(w)), "b_h": np.zeros(1)}]


class Steps(NamedTuple):
    """What `Chain` draws of three steps."""

    hs: np.ndarray  # (4,), from h_0
    slopes: np.ndarray  # (3,), ∂⁺h_t/∂h_{t-1}
    uses: np.ndarray  # (3,), ∂⁺h_t/∂w
    dhs: np.ndarray  # (3,), totals
    loss: float  # ½ (h_3 - target)²
    rerun: float  # d loss/dw from two more runs with w nudged by ±eps


def three_steps(w, h_0=H_0, target=TARGET, eps=1e-5):
    """The `Steps` of one unit with the weight w."""
    xs, state = np.array(XS)[:, None, None], [(np.full((1, 1), float(h_0)),)]

    def run(w):
        net, params = unit(w)
        done = net.forward(params, xs, state)
        return net, params, done, 0.5 * (done.hs[-1, 0, 0] - target) ** 2

    net, params, done, loss = run(w)
    hs = np.concatenate([[h_0], done.hs[:, 0, 0]])
    dhs = np.zeros_like(done.hs)
    dhs[-1] = hs[-1] - target
    totals = net.backward(params, done, dhs).hs[0][:, 0, 0]
    slope = 1 - hs[1:] ** 2
    rerun = (run(w + eps)[3] - run(w - eps)[3]) / (2 * eps)
    return Steps(hs, w * slope, hs[:-1] * slope, totals, loss, rerun)


class ThreeSteps(Explorer):
    """Three steps of one unit with every value, every immediate slope and every total gradient written in."""

    situations = (
        (
            "immediate only",
            {"w": 0.0},
            "With w = 0 steps 1 and 2 reach the loss no more: two of the three terms are zero.",
        ),
        (
            "the target met",
            {"target": 0.8, "w": 1.2, "h_0": 1.0},
            "h_3 is close to the target: every term shrinks with the error, whatever w is.",
        ),
        (
            "negative w",
            {"w": -1.5},
            "Each step back multiplies by w: the totals change sign from step to step.",
        ),
    )

    def controls(self):
        return {
            "w": real("weight w", 1.2, -2, 2, 0.1, ".1f"),
            "h_0": real("first state h_0", H_0, -1, 1, 0.1, ".1f"),
            "target": real("target for h_3", TARGET, -1, 1, 0.1, ".1f"),
        }

    def scene(self):
        return Chain()

    def show(self, scene, w, h_0, target):
        steps = three_steps(w, h_0, target)
        scene.update(*steps, f"w = {w:.1f}: three uses of one weight, three terms")
        adds = steps.dhs * steps.uses
        return (
            f"Terms of d loss/dw: {adds[0]:.3g}, {adds[1]:.3g}, {adds[2]:.3g}; sum <b>{adds.sum():.4g}</b>. "
            f"Step 3 alone, the immediate derivative, says <b>{adds[2]:.4g}</b>."
        )


UNITS, INPUTS, SEQUENCES = 32, 8, 4


def step_by_step(length, gain=1.0, cell="tanh RNN", loss="the last step", seed=2):
    """(norms (T,), errors (T,)): ‖what step t adds to dW_hh‖, and the relative error of the sum over the last j
    steps. The loss is a random linear function of h_T, or one of every h_t; weights are as in `GradientFlow`."""
    kind, nonlinearity = named(cell)
    net = DeepRNN(kind, INPUTS, UNITS, nonlinearity=nonlinearity)
    weights, inputs, readout = np.random.default_rng(seed).spawn(3)
    params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=gain)
    xs = inputs.standard_normal((length, SEQUENCES, INPUTS))
    dhs = readout.standard_normal((length, SEQUENCES, UNITS)) / np.sqrt(SEQUENCES * UNITS)
    if loss == "the last step":
        dhs[:-1] = 0
    steps = np.array([g[0]["W_hh"] for g in window_gradients(net, params, xs, dhs, 1, hand_on=True)])
    sums = np.cumsum(steps[::-1], axis=0)  # over the last j steps
    norm = np.linalg.norm
    return norm(steps, axis=(1, 2)), norm(sums - sums[-1], axis=(1, 2)) / norm(sums[-1])


class StepByStep(Explorer):
    """The sum over time made visible: the norm of every step's contribution to dW_hh."""

    situations = (
        (
            "gain 1, tanh",
            {},
            "Far steps add almost nothing: read off how many of the last steps make up 99 % of the sum.",
        ),
        ("smaller gain", {"gain": 0.6}, "The line falls faster, and fewer steps are enough."),
        (
            "ReLU, larger gain",
            {"cell": "ReLU RNN", "gain": 1.5},
            "Early steps add more than late ones: the gradient grows on its way back.",
        ),
        (
            "a loss every step",
            {"loss": "every step"},
            "Every step now has a loss close by, and the contributions are of one size.",
        ),
    )

    def controls(self):
        return {
            "length": integer("length T, steps", 50, 5, LONGEST),
            "gain": real("recurrent gain", 1.0, 0.5, 1.5, 0.05),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
            "loss": choice("loss reads", "the last step", ["the last step", "every step"]),
        }

    def scene(self):
        return Contributions()

    def show(self, scene, length, gain, cell, loss):
        norms, errors = step_by_step(length, gain, cell, loss)
        scene.update(norms, errors, f"{cell}, gain {gain:.2f}, {length} steps, the loss reads {loss}")
        enough = int(np.argmax(errors < 0.01)) + 1
        return (
            f"Step {length} adds {norms[-1]:.2g}, step 2 adds <b>{norms[1]:.2g}</b> (step 1 nothing: h_0 = 0). "
            f"The last <b>{enough}</b> of {length} steps give dW_hh to within 1 %."
        )
