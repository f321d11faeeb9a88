"""What a carried state is worth: a character model trained in windows of 32, with and without the past in front."""

import numpy as np

from ... import data
from ...model import Model
from ...stack import DeepRNN
from ...train import Adam, train

QUESTION = "How many bits per character does it save to begin each window of training in the state of the one before?"

H, T, B, UPDATES, RATE = 96, 32, 16, 1200, 0.007
GRID = [{"carry": carry} for carry in (False, True)]
SEEDS = 10


def run_one(config, seed):
    """Bits per character of a GRU on the test modules of the excerpt, read as long streams and in windows of T that
    each begin from nothing."""
    text, test = data.python_excerpt("train"), data.python_excerpt("test")
    alphabet = data.Alphabet(text + test)
    V, codes, codes_test = len(alphabet), alphabet.encode(text), alphabet.encode(test)
    model = Model(DeepRNN("gru", V, H, dtype=np.float32), V)
    weights, order = np.random.default_rng(seed).spawn(2)
    batches = data.text_batches(codes[:-40_000], V, T, B, order, np.float32, epochs=2)
    steps = train(model, model.init(weights), batches, Adam(RATE), clip_norm=1.0, carry_state=config["carry"])
    for step in steps:
        params = step.params
        if step.index == UPDATES:
            break
    streams = next(data.text_batches(codes_test, V, 1796, 32, dtype=np.float32))
    windows = [streams[0][k : k + T] for k in range(0, 1792, T)], [streams[1][k : k + T] for k in range(0, 1792, T)]
    anew = np.mean([model.evaluate(params, xs, targets) for xs, targets in zip(*windows)])
    return {"streams": model.evaluate(params, *streams) / np.log(2), "windows": float(anew) / np.log(2)}
