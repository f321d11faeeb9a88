"""DeepRNN: layers on top of each other. A stack knows depth, and neither gates nor time.

plain            layer l reads o^(l-1)
skip_input       layer l reads [o^(l-1), x_t]      the source article's formula; Graves 2013
residual         o^l = h^l + o^(l-1) from layer 2 up      (Wu et al. 2016); else o^l = h^l
dropout          what enters a layer from below is thinned out, never x_t and never the recurrence
                 (Zaremba, Sutskever, Vinyals 2014)
bidirectional    a second set of weights reads each layer's input from the end; o = [forward, reverse]
                 (Schuster, Paliwal 1997)
"""

from dataclasses import dataclass

import numpy as np

from . import cells, check, init
from .layer import Layer


@dataclass
class StackLayerRun:
    """One layer of a run: hs is what it computed, (T, B, H), or (T, B, 2H) when bidirectional."""

    hs: np.ndarray
    state: tuple  # of (B, H) or (B, 2H), at each sequence's last valid step
    passes: list  # LayerRun per direction
    keep: np.ndarray | None  # what dropout multiplied the input from below with


@dataclass
class Run:
    """A forward pass. hs is what leaves the top of the stack: h of the top layer (plus the residual sum)."""

    hs: np.ndarray
    layers: list
    mask: np.ndarray | None
    input_shape: tuple

    @property
    def state(self):
        return [layer.state for layer in self.layers]


class GradientTree(list):
    """∂loss/∂params: a list over layers of dicts, as params is. The type tells to_torch what it is given."""


@dataclass
class Grad:
    """A backward pass: params mirrors the parameters, hs[l] (T, B, H) is the total ∂loss/∂h_t of layer l."""

    params: GradientTree
    xs: np.ndarray
    state: list
    hs: list


class DeepRNN:
    """A stack of L recurrent layers: h_t^l = cell(below_t^l W_xh^l + b_h^l, h_{t-1}^l W_hh^l).

    cell : "rnn", "lstm" or "gru";  nonlinearity "tanh" or "relu", for "rnn" alone.
    input_size D, hidden_size H, num_layers L : positive integers.
    skip_input, residual, bidirectional, dropout : see the module; layer_norm : see `rnnlib.norm`.
    dtype : np.float64 or np.float32, of parameters, inputs and results alike.
    The object holds the configuration alone: parameters and states come in and go out as values.
    """

    def __init__(self, cell, input_size, hidden_size, num_layers=1, *, nonlinearity="tanh", skip_input=False,
                 residual=False, layer_norm=False, dropout=0.0, bidirectional=False, dtype=np.float64):  # fmt: skip
        self.cell = check.choice("cell", cell, ("rnn", "lstm", "gru"))
        self.nonlinearity = check.choice("nonlinearity", nonlinearity, ("tanh", "relu"))
        if nonlinearity != "tanh" and cell != "rnn":
            raise ValueError(f"nonlinearity: expected 'tanh' for cell {cell!r}, whose gates fix it, got 'relu'")
        self.input_size = int(check.number("input_size", input_size, 1, integer=True))
        self.hidden_size = int(check.number("hidden_size", hidden_size, 1, integer=True))
        self.num_layers = int(check.number("num_layers", num_layers, 1, integer=True))
        self.skip_input = check.flag("skip_input", skip_input)
        self.residual = check.flag("residual", residual)
        self.layer_norm = check.flag("layer_norm", layer_norm)
        self.bidirectional = check.flag("bidirectional", bidirectional)
        self.dropout = float(check.number("dropout", dropout, 0, 1, open_high=True))
        self.dtype = check.float_dtype("dtype", dtype)
        self.directions = [("", 1), ("_reverse", -1)] if bidirectional else [("", 1)]
        self.output_size = len(self.directions) * self.hidden_size
        above = self.output_size + self.input_size * self.skip_input
        self.layers = [
            Layer(
                cells.make(cell, nonlinearity),
                above if l else input_size,
                hidden_size,
                layer_norm,
                self.dtype,
            )
            for l in range(num_layers)
        ]

    def shapes(self):
        """List over layers of {parameter name: axes}. The reverse direction's names end in _reverse."""
        return [{n + d: axes for d, _ in self.directions for n, axes in y.shapes().items()} for y in self.layers]

    @property
    def num_params(self):
        """How many numbers the parameters are."""
        return sum(int(np.prod([n for _, n in axes])) for y in self.shapes() for axes in y.values())

    def init(self, rng, **scheme):
        """Draw parameters: list over layers of dict[str, ndarray]. For the schemes see `init.layer_params`."""
        return [
            {n + d: v for d, _ in self.directions for n, v in init.layer_params(y, rng, **scheme).items()}
            for y in self.layers
        ]

    def zero_state(self, B):
        """h_0 = 0 (and c_0 = 0): list over layers of tuples of (B, H), or (B, 2H) when bidirectional."""
        shape = (B, self.output_size)
        return [tuple(np.zeros(shape, self.dtype) for _ in range(y.cell.states)) for y in self.layers]

    def forward(self, params, xs, state=None, *, lengths=None, rng=None):
        """Run the stack over xs (T, B, D) and return a Run.

        state : list over layers of tuples of (B, H); zero if None. lengths (B,) : how many steps of each sequence
        count; the rest is padding, comes out as zero and changes nothing. rng : a Generator; dropout acts only
        with one.
        """
        self.check_params(params)
        axes = [("T", None), ("B", None), ("D", self.input_size)]
        if lengths is None:
            xs, mask = check.array("xs", xs, axes, self.dtype, finite=True), None
        else:
            xs = check.array("xs", xs, axes, self.dtype)
            lengths = check.integers("lengths", lengths, [("B", xs.shape[1])], 1, len(xs))
            mask = np.arange(len(xs))[:, None] < lengths  # (T, B)
            xs = check.array("xs", np.where(mask[..., None], xs, 0), axes, self.dtype, finite=True)
        B = xs.shape[1]
        state = self.zero_state(B) if state is None else self.check_state("state", state, B)
        if rng is not None:
            check.generator("rng", rng)

        runs, out = [], xs
        for l, layer in enumerate(self.layers):
            keep, below = None, out
            if l and self.dropout and rng is not None:
                keep = (rng.random(out.shape) >= self.dropout).astype(self.dtype) / self.dtype.type(1 - self.dropout)
                below = out * keep
            if l and self.skip_input:
                below = np.concatenate([below, xs], axis=-1)
            passes = [
                layer.forward(own(params[l], d), below[::way], s, None if mask is None else mask[::way])
                for (d, way), s in zip(self.directions, self.per_direction(state[l]), strict=True)
            ]
            hs = join([p.hs[::way] for p, (_, way) in zip(passes, self.directions, strict=True)])
            ends = tuple(join(s) for s in zip(*(p.state for p in passes), strict=True))
            runs.append(StackLayerRun(hs, ends, passes, keep))
            out = hs + out if l and self.residual else hs
        return Run(out, runs, mask, xs.shape)

    def backward(self, params, run, dhs, dstate=None):
        """∂loss/∂(params, xs, state, every h_t) as a Grad, from dhs = ∂loss/∂run.hs and dstate = ∂loss/∂run.state.

        What comes out of the padding is ignored: those outputs are zero whatever the parameters are.
        """
        self.check_params(params)
        if not isinstance(run, Run):
            raise TypeError(f"run: expected what forward returned, got {type(run).__name__}")
        T, B, _ = run.input_shape
        dhs = check.array("dhs", dhs, [("T", T), ("B", B), ("H", self.output_size)], self.dtype)
        dstate = self.zero_state(B) if dstate is None else self.check_state("dstate", dstate, B)

        grad, dxs = Grad(GradientTree(), None, [], []), []
        dout = dhs if run.mask is None else np.where(run.mask[..., None], dhs, 0)
        for l in reversed(range(self.num_layers)):
            layer_run, grads = run.layers[l], {}
            results = []
            ways = zip(self.directions, split(dout, len(self.directions)), self.per_direction(dstate[l]), strict=True)
            for p, ((d, way), dh, ds) in zip(layer_run.passes, ways, strict=True):
                result = self.layers[l].backward(own(params[l], d), p, dh[::way], ds)
                grads |= {n + d: v for n, v in result.params.items()}
                results.append(result)
            grad.params.insert(0, grads)
            grad.hs.insert(0, join([r.hs[::way] for r, (_, way) in zip(results, self.directions, strict=True)]))
            grad.state.insert(0, tuple(join(s) for s in zip(*(r.state for r in results), strict=True)))
            dbelow = total([r.xs[::way] for r, (_, way) in zip(results, self.directions, strict=True)])
            if l and self.skip_input:
                dxs.append(dbelow[..., self.output_size :])
                dbelow = dbelow[..., : self.output_size]
            if layer_run.keep is not None:
                dbelow = dbelow * layer_run.keep
            dout = dbelow + dout if l and self.residual else dbelow
        grad.xs = total([dout, *dxs])
        return grad

    def per_direction(self, state):
        """A layer's state tuple of (B, 2H) as one tuple of (B, H) per direction."""
        return list(zip(*(split(s, len(self.directions)) for s in state), strict=True))

    def check_params(self, params):
        for l, shapes in enumerate(self.shapes()):
            check.keys(
                f"params[{l}]",
                check.length("params", params, self.num_layers, "layer")[l],
                shapes,
                self.dtype,
            )

    def check_state(self, name, state, B):
        check.length(name, state, self.num_layers, "layer")
        for l, layer in enumerate(self.layers):
            check.length(f"{name}[{l}]", state[l], layer.cell.states, "state (h, and c for the LSTM)")
            for k, s in enumerate(state[l]):
                check.array(f"{name}[{l}][{k}]", s, [("B", B), ("H", self.output_size)], self.dtype, finite=True)
        return state


def own(params, direction):
    """One direction's parameters under their plain names."""
    n = len(direction)
    return {k[: len(k) - n]: v for k, v in params.items() if k.endswith("_reverse") == bool(direction)}


def split(a, n):
    """n equal parts of the last axis, as views."""
    return [a] if n == 1 else np.split(a, n, axis=-1)


def join(parts):
    """The parts side by side on the last axis; a single one is passed on as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def total(parts):
    """The sum of gradients that come from several places; a single one is passed on as it is."""
    return parts[0] if len(parts) == 1 else sum(parts[1:], parts[0])
