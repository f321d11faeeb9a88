"""What several experiments share: how wide a stack of a given size is, and how many updates until a task is solved."""

import functools

import numpy as np

from ...model import Model
from ...stack import DeepRNN
from ...train import Adam, train


@functools.lru_cache(maxsize=64)
def width(cell, D, L, V, budget):
    """The largest H whose L layers on D inputs and read-out of V outputs have together at most `budget` parameters."""
    H = 1
    while DeepRNN(cell, D, H + 1, L).num_params + (H + 2) * V <= budget:
        H += 1
    return H


def updates_to_solve(task, start, lr, seed, *, most, B=32, every=50, clip_norm=1.0, solved=None, held_out=None, **net):
    """{"updates": how many until the held-out score reaches its bar, None if never, "score": the last one}.

    start : arguments of `net.init`.  solved : the bar, for cross_entropy the share of 512 held-out sequences that are
    right (at least 0.99), for mse the mean squared error (at most the bar).  held_out : the task that they are drawn
    from, if not `task`.  net : arguments of DeepRNN, cell first.
    """
    stack = DeepRNN(net.pop("cell"), task.input_size, dtype=np.float32, **net)
    model = Model(stack, task.output_size, task.loss, task.at)
    weights, batches, fresh = np.random.default_rng(seed).spawn(3)
    params = model.init(weights, **start)
    xs, targets = (held_out or task).batch(fresh, 512, np.float32)
    right = task.loss == "cross_entropy"
    bar, score = solved or 0.99, None
    try:
        for step in train(model, params, task.batches(batches, B, np.float32), Adam(lr), clip_norm=clip_norm):
            if step.index % every == 0:
                ys = model.predict(step.params, xs)
                score = float((ys.argmax(-1) == targets).mean() if right else ((ys - targets) ** 2).mean())
                if score >= bar if right else score <= bar:
                    return {"updates": step.index, "score": score}
            if step.index >= most:
                break
    except FloatingPointError:
        return {"updates": None, "score": score, "overflow": True}
    return {"updates": None, "score": score}


def widest(net_of, V, budget):
    """The net of the largest width, from 1 up, that has with its read-out of V outputs at most `budget` parameters.

    net_of : width -> net.
    """

    def size(net):
        return net.num_params + (net.output_size + 1) * V

    H = 1
    while size(net_of(H + 1)) <= budget:
        H += 1
    return net_of(H)


def fitted(model, params, batches, lr):
    """(params, losses) after Adam has seen every batch, the norm of its gradient clipped at 1."""
    losses = []
    for step in train(model, params, batches, Adam(lr), clip_norm=1.0):
        params = step.params
        losses.append(step.loss)
    return params, losses
