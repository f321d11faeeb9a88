"""Numbers behind notebook 02 that no cell prints, or prints for one draw alone."""

import functools

import numpy as np

from rnnlib import explore
from rnnlib.explore import truncation

SEEDS = range(10)


def fading():
    """The gradient's norm at the last of 40 steps over that at the first, ten networks: least and most."""
    found = []
    for seed in SEEDS:
        net, params, xs, dhs = truncation.problem(40, seed=seed)
        last = np.zeros_like(dhs)
        last[-1] = dhs[-1]
        norms = np.linalg.norm(net.backward(params, net.forward(params, xs), last).hs[0][[0, -1], 0], axis=-1)
        found.append(norms[1] / norms[0])
    return min(found), max(found)


@functools.cache
def errors(gain):
    """(10, 2, 60): the relative errors of chopping and of looking back, k = 1 ... 60."""
    found = []
    for seed in SEEDS:
        net, params, xs, dhs = truncation.problem(60, gain, seed=seed)
        lags, _ = truncation.lag_gradients(net, params, xs, dhs)
        back = np.cumsum([truncation.vector(g) for g in lags], axis=0)
        windows = [truncation.window_gradients(net, params, xs, dhs, k) for k in range(1, 61)]
        chop = np.array([sum(map(truncation.vector, w)) for w in windows])
        found.append([truncation.compare(g, chop[-1])[1] for g in (chop, back)])
    return np.array(found)


def chopped():
    """Error of chopping at k = 4 and k = 16, gain 0.9: least and most each; at k = 16, gain 0.5: least and most."""
    four, sixteen, half = errors(0.9)[:, 0, 3], errors(0.9)[:, 0, 15], errors(0.5)[:, 0, 15]
    return four.min(), four.max(), sixteen.min(), sixteen.max(), half.min(), half.max()


def power_of_chopping():
    """The power of k with which the error of chopping goes: least and most."""
    k = np.arange(2, 31)
    powers = [np.polyfit(np.log(k), np.log(e[0, 1:30]), 1)[0] for e in errors(0.9)]
    return min(powers), max(powers)


def smallest_windows():
    """The smallest k with an error below 0.1: chopping, least and most; looking back, least and most."""
    chop, back = ((errors(0.9)[:, cut] < 0.1).argmax(1) + 1 for cut in (0, 1))
    return chop.min(), chop.max(), back.min(), back.max()


def wrong_signs():
    """The weights, from -2 to 2 in steps of 0.01, at which step 3 alone has the sign of the total wrong: the ends of
    the two stretches."""
    ws = np.arange(-200, 201) / 100
    wrong = []
    for w in ws:
        _, _, uses, dhs, *_ = explore.bptt.three_steps(w)
        wrong.append((dhs @ uses) * (dhs[2] * uses[2]) < 0)
    found = ws[np.array(wrong)]
    return found[found < 0].min(), found[found < 0].max(), found[found > 0].min(), found[found > 0].max()


def kept_states():
    """Megabytes of T = 1000 states, B = 32, H = 256, 8 bytes a number."""
    return 1000 * 32 * 256 * 8 / 1e6
