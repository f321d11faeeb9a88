"""Measurements over depth, gain and options: decay rates against the gain, and medians with their intervals."""

import numpy as np

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, QUIET, SERIES, Scene

GRID = {"color": "#e4e4e4", "lw": 0.6}
MARKS = ("o", "s", "^", "D", "v", "P")


class RateAgainstGain(Scene):
    """Growth per step back in time against the recurrent gain; the right-hand scale says it as a half-life."""

    width, height = 9.0, 3.4

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.085, right=0.6, bottom=0.15, top=0.87)
        self.axes.set(xlim=(0.46, 1.54), ylim=(-1.05, 0.5), xlabel="recurrent gain: spectral radius of W_hh")
        self.axes.set_ylabel("ln growth per step back")
        self.axes.grid(**GRID)
        self.axes.axhline(0, color=QUIET, lw=0.9)
        clock = self.axes.twinx()
        clock.set(ylim=self.axes.get_ylim(), ylabel="half-life, steps")
        clock.spines["right"].set_visible(True)
        clock.set_yticks([-np.log(2) / k for k in (0.75, 1, 2, 4, 20)], labels=["0.75", "1", "2", "4", "20"])

    def update(self, gains, series, title=""):
        """series: dict label -> (G,) rates; the first is drawn as a line without marks."""
        styles = [
            {"color": QUIET, "ls": "--"},
            {"color": ORANGE, "ls": DASHES[2], "lw": 2.2},
            {"color": BLUE, "marker": "o", "ms": 6},
            {"color": GREEN, "marker": "s", "ms": 6, "mfc": "none", "ls": "none"},
            {"color": INK, "marker": "x", "ms": 5, "ls": "none"},
        ]
        for (label, rates), style in zip(series.items(), styles):
            self.axes.plot(gains, rates, label=label, **style)
        self.figure.legend(loc="upper left", bbox_to_anchor=(0.69, 0.88), fontsize=8.5, labelspacing=0.9)
        self.axes.set_title(title)
        ends = "; ".join(f"{label}: {r[0]:.3g} to {r[-1]:.3g}" for label, r in series.items())
        self.alt = f"{title}. Growth per step at gains {gains[0]:.3g} to {gains[-1]:.3g}: {ends}."
        self.refresh()


class Intervals(Scene):
    """Panels side by side, categories along x, one marked line of medians with 95 % intervals per series."""

    width, height = 9.6, 3.5

    def build(self):
        self.panels = []

    def update(self, names, series, panels, title="", joined=True):
        """names: X categories; series: dict label -> (3, X, P) of median, low, high; panels: P axis labels."""
        self.panels = self.figure.subplots(1, len(panels))
        self.figure.subplots_adjust(left=0.06, right=0.985, bottom=0.16, top=0.78, wspace=0.28)
        x = np.arange(len(names))
        for p, (axes, label) in enumerate(zip(self.panels, panels, strict=True)):
            for k, (name, (middle, low, high)) in enumerate(series.items()):
                shift = (k - (len(series) - 1) / 2) * 0.12
                around = np.array([middle - low, high - middle])[:, :, p]
                axes.errorbar(
                    x + shift, middle[:, p], around, label=name, color=SERIES[k], ls=DASHES[k] if joined else "none",
                    marker=MARKS[k], ms=5.5, mfc="white" if k % 2 else SERIES[k], capsize=3, elinewidth=1.3,
                )  # fmt: skip
            axes.set(xlim=(-0.5, len(names) - 0.5), xticks=x, ylabel=label)
            axes.set_xticklabels(names)
            axes.grid(axis="y", **GRID)
        handles, labels = self.panels[0].get_legend_handles_labels()
        self.figure.legend(
            handles, labels, loc="upper left", bbox_to_anchor=(0.05, 0.92), ncols=len(labels), fontsize=8.5
        )
        self.figure.text(0.06, 0.94, title, fontsize=10.5)
        said = "; ".join(
            f"{label}: " + ", ".join(f"{n} " + " ".join(f"{v:.3g}" for v in values) for n, values in zip(names, m[0]))
            for label, m in series.items()
        )
        self.alt = f"{title}. Medians of {' | '.join(panels)}. {said}."
        self.refresh()
