"""Recurrent networks as plainly as they can be written: what the faults of the museum are planted in.

One step after the other, every gradient added up where it arises. `rnnlib.stack` computes the same, faster, and each
line here is held against it. Row vectors, time first; y_t = h_t W_hy + b_y with h_t of the top layer; `state` is a
list over layers of (B, H) arrays, `(h, c)` pairs for the LSTM; `kept` is what a forward pass leaves for the way back.
"""

import numpy as np

from ...tree import map_leaves


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def cross_entropy(ys, targets):
    """Mean of -ln softmax(ys)[target], and its gradient by ys.  ys (..., V), targets (...) of whole numbers."""
    e = np.exp(ys - ys.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    right = np.eye(ys.shape[-1])[targets]
    return float(-np.log((p * right).sum(axis=-1)).mean()), (p - right) / targets.size


class Stack:
    """L tanh layers, h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h), each reading the states of the one below; an answer at
    every step."""

    gates, cell, parts = 1, "rnn", 1

    def __init__(self, D, H, V, L=1):
        self.D, self.H, self.V, self.L = D, H, V, L

    def init(self, rng):
        """Everything from U(-1/sqrt(H), 1/sqrt(H)), biases too: a zero hides faults."""
        H, bound = self.H, self.H**-0.5
        layers = [
            {"W_xh": (self.D if l == 0 else H, self.gates * H), "W_hh": (H, self.gates * H), "b_h": (self.gates * H,)}
            for l in range(self.L)
        ]
        shapes = {"layers": layers, "W_hy": (self.read_size, self.V), "b_y": (self.V,)}
        return {
            "layers": [{k: rng.uniform(-bound, bound, s) for k, s in layer.items()} for layer in shapes["layers"]],
            "W_hy": rng.uniform(-bound, bound, shapes["W_hy"]),
            "b_y": rng.uniform(-bound, bound, shapes["b_y"]),
        }

    @property
    def read_size(self):
        return self.H

    def zero_state(self, B):
        return [tuple(np.zeros((B, self.H)) for _ in range(self.parts)) for _ in range(self.L)]

    def last_state(self, kept):
        """The state to begin the next window with."""
        return [tuple(layer[k][-1] for k in ("h", "c")[: self.parts]) for layer in kept]

    def layer_forward(self, p, xs, state):
        """{h (T + 1, B, H)} from h_0 on."""
        h = [state[0]]
        for t in range(len(xs)):
            a = xs[t] @ p["W_xh"] + h[t] @ p["W_hh"] + p["b_h"]
            h.append(np.tanh(a))
        return {"h": np.array(h)}

    def layer_backward(self, p, xs, kept, dhs):
        """dhs (T, B, H): what arrives at h_t from above, without the future. -> gradients, dxs."""
        grads = map_leaves(np.zeros_like, p)
        dxs = np.zeros_like(xs)
        future = np.zeros_like(dhs[0])
        for t in reversed(range(len(xs))):
            h_prev, h = kept["h"][t], kept["h"][t + 1]
            dh = dhs[t] + future
            da = dh * (1 - h**2)
            grads["W_xh"] += xs[t].T @ da
            grads["W_hh"] += h_prev.T @ da
            grads["b_h"] += da.sum(axis=0)
            dxs[t] = da @ p["W_xh"].T
            future = da @ p["W_hh"].T
        return grads, dxs

    def forward(self, params, xs, state=None):
        """ys (T, B, V) and kept, a list over layers."""
        state = self.zero_state(xs.shape[1]) if state is None else state
        kept, below = [], xs
        for l in range(self.L):
            p = params["layers"][l]
            kept.append(self.layer_forward(p, below, state[l]))
            below = kept[l]["h"][1:]
        return below @ params["W_hy"] + params["b_y"], kept

    def backward(self, params, xs, kept, dys):
        """A tree like params."""
        grads = map_leaves(np.zeros_like, params)
        top = kept[-1]["h"][1:]
        for t in reversed(range(len(dys))):
            grads["W_hy"] += top[t].T @ dys[t]
            grads["b_y"] += dys[t].sum(axis=0)
        dhs = dys @ params["W_hy"].T
        for l in reversed(range(self.L)):
            p = params["layers"][l]
            below = kept[l - 1]["h"][1:] if l > 0 else xs
            found, dbelow = self.layer_backward(p, below, kept[l], dhs)
            grads["layers"][l] = found
            dhs = dbelow
        return grads

    def loss_and_grads(self, params, xs, targets, state=None):
        """loss, gradients, kept."""
        ys, kept = self.forward(params, xs, state)
        loss, dys = cross_entropy(ys, targets)
        return loss, self.backward(params, xs, kept, dys), kept

    def loss(self, params, xs, targets, state=None):
        return cross_entropy(self.forward(params, xs, state)[0], targets)[0]


class LSTM(Stack):
    """L LSTM layers, gates side by side in the order i f g o:  c_t = f c_{t-1} + i g,  h_t = o tanh c_t."""

    gates, cell, parts = 4, "lstm", 2

    def layer_forward(self, p, xs, state):
        h, c, gates = [state[0]], [state[1]], []
        for t in range(len(xs)):
            a = xs[t] @ p["W_xh"] + h[t] @ p["W_hh"] + p["b_h"]
            a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
            i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
            c.append(f * c[t] + i * g)
            h.append(o * np.tanh(c[t + 1]))
            gates.append((i, f, g, o))
        return {"h": np.array(h), "c": np.array(c), "gates": np.array(gates)}

    def layer_backward(self, p, xs, kept, dhs):
        grads = map_leaves(np.zeros_like, p)
        dxs = np.zeros_like(xs)
        future, dc_future = np.zeros_like(dhs[0]), np.zeros_like(dhs[0])
        for t in reversed(range(len(xs))):
            i, f, g, o = kept["gates"][t]
            h_prev, c_prev, c = kept["h"][t], kept["c"][t], kept["c"][t + 1]
            dh = dhs[t] + future
            do = dh * np.tanh(c)
            dc = dc_future + dh * o * (1 - np.tanh(c) ** 2)
            di = dc * g
            df = dc * c_prev
            dg = dc * i
            da_i = di * i * (1 - i)
            da_f = df * f * (1 - f)
            da_g = dg * (1 - g**2)
            da_o = do * o * (1 - o)
            da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
            grads["W_xh"] += xs[t].T @ da
            grads["W_hh"] += h_prev.T @ da
            grads["b_h"] += da.sum(axis=0)
            dxs[t] = da @ p["W_xh"].T
            future = da @ p["W_hh"].T
            dc_future = dc * f
        return grads, dxs


class BothWays(Stack):
    """Two tanh layers side by side, one from each end; their states are added, and both get the same gradient."""

    def __init__(self, D, H, V, L=2):
        super().__init__(D, H, V, 2)

    def init(self, rng):
        params = super().init(rng)
        params["layers"][1]["W_xh"] = rng.uniform(-(self.H**-0.5), self.H**-0.5, (self.D, self.H))
        return params

    def forward(self, params, xs, state=None):
        state = self.zero_state(xs.shape[1]) if state is None else state
        ahead = self.layer_forward(params["layers"][0], xs, state[0])
        back = self.layer_forward(params["layers"][1], xs[::-1], state[1])
        both = ahead["h"][1:] + back["h"][1:][::-1]
        return both @ params["W_hy"] + params["b_y"], [ahead, back]

    def backward(self, params, xs, kept, dys):
        grads = map_leaves(np.zeros_like, params)
        both = kept[0]["h"][1:] + kept[1]["h"][1:][::-1]
        grads["W_hy"] = np.einsum("tbh,tbv->hv", both, dys)
        grads["b_y"] = dys.sum(axis=(0, 1))
        dhs = dys @ params["W_hy"].T
        grads["layers"][0], _ = self.layer_backward(params["layers"][0], xs, kept[0], dhs)
        grads["layers"][1], _ = self.layer_backward(params["layers"][1], xs[::-1], kept[1], dhs[::-1])
        return grads


class Reader(BothWays):
    """Two tanh layers, one from each end; one answer, from the last state of each: ys (B, V)."""

    @property
    def read_size(self):
        return 2 * self.H

    def forward(self, params, xs, state=None):
        state = self.zero_state(xs.shape[1]) if state is None else state
        ahead = self.layer_forward(params["layers"][0], xs, state[0])
        back = self.layer_forward(params["layers"][1], xs[::-1], state[1])
        read = np.concatenate([ahead["h"][-1], back["h"][-1]], axis=1)
        return read @ params["W_hy"] + params["b_y"], [ahead, back]

    def backward(self, params, xs, kept, dys):
        grads = map_leaves(np.zeros_like, params)
        read = np.concatenate([kept[0]["h"][-1], kept[1]["h"][-1]], axis=1)
        grads["W_hy"], grads["b_y"] = read.T @ dys, dys.sum(axis=0)
        dread = dys @ params["W_hy"].T
        dahead, dback = np.zeros((2, *kept[0]["h"][1:].shape))
        dahead[-1], dback[-1] = dread[:, : self.H], dread[:, self.H :]
        grads["layers"][0], _ = self.layer_backward(params["layers"][0], xs, kept[0], dahead)
        grads["layers"][1], _ = self.layer_backward(params["layers"][1], xs[::-1], kept[1], dback)
        return grads
