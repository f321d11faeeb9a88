"""What three layers of a character LSTM carry, with the two controls: untrained, and linear."""

import ast
import functools

import numpy as np

from ... import data
from ...model import Model
from ...stack import DeepRNN
from ...train import Adam, train
from .. import probes
from ..probes import autocorrelation_time

QUESTION = "Do higher layers of a character model keep things longer, and which of it is there without training?"

KINDS = ("trained", "untrained", "linear")
L, HIDDEN, UPDATES, PROBED = 3, 48, 3000, 12000
GRID = [{"kind": kind} for kind in KINDS]
SEEDS = 10


@functools.lru_cache(maxsize=1)
def texts():
    """(alphabet, training codes, a whole module of the test text): cut where Python can read it."""
    alphabet = data.Alphabet(data.python_excerpt("all"))
    held_out = data.python_excerpt("test")
    lines, whole = held_out.splitlines(keepends=True), ""
    for n in range(len(lines), 0, -1):
        whole = "".join(lines[:n])
        if len(whole) <= PROBED and lines[n : n + 1] and lines[n][:1].strip():
            try:
                ast.parse(whole)
                break
            except SyntaxError:
                continue
    return alphabet, alphabet.encode(data.python_excerpt("train")), whole


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
    """Per layer: autocorrelation time, steps until a typo's trace has halved, R² of linear probes and the score of the
    best single unit for four labels; and the loss in bits per character."""
    alphabet, _, text = texts()
    model, params = network(config["kind"], seed)
    codes, labels = alphabet.encode(text), probes.source_labels(text)
    states = probes.layer_states(model, params, codes, len(alphabet))
    half = len(codes) // 2
    typo = probes.typo_distance(model, params, codes, len(alphabet), np.random.default_rng(99))
    xs = data.one_hot(codes[:-1], len(alphabet), model.dtype)[:, None]
    result = {
        "bits": float(model.evaluate(params, xs, codes[1:, None]) / np.log(2)),
        "autocorrelation": [float(t) for t in autocorrelation_time(np.array([s[:2000] for s in states]))],
        "typo": [probes.steps_to_fall(curve) for curve in typo],
        "typo_curve": [[float(f"{d:.3g}") for d in curve / curve.max()] for curve in typo],
    }
    for name, label in labels.items():
        if label[:half].std() > 0 and label[half:].std() > 0:
            pairs = [((s[:half], label[:half]), (s[half:], label[half:])) for s in states]
            result[f"probe, {name}"] = [probes.linear_probe(*pair) for pair in pairs]
            result[f"unit, {name}"] = [probes.best_unit(s, label)[1] for s in states]
    return result
