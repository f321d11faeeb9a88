"""What is timed of the neighbours: forward and backward, the same for us and for PyTorch, as functions of no arguments.

A maker gets (net, B, T, width), PyTorch's also its number of threads. Both sides have the same weights and inputs.
"""

import numpy as np

from ..neighbours import Attention, Convolution, LinearRecurrence, Transformer, to_torch
from ..neighbours import linear as linear_recurrence
from ..neighbours.transformer import sinusoidal
from .work import torch_with

LETTERS = "(B, T, width)"
ROWS = [(16, 64, 32), (32, 128, 64), (8, 512, 64)]
LENGTHS = [(16, T, 64) for T in (32, 64, 128, 256, 512, 1024)]
HEADS, KERNEL, BLOCKS = 2, 5, 2
NETS = {
    "attention": lambda d: Attention(d, d, HEADS, dtype=np.float32),
    "convolution": lambda d: Convolution(d, d, KERNEL, dtype=np.float32),
    "Transformer": lambda d: Transformer(d, d, BLOCKS, HEADS, dtype=np.float32),
}


def problem(name, B, T, d):
    """(net, params, xs, dhs), the same numbers for every side."""
    rng = np.random.default_rng(0)
    net = LinearRecurrence("mingru", d, d, dtype=np.float32) if name == "minGRU" else NETS[name](d)
    return net, net.init(rng), *rng.standard_normal((2, T, B, d), dtype=np.float32)


def ours(name, B, T, d):
    """Our forward and backward."""
    net, params, xs, dhs = problem(name, B, T, d)
    return lambda: net.backward(params, net.forward(params, xs), dhs)


def pytorch(name, B, T, d, threads):
    """The same for PyTorch; it returns the outputs and the gradient of the inputs."""
    if (torch := torch_with(threads)) is None:
        return None
    net, params, xs, dhs = problem(name, B, T, d)
    makers = {"attention": attention, "convolution": convolution, "Transformer": transformer, "minGRU": recurrence}
    module, call = makers[name](torch, net, params, T)
    axes = (1, 2, 0) if name == "convolution" else (0, 1, 2)  # nn.Conv1d reads (B, width, T)
    xs, dhs = (torch.tensor(np.ascontiguousarray(a.transpose(axes))) for a in (xs, dhs))
    xs.requires_grad_()
    back = np.argsort(axes).tolist()

    def run():
        module.zero_grad()
        xs.grad = None
        hs = call(xs)
        hs.backward(dhs)
        return hs.detach().permute(back), xs.grad.permute(back)

    return run


def loaded(torch, module, params):
    """The module with our numbers."""
    module.load_state_dict({name: torch.tensor(array) for name, array in to_torch(params).items()})
    return module


def linear(torch, W, b):
    module = torch.nn.Linear(*W.shape)
    module.load_state_dict({"weight": torch.tensor(W.T.copy()), "bias": torch.tensor(b)})
    return module


def attention(torch, net, params, T):
    module = loaded(torch, torch.nn.MultiheadAttention(net.output_size, HEADS), params)
    mask = torch.nn.Transformer.generate_square_subsequent_mask(T)
    return module, lambda xs: module(xs, xs, xs, attn_mask=mask, is_causal=True, need_weights=False)[0]


def convolution(torch, net, params, T):
    module = loaded(torch, torch.nn.Conv1d(net.input_size, net.output_size, KERNEL), params)
    return module, lambda xs: module(torch.nn.functional.pad(xs, (KERNEL - 1, 0)))


def transformer(torch, net, params, T):
    d = net.output_size
    layer = torch.nn.TransformerEncoderLayer(d, HEADS, net.hidden, dropout=0.0, norm_first=True)
    encoder = torch.nn.TransformerEncoder(layer, BLOCKS, torch.nn.LayerNorm(d), enable_nested_tensor=False)
    first = linear(torch, params[0]["W_e"], params[0]["b_e"])
    places = torch.tensor(sinusoidal(T, d, np.float32))[:, None]
    mask = torch.nn.Transformer.generate_square_subsequent_mask(T)
    module = torch.nn.ModuleList([first, loaded(torch, encoder, params[1:])])
    return module, lambda xs: encoder(first(xs) + places, mask=mask, is_causal=True)


def recurrence(torch, net, params, T):
    """minGRU with a loop over the steps: PyTorch has none of its own."""
    module = linear(torch, params[0]["W_zh"], params[0]["b_zh"])

    def call(xs):
        z, new = module(xs).chunk(2, dim=-1)
        z = torch.sigmoid(z)
        a, b, h, hs = 1 - z, z * new, torch.zeros_like(xs[0]), []
        for a_t, b_t in zip(a, b):
            h = a_t * h + b_t
            hs.append(h)
        return torch.stack(hs)

    return module, call


def in_turn(name, B, T, d):
    """Our linear recurrence with a loop over the steps in place of the scan, forwards and backwards."""
    call = ours(name, B, T, d)

    def looped():
        run, linear_recurrence.run = linear_recurrence.run, linear_recurrence.loop
        try:
            return call()
        finally:
            linear_recurrence.run = run

    return looped
