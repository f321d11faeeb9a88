"""A cell of one's own: what holds for the built-in cells holds for it, and what it does wrong is told.

RNNLIB_GRADCHECK_EXAMPLES=500 draws 500 configurations instead of 12.
"""

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from helpers import (
    arrays,
    assert_trees_close,
    freeze,
    random_like,
    random_params,
    random_state,
    rng,
    sigmoid,
    snapshot,
    worst_difference,
)

import rnnlib
from rnnlib import cells, flow
from rnnlib.course import explore
from rnnlib.course.exercises.own_cell import check_cell, ready
from rnnlib.course.explore.flow import gradients, lattice
from rnnlib.plain import sigmoid as stable_sigmoid
from rnnlib.plain_cells import ChoGRU, Elman, MinimalGatedUnit, PeepholeLSTM, PublishedMinimalGatedUnit
from rnnlib.tasks import temporal_order
from rnnlib.tree import leaves, map_leaves

TOLERANCE = 1e-6
OWN = [Elman, MinimalGatedUnit, PublishedMinimalGatedUnit, PeepholeLSTM, ChoGRU]
every_cell = pytest.mark.parametrize("make", OWN, ids=lambda c: c.__name__)
OPTIONS = {
    "plain": {},
    "skip_input": {"skip_input": True},
    "residual": {"residual": True},
    "layer_norm": {"layer_norm": True},
    "dropout": {"dropout": 0.4},
    "bidirectional": {"bidirectional": True},
    "all": {"skip_input": True, "residual": True, "layer_norm": True, "dropout": 0.4, "bidirectional": True},
}


def stack(make, *sizes, **options):
    """A stack of this cell; layer norm is left out where the cell's last product waits for it."""
    return rnnlib.DeepRNN(make(), *sizes, **options | ({"layer_norm": False} if make.late else {}))


# ---- the built-in cells once more, in the plain protocol


class PlainReLU(rnnlib.PlainCell):
    def forward(self, zx, zh, state):
        h = np.maximum(zx[0] + zh[0], 0)
        return (h,), h

    def backward(self, dstate, kept):
        dz = np.where(kept > 0, dstate[0], 0)[None]
        return dz, dz, (0,)


class PlainLSTM(rnnlib.PlainCell):
    gates, states, forget = 4, 2, 1

    def forward(self, zx, zh, state):
        (_, c_prev), z = state, zx + zh
        i, f, g, o = sigmoid(z[0]), sigmoid(z[1]), np.tanh(z[2]), sigmoid(z[3])
        c = f * c_prev + i * g
        return (o * np.tanh(c), c), (i, f, g, o, np.tanh(c), c_prev)

    def backward(self, dstate, kept):
        (dh, dc), (i, f, g, o, tanh_c, c_prev) = dstate, kept
        dc = dc + dh * o * (1 - tanh_c**2)
        dz = np.stack([dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * (1 - g**2), dh * tanh_c * o * (1 - o)])
        return dz, dz, (0, dc * f)


class PlainGRU(rnnlib.PlainCell):
    gates, own = 3, ("b_hn",)

    def forward(self, zx, zh, state, own):
        (h_prev,), (b_hn,) = state, own
        r, z = sigmoid(zx[:2] + zh[:2])
        zh_n = zh[2] + b_hn
        n = np.tanh(zx[2] + r * zh_n)
        return ((1 - z) * n + z * h_prev,), (r, z, n, zh_n, h_prev)

    def backward(self, dstate, kept, own):
        (dh,), (r, z, n, zh_n, h_prev) = dstate, kept
        dn = dh * (1 - z) * (1 - n**2)
        dr, dz = dn * zh_n * r * (1 - r), dh * (h_prev - n) * z * (1 - z)
        return (dr, dz, dn), (dr, dz, dn * r), (dh * z,), (dn * r,)


AGAIN = {
    "tanh": (Elman, ("rnn",), {}),
    "relu": (PlainReLU, ("rnn",), {"nonlinearity": "relu"}),
    "lstm": (PlainLSTM, ("lstm",), {}),
    "gru": (PlainGRU, ("gru",), {}),
    "gru, reset before": (ChoGRU, ("gru",), {"reset": "before"}),
}


@pytest.mark.parametrize("lengths", [None, [6, 2, 4]], ids=["full", "ragged"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
@pytest.mark.parametrize("name", AGAIN)
def test_a_built_in_cell_written_plainly_is_the_built_in_cell(name, options, lengths):
    make, cell, more = AGAIN[name]
    if make.late:  # layer norm is refused before a late product
        options = options | {"layer_norm": False}
    own, built = rnnlib.DeepRNN(make(), 2, 4, 3, **options), rnnlib.DeepRNN(*cell, 2, 4, 3, **more, **options)
    assert own.shapes() == built.shapes() and own.num_params == built.num_params
    scheme = {"recurrent": "orthogonal", "rho": 0.9} | ({"forget_bias": 1.0} if name == "lstm" else {})
    assert snapshot(own.init(rng(1), **scheme)) == snapshot(built.init(rng(1), **scheme))
    params, xs, state = random_params(built, 1), rng(2).standard_normal((6, 3, 2)), random_state(built, 3)
    found = []
    for net in (own, built):
        run = net.forward(params, xs, state, lengths=lengths, rng=rng(3))
        grad = net.backward(params, run, random_like(run.hs, 4), random_like(run.state, 5), by_step=True)
        found.append({"hs": run.hs, "state": run.state, "params": grad.params, "xs": grad.xs, "dstate": grad.state,
                      "dhs": grad.hs, "by_step": grad.by_step})  # fmt: skip
    assert_trees_close(*found, rtol=1e-12, atol=1e-12)


def test_a_fast_cell_is_taken_as_it_is():
    params, xs = random_params(rnnlib.DeepRNN("lstm", 2, 3, 2)), rng(1).standard_normal((4, 2, 2))
    runs = [rnnlib.DeepRNN(cell, 2, 3, 2).forward(params, xs) for cell in ("lstm", cells.LSTM())]
    assert snapshot(runs[0].hs) == snapshot(runs[1].hs)
    rnnlib.DeepRNN(cells.LSTM(), 2, 3, 2).backward(params, runs[1], runs[1].hs)  # another cell, an equal net


# ---- gradients


def assert_correct(net, seed=0, T=4, B=2, lengths=None, **looks):
    params, xs = random_params(net, seed), rng(seed).standard_normal((T, B, net.input_size))
    result = rnnlib.gradcheck(
        net, params, xs, lengths=lengths, state=random_state(net, B, seed), rng=rng(seed), **looks
    )
    assert result.error <= TOLERANCE, f"{net.described}, T={T}, lengths={lengths}: {result}"
    return result.error


def test_drawn_configurations(say):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st = hypothesis.strategies
    errors = []

    @st.composite
    def configurations(draw):
        make, T, B = draw(st.sampled_from(OWN)), draw(st.sampled_from([1, 2, 7])), draw(st.integers(1, 3))
        layer_norm = draw(st.booleans())
        net = stack(
            make,
            draw(st.integers(1, 3)),
            draw(st.integers(3 if layer_norm and make is Elman else 1, 4)),
            draw(st.sampled_from([1, 2, 3, 5])),
            skip_input=draw(st.booleans()),
            residual=draw(st.booleans()),
            layer_norm=layer_norm,
            dropout=draw(st.sampled_from([0.0, 0.3])),
            bidirectional=draw(st.booleans()),
        )
        lengths = draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))
        return {"net": net, "T": T, "B": B, "lengths": lengths, "seed": draw(st.integers(0, 10**6))}

    @hypothesis.settings(max_examples=int(os.environ.get("RNNLIB_GRADCHECK_EXAMPLES", 12)))
    @hypothesis.given(configurations())
    def check(configuration):
        errors.append(assert_correct(**configuration, entries=1, directions=1))

    check()
    say(f"{len(errors)} drawn stacks of plain cells, worst relative gradient error {max(errors):.1e}")


@every_cell
@pytest.mark.parametrize("lengths", [None, [3, 1]], ids=["full", "ragged"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_every_option_with_every_cell(make, options, lengths):
    assert_correct(stack(make, 2, 3, 2, **options), seed=1, T=3, lengths=lengths, entries=0, directions=1)


@every_cell
@pytest.mark.parametrize(("L", "T"), [(1, 1), (1, 7), (5, 2)])
def test_every_depth_with_every_length(make, L, T):
    assert_correct(stack(make, 2, 3, L), seed=2, T=T, entries=0, directions=1)


@every_cell
def test_every_entry_of_a_small_net(make):
    assert_correct(stack(make, 1, 2, 2), seed=3, T=2, entries=None, directions=0)


@every_cell
def test_a_model_reads_whole_numbers(make):
    model = rnnlib.Model(stack(make, 5, 3, 2, skip_input=True), 4, at="last_step")
    xs, targets = rng(4).integers(0, 5, (4, 3)), rng(5).integers(0, 4, 3)
    result = rnnlib.gradcheck(model, random_params(model, 4), xs, targets, lengths=[4, 1, 3], entries=2)
    assert result.error <= TOLERANCE, result


# ---- planted faults run, and gradcheck says where


class LostPeephole(PeepholeLSTM):
    def backward(self, dstate, kept, own):
        dzx, dzh, dstate_prev, (dp_i, dp_f, dp_o) = super().backward(dstate, kept, own)
        return dzx, dzh, dstate_prev, (dp_i, dp_f, 1.001 * dp_o)


class BlockedPeephole(PeepholeLSTM):
    """The way from o's peephole back into c is forgotten."""

    def backward(self, dstate, kept, own):
        return super().backward(dstate, kept, (own[0], own[1], 0 * own[2]))


class NoBypass(MinimalGatedUnit):
    def backward(self, dstate, kept):
        return (*super().backward(dstate, kept)[:2], (0,))


class OneGradientForBoth(MinimalGatedUnit):
    """zx_n and zh_n do not enter as their sum: f stands before the second."""

    def backward(self, dstate, kept):
        dzx, _, dstate_prev = super().backward(dstate, kept)
        return dzx, dzx, dstate_prev


class SwappedGates(MinimalGatedUnit):
    def backward(self, dstate, kept):
        dzx, dzh, dstate_prev = super().backward(dstate, kept)
        return dzx[::-1], dzh[::-1], dstate_prev


class WrongLateProduct(PublishedMinimalGatedUnit):
    """The gradient of what the product read takes another way than the product."""

    def backward(self, dstate, kept, product):
        return super().backward(dstate, kept, lambda dz: 0.999 * product(dz))


FAULTS = {
    LostPeephole: r"params/\d/p_o",
    BlockedPeephole: "",
    NoBypass: "",
    OneGradientForBoth: "",
    SwappedGates: "",
    WrongLateProduct: "",
}


@pytest.mark.parametrize("make", FAULTS, ids=lambda c: c.__name__)
def test_a_wrong_backward_runs_and_gradcheck_finds_it(make, T=3):
    for cell, wrong in ((make, True), (make.__base__, False)):
        net = stack(cell, 2, 3, 2)
        params, xs = random_params(net), rng(1).standard_normal((T, 2, 2))
        result = rnnlib.gradcheck(net, params, xs, state=random_state(net, 2), rng=rng(2), entries=1)
        assert (result.error > 1e-5) == wrong, result
        if wrong and FAULTS[make]:
            assert re.match(FAULTS[make], result.where), result


def test_with_one_step_and_one_layer_a_lost_bypass_shows_at_the_state_alone():
    net = rnnlib.DeepRNN(NoBypass(), 2, 3)
    result = rnnlib.gradcheck(net, random_params(net), rng(1).standard_normal((1, 2, 2)), state=random_state(net, 2))
    assert result.where.startswith("state/0/0")


# ---- one pass in many ways


@every_cell
def test_lengths_are_each_sequence_alone_whatever_stands_in_the_padding(make):
    net = stack(make, 2, 3, 2, bidirectional=True, residual=True)
    params, xs, lengths = random_params(net), rng(1).standard_normal((6, 3, 2)), [6, 1, 4]
    for b, n in enumerate(lengths):
        xs[n:, b] = np.nan
    run = net.forward(params, xs, lengths=lengths)
    dhs = random_like(run.hs, 2)
    grad = net.backward(params, run, np.where(run.mask[..., None], dhs, np.nan))
    parts = []
    for b, n in enumerate(lengths):
        alone = net.forward(params, np.ascontiguousarray(xs[:n, b : b + 1]))
        np.testing.assert_allclose(run.hs[:n, b], alone.hs[:, 0], rtol=1e-12, atol=1e-14)
        assert not run.hs[n:, b].any()
        parts.append(net.backward(params, alone, np.ascontiguousarray(dhs[:n, b : b + 1])))
        np.testing.assert_allclose(grad.xs[:n, b], parts[-1].xs[:, 0], rtol=1e-10, atol=1e-13)
    assert_trees_close(list(grad.params), map_leaves(lambda *g: sum(g), *(list(p.params) for p in parts)))


@every_cell
def test_steps_halves_and_a_pass_that_keeps_nothing_agree(make):
    net = stack(make, 2, 3, 2, skip_input=True)
    params, xs, state = random_params(net), rng(1).standard_normal((7, 2, 2)), random_state(net, 2)
    whole = net.forward(params, xs, state)
    first = net.forward(params, xs[:3], state)
    second = net.forward(params, xs[3:], first.state, keep=False)
    ready, steps, s = net.prepare(params), [], state
    for x in xs:
        h, s = net.step(ready, x, s)
        steps.append(h)
    assert worst_difference(np.concatenate([first.hs, second.hs]), whole.hs) <= 1e-14
    assert worst_difference(steps, whole.hs) <= 1e-14
    for other in (second.state, s):
        assert_trees_close([list(t) for t in other], [list(t) for t in whole.state], rtol=1e-13)


@every_cell
@pytest.mark.parametrize("options", [{}, OPTIONS["all"]], ids=["plain", "all"])
def test_nothing_is_changed_and_twice_is_the_same(make, options):
    net = stack(make, 2, 3, 3, **options)
    params, xs, state = random_params(net, 1), rng(2).standard_normal((5, 2, 2)), random_state(net, 2)
    freeze(params, xs, state)
    run = net.forward(params, xs, state, lengths=[5, 2], rng=rng(3))
    dhs = random_like(run.hs, 4)
    first, again = (net.backward(params, run, dhs) for _ in range(2))
    assert snapshot(first.params, first.xs, first.state) == snapshot(again.params, again.xs, again.state)


@every_cell
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
def test_float32_agrees_with_float64_and_stays_float32(make, options):
    found = {}
    for dtype in (np.float64, np.float32):
        net = stack(make, 2, 4, 3, dtype=dtype, **options)
        params = map_leaves(lambda a, d=dtype: a.astype(d), random_params(stack(make, 2, 4, 3, **options), 1))
        run = net.forward(params, rng(2).standard_normal((6, 3, 2)).astype(dtype), lengths=[6, 2, 4], rng=rng(3))
        grad = net.backward(params, run, random_like(run.hs, 4), random_like(run.state, 5))
        found[dtype] = [run.hs, run.state, grad.params, grad.xs, grad.state, grad.hs]
        assert {a.dtype for a in arrays(*found[dtype])} == {np.dtype(dtype)}
    for (name, got), want in zip(leaves(found[np.float32]), arrays(*found[np.float64]), strict=True):
        assert np.abs(got - want).max() <= 1e-4 * max(1, np.abs(want).max()), name


# ---- what else takes a network


@every_cell
def test_training_saving_and_loading(make, tmp_path):
    task = temporal_order(10)
    net = stack(make, task.input_size, 16, 2, dtype=np.float32)
    model = rnnlib.Model(net, task.output_size, task.loss, task.at)
    params = model.init(rng(0), recurrent="orthogonal")
    losses = []
    for step in rnnlib.train(model, params, task.batches(rng(1), 32, np.float32), rnnlib.Adam(1e-2), clip_norm=1.0):
        losses.append(step.loss)
        if step.index == 100:
            break
    assert np.mean(losses[-10:]) < 0.85 * np.mean(losses[:10])
    own = {name for layer in step.params["layers"] for name in layer} - {"W_xh", "W_hh", "b_h"}
    assert own == set(make.own)
    for layer, before in zip(step.params["layers"], params["layers"]):
        assert all((layer[name] != before[name]).any() for name in layer)  # everything learns
    rnnlib.save(tmp_path / "net.npz", step.params)
    assert snapshot(rnnlib.load(tmp_path / "net.npz")) == snapshot(step.params)


def test_own_parameters_have_names_shapes_a_start_and_a_count():
    net = rnnlib.DeepRNN(PeepholeLSTM(), 3, 4, 2, bidirectional=True)
    assert net.shapes()[1]["p_f_reverse"] == [("H", 4)]
    assert net.num_params == rnnlib.DeepRNN("lstm", 3, 4, 2, bidirectional=True).num_params + 2 * 2 * 3 * 4
    params = net.init(rng(0), forget_bias=2.0)
    assert (params[1]["b_h_reverse"][4:8] == 2).all() and 0 < np.abs(params[0]["p_i"]).max() <= 0.5
    assert not net.init(rng(0), bias="zeros")[0]["p_o"].any()
    with pytest.raises(ValueError, match="forget_bias: expected a cell with a forget gate"):
        rnnlib.DeepRNN(MinimalGatedUnit(), 3, 4).init(rng(0), forget_bias=1.0)


def test_a_peephole_lstm_without_peepholes_is_an_lstm():
    own, built = rnnlib.DeepRNN(PeepholeLSTM(), 2, 3, 2), rnnlib.DeepRNN("lstm", 2, 3, 2)
    params, xs = random_params(built), rng(1).standard_normal((5, 2, 2))
    closed = [p | {name: np.zeros(3) for name in PeepholeLSTM.own} for p in params]
    assert worst_difference(own.forward(closed, xs).hs, built.forward(params, xs).hs) <= 1e-13


@every_cell
def test_measures_of_gradient_flow(make):
    net = stack(make, 2, 3, 2)
    params, xs = random_params(net), rng(1).standard_normal((5, 1, 2))
    run = net.forward(params, xs)
    dhs = random_like(run.hs, 2)
    grad = net.backward(params, run, dhs)
    np.testing.assert_array_equal(rnnlib.gradient_flow(net, params, xs, dhs), flow.norms(grad))
    Js = flow.step_jacobians(net, params, xs[:, 0])
    np.testing.assert_allclose(np.linalg.multi_dot(Js[::-1]), flow.long_range_jacobian(net, params, xs[:, 0]))
    assert flow.weight_gradients_by_step(net, params, xs, dhs).shape == (2, 5)
    assert ((flow.saturation(run) >= 0) & (flow.saturation(run) <= 1)).all()


@pytest.mark.parametrize(
    "name",
    ["GradientFlow", "DeepStates", "StepByStep", "Truncation", "StackSizes", "LiveTraining"],
)
@pytest.mark.parametrize("make", [MinimalGatedUnit, PeepholeLSTM, ChoGRU], ids=lambda c: c.__name__)
def test_explorers_that_let_the_cell_be_chosen_take_one(name, make):
    explorer = getattr(explore, name)(cell=make())
    explorer.settle()
    assert make.__name__ in explorer.inputs["cell"].label
    before = explorer.image.value
    explorer.inputs["cell"].value = "LSTM"
    explorer.settle()
    assert explorer.image.value != before


def test_the_lattice_drawn_is_the_own_cells():
    cell = MinimalGatedUnit()
    net, _, _, grad = gradients(2, 12, cell, gain=1.2)
    assert net.cell is cell and np.array_equal(lattice(2, 12, cell, gain=1.2), flow.norms(grad))
    assert not np.array_equal(lattice(2, 12, "GRU", gain=1.2), flow.norms(grad))


def test_checkup_and_layer_norm_refuse_a_late_product():
    for refused in (lambda: explore.Checkup(cell=ChoGRU()), lambda: rnnlib.DeepRNN(ChoGRU(), 2, 3, layer_norm=True)):
        with pytest.raises(ValueError, match=r"expected .* ChoGRU\(\)"):
            refused()
    assert explore.GradientFlow(cell=ChoGRU()).inputs["layer_norm"].disabled


# ---- which nets are the same


class Leaky(rnnlib.PlainCell):
    """h_t = (1 - α) h_{t-1} + α tanh(zx + zh)      (Jaeger et al. 2007)"""

    def __init__(self, alpha):
        self.alpha = alpha

    def forward(self, zx, zh, state):
        y = np.tanh(zx[0] + zh[0])
        return ((1 - self.alpha) * state[0] + self.alpha * y,), y

    def backward(self, dstate, kept):
        dz = [self.alpha * dstate[0] * (1 - kept**2)]
        return dz, dz, ((1 - self.alpha) * dstate[0],)


@pytest.mark.parametrize("alpha", [0.3, np.array([[0.1], [0.5], [0.9]])], ids=["number", "array"])
def test_equal_cells_make_equal_nets(alpha):
    one, same, other = (rnnlib.DeepRNN(Leaky(a), 2, 3, 2) for a in (alpha, np.copy(alpha), alpha * 2))
    assert one.described == same.described != other.described
    assert one.described != rnnlib.DeepRNN("rnn", 2, 3, 2).described
    params, xs = random_params(one), rng(1).standard_normal((4, 2, 2))
    run = one.forward(params, xs)
    assert snapshot(same.backward(params, run, run.hs).params) == snapshot(one.backward(params, run, run.hs).params)
    assert snapshot(same.forward(one.prepare(params), xs).hs) == snapshot(run.hs)
    with pytest.raises(ValueError, match=r"run: expected a forward pass of this net, cell=Leaky\(alpha="):
        other.backward(params, run, run.hs)
    with pytest.raises(ValueError, match="params: expected what prepare of this net returned, cell=Leaky"):
        other.forward(one.prepare(params), xs)


def test_a_cell_changed_after_the_forward_pass_is_another():
    net = rnnlib.DeepRNN(Leaky(0.3), 2, 3)
    params, xs = random_params(net), rng(1).standard_normal((4, 2, 2))
    run = net.forward(params, xs)
    net.cell.alpha = 0.4
    with pytest.raises(ValueError, match=r"cell=Leaky\(alpha=0.4\); got cell=Leaky\(alpha=0.3\)"):
        net.backward(params, run, run.hs)


# ---- what a learner may get wrong, and what is said


def cell(forward=None, backward=None, **attributes):
    """A minimal gated unit named Mine with other methods or attributes."""
    methods = {k: v for k, v in {"forward": forward, "backward": backward}.items() if v is not None}
    return type("Mine", (MinimalGatedUnit,), methods | attributes)()


def returns(value):
    return lambda self, *args: value


def forward(change):
    """Forward of the minimal gated unit, its (h, kept) changed."""
    return lambda self, zx, zh, state: change(*MinimalGatedUnit.forward(self, zx, zh, state))


def backward(change):
    """Backward of the minimal gated unit, its (dzx, dzh, dstate_prev) changed."""
    return lambda self, dstate, kept: change(*MinimalGatedUnit.backward(self, dstate, kept))


def writes_into(position):
    def method(self, *args):
        a = args[position][0] if isinstance(args[position], tuple) else args[position]
        a += 1

    return method


def remembers(self, zx, zh, state):
    self.f = zx[0]
    return MinimalGatedUnit.forward(self, zx, zh, state)


class TwiceAsked(PublishedMinimalGatedUnit):
    def forward(self, zx, zh, state, product):
        product(state[0])
        return super().forward(zx, zh, state, product)


class AskedAcross(PublishedMinimalGatedUnit):
    def forward(self, zx, zh, state, product):
        return super().forward(zx, zh, state, lambda a: product(a.T))


V, T, F = ValueError, TypeError, FloatingPointError
MISTAKES = {  # the cell, the exception, what is said
    "not written": (type("Mine", (rnnlib.PlainCell,), {})(), NotImplementedError, r"Mine.forward is not written yet"),
    "backward not written": (
        type("Mine", (rnnlib.PlainCell,), {"forward": Elman.forward})(),
        NotImplementedError,
        r"Mine.backward is not written yet",
    ),
    "the class": (MinimalGatedUnit, T, r"cell: expected a cell, MinimalGatedUnit\(\), got the class MinimalGatedUnit"),
    "another object": (object(), V, r"cell: expected one of 'rnn', 'lstm', 'gru', got <object"),
    "no gates": (cell(gates=0), V, r"Mine.gates: expected an integer >= 1, got 0"),
    "half a state": (cell(states=1.5), T, r"Mine.states: expected an integer, got 1.5"),
    "late is a number": (cell(late=1), T, r"Mine.late: expected True or False, got 1"),
    "own is a text": (cell(own="p"), T, r"Mine.own: expected a tuple of names, got str"),
    "own is taken": (cell(own=("W_hh",)), V, r"Mine.own: expected new names, each once, got 'W_hh'"),
    "own twice": (cell(own=("p", "p")), V, r"Mine.own: expected new names, each once, got 'p'"),
    "own reverse": (cell(own=("p_reverse",)), V, r"Mine.own: expected new names"),
    "own with a slash": (cell(own=("p/q",)), V, r"Mine.own: expected new names"),
    "forget too high": (cell(forget=2), V, r"Mine.forget: expected an integer >= 0 and <= 1, got 2"),
    "forward None": (cell(returns(None)), T, r"Mine.forward: expected a pair, the new state and .*, got None"),
    "forward h alone": (cell(forward(lambda state, kept: state[0])), T, r"Mine.forward: expected a pair"),
    "state no tuple": (
        cell(forward(lambda state, kept: (state[0], kept))),
        T,
        r"Mine.forward: expected a tuple, the new state, with 1 in it, got array",
    ),
    "two states": (
        cell(forward(lambda state, kept: (state * 2, kept))),
        V,
        r"Mine.forward: expected a tuple, the new state, with 1 in it, got 2",
    ),
    "one state of two": (
        cell(lambda self, zx, zh, state: ((state[0],), None), states=2),
        V,
        r"Mine.forward: expected a tuple, the new state, with 2 in it, got 1",
    ),
    "state across": (
        cell(forward(lambda state, kept: ((state[0].T,), kept))),
        V,
        r"Mine.forward: new state\[0\]: expected 3 along axis 0 \(H\) of \(H=3, B=2\), got 2",
    ),
    "state of one axis": (
        cell(forward(lambda state, kept: ((state[0][:, 0],), kept))),
        V,
        r"Mine.forward: new state\[0\]: expected 2 axes \(H=3, B=2\), got 1, shape \(3,\)",
    ),
    "state 0": (cell(forward(lambda state, kept: ((0,), kept))), V, r"Mine.forward: new state\[0\]: expected 2 axes"),
    "state None": (
        cell(forward(lambda state, kept: ((None,), kept))),
        T,
        r"Mine.forward: new state\[0\]: expected an array of numbers, got None",
    ),
    "complex": (
        cell(forward(lambda state, kept: ((state[0] + 1j,), kept))),
        T,
        r"Mine.forward: new state\[0\]: expected an array of numbers",
    ),
    "not a number": (
        cell(forward(lambda state, kept: ((state[0] * np.nan,), kept))),
        F,
        r"Mine.forward: new state\[0\]: expected finite values, got nan at index \(0, 0\)",
    ),
    "zx changed": (cell(writes_into(0)), V, r"Mine.forward: expected arguments that stay as they are, got one changed"),
    "zh changed": (cell(writes_into(1)), V, r"Mine.forward: expected arguments that stay as they are"),
    "state changed": (cell(writes_into(2)), V, r"Mine.forward: expected arguments that stay as they are"),
    "kept in self": (cell(remembers), V, r"Mine.forward: expected a cell that keeps nothing .*, got a new self.f"),
    "asked twice": (TwiceAsked(), V, r"TwiceAsked.forward: expected one call of product, got 2"),
    "never asked": (
        cell(lambda self, zx, zh, state, product: (state, None), late=True),
        V,
        r"Mine.forward: expected one call of product, got 0",
    ),
    "zh has no last block": (
        cell(lambda self, zx, zh, state, product: ((zh[1],), product(zh[0])), late=True),
        IndexError,
        r"index 1 is out of bounds for axis 0 with size 1",
    ),
    "asked across": (AskedAcross(), V, r"AskedAcross.forward: product's argument: expected 3 along axis 0 \(H\)"),
    "backward None": (
        cell(backward=returns(None)),
        T,
        r"Mine.backward: expected a tuple, dzx, dzh, dstate_prev, with 3 in it, got None",
    ),
    "two of three": (
        cell(backward=backward(lambda dzx, dzh, ds: (dzx, dzh))),
        V,
        r"Mine.backward: expected a tuple, dzx, dzh, dstate_prev, with 3 in it, got 2",
    ),
    "three gates": (
        cell(backward=backward(lambda dzx, dzh, ds: (dzx, [*dzh, dzh[0]], ds))),
        V,
        r"Mine.backward: expected a tuple, dzh, with 2 in it, got 3",
    ),
    "one gate as an array": (
        cell(backward=backward(lambda dzx, dzh, ds: (np.stack(dzx)[:1], dzh, ds))),
        V,
        r"Mine.backward: dzx: expected 2 along axis 0 \(G\) of \(G=2, H=3, B=2\), got 1",
    ),
    "gate across": (
        cell(backward=backward(lambda dzx, dzh, ds: ([dzx[0], dzx[1].T], dzh, ds))),
        V,
        r"Mine.backward: dzx\[1\]: expected 3 along axis 0 \(H\) of \(H=3, B=2\), got 2",
    ),
    "state's gradient alone": (
        cell(backward=backward(lambda dzx, dzh, ds: (dzx, dzh, ds[0]))),
        T,
        r"Mine.backward: expected a tuple, dstate_prev, with 1 in it, got array",
    ),
    "gradient not a number": (
        cell(backward=backward(lambda dzx, dzh, ds: (dzx, dzh, (ds[0] / 0,)))),
        F,
        r"Mine.backward: dstate_prev\[0\]: expected finite values, got -?(inf|nan) at index \(0, 0\)",
    ),
    "dstate changed": (cell(backward=writes_into(0)), V, r"Mine.backward: expected arguments that stay as they are"),
    "kept changed": (cell(backward=writes_into(1)), V, r"Mine.backward: expected arguments that stay as they are"),
    "no gradient of its own": (
        type("Mine", (PeepholeLSTM,), {"backward": lambda *a: PeepholeLSTM.backward(*a)[:3]})(),
        V,
        r"Mine.backward: expected a tuple, dzx, dzh, dstate_prev, down, with 4 in it, got 3",
    ),
    "own summed by the learner": (
        type(
            "Mine",
            (PeepholeLSTM,),
            {"backward": lambda *a: (*(r := PeepholeLSTM.backward(*a))[:3], [d.sum(1) for d in r[3]])},
        )(),
        V,
        r"Mine.backward: down of p_i: expected 2 axes \(H=3, B=2\), got 1, shape \(3,\)",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told(mistake):
    mine, kind, words = MISTAKES[mistake]
    with np.errstate(divide="ignore", invalid="ignore"), pytest.raises(kind, match=words):
        net = rnnlib.DeepRNN(mine, 2, 3)
        params = random_params(net)
        run = net.forward(params, rng(1).standard_normal((4, 2, 2)))
        net.backward(params, run, random_like(run.hs, 2))


def test_the_learners_own_exceptions_pass():
    def breaks(self, *args):
        raise KeyError("mine")

    net = rnnlib.DeepRNN(cell(breaks), 2, 3)
    with pytest.raises(KeyError, match="mine"):
        net.forward(random_params(net), rng(1).standard_normal((4, 2, 2)))


def test_a_gradient_from_above_that_is_not_finite_is_passed_on():
    """As with the built-in cells: dhs need not be finite, and the gradient then is not either."""
    net = rnnlib.DeepRNN(MinimalGatedUnit(), 2, 3)
    params = random_params(net)
    run = net.forward(params, rng(1).standard_normal((4, 2, 2)))
    grad = net.backward(params, run, np.full_like(run.hs, np.nan))
    assert np.isnan(grad.params[0]["W_hh"]).all()


# ---- the exercises of notebook 07b


def solutions():
    """The classes in the page's folded solutions."""
    page = Path(__file__).resolve().parent.parent / "notebooks" / "07b_a_cell_of_your_own.ipynb"
    prose = ["".join(c["source"]) for c in json.loads(page.read_text(encoding="utf-8"))["cells"]]
    found = {"rnnlib": rnnlib, "np": np, "sigmoid": stable_sigmoid}
    for code in re.findall(r"```python\n(class .*?)```", "\n".join(prose), re.DOTALL):
        exec(code, found)
    return found["MyUnit"], found["MyPeephole"]


def test_the_solutions_on_the_page_are_right_and_wrong_ones_are_told(capsys):
    for mine, example in zip(solutions(), (MinimalGatedUnit, PeepholeLSTM)):
        assert check_cell(mine(), example()).startswith("right: ")
        solution = mine()
        assert ready(solution, example()) is solution
    unit = MinimalGatedUnit()
    assert check_cell(cell(returns(None)), unit) == "not tried yet"
    assert check_cell(cell(backward=returns(None)), unit) == "forward is right; backward is not written yet"
    assert "Of one step, dzh[1] is off" in check_cell(OneGradientForBoth(), unit)
    assert "Of one step, dstate_prev[0] is off" in check_cell(NoBypass(), unit)
    other_way = cell(forward(lambda state, kept: ((state[0] + 1e-6,), kept)))
    assert re.match(r"forward: at step 1, unit 1, state\[0\] is ", check_cell(other_way, unit))
    assert "new state[0]: expected 4 along axis 0" in check_cell(cell(forward(lambda s, k: ((s[0].T,), k))), unit)
    assert ready(NoBypass(), unit) is unit and "MinimalGatedUnit" in capsys.readouterr().out
