"""Pictures of a stack at work: the states of every layer, and where each layer's gradient comes from."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from .scene import BLUE, HEAT, INK, ORANGE, QUIET, Scene, line

MAX_LAYERS = 8
SIZES, TIMES = (-6, 2), (-1, 2.4)  # powers of ten that the two panels span


class States(Scene):
    """Left: one band of units per layer, lowest layer at the bottom, colour h_t^l over the layer's largest |h|.
    Middle and right: size and time-scale of each layer, at the height of its band; a delay is also marked in its band.
    """

    width, height = 9.6, 4.2

    def build(self):
        left, middle, right = self.figure.subplots(1, 3, width_ratios=[6, 1.7, 1.9])
        self.figure.subplots_adjust(left=0.075, right=0.985, bottom=0.13, top=0.88, wspace=0.16)
        self.heat = self.moving(
            left.imshow([[0.0]], cmap=HEAT, vmin=-1, vmax=1, aspect="auto", origin="lower", extent=(0, 1, 0, 1))
        )
        self.heat.set_interpolation("nearest")
        left.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        left.set_xlabel("time step t", labelpad=16)
        left.spines[:].set_visible(False)
        bar = self.figure.colorbar(ScalarMappable(Normalize(-1, 1), HEAT), ax=left, pad=0.015, aspect=30)
        bar.set_ticks([-1, 0, 1], labels=["−1", "0", "1"])
        self.centre = self.moving(line(left, color="white", lw=2.2, marker="o", ms=6, mfc=INK, mec="white", mew=1.2))
        bar.set_label("h over the layer's largest |h|", labelpad=0, fontsize=8)
        self.edges = self.moving([left.axhline(0, color="white", lw=2.5) for _ in range(MAX_LAYERS - 1)])
        names = [
            left.text(-0.012, 0, f"layer {l + 1}", ha="right", va="center", fontsize=8.5) for l in range(MAX_LAYERS)
        ]
        self.names = self.moving(names)
        self.ticks = self.moving([left.text(0, -0.025, "", ha="center", va="top", fontsize=8.5) for _ in range(8)])

        for axes, (low, high), label in ((middle, SIZES, "size of h (root mean square)"), (right, TIMES, "")):
            axes.set(xlim=(low, high), ylim=(0, 1), yticks=[], xlabel=label)
            axes.grid(axis="x", color="#e4e4e4", lw=0.6)
            axes.spines["left"].set_visible(False)
        middle.set_xticks([-6, -3, 0], labels=["1e-6", "0.001", "1"])
        right.set_xticks([-1, 0, 1, 2], labels=["0.1", "1", "10", "100"])
        right.set_xlabel(" ")
        middle.xaxis.label.set_size(8.5)
        dots = {"ls": (0, (1.5, 1.2)), "lw": 1, "marker": "o", "ms": 6}
        self.sizes = self.moving(line(middle, color=BLUE, **dots))
        self.times = self.moving(line(right, color=BLUE, **dots))
        self.widths = self.moving(line(right, color=ORANGE, **dots | {"marker": "D", "ms": 4.5, "mfc": "white"}))
        self.numbers = self.moving([right.text(0, 0, "", fontsize=8, va="center") for _ in range(MAX_LAYERS)])
        self.label = self.moving(
            right.text(0.5, -0.09, "", transform=right.transAxes, ha="center", va="top", fontsize=8.5)
        )
        self.title = self.moving(self.figure.text(0.02, 0.935, "", fontsize=10.5))

    def update(self, bands, sizes, times, widths=None, label="", title=""):
        """bands (L, T, H) in [-1, 1];  sizes, times, widths (L,), widths drawn as hollow diamonds if given."""
        L, T, H = bands.shape
        self.heat.set_data(bands.transpose(0, 2, 1).reshape(L * H, T))
        centres = (np.arange(L) + 0.5) / L
        for l, name in enumerate(self.names):
            name.set(visible=l < L, y=(l + 0.5) / L)
        for l, edge in enumerate(self.edges, 1):
            edge.set(visible=l < L, ydata=[l / L] * 2)
        steps = [t for t in MaxNLocator(6, integer=True).tick_values(1, T) if 1 < t <= T]
        steps = [1, *(int(t) for t in steps if t - 1 > T / 20)]
        for k, tick in enumerate(self.ticks):
            tick.set(visible=k < len(steps))
            if k < len(steps):
                tick.set(text=str(steps[k]), x=(steps[k] - 0.5) / T)
        for dots, values, (low, high) in (
            (self.sizes, sizes, SIZES),
            (self.times, times, TIMES),
            (self.widths, widths, TIMES),
        ):
            if values is None:
                dots.set_data([], [])
            else:
                dots.set_data(np.clip(np.log10(np.maximum(values, 1e-300)), low, high), centres)
        for l, number in enumerate(self.numbers[:L]):
            x = np.clip(np.log10(max(times[l], 1e-300)), *TIMES)
            number.set(text=f"{times[l]:.3g}", x=x + (0.16 if x < 1.4 else -0.16), y=(l + 0.5) / L + 0.24 / L)
            number.set_horizontalalignment("left" if x < 1.4 else "right")
        for l, number in enumerate(self.numbers):
            number.set_visible(l < L)
        self.centre.set_data(*(([], []) if widths is None else ((times + 0.5) / T, centres)))
        self.label.set_text(label)
        self.title.set_text(title)
        spoken = label.replace("● ", "").replace("  ◇ width", "")
        spread = "" if widths is None else f", with widths {widths[0]:.3g} to {widths[-1]:.3g}"
        self.alt = (
            f"States of {L} layers over {T} steps. Size of the states {sizes[0]:.3g} in layer 1 and {sizes[-1]:.3g} in "
            f"layer {L}; {spoken} {times[0]:.3g} in layer 1 and {times[-1]:.3g} in layer {L}{spread}."
        )


SOURCES = ("own loss", "future, through W_hh", "layer above (dots: > future)")
LOW, HIGH = -6, 1


class Sources(Scene):
    """Three lattices, one per source of ∂loss/∂h_t^l: norm as colour over time and layer, and the sum as a fourth."""

    width, height = 9.6, 3.3

    def build(self):
        panels = self.figure.subplots(1, 4)
        self.figure.subplots_adjust(left=0.055, right=0.91, bottom=0.16, top=0.78, wspace=0.14)
        self.heats = []
        for axes, name in zip(panels, (*SOURCES, "their sum, ∂loss/∂h"), strict=True):
            heat = axes.imshow([[0.0]], cmap=HEAT, vmin=LOW, vmax=HIGH, aspect="auto", origin="lower")
            heat.set(extent=(0, 1, 0, 1), interpolation="nearest")
            axes.set(xlim=(0.5, 60.5), ylim=(0.5, MAX_LAYERS + 0.5), xlabel="time step t", facecolor="#f1f1f1")
            axes.set_yticks(range(1, MAX_LAYERS + 1), labels=range(1, MAX_LAYERS + 1) if not self.heats else [])
            axes.set_xticks([1, 20, 40, 60])
            axes.set_title(name, fontsize=9)
            self.heats.append(self.moving(heat))
        self.wins = self.moving(line(panels[2], ls="", marker="o", ms=2.6, color="white", mec=INK, mew=0.4))
        panels[0].set_ylabel("layer l")
        bar = self.figure.colorbar(
            ScalarMappable(Normalize(LOW, HIGH), HEAT), cax=self.figure.add_axes([0.925, 0.16, 0.012, 0.62])
        )
        bar.set_ticks([-6, -3, 0], labels=["1e-6", "0.001", "1"])
        self.title = self.moving(self.figure.text(0.02, 0.91, "", fontsize=10.5))

    def update(self, norms, title=""):
        """norms (4, L, T): own, future, above and their sum. Exact zeros are left blank; dots: above > future > 0."""
        _, L, T = norms.shape
        for heat, values in zip(self.heats, norms, strict=True):
            with np.errstate(divide="ignore"):
                logs = np.log10(values)
            heat.set_data(np.ma.masked_where(values == 0, np.maximum(logs, LOW)))
            heat.set_extent((0.5, T + 0.5, 0.5, L + 0.5))
        layer, step = np.nonzero((norms[2] > norms[1]) & (norms[1] > 0))
        self.wins.set_data(step + 1, layer + 1)
        self.title.set_text(title)
        blank = ", ".join(f"{(v == 0).sum()}" for v in norms)
        self.alt = (
            f"Norms of the sources of the gradient over {L} layers and {T} steps. Exact zeros among {L * T} places: "
            f"{blank} (own loss, future, layer above, sum). In {len(layer)} the layer above outweighs the future. "
            f"Sum at the top's last step {norms[3, -1, -1]:.3g}, at the bottom's first step {norms[3, 0, 0]:.3g}."
        )


class Delays(Scene):
    """Delay of the answer to a pulse in every layer: each seed a dot, their median, and the linear stack's law."""

    width, height = 7.5, 3.2

    def build(self):
        axes = self.axes = self.figure.add_axes([0.085, 0.15, 0.89, 0.71])
        axes.set(xlim=(0.5, MAX_LAYERS + 0.5), ylim=(0, 45), xlabel="layer l", ylabel="delay of the answer, steps")
        axes.grid(color="#e4e4e4", lw=0.6)
        self.seeds = self.moving(line(axes, color=QUIET, ls="", marker="o", ms=3, alpha=0.6, label="one seed"))
        self.median = self.moving(line(axes, color=BLUE, marker="o", ms=6, label="median, tanh"))
        self.theory = self.moving(line(axes, color=ORANGE, ls=(0, (5, 1.5)), label="linear stack: l a²/(1 − a²)"))
        axes.legend(loc="upper left", fontsize=8.5)
        self.title = self.moving(self.figure.text(0.02, 0.92, "", fontsize=10.5))

    def update(self, measured, theory, title=""):
        """measured (seeds, L), theory (L,)."""
        seeds, L = measured.shape
        layers, median = np.arange(1, L + 1), np.median(measured, 0)
        jitter = np.linspace(-0.18, 0.18, seeds)[:, None]
        self.seeds.set_data((layers + jitter).ravel(), measured.ravel())
        self.median.set_data(layers, median)
        self.theory.set_data(layers, theory)
        self.axes.set_xlim(0.5, L + 0.5)
        self.refresh()
        self.title.set_text(title)
        self.alt = (
            f"Delay by layer, median of {seeds} seeds: {', '.join(f'{m:.1f}' for m in median)} steps; the linear "
            f"stack's law: {', '.join(f'{m:.1f}' for m in theory)}."
        )
