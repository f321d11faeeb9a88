"""A word on its way through a trained encoder: what is left of the gradient at each letter, and how open gates are."""

import numpy as np

from .scene import BLUE, DASHES, INK, ORANGE, Scene, line

GRID = {"color": "#e4e4e4", "lw": 0.6}
LONGEST = 16  # letters, and the end


class Letters(Scene):
    """Left: ‖∂scores/∂h‖ after each letter, the last step being 1, of this network and of the other one, logarithmic.
    Right: the encoder's update gate z after each letter, its mean over units and the middle 80 % of them."""

    width, height = 9.2, 3.3

    def build(self):
        self.left, self.right = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.08, right=0.985, bottom=0.13, top=0.76, wspace=0.22)
        for axes in (self.left, self.right):
            axes.set(xlim=(-0.6, LONGEST + 0.6), xticks=[])
            axes.grid(axis="y", **GRID)
        self.left.set(yscale="log", ylim=(5e-5, 1.6))
        self.left.set_title("‖∂scores / ∂h‖ after each letter, the last step is 1", fontsize=9)
        self.right.set(ylim=(-0.03, 1.03))
        self.right.set_title("update gate z (1 keeps): mean, middle 80 %", fontsize=9)
        self.other = self.moving(line(self.left, color=ORANGE, ls=DASHES[1], lw=1.4))
        self.mine = self.moving(line(self.left, color=BLUE, marker="o", ms=4))
        self.mean = self.moving(line(self.right, color=BLUE, marker="o", ms=4))
        self.bars = self.moving([line(self.right, color=BLUE, lw=1) for _ in range(LONGEST + 1)])
        place = {"ha": "center", "va": "top", "fontsize": 10, "color": INK}
        self.names = [
            self.moving([axes.text(k, -0.03, "", transform=axes.get_xaxis_transform(), **place) for k in range(17)])
            for axes in (self.left, self.right)
        ]
        self.key = self.moving([self.left.text(0.02, y, "", transform=self.left.transAxes) for y in (0.12, 0.03)])
        self.title = self.moving(self.figure.text(0.012, 0.925, "", fontsize=10.5))

    def update(self, letters, mine, other, z, names, title=""):
        """letters: n names, the last the end;  mine, other (n,);  z (n, H);  names: of this network, of the other."""
        at = np.arange(len(letters))
        self.mine.set_data(at, mine)
        self.other.set_data(at, other)
        low, high = np.quantile(z, [0.1, 0.9], axis=1) if len(at) else ((), ())
        self.mean.set_data(at, z.mean(1) if len(at) else ())
        for k, bar in enumerate(self.bars):
            bar.set_data(*(([k, k], [low[k], high[k]]) if k < len(at) else ([], [])))
        for texts in self.names:
            for k, text in enumerate(texts):
                text.set_text(letters[k] if k < len(letters) else "")
        for text, name, mark, colour in zip(self.key, names, "●╌", (BLUE, "#9a6700")):
            text.set(text=f"{mark} {name}" if name else "", color=colour)
        self.title.set_text(title)
        first = f"{names[0]} {mine[0]:.2g}, {names[1]} {other[0]:.2g}" if len(at) else "nothing"
        self.alt = f"{title}. Left at the first letter: {first}."
