"""Notebook 11: its explorers at every control's ends, and what they draw beside independent numbers."""

from itertools import pairwise
from math import comb

import numpy as np
import pytest
from explorer_checks import check_explorer

from rnnlib import DeepRNN
from rnnlib.course.explore import ReceptiveField, Scan, SoftLookup, WordsToSounds, lookup, receptive, scan, words
from rnnlib.course.viz import Curves, Families, Tables, ThreeWays
from rnnlib.course.viz.words import MOST
from rnnlib.data.words import encode_words
from rnnlib.neighbours import Chain, Convolution, LinearRecurrence, Seq2Seq
from rnnlib.neighbours.linear import loop

KINDS = receptive.CONVOLUTION, receptive.RECURRENCE, receptive.ATTENTION


@pytest.mark.parametrize("cls", [ReceptiveField, SoftLookup, Scan, WordsToSounds])
def test_every_control_at_its_ends_corners_and_random_settings(cls):
    check_explorer(cls, np.random.default_rng(11))


def test_the_receptive_field_is_where_the_gradient_is_not_zero():
    for kernel in (1, 2, 3, 4):
        for layers in (1, 2, 3, 5):
            for growth in (1, 2):
                rs = receptive.dilations(layers, growth)
                norms = receptive.gradient_by_inputs(receptive.network(receptive.CONVOLUTION, layers, kernel, growth))
                field = min(receptive.receptive_field(kernel, rs), receptive.STEPS)
                assert (norms[-field:] > 0).all() and (norms[:-field] == 0).all()


def test_ways_are_counted_by_weights_of_one():
    """Where every weight is 1, the gradient of the last output by an input is the number of ways between them."""
    for kernel, growth in ((2, 2), (3, 1), (3, 2), (4, 2)):
        rs = receptive.dilations(4, growth)
        net = Chain([Convolution(1, 1, kernel, dilation=r) for r in rs])
        params = [{"W": np.ones((kernel, 1, 1)), "b": np.zeros(1)} for _ in rs]
        run = net.forward(params, np.zeros((64, 1, 1)))
        dhs = np.zeros_like(run.hs)
        dhs[-1] = 1
        by_gradient = net.backward(params, run, dhs).xs[::-1, 0, 0]
        counted = receptive.ways(kernel, rs)
        np.testing.assert_array_equal(by_gradient[: len(counted)], counted)


def test_ways_through_recurrence_and_attention_are_a_binomial():
    """All-ones linear stacks again: a ReLU layer with W = 1 counts its ways, and so do sums over all earlier steps."""
    layers, T = 3, 12
    net = DeepRNN("rnn", 1, 1, layers, nonlinearity="relu")
    params = [{"W_xh": np.ones((1, 1)), "W_hh": np.ones((1, 1)), "b_h": np.zeros(1)} for _ in range(layers)]
    dhs = np.zeros((T, 1, 1))
    dhs[-1] = 1
    by_gradient = net.backward(params, net.forward(params, np.ones((T, 1, 1))), dhs).xs[::-1, 0, 0]
    earlier = np.linalg.matrix_power(np.tril(np.ones((T, T))), layers)[-1, ::-1]
    counted = [comb(k + layers - 1, k) for k in range(T)]
    np.testing.assert_array_equal(by_gradient, counted)
    np.testing.assert_array_equal(earlier, counted)


@pytest.mark.parametrize("kind", KINDS)
def test_a_way_is_made_of_links_and_none_is_shorter(kind):
    for layers in (1, 3, 5):
        for kernel in (1, 2, 3, 4):
            for growth in (1, 2):
                rs = receptive.dilations(layers, growth)
                links, reached = receptive.links(kind, layers, kernel, rs)
                steps = {tuple(link) for link in links.tolist()}
                for lag in (0, 1, 17, 62, 63):
                    way = receptive.way(kind, layers, kernel, rs, lag)
                    assert bool(way) == reached[0, 63 - lag]
                    pairs = list(pairwise(way))
                    if kind == receptive.ATTENTION:  # its lattice is not drawn whole
                        assert all(above == below + 1 and to <= of for (below, of), (above, to) in pairs)
                    else:
                        assert all((*below, *above) in steps for below, above in pairs)
                    if way:
                        assert way[0] == (0, lag) and way[-1] == (layers, 0)
                        assert len(way) - 1 == layers + (lag if kind == receptive.RECURRENCE else 0)


def test_the_gradient_shown_is_that_of_a_nudge():
    net, T = receptive.network(receptive.CONVOLUTION, 3), 24
    weights, noise = np.random.default_rng(0).spawn(2)
    params, xs = net.init(weights), noise.standard_normal((T, 1, net.input_size))
    dhs = noise.standard_normal((1, net.output_size))
    dhs /= np.linalg.norm(dhs)
    shown = receptive.gradient_by_inputs(net, T)
    for t in (T - 1, T - 5, 0):
        slopes = []
        for d in range(net.input_size):
            moved = [xs.copy(), xs.copy()]
            moved[0][t, 0, d] += 1e-6
            moved[1][t, 0, d] -= 1e-6
            up, down = ((net.forward(params, x).hs[-1] * dhs).sum() for x in moved)
            slopes.append((up - down) / 2e-6)
        assert np.linalg.norm(slopes) == pytest.approx(shown[t], rel=1e-6, abs=1e-12)


def test_the_slopes_of_a_look_up_are_those_of_a_nudge():
    """∂O/∂S_k by the score itself: softmax by hand, one score nudged."""
    query, weights, output, slopes = lookup.look_up(110, 5.0, 4)
    scores = lookup.K[:4] @ query / np.sqrt(2)

    def out(s):
        A = np.exp(s) / np.exp(s).sum()
        return A @ lookup.V[:4]

    np.testing.assert_allclose(out(scores), output, atol=1e-12)
    assert np.isnan(weights[4]) and weights[:4].sum() == pytest.approx(1)
    for k in range(4):
        nudge = 1e-6 * (np.arange(4) == k)
        moved = (out(scores + nudge) - out(scores - nudge)) / 2e-6
        assert np.linalg.norm(moved) == pytest.approx(slopes[k], rel=1e-6)


def test_rounds_end_in_the_loops_states():
    rng = np.random.default_rng(3)
    for T in (1, 2, 3, 8, 31):
        a, b = rng.uniform(0, 1, (T, 3)), rng.standard_normal((T, 3))
        found, truth = scan.rounds(a, b), loop(a, b, np.zeros(3))
        np.testing.assert_allclose(found[-1][1], truth, atol=1e-12)
        for r, (_, state) in enumerate(found):
            np.testing.assert_allclose(state[: 2**r], truth[: 2**r], atol=1e-12)
            for t in range(2**r, T):  # what it would be had the sequence begun 2^r steps ago
                window = slice(t - 2**r + 1, t + 1)
                np.testing.assert_allclose(state[t], loop(a[window], b[window], np.zeros(3))[-1], atol=1e-12)


def test_the_gates_shown_are_those_of_the_library():
    a, b = scan.gates(-1.0, T=9)
    net = LinearRecurrence("mingru", scan.D, scan.H)
    weights, noise = np.random.default_rng(1).spawn(2)
    params = net.init(weights)
    params[0]["b_zh"][: scan.H] = -1.0
    hs = net.forward(params, 2 * noise.standard_normal((9, 1, scan.D))).hs[:, 0, :1]
    np.testing.assert_allclose(loop(a[:, None], b[:, None], np.zeros(1)), hs, atol=1e-12)


def test_a_word_is_said_as_the_net_decodes_it():
    net, params = words.stored()[True]
    letters, lengths = encode_words("music")
    sounds, weights, parts = words.say(net, params, "music")
    said = net.decode(params, letters, lengths, MOST)[:, 0]
    assert [words.SOUNDS.index(s) for s in sounds] == said[said != 0].tolist()
    run = net.forward(params, (letters, said[: len(sounds), None]))
    np.testing.assert_allclose(weights, run.A[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(parts.sum(1), 1, rtol=1e-5)


@pytest.mark.parametrize("gain", [0.0, 0.5, 3.0])
def test_a_gain_multiplies_the_scores_and_its_gradient_is_that_of_a_nudge(gain):
    encoder, decoder = DeepRNN("gru", 26, 6), DeepRNN("gru", 40, 6)
    plain = Seq2Seq(encoder, decoder)
    params = plain.init(np.random.default_rng(2))
    net, (letters, _) = words.Turned(plain, gain), encode_words("music")
    xs, said = np.eye(26)[letters], np.array([[3], [7], [9]])
    A = [n.forward(params, (xs, said)).A[0] for n in (plain, net)]
    powers = A[0] ** gain
    np.testing.assert_allclose(A[1], powers / powers.sum(1, keepdims=True), rtol=1e-9)
    run = net.forward(params, (xs, said))
    dhs = np.random.default_rng(3).standard_normal(run.hs.shape)
    gradient = net.backward(params, run, dhs).xs
    for place in ((0, 0, 3), (2, 0, 18), (4, 0, 2)):
        losses = []
        for eps in (1e-6, -1e-6):
            moved = xs.copy()
            moved[place] += eps
            losses.append((net.forward(params, (moved, said)).hs * dhs).sum())
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-6, abs=1e-9)


def test_a_word_from_the_keyboard_joins_the_list():
    explorer = WordsToSounds()
    explorer.typed.value = "Breakfast"
    assert explorer.inputs["word"].value == "breakfast" and "breakfast" in explorer.reading.value + explorer.picture.alt
    before = explorer.picture.alt
    for wrong in ("x2", "abcdefghijklm", "  "):
        explorer.typed.value = wrong
    assert explorer.picture.alt == before and "at most 12" in explorer.told.value
    explorer.inputs["attention"].value = False
    assert "Largest weights: none" in explorer.picture.alt and explorer.inputs["gain"].disabled


def test_pictures_say_their_numbers():
    lines, _ = receptive.links(receptive.CONVOLUTION, 2, 2, [1, 2], 4)
    scene = ThreeWays({"two layers": (lines, receptive.way(receptive.CONVOLUTION, 2, 2, [1, 2], 3), 4)}, "t")
    assert "two layers 2" in scene.alt
    scene = Curves([1, 2, 4], {"a": [1.0, 0.5, 0.25], "b": [1.0, np.nan, 0.0]}, "x", "y", "t", logs="xy")
    assert "a from 1 to 0.25" in scene.alt
    scene = Tables({"S": np.array([[1.0, np.nan], [0.25, -0.5]])}, "t")
    assert "S last row 0.25, -0.50" in scene.alt
    task = {"found": {"GRU": (0.9, 0.8, 1.0)}, "baseline": 0.5, "best": 1.0, "unit": "share right"}
    scene = Families({"recall": task}, ("GRU", "attention"), "t")
    assert "recall, baseline 0.50: GRU 0.90 [0.80, 1.00]" in scene.alt
    assert scene.png()
