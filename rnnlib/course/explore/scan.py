"""Scan: a minGRU's recurrence in log₂ T rounds, and what its gates leave of a gradient."""

import numpy as np

from ...neighbours import LinearRecurrence
from ...neighbours.linear import loop
from ..viz.scan import MOST, Rounds, rounds_needed
from .base import Explorer, integer, real

D, H = 4, 8  # inputs and units of the minGRU whose first unit is shown


def rounds(a, b):
    """[(a, b), ...] of h_t = a_t h_{t−1} + b_t after 0, 1, 2, … rounds: after r of them step t holds what the last
    2^r steps up to it do to a state, h_t = a_t h_{t − 2^r} + b_t. With h_0 = 0 the last b is h."""
    found = [(a, b)]
    for r in range(rounds_needed(len(a))):
        (a, b), d = found[-1], 2**r
        a_next, b_next = a.copy(), b.copy()
        b_next[d:] += a[d:] * b[:-d]
        a_next[d:] *= a[:-d]
        found.append((a_next, b_next))
    return found


def gates(bias, T=MOST, seed=1):
    """a, b (T,) of the first unit of a minGRU at its start, on noise: 1 − z_t and z_t h̃_t. bias : of z."""
    net = LinearRecurrence("mingru", D, H)
    weights, noise = np.random.default_rng(seed).spawn(2)
    params = net.init(weights)
    params[0]["b_zh"][:H] = bias
    xs = 2 * noise.standard_normal((T, D))
    logit, new = (xs @ params[0]["W_zh"] + params[0]["b_zh"]).reshape(T, 2, H)[:, :, 0].T
    z = 1 / (1 + np.exp(-logit))
    return 1 - z, z * new


class Scan(Explorer):
    """A scan stopped after some rounds: what each step has seen, its state so far, the gradient by earlier states."""

    situations = (
        ("half-way", {"done": 3}, "After 3 rounds a step knows the last 8 steps: which steps have their final state?"),
        ("done", {"done": 5}, "Five rounds for 32 steps: every state is the loop's."),
        ("short memory", {"bias": 4.0}, "Gates that take all from the input: a few rounds look like enough. Why?"),
        (
            "long memory",
            {"bias": -4.0, "done": 5},
            "Gates that keep: the gradient hardly fades, and no matrix is in it.",
        ),
    )

    def controls(self):
        return {
            "T": integer("T, steps", MOST, 2, MOST),
            "done": integer("rounds made", 2, 0, 5),
            "step": integer("chosen step t", 24, 1, MOST),
            "bias": real("bias of z", -2.0, -4.0, 4.0, 0.5, ".1f"),
        }

    def scene(self):
        return Rounds()

    def show(self, scene, T, done, step, bias):
        a, b = gates(bias)
        a, b, done, step = a[:T], b[:T], min(done, rounds_needed(T)), min(step, T)
        sofar, truth = rounds(a, b)[done][1], loop(a[:, None], b[:, None], np.zeros(1))[:, 0]
        rest = np.concatenate([[1.0], np.cumprod(a[1:step][::-1])])  # ∂h_step/∂h_{step−k} = a_{step−k+1} … a_step
        known = min(2**done, step)
        title = f"{T} steps, {done} of {rounds_needed(T)} rounds: step {step} knows {known} of its {step} steps"
        scene.update(T, done, step, sofar, truth, rest, title)
        ready = int((np.arange(1, T + 1) <= 2**done).sum())
        rest_off = f"; the others are off by at most {np.abs(sofar - truth).max():.2g}" if ready < T else ""
        text = (
            f"<b>{min(ready, T)} of {T}</b> steps have their final state{rest_off}. Of a gradient by h at step {step}, "
        )
        text += f"<b>{rest[-1]:.2g}</b> is left at step 1: the product of the numbers a on the way, which lie between "
        return text + f"{a.min():.2f} and {a.max():.2f}."
