"""Checks for the exercises on gates: each runs the library's cell and names the likely mistake."""

import numpy as np

from ..stack import DeepRNN


def check_bias(bias, steps=20):
    """Is this the forget bias whose gate alone has a half-life of `steps` steps?"""
    if bias is None:
        return "not tried yet"
    keep = 0.5 ** (1 / steps)
    right = np.log(keep / (1 - keep))
    if abs(bias - right) < 0.02:
        return f"right: σ({right:.3g}) = {keep:.3f}, and {keep:.3f}^{steps} = 0.5"
    if abs(bias - keep) < 0.01:
        return "that is the gate's value; the bias is what σ must be applied to"
    if abs(bias - np.log(steps - 1)) < 0.02:
        return "that keeps 1/e after about 20 steps, not one half: another clock"
    return f"σ({bias:.3g}) keeps one half for {np.log(2) / np.log1p(np.exp(-bias)):.3g} steps"


def check_minimal(step_backward):
    """`step_backward(dh, z, n, h_prev)` of h = (1 - z) n + z h_prev: (dz, dn, dh_prev), checked by differences."""
    rng = np.random.default_rng(5)
    dh, n, h_prev = rng.standard_normal((3, 2, 4))
    z = rng.uniform(0.1, 0.9, (2, 4))
    answer = step_backward(dh, z, n, h_prev)
    if answer is None:
        return "not tried yet"
    true = dh * (h_prev - n), dh * (1 - z), dh * z
    if len(answer) != 3:
        return f"three gradients are expected, got {len(answer)}"
    names = ("dz", "dn", "dh_prev")
    for name, got, want in zip(names, answer, true):
        if np.allclose(got, want):
            continue
        if np.allclose(got, -want):
            return f"{name} has the wrong sign: h falls where the other part of the mixture is pushed up"
        if name != "dz" and np.allclose(got, dh * (z if name == "dn" else 1 - z)):
            return f"{name}: z and 1 - z are exchanged; here z keeps the old state, as in PyTorch"
        return f"{name} is not right yet: differentiate (1 - z) n + z h_prev by {name[1:]}"
    return "right: z passes the gradient on without any matrix"


def check_gru_size(answer, lstm=24, input_size=2):
    """The GRU whose number of parameters comes closest to an LSTM of `lstm` units from below."""
    if answer is None:
        return "not tried yet"
    budget = DeepRNN("lstm", input_size, lstm).num_params
    if not isinstance(answer, (int, np.integer)) or answer < 1:
        return "H is a whole number, at least 1"
    cost, more = (DeepRNN("gru", input_size, H).num_params for H in (answer, answer + 1))
    if cost <= budget < more:
        return f"right: {cost:,} of {budget:,}"
    return f"H = {answer} costs {cost:,} of {budget:,}: " + ("too many" if cost > budget else "more would fit")
