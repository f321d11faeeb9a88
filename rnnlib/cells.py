"""One step of a recurrent cell: pointwise maths, forward and backward.

The job of a cell is s_t = cell(zx_t, zh_t, s_{t-1}), where zx_t = x_t W_xh + b_h and zh_t = h_{t-1} W_hh come ready
from the layer. A cell knows its gates and nothing of matrices or time. It checks nothing: `DeepRNN` is the door.

Shapes: a step lies with its units down and its batch across, so that every gate is one block of memory. z, zx and zh
are (G, H, B), one block per gate; a state is a tuple of (H, B) arrays whose first entry is h.
A gate that is a sigmoid gets its zx and zh halved (`scale`), for σ(z) = ½ tanh(z/2) + ½, and tanh is the fastest way
to it in NumPy; the layer multiplies the halves into the weights, once. The sum with ½ is exact to the last place of 1,
not of σ(z): a gate shut beyond z = -16 in float64, or -4 in float32, has fewer than 9, or 5, right digits, and beyond
-37, or -17, it is 0 (`tests/test_gradients.py` holds these bounds).
"""

import numpy as np

from .memory import empty


class Cell:
    """What cells share. `states` entries of the state, `kept` arrays (H, B) kept for the slopes, `scale` of each
    gate's z: ½ for a sigmoid, 1 for a tanh."""

    states, kept, scale = 1, 0, (1,)
    keeps_gates = True  # the slopes need the gates' values
    summed = True  # zx and zh enter only as their sum, so that one gradient serves both
    own = ()  # names of parameters of its own, one number a unit
    late = 0  # how many gates, the last ones, ask for their product with h themselves
    forget = None  # which gate is the forget gate, to which `forget_bias` belongs
    gradients = 1  # how many of the slopes, the first ones, are gradients after backward

    @property
    def gates(self):
        """G, the number of gates."""
        return len(self.scale)

    def workspace(self, p, H, B, dtype):
        """`work`: what every step uses again; p holds the layer's parameters."""
        return ()

    def forward(self, z, zh, prev, new, kept, work):
        """One step, in place, for the way back reads it: z (G, H, B) holds zx on entry and the gates' values on return,
        `new` the new state, `kept` whatever else the slopes need."""

    def slopes(self, gates, states, kept):
        """The part of the way back that has no gradient in it, and so takes many steps at once: how much the new state
        changes per unit of each gate's z (T, G, H, B). `states` (T + 1, H, B) begin before the first step."""

    def backward(self, dh, dnext, *slopes):
        """One step: dh (H, B), and dnext[1:] for the rest of the state, multiply the slopes in place; the first becomes
        dzh (G, H, B), dnext[1:] the gradient of the state before. What reaches h_{t-1} past W_hh is returned."""

    def room(self, T, H, B, dtype):
        """What `kept` is written into, for T steps."""
        return tuple(empty((T, H, B), dtype) for _ in range(self.kept))

    def own_gradients(self, slopes):
        """(T, H, B) for each of `own`, of many steps after backward."""
        return ()


class RNN(Cell):
    """h_t = f(zx_t + zh_t),  f = tanh or ReLU      (Elman 1990; ReLU as in Le, Jaitly, Hinton 2015)"""

    keeps_gates = False

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
        h_z = empty(h.shape, h.dtype)
        if self.nonlinearity == "relu":
            h_z.fill(0)
            return h_z[:, None], (h > 0)[:, None]
        np.multiply(h, h, out=h_z)
        np.subtract(1, h_z, out=h_z)
        return (h_z[:, None],)

    def backward(self, dh, dnext, h_z, positive=None):
        if positive is None:
            h_z *= dh
        else:
            np.copyto(h_z, dh, where=positive)  # chosen, not multiplied: 0 · ∞ would be NaN


class LSTM(Cell):
    """i, f, o = σ(zx + zh),  g = tanh(zx + zh)      (Hochreiter, Schmidhuber 1997; Gers et al. 2000)
    c_t = f ⊙ c_{t-1} + i ⊙ g
    h_t = o ⊙ tanh(c_t)

    Gate order i, f, g, o, as in PyTorch. kept holds tanh(c_t)."""

    states, kept, scale, forget = 2, 1, (0.5, 0.5, 1, 0.5), 1

    def workspace(self, p, H, B, dtype):
        a = np.repeat(np.array(self.scale, dtype), H * B).reshape(4, H, B)
        return a, 1 - a, np.empty((H, B), dtype)

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
        (i, f, g, o), c_prev, h, (tanh_c,) = gates.swapaxes(0, 1), states[1][:-1], states[0][1:], kept
        s_z, h_c = empty(gates.shape, gates.dtype), empty(h.shape, h.dtype)
        c_i, c_f, c_g, h_o = np.subtract(1, gates, out=s_z).swapaxes(0, 1)
        s_z[:, :2] *= gates[:, :2]
        c_i *= g  # ∂c/∂z_i = i (1 - i) g
        c_f *= c_prev  # ∂c/∂z_f = f (1 - f) c_{t-1}
        h_o *= h  # ∂h/∂z_o = o (1 - o) tanh c = (1 - o) h
        np.multiply(g, g, out=c_g)
        np.subtract(1, c_g, out=c_g)
        c_g *= i  # ∂c/∂z_g = (1 - g²) i
        np.multiply(h, tanh_c, out=h_c)
        np.subtract(o, h_c, out=h_c)  # ∂h/∂c = o (1 - tanh² c) = o - h tanh c
        return s_z, s_z[:, :3], h_o, h_c, f

    def backward(self, dh, dnext, _, c_z, h_o, h_c, f):
        dc = dnext[1]
        h_o *= dh
        h_c *= dh
        dc += h_c
        c_z *= dc
        dc *= f  # c_{t-1} is reached without any matrix


class GRU(Cell):
    """r, z = σ(zx + zh)                      (Cho et al. 2014, in the form of cuDNN and PyTorch:
    n = tanh(zx_n + r ⊙ (zh_n + b_hn))     the reset gate acts after the matrix product)
    h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}

    Gate order r, z, n, as in PyTorch. kept holds zh_n + b_hn, the part that r scales."""

    kept, scale = 1, (0.5, 0.5, 1)
    summed, own = False, ("b_hn",)

    def workspace(self, p, H, B, dtype):
        return np.repeat(p["b_hn"][:, None], B, axis=1), np.empty((H, B), dtype), np.array(0.5, dtype)

    def forward(self, zx, zh, prev, new, kept, work):
        (h_prev,), (h,), (zh_n,), (b_hn, r_zh_n, half) = prev, new, kept, work
        rz, (r, z, n) = zx[:2], zx
        rz += zh[:2]
        squash(rz, half, half)
        np.add(zh[2], b_hn, out=zh_n)
        np.multiply(r, zh_n, out=r_zh_n)
        n += r_zh_n
        np.tanh(n, out=n)
        np.subtract(h_prev, n, out=h)
        h *= z
        h += n

    def slopes(self, gates, states, kept):
        (r, z, n), h_prev, (zh_n,) = gates.swapaxes(0, 1), states[0][:-1], kept
        h_zh, h_n = empty(gates.shape, gates.dtype), empty(n.shape, n.dtype)
        h_r, h_z, h_zh_n = np.subtract(1, gates, out=h_zh).swapaxes(0, 1)
        np.multiply(n, n, out=h_n)
        np.subtract(1, h_n, out=h_n)
        h_n *= h_z  # ∂h/∂zx_n = (1 - z) (1 - n²)
        np.multiply(h_n, r, out=h_zh_n)  # ∂h/∂zh_n = that times r
        h_r *= h_zh_n
        h_r *= zh_n  # ∂h/∂z_r = that times zh_n (1 - r)
        h_z *= z
        h_z *= h_prev - n  # ∂h/∂z_z = z (1 - z) (h_{t-1} - n)
        return h_zh, z, h_n

    def backward(self, dh, dnext, h_zh, z, h_n):
        h_zh *= dh
        return dh * z  # h_{t-1} is reached without any matrix

    def own_gradients(self, slopes):
        return (slopes[0][:, 2],)

    def dzx(self, dh, dzh, _, h_n):
        """dzx (T, G, H, B) for many steps. Only the candidate's part differs from dzh: r scales zh_n, not zx_n."""
        dzx = empty(dzh.shape, dzh.dtype)
        dzx[:, :2] = dzh[:, :2]
        np.multiply(dh, h_n, out=dzx[:, 2])
        return dzx


class ResetFirstGRU(Cell):
    """r, z = σ(zx + zh)                      (Cho et al. 2014 as published; the default of ONNX and of old Keras:
    n = tanh(zx_n + (r ⊙ h_{t-1}) W_hn)    the reset gate acts before the matrix product)
    h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}

    Gate order r, z, n. The candidate's product waits for r, so this cell asks for it: `product` is handed to it, and on
    the way back its mirror, which turns ∂loss/∂zh_n into ∂loss/∂(r ⊙ h_{t-1})."""

    scale, late = (0.5, 0.5, 1), 1

    def workspace(self, p, H, B, dtype):
        return np.empty((H, B), dtype), np.array(0.5, dtype)

    def forward(self, z, zh, prev, new, kept, work):
        (h_prev,), (h,), (r_h, half, product), rz, (r, update, n) = prev, new, work, z[:2], z
        rz += zh[:2]
        squash(rz, half, half)
        product(np.multiply(r, h_prev, out=r_h), zh[2])
        n += zh[2]
        np.tanh(n, out=n)
        np.subtract(h_prev, n, out=h)
        h *= update
        h += n

    def slopes(self, gates, states, kept):
        (r, z, n), h_prev = gates.swapaxes(0, 1), states[0][:-1]
        s_z = empty(gates.shape, gates.dtype)
        r_r, h_z, h_n = np.subtract(1, gates, out=s_z).swapaxes(0, 1)
        r_r *= r
        r_r *= h_prev  # ∂(r ⊙ h_{t-1})/∂z_r = r (1 - r) h_{t-1}
        np.multiply(n, n, out=h_n)
        np.subtract(1, h_n, out=h_n)
        h_n *= h_z  # ∂h/∂z_n = (1 - z) (1 - n²)
        h_z *= z
        h_z *= h_prev - n  # ∂h/∂z_z = z (1 - z) (h_{t-1} - n)
        return s_z, r, z

    def asked(self, gates, states, kept):
        """What the late product read, for many steps: r ⊙ h_{t-1} (T, H, B)."""
        return gates[:, 0] * states[0][:-1]

    def backward(self, dh, dnext, s_z, r, z, product):
        s_z[1:] *= dh
        dr_h = product(s_z[2])
        s_z[0] *= dr_h
        dr_h *= r
        return dr_h + dh * z  # h_{t-1} is reached through r ⊙ h_{t-1}, and without any matrix


def squash(z, a, b):
    """y = a tanh(z) + b, in place of z (G, H, B), b = 1 - a: a = 1 is tanh(z), a = ½ the logistic sigmoid σ(2z).
    With a an array, one call squashes all gates, each in its own way."""
    np.tanh(z, out=z)
    z *= a
    z += b
