"""What the trials of claims 7 to 10 compare, as data: for every arm an experiment, a value of its runs, and two
configurations. The effect is the value of the first minus that of the second, seed by seed."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .store import load


class Versus(NamedTuple):
    """value : result -> number.  one, other : what a configuration agrees with, or the name of another experiment
    with that, where the two lie in different files."""

    experiment: str
    value: Callable
    one: dict
    other: dict
    elsewhere: str | None = None  # the experiment of `other`, if it is another one


def values(name, value, config):
    """(N,) value of every run of an experiment that agrees with config, by seed; ValueError where two share a seed."""
    found = {}
    for r in load(name):
        if config.items() <= r["config"].items():
            if r["seed"] in found:
                raise ValueError(f"config: expected one run of {name} per seed, got several with {config}")
            found[r["seed"]] = value(r["result"])
    return np.array([found[seed] for seed in sorted(found)], float)


def pairs(claim):
    """() -> {arm: (one, other)}, as a Trial has them."""

    def found():
        return {
            label: (values(v.experiment, v.value, v.one), values(v.elsewhere or v.experiment, v.value, v.other))
            for label, v in ARMS[claim].items()
        }

    return found


def read_of(claim, label):
    """(experiment, value of a run, runs a seed) behind an arm, as `processors` sampled it; None where nothing is
    trained. `longer` is not sampled, for its runs take too long: it is taken to move as `representation` does."""
    v = ARMS[claim][label]
    if v.experiment == "longer":
        return "representation", of("bits"), 1
    return None if v.experiment in UNTRAINED else (SAMPLED_AS.get(v.experiment, v.experiment), v.value, 1)


SAMPLED_AS = {"words_depth": "words"}
UNTRAINED = {"reach", "pace"}  # mathematics, and a clock


def of(key, sign=1):
    """A result by its name."""
    return lambda result: sign * result[key]


def late_bits(result):
    """Bits saved, so less is more: minus the mean of the readings in the last third of the run."""
    readings = result["test"]
    return -float(np.mean(readings[-(len(readings) // 3) :]))


def by_blank_row(result):
    """Accuracy gained, or lost where below 0, by a blank row in front of the digit."""
    return result["late_accuracy"] - result["test_accuracy"]


def right_at(place):
    """The share that is right at the last of 40, 80 or 160 steps."""
    return lambda result: result["right"][place]


def words_right(letters):
    """The share of the words of so many letters that is said without a mistake."""
    return lambda result: result["by_length"][str(letters)][1]


def longer_gain(result):
    """How much better words of 4 letters are said than those of 10, minus: what length costs."""
    return words_right(10)(result) - words_right(4)(result)


def nearness(result):
    """How near the first step's gradient is to the last one's: 0 where they are equal, else minus the powers of ten."""
    return -abs(float(np.log10(max(result["ratio"], 1e-300))))


def quickness(place):
    """log10 of steps per millisecond of training, at one of the lengths of `pace`."""
    return lambda result: -float(np.log10(result["ms"][place]))


TEXT = {"LSTM, 2 layers": "lstm", "tanh, 2 layers": "rnn"}
PAIRS = (4, 8, 12)
CONVOLUTIONS = ("convolutions, max", "convolutions, mean", "convolutions, fixed length")
LENGTHS = ("as they are", "twice as fast", "half as fast", "first half")
TASKS = {"parity": "parity", "S5": "s5"}


def net(name):
    return {"net": name}


def family(name, **more):
    return {"family": name} | more


def recalled(one, other):
    return {
        f"{one} against {other}, {n} pairs": Versus("recall", of("score"), family(one, pairs=n), family(other, pairs=n))
        for n in PAIRS
    }


def tracked(one, other, places=((0, 40), (2, 160))):
    return {
        f"{task}, {T} steps: {one} against {other}": Versus(name, right_at(k), family(one), family(other))
        for task, name in TASKS.items()
        for k, T in places
    }


def said_by(value, depths=(1,)):
    """With attention minus without, at each depth; one layer is `words`, more are `words_depth`."""
    return {
        f"{L} layer{'s' * (L > 1)}": Versus("words" if L == 1 else "words_depth", value,
                                            {"attention": True, "L": L}, {"attention": False, "L": L})
        for L in depths
    }  # fmt: skip


ARMS = {
    "1 text, longer": {
        label: Versus("longer", late_bits, {"cell": cell, "L": 2}, {"cell": cell, "L": 1})
        for label, cell in TEXT.items()
    },
    "7 local features": {
        f"against {gru}": Versus("pixels", of("test_accuracy"), net("convolutions"), net(gru))
        for gru in ("GRU", "GRU, 2 layers")
    },
    "7 translation": {
        f"against {gru}": Versus("pixels", by_blank_row, net("convolutions"), net(gru))
        for gru in ("GRU", "GRU, 2 layers")
    },
    "7 lengths": {
        f"{name.removeprefix('convolutions, ')}, {lengths}": Versus(
            "vowels", of(lengths), net("GRU, 2 layers"), net(name)
        )
        for name in CONVOLUTIONS
        for lengths in LENGTHS
    },
    "8 recall": recalled("GRU + attention", "GRU") | recalled("Transformer", "GRU"),
    "8 path": {
        f"{name}, {T} steps": Versus("reach", nearness, family(name, T=T), family("GRU", T=T))
        for name in ("GRU + attention", "Transformer")
        for T in (64, 512)
    },
    "8 words": said_by(of("sounds")),
    "8 longer words": said_by(longer_gain),
    "9 parallel": {
        f"Transformer, {T} steps": Versus("pace", quickness(k), family("Transformer"), family("GRU"))
        for k, T in ((0, 32), (3, 256), (5, 1024))
    },
    "9 state": tracked("Transformer", "GRU"),
    "10 attention, gain": said_by(of("sounds"), (1, 2, 4)),
    "10 attention, no loss": tracked("GRU + attention", "GRU"),
    "10 layers under attention": {
        f"{L} layers": Versus("words_depth", of("sounds"), {"attention": True, "L": L}, {"attention": True, "L": 1},
                              "words")
        for L in (2, 4)
    },
    "10 convolution": {
        f"digits: {one} against {other}": Versus("pixels", of("test_accuracy"), net(one), net(other))
        for one, other in (
            ("convolution + GRU", "GRU"),
            ("convolution + GRU, 2 layers", "GRU, 2 layers"),
            ("convolution + GRU", "convolutions"),
        )
    }
    | {
        f"speech: convolution + GRU against {other}": Versus(
            "vowels", of("as they are"), net("convolution + GRU"), net(other)
        )
        for other in ("GRU", "convolutions, max")
    },
}  # fmt: skip
