"""One step of a recurrent cell: pointwise maths, forward and backward.

The job of a cell is s_t = cell(zx_t, zh_t, s_{t-1}), where zx_t = x_t W_xh + b_h and zh_t = h_{t-1} W_hh come
ready from the layer. A cell knows its gates and nothing of matrices or time.

Shapes: a state is a tuple of (B, H) arrays whose first entry is h. zx and zh are (B, G, H), G gates side by side.

Forward writes in place, because its arrays are kept for the way back: zx becomes the gates' values ("gates"),
`new` the new state, `kept` whatever else the slopes need.

Backward is linear in the gradient that arrives. So it comes in two parts:
    slopes    what each quantity changes per unit of its cause: no gradient in it, hence all T steps at once
    backward  one step: the arriving gradient times the slopes
`slopes` sees the same arrays with time in front, (T, B, ...); `states` has T + 1 entries, s_0 first. The first
array it returns becomes dzh, in place.
"""

import numpy as np


def split(z):
    """The gates of (..., G, H) as G views of shape (..., H)."""
    return tuple(z[..., k, :] for k in range(z.shape[-2]))


def squash(z, a):
    """y = a tanh(a z) + 1 - a, in place: a = 1 is tanh, a = 1/2 is the logistic sigmoid, since
    σ(z) = ½ tanh(z/2) + ½. One call squashes all gates, each with its own a."""
    z *= a
    np.tanh(z, out=z)
    z *= a
    z += 1 - a


class Cell:
    """What all cells share: in RNN and LSTM, zx and zh enter as a sum, so dzx is dzh."""

    def dzx(self, dh, dzh, *slopes):
        return dzh


class RNN(Cell):
    """h_t = f(zx_t + zh_t),  f = tanh or ReLU      (Elman 1990; ReLU as in Le, Jaitly, Hinton 2015)"""

    gates, states, kept = 1, 1, 0

    def __init__(self, nonlinearity="tanh"):
        self.nonlinearity = nonlinearity

    def forward(self, zx, zh, prev, new, kept):
        (h,) = new
        zx += zh
        if self.nonlinearity == "tanh":
            np.tanh(zx[:, 0], out=h)
        else:
            np.maximum(zx[:, 0], 0, out=h)

    def slopes(self, gates, states, kept):
        h = states[0][1:]
        dh_dz = 1 - h * h if self.nonlinearity == "tanh" else (h > 0).astype(h.dtype)
        return (dh_dz[..., None, :],)

    def backward(self, dstate, dz):
        (dh,) = dstate
        dz[:, 0] *= dh
        return (0,)  # nothing of dh reaches h_{t-1} but through zh


class LSTM(Cell):
    """i, f, o = σ(zx + zh),  g = tanh(zx + zh)      (Hochreiter, Schmidhuber 1997; Gers et al. 2000)
    c_t = f ⊙ c_{t-1} + i ⊙ g
    h_t = o ⊙ tanh(c_t)

    Gate order i, f, g, o, as in PyTorch. kept holds tanh(c_t).
    """

    gates, states, kept = 4, 2, 1

    def forward(self, zx, zh, prev, new, kept):
        (_, c_prev), (h, c), (tanh_c,) = prev, new, kept
        zx += zh
        squash(zx, np.array([0.5, 0.5, 1, 0.5], zx.dtype)[:, None])
        i, f, g, o = split(zx)
        np.multiply(f, c_prev, out=c)
        c += i * g
        np.tanh(c, out=tanh_c)
        np.multiply(o, tanh_c, out=h)

    def slopes(self, gates, states, kept):
        i, f, g, o = split(gates)
        c_prev, (tanh_c,) = states[1][:-1], kept
        dz = np.empty_like(gates)
        dc_i, dc_f, dc_g, dh_o = split(dz)
        dh_o[:] = tanh_c * o * (1 - o)
        dh_dc = o * (1 - tanh_c * tanh_c)
        dc_i[:] = g * i * (1 - i)
        dc_f[:] = c_prev * f * (1 - f)
        dc_g[:] = i * (1 - g * g)
        return dz, dh_dc, f

    def backward(self, dstate, dz, dh_dc, f):
        dh, dc = dstate
        dz[:, 3] *= dh
        dc = dc + dh * dh_dc
        dz[:, :3] *= dc[:, None]
        return 0, dc * f  # the bypass: c_{t-1} is reached without any matrix


class GRU(Cell):
    """r, z = σ(zx + zh)                      (Cho et al. 2014, in the form of cuDNN and PyTorch:
    n = tanh(zx_n + r ⊙ zh_n)              the reset gate acts after the matrix product)
    h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}

    Gate order r, z, n, as in PyTorch. kept holds zh_n, the one part of zh that r scales.
    """

    gates, states, kept = 3, 1, 1

    def forward(self, zx, zh, prev, new, kept):
        (h_prev,), (h,), (zh_n,) = prev, new, kept
        r, z, n = split(zx)
        zh_n[:] = zh[:, 2]
        zx[:, :2] += zh[:, :2]
        squash(zx[:, :2], zx.dtype.type(0.5))
        n += r * zh_n
        np.tanh(n, out=n)
        np.subtract(h_prev, n, out=h)
        h *= z
        h += n

    def slopes(self, gates, states, kept):
        r, z, n = split(gates)
        h_prev, (zh_n,) = states[0][:-1], kept
        dzh = np.empty_like(gates)
        dh_r, dh_z, dh_n = split(dzh)
        dh_z[:] = (h_prev - n) * z * (1 - z)
        dh_zx_n = (1 - z) * (1 - n * n)
        dh_n[:] = dh_zx_n * r
        dh_r[:] = dh_zx_n * zh_n * r * (1 - r)
        return dzh, z, dh_zx_n

    def backward(self, dstate, dzh, z, dh_zx_n):
        (dh,) = dstate
        dzh *= dh[:, None]
        return (dh * z,)  # the bypass: h_{t-1} is reached without any matrix

    def dzx(self, dh, dzh, z, dh_zx_n):
        """All T steps at once: only the candidate's part differs, for r stands between zh_n and zx_n."""
        dzx = dzh.copy()
        np.multiply(dh, dh_zx_n, out=dzx[..., 2, :])
        return dzx


def make(cell, nonlinearity="tanh"):
    """The cell of that name: "rnn", "lstm" or "gru"."""
    return RNN(nonlinearity) if cell == "rnn" else {"lstm": LSTM, "gru": GRU}[cell]()
