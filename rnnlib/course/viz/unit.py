"""One unit: its trajectory beside its one-step map, and its resting states as the weight changes."""

import numpy as np
from matplotlib.lines import Line2D

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, PAPER, QUIET, RED, Scene, line
from .ticks import Ticks, marks

LIMITS = {"tanh": (-1.15, 1.15), "relu": (-0.4, 6.0)}
STABLE = {"ls": "", "marker": "o", "ms": 9, "mfc": INK, "mec": INK, "zorder": 6}
UNSTABLE = {"ls": "", "marker": "o", "ms": 9, "mfc": PAPER, "mec": INK, "mew": 1.6, "zorder": 6}
CYCLE = {"ls": "", "marker": "s", "ms": 7, "mfc": PAPER, "mec": GREEN, "mew": 2, "zorder": 6}


class Cobweb(Scene):
    """Left: h_t over time above the input. Right: the map h -> f(w h + b), the diagonal, the fixed points, and the
    walk of the silent steps between map and diagonal. Both panels share the vertical axis."""

    width, height, steps = 9.6, 3.9, 80

    def __init__(self, *args, pulse=3.0, **kwargs):
        self.pulse = pulse  # the limit of the input strip
        super().__init__(*args, **kwargs)

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
        self.time.grid(axis="x", color="#e8e8e8", lw=0.6)
        self.states = [Ticks(self, self.time, "y"), Ticks(self, self.map, "y"), Ticks(self, self.map)]
        self.kind = None
        self.rests = [self.moving(self.time.axhline(np.nan, color=QUIET, lw=0.9)) for _ in range(3)]
        self.path = self.moving(line(self.time, color=BLUE, marker=".", ms=4.5, lw=1.2))
        self.drive = self.moving(line(self.input, color=INK, lw=2, drawstyle="steps-mid"))
        self.diagonal = self.moving(line(self.map, color=QUIET, lw=1, ls=DASHES[1]))
        self.curve = self.moving(line(self.map, color=BLUE, lw=2.2))
        self.ray = self.moving(line(self.map, **RAY))
        self.walks = [self.moving(line(self.map, color=c, ls=s, lw=w)) for c, s, w in WALKS]
        self.points = {k: self.moving(line(self.map, **s)) for k, s in POINTS.items()}
        self.title = self.moving(self.figure.text(0.012, 0.945, "", fontsize=10.5))
        self.legend, self.listed = None, None

    def update(self, xs, hs, curve, points, cycle=(), kind="tanh", ray=False, title=""):
        """xs (T,), hs (T,), the map's (h, f(w h + b)), fixed points [(h*, slope)], the two states of a cycle;
        ray: every h from 0 up is a fixed point."""
        if kind != self.kind:
            low, high = LIMITS[kind]
            for ticks in self.states:
                ticks.set(low, high, marks(low, high))
            self.diagonal.set_data([low, high], [low, high])
            self.kind = kind
        t = np.arange(1, len(hs) + 1)
        self.path.set_data(t, hs)
        self.drive.set_data(t, xs)
        self.curve.set_data(*curve)
        walks = silent_walks(xs, hs, len(self.walks))
        for walk, states in zip(self.walks, walks, strict=True):
            walk.set_data(*cobweb(np.clip(states, -50, 50)))
        points = [] if ray else points
        for rest, (h, slope) in zip(self.rests, [*points, *[(np.nan, 0)] * 3], strict=False):
            rest.set_ydata([h, h])
            rest.set_linestyle("-" if stability(slope) == "stable" else LOOSE)
        kinds = [(h, stability(slope)) for h, slope in points]
        stable = [h for h, name in kinds if name == "stable"]
        others = [h for h, name in kinds if name != "stable"]
        self.points["stable"].set_data(stable, stable)
        self.points["unstable"].set_data(others, others)
        self.points["cycle"].set_data(cycle, cycle[::-1])
        self.ray.set_data(*[[0, 50] if ray else []] * 2)
        moves = [name for name, states in zip(WALK_NAMES, walks, strict=True) if np.ptp([0, *np.diff(states)]) > 0.05]
        self.key(["map", "diagonal", *(n for _, n in kinds), *["cycle"] * (len(cycle) > 0), *["ray"] * ray, *moves])
        self.title.set_text(title)
        self.alt = (
            f"{title.rstrip('.')}. Trajectory of {len(hs)} steps: highest {max(hs):.3g}, lowest {min(hs):.3g}, "
            f"last {hs[-1]:.3g}. "
            f""
            + ("Every h from 0 up is a fixed point." if ray else f"Fixed points: {words(kinds)}.")
            + (f" A cycle of two: {cycle[0]:.3g}, {cycle[1]:.3g}." if len(cycle) else "")
        )

    def key(self, names):
        """A legend of what is drawn, and of nothing else."""
        names = [name for name in LEGEND if name in names]
        if names != self.listed:
            if self.legend:
                self.legend.remove()
            style = {"fontsize": 8, "labelspacing": 0.8, "handlelength": 2.8, "frameon": False, "labelcolor": INK}
            handles = [LEGEND[name] for name in names]
            self.legend = self.figure.legend(handles=handles, loc="center left", bbox_to_anchor=(0.82, 0.5), **style)
            self.legend.set_animated(True)
            self.listed, self.changed = names, True

    def pixels(self):
        """A new legend joins the fixed picture without the axes, the slow part of it, being drawn again."""
        if self._fixed is None:
            super().pixels()
            self.bare, self.changed = self._fixed, True
        if self.changed:
            self.canvas.restore_region(self.bare)
            self.figure.draw_artist(self.legend)
            self._fixed, self.changed = self.canvas.copy_from_bbox(self.figure.bbox), False
        return super().pixels()


LOOSE = (0, (1, 2.5))
WALKS = ((QUIET, "-", 0.8), (ORANGE, "-", 1.3), (RED, DASHES[2], 1.3))
WALK_NAMES = "walk before", "walk after", "walk at last"
POINTS = {"stable": STABLE, "unstable": UNSTABLE, "cycle": CYCLE}
RAY = {"color": GREEN, "lw": 6, "alpha": 0.35, "solid_capstyle": "butt"}
LEVEL = {"color": QUIET, "lw": 0.9}
LEGEND = {
    "map": Line2D([], [], color=BLUE, lw=2.2, label="map $f(wh + b)$"),
    "diagonal": Line2D([], [], color=QUIET, lw=1, ls=DASHES[1], label="diagonal"),
    "stable": Line2D([], [], label="stable fixed\npoint", **STABLE | LEVEL | {"ls": "-"}),
    "unstable": Line2D([], [], label="unstable fixed\npoint", **UNSTABLE | LEVEL | {"ls": LOOSE}),
    "marginal": Line2D([], [], label="marginal fixed\npoint (slope ±1)", **UNSTABLE | LEVEL | {"ls": LOOSE}),
    "cycle": Line2D([], [], label="cycle of two", **CYCLE),
    "ray": Line2D([], [], label="fixed points:\nevery h ≥ 0", **RAY),
    "walk before": Line2D([], [], color=QUIET, lw=0.8, label="walk before\nthe pulse"),
    "walk after": Line2D([], [], color=ORANGE, lw=1.3, label="walk after\nthe pulse"),
    "walk at last": Line2D([], [], color=RED, lw=1.3, ls=DASHES[2], label="walk after the\nsecond pulse"),
}


def stability(slope):
    """What a slope says of its fixed point."""
    if abs(abs(slope) - 1) < 1e-9:
        return "marginal"
    return "stable" if abs(slope) < 1 else "unstable"


def words(kinds):
    return ", ".join(f"{h:.3g} {name}" for h, name in kinds) or "none"


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
