"""Which mistake has the learner's numbers? Single ones are tried, sums of two looked up, pairs tried while time allows.

Where no single mistake fits, each wrong result is looked for by itself; and where nothing fits, the hard case is made
easy: one step, one sequence, one unit.
"""

import itertools
import time
from functools import cache

import numpy as np

from .catalogue import EXERCISES
from .mutants import Solution
from .running import flat, run, run_plain

SEARCH = 1.6  # seconds for the whole search, of which pairs have what singles leave, and a quarter at least


def draws(exercise, **sizes):
    """Fresh arguments, more than once: a coincidence in one draw is none in the other."""
    return [exercise.draw(np.random.default_rng(seed), **sizes) for seed in range(exercise.tries)]


def cases(exercise):
    """All that an answer is tried on: both draws, then every easy or special case."""
    return draws(exercise) + [draws(exercise, **sizes)[0] for sizes in exercise.isolated.values()]


def same(a, b):
    """Equal but for the order of summation, single precision allowed."""
    if np.shape(a) != np.shape(b):
        return False
    scale = np.abs(b).max(initial=0) + 1e-12
    tolerance = 1e-5 if np.asarray(a).dtype == np.float32 else 2e-6  # float32 inside an answer costs up to 1e-6
    return bool(np.abs(np.asarray(a, float) - b).max(initial=0) <= tolerance * scale)


@cache
def mistakes(name, rank=None):
    """(solution, list of (edit, results on the first draw)) of every mistake that runs, up to this rank, by likelihood.
    To make them all takes a second, so the likely ones are made first."""
    exercise = EXERCISES[name]
    args = draws(exercise)[0]
    if rank is None:
        solution, made = mistakes(name, LIKELY)
        edits = [e for e in solution.edits if e.rank > LIKELY]
    else:
        solution, made = Solution(exercise.solution, exercise.sizes, args), []
        edits = [e for e in solution.edits if e.rank <= rank]
    results = [(edit, outcome(exercise, solution, (edit,), args)) for edit in edits]
    made = made + [(edit, result) for edit, result in results if result is not None]
    return solution, sorted(made, key=lambda pair: likelihood(pair[0]))


LIKELY = 2  # the rank up to which mistakes are made first
ORDER = (
    "term",
    "slope",
    "sum",
    "steps",
    "whole",
    "once",
    "sign",
    "missing",
    "transpose",
    "average",
    "order",
    "factor",
)  # of two with one rank


def likelihood(edit):
    """The smaller, the likelier."""
    return edit.rank, ORDER.index(edit.kind) if edit.kind in ORDER else len(ORDER)


def outcome(exercise, solution, edits, args):
    """{name: array} of the solution with these mistakes, or None where it fails."""
    function = solution.compiled(*edits)
    if function is None:
        return None
    try:
        found = flat(exercise, run_plain(function, args))
    except Exception:
        return None
    return found if all(np.issubdtype(v.dtype, np.number) for v in found.values()) else None


def diagnosed(exercise, answer, found, truths, wrong):
    """{"edits": the mistakes, and how they were found} for an answer with these results in every case."""
    started, solution = time.thread_time(), mistakes(exercise.name, LIKELY)[0]
    everything = cases(exercise)

    def holds(*edits, keys=None):
        for args, seen in zip(everything, found):
            result = outcome(exercise, solution, edits, args)
            if result is None or result.keys() != seen.keys():
                return False
            if not all(same(result[k], seen[k]) for k in (keys or seen) if k in seen):
                return False
        return True

    for rank in (LIKELY, None):
        made = [(e, r) for e, r in mistakes(exercise.name, rank)[1] if r.keys() == truths[0].keys()]
        whole = [e for e, r in made if all(same(r[k], found[0][k]) for k in r) and holds(e)]
        if whole:
            first = whole[0]
            near = [e for e in whole[1:] if e.rank <= first.rank + (e.kind != first.kind) and "this use" not in e.words]
            alike = list({e.words: e for e in near if e.words != first.words}.values())
            return {"edits": [first], "alike": alike}
    several = added(made, found[0], truths[0], holds)
    if several:
        return {"edits": several}
    single = {k: [e for e, r in made if same(r[k], found[0][k]) and not same(r[k], truths[0][k])] for k in wrong}
    chosen = covered(wrong, single, lambda e, k: holds(e, keys=[k]))
    if len(chosen) == len(wrong):
        return {"edits": list({id(e): e for e in chosen.values()}.values()), "by_key": chosen}
    pair = paired(exercise, solution, made, found, truths[0], chosen, single, holds, started)
    if pair:
        return {"edits": pair}
    if 2 * len(chosen) > len(wrong):
        return {"edits": list({id(e): e for e in chosen.values()}.values()), "by_key": chosen}
    return {"edits": [], "isolated": isolate(exercise, answer)}


def covered(wrong, single, holds):
    """{wrong result: a mistake that has its numbers}, by as few mistakes as possible; results that none has are left
    out."""
    chosen, tried = {}, set()
    while True:
        count = {}
        for key in (k for k in wrong if k not in chosen):
            for e in single[key]:
                if id(e) not in tried:
                    count.setdefault(id(e), [e, []])[1].append(key)
        if not count:
            return chosen
        edit, keys = min(count.values(), key=lambda pair: (-len(pair[1]), pair[0].rank))
        tried.add(id(edit))
        chosen |= {k: edit for k in keys if holds(edit, k)}


def added(made, found, truth, holds):
    """Two or three mistakes whose effects on the results add up to the learner's, as they do where they touch different
    terms: looked up, not tried. What is found is made, and must hold in every case."""
    flatten = lambda values: np.concatenate([np.ravel(values[k]).astype(float) for k in truth])  # noqa: E731
    target, zero = flatten(found) - flatten(truth), flatten(truth)
    fits = [(e, r) for e, r in made if all(r[k].shape == truth[k].shape for k in truth)]
    good = [(e, flatten(r) - zero) for e, r in fits]
    good = [(e, d) for e, d in good if np.isfinite(d).all() and np.abs(d).max(initial=0) > 1e-9]
    if not good:
        return None
    look = np.random.default_rng(0).standard_normal(len(target)) / (1 + np.abs(target).max())
    marks, goal = np.array([d @ look for _, d in good]), target @ look
    order = np.argsort(marks)
    sums, tries = marks[order], 0
    for rank in (1, 4):
        hits = []
        for i, (one, effect) in enumerate(good):
            k = np.searchsorted(sums, goal - marks[i] - 1e-9)
            while k < len(sums) and sums[k] < goal - marks[i] + 1e-9 and tries < 200:
                other, more = good[order[k]]
                k, tries = k + 1, tries + 1
                apart = not {id(p) for p, *_ in one.places} & {id(p) for p, *_ in other.places}
                if max(one.rank, other.rank) <= rank and apart and np.allclose(effect + more, target, atol=1e-9):
                    hits.append((one, other))
        hits = sorted(hits, key=lambda pair: tuple(map(sum, zip(*map(likelihood, pair)))))
        both = next((pair for pair in hits if holds(*pair)), None)
        if both:
            return list(both)
    return None


def paired(exercise, solution, made, found, truth, chosen, single, holds, started):
    """Two mistakes that together have the learner's numbers, if there is time to find them."""
    end = max(started + SEARCH, time.thread_time() + SEARCH / 4)
    args = cases(exercise)[0]
    rest = [e for e, r in made if all(same(r[k], truth[k]) for k in chosen)]  # what leaves alone what is explained
    likely = [e for key in single for e in sorted(single[key], key=lambda e: e.rank)[:4]]
    likely = list({id(e): e for e in likely}.values())
    others = sorted((e for e, _ in made), key=lambda e: e.rank)
    tried = itertools.chain(
        ((one, other) for one in {id(e): e for e in chosen.values()}.values() for other in rest),
        ((one, other) for one in likely for other in likely + others),
        itertools.combinations(
            [
                e
                for e in others
                if e.rank <= 1 and e.kind in ("factor", "slope", "term", "sum", "steps", "missing", "number")
            ],
            2,
        ),
    )
    for one, other in tried:
        if time.thread_time() > end:
            return None
        if other is not one and not {id(p) for p, *_ in one.places} & {id(p) for p, *_ in other.places}:
            result = outcome(exercise, solution, (one, other), args)
            if result and result.keys() == found[0].keys() and all(same(result[k], found[0][k]) for k in result):
                if holds(one, other):
                    return [one, other]
    return None


def isolate(exercise, answer):
    """({words: right?}) for the easy cases of an exercise."""
    found = {}
    for words, sizes in exercise.isolated.items():
        right = True
        for args in draws(exercise, **sizes):
            result, message = run(answer, args)
            truth = flat(exercise, run_plain(exercise.solution, args))
            try:
                right &= not message and all(same(flat(exercise, result)[k], truth[k]) for k in truth)
            except (KeyError, TypeError, ValueError, AttributeError):
                right = False
        found[words] = right
    return found
