"""The solutions of the exercises, and the networks in which settings are tried, held against the library."""

import numpy as np
import pytest

from rnnlib import DeepRNN, Model, flow
from rnnlib.course import probes
from rnnlib.course.exercises import catalogue, faults, trying
from rnnlib.course.exercises import solutions as plain
from rnnlib.course.exercises import solutions_deep as deep
from rnnlib.course.exercises import solutions_more as more
from rnnlib.course.explore import checkup, jacobian, spectrum, truncation, unit
from rnnlib.course.explore import flow as gradient_flow
from rnnlib.course.explore.sizes import width_for
from rnnlib.course.viz.spectrum import first_peak
from rnnlib.neighbours import attention
from rnnlib.train import Adam, train

EXERCISES = catalogue.EXERCISES


def drawn(name, seed=5, **sizes):
    return EXERCISES[name].draw(np.random.default_rng(seed), **sizes)


def test_the_leaky_gradient_is_the_derivative():
    p, xs, hs, _, alpha, from_loss = drawn("leaky_backward", T=4, H=3)

    def states(q):
        h, hs, cs = q["h_0"], [q["h_0"]], []
        for x in xs:
            cs.append(np.tanh(x @ q["W_xh"] + h @ q["W_hh"] + q["b_h"]))
            h = (1 - alpha) * h + alpha * cs[-1]
            hs.append(h)
        return np.array(hs), np.array(cs)

    q = p | {"h_0": hs[0]}
    measured = faults.measure(lambda q: float((states(q)[0][1:] * from_loss).sum()), q)
    found = plain.leaky_backward(p, xs, *states(q), alpha, from_loss)
    assert max(faults.errors(found, {k: measured[k] for k in found}).values()) < 1e-6


def test_the_gradients_of_attention_convolution_and_recurrence_are_derivatives():
    dO, *QKV = drawn("attention_backward", T=4, d=3)
    dys, xs, W, r = drawn("causal_convolution_backward", T=7, B=2, D=2, C=3)
    dhs, a, hs = drawn("linear_recurrence_backward", T=4, B=2, H=2)

    def attended(q):
        return (dO * attention(*(q[k][:, None] for k in "QKV"), causal=True)[0][:, 0]).sum()

    def convolved(q):
        padded = np.concatenate([np.zeros_like(q["xs"][: r * (len(W) - 1)]), q["xs"]])
        reads = [padded[r * k :][: len(xs)] @ W_k for k, W_k in enumerate(q["W"][::-1])]
        return (dys * (sum(reads) + q["b"])).sum()

    def recurred(q):
        h, loss = q["h_0"], 0.0
        for dh, a_t, b_t in zip(dhs, q["a"], q["b"]):
            h = a_t * h + b_t
            loss += (dh * h).sum()
        return loss

    for loss, found, point in (
        (attended, deep.attention_backward(dO, *QKV), dict(zip("QKV", QKV))),
        (convolved, deep.causal_convolution_backward(dys, xs, W, r), {"xs": xs, "W": W, "b": np.zeros(3)}),
        (recurred, deep.linear_recurrence_backward(dhs, a, hs), {"a": a, "b": hs[1:] - a * hs[:-1], "h_0": hs[0]}),
    ):
        measured = faults.measure(loss, point)
        assert max(faults.errors(found, measured).values()) < 1e-6


def test_windows_give_the_loss_of_one_pass():
    model, params, xs, targets, size = drawn("loss_in_windows")
    assert plain.loss_in_windows(model, params, xs, targets, size) == pytest.approx(model.evaluate(params, xs, targets))


def test_a_carried_gradient_and_the_exponents_are_those_of_a_real_layer():
    _, Js, products = jacobian.products(0.9, shear=0.8, drive=0.5)
    dh = np.random.default_rng(4).standard_normal(Js.shape[1])
    np.testing.assert_allclose(plain.carry_gradient(dh, Js), dh @ products[-1], rtol=1e-9)
    np.testing.assert_allclose(np.sort(plain.exponents(Js)), np.sort(flow.lyapunov_exponents(Js)), rtol=1e-9)


def test_the_step_of_a_residual_stack_gives_the_librarys_gradients():
    net = DeepRNN("rnn", 4, 4, 3, residual=True)
    params = net.init(np.random.default_rng(0))
    run = net.forward(params, np.random.default_rng(1).standard_normal((5, 2, 4)))
    dhs = np.random.default_rng(2).standard_normal(run.hs.shape)
    L, (T, B, H) = 3, dhs.shape
    dh, do, da = (np.zeros((L, T + 1, B, H)) for _ in range(3))
    for l in reversed(range(L)):
        for t in reversed(range(T)):
            above = dhs[t], np.zeros((B, H)), np.zeros((H, H))
            if l < L - 1:
                above = do[l + 1, t], da[l + 1, t], params[l + 1]["W_xh"]
            do[l, t], dh[l, t] = more.residual_step_backward(*above, da[l, t + 1], params[l]["W_hh"])
            da[l, t] = dh[l, t] * (1 - run.layers[l].hs[t] ** 2)
    np.testing.assert_allclose(dh[:, :T], np.array(net.backward(params, run, dhs).hs), atol=1e-12)


def test_the_step_of_the_minimal_gate_is_the_derivative():
    dh, z, n, h_prev = drawn("minimal_step_backward")
    point = {"z": z, "n": n, "h_prev": h_prev}
    measured = faults.measure(lambda q: float((dh * ((1 - q["z"]) * q["n"] + q["z"] * q["h_prev"])).sum()), point)
    found = dict(zip(point, more.minimal_step_backward(dh, z, n, h_prev)))
    assert max(faults.errors(found, measured).values()) < 1e-6


def test_counts_are_those_of_the_networks():
    assert more.parameter_count(6, 32) == DeepRNN("rnn", 6, 32).num_params
    H = more.gru_size(2, 24)
    sizes = [DeepRNN(*what).num_params for what in (("gru", 2, int(H)), ("lstm", 2, 24), ("gru", 2, int(H) + 1))]
    assert sizes == sorted(sizes) and sizes[1] < sizes[2]
    assert f"{sizes[0]:,} parameters of {sizes[1]:,}" in catalogue.gru_cost(H, 2, 24)
    H = more.stack_width(32, 3, 100_000)
    assert H == width_for(100_000, "lstm", 32, 3, skip_input=True)
    cost = DeepRNN("lstm", 32, int(H), 3, skip_input=True).num_params
    assert f"{cost:,} parameters of 100,000" in catalogue.stack_cost(H, 32, 3, 100_000)


def test_the_peak_of_a_real_stack():
    for a, L in ((0.88, 5), (0.86, 4), (0.93, 3), (0.7, 6), (0.77, 1), (0.9, 4)):
        assert more.peak_lag(a, L) == first_peak(spectrum.pulse_response(L, a, 0.5))


def test_measures_are_those_of_the_library():
    state, label = drawn("score")
    assert more.score(state, label) == pytest.approx(float(probes.unit_scores(state[:, None], label)[0]))
    (hs,) = drawn("spread")
    assert more.spread(hs) == pytest.approx(np.sqrt((hs.std(axis=0) ** 2).mean()))
    keep = 1 / (1 + np.exp(-more.forget_bias(20)))
    assert keep**20 == pytest.approx(0.5) and more.perplexity(1.5) == pytest.approx(np.exp(1.5))


def test_settings_are_tried_in_the_networks_of_the_pages():
    for w, b in ((1.5, -0.1), (2.0, -0.2), (1.2, -0.02), (1.1, -0.3)):
        seen = trying.switched(w, b)
        ends = [unit.respond(w, b, unit.pulses(height, steps=211))[-1] for height in (1.0, 2.0)]
        assert [seen["weak"], seen["strong"]] == pytest.approx(ends)
        stable = [h for h, slope in unit.fixed_points(w, b) if abs(slope) < 1]
        assert sorted({round(seen["low"], 4), round(seen["high"], 4)}) == pytest.approx(stable, abs=1e-3)
    for rho, shear in ((0.9, 1.5), (0.6, 0.1), (1.1, 0.3)):
        factors = np.linalg.norm(jacobian.products(rho, shear)[2], 2, axis=(1, 2))
        seen = trying.stretched(rho, shear)
        assert (seen["largest"], seen["last"]) == pytest.approx((factors.max(), factors[-1]))
        assert seen["lag"] == factors.argmax() + 1 and seen["lags"] == len(factors)
    rate, _, corner = np.median(gradient_flow.survey("tanh RNN", [8], range(5), gain=1.3), axis=1)[0]
    seen = trying.half_life(1.3)
    assert (seen["life"], seen["corner"]) == pytest.approx((np.log(2) / -rate, corner))
    np.testing.assert_allclose(trying.truncation_errors(), truncation.survey(60, 0.9)[2], atol=1e-12)


def test_the_remedies_are_those_with_which_the_stack_learns():
    """The real thing: an 8-layer LSTM of each kind, 60 updates on Japanese Vowels."""
    batches = (checkup.utterances(15) * 4)[:60]

    def late(kind):
        net = DeepRNN("lstm", 12, 32, 8, dtype=np.float32, **checkup.KINDS[kind])
        model = Model(net, checkup.CLASSES, at="last_step")
        steps = train(model, model.init(np.random.default_rng(0)), batches, Adam(3e-3), clip_norm=1.0)
        return np.mean([step.loss for step in steps][-15:])

    assert tuple(kind for kind in checkup.KINDS if late(kind) < 1) == more.remedy()
    assert list(EXERCISES["remedy"].said) == list(checkup.KINDS)
