"""A project's pictures: training beside the baselines, the result with its intervals, and what was mistaken."""

import numpy as np

from .scene import BLUE, DASHES, GREEN_WORDS, HEAT, INK, QUIET, RED, RED_WORDS, Scene, line, minus, styled
from .ticks import Ticks, marks, whole

GRID = {"color": "#e4e4e4", "lw": 0.6}
LINES = (BLUE, RED_WORDS, GREEN_WORDS)  # dark enough for their names
NETWORKS = 10  # lines of one picture
PLAIN = {"parse_math": False}  # a file's own names may have $ in them
MOST = 12  # classes that are named in a table


class Course(Scene):
    """The validation measure after every epoch, a line for each network, and the baselines as level lines."""

    width, height = 8.6, 3.3

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.09, right=0.66, bottom=0.15, top=0.83)
        self.axes.set_xlabel("epoch")
        self.ticks = Ticks(self, self.axes), Ticks(self, self.axes, "y")
        looks = [{"color": LINES[k % len(LINES)], "ls": DASHES[k % 3]} for k in range(NETWORKS)]
        self.curves = self.moving([line(self.axes, **look, marker="o", ms=2.5) for look in looks])
        self.levels = self.moving(line(self.axes, color=QUIET, lw=1.1, ls=DASHES[2]))
        beside = {"transform": self.axes.get_yaxis_transform(), "va": "center", "fontsize": 8.5, **PLAIN}
        self.names = self.moving([self.axes.text(1.02, 0, "", **beside) for _ in range(2 * NETWORKS)])
        self.measure = self.moving(self.figure.text(0.09, 0.855, "", fontsize=9, **PLAIN))
        self.title = self.moving(self.figure.text(0.012, 0.945, "", fontsize=10, **PLAIN))

    def update(self, curves, baselines, measure, title=""):
        """curves: {name of a network: [(epoch, training loss or None, validation)]}, at most NETWORKS;  baselines:
        {name: number}."""
        values = [value for curve in curves.values() for *_, value in curve] + list(baselines.values())
        low, high = (min(values), max(values)) if values else (0, 1)
        pad = 0.06 * (high - low) or 0.5
        last = max([curve[-1][0] for curve in curves.values()], default=10) or 1
        self.ticks[0].set(-0.02 * last, 1.02 * last, whole(last))
        self.ticks[1].set(low - pad, high + pad, marks(low - pad, high + pad))
        ends = [(value, name, INK) for name, value in baselines.items()]
        for artist in self.curves:
            artist.set_data([], [])
        for artist, (name, curve) in zip(self.curves, curves.items(), strict=False):
            artist.set_data([c[0] for c in curve], [c[2] for c in curve])
            ends.append((curve[-1][2], name, artist.get_color()))
        across = [-0.02 * last, 1.02 * last, np.nan]
        self.levels.set_data(
            across * len(baselines), [v for value in baselines.values() for v in (value, value, np.nan)]
        )
        place, gap = -np.inf, 0.08 * (high - low + 2 * pad)
        for text, (value, name, colour) in zip(self.names, sorted(ends, key=lambda e: e[0]), strict=False):
            place = max(value, place + gap)
            text.set(position=(1.02, place), text=f"{name} {value:.3g}", color=colour)
        for text in self.names[len(ends) :]:
            text.set_text("")
        self.measure.set_text(f"{measure}, validation")
        self.title.set_text(title)
        told = "; ".join(f"{name} {value:.3g}" for value, name, _ in ends)
        self.alt = f"{title}. {measure} on the validation part over epochs, at the end: {told}."


class Against(Scene):
    """The measure on the test part with its interval, the network first, then each baseline."""

    width, height = 8.6, 2.6

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.33, right=0.97, bottom=0.2, top=0.86)

    def update(self, rows, measure, title=""):
        """rows: {name: (mean, low, high)}, the network first."""
        axes, names = self.axes, list(rows)
        means, lows, highs = np.array([rows[n] for n in names], float).T
        at = np.arange(len(names))
        axes.grid(axis="x", **GRID)
        for k in at:
            colour = BLUE if k == 0 else QUIET
            axes.plot([lows[k], highs[k]], [k, k], color=colour, lw=2)
            axes.plot(means[k], k, color=colour, marker="o" if k == 0 else "s", ms=6)
        axes.set(xlabel=f"{measure}, test part, 95 % interval over examples", ylim=(len(names) - 0.5, -0.5))
        axes.set_yticks(at, names, **PLAIN)
        axes.tick_params(axis="y", length=0)
        self.figure.text(0.012, 0.93, title, fontsize=10)
        told = "; ".join(minus(f"{n} {m:.3g} [{a:.3g}, {b:.3g}]") for n, m, a, b in zip(names, means, lows, highs))
        self.alt = f"{title}. {measure} on the test part: {told}."


class Confusion(Scene):
    """Which class was taken for which: a table of shares, rows the true class."""

    width, height = 6.6, 4.6

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.24, right=0.96, bottom=0.24, top=0.9)

    def update(self, counts, names, title=""):
        """counts (V, V): how often row k was taken for column j."""
        shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
        few = len(names) <= MOST
        axes, shown = self.axes, [n if len(n) <= 16 else n[:15] + "…" for n in names]
        axes.imshow(shares, cmap=HEAT, vmin=0, vmax=1)
        axes.set(xlabel="taken for", ylabel="is")
        ticks = np.arange(len(names))[:: max(1, len(names) // MOST)]
        axes.set_xticks(ticks, [shown[k] for k in ticks], rotation=40, ha="right", **PLAIN)
        axes.set_yticks(ticks, [shown[k] for k in ticks], **PLAIN)
        for k, j in np.argwhere(shares > 0) if few else []:
            dark = shares[k, j] < 0.6
            axes.text(j, k, f"{shares[k, j]:.2f}", ha="center", va="center", color="w" if dark else INK, fontsize=8)
        self.figure.text(0.012, 0.945, title, fontsize=10)
        right = shares.diagonal()
        worst = int(right.argmin())
        self.alt = f"{title}. Share right in each class from {right.min():.2f} ({names[worst]}) to {right.max():.2f}."


class Forecasts(Scene):
    """The end of a series and its forecasts, a panel for each column."""

    width, height = 8.6, 3.4

    def build(self):
        """The panels come with the columns."""

    def update(self, steps, true, forecast, names, title=""):
        """steps (n,), of the file;  true, forecast (n, D)."""
        with styled:
            panels = self.figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
        self.figure.subplots_adjust(left=0.09, right=0.86, bottom=0.14, top=0.88, hspace=0.25)
        for k, (axes, name) in enumerate(zip(panels, names)):
            axes.grid(**GRID)
            axes.plot(steps, true[:, k], color=INK, lw=1.2)
            axes.plot(steps, forecast[:, k], color=RED, lw=1.2, ls=DASHES[1])
            axes.set_ylabel(name if len(name) <= 14 else name[:13] + "…", **PLAIN)
        panels[0].text(1.01, 0.8, "as it was", color=INK, transform=panels[0].transAxes)
        panels[0].text(1.01, 0.55, "forecast", color=RED_WORDS, transform=panels[0].transAxes)
        panels[-1].set_xlabel("row of the file")
        self.figure.text(0.012, 0.94, title, fontsize=10)
        off = np.abs(true - forecast).mean(0)
        told = "; ".join(f"{n} off by {e:.3g} in the mean" for n, e in zip(names, off))
        self.alt = f"{title}. The last {len(steps)} steps and their forecasts: {told}."
