"""Pictures of a stack at work: the states of every layer, and where each layer's gradient comes from."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from .scene import BLUE, GREEN, HEAT, INK, ORANGE, QUIET, Scene, line
from .ticks import Ticks

MAX_LAYERS = 8
SIZES, TIMES = (-4, 2), (-1, 2.4)  # powers of ten that the two panels may show
POWERS = {-4: "1e-4", -3: "0.001", -2: "0.01", -1: "0.1", 0: "1", 1: "10", 2: "100"}


WIDTH = {"color": ORANGE, "marker": "D", "ms": 4.5, "mfc": "white"}


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

        self.panels = middle, right
        for axes in self.panels:
            axes.set(ylim=(0, 1), yticks=[])
            axes.spines["left"].set_visible(False)
        self.powers = [Ticks(self, axes) for axes in self.panels]
        middle.set_xlabel("size of h (root mean square)", fontsize=8.5)
        dots = {"ls": (0, (1.5, 1.2)), "lw": 1, "marker": "o", "ms": 6}
        self.sizes = self.moving(line(middle, color=BLUE, **dots))
        self.times = self.moving(line(right, color=BLUE, **dots))
        self.widths = self.moving(line(right, **dots | WIDTH))
        place = {"fontsize": 8, "va": "center", "color": BLUE}
        place["transform"] = right.transData + ScaledTranslation(9 / 72, 0, self.figure.dpi_scale_trans)
        self.numbers = self.moving([right.text(0, 0, "", **place) for _ in range(MAX_LAYERS)])
        below = right.transAxes + ScaledTranslation(0, -27 / 72, self.figure.dpi_scale_trans)
        self.key = [line(right, color=BLUE, marker="o", ms=6, ls=""), line(right, **dots | WIDTH | {"ls": ""})]
        self.key += [
            right.text(x, 0, word, fontsize=8.5, va="center") for x, word in ((0.12, "delay"), (0.5, "width, steps"))
        ]
        for mark, x in zip(self.key, (0.06, 0.44)):
            mark.set(data=([x], [0]), clip_on=False)
        for artist in self.moving(self.key):
            artist.set_transform(below)
        self.label = self.moving(
            right.text(0.5, -0.09, "", transform=right.transAxes, ha="center", va="top", fontsize=8.5)
        )
        self.title = self.moving(self.figure.text(0.02, 0.935, "", fontsize=10.5))

    def update(self, bands, sizes, times, widths=None, label="", title=""):
        """bands (L, T, H) in [-1, 1];  sizes, times, widths (L,), widths drawn as hollow diamonds if given.
        Times are marked in the bands where the label calls them a delay."""
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
        with np.errstate(divide="ignore"):
            logs = [np.clip(np.log10(sizes), *SIZES), np.clip(np.log10(times), *TIMES)]
            spans = [] if widths is None else np.clip(np.log10(widths), *TIMES)
        self.sizes.set_data(logs[0], centres)
        self.times.set_data(logs[1], centres)
        self.widths.set_data(spans, centres[: len(spans)])
        self._fit(0, -2 if logs[0].min() >= -2 else SIZES[0], 0 if logs[0].max() <= 0 else SIZES[1])
        self._fit(1, 0 if min([*logs[1], *spans]) >= 0 else TIMES[0], TIMES[1] + 0.6)  # room for the number
        for l, number in enumerate(self.numbers):
            number.set_visible(l < L)
            if l < L:
                number.set(text=f"{times[l]:.3g}", x=logs[1][l], y=centres[l])
        self.centre.set_data(*(((times + 0.5) / T, centres) if label.startswith("delay") else ([], [])))
        self.label.set_text(label if widths is None else "")
        for artist in self.key:
            artist.set_visible(widths is not None)
        self.title.set_text(title)
        spread = "" if widths is None else f", with widths {widths[0]:.3g} to {widths[-1]:.3g}"
        self.alt = (
            f"States of {L} layers over {T} steps. Size of the states {sizes[0]:.3g} in layer 1 and {sizes[-1]:.3g} in "
            f"layer {L}; {label} {times[0]:.3g} in layer 1 and {times[-1]:.3g} in layer {L}{spread}."
        )

    def _fit(self, panel, low, high):
        """The powers of ten a panel shows: one of two windows, so that dots are not squeezed into a corner."""
        pad = 0.04 * (high - low)
        shown = [k for k in POWERS if low <= k <= high]
        self.powers[panel].set(low - pad, high + pad, shown, [POWERS[k] for k in shown])


SOURCES = ("own loss", "future", "layer above", "sum, ∂loss/∂h")
LOW, HIGH = -6, 1


class Sources(Scene):
    """Three lattices, one per source of ∂loss/∂h_t^l: norm as colour over time and layer, and the sum as a fourth.
    Dots: the layer above outweighs the future. A ring: the only node with a loss of its own."""

    width, height = 9.6, 3.5

    def build(self):
        panels = self.figure.subplots(1, 4)
        self.figure.subplots_adjust(left=0.055, right=0.905, bottom=0.23, top=0.8, wspace=0.14)
        self.heats, self.names = [], []
        for axes in panels:
            heat = axes.imshow([[0.0]], cmap=HEAT, vmin=LOW, vmax=HIGH, aspect="auto", origin="lower")
            heat.set(extent=(0, 1, 0, 1), interpolation="nearest")
            axes.set(xlim=(0.5, 60.5), ylim=(0.5, MAX_LAYERS + 0.5), xlabel="time step t", facecolor="#f1f1f1")
            axes.set_yticks(range(1, MAX_LAYERS + 1), labels=range(1, MAX_LAYERS + 1) if not self.heats else [])
            axes.set_xticks([1, 20, 40, 60])
            self.names.append(self.moving(axes.text(0, 1.03, "", transform=axes.transAxes, fontsize=9)))
            self.heats.append(self.moving(heat))
        self.wins = self.moving(line(panels[2], ls="", marker="o", ms=2.6, color="white", mec=INK, mew=0.4))
        self.ring = self.moving(line(panels[0], ls="", marker="o", ms=13, mfc="none", mec=INK, clip_on=False))
        panels[0].set_ylabel("layer l")
        bar = self.figure.colorbar(
            ScalarMappable(Normalize(LOW, HIGH), HEAT), cax=self.figure.add_axes([0.92, 0.23, 0.012, 0.57])
        )
        bar.set_ticks([-6, -3, 0], labels=["≤ 1e-6", "0.001", "1"])
        key = "colour: norm    light grey: exactly zero    dots: the layer above outweighs the future"
        self.figure.text(0.055, 0.025, key, fontsize=8.5)
        self.title = self.moving(self.figure.text(0.02, 0.91, "", fontsize=10.5))

    def update(self, norms, title=""):
        """norms (4, L, T): own, future, above and their sum. Exact zeros are left blank; dots: above > future > 0."""
        _, L, T = norms.shape
        for heat, values in zip(self.heats, norms, strict=True):
            with np.errstate(divide="ignore"):
                logs = np.log10(values)
            heat.set_data(np.ma.masked_where(values == 0, np.maximum(logs, LOW)))
            heat.set_extent((0.5, T + 0.5, 0.5, L + 0.5))
        for text, name, values in zip(self.names, SOURCES, norms, strict=True):
            nodes = int(np.count_nonzero(values))
            text.set_text(f"{name}: {nodes} node{'s' * (nodes != 1)}")
        at = np.argwhere(norms[0] > 0) + 1
        self.ring.set_data(*(at.T[::-1] if len(at) == 1 else ([], [])))
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
    """Delay and width of the answer to a pulse in every layer: medians, each seed a dot, and the linear stack's law."""

    width, height = 9.0, 3.5

    def build(self):
        self.panels = self.figure.subplots(1, 2)
        self.figure.subplots_adjust(left=0.06, right=0.985, bottom=0.14, top=0.84, wspace=0.16)
        self.seeds, self.medians, self.laws = [], [], []
        for axes, what, high in zip(self.panels, ("delay", "width"), (40, 25), strict=True):
            axes.set(ylim=(0, high), xlabel="layer l", ylabel=f"{what} of the answer, steps")
            axes.grid(color="#e4e4e4", lw=0.6)
            self.seeds.append(self.moving(line(axes, color=QUIET, ls="", marker="o", ms=3, alpha=0.6)))
            looks = {"color": BLUE, "marker": "o", "ms": 6}, {"color": GREEN, "marker": "s", "ls": ":", "mfc": "white"}
            self.medians.append([self.moving(line(axes, **look)) for look in looks])
            self.laws.append(self.moving(line(axes, color=ORANGE, ls=(0, (5, 1.5)), lw=2)))
        self.title = self.moving(self.figure.text(0.02, 0.93, "", fontsize=10.5))

    def update(self, answers, law, title=""):
        """answers: two names -> (seeds, 2, L), delays and widths; the first one's seeds are drawn.  law (2, L)."""
        names, told = list(answers), []
        for k, what in enumerate(("delay", "width")):
            first = answers[names[0]][:, k]
            seeds, L = first.shape
            layers = np.arange(1, L + 1)
            self.seeds[k].set_data((layers + np.linspace(-0.18, 0.18, seeds)[:, None]).ravel(), first.ravel())
            for dots, answer in zip(self.medians[k], answers.values(), strict=True):
                dots.set_data(layers, np.median(answer[:, k], 0))
            self.laws[k].set_data(layers, law[k])
            self.panels[k].set_xlim(0.5, L + 0.5)
            rows = {n: np.median(a[:, k], 0) for n, a in answers.items()} | {"linear stack": law[k]}
            told += [f"{what}, {n}: {', '.join(f'{m:.1f}' for m in row)}" for n, row in rows.items()]
        handles = [self.seeds[0], *self.medians[0], self.laws[0]]
        labels = [f"{names[0]}, one seed", *(f"{n}, median" for n in names), "linear stack"]
        self.panels[0].legend(handles, labels, loc="upper left", fontsize=8.5, frameon=False)
        self.refresh()
        self.title.set_text(title)
        self.alt = f"By layer, in steps, medians of {seeds} seeds. {'; '.join(told)}."
