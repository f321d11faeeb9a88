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
    return answer is None or isinstance(answer, list | tuple) and len(answer) > 0 and all(map(empty, answer))


def asked_for(exercise, answer, count, forms=""):
    """(numbers, None), or (None, Verdict) where there are none of the form that is asked for."""
    if empty(answer):
        return None, Verdict(exercise.name, message="Not tried yet.")
    numbers = read(answer, count)
    if numbers is not None:
        return numbers, None
    what = "a number" if count == 1 else f"{count} numbers, {' and '.join(exercise.order)}"
    return None, Verdict(exercise.name, message=f"Expected is {what}{forms}, and not {answer!r}.")


def number(exercise, answer, **given):
    """The verdict on the number, or numbers, of an exercise."""
    constants = exercise.constants()
    if not given.keys() <= constants.keys():
        raise TypeError(f"given: expected {', '.join(constants)}, got {', '.join(given)}")
    constants |= given
    args = tuple(constants.values())
    if callable(answer):
        answer, message = run(answer, args)
        if message:
            return Verdict(exercise.name, message=message)
    numbers, verdict = asked_for(exercise, answer, len(exercise.order))
    if verdict:
        return verdict
    found = dict(zip(exercise.order, numbers))
    truth = flat(exercise, run_plain(exercise.solution, args))
    wrong = [k for k in truth if not np.isclose(found[k], truth[k], rtol=exercise.tolerance + 1e-9, atol=0)]
    shown = exercise.shows(*numbers if len(numbers) == 1 else [numbers], **constants)
    if not wrong:
        return Verdict(exercise.name, right=True, message=f"Right: {shown}.")
    first = f"The first wrong number is {wrong[0]}" if len(truth) > 1 else ""
    first = ": ".join(text for text in (first, shown) if text) + "."
    near = NEAR if exercise.tolerance else 1e-9
    solution, _ = mistakes(exercise.name)

    def fits(edit):
        made = outcome(exercise, solution, (edit,), args)
        return made and all(np.shape(made[k]) == () and np.isclose(made[k], found[k], rtol=near) for k in truth)

    edits = sorted(filter(fits, solution.edits), key=lambda e: e.rank)
    edits = [e for e in edits if e.rank == edits[0].rank]
    if len(edits) == 1 or edits and edits[0].rank <= 1 and len(edits) == 2:
        named = " Or: ".join(e.words for e in edits)
        return not_yet(exercise, wrong[0], named, [first, why(exercise, edits), where(edits)], edits)
    second = "No single mistake that we know has this number; go through the formula term by term."
    if edits:
        second = f"Several mistakes have this number: {'; '.join(e.words for e in edits[:4])}."
    large = "large" if found[wrong[0]] > truth[wrong[0]] else "small"
    return not_yet(exercise, wrong[0], None, [first, second, f"It is too {large}."])


def choice(exercise, answer):
    """The verdict on a letter, or several; case and punctuation do not matter."""
    answer = answer() if callable(answer) else answer
    if empty(answer):
        return Verdict(exercise.name, message="Not tried yet.")
    chosen, right = chosen_of(exercise, answer), exercise.solution()
    if not chosen or len(chosen) > 1 and not (exercise.several or chosen <= set(right)):
        which = "letters among" if exercise.several else "one of"
        return Verdict(exercise.name, message=f"Expected is {which} {', '.join(exercise.said)}, and not {answer!r}.")
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
    """The verdict on numbers with which a network is run."""
    answer = answer() if callable(answer) else answer
    numbers, verdict = asked_for(exercise, answer, len(exercise.order))
    if verdict:
        return verdict
    with np.errstate(all="ignore"):
        seen = exercise.measure(*map(float, numbers))
    shown = exercise.shows.format(**seen)
    for name, holds, wrong, look, turn in exercise.conditions:
        if not holds(seen):
            named = wrong.format(**seen)
            return not_yet(exercise, name, named, [f"{shown}: {named}.", look, turn])
    return Verdict(exercise.name, right=True, message=f"Right: {shown}.")
