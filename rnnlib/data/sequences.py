"""Sequences of different lengths in one array: padding, standardising, batching."""

from typing import NamedTuple

import numpy as np

from .. import check


class Sequences(NamedTuple):
    """N labelled sequences, padded with zeros to the longest.

    xs (T, N, D): sequence i is xs[:lengths[i], i];  labels (N,): integers from 0;  lengths (N,): 1..T
    """

    xs: np.ndarray
    labels: np.ndarray
    lengths: np.ndarray


def valid(sequences):
    """(T, N) booleans: True at a real step, False on padding."""
    return np.arange(len(sequences.xs))[:, None] < sequences.lengths


def standardise(train, *others):
    """Bring each channel of `train` to mean 0 and standard deviation 1, and apply the same map to `others`.

        x ← (x − μ) / σ,    μ, σ (D,) over the real steps of `train` alone

    Padding is neither counted nor moved from zero. The test set must not tell us its own μ and σ: it is
    handed in as one of `others`. A channel that never changes is only centred. Returns one Sequences per
    argument, always in a tuple; the arguments stay as they were. TypeError where one is no Sequences, ValueError where
    its shapes do not agree or the others have another D.
    """
    train = _sequences("train", train)
    others = [_sequences(f"others[{i}]", other, train.xs.shape[2]) for i, other in enumerate(others)]
    steps = train.xs[valid(train)]  # (Σ lengths, D)
    mean, deviation = steps.mean(0), steps.std(0)
    deviation[deviation == 0] = 1
    return tuple(s._replace(xs=(s.xs - mean) / deviation * valid(s)[:, :, None]) for s in (train, *others))


def padded_batches(sequences, B, rng=None, epochs=1):
    """Yield (xs (T, b, D), labels (b,), lengths (b,)), T trimmed to the longest sequence of that batch.

    Every sequence is used exactly once per epoch: b = B, except that the last batch of an epoch takes what
    remains. With an `rng` the order is drawn anew for every epoch; without, it is the stored order.
    TypeError where sequences is no Sequences, ValueError where B or epochs is below 1.
    """
    xs, labels, lengths = _sequences("sequences", sequences)
    B, epochs = check.size("B", B), check.size("epochs", epochs)
    if rng is not None:
        check.generator("rng", rng)

    def batches():  # apart, so that bad input is refused at the call and not at the first batch
        for _ in range(epochs):
            order = np.arange(len(labels)) if rng is None else rng.permutation(len(labels))
            for i in range(0, len(order), B):
                pick = order[i : i + B]
                yield xs[: lengths[pick].max(), pick], labels[pick], lengths[pick]

    return batches()


def _sequences(name, value, D=None):
    check.instance(name, value, Sequences, "Sequences(xs, labels, lengths)")
    xs = check.array(f"{name}.xs", value.xs, [("T", None), ("N", None), ("D", D)], finite=True)
    labels = check.integers(f"{name}.labels", value.labels, [("N", xs.shape[1])], 0, np.inf)
    return Sequences(xs, labels, check.integers(f"{name}.lengths", value.lengths, [("N", xs.shape[1])], 1, len(xs)))
