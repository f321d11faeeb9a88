"""What decides the claims of notebook 07b."""

import numpy as np

from rnnlib.course.experiments import load, select
from rnnlib.course.explore.flow import survey
from rnnlib.plain_cells import MinimalGatedUnit


def half_lives_on_eight_layers():
    found = []
    for cell in (MinimalGatedUnit(), "tanh RNN"):
        for options in ({}, {"layer_norm": True}):
            rate = np.median(survey(cell, [8], range(5), length=60, **options)[0, :, 0])
            found.append(-np.log(2) / rate)
    return found


def pairs_in_which_it_was_later():
    runs = load("own_cell")
    own, gru = (select(runs, "updates", cell=cell, T=30, lr=0.003) for cell in ("mgu", "gru"))
    return sum(a > b for a, b in zip(own, gru))
