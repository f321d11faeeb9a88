"""Gates under sliders: the forget bias against a measured half-life, and gates over a text, unit by unit."""

import numpy as np

from ... import data, flow
from ...model import Model
from ...stack import DeepRNN
from ..viz.gates import ColouredText, Memory
from .base import Explorer, choice, integer, real

H, D, T = 16, 4, Memory.lags
SEEDS = range(5)


def memory(bias, drive=0.0, scale=1.0, seed=0):
    """(K,): mean factor on ∂loss/∂c over lags 1 .. K, from products of an LSTM's Jacobians, c rows and c columns.

    bias : of the forget gate, the other biases zero. drive : standard deviation of the inputs. scale : on W_hh.
    The factor is the Frobenius norm over √H: 1 for a matrix that keeps every length.
    """
    net = DeepRNN("lstm", D, H)
    weights, noise = np.random.default_rng(seed).spawn(2)
    params = net.init(weights, bias="zeros", forget_bias=bias)
    params[0]["W_hh"] *= scale
    Js = flow.step_jacobians(net, params, drive * noise.standard_normal((2 * T, D)))[T:]
    product, found = np.eye(2 * H), []
    for J in Js[::-1]:
        product = product @ J
        found.append(np.linalg.norm(product[H:, H:]) / np.sqrt(H))  # state (h, c): c is the second half
    return np.array(found)


class ForgetBias(Explorer):
    """How long an LSTM's cell state lasts, against what its forget bias alone would give."""

    situations = (
        ("bias 1", {}, "The state outlives what the bias alone would give: the gate reads h as well."),
        (
            "bias 4",
            {"bias": 4.0},
            "σ(4) = 0.98 alone would halve in 38 steps; with the recurrent weights the answer even grows.",
        ),
        ("bias alone", {"scale": 0.0}, "Without recurrent weights measured and predicted half-life are the same."),
        (
            "under drive",
            {"bias": 4.0, "drive": 3.0},
            "Inputs of size 3 push the gate about: what grew in situation 2 now fades.",
        ),
    )

    def controls(self):
        return {
            "bias": real("forget bias", 1.0, -2.0, 6.0, 0.25),
            "drive": real("drive, std. dev.", 0.0, 0.0, 3.0, 0.25),
            "scale": real("gain on W_hh", 1.0, 0.0, 3.0, 0.25),
        }

    def scene(self):
        return Memory()

    def show(self, scene, bias, drive, scale):
        factors = memory(bias, drive, scale)
        rate = flow.decay_rate(factors)
        life = np.log(2) / -rate if rate < 0 else np.inf
        law = np.log(2) / np.log1p(np.exp(-bias))
        clock = f"half-life {life:.3g} steps" if rate < 0 else "no half-life, it grows"
        scene.update(factors, bias, life, f"Forget bias {bias:.2f}: {clock}; by the bias alone {law:.3g} steps")
        return (
            f"Measured: <b>{clock}</b>; ln ½ / ln σ(bias) = {law:.3g}. After {T} steps "
            f"{factors[-1]:.2g} is left, by the bias alone {(1 / (1 + np.exp(-bias))) ** T:.2g}."
        )


def gate_values(model, params, alphabet, text):
    """dict name -> (N, H): gates i, f, o, the candidate g, and the states c and h, after each character."""
    xs = data.one_hot(alphabet.encode(text), len(alphabet), model.dtype)[:, None]
    run = model.forward(params, xs).run.layers[0].passes[0]
    i, f, g, o = run.gates[..., 0].swapaxes(0, 1)
    h, c = (s[1:, 0] for s in run.states)
    return {"forget gate f": f, "input gate i": i, "output gate o": o, "candidate g": g, "cell state c": c, "h": h}


class GateReader(Explorer):
    """One unit of a character LSTM, one of its gates, over a text that it has not seen.

    Without arguments: an untrained LSTM of 32 units on the excerpt, the control.
    """

    own = True

    situations = (
        ("forget gate", {}, "Is the gate open all the time, shut all the time, or does it follow the text?"),
        (
            "cell state",
            {"what": "cell state c"},
            "Look for characters at which the stored value jumps, and for stretches where it stays.",
        ),
    )

    def __init__(self, model=None, params=None, alphabet=None, text=None, **settings):
        if model is None:
            alphabet = data.Alphabet(data.python_excerpt("all"))
            model = Model(DeepRNN("lstm", len(alphabet), 32), len(alphabet))
            params, text = model.init(np.random.default_rng(5)), data.python_excerpt("test")[3000:4200]
        self.values, self.text = gate_values(model, params, alphabet, text), text
        super().__init__(**settings)

    def controls(self):
        units, size = self.values["h"].shape[1], ColouredText.rows * ColouredText.columns
        return {
            "unit": integer("unit", 0, 0, units - 1),
            "what": choice("shown", "forget gate f", list(self.values)),
            "place": integer("from character", 0, 0, len(self.text) - size, 64),
        }

    def scene(self):
        return ColouredText()

    def show(self, scene, unit, what, place):
        values = self.values[what][:, unit].astype(float)
        part = values[place : place + scene.rows * scene.columns]
        gate = "gate" in what
        high = 1.0 if gate or what != "cell state c" else max(1.0, float(np.abs(values).max()))
        scene.update(
            self.text[place : place + len(part)], part, 0.0 if gate else -high, high, f"Unit {unit}, {what}", what
        )
        if not gate:
            return f"Unit {unit}, {what}: from {values.min():.2f} to {values.max():.2f} over the whole text."
        life = np.log(2) / -np.log(np.clip(values.mean(), 1e-9, 1 - 1e-9))
        return (
            f"Unit {unit}, {what}: mean {values.mean():.2f} over the whole text, open (above 0.9) at "
            f"<b>{(values > 0.9).mean():.0%}</b> of the characters, shut (below 0.1) at {(values < 0.1).mean():.0%}."
            + f" A gate that stood at its mean would have a half-life of {life:.3g} steps."
            * ("forget" in what)
        )


def time_and_depth(cell, L, seed, forget_bias=None, length=60):
    """(rate per step along time of the top row, ln factor per layer at t = T) of a stack at its start.

    D = 8 inputs of noise, H = 32, orthogonal matrices, zero biases but for the forget gate's, a random loss at t = T.
    """
    net = DeepRNN(cell, 8, 32, L)
    weights, noise = np.random.default_rng(seed).spawn(2)
    start = {"input": "orthogonal", "recurrent": "orthogonal", "bias": "zeros", "forget_bias": forget_bias}
    params = net.init(weights, **start)
    xs, dhs = noise.standard_normal((length, 4, 8)), np.zeros((length, 4, 32))
    dhs[-1] = noise.standard_normal((4, 32))
    norms = flow.gradient_flow(net, params, xs, dhs)
    column = norms[:, -1]
    down = np.log(column[0] / column[-1]) / (L - 1) if L > 1 else np.nan
    return flow.decay_rate(norms[-1, ::-1][:40]), down
