"""Exercises on their pages: one source for statement, solution and checker; every number by hand is the solution's."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from rnnlib.course import exercises
from rnnlib.course.exercises import catalogue, posed

ROOT = Path(__file__).resolve().parent.parent
POSED = posed.statements()


def arrays(value):
    """Nested lists as arrays: a list of numbers, or of such lists, is one; a list of dicts is a list."""
    if isinstance(value, dict):
        return {k: arrays(v) for k, v in value.items()}
    if isinstance(value, list) and isinstance(value[0], dict):
        return [arrays(v) for v in value]
    return np.array(value) if isinstance(value, list) else value


def by_hand(name):
    """{quantity: numbers} that the solution makes of the statement's arguments."""
    args = [arrays(a) for a in POSED[name].args]
    listed = {"clip_by_global_norm": 0, "stack_backward": 2, "article_stack_backward": 2, "residual_backward": 2}
    args = [list(a) if listed.get(name) == k else a for k, a in enumerate(args)]  # a list of arrays, not one array
    result = catalogue.EXERCISES[name].solution(*args)
    if isinstance(result, list) and isinstance(result[0], dict):
        return {f"layer {l} {k}": v for l, layer in enumerate(result) for k, v in layer.items()}
    if isinstance(result, dict):
        return result
    return dict(zip(POSED[name].gives, result if isinstance(result, tuple | list) else [result]))


def pages():
    return {path: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}


def standing():
    """[(page's number, exercise)] in the order of the course."""
    for path, notebook in pages().items():
        for cell in notebook["cells"]:
            if cell["id"].startswith("your-turn-"):
                yield path.stem.split("_")[0], cell["id"].removeprefix("your-turn-")


@pytest.mark.parametrize("name", POSED)
def test_the_number_by_hand_is_that_of_the_solution(name):
    found, said = by_hand(name), POSED[name]
    for key, numbers in said.gives.items():
        assert np.allclose(np.ravel(found[key]), numbers, rtol=0, atol=6e-4), key
    told = {abs(float(n)) for n in re.findall(r"\d+(?:\.\d+)?", said.by_hand)}
    assert {abs(n) for numbers in said.gives.values() for n in numbers} - {0, 1} <= told


@pytest.mark.parametrize("name", POSED)
def test_a_statement_is_whole(name):
    said = POSED[name]
    signature = re.search(r"\((.*)\)", next(c[2] for c in posed.page_cells(name) if c[0].startswith("answer")))[1]
    assert len(said.hints) == 3 and all(len(h) > 30 for h in said.hints)
    assert "tempting" in said.tempting and 5 <= said.minutes <= 40
    if "as for" not in said.shapes:
        assert all(f"`{a.strip()}" in said.shapes for a in signature.split(","))


def test_every_exercise_stands_on_its_page_in_the_order_of_the_course():
    companions = {n for n, e in catalogue.EXERCISES.items() if e.page.endswith("b")}
    neighbours = [n for n, e in catalogue.EXERCISES.items() if e.page == "11"]
    assert len(POSED) == 20 and companions <= set(POSED) and list(POSED)[-3:] == neighbours
    assert list(standing()) == [(catalogue.EXERCISES[name].page, name) for name in POSED]


def test_the_cells_of_a_page_are_those_of_the_source():
    found = {c["id"]: c for notebook in pages().values() for c in notebook["cells"]}
    for name in POSED:
        for id, kind, source, metadata in posed.page_cells(name):
            cell = found[id]
            assert (cell["cell_type"], "".join(cell["source"]), cell["metadata"]) == (kind, source, metadata), id


@pytest.mark.parametrize("name", POSED)
def test_an_empty_answer_is_not_tried_and_a_shown_solution_is_right(name):
    _, answer, _, solution = (source for _, _, source, _ in posed.page_cells(name))
    for source, right in ((answer, False), (re.search(r"```python\n(.*?)```", solution, re.DOTALL)[1], True)):
        scope = {"np": np}
        exec(source, scope)
        verdict = exercises.check(name, scope[name])
        assert verdict.right is right
        assert right or verdict.message.startswith("Not tried yet")
