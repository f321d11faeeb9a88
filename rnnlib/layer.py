"""One layer through time: the only time loop forwards, and the only one backwards, for every cell.

    forward    zx = xs W_xh + b_h                 one matrix product for all T steps
               s_t = cell(zx_t, h_{t-1} W_hh, s_{t-1})     one small product a step
    backward   dh_t = dhs_t + what came back from step t + 1, through W_hh and through the cell's bypass
               dW_xh, dW_hh, db_h, dxs            one matrix product each for all T steps

The schedule is that of Appleyard, Kocisky, Blunsom 2016 ("Optimizing performance of recurrent neural networks
on GPUs"): what does not have to wait for the step before is done for all steps at once.
"""

from dataclasses import dataclass, field

import numpy as np

from .norm import normalise, normalise_backward


@dataclass
class LayerRun:
    """What one layer computed, kept for the way back. Time in front; the states have h_0 in front of h_1 ... h_T."""

    xs: np.ndarray  # (T, B, D)
    states: tuple  # of (T + 1, B, H)
    gates: np.ndarray  # (T, B, G, H)
    kept: tuple  # of (T, B, H)
    mask: np.ndarray | None  # (T, B), False on padding
    norm: dict = field(default_factory=dict)  # layer norm: "x" and "h", each (ẑ, 1/std)

    @property
    def hs(self):
        hs = self.states[0][1:]
        return hs if self.mask is None else hs * self.mask[..., None]

    @property
    def state(self):
        return tuple(s[-1] for s in self.states)


@dataclass
class LayerGrad:
    params: dict
    xs: np.ndarray  # (T, B, D)
    hs: np.ndarray  # (T, B, H), the total gradient of every h_t
    state: tuple  # of (B, H)


class Layer:
    def __init__(self, cell, input_size, hidden_size, layer_norm, dtype):
        self.cell, self.input_size, self.hidden_size = cell, input_size, hidden_size
        self.layer_norm, self.dtype = layer_norm, np.dtype(dtype)

    def shapes(self):
        """Parameter name -> axes. The GRU's second bias sits inside its reset product, so it stays apart."""
        D, H, GH = self.input_size, self.hidden_size, self.cell.gates * self.hidden_size
        shapes = {"W_xh": [("D", D), ("G·H", GH)], "W_hh": [("H", H), ("G·H", GH)], "b_h": [("G·H", GH)]}
        if self.cell.gates == 3:
            shapes["b_hn"] = [("H", H)]
        if self.layer_norm:
            shapes |= {"g_x": [("G·H", GH)], "g_h": [("G·H", GH)]}
        return shapes

    def forward(self, p, xs, state, mask=None):
        """xs (T, B, D), state a tuple of (B, H), mask (T, B) or None -> LayerRun. Padding holds the state still."""
        (T, B, D), H, G = xs.shape, self.hidden_size, self.cell.gates
        norm = {}
        zx = xs.reshape(T * B, D) @ p["W_xh"]  # (T·B, G·H)
        if self.layer_norm:
            zx, *norm["x"] = normalise(zx, p["g_x"])
            norm["h"] = np.empty((T, B, G * H), zx.dtype), np.empty((T, B, 1), zx.dtype)
        zx += p["b_h"]
        gates = zx.reshape(T, B, G, H)
        states = tuple(np.empty((T + 1, B, H), zx.dtype) for _ in range(self.cell.states))
        kept = tuple(np.empty((T, B, H), zx.dtype) for _ in range(self.cell.kept))
        for s, s_0 in zip(states, state, strict=True):
            s[0] = s_0

        zh = np.empty((B, G * H), zx.dtype)
        for t in range(T):
            np.matmul(states[0][t], p["W_hh"], out=zh)
            if self.layer_norm:
                zh, norm["h"][0][t], norm["h"][1][t] = normalise(zh, p["g_h"])
            if "b_hn" in p:
                zh[:, -H:] += p["b_hn"]
            prev, new = tuple(s[t] for s in states), tuple(s[t + 1] for s in states)
            self.cell.forward(gates[t], zh.reshape(B, G, H), prev, new, tuple(k[t] for k in kept))
            if mask is not None:
                for s in states:
                    np.copyto(s[t + 1], s[t], where=~mask[t, :, None])
        return LayerRun(xs, states, gates, kept, mask, norm)

    def backward(self, p, run, dhs, dstate):
        """dhs (T, B, H) from above, dstate for the last state (a tuple of (B, H)) -> LayerGrad."""
        (T, B, D), H, G = run.xs.shape, self.hidden_size, self.cell.gates
        slopes = self.cell.slopes(run.gates, run.states, run.kept)
        dzh = slopes[0]  # (T, B, G, H): slopes now, gradients of zh after the loop
        dzh_raw = np.empty_like(dzh) if self.layer_norm else dzh  # the same before the norm: of h_{t-1} W_hh
        dh = np.empty((T, B, H), dzh.dtype)
        dstate = list(dstate)
        for t in reversed(range(T)):
            np.add(dhs[t], dstate[0], out=dh[t])
            dprev = list(self.cell.backward((dh[t], *dstate[1:]), *(s[t] for s in slopes)))
            if run.mask is not None:
                dzh[t] *= run.mask[t, :, None, None]
            if self.layer_norm:
                z_hat, inv_std = run.norm["h"][0][t], run.norm["h"][1][t]
                dy = dzh[t].reshape(B, G * H)
                dzh_raw[t] = normalise_backward(dy, p["g_h"], z_hat, inv_std).reshape(B, G, H)
            dprev[0] = dprev[0] + dzh_raw[t].reshape(B, G * H) @ p["W_hh"].T
            if run.mask is not None:
                dprev = [np.where(run.mask[t, :, None], d, d_t) for d, d_t in zip(dprev, dstate, strict=True)]
            dstate = dprev
        if run.mask is not None:
            dh *= run.mask[..., None]

        dzx = self.cell.dzx(dh, *slopes).reshape(T * B, G * H)
        grads = {"b_h": dzx.sum(0)}
        if "b_hn" in p:
            grads["b_hn"] = dzh[:, :, -1].sum((0, 1))
        if self.layer_norm:
            grads["g_x"] = (dzx * run.norm["x"][0]).sum(0)
            grads["g_h"] = (dzh.reshape(T, B, -1) * run.norm["h"][0]).sum((0, 1))
            dzx = normalise_backward(dzx, p["g_x"], *run.norm["x"])
        grads["W_xh"] = run.xs.reshape(T * B, D).T @ dzx
        grads["W_hh"] = run.states[0][:-1].reshape(T * B, H).T @ dzh_raw.reshape(T * B, G * H)
        return LayerGrad(grads, (dzx @ p["W_xh"].T).reshape(T, B, D), dh, tuple(dstate))
