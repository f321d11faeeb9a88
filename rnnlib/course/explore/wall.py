"""Wall: Pascanu's recurrence of one unit and two parameters, x_t = w σ(x_{t-1}) + b, as a tanh unit of the library.

With h = 2 σ(x) - 1 = tanh(x/2) the recurrence reads h_t = tanh(w/4 h_{t-1} + w/4 + b/2): a layer with
W_hh = w/4 and b_h = w/4 + b/2. The loss (σ(x_50) - 0.7)² is ((h_50 + 1)/2 - 0.7)², the start x_0 = 0.5 is
h_0 = tanh(1/4).      (Pascanu, Mikolov, Bengio 2013, figure 6)
"""

import functools

import numpy as np

from ...stack import DeepRNN
from ..viz.scene import minus
from ..viz.wall import Wall as Scene
from .base import Explorer, choice, real

T, TARGET, H_0 = 50, 0.7, np.tanh(0.25)
NET = DeepRNN("rnn", 1, 1)
XS = np.zeros((T, 1, 1))
WS, BS = np.linspace(3.5, 6, 161), np.linspace(-3.2, -1.6, 121)
UPDATES, FEW = 20, 5  # made, and made while the hand moves


def slope(w, b):
    """(loss, (∂loss/∂w, ∂loss/∂b), |∂loss/∂h_t| for t = 0 .. T) by the library's forward and backward."""
    params = [{"W_xh": np.zeros((1, 1)), "W_hh": np.array([[w / 4]]), "b_h": np.array([w / 4 + b / 2])}]
    run = NET.forward(params, XS, [(np.array([[H_0]]),)])
    error = (run.hs[-1, 0, 0] + 1) / 2 - TARGET
    dhs = np.zeros_like(XS)
    dhs[-1] = error
    grad = NET.backward(params, run, dhs)
    dW, db = grad.params[0]["W_hh"][0, 0], grad.params[0]["b_h"][0]
    over_time = np.abs([grad.state[0][0][0, 0], *grad.hs[0][:, 0, 0]])
    return error**2, np.array([dW / 4 + db / 4, db / 2]), over_time


def surface(ws=WS, bs=BS):
    """(len(bs), len(ws)): the loss over a grid, the same recurrence for all points at once."""
    w, b = np.meshgrid(ws, bs)
    h = np.full(w.shape, H_0)
    for _ in range(T):
        h = np.tanh(w / 4 * h + (w / 4 + b / 2))
    return ((h + 1) / 2 - TARGET) ** 2


@functools.lru_cache(maxsize=1)
def landscape():
    return surface()


@functools.lru_cache(maxsize=64)
def descent(w, b, rate, clip_norm=None, updates=UPDATES):
    """(updates + 1, 2) points and (updates + 1,) losses of gradient descent from (w, b).

    clip_norm : the gradient is cut to that length."""
    points, losses = [np.array([w, b], float)], []
    for _ in range(updates):
        loss, g, _ = slope(*points[-1])
        losses.append(loss)
        norm = np.linalg.norm(g)
        if clip_norm is not None and norm > clip_norm:
            g = g * clip_norm / norm
        points.append(points[-1] - rate * g)
    path, losses = np.array(points), np.array([*losses, slope(*points[-1])[0]])
    path.flags.writeable = losses.flags.writeable = False
    return path, losses


def descend(w, b, rate, clip_norm=None, updates=UPDATES):
    """The points of `descent`."""
    return descent(w, b, rate, clip_norm, updates)[0]


def inside(points):
    """Which of the points (..., 2) lie on the map."""
    w, b = points[..., 0], points[..., 1]
    return (WS[0] <= w) & (w <= WS[-1]) & (BS[0] <= b) & (b <= BS[-1])


class Wall(Explorer):
    """The loss surface with its wall, two descents from a start, and the gradient over time at that start."""

    def controls(self):
        return {
            "w": real("start: w", 4.9, 3.5, 6.0, 0.05),
            "b": real("start: b", -2.32, -3.2, -1.6, 0.02),
            "rate": choice("learning rate", 0.3, [0.03, 0.1, 0.3, 1.0]),
            "clip_norm": choice("clip at norm", 0.1, [0.03, 0.1, 0.3, 1.0, 10.0]),
        }

    def scene(self):
        return Scene(WS, BS, landscape())

    situations = (
        ("at the wall", {}, "The unclipped path is thrown out of the picture by one update; the clipped one "
         "steps back from the wall and goes on."),
        ("on the plain", {"b": -3.0, "w": 4.0}, "Of the gradient by h nothing is left after 50 steps back: what "
         "moves w and b comes from the last few steps."),
        ("a larger threshold", {"clip_norm": 10.0, "rate": 1.0}, "A threshold of 10 at a rate of 1 allows an update "
         "of length 10: threshold and rate work together."),
    )  # fmt: skip

    def sketch(self, scene, w, b, rate, clip_norm):
        return self.picture_of(scene, w, b, rate, clip_norm, FEW)

    def prepare(self, w, b, rate, clip_norm):
        descend(w, b, rate), descend(w, b, rate, clip_norm)

    def show(self, scene, w, b, rate, clip_norm):
        return self.picture_of(scene, w, b, rate, clip_norm, UPDATES)

    def picture_of(self, scene, w, b, rate, clip_norm, updates):
        loss, g, over_time = slope(w, b)
        (free, _), (clipped, losses) = descent(w, b, rate, None, updates), descent(w, b, rate, clip_norm, updates)
        step = np.linalg.norm(np.diff(free, axis=0), axis=1)
        far = step.max()
        scene.update(free, clipped, over_time, loss, minus(f"w = {w:.2f}, b = {b:.2f}: {claim(over_time)}"))
        change = over_time[0] / over_time[-1] if over_time[-1] else 0.0
        return (
            f"Loss {loss:.3g}, gradient ({g[0]:.3g}, {g[1]:.3g}), norm <b>{np.linalg.norm(g):.3g}</b>. Back through "
            f"{T} steps the gradient by h is multiplied by {change:.2g}. Longest of {updates} unclipped updates: "
            f"{far:.3g}; clipped none is longer than {rate * clip_norm:.3g}. Clipped, the loss after the last "
            f"{len(losses) // 2} of them lies between {losses[-(len(losses) // 2) :].min():.2g} and "
            f"{losses[-(len(losses) // 2) :].max():.2g}."
        )


def claim(over_time):
    """What the gradient does on its way back."""
    if over_time[-1] == 0:
        return "no error, no gradient"
    change = over_time[0] / over_time[-1]
    does = "explodes" if change > 10 else "vanishes" if change < 0.1 else "keeps its size"
    return f"the gradient {does} on its way back"
