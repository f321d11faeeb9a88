"""What the exercises are tried on.

Sizes are distinct primes, so that no transposed array fits by chance and no factor equals another one.
"""

import numpy as np

from ...model import Model
from ...stack import DeepRNN
from . import solutions as plain
from . import solutions_deep as deep

T, B, D, H, V = 7, 3, 2, 5, 11


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


def cross_entropy(rng, N=7, V=5, far=0.0):
    ys = rng.standard_normal((N, V)) + far * (-1.0) ** np.arange(N)[:, None]  # rows far above and below
    return ys, rng.integers(0, V, N)


def readout(rng, T=T, B=B, H=H, V=V):
    return rng.standard_normal((T, B, V)), rng.uniform(-1, 1, (T, B, H)), rng.standard_normal((H, V))


def step(rng, **sizes):
    dhs, xs, hs, W_xh, W_hh = tanh_layer(rng, T=1, **sizes)
    return dhs[0], xs[0], hs[0], hs[1], W_xh, W_hh


def truncated(rng, T=T, k=3, **sizes):
    return *tanh_layer(rng, T=T, **sizes), k


def padded(rng, T=T, B=B, full=False, **sizes):
    dhs, xs, hs, W_xh, W_hh = tanh_layer(rng, T=T, B=B, **sizes)
    unsorted = np.array([max(1, T - 3), T, max(1, T // 3)])
    lengths = np.full(B, T) if full or B == 1 else unsorted[:B]
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


def clip(rng, theta=1.5, times=None):
    """times: theta as so many times the norm, in place of theta."""
    grads = [rng.standard_normal(shape) for shape in ((2, 5), (5, 5), (5,))]
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return grads, theta if times is None else times * norm


def adam(rng, n=3, size=1.0):
    p, g, m = rng.standard_normal((3, 2, 5))
    return p, size * g, 0.1 * size * m, size**2 * rng.uniform(0.01, 0.3, (2, 5)), n, 0.01


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


def article(rng, **sizes):
    return stack(rng, kind="article", **sizes)


def residual(rng, L=4, **sizes):
    """Four layers: with three, no layer reads a sum of more than two."""
    return stack(rng, L=L, kind="residual", **sizes)


def windows(rng, T=11, size=3, B=B, D=D, H=5, V=4):
    model = Model(DeepRNN("rnn", D, H), V)
    params = model.init(rng, recurrent="orthogonal")
    return model, params, rng.standard_normal((T, B, D)), rng.integers(0, V, (T, B)), size


def jacobians(rng, T=T, H=H):
    return 0.7 * rng.standard_normal((T, H, H))


def carried(rng, **sizes):
    Js = jacobians(rng, **sizes)
    return rng.standard_normal(Js.shape[2]), Js


def stretched(rng, **sizes):
    return (jacobians(rng, **sizes),)


def mixture(rng, B=B, H=H):
    dh, n, h_prev = rng.standard_normal((3, B, H))
    return dh, rng.uniform(0.1, 0.9, (B, H)), n, h_prev


def residual_step(rng, B=B, H=H, recurrent=1.0, top=False):
    do_above, da_above, da_next = rng.standard_normal((3, B, H))
    W_xh_above, W_hh = rng.standard_normal((2, H, H))
    return do_above, da_above * (not top), W_xh_above * (not top), da_next, recurrent * W_hh


def memory(rng, L=None):
    return float(rng.uniform(0.7, 0.95)), int(rng.integers(1, 7)) if L is None else L


def outputs(rng, B=7, H=5, centred=False):
    hs = rng.standard_normal((B, H)) * rng.uniform(1, 5, H) + (not centred) * rng.uniform(3, 7, H)
    return (hs - hs.mean(axis=0) if centred else hs,)


def unit(rng, N=211, centred=False):
    label = (rng.random(N) < 0.3).astype(float)
    state = 5 - 2 * label + rng.standard_normal(N)
    return (state - state.mean(), label - label.mean()) if centred else (state, label)


def interval(rng, margin=None):
    """(low, high, margin): below, inside and above are equally likely, unless the margin is given."""
    low, width, place = rng.uniform(-0.3, 0.3), rng.uniform(0.05, 0.5), rng.uniform(-1, 2)
    return low, low + width, low + place * width if margin is None else margin
