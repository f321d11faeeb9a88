"""Attention: the formula by hand, the tiles against the formula, gradients, faults, and what must not change it."""

import importlib

import numpy as np
import pytest
from helpers import assert_trees_close, freeze, random_params, rng, snapshot, worst_difference

import rnnlib
from rnnlib.gradcheck import compare
from rnnlib.neighbours import Attention, Chain, attention, attention_backward, heads, maps
from rnnlib.neighbours.attention import weights

MODULE = importlib.import_module("rnnlib.neighbours.attention")  # the name in the package is the function's
TOLERANCE, FAULTY = 1e-6, 1e-5


def by_hand(Q, K, V, causal=False, lengths=None):
    """One sequence, one query, one key at a time."""
    (T_q, B, d), T_k = Q.shape, len(K)
    O, A = np.zeros((T_q, B, V.shape[2])), np.zeros((B, T_q, T_k))
    for b in range(B):
        for q in range(T_q):
            seen = [k for k in range(T_k) if (not causal or k <= q) and (lengths is None or k < lengths[b])]
            scores = [sum(Q[q, b, i] * K[k, b, i] for i in range(d)) / d**0.5 for k in seen]
            e = np.exp(np.array(scores) - max(scores))
            for k, share in zip(seen, e / e.sum()):
                A[b, q, k] = share
                O[q, b] += share * V[k, b]
    return O, A


def drawn(T_q, T_k, B, d, d_v, seed=0):
    draw = rng(seed)
    return (draw.standard_normal(s) for s in [(T_q, B, d), (T_k, B, d), (T_k, B, d_v)])


def batch(net, T=5, B=3, seed=0):
    return random_params(net, seed), rng(seed + 1).standard_normal((T, B, net.input_size)).astype(net.dtype)


# ---- the formula


@pytest.mark.parametrize("lengths", [None, [4, 1, 3]])
@pytest.mark.parametrize("causal", [False, True])
def test_attention_is_the_formula(causal, lengths):
    Q, K, V = drawn(4, 4, 3, 5, 2)
    O, A = attention(Q, K, V, causal=causal, lengths=lengths)
    for got, want in zip((O, A), by_hand(Q, K, V, causal, lengths)):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(A.sum(-1), 1, rtol=1e-14)


def test_as_many_queries_as_one_likes():
    Q, K, V = drawn(2, 6, 3, 5, 4)
    O, A = attention(Q, K, V, lengths=[6, 1, 3])
    assert O.shape == (2, 3, 4) and A.shape == (3, 2, 6)
    np.testing.assert_allclose(O, by_hand(Q, K, V, lengths=[6, 1, 3])[0], rtol=1e-12)


def test_equal_scores_give_the_mean_of_the_values():
    Q, K, V = drawn(4, 5, 2, 3, 3)
    np.testing.assert_allclose(attention(0 * Q, K, V)[0], np.broadcast_to(V.mean(0), (4, 2, 3)), rtol=1e-13)
    means = V.cumsum(0)[:4] / np.arange(1, 5)[:, None, None]
    np.testing.assert_allclose(attention(0 * Q, K[:4], V[:4], causal=True)[0], means, rtol=1e-13)


def test_a_score_far_above_the_others_takes_all():
    Q = K = 100 * np.eye(4)[:, None]
    O, A = attention(Q, K, V := rng(0).standard_normal((4, 1, 2)))
    np.testing.assert_allclose(A[0], np.eye(4), atol=1e-300)
    np.testing.assert_allclose(O, V, rtol=1e-14)


@pytest.mark.parametrize("lengths", [None, [4, 2]])
@pytest.mark.parametrize("causal", [False, True])
def test_gradients_of_attention_itself(causal, lengths):
    Q, K, V = (a.swapaxes(0, 1) for a in drawn(4, 4, 2, 3, 5))
    mask = None if lengths is None else np.arange(4) < np.array(lengths)[:, None]
    dO = rng(9).standard_normal((2, 4, 5))

    def loss(p):
        return float((weights(p["Q"], p["K"], causal, mask) @ p["V"] * dO).sum())

    grads = attention_backward(dO, Q, K, V, weights(Q, K, causal, mask))
    result = compare(loss, {"Q": Q, "K": K, "V": V}, dict(zip("QKV", grads)), rng(0), entries=None)
    assert result.error <= TOLERANCE, result


# ---- the tiles are the formula


def plain(wrong, p, xs, heads, causal, mask):
    """Self-attention by `weights`, written a second time; `wrong` names its fault."""
    (T, B, _), d = xs.shape, len(p["W_o"])
    qkv = (xs @ p["W_qkv"] + p["b_qkv"]).reshape(T, B, 3, heads, -1)
    if wrong == "the heads mixed":
        qkv = qkv.reshape(T, B, 3, -1, heads).swapaxes(3, 4)
    Q, K, V = qkv.transpose(2, 1, 3, 0, 4)
    at = None if mask is None else mask.T[:, None]
    if wrong == "√d forgotten":
        A = weights(Q * Q.shape[-1] ** 0.5, K, causal, at)
    elif wrong == "√width for √(d/h)":
        A = weights(Q / heads**0.5, K, causal, at)
    elif wrong == "a mask after the softmax, without a new sum":
        A = weights(Q, K, False, at)
        A = np.tril(A) if causal else A
    elif wrong == "the key's own step hidden":
        A = weights(Q, K, causal, at) * (1 - np.eye(T))
        A /= np.maximum(A.sum(-1, keepdims=True), 1e-300)
    elif wrong == "padding looked at":
        A = weights(Q, K, causal, None)
    else:
        A = weights(Q, K, causal, at)
    O = (A @ V).transpose(2, 0, 1, 3).reshape(T, B, d)
    return O @ p["W_o"] + p["b_o"], (xs, Q, K, V, A, O)


def plain_backward(wrong, p, kept, dhs):
    """The way back, step by step from the equations; `wrong` names its fault."""
    (xs, Q, K, V, A, O), (T, B, d) = kept, dhs.shape
    h = Q.shape[1]
    dO = (dhs @ p["W_o"].T).reshape(T, B, h, -1).transpose(1, 2, 0, 3)
    if wrong == "the heads mixed":
        dO = (dhs @ p["W_o"].T).reshape(T, B, -1, h).transpose(1, 3, 0, 2)
    dA, dV = dO @ V.swapaxes(-1, -2), A.swapaxes(-1, -2) @ dO
    row = (dA * A).sum(-1, keepdims=True)
    if wrong == "the softmax without its row sum":
        row = 0
    if wrong == "the row sum without A":
        row = dA.sum(-1, keepdims=True)
    if wrong == "the softmax as a sigmoid":
        dS = dA * A * (1 - A)
    else:
        dS = A * (dA - row)
    if wrong == "the sum over queries for the one over keys":
        dS = A * (dA - (dA * A).sum(-2, keepdims=True))
    if wrong != "√d forgotten":
        dS = dS / (d if wrong == "√width for √(d/h)" else d / h) ** 0.5
    dQ, dK = dS @ K, dS.swapaxes(-1, -2) @ Q
    if wrong == "dS not transposed":
        dK = dS @ Q
    if wrong == "A not transposed":
        dV = A @ dO
    if wrong == "keys and queries exchanged":
        dQ, dK = dK, dQ
    if wrong == "no gradient through the keys":
        dK = 0 * dK
    dqkv = np.stack([dQ, dK, dV]).transpose(3, 1, 0, 2, 4).reshape(T, B, 3 * d)
    grads = {
        "W_qkv": np.einsum("tbi,tbo->io", xs, dqkv),
        "b_qkv": dqkv.sum((0, 1)),
        "W_o": np.einsum("tbi,tbo->io", O, dhs),
        "b_o": dhs.sum((0, 1)),
    }
    return grads, dqkv @ p["W_qkv"].T


@pytest.mark.parametrize("size", [1, 30], ids=["", "scores beyond exp"])
@pytest.mark.parametrize("lengths", [None, [150, 1, 70]], ids=["full", "ragged"])
@pytest.mark.parametrize("causal", [False, True])
def test_the_tiles_are_the_formula(causal, lengths, size, monkeypatch):
    """150 steps: two tiles of queries and a rest. The scores of the second kind need their maximum taken off."""
    net = Attention(4, 6, heads=3, causal=causal)
    params, xs = batch(net, T=150)
    params["W_qkv"] *= size
    monkeypatch.setattr(heads, "TILE", 2 * 64 * 150)  # so that the sequences fall into several tiles too
    run = net.forward(params, xs, lengths=lengths)
    dhs = rng(5).standard_normal(run.hs.shape)
    dhs = dhs if lengths is None else dhs * run.mask[..., None]
    hs, kept = plain(None, params, xs, 3, causal, run.mask)
    hs = hs if lengths is None else hs * run.mask[..., None]
    grads, dxs = plain_backward(None, params, kept, dhs)
    assert (run.kept[-1].Q.std() > 5) == (size > 1)
    assert worst_difference(run.hs, hs) <= 1e-12
    grad = net.backward(params, run, dhs)
    assert max(worst_difference(grad.params[n], grads[n]) for n in ("W_qkv", "W_o", "b_o")) <= 1e-11
    assert worst_difference(grad.params["b_qkv"][12:], grads["b_qkv"][12:]) <= 1e-11
    assert worst_difference(grad.xs, dxs) <= 1e-11
    A = kept[4] if lengths is None else kept[4] * run.mask.T[:, None, :, None]
    np.testing.assert_allclose(maps(run)[0], A, rtol=1e-10, atol=1e-14)


def test_float32_stays_and_scores_that_would_overflow_do_not():
    net = Attention(4, 6, heads=2, dtype=np.float32)
    params, xs = batch(net)
    for size in (1, 1e3):
        run = net.forward(params, xs * np.float32(size))
        grad = net.backward(params, run, run.hs)
        parts = [run.hs, grad.xs, maps(run)[0], *grad.params.values()]
        assert all(a.dtype == np.float32 and np.isfinite(a).all() for a in parts)
    wide = Attention(4, 6, heads=2)
    hs = wide.forward({n: a.astype(np.float64) for n, a in params.items()}, xs.astype(np.float64)).hs
    assert worst_difference(net.forward(params, xs).hs, hs) <= 1e-5


def test_the_bound_that_saves_the_maximum_is_one():
    """|s| ≤ |q| |k|, at its sharpest where q and k are parallel; at SAFE a float32 is still far from its ends."""
    assert np.exp(np.float32(heads.SAFE)) * 1e6 < np.finfo(np.float32).max
    assert np.exp(np.float32(-heads.SAFE)) > 1e6 * np.finfo(np.float32).tiny


# ---- gradients


def test_drawn_configurations(say):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st, errors = hypothesis.strategies, []

    @hypothesis.settings(max_examples=40, deadline=None)
    @hypothesis.given(st.data())
    def check(data):
        draw = data.draw
        T, B, h = draw(st.sampled_from([1, 2, 7])), draw(st.integers(1, 3)), draw(st.integers(1, 3))
        net = Attention(draw(st.integers(1, 4)), h * draw(st.integers(1, 3)), h, draw(st.booleans()))
        lengths = draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))
        seed = draw(st.integers(0, 10**6))
        params, xs = batch(net, T, B, seed)
        result = rnnlib.gradcheck(net, params, xs, lengths=lengths, rng=rng(seed), entries=2)
        assert result.error <= TOLERANCE, (net.described, T, lengths, result)
        errors.append(result.error)

    check()
    say(f"{len(errors)} drawn configurations of attention, worst relative gradient error {max(errors):.1e}")


FAULTS = [
    "the softmax without its row sum",
    "the row sum without A",
    "the softmax as a sigmoid",
    "the sum over queries for the one over keys",
    "√d forgotten",
    "√width for √(d/h)",
    "the heads mixed",
    "dS not transposed",
    "A not transposed",
    "keys and queries exchanged",
    "no gradient through the keys",
]
FORWARD = ["a mask after the softmax, without a new sum", "the key's own step hidden", "√d forgotten",
           "√width for √(d/h)", "the heads mixed"]  # fmt: skip


@pytest.mark.parametrize("wrong", [None, *FAULTS])
def test_faults_on_the_way_back_are_caught(wrong, monkeypatch):
    monkeypatch.setattr(MODULE, "self_attention", lambda *a: plain(None, *a))
    monkeypatch.setattr(MODULE, "self_attention_backward", lambda *a: plain_backward(wrong, *a))
    net = Attention(3, 6, heads=2)
    params, xs = batch(net)
    result = rnnlib.gradcheck(net, params, xs, lengths=[5, 2, 4])
    assert result.error > FAULTY if wrong else result.error <= TOLERANCE, result


@pytest.mark.parametrize("wrong", [None, *FORWARD, "padding looked at"])
def test_faults_on_the_way_forward_are_caught(wrong):
    """By the formula written by hand, head for head; a gradient check cannot see that another function is meant."""
    causal = wrong != "padding looked at"
    net, lengths = Attention(3, 6, heads=2, causal=causal), [5, 2, 4]
    params, xs = batch(net)
    mask = np.arange(5)[:, None] < lengths
    Q, K, V = np.split(xs @ params["W_qkv"] + params["b_qkv"], 3, axis=-1)
    by_head = [by_hand(*(a[..., 3 * h : 3 * h + 3] for a in (Q, K, V)), causal, lengths)[0] for h in range(2)]
    want = (np.concatenate(by_head, axis=-1) @ params["W_o"] + params["b_o"]) * mask[..., None]
    difference = worst_difference(plain(wrong, params, xs, 2, causal, mask)[0] * mask[..., None], want)
    assert difference > 1e-3 if wrong else difference <= 1e-12
    if not wrong:
        assert worst_difference(net.forward(params, xs, lengths=lengths).hs, want) <= 1e-12


# ---- what must change nothing, and what must


def test_one_head_is_attention():
    net = Attention(3, 4, causal=False)
    params, xs = batch(net)
    O, A = attention(*np.split(xs @ params["W_qkv"] + params["b_qkv"], 3, axis=-1), lengths=[5, 2, 4])
    run = net.forward(params, xs, lengths=[5, 2, 4])
    want = (O @ params["W_o"] + params["b_o"]) * run.mask[..., None]
    assert worst_difference(run.hs, want) <= 1e-13
    assert worst_difference(maps(run)[0][:, 0], A * run.mask.T[..., None]) <= 1e-13


@pytest.mark.parametrize("steps", [5, 130])
def test_no_step_sees_a_later_one(steps):
    net = Attention(3, 4, heads=2)
    params, xs = batch(net, T=steps)
    other = xs.copy()
    other[steps - 2 :] += 1
    a, b = net.forward(params, xs).hs, net.forward(params, other).hs
    assert np.allclose(a[: steps - 2], b[: steps - 2], rtol=1e-12, atol=0)
    assert np.abs(a[steps - 2 :] - b[steps - 2 :]).min() > 0
    seeing = Attention(3, 4, heads=2, causal=False)
    assert np.abs(seeing.forward(params, xs).hs - seeing.forward(params, other).hs).max(axis=(1, 2)).min() > 0


def test_without_an_order_a_permutation_comes_out_permuted():
    net = Attention(3, 4, heads=2, causal=False)
    params, xs = batch(net, T=6)
    order = rng(3).permutation(6)
    assert worst_difference(net.forward(params, xs[order]).hs, net.forward(params, xs).hs[order]) <= 1e-13


@pytest.mark.parametrize("causal", [False, True])
def test_padding_is_harmless(causal):
    """NaN in it, more of it, none of it: the same numbers; and nothing goes back to it."""
    net, lengths = Attention(3, 4, heads=2, causal=causal), [5, 2, 4]
    params, xs = batch(net)
    dhs = rng(2).standard_normal((5, 3, 4))
    run = net.forward(params, xs, lengths=lengths)
    grad = net.backward(params, run, dhs)
    bad_xs, bad_dhs = (np.where(run.mask[..., None], a, np.nan) for a in (xs, dhs))
    run_2 = net.forward(params, bad_xs, lengths=lengths)
    grad_2 = net.backward(params, run_2, bad_dhs)
    assert np.array_equal(run.hs, run_2.hs) and np.array_equal(grad.xs, grad_2.xs)
    assert_trees_close(grad.params, grad_2.params, rtol=0, atol=0)
    assert np.isnan(bad_xs).any() and not run.hs[~run.mask].any() and not grad.xs[~run.mask].any()
    alone = [net.forward(params, xs[:n, b : b + 1]) for b, n in enumerate(lengths)]
    for b, n in enumerate(lengths):
        assert worst_difference(run.hs[:n, b], alone[b].hs[:, 0]) <= 1e-13
        A = maps(run)[0][b]
        assert worst_difference(A[:, :n, :n], maps(alone[b])[0][0]) <= 1e-13
        assert not A[:, n:].any() and not A[:, :, n:].any()


# ---- the face


def test_shapes_and_what_is_left_alone():
    net = Attention(3, 4, heads=2)
    params, xs = batch(net)
    freeze(params, xs)
    before = snapshot(params, xs)
    run = net.forward(params, xs)
    grad = net.backward(params, run, np.ones((5, 3, 4)))
    assert snapshot(params, xs) == before
    assert run.hs.shape == (5, 3, 4) and run.mask is None and run.state == [] and grad.xs.shape == xs.shape
    assert {n: a.shape for n, a in grad.params.items()} == {n: a.shape for n, a in params.items()}
    assert net.num_params == sum(a.size for a in params.values()) == 3 * 12 + 12 + 16 + 4
    again = net.backward(params, run, np.ones((5, 3, 4)))
    assert_trees_close(grad.params, again.params, rtol=0, atol=0)


def test_indices_are_one_hot_vectors():
    net = Attention(4, 6, heads=3)
    params, ids = random_params(net), rng(1).integers(0, 4, (5, 2))
    assert worst_difference(net.forward(params, ids).hs, net.forward(params, np.eye(4)[ids]).hs) <= 1e-14
    assert net.backward(params, net.forward(params, ids), np.ones((5, 2, 6))).xs is None


def test_maps_of_a_chain_and_of_what_has_none():
    net = Chain([Attention(3, 4, heads=2), rnnlib.DeepRNN("gru", 4, 5, 1), Attention(5, 6, heads=3)])
    run = net.forward(net.init(rng(0)), rng(1).standard_normal((5, 2, 3)))
    assert [A.shape for A in maps(run)] == [(2, 2, 5, 5), (2, 3, 5, 5)]
    for A in maps(run):
        np.testing.assert_allclose(A.sum(-1), 1, rtol=1e-13)
    with pytest.raises(ValueError, match="run: expected what forward returned of a net with self-attention"):
        maps(3)


BAD = [
    (lambda: Attention(3, 4, heads=3), "heads: expected a divisor of width=4, got 3"),
    (lambda: Attention(3, 4, heads=0), "heads"),
    (lambda: Attention(0, 4), "input_size"),
    (lambda: Attention(3, 4, causal=1), "causal: expected True or False"),
    (lambda: Attention(3, 4, dtype=np.int32), "dtype"),
    (lambda: attention(np.ones((2, 1, 3)), np.ones((2, 1, 4)), np.ones((2, 1, 3))), r"K: .*axis 2"),
    (lambda: attention(np.ones((2, 1, 3)), np.ones((2, 2, 3)), np.ones((2, 1, 3))), r"K: .*axis 1"),
    (lambda: attention(np.ones((2, 1, 3)), np.ones((2, 1, 3)), np.ones((3, 1, 3))), r"V: .*axis 0"),
    (lambda: attention(*[np.ones((2, 1, 3))] * 3, lengths=[0]), "lengths"),
    (lambda: attention(*[np.ones((2, 1, 3))] * 3, lengths=[3]), "lengths"),
    (lambda: attention(*[np.ones((2, 1, 3))] * 3, causal="yes"), "causal"),
    (lambda: attention(np.ones((2, 1, 3)), *[np.ones((2, 1, 3), np.float32)] * 2), "K: expected dtype float64"),
]


@pytest.mark.parametrize(("call", "complaint"), BAD, ids=range(len(BAD)))
def test_bad_input(call, complaint):
    with pytest.raises((ValueError, TypeError), match=complaint):
        call()


def test_there_is_no_state_to_give():
    net = Attention(3, 4)
    params, xs = batch(net)
    with pytest.raises(ValueError, match="state: expected None, for Attention has no state"):
        net.forward(params, xs, [np.zeros((3, 4))])
    run = net.forward(params, xs, [])
    with pytest.raises(ValueError, match="dstate: expected None"):
        net.backward(params, run, run.hs, [np.zeros((3, 4))])
    with pytest.raises(ValueError, match="params: expected the keys"):
        net.forward({"W_o": params["W_o"]}, xs)
    with pytest.raises(ValueError, match="run: expected a forward pass of this net"):
        Attention(3, 4, heads=2).backward(params, run, run.hs)


def test_model_training_and_files(tmp_path):
    """Whether token 3 came after the first step, which the last step does not know: the usual loop teaches it."""
    model = rnnlib.Model(Attention(4, 8, heads=2), 2, at="last_step")
    params, draw = model.init(rng(0)), rng(1)

    def batches():
        for _ in range(60):
            xs = draw.integers(0, 4, (5, 16))
            yield xs, (xs[1:] == 3).any(0).astype(int)

    steps = list(rnnlib.train(model, params, batches(), rnnlib.Adam(0.03)))
    losses = [step.loss for step in steps]
    assert np.mean(losses[-10:]) < 0.7 * np.mean(losses[:10])
    xs, targets = next(batches())
    assert rnnlib.gradcheck(model, steps[-1].params, xs, targets).error <= TOLERANCE
    rnnlib.save(tmp_path / "p.npz", params)
    assert_trees_close(rnnlib.load(tmp_path / "p.npz"), params, rtol=0, atol=0)
