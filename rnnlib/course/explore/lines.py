"""One step of an LSTM and of a GRU, line by line, for one unit with one input: every line is its own text.

A line is a Python assignment. What is shown is that text, and its numbers come from running that text; so the two
cannot differ. Names are those of the exercises `lstm_step_backward` and `gru_step_backward`.
"""

import re
from functools import cache
from typing import NamedTuple

import numpy as np


class Line(NamedTuple):
    node: str  # where its number stands: at this node of the graph
    name: str  # what it assigns
    formula: str  # Python, in names that are given or were assigned before
    why: str  # whole sentences, with what it means

    @property
    def backward(self):
        return self.name.startswith("d")


SIGMA = "The gate is a number between 0 and 1."
SLOPE = "Back through σ: its slope is the gate times 1 minus the gate, at most 0.25."
HEARS = "the input and the old output, each with a weight of its own, and a bias."
ARRIVES = "The gradient of the output arrives: from the loss of this step and from whatever reads h at the next step."

LSTM = (
    *(
        Line(f"a_{k}", f"a_{k}", f"x * W_x{k} + h_prev * W_h{k} + b_{k}", f"What the {name} hears: {HEARS}")
        for k, name in zip("ifgo", ("input gate", "forget gate", "candidate", "output gate"), strict=True)
    ),
    Line("i", "i", "σ(a_i)", f"{SIGMA} The input gate says how much of the candidate is let in."),
    Line("f", "f", "σ(a_f)", f"{SIGMA} The forget gate says how much of the old cell state is kept."),
    Line("g", "g", "tanh(a_g)", "The candidate, the new content, may be negative: it is a tanh and no σ."),
    Line("o", "o", "σ(a_o)", f"{SIGMA} The output gate says how much of the cell state is shown."),
    Line("c", "c", "f * c_prev + i * g", "The new cell state: what is kept of the old one, plus what is let in."),
    Line("h", "h", "o * tanh(c)", "The output. So c is read twice: here, and at the next step."),
    Line("h", "dh", "dh", ARRIVES),
    Line("o", "do", "dh * tanh(c)", "h = o · tanh(c) is a product: the gradient of one factor is dh times the other."),
    Line("c", "dc_total", "dc + dh * o * (1 - tanh(c)**2)", "c has two uses, so its gradient is a sum of two terms: "
         "dc comes from the next step, the other one from h, through the slope of tanh."),
    Line("i", "di", "dc_total * g", "In i · g the gradient of i is multiplied by g, the other factor."),
    Line("f", "df", "dc_total * c_prev", "In f · c_prev the gradient of f is multiplied by the old cell state."),
    Line("g", "dg", "dc_total * i", "In i · g the gradient of g is multiplied by i: a shut gate lets no gradient in."),
    Line("a_i", "da_i", "di * i * (1 - i)", SLOPE),
    Line("a_f", "da_f", "df * f * (1 - f)", SLOPE),
    Line("a_g", "da_g", "dg * (1 - g**2)", "Back through tanh: its slope is 1 minus its value squared."),
    Line("a_o", "da_o", "do * o * (1 - o)", SLOPE),
    Line("x", "dx", "da_i * W_xi + da_f * W_xf + da_g * W_xg + da_o * W_xo",
         "x stands in four formulas, so its gradient is a sum of four terms."),
    Line("h_prev", "dh_prev", "da_i * W_hi + da_f * W_hf + da_g * W_hg + da_o * W_ho",
         "h_prev stands in the same four formulas. Every one of its terms has met a weight and a slope."),
    Line("c_prev", "dc_prev", "dc_total * f", "The bypass: one factor, the forget gate; no weight and no slope. "
         "For the parameters the rest is quick: dW_xi = x · da_i, dW_hi = h_prev · da_i, db_i = da_i, and so on."),
)  # fmt: skip

GRU = (
    Line("a_r", "a_r", "x * W_xr + h_prev * W_hr + b_r", "What the reset gate hears: input, old state and a bias."),
    Line("a_z", "a_z", "x * W_xz + h_prev * W_hz + b_z", "What the update gate hears: input, old state and a bias."),
    Line("r", "r", "σ(a_r)", f"{SIGMA} The reset gate says how much of the old state the candidate hears."),
    Line("z", "z", "σ(a_z)", f"{SIGMA} The update gate says how much of the old state is kept."),
    Line("zh_n", "zh_n", "h_prev * W_hn + b_hn", "What the old state says to the candidate. It has a bias of its own, "
         "since r will scale it."),
    Line("a_n", "a_n", "x * W_xn + b_n + r * zh_n", "What the candidate hears: the input in full, the old state by r."),
    Line("n", "n", "tanh(a_n)", "The candidate, the new content."),
    Line("h", "h", "(1 - z) * n + z * h_prev", "The new state is a mixture: z of the old one, 1 − z of the candidate."),
    Line("h", "dh", "dh", ARRIVES),
    Line("z", "dz", "dh * (h_prev - n)", "z stands twice in the mixture, once with a minus. A larger z helps if h_prev "
         "lies where dh points, as seen from n."),
    Line("n", "dn", "dh * (1 - z)", "The candidate gets its share of the mixture."),
    Line("a_n", "da_n", "dn * (1 - n**2)", "Back through tanh: its slope is 1 minus its value squared."),
    Line("r", "dr", "da_n * zh_n", "r · zh_n is a product: the gradient of r is multiplied by zh_n."),
    Line("zh_n", "dzh_n", "da_n * r", "And that of zh_n by r: a shut reset gate lets no gradient through to h_prev."),
    Line("a_r", "da_r", "dr * r * (1 - r)", SLOPE),
    Line("a_z", "da_z", "dz * z * (1 - z)", SLOPE),
    Line("x", "dx", "da_r * W_xr + da_z * W_xz + da_n * W_xn",
         "x stands in three formulas, so its gradient is a sum of three terms. The third has da_n and not dzh_n: "
         "r does not scale what x says."),
    Line("h_prev", "dh_prev", "dh * z + da_r * W_hr + da_z * W_hz + dzh_n * W_hn",
         "h_prev is reached on four ways: the bypass, with z for its only factor, and three products. For the "
         "parameters the rest is quick: dW_xr = x · da_r, dW_hn = h_prev · dzh_n, db_hn = dzh_n, and so on."),
)  # fmt: skip

LINES = {"LSTM": LSTM, "GRU": GRU}
BLOCKS = {"LSTM": "ifgo", "GRU": "rzn"}  # gates side by side, as in W_xh, W_hh and b_h
WORD = re.compile(r"[^\W\d]\w*")
FUNCTIONS = {"σ": lambda a: 1 / (1 + np.exp(-a)), "tanh": np.tanh}


compiled = cache(lambda formula: compile(formula, "<a line of one step>", "eval"))


def evaluate(formula, found):
    return eval(compiled(formula), {"__builtins__": {}}, FUNCTIONS | found)


def run(cell, given, nudge=()):
    """All names with their numbers, after every line. given: inputs, parameters, dh (and dc) by name.
    nudge: node -> number added to its value as soon as it is there, so that all that follows follows."""
    nudge = dict(nudge)
    found = {name: value + nudge.get(name, 0.0) for name, value in given.items()}
    for line in LINES[cell]:
        found[line.name] = evaluate(line.formula, found)
        if not line.backward:
            found[line.name] += nudge.get(line.name, 0.0)
    return found


def terms(line, found):
    """What each way brings to a gradient that is a sum, or that arrives: (node, reader) -> number. The reader is the
    node whose gradient the term begins with, "later" for a gradient that comes from behind the step."""
    parts = line.formula.split(" + ")
    if not line.backward or (line.name != line.formula and len(parts) < 2):
        return {}
    readers = ["later" if part in ("dh", "dc") else WORD.match(part)[0].removeprefix("d") for part in parts]
    return {(line.node, reader): evaluate(part, found) for reader, part in zip(readers, parts)}


def named(cell, params):
    """A layer's arrays at H = 1, D = 1, as numbers by name: W_xi, W_hi, b_i, ..., for a GRU b_hn."""
    given = {}
    for kind, array in (("W_x", "W_xh"), ("W_h", "W_hh"), ("b_", "b_h")):
        given |= {kind + gate: float(v) for gate, v in zip(BLOCKS[cell], params[array].ravel(), strict=True)}
    return given | ({"b_hn": float(params["b_hn"][0])} if cell == "GRU" else {})


def figure(value):
    return f"{np.round(value, 3) + 0.0:.3f}"


def typeset(formula):
    """A formula as it is shown: · for *, ² for **2, a real minus."""
    return formula.replace("**2", "²").replace(" * ", " · ").replace("-", "−")


def inserted(formula, found):
    """The formula with numbers for names; a negative one in brackets, where it is not in brackets already."""

    def number(match):
        name, around = match[0], (formula[: match.start()][-1:], formula[match.end() :][:1])
        if name in FUNCTIONS:
            return name
        text = figure(found[name])
        bare = text[0] != "-" or (around[0] in ("", "(") and around[1] != "*")
        return text if bare else f"({text})"

    return typeset(WORD.sub(number, formula))
