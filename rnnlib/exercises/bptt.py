"""The exercises of notebook 02: the backward pass of a leaky unit, and how long a window must be."""

import numpy as np

from ..explore.truncation import survey

TRY = "Not tried yet."
NAMES = "W_xh", "W_hh", "b_h", "h_0"


def leaky_forward(p, xs, h_0, alpha):
    """hs (T + 1, B, H) with h_0 first, and cs (T, B, H):  c_t = tanh(a_t),  h_t = (1 - α) h_{t-1} + α c_t."""
    hs, cs = [h_0], []
    for x in xs:
        cs.append(np.tanh(x @ p["W_xh"] + hs[-1] @ p["W_hh"] + p["b_h"]))
        hs.append((1 - alpha) * hs[-1] + alpha * cs[-1])
    return np.array(hs), np.array(cs)


def leaky_backward(p, xs, hs, cs, alpha, from_loss, mistake=None):
    """The gradients by W_xh, W_hh, b_h and h_0, or what a mistake, a key of MISTAKES, makes of them."""
    d = {name: np.zeros_like(p[name]) for name in NAMES[:3]}
    future = np.zeros_like(hs[0])
    for t in reversed(range(1, len(xs) + 1)):
        dh = from_loss[t - 1] + (0 if mistake == "future" else future)
        h_old = hs[t if mistake == "off by one" else (t - 1 or -1) if mistake == "wrap" else t - 1]
        slope = 1 - (hs[t] if mistake == "place" else np.tanh(cs[t - 1]) if mistake == "twice" else cs[t - 1]) ** 2
        da = dh * (1 if mistake == "alpha" else alpha) * slope
        if mistake == "sum":
            d = {name: np.zeros_like(v) for name, v in d.items()}
        d["W_xh"] = d["W_xh"] + xs[t - 1].T @ da
        d["W_hh"] = d["W_hh"] + h_old.T @ da
        d["b_h"] = d["b_h"] + da.sum(0)
        through = 0 if mistake == "through" else da @ (p["W_hh"] if mistake == "transpose" else p["W_hh"].T)
        future = through + (0 if mistake == "bypass" else (1 - alpha) * dh)
    return d | {"h_0": future}


MISTAKES = {
    "future": "The future is missing: dh_t is what its own loss sends plus what came back from step t + 1.",
    "bypass": "The bypass is missing: h_{t-1} also reaches h_t directly, with slope 1 − α.",
    "through": "Only the bypass goes back: h_{t-1} also reaches h_t through a_t, so da_t @ W_hh.T is missing.",
    "place": "The slope is taken at the wrong place: tanh' is 1 − c_t², and here h_t is not the tanh of a_t.",
    "twice": "The slope is taken at the wrong place: c_t is tanh(a_t) already, so tanh' is 1 − c_t**2.",
    "alpha": "α is missing in da_t: c_t enters h_t with slope α.",
    "sum": "The sum over time is missing: a weight is used at every step, so its gradient needs +=, not =.",
    "off by one": "Off by one: dW_hh at step t takes h_{t-1}, which is hs[t - 1], not hs[t].",
    "wrap": "At t = 1 an index wraps round to the last state: hs[0] is h_0, and hs[-1] is h_T.",
    "transpose": "A transpose is missing: the gradient goes back through W_hh.T.",
}


def check_leaky(student):
    """Runs student(p, xs, hs, cs, alpha, from_loss) -> dict beside the right one and returns a sentence."""
    T, B, D, H = 5, 2, 3, 4
    rng = np.random.default_rng(202)
    shapes = {"W_xh": (D, H), "W_hh": (H, H), "b_h": (H,)}
    p = {name: 0.8 * rng.standard_normal(shape) for name, shape in shapes.items()}
    xs, from_loss, alpha = rng.standard_normal((T, B, D)), rng.standard_normal((T, B, H)), 0.3
    hs, cs = leaky_forward(p, xs, rng.standard_normal((B, H)), alpha)
    arrays = xs, hs, cs, from_loss, *p.values()
    before = [a.copy() for a in arrays]
    found = student(p, xs, hs, cs, alpha, from_loss)
    if any((a != b).any() for a, b in zip(arrays, before, strict=True)):
        return "Your function changed one of its arguments. Make new arrays: dh = dh + ..., not dh += ..."
    if found is None:
        return TRY
    if not isinstance(found, dict) or set(found) != set(NAMES):
        return f"Return a dict with the keys {', '.join(NAMES)}."
    right = leaky_backward(p, xs, hs, cs, alpha, from_loss)
    for name in NAMES:
        if np.shape(found[name]) != right[name].shape:
            return f"{name}: a gradient has the shape of its array, {right[name].shape}; got {np.shape(found[name])}."

    def differ(other):
        return [n for n in NAMES if not np.allclose(found[n], other[n], rtol=1e-9, atol=1e-10)]

    wrong = differ(right)
    if not wrong:
        return f"Right: all {sum(v.size for v in right.values())} numbers agree."
    for mistake, hint in MISTAKES.items():
        if not differ(leaky_backward(p, xs, hs, cs, alpha, from_loss, mistake)):
            return hint
    fine = [n for n in NAMES if n not in wrong]
    return f"Not yet: wrong in {', '.join(wrong)}" + (f"; right in {', '.join(fine)}." if fine else ".")


def check_windows(chop, back, length=60, gain=0.9, error=0.1):
    """Are these the smallest k whose relative error is below `error`, for the two cuts? A sentence."""
    if chop is None or back is None:
        return TRY
    errors = survey(length, gain)[2]
    right = [int(np.argmax(e < error)) + 1 for e in errors]
    if [chop, back] == right:
        return f"Right: {errors[0, chop - 1]:.2g} at k = {chop} chopped, {errors[1, back - 1]:.2g} at k = {back} back."
    if [back, chop] == right:
        return "The two cuts are swapped: read the legend again."
    said = []
    for name, k, e, r in zip(("chop", "back"), (chop, back), errors, right, strict=True):
        if not 1 <= k <= length:
            said.append(f"{name}: k runs from 1 to {length}")
        elif e[k - 1] >= error:
            said.append(f"{name}: at k = {k} the relative error is still {e[k - 1]:.2g}")
        elif k > r:
            said.append(f"{name}: a smaller k will do")
    return "Not yet: " + "; ".join(said) + "."
