"""Files: every tree that may be saved comes back, a save that fails leaves the old file, and no file does harm."""

import gzip
import io
import os
import pickle
import zipfile

import numpy as np
import pytest
from helpers import random_params, rng
from test_interop import same

import rnnlib

TREE = {"layers": [{"W": np.arange(6.0).reshape(2, 3)}, {"W": np.ones((1, 1), np.float32)}], "n": np.array(3)}


def test_every_tree_comes_back(tmp_path):
    hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: pip install .[test]")
    st = hypothesis.strategies
    dtypes = st.sampled_from(["f2", "f4", "f8", ">f8", "i1", "i8", "u2", "c16", "?"])

    @st.composite
    def arrays(draw):
        shape = tuple(draw(st.lists(st.integers(0, 3), max_size=3)))
        order = draw(st.sampled_from("CF"))
        return np.asarray(rng(draw(st.integers(0, 99))).integers(0, 9, shape), dtype=draw(dtypes), order=order)

    keys = st.text(min_size=1).filter(lambda key: key.isprintable() and not set(key) & set("/\\"))
    trees = st.recursive(
        arrays(),
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(keys, inner, min_size=1, max_size=3).filter(
                lambda d: set(d) != {str(i) for i in range(len(d))}
            )
        ),
        max_leaves=8,
    ).filter(lambda tree: not isinstance(tree, np.ndarray))

    @hypothesis.settings(max_examples=150)
    @hypothesis.given(trees)
    def check(tree):
        rnnlib.save(tmp_path / "tree.npz", tree)
        assert same(tree, rnnlib.load(tmp_path / "tree.npz"))

    check()


REFUSED = {
    "none": ({"a": None}, r"params\['a'\]: expected an array of numbers, got NoneType"),
    "a number": ({"a": 1.0}, r"params\['a'\]: expected an array of numbers, got float"),
    "objects": ({"a": np.array([None])}, r"params\['a'\]: expected an array of numbers, got an array of dtype object"),
    "texts": ([np.array(["x"])], r"params\[0\]: expected an array of numbers, got an array of dtype <U1"),
    "a slash": ({"a/b": np.ones(1)}, r"params: expected keys that are texts without /.*got 'a/b'"),
    "no name": ({"": np.ones(1)}, r"params: expected keys that are texts .* got ''"),
    "bytes": ({b"a": np.ones(1)}, r"params: expected keys that are texts .* got b'a'"),
    "a number as name": ({0: np.ones(1)}, r"params: expected keys that are texts .* got 0"),
    "a list in disguise": (
        {"0": np.ones(1), "1": np.ones(1)},
        r"params: expected names or a list, got a dict with the keys of",
    ),
    "an empty list": ({"a": []}, r"params\['a'\]: expected at least one entry, got an empty list"),
    "an empty dict": ({}, r"params: expected at least one entry, got an empty dict"),
    "a bare array": (np.ones(3), r"params: expected a tree of lists and dicts, got ndarray"),
    "too deep": (
        __import__("functools").reduce(lambda t, _: [t], range(99), np.ones(1)),
        r"expected at most 32 levels",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_not_come_back_is_not_saved_and_the_old_file_stays(tmp_path, name):
    tree, words = REFUSED[name]
    path = tmp_path / "tree.npz"
    rnnlib.save(path, TREE)
    with pytest.raises((ValueError, TypeError), match=words):
        rnnlib.save(path, tree)
    assert same(rnnlib.load(path), TREE) and os.listdir(tmp_path) == ["tree.npz"]


def test_a_save_that_fails_in_the_middle_leaves_the_old_file(tmp_path, monkeypatch):
    path, true, calls = tmp_path / "tree.npz", np.lib.format.write_array, []
    rnnlib.save(path, TREE)

    def full(*arguments, **kw):
        calls.append(1)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return true(*arguments, **kw)

    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(OSError, match="No space left"):
        rnnlib.save(path, {"a": np.ones(5), "b": np.ones(5)})
    assert same(rnnlib.load(path), TREE) and os.listdir(tmp_path) == ["tree.npz"]


# ------------------------------------------------------------------------------------------------ files from strangers


def saved(tree=TREE):
    out = io.BytesIO()
    np.savez(out, **dict(rnnlib.tree.leaves(tree)))
    return out.getvalue()


def npy(array=None, header=None, body=b"", pickled=False):
    out = io.BytesIO()
    if header is None:
        np.lib.format.write_array(out, array, allow_pickle=pickled)
    else:
        np.lib.format.write_array_header_1_0(out, header)
    return out.getvalue() + body


def zipped(entries, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


class Trap:
    def __reduce__(self):
        return pytest.fail, ("the file's code was run",)


def encrypted():
    """A zip whose entry says that it is encrypted."""
    content = bytearray(zipped([("a.npy", npy(np.ones(2)))]))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(sign) + at] |= 1
    return bytes(content)


def lying():
    """A directory that gives an entry fewer bytes than its header claims."""
    return zipped(
        [("a.npy", npy(header={"descr": "<f8", "fortran_order": False, "shape": (10**9,)}, body=b"12345678"))]
    )


HOSTILE = {
    "empty": (b"", "an empty file"),
    "text": (b"W_xh = 1, 2, 3\n", "a file that begins with b'W_xh"),
    "gzip": (gzip.compress(saved()), "a gzip file"),
    "pickle": (pickle.dumps(Trap()), "a pickle, which is never opened"),
    "old pickle": (pickle.dumps([1], protocol=0), "a file that begins with"),
    "single array": (npy(np.ones(3)), "the single array of a .npy file"),
    "truncated": (saved()[:-200], "a .npz file that is damaged or cut off"),
    "cut in the middle": (saved()[:100], "a .npz file that is damaged or cut off"),
    "flipped": (saved().replace(np.arange(6.0).tobytes(), np.arange(6.0)[::-1].tobytes()), "damaged or cut off"),
    "objects": (zipped([("a.npy", npy(np.array([Trap()], object), pickled=True))]), "'a.npy' with Python objects"),
    "texts": (zipped([("a.npy", npy(np.array(["x"])))]), "'a.npy' of dtype <U1"),
    "no header": (zipped([("a.npy", b"1234567890")]), "'a.npy' without the header of an array"),
    "a header bomb": (
        zipped([("a.npy", b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535)]),
        "without the header of an array",
    ),
    "a deep header": (
        zipped([("a.npy", b"\x93NUMPY\x02\x00" + (9000).to_bytes(4, "little") + b"[" * 4500 + b"]" * 4500)]),
        "without the header of an array",
    ),
    "negative shape": (
        zipped([("a.npy", npy(header={"descr": "<f8", "fortran_order": False, "shape": (-1,)}))]),
        "'a.npy' of dtype float64, shape \\(-1,\\)",
    ),
    "a header that lies": (lying(), "whose header says"),
    "another name": (zipped([("readme.txt", b"hello")]), "an entry 'readme.txt'"),
    "an empty zip": (zipped([]), "a zip without entries|a file that begins"),
    "absolute name": (zipped([("/etc/passwd.npy", npy(np.ones(1)))]), "an entry '/etc/passwd.npy'"),
    "too deep": (zipped([("a/" * 100_00 + "b.npy", npy(np.ones(1)))]), "an entry 'a/a/a/"),
    "leaf and branch": (
        zipped([("a.npy", npy(np.ones(1))), ("a/b.npy", npy(np.ones(1)))]),
        "'a' both as an array and as a branch",
    ),
    "encrypted": (encrypted(), "an encrypted entry 'a.npy'"),
    "more behind": (zipped([("a.npy", npy(np.ones(2), body=b"more"))]), "whose header says"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_none_gets_its_own_sentence(tmp_path, name):
    content, words = HOSTILE[name]
    path = tmp_path / "file.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=words) as caught:
        rnnlib.load(path)
    assert str(caught.value).startswith("path: expected a .npz file, as save writes it, got ")
    assert "allow_pickle" not in str(caught.value)


def test_two_entries_of_one_name(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        (tmp_path / "twice.npz").write_bytes(zipped([("a.npy", npy(np.ones(1)))] * 2))
    with pytest.raises(ValueError, match=r"two entries of one name, 'a.npy'"):
        rnnlib.load(tmp_path / "twice.npz")


def test_a_bomb_is_weighed_before_it_goes_off(tmp_path, monkeypatch):
    """Half a gigabyte of zeros in half a megabyte: refused by its header, before any memory is taken."""
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.npy", "w", force_zip64=True) as entry,
    ):
        np.lib.format.write_array_header_1_0(entry, {"descr": "<f8", "fortran_order": False, "shape": (2**26,)})
        for _ in range(2**9):
            entry.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    monkeypatch.setattr(np.lib.format, "read_array", lambda *a, **k: pytest.fail("memory was taken"))
    with pytest.raises(ValueError, match=r"most_bytes: expected a file of at most 1,000,000 bytes .* got 536,870,912"):
        rnnlib.load(path, most_bytes=10**6)


def test_the_bound_can_be_raised(tmp_path):
    rnnlib.save(tmp_path / "tree.npz", TREE)
    with pytest.raises(ValueError, match="most_bytes: expected a file of at most 59 bytes of arrays, got 60"):
        rnnlib.load(tmp_path / "tree.npz", most_bytes=59)
    assert same(rnnlib.load(tmp_path / "tree.npz", most_bytes=60), TREE)
    with pytest.raises(TypeError, match="most_bytes: expected an integer"):
        rnnlib.load(tmp_path / "tree.npz", most_bytes="1 GB")


def test_files_of_numpy_are_read_too(tmp_path):
    """np.savez and np.savez_compressed write the same format."""
    params = random_params(rnnlib.DeepRNN("gru", 2, 3, 2))
    for write in (np.savez, np.savez_compressed):
        write(tmp_path / "file.npz", **dict(rnnlib.tree.leaves(params)))
        assert same(params, rnnlib.load(tmp_path / "file.npz"))


def test_a_parameter_may_be_called_file(tmp_path):
    rnnlib.save(tmp_path / "x.npz", {"file": np.ones(2), "self": np.zeros(1)})
    assert set(rnnlib.load(tmp_path / "x.npz")) == {"file", "self"}
