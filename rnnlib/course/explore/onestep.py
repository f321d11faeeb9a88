"""OneStep: one LSTM step or one GRU step of one unit, line by line forward, and line by line back."""

import ipywidgets as w
import numpy as np

from ..viz.onestep import StepGraph
from ..viz.ways import GRAPHS
from .base import Explorer, choice, integer, real
from .lines import LINES, figure, inserted, named, run, terms, typeset

PARAMS = {
    "LSTM": {
        "W_xh": np.array([[0.6, -0.4, 1.2, 0.8]]),  # blocks i f g o
        "W_hh": np.array([[-0.5, 0.9, 0.4, 0.7]]),
        "b_h": np.array([0.1, 1.0, -0.2, 0.3]),
    },
    "GRU": {
        "W_xh": np.array([[0.7, -0.5, 1.1]]),  # blocks r z n
        "W_hh": np.array([[0.6, 0.8, -0.9]]),
        "b_h": np.array([-0.4, 1.0, -0.6]),
        "b_hn": np.array([-0.3]),
    },
}
INPUTS = {"x": 0.8, "h_prev": 0.5, "c_prev": 0.4}
ARRIVING = {"dh": 1.0, "dc": 0.5}


def example(cell, bias=None, **inputs):
    """What the lines start from: parameters, inputs and the gradients that arrive, as numbers by name.
    bias : of the gate that keeps the old state, f or z, in place of its own."""
    given = named(cell, PARAMS[cell]) | {n: float(v) for n, v in (INPUTS | ARRIVING | inputs).items()}
    if bias is not None:
        given["b_f" if cell == "LSTM" else "b_z"] = float(bias)
    return given


def moment(cell, position=None, **settings):
    """What `StepGraph` draws after `position` lines, all of them if not given."""
    lines = LINES[cell]
    done = lines[: len(lines) if position is None else position]
    found = run(cell, given := example(cell, **settings))
    there = {line.node for line in done} | given.keys()
    brought = {}
    for line in done:
        brought |= terms(line, found)
    title, formula, numbers = f"One {cell} step before its first line: the inputs are given", "", ""
    last = done[-1] if done else None
    if last:
        way = "backward" if last.backward else "forward"
        title = f"One {cell} step, line {len(done)} of {len(lines)}, {way}: {last.name}"
        formula, numbers = f"{last.name} = {typeset(last.formula)}", f"= {inserted(last.formula, found)}"
        numbers += f" = {figure(found[last.name])}"
        if last.name == last.formula:
            formula, numbers = f"{last.name} arrives", f"= {figure(found[last.name])}"
    return {
        "cell": cell,
        "values": {node: found[node] for node in GRAPHS[cell].boxes if node in there},
        "gradients": {line.node: found[line.name] for line in done if line.backward},
        "node": last and last.node,
        "backward": bool(last and last.backward),
        "terms": brought,
        "formula": formula,
        "inserted": numbers,
        "title": title,
    }


class OneStep(Explorer):
    """The graph of one step with its numbers: buttons and a slider walk it line by line, forward and back."""

    situations = (
        ("the sum at c", {"position": 13}, "Two thick dashed arrows meet at the circled plus: the "
         "gradient of c is their sum."),
        ("forget gate shut", {"position": 23, "bias": -6.0}, "f is near 0: what reaches c_prev is next to nothing, and "
         "x and h_prev still get their share."),
        ("GRU, four ways", {"cell": "GRU", "position": 18}, "Four dashed arrows meet at h_prev. Which of their terms "
         "has met no weight?"),
        ("GRU, old state kept", {"cell": "GRU", "position": 18, "bias": 6.0}, "z is near 1: the bypass brings nearly "
         "all of dh, the other three ways nearly nothing."),
    )  # fmt: skip

    def controls(self):
        self.place = integer("position, lines", 13, 0, len(LINES["LSTM"]))
        cell = choice("cell", "LSTM", list(LINES))
        cell.observe(self.fit, "value")  # before the picture is drawn for it
        self.c_prev = real("state c_prev", INPUTS["c_prev"], -3, 3, 0.1, ".1f")
        return {
            "cell": cell,
            "position": self.place,
            "x": real("input x", INPUTS["x"], -3, 3, 0.1, ".1f"),
            "h_prev": real("state h_prev", INPUTS["h_prev"], -1, 1, 0.1, ".1f"),
            "bias": real("bias of f, or z", 1.0, -6, 6, 0.5, ".1f"),
            "c_prev": self.c_prev,
        }

    def fit(self, change):
        """A GRU has fewer lines, and no c_prev."""
        self.place.max = len(LINES[change["new"]])
        self.c_prev.disabled = change["new"] == "GRU"

    def buttons(self):
        row = []
        for words, icon, look, where in (
            ("First", "fast-backward", "before the first line", lambda p: 0),
            ("Back", "step-backward", "one line back", lambda p: p - 1),
            ("Next", "step-forward", "run the next line", lambda p: p + 1),
            ("Last", "fast-forward", "run all lines", lambda p: self.place.max),
        ):
            button = w.Button(description=words, icon=icon, tooltip=look, layout={"width": "auto"})
            button.on_click(lambda _, where=where: self.move(where(self.place.value)))
            row.append(button)
        return [w.HBox(row, layout={"flex_flow": "row wrap"})]

    def move(self, position):
        self.place.value = min(max(position, 0), self.place.max)

    def scene(self):
        return StepGraph()

    def show(self, scene, cell, position, x, h_prev, bias, c_prev):
        settings = {"x": x, "h_prev": h_prev, "c_prev": c_prev, "bias": bias}
        position = min(position, len(LINES[cell]))  # another thread may be about to lower it
        scene.update(**moment(cell, position, **settings))
        if not position:
            return f"The inputs are given, and {len(LINES[cell])} lines will run. Press Next."
        line = LINES[cell][position - 1]
        result = run(cell, example(cell, **settings))[line.name]
        return f"Line {position}: <b>{line.name} = {figure(result)}</b>. {line.why}"
