"""Two explorers of the linear stack: how it answers a pulse, and the eigenvalues of its one-step Jacobian."""

import functools
import math

import numpy as np

from ... import flow
from ...stack import DeepRNN
from ..viz import Response, Spectrum
from ..viz.spectrum import first_peak
from .base import Explorer, choice, integer, real

WIDTH, LAGS = 32, Response.lags
ALIGNED, RANDOM = "aligned", "random"


class PulseResponse(Explorer):
    """One pulse of size 1e-14 into a tanh stack of width 32: so small that tanh is the identity throughout."""

    situations = (
        ("four layers", {}, "The answer peaks late: many paths of the same length add up."),
        ("one layer", {"depth": 1}, "One layer: the answer falls from the start, by the factor a per step."),
        ("random weights", {"weights": "random"}, "The paths point in random directions and add up to less."),
    )

    def controls(self):
        return {
            "depth": integer("depth L, layers", 4, 1, 8),
            "a": real("recurrent gain a", 0.9, 0.5, 1.0, 0.05),
            "b": real("input gain b", 0.5, 0.2, 1.0, 0.1),
            "weights": choice("weights", ALIGNED, [ALIGNED, RANDOM]),
        }

    def scene(self):
        return Response()

    def show(self, scene, depth, a, b, weights):
        measured = pulse_response(depth, a, b, weights == ALIGNED)
        laws = response_laws(depth, a, b)
        scene.update(measured, *laws, f"{depth} layer{'s' * (depth > 1)}, a = {a:.2f}, b = {b:.1f}")
        at, slope = first_peak(measured), math.log(measured[-1] / measured[-21]) / 20
        return (
            f"Largest at lag <b>{at}</b>, {measured[at] / measured[0]:.3g} times the first answer. Over the last 20 "
            f"lags the slope of ln response is {slope:.3f} per step, against ln a = {math.log(a):.3f}."
        )


def pulse_response(depth, a, b, aligned=True, seed=0, lags=LAGS):
    """(lags,): norm of the top layer's answer, per unit of pulse, of a tanh stack at amplitude 1e-14.

    W_hh = a·1 and W_xh = b·1 if aligned, else a and b times random orthogonal matrices.
    """
    scheme = "identity" if aligned else "orthogonal"
    net = DeepRNN("rnn", WIDTH, WIDTH, depth)
    weights, inputs = np.random.default_rng(seed).spawn(2)
    params = net.init(weights, input=scheme, recurrent=scheme, bias="zeros", rho=a)
    for p in params:
        p["W_xh"] *= b
    pulse = inputs.standard_normal(WIDTH)
    xs = np.zeros((lags, 1, WIDTH))
    xs[0, 0] = 1e-14 * pulse / np.linalg.norm(pulse)
    return np.linalg.norm(net.forward(params, xs).hs[:, 0], axis=1) / 1e-14


def response_laws(depth, a, b, lags=LAGS):
    """Three arrays (lags,): b^L C a^τ (all paths add up), b^L √C a^τ (they point at random), b a^τ (one layer)."""
    coherent = flow.linear_stack_response(a, b, depth, range(lags))
    decay = float(a) ** np.arange(lags)
    return coherent, np.sqrt(coherent * b**depth * decay), b * decay


class StackSpectrum(Explorer):
    """J = ∂s_t/∂s_{t-1} of a whole stack at rest (s = 0, x = 0), 6 units per layer, from the backward pass."""

    situations = (
        (
            "stretch, then decay",
            {},
            "All eigenvalues are below 1, and yet the whole stretches a disturbance before it decays.",
        ),
        (
            "uncoupled",
            {"coupling": 0.0},
            "Without the weights from below the blocks live alone: no layer stretches more than its own gain.",
        ),
        (
            "eight layers",
            {"depth": 8, "step": 0.0},
            "The deeper the stack, the larger the stretch, at the same spectral radius.",
        ),
    )

    def controls(self):
        return {
            "depth": integer("depth L, layers", 3, 1, 8),
            "cell": choice("cell", "tanh RNN", ["tanh RNN", "LSTM", "GRU"]),
            "gain": real("gain of layer 1", 0.9, 0.5, 1.2, 0.05),
            "step": real("added per layer", -0.05, -0.1, 0.1, 0.01),
            "coupling": real("gain from below", 1.0, 0.0, 1.5, 0.1),
        }

    def scene(self):
        return Spectrum()

    def show(self, scene, depth, cell, gain, step, coupling):
        gains = np.maximum(gain + step * np.arange(depth), 0.05)
        J = resting_jacobian(gains, coupling, cell)
        values, of_blocks = np.linalg.eigvals(J), block_eigenvalues(J, depth)
        growth = powers(J)
        widest = max((powers(B) for B in diagonal_blocks(J, depth)), key=lambda g: g[-1])
        rho, radius = np.abs(values).max(), np.abs(of_blocks).max()
        title = f"{cell}, {depth} layer{'s' * (depth > 1)} of 6 units: stretches {growth.max():.3g}-fold "
        title += f"in {growth.argmax()} steps; spectral radius {rho:.3g}"
        scene.update(J, values, of_blocks, growth, widest, title)
        text = f"Spectral radius of the whole: {rho:.5g}, of its largest block: {radius:.5g}. "
        text += f"Largest stretch of the whole: <b>{growth.max():.3g}</b> in {growth.argmax()} steps; "
        text += f"of that block alone: {widest.max():.3g}."
        if abs(rho - radius) > 1e-6:
            text += " The radii differ by rounding alone: equal blocks make eigenvalues ill-conditioned."
        return text


@functools.lru_cache(maxsize=32)
def drawn(kind, units, L, seed):
    """L layers' parameters at gain 1: orthogonal matrices, every gate's block of W_hh with spectral radius 1."""
    scheme = {"input": "orthogonal", "recurrent": "orthogonal", "bias": "zeros", "rho": 1}
    return [DeepRNN(kind, units, units).init(rng, **scheme)[0] for rng in np.random.default_rng(seed).spawn(L)]


def resting_jacobian(gains, coupling=1.0, cell="tanh RNN", units=6, seed=0):
    """(N, N): J of a stack whose layer l has orthogonal W_hh times gains[l] and orthogonal W_xh times coupling."""
    kind, L = {"tanh RNN": "rnn", "LSTM": "lstm", "GRU": "gru"}[cell], len(gains)
    net, params = DeepRNN(kind, units, units, L), []
    for gain, layer in zip(gains, drawn(kind, units, L, seed), strict=True):
        params.append(layer | {"W_hh": gain * layer["W_hh"], "W_xh": coupling * layer["W_xh"]})
    return flow.step_jacobians(net, params, np.zeros((1, units)))[0]


def diagonal_blocks(J, depth):
    """(L, n, n): ∂(layer l at t)/∂(the same layer at t - 1)."""
    n = len(J) // depth
    return np.array([J[k : k + n, k : k + n] for k in range(0, len(J), n)])


def block_eigenvalues(J, depth):
    """(L, n) complex: the eigenvalues of every layer's own block."""
    return np.linalg.eigvals(diagonal_blocks(J, depth)).astype(complex)


def powers(J, steps=Spectrum.steps):
    """(steps + 1,): ‖J^k‖, the largest singular value, for k = 0 .. steps, exact at every fourth k beyond 40."""
    at = [*range(41), *range(44, steps + 1, 4)]
    wanted, M, norms = set(at), np.eye(len(J)), []
    for k in range(steps + 1):
        if k in wanted:
            norms.append(math.sqrt(max(np.linalg.eigvalsh(M.T @ M)[-1], 1e-300)))
        M = J @ M
    return np.exp(np.interp(np.arange(steps + 1), at, np.log(norms)))
