"""Cells written in the plain protocol: what the page "A cell of your own" asks for, and the built-in ones once more.

zx and zh are (G, H, B), a state is a tuple of (H, B), as in `PlainCell`. They check nothing, for `DeepRNN` does.
"""

import numpy as np

from .plain import PlainCell, sigmoid


class MinimalGatedUnit(PlainCell):
    """f = σ(zx_f + zh_f)                     (Zhou, Wu, Zhang, Zhou 2016, with the forget gate acting after the
    n = tanh(zx_n + f ⊙ zh_n)              matrix product, as the reset gate of the built-in GRU does)
    h_t = (1 - f) ⊙ h_{t-1} + f ⊙ n

    Gate order f, n. One gate does the work of the GRU's two: f = 0 keeps the old state whole.
    """

    gates, states = 2, 1

    def forward(self, zx, zh, state):
        (h_prev,) = state
        f = sigmoid(zx[0] + zh[0])
        n = np.tanh(zx[1] + f * zh[1])
        h = (1 - f) * h_prev + f * n
        return (h,), (f, n, zh[1], h_prev)

    def backward(self, dstate, kept):
        (dh,), (f, n, zh_n, h_prev) = dstate, kept
        dn = dh * f * (1 - n * n)  # by zx_n; f is between it and zh_n
        df = (dh * (n - h_prev) + dn * zh_n) * f * (1 - f)
        return [df, dn], [df, dn * f], (dh * (1 - f),)


class PublishedMinimalGatedUnit(PlainCell):
    """f = σ(zx_f + zh_f),  n = tanh(zx_n + (f ⊙ h_{t-1}) W_hn),  h_t = (1 - f) ⊙ h_{t-1} + f ⊙ n

    (Zhou, Wu, Zhang, Zhou 2016, as published.) f acts before the product, so the product waits for it.
    """

    gates, states, late = 2, 1, True

    def forward(self, zx, zh, state, product):
        (h_prev,) = state
        f = sigmoid(zx[0] + zh[0])
        n = np.tanh(zx[1] + product(f * h_prev))
        return ((1 - f) * h_prev + f * n,), (f, n, h_prev)

    def backward(self, dstate, kept, product):
        (dh,), (f, n, h_prev) = dstate, kept
        dn = dh * f * (1 - n * n)
        dfh = product(dn)  # of f ⊙ h_{t-1}
        df = (dh * (n - h_prev) + dfh * h_prev) * f * (1 - f)
        return [df, dn], [df, dn], (dh * (1 - f) + dfh * f,)


class PeepholeLSTM(PlainCell):
    """i = σ(zx_i + zh_i + p_i ⊙ c_{t-1})     (Gers, Schmidhuber 2000; Gers, Schraudolph, Schmidhuber 2002)
    f = σ(zx_f + zh_f + p_f ⊙ c_{t-1})
    g = tanh(zx_g + zh_g)
    c_t = f ⊙ c_{t-1} + i ⊙ g
    o = σ(zx_o + zh_o + p_o ⊙ c_t)         the output gate sees the new cell state
    h_t = o ⊙ tanh(c_t)

    Gate order i, f, g, o. p_i, p_f, p_o: one number a unit.
    """

    gates, states, own, forget = 4, 2, ("p_i", "p_f", "p_o"), 1

    def forward(self, zx, zh, state, own):
        (_, c_prev), (p_i, p_f, p_o), z = state, own, zx + zh
        i = sigmoid(z[0] + p_i * c_prev)
        f = sigmoid(z[1] + p_f * c_prev)
        g = np.tanh(z[2])
        c = f * c_prev + i * g
        o = sigmoid(z[3] + p_o * c)
        tanh_c = np.tanh(c)
        return (o * tanh_c, c), (i, f, g, o, c, tanh_c, c_prev)

    def backward(self, dstate, kept, own):
        (dh, dc), (p_i, p_f, p_o), (i, f, g, o, c, tanh_c, c_prev) = dstate, own, kept
        do = dh * tanh_c * o * (1 - o)
        dc = dc + dh * o * (1 - tanh_c**2) + do * p_o  # c reaches h through tanh and through the gate o
        di = dc * g * i * (1 - i)
        df = dc * c_prev * f * (1 - f)
        dg = dc * i * (1 - g * g)
        dc_prev = dc * f + di * p_i + df * p_f
        dz = [di, df, dg, do]
        return dz, dz, (0, dc_prev), (di * c_prev, df * c_prev, do * c)


class ChoGRU(PlainCell):
    """r, z = σ(zx + zh),  n = tanh(zx_n + (r ⊙ h_{t-1}) W_hn),  h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}

    (Cho et al. 2014.) Gate order r, z, n. The built-in "gru" with reset="before" is the same cell, and faster.
    """

    gates, states, late = 3, 1, True

    def forward(self, zx, zh, state, product):
        (h_prev,) = state
        r, z = sigmoid(zx[:2] + zh)
        n = np.tanh(zx[2] + product(r * h_prev))
        return ((1 - z) * n + z * h_prev,), (r, z, n, h_prev)

    def backward(self, dstate, kept, product):
        (dh,), (r, z, n, h_prev) = dstate, kept
        dn = dh * (1 - z) * (1 - n * n)
        dz = dh * (h_prev - n) * z * (1 - z)
        drh = product(dn)  # of r ⊙ h_{t-1}
        dr = drh * h_prev * r * (1 - r)
        return [dr, dz, dn], [dr, dz, dn], (dh * z + drh * r,)


class Elman(PlainCell):
    """h_t = tanh(zx + zh)      (Elman 1990), as the built-in "rnn".  h, zx and zh (1, H, B)."""

    gates, states = 1, 1

    def forward(self, zx, zh, state):
        h = np.tanh(zx[0] + zh[0])
        return (h,), h

    def backward(self, dstate, kept):
        (dh,), h = dstate, kept
        dz = dh * (1 - h * h)
        return [dz], [dz], (0,)
