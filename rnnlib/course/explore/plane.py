"""TwoUnits: a recurrent matrix that turns and scales, W_hh = ρ R(θ)."""

import numpy as np

from ...stack import DeepRNN
from ..viz import Plane
from .base import Explorer, real


def rotation(theta):
    """R(θ) for row vectors: h @ R is h turned by θ, counter-clockwise."""
    c, s = np.cos(theta), np.sin(theta)
    return np.array([[c, s], [-s, c]])


def two_units(rho, theta):
    """A tanh network with H = 2, D = 1: the input enters unit 1, W_hh = ρ R(θ), no bias."""
    net = DeepRNN("rnn", input_size=1, hidden_size=2)
    return net, [{"W_xh": np.array([[1.0, 0.0]]), "W_hh": rho * rotation(theta), "b_h": np.zeros(2)}]


def ring(rho, theta, height=0.5, steps=60):
    """hs (T, 2) after one pulse of that height at the first step."""
    net, params = two_units(rho, theta)
    xs = np.zeros((steps, 1, 1))
    xs[0] = height
    return net.forward(params, xs).hs[:, 0]


def measured_period(hs):
    """2π over the mean angle per step: how many steps the state needs for one turn around the origin. hs (T, 2)."""
    angle = np.unwrap(np.arctan2(hs[:, 1], hs[:, 0]))
    return 2 * np.pi * (len(hs) - 1) / (angle[-1] - angle[0])


class TwoUnits(Explorer):
    """The two units after a pulse: the angle sets the period, ρ how long it lasts."""

    situations = (
        ("slow spiral", {"period": 24.0}, "One turn takes twice as long as at 12: the angle alone sets the period."),
        ("dies at once", {"rho": 0.5}, "The distance halves with each step: the turn is over before it is seen."),
        ("does not die", {"rho": 1.3}, "tanh holds what the scale would blow up: a closed orbit."),
    )

    def controls(self):
        return {
            "period": real("2π/θ, steps", 12.0, 3, 30, 0.5, ".1f"),
            "rho": real("scale ρ", 0.95, 0.5, 1.5, 0.01),
            "height": real("pulse height", 0.5, 0.1, 2, 0.1, ".1f"),
        }

    def scene(self):
        return Plane()

    def show(self, scene, period, rho, height):
        hs = ring(rho, 2 * np.pi / period, height)
        found, radius = measured_period(hs), np.hypot(*hs.T)
        title = f"θ = {360 / period:.3g}°, ρ = {rho:.2f}: a turn takes {found:.3g} steps, 2π/θ = {period:.3g}"
        scene.update(hs, period, title)
        return (
            f"Measured period <b>{found:.4g} steps</b>, 2π/θ = {period:.4g}. "
            f"Distance from the origin: {radius[0]:.3g} at the pulse, {radius[-1]:.2g} at step {len(hs)}."
        )
