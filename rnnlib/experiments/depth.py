"""Depth against trainability on real speech, for two cells and four kinds of stack."""

import numpy as np

from ..data import japanese_vowels, padded_batches, standardise
from ..model import Model
from ..stack import DeepRNN
from ..train import Adam, train
from .store import tuned

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
    """Train for EPOCHS on all 270 utterances, then measure: training loss in nats, training and test accuracy,
    and the first epoch whose mean loss is below 0.5 (None if there is none)."""
    speech, test = standardise(*(japanese_vowels(split, np.float32) for split in ("train", "test")))
    net = DeepRNN(config["cell"], 12, HIDDEN, config["L"], dtype=np.float32, **VARIANTS[config["variant"]])
    model = Model(net, 9, at="last_step")
    weights, order = np.random.default_rng(seed).spawn(2)
    params, losses = model.init(weights), []
    for step in train(model, params, padded_batches(speech, B, order, EPOCHS), Adam(config["lr"]), clip_norm=1.0):
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
