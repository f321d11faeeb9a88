"""One unit, H = D = 1, W_xh = 1: what a recurrent weight w and a bias b make of a pulse.

    h_t = f(x_t + w h_{t-1} + b),  f = tanh or ReLU         in silence (x_t = 0) a map h -> f(w h + b)

A fixed point is a state that the map leaves alone, h* = f(w h* + b). Its slope f'(w h* + b) w is the factor by which
a small distance from h* grows in one step: below 1 in size, the point is stable.
"""

import itertools
import math

import numpy as np

from ...stack import DeepRNN
from ..viz import Branches, Cobweb
from ..viz.unit import stability
from .base import Explorer, choice, integer, real, switch

KINDS = {"tanh": "tanh", "ReLU": "relu"}
TANH_LIMIT = 1.1  # of the map's drawn states
T, FIRST, SECOND = 80, 10, 45  # steps in all, and the steps at which the pulses begin


def one_unit(w, b=0.0, kind="tanh"):
    """The network and its parameters."""
    net = DeepRNN("rnn", input_size=1, hidden_size=1, nonlinearity=kind)
    return net, [{"W_xh": np.array([[1.0]]), "W_hh": np.array([[float(w)]]), "b_h": np.array([float(b)])}]


def respond(w, b, xs, h_0=0.0, kind="tanh"):
    """The states (T,) that the network gives to one input sequence xs (T,); (T, B) if h_0 is an array (B,)."""
    net, params = one_unit(w, b, kind)
    starts = np.reshape(np.asarray(h_0, float), (-1, 1))  # (B, 1)
    inputs = np.repeat(np.asarray(xs, float)[:, None, None], len(starts), axis=1)
    hs = net.forward(params, inputs, [(starts,)]).hs[:, :, 0]
    return hs if np.ndim(h_0) else hs[:, 0]


def one_step_map(w, b, kind="tanh", n=241):
    """(h, f(w h + b)) as two arrays: one silent step of the network from n states at once."""
    h = np.linspace(-TANH_LIMIT, TANH_LIMIT, n) if kind == "tanh" else np.linspace(-0.4, 6, n)
    return h, respond(w, b, [0.0], h, kind)[0]


def fixed_points(w, b=0.0, kind="tanh"):
    """[(h*, slope)], lowest first. For ReLU with w = 1, b = 0, where every h >= 0 is one, h* = 0 stands for all."""
    if kind == "relu":
        points = [(0.0, max(float(w), 0.0) if b == 0 else 0.0)] if b <= 0 else []
        if b != 0 and w != 1 and b / (1 - w) > 0:
            points.append((b / (1 - w), float(w)))
        return points
    ends = [-1.0, 1.0]
    if w > 1:  # tanh(w h + b) - h has two turning points, where w (1 - tanh²) = 1
        turn = math.atanh(math.sqrt(1 - 1 / w))
        ends = [-1.0, *(h for h in ((-turn - b) / w, (turn - b) / w) if -1 < h < 1), 1.0]
    roots = [root(lambda h: math.tanh(w * h + b) - h, *pair) for pair in itertools.pairwise(ends)]
    return [(h, w * (1 - math.tanh(w * h + b) ** 2)) for h in roots if h is not None]


def root(g, low, high):
    """Where g changes its sign between low and high, by halving; None if it does not."""
    sign = g(low) >= 0
    if sign == (g(high) >= 0):
        return None
    for _ in range(60):
        middle = (low + high) / 2
        value = g(middle)
        if value == 0:
            return middle
        low, high = (middle, high) if (value > 0) == sign else (low, middle)
    return (low + high) / 2


def at_rest(w, b=0.0, kind="tanh", starts=40, silent=600, tolerance=1e-6):
    """(resting, alternating): the distinct states, lowest first, in which the network is after many silent steps,
    from starts spread over [-1, 1]; alternating are those that come back every second step."""
    h_0 = np.linspace(-1, 1, starts) + 0.3 / starts  # off the middle: 0 may be an unstable fixed point
    hs = respond(w, b, np.zeros(silent), h_0, kind)
    stays, returns = (np.abs(hs[-1] - hs[-k]) < tolerance for k in (2, 3))
    return tuple(np.unique(np.round(hs[-1][who], 4) + 0.0) for who in (stays, returns & ~stays))


def branches(ws, b=0.0, title=""):
    """The `Branches` scene for the recurrent weights ws: computed fixed points, and where the network was found."""
    points = [(w, h, abs(slope) < 1) for w in ws for h, slope in fixed_points(w, b)]
    rest, alternate = zip(*(at_rest(w, b) for w in ws), strict=True)
    return Branches(
        [(w, h) for w, h, stable in points if stable],
        [(w, h) for w, h, stable in points if not stable],
        [(w, h) for w, found in zip(ws, rest, strict=True) for h in found],
        [(w, h) for w, found in zip(ws, alternate, strict=True) for h in found],
        title,
    )


def pulses(height, width=1, second=False, steps=T):
    """xs (T,): `height` for `width` steps from step FIRST + 1 on, and the opposite from SECOND + 1 on if wanted."""
    xs = np.zeros(steps)
    xs[FIRST : FIRST + width] = height
    if second:
        xs[SECOND : SECOND + width] = -height
    return xs


def picture(w, b, xs, kind="tanh", title=""):
    """The `Cobweb` scene of one setting."""
    return Cobweb(**seen(w, b, xs, kind), title=title, pulse=np.abs(xs).max())


def seen(w, b, xs, kind):
    hs = respond(w, b, xs, kind=kind)
    alternates = abs(hs[-1] - hs[-2]) > 1e-3 and abs(hs[-1] - hs[-3]) < 1e-3 * max(1, abs(hs[-1]))
    return {
        "xs": xs,
        "hs": hs,
        "curve": one_step_map(w, b, kind),
        "points": fixed_points(w, b, kind),
        "cycle": sorted(hs[-2:]) if alternates and abs(hs[-1]) < 10 else [],
        "kind": kind,
        "ray": kind == "relu" and w == 1 and b == 0,
    }


class OneUnit(Explorer):
    """One unit under its weight, its bias and a pulse: fading, latching, oscillating, counting, exploding."""

    situations = (
        ("latch", {}, "The pulse is kept for good: the unit has two stable states."),
        ("fade", {"w": 0.8, "b": 0.0}, "One stable state, zero: the pulse dies away."),
        ("oscillate", {"w": -2.0, "b": 0.0}, "A negative weight flips the sign at every step."),
        (
            "ReLU keeps",
            {"kind": "ReLU", "w": 1.0, "b": 0.0},
            "Weight 1, bias 0: the unit adds up what comes in, and forgets nothing.",
        ),
    )

    def controls(self):
        return {
            "w": real("weight w", 2.0, -3, 3, 0.05),
            "b": real("bias b", -0.2, -1.5, 1.5, 0.05),
            "height": real("pulse height", 2.5, -3, 3, 0.1, ".1f"),
            "width": integer("width, steps", 1, 1, 10),
            "kind": choice("nonlinearity f", "tanh", list(KINDS)),
            "second": switch(f"a second, opposite pulse at step {SECOND + 1}"),
        }

    def scene(self):
        return Cobweb()

    def show(self, scene, w, b, height, width, kind, second):
        xs = pulses(height, width, second)
        now = seen(w, b, xs, KINDS[kind])
        fate = verdict(now, height, second)
        scene.update(**now, title=f"{kind}, w = {w:.2f}, b = {b:.2f}: {fate}.".replace("-", "−"))
        return f"{describe(now['points'], now['ray'])} {fate[0].upper()}{fate[1:]}.".replace("-", "−")


def verdict(now, height, second):
    """What the trajectory did, in one clause."""
    hs, cycle = now["hs"], now["cycle"]
    before, last = hs[FIRST - 1], hs[-1]
    if abs(last) > 1e3:
        return f"the state explodes, {last:.2g} at step {len(hs)}"
    if max(hs) > 6:
        high = f", up to {max(hs):.3g}" if max(hs) > last else ""
        return f"the state leaves the picture{high}, and is {last:.3g} at step {len(hs)}"
    if len(cycle):
        return f"the unit alternates between {cycle[0]:.3g} and {cycle[1]:.3g}"
    if height == 0:
        return f"no pulse; the unit is at {last:.3g} at step {len(hs)}"
    if abs(last - hs[-5]) > 1e-3:
        return f"the state still moves at step {len(hs)}, where it is {last:.3g}"
    between = hs[SECOND - 1]
    if not second and abs(last - before) > 0.01:
        return f"the pulse of {height:.1f} is kept: h is {before:.3g} before it, {last:.3g} at step {len(hs)}"
    if not second or max(abs(between - before), abs(last - before)) <= 0.01:
        both = f"pulses of {height:.1f} and {-height:.1f} are" if second else f"pulse of {height:.1f} is"
        return f"the {both} forgotten: h is {before:.3g} before, {last:.3g} at step {len(hs)}"
    back = "takes it back" if abs(last - before) <= 0.01 else f"leaves it at {last:.3g}"
    return f"the pulse of {height:.1f} takes h from {before:.3g} to {between:.3g}, {-height:.1f} {back}"


def describe(points, ray):
    """The fixed points in words."""
    if ray:
        return "<b>Every h ≥ 0 is a fixed point</b> of slope 1: the map lies on the diagonal."
    if not points:
        return "<b>No fixed point.</b>"
    parts = [f"{h:.3g} ({stability(slope)}, slope {slope:.3g})" for h, slope in points]
    return f"<b>{len(points)} fixed point{'s' * (len(points) > 1)}:</b> {', '.join(parts)}."
