"""The checker of the exercises, held against a second set of 80 wrong answers: its figures out of sample.

They were written from the statements alone, before their writer had seen the checker or the first blind set, and no
operator was changed for them. Of the 80 it names 68, each as the mistake that was made (two of them, both of
`linear_recurrence_backward`, with the false addition that h_0 has another mistake as well); 9 are only located, 2 said
before any search, and 1 was accepted: it compares the squared norm with theta, which shows only where the norm lies
between theta and its root. A draw of that kind was added since. Who completes the operators on this set must say so
here, for then it forecasts nothing.
"""

import re
from collections import Counter
from functools import cache

import numpy as np
import pytest
from second_answers import CASES, RIGHT

from rnnlib.course import exercises

MISNAMED_PART = {("linear_recurrence_backward", 0), ("linear_recurrence_backward", 3)}
ALL = [(name, k) for name, cases in CASES.items() for k in range(len(cases))]


def function(source):
    scope = {"np": np}
    exec(source, scope)
    return scope["answer"]


@cache
def verdict(name, k):
    return exercises.check(name, function(CASES[name][k][0]))


def kind(found):
    if found.right:
        return "accepted"
    return "named" if found.named else "located" if found.hints else "said before any search"


def test_the_set_is_whole():
    assert len(CASES) == 20 and CASES.keys() == RIGHT.keys() and set(CASES) <= set(exercises.names())
    assert all(len(cases) == 4 for cases in CASES.values())


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_is_right(name):
    assert exercises.check(name, function(RIGHT[name])).right


@pytest.mark.parametrize(("name", "k"), ALL)
def test_a_wrong_answer_is_refused(name, k):
    found = verdict(name, k)
    assert not found.right and found.message, CASES[name][k][1]


@pytest.mark.parametrize(("name", "k"), ALL)
def test_a_name_is_that_of_the_mistake_made(name, k):
    found, (_, mistake, expected) = verdict(name, k), CASES[name][k]
    if expected:
        assert found.named and re.search(expected, found.named), (mistake, found.named)
    else:
        assert not found.named, (mistake, found.named)
    assert ("another mistake as well" in (found.named or "")) == ((name, k) in MISNAMED_PART)


def test_a_squared_norm_held_against_theta_is_wrong():
    right, squared = (function(source) for source in (RIGHT["clip_by_global_norm"], CASES["clip_by_global_norm"][3][0]))
    for norm, theta in ((1.7, 2.0), (0.6, 0.5)):
        assert abs(right([np.array([norm])], theta)[0] - squared([np.array([norm])], theta)[0]).max() > 0.05


def test_the_shares_out_of_sample(say):
    total = Counter()
    for name, cases in CASES.items():
        kinds = Counter(kind(verdict(name, k)) for k in range(len(cases)))
        say(f"{name}: " + ", ".join(f"{what} {n}" for what, n in sorted(kinds.items())))
        total += kinds
    say(f"second set, out of sample: {total.total()}, " + ", ".join(f"{w} {n}" for w, n in sorted(total.items())))
    assert total["named"] >= 0.8 * total.total()
