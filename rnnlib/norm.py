"""Layer normalisation over the units of one step, forward and backward (Ba, Kiros, Hinton 2016).

y = gain ⊙ ẑ,   ẑ = (z - mean) / sqrt(var + ε),   mean and var over the last axis, ε = 1e-5.
The bias that follows in the paper is the layer's own b_h.
"""

import numpy as np

EPS = 1e-5


def normalise(z, gain):
    """y (..., N) from z (..., N) and gain (N,); also returns ẑ and 1/sqrt(var + ε) for the way back."""
    z_hat = z - z.mean(-1, keepdims=True)
    inv_std = 1 / np.sqrt((z_hat * z_hat).mean(-1, keepdims=True) + z.dtype.type(EPS))
    z_hat *= inv_std
    return gain * z_hat, z_hat, inv_std


def normalise_backward(dy, gain, z_hat, inv_std):
    """dz (..., N). Mean and variance depend on every unit, hence the two means that are taken off.
    (dgain is the sum of dy ⊙ ẑ over all steps: one line for the caller, who has all steps at hand.)"""
    dz_hat = dy * gain
    along = (dz_hat * z_hat).mean(-1, keepdims=True)
    return inv_std * (dz_hat - dz_hat.mean(-1, keepdims=True) - z_hat * along)
