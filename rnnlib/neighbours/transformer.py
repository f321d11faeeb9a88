"""A Transformer with the norm in front: blocks of attention and a small network per step, summed into one stream.

    x_t = xs_t W_e + b_e + position_t
    x ← x + Attn(LN x),   x ← x + relu(LN x W_1 + b_1) W_2 + b_2            in each of the blocks
    hs = LN x
    LN x = g ⊙ ẑ + b,   ẑ = (x - mean) / σ,   σ = √(var + 1e-5),   over the features of one step
    dx = (dẑ - mean dẑ - ẑ mean(dẑ ⊙ ẑ)) / σ,   dẑ = g ⊙ dy

Vaswani et al. 2017; the norm in front as in Xiong et al. 2020. Sinusoidal positions: sin and cos of t / 10,000^{2i/d}.
"""

import numpy as np

from .. import check
from .heads import self_attention, self_attention_backward
from .neighbour import Neighbour, gradient

EPS = 1e-5


def layer_norm(x, g, b):
    """y, and (ẑ, 1/σ) for the way back. x (..., d)."""
    z = x - x.mean(-1, keepdims=True)
    inv = 1 / np.sqrt((z * z).mean(-1, keepdims=True) + z.dtype.type(EPS))
    z *= inv
    return z * g + b, (z, inv)


def layer_norm_backward(dy, g, kept):
    """dx, dg, db."""
    z, inv = kept
    dz = g * dy
    along = (dz * z).mean(-1, keepdims=True)
    dx = (dz - dz.mean(-1, keepdims=True) - z * along) * inv
    axes = tuple(range(dy.ndim - 1))
    return dx, (dy * z).sum(axes), dy.sum(axes)


def sinusoidal(T, d, dtype):
    """(T, d): sin in the even columns, cos in the odd ones; wave lengths from 2π to 10,000 · 2π steps."""
    angle = np.arange(T)[:, None] / 10_000 ** (np.arange(0, d, 2) / d)
    waves = np.zeros((T, d))
    waves[:, 0::2], waves[:, 1::2] = np.sin(angle), np.cos(angle)[:, : d // 2]
    return waves.astype(dtype)


class Transformer(Neighbour):
    """Causal pre-norm blocks. input_size D, width d (also output_size), num_layers blocks of `heads` heads.

    positions : "sinusoidal", "learned" (for at most max_steps steps; more are a ValueError) or "none". They count from
    0 in every sequence.  hidden : of the network per step, 4 d if None.  causal : no step sees a later one.
    params: a list, the input's dict, one dict per block, the last norm's. Grad.hs: of the stream behind each block,
    lowest first.  `maps(run)` gives what every block looked at.
    """

    def __init__(self, input_size, width, num_layers, heads=2, positions="sinusoidal", *, max_steps=512, hidden=None,
                 causal=True, dtype=np.float64):  # fmt: skip
        super().__init__(input_size, check.size("width", width), dtype)
        self.num_layers, self.heads = check.size("num_layers", num_layers), check.size("heads", heads)
        if width % heads:
            raise ValueError(f"heads: expected a divisor of width={width}, got {heads}")
        self.positions = check.choice("positions", positions, ("sinusoidal", "learned", "none"))
        self.max_steps, self.causal = check.size("max_steps", max_steps), check.flag("causal", causal)
        self.hidden = 4 * width if hidden is None else check.size("hidden", hidden)

    def shapes(self):
        D, d, N = self.input_size, self.output_size, self.hidden
        first = {"W_e": [("D", D), ("d", d)], "b_e": [("d", d)]}
        if self.positions == "learned":
            first["W_p"] = [("T", self.max_steps), ("d", d)]
        block = {"g_1": [("d", d)], "b_1": [("d", d)], "W_qkv": [("d", d), ("3·d", 3 * d)], "b_qkv": [("3·d", 3 * d)],
                 "W_o": [("d", d), ("d", d)], "b_o": [("d", d)], "g_2": [("d", d)], "b_2": [("d", d)],
                 "W_in": [("d", d), ("N", N)], "b_in": [("N", N)], "W_out": [("N", N), ("d", d)],
                 "b_out": [("d", d)]}  # fmt: skip
        return [first, *[dict(block) for _ in range(self.num_layers)], {"g": [("d", d)], "b": [("d", d)]}]

    def check_sequences(self, xs, lengths):
        xs, mask = super().check_sequences(xs, lengths)
        if self.positions == "learned" and len(xs) > self.max_steps:
            raise ValueError(f"xs: expected at most max_steps={self.max_steps} steps, got {len(xs)}")
        return xs, mask

    def through(self, p, xs, mask, state, rng):
        (first, *blocks, last), T = p, len(xs)
        x = xs @ first["W_e"] + first["b_e"]
        if self.positions == "learned":
            x += first["W_p"][:T, None]
        elif self.positions == "sinusoidal":
            x += sinusoidal(T, self.output_size, self.dtype)[:, None]
        kept = []
        for block in blocks:
            x, k = self.block(block, x, mask)
            kept.append(k)
        hs, k = layer_norm(x, last["g"], last["b"])
        return hs, mask, [], (xs, kept, k)

    def back(self, p, kept, dhs, dstate):
        (first, *blocks, last), (xs, kept, k), T = p, kept, len(dhs)
        dx, dg, db = layer_norm_backward(dhs, last["g"], k)
        params, over = [{"g": dg, "b": db}], []
        for block, k in zip(reversed(blocks), reversed(kept)):
            over.insert(0, dx)
            dx, grads = self.block_backward(block, k, dx)
            params.insert(0, grads)
        rows = dx.reshape(-1, self.output_size)
        grads = {"W_e": xs.reshape(-1, self.input_size).T @ rows, "b_e": rows.sum(0)}
        if self.positions == "learned":
            grads["W_p"] = np.zeros_like(first["W_p"])
            grads["W_p"][:T] = dx.sum(1)
        return gradient([grads, *params], dx @ first["W_e"].T, over)

    def block(self, p, x, mask):
        """One block: x (T, B, d) -> x (T, B, d), and what the way back reads."""
        y, norm_1 = layer_norm(x, p["g_1"], p["b_1"])
        a, attended = self_attention(p, y, self.heads, self.causal, mask)
        x = x + a
        y, norm_2 = layer_norm(x, p["g_2"], p["b_2"])
        rows = y.reshape(-1, self.output_size)
        n = rows @ p["W_in"]
        n += p["b_in"]
        np.maximum(n, 0, out=n)
        x = x + (n @ p["W_out"] + p["b_out"]).reshape(x.shape)
        return x, (norm_1, attended, norm_2, rows, n)

    def block_backward(self, p, kept, dx):
        """∂loss/∂x (T, B, d), and the gradients of the block's parameters."""
        norm_1, attended, norm_2, rows, n = kept
        dx_rows = dx.reshape(-1, self.output_size)
        dn = dx_rows @ p["W_out"].T
        dn *= n > 0
        grads = {"W_out": n.T @ dx_rows, "b_out": dx_rows.sum(0), "W_in": rows.T @ dn, "b_in": dn.sum(0)}
        d, grads["g_2"], grads["b_2"] = layer_norm_backward((dn @ p["W_in"].T).reshape(dx.shape), p["g_2"], norm_2)
        dx = dx + d
        of_attention, d = self_attention_backward(p, attended, dx)
        d, grads["g_1"], grads["b_1"] = layer_norm_backward(d, p["g_1"], norm_1)
        return dx + d, {name: (grads | of_attention)[name] for name in p}
