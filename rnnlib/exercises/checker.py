"""Which mistake is it? The one whose numbers are the learner's.

`check` runs an answer on drawn arguments beside the solution. Where it is wrong, every mistake that `mutants` can make
of the solution is made, and those whose results are the learner's, number by number and on a second draw, are what the
learner did (mutation as diagnosis; for error models over a reference see Singh, Gulwani, Solar-Lezama 2013). Where no
single one fits, each wrong result is looked for by itself, then pairs are tried while time allows; and where nothing
fits, the hard case is made easy: one step, one sequence, one unit.
"""

from dataclasses import dataclass, field

import numpy as np

from .catalogue import EXERCISES
from .diagnosis import cases, diagnosed, same
from .edits import WHY
from .running import flat, message_key, run, run_plain, shape_message


@dataclass
class Verdict:
    """What `check` found. right; first: the first wrong quantity in the order of the sweep; named: the mistake in
    words; hints: three, from vague to plain. As text it holds the first `shown` hints: one, and one more each time that
    the same mistake comes again."""

    name: str
    right: bool = False
    first: str | None = None
    named: str | None = None
    hints: list = field(default_factory=list)
    message: str = ""
    edits: list = field(default_factory=list)
    shown: int = 1

    def __str__(self):
        lines = [self.message, *(f"Hint {k}: {hint}" for k, hint in enumerate(self.hints[: self.shown], 1))]
        return "\n".join(line for line in lines if line)

    __repr__ = __str__


ASKED = {}  # exercise -> (first and named of the last wrong answer, how often it came)


def names():
    """All exercises, in the order of the course."""
    return list(EXERCISES)


def check(name, answer):
    """Try a function on the exercise of this name and return a Verdict."""
    if name not in EXERCISES:
        raise ValueError(f"name: expected one of {', '.join(EXERCISES)}, got {name!r}")
    exercise = EXERCISES[name]
    if not callable(answer):
        raise TypeError(f"answer: expected a function, got {type(answer).__name__}")
    truths, found = [], []
    for args in cases(exercise):
        wanted = run_plain(exercise.solution, args)
        truths.append(flat(exercise, wanted))
        result, message = run(answer, args)
        message = message or shape_message(exercise, result, wanted, truths[-1])
        if message:
            return Verdict(name, message=message, first=message_key(message, truths[-1]))
        found.append(flat(exercise, result))
    wrong = [k for k in truths[0] if not all(same(f[k], t[k]) for f, t in zip(found, truths) if k in t)]
    if not wrong:
        count = sum(np.size(v) for v in truths[0].values())
        return Verdict(name, right=True, message=f"Right: all {count} numbers agree.")
    verdict = told(exercise, wrong, **diagnosed(exercise, answer, found, truths, wrong))
    mistake, (before, times) = (verdict.first, verdict.named), ASKED.get(name, (None, 0))
    verdict.shown = times + 1 if mistake == before else 1
    ASKED[name] = mistake, verdict.shown
    return verdict


def told(exercise, wrong, edits, alike=(), by_key=None, isolated=None):
    """The verdict in words."""
    name, keys = exercise.name, [k for k in exercise.order]
    fine = [k for k in keys if k not in wrong]
    first = f"The first wrong quantity in the order of the sweep is {wrong[0]}"
    first += f"; right already: {', '.join(fine)}." if fine else ", and none is right."
    if edits:
        named = " And: ".join(e.words for e in edits)
        if by_key:
            keyed = {id(e): [k for k in wrong if by_key.get(k) is e] for e in edits}
            named = "; ".join(f"{', '.join(keyed[id(e)])}: {e.words}" for e in edits)
            left = [k for k in wrong if k not in by_key]
            named += f"; {', '.join(left)}: another mistake as well" if left else ""
        if alike:
            named += " (the same numbers come of: " + "; ".join(e.words for e in alike[:3]) + ")"
        second = " ".join(dict.fromkeys(WHY[e.kind] for e in edits))
        third = " ".join(f"In the line `{e.line}`: {e.words}." for e in edits)
        return Verdict(name, False, wrong[0], named, [first, second, third], "Not right yet.", edits)
    easy = [words for words, right in (isolated or {}).items() if right]
    hard = [words for words, right in (isolated or {}).items() if not right]
    second = f"It is right with {', '.join(easy)}" if easy else "It is wrong in the easiest cases too"
    second += f", wrong with {', '.join(hard)}." if hard else "."
    third = "No single mistake that we know has these numbers; compare your lines with the formulas, one by one."
    return Verdict(name, False, wrong[0], None, [first, second, third], "Not right yet.")
