"""How wide a stack may be at a fixed number of parameters, and what these parameters read."""

import numpy as np

from .diagram import DASHED
from .scene import BLUE, ORANGE, Scene, line
from .ticks import Ticks


class Sizes(Scene):
    """Left: units per layer against depth, both forms. Right: what the plain stack's parameters read."""

    width, height = 9.0, 3.5

    def build(self):
        left, right = self.figure.subplots(1, 2, width_ratios=[1.2, 1])
        self.figure.subplots_adjust(left=0.07, right=0.985, bottom=0.15, top=0.8, wspace=0.2)
        left.set(xlim=(0.5, 8.7), xlabel="depth L, layers", ylabel="units H in each layer")
        self.units = Ticks(self, left, "y", pad=28)
        left.grid(axis="x", color="#e4e4e4", lw=0.6)
        self.plain = self.moving(line(left, color=BLUE, marker="o", ms=5, label="plain"))
        self.article = self.moving(line(left, color=ORANGE, marker="D", ms=4.5, ls=DASHED, label="article's form"))
        self.numbers = [
            self.moving([left.text(L, 0, "", ha="center", va=va, fontsize=8) for L in range(1, 9)])
            for va in ("bottom", "top")
        ]
        left.legend(loc="lower left", ncols=2, bbox_to_anchor=(0.3, 1.0), fontsize=8.5, borderpad=0)
        names = ("input x", "layer below", "step before", "bias")
        greys = ("#f0c05a", "#6ca6cd", "#1f4e79", "#222222")
        self.bars = []
        for name, colour in zip(names, greys, strict=True):
            bars = right.bar(range(1, 9), [0] * 8, 0.8, color=colour, edgecolor="white", label=name)
            self.bars.append(self.moving(list(bars)))
        right.set(xlim=(0.4, 8.6), ylim=(0, 1), xlabel="depth L, layers", xticks=range(1, 9))
        right.set_ylabel("share of parameters, plain")
        right.legend(loc="lower left", ncols=4, bbox_to_anchor=(-0.05, 1.0), fontsize=8.5, borderpad=0,
                     handlelength=1, columnspacing=1)  # fmt: skip
        self.title = self.moving(self.figure.text(0.02, 0.93, "", fontsize=10.5))

    def update(self, widths, shares, title=""):
        """widths (2, 8): H per depth, plain and article's form.  shares (8, 4): parts of all, named in `build`."""
        depths, logs = np.arange(1, 9), np.log10(np.maximum(widths, 1))
        self.plain.set_data(depths, logs[0])
        self.article.set_data(depths, logs[1])
        low, high = 8 if widths.min() >= 11 else 0.6, 200 if widths.max() <= 150 else 600
        shown = [H for H in (1, 2, 5, 10, 20, 50, 100, 200, 500) if low < H <= high]
        self.units.set(np.log10(low), np.log10(high), np.log10(shown), [str(H) for H in shown])
        for numbers, side, row, away in zip(self.numbers, widths, logs, (0.04, -0.04), strict=True):
            for number, H, y in zip(numbers, side, row, strict=True):
                number.set(text=str(H), y=y + away * np.log10(high / low))
        for number, (above, below) in zip(self.numbers[1], widths.T, strict=True):
            number.set_visible(above != below)  # one number is enough where the two points are one
        low = np.zeros(8)
        for bars, share in zip(self.bars, shares.T, strict=True):
            for bar, y, height in zip(bars, low, share, strict=True):
                bar.set(y=y, height=height)
            low += share
        self.title.set_text(title)
        self.alt = (
            f"Units per layer at a fixed number of parameters, depth 1 to 8: plain {', '.join(map(str, widths[0]))}; "
            f"article's form {', '.join(map(str, widths[1]))}. With 8 layers {shares[-1, 1]:.0%} of the plain stack's "
            f"parameters read the layer below and {shares[-1, 2]:.0%} the step before."
        )
