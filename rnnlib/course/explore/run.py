"""Run: one training of a small stack that may be interrupted anywhere, and measured in between.

Parameters are values and change together with the losses, in one assignment: whatever interrupts, they are the old
ones or the new ones.
"""

import numpy as np

from ... import flow
from ...model import Model
from ...stack import DeepRNN
from ...train import Adam, train

CELLS = {"tanh RNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
H, B, PROBE, MOST = 32, 32, 48, 1000  # units, sequences of an update and of a measure, updates


class Run:
    """One training from its untrained network on: `params` and `losses` after the updates so far."""

    def __init__(self, task_of, seed, depth, length, cell):
        self.key, self.task = (depth, length, cell), task_of(length)
        net = DeepRNN(CELLS.get(cell, cell), self.task.input_size, H, depth, dtype=np.float32)
        self.model = Model(net, self.task.output_size, self.task.loss, self.task.at)
        weights, self.draws, probe = np.random.default_rng(seed).spawn(3)
        forget = {} if net.layers[0].cell.forget is None else {"forget_bias": 1}
        self.now = self.model.init(weights, bias="zeros", **forget), ()
        self.probe = self.task.batch(probe, PROBE, np.float32)
        self.steps = self.setting = self.first = self.known = None
        self.message = ""

    params = property(lambda self: self.now[0])
    losses = property(lambda self: self.now[1])

    @property
    def over(self):
        return len(self.losses) >= MOST or bool(self.message)

    def measure(self, count=PROBE):
        """(norms (L, T), gradient norm of each layer's weights (L,), score), on sequences kept for this. The score is
        the accuracy, or the mean squared error."""
        params, losses = self.now
        if self.known and self.known[0] == len(losses):
            return self.known[1]
        xs, targets = self.probe[0][:, :count], self.probe[1][:count]
        run = self.model.forward(params, xs)
        loss, dys = self.model.loss_and_dys(run.ys, targets)
        dhs = np.zeros_like(run.run.hs)
        dhs[-1] = dys @ params["W_hy"].T
        grad = self.model.net.backward(params["layers"], run.run, dhs)
        sizes = [np.sqrt(sum((p[n].astype(float) ** 2).sum() for n in ("W_xh", "W_hh"))) for p in grad.params]
        score = loss if self.task.loss == "mse" else (run.ys.argmax(-1) == targets).mean()
        measures = flow.norms(grad), np.array(sizes), float(score)
        if count == PROBE:
            self.known = len(losses), measures
            self.first = measures[1] if self.first is None else self.first
        return measures

    def update(self, rate, clip):
        """One update by `rnnlib.train`; False when there is nothing more to do."""
        if self.over:
            return False
        if self.setting != (rate, clip):
            batches = self.task.batches(self.draws, B, np.float32)
            self.steps = train(self.model, self.params, batches, Adam(rate), clip_norm=clip)
        self.setting = None  # an interrupt ends the generator: then the next update makes a new one
        try:
            step = next(self.steps)
        except FloatingPointError as e:
            self.message = f"Stopped: {e}."
            return False
        self.now = step.params, (*self.losses, step.loss)
        self.setting = rate, clip
        return True

    def words(self, score):
        if self.task.loss == "mse":
            return f"held-out squared error <b>{score:.3f}</b> (guessing {self.task.baseline:.3f})"
        return f"held-out accuracy <b>{score:.0%}</b> (guessing {1 / self.task.output_size:.0%})"
