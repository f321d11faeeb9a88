"""Notebook 08: the measures of training, the checkup at every control's ends, what it draws."""

import numpy as np
import pytest
from explorer_checks import check_explorer

import rnnlib
from rnnlib import flow
from rnnlib.course.experiments import depth, load
from rnnlib.course.explore import Checkup, checkup
from rnnlib.course.explore.run import Run
from rnnlib.tasks import temporal_order


def test_every_control_at_its_ends_corners_and_random_settings():
    check_explorer(Checkup, np.random.default_rng(8))


def test_spread_is_the_deviation_over_sequences_of_the_last_valid_step():
    rng = np.random.default_rng(0)
    net = rnnlib.DeepRNN("gru", 3, 5, 2)
    params = net.init(rng)
    xs, lengths = rng.standard_normal((7, 4, 3)), np.array([7, 3, 5, 1])
    run = net.forward(params, xs, lengths=lengths)
    for l in (0, 1):
        last = run.layers[l].hs[lengths - 1, np.arange(4)]
        assert flow.spread(run)[l] == pytest.approx(np.sqrt((last.std(0) ** 2).mean()))
    same = np.repeat(xs[:, :1], 4, axis=1)
    assert flow.spread(net.forward(params, same)) == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_saturation_counts_what_stands_at_an_end(cell):
    rng = np.random.default_rng(0)
    net = rnnlib.DeepRNN(cell, 3, 6, 2)
    params = net.init(rng)
    xs = rng.standard_normal((9, 4, 3))
    assert flow.saturation(net.forward(params, xs)) == pytest.approx([0, 0])
    params[1]["b_h"][:] = 50  # every gate of the upper layer is open, every tanh at 1
    lower, upper = flow.saturation(net.forward(params, xs))
    assert lower == 0
    assert upper == (0 if cell == "gru" else 1)  # z = 1 keeps the old state of a GRU: it stays at 0


def test_update_ratios_are_those_of_the_matrices():
    before = [{"W_xh": np.ones((2, 2)), "W_hh": np.ones((2, 2)), "b_h": np.zeros(2)}]
    after = [{"W_xh": np.full((2, 2), 1.1), "W_hh": np.full((2, 2), 0.9), "b_h": np.full(2, 9.0)}]
    assert flow.update_ratios(before, after) == pytest.approx([0.1])
    with pytest.raises(ValueError, match="after: expected 1 layers"):
        flow.update_ratios(before, [])


def test_the_checkup_draws_the_measures_of_a_real_step():
    explorer = Checkup(depth=3, cell="tanh RNN", kind="residual", updates=0)
    model, params = checkup.start("tanh RNN", 3, "residual", 1.0, 0)
    xs, labels, lengths = checkup.utterances()[-1]
    _, grads = model.loss_and_grads(params, xs, labels, lengths)
    norms = [np.sqrt(np.linalg.norm(g["W_xh"]) ** 2 + np.linalg.norm(g["W_hh"]) ** 2) for g in grads["layers"]]
    drawn = [pair[1].get_xdata() for pair in explorer.picture.lines]
    np.testing.assert_allclose(drawn[1], norms, rtol=1e-5)
    np.testing.assert_allclose(drawn[0], flow.spread(model.forward(params, xs, lengths).run))


def test_over_depth_leaves_out_what_there_is_not():
    found = depth.over_depth(load("depth"), "loss", ["plain", "residual"], np.random.default_rng(0))
    assert set(found) == {"LSTM", "tanh RNN"} and found["LSTM"]["plain"].shape == (3, 5)
    assert np.isnan(found["LSTM"]["residual"][:, 0]).all() and np.isfinite(found["LSTM"]["residual"][:, 1:]).all()
    middle, low, high = found["LSTM"]["plain"]
    assert (low <= middle).all() and (middle <= high).all()


def trained_live(cell, updates):
    """LiveTraining's own run of eight layers, T = 20: (mean of the last 20 losses, held-out accuracy, share of right
    answers for the second symbol and for the first)."""
    run = Run(temporal_order, 0, 8, 20, cell)
    for _ in range(updates):
        run.update(3e-3, 1.0)
    xs, targets = run.probe
    said = run.model.predict(run.params, xs).argmax(1)
    second, first = ((said // 2 == targets // 2).mean(), (said % 2 == targets % 2).mean())  # the class is v_0 + 2 v_1
    return np.mean(run.losses[-20:]), run.measure()[2], second, first


def test_live_training_answers_as_the_page_says():
    loss, accuracy, *symbols = trained_live("LSTM", 200)
    assert abs(loss - np.log(2)) < 0.05 and accuracy < 0.7
    assert max(symbols) > 0.95 and 0.3 < min(symbols) < 0.7  # which of the two is known depends on the machine
    for cell in ("tanh RNN", "GRU"):
        assert trained_live(cell, 200)[1] > 0.95
