"""One layer through time: the only time loop forwards, and the only one backwards, for every cell.

    forward    zx = xs W_xh + b_h                 one matrix product for all T steps
               s_t = cell(zx_t, h_{t-1} W_hh, s_{t-1})     one small product a step
    backward   dh_t = dhs_t + what came back from step t + 1, through W_hh and through the cell's bypass
               dW_xh, dW_hh, db_h, dxs            one matrix product each for all T steps

The schedule is that of Appleyard, Kocisky, Blunsom 2016 ("Optimizing performance of recurrent neural networks
on GPUs"): what does not have to wait for the step before is done for all steps at once.
"""

from dataclasses import dataclass, field
from itertools import repeat

import numpy as np

from .memory import empty
from .norm import normalise, normalise_backward


@dataclass
class LayerRun:
    """What one layer computed, kept for the way back. Time in front; the states have h_0 in front of h_1 ... h_T."""

    xs: np.ndarray  # (T, B, D)
    states: tuple  # of (T + 1, B, H)
    gates: np.ndarray  # (T, G, B, H)
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
        zx = np.matmul(xs.reshape(T * B, D), p["W_xh"], out=empty((T * B, G * H), xs.dtype))
        if self.layer_norm:
            zx, *norm["x"] = normalise(zx, p["g_x"])
            norm["h"] = np.empty((T, B, G * H), zx.dtype), np.empty((T, B, 1), zx.dtype)
        z = empty((T, G, B, H), zx.dtype)
        np.add(gates_first(zx.reshape(T, B, G, H)), p["b_h"].reshape(G, 1, H), out=z)
        W_hh = np.ascontiguousarray(gates_first(p["W_hh"].reshape(H, G, H)))  # (G, H, H)
        states = tuple(empty((T + 1, B, H), zx.dtype) for _ in range(self.cell.states))
        kept = tuple(empty((T, B, H), zx.dtype) for _ in range(self.cell.kept))
        for s, s_0 in zip(states, state):
            s[0] = s_0

        zh, work = np.empty((G, B, H), zx.dtype), self.cell.workspace(B, H, zx.dtype)
        steps = zip(
            z, zip(*(s[:-1] for s in states)), zip(*(s[1:] for s in states)), zip(*kept) if kept else repeat(())
        )
        for t, (z_t, prev, new, kept_t) in enumerate(steps):
            if self.layer_norm:
                zh_t, norm["h"][0][t], norm["h"][1][t] = normalise(prev[0] @ p["W_hh"], p["g_h"])
                zh[:] = gates_first(zh_t.reshape(B, G, H))
            else:
                np.matmul(prev[0], W_hh, out=zh)
            if "b_hn" in p:
                zh[2] += p["b_hn"]
            self.cell.forward(z_t, zh, prev, new, kept_t, work)
            if mask is not None:
                for s, s_prev in zip(new, prev):
                    np.copyto(s, s_prev, where=~mask[t, :, None])
        return LayerRun(xs, states, z, kept, mask, norm)

    def backward(self, p, run, dhs, dstate):
        """dhs (T, B, H) from above, dstate for the last state (a tuple of (B, H)) -> LayerGrad."""
        (T, B, D), H, G = run.xs.shape, self.hidden_size, self.cell.gates
        dtype, mask = run.gates.dtype, run.mask
        dh, dzh = empty((T, B, H), dtype), empty((T, B, G, H), dtype)
        dzx = dzh if self.cell.summed else empty(dzh.shape, dtype)
        dzh_raw = empty(dzh.shape, dtype) if self.layer_norm else dzh  # before the norm: of h_{t-1} W_hh itself
        W_hh_T = np.ascontiguousarray(p["W_hh"].T)  # (G·H, H)
        dnext = [np.array(d) for d in dstate]
        chunk = max(1, CHUNK // (G * B * H))
        for first in reversed(range(0, T, chunk)):
            part = slice(first, first + chunk)
            states = [s[first : first + chunk + 1] for s in run.states]
            slopes = self.cell.slopes(run.gates[part], states, [k[part] for k in run.kept])
            steps = zip(range(first, T), dhs[part], dh[part], dzh[part], *slopes)
            for t, dh_above, dh_t, dzh_t, *slopes_t in reversed(list(steps)):
                held = None if mask is None else [d.copy() for d in dnext]
                np.add(dh_above, dnext[0], out=dh_t)
                bypass, *dnext[1:] = self.cell.backward((dh_t, *dnext[1:]), gates_first(dzh_t), *slopes_t)
                if mask is not None:
                    dzh_t *= mask[t, :, None, None]
                if self.layer_norm:
                    z_hat, inv_std = run.norm["h"][0][t], run.norm["h"][1][t]
                    dy = dzh_t.reshape(B, G * H)
                    dzh_raw[t] = normalise_backward(dy, p["g_h"], z_hat, inv_std).reshape(B, G, H)
                    dzh_t = dzh_raw[t]
                np.matmul(dzh_t.reshape(B, G * H), W_hh_T, out=dnext[0])
                if bypass is not None:
                    dnext[0] += bypass
                if mask is not None:
                    for d, d_held in zip(dnext, held):
                        np.copyto(d, d_held, where=~mask[t, :, None])
            if mask is not None:
                dh[part] *= mask[part, :, None]
            if not self.cell.summed:
                self.cell.dzx(dh[part], dzh[part], slopes, out=dzx[part])

        dzx, dzh, dzh_raw = (d.reshape(T * B, G * H) for d in (dzx, dzh, dzh_raw))
        grads = {"b_h": dzx.sum(0)}
        if "b_hn" in p:
            grads["b_hn"] = dzh[:, 2 * H :].sum(0)
        if self.layer_norm:
            grads["g_x"] = (dzx * run.norm["x"][0]).sum(0)
            grads["g_h"] = (dzh * run.norm["h"][0].reshape(T * B, G * H)).sum(0)
            dzx = normalise_backward(dzx, p["g_x"], *run.norm["x"])
        grads["W_xh"] = run.xs.reshape(T * B, D).T @ dzx
        grads["W_hh"] = run.states[0][:-1].reshape(T * B, H).T @ dzh_raw
        dxs = np.matmul(dzx, p["W_xh"].T, out=empty((T * B, D), dtype)).reshape(T, B, D)
        return LayerGrad({name: grads[name] for name in p}, dxs, dh, tuple(dnext))


CHUNK = 2**14  # numbers whose slopes are computed at once: enough to save calls, few enough to stay in the cache


def gates_first(a):
    """(..., rows, G, H) as a view (..., G, rows, H): a gate is then one block, as the cells have it."""
    return a.swapaxes(-3, -2)
