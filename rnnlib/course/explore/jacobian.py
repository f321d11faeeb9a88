"""JacobianProduct: what k steps back do to a gradient, for a recurrent matrix whose spectrum is under sliders."""

import functools

import numpy as np

from ... import flow
from ...stack import DeepRNN
from ..viz.jacobian import Products
from .base import Explorer, integer, real

H, D, T = 16, 4, Products.lags


@functools.lru_cache(maxsize=8)
def pieces(seed, units=H):
    """(rotations, shear, frame, input weights, inputs): what a matrix and its drive are made of, drawn once."""
    rng = np.random.default_rng(seed)
    turns = np.zeros((units, units))
    for k, angle in enumerate(rng.uniform(0, np.pi, units // 2)):
        c, s = np.cos(angle), np.sin(angle)
        turns[2 * k : 2 * k + 2, 2 * k : 2 * k + 2] = [[c, -s], [s, c]]
    shear = np.triu(rng.standard_normal((units, units)), 2) / np.sqrt(units)
    frame, _ = np.linalg.qr(rng.standard_normal((units, units)))
    W_xh, _ = np.linalg.qr(rng.standard_normal((units, D)))
    return turns, shear, frame, W_xh.T, rng.standard_normal((2 * T, D))


def matrix(rho, shear, seed=0):
    """(H, H): every eigenvalue has modulus rho. With shear 0 it is rho times an orthogonal matrix, a normal one;
    shear adds what no eigenvalue shows."""
    turns, above, frame, *_ = pieces(seed)
    return frame @ (rho * turns + shear * above) @ frame.T


def products(rho, shear=0.0, drive=0.0, seed=0):
    """(W_hh, Jacobians (T, H, H), their products (T, H, H) from the last step back), of a real tanh layer.

    drive scales the inputs; at 0 the layer rests at h = 0, where tanh' = 1. The first T steps only warm up.
    """
    W_hh, (_, _, _, W_xh, xs) = matrix(rho, shear, seed), pieces(seed)
    net = DeepRNN("rnn", D, H)
    params = [{"W_xh": W_xh, "W_hh": W_hh, "b_h": np.zeros(H)}]
    Js = flow.step_jacobians(net, params, drive * xs)[T:]
    found, product = [], np.eye(H)
    for J in Js[::-1]:
        product = product @ J
        found.append(product)
    return W_hh, Js, np.array(found)


class JacobianProduct(Explorer):
    """‖∂h_T/∂h_{T-k}‖ against Pascanu's bound and the spectral radius, for 16 tanh units."""

    situations = (
        ("sheared", {}, "The largest stretch comes first: the product grows to lag 8, though ρ is below 1."),
        ("no shear", {"shear": 0.0}, "Without shear the norm falls from the first lag on, at the rate of ρ."),
        (
            "ρ above 1",
            {"rho": 1.3},
            "Without input the state rests at zero, where every slope is 1: the product grows without end. "
            "Now add drive.",
        ),
        ("under drive", {"drive": 2.0}, "Saturated units have small slopes: the product falls far below its bound."),
    )

    def controls(self):
        return {
            "rho": real("spectral radius ρ", 0.9, 0.5, 1.3, 0.05),
            "shear": real("shear, beyond ρ", 0.8, 0.0, 1.5, 0.1),
            "drive": real("drive, std. dev.", 0.0, 0.0, 2.0, 0.1),
            "seed": integer("seed", 0, 0, 9),
        }

    def scene(self):
        return Products()

    def show(self, scene, rho, shear, drive, seed):
        W_hh, Js, found = products(rho, shear, drive, seed)
        factors = np.linalg.norm(found, 2, axis=(1, 2))
        sigma = np.linalg.norm(W_hh, 2)
        exponents = np.round(flow.lyapunov_exponents(Js, discard=10), 12) + 0.0  # what is lost in rounding is no growth
        scene.update(factors, sigma, rho, exponents[0], np.linalg.eigvals(W_hh), title(factors, sigma))
        rate = flow.decay_rate(factors[T // 2 :]) if factors.min() > 0 else -np.inf
        clock = f"half-life {np.log(2) / -rate:.3g} steps" if rate < -1e-6 else "no half-life: it grows"
        clock = "no half-life: it keeps its size" if abs(rate) < 1e-6 else clock
        return (
            f"{condition(sigma)} Largest factor {factors.max():.3g}, at lag {factors.round(9).argmax() + 1}; after {T} "
            f"steps <b>{factors[-1]:.2g}</b>; over the second half {clock}. Lyapunov exponents from "
            f"{exponents[0]:.3g} down to {exponents[-1]:.3g}; ln ρ = {np.log(rho):.3g}."
        )


def condition(sigma):
    """Which of Pascanu's two conditions speaks (γ = 1 for tanh)."""
    if sigma < 1 - 1e-9:
        return f"σ = {sigma:.3g} &lt; 1: the gradient <b>must vanish</b> (sufficient)."
    return f"σ = {sigma:.3g} ≥ 1: it <b>may</b> explode (necessary), and need not."


def title(factors, sigma):
    """What the measured curve does."""
    if factors.max() > 1.05 and factors[-1] < 1:
        return f"It grows {factors.max():.2g}-fold, then vanishes: σ = {sigma:.2f} allows the first"
    if factors[-1] > 1.05:
        return f"It grows: {factors[-1]:.2g} after {len(factors)} steps"
    return f"It vanishes: {factors[-1]:.2g} after {len(factors)} steps" if factors[-1] < 0.95 else "It keeps its size"
