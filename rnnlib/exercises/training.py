"""Checks for the exercises on deep stacks that do not train: each runs the real stack and names the likely mistake."""

import numpy as np

from ..explore.checkup import CELLS, KINDS, Model, at_default, utterances
from ..stack import DeepRNN
from ..train import Adam, train


def check_remedy(kind):
    """Train an 8-layer LSTM of this kind for 60 updates on Japanese Vowels: does it learn?"""
    if kind is None:
        return "not tried yet"
    if kind not in KINDS:
        return f"kind: one of {', '.join(KINDS)}"
    model = Model(DeepRNN(CELLS["LSTM"], 12, 32, 8, dtype=np.float32, **KINDS[kind]), 9, at="last_step")
    batches, losses = (utterances(15) * 4)[:60], []
    for step in train(model, model.init(np.random.default_rng(0)), batches, Adam(3e-3), clip_norm=1.0):
        losses.append(step.loss)
    late = float(np.mean(losses[-15:]))
    spread = at_default("LSTM", 8, kind, 0)[0][-1]
    if late < 1.0:
        return f"right: {kind}, spread {spread:.1g} at the top, a loss below 1 after 60 updates"
    return f"{kind}: spread {spread:.1g} at the top, loss still above 1 after 60 updates (guessing: 2.20)"


def check_measure(spread):
    """`spread(hs)` of last outputs (B, H): root mean square over units of the standard deviation over sequences."""
    hs = np.random.default_rng(8).standard_normal((6, 5)) * [1, 2, 3, 4, 5] + 7
    answer = spread(hs.copy())
    if answer is None:
        return "not tried yet"
    right = np.sqrt((hs.std(0) ** 2).mean())
    wrong = {
        "that is the spread over units: the deviation goes over sequences, axis 0": np.sqrt((hs.std(1) ** 2).mean()),
        "the mean was not taken off: an output that is the same for all has no spread": np.sqrt((hs**2).mean()),
        "one deviation over all entries mixes units with sequences": hs.std(),
        "the mean of the deviations; asked for is the root of the mean square": hs.std(0).mean(),
    }
    if np.ndim(answer):
        return "one number is expected"
    if np.isclose(answer, right):
        return "right"
    return next((text for text, value in wrong.items() if np.isclose(answer, value)), "not yet")
