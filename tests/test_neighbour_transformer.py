"""The Transformer: its parts by hand, gradients, faults, order and positions."""

import importlib

import numpy as np
import pytest
from helpers import assert_trees_close, freeze, random_params, rng, snapshot, worst_difference

import rnnlib
from rnnlib.gradcheck import compare
from rnnlib.neighbours import Transformer, maps
from rnnlib.neighbours.attention import weights
from rnnlib.neighbours.transformer import layer_norm, layer_norm_backward, sinusoidal
from rnnlib.tree import leaves, map_leaves

MODULE = importlib.import_module("rnnlib.neighbours.transformer")
TOLERANCE, FAULTY = 1e-6, 1e-5


def batch(net, T=5, B=3, seed=0):
    return random_params(net, seed), rng(seed + 1).standard_normal((T, B, net.input_size)).astype(net.dtype)


# ---- the parts


def norm_by_hand(x, g, b):
    return g * (x - np.mean(x)) / np.sqrt(np.var(x) + 1e-5) + b


def by_hand(net, p, xs):
    """One sequence xs (T, D), one step after the other, from the equations in the file's head."""
    (first, *blocks, last), d, h = p, net.output_size, net.heads
    x = [v @ first["W_e"] + first["b_e"] for v in xs]
    for t in range(len(x)):
        if net.positions == "learned":
            x[t] = x[t] + first["W_p"][t]
        if net.positions == "sinusoidal":
            x[t] = x[t] + [(np.cos if i % 2 else np.sin)(t / 10_000 ** (2 * (i // 2) / d)) for i in range(d)]
    for q in blocks:
        y = [norm_by_hand(v, q["g_1"], q["b_1"]) @ q["W_qkv"] + q["b_qkv"] for v in x]
        for t in range(len(x)):
            seen, out = y[: t + 1] if net.causal else y, []
            for k in range(h):
                at = slice(k * d // h, (k + 1) * d // h)
                e = np.exp([y[t][:d][at] @ s[d : 2 * d][at] / (d / h) ** 0.5 for s in seen])
                out.append(sum(w * s[2 * d :][at] for w, s in zip(e / e.sum(), seen)))
            x[t] = x[t] + np.concatenate(out) @ q["W_o"] + q["b_o"]
        for t in range(len(x)):
            n = np.maximum(norm_by_hand(x[t], q["g_2"], q["b_2"]) @ q["W_in"] + q["b_in"], 0)
            x[t] = x[t] + n @ q["W_out"] + q["b_out"]
    return np.array([norm_by_hand(v, last["g"], last["b"]) for v in x])


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("positions", ["sinusoidal", "learned", "none"])
def test_the_equations_by_hand(positions, causal):
    net = Transformer(3, 6, 2, 2, positions, max_steps=9, hidden=5, causal=causal)
    params, xs = batch(net)
    run = net.forward(params, xs, lengths=[5, 2, 4])
    for b, n in enumerate([5, 2, 4]):
        assert worst_difference(run.hs[:n, b], by_hand(net, params, xs[:n, b])) <= 1e-12


def test_layer_norm_and_its_gradient():
    draw = rng(0)
    p = {"x": 3 + 2 * draw.standard_normal((4, 2, 5)), "g": draw.uniform(0.5, 1.5, 5), "b": draw.standard_normal(5)}
    dy = draw.standard_normal((4, 2, 5))
    y, kept = layer_norm(p["x"], p["g"], p["b"])
    assert worst_difference(y[2, 1], norm_by_hand(p["x"][2, 1], p["g"], p["b"])) <= 1e-13
    grads = dict(zip("xgb", layer_norm_backward(dy, p["g"], kept)))
    result = compare(lambda p: float((layer_norm(**p)[0] * dy).sum()), p, grads, rng(1), entries=None)
    assert result.error <= TOLERANCE, result


def test_positions():
    """Column pairs are sin and cos of one angle, so a shift in time is a rotation, the same everywhere."""
    P = sinusoidal(50, 8, np.float64)
    assert P.shape == (50, 8) and not P[0, 0::2].any() and (P[0, 1::2] == 1).all()
    np.testing.assert_allclose(P[:, 0], np.sin(np.arange(50)), atol=1e-14)
    np.testing.assert_allclose(P[:, 3], np.cos(np.arange(50) / 10_000**0.25), atol=1e-14)
    np.testing.assert_allclose((P[:-7] * P[7:]).sum(1), (P[0] * P[7]).sum(), atol=1e-12)
    assert sinusoidal(4, 5, np.float32).shape == (4, 5) and sinusoidal(4, 5, np.float32).dtype == np.float32
    learned = Transformer(3, 8, 1, positions="learned", max_steps=400).init(rng(0))[0]["W_p"]
    assert learned.shape == (400, 8) and 0 < np.abs(learned).max() <= 1 / 20


# ---- gradients


def test_drawn_configurations(say):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st, errors = hypothesis.strategies, []

    @hypothesis.settings(max_examples=12, deadline=None)
    @hypothesis.given(st.data())
    def check(data):
        draw = data.draw
        T, B, h = draw(st.sampled_from([1, 2, 6])), draw(st.integers(1, 3)), draw(st.integers(1, 3))
        net = Transformer(
            draw(st.integers(1, 3)),
            h * draw(st.integers(1, 2)) if h > 2 else 4 * h,  # the norm of two features is a sign
            draw(st.integers(1, 3)),
            h,
            draw(st.sampled_from(["sinusoidal", "learned", "none"])),
            max_steps=7,
            hidden=draw(st.sampled_from([None, 1, 3])),
            causal=draw(st.booleans()),
        )
        lengths = draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))
        seed = draw(st.integers(0, 10**6))
        params, xs = batch(net, T, B, seed)
        result = rnnlib.gradcheck(net, params, xs, lengths=lengths, rng=rng(seed), entries=0, directions=1)
        assert result.error <= TOLERANCE, (net.described, T, lengths, result)
        errors.append(result.error)

    check()
    say(f"{len(errors)} drawn configurations of the Transformer, worst relative gradient error {max(errors):.1e}")


def test_the_gradients_between_the_blocks():
    """Grad.hs, lowest first: the derivative by a nudge of the stream behind each block."""
    net = Transformer(3, 4, 3)
    params, xs = batch(net)
    dhs, lengths = rng(5).standard_normal((5, 3, 4)), [5, 2, 4]
    run = net.forward(params, xs, lengths=lengths)
    grad = net.backward(params, run, dhs)
    assert [g.shape for g in grad.hs] == [(5, 3, 4)] * 3
    true = Transformer.block

    def loss(nudges):
        count = iter("abc")

        def block(self, p, x, mask):
            x, kept = true(self, p, x, mask)
            return x + nudges[next(count)], kept

        with pytest.MonkeyPatch.context() as m:
            m.setattr(Transformer, "block", block)
            return float((net.forward(params, xs, lengths=lengths).hs * dhs).sum())

    point = {name: np.zeros((5, 3, 4)) for name in "abc"}
    result = compare(loss, point, dict(zip("abc", grad.hs)), rng(1), entries=5)
    assert result.error <= TOLERANCE, result
    assert not any(g[~run.mask].any() for g in grad.hs)


# ---- planted faults


def norm_backward(wrong, dy, g, kept):
    z, inv = kept
    d = g * dy
    mean, along = d.mean(-1, keepdims=True), z * (d * z).mean(-1, keepdims=True)
    if wrong == "the norm without its mean terms":
        mean, along = 0, 0
    if wrong == "the norm without the mean":
        mean = 0
    if wrong == "the norm without the variance":
        along = 0
    if wrong == "the gain forgotten":
        mean, along, d = mean / g, along / g, d / g
    dg = dy if wrong == "the gain's gradient without ẑ" else dy * z
    if wrong == "σ forgotten":
        inv = 1.0
    return (d - mean - along) * inv, dg.sum((0, 1)), dy.sum((0, 1))


def block_backward(wrong, net, p, kept, dx):
    norm_1, attended, norm_2, rows, n = kept
    top = dx.reshape(-1, net.output_size)
    dn = top @ p["W_out"].T
    if wrong != "relu passes everything":
        dn = dn * (n >= 0 if wrong == "relu passes at 0" else n > 0)
    grads = {"W_out": n.T @ top, "b_out": top.sum(0), "W_in": rows.T @ dn, "b_in": dn.sum(0)}
    d, grads["g_2"], grads["b_2"] = MODULE.layer_norm_backward((dn @ p["W_in"].T).reshape(dx.shape), p["g_2"], norm_2)
    dx = d if wrong == "the residual round the network dropped" else dx + d
    of_attention, d = MODULE.self_attention_backward(p, attended, dx)
    d, grads["g_1"], grads["b_1"] = MODULE.layer_norm_backward(d, p["g_1"], norm_1)
    dx = {"the residual round attention dropped": d, "the attention's way dropped": dx}.get(wrong, dx + d)
    return dx, {name: (grads | of_attention)[name] for name in p}


NORM = ["the norm without its mean terms", "the norm without the mean", "the norm without the variance",
        "the gain forgotten", "the gain's gradient without ẑ", "σ forgotten"]  # fmt: skip
BLOCK = ["relu passes everything", "relu passes at 0", "the residual round the network dropped",
         "the residual round attention dropped", "the attention's way dropped"]  # fmt: skip
TREE = {
    "the positions' gradient a mean": lambda net, g: g.params[0].update(W_p=g.params[0]["W_p"] / 3),
    "the positions' gradient a step late": lambda net, g: g.params[0].update(W_p=np.roll(g.params[0]["W_p"], 1, 0)),
    "two blocks share one gradient": lambda net, g: g.params.__setitem__(1, g.params[2]),
    "the last norm forgotten": lambda net, g: g.params[-1].update(g=0 * g.params[-1]["g"]),
    "the blocks the wrong way round": lambda net, g: g.params.__setitem__(slice(1, 3), g.params[2:0:-1]),
}


@pytest.mark.parametrize("wrong", [None, *NORM, *BLOCK, *TREE])
def test_faults_on_the_way_back_are_caught(wrong, monkeypatch):
    net = Transformer(3, 6, 2, 2, "learned", max_steps=6)
    if wrong in TREE:
        true = Transformer.backward

        def backward(*args):
            grad = true(*args)
            TREE[wrong](net, grad)
            return grad

        monkeypatch.setattr(Transformer, "backward", backward)
    else:
        monkeypatch.setattr(MODULE, "layer_norm_backward", lambda *a: norm_backward(wrong, *a))
        monkeypatch.setattr(Transformer, "block_backward", lambda *a: block_backward(wrong, *a))
    params, xs = batch(net)
    result = rnnlib.gradcheck(net, params, xs, lengths=[5, 2, 4], entries=0, directions=1)
    assert result.error > FAULTY if wrong else result.error <= TOLERANCE, result


def bent_attention(wrong):
    """Self-attention from the plain formula, for faults on the way forward."""

    def forward(p, xs, heads, causal, mask):
        (T, B, _), d = xs.shape, xs.shape[2]
        qkv = (xs @ p["W_qkv"] + p["b_qkv"]).reshape(T, B, 3, heads, -1)
        if wrong == "the heads mixed":
            qkv = qkv.reshape(T, B, 3, -1, heads).swapaxes(3, 4)
        Q, K, V = qkv.transpose(2, 1, 3, 0, 4)
        if wrong == "√width for √(d/h)":
            Q = Q / heads**0.5
        A = weights(Q, K, causal and wrong != "a future seen", None)
        return (A @ V).transpose(2, 0, 1, 3).reshape(T, B, d) @ p["W_o"] + p["b_o"], None

    return forward


@pytest.mark.parametrize(
    "wrong",
    [None, "the heads mixed", "√width for √(d/h)", "a future seen", "positions from 1 on", "norm with N - 1",
     "the norm behind", "no last norm"],
)  # fmt: skip
def test_faults_on_the_way_forward_are_caught(wrong, monkeypatch):
    """By the equations written out by hand: a gradient check cannot see that another function is meant."""
    net = Transformer(3, 6, 2, 2)
    params, xs = batch(net)
    want = by_hand(net, params, xs[:, 0])
    monkeypatch.setattr(MODULE, "self_attention", bent_attention(wrong))
    if wrong == "positions from 1 on":
        monkeypatch.setattr(MODULE, "sinusoidal", lambda T, *rest: sinusoidal(T + 1, *rest)[1:])
    elif wrong == "norm with N - 1":
        g = (5 / 6) ** 0.5
        monkeypatch.setattr(MODULE, "layer_norm", lambda x, gain, b: layer_norm(x, g * gain, b))
    elif wrong == "the norm behind":
        true = Transformer.block
        monkeypatch.setattr(
            Transformer,
            "block",
            lambda self, p, x, mask: (layer_norm(true(self, p, x, mask)[0], p["g_2"], p["b_2"])[0], None),
        )
    elif wrong == "no last norm":
        monkeypatch.setattr(
            MODULE, "layer_norm", lambda x, g, b: (x, None) if g is last(net, g) else layer_norm(x, g, b)
        )
        last_gain = []

        def last(net, g):
            last_gain.append(g)
            return g if len(last_gain) == 2 * net.num_layers + 1 else None

    difference = worst_difference(net.forward(params, xs).hs[:, 0], want)
    assert difference > 1e-3 if wrong else difference <= 1e-12


def test_positions_that_run_on_over_padding_are_caught(monkeypatch):
    """Each sequence counts from its own 0: padded to any length or alone, the same numbers."""
    net, lengths = Transformer(3, 4, 2), [2, 6, 4]
    params, xs = batch(net, T=6)
    alone = [net.forward(params, xs[:n, b : b + 1]).hs[:, 0] for b, n in enumerate(lengths)]

    def worst():
        hs = net.forward(params, xs, lengths=lengths).hs
        return max(worst_difference(hs[:n, b], alone[b]) for b, n in enumerate(lengths))

    assert worst() <= 1e-13
    monkeypatch.setattr(
        MODULE, "sinusoidal", lambda T, d, dtype: sinusoidal(2 * T, d, dtype)[T:]
    )  # as after a padding in front
    assert worst() > 1e-3


# ---- equivalences


def test_a_block_of_zeros_is_the_identity():
    net = Transformer(3, 6, 2, 2)
    params, xs = batch(net)
    for block in params[1:-1]:
        for name in ("W_o", "b_o", "W_out", "b_out"):
            block[name][:] = 0
    x = xs @ params[0]["W_e"] + params[0]["b_e"] + sinusoidal(5, 6, np.float64)[:, None]
    assert worst_difference(net.forward(params, xs).hs, layer_norm(x, params[-1]["g"], params[-1]["b"])[0]) <= 1e-13


@pytest.mark.parametrize("steps", [6, 130])
def test_no_step_sees_a_later_one(steps):
    net = Transformer(3, 6, 2, 2)
    params, xs = batch(net, T=steps)
    other = xs.copy()
    other[steps - 2 :] += 1
    a, b = net.forward(params, xs).hs, net.forward(params, other).hs
    assert worst_difference(a[: steps - 2], b[: steps - 2]) <= 1e-12
    assert np.abs(a - b)[steps - 2 :].max() > 1e-3
    dhs = np.zeros_like(a)
    dhs[steps - 3] = 1
    assert not net.backward(params, net.forward(params, xs), dhs).xs[steps - 2 :].any()


def test_without_positions_and_order_a_permutation_comes_out_permuted():
    order = rng(3).permutation(6)
    for positions, causal, same in [("none", False, True), ("none", True, False), ("sinusoidal", False, False)]:
        net = Transformer(3, 6, 2, 2, positions, causal=causal)
        params, xs = batch(net, T=6)
        difference = worst_difference(net.forward(params, xs[order]).hs, net.forward(params, xs).hs[order])
        assert difference <= 1e-12 if same else difference > 1e-2


@pytest.mark.parametrize("causal", [True, False])
def test_padding_is_harmless(causal):
    net, lengths = Transformer(3, 6, 2, 2, "learned", max_steps=5, causal=causal), [5, 2, 4]
    params, xs = batch(net)
    dhs = rng(2).standard_normal((5, 3, 6))
    run = net.forward(params, xs, lengths=lengths)
    grad = net.backward(params, run, dhs)
    bad_xs, bad_dhs = (np.where(run.mask[..., None], a, np.nan) for a in (xs, dhs))
    run_2 = net.forward(params, bad_xs, lengths=lengths)
    grad_2 = net.backward(params, run_2, bad_dhs)
    assert np.array_equal(run.hs, run_2.hs) and np.array_equal(grad.xs, grad_2.xs)
    assert_trees_close(grad.params, grad_2.params, rtol=0, atol=0)
    assert not run.hs[~run.mask].any() and not grad.xs[~run.mask].any()
    parts = [net.backward(params, net.forward(params, xs[:n, b : b + 1]), dhs[:n, b : b + 1]).params
             for b, n in enumerate(lengths)]  # fmt: skip
    assert_trees_close(map_leaves(lambda *g: sum(g), *parts), grad.params, rtol=1e-9, atol=1e-12)


def test_one_may_read_further_than_one_trained():
    net = Transformer(3, 6, 2, 2)
    params, xs = batch(net, T=40)
    assert worst_difference(net.forward(params, xs).hs[:10], net.forward(params, xs[:10]).hs) <= 1e-12
    learned = Transformer(3, 6, 2, 2, "learned", max_steps=10)
    params = random_params(learned)
    learned.forward(params, xs[:10])
    with pytest.raises(ValueError, match="xs: expected at most max_steps=10 steps, got 11"):
        learned.forward(params, xs[:11])


# ---- the face


def test_shapes_and_what_is_left_alone():
    net = Transformer(3, 4, 2, hidden=7)
    params, xs = batch(net)
    assert len(params) == 4 and set(params[0]) == {"W_e", "b_e"} and set(params[-1]) == {"g", "b"}
    block = 4 * 12 + 12 + 16 + 4 + 4 * 4 + 4 * 7 + 7 + 7 * 4 + 4
    assert net.num_params == sum(a.size for _, a in leaves(params)) == 3 * 4 + 4 + 2 * block + 8
    assert {n: a.shape[0] for n, a in Transformer(3, 4, 1).init(rng(0))[1].items()}["W_out"] == 16
    freeze(params, xs)
    before = snapshot(params, xs)
    run = net.forward(params, xs)
    grad = net.backward(params, run, np.ones((5, 3, 4)))
    assert snapshot(params, xs) == before
    assert run.hs.shape == (5, 3, 4) and run.state == [] and grad.xs.shape == xs.shape
    assert [(n, a.shape) for n, a in leaves(grad.params)] == [(n, a.shape) for n, a in leaves(params)]
    assert [A.shape for A in maps(run)] == [(3, 2, 5, 5)] * 2
    again = net.backward(params, run, np.ones((5, 3, 4)))
    assert_trees_close(grad.params, again.params, rtol=0, atol=0)


@pytest.mark.parametrize("positions", ["sinusoidal", "learned", "none"])
def test_float32_stays(positions):
    net = Transformer(3, 6, 2, 2, positions, dtype=np.float32)
    params, xs = batch(net)
    run = net.forward(params, xs)
    grad = net.backward(params, run, run.hs)
    assert all(a.dtype == np.float32 for a in [run.hs, grad.xs, *grad.hs, *(a for _, a in leaves(grad.params))])
    wide = Transformer(3, 6, 2, 2, positions)
    hs = wide.forward(map_leaves(lambda a: a.astype(np.float64), params), xs.astype(np.float64)).hs
    assert worst_difference(run.hs, hs) <= 1e-5


BAD = [
    (lambda: Transformer(3, 4, 2, 3), "heads: expected a divisor of width=4, got 3"),
    (lambda: Transformer(3, 4, 0), "num_layers"),
    (lambda: Transformer(3, 4, 1, positions="rotary"), "positions: expected one of 'sinusoidal', 'learned', 'none'"),
    (lambda: Transformer(3, 4, 1, hidden=0), "hidden"),
    (lambda: Transformer(3, 4, 1, max_steps=0), "max_steps"),
    (lambda: Transformer(3, 4, 1, causal=None), "causal: expected True or False"),
    (lambda: Transformer(3, 4, 1, dtype="int"), "dtype"),
    (lambda: Transformer(3, 4, 1).forward([], np.ones((2, 1, 3))), "params: expected 3 entries"),
    (lambda: Transformer(3, 4, 1).forward(Transformer(3, 4, 1).init(rng(0)), np.ones((2, 1, 2))), r"xs: .*axis 2"),
    (lambda: Transformer(3, 4, 1).forward(Transformer(3, 4, 1).init(rng(0)), np.ones((2, 1, 3)), [1]), "state"),
]


@pytest.mark.parametrize(("call", "complaint"), BAD, ids=range(len(BAD)))
def test_bad_input(call, complaint):
    with pytest.raises((ValueError, TypeError), match=complaint):
        call()


def test_model_training_and_files(tmp_path):
    """Say what was said two steps ago: the positions and two blocks learn it through the usual loop."""
    model = rnnlib.Model(Transformer(4, 16, 2, 2), 4)
    params, draw = model.init(rng(0)), rng(1)

    def batches():
        for _ in range(80):
            xs = draw.integers(0, 4, (8, 16))
            yield xs, np.roll(xs, 2, axis=0)

    steps = list(rnnlib.train(model, params, batches(), rnnlib.Adam(0.01)))
    losses = [step.loss for step in steps]
    assert np.mean(losses[-10:]) < 0.8 * np.mean(losses[:10])
    xs, targets = next(batches())
    assert rnnlib.gradcheck(model, params, xs, targets, entries=0, directions=1).error <= TOLERANCE
    rnnlib.save(tmp_path / "p.npz", steps[-1].params)
    assert_trees_close(rnnlib.load(tmp_path / "p.npz"), steps[-1].params, rtol=0, atol=0)
