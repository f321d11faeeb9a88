"""One layer through time: the only time loop forwards, and the only one backwards, for every cell.

    forward    zx = xs W_xh + b_h                          for a chunk of steps at once
               s_t = cell(zx_t, h_{t-1} W_hh, s_{t-1})     one small product a step
    backward   dh_t = dhs_t + what came back from step t + 1, through W_hh and through the cell's bypass
               dW_xh, dW_hh, db_h, dxs                     for a chunk of steps at once

The schedule is that of Appleyard, Kocisky, Blunsom 2016 ("Optimizing performance of recurrent neural networks
on GPUs"): what does not have to wait for the step before is done for many steps at once. Not for all T: a chunk is
as many steps as the processor's cache holds, so that what one line wrote is still at hand when the next line reads.

Inside a layer a step lies transposed, (units, B), as the cells have it: z = h W_hh is computed as zᵀ = W_hhᵀ hᵀ.
At the door everything is (T, B, ·), as views of the same memory.
"""

from dataclasses import dataclass
from itertools import repeat

import numpy as np

from .memory import empty
from .product import NormedProduct, Product


@dataclass
class LayerRun:
    """What one layer computed, kept for the way back, transposed: units before B."""

    xs: np.ndarray  # (T, B, D)
    states_T: tuple  # of (T + 1, H, B), h_0 in front of h_1 ... h_T
    gates: np.ndarray | None  # (T, G, H, B), where the cell keeps them
    kept: tuple  # of (T, H, B)
    mask: np.ndarray | None  # (T, B), False on padding
    products: tuple  # of xs with W_xh and of h with W_hh, each with what its norm keeps

    @property
    def states(self):
        return tuple(transposed(s) for s in self.states_T)

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

    def chunks(self, T, B):
        """The slices that cut T steps into chunks."""
        steps = max(1, CHUNK // (self.cell.gates * self.hidden_size * B))
        return [slice(first, min(first + steps, T)) for first in range(0, T, steps)]

    def products(self, p, T, B):
        """What turns xs into zx, and h into zh. Under layer norm they also keep what the way back needs."""
        scale = np.repeat(np.array(self.cell.scale, self.dtype), self.hidden_size)
        if not self.layer_norm:
            return Product(p["W_xh"], scale), Product(p["W_hh"], scale), columns(scale * p["b_h"], B)
        into_x = NormedProduct(p["W_xh"], scale, p["g_x"], T, B)
        return into_x, NormedProduct(p["W_hh"], scale, p["g_h"], T, B), columns(scale * p["b_h"], B)

    def forward(self, p, xs, state, mask=None):
        """xs (T, B, D), state a tuple of (B, H), mask (T, B) or None -> LayerRun. Padding holds the state still."""
        (T, B, _), H, G, cell, dtype = xs.shape, self.hidden_size, self.cell.gates, self.cell, xs.dtype
        x_W, h_W, b_h = self.products(p, T, B)
        chunks, padded = self.chunks(T, B), some_padding(mask, T)
        z = empty((T if cell.keeps_gates else chunks[0].stop, G, H, B), dtype)
        states = tuple(empty((T + 1, H, B), dtype) for _ in range(cell.states))
        kept = tuple(empty((T, H, B), dtype) for _ in range(cell.kept))
        for s, s_0 in zip(states, state):
            s[0] = s_0.T
        zh, work = np.empty((G, H, B), dtype), cell.workspace(p, H, B, dtype)
        zh_rows = zh.reshape(G * H, B)
        before, after = zip(*(s[:-1] for s in states)), zip(*(s[1:] for s in states))
        kept_steps = zip(*kept) if kept else repeat(())
        for part in chunks:
            zx = z[part] if cell.keeps_gates else z[: part.stop - part.start]
            zx_rows = zx.reshape(-1, G * H, B)
            x_W.forward(np.ascontiguousarray(transposed(xs[part])), part, out=zx_rows)
            zx_rows += b_h
            for t, z_t, prev, new, kept_t in zip(range(part.start, part.stop), zx, before, after, kept_steps):
                h_W.forward(prev[0], t, out=zh_rows)
                cell.forward(z_t, zh, prev, new, kept_t, work)
                if padded[t]:
                    for s, s_prev in zip(new, prev):
                        np.copyto(s, s_prev, where=~mask[t])
        return LayerRun(xs, states, z if cell.keeps_gates else None, kept, mask, (x_W, h_W))

    def backward(self, p, run, dhs, dstate):
        """dhs (T, B, H) from above, dstate for the last state (a tuple of (B, H)) -> LayerGrad."""
        (T, B, D), H, cell, dtype = run.xs.shape, self.hidden_size, self.cell, run.xs.dtype
        GH, mask, padded, (x_W, h_W) = cell.gates * H, run.mask, some_padding(run.mask, T), run.products
        dh, dxs = empty((T, H, B), dtype), empty((T, D, B), dtype)
        grads = {name: np.zeros(value.shape, dtype) for name, value in p.items()}
        dW_xh_T, dW_hh_T = np.zeros((GH, D), dtype), np.zeros((GH, H), dtype)
        dnext, ones = [np.array(d.T, order="C") for d in dstate], np.ones(B, dtype)
        for part in reversed(self.chunks(T, B)):
            states = [s[part.start : part.stop + 1] for s in run.states_T]
            gates = run.gates[part] if cell.keeps_gates else None
            slopes = cell.slopes(gates, states, [k[part] for k in run.kept])
            dzh = slopes[0].reshape(-1, GH, B)
            dz = empty(dzh.shape, dtype) if self.layer_norm else dzh  # of h_{t-1} W_hh itself, before the norm
            dh[part] = transposed(dhs[part])
            steps = zip(range(part.start, part.stop), dh[part], dzh, dz, *slopes)
            for t, dh_t, dzh_t, dz_t, *slopes_t in reversed(list(steps)):
                held = [d.copy() for d in dnext] if padded[t] else None
                dh_t += dnext[0]
                bypass = cell.backward(dh_t, dnext, *slopes_t)
                if padded[t]:
                    dzh_t *= mask[t]
                h_W.unnormalise(dzh_t, t, out=dz_t)
                h_W.backward(dz_t, out=dnext[0])
                if bypass is not None:
                    dnext[0] += bypass
                if padded[t]:
                    for d, d_held in zip(dnext, held):
                        np.copyto(d, d_held, where=~mask[t])
            if mask is not None:
                dh[part] *= mask[part, None]
            dzx = dzh if cell.summed else cell.dzx(dh[part], *slopes).reshape(-1, GH, B)
            grads["b_h"] += (dzx @ ones).sum(0)
            if "b_hn" in p:
                grads["b_hn"] += (dzh[:, 2 * H :] @ ones).sum(0)
            if self.layer_norm:
                grads["g_x"] += x_W.gain_gradient(dzx, part)
                grads["g_h"] += h_W.gain_gradient(dzh, part)
            x_W.unnormalise(dzx, part, out=dzx)
            x_W.backward(dzx, out=dxs[part])
            dz_rows = rows(dz)
            dW_xh_T += (dz_rows if dzx is dz else rows(dzx)) @ run.xs[part].reshape(-1, D)
            dW_hh_T += dz_rows @ transposed(states[0][:-1]).reshape(-1, H)
        grads["W_xh"][:], grads["W_hh"][:] = x_W.weight_gradient(dW_xh_T.T), h_W.weight_gradient(dW_hh_T.T)
        return LayerGrad(grads, transposed(dxs), transposed(dh), tuple(d.T for d in dnext))


CHUNK = 2**17  # numbers that a chunk's gates have


def some_padding(mask, T):
    """For every step, whether any sequence of the batch is over: only there does the mask have work to do."""
    return [False] * T if mask is None else (~mask.all(axis=1)).tolist()


def transposed(a):
    """(T, B, N) as a view (T, N, B), and back."""
    return a.swapaxes(-1, -2)


def rows(a):
    """(T, N, B) as (N, T·B): a row for every unit."""
    T, N, B = a.shape
    copy = empty((N, T, B), a.dtype)
    copy[:] = a.swapaxes(0, 1)
    return copy.reshape(N, T * B)


def columns(v, B):
    """(N,) as (N, B): a vector for every sequence of the batch. Written out, for NumPy is slow on short repeats."""
    return np.repeat(v[:, None], B, axis=1)
