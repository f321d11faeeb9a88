"""Splice junctions: where, in the DNA of primates, a gene's text is cut and joined again."""

import csv
import gzip
import hashlib
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import check
from .sequences import Sequences

BASES = tuple("ACGT")
JUNCTIONS = ("N", "EI", "IE")  # none; exon to intron, the donor; intron to exon, the acceptor
FOLDER = Path(__file__).parent
RUN = 30  # bases in common, one after the other, that make two windows relatives
PARTS = {"test": 450, "validation": 450}


class Windows(NamedTuple):
    """N windows of 60 bases around a possible junction, which lies between steps 30 and 31 (from 1).

    bases (60, N): places in BASES;  labels (N,): places in JUNCTIONS;  families (N,): relatives have one number
    """

    bases: np.ndarray
    labels: np.ndarray
    families: np.ndarray

    def take(self, pick):
        """The windows at these places (n,); ValueError where one lies outside."""
        pick = check.integers("pick", pick, [("n", None)], 0, len(self.labels) - 1)
        return Windows(self.bases[:, pick], self.labels[pick], self.families[pick])


def splice_junctions(split="train", dtype=np.float64):
    """Is there a splice junction in the middle?  Sequences(xs (60, N, 4) one-hot, labels (N,), lengths (N,) all 60).

    Labels are places in JUNCTIONS: "N" none, "EI" from exon to intron, "IE" from intron to exon.
    split : "train", "validation" or "test"; "all", the 3,001 distinct windows. Relatives, which share a run of 30
    bases, are on one side together: see `splice_windows`. ValueError where there is no such split.
    Source: Towell, Noordewier and Shavlik, UCI's Molecular Biology (Splice-junction Gene Sequences).
    """
    check.choice("split", split, ("train", *reversed(PARTS), "all"))
    dtype = check.float_dtype("dtype", dtype)
    windows = splice_windows()
    picked = windows if split == "all" else windows.take(parts(windows)[split])
    xs = np.eye(4, dtype=dtype)[picked.bases]
    return Sequences(xs, picked.labels, np.full(len(picked.labels), len(xs)))


def splice_windows():
    """All distinct windows as Windows, bases (60, N), families in the order of the SHA-256 of their alphabetically
    first member.

    A window that stands in the file more than once is kept once, with the label of its first row: that matters for one
    of them alone, which the file calls "N" and then "IE".
    """
    with gzip.open(FOLDER / "splice.csv.gz", "rt", encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    labels = {row["sequence"]: row["class"] for row in reversed(rows)}  # the first row has the last word
    known = sorted(labels)
    family = relatives(known)
    members = defaultdict(list)
    for window, number in zip(known, family):
        members[number].append(window)
    order = sorted(members.values(), key=lambda m: hashlib.sha256(m[0].encode("ascii")).digest())
    listed = [(window, k) for k, of in enumerate(order) for window in of]
    bases = np.array([[BASES.index(base) for base in window] for window, _ in listed], np.int64).T
    places = np.array([JUNCTIONS.index(labels[window]) for window, _ in listed], np.int64)
    return Windows(bases, places, np.array([k for _, k in listed], np.int64))


def relatives(windows, run=RUN):
    """A number for each text: the same for two that share `run` characters in a row, at whatever place, and for the
    relatives of relatives."""
    parent = list(range(len(windows)))

    def root(i):
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    first = {}
    for i, window in enumerate(windows):
        for k in range(len(window) - run + 1):
            parent[root(i)] = root(first.setdefault(window[k : k + run], i))
    return [root(i) for i in range(len(windows))]


def parts(windows, rng=None):
    """{"train", "validation", "test": places (n,)}: whole families, 450 windows or a few more to test and to validate.

    rng : for an order of the families drawn anew; without it the stored one.
    """
    families = windows.families
    order = (
        np.arange(families.max() + 1) if rng is None else check.generator("rng", rng).permutation(families.max() + 1)
    )
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    places = np.argsort(rank[families], kind="stable")
    found, begin = {}, 0
    for name, least in PARTS.items():
        end = begin + least
        while families[places[end]] == families[places[end - 1]]:
            end += 1
        found[name], begin = places[begin:end], end
    return found | {"train": places[begin:]}
