"""Pictures of backpropagation through time: there and back, three steps by hand, and what every step adds."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.patches import Circle, FancyArrowPatch

from .scene import BLUE, DASHES, GREEN, GREEN_WORDS, INK, ORANGE, QUIET, RED, RED_WORDS, Scene, line, minus
from .ticks import Ticks, powers, whole


class ThereAndBack(Scene):
    """ThereAndBack(hs, dhs): a run and its way back. Top: the state of every unit. Middle: its total gradient, each
    step scaled to its own largest entry. Bottom: the norm of that gradient."""

    width, height = 9.6, 4.6

    def build(self):
        self.rows = self.figure.subplots(3, 1, sharex=True, height_ratios=[3, 3, 2.4])
        self.figure.subplots_adjust(left=0.075, right=0.915, bottom=0.11, top=0.875, hspace=0.5)
        top, middle, bottom = self.rows
        top.set(title="Forward, left to right: the state $h_t$", ylabel="unit")
        middle.set(title="Backward, right to left: the gradient $dh_t$, each step scaled to its own largest entry")
        middle.set(ylabel="unit")
        for ax, name in ((top, "$h_t$"), (middle, "$dh_t$, scaled")):
            bar = self.figure.colorbar(ScalarMappable(Normalize(-1, 1), "PuOr"), cax=self.beside(ax))
            bar.set_label(name)
            bar.set_ticks([-1, 0, 1], labels=["−1", "0", "1"])
        bottom.set(title="How much of it there is", yscale="log", xlabel="time step t", ylabel="$\\Vert dh_t\\Vert$")
        bottom.grid(color="#e4e4e4", lw=0.6)
        self.title = self.figure.text(0.012, 0.95, "", fontsize=11)

    def beside(self, ax):
        """Axes for a colour bar at the right of `ax`."""
        box = ax.get_position()
        return self.figure.add_axes((0.928, box.y0, 0.01, box.height))

    def update(self, hs, dhs, title=""):
        """hs, dhs (T, H)."""
        T, H = hs.shape
        norms = np.linalg.norm(dhs, axis=1)
        for ax, values in zip(self.rows, (hs, dhs / np.abs(dhs).max(1, keepdims=True)), strict=False):
            ax.imshow(values.T, cmap="PuOr", vmin=-1, vmax=1, aspect="auto", extent=(0.5, T + 0.5, H + 0.5, 0.5))
            ax.set_yticks([1, H])
        self.rows[2].plot(np.arange(1, T + 1), norms, color=INK, marker="o", ms=3.5)
        self.rows[2].set_xlim(0.5, T + 0.5)
        self.title.set_text(title)
        self.refresh()
        self.alt = (
            f"{title}. States and gradients of {H} units over {T} steps; the gradient's norm is {norms[-1]:.3g} at the "
            f"last step and {norms[0]:.3g} at the first."
        )


X = (0.7, 2.7, 4.7, 6.7)  # where h_0 ... h_3 stand
ROW, BELOW, ABOVE = 2.2, 0.55, 3.35


class Chain(Scene):
    """Three steps of one unit. Black: values and immediate slopes, forwards. Orange: total gradients, backwards.
    Right: what each use of w adds to the total derivative of the loss."""

    width, height = 9.6, 4.0

    def build(self):
        ax = self.axes = self.figure.add_axes((0.005, 0.0, 0.69, 0.88))
        ax.set(xlim=(0, 9.2), ylim=(-0.35, 4.1))
        ax.axis("off")
        self.title = self.moving(self.figure.text(0.012, 0.93, "", fontsize=10.5))
        self.values = [self.node(x, ROW, f"$h_{t}$") for t, x in enumerate(X)]
        self.values.append(self.node(8.5, ROW, "loss"))
        self.slopes, self.uses, self.back, self.sums = [], [], [], []
        for t, x in enumerate(X[1:], 1):
            self.arrow((x - 1.62, ROW), (x - 0.38, ROW))
            self.arrow((x, BELOW + 0.3), (x, ROW - 0.38), ls="--", color=BLUE)
            ax.text(x, BELOW, f"$w$ at step {t}", ha="center", va="center", color=BLUE)
            self.slopes.append(self.note(x - 1.0, ROW - 0.22, INK))
            self.uses.append(self.note(x + 0.09, 1.22, BLUE, ha="left"))
            ax.text(x - 0.02, ABOVE + 0.42, f"$dh_{t}$ =", ha="right", va="center", color=RED_WORDS, fontsize=8.5)
            self.back.append(self.note(x + 0.04, ABOVE + 0.42, RED_WORDS, ha="left"))
            self.arrow((x + 1.3, ABOVE), (x + 0.0, ABOVE), color=RED)
            self.sums.append(self.note(x, 0.02, GREEN_WORDS))
        self.arrow((X[3] + 0.38, ROW), (8.12, ROW))
        ax.text(0.15, ABOVE + 0.42, "total, back", color=RED_WORDS, fontsize=8.5, va="center")
        ax.text(0.15, 0.02, "adds", color=GREEN_WORDS, fontsize=8.5, va="center")

        bars = self.figure.add_axes((0.775, 0.13, 0.215, 0.72))
        bars.set(xlim=(-0.6, 4.6), ylim=(-1.9, 1.9), title="$\\mathrm{d}\\,loss/\\mathrm{d}w$ and its terms")
        names = ["t=1", "t=2", "t=3", "sum", "re-run"]
        bars.set_xticks(range(5), names)
        bars.axhline(0, color=QUIET, lw=0.8)
        styles = [(GREEN, ""), (GREEN, ""), (GREEN, ""), (INK, ""), ("white", "///")]
        self.bars = [
            self.moving(bars.bar(k, 0, 0.7, color=c, hatch=h, ec=INK, lw=0.8)[0]) for k, (c, h) in enumerate(styles)
        ]

    def node(self, x, y, name):
        """A circle with its name; returns the text that will hold its value."""
        self.axes.add_patch(Circle((x, y), 0.36, fc="white", ec=INK, lw=1.3, zorder=3))
        self.axes.text(x, y, name, ha="center", va="center", zorder=4, fontsize=10 if "$" in name else 8)
        return self.note(x, y + 0.52, INK)

    def note(self, x, y, color, ha="center"):
        return self.moving(self.axes.text(x, y, "", ha=ha, va="center", color=color, fontsize=8.5, zorder=5))

    def arrow(self, start, end, color=INK, ls="-"):
        style = {"arrowstyle": "-|>", "mutation_scale": 11, "lw": 1.3, "color": color, "linestyle": ls}
        self.axes.add_patch(FancyArrowPatch(start, end, shrinkA=0, shrinkB=0, **style))

    def update(self, hs, slopes, uses, dhs, loss, rerun, title=""):
        """hs (4,) from h_0; slopes, uses, dhs (3,): ∂⁺h_t/∂h_{t-1}, ∂⁺h_t/∂w, dh_t; rerun: finite difference."""
        adds = np.asarray(dhs) * uses
        for text, value in zip(self.values, (*hs, loss), strict=True):
            text.set_text(minus(f"{value:.3f}"))
        for t in range(3):
            self.slopes[t].set_text(minus(f"× {slopes[t]:.3f}"))
            self.uses[t].set_text(minus(f"× {uses[t]:.3f}"))
            self.back[t].set_text(minus(f"{dhs[t]:.3f}"))
            self.sums[t].set_text(minus(f"{adds[t]:.3f}"))
        for bar, value in zip(self.bars, (*adds, adds.sum(), rerun), strict=True):
            bar.set_height(value)
        self.title.set_text(title)
        terms = ", ".join(f"{a:.3g}" for a in adds)
        self.alt = (
            f"Three steps of one unit, h = {', '.join(f'{h:.3g}' for h in hs)}, loss {loss:.3g}. The uses of w at "
            f"steps 1, 2, 3 add {terms}; the sum is {adds.sum():.3g}, nudging w and running again gives {rerun:.3g}."
        )


LOW, HIGH, LONGEST = -12, 4, 100  # powers of ten, and steps
ENOUGH = 0.01  # the relative error at which a sum counts as whole


class Contributions(Scene):
    """Left: the norm of what step t adds to dW_hh. Right: the relative error of the sum over the last j steps.
    The axes fit the length and the smallest norm."""

    width, height = 9.6, 3.3

    def build(self):
        left, right = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.075, right=0.985, bottom=0.15, top=0.8, wspace=0.24)
        left.set(xlabel="time step t", title="What step t adds to dW_hh, norm")
        right.set(ylim=(-6, 0.3), xlabel="j, steps counted from the last")
        right.set(title="Sum over the last j steps only: relative error")
        right.set_yticks(range(-6, 1), [f"1e{k}" if k else "1" for k in range(-6, 1)])
        right.grid(axis="y", color="#e4e4e4", lw=0.6)
        self.lengths, self.norms = [Ticks(self, ax) for ax in (left, right)], Ticks(self, left, "y")
        right.axhline(np.log10(ENOUGH), color=INK, ls=DASHES[2], lw=1.2)
        self.steps = self.moving(line(left, color=BLUE, marker="o", ms=2.5))
        self.rest = self.moving(line(right, color=ORANGE, ls=DASHES[1]))
        self.cross = self.moving(line(right, ls="", marker="o", ms=6, color=INK, mfc="white"))
        box = {"boxstyle": "square,pad=0.15", "fc": "white", "ec": "none"}
        self.said = self.moving(right.text(0, 0, "", va="bottom", fontsize=8.5, bbox=box))
        self.title = self.moving(self.figure.text(0.012, 0.925, "", fontsize=10.5))

    def update(self, norms, errors, title=""):
        """norms, errors (T,): of step t = 1 ... T, and of the last j = 1 ... T."""
        t = np.arange(1, len(norms) + 1)
        with np.errstate(divide="ignore"):
            logs, rest = np.log10(norms), np.log10(errors)
        self.steps.set_data(t, np.where(norms > 0, np.maximum(logs, LOW - 1), np.nan))
        self.rest.set_data(t, np.maximum(rest, -7))
        shown = logs[norms > 0]
        low = int(np.clip(4 * np.floor(shown.min(initial=0) / 4), LOW, -4))
        high = HIGH if shown.max(initial=0) > 2 or low == LOW else 2
        self.norms.set(low, high, *powers(low, high))
        for ticks in self.lengths:
            ticks.set(0, len(norms) + 1, whole(len(norms)))
        j = int(np.argmax(errors < ENOUGH)) + 1
        self.cross.set_data([j], [np.log10(ENOUGH) if rest[j - 1] < -6 else rest[j - 1]])
        late = j > 0.6 * len(norms)
        # right above the crossing, or left below it: the error falls, so the curve is in neither corner
        side, ha, va = (-1, "right", "top") if late else (1, "left", "bottom")
        self.said.set(text=f"below {ENOUGH} from j = {j}", ha=ha, va=va)
        self.said.set_position((j + side * 0.02 * len(norms), np.log10(ENOUGH) + side * 0.12))
        self.title.set_text(title)
        middle = (len(norms) - 1) // 2
        self.alt = (
            f"What each of {len(norms)} steps adds to dW_hh: norm {norms[-1]:.2g} at the last step, "
            f"{norms[middle]:.2g} at step {middle + 1}, {norms[1]:.2g} at step 2, {norms[0]:.2g} at step 1. "
            f"The last {j} steps give the sum to within {ENOUGH}."
        )
