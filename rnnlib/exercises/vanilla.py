"""The exercises of notebook 01: a forward pass, and a unit that tells a weak pulse from a strong one."""

import numpy as np

from ..explore.unit import FIRST, fixed_points, pulses, respond
from ..stack import DeepRNN

TRY = "Not tried yet."


def forward(xs, h_0, W_xh, W_hh, b_h, *, f=np.tanh, order=slice(None), old=True):
    """The states (T, B, H), and, with another f, order or without the old state, what a mistake makes of them."""
    h, hs = h_0, []
    for x in xs[order]:
        h_old = h if old else h_0
        h = f(x @ W_xh + h_old @ W_hh + b_h)
        hs.append(h)
    return np.array(hs)


def check_forward(student):
    """Runs student(xs, h_0, W_xh, W_hh, b_h) -> hs (T, B, H) beside `DeepRNN` and returns a sentence."""
    T, B, D, H = 5, 2, 3, 4
    rng = np.random.default_rng(101)
    net = DeepRNN("rnn", D, H)
    (p,) = net.init(rng, recurrent="orthogonal")
    xs, h_0 = rng.standard_normal((T, B, D)), rng.uniform(-1, 1, (B, H))
    W = p["W_xh"], p["W_hh"], p["b_h"]
    arguments = xs, h_0, *W
    copies = [a.copy() for a in arguments]
    try:
        found = student(*copies)
    except ValueError as error:
        hint = "With row vectors, state and input stand on the left: x @ W_xh, h @ W_hh."
        return f"The shapes do not fit. {hint} NumPy says: {error}"
    if found is None:
        return TRY
    if any((a != c).any() for a, c in zip(arguments, copies, strict=True)):
        return "Your function changed one of its arguments. Make new arrays: h = ..., not h[:] = ... or h += ..."
    found = np.asarray(found)
    right = net.forward([p], xs, [(h_0,)]).hs
    if found.shape == (B, H):
        return "This is one state, (B, H). Collect the state of every step: (T, B, H)."
    if found.shape == (T + 1, B, H):
        return "T + 1 states: h_0 is among them. Return h_1 ... h_T."
    if found.shape != right.shape:
        return f"Expected the shape (T, B, H) = {right.shape}, got {found.shape}."
    if np.allclose(found, right, rtol=0, atol=1e-10):
        return f"Right: all {right.size} numbers equal those of rnnlib."
    for hint, wrong in mistakes(xs, h_0, *W).items():
        if np.allclose(found, wrong, rtol=0, atol=1e-10):
            return hint
    difference = np.abs(found - right).max((1, 2))  # (T,)
    first = int(np.argmax(difference > 1e-10)) + 1
    return f"Not yet: the states differ from step {first} on, there by up to {difference[first - 1]:.2g}."


def mistakes(xs, h_0, W_xh, W_hh, b_h):
    """What the likely mistakes return, each under its hint."""
    return {
        "W_hh is transposed: with row vectors the state stands on the left, h @ W_hh.": forward(
            xs, h_0, W_xh, W_hh.T, b_h
        ),
        "The bias is missing.": forward(xs, h_0, W_xh, W_hh, 0 * b_h),
        "The tanh is missing.": forward(xs, h_0, W_xh, W_hh, b_h, f=lambda a: a),
        "The old state never changes: every step starts from h_0. Assign the new state to h.": forward(
            xs, h_0, W_xh, W_hh, b_h, old=False
        ),
        "h_0 is ignored: start from the state that was handed in, not from zeros.": forward(
            xs, 0 * h_0, W_xh, W_hh, b_h
        ),
        "The recurrence is missing: h_{t-1} @ W_hh does not enter.": forward(xs, h_0, W_xh, 0 * W_hh, b_h),
        "The steps run backwards: x_1 comes first.": forward(xs, h_0, W_xh, W_hh, b_h, order=slice(None, None, -1)),
    }


def check_switch(w, b, weak=1.0, strong=2.0):
    """Is the tanh unit with these numbers one that forgets a weak pulse and keeps a strong one? A sentence."""
    if w is None or b is None:
        return TRY
    points = fixed_points(w, b)
    stable = [h for h, slope in points if abs(slope) < 1]
    if len(stable) < 2:
        why = "w is not above 1" if w <= 1 else "the bias has pushed the map off the diagonal on one side"
        return f"Not yet: {len(stable)} stable fixed point{'s' * (len(stable) != 1)}, so nothing can be kept; {why}."
    if b >= 0:
        return "Not yet: from h_0 = 0 this unit does not come to rest in its low state. It needs a bias below zero."
    ends = [respond(w, b, pulses(height, steps=200))[-1] for height in (weak, strong)]
    kept = [bool(h > points[1][0]) for h in ends]
    threshold = w * (points[1][0] - points[0][0])
    if kept == [False, True]:
        return f"Right: at rest at {ends[0]:.3g} after the weak pulse, at {ends[1]:.3g} after the strong one."
    which = "even the weak pulse is kept" if kept[0] else "even the strong pulse is forgotten"
    at = respond(w, b, pulses(0.0))[FIRST - 1]
    if abs(at - stable[0]) > 0.05:
        return f"Not yet: {which}. When it comes, the unit is at {at:.3g}, on its way down to {stable[0]:.3g}: lower b."
    return f"Not yet: {which}; this unit switches at a pulse of {threshold:.3g}."
