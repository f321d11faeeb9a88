"""Notebook 09: probes against independent numbers, the chain against brute force, explorers."""

import itertools

import numpy as np
import pytest
from explorer_checks import check_explorer

from rnnlib import DeepRNN, Model
from rnnlib.course import probes
from rnnlib.course.explore import RegimeReader, UnitReader
from rnnlib.course.markov import TwoScale


@pytest.mark.parametrize("cls", [UnitReader, RegimeReader])
def test_every_control_at_its_ends_corners_and_random_settings(cls):
    check_explorer(cls, np.random.default_rng(9))


def test_labels_of_a_source_are_pythons_own():
    source = "def f(a):\n    x = [1, 'b)']  # (no\n    return x\n"
    labels = probes.source_labels(source)
    marked = {name: "".join(c for c, v in zip(source, values) if v > 0) for name, values in labels.items()}
    assert marked["in a string"] == "'b)'" and marked["in a comment"] == "# (no"
    assert marked["in brackets"] == "(a)[1, 'b)']"
    assert labels["indentation"][:10].tolist() == [0] * 10 and labels["indentation"][12] == 1
    with pytest.raises(SyntaxError, match="whole Python source"):
        probes.source_labels("f(")


def test_unit_scores_are_correlations_and_the_best_unit_is_scored_elsewhere():
    rng = np.random.default_rng(0)
    states, label = rng.standard_normal((300, 5)), rng.standard_normal(300)
    states[:, 3] -= 2 * label
    states[:, 4] = 7
    want = [abs(np.corrcoef(states[:, k], label)[0, 1]) for k in range(4)]
    np.testing.assert_allclose(probes.unit_scores(states, label), [*want, 0])
    unit, score = probes.best_unit(states, label)
    assert unit == 3 and score == pytest.approx(abs(np.corrcoef(states[150:, 3], label[150:])[0, 1]))


def test_a_linear_probe_reads_what_is_linear_and_nothing_else():
    rng = np.random.default_rng(0)
    states = rng.standard_normal((2000, 4))
    y = states @ [1, -2, 0, 0.5] + 3
    parts = slice(0, 1000), slice(1000, 2000)
    assert probes.linear_probe(*((states[p], y[p]) for p in parts)) > 0.999
    noise = rng.standard_normal(2000)
    assert abs(probes.linear_probe(*((states[p], noise[p]) for p in parts))) < 0.05


def test_a_typo_is_one_character_and_its_trace_starts_there():
    rng = np.random.default_rng(0)
    model = Model(DeepRNN("rnn", 5, 6, 2), 5)
    params = model.init(rng)
    curves = probes.typo_distance(model, params, rng.integers(0, 5, 300), 5, rng, places=8, before=20, after=30)
    assert curves.shape == (2, 30) and (curves[:, 0] > 0).all()
    assert probes.steps_to_fall(np.array([1.0, 4, 3, 1.9, 1])) == 2
    assert probes.steps_to_fall(np.array([4.0, 3, 3])) == 3
    with pytest.raises(ValueError, match="codes: expected more than 50 characters"):
        probes.typo_distance(model, params, np.zeros(50, int), 5, rng, before=20, after=30)


def test_the_forward_algorithm_is_the_sum_over_all_regimes():
    chain, rng = TwoScale(K=3, stay=0.9, clear=0.7), np.random.default_rng(0)
    symbols, _ = chain.draw(rng, 6, 2)
    posterior, nats = chain.bayes(symbols)
    for x, p_one, p_next in zip(symbols.T, posterior.T, nats.T):
        total = [sum(joint(chain, x, path) for path in itertools.product((0, 1), repeat=t + 1)) for t in range(6)]
        ones = [sum(joint(chain, x, (*path, 1)) for path in itertools.product((0, 1), repeat=t)) for t in range(6)]
        np.testing.assert_allclose(p_one, np.array(ones) / total)
        np.testing.assert_allclose(p_next, -np.log(np.array(total[1:]) / total[:-1]))


def joint(chain, x, path):
    """P(regimes = path, symbols = x up to the path's end), but for the first symbol's own chance."""
    p = 0.5
    for t in range(1, len(path)):
        p *= chain.stay if path[t] == path[t - 1] else 1 - chain.stay
        p *= chain.transitions[path[t], x[t - 1], x[t]]
    return p


def test_the_chain_is_what_it_says():
    chain, rng = TwoScale(), np.random.default_rng(0)
    symbols, regimes = chain.draw(rng, 2000, 20)
    assert (regimes[1:] != regimes[:-1]).mean() == pytest.approx(1 - chain.stay, abs=0.003)
    up = (symbols[1:] - symbols[:-1]) % chain.K == 1
    assert up[regimes[1:] == 0].mean() == pytest.approx(chain.clear, abs=0.02)
    np.testing.assert_allclose(chain.transitions.sum(-1), 1)
    posterior, nats = chain.bayes(symbols)
    assert np.corrcoef(posterior.ravel(), regimes.ravel())[0, 1] > 0.8 and nats.mean() < np.log(4)
    with pytest.raises(ValueError, match="stay"):
        TwoScale(stay=1)
