"""figures/ holds what the code draws today, and whoever shows a picture says what is on it."""

import json
import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageSequence

from rnnlib.course import figures
from rnnlib.course.experiments import trials
from rnnlib.course.explore.flow import lattice
from rnnlib.course.viz.trial import CALLS

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.search(r"^matplotlib==(.+)$", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)[1]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    figures.draw(folder)
    return folder


def frames(path):
    """(pictures, height, width, 3) of a still picture or an animation."""
    with Image.open(path) as image:
        return np.array([np.asarray(frame.convert("RGB"), float) for frame in ImageSequence.Iterator(image)])


def difference(a, b):
    """Mean absolute difference of two pictures, in grey levels of 255; infinite if their sizes differ."""
    a, b = map(frames, (a, b))
    return np.abs(a - b).mean() if a.shape == b.shape else np.inf


def test_nothing_more_and_nothing_less():
    kept = {p.name for p in (ROOT / "figures").iterdir()}
    assert kept == set(figures.FIGURES) | {"alt.json"}


@pytest.mark.skipif(
    matplotlib.__version__ != PINNED,
    reason=f"figures/ was drawn by matplotlib {PINNED}, and {matplotlib.__version__} draws letters elsewhere",
)
@pytest.mark.parametrize("name", figures.FIGURES)
def test_figure_is_what_the_code_draws(drawn, name):
    assert difference(drawn / name, ROOT / "figures" / name) < 1


@pytest.mark.parametrize("name", figures.FIGURES)
def test_figure_has_its_size_whatever_draws_it(drawn, name):
    assert frames(drawn / name).shape == frames(ROOT / "figures" / name).shape


def test_what_is_on_the_figures_is_what_was_computed():
    """Artist by artist, so whichever matplotlib draws them."""
    shown = [(figures.gradient_flow(), 200), *((scene, 100) for scene in figures.depth_grows())]
    for (scene, T), L in zip(shown, [8, *range(1, 9)], strict=True):
        logs = np.log10(lattice(L, T))
        np.testing.assert_array_equal(scene.top.get_ydata(), logs[-1])
        np.testing.assert_array_equal(scene.column.get_xdata(), logs[:, -1])
        if L > 1:
            np.testing.assert_array_equal(scene.bottom.get_ydata(), logs[0])
        assert scene.title.get_text().startswith(f"tanh RNN, {L} layer") and scene.title.get_text() in scene.alt
    scene, (rows, title) = figures.verdicts(), trials.verdicts()
    words = {(text.get_position()[1], text.get_text()) for text in scene.axes.texts}
    marks = sorted((line.get_ydata()[0], line.get_marker()) for line in scene.axes.lines if len(line.get_ydata()))
    assert words == {(k + 0.5, word) for k, (*both, _) in enumerate(rows) for word in both}
    assert marks == sorted((k + 0.5, CALLS[call]["marker"]) for k, (*_, calls) in enumerate(rows) for call in calls)
    assert title in {text.get_text() for text in scene.figure.texts}


@pytest.mark.parametrize("name", figures.FIGURES)
def test_the_comparison_sees_a_changed_picture(drawn, name, tmp_path):
    pictures = frames(drawn / name)
    third = pictures.shape[2] // 3
    pictures[:, :, :third] = pictures[:, :, third : 2 * third]
    first, *others = (Image.fromarray(p.astype(np.uint8)) for p in pictures)
    first.save(tmp_path / name, save_all=bool(others), append_images=others)
    assert difference(tmp_path / name, drawn / name) > 1


def test_the_animation_has_a_picture_for_every_depth():
    with Image.open(ROOT / "figures" / "depth_grows.gif") as film:
        assert film.n_frames == 8 and film.info["loop"] == 0


def test_alt_texts_are_of_today(drawn):
    kept, now = (json.loads((f / "alt.json").read_text(encoding="utf-8")) for f in (ROOT / "figures", drawn))
    assert kept == now


def test_readme_shows_figures_that_exist_and_says_what_they_are():
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert shown
    for alt, path in shown:
        badge = path in ("https://mybinder.org/badge_logo.svg", "https://github.com/codespaces/badge.svg")
        assert badge or (ROOT / path).is_file(), path
        assert len(alt) > 20, f"{path}: expected an alt text that says what is seen, got {alt!r}"
