"""What layers carry: curves per layer with their controls, and a slow state read off along a sequence."""

import numpy as np

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, QUIET, Scene, line

GRID = {"color": "#e4e4e4", "lw": 0.6}
LOOKS = list(zip((BLUE, ORANGE, GREEN), "osD", DASHES, strict=False))


class PerLayer(Scene):
    """Panels side by side, layers along x: a line of medians with 95 % intervals per kind of network."""

    width, height = 9.6, 3.4

    def update(self, panels, title="", references=None, ylabel=""):
        """panels: dict label -> dict kind -> (3, L): median, low, high; references: dict label -> a value to draw;
        ylabel: of the first panel, for all."""
        axes_row = self.figure.subplots(1, len(panels), squeeze=False)[0]
        self.figure.subplots_adjust(left=0.075 if ylabel else 0.055, right=0.985, bottom=0.14, top=0.72, wspace=0.25)
        axes_row[0].set_ylabel(ylabel)
        words = []
        for axes, (label, kinds) in zip(axes_row, panels.items()):
            for k, ((kind, (middle, low, high)), (color, mark, dash)) in enumerate(zip(kinds.items(), LOOKS)):
                x = np.arange(1, len(middle) + 1) + 0.08 * (k - (len(kinds) - 1) / 2)
                off = np.maximum([middle - low, high - middle], 0)
                style = {"color": color, "marker": mark, "ls": dash, "ms": 5, "capsize": 2.5, "elinewidth": 1}
                axes.errorbar(x, middle, off, label=kind, **style)
                words.append(f"{label}, {kind}: {', '.join(f'{m:.2g}' for m in middle)}")
            if references and label in references:
                axes.axhline(references[label], color=INK, lw=1, ls=DASHES[2], label="Bayes")
                words.append(f"{label}, Bayes: {references[label]:.2g}")
            axes.set_xticks(range(1, len(middle) + 1), [f"layer {l}" for l in range(1, len(middle) + 1)])
            axes.set_title(label, fontsize=9.5)
            axes.grid(axis="y", **GRID)
            axes.spines[["top", "right"]].set_visible(False)
        found = {name: handle for axes in axes_row for handle, name in zip(*axes.get_legend_handles_labels())}
        self.figure.legend(
            found.values(), found, loc="upper left", bbox_to_anchor=(0.045, 0.93), ncols=4, frameon=False
        )
        self.figure.text(0.055, 0.935, title, fontsize=10.5)
        of = f" of {ylabel}" if ylabel else ""
        self.alt = f"{title}. Medians{of} by layer, from below. {'; '.join(words)}."
        self.refresh()

    def build(self):
        pass


class Regime(Scene):
    """The hidden regime of the two-scale chain along one sequence: the truth, what Bayes knows, what a layer shows."""

    width, height, steps = 9.6, 3.0, 150

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.075, right=0.985, bottom=0.16, top=0.76)
        self.axes.set(xlim=(0, self.steps), ylim=(-0.3, 1.3), xlabel="time step t", ylabel="regime, 0 or 1")
        self.axes.grid(**GRID)
        self.truth = self.moving(line(self.axes, color=QUIET, lw=5, alpha=0.45, drawstyle="steps-mid"))
        self.bayes = self.moving(line(self.axes, color=INK, ls=DASHES[1], lw=1.4))
        self.read = self.moving(line(self.axes, color=BLUE))
        names = ["the hidden regime", "Bayes, from the symbols so far", "read off this layer by a linear probe"]
        lines = [self.truth, self.bayes, self.read]
        self.figure.legend(lines, names, loc="upper left", bbox_to_anchor=(0.065, 0.93), ncols=3)
        self.title = self.moving(self.figure.text(0.075, 0.925, "", fontsize=10.5))

    def update(self, regime, posterior, reading, title=""):
        """Three arrays (steps,)."""
        x = np.arange(len(regime))
        for artist, values in ((self.truth, regime), (self.bayes, posterior), (self.read, reading)):
            artist.set_data(x, np.clip(values, -0.3, 1.3))
        self.title.set_text(title)
        off = np.sqrt(np.mean((posterior - reading) ** 2))
        self.alt = (
            f"{title}. Over {len(x)} steps the regime changes {int(np.abs(np.diff(regime)).sum())} times; the reading "
            f"is {round(20 * off) / 20:.2f} off Bayes in the root mean square."
        )
