"""Notebook 06: its explorers at every control's ends, their numbers beside independent ones."""

import math

import numpy as np
import pytest
from explorer_checks import check_explorer, settle

from rnnlib import DeepRNN
from rnnlib.course.explore import DeepStates, GradientSources, StackSizes
from rnnlib.course.explore import states as module
from rnnlib.course.explore.sizes import shares, width_for

EXPLORERS = DeepStates, GradientSources, StackSizes


@pytest.mark.parametrize("cls", EXPLORERS)
def test_every_control_at_its_ends_corners_and_random_settings(cls):
    check_explorer(cls, np.random.default_rng(6), draws=6)


@pytest.mark.parametrize("cell", list(module.CELLS))
@pytest.mark.parametrize("skip_input", [False, True])
def test_the_largest_explosion_is_drawn_without_a_warning(cell, skip_input):
    for kind in ("pulse", "noise", "text"):
        settle(DeepStates(depth=8, length=200, cell=cell, input=kind, gain=1.5, skip_input=skip_input))


def test_the_states_drawn_are_the_article_s_formula():
    hs = module.stack_states(3, 7, gain=0.8, skip_input=True, seed=4)
    weights, signal = np.random.default_rng(4).spawn(2)
    net = DeepRNN("rnn", module.D, module.H, 3, skip_input=True)
    params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=0.8)
    xs = module.inputs("pulse", 7, signal)[:, 0]
    assert np.linalg.norm(xs[0]) == pytest.approx(1) and not xs[1:].any()
    for l, p in enumerate(params):
        h = np.zeros(module.H)
        for t in range(7):
            a = h @ p["W_hh"] + xs[t] @ p["W_xh"][-module.D :]
            a += hs[l - 1, t] @ p["W_xh"][: module.H] if l else 0
            h = np.tanh(a)
            assert np.abs(h - hs[l, t]).max() < 1e-14


def test_each_band_of_the_picture_holds_its_layer():
    explorer = DeepStates(depth=4, length=30)
    drawn = np.asarray(explorer.picture.heat.get_array())
    hs = module.stack_states(4, 30)
    assert drawn.shape == (4 * module.H, 30)
    for l in range(4):
        band = drawn[l * module.H : (l + 1) * module.H]
        assert np.allclose(np.sort(band, axis=0), np.sort(hs[l].T / np.abs(hs[l]).max(), axis=0))
    times = 10 ** explorer.picture.times.get_xdata()
    assert np.allclose(times, module.delay_and_width(hs)[0])


def test_lower_layers_do_not_depend_on_the_depth():
    assert np.array_equal(module.stack_states(2, 20), module.stack_states(5, 20)[:2])


def test_delay_width_and_autocorrelation_time_of_known_series():
    k = np.arange(400)
    geometric = (0.9**k)[None, :, None]  # energy 0.81^k: mean 0.81/0.19, standard deviation 0.9/0.19
    delay, width = module.delay_and_width(geometric)
    assert delay[0] == pytest.approx(0.81 / 0.19) and width[0] == pytest.approx(0.9 / 0.19)
    rng, h, walk = np.random.default_rng(0), np.zeros(50), []
    for _ in range(4000):
        h = 0.9 * h + rng.standard_normal(50)
        walk.append(h)
    assert module.autocorrelation_time(np.array([walk]))[0] == pytest.approx(-1 / math.log(0.9), rel=0.05)
    assert module.autocorrelation_time(np.ones((1, 9, 3)))[0] == 0


@pytest.mark.parametrize("skip_input", [False, True])
def test_the_three_sources_add_up_to_the_gradient(skip_input):
    rng = np.random.default_rng(6)
    net = DeepRNN("rnn", 3, 5, 4, skip_input=skip_input)
    params, xs, dhs = net.init(rng), rng.standard_normal((9, 2, 3)), rng.standard_normal((9, 2, 5))
    norms = module.gradient_sources(net, params, xs, dhs)
    grad = net.backward(params, net.forward(params, xs), dhs)
    assert np.allclose(norms[3], [np.sqrt((dh**2).sum((1, 2))) for dh in grad.hs], rtol=1e-12)
    assert not norms[0, :-1].any() and not norms[1, :, -1].any() and not norms[2, -1].any()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("skip_input", [False, True])
def test_width_for_is_the_last_that_fits(cell, skip_input):
    for budget, D, L in ((5000, 128, 8), (20000, 32, 4), (100, 1, 1)):
        H = width_for(budget, cell, D, L, skip_input=skip_input)
        cost = [DeepRNN(cell, D, h, L, skip_input=skip_input).num_params for h in (max(H, 1), H + 1)]
        assert (H == 0 or cost[0] <= budget) and cost[1] > budget
    parts = shares(cell, 32, 20, 3, skip_input=skip_input)
    assert parts.sum() == pytest.approx(1) and (parts > 0).all()


# ------------------------------------------------------------------------------- what the folded answers say


def test_a_pulse_reaches_the_top_at_once_and_its_delay_hardly_moves():
    forms = [[module.stack_states(6, 200, skip_input=skip, seed=s) for s in range(20)] for skip in (False, True)]
    assert [round(float(np.linalg.norm(runs[0][-1, 0])), 2) for runs in forms] == [0.87, 1.3]
    delays = np.array([[module.delay_and_width(hs)[0][-1] for hs in runs] for runs in forms])
    assert np.allclose(delays[:, 0], [25.5, 23.9], atol=0.05)
    assert np.allclose(np.median(delays, 1), [26.4, 25.3], atol=0.05)


def test_the_law_of_delay_and_width_and_energy():
    a, l = 0.9, np.arange(1, 7)
    law = np.array([l * a**2 / (1 - a**2), np.sqrt(l) * a / (1 - a**2)])
    runs = {norm: [module.stack_states(6, 200, norm=norm, seed=s) for s in range(20)] for norm in (0.01, 1)}
    off = {n: np.median([module.delay_and_width(h) for h in hs], 0) / law - 1 for n, hs in runs.items()}
    assert np.abs(off[0.01]).max() < 0.05 and np.abs(off[1][0]).max() < 0.1 and off[1][1, -1] > 0.5
    energy = np.median([(h**2).sum((1, 2)) for h in runs[0.01]], 0)
    assert (energy[-1] / energy[0]) ** (1 / 5) == pytest.approx(1 / (1 - a**2), rel=0.1)


def test_the_time_scales_of_untrained_layers():
    def medians(cell, **options):
        runs = [module.stack_states(6, 200, cell, "noise", seed=s, **options) for s in range(20)]
        return np.median([module.autocorrelation_time(hs) for hs in runs], 0)

    assert np.abs(medians("tanh RNN") - 0.64).max() < 0.02
    assert np.allclose(medians("LSTM")[[0, 1, -1]], [3.1, 7.9, 15.9], atol=0.05)
    assert np.allclose(medians("LSTM", forget_bias=0.0)[[0, -1]], [1.5, 6.5], atol=0.06)


def test_where_the_layer_above_outweighs_the_future():
    def dots(**options):
        _, future, above, _ = module.stack_sources(**options)
        return int(((above > future) & (future > 0)).sum())

    assert dots(every_step=True) == 225 and sum(j > k for j in range(8) for k in range(1, 60)) == 21
    rows = {gain: [dots(gain=gain, seed=s) for s in range(20)] for gain in (0.5, 0.9, 1.2)}
    assert [row[0] for row in rows.values()] == [32, 21, 27]
    assert [np.median(row) for row in rows.values()] == [32, 28.5, 26]
    assert min(map(min, rows.values())) == 16 and max(map(max, rows.values())) == 39


def test_the_explorer_of_sources_draws_that_stack():
    explorer = GradientSources(loss="at every step", depth=3, length=20)
    drawn = [np.ma.filled(heat.get_array(), 0) for heat in explorer.picture.heats]
    norms = module.stack_sources(3, 20, every_step=True)
    assert all(np.allclose(10 ** d[n > 0], n[n > 0]) for d, n in zip(drawn, norms, strict=True))


def test_the_shares_of_eight_plain_layers():
    found = {D: shares("rnn", D, width_for(20_000, "rnn", D, 8), 8) for D in (32, 128)}
    assert [round(float(s), 2) for s in found[32][1:3]] == [0.43, 0.5]
    assert round(float(found[128][0]), 1) == 0.2
    assert [width_for(20_000, "rnn", 32, 8, skip_input=skip) for skip in (False, True)] == [35, 28]
