"""Layer normalisation over the units of one step, forward and backward (Ba, Kiros, Hinton 2016).

y = gain ⊙ ẑ,   ẑ = (z - mean) / std,   std = sqrt(var + ε),   mean and var over the N units, ε = 1e-5.
The bias that follows in the paper is the layer's own b_h.

z = x W, and the mean over units is linear: it is taken off the columns of W once, by `centre`, instead of off every
z. So z arrives here with mean 0, and var is the mean of z². Arrays are (..., N, B), units before batch.
"""

import numpy as np

from .memory import empty

EPS = 1e-5


def centre(W, axis=-1):
    """W (D, N) less its mean over the N units: x centre(W) = xW - mean(xW). Its own transpose, so it serves dW too."""
    return W - W.mean(axis, keepdims=True)


class LayerNorm:
    """The maths for one gain (N,) and B sequences. The gain is written out for every sequence, and the mean over units
    is a matrix product: in NumPy those are the fastest forms."""

    def __init__(self, gain, B):
        self.gain, self.mean = np.repeat(gain[:, None], B, axis=1), np.full((1, len(gain)), 1 / len(gain), gain.dtype)

    def forward(self, z, inv_std, out):
        """y into `out`, 1/std (..., 1, B) into `inv_std`; z and inv_std are what the way back needs."""
        np.matmul(self.mean, np.multiply(z, z, out=out), out=inv_std)
        inv_std += EPS
        np.power(inv_std, -0.5, out=inv_std)
        np.multiply(z, inv_std, out=out)
        out *= self.gain

    def backward(self, dy, z, inv_std, out):
        """dz = (dẑ - ẑ mean(dẑ ⊙ ẑ)) / std into `out`, with dẑ = gain ⊙ dy: the std depends on every unit."""
        np.multiply(dy, self.gain, out=out)
        work = np.multiply(out, z, out=empty(z.shape, z.dtype))
        along = np.matmul(self.mean, work) * inv_std**2
        out -= np.multiply(z, along, out=work)
        out *= inv_std

    def dgain(self, dy, z, inv_std):
        """(N,): the sum of dy ⊙ ẑ over all steps and sequences, for arrays (T, N, B)."""
        work = np.multiply(dy, z, out=empty(z.shape, z.dtype))
        return np.matmul(work, inv_std.swapaxes(1, 2)).sum((0, 2))
