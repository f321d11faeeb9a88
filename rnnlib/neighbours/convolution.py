"""Convolution over time, causal or not, with dilation and stride; and pooling, which makes one step of many.

    y_t = f(Σ_j x_{t-jr} W_j + b),   j = 0 ... K-1,   zeros before the start             causal, dilation r
    dx_t = Σ_j dz_{t+jr} W_jᵀ,   dW_j = Σ_t x_{t-jr}ᵀ dz_t,   db = Σ_t dz_t,   dz = dy ⊙ f'

With stride s output t stands at input step t s, and ⌈n / s⌉ steps come out of n. What is not causal reads forwards,
x_{ts+jr}, and only where the kernel fits: ⌊(n - (K-1) r - 1) / s⌋ + 1 steps. A stack of causal convolutions sees
1 + (K-1) Σ r steps, its receptive field (Bai, Kolter, Koltun 2018).
"""

import numpy as np

from .. import check
from ..memory import empty
from .neighbour import Neighbour, gradient


def times(a, W):
    """a W for steps a (T, B, N): one product of T·B rows, where NumPy's own would make T of B rows."""
    out = empty((*a.shape[:2], W.shape[1]), W.dtype)
    np.dot(a.reshape(-1, len(W)), W, out=out.reshape(-1, W.shape[1]))
    return out


class Convolution(Neighbour):
    """One convolution. input_size D, output_size C, kernel K steps; W (K, D, C), b (C,).

    dilation r : steps between two taps.  stride s.  causal : no step sees a later one.
    nonlinearity f : None, "relu" or "tanh".  residual : y_t = x_t + f(...), for D = C and stride 1.
    ValueError where a size is below 1, or residual does not go with the others; where sequences are shorter than a
    kernel that has to fit.
    """

    def __init__(self, input_size, output_size, kernel, *, dilation=1, stride=1, causal=True, nonlinearity=None,
                 residual=False, dtype=np.float64):  # fmt: skip
        super().__init__(input_size, check.size("output_size", output_size), dtype)
        self.kernel, self.dilation = check.size("kernel", kernel), check.size("dilation", dilation)
        self.stride, self.causal = check.size("stride", stride), check.flag("causal", causal)
        self.nonlinearity = (
            None if nonlinearity is None else check.choice("nonlinearity", nonlinearity, ("relu", "tanh"))
        )
        self.residual = check.flag("residual", residual)
        if residual and (input_size != output_size or stride != 1 or not causal):
            raise ValueError(
                "residual: expected False where input and output differ in size or in steps, got True with "
                f"input_size={input_size}, output_size={output_size}, stride={stride}, causal={causal}"
            )

    @property
    def reach(self):
        """(K-1) r: how many steps away the farthest tap lies."""
        return (self.kernel - 1) * self.dilation

    def shapes(self):
        K, D, C = self.kernel, self.input_size, self.output_size
        return {"W": [("K", K), ("D", D), ("C", C)], "b": [("C", C)]}

    def steps(self, n):
        return -(-n // self.stride) if self.causal else (n - self.reach - 1) // self.stride + 1

    def check_sequences(self, xs, lengths):
        xs, mask = super().check_sequences(xs, lengths)
        shortest = len(xs) if mask is None else int(mask.sum(0).min())
        if not self.causal and shortest <= self.reach:
            raise ValueError(
                f"{'xs' if mask is None else 'lengths'}: expected at least {self.reach + 1} steps, for a kernel that "
                f"has to fit, got {shortest}"
            )
        return xs, mask

    def taps(self, T):
        """For every tap j: the slices (of outputs, of inputs) that it joins."""
        s, out = self.stride, self.steps(T)
        for j in range(self.kernel):
            if not self.causal:
                first = j * self.dilation
                yield slice(0, out), slice(first, first + (out - 1) * s + 1, s)
            else:
                late = j * self.dilation  # output t reads input ts - late, from the first t where that is >= 0
                first = -(-late // s)
                if first < out:
                    yield slice(first, out), slice(first * s - late, (out - 1) * s - late + 1, s)

    def windows(self, xs):
        """X (T', B, K·D): what each output reads, tap beside tap, so that all taps are one product X W."""
        T, B, D = xs.shape
        X = empty((self.steps(T), B, self.kernel, D), self.dtype)
        if self.causal:
            X[: -(-self.reach // self.stride)] = 0  # some of whose taps lie before the start
        for j, (out, into) in enumerate(self.taps(T)):
            X[out, :, j] = xs[into]
        return X.reshape(len(X), B, -1)

    def through(self, p, xs, mask, state, rng):
        X = self.windows(xs)
        z = times(X, p["W"].reshape(-1, self.output_size))
        z += p["b"]
        y = np.maximum(z, 0, out=z) if self.nonlinearity == "relu" else np.tanh(z) if self.nonlinearity else z
        out_mask = None if mask is None else np.arange(len(z))[:, None] < self.steps(mask.sum(0))
        return (y + xs if self.residual else y), out_mask, [], (xs.shape, X, y)

    def back(self, p, kept, dhs, dstate):
        shape, X, y = kept
        dz = dhs
        if self.nonlinearity == "relu":
            dz = dhs * (y > 0)
        elif self.nonlinearity == "tanh":
            dz = dhs * (1 - y * y)
        rows = dz.reshape(-1, self.output_size)
        dW = X.reshape(len(rows), -1).T @ rows
        dX = times(dz, p["W"].reshape(dW.shape).T).reshape(*dz.shape[:2], self.kernel, -1)
        dxs = empty(shape, self.dtype)
        dxs[:] = 0
        for j, (out, into) in enumerate(self.taps(len(dxs))):
            dxs[into] += dX[out, :, j]
        if self.residual:
            dxs += dhs
        return gradient({"W": dW.reshape(p["W"].shape), "b": rows.sum(0)}, dxs, [dhs])


class Pooling(Neighbour):
    """The most or the mean of `size` steps at a time, ⌈n / size⌉ of n; of a whole sequence, whatever its length, where
    size is None. Padding counts for nothing. Where several steps have the most, the first takes the gradient.

    kind "max" or "mean".  (T, B, D) -> (⌈T / size⌉, B, D).  ValueError for another kind, or a size below 1."""

    def __init__(self, input_size, kind="max", size=None, *, dtype=np.float64):
        super().__init__(input_size, input_size, dtype)
        self.kind = check.choice("kind", kind, ("max", "mean"))
        self.size = None if size is None else check.size("size", size)

    def shapes(self):
        return {}

    def steps(self, n):
        return n * 0 + 1 if self.size is None else -(-n // self.size)

    def through(self, p, xs, mask, state, rng):
        T, B, D = xs.shape
        out, size = self.steps(T), self.size or T
        filled = np.full((out * size, B, D), -np.inf if self.kind == "max" else 0, self.dtype)
        filled[:T] = xs
        real = np.zeros((out * size, B, 1), bool)
        real[:T] = True if mask is None else mask[..., None]
        filled, real = filled.reshape(out, size, B, D), real.reshape(out, size, B, 1)
        n = np.maximum(real.sum(1), 1)
        out_mask = None if mask is None else np.arange(out)[:, None] < self.steps(mask.sum(0))
        if self.kind == "mean":
            share = real / n[:, None].astype(self.dtype)
            return (filled * share).sum(1), out_mask, [], (T, share.astype(self.dtype))
        filled = np.where(real, filled, self.dtype.type(-np.inf))
        chosen = filled.argmax(1)[:, None]
        y = np.take_along_axis(filled, chosen, 1)[:, 0]
        share = (np.arange(size)[:, None, None] == chosen).astype(self.dtype)
        return np.where(np.isfinite(y), y, self.dtype.type(0)), out_mask, [], (T, share)

    def back(self, p, kept, dhs, dstate):
        T, share = kept
        dxs = (share * dhs[:, None]).reshape(-1, *dhs.shape[1:])[:T]
        return gradient({}, dxs, [dhs])
