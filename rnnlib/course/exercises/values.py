"""Answers that are no functions: numbers, letters, and settings that are tried.

A number is diagnosed as a function is: the solution is a short function of the exercise's constants, and the mistakes
whose value is the learner's are looked up. A single number agrees by chance more easily than an array, so pairs are not
tried, and where several mistakes have the number, all of them are said and none is named.
"""

import numpy as np

from .diagnosis import mistakes, outcome
from .running import flat, run, run_plain
from .verdict import Verdict, not_yet, where, why

NEAR = 0.01  # relative: how near a rounded number must come to that of a mistake


def read(answer, count):
    """(count,) floats, or None: numbers of any type, in any sequence, but no truth values and no text."""
    try:
        numbers = np.ravel(np.asarray(answer))
    except ValueError:
        return None
    fine = numbers.dtype.kind in "iuf" and len(numbers) == count and np.isfinite(numbers).all()
    return numbers.astype(float) if fine else None


def empty(answer):
    """None, or a sequence of it: not tried yet."""
    return answer is None or (isinstance(answer, list | tuple) and len(answer) > 0 and all(map(empty, answer)))


def given_by(exercise, answer, args=()):
    """(answer, None), or (None, Verdict) where there is none; of a function, what it returns."""
    message = None
    if callable(answer):
        answer, message = run(answer, args)
    if message or empty(answer):
        return None, Verdict(exercise.name, message=message or "Not tried yet.")
    return answer, None


def asked_for(exercise, answer, args=()):
    """(numbers, None), or (None, Verdict) where there are none of the form that is asked for."""
    answer, verdict = given_by(exercise, answer, args)
    if verdict:
        return None, verdict
    count = len(exercise.order)
    numbers = read(answer, count)
    if numbers is not None:
        return numbers, None
    what = "a number" if count == 1 else f"{count} numbers, {' and '.join(exercise.order)}"
    return None, Verdict(exercise.name, message=f"Expected: {what}; got {answer!r}.")


def number(exercise, answer, **given):
    """The verdict on the number, or numbers, of an exercise."""
    constants = exercise.constants()
    if not given.keys() <= constants.keys():
        raise TypeError(f"given: expected {', '.join(constants)}, got {', '.join(given)}")
    constants |= given
    args = tuple(constants.values())
    numbers, verdict = asked_for(exercise, answer, args)
    if verdict:
        return verdict
    found = dict(zip(exercise.order, numbers))
    truth = flat(exercise, run_plain(exercise.solution, args))
    if any(v.dtype.kind == "i" for v in truth.values()) and (numbers % 1).any():
        return Verdict(exercise.name, message=f"Expected: a whole number; got {answer!r}.")
    wrong = [k for k in truth if not np.isclose(found[k], truth[k], rtol=exercise.tolerance + 1e-9, atol=0)]
    with np.errstate(all="ignore"):
        shown = exercise.shows(numbers if len(numbers) > 1 else numbers[0], **constants)
    if not wrong:
        return Verdict(exercise.name, right=True, message=f"Right: {shown}.")
    first = f"The first wrong number is {wrong[0]}: {shown}." if len(truth) > 1 else f"{shown}."
    fits = fitting(exercise, args, found)
    fits = {"": fits[tuple(truth)]} if fits[tuple(truth)] else {f"{k}: ": fits[(k,)] for k in wrong}
    if all(likely(edits, numbers) for edits in fits.values()):
        named = "; ".join(k + edits[0].words for k, edits in fits.items())
        edits = [edits[0] for edits in fits.values()]
        return not_yet(exercise, wrong[0], named, [first, why(exercise, edits), where(edits)], edits)
    several = [(k, e) for k, edits in fits.items() for e in edits if e.rank <= edits[0].rank + 2][:4]
    second = "No single mistake that we know has this number; go through the formula term by term."
    if several:
        second = f"{'Several mistakes have' if several[1:] else 'One mistake has'} this number, maybe by chance: "
        second += "; ".join(k + e.words for k, e in several) + "."
        second += "".join(f" {exercise.words[e.words]}" for _, e in several if e.words in exercise.words)
    large = "large" if found[wrong[0]] > truth[wrong[0]] else "small"
    return not_yet(exercise, wrong[0], None, [first, second, f"{wrong[0]} is too {large}."])


def fitting(exercise, args, found):
    """{names: the edits, best first, that give what was found for these names}, for all names and for each."""
    solution, _ = mistakes(exercise.name)
    near = NEAR if exercise.tolerance else 1e-9
    kept = {names: [] for names in (tuple(found), *((name,) for name in found))}
    for edit in solution.edits:
        made = outcome(exercise, solution, (edit,), args) or {}
        hit = {k for k, v in made.items() if v.shape == () and np.isclose(v, found[k], rtol=near)}
        for names in kept:
            if hit >= set(names):
                kept[names].append(edit)
    return {names: sorted(edits, key=lambda e: e.rank) for names, edits in kept.items()}


def likely(edits, numbers):
    """Whether the first is what happened: no other is as good, and it is a good one, or the number is none that many
    mistakes have."""
    alone = [e.rank for e in edits].count(edits[0].rank) == 1 if edits else False
    return alone and (edits[0].rank <= 1 or (numbers % 1).any() or np.abs(numbers).max() >= 1000)


def choice(exercise, answer):
    """The verdict on a letter, or several; case and punctuation do not matter."""
    answer, verdict = given_by(exercise, answer)
    if verdict:
        return verdict
    chosen, right = chosen_of(exercise, answer), exercise.solution()
    if not chosen or (len(chosen) > 1 and not (exercise.several or chosen <= set(right))):
        which = "letters among" if exercise.several else "one of"
        return Verdict(exercise.name, message=f"Expected: {which} {', '.join(exercise.said)}; got {answer!r}.")
    false = sorted(chosen - set(right))
    if false:
        named = f"{false[0]}: {exercise.said[false[0]]}"
        return not_yet(exercise, false[0], named, [f"{named}."])
    if exercise.several and chosen != set(right):
        return not_yet(exercise, None, None, [f"{len(chosen)} of {len(right)}, and right so far: go on."])
    said = "; ".join(f"{k}: {exercise.said[k]}" for k in right if k in chosen)
    return Verdict(exercise.name, right=True, message=f"Right. {said}.")


def chosen_of(exercise, answer):
    """The choices that an answer names, or none where it names anything else."""
    parts = [answer] if isinstance(answer, str) else list(answer) if np.iterable(answer) else [answer]
    found = set()
    for part in (str(p).strip().lower() for p in parts):
        letters = "".join(c for c in part if c not in " ,.()")
        found |= {part} if part in exercise.said else set(letters) or {part}
    return found if found <= set(exercise.said) else set()


def setting(exercise, answer):
    """The verdict on numbers with which a network is run: conditions on them come first, then what was measured."""
    numbers, verdict = asked_for(exercise, answer)
    if verdict:
        return verdict
    seen, shown = dict(zip(exercise.order, map(float, numbers))), ""
    for conditions in (exercise.allowed, exercise.conditions):
        if conditions is exercise.conditions:
            with np.errstate(all="ignore"):
                seen |= exercise.measure(**seen)
            shown = exercise.shows.format(**seen)
        for name, holds, wrong, look, turn in conditions:
            if not holds(seen):
                named = wrong.format(**seen)
                return not_yet(exercise, name, named, [": ".join(filter(None, (shown, named))) + ".", look, turn])
    return Verdict(exercise.name, right=True, message=f"Right: {shown}.")
