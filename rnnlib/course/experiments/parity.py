"""Claims 8 and 9: tracking a state. Parity, learned on up to 40 steps and read on up to 160, by eight families."""

import numpy as np

from ...tasks import parity, s5
from .families import FAMILIES, at_the_end, build, learn
from .store import tuned

QUESTION = "Which families of 20,000 parameters learn parity on at most 40 steps, and which keep it up to 160?"

TASKS, LONGEST, READ = {"parity": parity, "s5": s5}, 40, (40, 80, 160)
RATES, UPDATES, B = (1e-3, 3e-3, 1e-2), 1200, 32


def best(name, family):
    """The rate that learned it in the fewest updates, or where none did, came nearest."""
    return tuned(f"{name}_tuning", {"family": family}, lambda r: (r["updates"] or 10_000) - r["score"], RATES)


GRID = [{"family": family, "lr": best("parity", family)} for family in FAMILIES]
SEEDS = 10


def run_one(config, seed, name="parity", most=UPDATES):
    """The share of 1,000 fresh sequences whose last step is right, at every length of READ; how it was learned.

    Every batch has a length of its own, drawn from 1 to LONGEST. Training ends when two checks in a row at LONGEST
    have 99.5 % of all steps right, or after `most` updates.
    """
    made = {T: TASKS[name](T) for T in (*range(1, LONGEST + 1), *READ)}
    model, start = build(config["family"], made[LONGEST])
    params, found = learn(model, start, lambda rng: made[int(rng.integers(1, LONGEST + 1))], config["lr"], seed,
                          most=most, B=B, held_out=made[LONGEST])  # fmt: skip
    return found | {"right": [at_the_end(made[T], model, params, np.random.default_rng([seed, T])) for T in READ]}
