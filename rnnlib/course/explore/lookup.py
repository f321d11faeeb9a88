"""SoftLookup: one query among five keys, under sliders."""

import numpy as np

from ...neighbours import attention
from ..viz.lookup import KEYS, Lookup
from .base import Explorer, integer, real


def on_circle(degrees):
    """(n, 2): points on the unit circle."""
    turn = np.deg2rad(np.asarray(degrees, float))
    return np.stack([np.cos(turn), np.sin(turn)], -1)


K, V = on_circle([20, 85, 160, 220, 300]), on_circle([200, 330, 40, 270, 120])


def look_up(degrees, length, step):
    """(query, weights, output, slopes) of the library's attention for one query that sees the keys up to `step`.

    slopes (5,): ‖∂O/∂S_k‖ = A_k ‖V_k − O‖, by how much the output moves with the score of key k; nan where masked.
    """
    query = length * on_circle(degrees)
    O, A = attention(query[None, None], K[:, None], V[:, None], lengths=[step])
    weights = np.where(np.arange(KEYS) < step, A[0, 0], np.nan)
    return query, weights, O[0, 0], weights * np.linalg.norm(V - O[0, 0], axis=1)


class SoftLookup(Explorer):
    """A query that turns and grows among five keys: the weights, the output, and what learning could still change."""

    situations = (
        ("no question", {"length": 0.0}, "A query of length 0 asks for nothing, and gets the mean of all values."),
        ("hard", {"length": 20.0}, "Nearly all weight is on one key: a look-up as in a dictionary. See what is left of "
         "the slopes."),
        ("between two keys", {"degrees": 120, "length": 8.0}, "Two keys share the weight, and the slopes are large."),
        ("early step", {"step": 2}, "The causal mask: step 2 sees two keys, and their weights add up to 1."),
    )  # fmt: skip

    def controls(self):
        return {
            "degrees": integer("query's angle, °", 90, 0, 350, 10),
            "length": real("query's length", 3.0, 0.0, 20.0, 0.5, ".1f"),
            "step": integer("query's step t", KEYS, 1, KEYS),
        }

    def scene(self):
        return Lookup()

    def show(self, scene, degrees, length, step):
        query, weights, output, slopes = look_up(degrees, length, step)
        first = int(np.nanargmax(weights))
        title = f"A query of length {length:.1f} at {degrees}°: key {first + 1} gets {weights[first]:.2f}"
        shown = query / max(length, 1) * min(1.0, length / 6 + 0.15) if length else query
        scene.update(shown, K, V, weights, slopes, output, title)
        return (
            f"Key {first + 1} has weight <b>{weights[first]:.3f}</b> of 1, {step} key{'s' * (step > 1)} seen. "
            f"Largest slope of the output by a score: <b>{np.nanmax(slopes):.2g}</b>. The arrow is drawn shorter than "
            "the query."
        )
