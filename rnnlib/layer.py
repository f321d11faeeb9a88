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
from itertools import cycle, islice, repeat

import numpy as np

from .memory import empty
from .product import NormedProduct, Product, SplitProduct


@dataclass
class LayerRun:
    """What one layer computed, kept for the way back, transposed: units before B."""

    xs: np.ndarray  # (T, B, D), or (T, B) of indices
    states_T: tuple  # of (T + 1, H, B), h_0 in front of h_1 ... h_T; if not kept, c in two places used in turn
    gates: np.ndarray | None  # (T, G, H, B), where the cell keeps them
    kept: tuple  # of (T, H, B)
    mask: np.ndarray | None  # (T, B), False on padding
    products: tuple  # of xs with W_xh and of h with W_hh, each with what its norm keeps

    @property
    def states(self):
        return tuple(locked(transposed(s)) for s in self.states_T)

    @property
    def hs(self):
        hs = self.states[0][1:]
        return hs if self.mask is None else np.where(self.mask[..., None], hs, 0)

    @property
    def state(self):
        """The last one, (B, H) each: copies, so that whoever keeps it does not keep the whole run."""
        T = len(self.states_T[0]) - 1
        return tuple(np.array(s[T if len(s) > T else T % len(s)].T, order="C") for s in self.states_T)


@dataclass
class LayerGrad:
    params: dict
    xs: np.ndarray | None  # (T, B, D); None where xs are indices
    hs: np.ndarray  # (T, B, H), the total gradient of every h_t
    state: tuple  # of (B, H)
    by_step: np.ndarray | None = None  # (T,), the norm of what each step adds to the gradient of W_hh; where asked for


class Layer:
    def __init__(self, cell, input_size, hidden_size, layer_norm, dtype):
        self.cell, self.input_size, self.hidden_size = cell, input_size, hidden_size
        self.layer_norm, self.dtype = layer_norm, np.dtype(dtype)

    def shapes(self):
        """Parameter name -> axes. What the cell has of its own, as the GRU's second bias inside its reset product, is
        apart."""
        D, H, GH = self.input_size, self.hidden_size, self.cell.gates * self.hidden_size
        shapes = {"W_xh": [("D", D), ("G·H", GH)], "W_hh": [("H", H), ("G·H", GH)], "b_h": [("G·H", GH)]}
        shapes |= {name: [("H", H)] for name in self.cell.own}
        if self.layer_norm:
            shapes |= {"g_x": [("G·H", GH)], "g_h": [("G·H", GH)]}
        return shapes

    def chunks(self, T, B):
        """The slices that cut T steps into chunks."""
        steps = max(1, CHUNK // (self.cell.gates * self.hidden_size * B))
        return [slice(first, min(first + steps, T)) for first in range(0, T, steps)]

    def prepare(self, p):
        """What turns x into zx and h into zh, and the bias: the weights as the loops want them, for any T and B."""
        scale = np.repeat(np.array(self.cell.scale, self.dtype), self.hidden_size)
        b_h = (scale * p["b_h"])[:, None]
        if self.layer_norm:
            return NormedProduct(p["W_xh"], scale, p["g_x"]), NormedProduct(p["W_hh"], scale, p["g_h"]), b_h
        if self.cell.late:
            early = (self.cell.gates - self.cell.late) * self.hidden_size
            return Product(p["W_xh"], scale), SplitProduct(p["W_hh"], scale, early), b_h
        return Product(p["W_xh"], scale), Product(p["W_hh"], scale), b_h

    def work(self, p, h_W, B):
        """What the cell uses at every step, with the product that it asks for itself, if it does."""
        work = self.cell.workspace(p, self.hidden_size, B, self.dtype)
        return (*work, h_W.late_forward) if self.cell.late else work

    def forward(self, p, ready, xs, state, mask=None, keep=True):
        """xs (T, B, D) or indices (T, B), state a tuple of (B, H), mask (T, B) or None -> LayerRun. Padding holds the
        state still. keep : whether for a way back; without it only hs and the last state are there afterwards."""
        (T, B), H, G, cell, dtype = xs.shape[:2], self.hidden_size, self.cell.gates, self.cell, self.dtype
        x_W, h_W, b_h = ready
        x_W, h_W, b_h = x_W.of(T, B), h_W.of(T, B), np.repeat(b_h, B, axis=1)
        chunks, padded, keep_z = self.chunks(T, B), some_padding(mask, T), keep and cell.keeps_gates
        z = empty((T if keep_z else chunks[0].stop, G, H, B), dtype)
        states = tuple(empty((T + 1 if keep or k == 0 else 2, H, B), dtype) for k in range(cell.states))
        kept = cell.room(T if keep else 1, H, B, dtype)
        for s, s_0 in zip(states, state):
            s[0] = s_0.T
        zh, work = np.empty((G, H, B), dtype), self.work(p, h_W, B)
        zh_rows = zh.reshape(G * H, B)
        before, after = zip(*(in_turn(s, T, 0) for s in states)), zip(*(in_turn(s, T, 1) for s in states))
        kept_steps = zip(*(k if keep else repeat(k[0]) for k in kept)) if kept else repeat(())
        for part in chunks:
            zx = z[part] if keep_z else z[: part.stop - part.start]
            zx_rows = zx.reshape(-1, G * H, B)
            x_W.forward(xs[part] if xs.ndim == 2 else np.ascontiguousarray(transposed(xs[part])), part, out=zx_rows)
            zx_rows += b_h
            for t, z_t, prev, new, kept_t in zip(range(part.start, part.stop), zx, before, after, kept_steps):
                h_W.forward(prev[0], t, out=zh_rows)
                cell.forward(z_t, zh, prev, new, kept_t, work)
                if padded[t]:
                    for s, s_prev in zip(new, prev):
                        np.copyto(s, s_prev, where=~mask[t])
        return LayerRun(xs, states, z if keep_z else None, kept, mask, (x_W, h_W))

    def step(self, p, ready, x, state):
        """One step: x (B, D) or indices (B,), state a tuple of (B, H) -> the new state. The same cell, and no time."""
        B, H, G, cell = len(x), self.hidden_size, self.cell.gates, self.cell
        x_W, h_W, b_h = ready
        x_W, h_W = x_W.of(1, B), h_W.of(1, B)
        z, zh = np.empty((2, G, H, B), self.dtype)
        z_rows, prev = z.reshape(G * H, B), tuple(np.ascontiguousarray(s.T) for s in state)
        new, kept = np.empty((cell.states, H, B), self.dtype), [k[0] for k in cell.room(1, H, B, self.dtype)]
        x_W.forward(x if x.ndim == 1 else np.ascontiguousarray(x.T), 0, out=z_rows)
        z_rows += b_h
        h_W.forward(prev[0], 0, out=zh.reshape(G * H, B))
        cell.forward(z, zh, prev, new, kept, self.work(p, h_W, B))
        return tuple(s.T for s in new)

    def backward(self, p, run, dhs, dstate, by_step=False):
        """dhs (T, B, H) from above, dstate for the last state (a tuple of (B, H)) -> LayerGrad."""
        (T, B), H, cell, dtype = run.xs.shape[:2], self.hidden_size, self.cell, self.dtype
        GH, mask, padded, (x_W, h_W) = cell.gates * H, run.mask, some_padding(run.mask, T), run.products
        indices, early = run.xs.ndim == 2, (cell.gates - cell.late) * H  # columns of W_hh before the late ones
        dh, dxs = empty((T, H, B), dtype), None if indices else empty((T, self.input_size, B), dtype)
        grads = {name: np.zeros(value.shape, dtype) for name, value in p.items()}
        dW_xh_T, dW_hh_T = np.zeros((GH, self.input_size), dtype), np.zeros((GH, H), dtype)
        dnext, ones = [np.array(d.T, order="C") for d in dstate], np.ones(B, dtype)
        norms = np.zeros(T) if by_step else None
        for part in reversed(self.chunks(T, B)):
            states = [s[part.start : part.stop + 1] for s in run.states_T]
            gates, kept = run.gates[part] if cell.keeps_gates else None, [k[part] for k in run.kept]
            slopes = cell.slopes(gates, states, kept)
            dzh = slopes[0].reshape(-1, GH, B)
            dz = empty(dzh.shape, dtype) if self.layer_norm else dzh  # of h_{t-1} W_hh itself, before the norm
            dh[part] = transposed(dhs[part])
            asked = (repeat(h_W.late_backward),) if cell.late else ()
            steps = zip(range(part.start, part.stop), dh[part], dzh, dz, *slopes, *asked)
            for t, dh_t, dzh_t, dz_t, *slopes_t in reversed(list(steps)):
                over = ~mask[t] if padded[t] else None
                held = [d.copy() for d in dnext] if padded[t] else None
                dh_t += dnext[0]
                bypass = cell.backward(dh_t, dnext, *slopes_t)
                if padded[t]:
                    for d in slopes_t[: cell.gradients]:  # dzh_t is the first
                        np.copyto(d, 0, where=over)  # chosen, not multiplied: 0 · ∞ would be NaN
                h_W.unnormalise(dzh_t, t, out=dz_t)
                h_W.backward(dz_t, out=dnext[0])
                if bypass is not None:
                    dnext[0] += bypass
                if padded[t]:
                    for d, d_held in zip(dnext, held):
                        np.copyto(d, d_held, where=over)
            if mask is not None:
                np.copyto(dh[part], 0, where=~mask[part, None])
            dzx = dzh if cell.summed else cell.dzx(dh[part], *slopes).reshape(-1, GH, B)
            grads["b_h"] += (dzx @ ones).sum(0)
            for name, d in zip(cell.own, cell.own_gradients(slopes)):
                grads[name] += (d @ ones).sum(0)
            if self.layer_norm:
                grads["g_x"] += x_W.gain_gradient(dzx, part)
                grads["g_h"] += h_W.gain_gradient(dzh, part)
            x_W.unnormalise(dzx, part, out=dzx)
            dz_rows = rows(dz)
            dzx_rows = dz_rows if dzx is dz else rows(dzx)
            if indices:
                scatter(dW_xh_T, dzx_rows, run.xs[part].ravel())
            else:
                x_W.backward(dzx, out=dxs[part])
                dW_xh_T += dzx_rows @ run.xs[part].reshape(-1, self.input_size)
            read = [(slice(0, early), states[0][:-1])]  # what these columns of W_hh were multiplied by
            if cell.late:
                read.append((slice(early, GH), cell.asked(gates, states, kept)))
            for units, h in read:
                dW_hh_T[units] += dz_rows[units] @ transposed(h).reshape(-1, H)
            if by_step:
                norms[part] = np.sqrt(
                    sum(outer_norms(h, h_W.weight_gradient(dz[:, units], axis=1)) for units, h in read)
                )
        grads["W_xh"][:], grads["W_hh"][:] = x_W.weight_gradient(dW_xh_T.T), h_W.weight_gradient(dW_hh_T.T)
        dxs = None if indices else transposed(dxs)
        return LayerGrad(grads, dxs, transposed(dh), tuple(d.T for d in dnext), norms)


CHUNK = 2**17  # numbers that a chunk's gates have


def some_padding(mask, T):
    """For every step, whether any sequence of the batch is over: only there does the mask have work to do."""
    return [False] * T if mask is None else (~mask.all(axis=1)).tolist()


def in_turn(s, T, first):
    """The T entries of s from `first` on; where s has two places alone, these two in turn."""
    return s[first : T + first] if len(s) > T else islice(cycle((s[first], s[1 - first])), T)


def locked(a):
    """The same array, not to be written to: whoever changed it would change the way back."""
    a.flags.writeable = False
    return a


def outer_norms(h, dz):
    """(T,): the squared norms of Σ_b h_b dz_bᵀ for h (T, H, B), dz (T, N, B), without making these matrices."""
    h, dz = h.astype(np.float64), dz.astype(np.float64)
    return ((transposed(h) @ h) * (transposed(dz) @ dz)).sum((1, 2)).clip(0)


def scatter(dW_T, dz_rows, picked):
    """Add column n of dz_rows (GH, N) to column picked[n] of dW_T (GH, D): the way back of picking rows of W."""
    order = np.argsort(picked, kind="stable")
    which, begins = np.unique(picked[order], return_index=True)
    dW_T[:, which] += np.add.reduceat(dz_rows[:, order], begins, axis=1)


def transposed(a):
    """(T, B, N) as a view (T, N, B), and back."""
    return a.swapaxes(-1, -2)


def rows(a):
    """(T, N, B) as (N, T·B): a row for every unit."""
    T, N, B = a.shape
    copy = empty((N, T, B), a.dtype)
    copy[:] = a.swapaxes(0, 1)
    return copy.reshape(N, T * B)
