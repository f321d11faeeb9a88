"""The course as a map: its pages, what each needs, how long it takes, and how much of it is done."""

import textwrap
from itertools import pairwise

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from .scene import BLUE, INK, QUIET, Scene

PLACES = {  # (column, row) of a page, the rows from above; a companion stands beside its page
    "00": (0, 0), "01": (1, 0), "02": (2, 0), "02b": (3, 0),
    "03": (0, 1), "03b": (1, 1), "04": (2, 1), "06": (3, 1), "06b": (4, 1),
    "05b": (1, 2), "05": (2, 2), "07b": (3, 2), "07": (4, 2),
    "09": (1, 3), "08": (2, 3), "08b": (3, 3),
    "10": (1, 4), "11": (2, 4), "12": (3, 4),
}  # fmt: skip
GAPS = {  # (from, to): the gap between two columns through which an arrow passes the row between
    ("02b", "05b"): (1.5, 1),
    ("03", "08"): (0.45, 2),
    ("03", "09"): (0.38, 2),
    ("06", "09"): (2.48, 2),
    ("06", "08b"): (2.52, 2),
}  # fmt: skip
WIDE, HIGH, ACROSS, DOWN = 1.66, 0.9, 1.88, 1.38  # of a box, and from box to box, in inches
LETTERS, ROWS = 25, 4  # of a title


class CourseMap(Scene):
    """A box per page with its title, minutes and a bar of what is done; an arrow leads to what needs it."""

    width, height = 9.4, 7.08

    def build(self):
        self.axes = self.figure.add_axes([0, 0, 1, 1])
        self.axes.set(xlim=(0, self.width), ylim=(0, self.height))
        self.axes.set_axis_off()
        self.figure.text(0.016, 0.966, "The course as a map: an arrow leads from a page to one that needs it",
                         fontsize=10.5)  # fmt: skip
        key = "dashed: a companion page, which you may leave out    blue bar: how much of a page you have done"
        self.figure.text(0.016, 0.938, key, fontsize=8.5)

    def update(self, nodes, arrows):
        """nodes: page -> (title, minutes, done, of how many); arrows: pairs (page, page that needs it)."""
        if unknown := sorted({*nodes, *sum(arrows, ())} - set(PLACES)):
            raise ValueError(f"no place on the map for page {', '.join(unknown)}: give it one in PLACES")
        for page, node in nodes.items():
            self.box(page, *node)
        for pair in arrows:
            self.arrow(*pair, arrows)
        needs = {page: [a for a, b in arrows if b == page] for page in nodes}
        said = "; ".join(f"{page} needs {' and '.join(before) or 'no other'}" for page, before in needs.items())
        done, of = (sum(node[k] for node in nodes.values()) for k in (2, 3))
        minutes = sum(node[1] for node in nodes.values())
        self.alt = f"The course as a map: {len(nodes)} pages, {minutes:,} minutes. {said}. Done: {done} of {of}."
        self.refresh()

    def box(self, page, title, minutes, done, of):
        x, y = centre(page)
        left, low, companion = x - WIDE / 2, y - HIGH / 2, len(page) > 2
        rim = {"ls": (0, (4, 2)), "lw": 1.0} if companion else {"ls": "-", "lw": 1.4}
        style = "round,pad=0,rounding_size=0.06"
        self.axes.add_patch(
            FancyBboxPatch((left, low), WIDE, HIGH, boxstyle=style, facecolor="white", edgecolor=INK, zorder=3, **rim)
        )
        word = {"va": "top", "zorder": 4}
        self.axes.text(left + 0.07, low + HIGH - 0.05, page, fontsize=9, weight="bold", **word)
        count = f"{minutes} min · {done} of {of}"
        self.axes.text(left + WIDE - 0.07, low + HIGH - 0.06, count, fontsize=7.5, ha="right", **word)
        words = textwrap.wrap(title, LETTERS, max_lines=ROWS, placeholder=" …")
        self.axes.text(left + 0.07, low + HIGH - 0.22, "\n".join(words), fontsize=7.3, linespacing=1.12, **word)
        bar = {"height": 0.07, "zorder": 4}
        corner = (left + 0.07, low + 0.045)
        self.axes.add_patch(Rectangle(corner, WIDE - 0.14, facecolor="white", edgecolor=QUIET, lw=0.6, **bar))
        self.axes.add_patch(Rectangle(corner, (WIDE - 0.14) * done / max(of, 1), facecolor=BLUE, lw=0, **bar))

    def arrow(self, page, needing, arrows):
        """From the lower edge of a box to the upper edge of another, or sideways to its neighbour in a row."""
        (x0, y0), (x1, y1) = centre(page), centre(needing)
        if y0 == y1:
            side = WIDE / 2 if x1 > x0 else -WIDE / 2
            points, codes = [(x0 + side, y0), (x1 - side, y1)], [Path.MOVETO, Path.LINETO]
        else:
            start = x0 + port(needing, [b for a, b in arrows if a == page and below(a, b)]), y0 - HIGH / 2
            end = x1 + port(page, [a for a, b in arrows if b == needing and below(a, b)]), y1 + HIGH / 2
            stops = [start, end]
            if gap := GAPS.get((page, needing)):
                x, y = at(*gap)
                stops = [start, (x, y + HIGH / 2), (x, y - HIGH / 2), end]
            points, codes = [start], [Path.MOVETO]
            for (xa, ya), (xb, yb) in pairwise(stops):
                bend = (ya - yb) * 0.45
                points += [(xa, ya - bend), (xb, yb + bend), (xb, yb)]
                codes += [Path.CURVE4] * 3
        look = {"color": QUIET, "lw": 1.0} if len(needing) > 2 else {"color": INK, "lw": 1.3}
        self.axes.add_patch(FancyArrowPatch(path=Path(points, codes), arrowstyle="-|>", mutation_scale=9, zorder=2,
                                            fill=True, joinstyle="round", **look))  # fmt: skip


def at(column, row):
    return 0.12 + WIDE / 2 + column * ACROSS, 6.05 - row * DOWN


def centre(page):
    return at(*PLACES[page])


def below(page, other):
    return PLACES[other][1] > PLACES[page][1]


def port(page, pages):
    """Where on an edge of its box an arrow begins or ends: in the order of the columns that the arrows come from."""
    ordered = sorted(set(pages), key=lambda p: (PLACES[p][0], PLACES[p][1]))
    return WIDE * 0.62 * ((ordered.index(page) + 0.5) / len(ordered) - 0.5)
