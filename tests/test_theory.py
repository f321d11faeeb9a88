"""The theory that the notebooks state, asserted: facts that hold for any right implementation, known in advance.

What is linear, stays linear here in two ways: a ReLU layer whose values stay positive (exact), and a tanh layer at
amplitude 1e-7, where tanh(z) = z up to 1e-21.
"""

import math

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, random_params, random_state, rng

import rnnlib
from rnnlib import flow

every_cell = pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)
TINY = 1e-7


def linear_net(W, L=1):
    """A tanh stack with the recurrent matrix W in each layer, W_xh = 1, no bias."""
    H = len(W)
    net = rnnlib.DeepRNN("rnn", H, H, L)
    return net, [{"W_xh": np.eye(H), "W_hh": np.array(W, float), "b_h": np.zeros(H)} for _ in range(L)]


def last_step_gradient(net, params, T):
    """‖∂loss/∂h_t‖ for t = T-1 ... 0 (nearest lag first), loss = h_T · (a unit vector) on inputs of zero."""
    xs = np.zeros((T, 1, net.input_size))
    dhs = np.zeros((T, 1, net.hidden_size))
    dhs[-1, 0, 0] = 1
    return rnnlib.gradient_flow(net, params, xs, dhs)[:, ::-1]


# ---- one linear layer


@pytest.mark.parametrize("seed", range(3))
def test_an_orthogonal_linear_recurrence_keeps_the_norm(seed):
    """Forwards the state's, backwards the gradient's; 100 steps."""
    (p,) = rnnlib.DeepRNN("rnn", 6, 6).init(rng(seed), recurrent="orthogonal")
    net, params = linear_net(p["W_hh"])
    start = TINY * rng(seed).standard_normal((1, 6))
    run = net.forward(params, np.zeros((100, 1, 6)), [(start,)])
    np.testing.assert_allclose(np.linalg.norm(run.hs[:, 0], axis=1), np.linalg.norm(start), rtol=1e-10)
    np.testing.assert_allclose(last_step_gradient(net, params, 100), 1, rtol=1e-10)


def test_a_permutation_with_relu_keeps_the_norm():
    """Exactly: a permutation is orthogonal, and what is positive stays so."""
    net = rnnlib.DeepRNN("rnn", 5, 5, nonlinearity="relu")
    params = [{"W_xh": np.eye(5), "W_hh": np.eye(5)[rng(0).permutation(5)], "b_h": np.zeros(5)}]
    start = rng(1).uniform(1, 2, (1, 5))
    run = net.forward(params, np.zeros((50, 1, 5)), [(start,)])
    np.testing.assert_allclose(np.linalg.norm(run.hs[:, 0], axis=1), np.linalg.norm(start), rtol=1e-14)
    grad = net.backward(params, run, np.zeros_like(run.hs), [(np.ones((1, 5)),)])
    np.testing.assert_array_equal(grad.state[0][0], np.ones((1, 5)))


@pytest.mark.parametrize("rho", [0.5, 0.9, 1.0, 1.1])
def test_scaled_by_rho_the_slope_is_log_rho(rho):
    (p,) = rnnlib.DeepRNN("rnn", 6, 6).init(rng(1), recurrent="orthogonal", rho=rho)
    net, params = linear_net(p["W_hh"])
    (norms,) = last_step_gradient(net, params, 60)
    assert flow.decay_rate(norms) == pytest.approx(math.log(rho), abs=1e-9)
    if rho < 1:
        assert flow.half_life(norms) == pytest.approx(math.log(2) / -math.log(rho))
    if rho > 1:
        assert flow.half_life(norms) == math.inf


def test_with_tanh_an_orthogonal_recurrence_still_contracts():
    """Chang et al. 2019, §4: |tanh'| < 1 away from 0."""
    net = rnnlib.DeepRNN("rnn", 6, 6)
    params = net.init(rng(0), recurrent="orthogonal")
    norms = rnnlib.gradient_flow(
        net, params, rng(1).standard_normal((60, 1, 6)), np.eye(60)[-1][:, None, None] * np.ones(6)
    )
    assert flow.decay_rate(norms[0, ::-1]) < -0.05


def test_half_life():
    assert flow.half_life(0.5 ** np.arange(10)) == pytest.approx(1)
    assert flow.half_life(3 * 0.5 ** (np.arange(30) / 7)) == pytest.approx(7)
    assert flow.decay_rate(2 * np.exp(0.3 * np.arange(8))) == pytest.approx(0.3)
    assert flow.half_life(np.exp(0.3 * np.arange(8))) == math.inf


# ---- a linear stack


@pytest.mark.parametrize("L", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(("a", "b"), [(0.9, 0.5), (0.5, 1.0), (1.0, 0.8), (1.05, 0.3)])
def test_the_binomial_response(a, b, L):
    """b^L C(τ+L-1, L-1) a^τ, in the forward direction (a pulse) and in the backward one (a gradient)."""
    net = rnnlib.DeepRNN("rnn", 1, 1, L, nonlinearity="relu")
    params = [{"W_xh": np.array([[b]]), "W_hh": np.array([[a]]), "b_h": np.zeros(1)}] * L
    T = 40
    wanted = flow.linear_stack_response(a, b, L, range(T))
    pulse = np.zeros((T, 1, 1))
    pulse[0] = 1
    run = net.forward(params, pulse)
    np.testing.assert_allclose(run.hs[:, 0, 0], wanted, rtol=1e-12)
    np.testing.assert_allclose(wanted, [b**L * math.comb(t + L - 1, L - 1) * a**t for t in range(T)], rtol=1e-12)
    positive = net.forward(params, np.ones((T, 1, 1)))  # every unit on, so that every slope is 1
    dxs = net.backward(params, positive, np.eye(T)[-1][:, None, None]).xs
    np.testing.assert_allclose(dxs[::-1, 0, 0], wanted, rtol=1e-12)


def test_the_binomial_response_of_a_negative_weight():
    """a < 0 alternates: tanh at a tiny amplitude."""
    net = rnnlib.DeepRNN("rnn", 1, 1, 3)
    params = [{"W_xh": np.array([[0.7]]), "W_hh": np.array([[-0.8]]), "b_h": np.zeros(1)}] * 3
    pulse = np.zeros((20, 1, 1))
    pulse[0] = TINY
    wanted = flow.linear_stack_response(-0.8, 0.7, 3, range(20))
    np.testing.assert_allclose(net.forward(params, pulse).hs[:, 0, 0] / TINY, wanted, rtol=1e-9)
    assert wanted[1] < 0 < wanted[2]


def test_depth_leaves_the_rate_alone():
    """The same ln a at the far end for every depth, approached from above: the polynomial's slope dies as 1/τ."""
    far = range(20000, 20100)
    rates = [flow.decay_rate(flow.linear_stack_response(0.99, 1.0, L, far)) for L in (1, 2, 4, 8)]
    for L, rate in zip((1, 2, 4, 8), rates):
        assert rate == pytest.approx(math.log(0.99) + (L - 1) / 20050, rel=1e-3)
    assert rates == sorted(rates)


# ---- Jacobians


def blocks(net, J):
    """The layers' own diagonal blocks of a stack's Jacobian."""
    n = len(J) // net.num_layers
    return [J[l * n : (l + 1) * n, l * n : (l + 1) * n] for l in range(net.num_layers)]


@every_cell
@pytest.mark.parametrize("options", [{}, {"skip_input": True}, {"residual": True}, {"layer_norm": True}], ids=str)
def test_the_union_of_eigenvalues(cell, nonlinearity, options):
    """Nothing of a layer's past reaches a layer below it, so the eigenvalues are those of the diagonal blocks."""
    net = rnnlib.DeepRNN(cell, 2, 3, 3, nonlinearity=nonlinearity, **options)
    params, xs = random_params(net, 1), rng(2).standard_normal((6, 2))
    state = random_state(net, 1)  # not 0: there layer norm divides by sqrt(ε)
    Js = flow.step_jacobians(net, params, xs, state)
    n = Js.shape[1] // 3
    for J in Js:
        for l in range(3):
            assert not J[l * n : (l + 1) * n, (l + 1) * n :].any()
        union = np.concatenate([np.linalg.eigvals(block) for block in blocks(net, J)])
        # characteristic polynomials compare without pairing up the eigenvalues
        np.testing.assert_allclose(np.poly(J), np.real_if_close(np.poly(union), tol=1e6), rtol=1e-8, atol=1e-10)


@every_cell
def test_the_diagonal_blocks_are_the_layers_own(cell, nonlinearity):
    """... each the Jacobian of that layer alone, fed by what the layers below gave."""
    net = rnnlib.DeepRNN(cell, 2, 3, 3, nonlinearity=nonlinearity)
    params, xs = random_params(net, 1), rng(2).standard_normal((6, 2))
    run, stack = net.forward(params, xs[:, None]), flow.step_jacobians(net, params, xs)
    for l in range(3):
        single = rnnlib.DeepRNN(cell, 3 if l else 2, 3, nonlinearity=nonlinearity)
        own = flow.step_jacobians(single, [params[l]], run.layers[l - 1].hs[:, 0] if l else xs)
        np.testing.assert_allclose([blocks(net, J)[l] for J in stack], own, rtol=1e-10, atol=1e-12)


@every_cell
@pytest.mark.parametrize(
    "options", [{}, {"skip_input": True, "residual": True, "layer_norm": True}], ids=["plain", "all"]
)
def test_the_long_range_jacobian_is_the_product_of_the_steps(cell, nonlinearity, options):
    net = rnnlib.DeepRNN(cell, 2, 3, 3, nonlinearity=nonlinearity, **options)
    params, xs = random_params(net, 1), rng(2).standard_normal((6, 2))
    state = random_state(net, 1)
    product = np.eye(len(flow.pack(state)[0]))
    for J in flow.step_jacobians(net, params, xs, state):
        product = J @ product
    np.testing.assert_allclose(flow.long_range_jacobian(net, params, xs, state), product, rtol=1e-9, atol=1e-11)


@every_cell
def test_the_step_jacobian_is_the_derivative_of_the_forward_pass(cell, nonlinearity):
    """Row = output: column k is how s_1 moves when unit k of s_0 does."""
    net = rnnlib.DeepRNN(cell, 2, 3, 2, nonlinearity=nonlinearity)
    params, x = random_params(net, 1), rng(2).standard_normal((1, 2))
    s_0 = 0.5 * rng(3).standard_normal((1, len(flow.pack(net.zero_state(1))[0])))
    (J,) = flow.step_jacobians(net, params, x, flow.unpack(net, s_0))

    def s_1(s):
        return flow.pack(net.forward(params, x[:, None], flow.unpack(net, s)).state)[0]

    for k in range(s_0.size):
        step = 1e-6 * np.eye(s_0.size)[k : k + 1]
        np.testing.assert_allclose(J[:, k], (s_1(s_0 + step) - s_1(s_0 - step)) / 2e-6, rtol=1e-6, atol=1e-8)


def test_the_jacobian_of_one_tanh_layer_is_diag_times_w():
    """h_t = tanh(z), so J = diag(1 - h²) W_hhᵀ (row vectors: h_{t-1} W_hh): a matrix, not a vector."""
    net = rnnlib.DeepRNN("rnn", 2, 4)
    params, xs = random_params(net), rng(1).standard_normal((5, 2))
    hs = net.forward(params, xs[:, None]).hs[:, 0]
    for h, J in zip(hs, flow.step_jacobians(net, params, xs)):
        np.testing.assert_allclose(J, np.diag(1 - h**2) @ params[0]["W_hh"].T, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_pascanus_bound(scale):
    """tanh: ‖J_t‖ <= σ_1(W_hh), so σ_1 < 1 suffices for vanishing, at the rate ln σ_1 or faster."""
    net = rnnlib.DeepRNN("rnn", 2, 5)
    params = random_params(net, 3)
    params[0]["W_hh"] *= scale / np.linalg.svd(params[0]["W_hh"], compute_uv=False)[0]
    xs = rng(4).standard_normal((30, 2))
    largest = flow.singular_values(flow.step_jacobians(net, params, xs))[:, 0]
    assert (largest <= scale * (1 + 1e-12)).all()
    far = flow.singular_values(flow.long_range_jacobian(net, params, xs))[0]
    assert far <= scale**30 * (1 + 1e-9)
    norms = last_step_gradient(net, params, 30)[0]
    assert (norms <= scale ** np.arange(30) * (1 + 1e-9)).all()


@pytest.mark.parametrize("bias", [-1.0, 0.0, 2.0])
def test_hochreiters_bound(bias):
    """A gate's slope is at most 1/4, reached at ½: how far c moves with the forget gate's bias, per unit of c_0."""
    net = rnnlib.DeepRNN("lstm", 1, 1)
    params = [{"W_xh": np.zeros((1, 4)), "W_hh": np.zeros((1, 4)), "b_h": np.array([0, bias, 0, 0])}]
    run = net.forward(params, np.zeros((1, 1, 1)), [(np.zeros((1, 1)), np.ones((1, 1)))])
    slope = net.backward(params, run, np.zeros((1, 1, 1)), [(np.zeros((1, 1)), np.ones((1, 1)))]).params[0]["b_h"][1]
    assert slope <= 0.25 and (slope == 0.25) == (bias == 0)


def test_singular_values_are_those_of_known_matrices():
    Q = np.linalg.qr(rng(0).standard_normal((4, 4)))[0]
    P = np.linalg.qr(rng(1).standard_normal((4, 4)))[0]
    np.testing.assert_allclose(
        flow.singular_values(Q @ np.diag([3.0, 2.0, 0.5, 0.1]) @ P), [3, 2, 0.5, 0.1], rtol=1e-12
    )


# ---- Lyapunov exponents


def test_of_a_constant_linear_map():
    """ln |eigenvalue|, pairs of complex ones included, whatever the basis."""
    rotation = 0.8 * np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    A = np.zeros((4, 4))
    A[:2, :2], A[2, 2], A[3, 3] = rotation, 1.3, 0.2
    basis = rng(0).standard_normal((4, 4))
    A = basis @ A @ np.linalg.inv(basis)
    found = flow.lyapunov_exponents(np.repeat(A[None], 4000, axis=0), discard=100)
    np.testing.assert_allclose(found, np.log([1.3, 0.8, 0.8, 0.2]), atol=2e-3)


def test_of_a_net_that_is_such_a_map():
    W = np.diag([0.9, 0.5, 0.2]) + np.triu(rng(0).standard_normal((3, 3)), 1)
    net, params = linear_net(W)
    found = flow.lyapunov_exponents(flow.step_jacobians(net, params, np.zeros((3000, 3))), discard=100)
    np.testing.assert_allclose(found, np.log([0.9, 0.5, 0.2]), atol=2e-3)


def test_a_direction_that_is_annihilated():
    assert list(flow.lyapunov_exponents(np.repeat(np.diag([0.5, 0.0])[None], 5, axis=0))) == [np.log(0.5), -np.inf]


def test_the_sum_is_the_mean_log_determinant():
    """Exactly, at any length: volumes multiply."""
    Js = rng(0).standard_normal((50, 4, 4))
    assert flow.lyapunov_exponents(Js).sum() == pytest.approx(np.mean(np.linalg.slogdet(Js)[1]), rel=1e-12)


@pytest.mark.parametrize(("cell", "nonlinearity"), [("rnn", "tanh"), ("gru", "tanh")], ids=["tanh", "gru"])
def test_a_stacks_exponents_are_the_union_of_its_layers(cell, nonlinearity):
    net = rnnlib.DeepRNN(cell, 2, 2, 2, nonlinearity=nonlinearity)
    params, xs = random_params(net, 5), rng(6).standard_normal((4000, 2))
    Js = flow.step_jacobians(net, params, xs)
    whole = flow.lyapunov_exponents(Js, discard=200)
    own = [flow.lyapunov_exponents(Js[:, s, s], discard=200) for s in (slice(0, 2), slice(2, 4))]
    np.testing.assert_allclose(whole, np.sort(np.concatenate(own))[::-1], atol=0.01)


# ---- gates and norms


@pytest.mark.parametrize("f", [0.3, 0.9, 0.99])
def test_a_constant_forget_gate_forgets_as_its_power(f):
    """c_k = f^k c_0 when the input gate is shut, and so does its gradient: half-life ln 2 / -ln f."""
    net = rnnlib.DeepRNN("lstm", 1, 2)
    (p,) = net.init(rng(0), bias="zeros")
    p["W_xh"][:], p["W_hh"][:] = 0, 0
    p["b_h"][:2], p["b_h"][2:4] = -800, math.log(f / (1 - f))  # i = 0; f as wanted
    start = [(np.zeros((1, 2)), np.array([[1.5, -0.5]]))]
    for K in (1, 10, 40):
        run = net.forward([p], np.zeros((K, 1, 1)), start)
        np.testing.assert_allclose(run.state[0][1], f**K * start[0][1], rtol=1e-10)
        grad = net.backward([p], run, np.zeros_like(run.hs), [(np.zeros((1, 2)), np.ones((1, 2)))])
        np.testing.assert_allclose(grad.state[0][1], f**K, rtol=1e-10)
    norms = [np.abs(net.forward([p], np.zeros((k, 1, 1)), start).state[0][1]).sum() for k in range(1, 30)]
    assert flow.half_life(np.array(norms)) == pytest.approx(math.log(2) / -math.log(f))


def test_a_grus_update_gate_bypasses_the_matrix():
    """z = 1 keeps the state for ever, gradient included."""
    net = rnnlib.DeepRNN("gru", 1, 3)
    params = random_params(net)
    params[0]["b_h"][3:6] = 800
    start = [(rng(0).standard_normal((1, 3)),)]
    run = net.forward(params, rng(1).standard_normal((200, 1, 1)), start)
    np.testing.assert_allclose(run.state[0][0], start[0][0], rtol=1e-12)
    grad = net.backward(params, run, np.zeros_like(run.hs), [(np.ones((1, 3)),)])
    np.testing.assert_array_equal(grad.state[0][0], np.ones((1, 3)))


@every_cell
def test_layer_norm_does_not_see_the_scale_of_the_weights(cell, nonlinearity):
    """Ba, Kiros, Hinton 2016: W_hh times any α > 0 changes nothing (up to ε); so the gradient by W_hh is at right
    angles to W_hh, and shrinks as 1/α."""
    net = rnnlib.DeepRNN(cell, 3, 8, 2, nonlinearity=nonlinearity, layer_norm=True)
    params, xs = random_params(net), rng(1).standard_normal((10, 4, 3))
    state = [tuple(np.sign(rng(9).standard_normal(s.shape)) for s in layer) for layer in net.zero_state(4)]
    big = [p | {"W_hh": 1000 * p["W_hh"], "W_xh": 1000 * p["W_xh"]} for p in params]
    bigger = [p | {"W_hh": 7000 * p["W_hh"], "W_xh": 7000 * p["W_xh"]} for p in params]
    run, scaled = net.forward(big, xs, state), net.forward(bigger, xs, state)
    np.testing.assert_allclose(run.hs, scaled.hs, rtol=1e-6, atol=1e-6)
    dhs = rng(2).standard_normal(run.hs.shape)
    one, seven = net.backward(big, run, dhs).params, net.backward(bigger, scaled, dhs).params
    for l in range(2):
        np.testing.assert_allclose(one[l]["W_hh"], 7 * seven[l]["W_hh"], rtol=1e-4, atol=1e-7)
        cosine = (
            (one[l]["W_hh"] * big[l]["W_hh"]).sum() / np.linalg.norm(one[l]["W_hh"]) / np.linalg.norm(big[l]["W_hh"])
        )
        assert abs(cosine) < 1e-5


# ---- gradient flow


@every_cell
def test_gradient_flow_is_the_norm_over_batch_and_units(cell, nonlinearity):
    net = rnnlib.DeepRNN(cell, 2, 4, 3, nonlinearity=nonlinearity)
    params, xs = random_params(net), rng(1).standard_normal((6, 3, 2))
    dhs = rng(2).standard_normal((6, 3, 4))
    grad = net.backward(params, net.forward(params, xs), dhs)
    wanted = [[np.sqrt(sum(v**2 for v in grad.hs[l][t].ravel())) for t in range(6)] for l in range(3)]
    np.testing.assert_allclose(rnnlib.gradient_flow(net, params, xs, dhs), wanted, rtol=1e-12)


def test_a_gradient_from_the_last_step_is_the_long_range_jacobian_seen_from_above():
    net = rnnlib.DeepRNN("rnn", 2, 4, 1)
    params, xs = random_params(net), rng(1).standard_normal((8, 2))
    dhs = np.zeros((8, 1, 4))
    dhs[-1, 0] = rng(2).standard_normal(4)
    found = rnnlib.gradient_flow(net, params, xs[:, None], dhs)[0]
    hs = net.forward(params, xs[:, None]).hs
    for t in range(7):
        J = flow.long_range_jacobian(net, params, xs[t + 1 :], [(hs[t],)])
        assert found[t] == pytest.approx(np.linalg.norm(dhs[-1, 0] @ J), rel=1e-10)
