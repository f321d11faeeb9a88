"""What three layers of a character LSTM carry, with the two controls: untrained, and linear."""

import functools

import numpy as np

from .. import data, probes
from ..explore.states import autocorrelation_time
from ..model import Model
from ..stack import DeepRNN
from ..train import Adam, train

QUESTION = "Do higher layers of a character model keep things longer, and which of it is there without training?"

KINDS = ("trained", "untrained", "linear")
L, HIDDEN, UPDATES = 3, 48, 3000
PIECE = 2000  # characters per piece of text for the autocorrelation
GRID = [{"kind": kind} for kind in KINDS]
SEEDS = 10


@functools.lru_cache(maxsize=1)
def texts():
    """(alphabet, training codes, the test text): whole modules, so that Python can read it."""
    alphabet = data.Alphabet(data.python_excerpt("all"))
    return alphabet, alphabet.encode(data.python_excerpt("train")), data.python_excerpt("test")


def network(kind, seed, updates=UPDATES):
    """(model, params): a trained LSTM, the same untrained, or a tanh stack fed so faintly that tanh is the identity."""
    alphabet, codes, _ = texts()
    weights, order = np.random.default_rng(seed).spawn(2)
    if kind == "linear":
        model = Model(DeepRNN("rnn", len(alphabet), HIDDEN, L), len(alphabet))
        start = {"input": "orthogonal", "recurrent": "orthogonal", "bias": "zeros", "rho": 0.9}
        params = model.init(weights, **start)
        params["layers"][0]["W_xh"] *= 1e-9
        return model, params
    model = Model(DeepRNN("lstm", len(alphabet), HIDDEN, L, dtype=np.float32), len(alphabet))
    params = model.init(weights, forget_bias=1)
    if kind == "trained":
        batches = data.text_batches(codes, len(alphabet), 50, 32, order, np.float32, epochs=10)
        for step in train(model, params, batches, Adam(5e-3), clip_norm=1.0):
            params = step.params
            if step.index == updates:
                break
    return model, params


def run_one(config, seed):
    """Per layer: autocorrelation time, steps until a typo's trace has halved, and for four labels R² of a linear probe
    and the score of the best single unit, with what the same search finds by chance; the loss in bits per character."""
    alphabet, _, text = texts()
    model, params = network(config["kind"], seed)
    codes, labels = alphabet.encode(text), probes.source_labels(text)
    states = probes.layer_states(model, params, codes, len(alphabet))
    half, rng = len(codes) // 2, np.random.default_rng(99)
    typo = probes.typo_distance(model, params, codes, len(alphabet), rng)
    pieces = [np.array([s[k : k + PIECE] for s in states]) for k in range(0, len(codes) - PIECE, 4 * PIECE)]
    scores = states[-1] @ params["W_hy"] + params["b_y"]
    result = {
        "bits": float(model.loss_and_dys(scores[:-1, None], codes[1:, None])[0] / np.log(2)),
        "autocorrelation": [float(t) for t in np.mean([autocorrelation_time(p) for p in pieces], axis=0)],
        "typo": [probes.steps_to_fall(curve) for curve in typo],
        "typo_curve": [[float(f"{d:.3g}") for d in curve / curve.max()] for curve in typo],
    }
    for name, label in labels.items():
        pairs = [((s[:half], label[:half]), (s[half:], label[half:])) for s in states]
        found = [probes.best_unit(s, label) for s in states]
        result[f"probe, {name}"] = [probes.linear_probe(*pair) for pair in pairs]
        result[f"unit, {name}"] = [score for _, score in found]
        result[f"chosen here, {name}"] = [float(probes.unit_scores(s[:half], label[:half]).max()) for s in states]
        result[f"chance, {name}"] = [float(np.quantile(probes.chance_scores(s, label, rng), 0.95)) for s in states]
    return result
