"""Measurements over depth, gain and options: decay rates against the gain, and medians with their intervals."""

import numpy as np

from .scene import BLUE, DASHES, GREEN, ORANGE, QUIET, SERIES, Scene

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
        clock.set_yticks([-np.log(2) / k for k in (0.75, 1, 2, 4, 8, np.inf)], labels=["0.75", "1", "2", "4", "8", "∞"])

    def update(self, gains, series, title=""):
        """series: dict label -> (G,) rates; the second and third belong together, and so do the fourth and fifth."""
        styles = [
            {"color": QUIET, "ls": "--"},
            {"color": ORANGE, "ls": "-"},
            {"color": BLUE, "marker": "o", "ms": 6, "ls": "none"},
            {"color": ORANGE, "ls": DASHES[2], "lw": 2},
            {"color": GREEN, "marker": "s", "ms": 6, "mfc": "none", "mew": 1.4, "ls": "none"},
        ]
        for (label, rates), style in zip(series.items(), styles):
            self.axes.plot(gains, rates, label=label, **style)
        self.figure.legend(loc="upper left", bbox_to_anchor=(0.69, 0.88), fontsize=8.5, labelspacing=0.9, frameon=False)
        self.axes.set_title(title, fontsize=10.5, loc="left")
        ends = "; ".join(f"{label}: {r[0]:.3g} to {r[-1]:.3g}" for label, r in series.items())
        self.alt = f"{title}. Growth per step at gains {gains[0]:.3g} to {gains[-1]:.3g}: {ends}."
        self.refresh()


class Intervals(Scene):
    """Three panels side by side, categories along x, one marked line of medians with 95 % intervals per series."""

    width, height = 9.6, 3.5

    def build(self):
        self.panels = self.figure.subplots(1, 3)
        self.figure.subplots_adjust(left=0.06, right=0.985, bottom=0.1, top=0.74, wspace=0.2)
        for axes in self.panels:
            axes.grid(axis="y", **GRID)

    def update(self, names, series, panels, title="", joined=True, references=(0, 1, 0), kind="Medians"):
        """names: X categories; series: dict label -> (3, X, 3) of middle, low, high, nan where there is none;
        panels: three titles; references: where each panel has its quiet line; kind: what the middles are."""
        x = np.arange(len(names))
        for p, (axes, label, reference) in enumerate(zip(self.panels, panels, references, strict=True)):
            axes.axhline(reference, color=QUIET, lw=1.1)
            for k, (name, (middle, low, high)) in enumerate(series.items()):
                shift = (k - (len(series) - 1) / 2) * 0.12
                around = np.array([middle - low, high - middle])[:, :, p]
                axes.errorbar(
                    x + shift, middle[:, p], around, label=name, color=SERIES[k], ls=DASHES[k] if joined else "none",
                    marker=MARKS[k], ms=5.5, mfc="white" if k % 2 else SERIES[k], capsize=3, elinewidth=1.3,
                )  # fmt: skip
            axes.set(xlim=(-0.5, len(names) - 0.5), xticks=x)
            axes.set_xticklabels(names, fontsize=8.5)
            axes.set_title(label, fontsize=9, loc="left")
        handles, labels = self.panels[0].get_legend_handles_labels()
        self.figure.legend(
            handles,
            labels,
            loc="upper left",
            bbox_to_anchor=(0.04, 0.93),
            ncols=len(labels),
            fontsize=8.5,
            frameon=False,
        )
        self.figure.text(0.05, 0.94, title, fontsize=10.5)
        said = "; ".join(
            f"{label}: "
            + ", ".join(
                f"{n} " + " ".join(f"{v:.3g}" for v in values if np.isfinite(v)) for n, values in zip(names, m[0])
            )
            for label, m in series.items()
        )
        self.alt = f"{title}. {kind} of {' | '.join(panels)}. {said}."
        self.refresh()
