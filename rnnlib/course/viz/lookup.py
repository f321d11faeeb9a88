"""Attention as a soft look-up: one query among five keys, and a map of which letters a sound was taken from."""

import numpy as np

from .scene import BLUE, GREEN, INK, ORANGE, QUIET, Scene, line, styled

KEYS = 5
GRID = {"color": "#e4e4e4", "lw": 0.6}


class Lookup(Scene):
    """Left: five keys and the query, as arrows. Middle: the weight of each key, and what of a gradient reaches its
    score. Right: the values, and the output among them."""

    width, height = 9.6, 3.7

    def build(self):
        plane, bars, values = self.figure.subplots(1, 3, width_ratios=[1, 1.25, 1])
        self.figure.subplots_adjust(left=0.045, right=0.985, bottom=0.14, top=0.78, wspace=0.22)
        circle = np.exp(1j * np.linspace(0, 2 * np.pi, 121))
        for axes, name in ((plane, "keys and query"), (values, "values and output")):
            axes.set(xlim=(-1.35, 1.35), ylim=(-1.35, 1.35), aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
            axes.plot(circle.real, circle.imag, color="#e4e4e4", lw=0.8, zorder=0)
            axes.set_title(name, fontsize=9)
        bars.set(xlim=(0.4, KEYS + 0.6), ylim=(0, 1.02), xlabel="key k", xticks=range(1, KEYS + 1))
        bars.set_title("weight A, and slope of the output by its score", fontsize=9)
        bars.grid(axis="y", **GRID)
        self.keys = self.moving(line(plane, color=BLUE, lw=1.4))
        self.tips = self.moving(line(plane, color=BLUE, marker="o", ms=5, ls="none"))
        self.query = self.moving(line(plane, color=ORANGE, lw=2.6, marker="D", ms=6, mec=INK, markevery=[1]))
        self.labels = [self.moving([a.text(0, 0, "", ha="center", va="center") for _ in range(KEYS)])
                       for a in (plane, values)]  # fmt: skip
        self.weights = self.moving(line(bars, color=BLUE, lw=16, solid_capstyle="butt"))
        self.slopes = self.moving(line(bars, color=GREEN, marker="s", ms=6, mec=INK, ls="none"))
        self.values = self.moving(line(values, color=BLUE, marker="o", ls="none", ms=5))
        self.rays = self.moving(line(values, color=QUIET, lw=0.8))
        self.output = self.moving(line(values, color=ORANGE, marker="D", ms=9, mec=INK, ls="none"))
        handles = [self.tips, self.query, self.weights, self.slopes, self.output]
        words = ["keys (values)", "query", "weight", "slope by the score", "output"]
        legend = self.figure.legend(
            handles, words, loc="upper left", bbox_to_anchor=(0.035, 0.925), ncols=5, fontsize=8.5
        )
        legend.get_lines()[2].set_linewidth(6)
        self.title = self.moving(self.figure.text(0.045, 0.935, "", fontsize=10.5))

    def update(self, query, keys, values, weights, slopes, output, title=""):
        """query (2,), keys and values (5, 2), weights and slopes (5,), output (2,); a weight of nan is a masked key."""
        seen = ~np.isnan(weights)
        nan = np.full(KEYS, np.nan)
        x, y = keys.T
        self.keys.set_data(np.stack([0 * x, x, nan], 1).ravel(), np.stack([0 * y, y, nan], 1).ravel())
        self.tips.set_data(x, y)
        self.query.set_data([0, query[0]], [0, query[1]])
        for texts, places in zip(self.labels, (keys, values)):
            for k, (text, place) in enumerate(zip(texts, places)):
                text.set_position(place * (1 + 0.2 / max(np.linalg.norm(place), 0.2)))
                text.set_text(str(k + 1) if seen[k] else f"({k + 1})")
        ks, shown = np.arange(1, KEYS + 1), np.nan_to_num(weights)
        self.weights.set_data(np.stack([ks, ks, nan], 1).ravel(), np.stack([0 * shown, shown, nan], 1).ravel())
        self.slopes.set_data(ks[seen], slopes[seen])
        self.values.set_data(*values.T)
        ends = np.where(seen[:, None] & (shown[:, None] > 0.005), values, output)
        middle = np.broadcast_to(output, ends.shape)
        self.rays.set_data(*(np.stack([ends[:, i], middle[:, i], nan], 1).ravel() for i in (0, 1)))
        self.output.set_data(*output[:, None])
        self.title.set_text(title)
        told = ", ".join(f"{w:.2f}" if s else "masked" for w, s in zip(weights, seen))
        self.alt = f"{title}. Weights of the keys 1 to {KEYS}: {told}. Output ({output[0]:.2f}, {output[1]:.2f})."


class Tables(Scene):
    """Matrices side by side with their numbers, darker for more; nan is a masked entry."""

    width, height = 9.6, 2.9

    def build(self):
        self.title = self.moving(self.figure.text(0.02, 0.925, "", fontsize=10.5))

    def update(self, tables, title="", rows="query t", columns="key k"):
        """tables: dict name -> (n, m) array."""
        widths = [table.shape[1] for table in tables.values()]
        with styled:  # the panels are made here, for their number is that of the tables
            panels = self.figure.subplots(1, len(tables), squeeze=False, width_ratios=widths)
        self.figure.subplots_adjust(left=0.07, right=0.985, bottom=0.16, top=0.78, wspace=0.14)
        told = []
        for n, (axes, (name, table)) in enumerate(zip(panels[0], tables.items())):
            low, high = np.nanmin(table), np.nanmax(table)
            shade = 0.97 - 0.35 * (table - low) / max(high - low, 1e-9)  # never too dark for its number
            axes.imshow(np.where(np.isnan(table), 1, shade), cmap="gray", vmin=0, vmax=1, aspect="auto")
            for (i, j), value in np.ndenumerate(table):
                text = "masked" if np.isnan(value) else f"{value + 0.0:.2f}".replace("-", "−")
                axes.text(j, i, text, ha="center", va="center", fontsize=7.5 if np.isnan(value) else 9,
                          color=QUIET if np.isnan(value) else INK)  # fmt: skip
            axes.set(xticks=range(table.shape[1]), yticks=range(len(table)))
            axes.set_xticklabels(range(1, table.shape[1] + 1))
            axes.set_yticklabels(range(1, len(table) + 1) if n == 0 else [])
            axes.set_xlabel(columns if table.shape[1] == len(table) else "column")
            axes.tick_params(length=0)
            axes.set_title(name, fontsize=9)
            told.append(f"{name} last row {', '.join('masked' if np.isnan(v) else f'{v:.2f}' for v in table[-1])}")
        panels[0, 0].set_ylabel(rows)
        self.title.set_text(title)
        self.alt = f"{title}. {'; '.join(told)}."
        self.refresh()
