"""How many updates a network needs until it solves a task: what several experiments ask."""

import numpy as np

from ..model import Model
from ..stack import DeepRNN
from ..train import Adam, train


def updates_to_solve(task, start, lr, seed, *, most, B=32, every=50, clip_norm=1.0, solved=None, **net):
    """{"updates": how many until the held-out score reaches its bar, None if never, "score": the last one}.

    start : arguments of `net.init`.  solved : the bar, for cross_entropy the share of 512 fresh sequences that are
    right (at least 0.99), for mse the mean squared error (at most the bar).  net : arguments of DeepRNN, cell first.
    """
    stack = DeepRNN(net.pop("cell"), task.input_size, dtype=np.float32, **net)
    model = Model(stack, task.output_size, task.loss, task.at)
    weights, batches, held_out = np.random.default_rng(seed).spawn(3)
    params = model.init(weights, **start)
    xs, targets = task.batch(held_out, 512, np.float32)
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
