"""GradientFlow: the layer × time lattice of a real stack, forward and backward at every move; and its survey."""

import functools
import math

import numpy as np

from ... import flow
from ...flow import layer_factor, time_rate
from ...stack import DeepRNN
from ..viz import Lattice
from ..viz.flow import BY_STATE, BY_WEIGHTS
from .base import Explorer, choice, integer, real, switch

H, D, B = 32, 8, 4  # units, inputs, sequences
COST = {"tanh RNN": 1, "ReLU RNN": 1, "LSTM": 3, "GRU": 2.5}  # of a cell's step, forward and backward; layer norm: 1.5
PLAIN = 10  # one's own
ENOUGH = 1600  # what a moving hand waits for: 8 layers of tanh RNN over 200 steps
CELLS = {"tanh RNN": ("rnn", "tanh"), "ReLU RNN": ("rnn", "relu"), "LSTM": ("lstm", "tanh"), "GRU": ("gru", "tanh")}
LAST, EVERY = "the last step", "every step"


class GradientFlow(Explorer):
    """‖∂loss/∂h_t^l‖ over layers and time, of the experiment that `gradients` describes; or what each step adds to the
    gradient of W_hh, of which an update is made."""

    def controls(self):
        return {
            "depth": integer("depth L, layers", 3, 1, 8),
            "length": integer("length T, steps", 60, 10, 200),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
            "gain": real("recurrent gain", 1.0, 0.5, 1.5, 0.05),
            "at": choice("loss reads", LAST, [LAST, EVERY]),
            "residual": switch("residual"),
            "skip_input": switch("input into every layer"),
            "layer_norm": switch("layer norm"),
            "weights": switch("by W_hh: what a step adds"),
        }

    def scene(self):
        return Lattice()

    situations = (
        ("vanishing in time", {"gain": 0.9},
         "Colours fade to the left, and evenly: a straight line on the log scale."),
        ("eight layers", {"depth": 8}, "Follow one row, then one column: the factor per step hardly moves with depth, "
         "but every layer on the way down costs a factor of its own."),
        ("exploding", {"gain": 1.5, "cell": "ReLU RNN"}, "The norm doubles every few steps back: no bound but the "
         "largest number."),
        ("a deep LSTM", {"depth": 8, "cell": "LSTM", "length": 120}, "With gates at one half an LSTM forgets as "
         "fast as tanh along time, and each layer down costs a factor of about 4."),
    )  # fmt: skip

    def sketch(self, scene, depth, length, cell, gain, at, **options):
        """The last steps alone, as many as there is time for."""
        steps = int(ENOUGH / depth / (COST.get(cell, PLAIN) + 1.5 * options["layer_norm"] + 0.5 * options["weights"]))
        if length <= steps:
            return None
        return self.picture_of(scene, depth, length, steps, cell, gain, at, **options)

    def prepare(self, depth, length, cell, gain, at, **options):
        lattice(depth, length, cell, gain, every_step=at == EVERY, **options)

    def show(self, scene, depth, length, cell, gain, at, **options):
        return self.picture_of(scene, depth, length, length, cell, gain, at, **options)

    def picture_of(self, scene, depth, length, steps, cell, gain, at, **options):
        """The picture of `length` steps, with what a run of the last `steps` of them can say."""
        every = at == EVERY
        norms = lattice(depth, steps, cell, gain, every_step=every, **options)
        for name in ("residual", "skip_input"):
            self.inputs[name].disabled = depth == 1  # both join layers: one layer has nothing to join
        of, weights = (BY_WEIGHTS if options["weights"] else BY_STATE), options["weights"]
        extra = "".join(f" + {name}" for name, on in zip(("residual", "skip", "norm"), options.values()) if on)
        stack = f"{cell}{extra}, {depth} layer{'s' * (depth > 1)}, {length} steps"
        blank = np.full((depth, length - steps), np.nan)
        scene.update(np.hstack([blank, norms]), f"{stack}: {claim(norms, every)}", every, of)
        return describe(norms, every, options["layer_norm"], weights)


def gradients(depth, length, cell="tanh RNN", gain=1.0, seed=0, every_step=False, weights=False, **options):
    """Forward and backward through one stack: (net, params, run, grad). weights : whether grad.by_step is wanted.

    Weights are orthogonal, biases zero; every gate's block of W_hh has spectral radius `gain`. The inputs are noise of
    unit variance. The loss is one random projection of the top layer's last h, scaled so that its gradient there has
    norm 1; with every_step, the sum of one such projection per step. The bottom layer is the same at every depth.
    """
    net, unscaled = network(depth, cell, seed, **options)
    _, inputs, readout = np.random.default_rng(seed).spawn(3)
    params = [p | {"W_hh": gain * p["W_hh"]} for p in unscaled]
    xs = inputs.standard_normal((length, B, D))
    dhs = np.zeros((length, B, H))
    read = slice(0 if every_step else length - 1, length)
    dhs[read] = readout.standard_normal((length, B, H))[::-1][read]  # the last step's is drawn first, whatever T is
    dhs[read] /= np.linalg.norm(dhs[read], axis=(1, 2), keepdims=True)
    with np.errstate(over="ignore", invalid="ignore"):  # an explosion beyond 1.8e308 is said in words
        run = net.forward(params, xs)
        return net, params, run, net.backward(params, run, dhs, by_step=weights)


def named(cell):
    """(cell, nonlinearity) of DeepRNN behind a name of CELLS; a cell of one's own stands for itself."""
    return CELLS.get(cell, (cell, "tanh"))


@functools.lru_cache(maxsize=32)
def network(depth, cell, seed, **options):
    """(net, its parameters at gain 1): drawn once, for finding a spectral radius takes longer than a slider may."""
    kind, nonlinearity = named(cell)
    net = DeepRNN(kind, D, H, depth, nonlinearity=nonlinearity, **options)
    weights = np.random.default_rng(seed).spawn(1)[0]
    return net, net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=1)


@functools.lru_cache(maxsize=32)
def lattice(depth, length, *args, **kwargs):
    """(L, T): ‖∂loss/∂h_t^l‖ of `gradients`, with its arguments, or with weights=True what each step adds to the
    gradient of W_hh; nan throughout if the states overflow. Read-only: the newest few are kept."""
    _, _, run, grad = gradients(depth, length, *args, **kwargs)
    if not all(np.isfinite(layer.hs).all() for layer in run.layers):
        return np.full((depth, length), np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        norms = np.array(grad.by_step) if grad.by_step else flow.norms(grad)
    norms.flags.writeable = False
    return norms


def survey(cell, depths, seeds, length=100, gain=1.0, **options):
    """(depths, seeds, 3) numbers: rate of the top layer along time, factor per layer at t = T, and log10 of
    ‖∂loss/∂h‖ at the bottom layer's first step, where the top's last has norm 1."""
    runs = [[lattice(L, length, cell, gain, seed, **options) for seed in seeds] for L in depths]
    return np.array([[(time_rate(n[-1]), layer_factor(n[:, -1]), np.log10(n[0, 0])) for n in row] for row in runs])


def claim(norms, every):
    """What the picture shows, in a few words."""
    if not np.isfinite(norms).all():
        return "overflow"
    if every:
        return f"a loss at every step; norm {norms[-1, 0]:.2g} at the top's first step"
    rate = time_rate(norms[-1])
    along = "no gradient" if math.isnan(rate) else "halves" if rate < 0 else "doubles"
    time = f"{along} every {math.log(2) / max(abs(rate), 1e-6):.3g} steps back" if not math.isnan(rate) else along
    return time + (f", × {layer_factor(norms[:, -1]):.3g} per layer down" if len(norms) > 1 else "")


def describe(norms, every, layer_norm=False, weights=False):
    """The reading: rate along time, factor along depth, the far corner, and what the picture could not hold."""
    if not np.isfinite(norms).all():
        return "Overflow: beyond 1.8e308 a number is infinite, and the gradient with it. Nothing to read here."
    L = len(norms)
    rate, factor = time_rate(norms[-1]), layer_factor(norms[:, -1])
    if every:
        text = (
            "<b>Every step has a loss of its own</b>: what came from far hides behind what came from near, and no "
            f"rate can be read off. Top layer: norm {norms[-1, -1]:.2g} at the last step, {norms[-1, 0]:.2g} at the "
            f"first; bottom layer: {norms[0, -1]:.2g} and {norms[0, 0]:.2g}."
        )
    elif math.isnan(rate):
        text = "The gradient is exactly zero one step before the last: all units are silent."
    else:
        word, clock = ("vanishing", "half-life") if rate < 0 else ("exploding", "doubling time")
        steps = math.log(2) / max(abs(rate), 1e-6)
        text = f"Along time, top layer: × {math.exp(rate):.3g} per step back, {clock} {steps:.3g} steps ({word}). "
        text += f"Along depth, at t = T: × {factor:.3g} per layer down. " if L > 1 else "No depth to cross. "
        near, first = ("1" if not weights else f"{norms[-1, -1]:.2g}"), int(weights)  # h_0 = 0 adds nothing at t = 1
        step = "second" if weights else "first"
        text += f"From {near} at the top's last step to <b>{norms[0, first]:.2g}</b> at the bottom's {step} step."
        text += " What learning gets of a step is this, summed over all steps." * weights
    rows = {"top row": norms[-1, ::-1], "bottom row": norms[0, ::-1]} if L > 1 else {"from": norms[0, ::-1]}
    for where, off in (("below 1e-12 (black)", lambda r: r < 1e-12), ("above 1e4 (white)", lambda r: r > 1e4)):
        lags = {name: int(np.argmax(off(row))) for name, row in rows.items() if off(row).any()}
        text += f" {where.capitalize()}: " * bool(lags) + ", ".join(f"{n} {k} steps back" for n, k in lags.items())
        text += "." * bool(lags)
    return text + (" Layer norm undoes any rescaling of W_hh: the gain has no say." if layer_norm else "")
