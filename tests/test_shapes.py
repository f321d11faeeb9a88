"""Documented shapes are actual shapes, and documented counts actual counts."""

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, random_like, random_params, rng

import rnnlib
from rnnlib import flow

every_cell = pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)
GATES = {"rnn": 1, "lstm": 4, "gru": 3}
T, B, D, H, V = 5, 3, 2, 4, 6


def shapes(tree):
    """The tree with every array replaced by its shape."""
    if isinstance(tree, dict):
        return {name: shapes(value) for name, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [shapes(value) for value in tree]
    return tree.shape


def documented(cell, L, ways, skip_input, layer_norm):
    """The parameters of the public face, written down a second time."""
    G, tags = GATES[cell], ["", "_reverse"][:ways]
    layers = []
    for l in range(L):
        below = D if l == 0 else ways * H + (D if skip_input else 0)
        layer = {}
        for tag in tags:
            layer |= {"W_xh" + tag: (below, G * H), "W_hh" + tag: (H, G * H), "b_h" + tag: (G * H,)}
            if cell == "gru":
                layer["b_hn" + tag] = (H,)
            if layer_norm:
                layer |= {"g_x" + tag: (G * H,), "g_h" + tag: (G * H,)}
        layers.append(layer)
    return layers


@every_cell
@pytest.mark.parametrize("L", [1, 2, 3, 5])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["one_way", "both_ways"])
@pytest.mark.parametrize("residual", [False, True], ids=["", "residual"])
@pytest.mark.parametrize("layer_norm", [False, True], ids=["", "layer_norm"])
@pytest.mark.parametrize("skip_input", [False, True], ids=["", "skip_input"])
def test_forward_and_backward(cell, nonlinearity, L, bidirectional, residual, layer_norm, skip_input):
    net = rnnlib.DeepRNN(
        cell,
        D,
        H,
        L,
        nonlinearity=nonlinearity,
        bidirectional=bidirectional,
        residual=residual,
        layer_norm=layer_norm,
        skip_input=skip_input,
    )
    ways = 2 if bidirectional else 1
    params, xs = net.init(rng(0)), rng(1).standard_normal((T, B, D))
    wanted = documented(cell, L, ways, skip_input, layer_norm)
    assert shapes(params) == wanted
    assert net.num_params == sum(int(np.prod(s)) for layer in wanted for s in layer.values())
    states = [[(B, ways * H)] * (2 if cell == "lstm" else 1)] * L
    assert shapes(net.zero_state(B)) == states
    for lengths in (None, [5, 1, 3]):
        run = net.forward(params, xs, lengths=lengths)
        assert run.hs.shape == (T, B, ways * H)
        assert shapes(run.state) == states and all(isinstance(s, tuple) for s in run.state)
        assert [layer.hs.shape for layer in run.layers] == [(T, B, ways * H)] * L
        grad = net.backward(params, run, random_like(run.hs), random_like(run.state))
        assert shapes(grad.params) == wanted
        assert grad.xs.shape == xs.shape
        assert shapes(grad.state) == states
        assert [dh.shape for dh in grad.hs] == [(T, B, ways * H)] * L
    if not bidirectional:
        N = L * H * (2 if cell == "lstm" else 1)
        assert rnnlib.gradient_flow(net, params, xs, np.ones_like(run.hs)).shape == (L, T)
        assert flow.trajectory(net, params, xs).shape == (T + 1, B, N)
        assert flow.step_jacobians(net, params, xs[:, 0]).shape == (T, N, N)
        assert flow.long_range_jacobian(net, params, xs[:, 0]).shape == (N, N)
        assert flow.singular_values(flow.step_jacobians(net, params, xs[:, 0])).shape == (T, N)
        assert flow.lyapunov_exponents(flow.step_jacobians(net, params, xs[:, 0])).shape == (N,)


@pytest.mark.parametrize("size", [(1, 1, 1, 1), (1, 4, 2, 3), (6, 1, 3, 2), (2, 5, 1, 1)])
@every_cell
def test_axes_of_length_one_stay(cell, nonlinearity, size):
    T, B, D, H = size
    net = rnnlib.DeepRNN(cell, D, H, 3, nonlinearity=nonlinearity, skip_input=True)
    params, xs = net.init(rng(0)), rng(1).standard_normal((T, B, D))
    run = net.forward(params, xs)
    assert run.hs.shape == (T, B, H)
    assert net.backward(params, run, np.ones((T, B, H))).xs.shape == (T, B, D)


@pytest.mark.parametrize("bidirectional", [False, True], ids=["one_way", "both_ways"])
@pytest.mark.parametrize("at", ["each_step", "last_step"])
@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
def test_models(loss, at, bidirectional):
    net = rnnlib.DeepRNN("gru", D, H, 2, bidirectional=bidirectional)
    model, width = rnnlib.Model(net, V, loss=loss, at=at), (2 if bidirectional else 1) * H
    params, xs = model.init(rng(0)), rng(1).standard_normal((T, B, D))
    assert params.keys() == {"layers", "W_hy", "b_y"}
    assert shapes(params["layers"]) == documented("gru", 2, 2 if bidirectional else 1, False, False)
    assert params["W_hy"].shape == (width, V) and params["b_y"].shape == (V,)
    rows = (T, B) if at == "each_step" else (B,)
    assert model.predict(params, xs).shape == (*rows, V)
    targets = np.zeros(rows, int) if loss == "cross_entropy" else np.zeros((*rows, V))
    value, grads = model.loss_and_grads(params, xs, targets)
    assert type(value) is float and shapes(grads) == shapes(params)
    assert type(model.evaluate(params, xs, targets)) is float


@pytest.mark.parametrize(("cell", "L"), [("rnn", 1), ("rnn", 3), ("lstm", 1), ("lstm", 2), ("gru", 1), ("gru", 4)])
def test_the_count_of_parameters_is_the_formula(cell, L):
    """Per layer G·H (H + D + 1), with D = H above the first; the GRU has H more, its second bias."""
    extra = H if cell == "gru" else 0
    formula = sum(GATES[cell] * H * (H + (D if l == 0 else H) + 1) + extra for l in range(L))
    assert rnnlib.DeepRNN(cell, D, H, L).num_params == formula


def test_layers_and_directions_share_no_parameter():
    """macanv/BERT-BiLSTM-CRF-NER#252: all layers were one cell."""
    net = rnnlib.DeepRNN("lstm", D, H, 4, bidirectional=True)
    params = random_params(net)
    every = [a for layer in params for a in layer.values()]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(every) for b in every[:i])
    grads = [a for layer in net.backward(params, net.forward(params, np.ones((T, B, D))), np.ones((T, B, 2 * H))).params
             for a in layer.values()]  # fmt: skip
    assert not any(np.shares_memory(a, b) for i, a in enumerate(grads) for b in grads[:i])
    values = [a.tobytes() for a in every]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("scheme", ["uniform", "glorot", "orthogonal", "identity"])
@every_cell
def test_initial_schemes(cell, nonlinearity, scheme):
    """Each H × H block of W_hh by itself is what the scheme promises."""
    net = rnnlib.DeepRNN(cell, D, H, 2, nonlinearity=nonlinearity)
    for layer in net.init(rng(3), input=scheme, recurrent=scheme, bias="zeros"):
        assert not layer["b_h"].any() and not layer.get("b_hn", np.zeros(1)).any()
        for name in ("W_xh", "W_hh"):
            for W in np.split(layer[name], GATES[cell], axis=1):
                rows = len(W)
                if scheme == "uniform":
                    assert np.abs(W).max() <= 1 / np.sqrt(H)
                elif scheme == "glorot":
                    assert np.abs(W).max() <= np.sqrt(6 / (rows + H))
                elif scheme == "orthogonal":
                    small = W @ W.T if rows <= H else W.T @ W
                    np.testing.assert_allclose(small, np.eye(len(small)), atol=1e-12)
                else:
                    np.testing.assert_array_equal(W, np.eye(rows, H))
    for layer in net.init(rng(4), recurrent=scheme, rho=0.7):
        for W in np.split(layer["W_hh"], GATES[cell], axis=1):
            assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(0.7, rel=1e-6)


def test_forget_bias_and_reproducible_draws():
    net = rnnlib.DeepRNN("lstm", D, H, 2, bidirectional=True)
    for layer in net.init(rng(0), forget_bias=1.0):
        for b in (layer["b_h"], layer["b_h_reverse"]):
            assert (b[H : 2 * H] == 1).all() and (b[:H] != 1).all() and (b[2 * H :] != 1).all()
    assert shapes(net.init(rng(0))) == shapes(net.init(rng(1)))
    np.testing.assert_array_equal(net.init(rng(7))[1]["W_hh"], net.init(rng(7))[1]["W_hh"])
    assert (net.init(rng(7))[1]["W_hh"] != net.init(rng(8))[1]["W_hh"]).any()


def test_the_uniform_and_orthogonal_draws_have_the_right_spread():
    """U(-a, a) has variance a²/3; a uniformly distributed Q has mean 0 and variance 1/H in each entry."""
    net = rnnlib.DeepRNN("rnn", 64, 64)
    (p,) = net.init(rng(0), input="uniform", recurrent="orthogonal")
    assert np.var(p["W_xh"]) == pytest.approx(1 / (3 * 64), rel=0.05)
    signs = [np.diag(net.init(rng(s), recurrent="orthogonal")[0]["W_hh"]).mean() for s in range(40)]
    assert abs(np.mean(signs)) < 4 * (1 / 64) / np.sqrt(40)  # plain QR leaves the diagonal lopsided
