"""Parameters in a file and back: .npz, a zip of plain arrays. Never pickle, so a file from a stranger runs no code.

A tree is made of lists (tuples count as lists) and dicts, none of them empty, with arrays of numbers or truth values
at its leaves. An array is stored under the way to it, "layers/0/W_xh", so a dict's keys are texts without "/", and a
dict whose keys are "0", "1", ... would come back as the list that it looks like.
"""

import contextlib
import math
import os
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from . import check
from .tree import leaves

KINDS = "biufc"  # dtypes of numbers and truth values
DEPTH = 32  # of a tree in a file, at most
BEGINS = {
    b"\x1f\x8b": "a gzip file",
    b"\x80": "a pickle, which is never opened, for it may run any code: store the arrays anew with rnnlib.save",
    b"\x93NUMPY": "the single array of a .npy file",
}


def save(path, params):
    """Write a tree to one .npz file, under exactly this path. A file of that name stays whole until the new one is.

    TypeError where a leaf is no array of numbers, or path no path; ValueError where the tree would not come back as it
    is (an empty dict, a key with "/").
    """
    path = as_path(path)
    if not isinstance(params, (dict, list, tuple)):
        raise TypeError(f"params: expected a tree of lists and dicts, got {type(params).__name__}")
    check_tree("params", params)
    with replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, array in leaves(params):
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)


@contextlib.contextmanager
def replacing(path, mode=None):
    """An open binary file that takes the place of `path` when all is written; a file of that name stays whole until
    then, and for good where something fails.  mode : its permissions, such as 0o644; else the owner's alone."""
    path = as_path(path)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        if mode is not None:
            os.chmod(beside, mode)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def as_path(value):
    """Return a Path from a str or a Path, or raise; a number, which would be an open file's, is none."""
    try:
        made = Path(os.fsdecode(os.fsencode(value)))
    except (TypeError, ValueError):
        made = None
    if made is None or isinstance(value, bytes) or "\0" in str(made):
        raise TypeError(f"path: expected a str or a Path, got {check.came(value)}")
    return made


def check_tree(name, tree, depth=0):
    """Raise unless `load` would give this tree back as it is."""
    if depth > DEPTH:
        raise ValueError(f"{name}: expected at most {DEPTH} levels, got more")
    if isinstance(tree, (dict, list, tuple)):
        if not tree:
            raise ValueError(f"{name}: expected at least one entry, got an empty {type(tree).__name__}")
        if isinstance(tree, dict):
            for key in tree:
                if not isinstance(key, str) or not key or set(key) & set("/\\\0") or not key.isprintable():
                    raise ValueError(f"{name}: expected keys that are texts without / \\ or control signs, got {key!r}")
            if set(tree) == {str(i) for i in range(len(tree))}:
                raise ValueError(f"{name}: expected names or a list, got a dict with the keys of a list, {list(tree)}")
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            check_tree(f"{name}[{key!r}]", value, depth + 1)
    elif not isinstance(tree, (np.ndarray, np.generic)) or tree.dtype.kind not in KINDS:
        got = f"an array of dtype {tree.dtype}" if isinstance(tree, np.ndarray) else type(tree).__name__
        raise TypeError(f"{name}: expected an array of numbers, got {got}")


def load(path, *, most_bytes=2**30):
    """Read back what `save` wrote.

    most_bytes : of all arrays together, at most. It is read from their headers before any memory is taken, so that a
    small file cannot claim a large machine; raise it for a large network.
    ValueError where it is no such file, or a larger one; OSError where there is none; TypeError where path is no path.
    """
    check.number("most_bytes", most_bytes, 0, integer=True)
    with open(as_path(path), "rb") as file:
        try:
            tree = read(file, most_bytes)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as e:
            raise Refused(f"a .npz file that is damaged or cut off ({e or type(e).__name__})") from None
    return as_lists(tree)


class Refused(ValueError):
    """path: expected a .npz file as save writes it, got ..."""

    def __init__(self, got):
        super().__init__(f"path: expected a .npz file, as save writes it, got {got}")


def read(file, most_bytes):
    """The tree in an open file, its lists still as dicts."""
    begin = file.read(8)
    if begin[:2] != b"PK":
        what = next((words for sign, words in BEGINS.items() if begin.startswith(sign)), None)
        raise Refused(what or (f"a file that begins with {begin!r}" if begin else "an empty file"))
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        parts = [entry.filename.removesuffix(".npy").split("/") for entry in entries]
        check_names(entries, parts)
        total = sum(array_bytes(archive, entry) for entry in entries)
        if total > most_bytes:
            raise ValueError(f"most_bytes: expected a file of at most {most_bytes:,} bytes of arrays, got {total:,}")
        tree = {}
        for entry, (*parents, last) in zip(entries, parts):
            node = tree
            for part in parents:
                node = node.setdefault(part, {})
            with archive.open(entry) as stored:
                node[last] = np.lib.format.read_array(stored, allow_pickle=False)
                if stored.read(1):
                    raise Refused(f"{entry.filename!r} with something behind its array")
    return tree


def check_names(entries, parts):
    """Whether the names in the zip are those of one tree."""
    if not entries:
        raise Refused("a zip without entries")
    names = [entry.filename for entry in entries]
    for entry, way in zip(entries, parts):
        if not entry.filename.endswith(".npy") or not all(way) or len(way) > DEPTH + 1:
            raise Refused(f"a zip with an entry {entry.filename[:80]!r}")
        if entry.flag_bits & 1:
            raise Refused(f"an encrypted entry {entry.filename!r}")
    if len(set(names)) < len(names):
        raise Refused(f"two entries of one name, {next(n for n in names if names.count(n) > 1)!r}")
    inner = {"/".join(way[:k]) for way in parts for k in range(1, len(way))}
    if both := inner & {"/".join(way) for way in parts}:
        raise Refused(f"{min(both)!r} both as an array and as a branch")


def array_bytes(archive, entry):
    """The bytes of the array in this entry by its header, which the entry's own size must bear out."""
    with archive.open(entry) as stored:
        try:
            version = np.lib.format.read_magic(stored)
            header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
            shape, _, dtype = header(stored)
        except (ValueError, KeyError, TypeError, SyntaxError, RecursionError, MemoryError) as e:
            raise Refused(f"{entry.filename!r} without the header of an array ({type(e).__name__})") from None
        if dtype.hasobject:
            raise Refused(f"{entry.filename!r} with Python objects, which only pickle could read")
        if dtype.kind not in KINDS or any(n < 0 for n in shape):
            raise Refused(f"{entry.filename!r} of dtype {dtype}, shape {shape}")
        size = math.prod(shape) * dtype.itemsize
        if entry.file_size != stored.tell() + size:
            raise Refused(f"{entry.filename!r}, {entry.file_size} bytes long, whose header says {stored.tell() + size}")
    return size


def as_lists(node):
    """Dicts whose keys are 0, 1, ... become lists again."""
    if not isinstance(node, dict):
        return node
    node = {k: as_lists(v) for k, v in node.items()}
    return [node[str(i)] for i in range(len(node))] if set(node) == {str(i) for i in range(len(node))} else node
