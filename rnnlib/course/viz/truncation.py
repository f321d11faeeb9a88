"""Pictures of a cut gradient: which pairs of steps survive, and what that costs."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from .scene import BLUE, DASHES, HEAT, INK, ORANGE, QUIET, Scene, line
from .ticks import Ticks, marks, whole

LONGEST, LOW, HIGH = 60, -6, 2  # steps; powers of ten of the colours
ERROR_LOW = -8


class Cut(Scene):
    """Left: ‖d loss_t / dh_s‖ over loss step t and cause step s, the lost pairs pale. Middle: cosine of the truncated
    and the full gradient, right: relative error, over all windows k; markers stand at the chosen one. The axes
    fit the length and the smallest cosine."""

    width, height = 9.6, 3.5

    def build(self):
        left, middle, right = self.axes = self.figure.subplots(1, 3, width_ratios=[3.6, 3, 3])
        self.figure.subplots_adjust(left=0.06, right=0.985, bottom=0.15, top=0.79, wspace=0.4)
        self.heat = self.moving(left.imshow(np.ones((1, 1, 4)), origin="lower", aspect="auto", interpolation="nearest"))
        left.set(xlabel="cause step s", ylabel="loss step t", title="Pairs of steps; pale = cut")
        bar = self.figure.colorbar(ScalarMappable(Normalize(LOW, HIGH), HEAT), ax=left, pad=0.03)
        bar.set_ticks([-6, -4, -2, 0, 2], labels=["1e-6", "1e-4", "0.01", "1", "100"])
        bar.set_label("norm of d loss$_t$ / d h$_s$")
        self.edge = self.moving(line(left, color=INK, lw=1.3))
        middle.set(title="Cosine to the full gradient")
        right.set(ylim=(ERROR_LOW, 0.6), title="Relative error")
        right.set_yticks([-8, -6, -4, -2, 0], labels=["1e-8", "1e-6", "1e-4", "0.01", "1"])
        right.grid(axis="y", color="#e4e4e4", lw=0.6)
        self.steps = [Ticks(self, left, axis, grid=False) for axis in "xy"]
        self.windows = [Ticks(self, ax) for ax in (middle, right)]
        self.cosine = Ticks(self, middle, "y")
        self.lines, self.dots = [], []
        for ax in (middle, right):
            ax.set(xlabel="k, steps (markers: your k)")
            self.lines.append(
                [self.moving(line(ax, color=c, ls=d)) for c, d in ((BLUE, DASHES[0]), (ORANGE, DASHES[1]))]
            )
            self.dots.append([self.moving(line(ax, ls="", marker=m, ms=7, color=INK, mfc="white")) for m in "os"])
        handles, names = self.lines[0], ("chop into windows of k", "look back k steps")
        self.figure.legend(handles, names, loc="upper right", bbox_to_anchor=(0.99, 1.0), ncols=2, fontsize=8.5)
        self.title = self.moving(self.figure.text(0.012, 0.925, "", fontsize=10.5))

    def update(self, pairs, kept, cosines, errors, k, title=""):
        """pairs, kept (T, T), row = loss step; cosines, errors (2, T): chopped and looking back, for k = 1 ... T, nan
        where they are not known."""
        T = len(pairs)
        causal = np.tri(T, dtype=bool)
        with np.errstate(divide="ignore"):
            logs = np.log10(pairs)
            levels = np.maximum(np.log10(errors), ERROR_LOW - 1)
        colours = ScalarMappable(Normalize(LOW, HIGH), HEAT).to_rgba(np.maximum(logs, LOW))
        colours[causal & ~kept, :3] = 0.72 + 0.28 * colours[causal & ~kept, :3]
        colours[~causal] = 1
        self.heat.set(data=colours, extent=(0.5, T + 0.5, 0.5, T + 0.5))
        first = kept.argmax(1) + 0.5  # the left end of every row's kept part
        self.edge.set_data(np.repeat(first, 2), np.column_stack([np.arange(T), np.arange(1, T + 1)]).ravel() + 0.5)
        low, length = min(0.6, np.floor(5 * np.nanmin(cosines)) / 5), whole(T)
        for ticks in self.steps:
            ticks.set(0.5, T + 0.5, length[1:])
        for ticks in self.windows:
            ticks.set(0, T + 1, length)
        self.cosine.set(low, 1 + 0.04 * (1 - low), marks(low, 1))
        x = np.arange(1, T + 1)
        for curves, dots, values in zip(self.lines, self.dots, (cosines, levels), strict=True):
            for curve, dot, v in zip(curves, dots, values, strict=True):
                curve.set_data(x, v)
                dot.set_data([k], [v[k - 1]])
        self.title.set_text(title)
        c, e = cosines[:, k - 1], errors[:, k - 1]
        self.alt = (
            f"{kept.sum()} of {causal.sum()} pairs survive. Chopped into windows of {k}: cosine {c[0]:.3g}, relative "
            f"error {e[0]:.2g}. Looking back {k} steps: cosine {c[1]:.3g}, relative error {e[1]:.2g}."
        )


class Unexplained(Scene):
    """Unexplained(windows, runs, level): per cent of the target left unexplained over the window it was trained with,
    every run as a circle, their median as a square, the level that needs no training of W_hh dashed."""

    width, height = 9.0, 3.1

    def build(self):
        ax = self.axes = self.figure.add_axes((0.085, 0.165, 0.9, 0.7))
        ax.set(ylim=(-4, 104), xlabel="window k of truncated BPTT, steps", ylabel="unexplained, %")
        ax.grid(color="#e4e4e4", lw=0.6)

    def update(self, windows, runs, level, delay, title=""):
        """windows (K,), runs (K, seeds), level a number: all in per cent."""
        ax, x = self.axes, np.arange(len(windows))
        ax.plot(
            np.repeat(x, len(runs[0])),
            np.ravel(runs),
            ls="",
            marker="o",
            ms=5,
            color=QUIET,
            mfc="white",
            label="one start",
        )
        ax.plot(x, np.median(runs, axis=1), ls="", color=BLUE, marker="s", ms=6, label="median of the starts")
        ax.axhline(level, color=INK, ls=DASHES[1], lw=1.2, label="W_hh as drawn, best read-out")
        ax.axvline(np.searchsorted(windows, delay, "right") - 0.5, color=ORANGE, ls=DASHES[2])
        ax.legend(loc="center right", fontsize=8.5)
        ax.text(np.searchsorted(windows, delay, "right") - 0.44, 94, f"windows longer than {delay}", fontsize=8.5)
        ax.set_xticks(x, [f"{k}" for k in windows])
        ax.set_title(title, loc="left", fontsize=10)
        self.refresh()
        medians = ", ".join(f"{m:.1f} % at k = {k}" for k, m in zip(windows, np.median(runs, axis=1), strict=True))
        self.alt = f"{title}. Left unexplained, median: {medians}. Without training W_hh {level:.0f} %."
