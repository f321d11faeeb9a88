"""Depth against trainability on real speech, for two cells and four kinds of stack."""

import numpy as np

from ...data import japanese_vowels, padded_batches, standardise
from ...model import Model
from ...stack import DeepRNN
from ...train import Adam, train
from ..stats import median_interval
from .store import select, tuned

QUESTION = "Up to which depth does a stack learn to tell nine speakers apart: plain, residual, input skip, layer norm?"

VARIANTS = {
    "plain": {},
    "residual": {"residual": True},
    "input skip": {"skip_input": True},
    "layer norm": {"layer_norm": True},
}
CELLS, DEPTHS, RATES, HIDDEN, EPOCHS, B = ("lstm", "rnn"), (1, 2, 4, 6, 8), (1e-3, 3e-3, 1e-2), 32, 24, 27
ARMS = [
    {"cell": cell, "variant": variant, "L": L}
    for cell in CELLS
    for variant in VARIANTS
    for L in DEPTHS
    if not (L == 1 and variant in ("residual", "input skip"))  # both join layers
]
GRID = [arm | {"lr": tuned("depth_tuning", arm, lambda r: r["loss"], RATES)} for arm in ARMS]
SEEDS = 10


def run_one(config, seed):
    """What `train_once` says of a stack of this cell, kind and depth."""
    return train_once(config["cell"], config["L"], config["lr"], seed, VARIANTS[config["variant"]])


def train_once(cell, L, lr, seed, options, start=None, utterances=270, hidden=HIDDEN):
    """Train for EPOCHS, then measure: training loss in nats, training and test accuracy, and the first epoch whose
    mean loss is below 0.5 (None if there is none).

    options : of DeepRNN.  start : of init.  utterances : how many of the 270 to train on, drawn by the seed.
    hidden : H.
    """
    speech, test = standardise(*(japanese_vowels(split, np.float32) for split in ("train", "test")))
    net = DeepRNN(cell, 12, hidden, L, dtype=np.float32, **options)
    model = Model(net, 9, at="last_step")
    weights, order, thin = np.random.default_rng(seed).spawn(3)
    if utterances < len(speech.labels):
        pick = order.permutation(len(speech.labels))[:utterances]
        speech = speech._replace(xs=speech.xs[:, pick], labels=speech.labels[pick], lengths=speech.lengths[pick])
    params, losses = model.init(weights, **(start or {})), []
    batches = padded_batches(speech, B, order, EPOCHS)
    for step in train(model, params, batches, Adam(lr), clip_norm=1.0, rng=thin if net.dropout else None):
        params = step.params
        losses.append(step.loss)
    epochs = np.reshape(losses, (EPOCHS, -1)).mean(1)
    right = [float((model.predict(params, s.xs, s.lengths).argmax(1) == s.labels).mean()) for s in (speech, test)]
    below = np.flatnonzero(epochs < 0.5)
    return {
        "loss": float(model.evaluate(params, speech.xs, speech.labels, speech.lengths)),
        "train_accuracy": right[0],
        "test_accuracy": right[1],
        "epoch": int(below[0]) + 1 if len(below) else None,
        "first_epoch_loss": float(epochs[0]),
    }


NAMES = {"lstm": "LSTM", "rnn": "tanh RNN"}


def over_depth(runs, value, variants, rng):
    """{cell's name: {variant: (3, X)}}: median over seeds of a result with its 95 % interval, over DEPTHS; nan where
    there is no such stack."""

    def rows(cell, variant, L):
        if not any(a == {"cell": cell, "variant": variant, "L": L} for a in ARMS):
            return np.full(3, np.nan)
        return median_interval(np.array([select(runs, value, cell=cell, variant=variant, L=L)]), rng)[:, 0]

    return {
        name: {variant: np.array([rows(cell, variant, L) for L in DEPTHS]).T for variant in variants}
        for cell, name in NAMES.items()
    }
