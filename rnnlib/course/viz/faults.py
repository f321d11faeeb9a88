"""Pictures of faults: in which gradient one shows, and what it does to the training loss."""

import numpy as np

from .scene import DASHES, INK, QUIET, SERIES, Scene

TICKS = 0.01, 0.03, 0.1, 0.3, 1


class Losses(Scene):
    """Losses({version: (K,) losses}, every, level, name): training loss on a log scale, one point per `every` updates;
    the level of a trivial answer dotted."""

    width, height = 9.0, 3.3

    def build(self):
        self.axes = self.figure.add_axes((0.085, 0.155, 0.59, 0.73))
        self.axes.set(yscale="log", xlabel="updates", ylabel="loss")
        self.axes.set_yticks(TICKS, [f"{tick:g}" for tick in TICKS])
        self.axes.minorticks_off()
        self.axes.grid(color="#e4e4e4", lw=0.6)

    def update(self, losses, every, level, name, title=""):
        for k, (version, values) in enumerate(losses.items()):
            x = every * np.arange(1, len(values) + 1)
            style = {"marker": "osD^vX"[k % 6], "ms": 4.5, "markevery": 3, "color": SERIES[k], "ls": DASHES[k]}
            self.axes.plot(x, values, label=version, **style)
        smallest = min(v.min() for v in losses.values())
        self.axes.set_ylim(0.8 * smallest, 1.25 * max(level, *(v.max() for v in losses.values())))
        self.axes.axhline(level, color=QUIET, ls=DASHES[2], lw=1.2, label=name)
        self.axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.03), fontsize=8.5, handlelength=3, frameon=False)
        self.axes.set_title(title, loc="left", fontsize=10)
        self.refresh()
        ends = ", ".join(f"{version} {values[-1]:.2g}" for version, values in losses.items())
        self.alt = f"{title}. Loss at the end: {ends}; {name} {level:.2g}."


class Located(Scene):
    """Located({version: {name: relative error}}): one row per gradient in the order of the backward pass, one mark per
    version, coloured as in `Losses`, where the right one comes first. A fault shows at the first row that leaves the
    left side."""

    width = 9.6

    def __init__(self, errors, title=""):
        self.errors = errors
        self.height = 3.4 + 0.4 * len(errors)
        super().__init__(title)

    def build(self):
        names = list(next(iter(self.errors.values())))
        several = len(self.errors) > 1
        bottom, top = 0.5 / self.height, 1 - 0.42 / self.height
        ax = self.figure.add_axes((0.115, bottom, 0.62 if several else 0.86, top - bottom))
        ax.set(xscale="log", xlim=(1e-16, 5), ylim=(len(names) - 0.4, -0.6))
        ax.set_xlabel("worst relative error against finite differences")
        ax.set_yticks(range(len(names)), [f"d {name}" for name in names])
        ax.grid(axis="x", color="#e4e4e4", lw=0.6)
        for y in range(1, len(names)):
            ax.axhline(y - 0.5, color="#e4e4e4", lw=0.6)
        ax.axvline(1e-6, color=QUIET, ls=DASHES[2], lw=1.2)
        ax.text(8e-7, -0.35, "right ", ha="right", va="center", fontsize=8.5, color=QUIET)
        ax.text(1.3e-6, -0.35, " wrong", ha="left", va="center", fontsize=8.5, color=QUIET)
        spread = 0.85 / len(self.errors)
        for row, (version, errors) in enumerate(self.errors.items()):
            y, k = np.arange(len(names)) + (row - (len(self.errors) - 1) / 2) * spread, row + several
            x = np.maximum([errors[n] for n in names], 2e-16)
            style = {"marker": "osD^vX"[k % 6], "ms": 5, "ls": "", "mec": INK, "mew": 0.5}
            ax.plot(x, y, color=SERIES[k], label=version, **style)
        if several:
            ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), fontsize=8.5, handletextpad=0.3, labelspacing=1.0)
        self.title = self.figure.text(0.012, top + 0.12 / self.height, "", fontsize=10.5)

    def update(self, title=""):
        self.title.set_text(title)
        said = []
        for version, errors in self.errors.items():
            wrong = [name for name, e in errors.items() if e > 1e-6]
            said.append(f"{version}: {'wrong in ' + ', '.join(wrong) if wrong else 'all right'}")
        self.alt = f"Relative errors by gradient. {'; '.join(said)}."
