"""Nets behind each other: the same as by hand, whatever stands in the chain; lengths and states go their way."""

import os

import numpy as np
import pytest
from helpers import (
    assert_trees_close,
    load_torch,
    random_like,
    random_params,
    random_state,
    rng,
    snapshot,
    worst_difference,
)

import rnnlib
from rnnlib.neighbours import Attention, Chain, Convolution, LinearRecurrence, Pooling, Transformer
from rnnlib.neighbours.neighbour import Neighbour, gradient
from rnnlib.tree import leaves, map_leaves

RNN = rnnlib.DeepRNN


class EverySecond(Neighbour):
    """hs_s = x_{2s} W + b: the smallest net that strides. With keep=True hs_s = x_{2s}, and there are no parameters."""

    def __init__(self, input_size, output_size, keep=False, dtype=np.float64):
        super().__init__(input_size, output_size, np.dtype(dtype).type)
        self.keep = keep

    def shapes(self):
        D, N = self.input_size, self.output_size
        return {} if self.keep else {"W": [("D", D), ("N", N)], "b": [("N", N)]}

    def steps(self, n):
        return (n + 1) // 2

    def through(self, p, xs, mask, state, rng):
        hs = xs[::2] if self.keep else xs[::2] @ p["W"] + p["b"]
        return np.ascontiguousarray(hs), None if mask is None else mask[::2], [], xs

    def back(self, p, xs, dhs, dstate):
        dxs = np.zeros_like(xs)
        dxs[::2] = dhs if self.keep else dhs @ p["W"].T
        if self.keep:
            return gradient({}, dxs, [dhs])
        return gradient({"W": np.tensordot(xs[::2], dhs, ((0, 1), (0, 1))), "b": dhs.sum((0, 1))}, dxs, [dhs])


def problem(seed=0, T=9, B=3):
    """A chain that strides twice, attends, reads in both directions and has a net without parameters, and a batch."""
    chain = Chain(
        [EverySecond(2, 3), RNN("gru", 3, 4, 2), EverySecond(4, 4, keep=True), Attention(4, 4, 2), RNN("lstm", 4, 2)]
    )
    return chain, random_params(chain, seed), rng(seed).standard_normal((T, B, 2)), [T, 2, 5]


# ---- gradients


def test_drawn_chains(say):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st = hypothesis.strategies
    errors = []

    def net(draw, D, H):
        kinds = ["recurrent", "attention", "strided", "keep", "chain", "convolution", "pooling", "linear", "blocks"]
        kind = draw(st.sampled_from(kinds))
        if kind == "attention":
            return Attention(D, 2 * H, draw(st.sampled_from([1, 2])), draw(st.booleans()))
        if kind in ("strided", "keep"):
            return EverySecond(D, D if kind == "keep" else H, kind == "keep")
        if kind == "convolution":
            options = {"dilation": draw(st.integers(1, 2)), "stride": draw(st.integers(1, 3))}
            return Convolution(D, H, draw(st.integers(1, 3)), nonlinearity="tanh", **options)
        if kind == "pooling":
            return Pooling(D, draw(st.sampled_from(["max", "mean"])), draw(st.sampled_from([None, 1, 2, 3])))
        if kind == "linear":
            return LinearRecurrence(draw(st.sampled_from(["mingru", "lru"])), D, H, num_layers=draw(st.integers(1, 2)))
        if kind == "blocks":
            return Transformer(D, 4, draw(st.integers(1, 2)), causal=draw(st.booleans()))
        if kind == "chain":
            return Chain([RNN("gru", D, H), EverySecond(H, H)])
        cell = draw(st.sampled_from(["rnn", "lstm", "gru"]))
        options = {"bidirectional": draw(st.booleans()), "dropout": draw(st.sampled_from([0.0, 0.3]))}
        return RNN(cell, D, H, draw(st.sampled_from([1, 2])), residual=draw(st.booleans()), **options)

    @st.composite
    def configurations(draw):
        nets, D = [], draw(st.integers(1, 3))
        for _ in range(draw(st.integers(1, 4))):
            nets.append(net(draw, D, draw(st.integers(1, 3))))
            D = nets[-1].output_size
        T, B = draw(st.sampled_from([1, 2, 7])), draw(st.integers(1, 3))
        lengths = draw(st.none() | st.lists(st.integers(1, T), min_size=B, max_size=B))
        return Chain(nets), T, B, lengths, draw(st.booleans()), draw(st.integers(0, 2**31))

    @hypothesis.settings(max_examples=int(os.environ.get("RNNLIB_GRADCHECK_EXAMPLES", 30)))
    @hypothesis.given(configurations())
    def check(configuration):
        chain, T, B, lengths, indices, seed = configuration
        xs = rng(seed).integers(0, chain.input_size, (T, B)) if indices else rng(seed).standard_normal((T, B, 3))
        xs = xs if indices else xs[..., : chain.input_size].copy()
        result = rnnlib.gradcheck(
            chain,
            random_params(chain, seed),
            xs,
            lengths=lengths,
            state=random_state(chain, B, seed),
            entries=1,
            directions=1,
        )
        errors.append(result.error)
        assert result.error <= 1e-6, (chain.described, T, B, lengths, result)

    check()
    say(f"chains: {len(errors)} drawn, worst relative error against finite differences {max(errors):.1e}")


@pytest.mark.parametrize("at", ["each_step", "last_step"])
@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
@pytest.mark.parametrize("ragged", [False, True], ids=["full", "ragged"])
def test_a_model_on_a_chain(loss, at, ragged):
    """9 steps go in and 3 come out: the targets have 3, or one a sequence."""
    chain, _, xs, lengths = problem()
    model, sizes = rnnlib.Model(chain, 2, loss, at), (3, 3) if at == "each_step" else (3,)
    targets = rng(1).integers(0, 2, sizes) if loss == "cross_entropy" else rng(1).standard_normal((*sizes, 2))
    lengths = lengths if ragged else None
    looks = {"lengths": lengths, "entries": 1, "directions": 1}
    assert rnnlib.gradcheck(model, random_params(model), xs, targets, **looks).error <= 1e-6
    batch = (xs, targets) if lengths is None else (xs, targets, lengths)
    losses = [step.loss for step in rnnlib.train(model, model.init(rng(0)), [batch] * 30, rnnlib.Adam(0.03))]
    assert losses[-1] < 0.9 * losses[0]
    if at == "each_step":
        with pytest.raises(ValueError, match=r"batches\[0\] targets: expected 3 along axis 0 \(T\).*got 9"):
            next(rnnlib.train(model, model.init(rng(0)), [(xs, np.repeat(targets, 3, 0))]))


def test_a_model_may_leave_the_read_out_to_its_net():
    """A convolution over one step is the product W_hy and b_y: output_size None and the same numbers."""
    net, last = RNN("lstm", 2, 3, bidirectional=True), Convolution(6, 4, 1)
    own, chained = rnnlib.Model(net, 4), rnnlib.Model(Chain([net, last]), None)
    params, (xs, targets, lengths) = random_params(own), (rng(1).standard_normal((5, 3, 2)), rng(2), [5, 1, 3])
    targets = targets.integers(0, 4, (5, 3))
    same = {"layers": [params["layers"], {"W": params["W_hy"][None], "b": params["b_y"]}]}
    assert chained.output_size == 4 and chained.init(rng(0)).keys() == {"layers"}
    np.testing.assert_allclose(chained.predict(same, xs), own.predict(params, xs), rtol=1e-12, atol=1e-14)
    (loss, grads), (loss_2, grads_2) = (
        model.loss_and_grads(p, xs, targets, lengths) for model, p in ((own, params), (chained, same))
    )
    assert loss == pytest.approx(loss_2, rel=1e-12)
    assert_trees_close(list(grads["layers"]), list(grads_2["layers"][0]))
    assert_trees_close([grads["W_hy"], grads["b_y"]], [grads_2["layers"][1]["W"][0], grads_2["layers"][1]["b"]])
    with pytest.raises(ValueError, match=r"params: expected the keys \[\], got \['W_hy', 'b_y'\]"):
        chained.predict(params | same, xs)
    at_the_end = rnnlib.Model(Chain([RNN("gru", 2, 3), Pooling(3)]), None, at="last_step")
    assert rnnlib.gradcheck(at_the_end, random_params(at_the_end), xs, targets[0] % 3, lengths=lengths).error <= 1e-6


def test_the_last_step_of_a_chain_that_strides():
    """Sequences of 9, 2 and 5 steps leave 3, 1 and 2: there they are read."""
    chain, params, xs, lengths = problem()
    run = rnnlib.Model(chain, 2, at="last_step").forward(
        {"layers": params, "W_hy": np.eye(2), "b_y": np.zeros(2)}, xs, lengths
    )
    np.testing.assert_array_equal(run.ys, run.run.hs[[2, 0, 1], np.arange(3)])
    np.testing.assert_array_equal(run.run.mask.sum(0), [3, 1, 2])
    assert chain.steps(9) == len(run.run.hs) == 3 and list(chain.steps(np.array(lengths))) == [3, 1, 2]


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_a_last_net_of_both_directions_is_read_at_both_ends(cell):
    chain = Chain([RNN("lstm", 2, 3), RNN(cell, 3, 2, bidirectional=True)])
    params = random_params(chain)
    model, xs = rnnlib.Model(chain, 4, at="last_step"), rng(1).standard_normal((5, 3, 2))
    run = model.forward({"layers": params, "W_hy": np.eye(4), "b_y": np.zeros(4)}, xs, [5, 1, 3])
    np.testing.assert_array_equal(run.ys[:, :2], run.run.hs[[4, 0, 2], np.arange(3), :2])
    np.testing.assert_array_equal(run.ys[:, 2:], run.run.hs[0, :, 2:])


# ---- the same as by hand


def test_two_nets_by_hand():
    one, two = RNN("lstm", 2, 3, 2), RNN("gru", 3, 4)
    chain = Chain([one, two])
    params, xs, lengths = random_params(chain), rng(1).standard_normal((6, 3, 2)), [6, 1, 4]
    state = random_state(chain, 3)
    run = chain.forward(params, xs, state, lengths=lengths)
    below = one.forward(params[0], xs, state[:2], lengths=lengths)
    above = two.forward(params[1], below.hs, state[2:], lengths=lengths)
    np.testing.assert_array_equal(run.hs, above.hs)
    np.testing.assert_array_equal(run.mask, above.mask)
    assert snapshot(run.state) == snapshot(below.state + above.state)
    dhs, dstate = random_like(run.hs), random_like(run.state, 2)
    grad = chain.backward(params, run, dhs, dstate)
    upper = two.backward(params[1], above, dhs, dstate[2:])
    lower = one.backward(params[0], below, upper.xs, dstate[:2])
    assert snapshot(grad.params, grad.xs, grad.state, grad.hs) == snapshot(
        [lower.params, upper.params], lower.xs, lower.state + upper.state, lower.hs + upper.hs
    )


@pytest.mark.parametrize("net", [RNN("lstm", 3, 4, 2, bidirectional=True), Attention(3, 4), EverySecond(3, 2)])
def test_a_chain_of_one_is_the_net(net):
    chain, params = Chain([net]), random_params(net)
    xs, state = rng(1).standard_normal((5, 2, 3)), random_state(net, 2)
    runs = net.forward(params, xs, state, lengths=[5, 3]), chain.forward([params], xs, state, lengths=[5, 3])
    dhs, dstate = random_like(runs[0].hs), random_like(runs[0].state)
    grads = net.backward(params, runs[0], dhs, dstate), chain.backward([params], runs[1], dhs, dstate)
    assert snapshot(runs[0].hs, runs[0].state) == snapshot(runs[1].hs, runs[1].state)
    assert snapshot(grads[0].params, grads[0].xs, grads[0].state, grads[0].hs) == snapshot(
        grads[1].params[0], grads[1].xs, grads[1].state, grads[1].hs
    )
    assert chain.num_params == net.num_params and chain.output_size == net.output_size
    assert chain.carries_state == net.carries_state


def test_a_chain_of_chains_is_one_chain():
    chain, params, xs, lengths = problem()
    a, b, c, d, e = chain.nets
    nested, packed = Chain([Chain([a, b]), Chain([c]), Chain([d, e])]), [params[:2], params[2:]]
    runs = chain.forward(params, xs, lengths=lengths), nested.forward(packed, xs, lengths=lengths)
    assert snapshot(runs[0].hs, runs[0].state) == snapshot(runs[1].hs, runs[1].state)
    dhs = random_like(runs[0].hs)
    grads = chain.backward(params, runs[0], dhs), nested.backward(packed, runs[1], dhs)
    assert snapshot(grads[0].params, grads[0].xs, grads[0].hs) == snapshot(
        [*grads[1].params[0], *grads[1].params[1]], grads[1].xs, grads[1].hs
    )


def test_a_stack_is_a_chain_of_its_layers():
    """Three layers at once, or one net each: the equations are the same."""
    stack = RNN("gru", 2, 3, 3)
    chain, params = Chain([RNN("gru", 2, 3), RNN("gru", 3, 3), RNN("gru", 3, 3)]), random_params(stack)
    xs, state = rng(1).standard_normal((5, 2, 2)), random_state(stack, 2)
    runs = stack.forward(params, xs, state), chain.forward([[p] for p in params], xs, state)
    np.testing.assert_allclose(runs[0].hs, runs[1].hs, rtol=1e-13)
    dhs = random_like(runs[0].hs)
    grads = stack.backward(params, runs[0], dhs), chain.backward([[p] for p in params], runs[1], dhs)
    assert_trees_close(list(grads[0].params), [p for (p,) in grads[1].params])
    assert_trees_close(grads[0].hs, grads[1].hs)


# ---- padding and states


def test_every_sequence_as_if_alone():
    """However the batch is padded: hs, states and gradients."""
    chain, params, xs, lengths = problem()
    run = chain.forward(params, xs, lengths=lengths)
    dhs = random_like(run.hs)
    grad, total = chain.backward(params, run, dhs), None
    for b, n in enumerate(lengths):
        one = (slice(None), slice(b, b + 1))
        alone = chain.forward(params, xs[:n, b : b + 1])
        m = chain.steps(n)
        np.testing.assert_allclose(run.hs[:m, b : b + 1], alone.hs, rtol=1e-12)
        assert not run.hs[m:, b].any() and not grad.xs[n:, b].any()
        assert_trees_close([tuple(s[b : b + 1] for s in layer) for layer in run.state], alone.state)
        own = chain.backward(params, alone, dhs[one][:m])
        np.testing.assert_allclose(grad.xs[:n, b : b + 1], own.xs, rtol=1e-9, atol=1e-12)
        total = own.params if total is None else map_leaves(np.add, total, own.params)
    assert_trees_close(grad.params, total, rtol=1e-9)


@pytest.mark.parametrize("garbage", [np.nan, np.inf, 1e300])
def test_whatever_stands_in_the_padding(garbage):
    chain, params, xs, lengths = problem()
    spoiled, mask = xs.copy(), np.arange(9)[:, None] < lengths
    spoiled[~mask] = garbage
    runs = [chain.forward(params, x, lengths=lengths) for x in (xs, spoiled)]
    dhs = [random_like(runs[0].hs), random_like(runs[0].hs)]
    dhs[1][~runs[0].mask] = garbage
    grads = [chain.backward(params, run, d) for run, d in zip(runs, dhs)]
    assert snapshot(runs[0].hs, runs[0].state) == snapshot(runs[1].hs, runs[1].state)
    assert snapshot(*(getattr(grads[0], n) for n in ("params", "xs", "hs"))) == snapshot(
        *(getattr(grads[1], n) for n in ("params", "xs", "hs"))
    )


def test_a_chain_goes_on_where_it_stopped():
    chain = Chain([RNN("lstm", 2, 3), RNN("gru", 3, 3, 2)])
    params, xs = random_params(chain), rng(1).standard_normal((8, 2, 2))
    whole, first = chain.forward(params, xs), chain.forward(params, xs[:3])
    then = chain.forward(params, xs[3:], first.state)
    np.testing.assert_allclose(whole.hs, np.concatenate([first.hs, then.hs]), rtol=1e-13)
    assert_trees_close(whole.state, then.state)


def test_the_state_is_handed_on_where_all_of_it_goes_on():
    targets = rng(1).integers(0, 2, (8, 2))
    model = rnnlib.Model(Chain([RNN("lstm", 2, 3), RNN("gru", 3, 3, 2)]), 2)
    batches = [(rng(2).standard_normal((8, 2, 2)), targets)] * 2
    params = model.init(rng(0))
    steps = list(rnnlib.train(model, params, batches, truncate=4, carry_state=True))
    assert len(steps) == 4
    first = model.net.forward(params["layers"], batches[0][0][:4])
    goes_on = model.evaluate(steps[0].params, batches[0][0][4:], targets[4:], state=first.state)
    assert steps[1].loss == pytest.approx(goes_on, rel=1e-12)
    mixed = rnnlib.Model(Chain([RNN("lstm", 2, 3), Attention(3, 3)]), 2)
    for options, name in (({"truncate": 4}, "truncate"), ({"carry_state": True}, "carry_state")):
        with pytest.raises(ValueError, match=rf"{name}: expected .*got .*"):
            rnnlib.train(mixed, mixed.init(rng(0)), batches, **options)


def test_dropout_acts_in_every_net_and_only_with_an_rng():
    chain = Chain([RNN("gru", 2, 3, 2, dropout=0.5), RNN("gru", 3, 3, 2, dropout=0.3)])
    assert chain.dropout == 0.5
    params, xs = random_params(chain), rng(1).standard_normal((6, 2, 2))
    quiet, one, again, other = (chain.forward(params, xs, rng=r) for r in (None, rng(1), rng(1), rng(2)))
    assert snapshot(one.hs) == snapshot(again.hs) != snapshot(other.hs) != snapshot(quiet.hs)
    assert not np.array_equal(one.runs[1].layers[1].chosen, one.runs[0].layers[1].chosen)


# ---- files, measures, dtypes


def test_there_and_back_in_a_file(tmp_path):
    chain, params, xs, _ = problem()
    assert len(params) == 4 < len(chain.nets)  # the net without parameters has no entry
    rnnlib.save(tmp_path / "chain.npz", params)
    back = rnnlib.load(tmp_path / "chain.npz")
    assert snapshot(back) == snapshot(params)
    assert snapshot(chain.forward(back, xs).hs) == snapshot(chain.forward(params, xs).hs)
    assert chain.num_params == sum(a.size for _, a in leaves(params))


def test_the_gradients_flow_through_a_chain():
    chain, params, xs, lengths = problem()
    rows = rnnlib.gradient_flow(chain, params, xs, np.ones((3, 3, 2)), lengths=lengths)
    assert [len(row) for row in rows] == [5, 5, 5, 3, 3, 3] and all((row > 0).all() for row in rows)
    even = Chain([RNN("lstm", 2, 3, 2), Attention(3, 4)])
    flow = rnnlib.gradient_flow(even, random_params(even), xs, np.ones((9, 3, 4)))
    assert flow.shape == (3, 9) and (flow > 0).all()


def test_float32_stays():
    chain = Chain([EverySecond(2, 3, dtype=np.float32), RNN("gru", 3, 4, dtype=np.float32)])
    params, xs = random_params(chain), rng(1).standard_normal((5, 2, 2)).astype(np.float32)
    run = chain.forward(params, xs, lengths=[5, 2])
    grad = chain.backward(params, run, np.ones_like(run.hs))
    for name, a in leaves([run.hs, run.state, grad.params, grad.xs, grad.state, grad.hs]):
        assert a.dtype == np.float32, name


def test_in_torch():
    """nn.GRU, then nn.LSTM, differentiated by autograd."""
    torch = load_torch()
    chain = Chain([RNN("gru", 3, 4, 2), RNN("lstm", 4, 5, bidirectional=True)])
    params, xs = random_params(chain), rng(1).standard_normal((7, 2, 3))
    modules = torch.nn.GRU(3, 4, 2, dtype=torch.float64), torch.nn.LSTM(4, 5, bidirectional=True, dtype=torch.float64)
    for module, p in zip(modules, params):
        module.load_state_dict({n: torch.as_tensor(a) for n, a in rnnlib.to_torch(p).items()})
    inputs = torch.as_tensor(xs).requires_grad_()
    hs = modules[1](modules[0](inputs)[0])[0]
    run = chain.forward(params, xs)
    dhs = random_like(run.hs)
    (hs * torch.as_tensor(dhs)).sum().backward()
    grad = chain.backward(params, run, dhs)
    assert worst_difference(run.hs, hs.detach().numpy()) <= 1e-9
    assert worst_difference(grad.xs, inputs.grad.numpy()) <= 1e-9
    for module, g in zip(modules, grad.params):
        for name, value in rnnlib.to_torch(g).items():
            assert worst_difference(value, module.get_parameter(name).grad.numpy()) <= 1e-9, name


# ---- planted faults


def bent(monkeypatch, name, wrong):
    """Chain's method `name` with what it gives bent by `wrong(result)`."""
    right = getattr(Chain, name)
    monkeypatch.setattr(Chain, name, lambda self, *args, **kw: wrong(right(self, *args, **kw)))


def without_the_upper_state(grad):
    """The state of every net but the first gets no gradient."""
    grad.state[1:] = [tuple(np.zeros_like(s) for s in layer) for layer in grad.state[1:]]
    return grad


def upper_gradient_for_the_lower(parts):
    return parts[:1] + [[tuple(0 * s for s in layer) for layer in part] for part in parts[1:]]


FAULTS = {
    "the upper net's state gets no gradient": ("backward", without_the_upper_state, "state"),
    "dstate is handed to the first net alone": ("per_net", upper_gradient_for_the_lower, ""),
    "a net reads the gradient by its own outputs": (None, None, ""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_checker_catches(monkeypatch, fault):
    chain = Chain([RNN("lstm", 3, 3), RNN("gru", 3, 3)])
    params, xs, state = random_params(chain), rng(1).standard_normal((5, 2, 3)), random_state(chain, 2)
    assert rnnlib.gradcheck(chain, params, xs, state=state).error <= 1e-6
    name, wrong, where = FAULTS[fault]
    if name == "backward":
        bent(monkeypatch, name, wrong)
    elif name == "per_net":  # on the way back alone
        right = Chain.backward

        def backward(self, *args):
            with monkeypatch.context() as patch:
                bent(patch, "per_net", wrong)
                return right(self, *args)

        monkeypatch.setattr(Chain, "backward", backward)
    else:
        right = RNN.backward

        def backward(self, params, run, dhs, dstate=None):
            grad = right(self, params, run, dhs, dstate)
            grad.xs = dhs  # the widths agree, so nothing breaks
            return grad

        monkeypatch.setattr(RNN, "backward", backward)
    result = rnnlib.gradcheck(chain, params, xs, state=state)
    assert result.error > 1e-5 and where in result.where, result


def test_lengths_that_do_not_follow_the_strides_would_be_seen(monkeypatch):
    """The batch would no longer be as each sequence alone."""
    test_every_sequence_as_if_alone()
    monkeypatch.setattr(EverySecond, "through", lambda self, p, xs, mask, state, rng: (
        xs[::2] if self.keep else xs[::2] @ p["W"] + p["b"], None if mask is None else mask[: (len(xs) + 1) // 2],
        [], xs))  # fmt: skip
    with pytest.raises(AssertionError, match=r"any|Not equal to tolerance"):
        test_every_sequence_as_if_alone()


# ---- at the door


def test_bad_nets():
    for nets, kind, message in (
        ([], ValueError, r"nets: expected some entries"),
        (RNN("gru", 2, 3), TypeError, r"nets: expected a list with one entry per net, got DeepRNN"),
        ([RNN], TypeError, r"nets\[0\]: expected a network, such as a DeepRNN, got <class"),
        ([RNN("gru", 2, 3), "lstm"], TypeError, r"nets\[1\]: expected a network, such as a DeepRNN, got 'lstm'"),
        ([RNN("gru", 2, 3), RNN("gru", 4, 3)], ValueError, r"nets\[1\]: expected input_size=3, .*nets\[0\], got 4"),
        ([RNN("gru", 2, 3, bidirectional=True), RNN("gru", 3, 3)], ValueError, r"nets\[1\]: expected input_size=6"),
        ([RNN("gru", 2, 3), RNN("gru", 3, 3, dtype=np.float32)], ValueError, r"nets\[1\]: expected dtype float64"),
    ):
        with pytest.raises(kind, match=message):
            Chain(nets)


def test_bad_calls_are_refused_by_name_and_change_nothing():
    chain, params, xs, lengths = problem()
    run, state = chain.forward(params, xs, lengths=lengths), random_state(chain, 3)
    other = Chain(chain.nets[:2])
    moved = map_leaves(lambda a: a + 1, params)
    before = snapshot(params, xs, state, run.hs)
    V, T = ValueError, TypeError
    for call, kind, message in (
        (lambda: chain.forward(params[:2], xs), V, r"params: expected 4 entries"),
        (lambda: chain.forward([*params[:3], {}], xs), T, r"params\[3\]: expected a list"),
        (lambda: chain.forward([{}, *params[1:]], xs), V, r"params\[0\]: expected the keys \['W', 'b'\], got \[\]"),
        (lambda: chain.forward(params, xs[..., :1]), V, r"xs: expected 2 along axis 2 \(D\)"),
        (lambda: chain.forward(params, xs * np.nan), V, r"xs: expected finite values"),
        (lambda: chain.forward(params, xs, lengths=[9, 0, 1]), V, r"lengths: expected integers in 1..9, got 0"),
        (lambda: chain.forward(params, xs, rng=0), T, r"rng: expected a numpy.random.Generator"),
        (lambda: chain.forward(params, xs, state[:1]), V, r"state: expected 3 entries, one per layer that has a state"),
        (lambda: chain.forward(params, xs, [*state[:2], state[0]]), V, r"state of nets\[4\]\[0\]: expected 2 entries"),
        (lambda: chain.backward(params, chain, run.hs), T, r"run: expected what forward returned, got Chain"),
        (lambda: chain.backward(params, run, run.hs[1:]), V, r"dhs of nets\[4\]: expected 3 along axis 0"),
        (lambda: chain.backward(moved, run, run.hs), V, r"params.* of nets\[\d\]: expected the values with which"),
        (lambda: other.backward(params[:2], run, run.hs), V, r"run: expected a forward pass of this net"),
        (lambda: chain.init(0), T, r"rng: expected a numpy.random.Generator"),
    ):
        with pytest.raises(kind, match=message):
            call()
        assert snapshot(params, xs, state, run.hs) == before


def test_a_net_that_overflows_is_told_so():
    """And not that one's inputs were wrong: in training this is an explosion."""
    chain = Chain([EverySecond(2, 3), RNN("gru", 3, 4)])
    params = random_params(chain)
    params[0]["W"][:] = 1e308
    with np.errstate(over="ignore", invalid="ignore"):
        with pytest.raises(FloatingPointError, match=r"nets\[0\] gives numbers that are not finite"):
            chain.forward(params, np.full((3, 1, 2), 10.0))
