"""What several test files share: drawn parameters, snapshots to the byte, and the network written out by hand."""

import importlib.util
import os
import subprocess
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from rnnlib.tree import leaves, map_leaves

CELLS = [("rnn", "tanh"), ("rnn", "relu"), ("lstm", "tanh"), ("gru", "tanh")]
CELL_IDS = ["tanh", "relu", "lstm", "gru"]

rng = np.random.default_rng


# ---- parameters and states that hide nothing


def random_params(net_or_model, seed=0, **scheme):
    """Drawn parameters with biases of size ½ and gains away from 1: a 0 or a 1 hides what multiplies it."""
    draw = rng(seed)
    params = net_or_model.init(draw, **scheme)
    names = iter([name for name, _ in leaves(params)])

    def shake(a):
        name = next(names).rpartition("/")[2]
        if name.startswith("b_"):
            a = a + 0.5 * draw.standard_normal(a.shape)
        elif name.startswith("g_"):
            a = a * draw.uniform(0.5, 1.5, a.shape)
        return a.astype(net_or_model.dtype)

    return map_leaves(shake, params)


def random_like(tree, seed=0, size=1.0):
    """Gaussian arrays in the tree's structure, tuples kept as tuples."""
    draw = rng(seed)

    def like(node):
        if isinstance(node, (list, tuple)):
            return type(node)(like(child) for child in node)
        return (size * draw.standard_normal(node.shape)).astype(node.dtype)

    return like(tree)


def random_state(net, B, seed=0, size=0.5):
    return random_like(net.zero_state(B), seed, size)


def arrays(*trees):
    """Every array in these trees (None and numbers aside)."""
    for tree in trees:
        if isinstance(tree, np.ndarray):
            yield tree
        elif isinstance(tree, (list, tuple, dict)):
            yield from (a for _, a in leaves(tree) if isinstance(a, np.ndarray))


def snapshot(*trees):
    """The bytes of every array, to compare with later."""
    return [(a.shape, a.dtype, a.tobytes()) for a in arrays(*trees)]


def freeze(*trees):
    """From here on, writing to any of these arrays raises."""
    for a in arrays(*trees):
        a.setflags(write=False)


def assert_trees_close(a, b, rtol=1e-10, atol=1e-12):
    """Same names, same shapes, same numbers up to rounding."""
    a, b = dict(leaves(a)), dict(leaves(b))
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], rtol=rtol, atol=atol, err_msg=name)


def worst_difference(got, want):
    """max |got - want| relative to max |want|."""
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    assert got.shape == want.shape, (got.shape, want.shape)
    return float(np.abs(got - want).max() / max(np.abs(want).max(), 1e-300))


def load_torch():
    """PyTorch, or a skip with its reason; where CI=true a failure, for there a silent skip is a broken set-up."""
    if importlib.util.find_spec("torch") is None:
        reason = "torch is not installed: pip install .[compare]"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    import torch

    torch.set_num_threads(1)
    return torch


# ---- the network by hand: one sequence, one step, one gate at a time, from the equations of PyTorch's manual
#      (transposed: row vectors). Nothing of rnnlib is used.


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def hand_norm(z, gain):
    return gain * (z - np.mean(z)) / np.sqrt(np.var(z) + 1e-5)


def hand_step(cell, nonlinearity, p, x, state):
    """x (D,), state a tuple of (H,) -> new state."""
    h, H = state[0], len(state[0])
    from_x, from_h = x @ p["W_xh"], h @ p["W_hh"]
    if "g_x" in p:
        from_x, from_h = hand_norm(from_x, p["g_x"]), hand_norm(from_h, p["g_h"])
    from_x = from_x + p["b_h"]

    def gate(z, k):
        return z[k * H : (k + 1) * H]

    if cell == "rnn":
        z = from_x + from_h
        return (np.tanh(z) if nonlinearity == "tanh" else np.where(z > 0, z, 0.0),)
    if cell == "lstm":
        i = sigmoid(gate(from_x, 0) + gate(from_h, 0))
        f = sigmoid(gate(from_x, 1) + gate(from_h, 1))
        g = np.tanh(gate(from_x, 2) + gate(from_h, 2))
        o = sigmoid(gate(from_x, 3) + gate(from_h, 3))
        c = f * state[1] + i * g
        return o * np.tanh(c), c
    r = sigmoid(gate(from_x, 0) + gate(from_h, 0))
    z = sigmoid(gate(from_x, 1) + gate(from_h, 1))
    n = np.tanh(gate(from_x, 2) + r * (gate(from_h, 2) + p["b_hn"]))
    return ((1 - z) * n + z * h,)


def hand_layer(step, xs, state, nudges=None):
    """xs (T, D) -> hs (T, H), last state. nudges (T, H) are added to each h_t as it is made."""
    hs = []
    for t, x in enumerate(xs):
        state = step(x, state)
        if nudges is not None:
            state = (state[0] + nudges[t], *state[1:])
        hs.append(state[0])
    return np.array(hs), state


def hand_stack(net, params, xs, state, nudges=None):
    """One sequence xs (T, D), state a list of tuples of (H,) or (2H,) -> out (T, H or 2H), last states.

    nudges : list over layers of (T, H or 2H).
    """
    H, below, ends = net.hidden_size, xs, []
    for l in range(net.num_layers):
        reads = np.hstack([below, xs]) if net.skip_input and l else below
        halves = []
        for d in range(2 if net.bidirectional else 1):
            tag, order, mine = ("_reverse" if d else ""), (-1 if d else 1), slice(d * H, (d + 1) * H)
            names = ("W_xh", "W_hh", "b_h", "b_hn", "g_x", "g_h")
            p = {name: params[l][name + tag] for name in names if name + tag in params[l]}
            step = partial(hand_step, net.cell, net.nonlinearity, p)
            own_nudges = None if nudges is None else nudges[l][::order, mine]
            hs, end = hand_layer(step, reads[::order], tuple(s[mine] for s in state[l]), own_nudges)
            halves.append((hs[::order], end))
        hs = np.hstack([hs for hs, _ in halves])
        ends.append(tuple(np.concatenate(parts) for parts in zip(*(end for _, end in halves), strict=True)))
        below = hs + below if net.residual and l else hs
    return below, ends


def hand_batch(net, params, xs, state, lengths=None, nudges=None):
    """Every sequence of the batch alone through `hand_stack`: out (T, B, H or 2H) with zeros on the padding, states."""
    T, B, _ = xs.shape
    lengths = [T] * B if lengths is None else lengths
    out, ends = np.zeros((T, B, net.output_size)), []
    for b, n in enumerate(lengths):
        own_nudges = None if nudges is None else [layer[:n, b] for layer in nudges]
        own_state = [tuple(s[b] for s in layer) for layer in state]
        out[:n, b], end = hand_stack(net, params, xs[:n, b], own_state, own_nudges)
        ends.append(end)
    return out, [tuple(np.array(s) for s in zip(*layer, strict=True)) for layer in zip(*ends, strict=True)]


def tracked():
    """The files that git tracks, from the repository's top; skips the test where this is no checkout."""
    root = Path(__file__).resolve().parent.parent
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return listed.stdout.strip("\0").split("\0")
