"""Scaled dot-product attention: every step looks up what it asks for in all steps at once.

    S = Q Kᵀ / √d,    A = softmax(S) over the keys,    O = A V    for one sequence: Q (T_q, d), K (T_k, d), V (T_k, d_v)
    dV = Aᵀ dO,   dA = dO Vᵀ,   dS = A ⊙ (dA - rowsum(dA ⊙ A)),   dQ = dS K / √d,   dK = dSᵀ Q / √d

A masked entry of S is -∞ and its weight in A zero: the future (key after query) where `causal`, and padding.
Several heads stand side by side in the columns, each with d / h of them (Vaswani et al. 2017).

`weights` and `attention_backward` are these lines; self-attention works in tiles, in heads.py, to the same numbers.
"""

import numpy as np

from .. import check
from .heads import self_attention, self_attention_backward
from .neighbour import Neighbour, gradient


def attention(Q, K, V, *, causal=False, lengths=None):
    """O (T_q, B, d_v) and A (B, T_q, T_k) of Q (T_q, B, d), K (T_k, B, d), V (T_k, B, d_v).

    causal : a query at step q sees the keys 0..q.  lengths (B,) : keys from there on are padding.
    ValueError where shapes disagree, TypeError where dtypes do.
    """
    Q = check.array("Q", Q, [("T_q", None), ("B", None), ("d", None)])
    K = check.array("K", K, [("T_k", None), ("B", Q.shape[1]), ("d", Q.shape[2])], Q.dtype)
    V = check.array("V", V, [("T_k", len(K)), ("B", Q.shape[1]), ("d_v", None)], Q.dtype)
    check.flag("causal", causal)
    if lengths is not None:
        lengths = check.integers("lengths", lengths, [("B", Q.shape[1])], 1, len(K))
        real = (np.arange(len(K))[:, None] < lengths)[..., None]
        K, V = (np.where(real, a, a.dtype.type(0)) for a in (K, V))  # whatever stands in the padding, NaN included
    Q, K, V = (a.swapaxes(0, 1) for a in (Q, K, V))
    A = weights(Q, K, causal, None if lengths is None else real[..., 0].T)
    return np.ascontiguousarray((A @ V).swapaxes(0, 1)), A


def weights(Q, K, causal, mask):
    """A (..., T_q, T_k) of Q (..., T_q, d), K (..., T_k, d); mask (..., T_k) is False where a key is padding."""
    S = Q @ K.swapaxes(-1, -2)
    S *= S.dtype.type(1 / np.sqrt(Q.shape[-1]))
    if causal:
        S += np.triu(np.full(S.shape[-2:], -np.inf, S.dtype), 1)
    if mask is not None:
        np.copyto(S, -np.inf, where=~mask[..., None, :])
    S -= S.max(-1, keepdims=True)
    np.exp(S, out=S)
    S /= S.sum(-1, keepdims=True)
    return S


def attention_backward(dO, Q, K, V, A):
    """dQ (..., T_q, d), dK (..., T_k, d), dV (..., T_k, d_v) from dO (..., T_q, d_v) and what `weights` gave: the batch
    stands in front. Masks act through A, which is zero there. Nothing is checked."""
    dV = A.swapaxes(-1, -2) @ dO
    dS = dO @ V.swapaxes(-1, -2)
    dS -= (dO * (A @ V)).sum(-1, keepdims=True)  # rowsum(dA ⊙ A) = rowsum(dO ⊙ O)
    dS *= A
    dS *= A.dtype.type(1 / np.sqrt(Q.shape[-1]))
    return dS @ K, dS.swapaxes(-1, -2) @ Q, dV


class Attention(Neighbour):
    """Self-attention with its output product: hs = [head_1, ..., head_h] W_o + b_o,  Q K V = xs W_qkv + b_qkv.

    input_size D, width d (also output_size), heads h, of which d is a multiple, or a ValueError.  causal : no step sees
    a later one.  `maps(run)` gives A (B, h, T, T) of every head.
    """

    def __init__(self, input_size, width, heads=1, causal=True, *, dtype=np.float64):
        super().__init__(input_size, check.size("width", width), dtype)
        self.heads, self.causal = check.size("heads", heads), check.flag("causal", causal)
        if width % heads:
            raise ValueError(f"heads: expected a divisor of width={width}, got {heads}")

    def shapes(self):
        """Q, K and V stand side by side, as gates do."""
        D, d = self.input_size, self.output_size
        return {"W_qkv": [("D", D), ("3·d", 3 * d)], "b_qkv": [("3·d", 3 * d)], "W_o": [("d", d), ("d", d)],
                "b_o": [("d", d)]}  # fmt: skip

    def through(self, p, xs, mask, state, rng):
        hs, kept = self_attention(p, xs, self.heads, self.causal, mask)
        return hs, mask, [], kept

    def back(self, p, kept, dhs, dstate):
        params, dxs = self_attention_backward(p, kept, dhs)
        return gradient(params, dxs, [dhs])
