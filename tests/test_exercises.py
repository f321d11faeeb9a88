"""The checker of the exercises, held against more than 300 wrong answers: none is accepted, at least nine in ten of the
functions are named, none wrongly; right answers in any style are right, and nothing is left changed."""

import inspect
import linecache
import random
import re
import signal
import threading
import time
from collections import Counter
from functools import cache

import numpy as np
import pytest
from wrong_answers import CASES, VALUES

from rnnlib.course import exercises
from rnnlib.course.exercises import catalogue, checker, diagnosis, running, said

ANSWERS = [pytest.param(name, k, id=f"{name}-{k}") for name, (_, wrong) in CASES.items() for k in range(len(wrong))]
TOLD = [pytest.param(name, k, id=f"{name}-{k}") for name, (_, wrong) in VALUES.items() for k in range(len(wrong))]
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
    assert set(CASES) | set(VALUES) == set(exercises.names()) and not set(CASES) & set(VALUES)
    assert len(exercises.names()) >= 41
    assert len(ANSWERS) + len(TOLD) >= 300
    assert min(len(wrong) for _, wrong in (CASES | VALUES).values()) >= 5


def test_names_come_in_the_order_of_the_pages():
    pages = [e.page for e in catalogue.EXERCISES.values()]
    assert pages == sorted(pages) and list(catalogue.EXERCISES) == exercises.names()


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
    kinds = Counter(kind(verdict(name, k)) for name, k in (p.values for p in ANSWERS))
    told = Counter(kind(exercises.check(name, answer)) for name, (_, wrong) in VALUES.items() for _, answer, _ in wrong)
    for what, counts in (("functions", kinds), ("numbers, letters and settings", told)):
        say(f"wrong {what}: {counts.total()}, accepted 0, " + ", ".join(f"{n} {k}" for k, n in counts.items()))
    assert kinds["named"] >= 0.9 * kinds.total() and told["named"] >= 0.45 * told.total()


def kind(found):
    return "named" if found.named else "located" if found.hints else "said before any search"


@pytest.mark.parametrize("name", VALUES)
def test_a_right_value_in_any_harmless_form_is_right(name):
    for answer in VALUES[name][0]:
        found = exercises.check(name, answer)
        assert found.right and found.message.startswith("Right"), (answer, str(found))


@pytest.mark.parametrize(("name", "k"), TOLD)
def test_a_wrong_value_is_refused_and_told_why(name, k):
    _, answer, expected = VALUES[name][1][k]
    found = exercises.check(name, answer)
    assert not found.right and found.message and (found.hints or "Expected: " in found.message)
    if expected:
        assert re.search(expected, f"{found.named} {found.message} {' '.join(found.hints)}"), str(found)
    else:
        assert found.named is None or found.edits, found.named


@pytest.mark.parametrize("name", VALUES)
def test_what_is_not_tried_yet_is_no_mistake(name):
    for nothing in (None, (None, None), [None]):
        assert str(exercises.check(name, nothing)) == "Not tried yet."


def test_a_small_whole_number_that_many_mistakes_have_is_not_named():
    found = exercises.check("stack_width", 67)
    assert found.named is None and found.hints[1].startswith("Several mistakes have this number")
    assert "the factor `L` is missing" in found.hints[1] and "In the article's form" in found.hints[1]


def test_a_constant_may_be_what_the_page_has_measured():
    assert exercises.check("perplexity", np.exp(1.4683), nats=1.4683).right
    assert "`np.log(2)`" in exercises.check("perplexity", 2**1.4683, nats=1.4683).named
    with pytest.raises(TypeError, match="given: expected nats, got bits"):
        exercises.check("perplexity", 4.4, bits=2.1)
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        exercises.check("spread", np.std, nats=1)


def test_an_exercises_own_words_are_those_of_an_edit():
    for name, words in said.WORDS.items():
        known = {edit.words for edit in diagnosis.mistakes(name)[0].edits} | {"not finite"}
        assert set(words) <= known, name
    assert set(said.WORDS) | set(said.SAID) <= set(exercises.names())


def test_own_words_take_the_place_of_those_for_the_kind():
    def forwards(dh, Js):
        for J in Js:
            dh = dh @ J
        return dh

    assert (
        exercises.check("carry_gradient", forwards).hints[1]
        == "The way back starts at the last step, so J_T comes first."
    )


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
        (step(lambda r: r | {"x": "text"}), "x should have the shape"),
        (lambda dh, *args: 1 / 0, r"raises ZeroDivisionError: .*lambda dh"),
        (lambda dh, *args: dh.__iadd__(1), "changes its argument dh in place"),
        (lambda: None, "raises TypeError"),
    ],
)
def test_what_is_wrong_before_any_number_is_said_plainly(answer, message):
    found = exercises.check("rnn_step_backward", answer)
    assert not found.right and re.search(message, found.message), found.message
    assert found.named is None and found.hints == []


def test_shapes_that_do_not_fit_and_shapes_that_are_wrong_get_a_hint():
    solution = catalogue.EXERCISES["rnn_forward"].solution
    said = {
        "Row vectors stand on the left": lambda xs, h_0, W_xh, W_hh, b_h: W_xh @ xs[0],
        "one entry of the first axis": lambda *a: solution(*a)[-1],
        "does the first state belong": lambda *a: np.concatenate([a[1][None], solution(*a)]),
        r"should have the shape (7, 3, 5), that of its array, and has the shape (6, 3, 5).": lambda *a: solution(*a)[
            :-1
        ],
    }
    for words, answer in said.items():
        assert words in exercises.check("rnn_forward", answer).message
    assert exercises.check("rnn_forward", lambda *a: list(solution(*a))).right
    assert "should be one number, and has the shape (5,)" in exercises.check("spread", lambda hs: hs.std(0)).message


# ------------------------------------------------------------------------------------------- running


def endless(*args):
    while True:
        pass


def stubborn(*args):
    while True:
        try:
            endless()
        except Exception:
            pass


@pytest.mark.parametrize("answer", [endless, stubborn])
def test_an_answer_that_never_ends_is_stopped(answer, monkeypatch):
    monkeypatch.setattr(running, "RUN", 0.2)
    before, start = set(threading.enumerate()), time.monotonic()
    result, message = running.run(answer, (1,))
    assert result is None and message == "It runs longer than 0.2 seconds, and was stopped. Does a loop never end?"
    assert time.monotonic() - start < 1.5 and not set(threading.enumerate()) - before


def deaf():
    end = time.monotonic() + 1
    while time.monotonic() < end:
        try:
            while time.monotonic() < end:
                pass
        except:  # noqa: E722
            pass


@pytest.mark.parametrize("answer", [lambda: time.sleep(1), deaf])
def test_an_answer_that_nothing_stops_is_reported_at_the_limit(answer, monkeypatch):
    monkeypatch.setattr(running, "GRACE", 0.1)
    monkeypatch.setattr(running, "RUN", 0.2)
    start = time.monotonic()
    result, message = running.run(answer, ())
    assert result is None and "longer than 0.2 seconds, and cannot be stopped" in message
    assert time.monotonic() - start < 0.9


def slow(*args):
    time.sleep(0.1)
    return catalogue.EXERCISES["rnn_forward"].solution(*args)


@pytest.mark.parametrize("answer", [endless, slow])
def test_the_limit_is_for_all_that_an_answer_is_tried_on(answer, monkeypatch):
    monkeypatch.setattr(running, "RUN", 0.3)
    found = exercises.check("rnn_forward", answer)
    assert not found.right and found.message.startswith("It runs longer than 0.3 seconds")


def test_an_interrupt_passes_and_ends_the_answer():
    import _thread

    def answer():
        _thread.interrupt_main()
        endless()

    before = set(threading.enumerate())
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever an earlier test has left there
    try:
        with pytest.raises(KeyboardInterrupt):
            running.run(answer, ())
    finally:
        signal.signal(signal.SIGINT, handler)
    assert not set(threading.enumerate()) - before


def test_global_state_is_as_before_and_output_is_seen(capsys):
    def answer(x):
        np.random.seed(1)  # noqa: NPY002
        random.seed(1)
        np.seterr(all="raise")
        np.set_printoptions(precision=2)
        print("seen")
        return np.random.rand()  # noqa: NPY002

    np.random.seed(7)  # noqa: NPY002
    random.seed(7)
    state = lambda: (str(np.random.get_state()), random.getstate(), np.geterr(), np.get_printoptions())  # noqa: E731, NPY002
    before = state()
    assert running.run(answer, (1.0,))[1] is None and state() == before
    assert capsys.readouterr().out == "seen\n"


def in_a_cell(source, name="/tmp/ipykernel_1/1.py"):
    """A function whose lines are known as those of a notebook's cell are."""
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    scope = {"np": np}
    exec(compile(source, name, "exec"), scope)
    return scope["answer"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("    return np.linalg.inv(0 * np.eye(2))", "LinAlgError: Singular matrix, at `return np.linalg.inv(0 * np"),
        ("    return answer(*a)", "RecursionError: maximum recursion depth exceeded, at `return answer(*a)` (line 2)"),
        ("    x = 1\n    assert x > 1", "AssertionError, at `assert x > 1` (line 3)"),
        (
            "    return [k.upper() for k in (1,)]",
            "AttributeError: 'int' object has no attribute 'upper', at `return [k",
        ),
        ("    raise SystemExit", "SystemExit, at `raise SystemExit` (line 2)"),
    ],
)
def test_a_raise_is_reported_with_the_learners_own_line(body, said):
    message = running.run(in_a_cell(f"def answer(*a):\n{body}\n"), (1, 2))[1]
    assert message.startswith(f"It raises {said}"), message


def test_the_own_line_is_not_that_of_the_library_it_called():
    source = "def answer(model, params, xs, targets, size):\n    return model.forward(params, xs[0])\n"
    message = exercises.check("loss_in_windows", in_a_cell(source)).message
    assert "at `return model.forward(params, xs[0])` (line 2)" in message, message


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
    with pytest.raises(ValueError, match=r"name: expected one of parameter_count, rnn_forward, .*, got 'lstm'"):
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
    assert str(found).startswith(
        "Not right yet.\nHint 1: The first wrong quantity in the order of the sweep "
        "(b_h, x, h_prev, W_xh, W_hh) is W_hh;"
    )
    assert "right already: b_h, x, h_prev, W_xh" in found.hints[0] and "transposed" in found.hints[2]
    assert str(exercises.check("rnn_step_backward", step(dict))).startswith("Right: all")
    assert inspect.isfunction(checker.check)
