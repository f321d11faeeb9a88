"""One picture, two views: the loss of a two-parameter recurrence over its parameters, and its gradient over time."""

import numpy as np
from matplotlib.colors import LogNorm

from .scene import BLUE, HEAT, INK, ORANGE, PAPER, QUIET, Scene, line, minus

GRID = {"color": "#e4e4e4", "lw": 0.6}


class Wall(Scene):
    """Left: loss over (w, b), with a start and two descents from it. Right: ∂loss/∂h_t over time at that start."""

    width, height = 9.6, 3.7

    def __init__(self, ws, bs, losses, descents=True):
        """descents: False where the gradient at a point is all that is shown."""
        self.grid, self.descents = (ws, bs, losses), descents
        super().__init__()

    def build(self):
        ws, bs, losses = self.grid
        left, right = self.figure.subplots(1, 2, width_ratios=(1.15, 1))
        self.figure.subplots_adjust(left=0.065, right=0.985, bottom=0.14, top=0.8, wspace=0.22)
        shown = left.pcolormesh(ws, bs, np.maximum(losses, 1e-4), cmap=HEAT, norm=LogNorm(1e-4, 0.5), rasterized=True)
        self.figure.colorbar(shown, ax=left, pad=0.02, label="loss")
        left.set(xlim=(ws[0], ws[-1]), ylim=(bs[0], bs[-1]), xlabel="w")
        left.set_ylabel("b", rotation=0)
        free = {"color": INK, "marker": "x", "ms": 6, "ls": (0, (2, 2)), "lw": 1, "mew": 1.6}
        self.free = self.moving(line(left, **free))
        self.clipped = self.moving(line(left, color=INK, marker="o", ms=4, mfc=ORANGE, mew=0.7, lw=1))
        self.start = self.moving(line(left, color=PAPER, marker="o", ms=9, ls="none", mec=INK, mew=1.5, clip_on=False))
        right.set(yscale="log", xlabel="step t", xlim=(0, 50), ylim=(1e-10, 1e6))
        right.set_ylabel("|∂loss/∂h_t| at the white dot")
        right.grid(**GRID)
        right.axhline(1, color=QUIET, lw=0.9)
        self.gradient = self.moving(line(right, color=BLUE, lw=2))
        key, names = [self.free, self.clipped, self.start], ["as it is", "clipped", "start"]
        if not self.descents:
            key, names = [self.start], ["where the gradient on the right is taken"]
        self.figure.legend(key, names, loc="upper left", bbox_to_anchor=(0.055, 0.92), ncols=3, fontsize=8.5)
        self.title = self.moving(self.figure.text(0.065, 0.94, "", fontsize=10.5))

    def update(self, free, clipped, gradient, loss, title=""):
        """free, clipped: (N, 2) points (w, b) of two descents from one start; gradient (T + 1,): |∂loss/∂h_t|."""
        self.free.set_data(*free.T)
        self.clipped.set_data(*clipped.T)
        self.start.set_data(*free[:1].T)
        self.gradient.set_data(np.arange(len(gradient)), np.maximum(gradient, 1e-30))
        self.title.set_text(title)
        (w, b), (ws, bs, _) = free[0], self.grid
        outside = ((free < (ws[0], bs[0])) | (free > (ws[-1], bs[-1]))).any(1)
        left = f"leaves the picture at update {int(outside.argmax())}" if outside.any() else "stays in the picture"
        ways = (
            f"Unclipped, the descent {left}; clipped, it ends at w = {clipped[-1, 0]:.2f}, b = {clipped[-1, 1]:.2f}. "
        ) * self.descents
        self.alt = minus(
            f"{title}. Start at w = {w:.2f}, b = {b:.2f}, loss {loss:.3g}. {ways}|∂loss/∂h| is {gradient[-1]:.2g} at "
            f"the last step and {gradient[0]:.2g} at the first."
        )
