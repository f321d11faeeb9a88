"""The same thing computed two ways: by hand and by rnnlib, in one piece and in two, together and each alone."""

import numpy as np
import pytest
from helpers import (
    CELL_IDS,
    CELLS,
    assert_trees_close,
    hand_batch,
    hand_stack,
    random_like,
    random_params,
    random_state,
    rng,
)

import rnnlib
from rnnlib.gradcheck import derivative

every_cell = pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)
OPTIONS = {
    "plain": {},
    "skip_input": {"skip_input": True},
    "residual": {"residual": True},
    "layer_norm": {"layer_norm": True},
    "bidirectional": {"bidirectional": True},
    "all": {"skip_input": True, "residual": True, "layer_norm": True, "bidirectional": True},
}
every_option = pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
T, B, D, H = 6, 3, 2, 4


def case(cell, nonlinearity, L, seed=0, **options):
    """A net, parameters, inputs and a first state that is not zero."""
    net = rnnlib.DeepRNN(cell, D, H, L, nonlinearity=nonlinearity, **options)
    return net, random_params(net, seed), rng(seed).standard_normal((T, B, D)), random_state(net, B, seed)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-12)


# ---- by hand, from PyTorch's equations: one sequence, one step, one gate at a time


@every_cell
@pytest.mark.parametrize("L", [1, 2, 3, 5])
@every_option
def test_the_stack_is_the_hand_written_loop(cell, nonlinearity, L, options):
    """L = 1 is the layer by itself."""
    net, params, xs, state = case(cell, nonlinearity, L, **options)
    run = net.forward(params, xs, state)
    out, ends = hand_batch(net, params, xs, state)
    close(run.hs, out)
    assert_trees_close(run.state, ends)


@every_cell
@every_option
def test_no_state_is_a_state_of_zeros(cell, nonlinearity, options):
    net, params, xs, _ = case(cell, nonlinearity, 2, **options)
    run = net.forward(params, xs)
    out, ends = hand_batch(net, params, xs, net.zero_state(B))
    close(run.hs, out)
    assert_trees_close(run.state, ends)


def test_the_articles_formula():
    """h_t^l = tanh(W_hx^l x_t + W_hh^l h_{t-1}^l + W_hl^{l-1} h_t^{l-1} + b_h^l), as it is printed."""
    net, params, xs, _ = case("rnn", "tanh", 3, skip_input=True)
    h = [np.zeros((B, H))] * 3
    for t in range(T):
        for l, p in enumerate(params):
            W_hl, W_hx = (p["W_xh"][:H], p["W_xh"][H:]) if l else (np.zeros((H, H)), p["W_xh"])
            below = h[l - 1] if l else h[0]
            h[l] = np.tanh(xs[t] @ W_hx + h[l] @ p["W_hh"] + below @ W_hl + p["b_h"])
        close(net.forward(params, xs).hs[t], h[2])


@every_cell
def test_what_each_layer_computed(cell, nonlinearity):
    """run.layers[l].hs is h of layer l, without the residual sum; run.hs has it."""
    net, params, xs, state = case(cell, nonlinearity, 3, residual=True)
    run = net.forward(params, xs, state)
    for l in range(3):
        lower = rnnlib.DeepRNN(cell, D, H, l + 1, nonlinearity=nonlinearity, residual=True)
        close(sum(run.layers[k].hs for k in range(l + 1)), lower.forward(params[: l + 1], xs, state[: l + 1]).hs)
        close(run.layers[l].hs[-1], run.state[l][0])


@every_cell
def test_a_stack_is_layers_fed_by_hand(cell, nonlinearity):
    """L nets of one layer, each fed what the one below gave, with the gradient handed down the same way."""
    net, params, xs, state = case(cell, nonlinearity, 4)
    run = net.forward(params, xs, state)
    dhs, dstate = random_like(run.hs, 1), random_like(run.state, 2)
    grad = net.backward(params, run, dhs, dstate)
    singles = [rnnlib.DeepRNN(cell, H if l else D, H, nonlinearity=nonlinearity) for l in range(4)]
    runs, below = [], xs
    for l, single in enumerate(singles):
        runs.append(single.forward([params[l]], below, [state[l]]))
        below = runs[-1].hs
    close(run.hs, below)
    from_above = dhs
    for l in reversed(range(4)):
        one = singles[l].backward([params[l]], runs[l], from_above, [dstate[l]])
        assert_trees_close(one.params[0], grad.params[l])
        assert_trees_close(one.state[0], grad.state[l])
        close(one.hs[0], grad.hs[l])
        from_above = one.xs
    close(grad.xs, from_above)


@every_cell
@every_option
@pytest.mark.parametrize("lengths", [None, [6, 1, 4]], ids=["full", "ragged"])
def test_the_total_gradient_of_every_state(cell, nonlinearity, options, lengths):
    """grad.hs[l][t] is what happens to the loss if h_t of layer l is nudged, there, in the hand-written loop."""
    net, params, xs, state = case(cell, nonlinearity, 3, **options)
    run = net.forward(params, xs, state, lengths=lengths)
    dhs, dstate = random_like(run.hs, 1), random_like(run.state, 2)
    grad = net.backward(params, run, dhs, dstate)

    def loss(nudges):
        out, ends = hand_batch(net, params, xs, state, lengths, nudges)
        return (out * dhs).sum() + sum((a * b).sum() for e, d in zip(ends, dstate) for a, b in zip(e, d))

    draw = rng(3)
    for l in range(3):
        direction = [draw.standard_normal(run.hs.shape) * (k == l) for k in range(3)]
        numeric, _ = derivative(lambda eps, d=direction: loss([eps * a for a in d]))
        assert numeric == pytest.approx((grad.hs[l] * direction[l]).sum(), rel=1e-6, abs=1e-8)


# ---- in two halves


@every_cell
@pytest.mark.parametrize("options", ["plain", "skip_input", "residual", "layer_norm"])
def test_two_halves_are_one_whole(cell, nonlinearity, options):
    """The state handed on, and its gradient handed back. (One way only: a reverse direction begins at the end.)"""
    net, params, xs, state = case(cell, nonlinearity, 3, **OPTIONS[options])
    whole = net.forward(params, xs, state)
    first = net.forward(params, xs[:4], state)
    second = net.forward(params, xs[4:], first.state)
    close(whole.hs, np.concatenate([first.hs, second.hs]))
    assert_trees_close(whole.state, second.state)

    dhs, dstate = random_like(whole.hs, 1), random_like(whole.state, 2)
    grad = net.backward(params, whole, dhs, dstate)
    late = net.backward(params, second, dhs[4:], dstate)
    early = net.backward(params, first, dhs[:4], late.state)
    close(grad.xs, np.concatenate([early.xs, late.xs]))
    assert_trees_close(grad.state, early.state)
    for l in range(3):
        close(grad.hs[l], np.concatenate([early.hs[l], late.hs[l]]))
        for name, g in grad.params[l].items():
            close(g, early.params[l][name] + late.params[l][name])


# ---- lengths


@every_cell
@every_option
@pytest.mark.parametrize("padding", [0.0, np.nan, np.inf, 1e300])
def test_a_ragged_batch_is_each_sequence_alone(cell, nonlinearity, options, padding):
    """Outputs, states and every gradient, whatever stands in the padding of inputs and upstream gradients."""
    net, params, xs, state = case(cell, nonlinearity, 3, **options)
    lengths, dhs, dstate = [3, 6, 1], rng(1).standard_normal((T, B, net.output_size)), random_state(net, B, 2)
    for b, n in enumerate(lengths):
        xs[n:, b], dhs[n:, b] = padding, padding
    run = net.forward(params, xs, state, lengths=lengths)
    grad = net.backward(params, run, dhs, dstate)
    total = None
    for b, n in enumerate(lengths):
        alone, one = (slice(0, n), slice(b, b + 1)), slice(b, b + 1)
        own = net.forward(params, xs[alone], [tuple(s[one] for s in layer) for layer in state])
        own_grad = net.backward(params, own, dhs[alone], [tuple(s[one] for s in layer) for layer in dstate])
        close(run.hs[alone], own.hs)
        close(grad.xs[alone], own_grad.xs)
        assert not run.hs[n:, b].any() and not grad.xs[n:, b].any()
        for l in range(3):
            close(run.layers[l].hs[alone], own.layers[l].hs)
            close(grad.hs[l][alone], own_grad.hs[l])
            assert not run.layers[l].hs[n:, b].any() and not grad.hs[l][n:, b].any()
            for k, s in enumerate(own.state[l]):
                close(run.state[l][k][one], s)
                close(grad.state[l][k][one], own_grad.state[l][k])
        parts = own_grad.params
        total = parts if total is None else [{k: a[k] + b[k] for k in a} for a, b in zip(total, parts)]
    assert_trees_close(grad.params, total)


@every_cell
def test_full_lengths_are_no_lengths(cell, nonlinearity):
    net, params, xs, state = case(cell, nonlinearity, 2, bidirectional=True)
    run, full = net.forward(params, xs, state), net.forward(params, xs, state, lengths=np.full(B, T))
    close(run.hs, full.hs)
    dhs = random_like(run.hs)
    assert_trees_close(net.backward(params, run, dhs).params, net.backward(params, full, dhs).params)


@pytest.mark.parametrize("at", ["each_step", "last_step"])
@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
def test_a_ragged_loss_is_the_mean_over_what_is_real(loss, at):
    net, _, xs, _ = case("gru", "tanh", 2)
    model, lengths = rnnlib.Model(net, 3, loss=loss, at=at), [3, 6, 1]
    params = random_params(model)
    rows = (T, B) if at == "each_step" else (B,)
    targets = rng(1).integers(0, 3, rows) if loss == "cross_entropy" else rng(1).standard_normal((*rows, 3))
    if at == "each_step":
        for b, n in enumerate(lengths):
            targets[n:, b] = -1 if loss == "cross_entropy" else np.nan
    value, grads = model.loss_and_grads(params, xs, targets, lengths)
    losses, total = [], 0
    for b, n in enumerate(lengths):
        own_targets = targets[:n, b : b + 1] if at == "each_step" else targets[b : b + 1]
        own, own_grads = model.loss_and_grads(params, xs[:n, b : b + 1], own_targets)
        share = n / sum(lengths) if at == "each_step" else 1 / B
        losses.append(share * own)
        total = total + share * own_grads["layers"][0]["W_hh"]
    assert value == pytest.approx(sum(losses), rel=1e-12)
    close(grads["layers"][0]["W_hh"], total)
    assert model.evaluate(params, xs, targets, lengths) == value


# ---- directions, batch, dropout


@every_cell
def test_two_directions_are_two_one_way_runs(cell, nonlinearity):
    net, params, xs, state = case(cell, nonlinearity, 1, bidirectional=True)
    run = net.forward(params, xs, state)
    dhs, dstate = random_like(run.hs, 1), random_like(run.state, 2)
    grad = net.backward(params, run, dhs, dstate)
    one_way, dxs = rnnlib.DeepRNN(cell, D, H, nonlinearity=nonlinearity), 0
    for tag, order, half in (("", 1, slice(0, H)), ("_reverse", -1, slice(H, 2 * H))):
        own = [{n.removesuffix("_reverse"): v for n, v in params[0].items() if n.endswith("_reverse") == bool(tag)}]
        single = one_way.forward(own, xs[::order], [tuple(s[:, half] for s in state[0])])
        back = one_way.backward(own, single, dhs[::order, :, half], [tuple(s[:, half] for s in dstate[0])])
        close(run.hs[..., half], single.hs[::order])
        assert_trees_close([s[:, half] for s in run.state[0]], single.state[0])
        assert_trees_close({n: grad.params[0][n + tag] for n in own[0]}, back.params[0])
        close(grad.hs[0][..., half], back.hs[0][::order])
        dxs = dxs + back.xs[::order]
    close(grad.xs, dxs)


@every_cell
@every_option
def test_a_batch_is_its_sequences(cell, nonlinearity, options):
    """In any order: a permuted batch gives permuted results and the same sum of gradients."""
    net, params, xs, state = case(cell, nonlinearity, 3, **options)
    order = [2, 0, 1]
    run = net.forward(params, xs, state)
    turned = net.forward(params, xs[:, order], [tuple(s[order] for s in layer) for layer in state])
    close(run.hs[:, order], turned.hs)
    dhs = random_like(run.hs)
    grad, back = net.backward(params, run, dhs), net.backward(params, turned, dhs[:, order])
    close(grad.xs[:, order], back.xs)
    assert_trees_close(grad.params, back.params)


@every_cell
@pytest.mark.parametrize("layer_norm", [False, True], ids=["", "layer_norm"])
@pytest.mark.parametrize("ragged", [False, True], ids=["full", "ragged"])
def test_a_large_batch_is_its_sequences(cell, nonlinearity, layer_norm, ragged):
    """Wide and long enough that whatever works in pieces needs many of them, the last one incomplete."""
    T, B = 151, 20
    net = rnnlib.DeepRNN(cell, D, 16, 2, nonlinearity=nonlinearity, layer_norm=layer_norm)
    params, xs = random_params(net), rng(1).standard_normal((T, B, D))
    for layer in params:
        layer["W_hh"] *= 0.5  # fades, so that rounding does
    lengths = rng(2).integers(1, T + 1, B) if ragged else np.full(B, T)
    state = random_state(net, B)
    run = net.forward(params, xs, state, lengths=lengths if ragged else None)
    dhs, dstate = random_like(run.hs, 3), random_like(run.state, 4)
    grad, total = net.backward(params, run, dhs, dstate), None
    for b, n in enumerate(lengths):
        one, alone = slice(b, b + 1), (slice(0, n), slice(b, b + 1))
        own = net.forward(params, xs[alone], [tuple(s[one] for s in layer) for layer in state])
        own_grad = net.backward(params, own, dhs[alone], [tuple(s[one] for s in layer) for layer in dstate])
        np.testing.assert_allclose(run.hs[alone], own.hs, rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(grad.xs[alone], own_grad.xs, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(grad.state[0][0][one], own_grad.state[0][0], rtol=1e-8, atol=1e-9)
        for l in range(2):
            np.testing.assert_allclose(grad.hs[l][alone], own_grad.hs[l], rtol=1e-8, atol=1e-9)
        parts = own_grad.params
        total = parts if total is None else [{k: a[k] + b[k] for k in a} for a, b in zip(total, parts)]
    assert_trees_close(grad.params, total, rtol=1e-7, atol=1e-7)


@every_cell
def test_layouts_do_not_matter(cell, nonlinearity):
    """Views, reversed, Fortran order: the numbers alone count."""
    net, params, xs, state = case(cell, nonlinearity, 2)
    dhs = rng(1).standard_normal((T, B, H))
    want = net.backward(params, net.forward(params, xs, state), dhs)
    odd_params = [{n: np.asfortranarray(v) for n, v in layer.items()} for layer in params]
    wide = np.zeros((B, 2 * T, D))
    wide[:, ::-2] = xs.transpose(1, 0, 2)
    odd_xs = wide[:, ::-2].transpose(1, 0, 2)
    assert not odd_xs.flags.c_contiguous
    odd_state = [tuple(np.asfortranarray(s) for s in layer) for layer in state]
    got = net.backward(odd_params, net.forward(odd_params, odd_xs, odd_state), np.asfortranarray(dhs))
    assert_trees_close(got.params, want.params)
    close(got.xs, want.xs)


@every_cell
def test_dropout_acts_between_layers_and_only_with_an_rng(cell, nonlinearity):
    net, params, xs, state = case(cell, nonlinearity, 2, dropout=0.5)
    plain = rnnlib.DeepRNN(cell, D, H, 2, nonlinearity=nonlinearity)
    close(net.forward(params, xs, state).hs, plain.forward(params, xs, state).hs)
    run = net.forward(params, xs, state, rng=rng(0))
    close(run.layers[0].hs, plain.forward(params, xs, state).layers[0].hs)  # neither x_t nor the recurrence
    close(run.hs, net.forward(params, xs, state, rng=rng(0)).hs)
    assert np.abs(run.hs - net.forward(params, xs, state, rng=rng(1)).hs).max() > 1e-3
    one = rnnlib.DeepRNN(cell, D, H, 1, nonlinearity=nonlinearity, dropout=0.5)
    close(one.forward(params[:1], xs, state[:1], rng=rng(0)).hs, run.layers[0].hs)  # nothing below, nothing dropped


def test_dropout_keeps_the_mean_and_the_share():
    """Each unit is either gone or 1 / (1 - p) as large: read off a ReLU layer with W_xh = 1 above a constant one."""
    net = rnnlib.DeepRNN("rnn", 1, 64, 2, nonlinearity="relu", dropout=0.25)
    params = net.init(rng(0), recurrent="identity", input="identity", bias="zeros")
    for p in params:
        p["W_hh"][:] = 0
    params[0]["W_xh"][:] = 1
    hs = net.forward(params, np.ones((50, 4, 1)), rng=rng(1)).hs
    assert set(np.round(np.unique(hs), 12)) == {0.0, round(1 / 0.75, 12)}
    assert (hs == 0).mean() == pytest.approx(0.25, abs=0.02)
    assert hs.mean() == pytest.approx(1, abs=0.03)


@every_cell
def test_a_skip_alone_is_enough(cell, nonlinearity):
    """With nothing coming from below, the upper layer of an input skip is a net of its own on x_t."""
    net, params, xs, state = case(cell, nonlinearity, 2, skip_input=True)
    params[1]["W_xh"][:H] = 0
    alone = rnnlib.DeepRNN(cell, D, H, nonlinearity=nonlinearity)
    close(net.forward(params, xs, state).hs,
          alone.forward([params[1] | {"W_xh": params[1]["W_xh"][H:]}], xs, state[1:]).hs)  # fmt: skip


def test_the_hand_written_loop_by_itself():
    """Two numbers worked out on paper, so that not even the reference rests on code: tanh(0.5), and one LSTM step."""
    net = rnnlib.DeepRNN("rnn", 1, 1)
    params = [{"W_xh": np.array([[0.25]]), "W_hh": np.array([[1.0]]), "b_h": np.array([0.0])}]
    out, _ = hand_stack(net, params, np.array([[2.0]]), [(np.zeros(1),)])
    assert out[0, 0] == pytest.approx(0.46211715726000973)
    lstm = rnnlib.DeepRNN("lstm", 1, 1)
    zeros = [{"W_xh": np.zeros((1, 4)), "W_hh": np.zeros((1, 4)), "b_h": np.array([0.0, 0.0, 20.0, 0.0])}]
    out, ((h, c),) = hand_stack(lstm, zeros, np.zeros((1, 1)), [(np.zeros(1), np.array([3.0]))])
    assert c[0] == pytest.approx(0.5 * 3 + 0.5 * 1) and h[0] == pytest.approx(0.5 * np.tanh(2.0))
