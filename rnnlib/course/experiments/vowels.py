"""Claim 7, convolutions are limited where lengths vary: Japanese Vowels, 7 to 29 steps long.

Convolutions that pool over time, the most or the mean of each feature, take any length; so does a GRU. A convolution
as for images, of one fixed length, gets every utterance padded to 29 steps with zeros and is not told where it ends.
All are trained on the utterances as they are. They are then read also at lengths that training did not have.
"""

import numpy as np

from ...data import Sequences, japanese_vowels, padded_batches, standardise
from ...model import Model
from ...neighbours import Chain, Convolution, Pooling
from ...stack import DeepRNN
from .depth import EPOCHS, B
from .solve import fitted, widest
from .store import tuned

QUESTION = "Nine speakers, utterances of 7 to 29 steps: do convolutions suffer from lengths that vary more than a GRU?"

BUDGET, T, RATES = 10_000, 29, (1e-3, 3e-3, 1e-2, 3e-2)
RELU = {"dtype": np.float32, "nonlinearity": "relu"}


def pooled(kind):
    """Two causal convolutions of 5 steps, and the most or the mean over the whole utterance."""
    return lambda C: Chain([Convolution(12, C, 5, **RELU), Convolution(C, C, 5, **RELU),
                            Pooling(C, kind, dtype=np.float32)])  # fmt: skip


def fixed(C):
    """For 29 steps, no more and no less: 25 of C features, the most of each three, and all 9 that remain at once."""
    return Chain([Convolution(12, C, 5, causal=False, **RELU), Pooling(C, "max", 3, dtype=np.float32),
                  Convolution(C, C, 9, causal=False, **RELU)])  # fmt: skip


NETS = {
    "GRU": lambda H: DeepRNN("gru", 12, H, 1, dtype=np.float32),
    "GRU, 2 layers": lambda H: DeepRNN("gru", 12, H, 2, dtype=np.float32),
    "convolutions, max": pooled("max"),
    "convolutions, mean": pooled("mean"),
    "convolutions, fixed length": fixed,
    "convolution + GRU": lambda H: Chain([Convolution(12, H, 5, **RELU), DeepRNN("gru", H, H, dtype=np.float32)]),
}
ARMS = [{"net": net} for net in NETS]
GRID = [arm | {"lr": tuned("vowels_tuning", arm, lambda r: r["loss"], RATES)} for arm in ARMS]
SEEDS = 10


def every_second(speech):
    """Every second step dropped: twice as fast."""
    return Sequences(speech.xs[::2], speech.labels, (speech.lengths + 1) // 2)


def every_twice(speech):
    """Every step twice: half as fast."""
    return Sequences(np.repeat(speech.xs, 2, axis=0), speech.labels, 2 * speech.lengths)


def first_half(speech):
    """The second half cut off."""
    lengths = (speech.lengths + 1) // 2
    real = np.arange(len(speech.xs))[:, None, None] < lengths[:, None]
    return Sequences(np.where(real, speech.xs, np.float32(0)), speech.labels, lengths)


LENGTHS = {
    "as they are": lambda speech: speech,
    "twice as fast": every_second,
    "half as fast": every_twice,
    "first half": first_half,
}


def of_fixed_length(speech):
    """(xs, labels) of T steps: what is longer is cut, what is shorter padded with zeros."""
    xs = np.zeros((T, *speech.xs.shape[1:]), speech.xs.dtype)
    steps = min(T, len(speech.xs))
    xs[:steps] = speech.xs[:steps]
    return xs, speech.labels


def run_one(config, seed):
    """Training loss in nats, and accuracy on the test utterances at each of LENGTHS."""
    train, test = standardise(*(japanese_vowels(split, np.float32) for split in ("train", "test")))
    net = widest(NETS[config["net"]], 9, BUDGET)
    model = Model(net, 9, at="last_step")
    form = of_fixed_length if config["net"].endswith("fixed length") else tuple
    weights, order = np.random.default_rng(seed).spawn(2)
    start = model.init(weights)
    batches = (form(Sequences(*batch)) for batch in padded_batches(train, B, order, EPOCHS))
    params, losses = fitted(model, start, batches, config["lr"])
    result = {"loss": float(np.mean(losses[-len(train.labels) // B :]))}
    for name, change in LENGTHS.items():
        xs, labels, *lengths = form(change(test))
        result[name] = float((model.predict(params, xs, *lengths).argmax(1) == labels).mean())
    return result | {"parameters": net.num_params + (net.output_size + 1) * 9}
