"""Linear recurrences: scan and loop, autograd's gradients, faults, states handed on, padding, what |a| means."""

import importlib

import numpy as np
import pytest
from helpers import load_torch, random_params, random_state, rng, worst_difference

import rnnlib
from rnnlib import tasks
from rnnlib.neighbours import LinearRecurrence, scan

MODULE = importlib.import_module("rnnlib.neighbours.linear")
TOLERANCE, FAULTY = 1e-6, 1e-5
KINDS = ("mingru", "lru")


def batch(net, T=7, B=3, seed=0):
    return random_params(net, seed), rng(seed + 1).standard_normal((T, B, net.input_size)).astype(net.dtype)


def numbers(T, kind, seed=0, N=4):
    draw = rng(seed)
    a, b = draw.uniform(0.3, 1, (T, N)), draw.standard_normal((T, N))
    if kind == "complex":
        a, b = a * np.exp(1j * draw.uniform(-3, 3, (T, N))), b + 1j * draw.standard_normal((T, N))
    return a, b, b[0] + 0.5


# ---- the scan


@pytest.mark.parametrize("kind", ["real", "complex"])
@pytest.mark.parametrize("T", [1, 2, 3, 7, 64, 100])
def test_the_scan_is_the_loop(T, kind):
    a, b, h_0 = numbers(T, kind)
    before = [x.copy() for x in (a, b, h_0)]
    hs, want, h = scan(a, b, h_0), [], h_0
    for t in range(T):
        h = a[t] * h + b[t]
        want.append(h)
    np.testing.assert_allclose(hs, want, rtol=1e-12)
    np.testing.assert_allclose(MODULE.loop(a, b, h_0), want, rtol=1e-14)
    np.testing.assert_allclose(MODULE.chunked(a, b, h_0), want, rtol=1e-12)
    np.testing.assert_allclose(MODULE.run(*(np.repeat(v, 300, -1) for v in (a, b, h_0)))[:, ::300], want, rtol=1e-12)
    assert all(np.array_equal(x, y) for x, y in zip(before, (a, b, h_0)))


def test_the_scan_in_single_precision():
    a, b, h_0 = (x.astype(np.float32) for x in numbers(100, "real"))
    hs = scan(a, b, h_0)
    assert hs.dtype == np.float32
    assert worst_difference(hs, MODULE.loop(*(x.astype(float) for x in (a, b, h_0)))) <= 1e-5


@pytest.mark.parametrize("T", [1, 2, 7])
def test_the_way_back_is_the_derivative(T):
    """Of Σ g · h over every step, by central differences of each number."""
    a, b, h_0 = numbers(T, "real")
    g = rng(5).standard_normal(b.shape)
    got = MODULE.scan_backward(g, a, np.concatenate([h_0[None], scan(a, b, h_0)]))
    for k, d in enumerate(got):
        for at in np.ndindex(d.shape):
            sides = []
            for eps in (1e-6, -1e-6):
                moved = [a.copy(), b.copy(), h_0.copy()]
                moved[k][at] += eps
                sides.append((scan(*moved) * g).sum())
            assert abs((sides[0] - sides[1]) / 2e-6 - d[at]) <= 1e-8 * max(1, abs(d[at])) + 1e-8


def test_the_gradient_passes_nothing_but_a():
    """∂h_T/∂h_0 is the product of all a."""
    a, b, h_0 = numbers(30, "real")
    g = np.zeros_like(b)
    g[-1] = 1
    dh_0 = MODULE.scan_backward(g, a, np.concatenate([h_0[None], scan(a, b, h_0)]))[2]
    np.testing.assert_allclose(dh_0, a.prod(0), rtol=1e-12)


# ---- the nets


def by_hand(net, params, xs, state, lengths=None):
    """The equations, a step and a sequence at a time: hs, and the last state."""
    (T, B, _), below = xs.shape, xs
    ends = []
    for l, p in enumerate(params):
        read = np.tanh(below) if l and net.kind == "lru" else below
        hs = np.zeros((T, B, net.output_size))
        last = []
        for b in range(B):
            h = state[l][0][b] if net.kind == "mingru" else state[l][0][b] + 1j * state[l][1][b]
            for t in range(T if lengths is None else lengths[b]):
                x = read[t, b]
                if net.kind == "mingru":
                    z, tilde = np.split(x @ p["W_zh"] + p["b_zh"], 2)
                    z = 1 / (1 + np.exp(-z))
                    h = (1 - z) * h + z * tilde
                    hs[t, b] = h
                else:
                    a = np.exp(-np.exp(p["nu"]) + 1j * p["theta"])
                    re, im = np.split(x @ p["W_in"], 2)
                    h = a * h + np.sqrt(1 - np.abs(a) ** 2) * (re + 1j * im)
                    C_re, C_im = np.split(p["W_out"], 2)
                    hs[t, b] = h.real @ C_re + h.imag @ C_im + x @ p["W_skip"] + p["b_out"]
            last.append(h)
        ends.append((np.array(last),) if net.kind == "mingru" else (np.real(last), np.imag(last)))
        below = hs
    return below, ends


@pytest.mark.parametrize("lengths", [None, [7, 1, 4]])
@pytest.mark.parametrize("L", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_net_is_its_equations(kind, L, lengths):
    net = LinearRecurrence(kind, 3, 4, num_layers=L)
    params, xs = batch(net)
    state = random_state(net, 3)
    run = net.forward(params, xs, state, lengths=lengths)
    hs, ends = by_hand(net, params, xs, state, lengths)
    np.testing.assert_allclose(run.hs, hs, rtol=1e-11, atol=1e-12)
    for got, want in zip(run.state, ends):
        for s, w in zip(got, want):
            np.testing.assert_allclose(s, w, rtol=1e-11, atol=1e-12)


def test_drawn_configurations(say):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st, errors = hypothesis.strategies, []

    @hypothesis.settings(max_examples=30, deadline=None)
    @hypothesis.given(st.data())
    def check(data):
        draw = data.draw
        T, B, seed = draw(st.sampled_from([1, 2, 7])), draw(st.integers(1, 3)), draw(st.integers(0, 10**6))
        net = LinearRecurrence(draw(st.sampled_from(KINDS)), draw(st.integers(1, 4)), draw(st.integers(1, 5)),
                               num_layers=draw(st.integers(1, 3)))  # fmt: skip
        lengths = draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))
        params, xs = batch(net, T, B, seed)
        state = random_state(net, B, seed)
        result = rnnlib.gradcheck(net, params, xs, lengths=lengths, state=state, rng=rng(seed), entries=2)
        assert result.error <= TOLERANCE, (net.described, T, lengths, result)
        errors.append(result.error)

    check()
    say(f"{len(errors)} drawn linear recurrences, worst relative gradient error {max(errors):.1e}")


# ---- faults


def later_by_none(dhs, a, hs):
    """a_t for a_{t+1}: the scan off by one."""
    dh = scan(np.conj(a)[::-1], dhs[::-1], np.zeros_like(dhs[0]))[::-1]
    return dh * np.conj(hs[:-1]), dh, np.conj(a[0]) * dh[0]


def not_conjugate(dhs, a, hs):
    return (np.conj(d) for d in BACKWARD(np.conj(dhs), a, hs))


def first_state_forgotten(dhs, a, hs):
    hs = hs.copy()
    hs[0] = 0
    return BACKWARD(dhs, a, hs)


def this_state_for_the_last(dhs, a, hs):
    _, db, dh_0 = BACKWARD(dhs, a, hs)
    return db * np.conj(hs[1:]), db, dh_0


def future_forgotten(dhs, a, hs):
    return dhs * np.conj(hs[:-1]), dhs, np.conj(a[0]) * dhs[0]


BACKWARD = MODULE.scan_backward
FAULTS = [
    ("mingru", later_by_none),
    ("lru", not_conjugate),
    ("mingru", first_state_forgotten),
    ("lru", this_state_for_the_last),
    ("mingru", future_forgotten),
]


@pytest.mark.parametrize(("kind", "wrong"), FAULTS, ids=lambda f: getattr(f, "__name__", f))
def test_faults_on_the_way_back_are_caught(kind, wrong, monkeypatch):
    net = LinearRecurrence(kind, 3, 4, num_layers=2)
    params, xs = batch(net)
    state = random_state(net, 3)
    assert rnnlib.gradcheck(net, params, xs, state=state).error <= TOLERANCE
    monkeypatch.setattr(MODULE, "scan_backward", wrong)
    assert rnnlib.gradcheck(net, params, xs, state=state).error > FAULTY


def test_a_factor_taken_for_constant_is_caught(monkeypatch):
    """γ depends on ν: who takes it for a number loses a part of dν."""
    net, right = LinearRecurrence("lru", 3, 4), MODULE.lru_backward
    params, xs = batch(net)

    def wrong(p, xs, mask, kept, dhs, dstate):
        grads, *rest = right(p, xs, mask, kept, dhs, dstate)
        (_, gamma, u, *_), size = kept, np.exp(-2 * np.exp(p["nu"]))
        _, db, _ = BACKWARD(MODULE.by_h(p, dhs, dstate), kept[3], kept[4])
        dgamma = (db * np.conj(u)).real.sum((0, 1))
        return grads | {"nu": grads["nu"] - np.exp(p["nu"]) * dgamma * size / gamma}, *rest

    assert rnnlib.gradcheck(net, params, xs).error <= TOLERANCE
    monkeypatch.setattr(MODULE, "lru_backward", wrong)
    result = rnnlib.gradcheck(net, params, xs)
    assert result.error > FAULTY and "nu" in result.where


def test_a_carry_that_never_arrives_is_caught_by_the_loop():
    a, b, h_0 = numbers(16, "real")
    short = scan(a[:8], b[:8], h_0)
    wrong = np.concatenate([short, scan(a[8:], b[8:], 0 * h_0)])  # the carry of the first half never arrives
    assert worst_difference(wrong, MODULE.loop(a, b, h_0)) > 1e-3


# ---- what goes on, what stands still


@pytest.mark.parametrize("kind", KINDS)
def test_two_halves_are_the_whole(kind):
    net = LinearRecurrence(kind, 3, 4, num_layers=2)
    params, xs = batch(net, T=9)
    whole, first = net.forward(params, xs), net.forward(params, xs[:4])
    second = net.forward(params, xs[4:], first.state)
    np.testing.assert_allclose(np.concatenate([first.hs, second.hs]), whole.hs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_stands_in_the_padding(kind):
    net, lengths = LinearRecurrence(kind, 3, 4, num_layers=2), [7, 1, 4]
    params, xs = batch(net)
    dirty = xs.copy()
    for b, n in enumerate(lengths):
        dirty[n:, b] = np.nan
    clean, run = (net.forward(params, x, lengths=lengths) for x in (xs, dirty))
    np.testing.assert_array_equal(run.hs, clean.hs)
    dhs = rng(0).standard_normal(run.hs.shape)
    one, other = net.backward(params, clean, dhs), net.backward(params, run, np.where(run.mask[..., None], dhs, np.nan))
    np.testing.assert_array_equal(one.xs, other.xs)
    for b, n in enumerate(lengths):
        alone = net.forward(params, xs[:n, b : b + 1])
        np.testing.assert_allclose(run.hs[:n, b], alone.hs[:, 0], rtol=1e-11, atol=1e-13)
        for layer, single in zip(run.state, alone.state):
            for s, t in zip(layer, single):
                np.testing.assert_allclose(s[b], t[0], rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_single_precision_stays(kind):
    net = LinearRecurrence(kind, 3, 4, num_layers=2, dtype=np.float32)
    params, xs = batch(net)
    run = net.forward(params, xs)
    grad = net.backward(params, run, run.hs)
    found = [run.hs, grad.xs, *grad.hs, *(s for layer in run.state + grad.state for s in layer)]
    found += [v for layer in grad.params for v in layer.values()]
    assert {a.dtype for a in found} == {np.dtype(np.float32)}


def test_the_eigenvalues_start_on_their_ring_and_stay_in_the_circle():
    net = LinearRecurrence("lru", 2, 2000)
    (params,) = net.init(rng(0))
    size = np.exp(-np.exp(params["nu"]))
    assert 0.9 <= size.min() and size.max() <= 0.999
    assert abs((size**2).mean() - (0.9**2 + 0.999**2) / 2) < 0.005  # uniform in area
    for nu in (-30.0, 0.0, 3.0):
        a, gamma = MODULE.eigenvalues({"nu": np.array([nu]), "theta": np.array([1.0])})
        assert np.abs(a) <= 1 and np.isfinite(gamma)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: LinearRecurrence("s4", 2, 3), "kind"),
        (lambda: LinearRecurrence("lru", 2, 0), "width"),
        (lambda: LinearRecurrence("lru", 2, 3, num_layers=0), "num_layers"),
        (lambda: scan(np.ones((3, 2)), np.ones((4, 2)), np.ones(2)), "b"),
        (lambda: scan(np.ones((3, 2)), np.ones((3, 2)), np.ones(3)), "h_0"),
    ],
)
def test_bad_input_is_named(make, says):
    with pytest.raises((ValueError, TypeError), match=f"^{says}: expected"):
        make()


def test_a_state_of_another_net_is_named():
    net = LinearRecurrence("lru", 3, 4)
    params, xs = batch(net)
    with pytest.raises(ValueError, match=r"^state\[0\]: expected 2 entries"):
        net.forward(params, xs, LinearRecurrence("mingru", 3, 4).zero_state(3))


@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_an_echo_and_comes_back_from_a_file(kind, tmp_path):
    task = tasks.echo(2, 12)
    model = rnnlib.Model(LinearRecurrence(kind, 1, 16, num_layers=2), 1, task.loss, task.at)
    params, losses = model.init(rng(1)), []
    for step in rnnlib.train(model, params, task.batches(rng(2), 16), rnnlib.Adam(1e-2), clip_norm=1.0):
        losses.append(step.loss)
        if step.index == 250:
            break
    assert np.mean(losses[-20:]) < 0.8 * task.baseline
    rnnlib.save(tmp_path / "net.npz", step.params)
    xs, _ = task.batch(rng(3), 4)
    np.testing.assert_array_equal(model.predict(rnnlib.load(tmp_path / "net.npz"), xs), model.predict(step.params, xs))


# ---- PyTorch


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_as_autograd(kind):
    """The equations written as a loop in PyTorch."""
    torch = load_torch()
    net = LinearRecurrence(kind, 3, 4)
    params, xs = batch(net)
    p = {n: torch.tensor(v, requires_grad=True) for n, v in params[0].items()}
    x, h, out = torch.tensor(xs, requires_grad=True), 0, []
    for t in range(len(xs)):
        if kind == "mingru":
            z, tilde = (x[t] @ p["W_zh"] + p["b_zh"]).chunk(2, -1)
            z = torch.sigmoid(z)
            h = (1 - z) * h + z * tilde
            out.append(h)
        else:
            size = torch.exp(-torch.exp(p["nu"]))
            a = torch.polar(size, p["theta"])
            re, im = (x[t] @ p["W_in"]).chunk(2, -1)
            h = a * h + torch.sqrt(1 - size**2) * torch.complex(re, im)
            out.append(torch.cat([h.real, h.imag], -1) @ p["W_out"] + x[t] @ p["W_skip"] + p["b_out"])
    y, run = torch.stack(out), net.forward(params, xs)
    assert worst_difference(run.hs, y.detach().numpy()) <= 1e-9
    dhs = rng(7).standard_normal(run.hs.shape)
    y.backward(torch.tensor(dhs))
    grad = net.backward(params, run, dhs)
    assert worst_difference(grad.xs, x.grad.numpy()) <= 1e-9
    for name, value in p.items():
        assert worst_difference(grad.params[0][name], value.grad.numpy()) <= 1e-9, name
