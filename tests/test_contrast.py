"""What pictures and controls owe to every eye: words that stand out, lines told apart without colour, names for all."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from rnnlib import explore
from rnnlib.viz.scene import Scene

NAMES = [name for name in explore.__all__ if name not in ("Explorer", "TrainingView")]
ENOUGH = 4.5  # WCAG 2, AA, for text of this size


def luminance(rgb):
    """Relative luminance of colours (..., 3) in 0..1, as WCAG 2 defines it."""
    rgb = np.asarray(rgb, float)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted((float(one), float(other)))
    return (high + 0.05) / (low + 0.05)


def faint(scene):
    """(words, contrast) of every text that stands out too little from what lies behind most of its box."""
    texts = [t for t in scene.figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    boxes = [t.get_window_extent(scene.canvas.renderer) for t in texts]
    for t in texts:
        t.set_visible(False)
    scene.refresh()
    behind = np.asarray(scene.pixels())[::-1, :, :3] / 255.0  # rows from below, as boxes count
    for t in texts:
        t.set_visible(True)
    scene.refresh()
    found = []
    for text, box in zip(texts, boxes):
        x, y = (slice(max(0, int(a)), max(0, int(b) + 1)) for a, b in ((box.x0, box.x1), (box.y0, box.y1)))
        patch = behind[y, x].reshape(-1, 3)
        axes = text.axes
        if not len(patch) or (axes is not None and not axes.get_visible()):
            continue  # a tick label beyond the axes' limits
        *rgb, alpha = to_rgba(text.get_color(), text.get_alpha())
        paper = np.median(patch, axis=0)
        seen = contrast(luminance(alpha * np.array(rgb) + (1 - alpha) * paper), luminance(paper))
        if seen < ENOUGH:
            found.append((text.get_text(), round(seen, 2)))
    return found


def settings(explorer):
    """The explorer's start and its last situation: between them they show nearly every word it has."""
    yield explorer
    explorer.go(**explorer.situations[-1][1])
    explorer.settle()
    yield explorer


@pytest.mark.parametrize("name", NAMES)
def test_every_word_stands_out_from_what_is_behind_it(name):
    for explorer in settings(getattr(explore, name)()):
        assert not (found := faint(explorer.picture)), found


def alike(axes):
    """Pairs of lines in one axes that only their colour tells apart."""
    looks = {}
    for line in axes.get_lines():
        drawn = line.get_linestyle() not in ("None", "none", "")
        marker = line.get_marker() if line.get_marker() not in ("None", "none", "", None) else None
        if not line.get_visible() or not len(line.get_xdata()) or not (drawn or marker):
            continue
        look = (
            str(line._dash_pattern) if drawn else None,
            marker,
            round(line.get_linewidth(), 1) if drawn else None,
            line.get_markersize() if marker else None,
            str(line.get_markerfacecolor()) == "none" or luminance(to_rgba(line.get_markerfacecolor())[:3]) > 0.5,
            line.get_drawstyle(),
        )
        looks.setdefault(look, set()).add(tuple(np.round(to_rgba(line.get_color()), 3)))
    return [look for look, colours in looks.items() if len(colours) > 1]


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_told_apart_without_colour(name):
    for explorer in settings(getattr(explore, name)()):
        for axes in explorer.picture.figure.axes:
            assert not (found := alike(axes)), f"{axes.get_xlabel()!r}, {axes.get_ylabel()!r}: {found}"


@pytest.mark.parametrize("name", NAMES)
def test_every_control_has_a_name_and_shows_its_value(name):
    explorer = getattr(explore, name)()
    for control in explorer.inputs.values():
        assert control.description.strip()
        assert getattr(control, "readout", True), f"{control.description}: its value is not shown"
    names = [control.description for control in explorer.inputs.values()]
    assert len(set(names)) == len(names)


class Planted(Scene):
    """Orange words on white, and two lines that only colour tells apart."""

    def build(self):
        axes = self.figure.subplots()
        axes.plot([0, 1], color="#0072B2")
        axes.plot([1, 0], color="#E69F00")
        axes.text(0.5, 0.5, "faint", color="#E69F00")
        axes.text(0.2, 0.5, "strong", color="#222222")


def test_the_tests_see_what_they_look_for():
    scene = Planted()
    scene.pixels()
    assert [words for words, _ in faint(scene)] == ["faint"]
    assert len(alike(scene.figure.axes[0])) == 1
    assert contrast(luminance([1, 1, 1]), luminance([0, 0, 0])) == pytest.approx(21)
