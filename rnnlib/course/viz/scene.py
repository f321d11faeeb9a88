"""Scene: a figure whose fixed part is drawn once and whose moving part is drawn at every change.

Axes, ticks and labels cost 50 ms to draw, a handful of lines and images 5 to 10 ms. So a scene fixes its limits and
labels, keeps the picture of them, and puts only the moving artists on top; limits that must move have `Ticks`.

A scene never computes and never touches pyplot, so it may be drawn on any thread.
"""

import io
import re
import threading

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from .stamps import Stamps

# Okabe, Ito 2008, in an order whose greys differ; INK for lines and text that carry no series.
BLUE, ORANGE, GREEN, PINK, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
SERIES = (BLUE, ORANGE, GREEN, RED, SKY, PINK)
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (8, 2)), (0, (3, 1, 1, 1, 1, 1)))
INK, QUIET, PAPER = "#222222", "#767676", "#ffffff"
GREEN_WORDS, RED_WORDS = "#00795A", "#B85000"  # darker, for words: 4.5 to 1 against the paper
HEAT = "cividis"  # even steps in lightness: reads the same in grey and to the colour-blind

OWN = "This machine: "  # begins what a network trained here shows, in print and in alt texts; no test compares it
OWN_CAPTION = "Trained on this machine. On another processor last digits round otherwise, and training ends elsewhere."

STYLE = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}


class Shared:
    """A context whose effect is the process's, used on several threads: the first to enter opens it, the last to
    leave closes it. (Two that overlap would each set back what the other had set, and leave it behind for good.)"""

    def __init__(self, make):
        self.make, self.lock, self.inside, self.kept = make, threading.Lock(), 0, None

    def __enter__(self):
        with self.lock:
            if self.inside == 0:
                self.kept = self.make()
                self.kept.__enter__()
            self.inside += 1

    def __exit__(self, *_):
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                self.kept.__exit__(None, None, None)


styled = Shared(lambda: matplotlib.rc_context(STYLE))


class Scene:
    """Subclasses draw the fixed part in `build` and set the moving artists in `update(...)`.

    width, height : inches at 100 dots per inch.  alt : what the picture shows, in words and numbers; `update` sets it.
    In a notebook a scene shows itself as a PNG, and as text it is its alt text.  own : whether it shows a network that
    was trained on this machine; it then says so, below the picture and before the alt text.
    """

    width, height, dpi = 9.0, 3.4, 100
    alt, own = "", False

    def __init__(self, *args, **kwargs):
        with styled:
            self.figure = Figure((self.width, self.height), dpi=self.dpi, facecolor=PAPER)
            self.canvas = FigureCanvasAgg(self.figure)
            self._moving, self._fixed = [], None
            self._stamps = Stamps(*self.canvas.get_width_height(), self.dpi)
            self.build()
        if args or kwargs:
            self.update(*args, **kwargs)

    def build(self):
        raise NotImplementedError

    def update(self, *args, **kwargs):
        raise NotImplementedError

    def moving(self, artist):
        """Mark an artist (or a list of them) as moving and pass it on."""
        for a in artist if isinstance(artist, (list, tuple)) else [artist]:
            a.set_animated(True)
            self._moving.append(a)
        return artist

    def pixels(self):
        """(height, width, 4) bytes of the picture as it stands. The fixed part is drawn on the first call alone."""
        with styled:
            if self._fixed is None:
                self._fixed = self._background()
            self.canvas.restore_region(self._fixed)
            for artist in sorted(self._moving, key=lambda a: a.zorder):
                if isinstance(artist, Text):
                    self._stamps.draw(artist, self.canvas.renderer)
                else:
                    self.figure.draw_artist(artist)
        return self.canvas.buffer_rgba()

    def _background(self):
        self.canvas.draw()
        return self.canvas.copy_from_bbox(self.figure.bbox)

    def refresh(self):
        """Forget the picture of the fixed part: for the rare change of what `Ticks` cannot move."""
        self._fixed = None

    def _rgb(self):
        return Image.fromarray(np.asarray(self.pixels())).convert("RGB")

    def jpeg(self):
        """The picture as JPEG bytes, for a picture that moves: encoded in 1.5 ms, where a PNG takes 8, and so close
        (full colour resolution, off by 0.4 of 255 on average) that no eye tells them apart."""
        out = io.BytesIO()
        self._rgb().save(out, "JPEG", quality=92, subsampling=0)
        return out.getvalue()

    def png(self, small=False, caption=""):
        """The picture as PNG bytes: encoded fast, or with few colours (rare ones kept) and few bytes, for a file.
        A caption is written on a strip below it."""
        image, out = self._rgb(), io.BytesIO()
        if caption:
            image = below(image, caption, self.dpi)
        if small:
            image.quantize(256, kmeans=1, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        else:
            image.save(out, "PNG", compress_level=1)
        return out.getvalue()

    def here(self):
        """The same scene, marked as this machine's own."""
        self.own = True
        return self

    def _repr_png_(self):
        return self.png(small=True, caption=OWN_CAPTION * self.own)

    def __repr__(self):
        return OWN * self.own + (self.alt or type(self).__name__)


def below(image, caption, dpi):
    """The image with the caption, one line or more, on a strip of paper below it."""
    height = 10 + 17 * (caption.count("\n") + 1)
    strip = Figure((image.width / dpi, height / dpi), dpi=dpi, facecolor=PAPER)
    canvas = FigureCanvasAgg(strip)
    strip.text(8 / image.width, 1 - 5 / height, caption, fontsize=8.5, color=INK, va="top", linespacing=1.3)
    canvas.draw()
    whole = Image.new("RGB", (image.width, image.height + height), PAPER)
    whole.paste(image, (0, 0))
    whole.paste(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"), (0, image.height))
    return whole


def minus(text):
    """A hyphen before a digit becomes a minus sign: as on the axes, and no line breaks after it."""
    return re.sub(r"(?<![\w.-])-(?=[\d.])|(?<=\de)-(?=\d)", "−", text)


def line(axes, **style):
    """An empty line to be moved later."""
    return axes.plot([], [], **style)[0]
