"""What `Model`, `train`, `gradcheck` and the measures ask of a network: a face, and not a class.

    net.init(rng) -> params,   net.shapes(),   net.input_size, net.output_size, net.dtype
    run  = net.forward(params, xs, state, lengths=, rng=)      run.hs (T', B, output_size), run.state, run.mask
    grad = net.backward(params, run, dhs, dstate)              grad.params mirrors params; grad.xs, grad.hs

`DeepRNN` has it, and every net of `rnnlib.neighbours`. T' is T but where a net strides.
"""

from typing import Protocol, runtime_checkable

import numpy as np

from . import check


@runtime_checkable
class Net(Protocol):
    """The face. The door and the state's part of it come from `Sequential`."""

    input_size: int
    output_size: int
    dtype: np.dtype
    dropout: float
    carries_state: bool  # whether run.state, handed to the next call, continues the sequence

    def init(self, rng, **scheme): ...
    def shapes(self): ...
    def forward(self, params, xs, state=None, *, lengths=None, rng=None): ...
    def backward(self, params, run, dhs, dstate=None): ...
    def check_params(self, params): ...
    def check_sequences(self, xs, lengths): ...
    def check_state(self, name, state, B): ...
    def zero_state(self, B): ...
    def steps(self, n): ...
    def ends(self, last): ...


def check_net(name, value):
    """Return a network, or raise with what it lacks."""
    if isinstance(value, type) or not isinstance(value, Net):
        raise TypeError(f"{name}: expected a network, such as a DeepRNN, got {check.came(value)}")
    return value


class Sequential:
    """What every network that reads (T, B, D) shares: the door for its sequences, and where an answer is read."""

    def vectors(self, xs):
        """xs as vectors, one-hot ones for indices."""
        return np.eye(self.input_size, dtype=self.dtype)[xs] if xs.dtype.kind == "i" else xs

    def check_inputs(self, name, xs, axes, finite=True):
        """xs (…, D) of the net's dtype, or whole numbers (…) from 0 to D - 1."""
        xs = check.asarray(name, xs)
        if xs.dtype.kind in "iu" and xs.ndim == len(axes):
            high = self.input_size - 1 if finite else np.inf
            return check.integers(name, xs, axes, 0 if finite else -np.inf, high).astype(np.intp)
        return check.array(name, xs, [*axes, ("D", self.input_size)], self.dtype, finite)

    def check_sequences(self, xs, lengths):
        """A copy of xs, zero on the padding, and the mask (T, B), None without lengths."""
        axes = [("T", None), ("B", None)]
        if lengths is None:
            return np.array(self.check_inputs("xs", xs, axes)), None
        xs = self.check_inputs("xs", xs, axes, finite=False)
        lengths = check.integers("lengths", lengths, [("B", xs.shape[1])], 1, len(xs))
        mask = np.arange(len(xs))[:, None] < lengths
        real = mask if xs.ndim == 2 else mask[..., None]
        return self.check_inputs("xs", np.where(real, xs, xs.dtype.type(0)), axes), mask

    def steps(self, n):
        """How many steps come out where n go in; for numbers and arrays of lengths alike."""
        return n

    def ends(self, last):
        """[(steps (B,), units)]: where an answer about the whole of each sequence is read, `last` its last step."""
        return [(last, slice(None))]


def count(shapes):
    """How many numbers parameters of these shapes are: nested dicts and lists with axes [(symbol, size), ...]."""
    if is_axes(shapes):
        return int(np.prod([n for _, n in shapes]))
    return sum(count(s) for s in (shapes.values() if isinstance(shapes, dict) else shapes))


def is_axes(shapes):
    """Whether this is the shape of one array."""
    return isinstance(shapes, list) and bool(shapes) and all(isinstance(s, tuple) for s in shapes)


def check_tree(name, value, shapes, dtype):
    """Return parameters of exactly these shapes, or raise."""
    if is_axes(shapes):
        return check.array(name, value, shapes, dtype)
    if isinstance(shapes, list):
        found = check.length(name, value, len(shapes), "layer")
        return [check_tree(f"{name}[{k}]", v, s, dtype) for k, (v, s) in enumerate(zip(found, shapes))]
    check.instance(name, value, dict, "a dict of arrays")
    if value.keys() != shapes.keys():
        raise ValueError(f"{name}: expected the keys {sorted(shapes)}, got {sorted(map(str, value))}")
    return {key: check_tree(f"{name}[{key!r}]", value[key], s, dtype) for key, s in shapes.items()}
