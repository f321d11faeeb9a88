"""PyTorch's parameters of attention, convolution, layer norm and Transformer blocks. PyTorch need not be installed.

    nn.MultiheadAttention        in_proj_weight (3d, d) = W_qkvᵀ, in_proj_bias, out_proj.weight = W_oᵀ, out_proj.bias
    nn.Conv1d                    weight (C, D, K), bias: causal W_j = weight[:, :, K-1-j]ᵀ, else W_j = weight[:, :, j]ᵀ
    nn.LayerNorm                 weight = g, bias = b
    nn.TransformerEncoderLayer   self_attn.*, linear1.*, linear2.*, norm1.*, norm2.*: one block
    nn.TransformerEncoder        layers.0.*, layers.1.*, ..., norm.*: the blocks and the last norm

The names do not tell all. A layer must have been made with norm_first=True, activation "relu" and layer_norm_eps 1e-5;
a convolution with groups=1. Dropout, which has no parameters, is what the net at hand has: none.
"""

import re

import numpy as np

from .. import check, interop

ATTENTION = {"W_qkv": "in_proj_weight", "b_qkv": "in_proj_bias", "W_o": "out_proj.weight", "b_o": "out_proj.bias"}
NORM = {"g": "weight", "b": "bias"}
CONVOLUTION = {"W": "weight", "b": "bias"}
LAYER = {n: f"self_attn.{t}" for n, t in ATTENTION.items()} | {
    "g_1": "norm1.weight", "b_1": "norm1.bias", "g_2": "norm2.weight", "b_2": "norm2.bias",
    "W_in": "linear1.weight", "b_in": "linear1.bias", "W_out": "linear2.weight", "b_out": "linear2.bias",
}  # fmt: skip
LIST = r"layers\.(\d+)\.(.+)"
REFUSED = [
    (r"bias_[kv]", "add_bias_kv"),
    (r"[qkv]_proj_weight", "kdim or vdim other than embed_dim"),
    (r"multihead_attn\..*", "a decoder layer, which attends to a second sequence"),
    (r"running_(mean|var)", "batch norm"),
]
KINDS = "nn.MultiheadAttention, nn.Conv1d, nn.LayerNorm, nn.TransformerEncoderLayer or nn.TransformerEncoder"


def from_torch(state_dict, prefix=None, *, causal=True, dtype=None):
    """Parameters from a state_dict of one of the modules above, told apart by their names; of nn.RNN, nn.LSTM and
    nn.GRU too, by `rnnlib.from_torch`.

    A dict for Attention, Convolution, a norm or a block; for nn.TransformerEncoder the list [block, ..., last norm],
    before which a Transformer's first dict belongs: {"W_e": identity, "b_e": zeros} where positions="none" and
    input_size = width does what PyTorch does.  prefix : what stands before the names in the dict of a whole model, such
    as "encoder.".  causal : of the convolution, whose taps count back in time where it is; in PyTorch that is a padding
    of (K-1) r on the left.  dtype : to convert to, np.float32 or np.float64.
    A bias that a module was made without is zero. ValueError for what has no counterpart here, or another shape, as
    in_proj (3·d, d), Conv1d (C, D, K). TypeError where it is no dict, or holds another dtype.
    """
    if not hasattr(state_dict, "items"):
        raise TypeError(f"state_dict: expected a dict of tensors or arrays, got {type(state_dict).__name__}")
    if odd := [k for k in state_dict if not isinstance(k, str)]:
        raise TypeError(f"state_dict: expected names of type str, got {odd[0]!r}")
    check.flag("causal", causal)
    start = "" if prefix is None else check.text("prefix", prefix)
    bare = {name.removeprefix("module."): name for name in state_dict}  # DataParallel's
    own = {name.removeprefix(start): full for name, full in bare.items() if name.startswith(start)}
    if not own:
        what = "prefix: expected the beginning of a name" if start else f"state_dict: expected the names of {KINDS}"
        raise ValueError(f"{what}, got {prefix!r} for {sorted(state_dict)}")
    if any(re.search(r"weight_(ih|hh)", name) for name in own):
        return interop.from_torch(state_dict, prefix, dtype)
    prefix, dtype = start, None if dtype is None else check.float_dtype("dtype", dtype)
    for name in own:
        for pattern, what in REFUSED:
            if re.fullmatch(rf"(.*\.)?{pattern}", name):
                raise ValueError(f"state_dict: expected {KINDS}, got {own[name]!r} ({what}), without counterpart here")
    arrays = {name: interop.float_array(f"state_dict[{full!r}]", state_dict[full], dtype) for name, full in own.items()}
    if not any(re.fullmatch(LIST, name) for name in arrays):
        return module_of(arrays, prefix, causal)
    layers, last = {}, {}
    for name, a in arrays.items():
        match = re.fullmatch(LIST, name)
        part, name = (layers.setdefault(int(match[1]), {}), match[2]) if match else (last, name)
        part[name] = a
    if sorted(layers) != list(range(len(layers))) or "norm.weight" not in last:
        raise ValueError(
            "state_dict: expected the layers 0, 1, ... of an nn.TransformerEncoder and its last norm, norm.weight, "
            f"got layers {sorted(layers)} and {sorted(last)}"
        )
    blocks = [read(layers[l], LAYER, f"{prefix}layers.{l}.") for l in range(len(layers))]
    return [*blocks, read(last, {n: f"norm.{t}" for n, t in NORM.items()}, prefix)]


def module_of(arrays, prefix, causal):
    """The dict of one module."""
    if "in_proj_weight" in arrays:
        return read(arrays, ATTENTION, prefix)
    if "self_attn.in_proj_weight" in arrays:
        return read(arrays, LAYER, prefix)
    axes = getattr(arrays.get("weight"), "ndim", 0)
    if axes == 1:
        return read(arrays, NORM, prefix)
    if axes == 3:
        p = read(arrays, CONVOLUTION, prefix)
        return {"W": np.ascontiguousarray(p["W"][::-1]) if causal else p["W"], "b": p["b"]}
    hint = f", a weight of {axes} axes" if axes else "; prefix= says which module of a model"
    got = [prefix + name for name in sorted(arrays)]
    raise ValueError(f"state_dict: expected the names of {KINDS}, got {got}{hint}")


def read(arrays, names, prefix):
    """{our name: array}, transposed; every shape held against the others."""
    if set(arrays) - set(names.values()) or any(t not in arrays for t in names.values() if not t.endswith("bias")):
        raise ValueError(f"state_dict: expected the names {[prefix + t for t in names.values()]}, got "
                         f"{[prefix + t for t in sorted(arrays)]}")  # fmt: skip
    p, dtype = {}, next(iter(arrays.values())).dtype
    for name, theirs in names.items():
        if theirs in arrays:
            a = check.array(f"state_dict[{prefix + theirs!r}]", arrays[theirs], any_size(name), dtype)
            p[name] = np.array(a.T, order="C")
    for name, axes in expected(p).items():
        if name in p:
            check.shape(f"state_dict[{prefix + names[name]!r}]", p[name].T, axes[::-1])
        else:
            p[name] = np.zeros([n for _, n in axes], dtype)
    return {name: p[name] for name in names}


def any_size(name):
    """The axes of an array of this name, of any size."""
    return [(f"axis {i}", None) for i in range(3 if name == "W" else 1 if name[0] in "bg" else 2)]


def expected(p):
    """The axes of every array of a module, by those that tell its sizes; those with which PyTorch has a module."""
    if "W_qkv" in p:
        d = len(p["W_qkv"])
        axes = {"W_qkv": [("d", d), ("3·d", 3 * d)], "b_qkv": [("3·d", 3 * d)], "W_o": [("d", d), ("d", d)],
                "b_o": [("d", d)]}  # fmt: skip
        if "W_in" in p:
            N = p["W_in"].shape[-1]
            axes |= {"g_1": [("d", d)], "b_1": [("d", d)], "g_2": [("d", d)], "b_2": [("d", d)],
                     "W_in": [("d", d), ("N", N)], "b_in": [("N", N)], "W_out": [("N", N), ("d", d)],
                     "b_out": [("d", d)]}  # fmt: skip
        return axes
    if "g" in p:
        return {"g": [("d", p["g"].shape[-1])], "b": [("d", p["g"].shape[-1])]}
    K, D, C = p["W"].shape
    return {"W": [("K", K), ("D", D), ("C", C)], "b": [("C", C)]}


def to_torch(params, *, causal=True):
    """Our numbers under PyTorch's names, as arrays: torch.as_tensor each and load_state_dict takes them.

    params : a dict of Attention, Convolution, a norm or a block, or the list [block, ..., last norm] of a Transformer
    without its first dict; or layers of a DeepRNN, for `rnnlib.to_torch`. A gradient tree gives PyTorch's gradients.
    ValueError for what has no counterpart there, or other shapes than W (K, D, C), W_qkv (d, 3·d) and the like.
    """
    check.flag("causal", causal)
    if isinstance(params, (list, tuple)) and params and isinstance(params[0], dict):
        if "W_xh" in params[0]:
            return interop.to_torch(params)
        if "W_e" in params[0]:
            raise ValueError(
                "params: expected [block, ..., last norm], got a Transformer with its first dict, for which "
                "nn.TransformerEncoder has no counterpart: give params[1:]"
            )
        if len(params) < 2:
            raise ValueError("params: expected [block, ..., last norm], got a list of one entry")
        out = {}
        for l, layer in enumerate(params):
            place = f"layers.{l}." if l < len(params) - 1 else "norm."
            kinds = [LAYER] if l < len(params) - 1 else [NORM]
            out |= {place + name: a for name, a in written(f"params[{l}]", layer, kinds).items()}
        return out
    out = written("params", params, [ATTENTION, CONVOLUTION, NORM, LAYER])
    if "W" in params and causal:
        out["weight"] = np.ascontiguousarray(out["weight"][..., ::-1])
    return out


def written(name, params, kinds):
    """{PyTorch's name: array} of one module."""
    check.instance(name, params, dict, "a dict of arrays, or a list of them")
    names = next((names for names in kinds if names.keys() == params.keys()), None)
    if names is None:
        raise ValueError(f"{name}: expected the keys of {' or of '.join(str(list(k)) for k in kinds)}, got "
                         f"{list(params)}")  # fmt: skip
    p, dtype = {}, None
    for key, a in params.items():
        p[key] = check.array(f"{name}[{key!r}]", a, any_size(key), dtype)
        dtype = p[key].dtype
    p = check.keys(name, p, expected(p), dtype)
    return {theirs: np.array(p[key].T, order="C") for key, theirs in names.items()}
