"""What stands in front of a cell: the product z = a W, for W_xh and for W_hh, with or without layer norm.

Transposed, as a layer has its steps: zᵀ = Wᵀ aᵀ, with a (..., N_in, B) and z (..., N, B). `at` is the step, or the
slice of steps, to which an array belongs.
"""

import numpy as np

from .memory import empty
from .norm import LayerNorm, centre


class Product:
    """z = scale ⊙ (a W). The scale, one number per column, is multiplied into a copy of W, once."""

    def __init__(self, W, scale):
        self.W, self.W_T = W, np.ascontiguousarray((scale * W).T)

    def forward(self, a, at, out):
        multiply(self.W_T, a, out)

    def unnormalise(self, dz, at, out):
        """From ∂loss/∂z to ∂loss/∂(a W): the same, and so is the array."""

    def backward(self, dz, out):
        """∂loss/∂a from ∂loss/∂(a W)."""
        multiply(self.W, dz, out)

    def weight_gradient(self, dW):
        return dW


class NormedProduct(Product):
    """z = scale ⊙ LayerNorm(a W). The scale goes into the gain, for the norm would take it off W again."""

    def __init__(self, W, scale, gain, T, B):
        super().__init__(centre(W), np.ones_like(gain))
        self.norm, self.norm_back = LayerNorm(scale * gain, B), LayerNorm(gain, B)
        self.raw, self.inv_std = empty((T, len(gain), B), W.dtype), np.empty((T, 1, B), W.dtype)

    def forward(self, a, at, out):
        self.norm.forward(multiply(self.W_T, a, self.raw[at]), self.inv_std[at], out)

    def unnormalise(self, dz, at, out):
        self.norm_back.backward(dz, self.raw[at], self.inv_std[at], out)

    def weight_gradient(self, dW):
        return centre(dW)

    def gain_gradient(self, dz, at):
        """(N,): the sum over steps and sequences of dz ⊙ ẑ."""
        return self.norm_back.dgain(dz, self.raw[at], self.inv_std[at])


def multiply(W, a, out):
    """W a for one step or many; np.dot knows one only, and is half a microsecond ahead there."""
    return (np.dot if a.ndim == 2 else np.matmul)(W, a, out=out)
