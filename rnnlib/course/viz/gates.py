"""Gates: how long a cell state lasts, what each gate does while a text goes by, and updates until a task is solved."""

import numpy as np

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, QUIET, RED, RED_WORDS, Scene, line, minus
from .text import visible

GRID = {"color": "#e4e4e4", "lw": 0.6}


class Memory(Scene):
    """Left: what is left of a gradient by c, k steps back. Right: its half-life against the forget bias."""

    width, height, lags = 9.6, 3.4, 60

    def build(self):
        left, right = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.09, right=0.985, bottom=0.15, top=0.78, wspace=0.2)
        left.set(xlim=(0, self.lags), ylim=(1e-6, 10), yscale="log", xlabel="lag k, steps back")
        left.set_ylabel("factor on a gradient by $c$\n" r"mean $\Vert\partial c_T\,/\,\partial c_{T-k}\Vert$")
        right.set(xlim=(-2.2, 6.2), ylim=(0.3, 1000), yscale="log", xlabel="forget bias", ylabel="half-life, steps")
        for axes in (left, right):
            axes.grid(**GRID)
        self.law = self.moving(line(left, color=ORANGE, ls=DASHES[1]))
        self.measured = self.moving(line(left, color=BLUE, marker="o", ms=3, markevery=3))
        biases = np.linspace(-2, 6, 81)
        right.plot(biases, np.log(2) / np.log1p(np.exp(-biases)), color=ORANGE, ls=DASHES[1])
        self.point = self.moving(line(right, color=BLUE, marker="o", ms=8, ls="none", mec=INK))
        names = ["σ(bias)ᵏ, a gate that hears its bias alone", "measured, the whole network"]
        self.figure.legend([self.law, self.measured], names, loc="upper left", bbox_to_anchor=(0.06, 0.92), ncols=2)
        self.title = self.moving(self.figure.text(0.07, 0.935, "", fontsize=10.5))

    def update(self, factors, bias, half_life, title=""):
        """factors (K,) for lags 1 .. K; bias of the forget gate; half_life measured, in steps."""
        lags = np.arange(1, len(factors) + 1)
        self.law.set_data(lags, (1 / (1 + np.exp(-bias))) ** lags)
        self.measured.set_data(lags, np.maximum(factors, 1e-30))
        self.point.set_data([bias], [np.clip(half_life, 0.35, 800)])
        self.point.set_marker("o" if half_life < 800 else "^")  # ▲: beyond the axis, or without end
        self.title.set_text(title)
        law = np.log(2) / np.log1p(np.exp(-bias))
        self.alt = (
            f"{title}. The line of the bias {bias:.2f} has a half-life of {law:.3g} steps. Measured, {factors[0]:.2g} "
            f"of the gradient is left after 1 step, {factors[-1]:.2g} after {len(factors)}."
        )


class ColouredText(Scene):
    """A text, each character on a ground that shows a number between `low` and `high`: dark blue to light."""

    width, height, columns, rows = 9.6, 3.2, 64, 6

    def build(self):
        unit = 14 / (self.width * self.dpi)  # a cell takes 14 pixels, two letters of the typewriter at 8.4 points
        self.axes = self.figure.add_axes((0.02, 0.17, self.columns * unit, 0.66))
        self.axes.set(xticks=[], yticks=[])
        for spine in self.axes.spines.values():
            spine.set_visible(False)
        blank = np.full((self.rows, self.columns), np.nan)
        self.ground = self.moving(self.axes.imshow(blank, cmap="PuOr", vmin=-1, vmax=1, aspect="auto"))
        typewriter = {"family": "monospace", "fontsize": 8.4, "parse_math": False, "va": "baseline"}
        self.letters = self.moving([self.axes.text(-0.25, k + 0.12, "", **typewriter) for k in range(self.rows)])
        bar = self.figure.add_axes((0.02, 0.09, 0.25, 0.035))
        bar.imshow(np.linspace(-0.5, 0.5, 64)[None], cmap="PuOr", vmin=-1, vmax=1, aspect="auto", extent=(0, 1, 0, 1))
        bar.set(xticks=[], yticks=[])
        self.low, self.high = (
            self.moving(self.figure.text(x, 0.025, "", fontsize=8, ha="center")) for x in (0.03, 0.265)
        )
        self.what = self.moving(self.figure.text(0.285, 0.09, "", fontsize=8.5))
        self.title = self.moving(self.figure.text(0.02, 0.91, "", fontsize=10.5))

    def update(self, text, values, low, high, title="", what="value"):
        """text: up to rows × columns characters; values, one per character, shown between low and high."""
        size = self.rows * self.columns
        grid = np.full(size, np.nan)
        grid[: len(values)] = 2 * (np.asarray(values)[:size] - low) / (high - low) - 1
        self.ground.set_data(np.clip(grid, -1, 1).reshape(self.rows, self.columns) * 0.5)  # letters stay readable
        for k, row in enumerate(self.letters):
            row.set_text(" ".join(map(visible, text[k * self.columns : (k + 1) * self.columns])))
        self.low.set_text(minus(f"{low:.2g}"))
        self.high.set_text(f"{high:.2g}")
        self.what.set_text(f"colour: {what}")
        self.title.set_text(title)
        middle, above = np.mean(values), np.mean(np.asarray(values) > (low + high) / 2)
        self.alt = (  # coarse, for what a trained network shows differs a little from machine to machine
            f"{title}. {what.capitalize()} over {len(values)} characters from {text[:12]!r} on: mean about "
            f"{round(5 * middle) / 5:.1f}, above the middle of its scale at about {10 * round(10 * above)} % of them."
        )


class Updates(Scene):
    """Updates until a task is solved, a dot per seed; what was never solved lies on the line at the top."""

    width, height = 9.6, 3.5

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.08, right=0.8, bottom=0.15, top=0.87)
        self.axes.set(yscale="log", ylabel="updates until solved")
        self.axes.grid(axis="y", **GRID)

    def update(self, lengths, series, most, title=""):
        """series: dict label -> list over lengths of lists over seeds, None where it was not solved in `most`."""
        words, never = [], most * 1.35
        for k, ((label, rows), color, mark) in enumerate(zip(series.items(), (INK, BLUE, ORANGE, GREEN), "osD^")):
            for x, updates in enumerate(rows):
                place = x + 0.2 * (k - (len(series) - 1) / 2)
                heights = [never if u is None else u for u in updates]
                spread = place + np.linspace(-0.06, 0.06, len(heights))
                self.axes.plot(spread, heights, mark, color=color, ms=4, mfc="none", label=label if x == 0 else None)
                middle = np.median([np.inf if u is None else u for u in updates])
                if np.isfinite(middle):
                    self.axes.plot([place - 0.09, place + 0.09], [middle] * 2, color=color, lw=2.5)
                solved = sum(u is not None for u in updates)
                words.append(f"{label} at T = {lengths[x]}: {solved} of {len(updates)}" + (
                    f", median {middle:.0f}" if np.isfinite(middle) else ""))  # fmt: skip
        self.axes.axhline(never, color=RED, lw=0.8, ls=DASHES[1])
        self.axes.text(
            1.01, never, "not solved", transform=self.axes.get_yaxis_transform(), va="center", color=RED_WORDS
        )
        self.axes.axhline(most, color=QUIET, lw=0.6)
        self.axes.set_xticks(range(len(lengths)), [f"T = {T}" for T in lengths])
        self.axes.set_title(title, fontsize=10.5)
        self.figure.legend(loc="upper left", bbox_to_anchor=(0.81, 0.7), frameon=False, fontsize=8.5)
        self.alt = f"{title}. {'; '.join(words)}."
        self.refresh()
