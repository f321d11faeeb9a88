"""Scan: a linear recurrence in log₂ T rounds, who has seen whom, and what a product of gates leaves of a gradient."""

import numpy as np

from .scene import BLUE, DASHES, INK, ORANGE, QUIET, Scene, line
from .ticks import Ticks, whole

MOST, ROUNDS = 32, 5  # steps, and log₂ of them
LOW = -8  # power of ten at which the gradient's axis ends
GRID = {"color": "#e4e4e4", "lw": 0.6}


class Rounds(Scene):
    """Above: a row of nodes per round; filled nodes have seen all from the first step on, and bold links lead to the
    chosen one. Below: the state so far beside the loop's, and the gradient by earlier states."""

    width, height = 9.6, 5.2

    def build(self):
        add = self.figure.add_axes
        self.net = add([0.085, 0.425, 0.9, 0.465])
        self.net.set(ylim=(-0.4, ROUNDS + 0.4), xticks=[], yticks=[])
        self.net.spines[:].set_visible(False)
        self.state, self.left = add([0.085, 0.11, 0.44, 0.235]), add([0.62, 0.11, 0.365, 0.235])
        self.state.set(ylim=(-1.2, 1.2), ylabel="one unit's $h_t$", yticks=[-1, 0, 1])
        self.left.set(ylim=(LOW, 0.5), ylabel=r"$\partial h_t\,/\,\partial h_{t-k}$")
        self.left.set_yticks([-8, -6, -4, -2, 0], ["1e-8", "1e-6", "1e-4", "1e-2", "1"])
        for axes in (self.state, self.left):
            axes.grid(axis="y", **GRID)
        self.steps = Ticks(self, self.state, grid=False)
        self.lags = Ticks(self, self.left, grid=False)
        self.state.set_xlabel("step t", labelpad=16)
        self.left.set_xlabel("k steps back from the chosen step", labelpad=16)
        self.links = self.moving(line(self.net, color="#b9cbd8", lw=0.8, zorder=1))
        self.tree = self.moving(line(self.net, color=ORANGE, lw=2.4, zorder=2))
        self.open = self.moving(line(self.net, color=QUIET, mfc="white", marker="o", ms=6, ls="none", zorder=3))
        self.full = self.moving(line(self.net, color=BLUE, mec=INK, marker="o", ms=7, ls="none", zorder=4))
        self.later = self.moving(line(self.net, color="#d5d5d5", marker="o", ms=3, ls="none", zorder=1))
        self.seen = self.moving(line(self.net, color=ORANGE, mec=INK, marker="D", ms=7, ls="none", zorder=5))
        self.names = self.moving([self.net.text(0, r, "", ha="right", va="center") for r in range(ROUNDS + 1)])
        self.truth = self.moving(line(self.state, color=QUIET, lw=4, alpha=0.5))
        self.sofar = self.moving(line(self.state, color=BLUE, marker="o", ms=3.5, ls=DASHES[1]))
        self.rest = self.moving(line(self.left, color=BLUE, marker="o", ms=3))
        handles = [self.full, self.open, self.tree, self.truth, self.sofar]
        words = ["has seen every step before", "not yet", "what the chosen step has seen", "the loop", "so far"]
        self.figure.legend(handles, words, loc="upper left", bbox_to_anchor=(0.075, 0.96), ncols=5, fontsize=8.5)
        self.title = self.moving(self.figure.text(0.012, 0.957, "", fontsize=10.5))

    def update(self, T, done, step, sofar, truth, rest, title=""):
        """T steps, `done` rounds made, step: the chosen one, from 1.  sofar, truth (T,): one unit's state after these
        rounds, and the loop's.  rest (step,): ∂h_step/∂h_{step−k}, k from 0."""
        rows = rounds_needed(T)
        stretch = ROUNDS / max(rows, 1)
        self.net.set_xlim(0.4, T + 0.6)
        t = np.arange(1, T + 1)
        for r, name in enumerate(self.names):
            name.set_text("" if r > rows else "at first" if r == 0 else f"round {r}")
            name.set_position((0.4 - 0.012 * T, min(r, rows) * stretch))
        links = [(r, s - 2**r, r + 1, s) for r in range(done) for s in t if s > 2**r]
        links += [(r, s, r + 1, s) for r in range(done) for s in t]
        tree, ends = [], {step}
        for r in range(done, 0, -1):
            into = [(r - 1, s - d, r, s) for s in sorted(ends) for d in (0, 2 ** (r - 1)) if s - d >= 1]
            tree += into
            ends = {s for _, s, _, _ in into}
        self.links.set_data(*segments(links, stretch))
        self.tree.set_data(*segments(tree, stretch))
        nodes = np.array([(r, s, s <= 2**r) for r in range(done + 1) for s in t])
        for artist, some in ((self.full, nodes[:, 2] == 1), (self.open, nodes[:, 2] == 0)):
            artist.set_data(nodes[some, 1], nodes[some, 0] * stretch)
        later = np.array([(r, s) for r in range(done + 1, rows + 1) for s in t]).reshape(-1, 2)
        self.later.set_data(later[:, 1], later[:, 0] * stretch)
        self.seen.set_data(sorted(ends), [0] * len(ends))
        self.truth.set_data(t, truth)
        self.sofar.set_data(t, sofar)
        self.rest.set_data(np.arange(len(rest)), np.maximum(np.log10(np.maximum(rest, 1e-300)), LOW))
        self.steps.set(0.4, T + 0.6, [p for p in whole(T) if p] or [1, 2])
        self.lags.set(-0.3, max(len(rest) - 1, 1) + 0.3, whole(max(len(rest) - 1, 1)))
        self.title.set_text(title)
        self.alt = (
            f"{title}. {(t <= 2**done).sum()} of {T} have seen all before them. The state so far is off the loop's by "
            f"at most {np.abs(sofar - truth).max():.1g}; {rest[-1]:.2g} of the gradient is left at step 1."
        )


def rounds_needed(T):
    """⌈log₂ T⌉."""
    return int(T - 1).bit_length()


def segments(links, stretch):
    """(xs, ys) of lines with gaps between them, from (row, step, row, step)."""
    r0, t0, r1, t1 = np.array(links, float).reshape(-1, 4).T
    gaps = np.full(len(r0), np.nan)
    return np.stack([t0, t1, gaps], 1).ravel(), np.stack([r0, r1, gaps], 1).ravel() * stretch
