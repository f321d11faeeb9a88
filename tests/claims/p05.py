"""Numbers behind notebook 05 that no cell prints, or prints for one draw alone."""

import numpy as np

from rnnlib import DeepRNN, flow
from rnnlib.course.experiments import adding, load, patience, select
from rnnlib.course.explore.gates import memory

SEEDS = range(10)


def half_lives(bias, drive, scale):
    """The lowest, the median and the highest of ten seeds."""
    lives = [np.log(2) / -flow.decay_rate(memory(bias, drive, scale, seed)) for seed in SEEDS]
    return min(lives), np.median(lives), max(lives)


def inputs_alone():
    """At forget bias 3 and drive 3, without recurrent weights; and by the bias alone."""
    return *half_lives(3, 3.0, 0), np.log(2) / np.log1p(np.exp(-3))


def recurrent_weights():
    """At forget bias 3 and drive 3, with them."""
    return half_lives(3, 3.0, 1)


def growing_under_drive():
    """In how many of ten seeds the factor still grows at bias 5, at drive 0 and at drive 3."""
    return [sum(flow.decay_rate(memory(5, drive, 1.0, seed)) > 0 for seed in SEEDS) for drive in (0.0, 3.0)]


def weight_gradients_down():
    """‖dW_hh‖ at the bottom over that at the top of 8 LSTM layers, forget bias 0: lowest, median, highest."""
    found = []
    for seed in SEEDS:
        net = DeepRNN("lstm", 8, 32, 8)
        weights, noise = np.random.default_rng(seed).spawn(2)
        params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", forget_bias=0)
        xs, dhs = noise.standard_normal((60, 4, 8)), np.zeros((60, 4, 32))
        dhs[-1] = noise.standard_normal((4, 32))
        grads = net.backward(params, net.forward(params, xs), dhs).params
        found.append(np.linalg.norm(grads[0]["W_hh"]) / np.linalg.norm(grads[-1]["W_hh"]))
    return min(found), np.median(found), max(found)


def rates_inside_their_grid():
    """The chosen rates of tanh, IRNN, LSTM, GRU; the ends of the grid; how many tuning runs of tanh got there."""
    got = sum(u is not None for u in select(load("adding_tuning"), "updates", cell="tanh"))
    return [*adding.BEST.values(), min(adding.RATES), max(adding.RATES), got]


def errors_at_the_end():
    """tanh at T = 30 after 3,000 updates: the least, the ninth and the largest error; at T = 60 and 120 the least."""
    runs = load("adding")
    scores = sorted(select(runs, "score", cell="tanh", T=30))
    later = [min(select(runs, "score", cell="tanh", T=T)) for T in (60, 120)]
    return scores[0], scores[8], scores[9], *later


def longer_training():
    """tanh at T = 30: of ten the number that gets there, the first and the last of them, for both rates."""
    found = []
    for rate in patience.RATES:
        got = [u for u in select(load("patience"), "updates", lr=rate) if u is not None]
        found += [len(got), min(got), max(got)]
    return found


def times_slower():
    """The median updates of tanh (rate 0.001, T = 30) over those of IRNN, LSTM and GRU."""
    runs = load("adding")
    tanh = np.median([u for u in select(load("patience"), "updates", lr=0.001) if u is not None])
    return [tanh / np.median(select(runs, "updates", cell=cell, T=30)) for cell in ("IRNN", "LSTM", "GRU")]


def best_of_the_old_grid():
    """What the tuning runs needed at the rate 0.01, the old edge, and at the chosen one: LSTM, then GRU, medians."""
    runs = load("adding_tuning")
    return [
        np.median(select(runs, "updates", cell=cell, lr=rate))
        for cell in ("LSTM", "GRU")
        for rate in (0.01, adding.BEST[cell])
    ]
