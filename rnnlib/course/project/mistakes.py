"""What the network got wrong, with the place in the file: numbers alone do not say where to look."""

from dataclasses import dataclass

import numpy as np

from ... import check
from ...model import cross_entropy
from .measure import by_example
from .result import Result

WORST = 8


@dataclass(frozen=True, eq=False)
class Mistakes:
    """A title, column heads and rows, for print and for the report; of classes, counts (V, V), true by answered."""

    title: str
    heads: tuple
    rows: tuple
    counts: np.ndarray | None = None  # (V, V), true class by answered class, summed over seeds

    def __str__(self):
        table = [self.heads, *self.rows]
        wide = [max(len(str(row[k])) for row in table) for k in range(len(self.heads))]
        lines = ["    " + "  ".join(str(c).ljust(w) for c, w in zip(row, wide)).rstrip() for row in table]
        return "\n".join([self.title, *lines])


def mistakes(result, most=WORST):
    """The worst of the test part, over all seeds: Mistakes.

    labelled : the sequences to which the right class was given the least probability, and the confusion of classes.
    series : the steps with the largest error.  text : the characters whose mean loss is highest, among those that
    occur at least 5 times.
    TypeError where result is no Result; ValueError where most is below 1.
    """
    check.instance("result", result, Result, "what judge returned")
    most = check.size("most", most)
    return {"labelled": _labelled, "series": _series, "text": _text}[result.parts.kind](result, most)


def _labelled(result, most):
    parts, test = result.parts, result.parts.test
    names, V = parts.found.names, len(parts.found.names)
    log_p = -np.mean([cross_entropy(ys.astype(np.float64), test.targets)[0] for ys in result.said], axis=0)
    answered = np.array([ys.argmax(1) for ys in result.said])
    counts = np.zeros((V, V), np.int64)
    np.add.at(counts, (np.broadcast_to(test.targets, answered.shape), answered), 1)
    rows = []
    for i in np.argsort(log_p)[:most]:
        says = np.bincount(answered[:, i], minlength=V).argmax()
        rows.append((int(test.rows[i]), names[test.targets[i]], names[says], f"{np.exp(log_p[i]):.2g}"))
    wrong = counts - np.diag(counts.diagonal())
    k, j = np.unravel_index(wrong.argmax(), wrong.shape)
    often = f"; most often {names[k]!r} is taken for {names[j]!r}" if wrong.any() else ""
    title = f"The least probable right answers{often}:"
    return Mistakes(title, ("row", "is", "taken for", "probability of the right one"), tuple(rows), counts)


def _series(result, most):
    parts, test = result.parts, result.parts.test
    errors = np.mean([by_example(parts, ys, test) for ys in result.said], axis=0)
    forecast, true = (parts.values(test, ys) for ys in (np.mean(result.said, axis=0), test.targets))
    when = {} if parts.found.times is None else dict(zip(parts.found.rows, parts.found.times))
    rows = []
    for i in np.argsort(-errors)[:most]:
        row = int(test.rows[i])
        place = str(when.get(row, "")).removesuffix("T00:00:00")
        rows.append((row, place, *(f"{a:.4g}" for a in true[i]), *(f"{a:.4g}" for a in forecast[i])))
    heads = ("row", "time", *parts.found.names, *(f"forecast of {n}" for n in parts.found.names))
    return Mistakes("The steps with the largest error:", heads, tuple(rows))


def _text(result, most):
    parts, test = result.parts, result.parts.test
    letters, V = parts.alphabet.characters, len(parts.alphabet)
    targets = test.targets.reshape(-1)
    losses = np.mean(
        [cross_entropy(ys.reshape(-1, V).astype(np.float64), targets)[0] for ys in result.said], axis=0
    ) / np.log(2)
    often = np.bincount(targets, minlength=V)
    mean = np.bincount(targets, losses, V) / np.maximum(often, 1)
    mean[often < 5] = -np.inf
    worst = [k for k in np.argsort(-mean)[:most] if np.isfinite(mean[k])]
    rows = [(repr(letters[k]), int(often[k]), f"{mean[k]:.2f}") for k in worst]
    return Mistakes("The characters that were foreseen worst:", ("character", "times", "bits each"), tuple(rows))
