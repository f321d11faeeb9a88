"""Training as it runs: loss, gradient per layer, and the layer × time lattice of the gradient."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from .scene import BLUE, DASHES, HEAT, INK, ORANGE, QUIET, Scene, line
from .training import running_mean, weight

GRID = {"color": "#e4e4e4", "lw": 0.6}
LOW, HIGH, LAYERS = -8, 1, 8


class Live(Scene):
    """Left: loss of every update, with the loss of guessing. Right: the gradient by h over layers and time, and by the
    weights of each layer."""

    width, height = 9.6, 3.9

    def __init__(self, baseline, most, ylabel="loss, nats"):
        self.baseline, self.most, self.ylabel = baseline, most, ylabel
        super().__init__()

    def build(self):
        left, right, side = self.figure.subplots(1, 3, width_ratios=(1.2, 1.25, 0.55))
        self.figure.subplots_adjust(left=0.07, right=0.985, bottom=0.14, top=0.745, wspace=0.28)
        left.set(xlim=(0, self.most), ylim=(0, 1.5 * self.baseline), xlabel="update", ylabel=self.ylabel)
        left.grid(**GRID)
        left.axhline(self.baseline, color=INK, lw=1, ls=DASHES[2])
        left.text(0.98, 1.02 * self.baseline, "guessing", transform=left.get_yaxis_transform(), ha="right", va="bottom")
        self.each = self.moving(line(left, color=BLUE, lw=0.7, alpha=0.35))
        self.mean = self.moving(line(left, color=BLUE, lw=2))
        right.set(xlim=(0, 1), ylim=(0.5, LAYERS + 0.5), ylabel="layer l", yticks=range(1, LAYERS + 1))
        right.set_xticks([0, 1], ["first step", "last step"])
        right.set_title("size of the gradient at each\nlayer and step, powers of ten", fontsize=9)
        blank = np.full((1, 1), np.nan)
        self.heat = self.moving(right.imshow(blank, cmap=HEAT, vmin=LOW, vmax=HIGH, aspect="auto", origin="lower",
                                             extent=(0, 1, 0.5, 1.5), interpolation="nearest"))  # fmt: skip
        self.figure.colorbar(ScalarMappable(Normalize(LOW, HIGH), HEAT), ax=right, pad=0.03)
        side.set(xlim=(10.0**-6, 10.0**2), xscale="log", ylim=(0.5, LAYERS + 0.5), yticks=range(1, LAYERS + 1))
        side.set_title("size of each layer's\nweight gradient", fontsize=9)
        side.set_xticks([1e-5, 1e-2, 10])
        side.minorticks_off()
        side.grid(**GRID)
        self.start = self.moving(line(side, color=QUIET, marker="o", mfc="none", ms=5, ls=DASHES[2]))
        self.now = self.moving(line(side, color=ORANGE, marker="s", ms=5))
        lines, names = [self.each, self.mean, self.start, self.now], ["each update", "running mean", "start", "now"]
        self.figure.legend(lines, names, loc="upper left", bbox_to_anchor=(0.06, 0.935), ncols=4)
        self.title = self.moving(self.figure.text(0.07, 0.94, "", fontsize=10.5))

    def update(self, losses, norms, start, now, score, title=""):
        """losses (N,); norms (L, T); start, now (L,): gradient by the weights; score: how
        it does on held-out sequences, in words."""
        x = np.arange(1, len(losses) + 1)
        self.each.set_data(x, losses)
        self.mean.set_data(x, running_mean(np.asarray(losses), weight(len(losses))) if len(losses) else [])
        with np.errstate(divide="ignore"):
            self.heat.set_data(np.maximum(np.log10(norms), LOW - 1))
        L = len(norms)
        self.heat.set_extent((0, 1, 0.5, L + 0.5))
        layers = np.arange(1, L + 1)
        self.start.set_data(np.clip(start, 1e-6, 1e2), layers)
        self.now.set_data(np.clip(now, 1e-6, 1e2), layers)
        self.title.set_text(title)
        self.alt = (
            f"{title}. {len(losses)} updates made, {score}. Gradient by h in the lowest layer "
            f"{norms[0, 0]:.1g} at the first step, {norms[0, -1]:.1g} at the last; by the weights {now[0]:.1g} in the "
            f"lowest layer, {now[-1]:.1g} in the top one."
        )
