"""Receptive field: which inputs reach the last output, by which ways, and how strongly."""

import numpy as np

from .scene import BLUE, INK, ORANGE, QUIET, Scene, line

STEPS, LAYERS = 64, 5  # columns, and rows above the inputs at most
LOW, HIGH = -10, 1  # powers of ten of the gradient's norm that are shown
GRID = {"color": "#e4e4e4", "lw": 0.6}


class Receptive(Scene):
    """Above: the net as a lattice, inputs at the bottom, with every link that leads to the last output, and one way in
    bold. Below: the norm of the last output's gradient by each input; a cross at the foot where it is exactly 0."""

    width, height = 9.6, 4.9

    def build(self):
        add = self.figure.add_axes
        self.net, self.size = add([0.085, 0.41, 0.9, 0.49]), add([0.085, 0.105, 0.9, 0.215])
        self.net.set(xlim=(-STEPS + 0.2, 1.2), ylim=(-0.35, LAYERS + 0.35), xticks=[], yticks=[])
        self.net.spines[:].set_visible(False)
        self.size.set(xlim=(-STEPS + 0.2, 1.2), ylim=(LOW - 0.6, HIGH))
        self.size.set_xlabel("steps back from the last, k", labelpad=2)
        self.size.set_xticks(range(-60, 1, 10), [str(k) for k in range(60, -1, -10)])
        self.size.set_yticks([-10, -5, 0], ["1e-10", "1e-5", "1"])
        self.size.set_ylabel("‖∂loss / ∂x‖")
        self.size.grid(axis="y", **GRID)
        self.links = self.moving(line(self.net, color=BLUE, lw=0.7, zorder=1))
        self.asleep = self.moving(line(self.net, color="#c8c8c8", marker="o", ms=2.2, ls="none", zorder=2))
        self.awake = self.moving(line(self.net, color=BLUE, marker="o", ms=3.6, ls="none", zorder=3))
        self.way = self.moving(line(self.net, color=ORANGE, marker="o", ms=6, mec=INK, lw=3, zorder=4))
        self.names = self.moving([self.net.text(-STEPS - 0.3, 0, "", ha="right", va="center") for _ in range(7)])
        self.stems = self.moving(line(self.size, color=BLUE, lw=2.2, solid_capstyle="butt"))
        self.none = self.moving(line(self.size, color=QUIET, marker="x", ms=3.5, ls="none"))
        self.chosen = self.moving(line(self.size, color=ORANGE, marker="D", ms=6, mec=INK, ls="none"))
        self.key = [self.links, self.way, self.none, self.chosen]
        words = [
            "links that lead to the last output",
            "one way from the chosen input",
            "gradient exactly 0",
            "chosen input",
        ]
        self.figure.legend(self.key, words, loc="upper left", bbox_to_anchor=(0.075, 0.955), ncols=4, fontsize=8.5)
        self.title = self.moving(self.figure.text(0.012, 0.955, "", fontsize=10.5))

    def update(self, reached, links, way, norms, lag, title=""):
        """reached (L + 1, T): whether a node, inputs first, has a way to the last output.  links: (n, 4) of layer, k,
        layer, k, k counted back from the last step.  way (m, 2) of layer, k, empty if there is none.  norms (T,), the
        last step last.  lag: the chosen input, steps back."""
        L, T = len(reached) - 1, reached.shape[1]
        height = LAYERS / L  # rows fill the picture
        layers, columns = np.nonzero(reached)
        self.awake.set_data(columns - T + 1, layers * height)
        layers, columns = np.nonzero(~reached)
        self.asleep.set_data(columns - T + 1, layers * height)
        l0, k0, l1, k1 = np.asarray(links, float).reshape(-1, 4).T
        gaps = np.full(len(l0), np.nan)
        self.links.set_data(np.stack([-k0, -k1, gaps], 1).ravel(), np.stack([l0, l1, gaps], 1).ravel() * height)
        l, k = np.asarray(way, float).reshape(-1, 2).T
        self.way.set_data(-k, l * height)
        for n, name in enumerate(self.names):
            name.set_text("" if n > L else "inputs" if n == 0 else f"layer {n}")
            name.set_position((-STEPS - 0.3, min(n, L) * height))
        some = norms > 0
        ks = np.arange(T) - T + 1
        tops = np.clip(np.log10(np.where(some, norms, 1)), LOW, HIGH)
        feet, gaps = np.full(some.sum(), LOW - 0.6), np.full(some.sum(), np.nan)
        stems = np.stack([ks[some], ks[some], gaps], 1), np.stack([feet, tops[some], gaps], 1)
        self.stems.set_data(*(side.ravel() for side in stems))
        self.none.set_data(ks[~some], np.full((~some).sum(), LOW + 0.1))
        self.chosen.set_data([-lag], [tops[T - 1 - lag] if some[T - 1 - lag] else LOW + 0.1])
        self.title.set_text(title)
        far = f"{norms[0]:.2g}" if some[0] else "exactly 0"
        self.alt = (
            f"{title}. A lattice of {T} inputs and {L} layer{'s' * (L > 1)} above them; {some.sum()} inputs have a "
            f"gradient. Its norm is {norms[-1]:.2g} at the last input, {far} at the first."
        )
