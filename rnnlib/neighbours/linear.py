"""Linear recurrence: h_t = a_t ⊙ h_{t-1} + b_t, where a and b do not depend on h. So it need not wait step by step.

    (a, b)∘(a', b') = (a' a, a' b + b') is associative, so that pieces may be joined in any order: a parallel machine
    needs log₂ T rounds instead of T steps (Blelloch 1990).
    dh_t = dy_t + conj(a_{t+1}) ⊙ dh_{t+1},   the same recurrence from the end
    da_t = dh_t ⊙ conj(h_{t-1}),   db_t = dh_t

    mingru   z = σ(x W_z + b_z),   h̃ = x W_h + b_h,   h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t         Feng et al. 2024
    lru      a = exp(-exp ν + iθ),   b_t = √(1 - |a|²) ⊙ (x_t B),   y_t = Re(h_t C) + x_t D          Orvieto et al. 2023

The gradient passes neither a matrix nor a slope on its way through time, only a.
"""

import numpy as np

from .. import check
from .neighbour import Neighbour, gradient


def loop(a, b, h_0, out=None):
    """h_1 ... h_T of h_t = a_t ⊙ h_{t-1} + b_t, one step after the other. a, b (T, ...), h_0 (...)."""
    hs, h = np.empty(b.shape, b.dtype) if out is None else out, h_0
    for t in range(len(b)):
        h = np.multiply(a[t], h, out=hs[t, ...])
        h += b[t]
    return hs


def scan(a, b, h_0):
    """The h_1 ... h_T of `loop`, (T, ...), in ⌈log₂ T⌉ rounds: after round k, entry t stands for the last 2^k steps.

    a, b (T, ...), h_0 (...), real or complex, of one dtype. ValueError where their shapes disagree, TypeError where
    their dtypes do.
    """
    a = check.asarray("a", a)
    if a.dtype.kind not in "fc":
        raise TypeError(f"a: expected a real or complex floating dtype, got {a.dtype}")
    check.shape("a", a, [("T", None), *[("axis", None)] * (a.ndim - 1)])
    b = check.array("b", b, [("T", len(a)), *(("axis", n) for n in a.shape[1:])], a.dtype)
    h_0 = check.array("h_0", h_0, [("axis", n) for n in a.shape[1:]], a.dtype)
    a, b, reach = np.array(a), np.array(b), 1
    b[0] += a[0] * h_0
    while reach < len(b):
        b[reach:] += a[reach:] * b[:-reach]
        a[reach:] = a[reach:] * a[:-reach]
        reach *= 2
    return b


def chunked(a, b, h_0, out=None):
    """The same as a scan of two levels, in about 3√T rounds and with far less work than `scan`.

    All chunks side by side, from step to step: a chunk as a whole is h -> A ⊙ h + B. From chunk to chunk: the h each
    one begins with. All chunks side by side once more, each from there.
    """
    hs = np.empty(b.shape, b.dtype) if out is None else out
    size = max(1, round(np.sqrt(0.4 * len(b))))  # 5 operations for each step of a chunk, 2 for each chunk
    n = len(b) // size * size
    a_s, b_s, hs_s = (v[:n].reshape(-1, size, *v.shape[1:]).swapaxes(0, 1) for v in (a, b, hs))
    A, B = a_s[0].copy(), b_s[0].copy()
    for a_t, b_t in zip(a_s[1:], b_s[1:]):
        A *= a_t
        B *= a_t
        B += b_t
    begins = np.concatenate([h_0[None], loop(A, B, h_0)])
    loop(a_s, b_s, begins[:-1], hs_s)
    loop(a[n:], b[n:], begins[-1], hs[n:])  # what is left over
    return hs


SHORT, WIDE = 32, 1024  # steps, and numbers a step: with few calls, or long ones, the loop is faster


def run(a, b, h_0, out=None):
    """Whichever is fastest here: on one core what counts is the work and the calls, not the rounds."""
    return (loop if len(b) < SHORT or h_0.size > WIDE else chunked)(a, b, h_0, out)


def scan_backward(dhs, a, hs):
    """da, db, dh_0 from dhs = ∂loss/∂h_t of each step alone; hs (T + 1, ...) begins with h_0."""
    a, dh = a.conj(), np.empty_like(dhs)
    dh[-1] = dhs[-1]
    run(a[:0:-1], dhs[-2::-1], dhs[-1], dh[-2::-1])
    return dh * hs[:-1].conj(), dh, a[0] * dh[0]


class LinearRecurrence(Neighbour):
    """Layers of one kind, "mingru" or "lru", or a ValueError. input_size D, width H (also output_size), num_layers L.

    Layer l ≥ 2 of the minGRU reads the h of the one below; so does the LRU's, after a tanh, for without a
    nonlinearity between them linear layers are one. State: a list over layers of (h,), for the LRU (Re h, Im h).
    Grad.hs: by each layer's output, which is h_t for the minGRU (the later steps included) and y_t for the LRU.
    """

    carries_state = True

    def __init__(self, kind, input_size, width, *, num_layers=1, dtype=np.float64):
        self.kind = check.choice("kind", kind, ("mingru", "lru"))
        super().__init__(input_size, check.size("width", width), dtype)
        self.num_layers = check.size("num_layers", num_layers)

    def shapes(self):
        H, shapes = self.output_size, []
        for l in range(self.num_layers):
            D = H if l else self.input_size
            if self.kind == "mingru":
                layer = {"W_zh": [("D", D), ("2·H", 2 * H)], "b_zh": [("2·H", 2 * H)]}
            else:
                layer = {"nu": [("H", H)], "theta": [("H", H)], "W_in": [("D", D), ("2·H", 2 * H)]}
                layer |= {"W_out": [("2·H", 2 * H), ("H", H)], "W_skip": [("D", D), ("H", H)], "b_out": [("H", H)]}
            shapes.append(layer)
        return shapes

    def init(self, rng):
        """W as everywhere; the LRU's |a| on the ring [0.9, 0.999], uniform in area, its angle in [0, π/10]."""
        check.generator("rng", rng)
        drawn, H = [], self.output_size
        for layer in self.shapes():
            rest = {n: s for n, s in layer.items() if n not in ("nu", "theta")}
            p = self.drawn(rest, rng)
            if self.kind == "lru":
                u, v = rng.random((2, H))
                ring = {"nu": np.log(-0.5 * np.log(0.9**2 + u * (0.999**2 - 0.9**2))), "theta": v * np.pi / 10}
                p = {n: (ring[n].astype(self.dtype) if n in ring else p[n]) for n in layer}
            drawn.append(p)
        return drawn

    def zero_state(self, B):
        """h_0 = 0: a list over layers of tuples of (B, H)."""
        parts = 1 if self.kind == "mingru" else 2
        return [tuple(np.zeros((check.size("B", B), self.output_size), self.dtype) for _ in range(parts))
                for _ in range(self.num_layers)]  # fmt: skip

    def check_state(self, name, state, B):
        counts = [1 if self.kind == "mingru" else 2] * self.num_layers
        return check.state(name, state, counts, [("B", B), ("H", self.output_size)], self.dtype)

    def through(self, p, xs, mask, state, rng):
        kept, ends, below = [], [], xs
        step = {"mingru": mingru, "lru": lru}[self.kind]
        for l, (layer, s) in enumerate(zip(p, state)):
            read = np.tanh(below) if l and self.kind == "lru" else below
            below, end, k = step(layer, read, mask, s)
            kept.append((read, k))
            ends.append(end)
        return below, mask, ends, (mask, kept)

    def back(self, p, kept, dhs, dstate):
        mask, kept = kept
        params, state, over = [], [], []
        step = {"mingru": mingru_backward, "lru": lru_backward}[self.kind]
        for l in reversed(range(self.num_layers)):
            read, k = kept[l]
            grads, total, dhs, ds = step(p[l], read, mask, k, dhs, dstate[l])
            if l and self.kind == "lru":
                dhs = dhs * (1 - read * read)
            params.insert(0, grads)
            over.insert(0, total if mask is None else np.where(mask[..., None], total, total.dtype.type(0)))
            state.insert(0, ds)
        return gradient(params, dhs, over, state)


def mingru(p, xs, mask, state):
    """hs (T, B, H), the last state, and what the way back reads. On padding z = 0, so the state stands still."""
    T, B, D = xs.shape
    zh = xs.reshape(T * B, D) @ p["W_zh"]
    zh += p["b_zh"]
    z, tilde = zh.reshape(T, B, 2, -1).transpose(2, 0, 1, 3)
    z = 0.5 * np.tanh(0.5 * z) + 0.5
    if mask is not None:
        np.copyto(z, 0, where=~mask[..., None])
    a, hs = 1 - z, np.empty((T + 1, *z.shape[1:]), z.dtype)
    hs[0] = state[0]
    run(a, z * tilde, hs[0], hs[1:])
    return hs[1:], (hs[-1].copy(),), (z, tilde, a, hs)


def mingru_backward(p, xs, mask, kept, dhs, dstate):
    """∂loss by params, the layer's output, xs and h_0; dhs is that by the output of each step alone."""
    z, tilde, a, hs = kept
    dhs = dhs.copy()
    dhs[-1] += dstate[0]
    da, db, dh_0 = scan_backward(dhs, a, hs)
    rows = np.empty((*xs.shape[:2], 2, z.shape[2]), z.dtype)
    rows[:, :, 0] = (db * tilde - da) * z * a
    rows[:, :, 1] = db * z
    rows = rows.reshape(-1, p["W_zh"].shape[1])
    params = {"W_zh": xs.reshape(-1, xs.shape[-1]).T @ rows, "b_zh": rows.sum(0)}
    return params, db, (rows @ p["W_zh"].T).reshape(xs.shape), (dh_0,)


def held(a, b, mask):
    """a and b with a state that stands still on padding: a = 1, b = 0."""
    a = np.broadcast_to(a, b.shape)
    if mask is not None:
        a, over = a.copy(), ~mask[..., None]
        np.copyto(a, 1, where=over)
        np.copyto(b, 0, where=over)
    return a, b


def lru(p, xs, mask, state):
    T, B, D = xs.shape
    a, gamma = eigenvalues(p)
    u = (xs.reshape(T * B, D) @ p["W_in"]).reshape(T, B, 2, -1)
    u = u[:, :, 0] + 1j * u[:, :, 1]
    a_t, b = held(a, gamma * u, mask)
    hs = np.empty((T + 1, *u.shape[1:]), u.dtype)
    hs[0] = state[0] + 1j * state[1]
    run(a_t, b, hs[0], hs[1:])
    parts = np.concatenate([hs[1:].real, hs[1:].imag], axis=-1).reshape(T * B, -1)
    y = parts @ p["W_out"] + xs.reshape(T * B, D) @ p["W_skip"] + p["b_out"]
    return y.reshape(T, B, -1), (hs[-1].real.copy(), hs[-1].imag.copy()), (a, gamma, u, a_t, hs, parts)


def by_h(p, dhs, dstate):
    """∂loss/∂Re h + i ∂loss/∂Im h, of each step alone."""
    d_re, d_im = np.split(dhs @ p["W_out"].T, 2, axis=-1)
    dh = d_re + 1j * d_im
    dh[-1] += dstate[0] + 1j * dstate[1]
    return dh


def lru_backward(p, xs, mask, kept, dhs, dstate):
    (a, gamma, u, a_t, hs, parts), (T, B, D) = kept, xs.shape
    rows, x_rows, H = dhs.reshape(T * B, -1), xs.reshape(T * B, D), len(a)
    da, db, dh_0 = scan_backward(by_h(p, dhs, dstate), a_t, hs)
    if mask is not None:
        for d in (da, db):
            np.copyto(d, 0, where=~mask[..., None])
    da, du = da.sum((0, 1)), np.conj(gamma) * db
    dgamma = (db * np.conj(u)).real.sum((0, 1))
    size = np.abs(a) ** 2
    dlog = (da * np.conj(a)).real - dgamma * size / gamma  # ∂loss/∂ ln|a|
    du = np.stack([du.real, du.imag], axis=2).reshape(T * B, 2 * H).astype(dhs.dtype)
    params = {"nu": -np.exp(p["nu"]) * dlog, "theta": (da * np.conj(1j * a)).real, "W_in": x_rows.T @ du,
              "W_out": parts.T @ rows, "W_skip": x_rows.T @ rows, "b_out": rows.sum(0)}  # fmt: skip
    dxs = (du @ p["W_in"].T + rows @ p["W_skip"].T).reshape(xs.shape)
    return {n: v.astype(dhs.dtype) for n, v in params.items()}, dhs, dxs, (dh_0.real, dh_0.imag)


def eigenvalues(p):
    """a = exp(-exp ν + iθ), inside the circle, and γ = √(1 - |a|²), of which nothing is lost near 1."""
    size = np.exp(-np.exp(p["nu"]))
    return size * np.exp(1j * p["theta"]), np.sqrt(-np.expm1(-2 * np.exp(p["nu"])))
