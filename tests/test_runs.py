"""A forward pass guards what its way back reads: nobody changes it from outside, and no other pass takes its place."""

import gc
import tracemalloc

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, assert_trees_close, random_like, random_params, rng

import rnnlib

OPTIONS = [{}, {"bidirectional": True}, {"residual": True, "num_layers": 3}, {"layer_norm": True}, {"skip_input": True}]


def pass_of(cell="rnn", nonlinearity="tanh", T=4, B=3, lengths=None, **options):
    """net, params, xs, forward pass, upstream gradient."""
    net = rnnlib.DeepRNN(cell, 3, 3, options.pop("num_layers", 2), nonlinearity=nonlinearity, **options)
    params, xs = random_params(net), rng(1).standard_normal((T, B, 3))
    run = net.forward(params, xs, lengths=lengths)
    return net, params, xs, run, rng(2).standard_normal(run.hs.shape)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("lengths", [None, [4, 2, 1]], ids=["full", "ragged"])
@pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)
def test_whatever_is_written_to_a_run_the_gradient_stays(cell, nonlinearity, lengths, options):
    """Every array that a run shows is written to, where that is not refused; then xs and the parameters themselves."""
    net, params, xs, run, dhs = pass_of(cell, nonlinearity, lengths=lengths, **options)
    before = {name: getattr(net.backward(params, run, dhs), name) for name in ("params", "xs", "state", "hs")}
    shown = [run.hs, *(y.hs for y in run.layers), *(s for y in run.layers for s in y.state)]
    shown += [s for layer in run.state for s in layer]
    shown += [s for y in run.layers for p in y.passes for s in (p.hs, *p.states, *p.state)]
    refused = 0
    for a in shown:
        try:
            a *= 0.5
        except ValueError as e:
            assert "read-only" in str(e)
            refused += 1
    xs *= 0.5
    assert refused >= len(run.layers)
    after = net.backward(params, run, dhs)
    for name, tree in before.items():
        assert_trees_close(getattr(after, name), tree, rtol=0, atol=0)


def test_the_issue_s_example_is_refused():
    net = rnnlib.DeepRNN("rnn", 1, 1)
    params = [{"W_xh": np.ones((1, 1)), "W_hh": np.ones((1, 1)), "b_h": np.ones(1)}]
    run = net.forward(params, np.ones((3, 1, 1)))
    with pytest.raises(ValueError, match="read-only"):
        run.hs *= 0.5


def test_parameters_changed_in_between_are_refused():
    net, params, _, run, dhs = pass_of("gru")
    params[1]["W_hh"] *= 0.5
    with pytest.raises(
        ValueError, match=r"params\[1\]\['W_hh'\]: expected the values with which forward made this run"
    ):
        net.backward(params, run, dhs)


def test_equal_parameters_are_as_good_as_the_same():
    net, params, _, run, dhs = pass_of("lstm")
    copies = [{name: value.copy() for name, value in layer.items()} for layer in params]
    assert_trees_close(net.backward(copies, run, dhs).params, net.backward(params, run, dhs).params, rtol=0, atol=0)


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"num_layers": 3}, "num_layers=2; got num_layers=3"),
        ({"nonlinearity": "relu"}, "nonlinearity='tanh'; got nonlinearity='relu'"),
        ({"residual": True}, "residual=False; got residual=True"),
        ({"cell": "lstm"}, "cell='rnn'; got cell='lstm'"),
        ({"cell": "gru"}, "cell='rnn'; got cell='gru'"),
        ({"dtype": np.float32}, "dtype=dtype"),
    ],
    ids=str,
)
def test_a_run_of_another_net_is_refused(other, word):
    net, params, _, _, dhs = pass_of("rnn")
    settings = {"cell": "rnn", "num_layers": 2} | other
    another = rnnlib.DeepRNN(settings.pop("cell"), 3, 3, settings.pop("num_layers"), **settings)
    run = another.forward(random_params(another), rng(1).standard_normal((4, 3, 3)).astype(another.dtype))
    with pytest.raises(ValueError, match="run: expected a forward pass of this net") as caught:
        net.backward(params, run, dhs)
    assert word in str(caught.value)


def test_a_run_that_kept_nothing_is_refused():
    net, params, xs, _, dhs = pass_of("lstm")
    with pytest.raises(ValueError, match="run: expected a forward pass with keep=True"):
        net.backward(params, net.forward(params, xs, keep=False), dhs)


def test_kept_states_do_not_keep_the_runs_they_came_from():
    """Sixty states of 8 × 64 numbers, each the end of 1,000 steps: the runs themselves would hold half a gigabyte."""
    net = rnnlib.DeepRNN("gru", 4, 64)
    params, xs = net.init(rng()), rng(1).standard_normal((200, 8, 4))
    net.forward(params, xs)
    gc.collect()
    tracemalloc.start()
    try:
        states = [net.forward(params, xs).state for _ in range(20)]
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(states) == 20 and held < 3 * 200 * 8 * 64 * 8  # three runs' hs; twenty would be kept otherwise


def test_jacobians_are_made_in_pieces(monkeypatch):
    from rnnlib import flow

    net = rnnlib.DeepRNN("lstm", 2, 3, 2)
    params, xs = random_params(net), rng(1).standard_normal((7, 2))
    whole = flow.step_jacobians(net, params, xs)
    for piece in (1, 2 * 12**2, 3 * 12**2 + 5):
        monkeypatch.setattr(flow, "PIECE", piece)
        np.testing.assert_allclose(flow.step_jacobians(net, params, xs), whole, rtol=1e-12, atol=1e-14)


# ---------------------------------------------------------------------------------- masks choose, they do not multiply


def test_an_overflow_stays_out_of_the_padding():
    net = rnnlib.DeepRNN("rnn", 1, 1, nonlinearity="relu", dtype=np.float32)
    params = [{"W_xh": np.ones((1, 1)), "W_hh": np.full((1, 1), 4.0), "b_h": np.zeros(1)}]
    params = [{k: v.astype(np.float32) for k, v in params[0].items()}]
    with np.errstate(over="ignore"):
        run = net.forward(params, np.ones((80, 1, 1), np.float32), lengths=[70])
    assert np.isinf(run.hs[69]) and (run.hs[70:] == 0).all()


def test_a_dead_unit_passes_nothing_not_even_of_an_infinite_gradient():
    """As in PyTorch: the slope of ReLU chooses."""
    net = rnnlib.DeepRNN("rnn", 1, 2, nonlinearity="relu")
    params = [{"W_xh": np.array([[1.0, -1.0]]), "W_hh": np.zeros((2, 2)), "b_h": np.zeros(2)}]
    run = net.forward(params, np.ones((1, 1, 1)))
    with np.errstate(invalid="ignore"):  # the gradient by x and h_0 is 0 · ∞ through the weights, there too
        grad = net.backward(params, run, np.full((1, 1, 2), np.inf))
    np.testing.assert_array_equal(grad.params[0]["b_h"], [np.inf, 0])
    assert grad.params[0]["W_xh"][0, 1] == 0


def test_a_gradient_that_is_infinite_stays_out_of_the_padding():
    net = rnnlib.DeepRNN("rnn", 1, 2)
    params, xs = random_params(net), rng(1).standard_normal((3, 2, 1))
    run = net.forward(params, xs, lengths=[3, 1])
    dhs = np.zeros((3, 2, 2))
    dhs[1:, 1] = np.inf
    assert all((g == 0).all() for g in net.backward(params, run, dhs).params[0].values())
    grad = net.backward(params, run, np.zeros_like(dhs), [tuple(random_like(net.zero_state(2)[0]))])
    assert np.isfinite(grad.xs).all() and (grad.xs[1:, 1] == 0).all()


def test_dropout_chooses():
    net = rnnlib.DeepRNN("rnn", 1, 4, 2, nonlinearity="relu", dropout=0.5)
    a = np.full((1, 1, 4), np.inf)
    chosen = np.array([[[True, False, True, False]]])
    np.testing.assert_array_equal(net.thinned(a, chosen), [[[np.inf, 0, np.inf, 0]]])
