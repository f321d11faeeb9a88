"""Unroll: the unrolled network with its numbers, and what a change of the first input does to every later state."""

import numpy as np

from ...stack import DeepRNN
from ..viz import Unrolled
from .base import Explorer, real


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
    """The network of `example` on its own input: a gain on W_hh, and a change of x_1."""

    situations = (
        ("fades", {"gain": 0.5}, "The change of x_1 shrinks at every step."),
        ("nothing passes", {"gain": 0.0}, "Without W_hh a step knows nothing of the one before: only h_1 changes."),
        ("strong feedback", {"gain": 2.0}, "Compare the change in h_4 with gain 1."),
    )

    def controls(self):
        return {
            "gain": real("gain on W_hh", 1.0, 0, 2, 0.1, ".1f"),
            "change": real("change of x_1", 0.5, -2, 2, 0.1, ".1f"),
        }

    def scene(self):
        return Unrolled()

    def show(self, scene, gain, change):
        net, params, xs = example()
        params[0]["W_hh"] = gain * params[0]["W_hh"]
        moved = xs.copy()
        moved[0, 0] += change
        runs = [net.forward(params, x[:, None]).hs[:, 0] for x in (xs, moved)]
        changes = np.linalg.norm(runs[1] - runs[0], axis=-1)
        hs = np.vstack([np.zeros(3), runs[1]])
        first, last = f"{changes[0]:.3g}", f"{changes[-1]:.3g}"
        scene.update(moved, hs, changes, f"Gain {gain:.1f}: a change of {first} in h₁ is {last} in h₄")
        if not change:
            return "No change of x_1, so none in any state."
        fate = "grows" if changes[-1] > changes[0] else "shrinks"
        moves = f"from {first} in h_1 to <b>{last} in h_4</b>"
        return f"x_1 changed by {change:.1f}, gain {gain:.1f}: the change {fate} {moves}.".replace("-", "−")
