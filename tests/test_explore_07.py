"""Notebook 07: its explorers at every control's ends and beyond, what they draw beside independent numbers."""

import itertools
import math

import numpy as np
import pytest
from explorer_checks import check_explorer, settle

from rnnlib import DeepRNN, gradient_flow
from rnnlib.course.explore import GradientFlow, PulseResponse, StackSpectrum, spectrum
from rnnlib.course.explore import flow as module
from rnnlib.course.viz import Lattice

EXPLORERS = GradientFlow, PulseResponse, StackSpectrum
OPTIONS = ("residual", "skip_input", "layer_norm")


@pytest.mark.parametrize("cls", EXPLORERS)
def test_every_control_at_its_ends_corners_and_random_settings(cls):
    check_explorer(cls, np.random.default_rng(7))


@pytest.mark.parametrize("cell", module.CELLS)
def test_gradient_flow_stands_every_corner(cell):
    explorer = GradientFlow(cell=cell, depth=8, length=200, gain=1.5)
    for switches in itertools.product((False, True), repeat=3):
        for name, value in zip(OPTIONS, switches, strict=True):
            explorer.inputs[name].value = value
        settle(explorer)
    for gain in (0.5, 1.0):
        explorer.inputs["gain"].value = gain
        settle(explorer)


@pytest.mark.parametrize(("cell", "every", "options"), [
    ("tanh RNN", False, {}),
    ("GRU", True, {"residual": True}),
    ("LSTM", False, {"layer_norm": True, "skip_input": True}),
])  # fmt: skip
def test_the_lattice_drawn_is_the_networks(cell, every, options):
    L, T, gain = 3, 40, 1.1
    explorer = GradientFlow(
        depth=L, length=T, cell=cell, gain=gain, at=module.EVERY if every else module.LAST, **options
    )
    net = DeepRNN({"tanh RNN": "rnn"}.get(cell, cell.lower()), 8, 32, L, **options)
    weights, inputs, readout = np.random.default_rng(0).spawn(3)
    params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=gain)
    dhs = readout.standard_normal((T, 4, 32))[::-1].copy()
    if not every:
        dhs[:-1] = 0
    for dh in dhs:
        dh /= np.linalg.norm(dh) or 1
    norms = gradient_flow(net, params, inputs.standard_normal((T, 4, 8)), dhs)

    scene = explorer.picture
    np.testing.assert_allclose(scene.top.get_ydata(), np.log10(norms[-1]))
    np.testing.assert_allclose(scene.bottom.get_ydata(), np.log10(norms[0]))
    np.testing.assert_allclose(scene.between.get_ydata()[:T], np.log10(norms[1]))
    np.testing.assert_allclose(scene.column.get_xdata(), np.log10(norms[:, -1]))
    for l, t in ((0, 0), (1, 17), (2, T - 1)):
        row, column = (2 * l + 1) * scene.heat.rows // (2 * L), (2 * t + 1) * scene.heat.columns // (2 * T)
        wanted = scene.colours(np.log10(norms[l, t]), bytes=True)
        np.testing.assert_array_equal(scene.heat.pixels[row, column], wanted)
    assert len(scene.loss.get_xdata()) == (T if every else 1)


def test_a_lattice_with_zeros_infinities_and_extremes_is_drawn_and_said():
    norms = np.logspace(-40, 20, 50)[None].repeat(2, 0)
    scene = Lattice(norms)
    assert len(scene.sinks.get_xdata()) == 2 == len(scene.soars.get_xdata()) and scene.png()
    black, white = scene.heat.pixels[0, 0], scene.heat.pixels[0, -1]
    assert tuple(black) == (0, 0, 0, 255) and tuple(white) == (255, 255, 255, 255)
    norms = np.zeros((2, 10))
    norms[:, -1] = 1
    assert Lattice(norms).png() and "zero" in module.describe(norms, False)
    norms[0, 0] = np.inf
    assert "Overflow" in module.describe(norms, False) and "overflow" in module.claim(norms, False)
    assert "explod" in module.describe(np.exp(-np.arange(10.0))[None], False)
    beyond = module.lattice(8, 200, "ReLU RNN", gain=1000.0)
    assert not np.isfinite(beyond).all() and Lattice(beyond).png() and "Overflow" in module.describe(beyond, False)


def test_the_top_row_is_a_single_layer_and_the_bottom_layer_the_same_at_every_depth():
    one, deep = module.gradients(1, 30), module.gradients(5, 30)
    np.testing.assert_array_equal(one[2].layers[0].hs, deep[2].layers[0].hs)
    top = DeepRNN("rnn", 32, 32)
    dhs = np.zeros((30, 4, 32))
    dhs[-1] = deep[3].hs[-1][-1]
    alone = gradient_flow(top, [deep[1][4]], deep[2].layers[3].hs, dhs)[0]
    np.testing.assert_allclose(alone, module.lattice(5, 30)[4])


@pytest.mark.parametrize("aligned", [True, False])
def test_the_pulse_response_is_the_product_of_the_layers(aligned):
    depth, a, b, lags = 3, 0.8, 0.6, 12
    scheme = "identity" if aligned else "orthogonal"
    net = DeepRNN("rnn", 32, 32, depth)
    weights, inputs = np.random.default_rng(0).spawn(2)
    params = net.init(weights, input=scheme, recurrent=scheme, bias="zeros", rho=a)
    pulse = inputs.standard_normal(32)
    ins = [pulse / np.linalg.norm(pulse)] + [np.zeros(32)] * (lags - 1)
    for p in params:
        h, outs = np.zeros(32), []
        for x in ins:
            h = x @ (b * p["W_xh"]) + h @ p["W_hh"]  # no tanh
            outs.append(h)
        ins = outs
    measured = spectrum.pulse_response(depth, a, b, aligned, lags=lags)
    np.testing.assert_allclose(measured, np.linalg.norm(outs, axis=1), rtol=1e-9)
    if aligned:
        np.testing.assert_allclose(measured, spectrum.response_laws(depth, a, b, lags)[0], rtol=1e-9)


def test_random_rotations_follow_the_square_root_of_the_binomial():
    squares = [spectrum.pulse_response(4, 0.9, 0.5, False, seed, 30) ** 2 for seed in range(20)]
    law = spectrum.response_laws(4, 0.9, 0.5, 30)[1]
    np.testing.assert_allclose(np.sqrt(np.mean(squares, axis=0)), law, rtol=0.15)


@pytest.mark.parametrize("cell", ["tanh RNN", "LSTM", "GRU"])
def test_the_spectrum_is_the_union_and_the_powers_are_the_powers(cell):
    J = spectrum.resting_jacobian([0.9, 0.8, 0.7], 1.3, cell)
    whole, parts = np.linalg.eigvals(J), spectrum.block_eigenvalues(J, 3).ravel()
    gap = np.abs(whole[:, None] - parts)
    assert max(gap.min(0).max(), gap.min(1).max()) < 1e-6  # the LSTM's zeros are defective
    n = len(J) // 3
    assert not J[:n, n:].any() and not J[n : 2 * n, 2 * n :].any()
    growth = spectrum.powers(J)
    for k in (0, 1, 7, 40, 60, 100):
        assert math.isclose(growth[k], np.linalg.norm(np.linalg.matrix_power(J, k), 2), rel_tol=1e-6)
