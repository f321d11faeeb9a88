"""What the neighbours share: the checks around a forward and a backward pass. The maths is in each net's own file.

A net writes two methods, the second under the first:

    through(p, xs, mask, state, rng) -> hs, mask', state', kept      kept: whatever the way back reads
    back(p, kept, dhs, dstate)       -> Grad                         its hs: a total gradient (T', B, ·) per layer
"""

from dataclasses import dataclass

import numpy as np

from .. import check
from ..layer import locked
from ..net import Sequential, check_tree, count
from ..run import Grad
from ..tree import leaves, map_leaves


@dataclass
class NeighbourRun:
    """A forward pass: hs (T', B, output_size), zero on padding; mask (T', B), None without lengths. params are copies
    that cannot be written to."""

    hs: np.ndarray
    state: list
    mask: np.ndarray | None
    input_shape: tuple
    params: object
    described: dict
    kept: object


class Neighbour(Sequential):
    """A net without recurrence of its own. input_size D, output_size, dtype: see `rnnlib.net`."""

    dropout, carries_state = 0.0, False

    def __init__(self, input_size, output_size, dtype):
        self.input_size = check.size("input_size", input_size)
        self.output_size = output_size
        self.dtype = check.float_dtype("dtype", dtype)

    def shapes(self):
        """Of the parameters: dicts and lists of {name: [(symbol, size), ...]}."""

    def through(self, p, xs, mask, state, rng):
        """The maths of `forward`, behind its checks: (hs (T', B, ·), mask', state', kept) of xs (T, B, D)."""

    def back(self, p, kept, dhs, dstate):
        """The maths of `backward`, behind its checks: a Grad, from dhs (T', B, ·)."""

    @property
    def described(self):
        """The configuration as a dict of plain values: two nets of equal configuration are the same net."""
        return {"net": type(self).__name__} | vars(self)

    @property
    def num_params(self):
        """How many numbers the parameters are."""
        return count(self.shapes())

    def init(self, rng):
        """Draw parameters: weights U(-1/√fan_in, 1/√fan_in), biases zero, gains one."""
        return self.drawn(self.shapes(), check.generator("rng", rng))

    def drawn(self, shapes, rng):
        """Parameters of these shapes (a dict, or a list of dicts), drawn by their names' first letter: W, b or g."""
        if isinstance(shapes, list):
            return [self.drawn(s, rng) for s in shapes]
        draw = {
            "W": lambda size: rng.uniform(-1, 1, size) / np.sqrt(np.prod(size[:-1])),
            "b": np.zeros,
            "g": np.ones,
        }
        return {name: draw[name[0]]([n for _, n in axes]).astype(self.dtype) for name, axes in shapes.items()}

    def check_params(self, params):
        """Return parameters with the names, shapes and dtype of `shapes`, or raise ValueError or TypeError."""
        return check_tree("params", params, self.shapes(), self.dtype)

    def zero_state(self, B):
        """No state: an empty list."""
        check.size("B", B)
        return []

    def check_state(self, name, state, B):
        """Return a state of the form of `zero_state`, or raise ValueError or TypeError."""
        if not isinstance(state, (list, tuple)) or len(state):
            raise ValueError(f"{name}: expected None, for {type(self).__name__} has no state, got {check.came(state)}")
        return []

    def forward(self, params, xs, state=None, *, lengths=None, rng=None):
        """Run the net over xs (T, B, D), or whole numbers (T, B) that stand for one-hot vectors, and return a
        NeighbourRun.

        lengths (B,) : how many steps of each sequence count; the rest is padding, comes out as zero and changes
        nothing.  state : for a net that carries one.  rng : for dropout, where there is any.
        ValueError where a shape does not fit, or xs is not finite; TypeError where the dtype is another.
        """
        params = map_leaves(lambda a: locked(np.array(a)), self.check_params(params))
        xs, mask = self.check_sequences(xs, lengths)
        B = xs.shape[1]
        state = self.zero_state(B) if state is None else self.check_state("state", state, B)
        if rng is not None:
            check.generator("rng", rng)
        hs, out_mask, state, kept = self.through(params, self.vectors(xs), mask, state, rng)
        if out_mask is not None:
            hs = np.where(out_mask[..., None], hs, hs.dtype.type(0))
        return NeighbourRun(locked(hs), state, out_mask, xs.shape, params, self.described, kept)

    def backward(self, params, run, dhs, dstate=None):
        """∂loss/∂(params, xs, state) as a Grad, from dhs = ∂loss/∂run.hs. Grad.hs is a list over layers of total
        gradients (T', B, ·). What comes out of the padding is ignored. ValueError where run is another net's or other
        parameters made it; TypeError where it is no run."""
        self.check_run(params, run)
        T, B, N = run.hs.shape
        dhs = check.array("dhs", dhs, [("T", T), ("B", B), ("H", N)], self.dtype)
        dstate = self.zero_state(B) if dstate is None else self.check_state("dstate", dstate, B)
        if run.mask is not None:
            dhs = np.where(run.mask[..., None], dhs, dhs.dtype.type(0))
        grad = self.back(run.params, run.kept, dhs, dstate)
        if len(run.input_shape) == 2:
            grad.xs = None  # nothing is to be said of the gradient by an index
        return grad

    def check_run(self, params, run):
        """Raise ValueError or TypeError unless `run` is a forward pass of this net with these parameters."""
        check.instance("run", run, NeighbourRun, "what forward returned")
        if run.described != self.described:
            raise ValueError("run: expected a forward pass of this net, got another net's")
        if params is run.params:
            return
        mine = dict(leaves(run.params))
        for name, value in leaves(self.check_params(params)):
            if not np.array_equal(value, mine[name], equal_nan=True):
                raise ValueError(
                    f"params: expected the values with which forward made this run, got others at {name!r}"
                )


def gradient(params, xs, hs, state=()):
    """A Grad of a net's own parts: params, xs, hs over layers, state."""
    return Grad(params, xs, list(state), hs, [])
