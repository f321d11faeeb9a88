"""Two units: their common path in the plane, and each of them over time."""

import numpy as np

from .scene import BLUE, DASHES, INK, ORANGE, QUIET, Scene, line


class Plane(Scene):
    """Left: (h_1, h_2) step by step. Right: both units over time, with marks one period apart.

    limit : of the axes of h, on both sides of 0.
    """

    width, height = 9.6, 3.5
    steps = 60

    def __init__(self, *args, limit=1.1, **kwargs):
        self.limit = limit
        super().__init__(*args, **kwargs)

    def build(self):
        left, right = self.figure.subplots(1, 2, width_ratios=[1, 1.9])
        self.figure.subplots_adjust(left=0.06, right=0.985, bottom=0.14, top=0.8, wspace=0.2)
        for ax in (left, right):
            ax.grid(color="#e8e8e8", lw=0.6)
            ax.axhline(0, color=QUIET, lw=0.7)
        left.axvline(0, color=QUIET, lw=0.7)
        both = (-self.limit, self.limit)
        left.set(xlim=both, ylim=both, xlabel="unit 1", ylabel="unit 2", title="In the plane", aspect="equal")
        right.set(xlim=(0, self.steps), ylim=both, xlabel="time step t", ylabel="state of a unit")
        self.path = self.moving(line(left, color=INK, lw=0.9, marker="o", ms=3.5))
        self.start = self.moving(line(left, ls="", marker="s", ms=8, mfc="none", mec=ORANGE, mew=2, label="pulse"))
        self.one = self.moving(line(right, color=BLUE, marker=".", ms=5, label="unit 1"))
        self.two = self.moving(line(right, color=ORANGE, ls=DASHES[1], label="unit 2"))
        self.marks = self.moving(line(right, color=QUIET, lw=1, ls=DASHES[2], label="one period 2π/θ"))
        left.legend(loc="lower right", bbox_to_anchor=(1.02, 1.0), fontsize=8.5, borderpad=0, handletextpad=0.2)
        right.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, fontsize=8.5, borderpad=0)
        self.title = self.moving(self.figure.text(0.012, 0.93, "", fontsize=10.5))

    def update(self, hs, period, title=""):
        """hs (T, 2), the first of them the step of the pulse; period: distance of the marks, in steps."""
        t = np.arange(1, len(hs) + 1)
        self.path.set_data(hs[:, 0], hs[:, 1])
        self.start.set_data(hs[:1, 0], hs[:1, 1])
        self.one.set_data(t, hs[:, 0])
        self.two.set_data(t, hs[:, 1])
        at = np.arange(1, len(hs) + 1e-9, period)
        self.marks.set_data(np.repeat(at, 3), np.tile([-self.limit, self.limit, np.nan], len(at)))
        self.title.set_text(title)
        radius = np.hypot(*hs.T)
        self.alt = (
            f"{title}. Two units over {len(hs)} steps: distance from the origin {radius[0]:.3g} at the pulse, "
            f"{radius[-1]:.3g} at the end; marks {period:.3g} steps apart."
        )
