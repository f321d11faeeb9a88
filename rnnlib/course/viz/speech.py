"""Utterances of unequal length, as they are and as a padded batch."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize

from .scene import HEAT, INK, PAPER, QUIET, Scene


class Utterances(Scene):
    """Utterances side by side: time to the right, one row per channel, colour for the value."""

    width, height = 9.6, 2.9

    def build(self):
        self.panels = self.figure.subplots(1, 9)
        self.figure.subplots_adjust(left=0.05, right=0.925, bottom=0.18, top=0.77, wspace=0.14)
        bar = self.figure.add_axes((0.94, 0.18, 0.01, 0.59))
        self.figure.colorbar(ScalarMappable(Normalize(-2.5, 2.5), HEAT), cax=bar, ticks=[-2, 0, 2])
        bar.set_title("standard\ndeviations", fontsize=7)

    def update(self, xs, lengths, names, title):
        """xs (T, 9, D), standardised; lengths (9,); names (9,)."""
        T, _, D = xs.shape
        for i, axes in enumerate(self.panels):
            extent = (0.5, lengths[i] + 0.5, 0.5, D + 0.5)
            axes.imshow(xs[: lengths[i], i].T, cmap=HEAT, vmin=-2.5, vmax=2.5, aspect="auto", origin="lower",
                        extent=extent, interpolation="nearest")  # fmt: skip
            axes.set(xlim=(0.5, T + 0.5), xticks=[1, 10, 20], yticks=[1, 6, 12] if i == 0 else [])
            axes.set_title(f"{names[i]}: {lengths[i]}", loc="left", fontsize=8.5)
        self.panels[0].set_ylabel("channel")
        self.figure.text(0.49, 0.02, "step (6.4 ms each)", ha="center", fontsize=9)
        self.figure.text(0.05, 0.92, title, fontsize=10.5)
        spoken = ", ".join(f"{name} {n} steps" for name, n in zip(names, lengths))
        self.alt = f"{title}. One heat map of {D} channels over time per speaker: {spoken}."


class Padding(Scene):
    """A padded batch: what is speech, what is padding, and where each sequence is read out."""

    width, height = 9.0, 2.9

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.085, right=0.775, bottom=0.17, top=0.88)
        self.axes.set(xlabel="sequence of the batch, shortest first", ylabel="step t")

    def update(self, lengths, T, title):
        lengths = np.sort(lengths)
        N, t = len(lengths), np.arange(1, T + 1)
        mask = t[:, None] <= lengths
        colours = ListedColormap(["#e6e6e6", "#4a7fb0"])
        self.axes.imshow(mask, cmap=colours, vmin=0, vmax=1, aspect="auto", origin="lower", interpolation="nearest",
                         extent=(0.5, N + 0.5, 0.5, T + 0.5))  # fmt: skip
        self.axes.plot(np.arange(1, N + 1), lengths, ls="", marker="_", ms=3, color=INK)
        notes = {0.25: ("padding:\nno loss, no gradient,\nstate held still", "#e6e6e6"), 0.75: ("speech", "#4a7fb0")}
        for k, (text, colour) in enumerate(reversed(notes.values())):
            y = 0.62 - 0.42 * k
            self.axes.text(1.06, y, text, transform=self.axes.transAxes, va="center", fontsize=9)
            self.axes.plot(1.035, y, transform=self.axes.transAxes, clip_on=False, marker="s", ms=8, mfc=colour,
                           mec=QUIET, ls="")  # fmt: skip
        self.axes.text(1.06, 0.9, "read-out, at\nthe last step", transform=self.axes.transAxes, va="center", fontsize=9)
        self.axes.plot(1.035, 0.9, transform=self.axes.transAxes, clip_on=False, marker="_", ms=9, mew=2, color=INK)
        self.axes.set_facecolor(PAPER)
        self.axes.set_title(title, loc="left", fontsize=10)
        self.alt = (
            f"{title}. {N} sequences of {lengths[0]} to {lengths[-1]} steps, sorted, in an array of {T} steps: "
            f"{1 - mask.mean():.0%} of it is padding."
        )
