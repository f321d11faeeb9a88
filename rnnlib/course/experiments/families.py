"""The families that notebook 11 compares, at one number of parameters, and how they are trained on a symbolic task."""

import functools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...model import Model
from ...neighbours import Attention, Chain, Convolution, LinearRecurrence, Transformer
from ...stack import DeepRNN
from ...train import Adam, train

BUDGET = 20_000  # parameters with the read-out
F32 = np.float32


class Family(NamedTuple):
    """make : (input_size, width, dtype=) -> net.  step : the width is a multiple of it.  start : arguments of init."""

    make: Callable
    step: int = 1
    start: dict | None = None


def recurrent(cell):
    return lambda D, H, dtype=F32: DeepRNN(cell, D, H, dtype=dtype)


def attentive(D, H, dtype=F32):
    return Chain([DeepRNN("gru", D, H, dtype=dtype), Attention(H, H, dtype=dtype)])


def convolutions(D, H, dtype=F32):
    """Five, with dilations 1, 2, 4, 8, 16: a receptive field of 63 steps."""
    first = Convolution(D, H, 3, nonlinearity="relu", dtype=dtype)
    rest = [Convolution(H, H, 3, dilation=r, nonlinearity="relu", residual=True, dtype=dtype) for r in (2, 4, 8, 16)]
    return Chain([first, *rest])


def linear(kind, L):
    return lambda D, H, dtype=F32: LinearRecurrence(kind, D, H, num_layers=L, dtype=dtype)


FAMILIES = {
    "tanh": Family(recurrent("rnn"), start={"recurrent": "orthogonal"}),
    "LSTM": Family(recurrent("lstm"), start={"forget_bias": 1}),
    "GRU": Family(recurrent("gru")),
    "GRU + attention": Family(attentive),
    "Transformer": Family(lambda D, H, dtype=F32: Transformer(D, H, 2, dtype=dtype), step=2),
    "convolutions": Family(convolutions),
    "minGRU": Family(linear("mingru", 3)),
    "LRU": Family(linear("lru", 2)),
}


@functools.lru_cache(maxsize=64)
def width(name, D, V, budget=BUDGET):
    """The largest width whose net and read-out have together at most `budget` parameters."""
    family, H = FAMILIES[name], FAMILIES[name].step
    while family.make(D, H + family.step).num_params + (H + family.step + 1) * V <= budget:
        H += family.step
    return H


def build(name, task, budget=BUDGET):
    """(Model, its start) of a family for a task."""
    D, V = task.input_size, task.output_size
    net = FAMILIES[name].make(D, width(name, D, V, budget))
    return Model(net, V, task.loss, task.at), FAMILIES[name].start or {}


def learn(model, start, tasks, lr, seed, *, most, B, held_out, every=100, solved=0.995):
    """Train on batches of `tasks`, a function of an rng that gives the task of the next batch, until two checks in a
    row on the held-out task have at least `solved` of the questions right, or for `most` updates.

    Returns (parameters, {"updates": at the first of these two checks, None if there are none, "score": the last one}).
    """
    weights, drawn, fresh = np.random.default_rng(seed).spawn(3)
    params, score, first = model.init(weights, **start), None, None
    xs, targets = held_out.batch(fresh, 512, F32)
    batches = (tasks(drawn).batch(drawn, B, F32) for _ in range(most))
    try:
        for step in train(model, params, batches, Adam(lr), clip_norm=1.0):
            params = step.params
            if step.index % every == 0:
                score = held_out.score(model.predict(params, xs), targets)
                if score < solved:
                    first = None
                elif first is None:
                    first = step.index
                else:
                    return params, {"updates": first, "score": score}
    except FloatingPointError:
        return params, {"updates": None, "score": score, "overflow": True}
    return params, {"updates": first, "score": score}


def at_the_end(task, model, params, rng, N=1000):
    """The share of N fresh sequences of a task that is right at its last step."""
    xs, targets = task.batch(rng, N, F32)
    return float((model.predict(params, xs)[-1].argmax(-1) == targets[-1]).mean())
