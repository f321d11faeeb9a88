"""Claim 1, stacking strengthens representation: 1, 2 and 3 layers of equal parameters on a character model."""

import functools

import numpy as np

from ... import data
from ...model import Model
from ...stack import DeepRNN
from ...train import Adam, train
from .solve import width
from .store import tuned

QUESTION = "At equal parameters and equal updates, do 2 or 3 layers predict Python's next character better than 1?"

CELLS, DEPTHS, RATES = ("rnn", "lstm", "gru"), (1, 2, 3), (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
BUDGET, UPDATES, T, B = 30_000, 1500, 50, 32  # parameters with the read-out, updates, steps and streams of a batch
ARMS = [{"cell": cell, "L": L} for cell in CELLS for L in DEPTHS]
GRID = [arm | {"lr": tuned("representation_tuning", arm, lambda r: r["bits"], RATES)} for arm in ARMS]
SEEDS = 10


@functools.lru_cache(maxsize=1)
def texts():
    """(alphabet, training codes, validation codes, test codes); the last 40,000 characters of training validate."""
    alphabet = data.Alphabet(data.python_excerpt("all"))
    codes = alphabet.encode(data.python_excerpt("train"))
    return alphabet, codes[:-40_000], codes[-40_000:], alphabet.encode(data.python_excerpt("test"))


def bits(model, params, codes, V):
    """Bits per character over a whole text, read by 16 streams from a zero state."""
    ((xs, targets),) = data.text_batches(codes, V, (len(codes) - 16) // 16, 16, dtype=np.float32)
    return float(model.evaluate(params, xs, targets) / np.log(2))


def run_one(config, seed, part="test"):
    """Bits per character on the test text, and on every 100 training batches, of a stack of BUDGET parameters."""
    alphabet, codes, validation, test = texts()
    V = len(alphabet)
    H = width(config["cell"], V, config["L"], V, BUDGET)
    weights, order = np.random.default_rng(seed).spawn(2)
    net = DeepRNN(config["cell"], V, H, config["L"], dtype=np.float32)
    model = Model(net, V)
    start = {"forget_bias": 1} if config["cell"] == "lstm" else {}
    params, losses = model.init(weights, **start), []
    for step in train(model, params, data.text_batches(codes, V, T, B, order, np.float32, epochs=6),
                      Adam(config["lr"]), clip_norm=1.0):  # fmt: skip
        params = step.params
        losses.append(step.loss)
        if step.index == UPDATES:
            break
    curve = (np.reshape(losses, (-1, 100)).mean(1) / np.log(2)).round(4).tolist()
    read = test if part == "test" else validation
    return {
        "bits": bits(model, params, read, V),
        "training_bits": curve[-1],
        "curve": curve,
        "H": H,
        "parameters": net.num_params + (H + 1) * V,
    }
