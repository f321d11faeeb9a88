"""A stamped text is, pixel for pixel, the text that matplotlib draws at the nearest whole pixel, but for a grey level
lost in rounding; and the same wherever it was drawn first."""

import itertools

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from rnnlib.course.viz import Scene
from rnnlib.course.viz.stamps import LETTER_BY_LETTER, MOST, Stamps, at_whole_pixel


class Words(Scene):
    """One moving text on an empty picture."""

    width, height = 4.0, 3.0

    def build(self):
        self.text = self.moving(self.figure.text(0.5, 0.5, ""))


def draw_at_whole_pixel(text, renderer):
    with at_whole_pixel(text):
        text.draw(renderer)


def drawn(**properties):
    """The picture with stamps, drawn twice so that the second comes from what was kept; and without."""
    scene, plain = Words(), Words()
    plain._stamps.draw = draw_at_whole_pixel
    for s in (scene, plain):
        s.text.set(**properties)
    first = np.array(scene.pixels())
    np.testing.assert_array_equal(first, np.array(scene.pixels()))
    return first, np.array(plain.pixels())


PLACES = [(0.5, 0.5), (0.013, 0.987), (0.3333, 0.7071), (0.999, 0.02)]
LOOKS = [
    {},
    {"ha": "right", "va": "top", "fontsize": 14},
    {"rotation": 37, "ha": "center", "va": "center", "color": "#D55E00"},
    {"alpha": 0.4, "fontweight": "bold"},
    {"text": "two\nlines: $h_{t-1}$", "linespacing": 1.7},
]


@pytest.mark.parametrize("place, look", list(itertools.product(PLACES, LOOKS)))
def test_same_pixels(place, look):
    stamped, plain = drawn(**{"text": "‖∂loss/∂h‖ 0.123", "position": place} | look)
    assert np.abs(stamped.astype(int) - plain).max() <= 2
    assert (stamped != 255).any() or place[0] > 0.99  # there all of it lies outside


def test_a_typed_line_is_put_together_from_its_letters():
    """Pixel for pixel what matplotlib draws, but for where two letters touch. Where matplotlib does not place letter
    by letter, the line is drawn as a whole."""
    line = {"family": "monospace", "fontsize": 8.4, "parse_math": False, "position": (0.1, 0.5)}
    stamped, plain = drawn(text="d e f ( s e l f ) : ␣ j p g", **line)
    assert np.abs(stamped.astype(int) - plain).max() <= 2
    stamps = Stamps(400, 300, 100)
    scene = Words()
    scene.text.set(text="abc abc", **line)
    stamps.draw(scene.text, scene.canvas.get_renderer())
    letters = {"a", "b", "c"} if LETTER_BY_LETTER else set()
    assert {look[0] for look in stamps.kept} == letters | {"abc abc"} and scene.text.get_text() == "abc abc"


def test_a_picture_does_not_depend_on_where_its_words_stood_before():
    scene, fresh = Words(), Words()
    for x in (0.3333, 0.41, 0.5033):  # rows 100, 123, 151: centred on half a pixel, even and odd ones may differ
        scene.text.set(text="−0.25", position=(x, x), va="center")
        moved = np.array(scene.pixels())
    fresh.text.set(text="−0.25", position=(x, x), va="center")
    np.testing.assert_array_equal(moved, np.array(fresh.pixels()))


def test_words_that_move_and_change_are_seen():
    scene = Words()
    pictures = []
    for text, x in [("a", 0.2), ("b", 0.2), ("a", 0.8), ("", 0.8)]:
        scene.text.set(text=text, position=(x, 0.5))
        pictures.append(np.array(scene.pixels()))
    for a, b in itertools.combinations(pictures, 2):
        assert (a != b).any()


def test_words_cut_off_by_the_edge_are_whole_again_inside():
    scene, plain = Words(), Words()
    plain._stamps.draw = draw_at_whole_pixel
    for x in (0.97, 0.5, 0.0, 0.2, 0.99):
        for s in (scene, plain):
            s.text.set(text="a long line of words", position=(x, 0.5))
        np.testing.assert_array_equal(np.array(scene.pixels()), np.array(plain.pixels()))


def test_clipped_words_are_cut():
    scene = Words()
    scene.text.set(text="cut here", clip_on=True, clip_box=Bbox([[0, 0], [210, 300]]))
    picture = np.array(scene.pixels())
    assert (picture[:, :210] < 255).any() and (picture[:, 212:] == 255).all()


def test_stamps_are_bounded():
    scene = Words()
    for k in range(MOST + 20):
        scene.text.set_text(str(k))
        scene.pixels()
    assert isinstance(scene._stamps, Stamps) and len(scene._stamps.kept) <= MOST
