"""What decides the claims of notebook 03b: its loop, from five starts."""

from functools import cache

import numpy as np

from rnnlib import DeepRNN, Model, data
from rnnlib.course.exercises import solutions

STARTS = range(33, 38)


def gradients(p, xs, labels, lengths):
    hs, last = forward(p, xs, lengths)
    dys = solutions.cross_entropy_backward(last @ p["W_hy"] + p["b_y"], labels)
    dhs = np.zeros_like(hs[1:])
    dhs[lengths - 1, np.arange(len(lengths))] = dys @ p["W_hy"].T
    g = solutions.padded_backward(dhs, xs, hs, lengths, p["W_xh"], p["W_hh"])
    return {n: g[n] for n in ("W_xh", "W_hh", "b_h")} | {"W_hy": last.T @ dys, "b_y": dys.sum(axis=0)}


def forward(p, xs, lengths):
    hs = [np.zeros((len(lengths), len(p["b_h"])))]
    for t, x in enumerate(xs, 1):
        h = np.tanh(x @ p["W_xh"] + hs[-1] @ p["W_hh"] + p["b_h"])
        hs.append(np.where((t <= lengths)[:, None], h, hs[-1]))
    return np.array(hs), hs[-1]


@cache
def trained(seed, clip, adam):
    """(share of test utterances that are told apart, clipped updates)."""
    speech, test = data.standardise(data.japanese_vowels(), data.japanese_vowels("test"))
    start = Model(DeepRNN("rnn", 12, 24), 9, at="last_step").init(np.random.default_rng(seed), recurrent="orthogonal")
    p, clipped = {**start["layers"][0], "W_hy": start["W_hy"], "b_y": start["b_y"]}, 0
    moments = {name: (np.zeros_like(v), np.zeros_like(v)) for name, v in p.items()}
    for n, batch in enumerate(data.padded_batches(speech, 27, np.random.default_rng(seed + 1), epochs=15), 1):
        g = gradients(p, *batch)
        if clip:
            clipped += sum((v**2).sum() for v in g.values()) > 1
            g = dict(zip(g, solutions.clip_by_global_norm(list(g.values()), 1.0)))
        for name in p:
            if adam:
                p[name], *moments[name] = solutions.adam_step(p[name], g[name], *moments[name], n, 0.01)
            else:
                p[name] = p[name] - 0.1 * g[name]
    ys = forward(p, test.xs, test.lengths)[1] @ p["W_hy"] + p["b_y"]
    return (ys.argmax(axis=1) == test.labels).mean(), clipped


def adam_and_clipping():
    return [trained(seed, True, True)[0] for seed in STARTS] + [trained(STARTS[0], True, True)[1]]


def without_one_of_them():
    shares = [trained(seed, False, True)[0] for seed in STARTS]
    return shares + [trained(seed, True, False)[0] for seed in STARTS]
