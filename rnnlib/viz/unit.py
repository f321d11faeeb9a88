"""One unit: its trajectory beside its one-step map, and its resting states as the weight changes."""

import numpy as np
from matplotlib.lines import Line2D

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, PAPER, QUIET, RED, Scene, line

LIMITS = {"tanh": (-1.15, 1.15), "relu": (-0.4, 6.0)}
STABLE = {"ls": "", "marker": "o", "ms": 9, "mfc": INK, "mec": INK, "zorder": 6}
UNSTABLE = {"ls": "", "marker": "o", "ms": 9, "mfc": PAPER, "mec": INK, "mew": 1.6, "zorder": 6}
CYCLE = {"ls": "", "marker": "s", "ms": 7, "mfc": PAPER, "mec": GREEN, "mew": 2, "zorder": 6}


class Cobweb(Scene):
    """Left: h_t over time above the input. Right: the map h -> f(w h + b), the diagonal, the fixed points, and the
    walk of the silent steps between map and diagonal. Both panels share the vertical axis."""

    width, height = 9.6, 3.9
    steps, pulse = 80, 3.0  # limits of the time axis and of the input strip

    def build(self):
        grid = self.figure.add_gridspec(
            2,
            2,
            left=0.075,
            right=0.815,
            bottom=0.12,
            top=0.86,
            height_ratios=[5, 1],
            width_ratios=[1.22, 1],
            wspace=0.26,
        )
        self.time, self.input = self.figure.add_subplot(grid[0, 0]), self.figure.add_subplot(grid[1, 0])
        self.map = self.figure.add_subplot(grid[:, 1])
        self.time.set(xlim=(0, self.steps), ylabel="state $h_t$", title="The trajectory")
        self.time.tick_params(labelbottom=False)
        self.input.set(xlim=(0, self.steps), ylim=(-1.1 * self.pulse, 1.1 * self.pulse), xlabel="time step t")
        self.input.set(ylabel="$x_t$", yticks=[-self.pulse, 0, self.pulse])
        self.input.axhline(0, color=QUIET, lw=0.7)
        self.map.set(xlabel="$h_{t-1}$", ylabel="$h_t$ when $x_t = 0$", title="The one-step map")
        for ax in (self.time, self.map):
            ax.grid(color="#e8e8e8", lw=0.6)
        self.kind = None
        self.rests = [self.moving(self.time.axhline(np.nan, color=QUIET, lw=0.9, ls=(0, (2, 2)))) for _ in range(3)]
        self.path = self.moving(line(self.time, color=BLUE, marker=".", ms=4.5, lw=1.2))
        self.drive = self.moving(line(self.input, color=INK, lw=2, drawstyle="steps-mid"))
        self.diagonal = self.moving(line(self.map, color=QUIET, lw=1, ls=DASHES[1]))
        self.curve = self.moving(line(self.map, color=BLUE, lw=2.2))
        self.walks = [self.moving(line(self.map, color=c, ls=s, lw=w)) for c, s, w in WALKS]
        self.points = {k: self.moving(line(self.map, **s)) for k, s in POINTS.items()}
        self.title = self.moving(self.figure.text(0.012, 0.945, "", fontsize=10.5))
        self.figure.legend(handles=LEGEND, loc="center left", bbox_to_anchor=(0.82, 0.5), fontsize=8, labelspacing=0.8)

    def update(self, xs, hs, curve, points, cycle=(), kind="tanh", title=""):
        """xs (T,), hs (T,), the map's (h, f(w h + b)), fixed points [(h*, slope)], the two states of a cycle."""
        if kind != self.kind:
            low, high = LIMITS[kind]
            self.time.set(ylim=(low, high))
            self.map.set(xlim=(low, high), ylim=(low, high))
            self.diagonal.set_data([low, high], [low, high])
            self.kind = kind
            self.refresh()
        t = np.arange(1, len(hs) + 1)
        self.path.set_data(t, hs)
        self.drive.set_data(t, xs)
        self.curve.set_data(*curve)
        for walk, states in zip(self.walks, silent_walks(xs, hs, len(self.walks)), strict=True):
            walk.set_data(*cobweb(np.clip(states, -50, 50)))
        levels = [h for h, _ in points] if len(points) <= len(self.rests) else []
        for rest, h in zip(self.rests, [*levels, *[np.nan] * 3], strict=False):
            rest.set_ydata([h, h])
        stable = [h for h, slope in points if abs(slope) < 1]
        unstable = [h for h, slope in points if abs(slope) >= 1]
        for name, hs_ in {"stable": stable, "unstable": unstable, "cycle": cycle}.items():
            self.points[name].set_data(hs_, hs_ if name != "cycle" else hs_[::-1])
        self.title.set_text(title)
        self.alt = (
            f"{title.rstrip('.')}. Trajectory of {len(hs)} steps: highest {max(hs):.3g}, lowest {min(hs):.3g}, "
            f"last {hs[-1]:.3g}. "
            f"Stable fixed points: {words(stable)}. Unstable or marginal: {words(unstable)}."
            + (f" A cycle of two: {words(cycle)}." if len(cycle) else "")
        )


WALKS = ((QUIET, "-", 0.8), (ORANGE, "-", 1.3), (RED, DASHES[2], 1.3))
POINTS = {"stable": STABLE, "unstable": UNSTABLE, "cycle": CYCLE}
LEGEND = [
    Line2D([], [], color=BLUE, lw=2.2, label="map $f(wh + b)$"),
    Line2D([], [], color=QUIET, lw=1, ls=DASHES[1], label="diagonal"),
    Line2D([], [], label="stable fixed\npoint", **STABLE),
    Line2D([], [], label="unstable or\nmarginal", **UNSTABLE),
    Line2D([], [], label="cycle of two", **CYCLE),
    Line2D([], [], color=ORANGE, lw=1.3, label="walk after\nthe pulse"),
    Line2D([], [], color=RED, lw=1.3, ls=DASHES[2], label="walk after the\nsecond pulse"),
]


def words(values):
    return ", ".join(f"{v:.3g}" for v in values) if len(values) else "none"


def silent_walks(xs, hs, n):
    """The states of each stretch without input, the state that it starts from included; empty ones to fill up to n."""
    walks, current = [], [0.0]
    for x, h in zip(xs, hs, strict=True):
        if x != 0:
            if len(current) > 1:
                walks.append(current)
            current = [h]
            if not walks:
                walks.append([])  # driven from the first step on
        else:
            current.append(h)
    return ([*walks, current] + [[]] * n)[:n]


def cobweb(states):
    """The walk (h, h) -> (h, h') -> (h', h') -> ... as two coordinate arrays."""
    if len(states) < 2:
        return [], []
    h = np.repeat(states, 2)
    return h[:-1], h[1:]


class Branches(Scene):
    """Fixed points over the recurrent weight, and the states in which the network was found."""

    width, height = 9.0, 3.6

    def build(self):
        self.axes = self.figure.add_axes((0.085, 0.14, 0.695, 0.72))
        self.axes.set(xlabel="recurrent weight w", ylabel="state h", ylim=(-1.1, 1.1))
        self.axes.grid(color="#e8e8e8", lw=0.6)
        self.found = self.moving(
            line(self.axes, ls="", marker="x", ms=6, color=ORANGE, label="where the network\nis at rest")
        )
        self.alternating = self.moving(
            line(self.axes, ls="", marker="s", ms=4, mfc=PAPER, color=GREEN, label="where it alternates")
        )
        self.stable = self.moving(line(self.axes, color=BLUE, ms=3, ls="", marker=".", label="stable fixed point"))
        self.unstable = self.moving(
            line(self.axes, color=INK, mfc=PAPER, ms=4, ls="", marker="o", label="unstable fixed point")
        )
        self.title = self.moving(self.figure.text(0.012, 0.93, "", fontsize=10.5))
        self.figure.legend(
            loc="center left", bbox_to_anchor=(0.79, 0.5), fontsize=8.5, labelspacing=0.9, markerscale=1.4
        )

    def update(self, stable, unstable, resting, alternating, title=""):
        """Each (N, 2): rows of (w, h)."""
        groups = {"stable": stable, "unstable": unstable, "found": resting, "alternating": alternating}
        for name, pairs in groups.items():
            getattr(self, name).set_data(*np.reshape(pairs, (-1, 2)).T)
        w = np.concatenate([np.reshape(p, (-1, 2)) for p in groups.values()])[:, 0]
        self.axes.set_xlim(w.min() - 0.05, w.max() + 0.05)
        self.refresh()
        self.title.set_text(title)
        self.alt = (
            f"{title}. Resting states over w from {w.min():.3g} to {w.max():.3g}, beside the computed fixed points."
        )
