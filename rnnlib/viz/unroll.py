"""The recurrent loop beside its unrolled form: one set of weights, used at every step."""

import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle

from .scene import BLUE, INK, ORANGE, QUIET, Scene

STEPS, D, H = 4, 2, 3  # columns drawn at most, and the widths of x_t and h_t
SIDE, FIRST, SPACING, ROW_X, ROW_H = 0.5, 3.35, 2.1, 0.75, 2.45


class Unrolled(Scene):
    """Left: h_t = f(x_t, h_{t-1}) as a loop. Right: the same, one column per step, with the numbers of a run.

    Row vectors are drawn as rows of cells. Orange arrows carry W_hh, dashed blue ones W_xh.
    """

    width, height = 9.6, 3.5

    def build(self):
        self.axes = self.figure.add_axes((0, 0, 1, 0.88))
        self.axes.set(xlim=(0, 12.7), ylim=(0, 4), xticks=[], yticks=[])
        self.axes.axis("off")
        self.title = self.moving(self.figure.text(0.02, 0.93, "", fontsize=10.5))
        self.T = None
        self.loop()
        self.h = [self.row(FIRST + SPACING * t, ROW_H, H, f"$h_{t}$") for t in range(STEPS + 1)]
        self.x = [self.row(FIRST + SPACING * t, ROW_X, D, f"$x_{t}$", below=True) for t in range(1, STEPS + 1)]
        self.arrows = [self.step(FIRST + SPACING * t) for t in range(1, STEPS + 1)]
        self.notes = [
            self.moving(self.axes.text(FIRST + SPACING * t, ROW_H + 0.78, "", ha="center", fontsize=8.5))
            for t in range(1, STEPS + 1)
        ]

    def loop(self):
        """The fixed picture on the left."""
        ax, x = self.axes, 0.95
        ax.add_patch(Circle((x, ROW_H), 0.36, fc="white", ec=INK, lw=1.3))
        ax.text(x, ROW_H, "$h$", ha="center", va="center", fontsize=12)
        ax.add_patch(FancyBboxPatch((x - 0.25, ROW_X - 0.25), 0.5, 0.5, boxstyle="round,pad=0.03", fc="white", ec=INK))
        ax.text(x, ROW_X, "$x$", ha="center", va="center", fontsize=12)
        arrow(ax, (x, ROW_X + 0.3), (x, ROW_H - 0.38), color=BLUE, linestyle="--")
        arrow(ax, (x + 0.28, ROW_H + 0.26), (x - 0.28, ROW_H + 0.26), color=ORANGE, connectionstyle="arc3,rad=1.6")
        ax.text(x + 0.1, 1.6, "$W_{xh}$", color=BLUE, fontsize=9.5, va="center")
        ax.text(x, ROW_H + 1.08, "$W_{hh}$", color=INK, fontsize=9.5, ha="center")
        ax.text(x, 0.12, "a loop in time", ha="center", fontsize=9, color=QUIET)
        ax.text(FIRST, 0.12, "unrolled", ha="center", fontsize=9, color=QUIET)
        ax.plot([2.1, 2.1], [0.2, 3.8], color=QUIET, lw=0.7)

    def row(self, x, y, n, name, below=False):
        """n cells centred on (x, y), their numbers, and the name of the vector."""
        left = x - n * SIDE / 2
        cells = [Rectangle((left + k * SIDE, y - SIDE / 2), SIDE, SIDE, ec=INK, lw=0.8) for k in range(n)]
        cells = self.moving([self.axes.add_patch(c) for c in cells])
        centre = {"ha": "center", "va": "center", "fontsize": 8, "zorder": 5}
        numbers = self.moving([self.axes.text(left + (k + 0.5) * SIDE, y, "", **centre) for k in range(n)])
        offset = -0.42 if below else 0.42
        label = self.axes.text(x, y + offset, name, ha="center", va="center", fontsize=10.5)
        return cells, numbers, label

    def step(self, x):
        """The two arrows into h_t, each with its weight's name."""
        up = arrow(self.axes, (x, ROW_X + SIDE / 2), (x, ROW_H - SIDE / 2), color=BLUE, linestyle="--")
        ends = (x - SPACING + H * SIDE / 2, ROW_H), (x - H * SIDE / 2, ROW_H)
        on = arrow(self.axes, *ends, color=ORANGE)
        middle = x - SPACING / 2
        names = [
            self.axes.text(x + 0.1, 1.6, "$W_{xh}$", color=BLUE, fontsize=9.5, va="center"),
            self.axes.text(middle, ROW_H - 0.32, "$W_{hh}$", color=INK, fontsize=9.5, ha="center", va="center"),
        ]
        return [up, on, *names]

    def update(self, xs, hs, changes=None, title=""):
        """xs (T, D), hs (T + 1, H) with h_0 first, T <= 4; changes (T,): a number to write over each h_t."""
        T = len(xs)
        for t, column in enumerate(self.h):
            fill(column, hs[t] if t <= T else None)
        for t in range(STEPS):
            fill(self.x[t], xs[t] if t < T else None)
            seen = changes is not None and t < T
            self.notes[t].set_text(f"‖Δh‖ = {changes[t]:.3g}" if seen else "")
        if self.T != T:
            for t in range(STEPS):
                for artist in [*self.arrows[t], self.x[t][2], self.h[t + 1][2]]:
                    artist.set_visible(t < T)
            self.T = T
            self.refresh()
        self.title.set_text(title)
        states = "; ".join(
            f"h_{t} = ({', '.join(f'{np.round(v, 2) + 0.0:.2f}' for v in hs[t])})" for t in range(1, T + 1)
        )
        moved = "" if changes is None else f" Changes: {', '.join(f'{c:.2g}' for c in changes)}."
        self.alt = f"A loop and its {T} unrolled steps, the same W_xh and W_hh in each: {states}.{moved}"


def arrow(axes, start, end, **style):
    return axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, lw=1.5, **style))


def fill(column, values):
    """Numbers and tints of one row of cells: blue above zero, orange below; hidden when values is None."""
    cells, numbers, _ = column
    for k, (cell, number) in enumerate(zip(cells, numbers, strict=True)):
        cell.set_visible(values is not None)
        number.set_visible(values is not None)
        if values is not None:
            tint = BLUE if values[k] > 0 else ORANGE
            cell.set_facecolor((*rgb(tint), 0.42 * min(1.0, abs(values[k]))))
            number.set_text(f"{np.round(values[k], 2) + 0.0:.2f}".replace("-", "−"))


def rgb(colour):
    return tuple(np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255)
