"""Numbers behind notebook 03 that no cell prints, or prints for one draw alone."""

import functools

import numpy as np

import rnnlib
from rnnlib import data
from rnnlib.course.experiments import load, select, twenty

MODEL = rnnlib.Model(rnnlib.DeepRNN("gru", 12, 32, dtype=np.float32), 9, at="last_step")


@functools.cache
def speech():
    """(the 216 utterances to learn from, the 54 of the validation, all 270, the 370 of the test)"""
    train, test = data.standardise(*(data.japanese_vowels(split, np.float32) for split in ("train", "test")))
    fifth = np.arange(270) % 5 == 4
    fit, check = (
        data.Sequences(train.xs[:, chosen], train.labels[chosen], train.lengths[chosen]) for chosen in (~fifth, fifth)
    )
    return fit, check, train, test


def right(model, params, sequences):
    return model.predict(params, sequences.xs, sequences.lengths).argmax(1) == sequences.labels


def by_heart():
    """60 updates on 30 utterances, five seeds: the largest loss, the least share of the 30 that is right, the least
    and the largest share of the other 240."""
    train, seen, found = speech()[2], np.arange(270) % 9 == 0, []
    few = train.xs[:, ::9], train.labels[::9], train.lengths[::9]
    for seed in range(5):
        start = MODEL.init(np.random.default_rng(seed))
        *_, last = rnnlib.train(MODEL, start, [few] * 60, rnnlib.Adam(0.01), clip_norm=1.0)
        hits = right(MODEL, last.params, train)
        found.append((last.loss, hits[seen].mean(), hits[~seen].mean()))
    losses, those, others = zip(*found)
    return max(losses), min(those), min(others), max(others)


def trained_at(optimizer, clip_norm, seeds):
    """Mean loss of the last 120 of 240 updates, the share that is clipped, validation accuracy; a row per seed."""
    fit, check, _, _ = speech()
    for seed in seeds:
        rng = np.random.default_rng(seed)
        start, batches = MODEL.init(rng), data.padded_batches(fit, 27, rng, epochs=30)
        steps = list(rnnlib.train(MODEL, start, batches, optimizer, clip_norm=clip_norm))
        late, clipped = np.mean([s.loss for s in steps[120:]]), np.mean([s.clipped for s in steps])
        yield late, clipped, right(MODEL, steps[-1].params, check).mean()


def too_large_a_rate():
    """η = 0.3, five seeds: the least and the largest mean loss, the least and the largest share clipped."""
    late, clipped, _ = zip(*trained_at(rnnlib.Adam(0.3), 1.0, range(5)))
    return min(late), max(late), min(clipped), max(clipped)


def plain_descent():
    """SGD(0.3), three seeds: the largest mean loss, the least accuracy."""
    late, _, accuracy = zip(*trained_at(rnnlib.SGD(0.3), None, range(3)))
    return max(late), min(accuracy)


def tanh_beside_gru():
    """Right of 370 in the test after 240 updates, three seeds: tanh least and most, GRU least and most."""
    _, _, train, test = speech()
    found = []
    for cell in ("rnn", "gru"):
        model, hits = rnnlib.Model(rnnlib.DeepRNN(cell, 12, 32, dtype=np.float32), 9, at="last_step"), []
        for seed in range(3):
            rng = np.random.default_rng(seed)
            start, batches = model.init(rng), data.padded_batches(train, 27, rng, epochs=24)
            *_, last = rnnlib.train(model, start, batches, rnnlib.Adam(0.01), clip_norm=1.0)
            hits.append(right(model, last.params, test).sum())
        found += [min(hits), max(hits)]
    return found


def live(**config):
    """(how many of ten seeds get there, the first, the last)"""
    got = [u for u in select(load("twenty"), "updates", **config) if u is not None]
    return [len(got), min(got, default=0), max(got, default=0)]


def live_rates():
    return [n for rate in (3e-4, 3e-3, 1e-2) for n in live(cell="gru", lr=rate)]


def live_unclipped():
    return live(cell="gru", lr=0.1)


def live_tanh():
    return [*live(cell="rnn", lr=3e-3), twenty.UPDATES]


def softmax_gradient():
    """The largest difference between dy of the library and (p - one-hot) / B."""
    rng = np.random.default_rng(0)
    ys, targets = rng.standard_normal((5, 9)), rng.integers(0, 9, 5)
    p = np.exp(ys) / np.exp(ys).sum(1, keepdims=True)
    _, dys = rnnlib.Model(rnnlib.DeepRNN("rnn", 3, 4), 9, at="last_step").loss_and_dys(ys, targets)
    return np.abs(dys - (p - np.eye(9)[targets]) / 5).max()


def adam_formula():
    """The largest difference between three updates of the library and of the page's formula."""
    rng, n = np.random.default_rng(1), 0
    w, optimizer = {"w": rng.standard_normal(6)}, rnnlib.Adam(0.01)
    by_hand, m, v, moments, off = w["w"], 0, 0, optimizer.init(w), 0.0
    for n in (1, 2, 3):
        g = rng.standard_normal(6)
        w, moments = optimizer.update(w, {"w": g}, moments)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        by_hand = by_hand - 0.01 * (m / (1 - 0.9**n)) / (np.sqrt(v / (1 - 0.999**n)) + 1e-8)
        off = max(off, np.abs(by_hand - w["w"]).max())
    return off


def perplexity():
    """e to the loss that was stored: 1.49 nats."""
    return np.exp(1.49)
