"""The checker of the exercises, held against 192 wrong answers: none is accepted, at least nine in ten are named, none
wrongly; right answers in any style are right, and nothing is left changed."""

import inspect
import re
import sys
from collections import Counter
from functools import cache

import numpy as np
import pytest
from wrong_answers import CASES

from rnnlib import exercises
from rnnlib.exercises import catalogue, checker, diagnosis, running

ANSWERS = [pytest.param(name, k, id=f"{name}-{k}") for name, (_, wrong) in CASES.items() for k in range(len(wrong))]
STYLES = [pytest.param(name, k, id=f"{name}-{k}") for name, (right, _) in CASES.items() for k in range(len(right))]


def function(source):
    scope = {"np": np, "S": lambda a: 1 / (1 + np.exp(-a))}
    exec(source, scope)
    return scope["answer"]


@cache
def verdict(name, k):
    right, wrong = CASES[name]
    _, old, new, _ = wrong[k]
    assert right[0].count(old) >= 1, old
    return exercises.check(name, function(right[0].replace(old, new)))


def test_every_exercise_has_its_wrong_answers():
    assert list(CASES) == exercises.names() or set(CASES) == set(exercises.names())
    assert len(exercises.names()) == 20
    assert len(ANSWERS) >= 150 and min(len(wrong) for _, wrong in CASES.values()) >= 6


@pytest.mark.parametrize("name", exercises.names())
def test_the_solution_is_right(name):
    solution = catalogue.EXERCISES[name].solution
    assert exercises.check(name, solution).right
    assert solution.__doc__ and "->" in solution.__doc__


@pytest.mark.parametrize(("name", "k"), STYLES)
def test_a_right_answer_in_another_style_is_right(name, k):
    found = exercises.check(name, function(CASES[name][0][k]))
    assert found.right, str(found)


@pytest.mark.parametrize(("name", "k"), ANSWERS)
def test_a_wrong_answer_is_refused_and_not_misnamed(name, k):
    found, expected = verdict(name, k), CASES[name][1][k][3]
    assert not found.right and found.message
    if found.named and expected:
        assert re.search(expected, found.named), found.named
    if found.hints:
        assert len(found.hints) == 3 and found.first in catalogue.EXERCISES[name].order
        assert found.named is None or found.named.split(" (the same")[0] in found.hints[2] or found.edits


def test_nine_in_ten_are_named(say):
    kinds = Counter()
    for name, k in (p.values for p in ANSWERS):
        found = verdict(name, k)
        kinds["named" if found.named else "located" if found.hints else "said before any search"] += 1
    total = kinds.total()
    say(f"wrong answers: {total}, accepted 0, " + ", ".join(f"{what} {n}" for what, n in kinds.items()))
    assert kinds["named"] >= 0.9 * total


def test_what_is_named_has_the_learners_numbers():
    """An edit that is named, made again, gives the answer's results on arguments that the search has not seen."""
    name, k = "lstm_step_backward", 0
    exercise, found = catalogue.EXERCISES[name], verdict(name, k)
    right, wrong = CASES[name]
    answer = function(right[0].replace(wrong[k][1], wrong[k][2]))
    solution, _ = diagnosis.mistakes(name)
    args = exercise.draw(np.random.default_rng(99))
    made = running.flat(exercise, solution.compiled(*found.edits)(*args))
    given = running.flat(exercise, answer(*args))
    assert all(np.allclose(made[key], given[key], rtol=1e-9) for key in given)


# ------------------------------------------------------------------------------------------- said before any search


def step(change):
    """rnn_step_backward with something done to its results."""
    solution = catalogue.EXERCISES["rnn_step_backward"].solution
    return lambda *args: change(solution(*args))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda *args: None, "Not tried yet"),
        (step(lambda r: r["x"]), "dict with the keys x, h_prev"),
        (step(lambda r: {k: r[k] for k in ("x", "W_xh")}), "dict with the keys"),
        (step(lambda r: r | {"W_hh": r["W_hh"][:-1]}), r"W_hh should have the shape \(5, 5\)"),
        (step(lambda r: r | {"x": np.nan * r["x"]}), "x holds numbers that are not finite"),
        (step(lambda r: r | {"x": "text"}), "x should have the shape|no array"),
        (lambda dh, *args: 1 / 0, r"raises ZeroDivisionError: .*lambda dh"),
        (lambda dh, *args: dh.__iadd__(1), "changes its argument number 1 in place"),
        (lambda: None, "raises TypeError"),
    ],
)
def test_what_is_wrong_before_any_number_is_said_plainly(answer, message):
    found = exercises.check("rnn_step_backward", answer)
    assert not found.right and re.search(message, found.message), found.message
    assert found.named is None and found.hints == []


def test_an_answer_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr(running, "RUN", 0.2)

    def endless(*args):
        while True:
            pass

    result, message = running.run(endless, (1,), seconds=0.2)
    assert result is None and "longer than 0.2 seconds" in message and sys.gettrace() is None


def test_single_precision_is_right_and_a_near_miss_is_not():
    assert exercises.check("rnn_step_backward", step(lambda r: {k: v.astype(np.float32) for k, v in r.items()})).right
    assert not exercises.check("rnn_step_backward", step(lambda r: r | {"x": 1.001 * r["x"]})).right


def test_nothing_is_left_changed():
    """The solutions' trees are as before, and the same arguments come again."""
    name = "gru_step_backward"
    solution, made = diagnosis.mistakes(name)
    before = [edit.words for edit, _ in made]
    for k in range(4):
        verdict(name, k)
    again = solution.compiled()
    args = catalogue.EXERCISES[name].draw(np.random.default_rng(0))
    truth = catalogue.EXERCISES[name].solution(*args)
    assert all(np.array_equal(value, truth[key]) for key, value in again(*args).items())
    assert before == [edit.words for edit, _ in diagnosis.mistakes(name)[1]]


def test_a_name_or_an_answer_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"name: expected one of rnn_forward, .*, got 'lstm'"):
        exercises.check("lstm", len)
    with pytest.raises(TypeError, match="answer: expected a function, got dict"):
        exercises.check("rnn_forward", {})


def test_the_same_mistake_again_gets_one_hint_more_and_another_one_starts_anew():
    checker.ASKED.clear()
    turned, doubled = step(lambda r: r | {"W_hh": r["W_hh"].T}), step(lambda r: r | {"x": 2 * r["x"]})
    said = [str(exercises.check("rnn_step_backward", a)) for a in (turned, turned, turned, turned, doubled, turned)]
    assert [text.count("Hint") for text in said] == [1, 2, 3, 3, 1, 1]


def test_a_verdict_reads_well():
    checker.ASKED.clear()
    found = exercises.check("rnn_step_backward", step(lambda r: r | {"W_hh": r["W_hh"].T}))
    assert found.first == "W_hh" and "transposed" in found.named
    assert str(found).startswith("Not right yet.\nHint 1: The first wrong quantity in the order of the sweep is W_hh;")
    assert "right already: b_h, x, h_prev, W_xh" in found.hints[0] and "transposed" in found.hints[2]
    assert str(exercises.check("rnn_step_backward", step(dict))).startswith("Right: all")
    assert inspect.isfunction(checker.check)
