"""Where does the network that reads splice junctions at the centre look? And is the look more than wishful?

The look at a window is the gradient, by its one-hot bases, of the right junction's score above the mean of the other
two. At each step the mean over the four bases is taken away, for only a change from one base to another can happen, and
an equal part in all four changes nothing (Majdandzic et al. 2023). What the gradient says is how the score would begin
to change if a little of one base became another, here, all else equal; not what the network would do without it.

The same is read from a network as it was drawn, and from one trained on labels that were dealt out anew.
"""

import numpy as np

from ...data.genes import JUNCTIONS, parts, splice_windows
from .genes import EPOCHS, fit, one_hot, window
from .genes import GRID as READERS

QUESTION = "Which bases does a trained reader of splice junctions look at, and an untrained or a misled one?"

NETS = ("trained", "untrained", "labels shuffled")
READER = next(c for c in READERS if (c["net"], c["training"]) == ("centre", "centred"))
GRID = [{"of": net, "lr": READER["lr"]} for net in NETS]
SEEDS = 10


def shuffled(labels, rng):
    return rng.permutation(labels)


def look(model, params, xs, label):
    """(steps, n, 4): the gradient of z_label - mean of the other z by xs (steps, n, 4), its mean over bases removed."""
    run = model.forward(params, xs)
    dys = np.full_like(run.ys, -1 / (run.ys.shape[1] - 1))
    dys[:, label] = 1
    dhs = np.zeros_like(run.run.hs)
    each = np.arange(xs.shape[1])
    for steps, units in run.ends:
        dhs[steps, each, units] = (dys @ params["W_hy"].T)[:, units]
    by_base = model.net.backward(params["layers"], run.run, dhs).xs
    return by_base - by_base.mean(-1, keepdims=True)


def run_one(config, seed):
    """For "EI" and "IE", over the test windows of that class: the mean look (steps, 4), and the share (steps,) of its
    norm that each step has, the mean over windows."""
    rng = np.random.default_rng(seed)
    windows = splice_windows()
    split = parts(windows, rng)
    change = shuffled if config["of"] == "labels shuffled" else None
    epochs = 0 if config["of"] == "untrained" else EPOCHS
    model, params, _ = fit(READER | {"lr": config["lr"]}, windows, split, rng, change, epochs)
    test = windows.take(split["test"])
    result = {}
    for name in ("EI", "IE"):
        label = JUNCTIONS.index(name)
        by_base = look(model, params, one_hot(window(test.bases[:, test.labels == label])), label)
        norms = np.linalg.norm(by_base, axis=-1)
        result[name] = {
            "look": np.round(by_base.mean(1), 4).tolist(),
            "share": np.round((norms / norms.sum(0)).mean(1), 5).tolist(),
        }
    return result
