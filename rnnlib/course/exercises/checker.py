"""Which mistake is it? The one whose numbers are the learner's.

`check` runs an answer on drawn arguments beside the solution. Where it is wrong, every mistake that `mutants` can make
of the solution is made, and those whose results are the learner's, number by number and on a second draw, are what the
learner did (mutation as diagnosis; for error models over a reference see Singh, Gulwani, Solar-Lezama 2013). Where no
single one fits, each wrong result is looked for by itself, then pairs are tried while time allows; and where nothing
fits, the hard case is made easy: one step, one sequence, one unit.

What is asked for need not be a function: `examined` is told by the kind of the exercise; see `values` for the others.
"""

import time
from functools import singledispatch

import numpy as np

from . import running, values
from .catalogue import EXERCISES
from .diagnosis import cases, diagnosed, draws, same
from .kinds import Choice, Function, Number, Setting
from .running import flat, form_message, run_plain
from .verdict import Verdict, not_yet, where, why

ASKED = {}  # exercise -> (first and named of the last wrong answer, how often it came)


def names():
    """All exercises, in the order of the course."""
    return list(EXERCISES)


def check(name, answer, **given):
    """Try an answer on the exercise of this name and return a Verdict. answer: a function, or, where the exercise asks
    for them, numbers or letters. given: constants that the page has measured, for an exercise that asks for a number.
    """
    if name not in EXERCISES:
        raise ValueError(f"name: expected one of {', '.join(EXERCISES)}, got {name!r}")
    verdict = examined(EXERCISES[name], answer, **given)
    if verdict.hints:
        mistake, (before, times) = (verdict.first, verdict.named), ASKED.get(name, (None, 0))
        verdict.shown = times + 1 if mistake == before else 1
        ASKED[name] = mistake, verdict.shown
    return verdict


def yours(name, answer):
    """The answer where it is right, and the solution where it is not: for a page that goes on with what was written.
    KeyError where there is no exercise of this name."""
    return answer if examined(EXERCISES[name], answer).right else EXERCISES[name].solution


def mistake(name, answer):
    """The mistake in words, or None: of an answer that a page shows, so that nothing is kept of it. KeyError where
    there is no exercise of this name."""
    return examined(EXERCISES[name], answer).named


@singledispatch
def examined(exercise, answer, **given):
    """The Verdict on an answer to an exercise of this kind."""
    raise TypeError(f"exercise: expected a kind of Exercise, got {type(exercise).__name__}")


examined.register(Number, values.number)
examined.register(Choice, values.choice)
examined.register(Setting, values.setting)


@examined.register
def function(exercise: Function, answer):
    if not callable(answer):
        raise TypeError(f"answer: expected a function, got {type(answer).__name__}")
    truths, found, end = [], [], time.monotonic() + running.RUN
    for args in cases(exercise):
        wanted = run_plain(exercise.solution, args)
        truths.append(flat(exercise, wanted))
        result, message = running.run(answer, args, end - time.monotonic())
        message = message or form_message(exercise, result, wanted, truths[-1])
        if message:
            first = next((key for key in truths[-1] if message.startswith(f"{key} ")), None)
            return Verdict(exercise.name, message=message, first=first)
        found.append(flat(exercise, result))
    wrong = [k for k in truths[0] if not all(same(f[k], t[k]) for f, t in zip(found, truths) if k in t)]
    if not wrong:
        count = sum(np.size(v) for v in truths[0].values())
        agree = f"all {count} numbers agree" if count > 1 else "it agrees on every draw"
        return Verdict(exercise.name, right=True, message=f"Right: {agree}.{careless(exercise, answer)}")
    return told(exercise, wrong, **diagnosed(exercise, answer, found, truths, wrong))


def careless(exercise, answer):
    """What is to be said of a right answer that fails as arithmetic, in words."""
    for words, sizes in exercise.careful.items():
        args = draws(exercise, **sizes)[0]
        result, message = running.run(answer, args)
        truth = flat(exercise, run_plain(exercise.solution, args))
        if message or not all(same(v, truth[k]) for k, v in flat(exercise, result).items()):
            return f" But with {words} the arithmetic fails, where another order of the same formula does not."
    return ""


def told(exercise, wrong, edits, alike=(), by_key=None, isolated=None):
    """The verdict in words."""
    fine = [k for k in exercise.order if k not in wrong]
    sweep = f" ({', '.join(exercise.order)})" if len(exercise.order) <= 6 else ""
    first = f"The first wrong quantity in the order of the sweep{sweep} is {wrong[0]}"
    first += f"; right already: {', '.join(fine)}." if fine else ", and none is right."
    if len(exercise.order) == 1:
        first = f"{wrong[0]} is wrong."
    if edits:
        named = " And: ".join(e.words for e in edits)
        if by_key:
            keyed = {id(e): [k for k in wrong if by_key.get(k) is e] for e in edits}
            named = "; ".join(f"{', '.join(keyed[id(e)])}: {e.words}" for e in edits)
            left = [k for k in wrong if k not in by_key]
            named += f"; {', '.join(left)}: another mistake as well" if left else ""
        if alike:
            named += " (the same numbers come of: " + "; ".join(e.words for e in alike[:3]) + ")"
        return not_yet(exercise, wrong[0], named, [first, why(exercise, edits), where(edits)], edits)
    easy = [words for words, right in (isolated or {}).items() if right]
    hard = [words for words, right in (isolated or {}).items() if not right]
    second = " ".join([*(f"Right with {words}." for words in easy), *(f"Wrong with {words}." for words in hard)])
    third = "No single mistake that we know has these numbers; compare your lines with the formulas, one by one."
    return not_yet(exercise, wrong[0], None, [first, second, third])
