"""OneStep: its lines beside the library, the solutions of the exercises, differences and its own shown numbers; its
picture at every line."""

import re

import numpy as np
import pytest
from explorer_checks import check_explorer
from matplotlib.text import Text
from test_contrast import alike, crowded, faint, torn, words

from rnnlib import DeepRNN
from rnnlib.course.exercises import solutions_deep
from rnnlib.course.explore import OneStep, lines, onestep
from rnnlib.course.viz import StepGraph
from rnnlib.course.viz.ways import GRAPHS

CELLS = list(lines.LINES)


def drawn(cell, seed, H=1):
    """A network of one layer, its parameters, a step's input and state, and the gradients that arrive."""
    rng = np.random.default_rng(seed)
    net = DeepRNN(cell.lower(), 1, H)
    params = [{name: rng.standard_normal(a.shape) for name, a in net.init(rng)[0].items()}]
    x, h_prev, c_prev, dh, dc = rng.standard_normal((5, 1, 1))
    return net, params, x, h_prev, c_prev, dh, dc


def given(cell, params, x, h_prev, c_prev, dh, dc):
    numbers = {"x": x, "h_prev": h_prev, "c_prev": c_prev, "dh": dh, "dc": dc}
    return lines.named(cell, params[0]) | {name: float(a[0, 0]) for name, a in numbers.items()}


def test_every_control_at_its_ends_corners_and_random_settings():
    check_explorer(OneStep, np.random.default_rng(5))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("cell", CELLS)
def test_the_lines_are_the_librarys_step(cell, seed):
    net, params, x, h_prev, c_prev, dh, dc = everything = drawn(cell, seed)
    lstm = cell == "LSTM"
    found = lines.run(cell, given(cell, *everything[1:]))
    step = net.forward(params, x[None], [(h_prev, c_prev)[: 1 + lstm]])
    grad = net.backward(params, step, dh[None], [(np.zeros((1, 1)), dc)] if lstm else None)
    pairs = [(found["h"], step.hs), (found["dx"], grad.xs), (found["dh_prev"], grad.state[0][0])]
    pairs += [(found["dh"], grad.hs[0])]
    pairs += [(found[gate], g) for gate, g in zip(lines.BLOCKS[cell], step.layers[0].passes[0].gates.ravel())]
    if lstm:
        pairs += [(found["c"], step.state[0][1]), (found["dc_prev"], grad.state[0][1])]
    else:
        pairs += [(found["dzh_n"], grad.params[0]["b_hn"])]
    into_h = ("da_r", "da_z", "dzh_n") if cell == "GRU" else [f"da_{gate}" for gate in "ifgo"]
    for k, (gate, name) in enumerate(zip(lines.BLOCKS[cell], into_h)):
        da = found[f"da_{gate}"]
        pairs += [(da, grad.params[0]["b_h"][k]), (da * found["x"], grad.params[0]["W_xh"][0, k])]
        pairs += [(found[name] * found["h_prev"], grad.params[0]["W_hh"][0, k])]
    for ours, theirs in pairs:
        assert abs(ours - np.ravel(theirs)[0]) < 1e-12


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cell", CELLS)
def test_the_lines_are_the_exercises_solution(cell, seed):
    _, params, x, h_prev, c_prev, dh, dc = everything = drawn(cell, seed)
    v = lines.run(cell, given(cell, *everything[1:]))
    kept = "c i f g o" if cell == "LSTM" else "r z n zh_n"
    kept = [np.full((1, 1), v[name]) for name in kept.split()]
    weights = params[0]["W_xh"], params[0]["W_hh"]
    if cell == "LSTM":
        want = solutions_deep.lstm_step_backward(dh, dc, x, h_prev, c_prev, *kept, *weights)
    else:
        want = solutions_deep.gru_step_backward(dh, x, h_prev, *kept, *weights)
    for name in ("x", "h_prev", *["c_prev"] * (cell == "LSTM")):
        assert abs(v[f"d{name}"] - want[name][0, 0]) < 1e-12
    np.testing.assert_allclose([v[f"da_{gate}"] for gate in lines.BLOCKS[cell]], want["b_h"], atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cell", CELLS)
def test_every_boxs_gradient_is_what_a_nudge_of_it_measures(cell, seed, eps=1e-5):
    start = given(cell, *drawn(cell, seed)[1:])

    def loss(node, size):
        v = lines.run(cell, start, {node: size})
        return start["dh"] * v["h"] + (start["dc"] * v["c"] if cell == "LSTM" else 0)

    found, back = lines.run(cell, start), {line.node: line.name for line in lines.LINES[cell] if line.backward}
    assert back.keys() == GRAPHS[cell].boxes.keys()
    for node, name in back.items():
        measured = (loss(node, eps) - loss(node, -eps)) / (2 * eps)
        assert found[name] == pytest.approx(measured, rel=1e-6, abs=1e-9), node


@pytest.mark.parametrize("cell", CELLS)
def test_an_arrow_for_every_name_that_a_formula_reads(cell):
    """And backwards every way is walked once; where a box has several readers, a fork, and a sum of their terms."""
    graph = GRAPHS[cell]
    for line in lines.LINES[cell]:
        if not line.backward:
            read = set(lines.WORD.findall(line.formula)) & graph.boxes.keys()
            assert read == {source for source, target in graph.ways if target == line.node}, line
    found = lines.run(cell, onestep.example(cell))
    for node in graph.boxes:
        (line,) = [line for line in lines.LINES[cell] if line.node == node and line.backward]
        ways = {way for way in graph.ways if way[0] == node}
        terms = lines.terms(line, found)
        assert (node in graph.forks) == (len(ways) > 1), node
        if len(ways) > 1 or line.name == "dh":
            assert terms.keys() == ways and sum(terms.values()) == pytest.approx(found[line.name], abs=1e-15)
        else:
            assert not terms


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("cell", CELLS)
def test_the_numbers_put_in_give_the_result(cell, seed):
    """What stands under the picture, read as arithmetic, gives what stands behind its last =, to rounding."""
    rng = np.random.default_rng(seed)
    draw = {name: rng.uniform(-1, 1) for name in ("x", "h_prev", "c_prev", "dh", "dc")}
    found = lines.run(cell, onestep.example(cell, bias=rng.uniform(-2, 2), **draw))
    for line in lines.LINES[cell]:
        if line.formula == line.name:
            continue
        text = lines.inserted(line.formula, found)
        assert not re.search(r"[·−] −|\(\(|^−[\d.]+²", text), text
        python = text.replace("²", "**2").replace("·", "*").replace("−", "-")
        assert eval(python, dict(lines.FUNCTIONS)) == pytest.approx(found[line.name], abs=4e-3), text


@pytest.mark.parametrize("cell", CELLS)
def test_what_stands_in_the_boxes_is_what_was_computed(cell):
    last = len(lines.LINES[cell])
    explorer = OneStep(cell=cell, position=last, x=-1.3, h_prev=-0.4)
    scene, found = explorer.picture, lines.run(cell, onestep.example(cell, x=-1.3, h_prev=-0.4, bias=1.0))
    back, seen = {line.node: line.name for line in lines.LINES[cell] if line.backward}, {}
    for texts in (scene.names, scene.values, scene.gradients):
        for text in filter(Text.get_text, texts):
            box = text.get_window_extent(scene.canvas.renderer)
            centre = (box.x0 + box.x1) / 200, (box.y0 + box.y1) / 200  # inches
            (node,) = (n for n, at in GRAPHS[cell].boxes.items() if np.abs(np.subtract(at, centre)).max() < 0.28)
            row = round((centre[1] - GRAPHS[cell].boxes[node][1]) / 0.18)
            assert (node, row) not in seen
            seen[node, row] = text.get_text().replace("−", "-")
    assert len(seen) == 3 * len(GRAPHS[cell].boxes)
    for node, name in back.items():
        assert seen[node, 1] == node
        assert float(seen[node, 0]) == pytest.approx(found[node], abs=5.1e-4)
        assert seen[node, -1][0] == "◂" and float(seen[node, -1][1:]) == pytest.approx(found[name], abs=5.1e-4)
    told = sorted(float(t.get_text().rpartition(" ")[2].replace("−", "-")) for t in scene.terms if t.get_text())
    brought = [v for line in lines.LINES[cell] for v in lines.terms(line, found).values()]
    np.testing.assert_allclose(told, sorted(brought), atol=5.1e-4)


@pytest.mark.parametrize("cell", CELLS)
def test_values_come_line_by_line_and_gradients_after_them(cell):
    boxes, ways, count = GRAPHS[cell].boxes, GRAPHS[cell].ways, 0
    for k in range(len(lines.LINES[cell]) + 1):
        m = onestep.moment(cell, k)
        assert len(m["values"]) + len(m["gradients"]) == count + (k > 0) or k == 0
        count = len(m["values"]) + len(m["gradients"])
        assert m["values"].keys() <= boxes.keys() and m["terms"].keys() <= ways.keys()
        assert not m["gradients"] or m["values"].keys() == boxes.keys()
    assert count == 2 * len(boxes)


@pytest.mark.parametrize("extreme", [{}, {"x": -3, "h_prev": -1, "c_prev": -3, "bias": -6}])
@pytest.mark.parametrize("cell", CELLS)
def test_every_line_is_drawn_whole(cell, extreme):
    scene = StepGraph()
    for k, line in enumerate((None, *lines.LINES[cell])):
        scene.update(**onestep.moment(cell, k, **extreme))
        found = words(scene)
        assert not faint(found) and not crowded(found, *scene.canvas.get_width_height()), (k, line)
        assert not alike(scene.axes)
        assert line is None or not torn(f"Line {k}: <b>{line.name} = 1</b>. {line.why}")
        assert line is None or line.name in scene.alt
    rows = [t for t in (scene.formula, scene.inserted) if t.get_text()]
    assert all(t.get_window_extent().x1 < 960 for t in rows)


def test_buttons_walk_and_stop_at_both_ends():
    explorer = OneStep()
    first, back, forth, last = explorer.children[-4].children
    first.click()
    assert explorer.settings["position"] == 0 and "Press Next" in explorer.reading.value
    back.click()
    assert explorer.settings["position"] == 0
    forth.click()
    assert explorer.settings["position"] == 1 and "a_i" in explorer.reading.value
    last.click()
    assert explorer.settings["position"] == 23
    forth.click()
    assert explorer.settings["position"] == 23 and "dc_prev = 0.738" in explorer.reading.value


def test_the_gru_has_fewer_lines_and_no_cell_state():
    explorer = OneStep(position=23)
    explorer.inputs["cell"].value = "GRU"
    assert explorer.settings["position"] == 18 and explorer.inputs["position"].max == 18
    assert explorer.inputs["c_prev"].disabled and "dh_prev = 0.666" in explorer.reading.value
    explorer.inputs["cell"].value = "LSTM"
    assert explorer.inputs["position"].max == 23 and not explorer.inputs["c_prev"].disabled
    for _, settings, _ in explorer.situations:
        explorer.go(**settings)
        assert all(explorer.settings[name] == value for name, value in settings.items())


def numbers(explorer):
    """What stands in the boxes at this moment: node -> (value, gradient or None), as floats of three decimals."""
    cell = explorer.settings["cell"]
    rows = [[t.get_text().replace("−", "-").lstrip("◂ ") for t in texts] for texts in
            (explorer.picture.values, explorer.picture.gradients)]  # fmt: skip
    m = onestep.moment(**explorer.settings)
    assert m["cell"] == cell
    values, gradients = (dict(zip(m[kind], map(float, filter(None, row)))) for kind, row in
                         zip(("values", "gradients"), rows))  # fmt: skip
    return values, gradients


def put(explorer, **settings):
    for name, value in settings.items():
        explorer.inputs[name].value = value
    return numbers(explorer)


def test_the_lstms_explorer_answers_as_the_page_says():
    explorer = OneStep()
    assert explorer.settings["position"] == 13 and numbers(explorer)[1]["c"] == 0.977
    put(explorer, position=23)
    over = {bias: put(explorer, bias=bias)[1] for bias in np.arange(-6, 6.5, 0.5)}
    assert max(over, key=lambda bias: over[bias]["a_f"]) == 0.0
    assert [over[bias]["a_f"] for bias in (-6.0, -0.5, 0.0, 6.0)] == [0.001, 0.102, 0.103, 0.001]
    assert all(0.36 < g["f"] < 0.47 for g in over.values())
    values, gradients = put(explorer, bias=1.0, c_prev=3.0)
    assert "0.014" in [t.get_text() for t in explorer.picture.terms]
    assert values["c"] == 2.701 and round(np.tanh(2.701), 3) == 0.991
    assert gradients["c"] == 0.514 and gradients["c_prev"] == 0.389


def test_the_grus_explorer_answers_as_the_page_says():
    explorer = OneStep(cell="GRU", position=18)
    values, gradients = put(explorer, h_prev=0.0)
    assert values["n"] == 0.117 and gradients["z"] == -0.117
    values, gradients = put(explorer, h_prev=0.1)
    assert values["n"] == 0.064 and gradients["z"] == 0.036
    assert put(explorer, h_prev=0.5)[1]["h_prev"] == 0.666
    assert {"0.731", "−0.144"} <= {t.get_text() for t in explorer.picture.terms}
    values, gradients = put(explorer, bias=-6.0)
    assert values["z"] == 0.002 and gradients["h_prev"] == -0.632
    assert {"0.002", "−0.533"} <= {t.get_text() for t in explorer.picture.terms}
