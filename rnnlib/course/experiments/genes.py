"""Splice junctions: does it matter how many layers a network has, or by which way the evidence reaches the answer?

A window is 50 of the 60 bases that the file has, so that it can be moved by up to five bases and remain DNA. The
evidence lies in its middle. A linear model weighs each base at its place; a two-directional GRU is read at its ends,
25 steps from the evidence, at its centre, or by the most of each unit over all steps. Each is trained on windows with
the junction in the middle ("centred") or up to five bases beside it ("moved"), and read on windows that it has not
seen: as they are, moved by k bases, and with up to ten bases cut off at either end.

Every seed draws a split of its own, by families: an interval over seeds is one over networks and over test windows.
"""

import numpy as np

from ...data.genes import parts, splice_windows
from ...model import Model
from ...neighbours import Chain, Convolution, Pooling
from ...stack import DeepRNN
from ...train import Adam, train
from .solve import widest
from .store import tuned

QUESTION = "Splice junctions: what do layers give, and what the place where the answer is read?"

STEPS, SHIFTS, CUT, B, BUDGET = 50, (1, 2, 3, 5), 10, 64, 5000
EPOCHS, PATIENCE = 25, 8
RATES = {"linear": (1e-3, 3e-3, 1e-2, 3e-2), "net": (3e-3, 1e-2, 3e-2)}
F32 = {"dtype": np.float32}


class AtCentre(DeepRNN):
    """A two-directional stack whose answer is read in the middle of the sequence."""

    def ends(self, last):
        """Both directions at the middle step: together they have read everything."""
        return [(last // 2, slice(None))]


def stack(kind, L):
    return lambda H: kind("gru", 4, H, L, bidirectional=True, **F32)


def pooled(H):
    """The most of each unit over all steps: read wherever the evidence is."""
    return Chain([stack(DeepRNN, 1)(H), Pooling(2 * H, "max", **F32)])


def convolutions(C):
    """Two convolutions of nine bases, and the most of each feature over all steps."""
    relu = {"causal": False, "nonlinearity": "relu", **F32}
    return Chain([Convolution(4, C, 9, **relu), Convolution(C, C, 9, **relu), Pooling(C, "max", **F32)])


NETS = {
    "linear": None,
    "ends": stack(DeepRNN, 1),
    "ends, 3 layers": stack(DeepRNN, 3),
    "centre": stack(AtCentre, 1),
    "centre, 3 layers": stack(AtCentre, 3),
    "most": pooled,
    "convolutions": convolutions,
}
TRAINING = ("centred", "moved")
ARMS = [{"net": net, "training": training} for net in NETS for training in TRAINING]


def rates(arm):
    return RATES["linear" if arm["net"] == "linear" else "net"]


GRID = [arm | {"lr": tuned("genes_tuning", arm, lambda r: r["validation_loss"], rates(arm))} for arm in ARMS]
SEEDS = 10


def model_of(name):
    """The network with its read-out; of the linear model one kernel as long as the window, with no read-out more."""
    if NETS[name] is None:
        return Model(Convolution(4, 3, STEPS, causal=False, **F32), None, at="last_step")
    return Model(widest(NETS[name], 3, BUDGET), 3, at="last_step")


def window(bases, shift=0):
    """STEPS of the 60 bases (60, n), the junction `shift` steps later than in the middle; a shift, or one for each."""
    first = (len(bases) - STEPS) // 2 - np.broadcast_to(shift, bases.shape[1])
    return np.take_along_axis(bases, first + np.arange(STEPS)[:, None], axis=0)


def moved(bases, rng):
    """Windows with the junction up to five steps beside the middle, drawn for each."""
    most = max(SHIFTS)
    return window(bases, rng.integers(-most, most + 1, bases.shape[1]))


def cut(bases, rng):
    """(xs (STEPS, n, 4), lengths (n,)): from 0 to CUT bases less at either end, so that the junction is anywhere."""
    inner = window(bases)
    begin, end = rng.integers(0, CUT + 1, (2, bases.shape[1]))
    lengths = STEPS - begin - end
    steps = np.minimum(begin + np.arange(STEPS)[:, None], STEPS - 1)
    real = np.arange(STEPS)[:, None] < lengths
    return one_hot(np.take_along_axis(inner, steps, axis=0)) * real[..., None], lengths


def one_hot(bases):
    return np.eye(4, dtype=np.float32)[bases]


def right(model, params, xs, labels, lengths=None):
    """Share of windows that are named right; the linear model, which knows no lengths, reads padding as no base."""
    lengths = lengths if model.reads_out else None
    return float((model.predict(params, xs, lengths).argmax(1) == labels).mean())


def fit(config, windows, split, rng, change=None, epochs=EPOCHS):
    """(model, parameters, loss): those of the epoch with the lowest validation loss, over `epochs` or until it has not
    fallen for PATIENCE of them.

    change : what the training labels become; then there is nothing to validate, and the last epoch's are kept.
    """
    model = model_of(config["net"])
    weights, order, shifts, labels = rng.spawn(4)
    params = model.init(weights)
    learned, checked = (windows.take(split[name]) for name in ("train", "validation"))
    targets = learned.labels if change is None else change(learned.labels, labels)

    def seen(bases, rng):
        return one_hot(window(bases) if config["training"] == "centred" else moved(bases, rng))

    held = seen(checked.bases, np.random.default_rng(0))
    batches_of_epoch = len(targets) // B

    def batches():
        for _ in range(epochs):
            for pick in order.permutation(len(targets))[: batches_of_epoch * B].reshape(-1, B):
                yield seen(learned.bases[:, pick], shifts), targets[pick]

    best, least, since = params, np.inf, 0
    for step in train(model, params, batches(), Adam(config["lr"]), clip_norm=1.0):
        if step.index % batches_of_epoch == 0:
            loss = model.evaluate(step.params, held, checked.labels)
            since += 1
            if loss < least or change is not None:
                best, least, since = step.params, loss, 0
            if since == PATIENCE:
                break
    return model, best, least


def run_one(config, seed):
    """Validation loss in nats of the epoch that is kept, and shares right on the test windows."""
    rng = np.random.default_rng(seed)
    windows = splice_windows()
    split = parts(windows, rng)
    model, params, loss = fit(config, windows, split, rng)
    test = windows.take(split["test"])
    at = {k: right(model, params, one_hot(window(test.bases, k)), test.labels) for k in (0, *SHIFTS)}
    back = {k: right(model, params, one_hot(window(test.bases, -k)), test.labels) for k in SHIFTS}
    xs, lengths = cut(test.bases, rng)
    return {
        "validation_loss": round(loss, 5),
        "accuracy": at[0],
        "moved": [float(np.mean([at[k], back[k]])) for k in SHIFTS],
        "cut": right(model, params, xs, test.labels, lengths),
        "parameters": model.net.num_params + (model.net.output_size + 1) * 3 * model.reads_out,
    }
