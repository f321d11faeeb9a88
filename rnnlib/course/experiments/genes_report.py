"""What the stored runs on splice junctions say, with intervals over seeds, each of which has a split of its own."""

import numpy as np

from ...data.genes import JUNCTIONS, splice_windows
from ..stats import mean_interval, paired_interval
from .genes import NETS, SHIFTS, STEPS, TRAINING, window
from .genes_look import NETS as LOOKERS
from .store import load, select

READ = ("as they are", *(f"moved by {k}" for k in SHIFTS), "ends cut")
MIDDLE = STEPS // 2  # the first step behind the junction, from 0
MOTIF = slice(MIDDLE - 4, MIDDLE + 5)  # bases 27 to 35 of 60
TRACT = slice(MIDDLE - 18, MIDDLE - 3)  # the 15 bases before the AG of an acceptor


def shares(net, training):
    """(seeds, len(READ)): shares of test windows that are named right."""
    runs = load("genes")
    chosen = {"net": net, "training": training}
    whole, cut = (np.array(select(runs, name, **chosen))[:, None] for name in ("accuracy", "cut"))
    return np.concatenate([whole, np.array(select(runs, "moved", **chosen)), cut], axis=1)


def table(rng):
    """{training: {net: (3, len(READ))}}: mean share right, low, high."""
    return {t: {net: mean_interval(shares(net, t)[None], rng)[:, 0] for net in NETS} for t in TRAINING}


DIFFERENCES = {
    "read at the centre, not at the ends": (("centre", "centred"), ("ends", "centred"), 0),
    "read at the centre, not linear": (("centre", "centred"), ("linear", "centred"), 0),
    "3 layers, not 1, at the centre": (("centre, 3 layers", "centred"), ("centre", "centred"), 0),
    "3 layers, not 1, at the ends": (("ends, 3 layers", "centred"), ("ends", "centred"), 0),
    "3 layers, not 1, at the centre, junction moved by 5": (("centre, 3 layers", "moved"), ("centre", "moved"), 4),
    "3 layers, not 1, at the ends, junction moved by 5": (("ends, 3 layers", "moved"), ("ends", "moved"), 4),
    "at the centre with 3 layers, not at the ends, moved by 5": (("centre, 3 layers", "moved"), ("ends", "moved"), 4),
}


def differences(rng):
    """{what: (mean, low, high)}, paired by seed."""
    return {
        what: tuple(float(v) for v in paired_interval(shares(*one)[:, k], shares(*other)[:, k], rng))
        for what, (one, other, k) in DIFFERENCES.items()
    }


def letters(label):
    """(STEPS, 4): log2 of how much more frequent each base is, at each step, in windows of this class than in those
    without a junction; one is added to each count."""
    windows = splice_windows()

    def frequency(name):
        bases = window(windows.bases[:, windows.labels == JUNCTIONS.index(name)])
        counts = np.stack([(bases == base).sum(1) for base in range(4)], 1) + 1.0
        return counts / counts.sum(1, keepdims=True)

    return np.log2(frequency(label) / frequency("N"))


def looks(of, label):
    """(seeds, STEPS, 4): the mean look of each stored run."""
    return np.array([one["look"] for one in select(load("genes_look"), label, of=of)])


def in_motif(of, label, rng):
    """(mean, low, high): the share of the look's norm on the nine bases of the motif; 9 / STEPS if it were even."""
    share = np.array([np.sum(one["share"][MOTIF]) for one in select(load("genes_look"), label, of=of)])
    return tuple(float(v) for v in mean_interval(share[None], rng)[:, 0])


def like_letters(of, label, rng):
    """(mean, low, high): correlation, over steps and bases, of a run's look with `letters`, their means over the bases
    removed."""
    wanted = letters(label)
    wanted = (wanted - wanted.mean(1, keepdims=True)).ravel()
    found = [np.corrcoef(look.ravel(), wanted)[0, 1] for look in looks(of, label)]
    return tuple(float(v) for v in mean_interval(np.array(found)[None], rng)[:, 0])


def between_seeds(of, label):
    """The mean correlation of two runs' looks."""
    found = np.corrcoef(looks(of, label).reshape(len(looks(of, label)), -1))
    return float(found[np.triu_indices(len(found), 1)].mean())


def tract(of, rng):
    """(mean, low, high): in the 15 bases before the AG of an acceptor, the look at C and T minus that at A and G."""
    before = looks(of, "IE")[:, TRACT].mean(1)
    found = before[:, [1, 3]].mean(1) - before[:, [0, 2]].mean(1)
    return tuple(float(v) for v in mean_interval(found[None], rng)[:, 0])


def pictures():
    """{label: {name: (STEPS, 4)}}: the letters themselves, and the mean look of each kind of network."""
    return {
        label: {"the letters": letters(label)} | {of: looks(of, label).mean(0) for of in LOOKERS}
        for label in ("EI", "IE")
    }
