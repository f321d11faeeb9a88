"""Numbers behind notebook 00 that no cell prints: all from stored runs."""

import numpy as np

from rnnlib.course.experiments import hook, load, select


def updates_at_twenty():
    """Two layers of tanh, T = 20: how many of ten learn it, the first and the last; the rate of all runs."""
    got = select(load("hook"), "updates", cell="rnn", T=20)
    return len(got), min(got), max(got), hook.RATE


def accuracies_at_eighty():
    """Two layers of tanh, T = 80: the least and the largest held-out accuracy of ten."""
    scores = select(load("hook"), "score", cell="rnn", T=80)
    return min(scores), max(scores)


def lstm_at_eighty():
    """Two layers of LSTM, T = 80: how many of ten learn it, the first and the last of them."""
    got = [u for u in select(load("hook"), "updates", cell="lstm", T=80) if u is not None]
    return len(got), min(got), max(got)


def parameters():
    """W_xh, W_hh and b_h together for D = 6, H = 32; the loss where the second symbol alone is known."""
    return 6 * 32 + 32 * 32 + 32, np.log(2)


def losses():
    """−ln p for the right one of four pairs by guessing, and of two where the second symbol is known."""
    return -np.log(1 / 4), -np.log(1 / 2)
