"""Deep stacks in training: results over depth, and the measures of one stack layer by layer."""

import numpy as np

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, QUIET, RED, Scene, line

GRID = {"color": "#e4e4e4", "lw": 0.6}
LOOKS = list(zip((BLUE, ORANGE, GREEN, RED, INK), "osD^v", DASHES, strict=False))


class OverDepth(Scene):
    """One panel per cell: a measure against depth, a line of medians with 95 % intervals per kind of stack."""

    width, height = 9.6, 3.6

    def build(self):
        self.panels = self.figure.subplots(1, 2, sharey=True)
        self.figure.subplots_adjust(left=0.08, right=0.8, bottom=0.14, top=0.82, wspace=0.08)
        for axes in self.panels:
            axes.grid(**GRID)
            axes.set_xlabel("depth L, layers")

    def update(self, depths, cells, ylabel, title="", log=True, reference=None):
        """cells: dict panel title -> dict label -> (3, X): median, low, high, nan where there is none."""
        words = []
        for axes, (cell, series) in zip(self.panels, cells.items()):
            for k, ((label, (middle, low, high)), (color, mark, dash)) in enumerate(zip(series.items(), LOOKS)):
                x = np.arange(len(depths)) + 0.07 * (k - (len(series) - 1) / 2)
                off = np.maximum([middle - low, high - middle], 0)
                style = {"color": color, "ls": dash, "marker": mark, "ms": 5, "capsize": 2.5, "elinewidth": 1}
                axes.errorbar(x, middle, off, label=label, **style)
                known = [f"{m:.2g} at {L}" for m, L in zip(middle, depths) if np.isfinite(m)]
                words.append(f"{cell}, {label}: {', '.join(known)}")
            if reference is not None:
                axes.axhline(reference, color=QUIET, lw=1)
            axes.set_xticks(range(len(depths)), [str(L) for L in depths])
            axes.set_title(cell, fontsize=9.5)
            if log:
                axes.set_yscale("log")
        self.panels[0].set_ylabel(ylabel)
        handles, labels = self.panels[0].get_legend_handles_labels()
        self.figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.805, 0.82), frameon=False, fontsize=8.5)
        self.figure.text(0.08, 0.93, title, fontsize=10.5)
        self.alt = f"{title}. {ylabel.capitalize()}, medians by depth. {'; '.join(words)}."
        self.refresh()


class Checkup(Scene):
    """Four measures of one stack, a row per layer, the lowest at the bottom; in the grey bands stacks train."""

    width, height, most = 9.6, 3.4, 8

    def __init__(self, names=("at the start", "now")):
        self.names = names  # of the dashed line and of the other
        super().__init__()

    def build(self):
        panels = self.figure.subplots(1, 4, sharey=True)
        self.figure.subplots_adjust(left=0.055, right=0.985, bottom=0.17, top=0.78, wspace=0.1)
        looks = [
            ("spread of h", (1e-6, 2), (1e-2, 2)),
            ("‖gradient of W‖", (1e-6, 1e2), (1e-2, 1e2)),
            ("‖ΔW‖ ÷ ‖W‖, next update", (1e-6, 1e0), (1e-3, 5e-2)),
            ("saturated share", (-0.03, 1), (-0.03, 0.3)),
        ]
        self.lines = []
        for k, (axes, (label, limits, sound)) in enumerate(zip(panels, looks)):
            axes.set(xlim=limits, xlabel=label, ylim=(0.4, self.most + 0.6), yticks=range(1, self.most + 1))
            if k < 3:
                axes.set_xscale("log")
                axes.set_xticks([1e-5, 1e-3, 1e-1], minor=False)
                axes.minorticks_off()
            axes.grid(**GRID)
            band = axes.axvspan(*sound, color=QUIET, alpha=0.18, lw=0)
            start = self.moving(line(axes, color=QUIET, marker="o", ms=5, mfc="none", ls=DASHES[2]))
            now = self.moving(line(axes, color=BLUE, marker="s", ms=5))
            self.lines.append((start, now))
        panels[0].set_ylabel("layer l")
        names = [*self.names, "where stacks train"]
        self.figure.legend([*self.lines[0], band], names, loc="upper left", bbox_to_anchor=(0.06, 0.9), ncols=3)
        self.title = self.moving(self.figure.text(0.055, 0.925, "", fontsize=10.5))

    def update(self, start, now, title=""):
        """start, now: four arrays (L,) each: spread, gradient norms, update ratios, saturated shares."""
        layers = np.arange(1, len(now[0]) + 1)
        for (first, last), a, b in zip(self.lines, start, now):
            first.set_data(np.clip(a, *first.axes.get_xlim()), layers)
            last.set_data(np.clip(b, *last.axes.get_xlim()), layers)
        self.title.set_text(title)
        spread, gradient, ratio, share = now
        self.alt = (
            f"{title}. Spread of h {spread[0]:.2g} in the lowest layer, {spread[-1]:.2g} in the top one; gradient norm "
            f"{gradient[0]:.2g} and {gradient[-1]:.2g}; update to weight {ratio.min():.2g} to {ratio.max():.2g}; "
            f"saturated {share.max():.0%} in the worst layer."
        )
