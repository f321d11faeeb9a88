"""Convolution and pooling: two plain loops, PyTorch, gradients, faults, what an output can see, lengths.

tests/reference/make_convolution.py makes PyTorch's references and says what is in them.
"""

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest
from helpers import load_torch, random_params, rng, worst_difference

import rnnlib
from rnnlib.neighbours import Chain, Convolution, Pooling

TOLERANCE, FAULTY = 1e-6, 1e-5


def batch(net, T=9, B=3, seed=0):
    params, draw = random_params(net, seed), rng(seed + 1)
    for p in [params] if isinstance(params, dict) else params:
        p["b"] = (0.5 * draw.standard_normal(p["b"].shape)).astype(net.dtype)  # a bias of zero would hide a lost one
    return params, draw.standard_normal((T, B, net.input_size)).astype(net.dtype)


def by_hand(net, p, xs, lengths=None):
    """One output, one tap, one sequence at a time."""
    T, B, _ = xs.shape
    f = {None: lambda z: z, "relu": lambda z: max(z, 0.0), "tanh": np.tanh}[net.nonlinearity]
    hs = np.zeros((net.steps(T), B, net.output_size))
    for b in range(B):
        n = T if lengths is None else lengths[b]
        for t in range(net.steps(n)):
            for c in range(net.output_size):
                z = p["b"][c]
                for j in range(net.kernel):
                    at = t * net.stride + (-1 if net.causal else 1) * j * net.dilation
                    if at >= 0:
                        z += xs[at, b] @ p["W"][j, :, c]
                hs[t, b, c] = f(z) + (xs[t, b, c] if net.residual else 0)
    return hs


CASES = [
    dict(kernel=3),
    dict(kernel=3, dilation=2, nonlinearity="tanh"),
    dict(kernel=2, stride=3),
    dict(kernel=4, causal=False),
    dict(kernel=3, causal=False, stride=2, dilation=2, nonlinearity="relu"),
    dict(kernel=5, dilation=3, nonlinearity="relu", residual=True),
    dict(kernel=12),  # longer than the sequence
]


@pytest.mark.parametrize("lengths", [None, [9, 5, 7]])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_convolution_is_two_loops(case, lengths):
    net = Convolution(4, 4 if case.get("residual") else 2, **case)
    params, xs = batch(net)
    run = net.forward(params, xs, lengths=lengths)
    np.testing.assert_allclose(run.hs, by_hand(net, params, xs, lengths), rtol=1e-12, atol=1e-13)
    if lengths is not None:
        assert run.mask.sum(0).tolist() == [net.steps(n) for n in lengths]


def drawn_net(draw, st):
    kernel, dilation, causal = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.booleans())
    residual = causal and draw(st.booleans())
    D = draw(st.integers(1, 4))
    return Convolution(D, D if residual else draw(st.integers(1, 4)), kernel, dilation=dilation, causal=causal,
                       stride=1 if residual else draw(st.integers(1, 3)), residual=residual,
                       nonlinearity=draw(st.sampled_from([None, "relu", "tanh"])))  # fmt: skip


def test_drawn_configurations(say):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st, errors = hypothesis.strategies, []

    @hypothesis.settings(max_examples=60, deadline=None)
    @hypothesis.given(st.data())
    def check(data):
        draw = data.draw
        net, B, seed = drawn_net(draw, st), draw(st.integers(1, 3)), draw(st.integers(0, 10**6))
        least = 1 if net.causal else net.reach + 1
        T = least + draw(st.integers(0, 6))
        lengths = draw(st.none() | st.lists(st.integers(least, T), min_size=B, max_size=B))
        params, xs = batch(net, T, B, seed)
        result = rnnlib.gradcheck(net, params, xs, lengths=lengths, rng=rng(seed), entries=2)
        assert result.error <= TOLERANCE, (net.described, T, lengths, result)
        errors.append(result.error)

    check()
    say(f"{len(errors)} drawn convolutions, worst relative gradient error {max(errors):.1e}")


@pytest.mark.parametrize("lengths", [None, [9, 1, 5]])
@pytest.mark.parametrize("size", [None, 1, 2, 4, 20])
@pytest.mark.parametrize("kind", ["max", "mean"])
def test_gradients_and_values_of_pooling(kind, size, lengths):
    net = Pooling(2, kind, size)
    xs = rng(3).standard_normal((9, 3, 2))
    result = rnnlib.gradcheck(net, {}, xs, lengths=lengths, entries=None)
    assert result.error <= TOLERANCE, result
    hs, width = net.forward({}, xs, lengths=lengths).hs, size or 9
    for b, n in enumerate(lengths or [9] * 3):
        for t in range(net.steps(n)):
            part = xs[t * width : min((t + 1) * width, n), b]
            np.testing.assert_allclose(hs[t, b], part.max(0) if kind == "max" else part.mean(0), rtol=1e-12)
        assert (hs[net.steps(n) :, b] == 0).all()


def test_of_equal_steps_the_first_takes_the_gradient():
    net, xs = Pooling(1, "max"), np.array([0.0, 2, 1, 2])[:, None, None]
    run = net.forward({}, xs)
    assert net.backward({}, run, np.ones((1, 1, 1))).xs.ravel().tolist() == [0, 1, 0, 0]


def test_one_step_where_the_whole_sequence_is_pooled():
    net = Chain([Convolution(2, 3, 3, nonlinearity="relu"), Pooling(3, "max")])
    model, lengths = rnnlib.Model(net, 2, at="last_step"), [9, 4, 6]
    params, xs = rnnlib.Model(net, 2).init(rng(0)), rng(1).standard_normal((9, 3, 2))
    ys = model.predict(params, xs, lengths)
    assert net.forward(params["layers"], xs).hs.shape == (1, 3, 3) and ys.shape == (3, 2)
    for b, n in enumerate(lengths):
        np.testing.assert_allclose(ys[b], model.predict(params, xs[:n, b : b + 1])[0], rtol=1e-12)


# ---- faults


def turned(net, T):
    """Taps in the wrong order: the kernel turned round."""
    yield from ((out, into) for out, into in reversed(list(TAPS(net, T))))


def future(net, T):
    """A causal convolution that reads one step ahead, the last step twice."""
    for out, into in TAPS(net, T):
        yield out, np.minimum(np.arange(T)[into] + 1, T - 1)


def undilated(net, T):
    """Dilation 1, whatever was asked for."""
    yield from TAPS(Convolution(net.input_size, net.output_size, net.kernel, stride=net.stride), T)


def short_steps(net, T):
    """A stride that is off by one on the side of the inputs."""
    s = net.stride - 1
    for out, into in TAPS(net, T):
        yield out, slice(into.start, into.start + (out.stop - out.start - 1) * s + 1, s)


TAPS = Convolution.taps
WRONG_TAPS = [(turned, 1), (turned, 2), (future, 1), (undilated, 1), (undilated, 2), (short_steps, 2), (short_steps, 3)]
wrong_taps = pytest.mark.parametrize(("wrong", "stride"), WRONG_TAPS, ids=lambda v: getattr(v, "__name__", str(v)))


@wrong_taps
def test_faults_on_the_way_forward_are_caught_by_the_loops(wrong, stride, monkeypatch):
    net = Convolution(3, 2, 3, dilation=2, stride=stride)
    params, xs = batch(net)
    want = by_hand(net, params, xs)
    assert worst_difference(net.forward(params, xs).hs, want) <= 1e-12
    monkeypatch.setattr(Convolution, "taps", wrong)
    assert worst_difference(net.forward(params, xs).hs, want) > 1e-3


@wrong_taps
def test_faults_on_the_way_back_are_caught_by_the_check(wrong, stride, monkeypatch):
    back = Convolution.back

    def faulty(net, *args):
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(Convolution, "taps", wrong)
            return back(net, *args)

    net = Convolution(3, 2, 3, dilation=2, stride=stride)
    params, xs = batch(net)
    assert rnnlib.gradcheck(net, params, xs).error <= TOLERANCE
    monkeypatch.setattr(Convolution, "back", faulty)
    assert rnnlib.gradcheck(net, params, xs).error > FAULTY


def test_padding_that_leaks_is_caught(monkeypatch):
    """Outputs that read the padding, and a mean over it."""
    net, lengths = Convolution(2, 3, 3, stride=2, causal=False), [9, 4, 3]
    params, xs = batch(net)
    want = by_hand(net, params, xs, lengths)
    steps = Convolution.steps
    leaky = lambda n, T: np.minimum(steps(n, T + n.stride), 4) if np.ndim(T) else steps(n, T)  # noqa: E731
    assert worst_difference(net.forward(params, xs, lengths=lengths).hs, want) <= 1e-12
    monkeypatch.setattr(Convolution, "steps", leaky)
    assert worst_difference(net.forward(params, xs, lengths=lengths).hs, want) > 1e-3

    pool, through = Pooling(2, "mean"), Pooling.through
    want = np.stack([xs[:n, b].mean(0) for b, n in enumerate(lengths)])[None]
    assert worst_difference(pool.forward({}, xs, lengths=lengths).hs, want) <= 1e-12
    monkeypatch.setattr(Pooling, "through", lambda n, p, xs, mask, *rest: through(n, p, xs, None, *rest))
    assert worst_difference(pool.forward({}, xs, lengths=lengths).hs, want) > 1e-3


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("the slope of tanh forgotten", lambda y: 0 * y),
        ("y for y²", lambda y: np.sqrt(np.abs(y))),
    ],
)
def test_a_wrong_slope_is_caught(name, wrong, monkeypatch):
    back = Convolution.back
    net = Convolution(3, 2, 3, nonlinearity="tanh")
    params, xs = batch(net)
    monkeypatch.setattr(Convolution, "back", lambda n, p, kept, dhs, d: back(n, p, (*kept[:2], wrong(kept[2])), dhs, d))
    assert rnnlib.gradcheck(net, params, xs).error > FAULTY, name


# ---- what an output can see


@pytest.mark.parametrize(("kernel", "dilations"), [(3, [1, 2, 4]), (2, [1, 1]), (4, [3])])
def test_a_stack_sees_its_receptive_field_and_nothing_else(kernel, dilations):
    net = Chain([Convolution(2, 2, kernel, dilation=r) for r in dilations])
    sees = 1 + (kernel - 1) * sum(dilations)
    params, xs = batch(net, T=sees + 5, B=1)
    run = net.forward(params, xs)
    dhs = np.zeros_like(run.hs)
    dhs[-1] = 1
    reached = np.abs(net.backward(params, run, dhs).xs).sum((1, 2)) > 0
    seen = {sum(js) for js in itertools.product(*([j * r for j in range(kernel)] for r in dilations))}
    assert set(np.flatnonzero(reached[::-1])) == seen and max(seen) == sees - 1


def test_a_shifted_input_gives_a_shifted_output():
    net = Convolution(2, 3, 4, dilation=2)
    params, xs = batch(net, T=12)
    hs = net.forward(params, xs).hs
    later = net.forward(params, np.concatenate([np.zeros_like(xs[:3]), xs])).hs
    np.testing.assert_allclose(later[3:], hs, rtol=1e-13)


@pytest.mark.parametrize("causal", [True, False])
def test_whatever_stands_in_the_padding(causal):
    net, lengths = Convolution(2, 3, 3, stride=2, causal=causal), [9, 4, 3]
    params, xs = batch(net)
    clean = net.forward(params, xs, lengths=lengths)
    dirty = xs.copy()
    for b, n in enumerate(lengths):
        dirty[n:, b] = np.nan
    run = net.forward(params, dirty, lengths=lengths)
    np.testing.assert_array_equal(run.hs, clean.hs)
    dhs = rng(0).standard_normal(run.hs.shape)
    one, other = net.backward(params, clean, dhs), net.backward(params, run, np.where(run.mask[..., None], dhs, np.nan))
    np.testing.assert_array_equal(one.xs, other.xs)
    np.testing.assert_array_equal(one.params["W"], other.params["W"])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_single_precision_stays(case):
    net = Convolution(4, 4, **case, dtype=np.float32)
    params, xs = batch(net, T=12)
    run = net.forward(params, xs)
    grad = net.backward(params, run, run.hs)
    assert {a.dtype for a in (run.hs, grad.xs, *grad.params.values())} == {np.dtype(np.float32)}
    for kind in ("max", "mean"):
        pool = Pooling(4, kind, 2, dtype=np.float32)
        run = pool.forward({}, xs, lengths=[9, 4, 3])
        assert {run.hs.dtype, pool.backward({}, run, run.hs).xs.dtype} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Convolution(0, 2, 3), "input_size"),
        (lambda: Convolution(2, 2, 0), "kernel"),
        (lambda: Convolution(2, 2, 3, dilation=0), "dilation"),
        (lambda: Convolution(2, 2, 3, stride=1.5), "stride"),
        (lambda: Convolution(2, 2, 3, nonlinearity="sigmoid"), "nonlinearity"),
        (lambda: Convolution(2, 3, 3, residual=True), "residual"),
        (lambda: Convolution(2, 2, 3, residual=True, causal=False), "residual"),
        (lambda: Pooling(2, "sum"), "kind"),
        (lambda: Pooling(2, "max", 0), "size"),
    ],
)
def test_bad_configurations_are_named(make, says):
    with pytest.raises((ValueError, TypeError), match=f"^{says}: expected"):
        make()


def test_a_kernel_that_does_not_fit_is_named():
    net = Convolution(2, 2, 3, dilation=2, causal=False)
    params, xs = batch(net, T=6)
    with pytest.raises(ValueError, match="lengths: expected at least 5 steps"):
        net.forward(params, xs, lengths=[6, 5, 4])
    with pytest.raises(ValueError, match="xs: expected at least 5 steps"):
        net.forward(params, xs[:4])


def test_it_learns(tmp_path):
    """Which of two motifs is in the sequence, wherever it is."""
    net = Chain([Convolution(1, 8, 4, nonlinearity="relu"), Pooling(8, "max")])
    model, draw = rnnlib.Model(net, 2, at="last_step"), rng(0)

    def batches():
        while True:
            xs, labels, at = draw.standard_normal((20, 32, 1)) * 0.3, draw.integers(0, 2, 32), draw.integers(0, 16, 32)
            for k, motif in enumerate(([1, -1, 1, -1], [1, 1, -1, -1])):
                for b in np.flatnonzero(labels == k):
                    xs[at[b] : at[b] + 4, b, 0] += 2 * np.array(motif)
            yield xs, labels

    params, losses = model.init(rng(1)), []
    for step in rnnlib.train(model, params, batches(), rnnlib.Adam(1e-2)):
        losses.append(step.loss)
        if step.index == 150:
            break
    assert np.mean(losses[-20:]) < 0.5 * np.mean(losses[:20])
    rnnlib.save(tmp_path / "net.npz", step.params)
    xs, _ = next(batches())
    np.testing.assert_array_equal(model.predict(rnnlib.load(tmp_path / "net.npz"), xs), model.predict(step.params, xs))


# ---- PyTorch

REFERENCE = Path(__file__).parent / "reference"


def worst_of(ref, case):
    """The largest relative difference from PyTorch's numbers, over results and gradients."""
    net = Convolution(ref["xs"].shape[-1], ref["hs"].shape[-1], **case)
    order = slice(None, None, -1 if net.causal else 1)  # PyTorch's taps run forwards in time
    weight, gradient = (ref[name].transpose(2, 1, 0)[order] for name in ("weight", "grad/weight"))
    params = {"W": weight, "b": ref["bias"]}
    run = net.forward(params, ref["xs"])
    grad = net.backward(params, run, ref["dhs"])
    pairs = [(run.hs, ref["hs"]), (grad.xs, ref["dxs"]), (grad.params["W"], gradient),
             (grad.params["b"], ref["grad/bias"])]  # fmt: skip
    return max(worst_difference(ours, theirs) for ours, theirs in pairs)


@pytest.fixture(scope="module")
def stored():
    with np.load(REFERENCE / "convolution.npz", allow_pickle=False) as file:
        return dict(file)


def of_case(stored, k):
    return {name.partition("/")[2]: a for name, a in stored.items() if name.startswith(f"{k}/")}


@pytest.mark.parametrize("k", range(len(CASES)), ids=[str(c) for c in CASES])
def test_stored_references(stored, k):
    assert worst_of(of_case(stored, k), CASES[k]) <= 1e-9


def test_the_stored_references_say_something(stored):
    assert {int(name.partition("/")[0]) for name in stored} == set(range(len(CASES)))
    assert all(a.any() and a.dtype == np.float64 for a in stored.values())
    assert worst_of(of_case(stored, 1), CASES[0] | {"nonlinearity": "tanh"}) > 1e-3  # dilation 1 for 2


@pytest.fixture(scope="module")
def make():
    """The reference maker as a module: the live comparison runs torch through the very same code."""
    load_torch()
    spec = importlib.util.spec_from_file_location("make_convolution", REFERENCE / "make_convolution.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_stored_references_are_what_make_makes(make, stored):
    assert make.CASES == CASES
    for k, case in enumerate(CASES):
        for name, array in make.run(case, seed=k).items():
            assert worst_difference(array, stored[f"{k}/{name}"]) < 1e-12, (case, name)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_as_pytorch(make, case):
    assert worst_of(make.run(case, seed=100, T=23, B=5), case) <= 1e-9
