"""Parameters of PyTorch, Keras and ONNX: every shape held against the others, every gate in its place.

The references below are one sequence at a time, from the equations in the documentation of Keras and of the ONNX
operators, each gate with numbers of its own; nothing of rnnlib is used in them.
"""

import copy

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, load_torch, random_params, rng

import rnnlib

V, T = ValueError, TypeError


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


# ------------------------------------------------------------------------------------------------ PyTorch


def dict_of(cell="lstm", L=2, H=4, D=3, both=False):
    return rnnlib.to_torch(random_params(rnnlib.DeepRNN(cell, D, H, L, bidirectional=both)))


def changed(name, array, **kw):
    return dict_of(**kw) | {name: array}


UNFIT = {
    "gates that differ": (changed("weight_ih_l0", np.ones((12, 3))), r"\['weight_ih_l0'\]: expected 16 along axis 0"),
    "layers that do not meet": (
        changed("weight_ih_l1", np.ones((16, 5))),
        r"\['weight_ih_l1'\]: expected 4 along axis 1",
    ),
    "another cell above": (
        dict_of() | {n: a for n, a in dict_of("gru").items() if n.endswith("l1")},
        r"\['weight_ih_l1'\]: expected 16 along axis 0",
    ),
    "a bias of length 1": (changed("bias_ih_l0", np.ones(1)), r"\['bias_ih_l0'\]: expected 16 along axis 0"),
    "five gates": (
        {"weight_ih_l0": np.ones((20, 3)), "weight_hh_l0": np.ones((20, 4))},
        r"\['weight_hh_l0'\]: expected 1, 3 or 4 times as many rows as columns, .* got \(20, 4\)",
    ),
    "three axes": (changed("weight_hh_l0", np.ones((16, 4, 1))), r"\['weight_hh_l0'\]: expected 2 axes"),
    "complex": (changed("weight_ih_l0", np.ones((16, 3), complex)), r"\['weight_ih_l0'\]: expected float32 or float64"),
    "objects": (changed("weight_ih_l0", np.full((16, 3), None)), r"\['weight_ih_l0'\]: expected float32 or float64"),
    "ragged": (
        changed("bias_ih_l0", [[1.0], [1.0, 2.0]]),
        r"\['bias_ih_l0'\]: expected an array, got \[\[1.0\], \[1.0, 2.0\]\]",
    ),
    "two dtypes": (changed("bias_ih_l1", np.ones(16, np.float32)), r"\['bias_ih_l1'\]: expected dtype float64"),
    "one direction missing above": (
        {n: a for n, a in dict_of(both=True).items() if not n.endswith("l1_reverse")},
        r"expected as many directions in layer 1 as in layer 0",
    ),
    "bytes": ({b"weight_ih_l0": np.ones((16, 3))}, r"expected names of type str, got b'weight_ih_l0'"),
    "half precision": (
        changed("weight_ih_l0", np.ones((16, 3), np.float16)),
        r"\['weight_ih_l0'\]: expected float32 or float64, got float16; say to which with dtype=",
    ),
    "a projection": (
        changed("weight_hr_l0", np.ones((2, 4))),
        r"weight_hr_l0' \(proj_size\), which has no counterpart",
    ),
    "weight norm": (changed("weight_ih_l0_g", np.ones((16, 1))), r"'weight_ih_l0_g' of weight_norm: remove it first"),
    "weight norm, new": (
        changed("parametrizations.weight_hh_l0.original0", np.ones((16, 1))),
        r"original0' of weight_norm: remove it first",
    ),
    "quantised": (
        changed("_all_weight_values.0.param._packed_params", 0),
        r"got the quantised .*convert the model to float",
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_fit_is_refused_by_name(name):
    state_dict, words = UNFIT[name]
    before = copy.deepcopy(state_dict)
    with pytest.raises((V, T), match=words) as caught:
        rnnlib.from_torch(state_dict)
    assert str(caught.value).startswith("state_dict") and ", got " in str(caught.value)
    assert all(
        np.array_equal(np.asarray(before[n], object), np.asarray(state_dict[n], object))
        for n in before
        if n != "bias_ih_l0"
    )


def test_a_whole_model_s_dict():
    own = dict_of("gru")
    whole = {f"encoder.rnn.{n}": a for n, a in own.items()} | {"head.weight": np.ones((2, 4)), "head.bias": np.ones(2)}
    whole |= {f"decoder.{n}": a for n, a in dict_of("lstm").items()}
    with pytest.raises(V, match=r"prefix: expected the one of \['decoder.', 'encoder.rnn.'\] that is wanted, got none"):
        rnnlib.from_torch(whole)
    with pytest.raises(V, match=r"prefix: expected one of \['decoder.', 'encoder.rnn.'\], got 'encoder'"):
        rnnlib.from_torch(whole, prefix="encoder")
    with pytest.raises(T, match="prefix: expected a str, got 3"):
        rnnlib.from_torch(whole, prefix=3)
    want = rnnlib.from_torch(own)
    parallel = {f"module.{n}": a for n, a in whole.items()}
    for params in (
        rnnlib.from_torch(whole, prefix="encoder.rnn."),
        rnnlib.from_torch(parallel, prefix="encoder.rnn."),
        rnnlib.from_torch(parallel, prefix="module.encoder.rnn."),
        rnnlib.from_torch({f"module.{n}": a for n, a in own.items()}),
        rnnlib.from_torch(own | {"head.weight": np.ones((2, 4))}, prefix=""),
    ):
        assert all(np.array_equal(a[n], b[n]) for a, b in zip(params, want, strict=True) for n in b)
    with pytest.raises(V, match="prefix: expected the one of"):
        rnnlib.from_torch(own | {"head.weight": np.ones((2, 4))})


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_a_cell_of_torch_is_a_layer(cell):
    own = dict_of(cell, L=1)
    names = {n.removesuffix("_l0"): a for n, a in own.items()}
    (layer,), (want,) = rnnlib.from_torch(names), rnnlib.from_torch(own)
    assert layer.keys() == want.keys() and all(np.array_equal(layer[n], want[n]) for n in want)


def test_half_precision_is_converted_when_asked():
    half = {n: a.astype(np.float16) for n, a in dict_of("gru").items()}
    for dtype in (np.float32, np.float64):
        params = rnnlib.from_torch(half, dtype=dtype)
        assert {a.dtype for p in params for a in p.values()} == {np.dtype(dtype)}
    torch = load_torch()
    brain = {n: torch.as_tensor(a).to(torch.bfloat16) for n, a in dict_of("gru").items()}
    with pytest.raises(T, match=r"expected float32 or float64, got torch.bfloat16; say to which with dtype="):
        rnnlib.from_torch(brain)
    params = rnnlib.from_torch(brain, dtype=np.float32)
    assert np.abs(params[0]["W_xh"] - dict_of("gru")["weight_ih_l0"].T).max() < 0.01


def test_skip_nets_go_there_and_back():
    net = rnnlib.DeepRNN("lstm", 3, 4, 3, skip_input=True)
    params = random_params(net)
    back = rnnlib.from_torch(rnnlib.to_torch(params))
    assert all(np.array_equal(a[n], b[n]) for a, b in zip(back, params, strict=True) for n in b)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_states_of_torch(cell, both):
    """(L · directions, B, H), the directions of a layer one after the other."""
    torch = load_torch()
    net = rnnlib.DeepRNN(cell, 3, 4, 2, bidirectional=both)
    params, xs = random_params(net), rng(1).standard_normal((5, 2, 3))
    module = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](
        3, 4, 2, bidirectional=both
    ).double()
    module.load_state_dict({n: torch.as_tensor(a) for n, a in rnnlib.to_torch(params).items()})
    h_0 = [torch.as_tensor(a) for a in rng(2).standard_normal((2, 2 * (1 + both), 2, 4))]
    h_0 = tuple(h_0) if cell == "lstm" else h_0[0]
    _, end = module(torch.as_tensor(xs), h_0)
    run = net.forward(params, xs, rnnlib.state_from_torch(h_0, bidirectional=both))
    for got, want in zip(rnnlib.state_from_torch(end, bidirectional=both), run.state, strict=True):
        for a, b in zip(got, want, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
    back = rnnlib.state_to_torch(run.state, bidirectional=both)
    for a, b in zip(*[(x if cell == "lstm" else [x]) for x in (back, end)], strict=True):
        np.testing.assert_allclose(a, b.detach().numpy(), rtol=1e-12)


def test_states_that_do_not_fit_are_refused():
    with pytest.raises(V, match=r"state\[0\]: expected 3 axes"):
        rnnlib.state_from_torch(np.ones((2, 3)))
    with pytest.raises(V, match="state: expected h, or h and c, with a multiple of 2 rows"):
        rnnlib.state_from_torch(np.ones((3, 2, 4)), bidirectional=True)
    with pytest.raises(V, match=r"state\[1\]: expected 4 along axis 2"):
        rnnlib.state_from_torch((np.ones((1, 2, 4)), np.ones((1, 2, 5))))
    with pytest.raises(T, match="state: expected a list"):
        rnnlib.state_to_torch(None)


GARBAGE = [None, 3, "x", [], [None], [[]], [{b"W_xh": np.ones((1, 1))}], [{"W_xh": [[1], [1, 2]]}]]
GARBAGE += [[{"W_xh": np.ones(3)}], [{"W_xh": np.ones((1, 1)), "W_hh": np.ones((1, 1))}]]


@pytest.mark.parametrize("params", GARBAGE, ids=repr)
def test_to_torch_refuses_garbage(params):
    with pytest.raises((V, T), match=r"^params(\[.*\])*: expected .*, got "):
        rnnlib.to_torch(params)


def test_a_gru_of_2014_has_no_place_in_torch():
    with pytest.raises(V, match=r"params\[0\]: expected a GRU with b_hn, whose reset acts after the product"):
        rnnlib.to_torch(random_params(rnnlib.DeepRNN("gru", 2, 3, reset="before")))


# ------------------------------------------------------------------------------------------------ Keras and ONNX


def keras_sequence(cell, kernel, recurrent, bias, xs, reset_after):
    """(h_T, every h_t) as the documentation of keras.layers.SimpleRNN, LSTM, GRU has it. Gates: i f c o; z r h."""
    H = len(recurrent)
    h, c, hs = np.zeros(H), np.zeros(H), []
    K, U = (np.split(a, a.shape[1] // H, axis=1) for a in (kernel, recurrent))
    if cell == "gru" and reset_after:
        bx, bh = (np.split(b, 3) for b in bias)
    else:
        bx = np.split(bias, len(K))
    for x in xs:
        if cell == "rnn":
            h = np.tanh(x @ K[0] + h @ U[0] + bx[0])
        elif cell == "lstm":
            i, f, o = (sigmoid(x @ K[k] + h @ U[k] + bx[k]) for k in (0, 1, 3))
            c = f * c + i * np.tanh(x @ K[2] + h @ U[2] + bx[2])
            h = o * np.tanh(c)
        else:
            inner = [0, 0, 0] if not reset_after else bh
            z, r = (sigmoid(x @ K[k] + bx[k] + h @ U[k] + inner[k]) for k in (0, 1))
            if reset_after:
                candidate = np.tanh(x @ K[2] + bx[2] + r * (h @ U[2] + bh[2]))
            else:
                candidate = np.tanh(x @ K[2] + bx[2] + (r * h) @ U[2])
            h = z * h + (1 - z) * candidate
        hs.append(h)
    return np.array(hs)


def keras_weights(cell, after, seed=0, D=3, H=4, bias=True):
    """[kernel, recurrent_kernel, bias] with numbers of its own for every gate."""
    G, draw = {"rnn": 1, "lstm": 4, "gru": 3}[cell], rng(seed)
    shape = (2, G * H) if cell == "gru" and after else (G * H,)
    arrays = [draw.standard_normal((D, G * H)), draw.standard_normal((H, G * H)), draw.standard_normal(shape)]
    return arrays[: 2 + bias]


CASES = [("rnn", False), ("lstm", False), ("gru", True), ("gru", False)]


def net_for(cell, after, L=1, both=False):
    reset = "before" if cell == "gru" and not after else "after"
    return rnnlib.DeepRNN(cell, 3, 4, L, reset=reset, bidirectional=both)


@pytest.mark.parametrize(("cell", "after"), CASES)
def test_keras(cell, after):
    weights, xs = keras_weights(cell, after), rng(9).standard_normal((6, 1, 3))
    want = keras_sequence(cell, *weights, xs[:, 0], after)
    params = rnnlib.from_keras(weights)
    assert ("b_hn" in params[0]) == (cell == "gru" and after)
    np.testing.assert_allclose(net_for(cell, after).forward(params, xs).hs[:, 0], want, rtol=1e-12)


@pytest.mark.parametrize(("cell", "after"), CASES[1:])
@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (0, 2)])
def test_gates_in_another_place_are_noticed(cell, after, pair):
    """A planted fault: two gates exchanged on the way in give another answer."""
    weights, xs, H = keras_weights(cell, after), rng(9).standard_normal((6, 1, 3)), 4
    a, b = (slice(k * H, (k + 1) * H) for k in pair)
    wrong = [w.copy() for w in weights]
    for w in wrong:
        w[..., a], w[..., b] = w[..., b].copy(), w[..., a].copy()
    want = keras_sequence(cell, *weights, xs[:, 0], after)
    got = net_for(cell, after).forward(rnnlib.from_keras(wrong), xs).hs[:, 0]
    assert np.abs(got - want).max() > 0.01


def test_keras_in_two_directions_and_layers():
    below, above = (keras_weights("lstm", False, s) + keras_weights("lstm", False, s + 1) for s in (0, 2))
    above[0], above[3] = (rng(s).standard_normal((8, 16)) for s in (5, 6))
    xs = rng(9).standard_normal((5, 1, 3))
    out = xs[:, 0]
    for layer in (below, above):
        forward = keras_sequence("lstm", *layer[:3], out, False)
        reverse = keras_sequence("lstm", *layer[3:], out[::-1], False)[::-1]
        out = np.hstack([forward, reverse])
    net = net_for("lstm", False, L=2, both=True)
    np.testing.assert_allclose(net.forward(rnnlib.from_keras([below, above]), xs).hs[:, 0], out, rtol=1e-11)


def test_keras_without_bias():
    kernel, recurrent = keras_weights("gru", True, bias=False)
    (after,), (before,) = (
        rnnlib.from_keras([kernel, recurrent]),
        rnnlib.from_keras([kernel, recurrent], reset_after=False),
    )
    assert not after["b_hn"].any() and "b_hn" not in before and not before["b_h"].any()


def onnx_sequence(cell, W, R, B, xs, linear_before_reset):
    """Every h_t of one direction, as the ONNX operators define it. Gates: LSTM i o f c; GRU z r h."""
    H = R.shape[1]
    G = len(R) // H
    W, R, (Wb, Rb) = np.split(W, G), np.split(R, G), (np.split(b, G) for b in np.split(B, 2))
    h, c, hs = np.zeros(H), np.zeros(H), []
    for x in xs:
        g = [W[k] @ x + Wb[k] for k in range(G)]
        if cell == "rnn":
            h = np.tanh(g[0] + R[0] @ h + Rb[0])
        elif cell == "lstm":
            i, o, f = (sigmoid(g[k] + R[k] @ h + Rb[k]) for k in (0, 1, 2))
            c = f * c + i * np.tanh(g[3] + R[3] @ h + Rb[3])
            h = o * np.tanh(c)
        else:
            z, r = (sigmoid(g[k] + R[k] @ h + Rb[k]) for k in (0, 1))
            inner = r * (R[2] @ h + Rb[2]) if linear_before_reset else R[2] @ (r * h) + Rb[2]
            h = (1 - z) * np.tanh(g[2] + inner) + z * h
        hs.append(h)
    return np.array(hs)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(("cell", "after"), CASES)
def test_onnx(cell, after, both):
    G, H, D, n, draw = {"rnn": 1, "lstm": 4, "gru": 3}[cell], 4, 3, 1 + both, rng(0)
    W, R, B = (draw.standard_normal((n, *shape)) for shape in ((G * H, D), (G * H, H), (2 * G * H,)))
    xs = rng(9).standard_normal((6, 1, 3))
    halves = [onnx_sequence(cell, W[0], R[0], B[0], xs[:, 0], after)]
    if both:
        halves.append(onnx_sequence(cell, W[1], R[1], B[1], xs[::-1, 0], after)[::-1])
    params = rnnlib.from_onnx(W, R, B, linear_before_reset=int(after))
    got = net_for(cell, after, both=both).forward(params, xs).hs[:, 0]
    np.testing.assert_allclose(got, np.hstack(halves), rtol=1e-12)


FOREIGN = {
    "no list": (lambda: rnnlib.from_keras(None), "weights: expected the list that"),
    "one array": (lambda: rnnlib.from_keras([np.ones((3, 4))]), "weights: expected 2 or 3 arrays per direction, got 1"),
    "five gates": (
        lambda: rnnlib.from_keras([np.ones((3, 20)), np.ones((4, 20))]),
        r"weights\[1\]: expected 1, 3 or 4 times",
    ),
    "kernels that differ": (
        lambda: rnnlib.from_keras([np.ones((3, 12)), np.ones((4, 16))]),
        r"weights\[0\]: expected 16 along axis 1",
    ),
    "a short bias": (
        lambda: rnnlib.from_keras([np.ones((3, 16)), np.ones((4, 16)), np.ones(4)]),
        r"weights\[2\]: expected 16 along axis 0",
    ),
    "integers": (
        lambda: rnnlib.from_keras([np.ones((3, 16), int), np.ones((4, 16))]),
        r"weights\[0\]: expected float32 or float64, got int64",
    ),
    "layers that do not meet": (
        lambda: rnnlib.from_keras([[np.ones((3, 16)), np.ones((4, 16))], [np.ones((5, 16)), np.ones((4, 16))]]),
        r"weights\[1\]: expected 4 along axis 1",
    ),
    "peepholes": (
        lambda: rnnlib.from_onnx(np.ones((1, 16, 3)), np.ones((1, 16, 4)), P=np.ones((1, 12))),
        "P: expected None",
    ),
    "two axes": (lambda: rnnlib.from_onnx(np.ones((16, 3)), np.ones((16, 4))), "R: expected 3 axes"),
    "W of another size": (
        lambda: rnnlib.from_onnx(np.ones((1, 12, 3)), np.ones((1, 16, 4))),
        r"W: expected 16 along axis 1",
    ),
    "one bias": (
        lambda: rnnlib.from_onnx(np.ones((1, 16, 3)), np.ones((1, 16, 4)), np.ones((1, 16))),
        r"B: expected 32 along axis 1",
    ),
    "an odd flag": (
        lambda: rnnlib.from_onnx(np.ones((1, 16, 3)), np.ones((1, 16, 4)), linear_before_reset=2),
        "linear_before_reset: expected an integer >= 0 and <= 1, got 2",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_weights_that_do_not_fit_are_refused(name):
    attempt, words = FOREIGN[name]
    with pytest.raises((V, T), match=words) as caught:
        attempt()
    assert ": expected " in str(caught.value) and ", got " in str(caught.value)


@pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)
def test_every_cell_of_ours_is_told_from_its_gates(cell, nonlinearity):
    params = rnnlib.from_torch(rnnlib.to_torch(random_params(rnnlib.DeepRNN(cell, 2, 3, 2, nonlinearity=nonlinearity))))
    assert ("b_hn" in params[0]) == (cell == "gru")
