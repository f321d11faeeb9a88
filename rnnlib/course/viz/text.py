"""Text as a network sees it: surprise per character, what comes next, how far back it looks, what it writes."""

import numpy as np

from .scene import BLUE, DASHES, INK, ORANGE, QUIET, RED, Scene
from .training import GRID, rough


def visible(character):
    """A character as a label: newline and space get a sign."""
    return {"\n": "↵", " ": "␣"}.get(character, character)


class Context(Scene):
    """Bits per character against how many characters the network has read before it must guess."""

    width, height = 9.0, 3.2

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0.085, right=0.82, bottom=0.16, top=0.88)
        self.axes.set(xlabel="characters read since the state was zero", ylabel="bits per character", xscale="log")
        self.axes.grid(**GRID)

    def update(self, lags, bits, references, margin, title):
        """lags (K,), bits (K,); references {name: bits}; margin : bits above the last point that are shaded."""
        self.axes.axhspan(bits[-1], bits[-1] + margin, color=QUIET, alpha=0.3, lw=0)
        self.axes.text(0.02, 0.07, f"shaded: within {margin:g} bits of k = {lags[-1]}", transform=self.axes.transAxes,
                       fontsize=9)  # fmt: skip
        self.axes.plot(lags, bits, color=BLUE, marker="o", ms=5, mec=INK, mew=0.6)
        self.axes.set_xticks(lags, labels=list(map(str, lags)))
        self.axes.minorticks_off()
        self.axes.set_ylim(0, max([*bits, *references.values()]) * 1.1)
        for k, (name, value) in enumerate(references.items()):
            self.axes.axhline(value, color=INK, lw=1, ls=DASHES[1 + k])
            self.axes.text(
                1.02, value, f"{name} {value:.3g}", transform=self.axes.get_yaxis_transform(), va="center", fontsize=9
            )
        self.axes.text(1.02, bits[-1], f"network {bits[-1]:.2g}", transform=self.axes.get_yaxis_transform(),
                       va="center", color=BLUE, fontsize=9)  # fmt: skip
        self.axes.set_title(title, loc="left", fontsize=10)
        parts = ", ".join(f"{k}: {b:.1f}" for k, b in zip(lags, bits))
        self.alt = f"{title}. Bits per character by characters read: {parts}; " + ", ".join(
            f"{name} {rough(value)}" for name, value in references.items()
        )


class Samples(Scene):
    """Texts side by side, in a typewriter's letters."""

    width, height = 9.6, 4.0

    def build(self):
        self.axes = self.figure.subplots()
        self.figure.subplots_adjust(left=0, right=1, bottom=0, top=0.92)
        self.axes.set(xlim=(0, 1), ylim=(0, 1))
        self.axes.axis("off")

    def update(self, texts, notes, title, lines=18, columns=41):
        """texts {heading: text}; notes : what is measured of each."""
        self.figure.text(0.02, 0.945, title, fontsize=10.5)
        for k, (heading, text) in enumerate(texts.items()):
            x = 0.02 + k / len(texts)
            rows = [row[i : i + columns] for row in text.split("\n") for i in range(0, max(len(row), 1), columns)]
            self.axes.text(x, 0.93, heading, fontsize=10)
            self.axes.text(x, 0.875, notes[k], fontsize=8.5, style="italic")
            self.axes.text(x, 0.83, "\n".join(rows[:lines]).replace("$", r"\$"), family="monospace", fontsize=8.5,
                           va="top", linespacing=1.25)  # fmt: skip
            if k:
                self.axes.axvline(x - 0.015, color=QUIET, lw=0.6)
        parts = "; ".join(f"{heading}: {note}" for heading, note in zip(texts, notes))
        self.alt = f"{title}. {parts}."


class NextCharacter(Scene):
    """Left: the text up to a place, the surprise of each character in bits. Right: what may come next."""

    width, height = 9.6, 3.6
    back, top, highest = 44, 10, 10.0

    def build(self):
        unit = 14 / (self.width * self.dpi)  # a bar takes 14 pixels, two letters of the typewriter at 8.4 points
        self.left = self.figure.add_axes((0.06, 0.17, self.back * unit, 0.68))
        self.right = self.figure.add_axes((0.775, 0.17, 0.205, 0.68))
        self.left.set(xlim=(-0.5, self.back - 0.5), ylim=(0, self.highest), ylabel="surprise, bits", xticks=[])
        self.left.grid(axis="y", **GRID)
        self.bars = self.moving(list(self.left.bar(range(self.back), 0, color=BLUE, width=0.8)))
        self.bars[-1].set(facecolor=ORANGE, edgecolor=INK, hatch="///")
        typewriter = {"family": "monospace", "fontsize": 8.4, "parse_math": False}
        self.letters = self.moving(self.left.text(-0.25, -0.5, "", va="center", **typewriter))
        self.left.set_xlabel(
            "the text; its last character, hatched, is to be guessed; ▲ more than 10 bits", labelpad=16
        )
        self.ticks = self.moving(line_of(self.left, RED))
        self.right.set(xlim=(0, 1), ylim=(self.top - 0.4, -0.6), yticks=[], xlabel="probability of what comes next")
        self.right.grid(axis="x", **GRID)
        self.guesses = self.moving(list(self.right.barh(range(self.top), 0, color=BLUE, height=0.72)))
        self.names = self.moving(
            [self.right.text(-0.03, k, "", ha="right", va="center", **typewriter) for k in range(self.top)]
        )
        self.title = self.moving(self.figure.text(0.06, 0.925, "", fontsize=10.5))

    def update(self, text, surprise, characters, p, title):
        """text : the `back` characters up to the one to be guessed, that one included; surprise (back,) bits;
        characters : the alphabet; p (V,), the probabilities of the last character."""
        for bar, s in zip(self.bars, surprise):
            bar.set_height(min(s, self.highest))
        self.letters.set_text(" ".join(map(visible, text)))
        over = [k for k, s in enumerate(surprise) if s > self.highest]
        self.ticks.set_data(over, np.full(len(over), 0.97 * self.highest))
        order = np.argsort(-p, kind="stable")[: self.top]
        for bar, name, v in zip(self.guesses, self.names, order):
            right = characters[v] == text[-1]
            bar.set_width(p[v])
            bar.set(facecolor=ORANGE if right else BLUE, hatch="///" if right else "", edgecolor=INK)
            name.set_text(visible(characters[v]))
        self.title.set_text(title)
        likeliest, came = characters[order[0]], text[-1]
        self.alt = (
            f"{title}. Likeliest is {visible(likeliest)} with probability "
            f"{quarters(p[order[0]])}; what comes is {visible(came)}, with {quarters(p[characters.index(came)])}, "
            "to the nearest quarter."
        )


def quarters(p):
    """A probability to the nearest quarter: finer ones differ between processors."""
    return f"{round(4 * p) / 4:g}"


def line_of(axes, colour):
    """Markers for bars that reach beyond the axes."""
    return axes.plot([], [], ls="", marker="^", color=colour, mec=INK, mew=0.5)[0]
