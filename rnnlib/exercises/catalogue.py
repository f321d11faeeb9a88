"""The exercises in the order of the course: the solution, what it is tried on, and the order of its sweep.

Sizes are distinct primes, so that no transposed array fits by chance and no factor equals another one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from . import solutions as plain
from . import solutions_deep as deep

T, B, D, H, V = 7, 3, 2, 5, 11


@dataclass
class Exercise:
    """draw(rng, **sizes): arguments.  order: names of the results in the order of the sweep.  isolated: words -> sizes
    with which a hard case becomes easy."""

    solution: Callable
    draw: Callable
    order: tuple
    page: str
    sizes: dict = field(default_factory=lambda: {"B": "len(x)"})
    isolated: dict = field(default_factory=dict)

    @property
    def name(self):
        return self.solution.__name__


def tanh_layer(rng, T=T, B=B, D=D, H=H, recurrent=1.0, last=False):
    """(dhs, xs, hs with h_0 first, W_xh, W_hh) of a tanh layer that was really run."""
    W_xh, W_hh, b_h = rng.standard_normal((D, H)), recurrent * 0.6 * rng.standard_normal((H, H)), rng.standard_normal(H)
    xs, h_0, dhs = rng.standard_normal((T, B, D)), rng.uniform(-1, 1, (B, H)), rng.standard_normal((T, B, H))
    dhs[: T - 1] *= not last
    hs = np.concatenate([h_0[None], plain.rnn_forward(xs, h_0, W_xh, W_hh, b_h)])
    return dhs, xs, hs, W_xh, W_hh


def forward(rng, **sizes):
    _, xs, hs, W_xh, W_hh = tanh_layer(rng, **sizes)
    return xs, hs[0], W_xh, W_hh, rng.standard_normal(W_hh.shape[1])


def cross_entropy(rng, N=7, V=5):
    return rng.standard_normal((N, V)), rng.integers(0, V, N)


def readout(rng, T=T, B=B, H=H, V=V):
    return rng.standard_normal((T, B, V)), rng.uniform(-1, 1, (T, B, H)), rng.standard_normal((H, V))


def step(rng, **sizes):
    dhs, xs, hs, W_xh, W_hh = tanh_layer(rng, T=1, **sizes)
    return dhs[0], xs[0], hs[0], hs[1], W_xh, W_hh


def truncated(rng, T=T, k=3, **sizes):
    return *tanh_layer(rng, T=T, **sizes), k


def padded(rng, T=T, B=B, full=False, **sizes):
    dhs, xs, hs, W_xh, W_hh = tanh_layer(rng, T=T, B=B, **sizes)
    lengths = np.full(B, T) if full else np.array([max(1, T - 3), T, max(1, T // 3)])[-B:]
    for t in range(1, T + 1):
        hs[t] = np.where((t <= lengths)[:, None], hs[t], hs[t - 1])
    return dhs, xs, hs, lengths, W_xh, W_hh


def leaky(rng, T=T, B=B, D=D, H=H, alpha=0.3, recurrent=1.0, last=False):
    p = {"W_xh": rng.standard_normal((D, H)), "W_hh": recurrent * 0.6 * rng.standard_normal((H, H)),
         "b_h": rng.standard_normal(H)}  # fmt: skip
    xs, hs, cs = rng.standard_normal((T, B, D)), [rng.uniform(-1, 1, (B, H))], []
    for x in xs:
        cs.append(np.tanh(x @ p["W_xh"] + hs[-1] @ p["W_hh"] + p["b_h"]))
        hs.append((1 - alpha) * hs[-1] + alpha * cs[-1])
    from_loss = rng.standard_normal((T, B, H))
    from_loss[: T - 1] *= not last
    return p, xs, np.array(hs), np.array(cs), alpha, from_loss


def clip(rng, theta=1.5):
    return [rng.standard_normal(shape) for shape in ((2, 5), (5, 5), (5,))], theta


def adam(rng, n=3):
    p, g, m = rng.standard_normal((3, 2, 5))
    return p, g, 0.1 * m, rng.uniform(0.01, 0.3, (2, 5)), n, 0.01


def gates(rng, B=B, D=D, H=H, G=4, recurrent=1.0):
    x, W_xh = rng.standard_normal((B, D)), rng.standard_normal((D, G * H))
    h_prev, c_prev = rng.uniform(-1, 1, (2, B, H))
    W_hh, b_h = recurrent * 0.6 * rng.standard_normal((H, G * H)), rng.standard_normal(G * H)
    return x, h_prev, c_prev, W_xh, W_hh, b_h


def lstm_backward(rng, **sizes):
    x, h_prev, c_prev, W_xh, W_hh, b_h = gates(rng, **sizes)
    _, c, i, f, g, o = deep.lstm_step(x, h_prev, c_prev, W_xh, W_hh, b_h)
    dh, dc = rng.standard_normal((2, *c.shape))
    return dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh


def gru_backward(rng, **sizes):
    x, h_prev, _, W_xh, W_hh, b_h = gates(rng, G=3, **sizes)
    (xr, xz, xn), (hr, hz, hn) = np.split(x @ W_xh + b_h, 3, axis=1), np.split(h_prev @ W_hh, 3, axis=1)
    r, z, zh_n = deep.sigmoid(xr + hr), deep.sigmoid(xz + hz), hn + rng.standard_normal(hn.shape[1])
    return rng.standard_normal(r.shape), x, h_prev, r, z, np.tanh(xn + r * zh_n), zh_n, W_xh, W_hh


def stack(rng, T=4, B=B, D=D, H=H, L=3, kind="plain", recurrent=1.0, last=False):
    xs, hs, params, below = rng.standard_normal((T, B, D)), [], [], None
    for l in range(L):
        below = xs if l == 0 else below
        read = np.concatenate([below, xs], axis=2) if l and kind == "article" else below
        W_xh, W_hh = 0.7 * rng.standard_normal((read.shape[2], H)), recurrent * 0.5 * rng.standard_normal((H, H))
        p = {"W_xh": W_xh, "W_hh": W_hh, "b_h": 0.3 * rng.standard_normal(H)}
        h_0 = np.zeros((B, H)) if kind == "residual" else rng.uniform(-1, 1, (B, H))
        h = plain.rnn_forward(read, h_0, **p)
        hs.append(np.concatenate([h_0[None], h]))
        params.append(p)
        below = h + below if l and kind == "residual" else h
    dhs = rng.standard_normal((T, B, H))
    dhs[: T - 1] *= not last
    return dhs, xs, hs, params


def norm(rng, B=B, H=H):
    return rng.standard_normal((B, H)), 2 * rng.standard_normal((B, H)) + 0.5, rng.uniform(0.5, 2, H)


def attention(rng, T=7, d=5):
    return tuple(rng.standard_normal((4, T, d)))


def convolution(rng, T=11, B=B, D=D, K=3, C=5, dilation=2):
    dys, xs = rng.standard_normal((T, B, C)), rng.standard_normal((T, B, D))
    return dys, xs, rng.standard_normal((K, D, C)), dilation


def recurrence(rng, T=T, B=B, H=H):
    dhs, a, b = rng.standard_normal((3, T, B, H))
    hs = [rng.standard_normal((B, H))]
    for t in range(T):
        hs.append(a[t] * hs[-1] + b[t])
    return dhs, a, np.array(hs)


LAYER = ("b_h", "W_xh", "W_hh")
ONE, BATCH, UNIT = {"T = 1": {"T": 1}}, {"B = 1": {"B": 1}}, {"one unit": {"H": 1}}
QUIET, LAST = {"W_hh = 0": {"recurrent": 0.0}}, {"a loss at the last step alone": {"last": True}}
STEP, SWEEP = BATCH | UNIT | QUIET, ONE | BATCH | UNIT | QUIET | LAST
FOUR = tuple(f"layer {l} {name}" for l in (3, 2, 1, 0) for name in LAYER)
STACKED = FOUR[3:]
DEEP = SWEEP | {"one layer": {"L": 1}}
TB = {"B": "xs.shape[1]", "T": "len(xs)"}


def article(rng, **sizes):
    return stack(rng, kind="article", **sizes)


def residual(rng, **sizes):
    return stack(rng, kind="residual", **{"L": 4} | sizes)


def listed():
    """In the order of the course."""
    one = Exercise
    yield one(plain.rnn_forward, forward, ("hs",), "01", TB, ONE | STEP)
    yield one(plain.readout_backward, readout, ("hs", "b_y", "W_hy"), "02", {"B": "hs.shape[1]", "T": "len(hs)"},
              ONE | BATCH | UNIT)  # fmt: skip
    yield one(plain.rnn_step_backward, step, ("b_h", "x", "h_prev", "W_xh", "W_hh"), "02", isolated=STEP)
    yield one(plain.rnn_backward, tanh_layer, ("xs", *LAYER, "h_0"), "02", TB, SWEEP)
    yield one(plain.leaky_backward, leaky, (*LAYER, "h_0"), "02", TB, SWEEP)
    yield one(
        plain.truncated_backward,
        truncated,
        LAYER,
        "02",
        TB | {"the number of windows": "-(-len(xs) // k)"},
        ONE | STEP | {"k = T": {"k": T}},
    )
    yield one(plain.cross_entropy_backward, cross_entropy, ("dys",), "03", {"N": "len(ys)", "V": "ys.shape[1]"},
              {"N = 1": {"N": 1}})  # fmt: skip
    yield one(
        plain.padded_backward,
        padded,
        ("xs", *LAYER, "h_0"),
        "03",
        TB | {"the live steps": "lengths.sum()"},
        SWEEP | {"no padding": {"full": True}},
    )
    yield one(plain.clip_by_global_norm, clip, ("array 0", "array 1", "array 2"), "03", {},
              {"a norm below theta": {"theta": 1e3}, "a small theta": {"theta": 0.1}})  # fmt: skip
    yield one(plain.adam_step, adam, ("m", "v", "p"), "03", {}, {"n = 1": {"n": 1}})
    yield one(deep.lstm_step, gates, ("i", "f", "g", "o", "c", "h"), "05", isolated=STEP)
    order = "c_prev", "b_h", "x", "h_prev", "W_xh", "W_hh"
    yield one(deep.lstm_step_backward, lstm_backward, order, "05", isolated=STEP)
    yield one(deep.gru_step_backward, gru_backward, ("b_hn", *order[1:]), "05", isolated=STEP)
    yield one(deep.stack_backward, stack, STACKED, "06", TB, DEEP)
    yield one(deep.article_stack_backward, article, STACKED, "06", TB, DEEP)
    yield one(deep.residual_backward, residual, FOUR, "06", TB, DEEP)
    yield one(deep.layer_norm_backward, norm, ("gain", "z"), "08", {"B": "len(z)", "H": "z.shape[1]"}, BATCH)
    yield one(deep.attention_backward, attention, ("V", "Q", "K"), "11", {"T": "len(Q)", "d": "Q.shape[1]"},
              ONE | {"d = 1": {"d": 1}})  # fmt: skip
    yield one(deep.causal_convolution_backward, convolution, ("b", "W", "xs"), "11", TB,
              BATCH | {"K = 1": {"K": 1}, "dilation 1": {"dilation": 1}})  # fmt: skip
    yield one(deep.linear_recurrence_backward, recurrence, ("b", "a", "h_0"), "11", {"B": "a.shape[1]", "T": "len(a)"},
              ONE | BATCH | UNIT)  # fmt: skip


EXERCISES = {exercise.name: exercise for exercise in listed()}
