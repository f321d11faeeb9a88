"""One step of a recurrent cell: pointwise maths, forward and backward.

The job of a cell is s_t = cell(zx_t, zh_t, s_{t-1}), where zx_t = x_t W_xh + b_h and zh_t = h_{t-1} W_hh come ready
from the layer. A cell knows its gates and nothing of matrices or time.

Shapes: z, zx and zh are (G, B, H), one block per gate; a state is a tuple of (B, H) arrays whose first entry is h.

Forward writes in place, for its arrays are kept for the way back: z holds zx on entry and the gates' values on
return, `new` the new state, `kept` whatever else the slopes need. `work` is memory that every step uses again.

Backward is linear in the gradient that arrives. So it comes in two parts:
    slopes    how much each thing changes per unit of its cause. There is no gradient in it, so it takes many steps
              at once: its arrays have time in front, and `states` one entry more, for the state before the first
    backward  one step: the arriving gradient dstate = (dh, ...) times the slopes. It writes dzh (G, B, H) and returns
              what reaches the state before past the matrix, the bypass, for each entry of the state
"""

import numpy as np


class Cell:
    """What cells share. `gates` G, `states` entries of the state, `kept` arrays (B, H) kept for the slopes."""

    gates, states, kept = 1, 1, 0
    summed = True  # zx and zh enter only as their sum, so that one gradient serves both

    def workspace(self, B, H, dtype):
        return ()


class RNN(Cell):
    """h_t = f(zx_t + zh_t),  f = tanh or ReLU      (Elman 1990; ReLU as in Le, Jaitly, Hinton 2015)"""

    def __init__(self, nonlinearity="tanh"):
        self.nonlinearity = nonlinearity

    def forward(self, z, zh, prev, new, kept, work):
        z += zh
        if self.nonlinearity == "tanh":
            np.tanh(z[0], out=new[0])
        else:
            np.maximum(z[0], 0, out=new[0])

    def slopes(self, gates, states, kept):
        h = states[0][1:]
        dh_z = 1 - h * h if self.nonlinearity == "tanh" else (h > 0).astype(h.dtype)
        return (dh_z,)

    def backward(self, dstate, dzh, dh_z):
        (dh,) = dstate
        np.multiply(dh, dh_z, out=dzh[0])
        return (None,)


class LSTM(Cell):
    """i, f, o = σ(zx + zh),  g = tanh(zx + zh)      (Hochreiter, Schmidhuber 1997; Gers et al. 2000)
    c_t = f ⊙ c_{t-1} + i ⊙ g
    h_t = o ⊙ tanh(c_t)

    Gate order i, f, g, o, as in PyTorch. kept holds tanh(c_t).
    """

    gates, states, kept = 4, 2, 1

    def workspace(self, B, H, dtype):
        a = np.full((4, B, H), 0.5, dtype)
        a[2] = 1
        return a, 1 - a, np.empty((B, H), dtype)

    def forward(self, z, zh, prev, new, kept, work):
        (_, c_prev), (h, c), (tanh_c,), (a, b, ig) = prev, new, kept, work
        z += zh
        squash(z, a, b)
        i, f, g, o = z
        np.multiply(f, c_prev, out=c)
        np.multiply(i, g, out=ig)
        c += ig
        np.tanh(c, out=tanh_c)
        np.multiply(o, tanh_c, out=h)

    def slopes(self, gates, states, kept):
        (i, f, g, o), c_prev, (tanh_c,) = gates.swapaxes(0, 1), states[1][:-1], kept
        dz = np.empty_like(gates)
        dc_i, dc_f, dc_g, dh_o = dz.swapaxes(0, 1)
        np.multiply(tanh_c, o * (1 - o), out=dh_o)
        dh_c = o * (1 - tanh_c * tanh_c)
        np.multiply(g, i * (1 - i), out=dc_i)
        np.multiply(c_prev, f * (1 - f), out=dc_f)
        np.multiply(i, 1 - g * g, out=dc_g)
        return dz, dh_c, f

    def backward(self, dstate, dzh, dz, dh_c, f):
        dh, dc = dstate
        np.multiply(dh, dz[3], out=dzh[3])
        dc += dh * dh_c
        np.multiply(dc, dz[:3], out=dzh[:3])
        dc *= f
        return None, dc  # c_{t-1} is reached without any matrix


class GRU(Cell):
    """r, z = σ(zx + zh)                      (Cho et al. 2014, in the form of cuDNN and PyTorch:
    n = tanh(zx_n + r ⊙ zh_n)              the reset gate acts after the matrix product)
    h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}

    Gate order r, z, n, as in PyTorch. kept holds zh_n, the one part of zh that r scales.
    """

    gates, states, kept = 3, 1, 1
    summed = False

    def workspace(self, B, H, dtype):
        return (np.empty((B, H), dtype),)

    def forward(self, zx, zh, prev, new, kept, work):
        (h_prev,), (h,), (zh_n,), (r_zh_n,) = prev, new, kept, work
        rz, (r, z, n) = zx[:2], zx
        rz += zh[:2]
        squash(rz, 0.5, 0.5)
        zh_n[:] = zh[2]
        np.multiply(r, zh_n, out=r_zh_n)
        n += r_zh_n
        np.tanh(n, out=n)
        np.subtract(h_prev, n, out=h)
        h *= z
        h += n

    def slopes(self, gates, states, kept):
        (r, z, n), h_prev, (zh_n,) = gates.swapaxes(0, 1), states[0][:-1], kept
        dzh = np.empty_like(gates)
        dh_r, dh_z, dh_zh_n = dzh.swapaxes(0, 1)
        np.multiply(h_prev - n, z * (1 - z), out=dh_z)
        dh_zx_n = (1 - z) * (1 - n * n)
        np.multiply(dh_zx_n, r, out=dh_zh_n)
        np.multiply(dh_zh_n, zh_n * (1 - r), out=dh_r)
        return dzh, z, dh_zx_n

    def backward(self, dstate, dzh, dh_zh, z, _):
        (dh,) = dstate
        np.multiply(dh, dh_zh, out=dzh)
        return (dh * z,)  # h_{t-1} is reached without any matrix

    def dzx(self, dh, dzh, slopes, out):
        """dzx (T, B, G, H) for many steps. Only the candidate's part differs from dzh: r scales zh_n, not zx_n."""
        out[:, :, :2] = dzh[:, :, :2]
        np.multiply(dh, slopes[2], out=out[:, :, 2])


def squash(z, a, b):
    """y = a tanh(a z) + b, in place, b = 1 - a: with a = 1 it is tanh, with a = ½ the logistic sigmoid, for
    σ(z) = ½ tanh(z/2) + ½. With a an array, one call squashes all gates, each in its own way."""
    z *= a
    np.tanh(z, out=z)
    z *= a
    z += b


def make(cell, nonlinearity="tanh"):
    """The cell of that name: "rnn", "lstm" or "gru"."""
    return RNN(nonlinearity) if cell == "rnn" else {"lstm": LSTM, "gru": GRU}[cell]()
