"""Trials: the arms of a claim with their intervals, seeds one by one, and all verdicts at a glance."""

import textwrap

import numpy as np

from .scene import BLUE, DASHES, GREEN, INK, ORANGE, QUIET, RED, Scene, line, styled
from .ticks import Ticks, marks

GRID = {"color": "#e4e4e4", "lw": 0.6}
LOOKS = list(zip((BLUE, ORANGE, GREEN), "osD", DASHES, strict=False))
CALLS = {  # mark, colour, filled: told apart without colour
    "for": {"marker": "o", "color": BLUE, "mfc": BLUE},
    "open": {"marker": "D", "color": QUIET, "mfc": "white"},
    "against": {"marker": "X", "color": RED, "mfc": RED},
}
CALL_TEXT = {
    "for": "for: whole interval beyond the margin",
    "open": "open: margin inside the interval",
    "against": "against: whole interval short of the margin",
}


def nice(limit):
    """The next of 1, 2, 5 times a power of ten, so that few different axes come up."""
    power = 10.0 ** np.floor(np.log10(limit)) if limit > 0 else 1.0
    return next(step * power for step in (1, 2, 5, 10) if step * power >= limit * (1 - 1e-9))


class Forest(Scene):
    """The arms of a trial, one a row: mean difference and interval, no difference, and the margin."""

    width, height, rows, letters = 9.6, 4.6, 18, 38

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.3, right=0.97, bottom=0.12, top=0.8)
        self.axes.set(yticks=[])
        self.ticks = Ticks(self, self.axes)
        self.effect = self.moving(self.figure.text(0.635, 0.005, "", ha="center", va="bottom"))
        self.zero = self.moving(line(self.axes, color=INK, lw=1))
        self.margin = self.moving(line(self.axes, color=ORANGE, lw=1.8, ls=(0, (5, 1.5))))
        self.bars = self.moving([line(self.axes, color=INK, lw=1.4) for _ in range(self.rows)])
        self.marks = {
            call: self.moving(line(self.axes, ls="none", ms=7, **look, zorder=3)) for call, look in CALLS.items()
        }
        self.labels = self.moving([self.figure.text(0.29, 0, "", ha="right", va="center") for _ in range(self.rows)])
        self.title = self.moving(self.figure.text(0.02, 0.94, "", fontsize=10.5))
        handles = [self.zero, self.margin, *self.marks.values()]
        names = ["no difference", "margin", *CALL_TEXT.values()]
        self.figure.legend(
            handles, names, loc="upper left", bbox_to_anchor=(0.01, 0.925), ncols=3, fontsize=8, columnspacing=1.4
        )

    def update(self, arms, margin, xlabel, title=""):
        """arms: dict label -> (effect, low, high, call)."""
        if len(arms) > self.rows:
            raise ValueError(f"arms: expected at most {self.rows}, got {len(arms)}")
        reach = nice(1.05 * max(abs(margin), *(abs(v) for e in arms.values() for v in e[1:3])))
        n = len(arms)
        self.axes.set_ylim(0, n)
        self.ticks.set(-reach, reach, marks(-reach, reach, 8))
        self.effect.set_text(xlabel)
        self.zero.set_data([0, 0], [0, n])
        self.margin.set_data([margin, margin], [0, n])
        below, up = self.axes.get_position().y0, self.axes.get_position().height
        dots = {call: ([], []) for call in CALLS}
        for k in range(self.rows):
            self.bars[k].set_data([], [])
            self.labels[k].set_text("")
        for k, (label, (effect, low, high, call)) in enumerate(arms.items()):
            y = n - k - 0.5
            self.bars[k].set_data([low, high], [y, y])
            self.labels[k].set_text(textwrap.fill(label, self.letters))
            self.labels[k].set_position((0.29, below + up * y / n))
            dots[call][0].append(effect)
            dots[call][1].append(y)
        for call, places in dots.items():
            self.marks[call].set_data(*places)
        self.title.set_text(title)
        said = "; ".join(f"{lab} {e:.2g} [{lo:.2g}, {hi:.2g}] {c}" for lab, (e, lo, hi, c) in arms.items())
        self.alt = f"{title}. {xlabel}, margin {margin:g}: {said}."


class Seeds(Scene):
    """Left: the difference that each seed shows. Right: their mean and its interval as seeds are added."""

    width, height, most = 9.6, 3.4, 20

    def build(self):
        left, right = self.figure.subplots(1, 2, sharey=True)
        self.axes = left, right
        self.figure.subplots_adjust(left=0.085, right=0.985, bottom=0.15, top=0.77, wspace=0.06)
        for axes in self.axes:
            axes.set(xlim=(0, self.most + 1), xticks=range(0, self.most + 1, 5))
            self.moving(axes.axhline(0, color=INK, lw=1))
        self.ticks = [Ticks(self, left, "y"), Ticks(self, right, "y")]
        self.what = self.moving(self.figure.text(0.008, 0.46, "", rotation=90, ha="left", va="center"))
        left.set(xlabel="seed")
        right.set(xlabel="number of seeds")
        self.dots = self.moving(line(left, color=BLUE, marker="o", ms=5, ls="none"))
        self.now = self.moving(line(left, color=ORANGE, lw=1.8, ls=(0, (5, 1.5))))
        self.ends = self.moving([line(right, color=BLUE, lw=1.2, ls=(0, (1.5, 1.2))) for _ in range(2)])
        self.mean = self.moving(line(right, color=ORANGE, marker="s", ms=4, ls=(0, (5, 1.5))))
        self.margins = self.moving([line(axes, color=GREEN, lw=1.6, ls=(0, (5, 1.2, 1.2, 1.2))) for axes in self.axes])
        self.title = self.moving(self.figure.text(0.02, 0.93, "", fontsize=10.5))
        self.figure.legend(
            [self.dots, self.mean, self.ends[0], self.margins[0]],
            ["one seed", "mean so far", "ends of its 95 % interval", "margin"],
            loc="upper left", bbox_to_anchor=(0.07, 0.91), ncols=4, fontsize=8.5,
        )  # fmt: skip

    def update(self, differences, intervals, ylabel, title="", margin=None, more=False):
        """differences (n,); intervals (3, n - 1): mean, low, high of the first 2, 3, ... n of them. margin : the
        smallest effect that matters. more : whether others are still to come."""
        n, now = len(differences), self.axes[0].get_ylim()[1]
        reach = nice(1.05 * max(np.abs(differences).max(initial=0), np.abs(intervals).max(initial=0), margin or 0))
        if more:
            reach = max(now, reach) if n else now  # no jumping while seeds arrive
        shown = marks(-reach, reach)
        for ticks, labels in zip(self.ticks, (None, [""] * len(shown))):
            ticks.set(-reach, reach, shown, labels)
        self.what.set_text(ylabel)
        self.dots.set_data(np.arange(1, n + 1), differences)
        mean = differences.mean() if n else np.nan
        self.now.set_data([0, self.most + 1], [mean, mean])
        for level in self.margins:
            level.set_data(*([], []) if margin is None else ([0, self.most + 1], [margin, margin]))
        counts = np.arange(2, 2 + intervals.shape[1])
        self.mean.set_data(counts, intervals[0])
        for end, values in zip(self.ends, intervals[1:]):
            end.set_data(counts, values)
        self.title.set_text(title)
        self.alt = f"{title}. {n} seeds, {ylabel}"
        if n > 1:
            m, low, high = intervals[:, -1]
            self.alt += f": mean {m:.2g}, 95 % interval {low:.2g} to {high:.2g}, single seeds {differences.min():.2g} "
            self.alt += f"to {differences.max():.2g}"
            self.alt += "" if margin is None else f", margin {margin:.2f}"
        self.alt += "."


class Verdicts(Scene):
    """A row per trial: a mark for each arm, and the verdict."""

    width, height = 9.6, 5.2

    def build(self):
        self.axes = self.figure.add_axes((0.0, 0.02, 1.0, 0.87))
        self.axes.set(xlim=(0, 100), yticks=[], xticks=[])
        self.axes.spines[:].set_visible(False)

    def update(self, rows, title=""):
        """rows: list of (trial, verdict, list of calls)."""
        n = len(rows)
        self.axes.set_ylim(n, 0)
        for k, (trial, verdict, calls) in enumerate(rows):
            y = k + 0.5
            if k % 2:
                self.axes.axhspan(k, k + 1, color="#f3f3f3", lw=0, zorder=0)
            bold = "bold" if verdict == "supported" else "normal"
            self.axes.text(1.5, y, trial, va="center", fontsize=9)
            for j, call in enumerate(calls):
                self.axes.plot(48 + 2.1 * j, y, ls="none", ms=6.5, **CALLS[call])
            self.axes.text(87.5, y, verdict, va="center", fontsize=9, weight=bold)
        handles = [self.axes.plot([], [], ls="none", ms=6.5, **look)[0] for look in CALLS.values()]
        self.figure.legend(
            handles, CALL_TEXT.values(), loc="upper left", bbox_to_anchor=(0.005, 0.945), ncols=3, fontsize=8.5,
            frameon=False,
        )  # fmt: skip
        self.figure.text(0.015, 0.955, title, fontsize=10.5)
        said = "; ".join(
            f"{t}: {v} ({', '.join(f'{calls.count(c)} {c}' for c in CALLS if c in calls)})" for t, v, calls in rows
        )
        self.alt = f"{title}. {said}."
        self.refresh()


class Shares(Scene):
    """A panel per task: the share of runs that solve it over the delay or the length, with Wilson's intervals, a mark
    per depth."""

    width, height = 9.6, 3.5

    def update(self, tasks, title="", xlabel="delay, steps"):
        """tasks: dict name -> (delays, dict label -> (X, 3) of share, low, high)."""
        with styled:  # the panels are made here, for their number is that of the tasks
            panels = self.figure.subplots(1, len(tasks), sharey=True)
        self.figure.subplots_adjust(left=0.065, right=0.985, bottom=0.15, top=0.76, wspace=0.08)
        words = []
        for axes, (name, (delays, series)) in zip(np.atleast_1d(panels), tasks.items()):
            axes.grid(axis="y", **GRID)
            for k, ((label, rows), (color, mark, dash)) in enumerate(zip(series.items(), LOOKS)):
                share, low, high = np.asarray(rows).T
                x = np.arange(len(delays)) + 0.12 * (k - (len(series) - 1) / 2)
                style = {"color": color, "ls": dash, "marker": mark, "ms": 5.5, "capsize": 2.5, "elinewidth": 1}
                axes.errorbar(x, share, np.maximum([share - low, high - share], 0), label=label, **style)
                words.append(f"{name}, {label}: " + ", ".join(f"{s:.0%} at {d}" for s, d in zip(share, delays)))
            axes.set(xlim=(-0.5, len(delays) - 0.5), ylim=(-0.04, 1.04), xlabel=xlabel)
            axes.set_xticks(range(len(delays)), [str(d) for d in delays])
            axes.set_title(name, fontsize=9)
        np.atleast_1d(panels)[0].set_ylabel("share of runs that solve it")
        handles, labels = np.atleast_1d(panels)[0].get_legend_handles_labels()
        self.figure.legend(
            handles, labels, loc="upper left", bbox_to_anchor=(0.05, 0.93), ncols=len(labels), fontsize=8.5,
            frameon=False,
        )  # fmt: skip
        self.figure.text(0.05, 0.94, title, fontsize=10.5)
        self.alt = f"{title}. Share of runs that solve the task. {'; '.join(words)}."
        self.refresh()

    def build(self):
        """The panels come with the tasks."""
