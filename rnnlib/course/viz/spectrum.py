"""A stack's answer to a pulse, and the one-step Jacobian of a whole stack with its eigenvalues."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.legend_handler import HandlerTuple

from .scene import BLUE, GREEN, INK, ORANGE, PINK, QUIET, RED, SKY, Scene, line

GRID = {"color": "#e4e4e4", "lw": 0.6}
LAYER_MARKS = [("s", BLUE), ("^", ORANGE), ("D", GREEN), ("v", RED), ("P", SKY), ("X", PINK), ("<", INK), (">", QUIET)]


class Response(Scene):
    """How large the top of a linear stack answers τ steps after a pulse: measured dots on two laws, linear scale on
    the left, logarithmic on the right, where a pure exponential is straight."""

    width, height, lags = 9.6, 3.3, 120

    def build(self):
        left, right = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.07, right=0.985, bottom=0.15, top=0.78, wspace=0.2)
        self.lines = []
        for axes in (left, right):
            axes.set(xlim=(-2, self.lags), xlabel="lag τ, steps since the pulse")
            axes.grid(**GRID)
            self.lines.append(
                [
                    self.moving(line(axes, color=BLUE, lw=4.5, alpha=0.35)),
                    self.moving(line(axes, color=ORANGE, ls=(0, (5, 1.5)))),
                    self.moving(line(axes, color=QUIET, ls=(0, (1.5, 1.2)), lw=1.2)),
                    self.moving(line(axes, color=INK, marker="o", ms=2.8, ls="none")),
                ]
            )
        left.set(ylim=(-0.04, 1.13), ylabel="response ÷ its own largest")
        right.set(yscale="log", ylim=(1e-9, 1e5), ylabel="response")
        self.peak = self.moving(line(left, color=INK, marker="v", ms=7, ls="none"))
        names = ["paths add up: bᴸ C(τ+L−1, L−1) a^τ", "paths at random: bᴸ √C a^τ", "one layer: b a^τ"]
        names += ["measured", "its largest"]
        self.figure.legend([*self.lines[0], self.peak], names, loc="upper left", bbox_to_anchor=(0.06, 0.92), ncols=5,
                           fontsize=8, columnspacing=1.6)  # fmt: skip
        self.title = self.moving(self.figure.text(0.07, 0.93, "", fontsize=10.5))

    def update(self, measured, coherent, incoherent, single, title=""):
        """Four arrays (K,) over the lags 0 .. K-1."""
        lags, rows = np.arange(len(measured)), (coherent, incoherent, single, measured)
        for (on_left, on_right), values in zip(zip(*self.lines, strict=True), rows, strict=True):
            on_left.set_data(lags, values / values.max())
            on_right.set_data(lags, values)
        at = first_peak(measured)
        self.peak.set_data([at], [1.06])
        self.title.set_text(title)
        self.alt = (
            f"{title}. Response to a pulse: {measured[0]:.3g} at once, largest at lag {at} with {measured[at]:.3g}, "
            f"{measured[-1]:.3g} at lag {lags[-1]}; paths that add up give {coherent[-1]:.3g} there, paths at random "
            f"{incoherent[-1]:.3g}, a single layer {single[-1]:.3g}."
        )


def first_peak(values):
    """The first lag whose value is the largest; values that agree to nine digits count as equal."""
    return int(np.flatnonzero(values >= values.max() * (1 - 1e-9))[0])


class Spectrum(Scene):
    """Left: |J|, the one-step Jacobian of the whole stack, its layers' blocks outlined. Middle: eigenvalues of J as
    rings and of the diagonal blocks as marks. Right: ‖J^k‖, how much k steps can stretch."""

    width, height, steps = 9.6, 3.5, 100

    def build(self):
        self.blocks, self.plane, self.powers = self.figure.subplots(1, 3, width_ratios=[1, 1, 1.1])
        self.figure.subplots_adjust(left=0.055, right=0.985, bottom=0.14, top=0.79, wspace=0.46)
        norm = LogNorm(1e-3, 2)
        self.image = self.moving(
            self.blocks.imshow([[1.0]], cmap="Greys", norm=norm, extent=(0, 1, 1, 0), interpolation="nearest")
        )
        self.cuts = self.moving(line(self.blocks, color=RED, lw=0.9))
        self.blocks.set(xticks=[], yticks=[], xlabel="cause: state at t − 1, bottom to top →")
        self.blocks.set_ylabel("← effect: state at t")
        bar = self.figure.colorbar(ScalarMappable(norm, "Greys"), ax=self.blocks, fraction=0.046, pad=0.03)
        bar.set_ticks([1e-3, 1e-2, 1e-1, 1], labels=["<1e-3", "1e-2", "0.1", "1"])
        bar.ax.tick_params(labelsize=7)
        self.blocks.set_title("|J| of the whole stack", fontsize=9)

        angle = np.linspace(0, 2 * np.pi, 200)
        self.plane.plot(np.cos(angle), np.sin(angle), color=QUIET, lw=0.8)
        self.plane.set(xlim=(-2, 2), ylim=(-2, 2), aspect="equal", xlabel="real part", ylabel="imaginary part")
        self.plane.set_title("eigenvalues, unit circle", fontsize=9)
        self.plane.grid(**GRID)
        ring = {"marker": "o", "ms": 9, "ls": "none", "mfc": "none", "mec": INK, "mew": 0.9}
        self.marks = [
            self.moving(line(self.plane, marker=m, color=c, ms=3.6, ls="none", alpha=0.9)) for m, c in LAYER_MARKS
        ]
        self.rings = self.moving(line(self.plane, **ring))

        self.powers.set(xlim=(0, self.steps), ylim=(1e-6, 1e6), yscale="log", xlabel="steps k")
        self.powers.set_title("‖Jᵏ‖, largest stretch in k steps", fontsize=9)
        self.powers.grid(**GRID)
        self.whole = self.moving(line(self.powers, color=BLUE, lw=1.9))
        self.radius = self.moving(line(self.powers, color=INK, ls=(0, (1.5, 1.2))))
        self.widest = self.moving(line(self.powers, color=ORANGE, ls=(0, (5, 1.5))))
        self.beyond = self.moving(line(self.powers, color=BLUE, marker="^", ms=6, ls="none", clip_on=False))
        handles = [self.rings, tuple(self.marks[:3]), self.whole, self.widest, self.radius]
        names = [
            "J",
            "a mark per layer: its block",
            "‖Jᵏ‖ (▲: goes on above)",
            "largest block alone",
            "ρᵏ, ρ the spectral radius",
        ]
        self.figure.legend(handles, names, loc="upper left", bbox_to_anchor=(0.2, 0.93), ncols=5, fontsize=8,
                           columnspacing=1.3, handlelength=1.9,
                           handler_map={tuple: HandlerTuple(None, pad=0.1)})  # fmt: skip
        self.title = self.moving(self.figure.text(0.055, 0.94, "", fontsize=10.5))

    def update(self, J, eigenvalues, of_blocks, growth, block_growth, title=""):
        """J (N, N); eigenvalues (N,); of_blocks (L, N/L); growth, block_growth (K,): ‖J^k‖ for k = 0 .. K-1."""
        L = len(of_blocks)
        self.image.set_data(np.clip(np.abs(J), 1e-3, 2))
        cuts = np.arange(1, L) / L
        self.cuts.set_data(
            np.concatenate([[0, 1, np.nan, c, c, np.nan] for c in cuts] or [[np.nan]]),
            np.concatenate([[c, c, np.nan, 0, 1, np.nan] for c in cuts] or [[np.nan]]),
        )
        for k, marks in enumerate(self.marks):
            marks.set_data(*((of_blocks[k].real, of_blocks[k].imag) if k < L else ([], [])))
        self.rings.set_data(eigenvalues.real, eigenvalues.imag)
        k, rho = np.arange(len(growth)), np.abs(eigenvalues).max()
        self.whole.set_data(k, growth)
        self.widest.set_data(k, block_growth)
        above = np.flatnonzero(growth > 1e6)[:1]
        self.beyond.set_data(above, np.full(len(above), 1e6))
        self.radius.set_data(k, rho**k)
        self.title.set_text(title)
        self.alt = (
            f"{title}. One-step Jacobian of {L} layers, {len(J)} by {len(J)}, zero above its blocks' diagonal; "
            f"spectral radius {rho:.3g}; the largest stretch over k steps peaks at {growth.max():.3g} for "
            f"k = {growth.argmax()}, that of one block at {block_growth.max():.3g}."
        )
