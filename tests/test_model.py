"""The read-out and its losses, worked out by hand; Model as the sum of its parts."""

from math import log

import numpy as np
import pytest
from helpers import assert_trees_close, random_params, rng

import rnnlib

T, B, D, H, V = 5, 3, 2, 4, 3
LENGTHS = [5, 1, 3]
every_model = pytest.mark.parametrize(
    ("loss", "at"),
    [(loss, at) for loss in ("cross_entropy", "mse") for at in ("each_step", "last_step")],
)


def make(loss="cross_entropy", at="each_step", cell="gru", L=2, **options):
    """A model, random parameters, inputs and targets."""
    model = rnnlib.Model(rnnlib.DeepRNN(cell, D, H, L, **options), V, loss=loss, at=at)
    rows = (T, B) if at == "each_step" else (B,)
    targets = rng(2).integers(0, V, rows) if loss == "cross_entropy" else rng(2).standard_normal((*rows, V))
    return model, random_params(model), rng(1).standard_normal((T, B, D)), targets


def by_hand(model, ys, target):
    """The loss of one row, with math written out."""
    if model.loss == "cross_entropy":
        p = np.exp(ys) / np.exp(ys).sum()
        return -log(p[target])
    return sum((y - t) ** 2 for y, t in zip(ys, target)) / len(ys)


@every_model
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["full", "ragged"])
def test_the_loss_by_hand(loss, at, lengths):
    model, params, xs, targets = make(loss, at, bidirectional=True)
    hs = model.net.forward(params["layers"], xs, lengths=lengths).hs
    real, losses = lengths or [T] * B, []
    for b in range(B):
        for t in range(real[b]) if at == "each_step" else [real[b] - 1]:
            reverse = t if at == "each_step" else 0  # where the reverse direction has read the whole sequence
            features = np.concatenate([hs[t, b, :H], hs[reverse, b, H:]])
            ys = features @ params["W_hy"] + params["b_y"]
            place = (t, b) if at == "each_step" else b
            np.testing.assert_allclose(model.predict(params, xs, lengths)[place], ys, rtol=1e-12)
            losses.append(by_hand(model, ys, targets[place]))
    value, _ = model.loss_and_grads(params, xs, targets, lengths)
    assert value == pytest.approx(np.mean(losses), rel=1e-12)
    assert model.evaluate(params, xs, targets, lengths) == value


@every_model
def test_one_step_one_sequence_one_number(loss, at):
    """The smallest case there is."""
    model = rnnlib.Model(rnnlib.DeepRNN("rnn", 1, 1), 1, loss=loss, at=at)
    params = {
        "layers": [{"W_xh": np.array([[2.0]]), "W_hh": np.zeros((1, 1)), "b_h": np.zeros(1)}],
        "W_hy": np.array([[3.0]]),
        "b_y": np.array([-1.0]),
    }
    y = 3 * np.tanh(2 * 0.25) - 1
    np.testing.assert_allclose(model.predict(params, np.array([[[0.25]]])).ravel(), y, rtol=1e-14)
    rows = (1, 1) if at == "each_step" else (1,)
    targets = np.zeros(rows, int) if loss == "cross_entropy" else np.full((*rows, 1), 0.5)
    value, grads = model.loss_and_grads(params, np.array([[[0.25]]]), targets)
    if loss == "cross_entropy":
        assert value == 0 and not grads["W_hy"].any()  # one class: certain
    else:
        assert value == pytest.approx((y - 0.5) ** 2)
        assert grads["b_y"][0] == pytest.approx(2 * (y - 0.5))
        assert grads["W_hy"][0, 0] == pytest.approx(2 * (y - 0.5) * np.tanh(0.5))
        assert grads["layers"][0]["W_xh"][0, 0] == pytest.approx(2 * (y - 0.5) * 3 * (1 - np.tanh(0.5) ** 2) * 0.25)


@pytest.mark.parametrize("V", [2, 10, 97])
def test_indifferent_scores_cost_ln_v(V):
    model = rnnlib.Model(rnnlib.DeepRNN("rnn", D, H), V)
    params = model.init(rng(0))
    params["W_hy"][:] = 0
    assert model.evaluate(params, np.ones((T, B, D)), rng(1).integers(0, V, (T, B))) == pytest.approx(log(V), rel=1e-12)


@pytest.mark.parametrize("shift", [-1e4, 1e4])
def test_cross_entropy_of_huge_scores(shift):
    """A constant added to all scores changes nothing; certainty costs 0 or its margin, and never overflows."""
    model, params, xs, targets = make()
    base, grads = model.loss_and_grads(params, xs, targets)
    moved, moved_grads = model.loss_and_grads(params | {"b_y": params["b_y"] + shift}, xs, targets)
    assert moved == pytest.approx(base, rel=1e-9)
    assert_trees_close(grads, moved_grads, rtol=1e-7, atol=1e-11)
    sure = params | {"W_hy": np.zeros((H, V)), "b_y": np.array([1e4, 0, 0])}
    assert model.evaluate(sure, xs, np.zeros((T, B), int)) == 0
    assert model.evaluate(sure, xs, np.ones((T, B), int)) == 1e4


def test_the_gradient_of_the_scores_sums_to_zero():
    """p - one_hot: what one class gains the others lose."""
    model, params, xs, targets = make()
    _, grads = model.loss_and_grads(params, xs, targets, LENGTHS)
    assert grads["b_y"].sum() == pytest.approx(0, abs=1e-15)
    np.testing.assert_allclose(grads["W_hy"].sum(1), 0, atol=1e-15)


@every_model
def test_the_gradient_of_the_stack_is_the_nets_own(loss, at):
    """Model adds a read-out and nothing else: its layers' gradients are those of net.backward."""
    model, params, xs, targets = make(loss, at, residual=True)
    net, run = model.net, model.forward(params, xs, LENGTHS)
    _, dys = model.loss_and_dys(run.ys, targets, run.run.mask)
    dhs = np.zeros((T, B, H))
    for b, n in enumerate(LENGTHS):
        for t in range(n) if at == "each_step" else [n - 1]:
            dhs[t, b] = params["W_hy"] @ dys[(t, b) if at == "each_step" else b]
    want = net.backward(params["layers"], net.forward(params["layers"], xs, lengths=LENGTHS), dhs)
    _, grads = model.loss_and_grads(params, xs, targets, LENGTHS)
    assert_trees_close(grads["layers"], want.params)
    np.testing.assert_array_equal(run.state[1][0], net.forward(params["layers"], xs, lengths=LENGTHS).state[1][0])


@every_model
def test_padding_does_not_count(loss, at):
    """Longer padding, other values in it, other targets there: not a bit changes but for rounding."""
    model, params, xs, targets = make(loss, at)
    value, grads = model.loss_and_grads(params, xs, targets, LENGTHS)
    longer = np.full((T + 4, B, D), np.nan)
    longer[:T] = xs
    wide = targets
    if at == "each_step":
        wide = np.concatenate([targets, targets[:4]])
        for b, n in enumerate(LENGTHS):
            wide[n:, b] = -99 if loss == "cross_entropy" else np.nan
    again, more = model.loss_and_grads(params, longer, wide, LENGTHS)
    assert again == pytest.approx(value, rel=1e-13)
    assert_trees_close(grads, more, rtol=1e-11, atol=1e-13)
    if at == "each_step":
        ys = model.predict(params, longer, LENGTHS)
        assert all((ys[n:, b] == params["b_y"]).all() for b, n in enumerate(LENGTHS))  # h = 0 there


@every_model
def test_the_loss_goes_on_from_a_state(loss, at):
    """Two windows with the state handed on read the same as one."""
    model, params, xs, targets = make(loss, at)
    whole, early = model.forward(params, xs), model.forward(params, xs[:2])
    late = model.forward(params, xs[2:], state=early.state)
    if at == "each_step":
        np.testing.assert_allclose(np.concatenate([early.ys, late.ys]), whole.ys, rtol=1e-12)
        share = [
            model.evaluate(params, xs[:2], targets[:2]),
            model.evaluate(params, xs[2:], targets[2:], state=early.state),
        ]
        assert model.evaluate(params, xs, targets) == pytest.approx((2 * share[0] + 3 * share[1]) / 5, rel=1e-12)
    else:
        np.testing.assert_allclose(late.ys, whole.ys, rtol=1e-12)


def test_prediction_and_evaluation_drop_nothing_out():
    model, params, xs, targets = make(dropout=0.6)
    assert np.array_equal(model.predict(params, xs), model.predict(params, xs))
    value, _ = model.loss_and_grads(params, xs, targets)
    assert value == model.evaluate(params, xs, targets)
    assert model.loss_and_grads(params, xs, targets, rng=rng(0))[0] != value


def test_initial_parameters():
    """W_hy as PyTorch's Linear draws it, b_y = 0, the stack by its scheme."""
    model = rnnlib.Model(rnnlib.DeepRNN("lstm", D, 50, 2, bidirectional=True), 40)
    params = model.init(rng(0), forget_bias=1.0, bias="zeros")
    assert np.abs(params["W_hy"]).max() <= 0.1 and np.var(params["W_hy"]) == pytest.approx(0.01 / 3, rel=0.1)
    assert not params["b_y"].any()
    assert (params["layers"][1]["b_h_reverse"][50:100] == 1).all()
    assert rnnlib.Model(rnnlib.DeepRNN("rnn", D, H, dtype=np.float32), V).init(rng(0))["W_hy"].dtype == np.float32


def test_a_model_overfits_one_batch():
    """Karpathy's sanity check: six sequences by heart. Random labels, so only memory helps."""
    model = rnnlib.Model(rnnlib.DeepRNN("gru", 3, 16, 3, residual=True, layer_norm=True), 4, at="last_step")
    xs, targets = rng(0).standard_normal((6, 6, 3)), rng(1).integers(0, 4, 6)
    (*_, last) = rnnlib.train(model, model.init(rng(2)), [(xs, targets)] * 150, rnnlib.Adam(1e-2), clip_norm=1.0)
    assert model.evaluate(last.params, xs, targets) < 0.01 < log(4)
    assert (model.predict(last.params, xs).argmax(-1) == targets).all()


# ------------------------------------------------------------------------------- two directions, read at the end


def reads_both_ends(T, lengths, **options):
    """Is what a `last_step` model reads the final state of each direction of the top layer?"""
    net = rnnlib.DeepRNN("lstm", D, H, 2, bidirectional=True, **options)
    model = rnnlib.Model(net, V, at="last_step")
    params, xs = random_params(model), rng(1).standard_normal((T, len(lengths), D))
    run = model.forward(params, xs, lengths)
    return np.allclose(run.features, run.run.state[-1][0], rtol=1e-13, atol=0)


@pytest.mark.parametrize("T, lengths", [(6, [6, 4]), (1, [1]), (3, [1, 3, 2])])
def test_at_the_end_each_direction_is_read_where_it_has_read_everything(T, lengths):
    assert reads_both_ends(T, lengths)


def test_a_reverse_half_that_has_seen_one_input_is_noticed(monkeypatch):
    """A fault published in several projects: `hs` at the last step, where the reverse direction has only begun."""
    true = rnnlib.Model.forward

    def wrong(model, params, xs, lengths=None, **kw):
        run = true(model, params, xs, lengths, **kw)
        run.features = run.run.hs[np.asarray(lengths) - 1, np.arange(len(lengths))]
        return run

    monkeypatch.setattr(rnnlib.Model, "forward", wrong)
    assert not reads_both_ends(6, [6, 4])


def test_the_last_step_of_two_directions_is_gradchecked():
    model = rnnlib.Model(rnnlib.DeepRNN("gru", D, H, 2, bidirectional=True, residual=False), V, at="last_step")
    params, xs = random_params(model), rng(1).standard_normal((5, 3, D))
    assert rnnlib.gradcheck(model, params, xs, np.array([0, 1, 2]) % V, lengths=[5, 2, 1]).error <= 1e-6


def test_another_read_out_is_not_taken_for_the_run_s_own():
    model = rnnlib.Model(rnnlib.DeepRNN("rnn", 2, 3), 2)
    params = random_params(model)
    run = model.forward(params, np.ones((4, 3, 2)))
    kept = model.backward(params, run, np.ones((4, 3, 2)))["W_hy"]
    other = params | {"W_hy": params["W_hy"] + 1}
    with pytest.raises(ValueError, match=r"params\['W_hy'\]: expected the values with which forward made this run"):
        model.backward(other, run, np.ones((4, 3, 2)))
    np.testing.assert_array_equal(model.backward(params, run, np.ones((4, 3, 2)))["W_hy"], kept)
