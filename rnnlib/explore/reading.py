"""Reading layers: single units of a character model over source code, and the regime of a two-scale chain."""

import numpy as np

from .. import data, probes
from ..markov import TwoScale
from ..model import Model
from ..stack import DeepRNN
from ..viz.gates import ColouredText
from ..viz.reading import Regime
from .base import Explorer, choice, integer


def source_model(seed=9):
    """(model, params, alphabet, text) of an untrained 3-layer LSTM of 32 units: the control."""
    alphabet, text = data.Alphabet(data.python_excerpt("all")), "def f(a, b):\n    return [a, 'b (c)']  # ok\n\n\n" * 20
    model = Model(DeepRNN("lstm", len(alphabet), 32, 3, dtype=np.float32), len(alphabet))
    return model, model.init(np.random.default_rng(seed), forget_bias=1), alphabet, text


class UnitReader(Explorer):
    """One unit of one layer over a source text. Units are ranked for a label on the first half of the text and scored
    on the second, so that a unit is not judged by the text that chose it."""

    def __init__(self, model=None, params=None, alphabet=None, text=None, **settings):
        if model is None:
            model, params, alphabet, text = source_model()
        self.text, self.labels, half = text, probes.source_labels(text), len(text) // 2
        self.states = probes.layer_states(model, params, alphabet.encode(text), len(alphabet))
        scores = {k: [probes.unit_scores(s[:half], y[:half]) for s in self.states] for k, y in self.labels.items()}
        self.order = {k: [np.argsort(-u, kind="stable") for u in units] for k, units in scores.items()}
        self.chosen = scores
        self.scored = {k: [probes.unit_scores(s[half:], y[half:]) for s in self.states] for k, y in self.labels.items()}
        super().__init__(**settings)

    def controls(self):
        size, end = ColouredText.rows * ColouredText.columns, len(self.text)
        last = max(64, (end - size) // 64 * 64)
        return {
            "layer": integer("layer", 1, 1, len(self.states)),
            "rank": integer("unit, by its rank", 0, 0, self.states[0].shape[1] - 1),
            "label": choice("ranked for", "in a string", list(self.labels)),
            "colour": choice("colour shows", "the unit", ["the unit", "the label"]),
            "place": integer("from character", min(last, end // 2 // 64 * 64), 0, last, 64),
        }

    def scene(self):
        return ColouredText()

    def show(self, scene, layer, rank, label, colour, place):
        unit = int(self.order[label][layer - 1][rank])
        chosen, scored = self.chosen[label][layer - 1], self.scored[label][layer - 1]
        part = slice(place, place + scene.rows * scene.columns)
        if colour == "the unit":
            values = self.states[layer - 1][:, unit]
            high = max(float(np.abs(values).max()), 1e-12)
            title = f"Layer {layer}, unit {unit}, rank {rank} for “{label}”: it scores {scored[unit]:.2f}"
            scene.update(self.text[part], values[part], -high, high, title, "h")
        else:
            values = self.labels[label]
            title = f"The label “{label}”, as Python's tokenizer has it"
            scene.update(self.text[part], values[part], 0, max(float(values.max()), 1.0), title, "label")
        return (
            f"|correlation| of unit {unit} with “{label}”: <b>{scored[unit]:.2f}</b> on the second half of the text; "
            f"{chosen[unit]:.2f} on the first half, which gave it its rank. Median of this layer's units on the "
            f"second half: {np.median(scored):.2f}."
        )


class RegimeReader(Explorer):
    """A linear probe of one layer against the Bayes posterior, along sequences that nobody has trained on."""

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
        r2 = probes.r_squared(self.posterior[part, 20:], reading[part, 20:])
        return f"R² of this layer's reading with the Bayes posterior, over 20 sequences: <b>{r2:.3f}</b>."


def probe_reading(hs, target, fit=20):
    """(T, B): least-squares reading of `target` from hs (T, B, H), fitted on the first `fit` sequences, step 50 on."""
    w, b = probes.least_squares(hs[50:, :fit].reshape(-1, hs.shape[2]), target[50:, :fit].ravel())
    return hs @ w + b
