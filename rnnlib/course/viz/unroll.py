"""The recurrent loop beside its unrolled form: one set of weights, used at every step."""

import re

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from .scene import BLUE, INK, ORANGE, QUIET, Scene

STEPS, D, H = 4, 2, 3  # columns drawn at most, and the widths of x_t and h_t
SIDE, FIRST, SPACING, ROW_X, ROW_H = 0.5, 3.35, 2.1, 0.72, 2.3
CAPTION = "Arrows that meet are added, with $b_h$; the sum goes through tanh. Blue: above 0, orange: below."


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
        self.loop()
        self.axes.text(FIRST - 0.75, 3.72, CAPTION, fontsize=9, color=QUIET, va="center")
        places = [(FIRST + SPACING * t, ROW_H, H) for t in range(STEPS + 1)]
        places += [(FIRST + SPACING * t, ROW_X, D) for t in range(1, STEPS + 1)]
        self.cells = [cells(*place) for place in places]
        self.tints = self.axes.add_collection(PolyCollection([], edgecolors=INK, linewidths=0.8, zorder=1))
        self.moving_tints = self.axes.add_collection(PolyCollection([], edgecolors=INK, linewidths=0.8, zorder=1))
        rows = [[self.name(*cell.mean(0), "", 8) for cell in row] for row in self.cells]
        self.h, self.x = rows[: STEPS + 1], rows[STEPS + 1 :]
        for artist in (self.moving_tints, *self.h[1:], self.x[0]):
            self.moving(artist)  # the rest, h_0 and the later inputs, changes seldom
        self.names = [self.name(FIRST + SPACING * t, ROW_H + 0.42, f"$h_{t}$") for t in range(STEPS + 1)]
        self.inputs = [self.name(FIRST + SPACING * t, ROW_X - 0.42, "") for t in range(1, STEPS + 1)]
        self.arrows = [self.step(FIRST + SPACING * t) for t in range(1, STEPS + 1)]
        self.change = self.name(FIRST, ROW_H + 0.87, "", 9)
        self.notes = self.moving([self.name(n.get_position()[0], ROW_H + 0.87, "", 9) for n in self.names[1:]])
        self.still = None

    def loop(self):
        """The fixed picture on the left."""
        ax, x = self.axes, 0.95
        ax.add_patch(Circle((x, ROW_H), 0.36, fc="white", ec=INK, lw=1.3))
        ax.text(x, ROW_H, "$h$", ha="center", va="center", fontsize=12)
        ax.add_patch(FancyBboxPatch((x - 0.25, ROW_X - 0.25), 0.5, 0.5, boxstyle="round,pad=0.03", fc="white", ec=INK))
        ax.text(x, ROW_X, "$x$", ha="center", va="center", fontsize=12)
        arrow(ax, (x, ROW_X + 0.3), (x, ROW_H - 0.38), color=BLUE, linestyle="--")
        arrow(ax, (x + 0.28, ROW_H + 0.26), (x - 0.28, ROW_H + 0.26), color=ORANGE, connectionstyle="arc3,rad=1.6")
        ax.text(x + 0.1, 1.53, "$W_{xh}$", color=BLUE, fontsize=9.5, va="center")
        ax.text(x, ROW_H + 1.08, "$W_{hh}$", color=INK, fontsize=9.5, ha="center")
        ax.text(x, 0.08, "a loop in time", ha="center", fontsize=9, color=QUIET)
        ax.text(FIRST, 0.08, "unrolled", ha="center", fontsize=9, color=QUIET)
        ax.plot([2.1, 2.1], [0.2, 3.8], color=QUIET, lw=0.7)

    def name(self, x, y, words, size=10.5):
        return self.axes.text(x, y, words, ha="center", va="center", fontsize=size)

    def step(self, x):
        """The two arrows into h_t, each with its weight's name."""
        up = arrow(self.axes, (x, ROW_X + SIDE / 2), (x, ROW_H - SIDE / 2), color=BLUE, linestyle="--")
        ends = (x - SPACING + H * SIDE / 2, ROW_H), (x - H * SIDE / 2, ROW_H)
        on = arrow(self.axes, *ends, color=ORANGE)
        middle = x - SPACING / 2
        names = [
            self.axes.text(x + 0.1, 1.53, "$W_{xh}$", color=BLUE, fontsize=9.5, va="center"),
            self.axes.text(middle, ROW_H - 0.32, "$W_{hh}$", color=INK, fontsize=9.5, ha="center", va="center"),
        ]
        return [up, on, *names]

    def update(self, xs, hs, changes=None, title="", order=None):
        """xs (T, D), hs (T + 1, H) with h_0 first, T <= 4; changes (T,): a number to write over each h_t;
        order (T,): the numbers of the inputs, if not 1, 2, ..., T."""
        T = len(xs)
        moving, still = [*range(1, T + 1), STEPS + 1], [0, *range(STEPS + 2, STEPS + 1 + T)]
        self.moving_tints.set_verts([cell for row in moving for cell in self.cells[row]])
        self.moving_tints.set_facecolors([tint(v) for row in (*hs[1:], xs[0]) for v in row])
        self.tints.set_verts([cell for row in still for cell in self.cells[row]])
        self.tints.set_facecolors([tint(v) for row in (hs[0], *xs[1:]) for v in row])
        for texts, rows in ((self.h, hs), (self.x, xs)):
            for t, row in enumerate(texts):
                for k, text in enumerate(row):
                    text.set_text(figure(rows[t][k]) if t < len(rows) else "")
        for t, note in enumerate(self.notes):
            note.set_text(f"{changes[t]:.3g}" if changes is not None and t < T else "")
        self.change.set_text("" if changes is None else "change ‖Δh‖")
        order = range(1, T + 1) if order is None else order
        still = np.concatenate([hs[0], *xs[1:]]).tolist(), list(order)
        if self.still != still:
            for t in range(STEPS):
                for artist in [*self.arrows[t], self.names[t + 1]]:
                    artist.set_visible(t < T)
                self.inputs[t].set_text(f"$x_{order[t]}$" if t < T else "")
            self.still = still
            self.refresh()
        self.title.set_text(title)
        states = "; ".join(
            f"h_{t} = ({', '.join(f'{np.round(v, 2) + 0.0:.2f}' for v in hs[t])})" for t in range(1, T + 1)
        )
        fed = "" if still[1] == list(range(1, T + 1)) else f" Inputs in the order {', '.join(map(str, order))}."
        moved = "" if changes is None else f" Changes: {', '.join(f'{c:.3g}' for c in changes)}."
        claim = re.sub(r"[${}]", "", title).rstrip(".")
        self.alt = f"{claim}. A loop and its {T} unrolled steps, the same W_xh and W_hh in each: {states}.{fed}{moved}"


def arrow(axes, start, end, **style):
    return axes.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=11, lw=1.5, **style))


def cells(x, y, n):
    """The corners of n cells side by side, centred on (x, y): n arrays (4, 2)."""
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * SIDE
    return [square + (x + (k - n / 2) * SIDE, y - SIDE / 2) for k in range(n)]


def figure(value):
    return f"{np.round(value, 2) + 0.0:.2f}".replace("-", "−")


def tint(value):
    """Blue above zero, orange below, the stronger the larger."""
    colour = BLUE if value > 0 else ORANGE
    alpha = 0.42 * min(1.0, abs(value))
    return (*(1 - alpha * (1 - int(colour[k : k + 2], 16) / 255) for k in (1, 3, 5)), 1.0)
