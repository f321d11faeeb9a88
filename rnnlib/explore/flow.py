"""GradientFlow: the layer × time lattice of a real stack, forward and backward at every move."""

import numpy as np

from .. import flow
from ..stack import DeepRNN
from ..viz import Lattice
from .base import Explorer, choice, integer, real, switch

H, D, B = 32, 8, 4  # units, inputs, sequences
CELLS = {"tanh RNN": ("rnn", "tanh"), "ReLU RNN": ("rnn", "relu"), "LSTM": ("lstm", "tanh"), "GRU": ("gru", "tanh")}


class GradientFlow(Explorer):
    """‖∂loss/∂h_t^l‖ over layers and time. The loss is one number read from the top layer's last step, scaled so that
    its gradient there has norm 1; the inputs are noise of unit variance; weights are orthogonal, recurrent ones times
    the gain."""

    def controls(self):
        return {
            "depth": integer("depth L, layers", 3, 1, 8),
            "length": integer("length T, steps", 60, 10, 200),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
            "gain": real("recurrent gain", 1.0, 0.5, 1.5, 0.05),
            "residual": switch("residual"),
            "skip_input": switch("input into every layer"),
            "layer_norm": switch("layer norm"),
        }

    def scene(self):
        return Lattice()

    def show(self, scene, depth, length, cell, gain, **options):
        norms = lattice(depth, length, cell, gain, **options)
        scene.update(norms, f"{cell}, {depth} layer{'s' * (depth > 1)}, {length} steps: ‖∂loss/∂h‖")
        top, bottom, first = norms[-1, -1], norms[0, -1], norms[-1, 0]
        span = f"half-life along time {half_life(norms[-1]):.3g} steps"
        return (
            f"From {top:.3g} at the top's last step to <b>{bottom:.3g}</b> at the bottom's last step (depth) and "
            f"<b>{first:.3g}</b> at the top's first step (time); {span}."
        )


def lattice(depth, length, cell="tanh RNN", gain=1.0, seed=0, **options):
    """(L, T): the norms that the explorer shows."""
    kind, nonlinearity = CELLS[cell]
    net = DeepRNN(kind, D, H, depth, nonlinearity=nonlinearity, **options)
    weights, inputs, readout = np.random.default_rng(seed).spawn(3)
    params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=gain)
    xs = inputs.standard_normal((length, B, D))
    dhs = np.zeros((length, B, H))
    dhs[-1] = readout.standard_normal((B, H))
    dhs[-1] /= np.linalg.norm(dhs[-1])
    return flow.gradient_flow(net, params, xs, dhs)


def half_life(norms):
    """Of the top layer's norms from the last step backwards, as far as they are positive."""
    back = norms[::-1]
    back = back[: np.argmax(back == 0)] if (back == 0).any() else back
    return flow.half_life(back) if len(back) > 1 else 0.0
