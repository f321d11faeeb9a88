"""Unroll: the unrolled network with its numbers, and what a change of the first input does to every later state."""

import numpy as np

from ..stack import DeepRNN
from ..viz import Unrolled
from .base import Explorer, integer, real


def example():
    """The network of notebook 01, D = 2 and H = 3, with weights of one decimal; xs (4, 2) is an input for it."""
    params = [
        {
            "W_xh": np.array([[0.8, -0.5, 0.3], [0.2, 0.9, -0.7]]),
            "W_hh": np.array([[0.5, -0.6, 0.1], [0.4, 0.3, -0.8], [-0.2, 0.7, 0.6]]),
            "b_h": np.array([0.1, 0.0, -0.1]),
        }
    ]
    xs = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5], [0.0, 0.0]])
    return DeepRNN("rnn", input_size=2, hidden_size=3), params, xs


class Unroll(Explorer):
    """The network of `example` on its own input: its length, a gain on W_hh, and a change of x_1."""

    def controls(self):
        return {
            "steps": integer("T, steps", 4, 1, 4),
            "gain": real("gain on W_hh", 1.0, 0, 2, 0.1, ".1f"),
            "change": real("change of x_1", 0.5, -2, 2, 0.1, ".1f"),
        }

    def scene(self):
        return Unrolled()

    def show(self, scene, steps, gain, change):
        net, params, xs = example()
        params[0]["W_hh"] = gain * params[0]["W_hh"]
        moved = xs.copy()
        moved[0, 0] += change
        runs = [net.forward(params, x[:steps, None]).hs[:, 0] for x in (xs, moved)]
        changes = np.linalg.norm(runs[1] - runs[0], axis=-1)
        hs = np.vstack([np.zeros(3), runs[1]])
        scene.update(moved[:steps], hs, changes, f"{steps} steps, one set of weights: gain {gain:.1f} on W_hh")
        count = sum(p.size for p in params[0].values())
        return (
            f"{count} parameters at every length. x_1 changed by {change:.1f}: h_1 moves by {changes[0]:.3g}, "
            f"<b>h_{steps} by {changes[-1]:.3g}</b>."
        )
