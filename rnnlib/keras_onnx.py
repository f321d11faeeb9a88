"""Parameters of Keras and of ONNX, whose gates stand in another order. Neither need be installed.

Keras     kernel (D, G·H), recurrent_kernel (H, G·H), bias (G·H,) or (2, G·H). LSTM i f c o, GRU z r h.
          (keras.layers.SimpleRNN, LSTM, GRU; Bidirectional has the reverse direction's arrays behind the forward one's)
ONNX      W (directions, G·H, D), R (directions, G·H, H), B (directions, 2·G·H): b_x, then b_h. LSTM i o f c, GRU z r h.
          (onnx.ai operators RNN, LSTM, GRU)
Ours      LSTM i f g o, GRU r z n. In all of them h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}.
"""

import numpy as np

from . import check
from .interop import check_width, float_array, size, with_biases

ORDER = {"keras": {1: [0], 3: [1, 0, 2], 4: [0, 1, 2, 3]}, "onnx": {1: [0], 3: [1, 0, 2], 4: [0, 2, 3, 1]}}


def from_keras(weights, reset_after=True):
    """Parameters from `layer.get_weights()` of Keras' SimpleRNN, LSTM, GRU or Bidirectional: list over layers of dicts.

    weights : the list of one layer, kernel (D, G·H) first, or a list of such lists from the bottom up.

    A GRU with bias (3H,) resets before the product: `DeepRNN("gru", ..., reset="before")`; one with bias (2, 3H) after
    it. Without a bias that cannot be seen: reset_after says it.
    ValueError where the shapes are not those of one stack; TypeError where weights is no list of floating arrays.
    """
    check.flag("reset_after", reset_after)
    if not isinstance(weights, (list, tuple)) or not len(weights):
        raise TypeError(f"weights: expected the list that layer.get_weights() gives, got {weights!r:.60}")
    stack = weights if all(isinstance(w, (list, tuple)) for w in weights) else [weights]
    params = []
    for l, layer in enumerate(stack):
        name = f"weights[{l}]" if stack is weights else "weights"
        if len(layer) not in (2, 3, 4, 6):
            raise ValueError(f"{name}: expected 2 or 3 arrays per direction, got {len(layer)}")
        n, own = 1 + (len(layer) > 3), {}
        each = len(layer) // n
        for k in range(n):
            arrays = [
                float_array(f"{name}[{k * each + i}]", a, None) for i, a in enumerate(layer[k * each : (k + 1) * each])
            ]
            own |= _layer_of_keras(f"{name}", k * each, arrays, ("", "_reverse")[k], reset_after)
        check_width(name, own, params, len(own["W_hh"]))
        params.append(own)
    return params


def _layer_of_keras(name, first, arrays, d, reset_after):
    kernel, recurrent, *bias = arrays
    H, G = size(f"{name}[{first + 1}]", recurrent.T)
    check.array(f"{name}[{first}]", kernel, [("D", None), ("G·H", G * H)], recurrent.dtype)
    b_x = b_h = np.zeros(G * H, recurrent.dtype)
    after = G == 3 and reset_after
    if bias:
        after = G == 3 and bias[0].ndim == 2
        axes = [("2", 2), ("G·H", G * H)] if after else [("G·H", G * H)]
        check.array(f"{name}[{first + 2}]", bias[0], axes, recurrent.dtype)
        b_x, b_h = bias[0] if after else (bias[0], b_h)
    order = ORDER["keras"][G]
    return with_biases(*(_in_our_order(a, order) for a in (kernel, recurrent, b_x, b_h)), d, after)


def from_onnx(W, R, B=None, P=None, *, linear_before_reset=0):
    """One layer's parameters from the inputs of an ONNX RNN, LSTM or GRU node: a list of one dict.

    W (directions, G·H, D), R (directions, G·H, H), B (directions, 2·G·H) or None; P, peepholes, have no counterpart.
    linear_before_reset : the GRU's attribute; 0, ONNX's default, is `DeepRNN("gru", ..., reset="before")`.
    ValueError where there are peepholes or the shapes disagree; TypeError where the dtype is no float32 or float64.
    """
    check.number("linear_before_reset", linear_before_reset, 0, 1, integer=True)
    if P is not None:
        raise ValueError("P: expected None, for peepholes have no counterpart here, got some")
    W, R = float_array("W", W, None), float_array("R", R, None)
    check.shape("R", R, [("directions", None), ("G·H", None), ("H", None)])
    n, (H, G) = len(R), size("R", R[0])
    if n > 2:
        raise ValueError(f"R: expected 1 or 2 along axis 0 (directions), got {n}")
    check.array("W", W, [("directions", n), ("G·H", G * H), ("D", None)], R.dtype)
    B = np.zeros((n, 2 * G * H), R.dtype) if B is None else float_array("B", B, None)
    check.array("B", B, [("directions", n), ("2·G·H", 2 * G * H)], R.dtype)
    layer, order, after = {}, ORDER["onnx"][G], G == 3 and bool(linear_before_reset)
    for k, d in zip(range(n), ("", "_reverse")):
        b_x, b_h = np.split(B[k], 2)
        layer |= with_biases(*(_in_our_order(a, order) for a in (W[k].T, R[k].T, b_x, b_h)), d, after)
    return [layer]


def _in_our_order(a, order):
    """The blocks of the last axis, one per gate, in another order."""
    blocks = np.split(a, len(order), axis=-1)
    return np.concatenate([blocks[k] for k in order], axis=-1)
