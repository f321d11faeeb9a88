"""DeepRNN: layers on top of each other. A stack knows depth, and neither gates nor time.

plain            layer l reads o^(l-1)
skip_input       layer l reads [o^(l-1), x_t]      the source article's formula; Graves 2013
residual         o^l = h^l + o^(l-1) from layer 2 up      (Wu et al. 2016); else o^l = h^l
dropout          what enters a layer from below is thinned out, never x_t and never the recurrence
                 (Zaremba, Sutskever, Vinyals 2014)
bidirectional    a second set of weights reads each layer's input from the end; o = [forward, reverse]
                 (Schuster, Paliwal 1997)
"""

import numpy as np

from . import check, init
from .adapter import known, make
from .layer import Layer, locked
from .net import Sequential, count
from .plain import described
from .run import Grad, GradientTree, Ready, Run, StackLayerRun, check_run, differing


class DeepRNN(Sequential):
    """A stack of L recurrent layers: h_t^l = cell(below_t^l W_xh^l + b_h^l, h_{t-1}^l W_hh^l).

    cell : "rnn", "lstm", "gru", or one of one's own, a `PlainCell`;  nonlinearity "tanh" or "relu", for "rnn" alone;
    reset "after" or "before" the matrix product, for "gru" alone (see `cells`).
    input_size D, hidden_size H, num_layers L : positive integers.
    skip_input, residual, bidirectional, dropout : see the module; layer_norm : see `rnnlib.norm`.
    dtype : np.float64 or np.float32, of parameters, inputs and results alike.
    The object holds the configuration alone: parameters and states come in and go out as values.
    ValueError where an option has no such value or does not suit the cell; TypeError where it is of another kind.
    """

    def __init__(self, cell, input_size, hidden_size, num_layers=1, *, nonlinearity="tanh", reset="after",
                 skip_input=False, residual=False, layer_norm=False, dropout=0.0, bidirectional=False,
                 dtype=np.float64):  # fmt: skip
        self.cell = known(cell)
        self.nonlinearity = check.choice("nonlinearity", nonlinearity, ("tanh", "relu"))
        if nonlinearity != "tanh" and cell != "rnn":
            raise ValueError(f"nonlinearity: expected 'tanh' for cell {cell!r}, whose gates fix it, got 'relu'")
        self.reset = check.choice("reset", reset, ("after", "before"))
        if reset != "after" and (cell != "gru" or layer_norm):
            raise ValueError(f"reset: expected 'after' for cell {cell!r}, layer_norm={layer_norm}, got 'before'")
        made = make(cell, nonlinearity, reset)
        if made.late and layer_norm:
            raise ValueError(f"layer_norm: expected False for {cell!r}, whose last product waits for it, got True")
        self.input_size = check.size("input_size", input_size)
        self.hidden_size = check.size("hidden_size", hidden_size)
        self.num_layers = check.size("num_layers", num_layers)
        self.skip_input = check.flag("skip_input", skip_input)
        self.residual = check.flag("residual", residual)
        self.layer_norm = check.flag("layer_norm", layer_norm)
        self.bidirectional = check.flag("bidirectional", bidirectional)
        self.dropout = check.number("dropout", dropout, 0, 1, open_high=True)
        self.dtype = check.float_dtype("dtype", dtype)
        self.directions = [("", 1), ("_reverse", -1)] if self.bidirectional else [("", 1)]
        self.output_size = len(self.directions) * self.hidden_size
        above = self.output_size + self.input_size * self.skip_input
        self.layers = [
            Layer(made, above if l else self.input_size, self.hidden_size, self.layer_norm, self.dtype)
            for l in range(self.num_layers)
        ]

    @property
    def described(self):
        """The configuration as a dict of plain values: two nets of equal configuration are the same net."""
        plain = {k: v for k, v in vars(self).items() if k not in ("layers", "directions")}
        return plain | {"cell": described(self.cell)}

    def shapes(self):
        """List over layers of {parameter name: axes}. The reverse direction's names end in _reverse."""
        return [{n + d: axes for d, _ in self.directions for n, axes in y.shapes().items()} for y in self.layers]

    @property
    def num_params(self):
        """How many numbers the parameters are."""
        return count(self.shapes())

    def init(self, rng, **scheme):
        """Draw parameters: list over layers of dict[str, ndarray]. For the schemes see `init.layer_params`."""
        return [
            {n + d: v for d, _ in self.directions for n, v in init.layer_params(y, rng, **scheme).items()}
            for y in self.layers
        ]

    def zero_state(self, B):
        """h_0 = 0 (and c_0 = 0): list over layers of tuples of (B, H), or (B, 2H) when bidirectional."""
        shape = (check.size("B", B), self.output_size)
        return [tuple(np.zeros(shape, self.dtype) for _ in range(y.cell.states)) for y in self.layers]

    @property
    def carries_state(self):
        """Whether run.state, handed to the next call, continues the sequence: not where a direction runs back."""
        return not self.bidirectional

    def ends(self, last):
        """[(steps (B,), units)]: each direction is read where it has read all of a sequence."""
        H = self.hidden_size
        return [(last, slice(0, H)), (np.zeros_like(last), slice(H, None))][: len(self.directions)]

    def prepare(self, params):
        """Parameters made ready once, for many calls of `step` or `forward`: a Ready, which goes in their place."""
        if isinstance(params, Ready):
            if params.described != self.described:
                raise ValueError(f"params: expected what prepare of this net returned, {differing(params, self)}")
            return params
        copies = [{name: locked(np.array(v)) for name, v in layer.items()} for layer in self.check_params(params)]
        layers = [[y.prepare(own(p, d)) for d, _ in self.directions] for y, p in zip(self.layers, copies)]
        return Ready(copies, layers, self.described)

    def step(self, ready, x, state):
        """One step of the whole stack: (h (B, H), new state), as forward over one step gives run.hs[0], run.state.

        ready : from `prepare`.  x : (B, D), or (B,) of indices.  state : list over layers of tuples of (B, H).
        """
        ready = self.prepare(check.instance("ready", ready, Ready, "what prepare returned"))
        if self.bidirectional:
            raise ValueError("net: expected one direction, got a bidirectional stack, which needs the whole sequence")
        x = self.check_inputs("x", x, [("B", None)])
        state = self.check_state("state", state, len(x))
        out, new = x, []
        for l, layer in enumerate(self.layers):
            below = join([out, self.vectors(x)]) if l and self.skip_input else out
            new.append(layer.step(ready.params[l], ready.layers[l][0], below, state[l]))
            out = new[-1][0] + out if l and self.residual else new[-1][0]
        return out, new

    def forward(self, params, xs, state=None, *, lengths=None, rng=None, keep=True):
        """Run the stack over xs (T, B, D) and return a Run.

        params : as `init` draws them, or what `prepare` made of them.  xs : or whole numbers (T, B) below D, each for
        the one-hot vector of that number: rows of W_xh are picked, and only they get a gradient.
        state : list over layers of tuples of (B, H); zero if None. lengths (B,) : how many steps of each sequence
        count; the rest is padding, comes out as zero and changes nothing. rng : a Generator; dropout acts only
        with one. keep : False keeps nothing for a way back, which saves time and memory.
        ValueError where a shape does not fit, or xs or state is not finite; TypeError where the dtype is another.
        """
        ready = self.prepare(params)
        xs, mask = self.check_sequences(xs, lengths)
        B = xs.shape[1]
        state = self.zero_state(B) if state is None else self.check_state("state", state, B)
        rng, keep = None if rng is None else check.generator("rng", rng), check.flag("keep", keep)
        runs, out, masks = [], xs, {1: mask, -1: None if mask is None else mask[::-1]}
        for l, layer in enumerate(self.layers):
            chosen, below = None, out
            if l and self.dropout and rng is not None:
                chosen = rng.random(out.shape) >= self.dropout
                below = self.thinned(out, chosen)
            if l and self.skip_input:
                below = join([below, self.vectors(xs)])
            passes = [
                layer.forward(own(ready.params[l], d), weights, below[::way], s, masks[way], keep)
                for (d, way), weights, s in zip(self.directions, ready.layers[l], self.per_direction(state[l]))
            ]
            hs = locked(join([p.hs[::way] for p, (_, way) in zip(passes, self.directions, strict=True)]))
            ends = tuple(join(s) for s in zip(*(p.state for p in passes), strict=True))
            runs.append(StackLayerRun(hs, ends, passes if keep else None, chosen))
            out = locked(hs + out) if l and self.residual else hs
        return Run(out, runs, mask, xs.shape, ready)

    def backward(self, params, run, dhs, dstate=None, *, by_step=False):
        """∂loss/∂(params, xs, state, every h_t) as a Grad, from dhs = ∂loss/∂run.hs and dstate = ∂loss/∂run.state.

        What comes out of the padding is ignored: those outputs are zero whatever the parameters are. The gradient is
        that of the forward pass that made `run`: ValueError for another net's run, or other parameters. dhs (T, B, H)
        need not be finite: the gradient then is not either. by_step : also measure grad.by_step (L, T), see
        `flow.weight_gradients_by_step`.
        """
        check_run(self, params, run)
        T, B = run.input_shape[:2]
        dhs = check.array("dhs", dhs, [("T", T), ("B", B), ("H", self.output_size)], self.dtype)
        dstate = self.zero_state(B) if dstate is None else self.check_state("dstate", dstate, B)
        check.flag("by_step", by_step)

        grad, dxs = Grad(GradientTree(), None, [], [], []), []
        dout = dhs if run.mask is None else np.where(run.mask[..., None], dhs, 0)
        for l in reversed(range(self.num_layers)):
            layer_run, grads, results = run.layers[l], {}, []
            ways = zip(self.directions, split(dout, len(self.directions)), self.per_direction(dstate[l]), strict=True)
            for p, ((d, way), dh, ds) in zip(layer_run.passes, ways, strict=True):
                result = self.layers[l].backward(own(run.ready.params[l], d), p, dh[::way], ds, by_step)
                grads |= {n + d: v for n, v in result.params.items()}
                results.append(result)
            grad.params.insert(0, grads)
            if by_step:
                both = [r.by_step[::way] for r, (_, way) in zip(results, self.directions)]
                grad.by_step.insert(0, np.sqrt(total([norms**2 for norms in both])))
            grad.hs.insert(0, join([r.hs[::way] for r, (_, way) in zip(results, self.directions, strict=True)]))
            grad.state.insert(0, tuple(join(s) for s in zip(*(r.state for r in results), strict=True)))
            if l == 0 and len(run.input_shape) == 2:
                return grad  # nothing is to be said of the gradient by an index
            dbelow = total([r.xs[::way] for r, (_, way) in zip(results, self.directions, strict=True)])
            if l and self.skip_input:
                dxs.append(dbelow[..., self.output_size :])
                dbelow = dbelow[..., : self.output_size]
            if layer_run.chosen is not None:
                dbelow = self.thinned(dbelow, layer_run.chosen)
            dout = dbelow + dout if l and self.residual else dbelow
        grad.xs = total([dout, *dxs])
        return grad

    def thinned(self, a, chosen):
        """Dropout: what is chosen, divided by the share that is chosen, so that the mean stays."""
        return np.where(chosen, a / self.dtype.type(1 - self.dropout), self.dtype.type(0))

    def per_direction(self, state):
        """A layer's state tuple of (B, 2H) as one tuple of (B, H) per direction."""
        return list(zip(*(split(s, len(self.directions)) for s in state), strict=True))

    def check_params(self, params):
        """Return parameters with the names, shapes and dtype of `shapes`, or raise ValueError or TypeError."""
        layers = check.length("params", params, self.num_layers, "layer")
        return [check.keys(f"params[{l}]", p, s, self.dtype) for l, (p, s) in enumerate(zip(layers, self.shapes()))]

    def check_state(self, name, state, B):
        """Return a finite state of the form of `zero_state`, or raise ValueError or TypeError."""
        axes, counts = [("B", B), ("H", self.output_size)], [layer.cell.states for layer in self.layers]
        return check.state(name, state, counts, axes, self.dtype)


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
