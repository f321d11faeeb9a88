"""What looks suspicious in data that could be read: named, kept, and left to the reader to judge."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from math import lgamma, log

import numpy as np

from ..sequences import valid
from .found import Remark

UNEVEN = 20  # largest to smallest: classes, and lengths to their median
MADS = 10  # median absolute deviations from the median, beyond which a number is named
CHANCE = 0.01  # of telling the classes apart by luck, below which a column is named


def labelled(found):
    """The same Found with remarks on its sequences added."""
    new = [*_classes(found), *_lengths(found), *_columns(found), *_symbols(found), *_twins(found)]
    return replace(found, remarks=(*found.remarks, *new))


def _classes(found):
    counts = np.bincount(found.data.labels, minlength=len(found.names))
    for k in np.flatnonzero(counts == 1):
        row = int(found.rows[np.flatnonzero(found.data.labels == k)[0]])
        yield Remark(row, None, f"the class {found.names[k]!r} has this one example: it cannot be learned and tested")
    for k in np.flatnonzero(counts == 0):
        yield Remark(None, None, f"The class {found.names[k]!r} has no example.")
    if counts.max() > UNEVEN * max(counts.min(), 1):
        big, small = found.names[counts.argmax()], found.names[counts.argmin()]
        yield Remark(None, None, f"The class {big!r} has {counts.max():,} examples, {small!r} has {counts.min():,}.")
    alike = defaultdict(list)
    for name in found.names:
        alike["".join(name.casefold().split()).removesuffix(".0")].append(name)
    for names in alike.values():
        if len(names) > 1:
            yield Remark(None, None, f"The classes {' and '.join(map(repr, names))} differ in their writing alone.")
    if found.groups is not None:
        pairs = set(zip(found.groups.tolist(), found.data.labels.tolist()))
        if len(pairs) == len(found.group_names) == len(found.names):
            yield Remark(None, None, "The groups are the classes: a split by group leaves a class without training.")


def _lengths(found):
    _, labels, lengths = found.data
    middle = float(np.median(lengths))
    for i, word in ((int(lengths.argmax()), "long"), (int(lengths.argmin()), "short")):
        if lengths[i] > UNEVEN * middle or lengths[i] * UNEVEN < middle:
            sentence = f"the sequence is very {word}, {lengths[i]:,} steps; the median is {middle:g}"
            yield Remark(int(found.rows[i]), None, sentence)
    if separates(lengths, lengths, labels):
        yield Remark(None, None, "The length alone tells the classes apart.")


def _columns(found):
    xs, labels, lengths = found.data
    if found.symbols:
        return
    real = valid(found.data)
    for d, name in enumerate(found.features):
        x = xs[:, :, d]
        low, high = np.where(real, x, np.inf).min(0), np.where(real, x, -np.inf).max(0)
        if low.min() == high.max():
            yield Remark(None, name, f"the column is constant, {low[0]:g} throughout")
            continue
        same = (low == high).all()
        if same and len(labels) > 2 and len(set(low.tolist())) == len(labels) and lengths.max() > 1:
            yield Remark(None, name, "the column is another number for every sequence and the same within it: an id?")
        if separates(low, high, labels):
            yield Remark(None, name, "the column alone tells the classes apart: does it give the label away?")
        step = np.diff(x, axis=0)[real[1:]]
        if len(step) > 2 and step[0] != 0 and (step == step[0]).all():
            yield Remark(None, name, f"the column runs on as a counter, by {step[0]:g} a step")


def separates(low, high, labels):
    """Whether the classes' ranges low..high do not touch, and would by luck in less than one case of a hundred.

    Of N! orders of N numbers, K! Π n_k! keep K classes of n_k together.
    """
    kinds, counts = np.unique(labels, return_counts=True)
    luck = lgamma(len(kinds) + 1) + sum(lgamma(n + 1) for n in counts) - lgamma(len(labels) + 1)
    if luck > log(CHANCE):
        return False
    ranges = sorted((low[labels == k].min(), high[labels == k].max()) for k in kinds)
    return all(above[0] > below[1] for below, above in pairwise(ranges))


def _symbols(found):
    if not found.symbols:
        return
    xs = found.data.xs
    counts = xs.sum((0, 1))
    rare = [found.symbols[d] for d in np.flatnonzero((counts < 3) & (counts > 0))]
    if rare and counts.sum() > 1000:
        yield Remark(None, None, f"{len(rare)} symbols come once or twice: {' '.join(map(repr, rare[:20]))}.")
    if unseen := [found.symbols[d] for d in np.flatnonzero(counts == 0)]:
        yield Remark(
            None, None, f"{len(unseen)} symbols of the alphabet never come: {' '.join(map(repr, unseen[:20]))}."
        )
    both = [s for s in found.symbols if s != s.casefold() and s.casefold() in found.symbols]
    if both and len(both) == len({s.casefold() for s in found.symbols if s.isalpha()}) and len(both) < 10:
        yield Remark(None, None, f"Every letter comes large and small, as {both[0]!r} and {both[0].casefold()!r}.")


def _twins(found):
    """Sequences that are equal to an earlier one, with its label or with another."""
    where, same, other = {}, [], []
    for i, key in enumerate(keys(found.data)):
        first = where.setdefault(key, i)
        if first != i:
            (same if found.data.labels[i] == found.data.labels[first] else other).append((i, first))
    for pairs, words in ((other, "with another label"), (same, "with the same label")):
        if pairs:
            i, first = pairs[0]
            n = f", the first of {len(pairs):,}" if len(pairs) > 1 else ""
            sentence = f"the sequence is that of row {found.rows[first]}, {words}{n}"
            yield Remark(int(found.rows[i]), None, sentence)


def keys(sequences):
    """One bytes per sequence, equal where the real steps are."""
    xs, _, lengths = sequences
    return [np.ascontiguousarray(xs[: lengths[i], i]).tobytes() for i in range(len(lengths))]


def duplicates_across(found, parts):
    """Remarks on sequences that stand in more than one part of a split, which flatters the test.

    parts : {"train": indices, "test": indices, ...} into the N sequences of `found`; for one remark per sequence
    of a later part that an earlier part holds too.
    found.data : Sequences, xs (T, N, D).  IndexError where there is no such sequence.
    """
    known, out, all_keys = {}, [], keys(found.data)
    for part, indices in parts.items():
        indices = [int(i) for i in np.asarray(indices, dtype=np.int64)]
        for i in indices:
            if all_keys[i] in known:
                first, j = known[all_keys[i]]
                sentence = f"the sequence of {part!r} is also in {first!r}, in row {found.rows[j]}"
                out.append(Remark(int(found.rows[i]), None, sentence))
        for i in indices:
            known.setdefault(all_keys[i], (part, i))
    return out


def text(read):
    """Remarks on a text."""
    out, counts = [], Counter(read)
    if len(read) < 10_000:
        out.append(Remark(None, None, f"The text has {len(read):,} characters; a network wants at least some 50,000."))
    if len(counts) < 10:
        out.append(Remark(None, None, f"The text has {len(counts)} distinct characters: is it a text?"))
    rare = sorted(c for c, n in counts.items() if n < 5)
    if rare and len(read) > 1_000:
        shown = " ".join(map(repr, rare[:20]))
        out.append(Remark(None, None, f"{len(rare)} characters come fewer than 5 times: {shown}."))
    again, first = repeated(read[:1_000_000])
    if again > 0.01 * min(len(read), 1_000_000):
        row = read.count("\n", 0, first) + 1
        out.append(Remark(row, None, f"from here on {again:,} characters come in blocks that stood in the text before"))
    return out


def repeated(read, size=100):
    """(how many characters stand in blocks of `size` that came before, where the first begins)."""
    blocks, again, first, i = {}, 0, 0, 0
    for k in range(0, len(read) - size + 1, size):
        blocks.setdefault(read[k : k + size], k)
    while i <= len(read) - size:
        before = blocks.get(read[i : i + size], i)
        if before + size <= i and len(set(read[i : i + size])) > 5:
            again, first, i = again + size, first or i, i + size
        else:
            i += 1
    return again, first
