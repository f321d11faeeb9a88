"""Families side by side: the way from the first input to the last output, curves, and tasks × families."""

import numpy as np

from .scene import BLUE, DASHES, INK, ORANGE, QUIET, SERIES, Scene, line, minus, styled

GRID = {"color": "#e4e4e4", "lw": 0.6}
MARKS = "osD^vP"


class ThreeWays(Scene):
    """Lattices side by side, each with one of the shortest ways from the first input to the last output in bold."""

    width, height = 9.6, 2.9

    def build(self):
        """The panels come with the nets."""

    def update(self, nets, title=""):
        """nets: dict name -> (links (n, 4) of layer, k, layer, k; way (m, 2) of layer, k; T)."""
        with styled:  # the panels are made here, for their number is that of the nets
            panels = self.figure.subplots(1, len(nets), squeeze=False)[0]
        self.figure.subplots_adjust(left=0.065, right=0.985, bottom=0.1, top=0.78, wspace=0.08)
        told = []
        for axes, (name, (links, way, T)) in zip(panels, nets.items()):
            l0, k0, l1, k1 = np.asarray(links, float).T
            gaps = np.full(len(l0), np.nan)
            axes.plot(np.stack([-k0, -k1, gaps], 1).ravel(), np.stack([l0, l1, gaps], 1).ravel(), color=BLUE, lw=0.6)
            l, k = np.asarray(way, float).T
            axes.plot(-k, l, color=ORANGE, lw=3, marker="o", ms=5, mec=INK)
            for row in range(int(max(l1)) + 1):
                axes.plot(-np.arange(T), np.full(T, row), color=BLUE, marker="o", ms=2.6, ls="none", zorder=1)
            hops = len(way) - 1
            axes.set(xlim=(-T + 0.4, 0.6), ylim=(-0.35, 4.35), yticks=[0, 1, 2, 3, 4], xticks=[1 - T, 0])
            axes.set_yticklabels(["inputs", "layer 1", "2", "3", "4"] if axes is panels[0] else [])
            axes.set_xticklabels(["$x_1$", f"$x_{{{T}}}$"])
            axes.tick_params(length=0)
            axes.spines[:].set_visible(False)
            axes.set_title(f"{name}: {hops} link{'s' * (hops > 1)}", fontsize=9)
            told.append(f"{name} {hops}")
        self.figure.text(0.012, 0.925, title, fontsize=10.5)
        ways = f"the shortest way from the first of {T} inputs to the last output, in links"
        self.alt = f"{title}. Lattices with {ways}: {', '.join(told)}."
        self.refresh()


class Curves(Scene):
    """A curve per name, told apart without colour; axes may be logarithmic."""

    width, height = 9.6, 3.3

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.085, right=0.74, bottom=0.15, top=0.87)
        self.axes.grid(**GRID)

    def update(self, xs, curves, xlabel, ylabel, title="", logs="y", low=None):
        """xs (n,); curves: dict name -> (n,), or (3, n) of mean, low and high; zeros and nan left out.  logs: the
        axes that are logarithmic, such as "xy".  low : where the y-axis begins."""
        with styled:
            self.draw(np.asarray(xs, float), curves, xlabel, ylabel, title, logs, low)

    def draw(self, xs, curves, xlabel, ylabel, title, logs, low):
        told = []
        for n, (name, values) in enumerate(curves.items()):
            values, *ends = np.atleast_2d(np.asarray(values, float))
            some = np.isfinite(values) & ((values > (low or 0)) if "y" in logs else True)
            style = {"color": SERIES[n], "ls": DASHES[n], "marker": MARKS[n], "ms": 4.5}
            self.axes.plot(xs[some], values[some], **style, markevery=max(1, some.sum() // 12), label=minus(name))
            if ends:
                self.axes.vlines(xs[some], ends[0][some], ends[1][some], color=SERIES[n], lw=1.4)
            known = values[np.isfinite(values)]
            told.append(f"{name} from {known[0]:.2g} to {known[-1]:.2g}")
        for axis in logs:
            getattr(self.axes, f"set_{axis}scale")("log")
        if "x" in logs:
            self.axes.set_xticks(xs, [f"{x:g}" for x in xs])
            self.axes.minorticks_off()
        if low is not None:
            self.axes.set_ylim(bottom=low)
        self.axes.set(xlabel=xlabel, ylabel=ylabel)
        self.axes.set_title(title, fontsize=10.5)
        self.figure.legend(loc="upper left", bbox_to_anchor=(0.745, 0.86), fontsize=8.5)
        self.alt = f"{title}. {ylabel} over {xlabel}, {xs[0]:g} to {xs[-1]:g}: {'; '.join(told)}."
        self.refresh()


class Families(Scene):
    """Tasks side by side, a row per family: mean and interval, a line at the score of whoever knows nothing."""

    width, height = 9.6, 4.2

    def build(self):
        """The panels come with the tasks."""

    def update(self, tasks, families, title=""):
        """tasks: dict name -> dict(found=dict family -> (mean, low, high), baseline, best, unit); a family without an
        entry was not tried."""
        with styled:  # as above
            panels = self.figure.subplots(1, len(tasks), squeeze=False)[0]
        self.figure.subplots_adjust(left=0.155, right=0.985, bottom=0.1, top=0.8, wspace=0.16)
        told, rows = [], {family: len(families) - 1 - n for n, family in enumerate(families)}
        for axes, (name, task) in zip(panels, tasks.items()):
            for family, (mean, low, high) in task["found"].items():
                y = rows[family]
                axes.plot([low, high], [y, y], color=INK, lw=1.6)
                axes.plot(mean, y, marker=MARKS[list(families).index(family) % 6], color=BLUE, mec=INK, ms=6.5)
            for family in set(rows) - set(task["found"]):
                axes.text(0.5, rows[family], "not tried", transform=axes.get_yaxis_transform(), fontsize=7.5,
                          color=QUIET, ha="center", va="center")  # fmt: skip
            axes.axvline(task["baseline"], color=ORANGE, ls=DASHES[1], lw=1.6)
            low, high = min(task["baseline"], *(low for _, low, _ in task["found"].values())), task["best"]
            pad = 0.06 * (high - low)
            axes.set(xlim=(low - pad, high + pad), ylim=(-0.6, len(families) - 0.4), yticks=list(rows.values()))
            axes.set_yticklabels(list(rows) if axes is panels[0] else [])
            axes.grid(axis="y", **GRID)
            axes.tick_params(axis="y", length=0)
            axes.set_title(name, fontsize=8.5)
            axes.set_xlabel(task["unit"], fontsize=8)
            said = ", ".join(f"{f} {m:.2f} [{lo:.2f}, {hi:.2f}]" for f, (m, lo, hi) in task["found"].items())
            told.append(f"{name}, baseline {task['baseline']:.2f}: {said}")
        self.figure.text(0.012, 0.945, title, fontsize=10.5)
        marks = [line(panels[0], color=INK, marker="o", mfc=BLUE), line(panels[0], color=ORANGE, ls=DASHES[1])]
        words = ["mean of the seeds, 95 % interval", "a guess"]
        self.figure.legend(
            marks, words, loc="upper left", bbox_to_anchor=(0.005, 0.94), ncols=2, fontsize=8.5, frameon=False
        )
        self.alt = f"{title}. {'; '.join(told)}."
        self.refresh()
