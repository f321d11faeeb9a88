"""Notebook 02: its explorers, their numbers beside loops by hand, and the planted faults."""

import numpy as np
import pytest
from explorer_checks import check_explorer

from rnnlib.course.exercises import faults
from rnnlib.course.explore import StepByStep, ThreeSteps, Truncation, bptt, truncation

EXPLORERS = ThreeSteps, StepByStep, Truncation


@pytest.mark.parametrize("cls", EXPLORERS)
def test_explorer_stands_every_setting(cls):
    check_explorer(cls, np.random.default_rng(2))


def pair_terms(params, xs, hs, dhs):
    """(T, T, H, H): h_{s-1}ᵀ d loss_t/da_s for every pair, one loss at a time, with matrices written out."""
    T, W = len(xs), params[0]["W_hh"]
    before = np.concatenate([np.zeros_like(hs[:1]), hs])
    terms = np.zeros((T, T, *W.shape))
    for t in range(T):
        dh = dhs[t]
        for s in range(t, -1, -1):
            da = dh * (1 - hs[s] ** 2)
            terms[t, s] = before[s].T @ da
            dh = da @ W.T
    return terms


@pytest.mark.parametrize("gain", [0.5, 1.0, 1.5])
def test_both_cuts_keep_the_pairs_they_claim(gain):
    T = 12
    net, params, xs, dhs = truncation.problem(T, gain)
    terms = pair_terms(params, xs, net.forward(params, xs).hs, dhs)
    lags, _ = truncation.lag_gradients(net, params, xs, dhs)
    for k in (1, 3, 5, 12):
        windows = truncation.window_gradients(net, params, xs, dhs, k)
        for grads, cut in ((windows, truncation.CHOP), (lags[:k], truncation.BACK)):
            want = terms[truncation.survives(T, k, cut)].sum(0)
            np.testing.assert_allclose(sum(g[0]["W_hh"] for g in grads), want, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("cell", list(truncation.CELLS))
def test_handed_on_windows_and_all_lags_give_the_full_gradient(cell):
    net, params, xs, dhs = truncation.problem(15, 1.1, cell)
    full = net.backward(params, net.forward(params, xs), dhs)
    lags, pairs = truncation.lag_gradients(net, params, xs, dhs)
    for grads in (lags, *(truncation.window_gradients(net, params, xs, dhs, k, hand_on=True) for k in (1, 4, 15))):
        total = sum(truncation.vector(g) for g in grads)
        np.testing.assert_allclose(total, truncation.vector(full.params), rtol=1e-9, atol=1e-11)
    only = np.zeros_like(dhs)
    only[9] = dhs[9]
    alone = net.backward(params, net.forward(params, xs), only).hs[0]
    np.testing.assert_allclose(pairs[9], np.linalg.norm(alone.reshape(15, -1), axis=1), rtol=1e-9, atol=1e-13)


def test_truncation_draws_what_it_computed():
    explorer = Truncation(length=20, k=5, gain=0.9)
    net, params, xs, dhs = truncation.problem(20, 0.9)
    full = truncation.vector(net.backward(params, net.forward(params, xs), dhs).params)
    cut = sum(truncation.vector(g) for g in truncation.window_gradients(net, params, xs, dhs, 5))
    error = np.linalg.norm(cut - full) / np.linalg.norm(full)
    x, y = explorer.picture.dots[1][0].get_data()
    assert x[0] == 5
    assert y[0] == pytest.approx(np.log10(error))
    assert explorer.picture.lines[0][0].get_ydata()[4] == pytest.approx(
        cut @ full / np.linalg.norm(cut) / np.linalg.norm(full)
    )
    assert f"{error:.2g}" in explorer.reading.value


def test_step_by_step_adds_up():
    explorer = StepByStep(length=20, gain=0.8)
    norms, _ = bptt.step_by_step(20, 0.8)
    np.testing.assert_allclose(explorer.picture.steps.get_ydata()[1:], np.log10(norms[1:]))
    weights, inputs, readout = np.random.default_rng(2).spawn(3)
    net = bptt.DeepRNN("rnn", bptt.INPUTS, bptt.UNITS)
    params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=0.8)
    xs = inputs.standard_normal((20, bptt.SEQUENCES, bptt.INPUTS))
    dhs = readout.standard_normal((20, bptt.SEQUENCES, bptt.UNITS)) / np.sqrt(bptt.SEQUENCES * bptt.UNITS)
    terms = pair_terms(params, xs, net.forward(params, xs).hs, dhs)[-1]
    np.testing.assert_allclose(norms, np.linalg.norm(terms, axis=(1, 2)), rtol=1e-9)


def test_three_steps_sum_to_what_a_second_run_measures():
    for w, h_0, target in np.random.default_rng(3).uniform(-2, 2, (50, 3)):
        ours = bptt.three_steps(w, h_0, target)
        assert ours.dhs @ ours.uses == pytest.approx(ours.rerun, abs=1e-8)


def test_an_untrained_net_is_read_out_as_well_as_possible():
    net, params, xs, _ = truncation.problem(30)
    hs = net.forward(params, xs).hs
    assert truncation.best_readout_error(net, params, xs, hs[..., :1] * 2 - 1) < 1e-20


# ---- planted faults


def half_square(q):
    return 0.5 * float((q["a"] ** 2).sum())


def slope(q):
    return {"a": q["a"] * 1.0}


def test_plant_edits_once_and_measure_finds_it():
    q = {"a": np.array([1.0, -2.0])}
    measured = faults.measure(half_square, q)
    assert faults.errors(slope(q), measured)["a"] < 1e-9
    wrong = faults.plant(slope, ("1.0", "1.001"))
    assert faults.errors(wrong(q), measured)["a"] == pytest.approx(0.001 / 1.001, rel=1e-3)
    for absent in ("2.0", '"a"'):
        with pytest.raises(ValueError, match="occurs once"):
            faults.plant(slope, (absent, ""))


def test_descend_takes_plain_steps_and_compares_directions():
    def forward(q, targets):
        return half_square(q), None, None

    def exact(q, *_):
        return {"a": q["a"]}

    q, data = {"a": np.array([3.0, -4.0])}, [(0, 0)] * 4
    losses, cosines = faults.descend(forward, exact, q, data, exact, names=["a"], rate=0.5)
    np.testing.assert_allclose(losses, 12.5 * 0.25 ** np.arange(4))
    np.testing.assert_allclose(cosines, 1)
    sideways = faults.descend(forward, lambda q, *_: {"a": q["a"][::-1]}, q, data[:1], exact, names=["a"])[1]
    np.testing.assert_allclose(sideways, -24 / 25)
    assert (q["a"] == [3, -4]).all()


def test_multiplications_are_those_of_the_products():
    a, b = np.ones((2, 3)), np.ones((3, 5))
    assert faults.multiplications(lambda p, x: np.tanh(x @ p["b"]) @ p["b"].T, {"b": b}, a) == 2 * 2 * 3 * 5


def test_nudges_start_at_zero():
    q = faults.draw(np.random.default_rng(0), T=3, B=2, D=2, H=3, V=1)
    assert [name for name, a in q.items() if not a.any()] == ["y_t", "h_t", "a_t", "W_hh_t"]
