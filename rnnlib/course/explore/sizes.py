"""StackSizes: how wide a stack may be when its number of parameters is fixed."""

import numpy as np

from ...stack import DeepRNN
from ..viz.sizes import Sizes
from .base import Explorer, choice, integer

CELLS = {"tanh RNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
DEPTHS = range(1, 9)


def width_for(budget, cell, input_size, num_layers, **options):
    """The largest H with num_params <= budget, by bisection; 0 if not even one unit fits."""
    low, high = 0, int(np.sqrt(budget)) + 1  # W_hh alone has H² entries
    while high - low > 1:
        H = (low + high) // 2
        fits = DeepRNN(cell, input_size, H, num_layers, **options).num_params <= budget
        low, high = (H, high) if fits else (low, H)
    return low


def shares(cell, input_size, hidden_size, num_layers, **options):
    """(4,): parameters that read x, the layer below, the step before (W_hh), and biases, as parts of all."""
    net = DeepRNN(cell, input_size, hidden_size, num_layers, **options)
    shapes = [{name: np.prod([n for _, n in axes]) for name, axes in layer.items()} for layer in net.shapes()]
    recurrent = sum(layer["W_hh"] for layer in shapes)
    reading = sum(layer["W_xh"] for layer in shapes)
    per_row = net.shapes()[0]["W_hh"][1][1]  # G·H
    below = (num_layers - 1) * hidden_size * per_row
    return np.array([reading - below, below, recurrent, net.num_params - reading - recurrent]) / net.num_params


class StackSizes(Explorer):
    """Units per layer, and what the parameters are spent on, at a fixed number of parameters."""

    situations = (
        ("few parameters", {"budget": 5}, "Eight layers must do with few units each."),
        (
            "many inputs",
            {"inputs": 128},
            "The article's form pays for the input in every layer: its curve falls away from the plain one.",
        ),
        ("LSTM", {"cell": "LSTM"}, "Four blocks of weights instead of one: about half the units for the same budget."),
    )

    def controls(self):
        return {
            "budget": integer("parameters, 10³", 20, 5, 200, 5),
            "inputs": integer("inputs D", 32, 1, 128),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
        }

    def scene(self):
        return Sizes()

    def show(self, scene, budget, inputs, cell):
        kind, forms = CELLS.get(cell, cell), [{"skip_input": False}, {"skip_input": True}]
        widths = np.array([[width_for(1000 * budget, kind, inputs, L, **o) for L in DEPTHS] for o in forms])
        parts = np.array([shares(kind, inputs, max(H, 1), L) for L, H in zip(DEPTHS, widths[0], strict=True)])
        buys = f"{budget},000 parameters, {inputs} input{'s' * (inputs > 1)}"
        scene.update(widths, parts, f"{cell}, {buys}: one layer of {widths[0, 0]} units or eight of {widths[0, 7]}")
        return (
            f"1 layer of {widths[0, 0]} units, 4 layers of <b>{widths[0, 3]}</b> or 8 of {widths[0, 7]} cost about "
            f"the same; in the article's form 4 of {widths[1, 3]} or 8 of {widths[1, 7]}. Of the 8 plain layers' "
            f"parameters {parts[7, 1]:.0%} read the layer below, {parts[7, 2]:.0%} the step before, "
            f"{parts[7, 0]:.0%} the input."
        )
