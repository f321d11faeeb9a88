"""Pictures of the museum: which arrays are off by how much, and training with and without the fault."""

import numpy as np

from .scene import BLUE, DASHES, INK, ORANGE, QUIET, SERIES, Scene, line, styled
from .ticks import Ticks

GRID = {"color": "#e4e4e4", "lw": 0.6}
LEAST, MOST = 1e-4, 30.0  # of both logarithmic axes
POWERS = [1e-4, 1e-3, 1e-2, 0.1, 1, 10]
LABELS = ["0.0001", "0.001", "0.01", "0.1", "1", "10"]
LOOKS = {
    "right": {"color": BLUE, "ls": "-", "marker": "o", "ms": 3.2},
    "faulty": {"color": ORANGE, "ls": DASHES[1], "marker": "X", "ms": 4.5},
}


def readable(name):
    """`layers/0/W_xh` for people."""
    *where, array = name.split("/")
    return array if "layers" not in where else f"{array}, layer {int(where[-1]) + 1}"


class Museum(Scene):
    """Left: the relative error of every array. Right: held-out losses of five seeds, right and faulty. Below: the lines
    that differ."""

    width, height, rows, seeds, most = 9.6, 4.4, 12, 5, 116

    def build(self):
        self.bars = self.figure.add_axes((0.145, 0.31, 0.3, 0.5))
        self.curves = self.figure.add_axes((0.565, 0.31, 0.42, 0.5))
        self.bars.set(xscale="log", xlim=(LEAST, MOST), xlabel="relative error, beside the right code", yticks=[])
        self.bars.set_xticks(POWERS, LABELS, fontsize=8)
        self.curves.set(yscale="log", ylim=(LEAST, MOST), xlabel="updates", ylabel="held-out loss, nats", xlim=(0, 206))
        self.curves.set_yticks(POWERS, LABELS)
        self.curves.set_xticks(range(0, 201, 40))
        for ax in (self.bars, self.curves):
            ax.minorticks_off()
            ax.grid(**GRID)
        self.bars.set_title("what is off, and by how much", fontsize=9)
        self.curves.set_title("training, five seeds each", fontsize=9)
        self.names = Ticks(self, self.bars, "y", grid=False, most=self.rows)
        bar, end = (
            {"color": ORANGE, "lw": 7, "solid_capstyle": "butt"},
            {"color": INK, "marker": "|", "ms": 9, "ls": ""},
        )
        self.errors = self.moving([line(self.bars, **bar) for _ in range(self.rows)])
        self.ends = self.moving([line(self.bars, **end) for _ in range(self.rows)])
        guess = self.curves.axhline(np.log(2), color=QUIET, ls=DASHES[2], lw=1.4)
        self.lines = {
            k: self.moving([line(self.curves, lw=1.1, **look) for _ in range(self.seeds)]) for k, look in LOOKS.items()
        }
        handles, words = [*(lines[0] for lines in self.lines.values()), guess], [*self.lines, "guessing"]
        self.figure.legend(handles, words, loc="upper right", bbox_to_anchor=(0.992, 0.925), ncols=3, fontsize=8.5)
        self.title = self.moving(self.figure.text(0.012, 0.94, "", fontsize=10.5))
        words = {"family": "monospace", "fontsize": 8}
        self.figure.text(0.012, 0.115, "right", fontsize=8.5, color=INK)
        self.figure.text(0.012, 0.045, "published", fontsize=8.5, color=INK)
        self.right = self.moving(self.figure.text(0.085, 0.115, "", **words))
        self.wrong = self.moving(self.figure.text(0.085, 0.045, "", **words))

    def update(self, title, off, curves, pair, every=20):
        """off : {array: relative error}.  curves : {"right", "faulty"} of (N, K) losses.  pair : (right, wrong)."""
        if len(off) > self.rows:
            raise ValueError(f"off: expected at most {self.rows} arrays, got {len(off)}")
        n = len(off)
        self.names.set(n - 0.4, -0.6, list(range(n)), [readable(name) for name in off])
        for k in range(self.rows):
            error = list(off.values())[k] if k < n else 0
            self.errors[k].set_data(*(([LEAST, error], [k, k]) if error > LEAST else ([], [])))
            self.ends[k].set_data(*(([max(error, LEAST)], [k]) if k < n else ([], [])))
        for version, lines in self.lines.items():
            for seed, artist in enumerate(lines):
                losses = np.clip(curves[version][seed], LEAST * 1.05, MOST)
                artist.set_data(every * np.arange(1, len(losses) + 1), losses)
        self.title.set_text(title)
        for artist, text in zip((self.right, self.wrong), pair):
            artist.set_text(text if len(text) <= self.most else text[: self.most - 2] + " …")
        wrong = ", ".join(f"{readable(name)} {error:.2g}" for name, error in off.items() if error > 1e-9)
        last = {version: np.median(losses[:, -1]) for version, losses in curves.items()}
        said = ", ".join(f"{version} {loss:.2g}" for version, loss in last.items())
        self.alt = f"{title}. Relative error: {wrong or 'none'}. Held-out loss after training, median of 5: {said}."


class Lineup(Scene):
    """Lineup({name: (N, K) losses}, title): a panel each, five seeds, no names of faults."""

    width, height = 9.6, 2.9

    def build(self):
        """The panels come with the curves."""

    def update(self, curves, title="", every=20):
        with styled:
            panels = self.figure.subplots(1, len(curves), sharey=True)
        self.figure.subplots_adjust(left=0.085, right=0.985, bottom=0.165, top=0.8, wspace=0.08)
        for ax, (name, losses), color in zip(panels, curves.items(), SERIES):
            ax.plot(every * np.arange(1, losses.shape[1] + 1), losses.T, color=color, marker="o", ms=3, lw=1)
            ax.set(yscale="log", ylim=(LEAST, 3), xlabel="updates")
            ax.set_yticks(POWERS[:-1], LABELS[:-1])
            ax.minorticks_off()
            ax.grid(**GRID)
            ax.axhline(np.log(2), color=QUIET, ls=DASHES[2], lw=1.2)
            ax.set_title(name, loc="left", fontsize=9)
        panels[0].text(205, 0.8, "guessing", fontsize=8, color=INK, ha="right")
        panels[0].set_ylabel("held-out loss, nats")
        self.figure.text(0.012, 0.925, title, fontsize=10.5)
        ends = "; ".join(f"{name}: {v[:, -1].min():.2g} to {v[:, -1].max():.2g}" for name, v in curves.items())
        self.alt = f"{title}. Held-out loss after training, five seeds: {ends}."
        self.refresh()
