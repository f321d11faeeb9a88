"""Drawings of a stack: both architectures unrolled, the order of computation, and which layer reaches which."""

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from .scene import BLUE, HEAT, INK, ORANGE, QUIET, Scene

LINK = {"arrowstyle": "-|>", "mutation_scale": 9, "color": QUIET, "lw": 1.0, "zorder": 1}
RADIUS = 0.25
DASHED = (0, (4, 2))


def link(axes, start, end, bend=0.0, gap=RADIUS, foot=0.7, **style):
    """An arrow from the rim of one node to the rim of another; bend curves it, positive to the right of its way,
    and foot says how high on the right flank it then leaves, in units of gap."""
    (x0, y0), (x1, y1) = start, end
    length = np.hypot(x1 - x0, y1 - y0)
    ux, uy = (x1 - x0) / length * gap, (y1 - y0) / length * gap
    if bend:
        ux, uy = 0.7 * gap, 0.7 * gap  # leaves and arrives at the right flank
        ends = (x0 + 0.88 * gap, y0 + foot * gap), (x1 + ux, y1 - uy)
    else:
        ends = (x0 + ux, y0 + uy), (x1 - ux, y1 - uy)
    curve = f"arc3,rad={bend}"
    axes.add_patch(FancyArrowPatch(*ends, connectionstyle=curve, shrinkA=0, shrinkB=0, **LINK | style))


def unrolled(axes, L, T, skip, bold=True):
    """The stack over T steps: h_t^l as circles, x_t and y_t as squares; the shortest way from x_T to y_T in bold."""
    for t in range(1, T + 1):
        for l in range(L + 2):
            if l in (0, L + 1):
                corner, side = (t - 0.22, l - 0.22), 0.44
                axes.add_patch(Rectangle(corner, side, side, facecolor="#f1f1f1", edgecolor=INK, lw=1))
                label = f"$x_{t}$" if l == 0 else f"$y_{t}$"
            else:
                axes.add_patch(Circle((t, l), RADIUS, facecolor="white", edgecolor=INK, lw=1))
                label = f"$h_{t}^{l}$"
                if t < T:
                    link(axes, (t, l), (t + 1, l))
            axes.text(t, l, label, ha="center", va="center", fontsize=9.5)
            direct = bold and t == T and (not skip or l == L)
            if l <= L:
                link(axes, (t, l), (t, l + 1), **({"color": BLUE, "lw": 2.6, "zorder": 3} if direct else {}))
            if skip and 2 <= l <= L:
                style = {"color": ORANGE, "lw": 1.3, "ls": DASHED}
                if bold and t == T and l == L:
                    style = {"color": BLUE, "lw": 2.6, "zorder": 3}
                link(axes, (t, 0), (t, l), bend=0.34, foot=0.7 - 1.1 * (l - 2) / max(1, L - 2), **style)
    axes.set(xlim=(0.5, T + 0.9), ylim=(-0.4, L + 1.4), aspect="equal")
    axes.set_axis_off()


class Architectures(Scene):
    """The plain stack and the source article's, side by side, unrolled over T steps."""

    width, height = 9.0, 4.9

    def build(self):
        self.panels = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.01, right=0.99, bottom=0.1, top=0.86, wspace=0.02)
        self.title = self.moving(self.figure.text(0.02, 0.935, "", fontsize=10.5))
        key = "solid grey: from the step before and from the layer below    bold: the shortest way from input to output"
        self.figure.text(0.02, 0.03, f"{key}    dashed: $x_t$ into every layer", fontsize=8.5)

    def update(self, L, T):
        names = ("plain stack", "the source article's stack")
        for axes, skip, name in zip(self.panels, (False, True), names, strict=True):
            axes.clear()
            unrolled(axes, L, T, skip)
            way = 1 if skip else L
            axes.set_title(f"{name}: {way} layer{'s' * (way > 1)} from $x_{T}$ to $y_{T}$", fontsize=9.5)
        self.title.set_text(
            f"Feeding x into every layer shortens the way up from {L} layers to 1; the way along time stays"
        )
        self.alt = (
            f"Two stacks of {L} layers unrolled over {T} steps. Plain: every node has arrows from its left and lower "
            f"neighbours, and x_{T} passes {L} layers on its way to y_{T}. The article's: dashed arrows carry x_t into "
            f"layers 2 to {L} as well, so one layer suffices."
        )
        self.refresh()


class Wavefront(Scene):
    """Every node of the lattice with the number of the round in which it was computed."""

    width, height = 8.0, 3.3

    def build(self):
        self.axes = self.figure.add_axes([0.06, 0.14, 0.92, 0.75])
        self.title = self.moving(self.figure.text(0.02, 0.925, "", fontsize=10.5))

    def update(self, rounds, title=""):
        """rounds (L, T): integers from 1."""
        L, T = rounds.shape
        self.axes.clear()
        last = max(rounds.max(), 2)
        for (l, t), number in np.ndenumerate(rounds):
            place = (t + 1, l + 1)
            shade = colormaps[HEAT]((number - 1) / (last - 1))
            self.axes.add_patch(Circle(place, 0.3, facecolor=shade, edgecolor=INK, lw=0.8))
            ink = "white" if number - 1 < 0.45 * (last - 1) else INK
            self.axes.text(*place, str(number), ha="center", va="center", color=ink, fontsize=10)
            for ahead in ((t + 2, l + 1), (t + 1, l + 2)):
                if ahead[0] <= T and ahead[1] <= L:
                    link(self.axes, place, ahead, gap=0.3)
        self.axes.set(xlim=(0.4, T + 0.6), ylim=(0.4, L + 0.6), aspect="equal", xlabel="time step t", ylabel="layer l")
        self.axes.set(xticks=range(1, T + 1), yticks=range(1, L + 1))
        self.axes.spines[:].set_visible(False)
        self.axes.tick_params(length=0)
        self.title.set_text(title)
        same = max(int((rounds == r).sum()) for r in range(1, rounds.max() + 1))
        self.alt = (
            f"{L} layers by {T} steps, each node numbered with its round, from {rounds[0, 0]} at the lower left to "
            f"{rounds[-1, -1]} at the upper right; equal numbers lie on falling diagonals, at most {same} in one round."
        )
        self.refresh()


class Reach(Scene):
    """Matrices side by side: row = the layer whose weights were nudged, column = the layer that was looked at."""

    width, height = 9.0, 3.5

    def build(self):
        self.title = self.moving(self.figure.text(0.02, 0.93, "", fontsize=10.5))
        self.panels = []

    def update(self, changes, title=""):
        """changes: name -> (L, L), 0 where nothing changed at all."""
        for axes in self.panels:
            axes.remove()
        self.panels = list(self.figure.subplots(1, len(changes), squeeze=False)[0])
        self.figure.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.78, wspace=0.25)
        told = []
        sizes = np.abs(np.concatenate([change.ravel() for change in changes.values()]))
        low, high = np.log10(sizes[sizes > 0].min()), np.log10(sizes.max())
        for axes, (name, change) in zip(self.panels, changes.items(), strict=True):
            L = len(change)
            logs = np.log10(np.where(change == 0, 1, np.abs(change)))
            shade = 0.9 - 0.25 * (logs - low) / max(high - low, 1e-9)  # darker is more, never too dark for its number
            axes.imshow(np.where(change == 0, 1.0, shade), cmap="gray", vmin=0, vmax=1)
            for (i, j), value in np.ndenumerate(change):
                text = "0" if value == 0 else f"{value:.0e}".replace("e-0", "e-")
                axes.text(j, i, text, ha="center", va="center", fontsize=10)
            axes.set(xticks=range(L), yticks=range(L), xlabel="layer looked at", ylabel="layer nudged")
            axes.set_xticklabels(range(1, L + 1))
            axes.set_yticklabels(range(1, L + 1))
            axes.tick_params(length=0)
            axes.set_title(name, fontsize=9)
            told.append(f"{name}: rows {', '.join(''.join('x' if v else '.' for v in row) for row in change)}")
        self.title.set_text(title)
        self.alt = f"Which layer reaches which (x changed, . did not, lowest layer first). {'; '.join(told)}."
        self.refresh()
