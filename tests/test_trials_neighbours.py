"""The trials of claims 7 to 10: what each arm takes from which runs, and the experiments behind them."""

import json

import numpy as np
import pytest

from rnnlib import Model
from rnnlib.course.experiments import arms_neighbours as arms
from rnnlib.course.experiments import few, pixels, run, solve, spread, store, trials, vowels
from rnnlib.course.experiments.families import F32
from rnnlib.course.experiments.trials_neighbours import NEIGHBOURS, settled
from rnnlib.data import japanese_vowels
from rnnlib.neighbours import Attention


def stored(folder, name, rows):
    """Runs of an experiment: rows of (config, seed, result)."""
    lines = [json.dumps({"config": c, "seed": s, "result": r, "made": {}}) for c, s, r in rows]
    (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_every_arm_is_of_a_configuration_that_its_experiment_has():
    assert {t.claim for t in NEIGHBOURS} == set(arms.ARMS)
    for found in arms.ARMS.values():
        for label, v in found.items():
            for name, part in ((v.experiment, v.one), (v.elsewhere or v.experiment, v.other)):
                agree = [c for c in run.experiment(name).GRID if part.items() <= c.items()]
                assert len(agree) == 1, (label, name, part)


def test_a_pair_shares_its_seed_whatever_the_order_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    nets = ("convolutions", "GRU", "GRU, 2 layers")
    rows = [({"net": net, "lr": 1}, seed, {"test_accuracy": k + seed / 10, "late_accuracy": k + seed / 10 - 0.1 * k})
            for k, net in enumerate(nets) for seed in (2, 0, 1)]  # fmt: skip
    stored(tmp_path, "pixels", rows)
    one, other = arms.pairs("7 local features")()["against GRU"]
    np.testing.assert_allclose([one, other], [[0, 0.1, 0.2], [1, 1.1, 1.2]])
    one, other = arms.pairs("7 translation")()["against GRU, 2 layers"]  # the GRU loses 0.2, the convolutions nothing
    np.testing.assert_allclose(one - other, 0.2)
    stored(tmp_path, "pixels", [*rows, ({"net": "GRU", "lr": 2}, 0, rows[0][2])])
    with pytest.raises(ValueError, match="expected one run of pixels per seed"):
        arms.pairs("7 local features")()


def test_values_have_the_sign_that_their_claim_has():
    """More is better for the claim: bits saved, a gradient nearer to the last one, less time, less lost with length."""
    assert arms.late_bits({"test": [9, 9, 9, 9, 2, 3]}) == -2.5
    assert arms.nearness({"ratio": 0.1}) == arms.nearness({"ratio": 10}) == pytest.approx(-1)
    assert arms.nearness({"ratio": 0.0}) == -300
    assert arms.quickness(0)({"ms": [10]}) > arms.quickness(0)({"ms": [100]})
    lengths = {"4": [0.9, 0.6], "10": [0.7, 0.2]}
    assert arms.longer_gain({"by_length": lengths}) == pytest.approx(-0.4)
    assert arms.right_at(2)({"right": [1.0, 0.8, 0.5]}) == 0.5


@pytest.mark.parametrize("slope", [0.0, 0.01, -0.02])
def test_a_gap_that_moves_is_seen_to_move(tmp_path, monkeypatch, slope):
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    rng, rows = np.random.default_rng(0), []
    for cell in ("lstm", "rnn"):
        for seed in range(10):
            noise = rng.normal(0, 1e-4, (2, 12))
            gap = np.maximum(np.arange(12) - 8, 0) * slope  # three steps between the last four readings
            for L, bits in ((1, 2 + gap + noise[0]), (2, 2.1 + noise[1])):
                rows.append(({"cell": cell, "L": L, "lr": 1}, seed, {"test": bits.tolist()}))
    stored(tmp_path, "longer", rows)
    change, low, high = settled(np.random.default_rng(0))["LSTM, 2 layers"]
    assert change == pytest.approx(3 * slope, abs=1e-3) and low <= change <= high


def test_arms_that_are_not_trained_do_not_move():
    assert all(arms.read_of("8 path", label) is None for label in arms.ARMS["8 path"])
    assert all(arms.read_of("9 parallel", label) is None for label in arms.ARMS["9 parallel"])
    name, value, runs = arms.read_of("1 text, longer", "LSTM, 2 layers")
    assert (name, value({"bits": 2.0}), runs) == ("representation", 2.0, 1)


def test_margins_ask_for_something_and_no_loss_may_be_asked_for_too():
    assert all(t.margin != 0 for t in NEIGHBOURS)
    assert {t.claim for t in NEIGHBOURS if t.margin < 0} == {"9 state", "10 attention, no loss"}
    with pytest.raises(ValueError, match=r"claim: expected one of 1 text, longer, .*, got '11'"):
        trials.of("11", NEIGHBOURS)


# ---------------------------------------------------------------------------------------------- the experiments


@pytest.mark.parametrize(("module", "V"), [(pixels, 10), (vowels, 9)])
def test_nets_that_are_compared_are_of_one_size(module, V):
    for name, make in module.NETS.items():
        net = solve.widest(make, V, module.BUDGET)
        size = net.num_params + (net.output_size + 1) * V
        assert 0.95 * module.BUDGET <= size <= module.BUDGET, name


def test_the_widest_net_is_the_last_that_fits():
    def make(H):
        return Attention(3, H)

    def size(net):
        return net.num_params + (net.output_size + 1) * 5

    best = solve.widest(make, 5, 1000)
    assert size(best) <= 1000 < size(make(best.output_size + 1))


def test_a_digit_by_pixel_is_the_digit_by_row():
    by_pixel, labels = pixels.sequences("test", 1)
    by_row, same = pixels.sequences("test", 8)
    late, _ = pixels.sequences("test", 1, blank=1)
    assert by_pixel.shape == (64, 510, 1) and by_row.shape == (8, 510, 8) and (labels == same).all()
    np.testing.assert_array_equal(by_pixel.reshape(8, 8, 510).transpose(0, 2, 1), by_row)
    np.testing.assert_array_equal(late[8:], by_pixel)
    assert not late[:8].any()


def test_lengths_that_training_did_not_have():
    speech = japanese_vowels("test", F32)
    changed = {name: change(speech) for name, change in vowels.LENGTHS.items()}
    i = 5
    n = speech.lengths[i]
    real = speech.xs[:n, i]
    for name, want in {"as they are": real, "twice as fast": real[::2], "half as fast": real.repeat(2, 0),
                       "first half": real[: (n + 1) // 2]}.items():  # fmt: skip
        got = changed[name]
        assert got.lengths[i] == len(want) and (got.labels == speech.labels).all()
        np.testing.assert_array_equal(got.xs[: len(want), i], want)
        assert not got.xs[len(want) :, i].any()
    long, _ = vowels.of_fixed_length(changed["half as fast"])
    assert len(long) == vowels.T


def test_larger_queries_and_keys_change_nothing_else_of_the_start():
    task = few.associative_recall(4)
    model, _ = few.build(few.FAMILY, task)
    plain = model.init(np.random.default_rng(0))["layers"][1]
    scaled = few.Scaled(model.net, task.output_size).init(np.random.default_rng(0))["layers"][1]
    d = plain["W_o"].shape[0]
    np.testing.assert_array_equal(scaled["W_qkv"][:, : 2 * d], F32(3) * plain["W_qkv"][:, : 2 * d])
    np.testing.assert_array_equal(scaled["W_qkv"][:, 2 * d :], plain["W_qkv"][:, 2 * d :])
    np.testing.assert_array_equal(scaled["W_o"], plain["W_o"])


def test_attention_over_all_steps_is_what_the_net_itself_gives_at_the_last():
    model, _ = spread.build("GRU + attention", spread.s5(40))
    assert isinstance(model, Model)
    params = model.init(np.random.default_rng(0))
    xs, _ = spread.s5(60).batch(np.random.default_rng(1), 4, F32)
    whole = model.net.forward(params["layers"], xs)
    h = model.net.nets[0].forward(params["layers"][0], xs).hs
    hs, weights = spread.last_step(params["layers"][1], h, 60)
    np.testing.assert_allclose(hs, whole.hs[-1], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(weights.sum(1), 1, rtol=1e-5)
    short, _ = spread.last_step(params["layers"][1], h, 40)
    alone = model.net.nets[1].forward(params["layers"][1], h[20:]).hs[-1]
    np.testing.assert_allclose(short, alone, rtol=1e-4, atol=1e-6)
