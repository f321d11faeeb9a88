"""What stands in front of a cell: the product z = a W, for W_xh and for W_hh, with or without layer norm.

Transposed, as a layer has its steps: zᵀ = Wᵀ aᵀ, with a (..., N_in, B) and z (..., N, B). `at` is the step, or the
slice of steps, to which an array belongs.
"""

import copy

import numpy as np

from .memory import empty
from .norm import LayerNorm, centre


class Product:
    """z = scale ⊙ (a W). The scale, one number per column, is multiplied into a copy of W, once.

    a may hold whole numbers instead of vectors, (..., B): each stands for a one-hot vector, and picks a row of W.
    """

    def __init__(self, W, scale):
        self.W, self.W_T = W, np.ascontiguousarray((scale * W).T)

    def of(self, T, B):
        """This product with room for what T steps of B sequences keep."""
        return self

    def forward(self, a, at, out):
        multiply(self.W_T, a, out)

    def unnormalise(self, dz, at, out):
        """From ∂loss/∂z to ∂loss/∂(a W): the same, and so is the array."""

    def backward(self, dz, out):
        """∂loss/∂a from ∂loss/∂(a W)."""
        multiply(self.W, dz, out)

    def weight_gradient(self, dW, axis=-1):
        """∂loss/∂W from ∂loss/∂(what multiplies), whose columns lie along `axis`."""
        return dW


class SplitProduct(Product):
    """a W for all columns but the last ones, from `early` on: those belong to a cell that asks for them itself."""

    def __init__(self, W, scale, early):
        super().__init__(W, scale)
        self.early = early
        self.late_W, self.late_W_T = W[:, early:], self.W_T[early:]
        self.W, self.W_T = W[:, :early], self.W_T[:early]

    def forward(self, a, at, out):
        super().forward(a, at, out[: self.early])

    def backward(self, dz, out):
        super().backward(dz[: self.early], out)

    def late_forward(self, a, out):
        multiply(self.late_W_T, a, out)

    def late_backward(self, dz):
        return self.late_W @ dz


class NormedProduct(Product):
    """z = scale ⊙ LayerNorm(a W). The scale goes into the gain, for the norm would take it off W again."""

    def __init__(self, W, scale, gain):
        super().__init__(centre(W), np.ones_like(gain))
        self.scale, self.gain = scale, gain

    def of(self, T, B):
        run = copy.copy(self)
        run.norm, run.norm_back = LayerNorm(self.scale * self.gain, B), LayerNorm(self.gain, B)
        run.raw, run.inv_std = empty((T, len(self.gain), B), self.W.dtype), np.empty((T, 1, B), self.W.dtype)
        return run

    def forward(self, a, at, out):
        self.norm.forward(multiply(self.W_T, a, self.raw[at]), self.inv_std[at], out)

    def unnormalise(self, dz, at, out):
        self.norm_back.backward(dz, self.raw[at], self.inv_std[at], out)

    def weight_gradient(self, dW, axis=-1):
        return centre(dW, axis)

    def gain_gradient(self, dz, at):
        """(N,): the sum over steps and sequences of dz ⊙ ẑ."""
        return self.norm_back.dgain(dz, self.raw[at], self.inv_std[at])


def multiply(W, a, out):
    """W a for one step or many; np.dot knows one only, and is half a microsecond ahead there."""
    if a.dtype.kind == "i":
        out[...] = W[:, a] if a.ndim == 1 else W[:, a].swapaxes(0, 1)
        return out
    return (np.dot if a.ndim == 2 else np.matmul)(W, a, out=out)
