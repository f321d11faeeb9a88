"""The training loop of the museum, as plain as its networks; and its task, on which an exhibit trains.

The task: bits x_t of ±1, and y_t = 1 where x_t and x_{t-d} differ. It needs d bits of memory and a nonlinearity, and
who has neither is right half of the time: ln 2 nats.
"""

import numpy as np

from ...train import SGD, Adam, global_norm
from ...tree import map_leaves


def draw(rng, T, B, d, width=1):
    """xs (T, B, width), targets (T, B). Before the start all bits are 1. width : lifts the bit into that many numbers,
    the same for all networks."""
    bits = rng.choice([-1.0, 1.0], (T, B))
    before = np.concatenate([np.ones((d, B)), bits])[:T]
    lift = np.random.default_rng(0).choice([-1.0, 1.0], width) if width > 1 else np.ones(1)
    return bits[:, :, None] * lift, (bits != before).astype(int)


def draw_first(rng, T, B, d, width=1):
    """One answer a sequence, from its two first bits: targets (B,)."""
    xs, targets = draw(rng, T, B, 1)
    return xs, targets[1]


class Loop:
    """Batches in, parameters out."""

    def samples(self, xs, targets, B):
        """One pass over N samples in batches of B.  xs (T, N, D), targets (T, N)."""
        for k in range(xs.shape[1] // B):
            yield xs[:, k * B : (k + 1) * B], targets[:, k * B : (k + 1) * B]

    def windows(self, xs, targets, B, T, rng):
        """One long stream, cut into B rows that are read side by side in windows of T steps; row b of a window
        continues row b of the one before.  xs (N, D), targets (N,)."""
        stream = np.concatenate([xs, targets[:, None]], axis=1)
        pieces = stream.reshape(B, -1, T, stream.shape[1]).transpose(1, 2, 0, 3)
        for k in range(len(pieces)):
            yield pieces[k][:, :, :-1], pieces[k][:, :, -1].astype(int)

    def update(self, params, grads, optimizer, moments, theta):
        """One update with the gradient clipped to norm theta: parameters, moments, and the norm to be logged."""
        norm = global_norm(grads)
        grads = clipped(grads, theta)
        params, moments = optimizer.update(params, grads, moments)
        grads = map_leaves(np.zeros_like, grads)
        return params, moments, norm


def clipped(grads, theta):
    """g if ‖g‖ <= theta, else g theta / ‖g‖."""
    norm = global_norm(grads)
    factor = min(1.0, theta / norm) if norm > 0 else 1.0
    return map_leaves(lambda g: g * factor, grads)


def feed(exhibit, loop, rng):
    """Batches without end, (xs, targets, whether the state is handed on), as this exhibit's loop cuts them."""
    setting = exhibit.setting
    T, B, d = setting["T"], setting["B"], setting["d"]
    if exhibit.data == "samples":
        xs, targets = exhibit.draw(rng, T, 2000, d)
        while True:
            yield from ((x, y, False) for x, y in loop.samples(xs, targets, 100))
    elif exhibit.data == "stream":
        while True:
            xs, targets = draw(rng, 60 * B * T, 1, d)
            pieces = loop.windows(xs[:, 0], targets[:, 0], B, T, rng)
            yield from ((x, y, k > 0) for k, (x, y) in enumerate(pieces))
    else:
        while True:
            yield (*exhibit.draw(rng, T, B, d, setting["D"]), False)


def held_out(exhibit, net, params, rng):
    """Mean loss on fresh sequences, read as they should be: streams in order, the state handed on, its first half left
    out. By the network as it is: a faulty one answers for its own forward pass."""
    setting = exhibit.setting
    T, d = setting["T"], setting["d"]
    if exhibit.data != "stream":
        return net.loss(params, *exhibit.draw(rng, T, 256, d, setting["D"]))
    xs, targets = draw(rng, 16 * T, 64, d)
    state, losses = net.zero_state(64), []
    for k in range(0, 16 * T, T):
        losses.append(net.loss(params, xs[k : k + T], targets[k : k + T], state))
        state = net.last_state(net.forward(params, xs[k : k + T], state)[1])
    return float(np.mean(losses[8:]))


def train(exhibit, faulty, rate, seed, updates=200, points=10):
    """Held-out losses at `points` even places of the training, and the params: with the fault or without."""
    system = exhibit.system(faulty)
    weights, bits, fresh = np.random.default_rng(seed).spawn(3)
    params, optimizer = system.net.init(weights), (SGD if exhibit.optimizer == "SGD" else Adam)(rate)
    moments, test_seed = optimizer.init(params), int(fresh.integers(2**32))
    losses, state = [], None
    for n, (xs, targets, goes_on) in enumerate(feed(exhibit, system.loop, bits), 1):
        _, grads, kept = system.net.loss_and_grads(params, xs, targets, state if goes_on else None)
        state = system.net.last_state(kept) if exhibit.data == "stream" else None
        params, moments, _ = system.loop.update(params, grads, optimizer, moments, exhibit.theta)
        if n % (updates // points) == 0:
            losses.append(held_out(exhibit, system.net, params, np.random.default_rng(test_seed)))
        if n == updates:
            return losses, params
