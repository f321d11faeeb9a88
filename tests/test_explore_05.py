"""Notebook 05: its explorers at every control's ends, what they draw beside independent numbers."""

import numpy as np
import pytest
from explorer_checks import check_explorer

from rnnlib import DeepRNN, data, gradient_flow
from rnnlib.course.explore import ForgetBias, GateReader, gates
from rnnlib.course.viz import ColouredText


@pytest.mark.parametrize("cls", [ForgetBias, GateReader])
def test_every_control_at_its_ends_corners_and_random_settings(cls):
    check_explorer(cls, np.random.default_rng(5))


def test_without_recurrent_weights_the_memory_is_the_forget_gates():
    np.testing.assert_allclose(gates.memory(2.0, scale=0.0), (1 / (1 + np.exp(-2.0))) ** np.arange(1, 61), rtol=1e-9)


def test_the_memory_is_the_networks_own_gradient_by_c():
    """One column of the block: a gradient by c_T, carried back by the library over 7 steps."""
    net = DeepRNN("lstm", gates.D, gates.H)
    weights, noise = np.random.default_rng(0).spawn(2)
    params = net.init(weights, bias="zeros", forget_bias=1.0)
    xs = noise.standard_normal((2 * gates.T, gates.D))[:, None]
    state = net.forward(params, xs[:-7]).state
    run = net.forward(params, xs[-7:], state)
    rows = []
    for k in range(gates.H):
        dstate = [(np.zeros((1, gates.H)), np.eye(gates.H)[k : k + 1])]
        rows.append(net.backward(params, run, np.zeros_like(run.hs), dstate).state[0][1][0])
    factor = np.linalg.norm(rows) / np.sqrt(gates.H)
    assert gates.memory(1.0, drive=1.0)[6] == pytest.approx(factor, rel=1e-9)


def test_the_gates_drawn_make_the_states():
    reader = GateReader(unit=3, what="cell state c")
    v = reader.values
    c = v["cell state c"]
    np.testing.assert_allclose(c[1:], v["forget gate f"][1:] * c[:-1] + v["input gate i"][1:] * v["candidate g"][1:])
    np.testing.assert_allclose(v["h"], v["output gate o"] * np.tanh(c))
    assert reader.text == data.python_excerpt("test")[3000:4200]


def test_time_and_depth_reads_the_lattice():
    rate, down = gates.time_and_depth("rnn", 4, 0)
    assert -0.5 < rate < 0 and -0.5 < down < 0
    rate, down = gates.time_and_depth("lstm", 4, 0, forget_bias=3)
    assert abs(rate) < 0.05 and down < -1.2
    assert np.isnan(gates.time_and_depth("gru", 1, 0)[1])
    assert callable(gradient_flow)


def test_coloured_text_cuts_rows_and_clips():
    scene = ColouredText()
    text = "abc\n" * 96
    scene.update(text, np.linspace(-2, 2, len(text)), -1, 1, "t", "what")
    assert scene.letters[0].get_text().startswith("a b c ↵ a b c ↵") and len(scene.letters) == scene.rows
    assert scene.ground.get_array().min() == -0.5 and scene.ground.get_array().max() == 0.5
    assert "What over 384 characters" in scene.alt
