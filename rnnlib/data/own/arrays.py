"""Arrays from an .npz file: labelled sequences (xs, labels, lengths, groups) or a series (series, times)."""

import struct
import zipfile
import zlib
from io import BytesIO
from math import prod

import numpy as np

from .. import Sequences
from . import suspicions, suspicions_series
from .decoding import MOST_BYTES, content, is_zip
from .found import FileFault, Found
from .table import Table

DAMAGED = zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError
LABELLED, SERIES = ("xs", "labels", "lengths", "groups", "names"), ("series", "times", "names")


def arrays(path, *, most_bytes=MOST_BYTES):
    """An .npz -> Found, kind "labelled" or "series".  Nothing is unpickled, so a file from a stranger runs no code.

    "labelled" : xs (T, N, D) numbers, time first; labels (N,) whole numbers from 0 or words; if it is there, lengths
    (N,) 1..T (else every sequence has T steps), groups (N,) and names, the classes.   "series" : series (T, D) or (T,)
    numbers, NaN at gaps; if they are there, times (T,) and names, the columns.   most_bytes : of all arrays together.
    FileFault : where it is no such file, or an array has another name, dtype or shape.
    """
    name, found = content(path, most_bytes)
    held = unpack(name, found, most_bytes)
    if "xs" in held:
        return labelled_arrays(name, held)
    if "series" in held:
        return series_arrays(name, held)
    have = ", ".join(map(repr, held)) or "none"
    raise FileFault(
        name, f"expected an array 'xs' (with 'labels') or an array 'series', got {have}; rename with numpy.savez"
    )


def unpack(name, found, most_bytes):
    """{name: array} of an .npz, without pickle, no larger than allowed."""
    if found[:6] == b"\x93NUMPY":
        raise FileFault(name, "expected an .npz, got a single .npy array; write it with its labels by numpy.savez")
    if not is_zip(found):
        raise FileFault(name, f"expected an .npz, got a file that begins with {found[:8]!r}")
    held = {}
    try:
        with zipfile.ZipFile(BytesIO(found)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > most_bytes:
                raise FileFault(name, f"expected at most most_bytes = {most_bytes:,} bytes of arrays, got {size:,}")
            for entry in archive.infolist():
                if not entry.filename.endswith(".npy"):
                    sentence = f"expected arrays alone, got the entry {entry.filename!r}; an Excel file is saved as CSV"
                    raise FileFault(name, sentence)
                held[entry.filename.removesuffix(".npy")] = one_array(name, archive, entry)
    except FileFault:
        raise
    except (*DAMAGED, ValueError, TypeError, KeyError, SyntaxError, MemoryError) as e:
        got = f"one that is damaged or cut off ({e or type(e).__name__})"
        raise FileFault(name, f"expected an .npz, got {got}") from None
    return held


def one_array(name, archive, entry):
    """The array of an entry, once its header asks for no more than the entry holds."""
    key = entry.filename.removesuffix(".npy")
    with archive.open(entry) as stored:
        version = np.lib.format.read_magic(stored)
        header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = header(stored)
        if dtype.hasobject:
            raise FileFault(
                name, "expected numbers or words, got Python objects, which only pickle could read", column=key
            )
        if min(shape, default=1) < 0 or prod(shape) * dtype.itemsize > entry.file_size:
            raise FileFault(
                name, f"expected the numbers of an array {shape}, got {entry.file_size:,} bytes", column=key
            )
    with archive.open(entry) as stored:
        return np.lib.format.read_array(stored, allow_pickle=False)


def labelled_arrays(name, held):
    choices = {"arrays": ", ".join(f"{k} {v.shape} {v.dtype}" for k, v in held.items())}
    xs = numbers(name, "xs", held["xs"], 3, "(T, N, D)")
    T, N, D = xs.shape
    if "labels" not in held:
        raise FileFault(name, f"expected labels ({N},) beside xs {xs.shape}, got none", column="labels")
    labels = held["labels"]
    if labels.shape != (N,):
        swapped = "; xs is (time, sequence, number): np.swapaxes(xs, 0, 1)" if labels.shape == (T,) else ""
        raise FileFault(
            name,
            f"expected labels ({N},), one per sequence of xs {xs.shape}, got {labels.shape}{swapped}",
            column="labels",
        )
    names = words(name, held, "names")
    labels, names = class_numbers(name, labels, names)
    lengths = whole(name, "lengths", held["lengths"], N, 1, T) if "lengths" in held else np.full(N, T)
    if "lengths" not in held:
        choices["lengths"] = f"all {T} (there is no array of them)"
    real = np.arange(T)[:, None] < lengths
    if not (fine := np.isfinite(xs).all(2) | ~real).all():
        t, n = map(int, np.argwhere(~fine)[0])
        d = int(np.argmin(np.isfinite(xs[t, n])))
        raise FileFault(
            name, f"expected finite numbers, got {xs[t, n, d]} at [{t}, {n}, {d}] (step, sequence, number)", column="xs"
        )
    padding = ~real[:, :, None] & (xs != 0)
    if padding.any():
        choices["padding"] = f"{int(padding.sum()):,} numbers behind the ends of sequences were set to zero"
        xs = np.where(real[:, :, None], xs, 0.0)
    groups, group_names = None, ()
    if "groups" in held:
        if held["groups"].shape != (N,):
            raise FileFault(name, f"expected groups ({N},), got {held['groups'].shape}", column="groups")
        group_names, groups = np.unique(held["groups"], return_inverse=True)
        group_names = tuple(map(str, group_names))
    if rest := [k for k in held if k not in LABELLED]:
        choices["not used"] = ", ".join(rest)
    data = Sequences(xs, labels, lengths)
    found = Found(
        path=name,
        kind="labelled",
        data=data,
        names=names,
        groups=groups,
        group_names=group_names,
        rows=np.arange(1, N + 1),
        choices=choices,
        features=tuple(f"number {d + 1}" for d in range(D)),
        kept=N,
        total=N,
    )
    return suspicions.labelled(found)


def series_arrays(name, held):
    choices = {"arrays": ", ".join(f"{k} {v.shape} {v.dtype}" for k, v in held.items())}
    data = held["series"]
    data = numbers(name, "series", data[:, None] if data.ndim == 1 else data, 2, "(T, D)")
    T, D = data.shape
    if (infinite := np.isinf(data)).any():
        t, d = map(int, np.argwhere(infinite)[0])
        raise FileFault(
            name, f"expected finite numbers or NaN, got {data[t, d]} at [{t}, {d}]", row=t + 1, column="series"
        )
    names = words(name, held, "names") or tuple(f"column {d + 1}" for d in range(D))
    if len(names) != D:
        raise FileFault(
            name, f"expected {D} names, one per column of series {data.shape}, got {len(names)}", column="names"
        )
    times = held.get("times")
    if times is not None:
        if times.shape != (T,):
            raise FileFault(
                name, f"expected times ({T},), one per step of series {data.shape}, got {times.shape}", column="times"
            )
        if times.dtype.kind not in "Miuf":
            raise FileFault(name, f"expected datetime64 or numbers, got dtype {times.dtype}", column="times")
    if rest := [k for k in held if k not in SERIES]:
        choices["not used"] = ", ".join(rest)
    table = Table(name, list(names), [], choices)
    rows = np.arange(1, T + 1)
    if times is not None:
        bad = np.flatnonzero(np.diff(times) <= np.zeros(1, np.diff(times[:1]).dtype))
        if len(bad):
            table.remark(f"{len(bad):,} times are not after the one before, the first at step {bad[0] + 2}")
    suspicions_series.series(table, data, names, rows)
    return Found(
        path=name,
        kind="series",
        data=data,
        names=names,
        times=times,
        rows=rows,
        remarks=tuple(table.remarks),
        choices=choices,
        features=names,
        kept=T,
        total=T,
    )


def numbers(name, key, array, ndim, axes):
    if array.dtype.kind not in "biuf":
        raise FileFault(name, f"expected numbers, got dtype {array.dtype}", column=key)
    if array.ndim != ndim or not array.size:
        raise FileFault(name, f"expected the axes {axes}, none of size 0, got the shape {array.shape}", column=key)
    return array.astype(np.float64)


def whole(name, key, array, N, low, high):
    if array.shape != (N,):
        raise FileFault(name, f"expected {key} ({N},), one per sequence, got {array.shape}", column=key)
    if array.dtype.kind not in "iuf" or (array != np.rint(array)).any():
        raise FileFault(name, f"expected whole numbers, got dtype {array.dtype}", column=key)
    bad = np.flatnonzero((array < low) | (array > high))
    if len(bad):
        upto = f"{low}..{high}" if high < 2**31 else f"from {low}"
        raise FileFault(name, f"expected whole numbers {upto}, got {array[bad[0]]} at [{bad[0]}]", column=key)
    return array.astype(np.int64)


def words(name, held, key):
    if key not in held:
        return ()
    if held[key].dtype.kind not in "US" or held[key].ndim != 1:
        raise FileFault(name, f"expected words (n,), got dtype {held[key].dtype}, shape {held[key].shape}", column=key)
    return tuple(w.decode("utf-8", "replace") if isinstance(w, bytes) else str(w) for w in held[key])


def class_numbers(name, labels, names):
    """Whole numbers from 0 as they are, words in sorted order."""
    if labels.dtype.kind in "US":
        kinds, labels = np.unique(labels, return_inverse=True)
        kinds = tuple(map(str, kinds))
    else:
        labels = whole(name, "labels", labels, len(labels), 0, 2**31)
        kinds = names or tuple(str(k) for k in range(int(labels.max()) + 1))
    if len(kinds) <= labels.max():
        raise FileFault(name, f"expected names for the classes 0..{labels.max()}, got {len(kinds)}", column="names")
    if len(set(labels.tolist())) < 2:
        raise FileFault(name, f"expected at least two classes, got {labels[0]} in every sequence", column="labels")
    return labels.astype(np.int64), kinds
