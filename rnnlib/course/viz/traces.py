"""States over time in panels side by side, each over a strip with the input that caused them."""

import re

import numpy as np

from .scene import DASHES, INK, QUIET, SERIES, Scene


class Traces(Scene):
    """Traces(panels, xs, title): one panel per entry of `panels`, all fed with xs (T,).

    panels : dict, title -> dict of label -> hs (T,). Label and last value are written at the end of each of several.
    logs : titles of the panels with a logarithmic axis; the others share one range.
    """

    width, height = 9.6, 3.3

    def __init__(self, panels, xs, title="", logs=()):
        self.panels, self.logs = panels, logs
        super().__init__(xs, title)

    def build(self):
        grid = self.figure.subplots(
            2, len(self.panels), squeeze=False, sharex="col", height_ratios=[4, 1], gridspec_kw={"hspace": 0.14}
        )
        self.figure.subplots_adjust(left=0.065, right=0.985, bottom=0.15, top=0.8, wspace=0.26)
        self.title = self.moving(self.figure.text(0.012, 0.925, "", fontsize=10.5))
        self.states, self.inputs = grid
        linear = [hs for name, lines in self.panels.items() if name not in self.logs for hs in lines.values()]
        low, high = min(0, *map(min, linear)), max(map(max, linear), default=1)
        for ax, (name, lines) in zip(self.states, self.panels.items(), strict=True):
            T = max(len(hs) for hs in lines.values())
            ax.set(title=re.sub(r"-(?=\d)", "−", name), xlim=(0, T))
            if len(lines) > 1:
                ax.set(xlim=(0, 1.36 * T), xticks=np.linspace(0, T, 5))
            if name in self.logs:
                ax.set(yscale="log", ylabel="state $h_t$, logarithmic")
            else:
                ax.set_ylim(low - 0.08 * (high - low), high + 0.08 * (high - low))
            ax.grid(color="#e4e4e4", lw=0.6)
            for k, (label, hs) in enumerate(lines.items()):
                t = np.arange(1, T + 1)
                ax.plot(t, hs, color=SERIES[k], ls=DASHES[k], marker=".s^"[k], ms=3.5, markevery=max(1, T // 40))
                if len(lines) > 1:
                    end = {"xytext": (5, 0), "textcoords": "offset points", "va": "center", "fontsize": 9}
                    ax.annotate(f"{label} {hs[-1]:.3g}", (T, hs[-1]), **end)
        self.states[0].set_ylabel("state $h_t$")
        for ax in self.inputs:
            ax.set(xlabel="time step t")
        self.inputs[0].set_ylabel("$x_t$")

    def update(self, xs, title=""):
        """xs (T,): the input of every panel."""
        for ax in self.inputs:
            ax.vlines(np.arange(1, len(xs) + 1)[xs != 0], 0, xs[xs != 0], color=INK, lw=2.2)
            ax.axhline(0, color=QUIET, lw=0.8)
            ax.set(ylim=(min(0, xs.min()) - 0.1, max(1, xs.max()) * 1.15))
        self.refresh()
        self.title.set_text(title)
        ends = "; ".join(
            f"{name}: " + ", ".join(f"{label} ends at {hs[-1]:.3g}" for label, hs in lines.items())
            for name, lines in self.panels.items()
        )
        self.alt = f"{title.rstrip('.')}. States over {len(xs)} steps. {ends}."
