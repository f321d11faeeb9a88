"""A stack on the two-scale chain: what each layer knows of the slow regime and of the fast symbol."""

import numpy as np

from ...data import one_hot
from ...model import Model
from ...stack import DeepRNN
from ...train import Adam, train
from ..markov import TwoScale
from ..probes import linear_probe

QUESTION = "In which layer does the slow regime of a two-scale chain lie, and how near does the stack come to Bayes?"

KINDS, CHAIN = ("trained", "untrained"), TwoScale()
L, HIDDEN, UPDATES, T, B = 3, 24, 1200, 100, 32
GRID = [{"cell": cell, "kind": kind} for cell in ("lstm", "rnn") for kind in KINDS]
SEEDS = 10


def network(cell, kind, seed, updates=UPDATES):
    """(model, params): next-symbol prediction, trained or not."""
    weights, order = np.random.default_rng(seed).spawn(2)
    model = Model(DeepRNN(cell, CHAIN.K, HIDDEN, L, dtype=np.float32), CHAIN.K)
    params = model.init(weights)
    if kind == "trained":

        def batches():
            while True:
                symbols, _ = CHAIN.draw(order, T + 1, B)
                yield one_hot(symbols[:-1], CHAIN.K, np.float32), symbols[1:]

        for step in train(model, params, batches(), Adam(3e-3), clip_norm=1.0):
            params = step.params
            if step.index == updates:
                break
    return model, params


def run_one(config, seed):
    """Nats per symbol beside the Bayes optimum, and per layer the R² of linear probes for the regime's posterior, the
    regime itself, and the last symbol, on sequences that neither training nor fitting has seen."""
    model, params = network(config["cell"], config["kind"], seed)
    symbols, regimes = CHAIN.draw(np.random.default_rng(10_000 + seed), 401, 40)
    posterior, nats = CHAIN.bayes(symbols)
    run = model.forward(params, one_hot(symbols[:-1], CHAIN.K, np.float32))
    loss, _ = model.loss_and_dys(run.ys, symbols[1:])
    use = slice(50, None)  # the posterior has settled
    targets = {
        "posterior": posterior[:-1][use],
        "regime": regimes[:-1][use].astype(float),
        "symbol": (symbols[:-1][use] == 0).astype(float),
    }
    result = {"nats": loss, "bayes": float(nats.mean())}
    for name, y in targets.items():
        result[name] = []
        for layer in run.run.layers:
            s = layer.hs[use].astype(float)
            (fit, y_fit), (test, y_test) = (
                (s[:, part].reshape(-1, s.shape[2]), y[:, part].ravel()) for part in (slice(0, 20), slice(20, 40))
            )
            result[name].append(linear_probe((fit, y_fit), (test, y_test)))
    y, p = targets["regime"][:, 20:].ravel(), targets["posterior"][:, 20:].ravel()
    result["regime by Bayes"] = float(1 - ((y - p) ** 2).mean() / y.var())
    return result
