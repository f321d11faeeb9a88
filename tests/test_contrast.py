"""What pictures and controls owe to every eye: words that stand out, whole and apart; lines told apart without colour;
readings that are sentences; names for all."""

import functools
import html
import re
from itertools import combinations
from unittest import mock

import ipywidgets as w
import numpy as np
import pytest
from matplotlib.axis import Tick
from matplotlib.colors import to_rgba
from matplotlib.font_manager import findfont
from matplotlib.text import Text
from PIL import ImageFont

from rnnlib.course import explore
from rnnlib.course.explore import trial
from rnnlib.course.viz.scene import Scene

NAMES = [name for name in explore.__all__ if name not in ("Explorer", "TrainingView")]
ENOUGH = 4.5  # WCAG 2, AA, for text of this size


def luminance(rgb):
    """Relative luminance of colours (..., 3) in 0..1, as WCAG 2 defines it."""
    rgb = np.asarray(rgb, float)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = np.minimum(one, other), np.maximum(one, other)
    return (high + 0.05) / (low + 0.05)


def texts(artist):
    """Every text below an artist that is drawn: it and all its owners are visible, and its tick within the limits."""
    if artist.get_visible():
        if isinstance(artist, Text) and artist.get_text().strip():
            yield artist
        for child in artist.get_children():
            if isinstance(child, Tick) and not within(child.get_loc(), artist.get_view_interval()):
                continue
            yield from texts(child)


def within(place, limits):
    slack = 1e-9 * abs(limits[1] - limits[0])
    return min(limits) - slack <= place <= max(limits) + slack


def box_alone(text, renderer):
    """What is behind a text, in place of Text.draw: the box around it, if it has one."""
    if text.get_visible() and (box := text.get_bbox_patch()):
        text.update_bbox_position_size(renderer)
        box.draw(renderer)


def words(scene):
    """(text, its box, what is behind it (N, 3) in 0..1) of every text of a scene."""
    with mock.patch.object(Text, "draw", box_alone), mock.patch.object(scene._stamps, "draw", box_alone):
        scene.refresh()
        bare = np.asarray(scene.pixels())[::-1, :, :3] / 255.0  # rows from below, as boxes count
    scene.refresh()
    found = []
    for t in texts(scene.figure):
        box = t.get_window_extent(scene.canvas.renderer)
        x, y = (slice(max(0, int(a)), max(0, int(b) + 1)) for a, b in ((box.x0, box.x1), (box.y0, box.y1)))
        found.append((t, box, bare[y, x].reshape(-1, 3)))
    return found


def faint(words):
    """(words, contrast) of every text that stands out too little.

    The contrast is that of the tenth of its box where it stands out least: a curve, a grid line or a corner of its
    box that touches a letter makes no difference, and one dark cell of a heat map behind a word does."""
    found = []
    for text, _, behind in words:
        if not len(behind):
            continue  # beyond the edge of the picture: `crowded` says so
        *rgb, alpha = to_rgba(text.get_color(), text.get_alpha())
        seen = contrast(luminance(alpha * np.array(rgb) + (1 - alpha) * behind), luminance(behind))
        if (worst := np.quantile(seen, 0.1)) < ENOUGH:
            found.append((text.get_text(), round(float(worst), 2)))
    return found


def crowded(words, width, height):
    """Texts that reach over the edge of the picture, and pairs that lie on one another."""
    boxes = [(text.get_text(), box) for text, box, _ in words]
    over = [(name, "cut off") for name, b in boxes if min(b.x0, b.y0, width - b.x1, height - b.y1) < -1]
    for (name, a), (other, b) in combinations(boxes, 2):
        # boxes have a margin above and below the letters: two pixels of it may be shared
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 2:
            over.append((name, other))
    return over


def alike(axes):
    """Looks of lines in one axes that only their colour tells apart. A marker's face is light (or none) or dark."""
    looks = {}
    for line in axes.get_lines():
        drawn = line.get_linestyle() not in ("None", "none", "")
        marker = line.get_marker() if line.get_marker() not in ("None", "none", "", None) else None
        if not line.get_visible() or not len(line.get_xdata()) or not (drawn or marker):
            continue
        face = line.get_markerfacecolor()
        look = (
            str(line._dash_pattern) if drawn else None,
            marker,
            round(line.get_linewidth(), 1) if drawn else None,
            line.get_markersize() if marker else None,
            str(face) == "none" or bool(luminance(to_rgba(face)[:3]) > 0.5),
            line.get_drawstyle(),
        )
        looks.setdefault(look, set()).add(tuple(np.round(to_rgba(line.get_color()), 3)))
    return [look for look, colours in looks.items() if len(colours) > 1]


TORN = re.compile(  # a field that was not filled in, two sentences run into each other, a stop too many, a bare hyphen
    r"[{}]|\b(?:to|of|and|a|from|at|by|no) (?!Bayes|Python|Japanese|Transformer)[A-Z][a-z]+ |\.\.|\s[.,;:]"
    r"|\bnan\b|[ (]-\d|\de-\d"
)


def torn(reading):
    """What is wrong with the words below a picture."""
    text = html.unescape(re.sub(r"</?[a-z][^>]*>", "", reading)).strip()
    if re.match(r"[a-z]{3}", text) or not text.endswith((".", "?")):
        return [text]
    return TORN.findall(text)


@functools.cache
def visited(name):
    """({where: (settings, faint, crowded, alike, torn)}, nameless) of an explorer: at its start, in each situation,
    with all sliders at their maxima."""
    # what networks would have learned is of no account here, and takes long
    with mock.patch.object(trial, "outcome", lambda task, cell, L, seed: np.sin(seed + L)):
        explorer, seen = getattr(explore, name)(), {}

        def look(where, again=False):
            explorer.settle()
            if again or explorer.settings not in [settings for settings, *_ in seen.values()]:
                scene = explorer.picture
                found, size = words(scene), scene.canvas.get_width_height()
                lines = [(axes.get_xlabel(), axes.get_ylabel(), alike(axes)) for axes in scene.figure.axes]
                told = torn(explorer.reading.value)
                seen[where] = explorer.settings, faint(found), crowded(found, *size), lines, told

        look("start")
        for title, settings, _ in explorer.situations:
            explorer.go(**settings)
            look(title)
        explorer.go(**{key: c.max for key, c in explorer.inputs.items() if hasattr(c, "max")})
        look("all sliders at their maxima")
        if name == "LiveTraining":
            explorer.step(), explorer.step()
            look("after two updates", again=True)
    return seen, nameless(explorer.inputs.values())


def wrong(name, k):
    return {where: found for where, (_, *kinds) in visited(name)[0].items() if (found := kinds[k])}


@pytest.mark.parametrize("name", NAMES)
def test_every_word_stands_out_from_what_is_behind_it(name):
    assert not wrong(name, 0)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_is_whole_and_lies_on_no_other(name):
    assert not wrong(name, 1)


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_told_apart_without_colour(name):
    assert not {w: bad for w, rows in wrong(name, 2).items() if (bad := [row for row in rows if row[2]])}


@pytest.mark.parametrize("name", NAMES)
def test_readings_are_whole_sentences(name):
    assert not wrong(name, 3)


QUANTITY = re.compile(  # what a slider's number counts or measures; added: to the gain, the slider before it
    r"layers?|lines|steps|gain|added|bias|weight|parameters|radius|scale|shear|std\. dev\.|seeds?|character|unit"
    r"|sequence|temperature|height|state|target|change|inputs?|updates|start|nats|rounds|step t|length|°"
)
EM, LETTERS = 13, ImageFont.truetype(findfont("DejaVu Sans"), 13)  # JupyterLab's size; of common faces the widest
ARROW = 40  # pixels of a drop-down list that its margins and its arrow take


def in_em(css):
    return float(css.removesuffix("em")) * EM


def nameless(inputs):
    """What is wrong with the names of controls: missing, twice the same, without quantity, too long to be read."""
    names, found = [control.description for control in inputs], []
    found += [f"{name!r}: twice" for name in {n for n in names if names.count(n) > 1}]
    for control, name in zip(inputs, names):
        if not name.strip():
            found.append(f"{control}: no name")
        if isinstance(control, w.Checkbox):
            continue
        label = in_em(control.style.description_width)
        if LETTERS.getlength(name) > label:
            found.append(f"{name!r}: cut off")
        if isinstance(control, w.Dropdown):
            room = in_em(control.layout.width) - label - ARROW
            found += [f"{name!r}: {o!r} is cut off" for o in map(str, control.options) if LETTERS.getlength(o) > room]
        elif not QUANTITY.search(name):
            found.append(f"{name!r}: of what?")
        elif not control.readout:
            found.append(f"{name!r}: its value is not shown")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_control_has_a_name_that_can_be_read_and_shows_its_value(name):
    assert not visited(name)[1]


class Planted(Scene):
    """Orange words on white, dark ones half over a dark ground, words on words and over the edge; two lines that only
    colour tells apart."""

    def build(self):
        axes = self.figure.subplots()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.plot([0, 1], color="#0072B2")
        axes.plot([1, 0], color="#E69F00")
        axes.axvspan(0.8, 0.95, color="#333333", lw=0)
        axes.text(0.4, 0.1, "faint", color="#E69F00")
        axes.text(0.2, 0.1, "strong", color="#222222")
        axes.text(0.75, 0.1, "half and half", color="#222222")
        axes.text(0.2, 0.12, "upon", color="#222222")
        self.figure.text(0.99, 0.95, "beyond")
        axes.text(0.2, 0.1, "hidden", visible=False, color="#ffff00")


def test_the_tests_see_what_they_look_for():
    scene = Planted()
    found = words(scene)
    assert [text for text, _ in faint(found)] == ["faint", "half and half"]
    assert sorted(crowded(found, *scene.canvas.get_width_height())) == [("beyond", "cut off"), ("strong", "upon")]
    assert len(alike(scene.figure.axes[0])) == 1
    assert contrast(luminance([1, 1, 1]), luminance([0, 0, 0])) == pytest.approx(21)
    for bad in ("{x:.2g} bits.", "No depth to From 1.", "about -2.", "1e-3.", "held-out loss 2.", "It ends", "Two.."):
        assert torn(f"<p><b>1 here.</b> What? </p>{bad}" if bad[0] not in "hI" else bad), bad
    assert not torn("<b>x_1</b> changed by −0.5 &lt; 1: it shrinks from 3e−5.")
    slider = w.IntSlider(description="", style={"description_width": "8.5em"})
    told = " ".join(nameless([slider, explore.base.integer("shear, beyond every eigenvalue", 0, 0, 1)]))
    assert "no name" in told and "cut off" in told
    assert nameless([explore.base.integer("from below", 0, 0, 1)]) == ["'from below': of what?"]
    narrow = explore.base.choice("cell", "a", ["a", "as long as this"])
    narrow.layout.width = "18em"
    assert nameless([narrow]) == ["'cell': 'as long as this' is cut off"]
