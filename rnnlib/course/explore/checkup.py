"""Checkup: a deep stack on real speech, a few updates into its training, measured layer by layer."""

import functools

import numpy as np

from ... import data, flow
from ...model import Model
from ...stack import DeepRNN
from ...train import Adam, train
from ..viz.checkup import Checkup as Scene
from .base import Explorer, choice, integer, real
from .threads import hand

H, CLASSES, B = 32, 9, 18
MOST = 6  # updates
KINDS = {
    "plain": {},
    "residual": {"residual": True},
    "input skip": {"skip_input": True},
    "layer norm": {"layer_norm": True},
}
CELLS = {"LSTM": "lstm", "tanh RNN": "rnn", "GRU": "gru"}
RATES = {"0.0001": 1e-4, "0.001": 1e-3, "0.003": 3e-3, "0.01": 1e-2, "0.1": 0.1}


@functools.lru_cache(maxsize=1)
def utterances(count=8):
    """The first batches of the training set, the same for every setting."""
    (speech,) = data.standardise(data.japanese_vowels("train", np.float32))
    order = np.random.default_rng(8)
    return [batch for batch, _ in zip(data.padded_batches(speech, B, order), range(count))]


@functools.lru_cache(maxsize=16)
def start(cell, depth, kind, gain, seed):
    """(model, params): orthogonal matrices, W_hh with spectral radius `gain`, zero biases."""
    net = DeepRNN(CELLS.get(cell, cell), 12, H, depth, dtype=np.float32, **KINDS[kind])
    model = Model(net, CLASSES, at="last_step")
    scheme = {"input": "orthogonal", "recurrent": "orthogonal", "bias": "zeros", "rho": gain}
    return model, model.init(np.random.default_rng(seed), **scheme)


def examine(model, params, rate, batch):
    """Four arrays (L,) at these parameters: the spread of h, ‖gradient of the weights‖, the ratio of the next update to
    them, the saturated share; and the loss."""
    (step,) = train(model, params, [batch], Adam(rate))
    norms = [
        np.sqrt(sum((g[n].astype(float) ** 2).sum() for n in g if n.startswith("W_"))) for g in step.grads["layers"]
    ]
    run = model.forward(params, batch[0], batch[2]).run
    ratios = flow.update_ratios(params["layers"], step.params["layers"])
    return (flow.spread(run), np.array(norms), ratios, flow.saturation(run)), step.loss


@functools.lru_cache(maxsize=64)
def at_start(cell, depth, kind, gain, rate):
    """What `examine` says before training."""
    return examine(*start(cell, depth, kind, gain, 0), RATES[rate], utterances()[-1])


def at_default(cell, depth, kind, seed, rate=3e-3):
    """The same four arrays for the library's default start, that of the stored experiments."""
    net = DeepRNN(CELLS.get(cell, cell), 12, H, depth, dtype=np.float32, **KINDS[kind])
    model = Model(net, CLASSES, at="last_step")
    return examine(model, model.init(np.random.default_rng(seed)), rate, utterances()[-1])[0]


@functools.lru_cache(maxsize=32)
def trained(cell, depth, kind, gain, rate):
    """What `examine` says after 0, 1, ... MOST updates."""
    model, params = start(cell, depth, kind, gain, 0)
    stages = [params]
    for step in train(model, params, utterances()[:MOST], Adam(RATES[rate]), clip_norm=1.0):
        stages.append(step.params)
        hand.rest()
    measured = []
    for p in stages:
        measured.append(examine(model, p, RATES[rate], utterances()[-1]))
        hand.rest()
    return measured


class Checkup(Explorer):
    """Gradient, update and saturation of every layer, before training and after a few updates on Japanese Vowels."""

    def controls(self):
        return {
            "depth": integer("depth L, layers", 8, 1, 8),
            "cell": choice("cell", "LSTM", list(CELLS)),
            "kind": choice("kind of stack", "plain", list(KINDS)),
            "gain": real("recurrent gain", 1.0, 0.5, 1.5, 0.1),
            "rate": choice("learning rate", "0.003", list(RATES)),
            "updates": integer("updates made", 3, 0, MOST),
        }

    def admit(self, cell):
        if cell.late:
            raise ValueError(f"cell: expected one that layer norm can stand before, got {cell!r}, with a late product")
        super().admit(cell)

    def scene(self):
        return Scene()

    situations = (
        ("eight plain layers", {}, "The spread of the output shrinks from layer to layer: the top layer says "
        "nearly the "
         "same to all utterances."),
        ("one layer", {"depth": 1}, "Nothing to cross: spread, gradient and update are of a healthy size."),
        ("residual", {"kind": "residual"}, "The same eight layers, each added to what it reads: every layer's output "
         "differs between utterances."),
        ("rate too high", {"rate": "0.1", "cell": "tanh RNN"}, "Updates as large as the weights, and units that "
         "saturate after a few of them."),
    )  # fmt: skip
    examined = None

    def sketch(self, scene, depth, cell, kind, gain, rate, updates):
        """The network before training alone: the updates take their time."""
        if not updates or self.examined == (depth, cell, kind, gain, rate):
            return None
        return self.picture_of(scene, depth, cell, kind, gain, rate, 0)

    def prepare(self, depth, cell, kind, gain, rate, updates):
        trained(cell, depth, kind, gain, rate)

    def show(self, scene, depth, cell, kind, gain, rate, updates):
        self.examined = depth, cell, kind, gain, rate
        return self.picture_of(scene, depth, cell, kind, gain, rate, updates)

    def picture_of(self, scene, depth, cell, kind, gain, rate, updates):
        before, loss = at_start(cell, depth, kind, gain, rate)
        now, later = trained(cell, depth, kind, gain, rate)[updates] if updates else (before, loss)
        scene.update(before, now, f"{cell}, {depth} layers, {kind}, {updates} updates: {diagnosis(now)}")
        return (
            f"Loss on a batch {loss:.3g} at the start, {later:.3g} now (guessing: ln 9 = 2.20). Spread of the top "
            f"layer's output <b>{now[0][-1]:.2g}</b>, of the lowest's {now[0][0]:.2g}. Gradient, top layer over "
            "lowest "
            f"{now[1][-1] / now[1][0]:.2g}. Update to weight, largest {now[2].max():.2g}. Saturated, worst layer "
            f"{now[3].max():.0%}."
        )


def diagnosis(measures):
    """The most telling symptom, in a few words."""
    spread, norms, ratios, shares = measures
    if shares.max() > 0.3:
        return "saturated"
    if ratios.max() > 0.05:
        return "updates too large"
    if spread[-1] < 0.01:
        return "the top layer says the same to all"
    if norms.max() > 10 * norms.min():
        return "gradients of very different size"
    return "no symptom" if ratios.max() > 1e-3 else "updates too small"
