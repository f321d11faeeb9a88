"""Notebook 01: its explorers at every control's ends, their numbers beside independent ones."""

import math

import numpy as np
import pytest
from explorer_checks import check_explorer, settle

from rnnlib import DeepRNN
from rnnlib.course import viz
from rnnlib.course.explore import OneUnit, TwoUnits, Unroll, plane, unit, unroll

EXPLORERS = OneUnit, TwoUnits, Unroll


@pytest.mark.parametrize("cls", EXPLORERS)
def test_every_control_at_its_ends_corners_and_random_settings(cls):
    check_explorer(cls, np.random.default_rng(1), draws=12)


@pytest.mark.parametrize("b", [-1.5, 0.0, 0.3])
@pytest.mark.parametrize("kind", list(unit.KINDS))
def test_one_unit_at_weights_where_something_special_happens(kind, b):
    explorer = OneUnit(kind=kind, b=b)
    for w in (-3, -1, 0, 1, 3):
        explorer.inputs["w"].value = w
        settle(explorer)


def test_what_one_unit_draws_is_a_loop_by_hand():
    explorer = OneUnit(w=-1.2, b=0.3, height=2.5, width=4, second=True)
    xs, h, hs = unit.pulses(2.5, 4, True), 0.0, []
    assert list(np.flatnonzero(xs)) == [10, 11, 12, 13, 45, 46, 47, 48]
    for x in xs:
        h = math.tanh(x - 1.2 * h + 0.3)
        hs.append(h)
    assert np.allclose(explorer.picture.path.get_ydata(), hs, rtol=0, atol=1e-14)
    h, mapped = explorer.picture.curve.get_data()
    assert np.allclose(mapped, np.tanh(-1.2 * h + 0.3), rtol=0, atol=1e-14)


def test_the_walk_goes_through_the_silent_states():
    explorer = OneUnit(w=1.5, b=-0.1, height=2.0, width=1)
    hs = explorer.picture.path.get_ydata()
    x, y = explorer.picture.walks[1].get_data()
    assert np.array_equal(x[1::2], hs[10:-1])
    assert np.allclose(y[1::2], np.tanh(1.5 * x[1::2] - 0.1), rtol=0, atol=1e-14)


@pytest.mark.parametrize("kind", ["tanh", "relu"])
def test_fixed_points_are_left_alone_and_complete(kind):
    f = np.tanh if kind == "tanh" else lambda a: np.maximum(a, 0)
    h = np.linspace(-1.01, 1.01, 20001) if kind == "tanh" else np.linspace(-0.01, 40, 200001)
    for w, b in np.random.default_rng(2).uniform([-3, -1.5], [3, 1.5], (200, 2)):
        points = unit.fixed_points(w, b, kind)
        for h_star, slope in points:
            assert abs(f(w * h_star + b) - h_star) < 1e-12
            e = 1e-6 if h_star > 0 or kind == "tanh" else 0.0
            if e:
                assert abs((f(w * (h_star + e) + b) - f(w * (h_star - e) + b)) / (2 * e) - slope) < 1e-5
        gap = f(w * h + b) - h
        if kind == "tanh" or (abs(w - 1) > 0.1):
            assert len(points) == np.sum(np.sign(gap[1:]) != np.sign(gap[:-1]))


def test_resting_states_are_stable_fixed_points():
    for w, b in [(0.5, 0.0), (2.0, 0.0), (2.0, -0.2), (1.5, 0.4), (-0.9, 1.0)]:
        resting, alternating = unit.at_rest(w, b)
        assert np.allclose(resting, [h for h, s in unit.fixed_points(w, b) if abs(s) < 1], atol=1e-3)
        assert not len(alternating)
    resting, alternating = unit.at_rest(-1.5)
    assert not len(resting)
    assert len(alternating) == 2
    assert alternating.sum() == pytest.approx(0)


def test_two_units_draw_the_rotation():
    explorer = TwoUnits(period=7.5, rho=1.2, height=1.0)
    h, hs = np.array([math.tanh(1.0), 0.0]), []
    c, s = math.cos(2 * math.pi / 7.5), math.sin(2 * math.pi / 7.5)
    for _ in range(60):
        hs.append(h)
        h = np.tanh(1.2 * np.array([c * h[0] - s * h[1], s * h[0] + c * h[1]]))
    assert np.allclose(np.stack(explorer.picture.path.get_data(), 1), hs, rtol=0, atol=1e-12)


def test_measured_period_of_a_turning_point():
    angle = 2 * np.pi / 17.3 * np.arange(50)
    assert plane.measured_period(np.stack([np.cos(angle), np.sin(angle)], 1)) == pytest.approx(17.3)


def test_unroll_draws_the_changed_run():
    explorer = Unroll(gain=0.5, change=-1.0)
    net, params, xs = unroll.example()
    p = params[0]
    h, changed = np.zeros(3), xs.copy()
    changed[0, 0] -= 1
    for t in range(4):
        h = np.tanh(changed[t] @ p["W_xh"] + 0.5 * h @ p["W_hh"] + p["b_h"])
        shown = [float(n.get_text().replace("−", "-")) for n in explorer.picture.h[t + 1]]
        assert np.allclose(shown, h, atol=0.0051)
    assert isinstance(net, DeepRNN)


def test_an_unrolled_picture_shows_as_many_steps_as_it_is_given():
    _, _, xs = unroll.example()
    scene = viz.Unrolled(xs, np.ones((5, 3)))
    five = scene.png()
    scene.update(xs[1::-1], np.zeros((3, 3)), order=(2, 1))
    assert not scene.arrows[2][0].get_visible()
    assert [text.get_text() for text in scene.inputs] == ["$x_2$", "$x_1$", "", ""]
    assert [row[0].get_text() for row in scene.h] == ["0.00"] * 3 + [""] * 2
    assert "in the order 2, 1" in scene.alt
    scene.update(xs, np.ones((5, 3)))
    assert scene.png() == five


def test_the_legend_lists_what_is_drawn():
    explorer = OneUnit(second=True)
    always = ["map", "diagonal"]
    first = explorer.picture.png()
    assert explorer.picture.listed == [*always, "stable", "unstable", "walk before", "walk after", "walk at last"]
    for name, value in {"second": False, "w": -1.5, "b": 0.0}.items():
        explorer.inputs[name].value = value
    assert explorer.picture.listed == [*always, "unstable", "cycle", "walk after"]
    explorer.inputs["w"].value = 1.0
    assert explorer.picture.listed == [*always, "marginal", "walk after"]
    explorer.inputs["kind"].value = "ReLU"
    assert explorer.picture.listed == [*always, "ray"]
    assert len(explorer.picture.figure.legends) == 1
    for name, value in {"kind": "tanh", "w": 2.0, "b": -0.2, "second": True}.items():
        explorer.inputs[name].value = value
    assert explorer.picture.png() == first


def test_the_folded_answers_say_what_the_sliders_show():
    def moved(change):
        return {g: float(Unroll(gain=g, change=change).picture.notes[3].get_text()) for g in (0.0, 1, 1.3, 1.4, 1.5, 2)}

    up, down = moved(0.5), moved(-0.5)
    assert up[1.3] < 0.265 < up[1.4]
    assert [up[g] for g in (0, 1, 1.5, 2)] == [0, 0.105, 0.43, 0.746]
    assert down[1.5] == 0.332
    assert Unroll(gain=1.5, change=-0.5).picture.notes[0].get_text() == "0.365"
    assert [len(unit.fixed_points(2.0, b)) for b in (-0.5, -0.532, -0.534, -0.55)] == [3, 3, 1, 1]
    kept = {k: [unit.respond(2.0, b, unit.pulses(2.5, k))[-1] > 0 for b in (-0.25, -0.3, -0.5, -0.55)] for k in (1, 3)}
    assert kept == {1: [True, False, False, False], 3: [True, True, True, False]}
    (low, _), (middle, _), _ = unit.fixed_points(2.0, -0.3)
    assert round(2 * (middle - low), 2) == 2.58
    ends = {h: unit.respond(2.0, -0.2, unit.pulses(h, second=True)) for h in (2.0, 2.3, 2.4, 3.0)}
    assert [bool(hs[unit.SECOND - 1] > 0.9) for hs in ends.values()] == [False, False, True, True]
    assert all(hs[-1] < -0.9 for hs in ends.values())
    assert round(ends[2.0][unit.FIRST], 3) == -0.145
    relu = [unit.respond(w, 0.0, unit.pulses(1.0, 5), kind="relu") for w in (0.95, 1.05, 0.99, 1.006)]
    assert [f"{hs[-1]:.3g}" for hs in relu[:2]] == ["0.161", "132"]
    assert [f"{hs[-1] / hs[14]:.3g}" for hs in relu[:2]] == ["0.0356", "23.8"]
    assert 0.5 < relu[2][-1] / relu[2][14] < relu[3][-1] / relu[3][14] < 1.5
    sums = [unit.respond(1.0, 0.0, unit.pulses(h, 5, True), kind="relu")[[44, 79]] for h in (1.0, 0.5)]
    assert np.array_equal(sums, [[5, 0], [2.5, 0]])
    found = [plane.measured_period(plane.ring(1.5, 2 * np.pi / n)) for n in (12, 20, 30)]
    assert [f"{p:.3g}" for p in found] == ["12.4", "22.7", "42.8"]
