"""Where networks look in DNA: a row of four bases by fifty steps for the letters themselves and for each network."""

import numpy as np

from .scene import HEAT, INK, Scene, styled

BASES = "ACGT"
WORDS = {"EI": "EI, exon to intron", "IE": "IE, intron to exon"}


class Looks(Scene):
    """Two columns of maps, one for each junction; each map has its own scale, symmetric about zero: light is for the
    junction, dark against it. A line marks the junction."""

    width, height = 9.6, 5.0

    def build(self):
        """The maps come with the networks."""

    def update(self, looks, units, title="", ends=()):
        """looks: {label: {name: (steps, 4)}};  units: {name: what its numbers are};  ends: {name: where its scale ends}
        if not at its largest number."""
        rows = list(next(iter(looks.values())))
        with styled:
            panels = self.figure.subplots(len(rows), len(looks), squeeze=False)
        self.figure.subplots_adjust(left=0.165, right=0.985, bottom=0.075, top=0.86, hspace=0.42, wspace=0.06)
        told = []
        for column, (label, maps) in enumerate(looks.items()):
            for row, (name, values) in enumerate(maps.items()):
                axes, most = panels[row, column], dict(ends).get(name, np.abs(values).max())
                steps = len(values)
                at = np.arange(steps) - steps // 2  # -1 is the last base before the junction, 0 the first after it
                axes.imshow(values.T, cmap=HEAT, vmin=-most, vmax=most, aspect="auto",
                            extent=(at[0] - 0.5, at[-1] + 0.5, 3.5, -0.5), interpolation="nearest")  # fmt: skip
                axes.axvline(-0.5, color="w", lw=2.2)
                axes.axvline(-0.5, color=INK, lw=0.8)
                axes.set_yticks(range(4), BASES if column == 0 else [""] * 4)
                axes.tick_params(length=0)
                ticks = np.arange(-20, steps // 2, 10)
                axes.set_xticks(ticks, ticks if row == len(rows) - 1 else [""] * len(ticks))
                if row == 0:
                    axes.set_title(WORDS[label], fontsize=9.5)
                axes.text(
                    1, 1.04, f"scale ±{most:.2g} {units[name]}", transform=axes.transAxes, ha="right", fontsize=7.5
                )
                k, base = np.unravel_index(np.abs(values).argmax(), values.shape)
                told.append(f"{label}, {name}: largest at step {at[k]}, {BASES[base]}")
                if column == 0:
                    axes.text(-0.075, 0.5, name, transform=axes.transAxes, ha="right", va="center", fontsize=9.5)
        panels[-1, 0].set_xlabel("bases after the junction; light is for it, dark against", labelpad=1)
        panels[-1, 1].set_xlabel("bases after the junction; light is for it, dark against", labelpad=1)
        self.figure.text(0.012, 0.95, title, fontsize=10.5)
        self.alt = f"{title}. {'; '.join(told)}."
        self.refresh()
