"""Ticks: one axis whose limits may move at every change, without the fixed part being drawn again."""

import numpy as np
from matplotlib.lines import TICKDOWN, TICKLEFT
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from .scene import INK, QUIET, line

GRID = {"color": "#e4e4e4", "lw": 0.6, "zorder": 0.5}


class Ticks:
    """Ticks, labels and grid lines of one axis ("x" or "y") of `axes` as moving artists of `scene`.

    The axis label is moved `pad` points away, to make room for these: matplotlib does not count them.
    """

    def __init__(self, scene, axes, axis="x", grid=True, most=10, pad=None):
        self.axes, self.axis, across = axes, axis, axis == "x"
        axes.set(**{f"{axis}ticks": []})
        getattr(axes, f"{axis}axis").labelpad = pad or (18 if across else 23)
        place = axes.get_xaxis_transform() if across else axes.get_yaxis_transform()
        marker = {"marker": TICKDOWN if across else TICKLEFT, "ms": 3.5, "mec": QUIET, "mew": 0.8, "ls": ""}
        self.grid = scene.moving(line(axes, **GRID, transform=place)) if grid else None
        self.marks = scene.moving(line(axes, **marker, transform=place, clip_on=False))
        align = {"ha": "center", "va": "top"} if across else {"ha": "right", "va": "center"}
        away = (0, -7 / 72) if across else (-7 / 72, 0)
        words = place + ScaledTranslation(*away, scene.figure.dpi_scale_trans)
        self.labels = scene.moving([axes.text(0, 0, "", transform=words, color=INK, **align) for _ in range(most)])

    def set(self, low, high, places, labels=None):
        """The axis from `low` to `high`, a tick at each of `places`; their labels, if not the numbers themselves."""
        if len(places) > len(self.labels):
            raise ValueError(f"places: expected at most {len(self.labels)} ticks, got {len(places)}")
        getattr(self.axes, f"set_{self.axis}lim")(low, high)
        labels = [f"{p:g}".replace("-", "−") for p in places] if labels is None else labels
        self.marks.set_data(*self.turn(places, np.zeros(len(places))))
        if self.grid is not None:
            ends = np.tile([0, 1, np.nan], len(places))
            self.grid.set_data(*self.turn(np.repeat(places, 3), ends))
        for k, text in enumerate(self.labels):
            text.set_text(labels[k] if k < len(places) else "")
            if k < len(places):
                text.set_position(self.turn(places[k], 0))

    def turn(self, along, across):
        return (along, across) if self.axis == "x" else (across, along)


def whole(last, most=6):
    """At most `most` whole numbers from 0 to `last`, evenly apart."""
    return [int(t) for t in MaxNLocator(most, steps=[1, 2, 5, 10], integer=True).tick_values(0, last) if t <= last]


def marks(low, high, most=6):
    """At most `most` round numbers from `low` to `high`, evenly apart."""
    return [t for t in MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high) if low - 1e-9 <= t <= high + 1e-9]


def powers(low, high):
    """(places, labels) for logarithms from `low` to `high`: every second or fourth power of ten."""
    places = range(low, high + 1, 2 if high - low <= 10 else 4)
    return list(places), [f"1e{k}" if k else "1" for k in places]
