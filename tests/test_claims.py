"""Every claim is as wide as its number: the pages beside tests/claims/NN.toml, and explorers beside folded answers."""

import ast
import os
import re

import pytest
from claims import FOUND, HERE, PAGES, ROOT, WAYS, Page, computed, outside, plain, table

from rnnlib import tasks
from rnnlib.course import explore

FEWEST = dict.fromkeys(PAGES, 0) | {"03": 20, "04": 20, "05": 20}
READ = {number: Page(number) for number in PAGES}
QUICK = os.environ.get("RNNLIB_QUICK_CLAIMS") == "1"  # without those for which networks are trained for long
CLAIMS = [
    pytest.param(page, c, id=f"{n}-{k}")
    for n, page in READ.items()
    for k, c in enumerate(page.claims)
    if not (QUICK and c.get("slow"))
]
QUESTIONS = [pytest.param(page, q, id=f"{n}-{k}") for n, page in READ.items() for k, q in enumerate(page.questions)]


@pytest.mark.parametrize("number", PAGES)
def test_a_page_has_its_claims(number):
    assert len(READ[number].claims) >= FEWEST[number]


def form_faults(page, claim):
    """What is wrong with the entry itself."""
    if plain(claim["says"]) not in page.words:
        yield f"not on the page: {claim['says']!r}"
    ways = [way for way in WAYS if way in claim]
    if len(ways) != 1:
        yield f"decided by {ways or 'nothing'}, not in one way"
    if not claim.get("over"):
        yield "over how many draws?"
    if claim.get("over", "").startswith("one") and plain(claim.get("said", "\0")) not in page.words:
        yield "rests on one draw, and the page does not say so"
    if not claim.get("spread") and not claim.get("over", "").startswith(("exact", "one")):
        yield "no spread"
    if not claim["before"].startswith(FOUND):
        yield f"before: {claim['before']!r} is none of {FOUND}"
    if not claim["before"].startswith("held") and not claim.get("was"):
        yield "changed, and what it was is not told"
    if {"shows", "compute"} & claim.keys() and not claim.get("range"):
        yield "no range"


@pytest.mark.parametrize(("page", "claim"), CLAIMS)
def test_a_claim_holds(page, claim):
    assert not list(form_faults(page, claim))
    if "shows" in claim:
        assert not outside(page.printed(claim), claim["range"])
    elif "asserts" in claim:
        source = page.cell(claim["cell"]).source
        held = [plain(ast.unparse(node)) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
        assert any(plain(claim["asserts"]) in line for line in held)
    elif "compute" in claim:
        assert not outside(computed(page, claim["compute"]), claim["range"])
    else:
        file, name = claim["test"].split("::")
        assert re.search(rf"^def {name}\b", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("page", "question"), QUESTIONS)
def test_an_explorer_answers_as_the_page_says(page, question):
    """The controls move in the order of the page, none goes back by itself."""
    explorer = eval(question["explorer"], {"explore": explore, "tasks": tasks})
    for step in question["steps"]:
        for name, value in step.get("set", {}).items():
            explorer.inputs[name].value = value
        explorer.settle()
        said = plain(explorer.reading.value + " " + explorer.picture.alt)
        match = re.search(step["reads"], said)
        assert match, f"{step['reads']!r} is not in {said!r}"
        if "range" in step:
            assert not outside([float(g.replace("−", "-").rstrip("%")) for g in match.groups()], step["range"])
        assert plain(step["answer"]) in page.prose, f"the page does not answer {step['answer']!r}"


def explored(page):
    """The explorers that the page calls, by class."""
    return {name for c in page.code for name in re.findall(r"explore\.([A-Z]\w+)\(", c.source)}


@pytest.mark.parametrize("number", PAGES)
def test_every_explorer_of_a_page_is_asked(number):
    page = READ[number]
    asked = {re.search(r"explore\.(\w+)\(", q["explorer"])[1] for q in page.questions}
    assert explored(page) == asked | page.elsewhere.keys()
    for test in page.elsewhere.values():
        file, name = test.split("::")
        assert re.search(rf"^def {name}\b", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_table_is_written():
    assert (HERE / "README.md").read_text(encoding="utf-8") == table(), "python -m tests.claims writes it anew"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"says": "what no page says"}, "not on the page"),
        ({"over": "one draw"}, "rests on one draw"),
        ({"over": "10 seeds"}, "no spread"),
        ({"before": "wider"}, "what it was is not told"),
        ({"test": "test_data.py::test_x"}, "not in one way"),
    ],
)
def test_a_loose_claim_is_seen(change, fault):
    page = READ["04"]
    sound = next(c for c in page.claims if "shows" in c and c["over"] == "exact" and c["before"] == "held")
    assert not list(form_faults(page, sound))
    assert any(fault in found for found in form_faults(page, sound | change))


def test_a_number_that_leaves_its_range_is_seen():
    assert outside([1.0, 2.0], [[0, 1], [2.5, 3]]) == ["number 1: 2 is not in 2.5 .. 3"]
    assert outside([1.0], [[0, 1], [2, 3]])
