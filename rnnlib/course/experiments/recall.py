"""Claim 8: what attention is worth where something must be looked up. Associative recall by eight families."""

from ...tasks import associative_recall
from .families import FAMILIES, build, learn
from .store import tuned

QUESTION = "Which families of 20,000 parameters recall the value that stood beside a key, and among how many pairs?"

PAIRS, RATES, UPDATES, B = (4, 8, 12), (1e-3, 3e-3, 1e-2, 3e-2), 1200, 32
MIDDLE = ("GRU", "GRU + attention", "Transformer")  # families that are also tried between the fewest and the most pairs
ARMS = [{"family": f, "pairs": pairs} for f in FAMILIES for pairs in PAIRS if pairs != PAIRS[1] or f in MIDDLE]
BEST = {family: tuned("recall_tuning", {"family": family}, lambda r: -r["score"], RATES) for family in FAMILIES}
GRID = [arm | {"lr": BEST[arm["family"]]} for arm in ARMS]
SEEDS = 10


def run_one(config, seed):
    """The share of the queries of 512 fresh sequences that is right, after UPDATES updates or when all but all are."""
    task = associative_recall(config["pairs"])
    model, start = build(config["family"], task)
    return learn(model, start, lambda rng: task, config["lr"], seed, most=UPDATES, B=B, held_out=task)[1]
