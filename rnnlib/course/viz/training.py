"""Training seen from outside: loss and gradient norm step by step, learning rates and scores side by side."""

import numpy as np
from matplotlib.lines import Line2D

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, RED, Scene, line

GRID = {"color": "#e4e4e4", "lw": 0.6}
COLOURS = (BLUE, INK, RED, GREEN)  # of Rates


def rough(x):
    """A trained number in two digits, and none below a tenth: they would differ between processors."""
    return f"{x:.2g}" if abs(x) >= 0.1 else "below 0.1"


def coarse(x):
    """For what is chaotic: on which side of a half, or of a tenth."""
    return "above 0.5" if x >= 0.5 else "below 0.1" if x < 0.1 else "below 0.5"


def running_mean(values, weight):
    """m_n = (1-w) m_(n-1) + w x_n with the start-up bias taken out, as Adam does it."""
    means, m = np.empty(len(values)), 0.0
    for n, x in enumerate(values):
        m += weight * (x - m)
        means[n] = m / (1 - (1 - weight) ** (n + 1))
    return means


def weight(updates):
    """Of the newest value in the running mean: about 1/60 of the run counts, 3 updates at least and 50 at most."""
    return np.clip(60 / updates, 0.02, 0.3)


class TrainingCurve(Scene):
    """Above: the loss of every update, its running mean, and losses to compare with. Below: ‖gradient‖ before
    clipping, the threshold, and the updates that were clipped."""

    width, height = 9.0, 4.0

    def __init__(self, total=None, units="nats", references=None, clip_norm=None):
        self.units, self.references, self.clip_norm = units, references or {}, clip_norm
        self.limits = [total or 50, max([1.0, *self.references.values()]) * 1.1, 0.1, 10.0]
        super().__init__()

    def build(self):
        self.upper, self.lower = self.figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        self.figure.subplots_adjust(left=0.085, right=0.87, bottom=0.12, top=0.83, hspace=0.16)
        self.upper.set_ylabel(f"loss, {self.units}")
        self.lower.set(xlabel="update", ylabel="‖gradient‖", yscale="log")
        for axes in (self.upper, self.lower):
            axes.grid(**GRID)
        for k, (name, value) in enumerate(self.references.items()):
            self.upper.axhline(value, color=INK, lw=1, ls=DASHES[1 + k])
            self.upper.text(1.01, value, f"{name} {value:.3g}", transform=self.upper.get_yaxis_transform(), va="center")
        if self.clip_norm:
            self.lower.axhline(self.clip_norm, color=RED, lw=1, ls=DASHES[1])
            where = self.lower.get_yaxis_transform()
            self.lower.text(1.01, self.clip_norm, f"clip at {self.clip_norm:g}", transform=where, va="center")
        self.each = self.moving(line(self.upper, color=BLUE, lw=0.7, alpha=0.4, label="each update"))
        self.mean = self.moving(line(self.upper, color=BLUE, lw=1.8, label="running mean"))
        self.held_out = self.moving(line(self.upper, color=ORANGE, marker="s", ms=4.5, mec=INK, mew=0.6, lw=1,
                                         label="validation"))  # fmt: skip
        self.norm = self.moving(line(self.lower, color=GREEN, lw=0.9))
        self.marks = self.moving(line(self.lower, color=RED, ls="", marker="v", ms=5, mec=INK, mew=0.5,
                                      label="clipped"))  # fmt: skip
        handles = [self.each, self.mean, self.held_out, self.marks]
        self.figure.legend(handles=handles, loc="upper right", bbox_to_anchor=(0.875, 0.92), ncols=4, fontsize=8,
                           handlelength=2, borderpad=0, columnspacing=1.2)  # fmt: skip
        self.title = self.moving(self.figure.text(0.085, 0.95, "", fontsize=10.5))
        self.set_limits()

    def set_limits(self):
        right, top, low, high = self.limits
        self.upper.set(xlim=(0, right), ylim=(0, top))
        self.lower.set_ylim(low, high)
        self.refresh()

    def update(self, losses, norms, clipped, validation=(), title=""):
        """losses, norms, clipped : one entry per update. validation : pairs (update, loss)."""
        n = len(losses)
        if n == 0:
            return
        losses, norms, clipped = np.asarray(losses), np.asarray(norms), np.asarray(clipped, bool)
        new = self.grown(n, losses, norms)
        if new != self.limits:
            self.limits = new
            self.set_limits()
        x, mean = np.arange(1, n + 1), running_mean(losses, weight(self.limits[0]))
        self.each.set_data(x, losses)
        self.mean.set_data(x, mean)
        self.held_out.set_data(*(np.array(validation).T if len(validation) else ([], [])))
        self.norm.set_data(x, norms)
        self.marks.set_data(x[clipped], norms[clipped])
        share = clipped.mean()
        clips = "no update" if not clipped.any() else "under 1 % of updates" if share < 0.01 else f"{share:.0%}"
        course = f"{rough(losses[0])} to {rough(losses[-50:].mean())} {self.units}"
        self.title.set_text(f"{title + ': ' if title else ''}loss from {course}, {clips} clipped")
        self.alt = (
            f"{title + ': ' if title else ''}loss over {n} updates, {rough(losses[0])} {self.units} at the first, "
            f"{rough(losses[-50:].mean())} on average over the last {min(n, 50)}"
            + "".join(f", {name} {rough(value)}" for name, value in self.references.items())
            + (f"; validation loss {rough(validation[-1][1])} at the end" if len(validation) else "")
            + f". Gradient norm {rough(norms[0])} at first, {rough(float(f'{np.median(norms):.1g}'))} in the median"
            + (f"; {clips} clipped at {self.clip_norm:g}." if self.clip_norm else ".")
        )

    def grown(self, n, losses, norms):
        """Limits that hold the data: they only grow, in big strides, since a new limit redraws the fixed part."""
        right, top, low, high = self.limits
        while n > right:
            right *= 2
        while losses.max() > top:
            top *= 1.5
        while norms.min() < low:
            low /= 10
        while norms.max() > high:
            high *= 10
        return [right, top, low, high]


class Rates(Scene):
    """The running mean of the loss under several learning rates, on a logarithmic axis."""

    width, height = 9.0, 3.2

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.085, right=0.77, bottom=0.16, top=0.88)
        self.axes.set(xlabel="update", ylabel="loss, nats (running mean)", yscale="log")
        self.axes.grid(**GRID)

    def update(self, curves, notes, title):
        """curves : {label: losses}; notes : what stands at the right end of each, in the same order."""
        ends, said = [], []
        for k, (label, losses) in enumerate(curves.items()):
            mean = running_mean(losses, weight(len(losses)))
            self.axes.plot(np.arange(1, len(mean) + 1), mean, color=COLOURS[k], ls=DASHES[k])
            ends.append(np.log10(mean[-1]))
            said.append(
                f"{label}: from {rough(losses[0])} to {coarse(np.mean(losses[len(losses) // 2 :]))} nats, {notes[k]}"
            )
        self.axes.set_xlim(0, max(map(len, curves.values())))
        self.axes.set_ylim(top=3 * self.axes.get_ylim()[1])  # room for the uppermost label
        low, high = np.log10(self.axes.get_ylim())
        beside = self.axes.get_yaxis_transform()
        for k, (label, note, at) in enumerate(zip(curves, notes, apart(ends, 0.16 * (high - low)))):
            style = {"color": COLOURS[k], "ls": DASHES[k], "transform": beside, "clip_on": False}
            self.axes.add_artist(Line2D([1.02, 1.07], [10**at] * 2, **style))
            self.axes.text(1.085, 10**at, f"{label}\n{note}", transform=beside, va="center", fontsize=9)
        self.axes.set_title(title, loc="left", fontsize=10)
        self.alt = f"{title}. " + "; ".join(said) + "."


def apart(places, gap):
    """The same places in the same order, moved up where they are closer than `gap`."""
    new, last = np.array(places, float), -np.inf
    for k in np.argsort(places):
        last = new[k] = max(new[k], last + gap)
    return new


class Scores(Scene):
    """Test accuracies: one dot per network, one line per kind, and their mean as a number."""

    width, height = 9.0, 2.7

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.33, right=0.97, bottom=0.19, top=0.88)
        self.axes.set(xlabel="test accuracy: a dot is one network, the number their mean", xlim=(0.8, 1))
        self.axes.grid(axis="x", **GRID)

    def update(self, scores, n, title):
        """scores : {label: how many of n each network has right}; the axis holds accuracies of 0.8 and more."""
        means = {}
        for k, (label, right) in enumerate(scores.items()):
            p = np.array(right) / n
            means[label] = p.mean()
            self.axes.plot(p, [k] * len(p), color=BLUE, marker="o", ms=6, mec=INK, mew=0.6, ls="", alpha=0.6)
            self.axes.text(p.min() - 0.006, k, f"{p.mean():.2f}", ha="right", va="center", fontsize=9)
        self.axes.set_yticks(range(len(scores)), labels=list(scores))
        self.axes.set_ylim(len(scores) - 0.4, -0.6)
        self.axes.set_title(title, loc="left", fontsize=10)
        self.refresh()
        self.alt = f"{title}. Mean test accuracy: " + "; ".join(f"{k} {p:.2f}" for k, p in means.items()) + "."
