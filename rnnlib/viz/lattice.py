"""The layer × time lattice of gradient norms, with its profiles along time and along depth."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from .scene import BLUE, HEAT, INK, ORANGE, QUIET, Scene, line

LOW, HIGH = -12, 2  # powers of ten that the colours span
MAX_LAYERS, MAX_TIME = 8, 200


class Lattice(Scene):
    """Left: ‖∂loss/∂h_t^l‖ as colour over time and layer. Middle: top and bottom layer along time.
    Right: along depth, at the last step."""

    width, height = 9.6, 3.6

    def build(self):
        left, middle, right = self.figure.subplots(1, 3, width_ratios=[5, 4, 2.2])
        self.figure.subplots_adjust(left=0.06, right=0.985, bottom=0.15, top=0.84, wspace=0.33)
        self.heat = self.moving(
            left.imshow([[0.0]], cmap=HEAT, vmin=LOW, vmax=HIGH, aspect="auto", origin="lower", interpolation="nearest")
        )
        left.set(xlim=(0.5, MAX_TIME + 0.5), ylim=(0.5, MAX_LAYERS + 0.5), xlabel="time step t", ylabel="layer l")
        left.set_yticks(range(1, MAX_LAYERS + 1))
        bar = self.figure.colorbar(ScalarMappable(Normalize(LOW, HIGH), HEAT), ax=left, pad=0.02)
        bar.set_ticks([-12, -8, -4, 0], labels=["1e-12", "1e-8", "1e-4", "1"])

        middle.set(xlim=(0, MAX_TIME), ylim=(LOW, HIGH), xlabel="time step t", title="Along time")
        middle.set_yticks([-12, -8, -4, 0], labels=["1e-12", "1e-8", "1e-4", "1"])
        middle.grid(color="#e4e4e4", lw=0.6)
        self.top = self.moving(line(middle, color=BLUE, label="top layer"))
        self.bottom = self.moving(line(middle, color=ORANGE, ls=(0, (5, 1.5)), label="bottom layer"))
        middle.legend(loc="lower left", bbox_to_anchor=(0.42, 1.0), ncols=2, fontsize=8, handlelength=2, borderpad=0)

        right.set(xlim=(0.5, MAX_LAYERS + 0.5), ylim=(LOW, HIGH), xlabel="layer l", title="Along depth, at t = T")
        right.set_yticks([-12, -8, -4, 0], labels=["1e-12", "1e-8", "1e-4", "1"])
        right.set_xticks(range(1, MAX_LAYERS + 1))
        right.grid(color="#e4e4e4", lw=0.6)
        self.depth = self.moving(line(right, color=INK, marker="o", ms=4, mfc=QUIET))
        self.title = self.moving(self.figure.text(0.06, 0.93, "", fontsize=10.5))

    def update(self, norms, title=""):
        """norms (L, T), as `gradient_flow` gives them. Zero is drawn as the lowest colour."""
        L, T = norms.shape
        with np.errstate(divide="ignore"):
            logs = np.log10(norms)
        self.heat.set(data=np.maximum(logs, LOW), extent=(0.5, T + 0.5, 0.5, L + 0.5))
        t = np.arange(1, T + 1)
        self.top.set_data(t, logs[-1])
        self.bottom.set_data(t, logs[0])
        self.depth.set_data(np.arange(1, L + 1), logs[:, -1])
        self.title.set_text(title)
        self.alt = (
            f"Gradient norm over {L} layers and {T} steps: {norms[-1, -1]:.3g} at the top layer's last step, "
            f"{norms[0, -1]:.3g} at the bottom layer's last step, {norms[-1, 0]:.3g} at the top layer's first step, "
            f"{norms[0, 0]:.3g} at the bottom layer's first step."
        )
