"""A chain on two scales: fast symbols under a slow hidden regime, with the best possible prediction known.

    r_t = r_{t-1} with probability `stay`, else the other of two regimes
    x_t = x_{t-1} + 1 (regime 0) or x_{t-1} - 1 (regime 1), modulo K, with probability `clear`; else any other symbol

A symbol is told by the one before it and the regime. The regime shows only in the way that symbols follow each other,
over several steps, so whoever predicts well carries a fast memory (the last symbol) and a slow one (the regime).
"""

import numpy as np

from .. import check


class TwoScale:
    """The chain with K symbols. `transitions` (2, K, K): row x, column the next symbol.

    ValueError where K is below 3, or a chance, stay or clear, is not between 0 and 1.
    """

    def __init__(self, K=4, stay=0.98, clear=0.6):
        self.K = K = check.size("K", K, 3)
        self.stay = check.number("stay", stay, 0, 1, open_low=True, open_high=True)
        self.clear = clear = check.number("clear", clear, 0, 1, open_low=True, open_high=True)
        rest = (1 - clear) / (K - 1)
        self.transitions = np.full((2, K, K), rest)
        each = np.arange(K)
        self.transitions[0, each, (each + 1) % K] = clear
        self.transitions[1, each, (each - 1) % K] = clear

    def draw(self, rng, T, B):
        """(symbols (T, B), regimes (T, B)): regime and first symbol uniform. TypeError where rng is no Generator."""
        check.generator("rng", rng)
        T, B = check.size("T", T), check.size("B", B)
        regimes = rng.integers(0, 2, B) + np.cumsum(rng.random((T, B)) >= self.stay, axis=0)
        regimes %= 2
        symbols = np.zeros((T, B), np.int64)
        symbols[0] = rng.integers(0, self.K, B)
        chances = rng.random((T, B))
        for t in range(1, T):
            p = self.transitions[regimes[t], symbols[t - 1]]
            symbols[t] = np.minimum((chances[t][:, None] > p.cumsum(1)).sum(1), self.K - 1)
        return symbols, regimes

    def bayes(self, symbols):
        """(posterior (T, B) of regime 1 given x_1 ... x_t, nats (T - 1, B) of each next symbol): the forward algorithm.

        No predictor that sees the symbols alone has a lower mean cross-entropy. ValueError where one is not below K.
        """
        symbols = check.integers("symbols", symbols, [("T", None), ("B", None)], 0, self.K - 1)
        T, B = symbols.shape
        switch = np.array([[self.stay, 1 - self.stay], [1 - self.stay, self.stay]])
        belief, posterior, nats = np.full((B, 2), 0.5), np.zeros((T, B)), np.zeros((T - 1, B))
        posterior[0] = 0.5  # the first symbol says nothing of the regime
        for t in range(1, T):
            joint = (belief @ switch) * self.transitions[:, symbols[t - 1], symbols[t]].T
            nats[t - 1] = -np.log(joint.sum(1))
            belief = joint / joint.sum(1, keepdims=True)
            posterior[t] = belief[:, 1]
        return posterior, nats
