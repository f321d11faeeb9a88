"""One step of a gated cell as a graph: a box for every formula, an arrow for every name that it reads.

Forwards a box gets its value, backwards its gradient. An arrow that has been walked backwards is dashed and has a head
at its other end; where several of them meet stands a circled plus, and beside each of them the term that it brings.
"""

import numpy as np
from matplotlib.collections import PolyCollection

from .scene import BLUE, INK, PAPER, QUIET, RED, RED_WORDS, Scene, line, minus
from .ways import GRAPHS, HALF, TALL

NOTE = "In a box: name, value, ◂ gradient.  Solid: forward.  Dashed: backward.  ⊕: what comes back is added."
ROUNDED = "Numbers: rounded to three decimals."
# Numbers are typed, for `Stamps` puts a typed line together from letters that it has: a new number costs no time.
TYPED = {"family": "monospace", "fontsize": 8.4, "parse_math": False, "ha": "left", "va": "baseline"}
LETTER, BASE = 0.07, 0.045  # inches: a typed letter's width, and from the middle of a line down to where letters stand
REACHED = "#fef7f2"  # so light that the words on it stand out
WAYS = {  # line width, dashes, colour, layer, size of its heads
    "still": (1.0, "-", QUIET, 1, 0.07),
    "past": (1.7, (0, (4, 1.6)), RED, 2, 0.1),
    "forward": (3.0, "-", BLUE, 3, 0.13),
    "backward": (3.0, (0, (2.2, 0.9)), RED, 3, 0.15),
}


class StepGraph(Scene):
    """The graph of one step at one moment of its way forward and back, and the line that runs."""

    width, height = 9.6, 5.2

    def build(self):
        ax = self.axes = self.figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, self.width), ylim=(0, self.height))
        ax.axis("off")
        ax.text(0.16, 0.1, f"{NOTE}  {ROUNDED}", fontsize=8, color=QUIET, va="center")
        self.lines, self.heads = {}, self.moving(ax.add_collection(PolyCollection([], lw=0, zorder=4)))
        for kind, (lw, dashes, color, layer, _) in WAYS.items():
            style = {"lw": lw, "ls": dashes, "dash_capstyle": "butt", "color": color, "zorder": layer}
            self.lines[kind] = self.moving(line(ax, **style))
        self.forks = self.moving(line(ax, ls="", marker="o", ms=5, color=INK, zorder=2))
        self.sums = self.moving(line(ax, ls="", marker="o", ms=15, mfc=PAPER, mec=RED, mew=1.8, zorder=6))
        self.pluses = self.moving(line(ax, ls="", marker="+", ms=10, color=RED, mew=2, zorder=7))
        self.boxes = self.moving(ax.add_collection(PolyCollection([], closed=True, zorder=5)))
        most = max(len(graph.boxes) for graph in GRAPHS.values())
        self.names = [self.word(INK, 8.5, weight="bold") for _ in range(most)]
        self.values = [self.word(INK, **TYPED) for _ in range(most)]
        self.gradients = [self.word(RED_WORDS, **TYPED) for _ in range(most)]
        most = max(len(graph.terms) for graph in GRAPHS.values())
        self.terms = [self.word(RED_WORDS, **TYPED) for _ in range(most)]
        self.ends = [self.word(QUIET, 8.0) for _ in range(2)]
        self.title = self.moving(ax.text(0.16, 4.93, "", fontsize=10.5))
        self.formula = self.moving(ax.text(0.16, 0.49, "", color=INK, **TYPED | {"fontsize": 9.6, "weight": "bold"}))
        self.inserted = self.moving(ax.text(0.16, 0.27, "", color=INK, **TYPED | {"fontsize": 9.6}))

    def word(self, color, fontsize=8.4, **style):
        style = {"ha": "center", "va": "center", "zorder": 8} | style
        return self.moving(self.axes.text(0, 0, "", color=color, fontsize=fontsize, **style))

    def update(self, cell, values, gradients, node, backward, terms, formula, inserted, title=""):
        """values, gradients: node -> number, of those that are there. node: whose line runs, or None. terms:
        (node, reader) -> number, of the sums that were made. formula, inserted: the line, and what its numbers give."""
        graph = GRAPHS[cell]
        running = [w for w in graph.ways if w[0 if backward else 1] == node]
        past = [w for w in graph.ways if w[0] in gradients and w not in running]
        still = [w for w in graph.ways if w not in past + running]
        walked = {"still": (still, -1), "past": (past, 0)}
        walked |= {"forward": ([] if backward else running, -1), "backward": (running if backward else [], 0)}
        self.draw({kind: ([graph.ways[w] for w in ways], end) for kind, (ways, end) in walked.items()})
        self.fill(graph.boxes, values, gradients, node)
        place(self.forks, [p for n, p in graph.forks.items() if n not in gradients])
        for marks in (self.sums, self.pluses):
            place(marks, [p for n, p in graph.forks.items() if n in gradients])
        write(self.terms, [(*graph.terms[w][:2], arriving(w) + number(v), graph.terms[w][2]) for w, v in terms.items()])
        write(self.ends, [(*end, "center") for end in graph.ends])
        self.title.set_text(title)
        self.formula.set_text(formula)
        self.inserted.set_text(minus(inserted))
        back = {n: f", gradient {number(v)}" for n, v in gradients.items()}
        told = [f"{n} {number(v)}{back.get(n, '')}" for n, v in values.items()]
        line = f" {formula} {inserted}." if formula else ""
        self.alt = minus(f"{title}. Its boxes: {'; '.join(told)}.{line}")

    def draw(self, walked):
        """walked: kind -> (paths, where their heads are: at the last corner, -1, or at the first, 0)."""
        heads, colors = [], []
        for kind, (paths, end) in walked.items():
            place(self.lines[kind], [corner for path in paths for corner in (*path, (np.nan, np.nan))])
            *_, color, _, size = WAYS[kind]
            for path in paths:
                tip, behind = np.array((path[-1], path[-2]) if end else (path[0], path[1]))
                along = size * np.sign(tip - behind)
                across = along[::-1] * 0.45
                heads.append([tip, tip - along + across, tip - along - across])
                colors.append(color)
        self.heads.set_verts(heads)
        self.heads.set_facecolors(colors)

    def fill(self, boxes, values, gradients, node):
        """A box is pale until it has a value; that of the line that runs has a thick rim."""
        corners = np.array([[-HALF, -TALL], [HALF, -TALL], [HALF, TALL], [-HALF, TALL]])
        self.boxes.set_verts([corners + place for place in boxes.values()])
        self.boxes.set_facecolors([REACHED if n in gradients else PAPER for n in boxes])
        self.boxes.set_edgecolors([INK if n in values else QUIET for n in boxes])
        self.boxes.set_linewidths([3.0 if n == node else 1.2 if n in values else 0.7 for n in boxes])
        write(self.names, [(x, y + 0.18, n, "center") for n, (x, y) in boxes.items()])
        write(self.values, [(*boxes[n], number(v), "center") for n, v in values.items()])
        low = {n: (x, y - 0.18) for n, (x, y) in boxes.items()}
        write(self.gradients, [(*low[n], f"◂ {number(v)}", "center") for n, v in gradients.items()])


def number(value):
    return minus(f"{np.round(value, 3) + 0.0:.3f}")


def arriving(way):
    """The name of a gradient that comes from behind the step."""
    return f"d{way[0]} = " if way[1] == "later" else ""


def place(line, points):
    """Points of a line; without any it is not drawn at all, which is faster."""
    line.set_visible(bool(points))
    if points:
        line.set_data(*zip(*points))


def write(texts, entries):
    """(x, y, words, alignment) of each; the texts that are left over are empty."""
    for text in texts[len(entries) :]:
        text.set_text("")
    for text, (x, y, words, align) in zip(texts, entries):
        if text.get_va() == "baseline":
            shift = {"left": 0, "center": 0.5, "right": 1}[align] * LETTER * len(words)
            text.set(position=(x - shift, y - BASE), text=words)
        else:
            text.set(position=(x, y), text=words, ha=align)
