"""Synthetic tasks: what must be remembered, for how long, and the score of whoever remembers nothing.

Each factory returns a `Task`. Its `baseline` is exact, in the units of its loss (nats for cross-entropy, mean
squared error otherwise), and a model has learned something only once it is clearly below that number. A size below
the bound that its docstring gives is a ValueError, and what is no whole number a TypeError.
"""

from math import log, sqrt
from statistics import NormalDist

import numpy as np

from . import check
from .data import digits, one_hot
from .task import Task


def adding(T):
    """Add the two marked numbers.   x_t = (u_t, m_t),  u_t ~ U[0, 1),  y = Σ_t m_t u_t at the last step.

    m_t is 1 at one step of the first half, 0..⌊T/2⌋−1, and at one of the second, else 0. Predicting 1 whatever
    comes leaves the variance of a sum of two uniforms, 2/12. (The 0.1767 that many papers print is a misprint.)
    Hochreiter and Schmidhuber 1997; marks as in Arjovsky et al. 2016.
    xs (T, B, 2), targets (B, 1); T ≥ 2, or a ValueError.
    """
    T = check.size("T", T, 2)

    def draw(rng, B):
        each = np.arange(B)
        xs = np.zeros((T, B, 2))
        xs[:, :, 0] = rng.random((T, B))
        xs[rng.integers(0, T // 2, B), each, 1] = 1
        xs[rng.integers(T // 2, T, B), each, 1] = 1
        return xs, (xs[:, :, 0] * xs[:, :, 1]).sum(0)[:, None]

    return Task("adding", T, 2, 1, "mse", "last_step", 1 / 6, "always predict 1, the mean of the sum", draw)


def copy_memory(T, n=10):
    """Remember n symbols over T blanks, then recite them.   Length T + 2n, 10 symbols, one-hot.

        step      0 … n−1       n … n+T−2    n+T−1        n+T … 2n+T−1
        input     n of 0..7     8 (blank)    9 (recite!)  8
        target    8             8            8            the n symbols, in order

    Who knows the time but remembers nothing is sure of the blanks and picks one of 8 in the last n steps:
    n ln 8 / (T + 2n) nats per step; ln 8 on the recited part alone.  Arjovsky et al. 2016.
    xs (T + 2n, B, 10), targets (T + 2n, B); T, n ≥ 1, or a ValueError.
    """
    T, n = check.size("T", T), check.size("n", n)
    length, blank, recite = T + 2 * n, 8, 9

    def draw(rng, B):
        symbols = rng.integers(0, 8, (n, B))
        inputs, targets = np.full((2, length, B), blank)
        inputs[:n], inputs[n + T - 1], targets[n + T :] = symbols, recite, symbols
        return one_hot(inputs, 10), targets

    text = "know the time, remember nothing: blanks for certain, then one of 8 at random"
    return Task("copy memory", length, 10, 10, "cross_entropy", "each_step", n * log(8) / length, text, draw, blank)


def temporal_order(T):
    """In which order did A and B come?   Six symbols A B c d e f, one-hot; 4 classes at the last step.

    One of {A, B} at a random step of [T/10, 2T/10), one at a step of [5T/10, 6T/10), elsewhere one of
    {c, d, e, f}; windows start at ⌊T/10⌋ and ⌊T/2⌋ and are ⌊T/10⌋ wide. The class is v_0 + 2 v_1, v = 0
    for A and 1 for B. Guessing costs ln 4; remembering only the second symbol costs ln 2, a real plateau.
    Hochreiter and Schmidhuber 1997; positions and classes as in the code of Pascanu et al. 2013.
    xs (T, B, 6), targets (B,); T ≥ 10, or a ValueError.
    """
    T = check.size("T", T, 10)
    first, second, width = T // 10, T // 2, T // 10

    def draw(rng, B):
        each = np.arange(B)
        symbols = rng.integers(2, 6, (T, B))
        v = rng.integers(0, 2, (2, B))
        symbols[first + rng.integers(0, width, B), each] = v[0]
        symbols[second + rng.integers(0, width, B), each] = v[1]
        return one_hot(symbols, 6), v[0] + 2 * v[1]

    return Task("temporal order", T, 6, 4, "cross_entropy", "last_step", log(4), "guess one of 4", draw)


def parity(T):
    """Is the number of ones so far odd?   y_t = x_1 ⊕ … ⊕ x_t,  x_t ∈ {0, 1} with equal odds, 2 classes.

    One bit of memory, but no input may be missed: one slip inverts every later answer. Train at T, test at 4
    to 10 times T. Without memory y_t is a fair coin, ln 2 nats.  xs (T, B, 1), targets (T, B); T ≥ 1, or a ValueError.
    """
    T = check.size("T", T)

    def draw(rng, B):
        bits = rng.integers(0, 2, (T, B))
        return bits[:, :, None], np.bitwise_xor.accumulate(bits, axis=0)

    return Task("parity", T, 1, 2, "cross_entropy", "each_step", log(2), "toss a coin", draw)


def s5(T):
    """Five places, two moves: where is the ball that began at place 0?   5 classes at each step, D = 2 symbols.

        y_t = move[x_t][y_{t−1}],  y_{−1} = 0      x_t = 0: round by one, i → i + 1 mod 5;  1: 0 and 1 change places

    Both moves have equal odds. Together they make up every permutation of five places, the group S5, which cannot be
    taken apart into commuting steps as parity can: each move must be applied in its turn. Every step is told its own
    place, so the supervision is dense. Who knows the time and the present move but remembers nothing is as unsure as
    one is of the place before, for a move is a permutation: mean over t of the entropy of y_{t−1}, near ln 5 for long
    T.  The word problem of S5, as in Merrill, Petty and Sabharwal 2024, but for one element.
    xs (T, B) whole numbers, targets (T, B); T ≥ 1, or a ValueError.
    """
    T = check.size("T", T)
    moves = np.array([[1, 2, 3, 4, 0], [1, 0, 2, 3, 4]])

    def draw(rng, B):
        xs = rng.integers(0, 2, (T, B))
        places = np.zeros((T + 1, B), int)
        for t in range(T):
            places[t + 1] = moves[xs[t], places[t]]
        return xs, places[1:]

    p, entropy = np.eye(5)[0], 0.0
    for _ in range(T):
        entropy -= float(p[p > 0] @ np.log(p[p > 0])) / T
        p = (p[np.argsort(moves[0])] + p[np.argsort(moves[1])]) / 2
    text = "know the time and the present move, forget the place"
    return Task("S5", T, 2, 5, "cross_entropy", "each_step", entropy, text, draw)


def associative_recall(pairs, queries=4, keys=32, values=None):
    """Look up what stood beside a key.   D = keys + values; a value, or "nothing asked", at each step.

        step      0 … pairs−1                        pairs … pairs+queries−1
        input     a key and its value, one-hot each  a key that was shown, and no value
        target    blank                              the value that stood beside that key

    Each key is shown at most once; values are drawn with equal odds, as many as keys if None. Value i is class i, and
    the blank is class `values`; `score` counts the queries alone, none of which comes twice. Who knows the time but
    remembers nothing pays ln values at each query, and who has kept the values but not their keys about ln pairs.
    After Arora et al. 2023 (Zoology), where key and value are two steps, not one.  T = pairs + queries, xs (T, B, D),
    targets (T, B); 1 ≤ queries ≤ pairs ≤ keys and values ≥ 2, or a ValueError.
    """
    keys = check.size("keys", keys)
    pairs = check.size("pairs", pairs, 1, keys)
    queries = check.size("queries", queries, 1, pairs)
    values = keys if values is None else check.size("values", values, 2)
    T = pairs + queries

    def draw(rng, B):
        each, t = np.arange(B), np.arange(T)[:, None]
        shown = rng.permuted(np.tile(np.arange(keys), (B, 1)), axis=1)[:, :pairs].T
        follow = rng.integers(0, values, (pairs, B))
        asked = rng.permuted(np.tile(np.arange(pairs), (B, 1)), axis=1)[:, :queries].T
        xs, targets = np.zeros((T, B, keys + values)), np.full((T, B), values)
        xs[t[:pairs], each, shown] = xs[t[:pairs], each, keys + follow] = 1
        xs[t[pairs:], each, shown[asked, each]] = 1
        targets[pairs:] = follow[asked, each]
        return xs, targets

    text, baseline = "know the time, remember nothing: one of the values at random", queries * log(values) / T
    name = "associative recall"
    return Task(name, T, keys + values, values + 1, "cross_entropy", "each_step", baseline, text, draw, values)


def echo(delay, T):
    """Say again what came `delay` steps ago.   y_t = x_{t−delay},  0 before the start;  x_t ~ U[−1, 1).

    A constant 0 pays the variance of x, 1/3, in the T − delay steps that have an echo, and nothing in the
    others: a mean squared error of (1 − delay/T) / 3.  After the delay line of Jaeger 2001.
    xs (T, B, 1), targets (T, B, 1); 0 ≤ delay < T, or a ValueError.
    """
    T = check.size("T", T)
    delay = check.size("delay", delay, 0, T - 1)

    def draw(rng, B):
        xs = rng.uniform(-1, 1, (T, B, 1))
        return xs, np.concatenate([np.zeros((delay, B, 1)), xs[: T - delay]])

    baseline = (1 - delay / T) / 3
    return Task("echo", T, 1, 1, "mse", "each_step", baseline, "always predict 0, the mean of x", draw)


def noise_padded_digits(noise_rows, split="train"):
    """Read a digit row by row, sit through noise, then name it.   8 inputs, T = 8 + noise_rows, 10 classes.

    Steps 0..7 are the rows of an 8×8 image in [0, 1], top first; the rest is noise from U[0, 1), new in every
    batch. No digit comes twice in a batch before all have come once, so `batch(rng, 510)` of split="test" is
    the whole test set. Baseline: the entropy of the split's labels, a hair under ln 10.
    xs (T, B, 8), targets (B,); noise_rows ≥ 0 and a split that `digits` has, or a ValueError.
    After the noise-padded CIFAR-10 of Chang et al. 2019; our images are smaller and our noise is uniform.
    """
    noise_rows = check.size("noise_rows", noise_rows, 0)
    images, labels = digits(split)

    def draw(rng, B):
        rounds = [rng.permutation(len(labels)) for _ in range(-(-B // len(labels)))]
        pick = np.concatenate(rounds)[:B]
        noise = rng.random((noise_rows, B, 8))
        return np.concatenate([images[pick].transpose(1, 0, 2), noise]), labels[pick]

    p = np.bincount(labels) / len(labels)
    text, entropy = "guess by how frequent each digit is", float(-(p * np.log(p)).sum())
    name, T = "noise-padded digits", 8 + noise_rows
    return Task(name, T, 8, 10, "cross_entropy", "last_step", entropy, text, draw)


def solved_interval(k, n, confidence=0.95):
    """Wilson's interval (low, high) for the chance of success, when k of n runs solved the task.

        (p̂ + z²/2n ± z √(p̂ (1 − p̂)/n + z²/4n²)) / (1 + z²/n),    p̂ = k/n,  z = Φ⁻¹((1 + confidence)/2)

    Honest for the few runs one can afford: 10 of 10 solved still allows a chance of 0.72. 0 ≤ k ≤ n, n ≥ 1 and
    0 < confidence < 1, or a ValueError.  Wilson 1927; compared with others by Newcombe 1998.
    """
    n = check.size("n", n)
    k = check.size("k", k, 0, n)
    confidence = check.number("confidence", confidence, 0, 1, open_low=True, open_high=True)
    p, z = k / n, NormalDist().inv_cdf((1 + confidence) / 2)
    middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = ((middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))
    return (0.0 if k == 0 else low), (1.0 if k == n else high)  # exact at the ends, free of rounding
