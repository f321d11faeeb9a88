"""Reading layers: single units of a character model over source code, and the regime of a two-scale chain."""

import numpy as np

from ... import data
from ...model import Model
from ...stack import DeepRNN
from .. import probes
from ..markov import TwoScale
from ..viz.gates import ColouredText
from ..viz.reading import Regime
from .base import Explorer, choice, integer


def source_model(seed=9):
    """(model, params, alphabet, text) of an untrained 3-layer LSTM of 32 units: the control."""
    alphabet, text = data.Alphabet(data.python_excerpt("all")), "def f(a, b):\n    return [a, 'b (c)']  # ok\n\n\n" * 20
    model = Model(DeepRNN("lstm", len(alphabet), 32, 3, dtype=np.float32), len(alphabet))
    return model, model.init(np.random.default_rng(seed), forget_bias=1), alphabet, text


class UnitReader(Explorer):
    """One unit of one layer over a text, or the unit that follows a label best; any text that Python can read."""

    own = True

    situations = (
        (
            "lowest layer",
            {},
            "Colour follows the label where the unit has learned it: where does it switch on and off?",
        ),
        ("brackets", {"label": "in brackets"}, "The best unit for another label: is it the same unit?"),
        ("a middling unit", {"unit": 16}, "Most units follow no label: this is what the best one is chosen from."),
    )

    def __init__(self, model=None, params=None, alphabet=None, text=None, **settings):
        if model is None:
            model, params, alphabet, text = source_model()
        self.text, self.labels = text, probes.source_labels(text)
        self.states = probes.layer_states(model, params, alphabet.encode(text), len(alphabet))
        self.scores = {k: [probes.unit_scores(s, y) for s in self.states] for k, y in self.labels.items()}
        super().__init__(**settings)

    def controls(self):
        size = ColouredText.rows * ColouredText.columns
        return {
            "layer": integer("layer", 1, 1, len(self.states)),
            "unit": integer("unit, by rank", 0, 0, self.states[0].shape[1] - 1),
            "label": choice("ranked by", "in a string", list(self.labels)),
            "place": integer("from character", 0, 0, max(64, (len(self.text) - size) // 64 * 64), 64),
        }

    def scene(self):
        return ColouredText()

    def show(self, scene, layer, unit, label, place):
        score = self.scores[label][layer - 1]
        chosen = int(np.argsort(-score, kind="stable")[unit])
        values = self.states[layer - 1][:, chosen]
        part = slice(place, place + scene.rows * scene.columns)
        high = max(float(np.abs(values).max()), 1e-12)
        scene.update(
            self.text[part], values[part], -high, high, f"Layer {layer}, unit {chosen}: rank {unit} for “{label}”", "h"
        )
        return (
            f"|correlation| of this unit with “{label}”: <b>{score[chosen]:.2f}</b>, over the whole text; best in "
            f"this layer {score.max():.2f}, median {np.median(score):.2f}. Chosen and scored on the same text, so "
            "too good: the notebook scores on another part."
        )


class RegimeReader(Explorer):
    """A linear probe of one layer against the Bayes posterior, along sequences that nobody has trained on."""

    own = True

    situations = (
        ("lowest layer", {"layer": 1}, "How often does the reading jump with a single symbol?"),
        ("top layer", {}, "Does the reading keep the regime through symbols that speak against it?"),
    )

    def __init__(self, model=None, params=None, **settings):
        chain = TwoScale()
        if model is None:
            model = Model(DeepRNN("lstm", chain.K, 24, 3, dtype=np.float32), chain.K)
            params = model.init(np.random.default_rng(9))
        symbols, self.regimes = chain.draw(np.random.default_rng(99), Regime.steps + 50, 40)
        self.posterior, _ = chain.bayes(symbols)
        run = model.forward(params, data.one_hot(symbols, chain.K, np.float32)).run
        self.readings = [probe_reading(layer.hs.astype(float), self.posterior) for layer in run.layers]
        super().__init__(**settings)

    def controls(self):
        return {
            "layer": integer("layer", len(self.readings), 1, len(self.readings)),
            "sequence": integer("sequence", 0, 0, 19),
        }

    def scene(self):
        return Regime()

    def show(self, scene, layer, sequence):
        reading, k = self.readings[layer - 1], 20 + sequence
        part = slice(50, None)
        scene.update(
            self.regimes[part, k], self.posterior[part, k], reading[part, k], f"Layer {layer}, sequence {sequence}"
        )
        known = self.posterior[part, 20:]
        r2 = 1 - ((known - reading[part, 20:]) ** 2).mean() / known.var()
        return f"R² of this layer's reading with the Bayes posterior, over 20 sequences: <b>{r2:.3f}</b>."


def probe_reading(hs, target, fit=20):
    """(T, B): least-squares reading of `target` from hs (T, B, H), fitted on the first `fit` sequences, step 50 on."""
    read = probes.fit_linear(hs[50:, :fit].reshape(-1, hs.shape[2]), target[50:, :fit].ravel())
    return read(hs)
