"""Self-attention of several heads, as attention.py has its equations, in tiles that stay in the processor's cache.

    E = exp(Q Kᵀ / √d),   n = rowsum(E),   O = E V / n,   so A = E / n is never made
    dO' = dO / n,   dV = Eᵀ dO',   dS = E ⊙ (dO' Vᵀ - rowsum(dO' ⊙ O)),   dQ = dS K / √d,   dK = dSᵀ Q / √d

Four passes over T² numbers are saved so: the division, the row sums (V has a column of ones, so E V has n beside it),
rowsum(dO' ⊙ O) likewise (one more column of dO', before those ones), and mostly the maximum that exp needs taken off.
A causal tile reads no key behind its last query, which saves up to half of the rest.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from .. import check
from ..layer import locked
from ..memory import empty

TILE, ROWS = 2**16, 64  # numbers in a tile of S, queries in it
SAFE = 40.0  # exp(±S) is far from the ends of float32


@dataclass
class Lookup:
    """What self-attention keeps. E = exp(S), less a number per row, in tiles [(of N, queries, keys), E]; its row sums
    n (N, T, 1): A = E / n. N = B h sequences and heads; Q (over √d), K (N, T, d / h), V and O with a last column."""

    heads: int
    mask: np.ndarray | None
    Q: np.ndarray
    K: np.ndarray
    V: np.ndarray
    O: np.ndarray
    E: list

    def maps(self):
        """A (B, h, T, T), zero for queries and keys that are padding."""
        N, T, _ = self.Q.shape
        A = np.zeros((N, T, T), self.Q.dtype)
        for (n, q, k), E in self.E:
            np.divide(E, self.O[n, q, -1:], out=A[n, q, k])
        A = A.reshape(-1, self.heads, T, T)
        if self.mask is not None:
            A *= (self.mask.T[:, None, :, None] & self.mask.T[:, None, None]).astype(A.dtype)
        return A


def tiles(N, T, causal):
    """(of N, queries, keys): no query of a causal tile reads a key behind the tile's last query."""
    for first in range(0, T, ROWS):
        q = slice(first, min(first + ROWS, T))
        k = slice(0, q.stop if causal else T)
        step = max(1, TILE // ((q.stop - q.start) * k.stop))
        for n in range(0, N, step):
            yield slice(n, n + step), q, k


@cache
def future(n, dtype):
    """(n, n): -∞ where the key comes after the query."""
    return locked(np.triu(np.full((n, n), -np.inf, dtype), 1))


def look_up(Q, K, V, causal, padding):
    """[O n, n] (N, T, d / h + 1) and E of Q, K (N, T, d / h), Q over √d, and V with a last column of ones, for then
    E V has E's row sums beside it. padding (N, 1, T): -∞ where a key is padding; or None.

    exp needs no maximum taken off where |q| |k| bounds S, as it nearly always does.
    """
    largest = [float(np.einsum("ntd,ntd->nt", a, a).max()) ** 0.5 for a in (Q, K)]
    O, E = empty(V.shape, V.dtype), []
    for n, q, k in tiles(*Q.shape[:2], causal):
        S = empty((len(Q[n]), q.stop - q.start, k.stop), Q.dtype)
        np.matmul(Q[n, q], K[n, k].swapaxes(1, 2), out=S)
        if causal:
            S[:, :, q] += future(q.stop - q.start, Q.dtype)
        if padding is not None:
            S += padding[n]
        if not largest[0] * largest[1] <= SAFE:
            S -= S.max(-1, keepdims=True)
        np.exp(S, out=S)
        np.matmul(S, V[n, k], out=O[n, q])
        E.append(((n, q, k), S))
    return O, E


def look_up_backward(dO, Q, K, V, O, E):
    """d[Q, K, V] (3, N, T, d / h) from dO (N, T, d / h). With dO' = dO / n: dV = Eᵀ dO', dS = E ⊙ (dO' Vᵀ - rowsum),
    and rowsum = rowsum(dO' ⊙ O) stands as one more column of dO' before the ones of V."""
    dQKV, d = empty((3, *Q.shape), Q.dtype), Q.shape[-1]
    dQ, dK, dV = dQKV
    dK[:], dV[:] = 0, 0
    n_inv = 1 / O[..., -1:]
    dO_r = empty(V.shape, V.dtype)
    np.multiply(dO, n_inv, out=dO_r[..., :d])
    np.einsum("ntd,ntd->nt", dO_r[..., :d], O[..., :d], out=dO_r[..., d])
    dO_r[..., d] *= -n_inv[..., 0]
    for (n, q, k), E_tile in E:
        dS = np.matmul(dO_r[n, q], V[n, k].swapaxes(1, 2), out=empty(E_tile.shape, E_tile.dtype))
        dS *= E_tile
        np.matmul(dS, K[n, k], out=dQ[n, q])
        dK[n, k] += dS.swapaxes(1, 2) @ Q[n, q]
        dV[n, k] += E_tile.swapaxes(1, 2) @ dO_r[n, q, :d]
    dQ *= Q.dtype.type(1 / np.sqrt(d))
    return dQKV


def self_attention(p, xs, heads, causal, mask):
    """hs (T, B, d) of xs (T, B, D), and what the way back reads. p : W_qkv, b_qkv, W_o, b_o; mask (T, B) or None.

    Where `causal`, padding needs no mask: it stands at the end, where no real step looks.
    """
    (T, B, D), d = xs.shape, len(p["W_o"])
    rows, each = xs.reshape(T * B, D), d // heads
    qkv = rows @ p["W_qkv"]
    qkv += p["b_qkv"]
    QK = empty((2, B, heads, T, each), xs.dtype)
    V = empty((B, heads, T, each + 1), xs.dtype)
    q, k, v = qkv.reshape(T, B, 3, heads, each).transpose(2, 1, 3, 0, 4)
    np.multiply(q, q.dtype.type(1 / np.sqrt(each)), out=QK[0])
    QK[1], V[..., :each], V[..., each] = k, v, 1
    Q, K, V = (a.reshape(B * heads, T, -1) for a in (*QK, V))
    padding = None
    if mask is not None and not causal:
        padding = np.where(np.repeat(mask.T, heads, 0), 0, -np.inf).astype(xs.dtype)[:, None]
    O, E = look_up(Q, K, V, causal, padding)
    O_rows = empty((T, B, heads, each), xs.dtype)
    n_and = O.reshape(B, heads, T, -1).transpose(2, 0, 1, 3)
    np.divide(n_and[..., :each], n_and[..., each:], out=O_rows)
    O_rows = O_rows.reshape(T * B, d)
    hs = O_rows @ p["W_o"]
    hs += p["b_o"]
    return hs.reshape(T, B, d), (rows, O_rows, Lookup(heads, mask, Q, K, V, O, E))


def self_attention_backward(p, kept, dhs):
    """The gradients of p, and dxs."""
    (rows, O_rows, l), (T, B, d) = kept, dhs.shape
    dhs = dhs.reshape(T * B, d)
    dO = (dhs @ p["W_o"].T).reshape(T, B, l.heads, -1).transpose(1, 2, 0, 3)
    dQKV = look_up_backward(dO.reshape(l.Q.shape), l.Q, l.K, l.V, l.O, l.E)
    dqkv = empty((T, B, 3, l.heads, d // l.heads), dhs.dtype)
    dqkv[:] = dQKV.reshape(3, B, l.heads, T, -1).transpose(3, 1, 0, 2, 4)
    dqkv = dqkv.reshape(T * B, 3 * d)
    params = {"W_qkv": rows.T @ dqkv, "b_qkv": dqkv.sum(0), "W_o": O_rows.T @ dhs, "b_o": dhs.sum(0)}
    return params, (dqkv @ p["W_qkv"].T).reshape(T, B, -1)


def maps(run):
    """What every step looked at: a list over the self-attentions of a run, in the order in which they are read, of
    A (B, h, T, T), query before key. Zero for what is padding.

    run : of an Attention, a Transformer or a Chain that holds some; ValueError where there is none.
    """
    found = []

    def visit(node):
        if isinstance(node, Lookup):
            found.append(node.maps())
        elif isinstance(node, (list, tuple)):
            for child in node:
                visit(child)
        else:
            for name in ("kept", "runs"):
                visit(getattr(node, name, ()))

    visit(run)
    if not found:
        raise ValueError(f"run: expected what forward returned of a net with self-attention, got {check.came(run)}")
    return found
