"""What a reader found becomes three parts: to learn from, to choose by, and to be judged by, once."""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ... import check
from ...data import Alphabet, Sequences, standardise
from ...data.own import Found, duplicates_across
from ...data.own.suspicions import keys

FRACTIONS = (0.7, 0.15, 0.15)
LEAST = 2  # examples in a part


class Part(NamedTuple):
    """N examples.

    xs (T, N, D), or whole numbers (T, N) of a text;  lengths (N,), or None where all are T steps long
    targets   classes (N,);  by how much the next values change (N, D), in units of a usual change;  the next
    characters (T, N)
    rows (N,) of the file, of a text the place of its first character;  units (N,): examples of one unit are not
    independent of each other (a group, a stretch of time), so that an interval draws whole units
    base (N, D) : the last known values, standardised, from which a forecast changes; else None
    """

    xs: np.ndarray
    targets: np.ndarray
    lengths: np.ndarray | None
    rows: np.ndarray
    units: np.ndarray
    base: np.ndarray | None = None

    def take(self, pick):
        """The examples at these places (n,), padding trimmed to the longest of them; IndexError for one outside."""
        lengths = None if self.lengths is None else self.lengths[pick]
        T = len(self.xs) if lengths is None else lengths.max()
        text = self.targets.ndim == 2 and self.xs.ndim == 2
        targets = self.targets[:T, pick] if text else self.targets[pick]
        base = None if self.base is None else self.base[pick]
        return Part(self.xs[:T, pick], targets, lengths, self.rows[pick], self.units[pick], base)

    def __len__(self):
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Parts:
    """The three parts of what was `found`, how it was split, and what standardises it.

    said : what was done, a sentence each.  mean, deviation (D,) : of the training part, for numbers; else None.
    context : steps that a forecast sees, characters of a piece of text, or None.  change (D,) : of a series, a usual
    one from step to step, in deviations.
    """

    found: Found
    train: Part
    validation: Part
    test: Part
    said: tuple
    mean: np.ndarray | None = None
    deviation: np.ndarray | None = None
    context: int | None = None
    change: np.ndarray | None = None

    @property
    def kind(self):
        """ "labelled", "series" or "text"."""
        return self.found.kind

    @functools.cached_property
    def alphabet(self):
        """Of a text: the characters behind its whole numbers."""
        return Alphabet(self.found.data)

    def __str__(self):
        return "\n".join(self.said)

    def values(self, part, changes):
        """(N, D) in the columns' own units, from changes as `part.targets` are."""
        return (part.base + changes * self.change) * self.deviation + self.mean


def split(found, *, by=None, fractions=FRACTIONS, context=None, seed=0):
    """Parts of a `Found`: about these fractions to train, to validate, to test.

    labelled : by "group" where the file has groups, so that no group is on two sides; else by "sequence": equal
    sequences stay together, and every class is split in the same proportion as far as it can be. `seed` draws.
    series, text : by "time": the first part to train, the last to test. `context` : the steps that a forecast sees
    (default 16), or the characters of a piece (default 64); windows do not cross from one part into the next.
    xs are (T, N, D), of a text whole numbers (T, N): see `Part`.
    ValueError : by anything that would put the same thing on two sides; too few examples for three parts."""
    check.instance("found", found, Found, "a Found, as rnnlib.data.own returns it")
    fractions = [check.number(f"fractions[{k}]", f, 0, 1, open_low=True) for k, f in enumerate(fractions)]
    if len(fractions) != 3 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(f"fractions: expected three that add up to 1, got {fractions}")
    if found.kind == "labelled":
        if context is not None:
            raise ValueError(f"context: expected None for labelled sequences, which are whole, got {context}")
        return _labelled(found, by, fractions, np.random.default_rng(check.size("seed", seed, 0)))
    if by not in (None, "time"):
        raise ValueError(f"by: expected 'time' for a {found.kind}, whose neighbours resemble each other, got {by!r}")
    cut = _series if found.kind == "series" else _text
    return cut(found, fractions, check.size("context", context or (16 if found.kind == "series" else 64)))


def _labelled(found, by, fractions, rng):
    xs, labels, lengths = found.data
    by = by or ("group" if found.groups is not None else "sequence")
    check.choice("by", by, ("group", "sequence"))
    if by == "group" and found.groups is None:
        raise ValueError("by: expected 'sequence', for the file has no groups, got 'group'")
    known = {}
    same = np.array([known.setdefault(key, len(known)) for key in keys(found.data)])
    units = found.groups if by == "group" else same
    places = _dealt(units, labels, fractions, rng)
    said = [
        f"Split by {'group' if by == 'group' else 'distinct sequence'}: "
        + ", ".join(f"{len(p):,} to {use}" for use, p in zip(("learn", "choose", "judge"), places))
        + "."
    ]
    if by == "sequence" and found.groups is not None:
        said.append("The file has groups, and they were not kept together: the result says nothing of a new group.")
    twice = duplicates_across(found, dict(zip(("train", "validation", "test"), places)))
    if twice:
        many = "sequences of one part stand" if len(twice) > 1 else "sequence of one part stands"
        said.append(f"{len(twice)} {many} in another part as well. {twice[0]}.")
    absent = [name for k, name in enumerate(found.names) if k not in labels[places[0]]]
    if absent:
        raise ValueError(f"found: expected every class to learn from, got none of {', '.join(map(repr, absent))}")
    sequences = [Sequences(xs[:, p], labels[p], lengths[p]) for p in places]
    mean = deviation = None
    if not found.symbols:
        real = np.arange(len(xs))[:, None] < sequences[0].lengths
        mean, deviation = sequences[0].xs[real].mean(0), sequences[0].xs[real].std(0)
        sequences = standardise(*sequences)
        said.append("Numbers are standardised by mean and deviation of the training part alone.")
    parts = [
        Part(s.xs.astype(np.float32), s.labels, s.lengths, found.rows[p], units[p]) for s, p in zip(sequences, places)
    ]
    return Parts(found, *parts, tuple(said), mean, deviation)


def _dealt(units, labels, fractions, rng):
    """Places of three parts: whole units, dealt out within each class of units (by their commonest label)."""
    names, where = np.unique(units, return_inverse=True)
    if len(names) < 3:
        raise ValueError(f"found: expected at least 3 groups or distinct sequences to split, got {len(names)}")
    commonest = np.array([np.bincount(labels[where == k]).argmax() for k in range(len(names))])
    of = np.zeros(len(names), np.int64)
    debt = np.zeros(3)  # what each part is short of, in units
    for label in np.unique(commonest):
        for k in rng.permutation(np.flatnonzero(commonest == label)):
            debt += fractions
            of[k] = debt.argmax()
            debt[of[k]] -= 1
    places = [np.flatnonzero(of[where] == part) for part in range(3)]
    for place, use in zip(places, ("train", "validation", "test")):
        if len(place) < LEAST:
            raise ValueError(f"found: expected at least {LEAST} sequences for the {use} part, got {len(place)}")
    return places


def _bounds(n, fractions, least, what):
    """The two cuts of n steps."""
    cuts = np.round(np.cumsum(fractions[:2]) * n).astype(int)
    short = np.diff([0, *cuts, n]).min()
    if short < least:
        raise ValueError(f"found: expected at least {least} {what} in each part, got {short}; lower `context`")
    return cuts


def _series(found, fractions, context):
    values = found.data
    a, b = _bounds(len(values), fractions, context + LEAST, "steps")
    known = values[:a]
    empty = [name for name, column in zip(found.names, known.T) if np.isnan(column).all()]
    if empty:
        raise ValueError(f"found: expected a number in every column to learn from, got none in {empty[0]!r}")
    mean, deviation = np.nanmean(known, 0), np.nanstd(known, 0)
    deviation[deviation == 0] = 1
    z = (values - mean) / deviation
    change = _usual_change(z[:a])
    parts, left = [], 0
    for begin, end in ((0, a), (a, b), (b, len(z))):
        part, dropped = forecasts(z[begin:end], context, found.rows[begin:end], change)
        if len(part) < LEAST:
            raise ValueError(f"found: expected at least {LEAST} steps without a gap to forecast, got {len(part)}")
        parts.append(part)
        left += dropped
    said = [
        f"Split by time: the first {a:,} steps to learn, the next {b - a:,} to choose, the last {len(z) - b:,} to "
        "judge.",
        f"Each example is {context} steps and asks by how much the next one changes; none reaches into another part.",
        "Numbers are standardised by mean and deviation of the training part alone.",
    ]
    if left:
        said.append(f"{left:,} steps with a gap are not asked for; as inputs they hold the last known value, marked.")
    return Parts(found, *parts, tuple(said), mean, deviation, context, change)


def _usual_change(z):
    """(D,) the standard deviation of the change from one step to the next; 1 for a column that never changes."""
    steps = np.diff(z, axis=0)
    known = ~np.isnan(steps)
    change = np.array([column[here].std() if here.any() else 0 for column, here in zip(steps.T, known.T)])
    return np.where(change > 0, change, 1)


def forecasts(z, context, rows, change):
    """(Part, how many steps were left out for a gap in them) of standardised values (T, D), NaN at gaps.

    xs (context, N, 2D): the values, at a gap the last known one (before any, the mean 0), and 1 where a gap was.
    """
    gaps = np.isnan(z)
    filled = np.where(gaps, 0.0, z)
    for t in range(1, len(z)):
        filled[t] = np.where(gaps[t], filled[t - 1], z[t])
    inputs = np.concatenate([filled, gaps], axis=1)
    asked = np.arange(context, len(z))
    asked = asked[~gaps[asked].any(1)]
    xs, base = inputs[asked + np.arange(-context, 0)[:, None]], filled[asked - 1]
    targets = ((z[asked] - base) / change).astype(np.float32)
    part = Part(xs.astype(np.float32), targets, None, rows[asked], (asked - context) // context, base)
    return part, len(z) - context - len(asked)


def _text(found, fractions, context):
    alphabet = Alphabet(found.data)
    codes = alphabet.encode(found.data)
    a, b = _bounds(len(codes), fractions, 2 * LEAST * context, "characters")
    parts = [pieces(codes[begin:end], context, begin) for begin, end in ((0, a), (a, b), (b, len(codes)))]
    never = len(set(found.data[b:]) - set(found.data[:a]))
    said = [
        f"Split by place: the first {a:,} characters to learn, the next {b - a:,} to choose, the last "
        f"{len(codes) - b:,} to judge.",
        f"The text is read in pieces of {context} characters, each from a state of zero.",
    ]
    if never:
        said.append(f"{never} characters of the last part do not occur in the first: nothing can foresee them.")
    return Parts(found, *parts, tuple(said), context=context)


def pieces(codes, context, begin=0):
    """A Part of a text as whole numbers: pieces one after the other, and for each character the next."""
    n = (len(codes) - 1) // context
    xs, targets = (codes[k : k + n * context].reshape(n, context).T for k in (0, 1))
    return Part(xs, targets, None, begin + context * np.arange(n), np.arange(n) // 8)
