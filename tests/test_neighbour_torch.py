"""The neighbours against PyTorch: stored references for everyone, live wherever torch is installed; and its names.

tests/reference/make_attention.py makes the references and says what is in them.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from helpers import assert_trees_close, load_torch, random_params, rng, worst_difference

import rnnlib
from rnnlib.neighbours import Attention, Convolution, Transformer, from_torch, maps, to_torch

REFERENCE = Path(__file__).parent / "reference"
CASES = [f"{m}{c}{r}" for m in ("attention", "layer", "encoder") for c in ("", "_causal") for r in ("", "_ragged")]
HEADS, LENGTHS = 3, [5, 2, 4]
WORST = []


def identity(d, dtype=np.float64):
    """The first dict of a Transformer that hands its inputs on, as nn.TransformerEncoder does."""
    return {"W_e": np.eye(d, dtype=dtype), "b_e": np.zeros(d, dtype)}


def compare(ref, heads, causal, lengths):
    """Run rnnlib on a reference's inputs; return {name: worst relative difference} over every result."""
    state_dict = {n: a for n, a in ref.items() if "." in n.removeprefix("grad/") or "in_proj" in n}
    ours = from_torch({n: a for n, a in state_dict.items() if not n.startswith("grad/")})
    xs, dhs = ref["xs"], ref["dhs"]
    (T, _, d), dtype = xs.shape, xs.dtype
    mask = None if lengths is None else np.arange(T)[:, None] < np.array(lengths)
    pairs = {}
    if isinstance(ours, list):
        hidden = ours[0]["W_in"].shape[1]
        net = Transformer(d, d, len(ours) - 1, heads, "none", hidden=hidden, causal=causal, dtype=dtype)
        params = [identity(d, dtype), *ours]
    elif "W_in" in ours:  # one layer: no net of ours, which would have a last norm
        net = Transformer(d, d, 1, heads, "none", hidden=ours["W_in"].shape[1], causal=causal, dtype=dtype)
        real = 1 if mask is None else mask[..., None]
        hs, kept = net.block(ours, xs, mask)
        dxs, grads = net.block_backward(ours, kept, dhs * real)
        pairs = {"hs": (hs * real, ref["hs"]), "dxs": (dxs, ref["dxs"])}
    else:
        net, params = Attention(d, d, heads, causal, dtype=dtype), ours
    if not pairs:
        run = net.forward(params, xs, lengths=lengths)
        grad = net.backward(params, run, dhs)
        grads = grad.params[1:] if isinstance(ours, list) else grad.params
        pairs = {"hs": (run.hs, ref["hs"]), "dxs": (grad.xs, ref["dxs"])}
    if "maps" in ref:
        real = 1 if mask is None else mask.T[:, None, :, None]
        pairs["maps"] = (maps(run)[0], ref["maps"] * real)
    in_torch = to_torch(grads)
    assert in_torch.keys() == {n.removeprefix("grad/") for n in ref if n.startswith("grad/")}
    pairs |= {n: (g, ref[f"grad/{n}"]) for n, g in in_torch.items()}
    return {name: worst_difference(*pair) for name, pair in pairs.items()}


# ---- stored


@pytest.fixture(scope="module")
def stored():
    with np.load(REFERENCE / "attention.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


@pytest.mark.parametrize("case", CASES)
def test_stored_references(stored, case):
    """Outputs, maps and every gradient, to nine digits."""
    ref = {n.removeprefix(f"{case}/"): a for n, a in stored.items() if n.startswith(f"{case}/")}
    differences = compare(ref, HEADS, "_causal" in case, LENGTHS if "_ragged" in case else None)
    assert max(differences.values()) <= 1e-9, differences


def test_the_stored_references_say_something(stored):
    assert {name.partition("/")[0] for name in stored} == set(CASES)
    assert all(a.any() and a.dtype == np.float64 for a in stored.values())


# ---- live


@pytest.fixture(scope="module")
def make():
    """The reference maker as a module: the live comparison runs torch through the very same code."""
    load_torch()
    spec = importlib.util.spec_from_file_location("make_attention", REFERENCE / "make_attention.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", [CASES[3], CASES[-1]])
def test_the_stored_references_are_what_make_makes(make, stored, case):
    for name, array in make.stored(case).items():
        assert worst_difference(array, stored[f"{case}/{name}"]) < 1e-12, name


def torch_module(kind, d, heads, L, dtype):
    nn = load_torch().nn
    if kind == "attention":
        return nn.MultiheadAttention(d, heads, dtype=dtype)
    layer = nn.TransformerEncoderLayer(d, heads, 2 * d, dropout=0, activation="relu", norm_first=True, dtype=dtype)
    return nn.TransformerEncoder(layer, L, nn.LayerNorm(d, dtype=dtype), enable_nested_tensor=False)


@pytest.mark.parametrize("ragged", [False, True], ids=["full", "ragged"])
@pytest.mark.parametrize("causal", [False, True], ids=["both_ways", "causal"])
@pytest.mark.parametrize(("kind", "heads", "L", "T"), [("attention", 1, 1, 3), ("attention", 4, 1, 140),
                                                       ("encoder", 2, 1, 9), ("encoder", 4, 3, 80)])  # fmt: skip
def test_live(make, kind, heads, L, T, causal, ragged):
    torch = load_torch()
    torch.manual_seed(L)
    lengths = rng(T).integers(1, T + 1, 4).tolist() if ragged else None
    if ragged:
        lengths[1] = T
    module = make.shaken(torch_module(kind, 8, heads, L, torch.float64), L)
    differences = compare(make.run(module, *make.draw(T, 4, 8, L), causal, lengths), heads, causal, lengths)
    assert max(differences.values()) <= 1e-9, differences
    WORST.append(max(differences.values()))


def test_how_far_from_torch(say):
    if not WORST:
        pytest.skip("no live comparison has run in this process")
    say(f"attention and Transformer in {len(WORST)} live comparisons with torch, worst: {max(WORST):.1e}")


@pytest.mark.parametrize("kind", ["attention", "encoder"])
def test_live_float32(make, kind):
    torch = load_torch()
    torch.manual_seed(0)
    module = torch_module(kind, 16, 4, 2, torch.float32)
    ref = make.run(module, *make.draw(20, 4, 16, 0, torch.float32), True, [20, 3, 11, 1])
    differences = compare(ref, 4, True, [20, 3, 11, 1])
    assert max(differences.values()) <= 1e-4, differences


@pytest.mark.parametrize("dilation", [1, 3])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("causal", [True, False], ids=["causal", "valid"])
def test_convolution_and_its_gradients(causal, stride, dilation):
    torch = load_torch()
    torch.manual_seed(0)
    K, T = 3, 12
    module = torch.nn.Conv1d(4, 5, K, stride=stride, dilation=dilation, dtype=torch.float64)
    net = Convolution(4, 5, K, stride=stride, dilation=dilation, causal=causal)
    params, xs = from_torch(module.state_dict(), causal=causal), rng(0).standard_normal((T, 2, 4))
    x = torch.tensor(xs, requires_grad=True)
    front = (K - 1) * dilation if causal else 0
    hs = module(torch.nn.functional.pad(x.permute(1, 2, 0), (front, 0))).permute(2, 0, 1)
    run = net.forward(params, xs)
    assert worst_difference(run.hs, hs.detach().numpy()) <= 1e-12
    dhs = rng(1).standard_normal(run.hs.shape)
    (hs * torch.as_tensor(dhs)).sum().backward()
    grad = net.backward(params, run, dhs)
    assert worst_difference(grad.xs, x.grad.numpy()) <= 1e-12
    for name, g in to_torch(grad.params, causal=causal).items():
        assert worst_difference(g, getattr(module, name).grad.numpy()) <= 1e-12, name


# ---- names


@pytest.mark.parametrize("kind", ["attention", "encoder"])
def test_torch_takes_our_parameters(kind):
    """to_torch fills a module through load_state_dict (strict), and the module then computes what rnnlib computes."""
    torch = load_torch()
    net = Attention(8, 8, 2) if kind == "attention" else Transformer(8, 8, 2, 2, "none", hidden=16)
    params, xs = random_params(net), rng(1).standard_normal((6, 2, 8))
    if kind == "encoder":
        params[0] = identity(8)
    ours = params if kind == "attention" else params[1:]
    module = torch_module(kind, 8, 2, 2, torch.float64)
    module.load_state_dict({n: torch.as_tensor(a) for n, a in to_torch(ours).items()})
    x, future = torch.as_tensor(xs), torch.ones(6, 6, dtype=torch.bool).triu(1)
    with torch.no_grad():
        hs = module(x, x, x, attn_mask=future)[0] if kind == "attention" else module(x, mask=future)
    assert worst_difference(net.forward(params, xs).hs, hs.numpy()) <= 1e-12
    assert_trees_close(from_torch(module.state_dict()), ours, rtol=0, atol=0)


@pytest.mark.parametrize("part", ["attention", "block", "norm", "causal", "valid", "list"])
def test_there_and_back_is_the_same(part):
    causal, params = part != "valid", random_params(Transformer(4, 4, 2))
    ours = {
        "attention": random_params(Attention(4, 4)),
        "block": params[1],
        "norm": params[-1],
        "list": params[1:],
    }.get(part, random_params(Convolution(3, 4, 5)))
    back = from_torch(theirs := to_torch(ours, causal=causal), causal=causal)
    assert_trees_close(back, ours, rtol=0, atol=0)
    assert all(a.flags.c_contiguous and a.flags.owndata for a in theirs.values())
    inside = {f"module.net.{n}": a for n, a in theirs.items()} | {"other.weight": np.ones((2, 2))}
    assert_trees_close(from_torch(inside, "net.", causal=causal), ours, rtol=0, atol=0)


def test_recurrent_networks_pass_through():
    params = random_params(rnnlib.DeepRNN("gru", 3, 4, 2))
    theirs = to_torch(params)
    assert theirs.keys() == rnnlib.to_torch(params).keys()
    assert_trees_close(from_torch({f"rnn.{n}": a for n, a in theirs.items()}, "rnn."), params, rtol=0, atol=0)


def test_missing_biases_are_zero_and_dtypes_convert():
    theirs = to_torch(random_params(Attention(4, 4)))
    del theirs["in_proj_bias"], theirs["out_proj.bias"]
    ours = from_torch(theirs, dtype=np.float32)
    assert ours["b_qkv"].shape == (12,) and not ours["b_qkv"].any() and not ours["b_o"].any()
    assert all(a.dtype == np.float32 for a in ours.values())
    Attention(4, 4, dtype=np.float32).check_params(ours)


W = np.ones((4, 4))
MHA = {"in_proj_weight": np.ones((12, 4)), "in_proj_bias": np.ones(12), "out_proj.weight": W, "out_proj.bias": W[0]}
REFUSED = [
    ([], "state_dict: expected a dict of tensors or arrays, got list"),
    ({}, "state_dict: expected the names of nn.MultiheadAttention"),
    ({3: W}, "state_dict: expected names of type str, got 3"),
    ({"weight": W, "bias": W[0]}, "a weight of 2 axes"),
    ({"weight": np.ones((4, 3, 2, 2))}, "a weight of 4 axes"),
    ({"0.weight": np.ones((4, 3, 2))}, "prefix= says which module"),
    (MHA | {"bias_k": W[0], "bias_v": W[0]}, "add_bias_kv"),
    ({"q_proj_weight": W, "k_proj_weight": W, "v_proj_weight": W, "out_proj.weight": W}, "kdim or vdim"),
    ({"multihead_attn.in_proj_weight": W}, "a decoder layer"),
    ({"weight": W[0], "bias": W[0], "running_mean": W[0], "running_var": W[0]}, "batch norm"),
    (MHA | {"more": W}, "state_dict: expected the names"),
    (MHA | {"out_proj.bias": np.ones(5)}, r"state_dict\['out_proj.bias'\]: expected 4"),
    (MHA | {"in_proj_weight": np.ones((11, 4))}, r"state_dict\['in_proj_weight'\]: expected 12"),
    (MHA | {"in_proj_weight": np.ones(4)}, r"state_dict\['in_proj_weight'\]: expected 2 axes"),
    (MHA | {"out_proj.bias": np.ones(4, np.float32)}, "expected dtype float64"),
    (MHA | {"out_proj.bias": np.ones(4, int)}, "expected float32 or float64, got int64"),
    ({f"layers.1.self_attn.{n}": a for n, a in MHA.items()}, r"got layers \[1\]"),
]


@pytest.mark.parametrize(("state_dict", "complaint"), REFUSED, ids=range(len(REFUSED)))
def test_what_has_no_counterpart_here_is_refused_by_name(state_dict, complaint):
    with pytest.raises((ValueError, TypeError), match=complaint):
        from_torch(state_dict)


def test_an_encoder_without_its_last_norm_is_refused():
    theirs = to_torch(random_params(Transformer(4, 4, 1))[1:])
    del theirs["norm.weight"], theirs["norm.bias"]
    with pytest.raises(ValueError, match=r"its last norm, norm.weight, got layers \[0\] and \[\]"):
        from_torch(theirs)
    with pytest.raises(ValueError, match="prefix: expected the beginning of a name"):
        from_torch(theirs, "encoder.")


OURS = random_params(Transformer(4, 4, 1))
NONE_THERE = [
    (3, "params: expected a dict of arrays"),
    ([], "params: expected a dict of arrays"),
    (OURS, "params: expected .* got a Transformer with its first dict"),
    (OURS[1:2], "params: expected .* got a list of one entry"),
    ([OURS[1], OURS[1]], r"params\[1\]: expected the keys of \['g', 'b'\]"),
    (random_params(Attention(3, 4)), r"params\['W_qkv'\]: expected 9"),
    ({"W": W, "b": W[0]}, r"params\['W'\]: expected 3 axes"),
    ({"W_zh": W}, "params: expected the keys of"),
]


@pytest.mark.parametrize(("params", "complaint"), NONE_THERE, ids=range(len(NONE_THERE)))
def test_what_has_no_counterpart_there_is_refused_by_name(params, complaint):
    with pytest.raises((ValueError, TypeError), match=complaint):
        to_torch(params)
