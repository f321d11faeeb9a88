"""From one sequence to another: gradients, PyTorch, padding on both sides, decoding, and what training makes of it.

tests/reference/make_seq2seq.py makes the stored references and says what is in them.
"""

import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest
from helpers import (
    assert_trees_close,
    hand_batch,
    load_torch,
    random_like,
    random_params,
    rng,
    snapshot,
    worst_difference,
)

import rnnlib
from rnnlib.gradcheck import compare as compare_gradients
from rnnlib.neighbours import Attention, Chain, Seq2Seq, attention, seq2seq
from rnnlib.tree import leaves, map_leaves

RNN = rnnlib.DeepRNN
REFERENCE = Path(__file__).parent / "reference"
CASES = {  # as in make_seq2seq.py: cell, layers, widths, both ways, attention
    "gru_attention": ("gru", 2, 3, 3, False, True),
    "gru_alone": ("gru", 2, 3, 3, False, False),
    "lstm_both_ways": ("lstm", 1, 2, 4, True, True),
    "lstm_of_other_width": ("lstm", 1, 2, 3, False, True),
    "rnn_both_ways_alone": ("rnn", 1, 2, 4, True, False),
}
READ, TOLD = [5, 2, 3], [2, 4, 3]
WORST = {"stored": 0.0, "live": 0.0}


def build(case, D=3, V=4, dtype=np.float64):
    cell, L, N, H, both, attends = CASES[case]
    return Seq2Seq(RNN(cell, D, N, L, bidirectional=both, dtype=dtype), RNN(cell, V, H, L, dtype=dtype), attends)


def problem(case="gru_attention", seed=0):
    """A net, parameters, sources (5, 3, 3), targets (4, 3), and lengths of both."""
    net = build(case)
    pair = rng(seed).standard_normal((5, 3, 3)), rng(seed + 1).integers(0, 4, (4, 3))
    return net, random_params(net, seed), pair, (READ, TOLD)


# ---- gradients


def check_gradients(net, params, pair, lengths, seed=0, **looks):
    """gradcheck of the parameters, and of the sources where they are vectors; the worst of both."""
    results = [rnnlib.gradcheck(net, params, pair, lengths=lengths, rng=rng(seed), **looks)]
    sources, targets = pair
    if sources.ndim == 3:

        def forward(tree):
            return net.forward(params, (tree["xs"], targets), lengths=lengths)

        here = forward({"xs": sources})
        R = rng(seed).standard_normal(here.hs.shape)
        grad = net.backward(params, here, R)

        def loss(tree):
            return float(((forward(tree).hs - here.hs) * R).sum())

        results.append(compare_gradients(loss, {"xs": sources}, {"xs": grad.xs}, rng(seed), **looks))
    return max(results, key=lambda result: result.error)


def test_drawn_configurations(say):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st = hypothesis.strategies
    errors = []

    @st.composite
    def configurations(draw):
        D, V, H, L = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
        kind, attends = draw(st.sampled_from(["same", "both ways", "other", "attention", "chain"])), True
        cell = draw(st.sampled_from(["rnn", "lstm", "gru"]))
        options = {"dropout": draw(st.sampled_from([0.0, 0.3])), "residual": draw(st.booleans())}
        encoder = {
            "same": lambda: RNN(cell, D, H, L, **options),
            "both ways": lambda: RNN(cell, D, H, L, bidirectional=True, **options),
            "other": lambda: RNN("lstm", D, H + 1, L),
            "attention": lambda: Attention(D, H, causal=False),
            "chain": lambda: Chain([Attention(D, 2), RNN(cell, 2, H, L)]),
        }[kind]()
        decoder = RNN(cell, V, 2 * H if kind == "both ways" else H, L, **options)
        if kind in ("same", "both ways", "chain"):
            attends = draw(st.booleans())
        T, S, B = draw(st.sampled_from([1, 2, 6])), draw(st.sampled_from([1, 2, 5])), draw(st.integers(1, 3))
        pair = [draw(st.none() | st.lists(st.integers(1, n), min_size=B, max_size=B)) for n in (T, S)]
        shape = (Seq2Seq(encoder, decoder, attends), T, S, B, draw(st.booleans()), draw(st.integers(0, 2**31)))
        return *shape, None if pair == [None, None] else pair

    @hypothesis.settings(max_examples=int(os.environ.get("RNNLIB_GRADCHECK_EXAMPLES", 30)))
    @hypothesis.given(configurations())
    def check(configuration):
        net, T, S, B, indices, seed, lengths = configuration
        draw = rng(seed)
        sources = draw.integers(0, net.input_size, (T, B)) if indices else draw.standard_normal((T, B, net.input_size))
        pair = sources, draw.integers(0, net.output_size, (S, B))
        result = check_gradients(net, random_params(net, seed), pair, lengths, seed, entries=1, directions=1)
        errors.append(result.error)
        assert result.error <= 1e-6, (net.described, T, S, B, lengths, result)

    check()
    say(f"Seq2Seq: {len(errors)} drawn, worst relative error against finite differences {max(errors):.1e}")


@pytest.mark.parametrize("case", CASES)
def test_a_model_of_it(case):
    """The net's own scores are the answer (output_size None), and with a second read-out on top."""
    net, _, pair, lengths = problem(case)
    for model, targets in ((rnnlib.Model(net, None), pair[1]), (rnnlib.Model(net, 2), pair[1] % 2)):
        params = random_params(model)
        looks = {"lengths": lengths, "entries": 1, "directions": 1}
        assert rnnlib.gradcheck(model, params, pair, targets, **looks).error <= 1e-6


# ---- against PyTorch


def compare(case, ref, lengths):
    """Our forward and backward on a reference's numbers: {name: worst relative difference}."""
    net = build(case, ref["xs"].shape[-1], ref["hs"].shape[-1])
    own = [name for name in net.shapes() if name not in ("encoder", "decoder")]
    stacks = {
        part: rnnlib.from_torch({n: a for n, a in ref.items() if n.startswith(part)}, f"{part}.")
        for part in ("encoder", "decoder")
    }
    params = stacks | {name: ref[name] for name in own}
    run = net.forward(params, (ref["xs"], ref["ys"]), lengths=lengths)
    grad = net.backward(params, run, ref["dhs"])
    pairs = {"hs": (run.hs, ref["hs"]), "dxs": (grad.xs, ref["dxs"])}
    if net.attention:
        pairs["A"] = (run.A * run.mask.T[..., None], ref["A"])
    in_torch = {f"{part}.{n}": g for part in stacks for n, g in rnnlib.to_torch(grad.params[part]).items()}
    in_torch |= {name: grad.params[name] for name in own}
    assert in_torch.keys() == {n.removeprefix("grad/") for n in ref if n.startswith("grad/")}
    pairs |= {n: (g, ref[f"grad/{n}"]) for n, g in in_torch.items()}
    return {name: worst_difference(*two) for name, two in pairs.items()}


@pytest.mark.parametrize("case", CASES)
def test_stored_references(case):
    with np.load(REFERENCE / "seq2seq.npz", allow_pickle=False) as file:
        ref = {n.removeprefix(f"{case}/"): file[n] for n in file.files if n.startswith(f"{case}/")}
    assert all(a.any() for a in ref.values())
    differences = compare(case, ref, (READ, TOLD))
    WORST["stored"] = max(WORST["stored"], *differences.values())
    assert max(differences.values()) <= 1e-9, differences


@pytest.mark.parametrize("case", CASES)
def test_live(case):
    """Longer, more sequences, other numbers, through the very code that made the references."""
    torch = load_torch()
    spec = importlib.util.spec_from_file_location("make_seq2seq", REFERENCE / "make_seq2seq.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert {name: (cell.lower(), *rest) for name, (cell, *rest) in make.CASES.items()} == CASES
    torch.manual_seed(11)
    read, told = [9, 1, 4, 7, 9], [1, 8, 8, 3, 5]
    ref = make.run(make.Two(*make.CASES[case]), *make.draw(5, T=9, S=8, B=5), read, told)
    differences = compare(case, ref, (read, told))
    WORST["live"] = max(WORST["live"], *differences.values())
    assert max(differences.values()) <= 1e-9, differences


def test_the_worst(say):
    say("Seq2Seq, worst relative difference from PyTorch: " + ", ".join(f"{k} {v:.1e}" for k, v in WORST.items()))


# ---- the same as by hand


def test_by_hand():
    """The equations of the module, with the stacks of tests/helpers.py and `attention`."""
    net, params, (xs, ys), _ = problem("lstm_of_other_width")
    run, p = net.forward(params, (xs, ys), lengths=(READ, TOLD)), params
    E, _ = hand_batch(net.encoder, p["encoder"], xs, net.encoder.zero_state(3), READ)
    before = np.eye(4)[np.concatenate([np.zeros((1, 3), int), ys[:-1]])]
    S, _ = hand_batch(net.decoder, p["decoder"], before, net.decoder.zero_state(3), TOLD)
    # `attention` divides by the root of the width of Q and K, which are the encoder's here
    C, A = attention(S @ p["W_q"], E, E, lengths=READ)
    hs = np.tanh(np.concatenate([S, C], -1) @ p["W_c"] + p["b_c"]) @ p["W_hy"] + p["b_y"]
    real = np.arange(4)[:, None] < TOLD
    np.testing.assert_allclose(run.hs, np.where(real[..., None], hs, 0), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(run.A, A, rtol=1e-12)
    np.testing.assert_array_equal(run.mask, real)


@pytest.mark.parametrize("case", ["gru_alone", "rnn_both_ways_alone"])
def test_without_attention_all_that_is_handed_on_is_the_state(case):
    net, params, (xs, ys), _ = problem(case)
    run = net.forward(params, (xs, ys))
    before = np.concatenate([np.zeros((1, 3), int), ys[:-1]])
    decoded = net.decoder.forward(params["decoder"], before, net.encoder.forward(params["encoder"], xs).state)
    np.testing.assert_allclose(run.hs, decoded.hs @ params["W_hy"] + params["b_y"], rtol=1e-13)
    assert run.A is None and net.handed and params.keys() == {"encoder", "decoder", "W_hy", "b_y"}


@pytest.mark.parametrize("case", CASES)
def test_no_score_sees_its_own_target_or_a_later_one(case):
    """What is at step s depends on the targets before s alone."""
    net, params, (xs, ys), _ = problem(case)
    right, other = net.forward(params, (xs, ys)).hs, ys.copy()
    other[2] = (ys[2] + 1) % 4
    moved = np.abs(net.forward(params, (xs, other)).hs - right).max((1, 2))
    assert not moved[:3].any() and moved[3] > 0


def test_indices_are_one_hot_vectors():
    net, params, (_, ys), lengths = problem()
    sources = rng(3).integers(0, 3, (5, 3))
    runs = [net.forward(params, (s, ys), lengths=lengths) for s in (sources, np.eye(3)[sources])]
    np.testing.assert_allclose(runs[0].hs, runs[1].hs, rtol=1e-13, atol=1e-15)
    grads = [net.backward(params, run, np.ones((4, 3, 4))) for run in runs]
    assert grads[0].xs is None and grads[1].xs.shape == (5, 3, 3)
    assert_trees_close(grads[0].params, grads[1].params)


# ---- padding


@pytest.mark.parametrize("case", CASES)
def test_every_sequence_as_if_alone(case):
    net, params, (xs, ys), lengths = problem(case)
    run = net.forward(params, (xs, ys), lengths=lengths)
    dhs = random_like(run.hs)
    grad, total = net.backward(params, run, dhs), None
    for b, (n, m) in enumerate(zip(READ, TOLD)):
        alone = net.forward(params, (xs[:n, b : b + 1], ys[:m, b : b + 1]))
        np.testing.assert_allclose(run.hs[:m, b], alone.hs[:, 0], rtol=1e-11)
        assert not run.hs[m:, b].any() and not grad.xs[n:, b].any()
        if net.attention:
            np.testing.assert_allclose(run.A[b, :m, :n], alone.A[0], rtol=1e-11)
            assert not run.A[b, :, n:].any()
        own = net.backward(params, alone, dhs[:m, b : b + 1])
        np.testing.assert_allclose(grad.xs[:n, b], own.xs[:, 0], rtol=1e-9, atol=1e-12)
        total = own.params if total is None else map_leaves(np.add, total, own.params)
    assert_trees_close(grad.params, total, rtol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_whatever_stands_in_the_padding(case):
    net, params, (xs, ys), lengths = problem(case)
    spoiled, other = xs.copy(), ys.copy()
    spoiled[np.arange(5)[:, None] >= READ] = np.nan
    other[np.arange(4)[:, None] >= TOLD] = -(10**9)
    runs = [net.forward(params, pair, lengths=lengths) for pair in ((xs, ys), (spoiled, other))]
    dhs = [random_like(runs[0].hs), random_like(runs[0].hs)]
    dhs[1][~runs[0].mask] = np.nan
    grads = [net.backward(params, run, d) for run, d in zip(runs, dhs)]
    said = [net.decode(params, x, READ, 5) for x in (xs, spoiled)]
    assert snapshot(runs[0].hs, said[0]) == snapshot(runs[1].hs, said[1])
    assert snapshot(grads[0].params, grads[0].xs) == snapshot(grads[1].params, grads[1].xs)
    model = rnnlib.Model(net, None)
    losses = [model.evaluate({"layers": params}, (x, y), y, lengths) for x, y in ((xs, ys), (spoiled, other))]
    assert losses[0] == losses[1]


def test_either_lengths_may_be_missing():
    net, params, pair, _ = problem()
    whole = net.forward(params, pair)
    for lengths in ((None, None), ([5, 5, 5], None), (None, [4, 4, 4]), [np.array([5, 5, 5]), [4, 4, 4]]):
        np.testing.assert_allclose(net.forward(params, pair, lengths=lengths).hs, whole.hs, rtol=1e-13)


# ---- decoding


@pytest.mark.parametrize("lengths", [None, READ], ids=["full", "ragged"])
@pytest.mark.parametrize("case", CASES)
def test_told_what_it_said_it_says_the_same(case, lengths):
    """Decoding step by step, and reading the same symbols at once: the best of every score is what was said."""
    ends, symbols = set(), set()
    for seed in range(12):
        net, params, (xs, _), _ = problem(case, seed)
        params = map_leaves(lambda a: 3 * a, params)  # so that there is something to say
        said = net.decode(params, xs, lengths, 8)
        assert said.shape == (8, 3) and said.dtype.kind == "i"
        best = net.forward(params, (xs, said), lengths=(lengths, None)).hs.argmax(-1)
        for one, other in zip(said.T, best.T):
            end = int(np.argmax(one == 0)) if (one == 0).any() else 8
            ends.add(end)
            symbols |= set(one.tolist())
            assert not one[end:].any()
            np.testing.assert_array_equal(one[: end + 1], other[: end + 1])
    assert len(ends) > 1 and len(symbols) == 4, "a test in which little is said"


def test_fewer_steps_are_the_first_of_more():
    net, params, (xs, _), _ = problem("lstm_both_ways", 3)
    said = net.decode(params, xs, None, 6)
    for steps in (1, 3):
        np.testing.assert_array_equal(net.decode(params, xs, None, steps), said[:steps])


def test_it_learns_to_turn_a_word_round(say):
    """The whole way, in the words of a notebook: build, train, decode. The last symbol, 0, is the end."""
    draw = rng(0)
    net = Seq2Seq(RNN("gru", 6, 16), RNN("gru", 6, 16))
    model = rnnlib.Model(net, None)

    def batches(updates):
        for _ in range(updates):
            n = draw.integers(2, 5, 32)
            xs = np.where(np.arange(4)[:, None] < n, draw.integers(1, 6, (4, 32)), 0)
            ys = np.zeros((5, 32), int)
            for b in range(32):
                ys[: n[b], b] = xs[: n[b], b][::-1]
            yield (xs, ys), ys, (n, n + 1)

    *_, step = rnnlib.train(model, model.init(draw), batches(300), rnnlib.Adam(0.02), clip_norm=1.0)
    ((xs, ys), _, (n, _)) = next(batches(1))
    said = net.decode(step.params["layers"], xs, n, 5)
    right = float((said == ys).all(0).mean())
    say(f"turning words of 2 to 4 of 5 letters round, 300 updates of a GRU with attention: {right:.0%} right")
    assert right > 0.9


# ---- training, files, measures, dtypes


def test_train_asks_for_pairs_and_refuses_windows():
    net, _, pair, lengths = problem()
    model = rnnlib.Model(net, None)
    params = model.init(rng(0))
    batch = (pair, pair[1], lengths)
    losses = [step.loss for step in rnnlib.train(model, params, [batch] * 40, rnnlib.Adam(0.03))]
    assert losses[-1] < 0.7 * losses[0]
    for options in ({"truncate": 2}, {"carry_state": True}):
        with pytest.raises(ValueError, match=rf"{next(iter(options))}: expected .*got .*"):
            rnnlib.train(model, params, [batch], **options)
    for bad, message in (
        ((pair[0], pair[1], lengths), r"batches\[0\] xs: expected a pair, of the sources and of the targets, got"),
        ((pair, pair[1], READ), r"batches\[0\] lengths: expected a pair, of the sources and of the targets, got"),
    ):
        with pytest.raises(TypeError, match=message):
            next(rnnlib.train(model, params, [bad]))
    with pytest.raises(ValueError, match=r"batches\[0\] targets: expected 4 along axis 0 \(T\).* got 3"):
        next(rnnlib.train(model, params, [(pair, pair[1][:3], lengths)]))


def test_there_and_back_in_a_file(tmp_path):
    net, params, pair, _ = problem("lstm_of_other_width")
    rnnlib.save(tmp_path / "net.npz", params)
    back = rnnlib.load(tmp_path / "net.npz")
    assert snapshot(net.forward(back, pair).hs) == snapshot(net.forward(params, pair).hs)
    assert net.num_params == sum(a.size for _, a in leaves(params))


def test_the_gradients_flow_to_the_encoder():
    """Without attention the way is the state alone; with it every step has one of its own."""
    for case in ("gru_attention", "gru_alone"):
        net, params, pair, _ = problem(case)
        rows = rnnlib.gradient_flow(net, params, pair, np.ones((4, 3, 4)))
        assert [len(row) for row in rows] == [5, 5, 4, 4] and all((row > 0).all() for row in rows)


def test_float32_stays():
    net = build("lstm_both_ways", dtype=np.float32)
    params, pair = random_params(net), (rng(1).standard_normal((5, 3, 3)).astype(np.float32), np.ones((4, 3), int))
    run = net.forward(params, pair, lengths=(READ, TOLD))
    grad = net.backward(params, run, np.ones_like(run.hs))
    for name, a in leaves([run.hs, run.A, grad.params, grad.xs, grad.hs]):
        assert a.dtype == np.float32, name


def test_dropout_acts_in_both_and_only_with_an_rng():
    net = Seq2Seq(RNN("gru", 3, 4, 2, dropout=0.5), RNN("gru", 4, 4, 2, dropout=0.2))
    params, (_, _, pair, _) = random_params(net), problem()
    quiet, one, again, other = (net.forward(params, pair, rng=r) for r in (None, rng(1), rng(1), rng(2)))
    assert snapshot(one.hs) == snapshot(again.hs) != snapshot(other.hs) != snapshot(quiet.hs)
    assert not one.encoder.layers[1].chosen.all() and not one.decoder.layers[1].chosen.all()


# ---- planted faults: each must be seen


def no_state_back(monkeypatch):
    """The decoder's gradient by its first state does not go on to the encoder."""
    right = RNN.backward
    monkeypatch.setattr(RNN, "backward", lambda self, params, run, dhs, dstate=None: right(self, params, run, dhs))


def keys_alone(monkeypatch):
    """E is key and value: its gradient is the sum of both."""
    right = seq2seq.attention_backward

    def wrong(*args):
        dQ, dK, dV = right(*args)
        return dQ, dK, 0 * dV

    monkeypatch.setattr(seq2seq, "attention_backward", wrong)


def no_query_back(monkeypatch):
    """The decoder's steps ask, and so get a gradient through the attention."""
    right = seq2seq.attention_backward

    def wrong(*args):
        dQ, dK, dV = right(*args)
        return 0 * dQ, dK, dV

    monkeypatch.setattr(seq2seq, "attention_backward", wrong)


def softmax_for_free(monkeypatch):
    """dS = A ⊙ dA: the mean over the keys is not taken off."""

    def wrong(dO, Q, K, V, A):
        dS = A * (dO @ V.swapaxes(-1, -2)) / np.sqrt(Q.shape[-1])
        return dS @ K, dS.swapaxes(-1, -2) @ Q, A.swapaxes(-1, -2) @ dO

    monkeypatch.setattr(seq2seq, "attention_backward", wrong)


def no_slope(monkeypatch):
    """The read-out's gradient passes tanh as if it were straight."""
    right = Seq2Seq.look_up_backward
    monkeypatch.setattr(
        Seq2Seq, "look_up_backward", lambda self, p, dZ, Z, kept, run: right(self, p, dZ, 0 * Z, kept, run)
    )


@pytest.mark.parametrize(
    ("plant", "case"),
    [
        (no_state_back, "gru_attention"),
        (no_state_back, "gru_alone"),
        (no_state_back, "lstm_both_ways"),
        (keys_alone, "gru_attention"),
        (no_query_back, "lstm_of_other_width"),
        (softmax_for_free, "gru_attention"),
        (no_slope, "gru_attention"),
    ],
)
def test_the_checker_catches(monkeypatch, plant, case):
    net, params, pair, lengths = problem(case)
    assert check_gradients(net, params, pair, lengths, entries=1).error <= 1e-6
    plant(monkeypatch)
    assert check_gradients(net, params, pair, lengths, entries=1).error > 1e-5


def test_attention_that_reads_the_padding_would_be_seen(monkeypatch):
    """No gradient check sees it, for the gradient would be right: but a sequence would not be as if alone."""
    right = seq2seq.weights
    monkeypatch.setattr(seq2seq, "weights", lambda Q, K, causal, mask: right(Q, K, causal, None))
    net, params, pair, lengths = problem()
    assert check_gradients(net, params, pair, lengths, entries=1).error <= 1e-6
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        test_every_sequence_as_if_alone("gru_attention")


@pytest.mark.parametrize("fault", ["it hears what it said the step before", "it begins in no state"])
def test_decoding_that_is_off_would_be_seen(monkeypatch, fault):
    right, heard = RNN.forward, []

    def wrong(self, params, xs, state=None, **options):
        if self.input_size == 4 and len(xs) == 1:  # the decoder, one step
            heard.append(xs)
            if fault.startswith("it hears"):
                xs = heard[max(len(heard) - 2, 0)]
            else:
                state = self.zero_state(xs.shape[1])
        return right(self, params, xs, state, **options)

    monkeypatch.setattr(RNN, "forward", wrong)
    with pytest.raises(AssertionError, match="Arrays are not equal"):
        test_told_what_it_said_it_says_the_same("gru_attention", None)


# ---- at the door


def test_bad_nets():
    gru = RNN("gru", 3, 4)
    for args, kind, message in (
        (("gru", gru), TypeError, r"encoder: expected a network, such as a DeepRNN, got 'gru'"),
        ((gru, RNN), TypeError, r"decoder: expected a network, such as a DeepRNN, got <class"),
        ((gru, gru, 1), TypeError, r"attention: expected True or False, got 1"),
        ((gru, RNN("gru", 3, 4, dtype=np.float32)), ValueError, r"decoder: expected dtype float64.*got float32"),
        ((gru, RNN("gru", 3, 4, bidirectional=True)), ValueError, r"decoder: expected .*one direction, got DeepRNN"),
        ((gru, Attention(3, 4)), ValueError, r"decoder: expected a net whose state goes on, .*, got Attention"),
        ((gru, RNN("gru", 3, 5), False), ValueError, r"decoder: expected states of the encoder's shapes.*got"),
        ((gru, RNN("lstm", 3, 4), False), ValueError, r"decoder: expected states of the encoder's shapes.*got"),
        ((Attention(3, 4), gru, False), ValueError, r"decoder: expected states of the encoder's shapes \[\]"),
    ):
        with pytest.raises(kind, match=message):
            Seq2Seq(*args)


def test_bad_calls_are_refused_by_name_and_change_nothing():
    net, params, (xs, ys), lengths = problem()
    run = net.forward(params, (xs, ys), lengths=lengths)
    other = build("gru_alone")
    moved = map_leaves(lambda a: a + 1, params)
    before = snapshot(params, xs, ys, run.hs)
    V, T = ValueError, TypeError
    for call, kind, message in (
        (lambda: net.forward(params, xs), T, r"xs: expected a pair, of the sources and of the targets, got"),
        (lambda: net.forward(params, (xs, ys, ys)), T, r"xs: expected a pair"),
        (lambda: net.forward(params, (xs[..., :1], ys)), V, r"xs of the sources: expected 3 along axis 2 \(D\)"),
        (lambda: net.forward(params, (xs * np.nan, ys)), V, r"xs of the sources: expected finite values"),
        (lambda: net.forward(params, (xs, ys + 1.0)), T, r"xs of the targets: expected integers, got dtype float64"),
        (lambda: net.forward(params, (xs, ys + 9)), V, r"xs of the targets: expected integers in 0..3"),
        (lambda: net.forward(params, (xs, ys[:, :2])), V, r"xs of the targets: expected 3 along axis 1 \(B\)"),
        (lambda: net.forward(params, (xs, ys), lengths=READ), T, r"lengths: expected a pair"),
        (lambda: net.forward(params, (xs, ys), lengths=(TOLD, READ)), V, r"lengths of the targets: expected integers"),
        (lambda: net.forward(params, (xs, ys), lengths=([9, 1, 1], None)), V, r"lengths of the sources: expected int"),
        (lambda: net.forward(params, (xs, ys), [xs]), V, r"state: expected None, for Seq2Seq has no state"),
        (lambda: net.forward(params, (xs, ys), rng=1), T, r"rng: expected a numpy.random.Generator"),
        (lambda: net.forward(params | {"W_x": xs}, (xs, ys)), V, r"params: expected the keys"),
        (lambda: net.forward(params | {"b_y": xs}, (xs, ys)), V, r"params\['b_y'\]: expected 1 axes \(V=4\)"),
        (lambda: net.forward(params | {"encoder": []}, (xs, ys)), V, r"params\['encoder'\]: expected 2 entries"),
        (lambda: net.backward(params, run.hs, run.hs), T, r"run: expected what forward returned, got ndarray"),
        (lambda: net.backward(params, run, run.hs[1:]), V, r"dhs: expected 4 along axis 0 \(T'\)"),
        (lambda: net.backward(moved, run, run.hs), V, r"params: expected the values with which forward made this run"),
        (lambda: other.backward(random_params(other), run, run.hs), V, r"run: expected a forward pass of this net"),
        (lambda: net.decode(params, xs, lengths, 3), V, r"lengths: expected"),
        (lambda: net.decode(params, xs, None, 0), V, r"steps: expected an integer >= 1, got 0"),
        (lambda: net.decode(params, (xs, ys), None, 3), (T, V), r"xs: expected"),
        (lambda: net.init(0), T, r"rng: expected a numpy.random.Generator"),
    ):
        with pytest.raises(kind, match=message):
            call()
        assert snapshot(params, xs, ys, run.hs) == before
