"""The layer × time lattice of gradient norms, with its profiles along time (below) and along depth (beside it)."""

import contourpy
import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D

from .scene import BLUE, HEAT, INK, ORANGE, PAPER, QUIET, Scene, line

LOW, HIGH = -12, 4  # powers of ten that the colours and the profile along time span
DEPTH_LOW, DEPTH_HIGH = -6, 2  # the profile along depth
MAX_LAYERS = 8
POWERS = [-12, -8, -4, 0, 4]
LEVELS = [-12, -8, -4]  # lines of equal norm drawn on the colours
GRID = {"color": "#e4e4e4", "lw": 0.6}
BY_STATE, BY_WEIGHTS = "‖∂loss/∂h‖", "‖what step t adds to ∂loss/∂W_hh‖"
TICK = {"color": INK, "ms": 7, "mew": 0.8, "ls": "none", "clip_on": False}


def power(k):
    return "1" if k == 0 else f"1e{k}"


class Lattice(Scene):
    """Colour: ‖∂loss/∂h_t^l‖, or what a step adds to the gradient of W_hh, over time and layer; black is below 1e-12,
    white above 1e4, lines mark equal norms.
    Below: every layer along time, on the same time axis. Right: along depth at the last step, on the same layers."""

    width, height = 9.6, 4.7

    def build(self):
        # black below and white above: darker, and lighter, than any colour between
        cmap = matplotlib.colormaps[HEAT].with_extremes(under="black", over="white")
        add = self.figure.add_axes
        self.map, self.time = add([0.065, 0.515, 0.555, 0.355]), add([0.065, 0.11, 0.555, 0.295])
        self.depth, bar = add([0.665, 0.515, 0.215, 0.355]), add([0.915, 0.515, 0.014, 0.355])

        self.heat = self.moving(CellImage(self.map))
        self.levels = self.moving(self.map.add_collection(LineCollection([], colors=PAPER, linewidths=1.0)))
        self.loss = self.moving(line(self.map, color=INK, marker="s", ms=3.5, ls="none", clip_on=False))
        self.under = self.moving(self.map.text(0.015, 0, "below 1e-12", color=PAPER, fontsize=8, va="center"))
        self.over = self.moving(self.map.text(0.015, 0, "above 1e4", color=INK, fontsize=8, va="center"))
        mappable = ScalarMappable(Normalize(LOW, HIGH), cmap)
        self.colours = mappable.to_rgba
        self.figure.colorbar(mappable, cax=bar, extend="both", extendfrac=0.07)
        bar.set_yticks(POWERS, labels=[power(k) for k in POWERS])
        bar.hlines(LEVELS, 0, 1, color=PAPER, lw=1.0)
        self.titles = {}  # axes -> its moving title, and what follows the name of the norm
        self._entitle(self.map, " over layers and time; white lines: 1e-4, 1e-8, 1e-12", 7)

        self.time.set(ylim=(LOW, HIGH))
        self._entitle(self.time, " along time", 4)
        self.time.set_yticks(POWERS, labels=[power(k) for k in POWERS])
        self.time.grid(axis="y", **GRID)
        self.between = self.moving(line(self.time, color=QUIET, lw=0.6))
        self.bottom = self.moving(line(self.time, color=ORANGE, ls=(0, (5, 1.5)), lw=1.9))
        self.top = self.moving(line(self.time, color=BLUE, lw=1.9))
        self.fit = self.moving(line(self.time, color=INK, ls=(0, (1, 1.5)), lw=1.4))
        self.sinks = self.moving(line(self.time, color=INK, marker="v", ms=4.5, ls="none", clip_on=False))
        self.soars = self.moving(line(self.time, color=INK, marker="^", ms=4.5, ls="none", clip_on=False))

        self.depth.set(xlim=(DEPTH_LOW, DEPTH_HIGH))
        self._entitle(self.depth, " along depth, at t = T", 7, short=True)
        self.depth.set_xticks([-6, -4, -2, 0, 2], labels=[power(k) for k in (-6, -4, -2, 0, 2)])
        self.depth.grid(axis="x", **GRID)
        self.column = self.moving(line(self.depth, color=INK, marker="o", ms=4, mfc=QUIET, lw=1.2))

        for axes in (self.map, self.depth):
            axes.set(ylim=(0, 1), yticks=[])
            axes.spines[:].set_visible(True)
        for axes in (self.map, self.time):
            axes.set(xlim=(0, 1), xticks=[])
        self.map.set_ylabel("layer l", labelpad=16)
        self.time.set_xlabel("time step t", labelpad=16)
        self.layer_ticks = [self.moving(line(axes, **TICK, marker="_")) for axes in (self.map, self.depth)]
        self.time_ticks = [self.moving(line(axes, **TICK, marker="|")) for axes in (self.map, self.time)]
        place = {"fontsize": 9, "color": INK}
        self.layer_names = [
            [self.moving(axes.text(left, 0, "", ha="right", va="center", **place)) for _ in range(MAX_LAYERS)]
            for axes, left in ((self.map, -0.012), (self.depth, DEPTH_LOW - 0.25))
        ]
        self.time_names = [
            self.moving(self.time.text(0, -0.04, "", ha="center", va="top", transform=self.time.transAxes, **place))
            for _ in range(7)
        ]
        keys = [
            Line2D([], [], color=BLUE, lw=1.9, label="top layer"),
            Line2D([], [], color=ORANGE, lw=1.9, ls=(0, (5, 1.5)), label="bottom layer"),
            Line2D([], [], color=QUIET, lw=0.6, label="layers between"),
            Line2D([], [], color=INK, lw=1.4, ls=(0, (1, 1.5)), label="straight line fitted to it (one loss)"),
            Line2D([], [], color=INK, marker="s", ms=3.5, ls="none", label="above the lattice: a loss is read here"),
            Line2D(
                [], [], color=INK, marker="v", ms=4.5, ls="none", label="the row goes on below (▲ above) the picture"
            ),
        ]
        self.figure.legend(handles=keys, loc="upper left", bbox_to_anchor=(0.655, 0.415), fontsize=8, handlelength=2.6)
        self.title = self.moving(self.figure.text(0.065, 0.95, "", fontsize=10.5))

    def _entitle(self, axes, rest, pad, short=False):
        self.titles[self.moving(axes.set_title("", fontsize=9, pad=pad))] = rest, short

    def update(self, norms, title="", every_step=False, of=BY_STATE):
        """norms (L, T), nan where they are not known (left blank); every_step: the loss reads every step, not only the
        last; of: BY_STATE or BY_WEIGHTS."""
        L, T = norms.shape
        for words, (rest, short) in self.titles.items():
            words.set_text(("the same" if short and of == BY_WEIGHTS else of) + rest)
        with np.errstate(divide="ignore"):
            logs = np.log10(norms)
        known = np.isfinite(norms).all(axis=0)
        shown = np.nan_to_num(logs, neginf=LOW - 300)
        self._lay_out(L, T)
        t, l = (np.arange(1, T + 1) - 0.5) / T, (np.arange(1, L + 1) - 0.5) / L  # cell centres, from 0 to 1
        cells = self.colours(np.clip(shown, LOW - 1, HIGH + 1), bytes=True)
        cells[:, ~known] = 0
        self.heat.set_cells(cells)
        self.levels.set_segments(contours(shown[:, known], t[known], l) if known.sum() > 1 else [])
        at = t[:: max(1, T // 40)] if every_step else t[-1:]
        self.loss.set_data(at, np.ones(len(at)))
        for words, off in ((self.under, shown < LOW), (self.over, shown > HIGH)):
            rows = np.flatnonzero(off[:, : max(1, T // 5)].all(axis=1))
            words.set_visible(len(rows) > 0)
            words.set_y(l[rows[-1]] if len(rows) else 0)

        self.top.set_data(t, logs[-1])
        self.bottom.set_data(t, logs[0] if L > 1 else np.full(T, np.nan))
        inner = np.pad(logs[1:-1], ((0, 0), (0, 1)), constant_values=np.nan)  # a gap after every row
        self.between.set_data(np.tile(np.append(t, 1), len(inner)), inner.ravel())
        self.fit.set_data(*([], []) if every_step else fitted(t, logs[-1]))
        rows = logs if L == 1 else logs[[0, -1]]
        self.sinks.set_data(*crossings(t, rows < LOW, LOW))
        self.soars.set_data(*crossings(t, rows > HIGH, HIGH))
        self.column.set_data(logs[:, -1], l)
        self.title.set_text(title)
        self.alt = f"{title}. " * bool(title)
        if not known.any():
            self.alt += "No norm is finite."
            return
        first = int(known.argmax())
        start = "first step" if first == 0 else f"step {first + 1}"
        what = "Gradient norm" if of == BY_STATE else of
        self.alt += (
            f"{what} over {L} layers and {T} steps: {norms[-1, -1]:.3g} at the top layer's last step, "
            f"{norms[0, -1]:.3g} at the bottom layer's last step, {norms[-1, first]:.3g} at the top layer's {start}, "
            f"{norms[0, first]:.3g} at the bottom layer's {start}."
        )

    def _lay_out(self, L, T):
        """The cells fill the panels whatever L and T are, so the ticks move. (An Axis would take 7 to 17 ms.)"""
        times, layers = np.array(ticks(T)), np.arange(1, L + 1)
        for marks in self.time_ticks:
            marks.set_data((times - 0.5) / T, np.full(len(times), marks.axes.get_ylim()[0]))
        for marks in self.layer_ticks:
            marks.set_data(np.full(L, marks.axes.get_xlim()[0]), (layers - 0.5) / L)
        for k, name in enumerate(self.time_names):
            name.set_visible(k < len(times))
            if k < len(times):
                name.set(x=(times[k] - 0.5) / T, text=str(times[k]))
        for names in self.layer_names:
            for k, name in enumerate(names):
                name.set(visible=k < L, y=(k + 0.5) / L, text=str(k + 1))


class CellImage(Artist):
    """(L, T, 4) bytes as cells that fill an axes, first row at the bottom: fifteen times as fast as imshow."""

    def __init__(self, axes):
        super().__init__()
        box = axes.get_window_extent()
        self.x, self.y, self.columns, self.rows = (round(v) for v in box.bounds)
        self.pixels = np.zeros((self.rows, self.columns, 4), np.uint8)
        axes.figure.add_artist(self)

    def set_cells(self, cells):
        L, T, _ = cells.shape
        rows, columns = np.arange(self.rows) * L // self.rows, np.arange(self.columns) * T // self.columns
        self.pixels = cells[rows][:, columns]

    def draw(self, renderer):
        context = renderer.new_gc()
        renderer.draw_image(context, self.x, self.y, self.pixels)
        context.restore()


def ticks(T):
    """1, T and a few round steps between."""
    step = next(s for s in (1, 2, 5, 10, 20, 50) if T / s <= 5)
    return [1, *(k for k in range(step, T, step) if k > 1 and T - k > 0.6 * step), T]


def contours(logs, t, l):
    """Segments of equal norm; the outer rows are repeated so that the lines reach the edges of the cells."""
    rows = np.concatenate([logs[:1], logs, logs[-1:]])
    lines = contourpy.contour_generator(t, np.concatenate([[0], l, [1]]), rows)
    return [segment for level in LEVELS for segment in lines.lines(level)]


def fitted(t, logs):
    """The least-squares line through the finite part of one row: two points each of t and log10."""
    t, logs = t[np.isfinite(logs)], logs[np.isfinite(logs)]
    if len(t) < 2:
        return [], []
    slope, at_0 = np.polyfit(t, logs, 1)
    return [t[0], t[-1]], [at_0 + slope * t[0], at_0 + slope * t[-1]]


def crossings(t, off, edge):
    """Where each row, read back from the last step, first leaves the picture; off is True outside."""
    found = [t[np.flatnonzero(row)[-1]] for row in off if row.any()]
    return found, [edge] * len(found)
