"""What each trial compares: pairs of values, one per seed, read from the stored runs. A pair shares its seed."""

import numpy as np

from . import arms_neighbours
from .delay import PAIRS
from .processors import moved
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


def got_there(result):
    """1 for a run that solved its task, else 0."""
    return float(result["updates"] is not None)


def climb(value):
    """What `rise` takes of one run."""
    return lambda result: result[value][-1] - result[value][0]


def read_of(claim, label):
    """(experiment, value of a run, runs a seed) behind an arm, where training decides it; None where nothing is
    trained: that is mathematics, the same on every processor."""
    if claim in arms_neighbours.ARMS:
        return arms_neighbours.read_of(claim, label)
    if claim == "1 text":
        return "representation", lambda r: r["bits"], 1
    if claim.startswith("2a"):
        value = {"top": "top", "bottom": "bottom", "step": "corner"}[claim.split()[-1]]
        return ("rates", lambda r: abs(r[value]), 1) if label.endswith("trained") else None
    if claim == "2b":
        task, cell = next(pair for pair in PAIRS if label.startswith(f"{pair[0]}, {CELL[pair[1]]}"))
        return "delay", got_there, len(PAIRS[task, cell])
    if claim == "3 time-scales":
        return "layers", climb("typo" if "typo" in label else "autocorrelation"), 1
    if claim == "3 content":
        return ("regime", climb("posterior"), 1) if "chain" in label else ("layers", climb(f"probe, {label[6:]}"), 1)
    if claim in ("1 speech", "4"):
        return "width" if claim == "1 speech" else "combine", lambda r: r["test_accuracy"], 1
    if claim.startswith("5"):
        return "depth", lambda r: np.log10(r["loss"]), 1
    if claim == "6 in learning":
        return ("adding", got_there, 3) if label.startswith("adding") else ("delay", got_there, 2)
    return None


def wobble(claim, label, seeds):
    """By how much the mean difference of an arm may move with the processor: two standard deviations of the mean of
    `seeds` differences of two runs, each of which moves as the sampled runs of its experiment do (see `processors`)."""
    found = read_of(claim, label)
    if found is None:
        return 0.0
    name, value, runs = found
    return float(2 * np.sqrt(2 / (seeds * runs)) * moved(name, value)[0])
