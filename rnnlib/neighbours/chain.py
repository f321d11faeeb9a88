"""Nets behind each other: each reads what the one before it gives.

    xs -> net_1 -> hs¹ -> net_2 -> hs² -> ... -> hs          back: dhs -> ... -> dhs² -> net_2 -> dhs¹ -> net_1 -> dxs

Where a net strides, fewer steps come out, and a sequence of n steps goes on as one of net.steps(n).
"""

from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from .. import check
from ..net import Sequential, check_net, check_tree, count
from ..run import Grad


@dataclass
class ChainRun:
    """A forward pass: hs (T', B, output_size) and mask (T', B) of the last net, and each net's own run."""

    hs: np.ndarray
    mask: np.ndarray | None
    runs: list
    described: dict

    @property
    def state(self):
        return [layer for run in self.runs for layer in run.state]


class Chain(Sequential):
    """nets behind each other, left to right: net k + 1 reads the output_size values that come out of net k.

    Parameters are a list with an entry per net that has any, each as that net has it; a state is the nets' states,
    one after the other. ValueError where widths or dtypes disagree, TypeError where one is no network.
    """

    def __init__(self, nets):
        self.nets = [check_net(f"nets[{k}]", n) for k, n in enumerate(check.length("nets", nets, None, "net"))]
        for k, (net, above) in enumerate(zip(self.nets, self.nets[1:]), 1):
            if above.input_size != net.output_size:
                raise ValueError(
                    f"nets[{k}]: expected input_size={net.output_size}, the output_size of nets[{k - 1}], "
                    f"got {above.input_size}"
                )
            if above.dtype != net.dtype:
                raise ValueError(f"nets[{k}]: expected dtype {net.dtype}, that of nets[{k - 1}], got {above.dtype}")
        self.input_size, self.output_size = self.nets[0].input_size, self.nets[-1].output_size
        self.dtype, self.dropout = self.nets[0].dtype, max(net.dropout for net in self.nets)
        self.carries_state = all(net.carries_state for net in self.nets)

    @property
    def described(self):
        """The configuration as a dict of plain values: two nets of equal configuration are the same net."""
        return {"net": "Chain", "nets": [net.described for net in self.nets]}

    @property
    def num_params(self):
        """How many numbers the parameters are."""
        return count(self.shapes())

    def shapes(self):
        """List over the nets that have parameters, of what their own `shapes` say."""
        return [shapes for net in self.nets if (shapes := net.shapes())]

    def init(self, rng):
        """Draw the parameters of every net by its own scheme."""
        check.generator("rng", rng)
        return [net.init(rng) for net in self.nets if net.shapes()]

    def each(self, params):
        """Parameters for every net, nothing for those that have none."""
        entries = iter(params)
        return [next(entries) if net.shapes() else net.shapes() for net in self.nets]

    def check_params(self, params):
        """Return parameters with the names, shapes and dtype of `shapes`, or raise ValueError or TypeError."""
        return check_tree("params", params, self.shapes(), self.dtype)

    def check_sequences(self, xs, lengths):
        """As the first net takes them."""
        return self.nets[0].check_sequences(xs, lengths)

    def zero_state(self, B):
        """The nets' zero states, one after the other."""
        return [layer for net in self.nets for layer in net.zero_state(B)]

    def per_net(self, state):
        """A state as a list over nets."""
        layers = iter(state)
        return [[next(layers) for _ in net.zero_state(1)] for net in self.nets]

    def check_state(self, name, state, B):
        """Return a state of the form of `zero_state`, or raise ValueError or TypeError."""
        check.length(name, state, len(self.zero_state(1)), "layer that has a state")
        parts = enumerate(zip(self.nets, self.per_net(state)))
        return [s for k, (net, part) in parts for s in net.check_state(f"{name} of nets[{k}]", part, B)]

    def steps(self, n):
        """How many steps come out where n go in."""
        for net in self.nets:
            n = net.steps(n)
        return n

    def ends(self, last):
        """Where an answer about the whole of each sequence is read: where the last net says."""
        return self.nets[-1].ends(last)

    def forward(self, params, xs, state=None, *, lengths=None, rng=None):
        """Run the nets over xs (T, B, D), or whole numbers (T, B) that stand for one-hot vectors: a ChainRun.

        lengths (B,) : how many steps of each sequence count.  state : as `zero_state`.  rng : for dropout.
        FloatingPointError where a net hands on numbers that are not finite.
        """
        params = self.check_params(params)
        xs, mask = self.check_sequences(xs, lengths)
        B, runs, out = xs.shape[1], [], xs
        state = self.per_net(self.zero_state(B) if state is None else self.check_state("state", state, B))
        if rng is not None:
            check.generator("rng", rng)
        for k, (net, p, s) in enumerate(zip(self.nets, self.each(params), state)):
            if k and not np.isfinite(out).all():
                raise FloatingPointError(f"nets[{k - 1}] gives numbers that are not finite")
            with of(f"nets[{k}]"):
                runs.append(net.forward(p, out, s or None, lengths=lengths, rng=rng))
            out, mask = runs[-1].hs, runs[-1].mask
            lengths = None if mask is None else mask.sum(0)
        return ChainRun(out, mask, runs, self.described)

    def backward(self, params, run, dhs, dstate=None):
        """∂loss/∂(params, xs, state) as a Grad, from dhs = ∂loss/∂run.hs. Grad.hs joins the nets' layers, lowest
        first; where a net strides, the layers above it have fewer steps."""
        check.instance("run", run, ChainRun, "what forward returned")
        if run.described != self.described:
            raise ValueError("run: expected a forward pass of this net, got another net's")
        params, B = self.check_params(params), run.hs.shape[1]
        dstate = self.per_net(self.zero_state(B) if dstate is None else self.check_state("dstate", dstate, B))
        whole = Grad([], None, [], [], [])
        for k in reversed(range(len(self.nets))):
            with of(f"nets[{k}]"):
                grad = self.nets[k].backward(self.each(params)[k], run.runs[k], dhs, dstate[k])
            dhs = grad.xs
            if self.nets[k].shapes():
                whole.params.insert(0, grad.params)
            whole.state[:0], whole.hs[:0] = grad.state, grad.hs
        whole.xs = dhs
        return whole


@contextmanager
def of(part):
    """Complaints of what stands here say whose argument it is: `lengths of nets[1]: expected ...`."""
    try:
        yield
    except (ValueError, TypeError) as e:
        raise type(e)(str(e).replace(": expected", f" of {part}: expected", 1)) from None
