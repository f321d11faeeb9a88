"""Claim 9: sequential or not. The time of one training step against the length of the sequence, in every family.

What is stored is of one machine, as `made` tells; another one gives other times, and much the same exponents.
"""

import time

import numpy as np

from ...model import Model
from ...train import Adam, train
from .families import F32, FAMILIES, width

QUESTION = "How does the time of a training step grow with the number of time steps, from 32 to 1,024?"

LENGTHS, D, V, B, TIMES = (32, 64, 128, 256, 512, 1024), 8, 8, 8, 5
GRID = [{"family": family} for family in FAMILIES]
SEEDS = 10
TIMED = True  # results are times: a run made again gives others


def run_one(config, seed):
    """Milliseconds of one update, forward, back and Adam, at each of LENGTHS: the least of TIMES; and the slope of
    ln(time) against ln(T) over the three longest."""
    family, rng = FAMILIES[config["family"]], np.random.default_rng(seed)
    model = Model(family.make(D, width(config["family"], D, V)), V)
    params, least = model.init(rng, **(family.start or {})), {}
    for T in LENGTHS:
        batch = rng.standard_normal((T, B, D)).astype(F32), rng.integers(0, V, (T, B))
        took, began = [], None
        for _ in train(model, params, [batch] * (TIMES + 1), Adam(1e-3), clip_norm=1.0):
            now = time.perf_counter()
            if began is not None:
                took.append(now - began)
            began = now
        least[T] = min(took)
    slope = np.polyfit(np.log(LENGTHS[-3:]), np.log([least[T] for T in LENGTHS[-3:]]), 1)[0]
    return {"ms": [round(1000 * least[T], 3) for T in LENGTHS], "exponent": float(slope)}
