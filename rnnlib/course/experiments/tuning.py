"""The learning rates. To each experiment that trains with tuned rates belongs another, NAME_tuning, which tries them on
seeds that are not reported: from 1000 on. It is run, stored and read as any other.
"""

import importlib
from dataclasses import dataclass, field
from types import ModuleType


@dataclass(frozen=True)
class Tuning:
    """What the module of an experiment has, for the one that chooses its rates."""

    of: ModuleType
    QUESTION: str
    SEEDS: int
    GRID: list
    options: dict = field(default_factory=dict)

    def run_one(self, config, seed):
        """As the experiment itself, from seed 1000 on."""
        return self.of.run_one(config, 1000 + seed, **self.options)


def every_arm(m):
    """Each arm of an experiment at each of its rates."""
    return [arm | {"lr": lr} for arm in m.ARMS for lr in m.RATES]


def rates_of_the_arm(m):
    """The same where an arm has rates of its own."""
    return [arm | {"lr": lr} for arm in m.ARMS for lr in m.rates(arm)]


def families(**fixed):
    """Each family of nets at each rate, at one setting."""
    return lambda m: [{"family": family, **fixed, "lr": lr} for family in m.FAMILIES for lr in m.RATES]


VALIDATION = {"part": "validation"}  # judged on the validation text, or words
TUNINGS = {  # name: (which rates and of what, seeds, the grid by the experiment, what run_one is told besides)
    "adding": (
        "six learning rates does each cell like best on the adding problem of 60 steps",
        4,
        lambda m: [{"cell": cell, "T": 60, "lr": lr} for cell in m.CELLS for lr in m.RATES],
    ),
    "combine": ("three learning rates does each cell like best with each module", 2, every_arm),
    "delay": (  # six seeds, since a rate too high fails by chance: two of them had chosen a rate for four tanh layers
        # at which no run of ten solves 80 steps, where at a lower one seven do (see `luck`)
        "four learning rates does each task, cell and depth like best, at a delay that is hard",
        6,
        lambda m: [run for run in every_arm(m) if run["delay"] == m.TUNED_AT[run["task"], run["cell"]]],
    ),
    "depth": ("three learning rates does each cell, kind of stack and depth like best", 2, every_arm),
    "forget": ("three learning rates does each forget bias and depth like best", 6, every_arm),
    "genes": ("several learning rates does each reader of splice junctions like best", 1, rates_of_the_arm),
    "length": (
        "four learning rates does each start of W_hh like best on temporal order of 20 and 40 steps",
        4,
        lambda m: [{"start": s, "T": T, "lr": lr} for s in m.STARTS for T in (20, 40) for lr in m.RATES],
    ),
    "longer": (
        "two learning rates does each stack of the character model like best over 6,000 updates",
        1,
        rates_of_the_arm,
        VALIDATION,
    ),
    "parity": ("three learning rates does each family like best on parity", 1, families(), {"most": 1500}),
    "pixels": ("four learning rates does each net like best on digits by pixel", 2, every_arm),
    "rates": (
        "three learning rates does each cell and depth like best on temporal order of 20 steps",
        4,
        lambda m: [arm | {"state": "trained", "lr": lr} for arm in m.ARMS for lr in m.RATES],
    ),
    "recall": (
        "four learning rates does each family like best when it recalls among 8 pairs",
        2,
        families(pairs=8),
    ),
    "remedies": (
        "three learning rates does each start and each dropout like best",
        2,
        lambda m: [arm | {"lr": lr} for arm in m.ARMS for lr in m.depth.RATES],
    ),
    "representation": (
        "five learning rates does each cell and depth of the character model like best",
        2,
        every_arm,
        VALIDATION,
    ),
    "s5": (
        "three learning rates does each family like best on the permutations of five places",
        1,
        lambda m: [{"family": family, "lr": lr} for family in m.FAMILIES for lr in m.parity.RATES],
    ),
    "vowels": ("four learning rates does each net like best on Japanese Vowels", 2, every_arm),
    "width": ("three learning rates does each cell and depth of 10,000 parameters like best", 2, every_arm),
    "words": (
        "three learning rates do 1, 2 and 4 layers like best for words, with attention and without",
        1,
        lambda m: [{"attention": a, "L": L, "lr": lr} for L in (1, 2, 4) for a in (False, True) for lr in m.RATES],
        VALIDATION,
    ),
}


def tuning(name):
    """The experiment that chooses the rates of `name`."""
    question, seeds, grid, *options = TUNINGS[name]
    module = importlib.import_module(f".{name}", __package__)
    return Tuning(module, f"Which of {question}?", seeds, grid(module), *options)
