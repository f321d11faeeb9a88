"""Stamps: words that were drawn once are only put in place again.

Laying out and drawing one text takes matplotlib about 1 ms, more than a line or a small image, and most words on a
moving picture stay the same from one move to the next. So each is drawn once, alone on a clear sheet, and kept.
"""

import contextlib

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

MOST = 500  # stamps kept by one sheet; then it starts afresh
PIXELS = IdentityTransform()
EDGE = 4  # pixels around a text's box in which ink may lie
# Since 3.11 matplotlib places every letter to 1/64 of a pixel. Before, `RendererAgg.draw_text` rounds the place of a
# whole text to the nearest pixel, and of two equally near to the even one: with a hair added it is the same one
# everywhere.
LETTER_BY_LETTER = matplotlib.__version_info__ >= (3, 11)
HAIR = 0 if LETTER_BY_LETTER else 1 / 256


@contextlib.contextmanager
def at_whole_pixel(text):
    """The text moved to the nearest whole pixel (x, y): its letters then look the same wherever it stands."""
    place, transform = text.get_position(), text.get_transform()
    x, y = (round(v) for v in transform.transform(text.get_unitless_position()))
    text.set_position((x + HAIR, y + HAIR))
    text.set_transform(PIXELS)
    try:
        yield x, y
    finally:
        text.set_position(place)
        text.set_transform(transform)


class Stamps:
    """The words of one figure. `draw(text, renderer)` does what text.draw(renderer) does, to the whole pixel."""

    def __init__(self, width, height, dpi):
        self.sheet = RendererAgg(width, height, dpi)
        self.width, self.height, self.kept = width, height, {}

    def draw(self, text, renderer):
        if not text.get_visible() or not text.get_text():
            return
        clipped = text.get_clip_on() and (text.get_clip_box() is not None or text.get_clip_path() is not None)
        if type(text) is not Text or text.get_bbox_patch() is not None or clipped:
            text.draw(renderer)  # annotations, boxes and cut words have more to them
            return
        with at_whole_pixel(text) as (x, y):
            self.stamp(text, x, y, renderer)

    def stamp(self, text, x, y, renderer):
        look = (
            text.get_text(),  # first: `typed` looks for its letters
            text.get_color(),
            text.get_alpha(),
            text.get_rotation(),
            hash(text.get_fontproperties()),
        )
        look += (text.get_ha(), text.get_va(), text.get_rotation_mode(), text._linespacing)
        if look not in self.kept:
            box = text.get_window_extent(self.sheet)
            if not self.inside(box.x0, box.y0, box.x1, box.y1):
                text.draw(renderer)
                return
            if len(self.kept) >= MOST:
                self.kept.clear()
            self.kept[look] = self.typed(text, x, y, box, look[1:]) or self.cut(text, x, y, box)
        dx, dy, ink = self.kept[look]
        left, low = x + dx, y + dy
        if not ink.size:
            return
        if not self.inside(left, low, left + ink.shape[1], low + ink.shape[0]):
            text.draw(renderer)
            return
        gc = renderer.new_gc()
        renderer.draw_image(gc, left, low, ink)
        gc.restore()

    def inside(self, left, low, right, high):
        """Nothing of the words is lost over the edge of the picture."""
        return left > 1 and low > 1 and right < self.width - 1 and high < self.height - 1

    def typed(self, text, x, y, box, style):
        """What `cut` gives, put together from the letters' own stamps: for a line on its baseline, of a typewriter
        whose letters are a whole number of pixels apart. None for other texts."""
        words = text.get_text()
        step = (box.x1 - box.x0) / len(words)
        line = (text.get_ha(), text.get_va(), text.get_rotation()) == ("left", "baseline", 0) and "\n" not in words
        whole = LETTER_BY_LETTER and step == round(step)
        if not line or text.get_fontfamily() != ["monospace"] or not whole:
            return None
        letters = {}
        for letter in set(words) - {" "}:
            if (letter, style) not in self.kept:
                text.set_text(letter)
                self.kept[letter, style] = self.cut(text, x, y, text.get_window_extent(self.sheet))
            letters[letter] = self.kept[letter, style]
        text.set_text(words)
        if not letters:
            return 0, 0, np.zeros((0, 0, 4), np.uint8)
        left, low = min(dx for dx, _, _ in letters.values()), min(dy for _, dy, _ in letters.values())
        high = max(dy + len(ink) for _, dy, ink in letters.values())
        sheet = np.zeros((high - low, int(box.x1 - box.x0) + 2 * EDGE, 4), np.uint8)
        for k, letter in enumerate(words):
            if letter != " ":
                dx, dy, ink = letters[letter]
                at = int(step) * k + dx - left
                sheet[dy - low : dy - low + len(ink), at : at + ink.shape[1]] = ink
        return left, low, sheet

    def cut(self, text, x, y, box):
        """The text's own pixels, lowest row first, and where their lower left corner lies from the text's place."""
        self.sheet.clear()
        text.draw(self.sheet)
        left, above = max(0, int(box.x0) - EDGE), max(0, self.height - int(box.y1) - EDGE)
        sheet = np.asarray(self.sheet.buffer_rgba())
        pixels = sheet[above : self.height - int(box.y0) + EDGE, left : int(box.x1) + EDGE]
        rows, columns = pixels[..., 3].any(1).nonzero()[0], pixels[..., 3].any(0).nonzero()[0]
        if not len(rows):
            return 0, 0, pixels[:0, :0]
        ink = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        low = self.height - (above + rows[-1] + 1)
        return left + columns[0] - x, low - y, ink[::-1].copy()
