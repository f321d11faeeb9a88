"""Parameters in and out: PyTorch's names and layout, and .npz files. Neither needs PyTorch or pickle.

PyTorch stores transposed matrices and two biases, weight_ih_l0 (G·H, D), weight_hh_l0 (G·H, H), bias_ih_l0 and
bias_hh_l0 (G·H), with _reverse behind the layer number for the second direction. Its biases are only ever summed,
but for the GRU's candidate, whose second bias the reset gate scales: that is our b_hn.
"""

import numpy as np

from . import check
from .stack import GradientTree
from .tree import leaves


def from_torch(state_dict):
    """Parameters from a state_dict of nn.RNN, nn.LSTM or nn.GRU (tensors or arrays): list over layers of dicts."""
    if not hasattr(state_dict, "items"):
        raise TypeError(f"state_dict: expected a dict of tensors or arrays, got {type(state_dict).__name__}")
    arrays = {k: np.array(v.detach().cpu().numpy() if hasattr(v, "detach") else v) for k, v in state_dict.items()}
    odd = [k for k in arrays if k.split("_l")[0] not in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    if odd or not arrays:
        raise ValueError(f"state_dict: expected the names of nn.RNN, nn.LSTM or nn.GRU, got {odd or 'an empty dict'}")
    params = []
    while f"weight_ih_l{len(params)}" in arrays:
        layer = {}
        for d in ("", "_reverse"):
            tag = f"_l{len(params)}{d}"
            if "weight_ih" + tag not in arrays:
                continue
            if "weight_hh" + tag not in arrays:
                raise ValueError(f"state_dict: expected weight_hh{tag} beside weight_ih{tag}, got {sorted(state_dict)}")
            W_ih, W_hh = arrays.pop("weight_ih" + tag), arrays.pop("weight_hh" + tag)
            H, zero = W_hh.shape[1], np.zeros(len(W_hh), W_hh.dtype)
            b_ih, b_hh = arrays.pop("bias_ih" + tag, zero), arrays.pop("bias_hh" + tag, zero)
            layer["W_xh" + d], layer["W_hh" + d] = W_ih.T.copy(), W_hh.T.copy()
            layer["b_h" + d] = b_ih + b_hh
            if len(W_hh) == 3 * H:
                layer["b_h" + d][2 * H :] = b_ih[2 * H :]
                layer["b_hn" + d] = b_hh[2 * H :].copy()
        params.append(layer)
    if arrays:
        raise ValueError(f"state_dict: expected layers l0, l1, ... without a gap, left over are {sorted(arrays)}")
    return params


def to_torch(params):
    """The same numbers under PyTorch's names, as arrays: torch.as_tensor each and load_state_dict takes them.

    b_h becomes bias_ih, and bias_hh is zero (b_hn in the GRU's candidate). Given a gradient tree (`grad.params`),
    each bias gets the gradient that PyTorch would give it: the two of a sum have the same.
    """
    out, is_gradient = {}, isinstance(params, GradientTree)
    for l, layer in enumerate(check.length("params", params, len(params), "layer")):
        for d in ("", "_reverse"):
            if "W_xh" + d not in layer:
                continue
            if "g_x" + d in layer:
                raise ValueError(
                    f"params[{l}]: expected weights and biases alone, got layer-norm gains; nn.RNN has none"
                )
            b_h, b_hn, tag = layer["b_h" + d], layer.get("b_hn" + d), f"_l{l}{d}"
            out["weight_ih" + tag] = layer["W_xh" + d].T.copy()
            out["weight_hh" + tag] = layer["W_hh" + d].T.copy()
            out["bias_ih" + tag] = b_h.copy()
            out["bias_hh" + tag] = b_h.copy() if is_gradient else np.zeros_like(b_h)
            if b_hn is not None:
                out["bias_hh" + tag][-len(b_hn) :] = b_hn
    return out


def save(path, params):
    """Write a tree of lists, dicts and arrays to one .npz file, under exactly this path."""
    with open(path, "wb") as file:  # given a name, savez would add a suffix that load would not know of
        np.savez(file, **dict(leaves(params)))


def load(path):
    """Read back what `save` wrote. Never unpickles, so a file from a stranger can do no harm."""
    file = np.load(path, allow_pickle=False)
    if not isinstance(file, np.lib.npyio.NpzFile):
        raise ValueError(f"path: expected a .npz file, as save writes it, got the single array of {path}")
    with file:
        flat = {key: file[key] for key in file.files}
    tree = {}
    for key, value in flat.items():
        *parents, last = key.split("/")
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = value
    return as_lists(tree)


def as_lists(node):
    """Dicts whose keys are 0, 1, ... become lists again."""
    if not isinstance(node, dict):
        return node
    node = {k: as_lists(v) for k, v in node.items()}
    return [node[str(i)] for i in range(len(node))] if set(node) == {str(i) for i in range(len(node))} else node
