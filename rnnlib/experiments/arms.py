"""What each trial compares: pairs of values, one per seed, read from the stored runs. A pair shares its seed."""

import numpy as np

from .delay import PAIRS
from .store import load, select

CELL = {"rnn": "tanh", "lstm": "LSTM", "gru": "GRU"}


def solved(runs, **config):
    """1 for every run that solved its task, else 0, by seed and, where several configurations agree, their share."""
    updates = np.array(select(runs, "updates", **config), dtype=object)
    seeds = len({r["seed"] for r in runs})
    return np.reshape([u is not None for u in updates], (seeds, -1)).mean(1)


def representation():
    runs = load("representation")
    bits = {(c, L): np.array(select(runs, "bits", cell=c, L=L)) for c in CELL for L in (1, 2, 3)}
    return {f"{CELL[c]}, {L} layers": (bits[c, 1], bits[c, L]) for c in CELL for L in (2, 3)}


def width():
    runs = load("width")
    right = {(c, L): select(runs, "test_accuracy", cell=c, L=L) for c in CELL for L in (1, 2, 4)}
    return {f"{CELL[c]}, {L} layers": (right[c, L], right[c, 1]) for c in CELL for L in (2, 4)}


def size(runs, value, **config):
    """(N,): the value's distance from 0: of a slope, how far from neither vanishing nor exploding."""
    return np.abs(select(runs, value, **config))


def gradients(value):
    """One layer minus eight: at the start, with the drive of all layers alike, and after training."""

    def pairs():
        runs = load("rates")
        single = {"start": "start", "drive alike": "start", "trained": "trained"}
        return {
            f"{CELL[c]}, {state}": (
                size(runs, value, cell=c, L=1, state=single[state]),
                size(runs, value, cell=c, L=8, state=state),
            )
            for c in CELL
            for state in single
        }

    return pairs


def delay():
    runs = load("delay")
    return {
        f"{task}, {CELL[c]}, {L} layers": (solved(runs, task=task, cell=c, L=L), solved(runs, task=task, cell=c, L=1))
        for task, c in PAIRS
        for L in (2, 4)
    }


def rise(runs, value, **config):
    """(N,): the value in the top layer minus that in the lowest."""
    layers = np.array(select(runs, value, **config), float)
    return layers[:, -1] - layers[:, 0]


def time_scales():
    runs = load("layers")
    names = {"typo": "half-life of a typo", "autocorrelation": "autocorrelation time"}
    return {n: (rise(runs, v, kind="trained"), rise(runs, v, kind="untrained")) for v, n in names.items()}


def abstraction():
    runs, chain = load("layers"), load("regime")
    probed = [v for v in runs[0]["result"] if v.startswith("probe, ")]
    arms = {
        f"text: {v.removeprefix('probe, ')}": (rise(runs, v, kind="trained"), rise(runs, v, kind="untrained"))
        for v in probed
    }
    for c in ("lstm", "rnn"):
        one, other = (rise(chain, "posterior", cell=c, kind=kind) for kind in ("trained", "untrained"))
        arms[f"two-scale chain: regime, {CELL[c]}"] = one, other
    return arms


def combination():
    runs = load("combine")
    modules = list(dict.fromkeys(r["config"]["module"] for r in runs))
    right = {(c, m): select(runs, "test_accuracy", cell=c, module=m) for c in CELL for m in modules}
    return {f"{CELL[c]}, {m}": (right[c, m], right[c, "plain"]) for c in CELL for m in modules if m != "plain"}


def remedy(variant):
    """log10 of the training loss of the plain stack over that of the variant, 8 layers."""

    def pairs():
        runs = load("depth")
        loss = {
            (c, v): np.log10(select(runs, "loss", cell=c, variant=v, L=8))
            for c in ("rnn", "lstm")
            for v in ("plain", variant)
        }
        return {f"{CELL[c]}, 8 layers": (loss[c, "plain"], loss[c, variant]) for c in ("rnn", "lstm")}

    return pairs


def gates_in_time():
    rates, forget = load("rates"), load("forget")
    slope = {c: size(rates, "top", cell=c, L=1, state="start") for c in CELL}
    pairs = {f"{CELL[c]}, as it starts": (slope["rnn"], slope[c]) for c in ("lstm", "gru")}
    pairs["LSTM, forget bias 3"] = slope["rnn"], size(forget, "rate", forget_bias=3, L=1)
    return pairs


def gates_in_depth():
    runs = load("rates")
    factor = {c: np.abs(np.log(select(runs, "factor", cell=c, L=8, state="start"))) for c in CELL}
    return {f"{CELL[c]}, per layer": (factor["rnn"], factor[c]) for c in ("lstm", "gru")}


def gates_in_learning():
    runs, tuned = load("adding"), load("delay")
    arms = {f"adding, {c}": (solved(runs, cell=c), solved(runs, cell="tanh")) for c in ("LSTM", "GRU")}
    for L in (1, 4):
        lstm, tanh = (
            np.mean([solved(tuned, task="temporal order", cell=c, L=L, delay=d) for d in (80, 160)], axis=0)
            for c in ("lstm", "rnn")
        )
        arms[f"temporal order, LSTM, {L} layer{'s' * (L > 1)}"] = lstm, tanh
    return arms
