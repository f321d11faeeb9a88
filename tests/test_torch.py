"""Against PyTorch: stored references for everyone, and the live comparison wherever torch is installed.

tests/reference/make.py makes the references and says what is in them.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, load_torch, random_like, random_params, rng, worst_difference

import rnnlib
from rnnlib.stack import GradientTree

REFERENCE = Path(__file__).parent / "reference"
KINDS = {"rnn_tanh": ("rnn", "tanh"), "rnn_relu": ("rnn", "relu"), "lstm": ("lstm", "tanh"), "gru": ("gru", "tanh")}
CASES = [f"L{L}{b}{r}" for L in (1, 2, 3) for b in ("", "_bidirectional") for r in ("", "_ragged")]
WORST = {"stored": 0.0, "live": 0.0, "live, float32": 0.0}


def states(ref, names, ways):
    """PyTorch's (L·ways, B, H) per name -> our list over layers of tuples of (B, ways·H)."""
    L = len(ref[names[0]]) // ways
    return [tuple(np.concatenate(ref[n][l * ways : (l + 1) * ways], axis=-1) for n in names) for l in range(L)]


def compare(kind, ref, lengths, dtype=np.float64):
    """Run rnnlib on a reference's inputs; return {name: worst relative difference} over every result."""
    cell, nonlinearity = KINDS[kind]
    params = rnnlib.from_torch({n: a for n, a in ref.items() if n.startswith(("weight_", "bias_"))})
    ways = 2 if "weight_ih_l0_reverse" in ref else 1
    D, H = ref["weight_ih_l0"].shape[1], ref["weight_hh_l0"].shape[1]
    net = rnnlib.DeepRNN(cell, D, H, len(params), nonlinearity=nonlinearity, bidirectional=ways == 2, dtype=dtype)
    names = ["h", "c"] if cell == "lstm" else ["h"]
    run = net.forward(params, ref["xs"], states(ref, [f"{n}_0" for n in names], ways), lengths=lengths)
    grad = net.backward(params, run, ref["dhs"], states(ref, [f"d{n}_n" for n in names], ways))
    pairs = {"hs": (run.hs, ref["hs"]), "dxs": (grad.xs, ref["dxs"])}
    for l, want in enumerate(states(ref, [f"{n}_n" for n in names], ways)):
        pairs |= {f"{n}_n of layer {l}": pair for n, *pair in zip(names, run.state[l], want)}
    for l, want in enumerate(states(ref, [f"d{n}_0" for n in names], ways)):
        pairs |= {f"d{n}_0 of layer {l}": pair for n, *pair in zip(names, grad.state[l], want)}
    in_torch = rnnlib.to_torch(grad.params)
    assert in_torch.keys() == {n.removeprefix("grad/") for n in ref if n.startswith("grad/")}
    pairs |= {n: (g, ref[f"grad/{n}"]) for n, g in in_torch.items()}
    return {name: worst_difference(*pair) for name, pair in pairs.items()}


# ---- stored


@pytest.fixture(scope="module", params=KINDS)
def stored(request):
    with np.load(REFERENCE / f"{request.param}.npz", allow_pickle=False) as file:
        return request.param, {name: file[name] for name in file.files}


@pytest.mark.parametrize("case", CASES)
def test_stored_references(stored, case):
    """Outputs, last states and every gradient, to nine digits."""
    kind, arrays = stored
    ref = {n.removeprefix(f"{case}/"): a for n, a in arrays.items() if n.startswith(f"{case}/")}
    differences = compare(kind, ref, [4, 1, 3] if case.endswith("_ragged") else None)
    WORST["stored"] = max(WORST["stored"], *differences.values())
    assert max(differences.values()) <= 1e-9, differences


def test_the_stored_references_say_something():
    """No array of zeros, all L, both directions: a reference that holds nothing agrees with everything."""
    for kind in KINDS:
        with np.load(REFERENCE / f"{kind}.npz", allow_pickle=False) as file:
            assert {name.partition("/")[0] for name in file.files} == set(CASES)
            assert all(file[name].any() and file[name].dtype == np.float64 for name in file.files)


# ---- live


@pytest.fixture(scope="module")
def make():
    """The reference maker as a module: the live comparison runs torch through the very same code."""
    load_torch()
    spec = importlib.util.spec_from_file_location("make_reference", REFERENCE / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def torch_module(kind, D, H, L, both, dtype):
    torch = load_torch()
    cell, nonlinearity = KINDS[kind]
    options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
    name = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}[cell]
    return getattr(torch.nn, name)(D, H, L, bidirectional=both, dtype=dtype, **options)


@pytest.mark.parametrize("both", [False, True], ids=["one_way", "both_ways"])
@pytest.mark.parametrize("ragged", [False, True], ids=["full", "ragged"])
@pytest.mark.parametrize("L", [1, 2, 3, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_live(make, kind, L, ragged, both):
    torch = load_torch()
    torch.manual_seed(L)
    module = torch_module(kind, 5, 7, L, both, torch.float64)
    lengths = [9, 2, 5, 1] if ragged else None
    differences = compare(kind, make.run(module, *make.draw(module, 9, 4, L), lengths), lengths)
    WORST["live"] = max(WORST["live"], *differences.values())
    assert max(differences.values()) <= 1e-9, differences


@pytest.mark.parametrize("ragged", [False, True], ids=["full", "ragged"])
@pytest.mark.parametrize("kind", KINDS)
def test_live_at_the_size_of_real_work(make, kind, ragged):
    """Hundreds of thousands of numbers per array: where rnnlib works in pieces and on used memory."""
    torch = load_torch()
    torch.manual_seed(0)
    module = torch_module(kind, 12, 32, 2, True, torch.float64)
    for p in module.parameters():
        p.data *= 0.7  # the ReLU recurrence must not explode over 120 steps
    lengths = rng(0).integers(1, 121, 32).tolist() if ragged else None
    for seed in range(2):
        differences = compare(kind, make.run(module, *make.draw(module, 120, 32, seed), lengths), lengths)
        WORST["live"] = max(WORST["live"], *differences.values())
        assert max(differences.values()) <= 1e-9, differences


@pytest.mark.parametrize("L", [1, 3, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_live_float32(make, kind, L):
    torch = load_torch()
    torch.manual_seed(L)
    module = torch_module(kind, 8, 16, L, True, torch.float32)
    ref = make.run(module, *make.draw(module, 20, 4, L, torch.float32), [20, 3, 11, 1])
    differences = compare(kind, ref, [20, 3, 11, 1], np.float32)
    WORST["live, float32"] = max(WORST["live, float32"], *differences.values())
    assert max(differences.values()) <= 1e-4, differences


def test_the_stored_references_are_what_make_makes(make):
    """So that nobody edits the one without the other (last digits may differ between versions of torch)."""
    torch = load_torch()
    torch.manual_seed(7)
    L, both, ragged = make.CASES[CASES[7]]
    fresh = make.run(
        module := make.CELLS["gru"](num_layers=L, bidirectional=both, dtype=torch.float64),
        *make.draw(module, make.T, make.B, 7),
        make.LENGTHS if ragged else None,
    )
    with np.load(REFERENCE / "gru.npz") as file:
        for name, array in fresh.items():
            assert worst_difference(array, file[f"{CASES[7]}/{name}"]) < 1e-12, name


@pytest.mark.parametrize("kind", KINDS)
def test_torch_takes_our_parameters(kind):
    """to_torch fills a module through load_state_dict (strict), and the module then computes what rnnlib computes."""
    torch = load_torch()
    cell, nonlinearity = KINDS[kind]
    net = rnnlib.DeepRNN(cell, 3, 4, 3, nonlinearity=nonlinearity, bidirectional=True)
    params, xs = random_params(net), rng(1).standard_normal((6, 2, 3))
    module = torch_module(kind, 3, 4, 3, True, torch.float64)
    module.load_state_dict({n: torch.as_tensor(a) for n, a in rnnlib.to_torch(params).items()})
    with torch.no_grad():
        hs, _ = module(torch.as_tensor(xs))
    assert worst_difference(net.forward(params, xs).hs, hs.numpy()) <= 1e-12
    back = rnnlib.from_torch(module.state_dict())  # tensors, not arrays
    for layer, own in zip(back, params, strict=True):
        assert layer.keys() == own.keys()
        assert all(np.array_equal(layer[n], own[n]) for n in own)


@pytest.mark.parametrize(("loss", "at"), [("cross_entropy", "each_step"), ("cross_entropy", "last_step"),
                                          ("mse", "each_step"), ("mse", "last_step")])  # fmt: skip
def test_models_and_their_gradients(loss, at):
    """nn.GRU + nn.Linear + torch's own losses, on a ragged batch, differentiated by autograd."""
    torch = load_torch()
    lengths, T, B, V = [6, 2, 5], 6, 3, 4
    net = rnnlib.DeepRNN("gru", 3, 5, 2, bidirectional=True)
    model = rnnlib.Model(net, V, loss=loss, at=at)
    params, xs = random_params(model), rng(1).standard_normal((T, B, 3))
    rows = (T, B) if at == "each_step" else (B,)
    targets = rng(2).integers(0, V, rows) if loss == "cross_entropy" else rng(2).standard_normal((*rows, V))
    value, grads = model.loss_and_grads(params, xs, targets, lengths)

    gru, linear = torch_module("gru", 3, 5, 2, True, torch.float64), torch.nn.Linear(10, V, dtype=torch.float64)
    gru.load_state_dict({n: torch.as_tensor(a) for n, a in rnnlib.to_torch(params["layers"]).items()})
    linear.load_state_dict({"weight": torch.as_tensor(params["W_hy"].T.copy()), "bias": torch.as_tensor(params["b_y"])})
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        torch.as_tensor(xs), torch.as_tensor(lengths), enforce_sorted=False
    )
    out, ends = gru(packed)
    hs, n = torch.nn.utils.rnn.pad_packed_sequence(out, total_length=T)
    ys, wanted = linear(hs), torch.as_tensor(targets)
    if at == "each_step":
        real = torch.arange(T)[:, None] < n
        ys, wanted = ys[real], wanted[real]
    else:
        ys = linear(torch.cat([ends[-2], ends[-1]], dim=1))  # the final state of each direction of the top layer
    criterion = torch.nn.CrossEntropyLoss() if loss == "cross_entropy" else torch.nn.MSELoss()
    want = criterion(ys, wanted)
    want.backward()
    assert value == pytest.approx(want.item(), rel=1e-12)
    for name, g in rnnlib.to_torch(grads["layers"]).items():
        assert worst_difference(g, gru.get_parameter(name).grad.numpy()) <= 1e-9, name
    assert worst_difference(grads["W_hy"].T, linear.weight.grad.numpy()) <= 1e-9
    assert worst_difference(grads["b_y"], linear.bias.grad.numpy()) <= 1e-9


# ---- names and layout, without torch


@pytest.mark.parametrize("both", [False, True], ids=["one_way", "both_ways"])
@pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)
def test_there_and_back(cell, nonlinearity, both):
    net = rnnlib.DeepRNN(cell, 2, 3, 3, nonlinearity=nonlinearity, bidirectional=both)
    params = random_params(net)
    state_dict = rnnlib.to_torch(params)
    tags = ["", "_reverse"] if both else [""]
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    assert state_dict.keys() == {f"{kind}_l{l}{tag}" for l in range(3) for tag in tags for kind in kinds}
    for l, layer in enumerate(params):
        np.testing.assert_array_equal(state_dict[f"weight_ih_l{l}"], layer["W_xh"].T)
        np.testing.assert_array_equal(state_dict[f"weight_hh_l{l}"], layer["W_hh"].T)
    back = rnnlib.from_torch(state_dict)
    for layer, own in zip(back, params, strict=True):
        assert layer.keys() == own.keys() and all(np.array_equal(layer[n], own[n]) for n in own)
    back[0]["W_xh"][:] = 0  # a copy: the net handed in keeps its weights
    assert state_dict["weight_ih_l0"].any() and params[0]["W_xh"].any()


def test_a_module_without_biases():
    """nn.GRU(bias=False) has no bias_* entries: ours are zero."""
    with np.load(REFERENCE / "gru.npz") as file:
        weights = {n.removeprefix("L1/"): file[n] for n in file.files if n.startswith("L1/weight_")}
    (layer,) = rnnlib.from_torch(weights)
    assert layer.keys() == {"W_xh", "W_hh", "b_h", "b_hn"} and not layer["b_h"].any() and not layer["b_hn"].any()


def test_the_two_biases_of_a_gradient():
    """Both biases of a sum get the sum's gradient; the GRU's candidate has two of its own. Clipping keeps that."""
    net = rnnlib.DeepRNN("gru", 2, 3)
    params = random_params(net)
    run = net.forward(params, rng(0).standard_normal((4, 2, 2)))
    grads = net.backward(params, run, random_like(run.hs)).params
    clipped, _ = rnnlib.clip_by_global_norm(grads, 1e-3)
    for tree in (grads, clipped):
        assert isinstance(tree, GradientTree)
        out, (layer,) = rnnlib.to_torch(tree), tree
        np.testing.assert_array_equal(out["bias_ih_l0"], layer["b_h"])
        np.testing.assert_array_equal(out["bias_hh_l0"], np.concatenate([layer["b_h"][:6], layer["b_hn"]]))
    out, (layer,) = rnnlib.to_torch(params), params
    np.testing.assert_array_equal(out["bias_hh_l0"], np.concatenate([np.zeros(6), layer["b_hn"]]))


def test_importing_rnnlib_does_not_import_torch():
    assert "torch" not in vars(sys.modules["rnnlib.interop"])


def test_the_worst(say):
    say("worst relative difference from PyTorch: " + ", ".join(f"{k} {v:.1e}" for k, v in WORST.items()))
