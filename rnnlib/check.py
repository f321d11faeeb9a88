"""The door: every public function checks its arguments here, and every complaint has the same form.

    <argument>: expected <what>, got <what came>

Nothing is computed before the checks have passed, so a refused call leaves everything as it was. A check returns what
it was given as the code behind the door wants it: nested lists as arrays, NumPy's numbers as Python's.
"""

import math
from collections.abc import Iterable
from contextlib import contextmanager
from numbers import Integral, Real

import numpy as np

FLOATS = np.dtype(np.float64), np.dtype(np.float32)
LARGEST = 2**31 - 1  # a size beyond it is a slip, not an array


def came(value):
    """What came, on one line."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an object's own repr may do anything
        text = type(value).__name__
    return text if len(text) <= 100 else text[:97] + "..."


def asarray(name, value, want="an array"):
    """Return `value` as an array, or raise where there is none in it (ragged lists), or a mask would get lost."""
    if type(value) is np.ndarray:
        return value
    if isinstance(mask := getattr(value, "mask", None), np.ndarray) and mask.any():
        raise TypeError(f"{name}: expected {want} without a mask, got {type(value).__name__}")
    try:
        return np.asarray(value)
    except Exception:  # an object's own conversion may do anything
        raise TypeError(f"{name}: expected {want}, got {came(value)}") from None


def array(name, value, axes, dtype=None, finite=False, low=None):
    """Return `value` as an array whose shape is `axes`, or raise.

    axes : list of (symbol, size) such as [("T", None), ("B", 4), ("D", 3)], size None for any >= 1; or None for any
    shape.  dtype : the exact one, or None for float64 or float32.  finite : no NaN, no infinity.  low : the least.
    """
    value = asarray(name, value)
    if dtype is None and value.dtype not in FLOATS:
        raise TypeError(f"{name}: expected a floating dtype, float64 or float32, got {value.dtype}")
    if dtype is not None and value.dtype != dtype:
        raise TypeError(f"{name}: expected dtype {np.dtype(dtype)}, got {value.dtype}; cast it with astype")
    shape(name, value, axes)
    if finite:
        _each(name, value, np.isfinite(value), "finite values")
    if low is not None:
        _each(name, value, ~(value < low), f"values >= {low}")
    return value


def numbers(name, value, axes, low=None, finite=True):
    """Return whatever measures something, floating, whole or truth values, as an array of float64, or raise."""
    value = asarray(name, value, "numbers")
    if value.dtype.kind not in "biu" and value.dtype not in FLOATS:
        raise TypeError(f"{name}: expected numbers, got dtype {value.dtype}")
    return array(name, value.astype(np.float64), axes, finite=finite, low=low)


def integers(name, value, axes, low, high):
    """Return `value` as an integer array of shape `axes` with every entry in low..high (both allowed)."""
    value = asarray(name, value, "integers")
    if value.dtype.kind not in "iu":
        raise TypeError(f"{name}: expected integers, got dtype {value.dtype}")
    shape(name, value, axes)
    _each(name, value, (value >= low) & (value <= high), f"integers in {low}..{high}")
    return value


def _each(name, value, fine, want):
    if not fine.all():
        where = tuple(int(i) for i in np.argwhere(~fine)[0])
        raise ValueError(f"{name}: expected {want}, got {value[where]} at index {where}")


def shape(name, value, axes):
    """Raise unless `value.shape` agrees with `axes`, naming the first axis that does not."""
    sizes = value.shape
    if axes is None:
        return
    if len(sizes) == len(axes) and all(got == n if n is not None else got for (_, n), got in zip(axes, sizes)):
        return
    want = "(" + ", ".join(s if n is None else f"{s}={n}" for s, n in axes) + ")"
    if value.ndim != len(axes):
        raise ValueError(f"{name}: expected {len(axes)} axes {want}, got {value.ndim}, shape {value.shape}")
    for axis, ((symbol, size), got) in enumerate(zip(axes, sizes)):
        if (size is None and got < 1) or (size is not None and got != size):
            need = "at least 1" if size is None else size
            raise ValueError(f"{name}: expected {need} along axis {axis} ({symbol}) of {want}, got {got}")


def number(name, value, low=-np.inf, high=np.inf, *, integer=False, open_low=False, open_high=False, finite=True):
    """Return a scalar in low..high (low itself excluded if `open_low`, high if `open_high`), or raise."""
    kind, word = (Integral, "an integer") if integer else (Real, "a number")
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, kind):
        raise TypeError(f"{name}: expected {word}, got {came(value)}")
    try:
        value = int(value) if integer else float(value)
    except OverflowError:  # an integer beyond every float
        value = np.inf if value > 0 else -np.inf
    if finite and not integer and not math.isfinite(value):
        raise ValueError(f"{name}: expected a finite number, got {came(value)}")
    if not ((low < value if open_low else low <= value) and (value < high if open_high else value <= high)):
        bound = f"{'>' if open_low else '>='} {low}"
        bound += "" if high == np.inf else f" and {'<' if open_high else '<='} {high}"
        raise ValueError(f"{name}: expected {word} {bound}, got {came(value)}")
    return value


def size(name, value, low=1, high=LARGEST):
    """Return an integer in low..high that says how much there is of something, or raise."""
    if high == LARGEST:
        value = number(name, value, low, integer=True)  # first, so that who gives 0 is not told of a limit far away
    return number(name, value, low, high, integer=True)


def flag(name, value):
    """Return a truth value, or raise."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected True or False, got {came(value)}")
    return bool(value)


def choice(name, value, options):
    """Return `value` if it is one of `options`, or raise with the list of them."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, options))}, got {came(value)}")
    return value


def text(name, value):
    """Return a str, or raise."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: expected a str, got {type(value).__name__}")
    return value


def generator(name, value):
    """Return a numpy Generator, or raise; a bare seed is refused so that no stream is shared by accident."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name}: expected a numpy.random.Generator (np.random.default_rng(seed)), got {came(value)}")
    return value


def instance(name, value, kind, want=None):
    """Return an object of this class, or raise."""
    if not isinstance(value, kind):
        raise TypeError(f"{name}: expected {want or f'a {kind.__name__}'}, got {type(value).__name__}")
    return value


def length(name, value, size, of):
    """Return a list or tuple of exactly `size` entries, of at least one if size is None, or raise."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{name}: expected a list with one entry per {of}, got {type(value).__name__}")
    if len(value) != size and (size is not None or not value):
        raise ValueError(f"{name}: expected {size or 'some'} entries, one per {of}, got {len(value)}")
    return value


def iterator(name, value, of):
    """Return what gives the entries of `value` in turn, or raise."""
    scalar = isinstance(value, (str, bytes)) or (isinstance(value, np.ndarray) and not value.ndim)
    if scalar or not isinstance(value, Iterable):
        raise TypeError(f"{name}: expected an iterable of {of}, got {came(value)}")
    return iter(value)


def keys(name, value, shapes, dtype):
    """Return a dict of exactly the arrays named in `shapes` (name -> axes), or raise."""
    if not isinstance(value, dict):
        raise TypeError(f"{name}: expected a dict of arrays, got {type(value).__name__}")
    if value.keys() != shapes.keys():
        raise ValueError(f"{name}: expected the keys {sorted(shapes)}, got {sorted(map(str, value))}")
    return {key: array(f"{name}[{key!r}]", value[key], axes, dtype) for key, axes in shapes.items()}


def state(name, value, counts, axes, dtype):
    """Return a list over layers of tuples of finite arrays, counts[l] in layer l, or raise."""
    layers = []
    for l, (layer, n) in enumerate(zip(length(name, value, len(counts), "layer"), counts)):
        length(f"{name}[{l}]", layer, n, "state (h, and c for the LSTM)")
        layers.append(tuple(array(f"{name}[{l}][{k}]", s, axes, dtype, True) for k, s in enumerate(layer)))
    return layers


def tree(name, value, like=None, low=None):
    """Return nested dicts, lists and tuples with floating arrays at the leaves, or raise.

    like : a tree whose structure, shapes and dtypes this one must have.
    """
    if not isinstance(value, (dict, list, tuple)) or not value or hasattr(value, "_fields"):
        raise TypeError(f"{name}: expected a dict or a list of arrays, got {came(value)}")
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    if like is not None:
        if isinstance(value, dict) != isinstance(like, dict):
            raise TypeError(f"{name}: expected a {type(like).__name__}, got {type(value).__name__}")
        if isinstance(like, dict) and value.keys() != like.keys():
            raise ValueError(f"{name}: expected the keys {list(like)}, got {came(list(value))}")
        if len(value) != len(like):
            raise ValueError(f"{name}: expected {len(like)} entries, got {len(value)}")
    checked = {k: _branch(name, k, v, None if like is None else like[k], low) for k, v in entries}
    return checked if isinstance(value, dict) else type(value)(checked.values())


def _branch(name, key, value, like, low):
    if type(value) is type(like) is np.ndarray and value.dtype == like.dtype and value.shape == like.shape:
        if low is None or not (value < low).any():
            return value  # as it nearly always is: no name to be made up
    name = f"{name}[{key!r}]"
    if not isinstance(value if like is None else like, np.ndarray):
        return tree(name, value, like, low)
    instance(name, value, np.ndarray, "an array")
    axes = None if like is None else [(f"axis {i}", n) for i, n in enumerate(like.shape)]
    value = array(name, value, axes, None if like is None else like.dtype, low=low)
    if not value.size:
        raise ValueError(f"{name}: expected at least one number, got shape {value.shape}")
    return value


@contextmanager
def inside(place):
    """Complaints of what stands here are told with the place in front: `batches[3] xs: expected ...`."""
    try:
        yield
    except (ValueError, TypeError) as e:
        raise type(e)(f"{place} {e}") from None


def float_dtype(name, value):
    """Return np.dtype float32 or float64, or raise."""
    complaint = f"{name}: expected np.float64 or np.float32, got {came(value)}"
    try:
        dtype = np.dtype(value) if isinstance(value, (str, type, np.dtype)) else None
    except (TypeError, ValueError):
        dtype = None
    if dtype is None or dtype not in FLOATS:  # NumPy takes None for float64
        raise (TypeError if dtype is None else ValueError)(complaint)
    return dtype
