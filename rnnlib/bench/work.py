"""What is timed of the recurrent cells: the same work for us and for PyTorch, as functions of no arguments.

A maker gets (cell, B, T, H, L), PyTorch's also its number of threads, draws and allocates what the work needs, and
returns the work; PyTorch's returns None where it is not installed.
"""

import itertools

import numpy as np

from ..interop import to_torch
from ..model import Model
from ..stack import DeepRNN
from ..train import Adam, train

ROWS = [(1, 50, 32, 1), (16, 50, 32, 2), (32, 100, 64, 2), (32, 100, 64, 8), (32, 200, 128, 2), (64, 100, 256, 2)]
STEPS = [(1, 50, 32, 1), (1, 50, 32, 2), (1, 50, 256, 1), (1, 50, 256, 2)]
CELLS = ("rnn", "lstm", "gru")

CLASSES = 10
LEARNING_RATE = 1e-3
CLIP_NORM = 1e-3  # below every gradient that these rows meet, so that every step clips


def torch_with(threads):
    """The module torch, held to so many threads (None: as it is), or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    if threads:
        torch.set_num_threads(threads)
    return torch


def torch_net(torch, cell, H, L):
    return {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](H, H, L)


def ours(cell, B, T, H, L, lengths=False, **options):
    """Our forward and backward. lengths: of T/2 to T steps."""
    rng = np.random.default_rng(0)
    net = DeepRNN(cell, H, H, L, dtype=np.float32, **options)
    params = net.init(rng)
    xs, dhs = rng.standard_normal((2, T, B, H), dtype=np.float32)
    lengths = rng.integers(T // 2, T + 1, B) if lengths else None
    return lambda: net.backward(params, net.forward(params, xs, lengths=lengths), dhs)


def pytorch(cell, B, T, H, L, threads):
    """The same for PyTorch."""
    if (torch := torch_with(threads)) is None:
        return None
    net = torch_net(torch, cell, H, L)
    xs, dhs = torch.randn(T, B, H, requires_grad=True), torch.randn(T, B, H)

    def run():
        net.zero_grad()
        xs.grad = None
        net(xs)[0].backward(dhs)

    return run


def products(cell, B, T, H, L):
    """The bare matrix products of a forward and backward."""
    rng = np.random.default_rng(0)
    GH = {"rnn": 1, "lstm": 4, "gru": 3}[cell] * H
    W_xh, W_hh = rng.standard_normal((2, H, GH), dtype=np.float32)
    xs, hs = rng.standard_normal((2, T * B, H), dtype=np.float32)
    dz, h = rng.standard_normal((T * B, GH), dtype=np.float32), hs[:B]
    zh, dh, W_hh_T = np.empty((B, GH), np.float32), np.empty((B, H), np.float32), W_hh.T.copy()

    def run():
        for _ in range(L):
            xs @ W_xh
            for _ in range(T):
                np.matmul(h, W_hh, out=zh)
            for t in range(T):
                np.matmul(dz[t * B : t * B + B], W_hh_T, out=dh)
            xs.T @ dz, hs.T @ dz, dz @ W_xh.T

    return run


def problem(cell, B, T, H, L):
    """(model, params, xs, targets), the same numbers for us and for PyTorch: a class of CLASSES at every step."""
    rng = np.random.default_rng(0)
    model = Model(DeepRNN(cell, H, H, L, dtype=np.float32), CLASSES)
    xs, targets = rng.standard_normal((T, B, H), dtype=np.float32), rng.integers(0, CLASSES, (T, B))
    return model, model.init(rng), xs, targets


def ours_training(cell, B, T, H, L):
    """Our training step; it returns the `Step`."""
    model, params, xs, targets = problem(cell, B, T, H, L)
    steps = train(model, params, itertools.repeat((xs, targets)), Adam(LEARNING_RATE), clip_norm=CLIP_NORM)
    return lambda: next(steps)


def torch_model(torch, cell, H, L, params):
    """PyTorch's stack and read-out with the parameters of our model."""
    module = torch.nn.ModuleDict({"net": torch_net(torch, cell, H, L), "readout": torch.nn.Linear(H, CLASSES)})
    state = {f"net.{name}": array for name, array in to_torch(params["layers"]).items()}
    state |= {"readout.weight": params["W_hy"].T.copy(), "readout.bias": params["b_y"]}
    module.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
    return module


def pytorch_training(cell, B, T, H, L, threads):
    """The same for PyTorch; it returns the loss before the step and ‖g‖ before clipping."""
    if (torch := torch_with(threads)) is None:
        return None
    _, params, xs, targets = problem(cell, B, T, H, L)
    module = torch_model(torch, cell, H, L, params)
    xs, targets = torch.tensor(xs), torch.tensor(targets).flatten()
    mean_loss, optimizer = torch.nn.CrossEntropyLoss(), torch.optim.Adam(module.parameters(), LEARNING_RATE)

    def run():
        optimizer.zero_grad()
        loss = mean_loss(module["readout"](module["net"](xs)[0]).flatten(0, 1), targets)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(module.parameters(), CLIP_NORM)
        optimizer.step()
        return loss.item(), norm.item()

    return run


def ours_forward(cell, B, T, H, L):
    """Our forward pass alone, weights made ready before, nothing kept for a way back."""
    rng = np.random.default_rng(0)
    net = DeepRNN(cell, H, H, L, dtype=np.float32)
    ready, xs = net.prepare(net.init(rng)), rng.standard_normal((T, B, H), dtype=np.float32)
    return lambda: net.forward(ready, xs, keep=False)


def pytorch_forward(cell, B, T, H, L, threads):
    """The same for PyTorch, in inference mode."""
    if (torch := torch_with(threads)) is None:
        return None
    net, xs = torch_net(torch, cell, H, L).eval(), torch.randn(T, B, H)

    def run():
        with torch.inference_mode():
            return net(xs)

    return run


def ours_step(cell, B, T, H, L):
    """T of our single steps, one after the other, each from the state that the one before left."""
    rng = np.random.default_rng(0)
    net = DeepRNN(cell, H, H, L, dtype=np.float32)
    ready, xs = net.prepare(net.init(rng)), rng.standard_normal((T, B, H), dtype=np.float32)

    def run():
        state = net.zero_state(B)
        for x in xs:
            _, state = net.step(ready, x, state)
        return state

    return run


def pytorch_step(cell, B, T, H, L, threads):
    """The same for PyTorch: sequences of length 1, in inference mode."""
    if (torch := torch_with(threads)) is None:
        return None
    net, xs = torch_net(torch, cell, H, L).eval(), torch.randn(T, 1, B, H)

    def run():
        state = None
        with torch.inference_mode():
            for x in xs:
                _, state = net(x, state)
        return state

    return run
