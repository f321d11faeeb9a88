"""What a synthetic task is: a source of sequences, and how their answers are scored. The tasks are in `tasks`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from . import check


@dataclass(frozen=True)
class Task:
    """A source of sequences and targets, in the form that `Model.loss_and_grads(params, xs, targets)` takes.

    loss, at                        xs          targets
    "cross_entropy", "each_step"    (T, B, D)   (T, B) integers in 0..V−1
    "cross_entropy", "last_step"    (T, B, D)   (B,) integers
    "mse", "each_step"              (T, B, D)   (T, B, V)
    "mse", "last_step"              (T, B, D)   (B, V)

    A task of D symbols gives xs as whole numbers (T, B) in 0..D−1, which stand for one-hot vectors. Where a step asks
    nothing, its target is the class `blank`; None where every target is a question. Its methods raise TypeError where
    rng is no Generator, ValueError where B is below 1 or a shape is another.
    """

    name: str
    T: int
    input_size: int  # D
    output_size: int  # V
    loss: str
    at: str
    baseline: float
    baseline_text: str
    draw: Callable = field(repr=False)  # (rng, B) -> xs, targets
    blank: int | None = None

    def batch(self, rng, B, dtype=np.float64):
        """Draw B fresh sequences: (xs, targets). The same seed gives the same sequences in every dtype."""
        check.generator("rng", rng)
        B, dtype = check.size("B", B), check.float_dtype("dtype", dtype)
        xs, targets = self.draw(rng, B)
        xs = xs.astype(np.int64 if xs.ndim == 2 else dtype)
        return xs, targets.astype(dtype if self.loss == "mse" else np.int64)

    def batches(self, rng, B, dtype=np.float64):
        """Batches without end, to be handed to `train`."""
        check.generator("rng", rng)
        B, dtype = check.size("B", B), check.float_dtype("dtype", dtype)
        return (self.batch(rng, B, dtype) for _ in count())

    def score(self, ys, targets):
        """Of a model's outputs ys: the share of the questions that is right (cross-entropy), or the mean squared error.

        A step whose target is `blank` is no question: it neither helps nor harms. Questions: at least one.
        """
        axes = [("T", None), ("B", None)] if self.at == "each_step" else [("B", None)]
        ys = check.array("ys", ys, [*axes, ("V", self.output_size)])
        axes = [(symbol, n) for (symbol, _), n in zip(axes, ys.shape)]
        if self.loss == "mse":
            targets = check.array("targets", targets, [*axes, ("V", self.output_size)], ys.dtype)
            return float(np.mean((ys - targets) ** 2))
        targets = check.integers("targets", targets, axes, 0, self.output_size - 1)
        asked = np.full(targets.shape, True) if self.blank is None else targets != self.blank
        if not asked.any():
            raise ValueError(f"targets: expected at least one question, got nothing but {self.blank}, the blank")
        return float((ys.argmax(-1) == targets)[asked].mean())
