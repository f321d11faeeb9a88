"""What a setting is tried in, and where the errors of truncated gradients come from: the networks of the pages."""

from functools import cache

import numpy as np

from ... import flow
from ...stack import DeepRNN
from .solutions import truncated_backward


def switched(w, b):
    """Where one tanh unit rests: from below, from above, after 10 steps from 0, and long after pulses of 1 and 2."""

    def after(h, pulse, steps):
        h = np.tanh(w * h + b + pulse)
        for _ in range(steps):
            h = np.tanh(w * h + b)
        return float(h)

    low, high, now = after(-1.0, 0, 2000), after(1.0, 0, 2000), after(0.0, 0, 9)
    low, high = min(low, high), max(low, high)
    weak, strong = after(now, 1.0, 200), after(now, 2.0, 200)
    return {"low": low, "high": high, "now": now, "weak": weak, "strong": strong}


def stretched(rho, shear, H=16, lags=60):
    """The largest factor ‖W^k‖ and the last one of H tanh units at rest, W of spectral radius rho, with shear."""
    rng, turns = np.random.default_rng(0), np.zeros((H, H))
    for k, angle in enumerate(rng.uniform(0, np.pi, H // 2)):
        c, s = np.cos(angle), np.sin(angle)
        turns[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = [[c, -s], [s, c]]
    W = rho * turns + shear * np.triu(rng.standard_normal((H, H)), 2) / np.sqrt(H)  # a rotated frame changes no norm
    factors = [np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(1, lags + 1)]
    return {"largest": max(factors), "lag": int(np.argmax(factors)) + 1,
            "last": factors[-1], "lags": lags}  # fmt: skip


def half_life(gain, L=8, T=100, H=32, D=8, B=4, seeds=5):
    """The half-life of ‖dh‖ along the top row of a tanh stack, and log10 of it at the bottom's first step; medians."""
    found = []
    for seed in range(seeds):
        weights, inputs, readout = np.random.default_rng(seed).spawn(3)
        net = DeepRNN("rnn", D, H, L)
        params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=gain)
        dhs = np.zeros((T, B, H))
        dhs[-1] = readout.standard_normal((B, H))
        dhs /= np.linalg.norm(dhs)
        norms = flow.norms(net.backward(params, net.forward(params, inputs.standard_normal((T, B, D))), dhs))
        found.append((flow.time_rate(norms[-1]), np.log10(norms[0, 0])))
    rate, corner = np.median(found, axis=0)
    return {"life": np.inf if rate >= 0 else np.log(2) / -rate, "corner": corner}


@cache
def truncation_errors(gain=0.9, T=60, H=16, D=4, B=2, longest=60, seed=2):
    """Relative errors of the gradient of one tanh layer at k = 1 ... T: chopped into windows, and looking back k."""
    weights, inputs, readout = np.random.default_rng(seed).spawn(3)
    net = DeepRNN("rnn", D, H)
    (p,) = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=gain)
    xs = inputs.standard_normal((longest, B, D))[:T]
    dhs = readout.standard_normal((longest, B, H))[:T] / np.sqrt(B * H)
    W_xh, W_hh = p["W_xh"], p["W_hh"]
    hs = np.concatenate([np.zeros((1, B, H)), net.forward([p], xs).hs])

    def vector(grads):
        return np.concatenate([np.ravel(grads[name]) for name in ("W_xh", "W_hh", "b_h")])

    chopped = np.array([vector(truncated_backward(dhs, xs, hs, W_xh, W_hh, k)) for k in range(1, T + 1)])
    back, dh = [], dhs
    for lag in range(T):  # dh[t - 1]: what the loss at step t + lag sends to h_t
        da = dh * (1 - hs[1 : T + 1 - lag] ** 2)
        back.append(vector({"W_xh": np.einsum("tbd,tbh->dh", xs[: T - lag], da), "b_h": da.sum((0, 1)),
                            "W_hh": np.einsum("tbk,tbh->kh", hs[: T - lag], da)}))  # fmt: skip
        dh = da[1:] @ W_hh.T
    full = chopped[-1]
    return [np.linalg.norm(g - full, axis=1) / np.linalg.norm(full) for g in (chopped, np.cumsum(back, axis=0))]
