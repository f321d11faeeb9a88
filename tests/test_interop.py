"""Parameters to a file and back. (PyTorch's names: test_torch.py; files that are refused: test_bad_input.py.)"""

import zipfile

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, freeze, random_params, rng, snapshot

import rnnlib
from rnnlib.tree import leaves


def same(a, b):
    """Structure, names, dtypes and bytes."""
    assert type(a) is type(b) or (isinstance(a, list) and isinstance(b, list))
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        return all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        assert len(a) == len(b)
        return all(same(x, y) for x, y in zip(a, b))
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("L", [1, 2, 11])
@pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)
def test_a_net_comes_back(tmp_path, cell, nonlinearity, L, dtype):
    """Eleven layers, so that l10 does not come between l1 and l2."""
    net = rnnlib.DeepRNN(
        cell, 2, 3, L, nonlinearity=nonlinearity, bidirectional=True, layer_norm=True, skip_input=True, dtype=dtype
    )
    params, xs = random_params(net), rng(1).standard_normal((4, 2, 2)).astype(dtype)
    before = snapshot(params)
    freeze(params)
    rnnlib.save(tmp_path / "net.npz", params)
    back = rnnlib.load(tmp_path / "net.npz")
    assert snapshot(params) == before
    assert same(params, back)
    assert snapshot(net.forward(back, xs).hs) == snapshot(net.forward(params, xs).hs)


@pytest.mark.parametrize("as_text", [False, True])
def test_a_model_comes_back(tmp_path, as_text):
    model = rnnlib.Model(rnnlib.DeepRNN("lstm", 2, 3, 2), 4)
    params, path = random_params(model), tmp_path / "model.npz"
    path = str(path) if as_text else path
    rnnlib.save(path, params)
    assert same(params, rnnlib.load(path))
    rnnlib.save(path, model.init(rng(5)))  # a second time, over the first
    assert not same(params, rnnlib.load(path))


def test_training_goes_on_from_a_file(tmp_path):
    model = rnnlib.Model(rnnlib.DeepRNN("gru", 2, 3, 2), 4)
    batch = rng(0).standard_normal((5, 2, 2)), rng(1).integers(0, 4, (5, 2))
    one, two = rnnlib.train(model, random_params(model), [batch] * 2, rnnlib.SGD(0.1))
    rnnlib.save(tmp_path / "one.npz", one.params)
    (again,) = rnnlib.train(model, rnnlib.load(tmp_path / "one.npz"), [batch], rnnlib.SGD(0.1))
    assert snapshot(again.params) == snapshot(two.params)


def test_a_path_is_taken_as_it_is(tmp_path):
    """np.savez adds a suffix to a name without one; what was saved under a name must load under it."""
    params = random_params(rnnlib.DeepRNN("rnn", 2, 3))
    rnnlib.save(tmp_path / "weights", params)
    assert [p.name for p in tmp_path.iterdir()] == ["weights"]
    assert same(params, rnnlib.load(tmp_path / "weights"))


def test_the_file_is_plain_arrays_under_readable_names(tmp_path):
    model = rnnlib.Model(rnnlib.DeepRNN("gru", 2, 3, 2), 4)
    rnnlib.save(tmp_path / "model.npz", random_params(model))
    names = {f"layers/{l}/{n}" for l in (0, 1) for n in ("W_xh", "W_hh", "b_h", "b_hn")} | {"W_hy", "b_y"}
    with np.load(tmp_path / "model.npz", allow_pickle=False) as file:
        assert set(file.files) == names
        assert all(file[name].dtype == np.float64 for name in names)
    assert zipfile.is_zipfile(tmp_path / "model.npz")


def test_optimizer_moments_and_states_come_back(tmp_path):
    """Any tree of arrays: a state (its tuples as lists), the moments of Adam."""
    net = rnnlib.DeepRNN("lstm", 2, 3, 2)
    params = random_params(net)
    _, m, v = rnnlib.Adam().init(params)
    run = net.forward(params, rng(0).standard_normal((4, 2, 2)))
    tree = {"m": m, "v": v, "state": [list(s) for s in run.state]}
    rnnlib.save(tmp_path / "all.npz", tree)
    back = rnnlib.load(tmp_path / "all.npz")
    assert same(tree, back)
    assert [n for n, _ in leaves(back)] == [n for n, _ in leaves(tree)]
    carried = net.forward(params, np.ones((1, 2, 2)), [tuple(s) for s in back["state"]])
    assert snapshot(carried.hs) == snapshot(net.forward(params, np.ones((1, 2, 2)), run.state).hs)
