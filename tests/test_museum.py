"""The museum of published faults: every exhibit runs, is wrong by what is stored, and is caught by what is stored."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from explorer_checks import check_explorer

from rnnlib import DeepRNN
from rnnlib.course.exercises.museum import PATIENTS, check_patient, examine, wrong
from rnnlib.course.experiments import load, museum
from rnnlib.course.explore import Museum
from rnnlib.course.museum import EXHIBITS, checks, exhibit, measure, names
from rnnlib.course.museum.loop import train
from rnnlib.course.museum.plant import plant, planted
from rnnlib.tree import leaves

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
IDS = [e.name for e in EXHIBITS]
every = pytest.mark.parametrize("e", EXHIBITS, ids=IDS)


def test_the_catalogue_is_whole():
    assert len(EXHIBITS) >= 14 and len(set(names())) == len(EXHIBITS)
    assert {e.kind for e in EXHIBITS} == {"backward pass", "architecture", "data stream", "evaluation"}
    for e in EXHIBITS:
        assert re.match(r"https://(github\.com/[\w.-]+/[\w.-]+|peterroelants\.github\.io/)", e.address), e.name
        assert all(text.strip() for text in (e.says, e.right, e.source))
        assert all(right != wrong for right, wrong in e.pair)
    with pytest.raises(ValueError, match="name: expected one of"):
        exhibit("a fault that nobody has published")


def test_an_edit_must_fit_once():
    with pytest.raises(ValueError, match="edit: expected text that occurs once in small, got 'absent'"):
        plant(checks.small, ("absent", ""))
    changed = planted(EXHIBITS[0].base, {"last_state": [("layer[k][-1]", "layer[k][0]")]})
    assert changed.last_state is not EXHIBITS[0].base.last_state and changed.forward is EXHIBITS[0].base.forward


@every
def test_it_is_wrong_by_the_recorded_amount(e):
    """Computed again for one seed; an array that is said to be right is right."""
    stored = next(r["result"]["off"] for r in load("museum") if r["config"] == config(e) and r["seed"] == 1)
    again = measure.off_by(e, 1)
    assert again == pytest.approx(stored, rel=1e-3, abs=2e-6)
    assert max(again.values()) > 0.01
    assert list(again) == list(museum.found(e.name).off)


def config(e):
    return {"exhibit": e.name, "measured": True}


@every
def test_what_catches_it_is_what_is_recorded(e):
    assert checks.failing(e) == museum.found(e.name).fails
    assert museum.found(e.name).fails, "nothing catches it"


DISTINCT = {(e.base, e.place, e.data, e.setting["L"], "update" in e.edits): e for e in EXHIBITS}  # what is right is few


@pytest.mark.parametrize("e", DISTINCT.values(), ids=lambda e: e.name)
def test_the_right_version_passes_every_check(e):
    assert checks.failing(e, faulty=False) == []


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda c: c.name)
def test_every_check_catches_something_and_lets_something_pass(check):
    caught = [e.name for e in EXHIBITS if check.name in museum.found(e.name).fails]
    assert 0 < len(caught) < len(EXHIBITS)


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda c: c.name)
def test_a_check_is_taught_where_it_says(check):
    """The section is there, and begins at the minute that the times in the headings before it add up to."""
    page = nbformat.read(NOTEBOOKS / f"{check.notebook}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")
    minute = 0
    for heading in re.findall(r"^## .*$", text, re.MULTILINE):
        name = heading.removeprefix("## ")
        if name.startswith(check.section) or name.startswith(check.section.removeprefix("section ") + " ·"):
            assert minute == check.minute, f"{heading}: from minute {minute}"
            return
        minute += int(found[1]) if (found := re.search(r"\*\((\d+) min", heading)) else 0
    raise AssertionError(f"{check.notebook} has no {check.section}")


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_plain_network_is_the_librarys(cell):
    """Forward, backward and last state of three layers, against rnnlib."""
    base = next(e for e in EXHIBITS if e.base.cell == cell).base
    rng = np.random.default_rng(0)
    net, rnn = base(3, 5, 2, 3), DeepRNN(cell, 3, 5, 3)
    params, xs = net.init(rng), rng.standard_normal((6, 4, 3))
    state = [tuple(rng.standard_normal(s.shape) for s in layer) for layer in net.zero_state(4)]
    ys, kept = net.forward(params, xs, state)
    run = rnn.forward(params["layers"], xs, state)
    assert ys == pytest.approx(run.hs @ params["W_hy"] + params["b_y"])
    for mine, its in zip(net.last_state(kept), run.state, strict=True):
        np.testing.assert_allclose(mine, its)
    dys = rng.standard_normal(ys.shape)
    grads = net.backward(params, xs, kept, dys)
    its = rnn.backward(params["layers"], run, dys @ params["W_hy"].T).params
    for (_, mine), (_, other) in zip(leaves(grads["layers"]), leaves(list(its)), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-12)


def test_training_is_what_is_stored():
    """A right and a faulty run, the shortest there is, within the spread of their seeds."""
    name = "h_t for h_{t−1} in dW_hh"
    for faulty in (False, True):
        losses, _ = train(exhibit(name), faulty, 0.01, 0)
        stored = museum.select(load("museum"), "losses", exhibit=name, faulty=faulty, lr=0.01)[0]
        assert losses[:3] == pytest.approx(stored[:3], rel=1e-2)


def test_the_rule_for_trains():
    curves = {"right": np.zeros((5, 2))}
    for ends, word in (([0.01] * 5, "yes"), ([0.69] * 5, "no"), ([0.01, 0.69, 0.2, 0.3, 0.4], "in part")):
        curves["faulty"] = np.array([[1, end] for end in ends])
        assert museum.Found("x", {}, [], curves, {}, {}).trains == word


def test_every_control_at_its_ends_corners_and_random_settings():
    check_explorer(Museum, np.random.default_rng(0))


def test_the_explorer_draws_what_is_measured_and_stored():
    explorer = Museum(name="= for +=", T=7, seed=3)
    off, scene = measure.off_by(exhibit("= for +="), 3, 7), explorer.picture
    drawn = [artist.get_xdata()[0] for artist in scene.ends[: len(off)]]
    np.testing.assert_allclose(drawn, np.maximum(list(off.values()), 1e-4))
    stored = museum.found("= for +=").curves["faulty"]
    for artist, losses in zip(scene.lines["faulty"], stored, strict=True):
        np.testing.assert_allclose(artist.get_ydata(), losses)
    assert "swift-apis/issues/518" in explorer.reading.value and "finite differences" in explorer.reading.value


def test_the_situations_say_what_is_seen():
    explorer = Museum()
    for _, settings, _ in Museum.situations:
        explorer.go(**settings)
        assert explorer.said(explorer.settings)
    explorer.go(name="= for +=", T=1)
    assert "Nothing is off at T = 1" in explorer.reading.value
    explorer.go(name="dh += on the upstream array")
    assert museum.found("dh += on the upstream array").trains == "yes"


def test_the_checker_of_the_patients():
    assert wrong(1, T=1) == [] and wrong(1, T=2) == ["W_xh, layer 1", "W_hh, layer 1", "b_h, layer 1"]
    assert [n for n in wrong(2, T=1) if n.startswith("b_h")] == ["b_h, layer 1, gate o"]
    assert wrong(3, L=1) == [] and all("layer 3" not in n and "hy" not in n for n in wrong(3)) and len(wrong(3)) == 6
    for number, (*_, line) in PATIENTS.items():
        assert check_patient(number, None).endswith("not tried yet")
        assert "right:" in check_patient(number, line) and "not da" in check_patient(number, "da")
    with pytest.raises(ValueError, match="number: expected 1, 2 or 3"):
        examine(4)
