"""PyTorch's parameters and states. PyTorch need not be installed.

PyTorch stores transposed matrices and two biases, weight_ih_l0 (G·H, D), weight_hh_l0 (G·H, H), bias_ih_l0 and
bias_hh_l0 (G·H), with _reverse behind the layer number for the second direction. Its biases are only ever summed,
but for the GRU's candidate, whose second bias the reset gate scales: that is our b_hn. Its gates stand as ours do.
"""

import re

import numpy as np

from . import check
from .run import GradientTree

NAME = re.compile(r"(.*?)(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)((?:_l\d+(?:_reverse)?)?)((?:_[gv]|\.\w+)?)")
GATES = {1: "rnn", 3: "gru", 4: "lstm"}
FLOATS = (np.float64, np.float32)


def from_torch(state_dict, prefix=None, dtype=None):
    """Parameters from a state_dict of nn.RNN, nn.LSTM or nn.GRU, or of their cells: list over layers of dicts, each
    {"W_xh": (D, G·H), "W_hh": (H, G·H), "b_h": (G·H,)}, and for a GRU "b_hn": (H,).

    state_dict : names to tensors or arrays.  prefix : what stands before the names of the stack in the dict of a whole
    model, such as "encoder.rnn."; needed where anything else stands in the dict. DataParallel's "module." is passed by.
    dtype : np.float32 or np.float64, to convert to; without it the numbers must be one of the two.
    Every shape is held against the others, ValueError where they disagree, and for what has no counterpart here:
    proj_size, weight_norm, quantised layers. TypeError where it is no dict, or holds another dtype.
    """
    if not hasattr(state_dict, "items"):
        raise TypeError(f"state_dict: expected a dict of tensors or arrays, got {type(state_dict).__name__}")
    if odd := [k for k in state_dict if not isinstance(k, str)]:
        raise TypeError(f"state_dict: expected names of type str, got {odd[0]!r}")
    dtype = None if dtype is None else check.float_dtype("dtype", dtype)
    own = _own_names(state_dict, prefix)
    arrays = {tag: float_array(f"state_dict[{name!r}]", state_dict[name], dtype) for tag, name in own.items()}
    params, H, G = [], None, None
    while f"weight_ih_l{len(params)}" in arrays:
        layer, l = {}, len(params)
        for d in ("", "_reverse"):
            tag = f"_l{l}{d}"
            if "weight_ih" + tag not in arrays:
                continue
            if "weight_hh" + tag not in arrays:
                raise ValueError(
                    f"state_dict: expected weight_hh{tag} beside weight_ih{tag}, got {sorted(own.values())}"
                )
            if H is None:
                H, G = size(f"state_dict[{own['weight_hh' + tag]!r}]", arrays["weight_hh" + tag])
            layer |= _layer_of_torch(arrays, own, tag, d, H, G)
        if l and ("W_xh_reverse" in layer) != ("W_xh_reverse" in params[0]):
            raise ValueError(f"state_dict: expected as many directions in layer {l} as in layer 0, got another number")
        check_width(f"state_dict[{own[f'weight_ih_l{l}']!r}]", layer, params, H)
        params.append(layer)
    if arrays:
        left = sorted(own[tag] for tag in arrays)
        raise ValueError(f"state_dict: expected layers l0, l1, ... without a gap, got {left} left over")
    return params


def _own_names(state_dict, prefix):
    """{PyTorch's name in a stack of its own: its name in state_dict}, for the stack behind `prefix`."""
    if prefix is not None and not isinstance(prefix, str):
        raise TypeError(f"prefix: expected a str, got {prefix!r}")
    found, rest = {}, []
    for name in state_dict:
        bare = name.removeprefix("module.")
        if "_packed_params" in bare or "scale" in bare.split("."):
            raise ValueError(
                f"state_dict: expected numbers, got the quantised {name!r}: convert the model to float first"
            )
        if re.search(r"weight_\w+(_[gv]|\.original[01])$", bare):
            raise ValueError(f"state_dict: expected plain weights, got {name!r} of weight_norm: remove it first, with "
                             "torch.nn.utils.parametrize.remove_parametrizations")  # fmt: skip
        match = NAME.fullmatch(bare)
        if not match or match[4]:
            rest.append(name)
        elif match[2] == "weight_hr":
            raise ValueError(f"state_dict: expected no projection, got {name!r} (proj_size), which has no counterpart")
        else:
            found.setdefault(match[1], {})[match[2] + (match[3] or "_l0")] = name
    if prefix is not None:
        wanted = prefix.removeprefix("module.")
        if wanted not in found:
            raise ValueError(f"prefix: expected one of {sorted(found)}, got {prefix!r}")
        return found[wanted]
    if not found:
        raise ValueError(f"state_dict: expected the names of nn.RNN, nn.LSTM or nn.GRU, got {rest or 'an empty dict'}")
    if set(found) != {""} or rest:
        raise ValueError(
            f"prefix: expected the one of {sorted(found)} that is wanted, got none for a dict with other names too, "
            f"such as {(rest or [next(iter(found[max(found)].values()))])[0]!r}"
        )
    return found[""]


def float_array(name, value, dtype):
    """A tensor or array as a new array of float32 or float64."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        if str(value.dtype) in ("torch.bfloat16", "torch.float16"):
            if dtype is None:
                raise TypeError(f"{name}: expected float32 or float64, got {value.dtype}; say to which with dtype=")
            value = value.float()
        value = value.numpy()
    value = check.asarray(name, value)
    if value.dtype.kind != "f":
        raise TypeError(f"{name}: expected float32 or float64, got {value.dtype}")
    if dtype is None and value.dtype not in FLOATS:
        raise TypeError(f"{name}: expected float32 or float64, got {value.dtype}; say to which with dtype=")
    return np.array(value, dtype or value.dtype)


def size(name, W_hh_T):
    """(H, G) from (G·H, H)."""
    check.shape(name, W_hh_T, [("G·H", None), ("H", None)])
    rows, H = W_hh_T.shape
    if rows % H or rows // H not in GATES:
        raise ValueError(
            f"{name}: expected 1, 3 or 4 times as many rows as columns, one block per gate, got {W_hh_T.shape}"
        )
    return H, rows // H


def _layer_of_torch(arrays, own, tag, d, H, G):
    """One direction of one layer under our names; its arrays are taken out of `arrays`."""
    shapes = {
        "weight_ih": [("G·H", G * H), ("D", None)],
        "weight_hh": [("G·H", G * H), ("H", H)],
        "bias_ih": [("G·H", G * H)],
        "bias_hh": [("G·H", G * H)],
    }
    dtype, found = arrays["weight_hh" + tag].dtype, {}
    for kind, axes in shapes.items():
        a = arrays.pop(kind + tag, None)
        if a is None:
            a = np.zeros(G * H, dtype)
        else:
            check.array(f"state_dict[{own[kind + tag]!r}]", a, axes, dtype)
        found[kind] = a
    return with_biases(found["weight_ih"].T, found["weight_hh"].T, found["bias_ih"], found["bias_hh"], d, G == 3)


def with_biases(W_xh, W_hh, b_x, b_h, d, apart):
    """A layer of ours. apart : whether the last gate's second bias stands inside the reset product."""
    H, out = len(W_hh), {"W_xh": W_xh.copy(), "W_hh": W_hh.copy(), "b_h": b_x + b_h}
    if apart:
        out["b_h"][2 * H :], out["b_hn"] = b_x[2 * H :], b_h[2 * H :].copy()
    return {name + d: value for name, value in out.items()}


def check_width(name, layer, below, H):
    """Whether a layer reads what the one below gives, with or without the inputs of the stack."""
    width = H * (1 + ("W_xh_reverse" in layer))
    inputs = len(below[0]["W_xh"]) if below else None
    for key in ("W_xh", "W_xh_reverse"):
        if below and key in layer and len(layer[key]) not in (width, width + inputs):
            raise ValueError(
                f"{name}: expected {width} along axis 1 (D), what the layer below gives, got {len(layer[key])}"
            )


def to_torch(params):
    """Our numbers under PyTorch's names, as arrays: torch.as_tensor each and load_state_dict takes them.

    weight_ih is W_xhᵀ (G·H, D), weight_hh is W_hhᵀ (G·H, H). b_h becomes bias_ih, and bias_hh is zero (b_hn in the
    GRU's candidate). Given a gradient tree (`grad.params`), each bias gets the gradient that PyTorch would give it: the
    two of a sum have the same.
    ValueError where nn.RNN has no counterpart (layer norm, a GRU that resets first); TypeError where params is no list
    of dicts of arrays.
    """
    out, is_gradient = {}, isinstance(params, GradientTree)
    for l, layer in enumerate(check_layers("params", params)):
        for d in ("", "_reverse"):
            if "W_xh" + d not in layer:
                continue
            b_h, b_hn, tag = layer["b_h" + d], layer.get("b_hn" + d), f"_l{l}{d}"
            out["weight_ih" + tag] = layer["W_xh" + d].T.copy()
            out["weight_hh" + tag] = layer["W_hh" + d].T.copy()
            out["bias_ih" + tag] = b_h.copy()
            out["bias_hh" + tag] = b_h.copy() if is_gradient else np.zeros_like(b_h)
            if b_hn is not None:
                out["bias_hh" + tag][-len(b_hn) :] = b_hn
    return out


def check_layers(name, value):
    """Raise unless this is a list over layers of dicts with W_xh, W_hh, b_h and a GRU's b_hn, per direction."""
    dtype, below, H = None, [], None
    for l, layer in enumerate(check.length(name, value, None, "layer")):
        place, shapes = f"{name}[{l}]", {}
        check.instance(place, layer, dict)
        if any(str(key).startswith("g_") for key in layer):
            raise ValueError(f"{place}: expected weights and biases alone, got layer-norm gains; nn.RNN has none")
        for d in ("", "_reverse") if "W_xh_reverse" in layer else ("",):
            W_hh = check.array(f"{place}['W_hh{d}']", layer.get("W_hh" + d), [("H", H), ("G·H", None)], dtype)
            dtype, (H, G) = W_hh.dtype, size(f"{place}['W_hh{d}'] transposed", W_hh.T)
            if G == 3 and "b_hn" + d not in layer:
                raise ValueError(f"{place}: expected a GRU with b_hn{d}, whose reset acts after the product, as "
                                 "nn.GRU's does, got one whose reset acts before it")  # fmt: skip
            shapes |= {"W_xh" + d: [("D", None), ("G·H", G * H)], "W_hh" + d: [("H", H), ("G·H", G * H)]}
            shapes |= {"b_h" + d: [("G·H", G * H)]} | ({"b_hn" + d: [("H", H)]} if G == 3 else {})
        below.append(check.keys(place, layer, shapes, dtype))
        check_width(place, below[-1], below[:-1], H)
    return below


def state_from_torch(state, bidirectional=False):
    """PyTorch's h_n, or (h_n, c_n) of an LSTM, each (L · directions, B, H), as ours: list over layers of tuples of
    (B, H), or (B, 2H) with both directions side by side. ValueError where it has other axes or rows; TypeError where
    it holds no floating arrays."""
    n = 1 + check.flag("bidirectional", bidirectional)
    given = state if isinstance(state, (tuple, list)) else [state]
    parts = [float_array(f"state[{k}]", s, None) for k, s in enumerate(given)]
    for k, s in enumerate(parts):
        check.shape(f"state[{k}]", s, [("L·directions", None), ("B", None), ("H", None)])
        check.array(f"state[{k}]", s, list(zip(("L·directions", "B", "H"), parts[0].shape)), parts[0].dtype)
    if not 1 <= len(parts) <= 2 or len(parts[0]) % n:
        raise ValueError(
            f"state: expected h, or h and c, with a multiple of {n} rows, got shapes {[s.shape for s in parts]}"
        )
    layers = range(0, len(parts[0]), n)
    return [tuple(np.concatenate(s[l : l + n], axis=-1) for s in parts) for l in layers]


def state_to_torch(state, bidirectional=False):
    """The inverse: an array (L · directions, B, H), or for an LSTM a tuple of two. ValueError where shapes or counts
    differ between layers; TypeError where state is no list over layers."""
    n, counts, shape, dtype = 1 + check.flag("bidirectional", bidirectional), None, [("B", None), ("H", None)], None
    for l, layer in enumerate(check.length("state", state, None, "layer")):
        counts = len(check.length(f"state[{l}]", layer, counts, "state (h, and c for the LSTM)"))
        for k, s in enumerate(layer):
            s = check.array(f"state[{l}][{k}]", s, shape, dtype)
            shape, dtype = [("B", len(s)), ("H", s.shape[1])], s.dtype
    if counts > 2 or shape[1][1] % n:
        raise ValueError(
            f"state: expected 1 or 2 arrays per layer, H a multiple of {n}, got {counts}, H = {shape[1][1]}"
        )
    parts = [np.concatenate([np.split(np.asarray(s[k]), n, axis=-1) for s in state]) for k in range(counts)]
    return parts[0] if len(parts) == 1 else tuple(parts)
