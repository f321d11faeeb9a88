"""Three patients with faults that are not in the museum: find the line with the checks of the course."""

import functools

import numpy as np

from ..museum.checks import TOLERANCE
from ..museum.plain import LSTM, Stack
from ..museum.plant import planted
from .faults import error, measure

PATIENTS = {  # number: class, depth, edits, the quantity whose line is wrong
    1: (Stack, 1, {"layer_backward": [('future = da @ p["W_hh"].T', 'future = da @ p["W_hh"]')]}, "future"),
    2: (LSTM, 1, {"layer_backward": [("do = dh * np.tanh(c)", "do = dh * c")]}, "do"),
    3: (Stack, 3, {"backward": [("dhs = dbelow", "dhs = dhs + 0 * dbelow")]}, "dhs"),
}
WHY = {
    "future": "W_hh stands there without its transpose. At T = 1 nothing travels back, so all is right",
    "do": "h = o tanh c, so do = dh tanh c; c stands there. It shows at T = 1 already, and in the gate o alone at that",
    "dhs": "the lower layers get the top layer's dhs. One layer is right, and so is the top one of three",
}


@functools.cache
def _patient(number):
    base, L, edits, line = PATIENTS[number]
    return planted(base, edits), L, line


def examine(number, T=4, L=None):
    """{array: worst relative error of the patient's gradient against finite differences}, at length T and depth L (its
    own if not given); every entry is nudged. An
    LSTM's bias is told gate by gate. D = H, so that any depth runs."""
    if number not in PATIENTS:
        raise ValueError(f"number: expected 1, 2 or 3, got {number!r}")
    cls, depth, _ = _patient(number)
    rng = np.random.default_rng(number)
    net = cls(3, 3, 2, L or depth)
    params, xs, targets = net.init(rng), rng.standard_normal((T, 2, 3)), rng.integers(0, 2, (T, 2))
    state = [tuple(rng.standard_normal(s.shape) for s in layer) for layer in net.zero_state(2)]
    grads = net.loss_and_grads(params, xs, targets, state)[1]

    def loss(point):
        layers = [{k: point[f"{k}, layer {l + 1}"] for k in p} for l, p in enumerate(params["layers"])]
        return net.loss({"layers": layers, "W_hy": point["W_hy"], "b_y": point["b_y"]}, xs, targets, state)

    def flat(tree):
        layers = {f"{k}, layer {l + 1}": v for l, p in enumerate(tree["layers"]) for k, v in p.items()}
        return layers | {"W_hy": tree["W_hy"], "b_y": tree["b_y"]}

    claimed, measured = flat(grads), measure(loss, flat(params))
    if net.gates == 4:
        claimed, measured = by_gate(claimed), by_gate(measured)
    return {name: float(error(g, measured[name])) for name, g in claimed.items()}


def by_gate(arrays):
    """The bias of each gate by itself: four arrays in place of one."""
    split = {n: np.split(a, 4) if n.startswith("b_h") else None for n, a in arrays.items()}
    gates = {f"{n}, gate {g}": part for n, parts in split.items() if parts for g, part in zip("ifgo", parts)}
    return {n: a for n, a in arrays.items() if not split[n]} | gates


def wrong(number, T=4, L=None):
    """The names of the arrays that `examine` finds wrong."""
    return [name for name, off in examine(number, T, L).items() if off > TOLERANCE]


def check_patient(number, line):
    """Is this the quantity, by its name in `museum.plain`, whose line is wrong in the patient's backward pass?"""
    if line is None:
        return f"patient {number}: not tried yet"
    right = _patient(number)[2]
    if line == right:
        return f"patient {number}: right: {WHY[right]}"
    arrays = ", ".join(wrong(number)) or "none"
    one = ", ".join(wrong(number, T=1)) or "none"
    return f"patient {number}: not {line}. Wrong at T = 4: {arrays}; at T = 1: {one}"
