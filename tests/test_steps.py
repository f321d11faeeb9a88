"""Weights made ready once, one step at a time, nothing kept, inputs that are indices: all of it the same network."""

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, assert_trees_close, freeze, random_params, random_state, rng, snapshot

import rnnlib
from rnnlib import flow
from rnnlib.course.explore.truncation import window_gradients

KINDS = [(*cell, "after") for cell in CELLS] + [("gru", "tanh", "before")]
KIND_IDS = [*CELL_IDS, "gru, reset before"]
every_kind = pytest.mark.parametrize(("cell", "nonlinearity", "reset"), KINDS, ids=KIND_IDS)
OPTIONS = [{}, {"skip_input": True}, {"residual": True}, {"layer_norm": True}, {"dropout": 0.5}]


def net_of(cell, nonlinearity, reset, L=3, D=3, H=4, **options):
    return rnnlib.DeepRNN(cell, D, H, L, nonlinearity=nonlinearity, reset=reset, **options)


@every_kind
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("B", [1, 5])
def test_steps_are_the_sequence(cell, nonlinearity, reset, options, B):
    if reset == "before" and "layer_norm" in options:
        return  # is refused
    net = net_of(cell, nonlinearity, reset, **options)
    params, xs, state = random_params(net), rng(1).standard_normal((6, B, 3)), random_state(net, B)
    whole, ready, hs = net.forward(params, xs, state), net.prepare(params), []
    freeze(xs, *state)
    for x in xs:
        h, state = net.step(ready, x, state)
        freeze(h, *state)
        hs.append(h)
    np.testing.assert_allclose(hs, whole.hs, rtol=1e-12, atol=1e-14)
    assert_trees_close([list(s) for s in state], [list(s) for s in whole.state])


@every_kind
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"layer_norm": True}, {"residual": True}], ids=str)
@pytest.mark.parametrize("lengths", [None, [6, 1, 4]], ids=["full", "ragged"])
@pytest.mark.parametrize("chunk", [1, 2**17])
def test_nothing_kept_is_the_same_forward_pass(cell, nonlinearity, reset, options, lengths, chunk, monkeypatch):
    if reset == "before" and "layer_norm" in options:
        return
    monkeypatch.setattr("rnnlib.layer.CHUNK", chunk)
    net = net_of(cell, nonlinearity, reset, **options)
    params, xs, state = random_params(net), rng(1).standard_normal((6, 3, 3)), random_state(net, 3)
    for T in (1, 2, 5, 6):
        own = None if lengths is None else np.minimum(lengths, T)
        kept = net.forward(params, xs[:T], state, lengths=own)
        lean = net.forward(net.prepare(params), xs[:T], state, lengths=own, keep=False)
        assert snapshot(kept.hs, *kept.state) == snapshot(lean.hs, *lean.state)
        assert [snapshot(y.hs) for y in kept.layers] == [snapshot(y.hs) for y in lean.layers]


def test_what_is_ready_does_not_follow_a_change_and_says_what_it_is_made_of():
    net = net_of("lstm", "tanh", "after")
    params, x = random_params(net), rng(1).standard_normal((2, 3))
    ready, state = net.prepare(params), random_state(net, 2)
    h, _ = net.step(ready, x, state)
    params[0]["W_hh"] *= 0.5
    params[2]["b_h"] += 1
    assert snapshot(net.step(ready, x, state)[0]) == snapshot(h)
    assert not np.array_equal(ready.params[0]["W_hh"], params[0]["W_hh"])
    with pytest.raises(ValueError, match="read-only"):
        ready.params[0]["W_hh"] *= 2
    again = net.prepare(params)
    assert snapshot(net.step(again, x, state)[0]) != snapshot(h)
    assert net.prepare(again) is again


def test_what_is_ready_trains_too():
    net = net_of("gru", "tanh", "before")
    params, xs = random_params(net), rng(1).standard_normal((4, 2, 3))
    ready, dhs = net.prepare(params), rng(2).standard_normal((4, 2, 4))
    assert_trees_close(
        net.backward(ready, net.forward(ready, xs), dhs).params,
        net.backward(params, net.forward(params, xs), dhs).params,
    )
    with pytest.raises(
        ValueError, match=r"params: expected what prepare of this net returned, reset='after'; got reset='b"
    ):
        net_of("gru", "tanh", "after").forward(ready, xs)


def test_a_step_refuses_what_it_cannot_do():
    net = net_of("rnn", "tanh", "after")
    params, x = random_params(net), np.zeros((2, 3))
    with pytest.raises(TypeError, match="ready: expected what prepare returned, got list"):
        net.step(params, x, net.zero_state(2))
    ready = net.prepare(params)
    with pytest.raises(ValueError, match=r"x: expected 3 along axis 1 \(D\)"):
        net.step(ready, np.zeros((2, 4)), net.zero_state(2))
    with pytest.raises(ValueError, match=r"state\[0\]\[0\]: expected 2 along axis 0 \(B\)"):
        net.step(ready, x, net.zero_state(3))
    both = net_of("rnn", "tanh", "after", bidirectional=True)
    with pytest.raises(ValueError, match="net: expected one direction"):
        both.step(both.prepare(random_params(both)), x, both.zero_state(2))


# ------------------------------------------------------------------------------------------------ the GRU of 2014


def gru_of_2014(p, x, h):
    """Cho et al. 2014, one sequence: r acts on h before the product."""
    H = len(h)
    W_r, W_z, W_n = np.split(p["W_xh"], 3, axis=1)
    U_r, U_z, U_n = np.split(p["W_hh"], 3, axis=1)
    b_r, b_z, b_n = np.split(p["b_h"], 3)
    r, z = 1 / (1 + np.exp(-(x @ W_r + h @ U_r + b_r))), 1 / (1 + np.exp(-(x @ W_z + h @ U_z + b_z)))
    n = np.tanh(x @ W_n + (r * h) @ U_n + b_n)
    assert n.shape == (H,)
    return (1 - z) * n + z * h


def test_the_gru_of_2014_by_hand():
    net = net_of("gru", "tanh", "before", L=1)
    params, xs, (h,) = random_params(net), rng(1).standard_normal((5, 1, 3)), random_state(net, 1)[0]
    assert set(params[0]) == {"W_xh", "W_hh", "b_h"}
    run, h = net.forward(params, xs, [(h,)]), h[0]
    for t in range(5):
        h = gru_of_2014(params[0], xs[t, 0], h)
        np.testing.assert_allclose(run.hs[t, 0], h, rtol=1e-12)
    after = net_of("gru", "tanh", "after", L=1)
    other = after.forward([params[0] | {"b_hn": np.zeros(4)}], xs)
    assert np.abs(other.hs[-1] - run.hs[-1]).max() > 1e-3  # another cell, and not by a rounding


@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"residual": True}, {"skip_input": True}], ids=str)
@pytest.mark.parametrize("L", [1, 2, 3])
@pytest.mark.parametrize("T", [1, 2, 7])
def test_the_gru_of_2014_is_gradchecked(options, L, T):
    net = net_of("gru", "tanh", "before", L=L, **options)
    xs, lengths = rng(1).standard_normal((T, 3, 3)), None if T < 7 else [7, 2, 5]
    assert rnnlib.gradcheck(net, random_params(net), xs, lengths=lengths, state=random_state(net, 3)).error <= 1e-6


def test_reset_belongs_to_the_gru():
    for cell, options in (("lstm", {}), ("rnn", {}), ("gru", {"layer_norm": True})):
        with pytest.raises(ValueError, match="reset: expected 'after'"):
            rnnlib.DeepRNN(cell, 2, 3, reset="before", **options)
    with pytest.raises(ValueError, match="reset: expected one of 'after', 'before'"):
        rnnlib.DeepRNN("gru", 2, 3, reset="never")


# ------------------------------------------------------------------------------------------------ inputs by index


@every_kind
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"skip_input": True}, {"layer_norm": True}], ids=str)
@pytest.mark.parametrize("lengths", [None, [6, 1, 4]], ids=["full", "ragged"])
def test_indices_are_one_hot_vectors(cell, nonlinearity, reset, options, lengths):
    if reset == "before" and "layer_norm" in options:
        return
    net = net_of(cell, nonlinearity, reset, D=5, **options)
    params, picked = random_params(net), rng(1).integers(0, 5, (6, 3))
    vectors = np.eye(5)[picked]
    run, other = net.forward(params, picked, lengths=lengths), net.forward(params, vectors, lengths=lengths)
    np.testing.assert_allclose(run.hs, other.hs, rtol=1e-12, atol=1e-14)
    dhs = rng(2).standard_normal(run.hs.shape)
    grad, want = net.backward(params, run, dhs), net.backward(params, other, dhs)
    assert_trees_close(grad.params, want.params)
    assert grad.xs is None


def test_only_the_rows_that_are_picked_get_a_gradient():
    net = rnnlib.DeepRNN("gru", 9, 3)
    params, picked = random_params(net), np.array([[2, 7], [7, 2], [7, 7]])
    run = net.forward(params, picked)
    dW = net.backward(params, run, np.ones_like(run.hs)).params[0]["W_xh"]
    assert set(np.flatnonzero(np.abs(dW).sum(1))) == {2, 7}


def test_indices_train_check_and_step():
    model = rnnlib.Model(rnnlib.DeepRNN("lstm", 5, 4, 2), 5)
    params, picked = random_params(model), rng(1).integers(0, 5, (6, 2))
    assert rnnlib.gradcheck(model, params, picked, picked).error <= 1e-6
    assert rnnlib.gradcheck(model.net, params["layers"], picked).error <= 1e-6
    one_hot = [(np.eye(5)[picked], picked)] * 2
    for a, b in zip(
        rnnlib.train(model, params, [(picked, picked)] * 2, truncate=4),
        rnnlib.train(model, params, one_hot, truncate=4),
        strict=True,
    ):
        assert a.loss == pytest.approx(b.loss, rel=1e-12)
    net, ready = model.net, model.net.prepare(params["layers"])
    h, _ = net.step(ready, picked[0], net.zero_state(2))
    np.testing.assert_allclose(h, net.forward(ready, picked[:1]).hs[0], rtol=1e-12)


@pytest.mark.parametrize(
    ("xs", "word"),
    [
        (np.array([[0, 5]]), r"xs: expected integers in 0\.\.4, got 5 at index \(0, 1\)"),
        (np.array([[-1, 0]]), r"xs: expected integers in 0\.\.4, got -1"),
        (np.array([[[1, 2, 3, 0, 0]]]), "xs: expected dtype float64, got int64"),
        (np.array([[True, False]]), "xs: expected dtype float64, got bool"),
    ],
    ids=["too large", "negative", "whole vectors", "truth values"],
)
def test_indices_out_of_range_are_refused(xs, word):
    net = rnnlib.DeepRNN("rnn", 5, 3)
    with pytest.raises((ValueError, TypeError), match=word):
        net.forward(random_params(net), xs)


# ------------------------------------------------------------------------------------- gradients of the weights by step


@every_kind
@pytest.mark.parametrize("options", [{}, {"residual": True}, {"layer_norm": True}], ids=str)
@pytest.mark.parametrize("chunk", [1, 100, 2**17])
def test_weight_gradients_by_step_are_those_of_windows_of_one(cell, nonlinearity, reset, options, chunk, monkeypatch):
    """Every step as a window of its own, with the gradient handed on: its gradient of W_hh is that step's term."""
    if reset == "before" and "layer_norm" in options:
        return
    monkeypatch.setattr("rnnlib.layer.CHUNK", chunk)
    net = net_of(cell, nonlinearity, reset, **options)
    params, xs = random_params(net), rng(1).standard_normal((5, 3, 3))
    dhs = rng(2).standard_normal((5, 3, 4))
    terms = window_gradients(net, params, xs, dhs, 1, hand_on=True)
    want = [[np.linalg.norm(step[l]["W_hh"]) for step in terms] for l in range(3)]
    np.testing.assert_allclose(flow.weight_gradients_by_step(net, params, xs, dhs), want, rtol=1e-7, atol=1e-9)
    grad = net.backward(params, net.forward(params, xs), dhs)
    assert_trees_close([sum(step[l]["W_hh"] for step in terms) for l in range(3)], [p["W_hh"] for p in grad.params])


def test_flow_takes_lengths_and_states():
    net = net_of("gru", "tanh", "after", bidirectional=True)
    params, xs, state = random_params(net), rng(1).standard_normal((5, 2, 3)), random_state(net, 2)
    dhs = rng(2).standard_normal((5, 2, 8))
    for measure in (flow.gradient_flow, flow.weight_gradients_by_step):
        norms = measure(net, params, xs, dhs, lengths=[3, 2], state=state)
        assert norms.shape == (3, 5) and (norms[:, 3:] == 0).all() and (norms[:, :3] > 0).all()
    alone = flow.weight_gradients_by_step(net, params, xs[:, :1], dhs[:, :1])
    padded = flow.weight_gradients_by_step(net, params, xs[:, :1], dhs[:, :1], lengths=[5])
    np.testing.assert_allclose(alone, padded)
