"""The door: every public function checks its arguments here, and every complaint has the same form.

    <argument>: expected <what>, got <what came>

Nothing is computed before the checks have passed, so a refused call leaves everything as it was.
"""

from numbers import Integral, Real

import numpy as np


def array(name, value, axes, dtype=None, finite=False):
    """Return `value` as an array whose shape is `axes`, or raise.

    axes : list of (symbol, size) such as [("T", None), ("B", 4), ("D", 3)]; size None takes any size >= 1.
    dtype : the exact dtype, or None for any floating one.
    finite : refuse NaN and infinity.
    """
    value = np.asarray(value)
    if dtype is None and value.dtype.kind != "f":
        raise TypeError(f"{name}: expected a floating dtype, got {value.dtype}")
    if dtype is not None and value.dtype != dtype:
        raise TypeError(f"{name}: expected dtype {np.dtype(dtype)}, got {value.dtype}; cast it with astype")
    shape(name, value, axes)
    if finite and not np.isfinite(value).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(value))[0])
        raise ValueError(f"{name}: expected finite values, got {value[where]} at index {where}")
    return value


def as_array(name, value):
    """Return `value` as an array, or raise: a ragged list is none."""
    try:
        return np.asarray(value)
    except (ValueError, TypeError):
        raise TypeError(f"{name}: expected an array, got a ragged {type(value).__name__}") from None


def layers(name, value):
    """Raise unless `value` is a list over layers of dicts that hold weights: W_xh, W_hh, b_h, all of them arrays."""
    if not isinstance(value, (list, tuple)) or not value:
        raise TypeError(f"{name}: expected a list with a dict of arrays per layer, got {type(value).__name__}")
    for l, layer in enumerate(value):
        if not isinstance(layer, dict):
            raise TypeError(f"{name}[{l}]: expected a dict of arrays, got {type(layer).__name__}")
        for key, a in layer.items():
            if not isinstance(key, str):
                raise TypeError(f"{name}[{l}]: expected keys of type str, got {key!r}")
            if not isinstance(a, np.ndarray) or a.dtype.kind != "f":
                raise TypeError(f"{name}[{l}][{key!r}]: expected a floating array, got {type(a).__name__}")
        for d in ("", "_reverse") if "W_xh_reverse" in layer else ("",):
            for key, axes in (("W_xh", 2), ("W_hh", 2), ("b_h", 1)):
                if key + d not in layer or layer[key + d].ndim != axes:
                    got = sorted(layer) if key + d not in layer else f"shape {layer[key + d].shape}"
                    raise ValueError(f"{name}[{l}]: expected an array {key + d} of {axes} axes, got {got}")


def shape(name, value, axes):
    """Raise unless `value.shape` agrees with `axes`, naming the first axis that does not."""
    sizes = value.shape
    if len(sizes) == len(axes) and all(got == n if n is not None else got for (_, n), got in zip(axes, sizes)):
        return
    want = "(" + ", ".join(s if n is None else f"{s}={n}" for s, n in axes) + ")"
    if value.ndim != len(axes):
        raise ValueError(f"{name}: expected {len(axes)} axes {want}, got {value.ndim}, shape {value.shape}")
    for axis, (symbol, size) in enumerate(axes):
        got = value.shape[axis]
        if (size is None and got < 1) or (size is not None and got != size):
            need = "at least 1" if size is None else size
            raise ValueError(f"{name}: expected {need} along axis {axis} ({symbol}) of {want}, got {got}")


def integers(name, value, axes, low, high):
    """Return `value` as an integer array of shape `axes` with every entry in low..high (both allowed)."""
    value = np.asarray(value)
    if value.dtype.kind not in "iu":
        raise TypeError(f"{name}: expected integers, got dtype {value.dtype}")
    shape(name, value, axes)
    bad = (value < low) | (value > high)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{name}: expected integers in {low}..{high}, got {value[where]} at index {where}")
    return value


def number(name, value, low=-np.inf, high=np.inf, *, integer=False, open_low=False, open_high=False, finite=True):
    """Return a scalar in low..high (low itself excluded if `open_low`, high if `open_high`), or raise."""
    kind, word = (Integral, "an integer") if integer else (Real, "a number")
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, kind):
        raise TypeError(f"{name}: expected {word}, got {value!r}")
    if finite and not np.isfinite(value):
        raise ValueError(f"{name}: expected a finite number, got {value!r}")
    if not ((low < value if open_low else low <= value) and (value < high if open_high else value <= high)):
        bound = f"{'>' if open_low else '>='} {low}"
        bound += "" if high == np.inf else f" and {'<' if open_high else '<='} {high}"
        raise ValueError(f"{name}: expected {word} {bound}, got {value!r}")
    return value


def flag(name, value):
    """Return a truth value, or raise."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected True or False, got {value!r}")
    return bool(value)


def choice(name, value, options):
    """Return `value` if it is one of `options`, or raise with the list of them."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, options))}, got {value!r}")
    return value


def generator(name, value):
    """Return a numpy Generator, or raise; a bare seed is refused so that no stream is shared by accident."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name}: expected a numpy.random.Generator (np.random.default_rng(seed)), got {value!r}")
    return value


def length(name, value, size, of):
    """Return a list or tuple of exactly `size` entries, or raise."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{name}: expected a list with one entry per {of}, got {type(value).__name__}")
    if len(value) != size:
        raise ValueError(f"{name}: expected {size} entries, one per {of}, got {len(value)}")
    return value


def keys(name, value, shapes, dtype):
    """Raise unless `value` is a dict with exactly the arrays named in `shapes` (name -> axes)."""
    if not isinstance(value, dict):
        raise TypeError(f"{name}: expected a dict of arrays, got {type(value).__name__}")
    if value.keys() != shapes.keys():
        raise ValueError(f"{name}: expected the keys {sorted(shapes)}, got {sorted(map(str, value))}")
    for key, axes in shapes.items():
        array(f"{name}[{key!r}]", value[key], axes, dtype)


def float_dtype(name, value):
    """Return np.dtype float32 or float64, or raise."""
    try:
        dtype = np.dtype(value)
    except TypeError:
        raise TypeError(f"{name}: expected np.float64 or np.float32, got {value!r}") from None
    if value is None or dtype not in (np.float64, np.float32):
        raise ValueError(f"{name}: expected np.float64 or np.float32, got {value!r}")
    return dtype
