"""The backward pass is the derivative of the forward pass: over every option, drawn and enumerated.

RNNLIB_GRADCHECK_EXAMPLES=500 draws 500 configurations instead of 40.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, arrays, freeze, random_like, random_params, random_state, rng, snapshot

import rnnlib
from rnnlib.tree import leaves, map_leaves

TOLERANCE = 1e-6
every_cell = pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)


def assert_correct(net, seed=0, T=4, B=2, scheme=None, lengths=None, **looks):
    """gradcheck at random parameters, inputs and initial state; returns the worst relative error."""
    params, xs = random_params(net, seed, **(scheme or {})), rng(seed).standard_normal((T, B, net.input_size))
    result = rnnlib.gradcheck(
        net, params, xs, lengths=lengths, state=random_state(net, B, seed), rng=rng(seed), **looks
    )
    assert result.error <= TOLERANCE, f"{vars(net)}, T={T}, lengths={lengths}: {result}"
    return result.error


# ---- drawn


def test_drawn_configurations(say):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st = hypothesis.strategies
    examples = int(os.environ.get("RNNLIB_GRADCHECK_EXAMPLES", 40))
    errors = []

    @st.composite
    def configurations(draw):
        cell, nonlinearity = draw(st.sampled_from(CELLS))
        T, B = draw(st.sampled_from([1, 2, 7])), draw(st.integers(1, 3))
        layer_norm = draw(st.booleans())
        net = rnnlib.DeepRNN(
            cell,
            draw(st.integers(1, 3)),
            draw(st.integers(3 if layer_norm and cell == "rnn" else 1, 4)),  # see test_layer_norm_over_two_units
            draw(st.sampled_from([1, 2, 3, 5])),
            nonlinearity=nonlinearity,
            skip_input=draw(st.booleans()),
            residual=draw(st.booleans()),
            layer_norm=layer_norm,
            dropout=draw(st.sampled_from([0.0, 0.3])),
            bidirectional=draw(st.booleans()),
            reset=draw(st.sampled_from(["after", "before"])) if cell == "gru" and not layer_norm else "after",
        )
        names = ["uniform", "glorot", "orthogonal", "identity"]
        scheme = {
            "input": draw(st.sampled_from(names)),
            "recurrent": draw(st.sampled_from(names)),
            "bias": draw(st.sampled_from(["uniform", "zeros"])),
            "rho": draw(st.sampled_from([None, 0.5, 1.0, 1.3])),
        }
        if cell == "lstm":
            scheme["forget_bias"] = draw(st.sampled_from([None, 1.0]))
        lengths = draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))
        return {"net": net, "T": T, "B": B, "scheme": scheme, "lengths": lengths, "seed": draw(st.integers(0, 10**6))}

    @hypothesis.settings(max_examples=examples)
    @hypothesis.given(configurations())
    def check(configuration):
        errors.append(assert_correct(**configuration, entries=1, directions=1))

    check()
    say(f"{len(errors)} drawn configurations, worst relative gradient error {max(errors):.1e}")


# ---- enumerated, so that every option meets every cell above two layers, and every depth every length

OPTIONS = {
    "plain": {},
    "skip_input": {"skip_input": True},
    "residual": {"residual": True},
    "layer_norm": {"layer_norm": True},
    "dropout": {"dropout": 0.4},
    "bidirectional": {"bidirectional": True},
    "all": {
        "skip_input": True,
        "residual": True,
        "layer_norm": True,
        "dropout": 0.4,
        "bidirectional": True,
    },
}


@every_cell
@pytest.mark.parametrize("lengths", [None, [4, 1]], ids=["full", "ragged"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_every_option_with_every_cell_at_three_layers(cell, nonlinearity, options, lengths):
    net = rnnlib.DeepRNN(cell, 2, 3, 3, nonlinearity=nonlinearity, **options)
    assert_correct(net, seed=1, lengths=lengths, entries=1, directions=1)


@every_cell
@pytest.mark.parametrize(("L", "T"), list(product([1, 2, 3, 5], [1, 2, 7])))
def test_every_depth_with_every_length(cell, nonlinearity, L, T):
    assert_correct(rnnlib.DeepRNN(cell, 2, 3, L, nonlinearity=nonlinearity), seed=2, T=T, entries=1, directions=1)


@every_cell
def test_every_entry_of_a_small_net(cell, nonlinearity):
    """No sampling: each single number of parameters, inputs and state."""
    net = rnnlib.DeepRNN(cell, 1, 2, 2, nonlinearity=nonlinearity)
    assert_correct(net, seed=3, T=2, entries=None, directions=0)


@pytest.mark.parametrize("lengths", [None, [4, 1, 3]], ids=["full", "ragged"])
@pytest.mark.parametrize("at", ["each_step", "last_step"])
@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
@every_cell
def test_models(cell, nonlinearity, loss, at, lengths):
    net = rnnlib.DeepRNN(cell, 2, 3, 2, nonlinearity=nonlinearity, residual=True, dropout=0.2, bidirectional=True)
    model = rnnlib.Model(net, 3, loss=loss, at=at)
    xs = rng(4).standard_normal((4, 3, 2))
    rows = (4, 3) if at == "each_step" else (3,)
    targets = rng(5).integers(0, 3, rows) if loss == "cross_entropy" else rng(5).standard_normal((*rows, 3))
    result = rnnlib.gradcheck(
        model,
        random_params(model, 4),
        xs,
        targets,
        lengths=lengths,
        state=random_state(net, 3),
        entries=2,
        directions=1,
    )
    assert result.error <= TOLERANCE, result


def test_the_default_initial_parameters_too():
    """Zero state, no state given, every argument left alone."""
    net = rnnlib.DeepRNN("lstm", 2, 3, 2)
    assert rnnlib.gradcheck(net, net.init(rng(0)), rng(1).standard_normal((3, 2, 2))).error <= TOLERANCE


@pytest.mark.parametrize("H", [1, 2])
@pytest.mark.parametrize("L", [1, 3])
def test_layer_norm_over_two_units(H, L):
    """Over two units ẑ is (1, -1) or (-1, 1) but for ε, a step of width 0.003: finite differences see fewer digits."""
    net = rnnlib.DeepRNN("rnn", 2, H, L, layer_norm=True)
    xs = rng(6).standard_normal((3, 2, 2))
    assert rnnlib.gradcheck(net, random_params(net, 6), xs, entries=3, directions=2).error <= 1e-4


def test_layer_norm_over_units_that_are_all_equal():
    """Variance 0: nothing but ε keeps 1/std finite."""
    net = rnnlib.DeepRNN("rnn", 2, 3, 2, layer_norm=True)
    params = random_params(net, 6)
    for layer in params:
        layer["W_xh"][:] = layer["W_xh"][:, :1]
    result = rnnlib.gradcheck(net, params, rng(6).standard_normal((3, 2, 2)), entries=0, directions=2)
    assert np.isfinite(result.analytic) and result.error <= 1e-5


# ---- more than one call: numpy-ml's cell broke on its second training step


@every_cell
def test_two_training_steps_in_a_row(cell, nonlinearity):
    net = rnnlib.DeepRNN(cell, 2, 3, 3, nonlinearity=nonlinearity, skip_input=True, layer_norm=True)
    model = rnnlib.Model(net, 3)
    xs, targets = rng(7).standard_normal((4, 2, 2)), rng(8).integers(0, 3, (4, 2))
    params = random_params(model, 7)
    for _ in range(3):
        assert rnnlib.gradcheck(model, params, xs, targets, entries=1, directions=1).error <= TOLERANCE
        (step,) = rnnlib.train(model, params, [(xs, targets)], rnnlib.SGD(0.1))
        assert snapshot(step.params) != snapshot(params)
        params = step.params


@every_cell
@pytest.mark.parametrize("options", [{}, OPTIONS["all"]], ids=["plain", "all"])
def test_the_same_call_twice_gives_the_same_bytes(cell, nonlinearity, options):
    """Nothing is kept in the net between calls, and the backward pass leaves the run fit for another one."""
    net = rnnlib.DeepRNN(cell, 2, 3, 3, nonlinearity=nonlinearity, **options)
    params, xs, lengths = random_params(net, 9), rng(9).standard_normal((5, 2, 2)), [5, 3]
    run = net.forward(params, xs, lengths=lengths, rng=rng(1))
    dhs, dstate = random_like(run.hs, 1), random_like(run.state, 2)
    first = net.backward(params, run, dhs, dstate)
    between = net.backward(params, net.forward(params, 2 * xs), dhs)  # another run in between
    again = net.backward(params, run, dhs, dstate)
    afresh = net.backward(params, net.forward(params, xs, lengths=lengths, rng=rng(1)), dhs, dstate)
    for other in (again, afresh):
        assert snapshot(first.params, first.xs, first.state, first.hs) == snapshot(
            other.params, other.xs, other.state, other.hs
        )
    assert snapshot(first.params) != snapshot(between.params)


@every_cell
@pytest.mark.parametrize("lengths", [None, [5, 3]], ids=["full", "ragged"])
@pytest.mark.parametrize("options", [{}, OPTIONS["all"]], ids=["plain", "all"])
@pytest.mark.parametrize(("T", "H"), [(5, 3), (150, 24)], ids=["small", "large"])
def test_what_was_handed_out_stays_what_it_was(cell, nonlinearity, options, lengths, T, H):
    """Memory that is used again must not be memory that somebody still holds: four runs and gradients, all kept
    (and, at times, nothing but a view of them)."""
    net = rnnlib.DeepRNN(cell, 2, H, 3, nonlinearity=nonlinearity, **options)
    params, held, prints = random_params(net, 9), [], []
    for seed in range(4):
        xs = rng(seed).standard_normal((T, 2, 2))
        run = net.forward(params, xs, random_state(net, 2, seed), lengths=lengths, rng=rng(seed))
        held.append([run.hs, run.state, [layer.hs for layer in run.layers]])
        prints.append(snapshot(*held[-1]))
        grad = net.backward(params, run, random_like(run.hs, seed), random_like(run.state, seed))
        held.append([grad.params, grad.xs, grad.state, grad.hs])
        prints.append(snapshot(*held[-1]))
        held.append([net.forward(params, xs).hs[1:, :, :2].T, net.backward(params, run, run.hs).xs[::-1]])
        prints.append(snapshot(*held[-1]))
    assert [snapshot(*trees) for trees in held] == prints
    grads = [list(arrays(*trees)) for trees in held[1::3]]
    assert not any(np.shares_memory(a, b) for a in grads[0] for b in grads[1])


@every_cell
@pytest.mark.parametrize("lengths", [None, [150, 31]], ids=["full", "ragged"])
def test_nothing_is_read_before_it_is_written(cell, nonlinearity, lengths):
    """After a run that leaves NaN in all the memory it used, the next one computes what it did before."""
    net = rnnlib.DeepRNN(cell, 2, 24, 2, nonlinearity=nonlinearity, layer_norm=True, bidirectional=True)
    params, xs = random_params(net), rng(1).standard_normal((150, 2, 2))

    def work(params):
        run = net.forward(params, xs, lengths=lengths)
        grad = net.backward(params, run, np.ones_like(run.hs))
        return snapshot(run.hs, grad.params, grad.xs, grad.hs)

    before = work(params)
    assert work(map_leaves(lambda a: np.full_like(a, np.nan), params)) != before
    assert work(params) == before


@every_cell
@pytest.mark.parametrize("T", [12, 300], ids=["small", "large"])
def test_threads_do_not_share_what_they_work_in(cell, nonlinearity, T):
    """An explorer redraws in its own thread while another trains."""
    net = rnnlib.DeepRNN(cell, 2, 16, 2, nonlinearity=nonlinearity, layer_norm=True)
    params = random_params(net)

    def work(seed):
        xs = rng(seed).standard_normal((T, 8, 2))
        found = []
        for _ in range(4):
            run = net.forward(params, xs)
            grad = net.backward(params, run, np.ones_like(run.hs))
            found.append(snapshot(run.hs, grad.params, grad.xs))
        return found

    alone = [work(seed) for seed in range(3)]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(work, range(3)))
    assert together == alone and all(found == found[:1] * 4 for found in alone)


# ---- nothing that is handed in changes


@every_cell
@pytest.mark.parametrize("lengths", [None, [2, 5]], ids=["full", "ragged"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_nothing_handed_in_is_changed(cell, nonlinearity, options, lengths):
    net = rnnlib.DeepRNN(cell, 2, 3, 3, nonlinearity=nonlinearity, **options)
    params, xs, state = random_params(net, 1), rng(2).standard_normal((5, 2, 2)), random_state(net, 2)
    dhs, dstate = rng(3).standard_normal((5, 2, net.output_size)), random_state(net, 2, seed=4)
    before = snapshot(params, xs, state, dhs, dstate)
    freeze(params, xs, state, dhs, dstate)
    run = net.forward(params, xs, state, lengths=lengths, rng=rng(5))
    outputs = snapshot(run.hs, run.state)
    net.backward(params, run, dhs, dstate)
    assert snapshot(params, xs, state, dhs, dstate) == before
    assert snapshot(run.hs, run.state) == outputs


@pytest.mark.parametrize(("loss", "at"), list(product(["cross_entropy", "mse"], ["each_step", "last_step"])))
def test_nothing_handed_to_a_model_is_changed(loss, at):
    net = rnnlib.DeepRNN("gru", 2, 3, 2, residual=True)
    model = rnnlib.Model(net, 3, loss=loss, at=at)
    rows = (5, 2) if at == "each_step" else (2,)
    targets = rng(5).integers(0, 3, rows) if loss == "cross_entropy" else rng(5).standard_normal((*rows, 3))
    params, xs, lengths = random_params(model, 1), rng(2).standard_normal((5, 2, 2)), np.array([2, 5])
    before = snapshot(params, xs, targets, lengths)
    freeze(params, xs, targets, lengths)
    _, grads = model.loss_and_grads(params, xs, targets, lengths)
    model.predict(params, xs, lengths)
    model.evaluate(params, xs, targets, lengths)
    rnnlib.clip_by_global_norm(grads, 1e-3)
    for optimizer in (rnnlib.SGD(0.1, momentum=0.9), rnnlib.Adam(0.1)):
        list(rnnlib.train(model, params, [(xs, targets, lengths)] * 2, optimizer, clip_norm=0.01))
    if at == "each_step":
        list(rnnlib.train(model, params, [(xs, targets, lengths)], truncate=2))
    assert snapshot(params, xs, targets, lengths) == before


# ---- float32


@every_cell
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_float32_agrees_with_float64_and_stays_float32(cell, nonlinearity, options):
    found = {}
    for dtype in (np.float64, np.float32):
        net = rnnlib.DeepRNN(cell, 2, 4, 3, nonlinearity=nonlinearity, dtype=dtype, **options)
        params = map_leaves(
            lambda a, dtype=dtype: a.astype(dtype),
            random_params(rnnlib.DeepRNN(cell, 2, 4, 3, nonlinearity=nonlinearity, **options), 1),
        )
        xs = rng(2).standard_normal((6, 3, 2)).astype(dtype)
        run = net.forward(params, xs, random_state(net, 3), lengths=[6, 2, 4], rng=rng(3))
        grad = net.backward(params, run, random_like(run.hs, 4), random_like(run.state, 5))
        found[dtype] = [run.hs, *(r.hs for r in run.layers), run.state, grad.params, grad.xs, grad.state, grad.hs]
        assert {a.dtype for a in arrays(*found[dtype])} == {np.dtype(dtype)}
    exact = list(arrays(*found[np.float64]))
    for (name, got), want in zip(leaves(found[np.float32]), exact, strict=True):
        assert np.abs(got - want).max() <= 1e-4 * max(1, np.abs(want).max()), name


@pytest.mark.parametrize(
    "optimizer", [rnnlib.SGD(np.float64(0.1), 0.9), rnnlib.Adam(np.float64(0.1))], ids=["SGD", "Adam"]
)
@pytest.mark.parametrize(("loss", "at"), list(product(["cross_entropy", "mse"], ["each_step", "last_step"])))
def test_models_and_optimizers_stay_float32(loss, at, optimizer):
    net = rnnlib.DeepRNN("lstm", 2, 3, 2, dtype=np.float32)
    model = rnnlib.Model(net, 3, loss=loss, at=at)
    xs, rows = rng(2).standard_normal((5, 2, 2)).astype(np.float32), (5, 2) if at == "each_step" else (2,)
    targets = rng(5).integers(0, 3, rows) if loss == "cross_entropy" else np.ones((*rows, 3), np.float32)
    params = model.init(rng(1))
    for step in rnnlib.train(model, params, [(xs, targets, np.array([5, 3]))] * 3, optimizer, clip_norm=0.01):
        assert {a.dtype for a in arrays(step.params, step.grads)} == {np.dtype(np.float32)}
    assert model.predict(params, xs).dtype == np.float32


# ------------------------------------------------------------------------------------------------ closed gates


@pytest.mark.parametrize(("dtype", "nine", "five"), [(np.float64, -16, -25), (np.float32, None, -4)])
def test_a_gate_is_exact_to_the_last_place_of_one(dtype, nine, five):
    """σ(z) = ½ tanh(z/2) + ½ is off by at most a unit in the last place of 1, and so a closed gate has few right
    digits: nine down to z = -16 in float64, five down to -25 there and -4 in float32."""
    net = rnnlib.DeepRNN("lstm", 1, 1, dtype=dtype)
    zs = np.linspace(-45, 45, 3001)
    exact = np.where(zs < 0, np.exp(-np.logaddexp(0, -zs)), 1 / (1 + np.exp(-np.abs(zs))))
    params = net.init(np.random.default_rng(0))
    params = [{k: np.zeros_like(v) for k, v in params[0].items()}]
    params[0]["W_xh"][0, 1] = 1  # the forget gate hears x alone
    run = net.forward(params, zs.astype(dtype)[None, :, None])
    gate = run.layers[0].passes[0].gates[0, 1, 0].astype(np.float64)
    exact = exact if dtype is np.float64 else np.exp(-np.logaddexp(0, -zs.astype(dtype).astype(np.float64)))
    off = np.abs(gate - exact)
    assert off.max() <= np.finfo(dtype).eps
    for digits, least in ((1e-9, nine), (1e-5, five)):
        if least is not None:
            assert (off / exact)[zs >= least].max() <= digits
    assert gate[zs < {np.float64: -40, np.float32: -20}[dtype]].max() == 0
