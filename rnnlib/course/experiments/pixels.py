"""Claims 7 and 10, convolutions extract local features, and their features serve a recurrent net: digits by pixel.

An 8×8 digit is read as 64 steps of one pixel. Two pixels that touch vertically are eight steps apart, which is what
16 kernels of eight steps bring together. Recurrence, convolution, and convolution below recurrence have as many
parameters; the GRU that reads row by row is the easy reference.
"""

import numpy as np

from ...data import digits
from ...model import Model
from ...neighbours import Chain, Convolution, Pooling
from ...stack import DeepRNN
from .solve import fitted, widest
from .store import tuned

QUESTION = "Digits pixel by pixel: what do convolutions add to recurrence, and recurrence to convolutions?"

BUDGET, EPOCHS, B, RATES = 5300, 25, 32, (1e-3, 3e-3, 1e-2, 3e-2)
WAYS = {"dtype": np.float32, "causal": False, "nonlinearity": "relu"}


def gru(D, L):
    return lambda H: DeepRNN("gru", D, H, L, dtype=np.float32)


def below_gru(L):
    """16 kernels of 8 steps, stride 4: 15 steps of 16 features for the GRU above."""
    return lambda H: Chain([Convolution(1, 16, 8, stride=4, **WAYS), gru(16, L)(H)])


def convolutions(C):
    """16 kernels of 8, then twice C kernels of 5 on what max-pooling leaves, and the most of each over time."""
    layers = [Convolution(1, 16, 8, **WAYS), Pooling(16, "max", 2, dtype=np.float32)]
    layers += [Convolution(16, C, 5, **WAYS), Pooling(C, "max", 2, dtype=np.float32)]
    return Chain([*layers, Convolution(C, C, 5, **WAYS), Pooling(C, "max", dtype=np.float32)])


NETS = {
    "GRU": gru(1, 1),
    "GRU, 2 layers": gru(1, 2),
    "convolution + GRU": below_gru(1),
    "convolution + GRU, 2 layers": below_gru(2),
    "convolutions": convolutions,
    "GRU by rows": gru(8, 1),
}
ARMS = [{"net": net} for net in NETS]
GRID = [arm | {"lr": tuned("pixels_tuning", arm, lambda r: r["loss"], RATES)} for arm in ARMS]
SEEDS = 10


def sequences(split, D, blank=0):
    """(xs (64 / D, N, D), labels): D pixels a step, so many blank rows of pixels before the first."""
    images, labels = digits(split, np.float32)
    images = np.pad(images, ((0, 0), (blank, 0), (0, 0)))
    return images.reshape(len(labels), -1, D).transpose(1, 0, 2).copy(), labels


def shuffled(xs, labels, rng):
    """Batches of B, each digit once an epoch; the few that remain wait for the next."""
    for _ in range(EPOCHS):
        for pick in rng.permutation(len(labels))[: len(labels) // B * B].reshape(-1, B):
            yield xs[:, pick], labels[pick]


def run_one(config, seed):
    """Training loss in nats, accuracy on the test digits, and on the same a row of blank pixels later."""
    net = widest(NETS[config["net"]], 10, BUDGET)
    model = Model(net, 10, at="last_step")
    weights, order = np.random.default_rng(seed).spawn(2)
    start = model.init(weights)
    xs, labels = sequences("train", net.input_size)
    params, losses = fitted(model, start, shuffled(xs, labels, order), config["lr"])
    test, late = (sequences("test", net.input_size, blank) for blank in (0, 1))
    right = [float((model.predict(params, x).argmax(1) == y).mean()) for x, y in (test, late)]
    return {
        "loss": float(np.mean(losses[-len(labels) // B :])),
        "test_accuracy": right[0],
        "late_accuracy": right[1],
        "parameters": net.num_params + (net.output_size + 1) * 10,
    }
