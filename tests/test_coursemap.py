"""The map of the course: all pages and what they need, as the pages say it; words apart, arrows around the boxes."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyArrowPatch, Rectangle
from test_contrast import contrast, crowded, faint, luminance, words

from rnnlib.course import exercises
from rnnlib.course.progress import keep, pages
from rnnlib.course.viz import coursemap

ROOT = Path(__file__).resolve().parent.parent
NAMES = [path.name.partition("_")[0] for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]


@pytest.fixture(params=["nothing", "some", "all"])
def drawn(request):
    """(map, nodes, arrows) with nothing, some and all of every page done."""
    found = exercises.progress()
    share = {"nothing": 0, "some": 1, "all": 99}[request.param]
    nodes = {page: (title, minutes, min(share, of), of) for page, (title, minutes, _, of) in found.nodes().items()}
    return coursemap.CourseMap(nodes, found.arrows()), nodes, found.arrows()


def test_every_page_is_on_the_map_with_its_minutes(drawn):
    scene, nodes, _ = drawn
    assert list(nodes) == NAMES == sorted(coursemap.PLACES)
    shown = [text.get_text() for text in scene.axes.texts]
    assert set(NAMES) <= set(shown) and all(minutes > 0 for _, minutes, *_ in nodes.values())
    places = list(coursemap.PLACES.values())
    assert len(set(places)) == len(places), "two pages in one place"
    for page in NAMES:
        (column, row), (own, beside) = coursemap.PLACES[page], coursemap.PLACES[page[:2]]
        assert row == beside and abs(column - own) <= 1, f"{page} stands beside its page"


def test_arrows_are_what_the_pages_say_and_lead_on(drawn):
    scene, _, arrows = drawn
    assert all(a < b for a, b in arrows)
    assert sum(isinstance(p, FancyArrowPatch) for p in scene.axes.patches) == len(arrows) >= len(NAMES) - 2
    listed = {p["page"]: p["needs"] for p in pages.index()}
    for a, b in arrows:
        assert a in listed[b]

    def reached(page):
        return {a for a, b in arrows if b == page}.union(*(reached(a) for a, b in arrows if b == page))

    assert all(set(needed) <= reached(page) for page, needed in listed.items()), "what was left out follows"


def test_needs_are_read_from_the_opening():
    opening = "# T\n\n**What you need.** [Notebook 02](02_b.ipynb), 04, 3 hats, 06 to 08; also 02b.\n\n**Time.** 09 min"
    assert pages.needs(opening) == ["02", "02b", "04", "06", "07", "08"]
    assert pages.needs("# T") == [] == pages.needs("# T\n**What you need:** Python. **Time:** 60 minutes")
    some = [{"page": p, "needs": n} for p, n in (("01", []), ("02", ["01"]), ("03", ["01", "02"]))]
    assert pages.arrows(some) == [("01", "02"), ("02", "03")]


def test_words_stand_out_and_lie_on_no_other(drawn):
    scene, nodes, _ = drawn
    found = words(scene)
    assert len(found) == 2 + 3 * len(nodes)
    assert not faint(found) and not crowded(found, *scene.canvas.get_width_height())
    assert not [text.get_text() for text, *_ in found if text.get_text().endswith("…")], "a title was cut"
    boxes = [box(page) for page in nodes]
    for text, extent, _ in found:
        if text not in scene.axes.texts:
            continue
        (x0, y0), (x1, y1) = scene.axes.transData.inverted().transform([extent.min, extent.max])
        inside = [b for b in boxes if b[0] <= x0 and x1 <= b[2] and b[1] <= y0 and y1 <= b[3]]
        assert len(inside) == 1, f"{text.get_text()!r} leaves its box"


def box(page):
    (x, y), w, h = coursemap.centre(page), coursemap.WIDE / 2, coursemap.HIGH / 2
    return x - w, y - h, x + w, y + h


def overrun(scene, nodes, arrows):
    """(arrow, page) where an arrow passes over a page's box."""
    patches = [p for p in scene.axes.patches if isinstance(p, FancyArrowPatch)]
    for pair, patch in zip(arrows, patches, strict=True):
        way = patch.get_path()  # curves in small straight pieces
        pieces = [(a, b) for line in way.to_polygons(closed_only=False) for a, b in pairwise(line)]
        for x, y in np.concatenate([np.linspace(a, b, 20) for a, b in pieces]):
            for page in nodes:
                x0, y0, x1, y1 = box(page)
                if x0 + 0.02 < x < x1 - 0.02 and y0 + 0.02 < y < y1 - 0.02:
                    yield pair, page


def test_no_arrow_passes_over_a_box(drawn, monkeypatch):
    assert not set(overrun(*drawn))
    monkeypatch.setitem(coursemap.GAPS, ("03", "09"), (1.0, 2))
    assert set(overrun(coursemap.CourseMap(*drawn[1:]), *drawn[1:])) == {(("03", "09"), "05b")}


def test_what_is_done_is_read_without_colour(drawn):
    scene, nodes, _ = drawn
    bars = [p for p in scene.axes.patches if isinstance(p, Rectangle)]
    for (_, _, done, of), whole, part in zip(nodes.values(), bars[::2], bars[1::2], strict=True):
        assert part.get_width() == pytest.approx(whole.get_width() * done / of)
    assert contrast(luminance(to_rgb(coursemap.BLUE)), luminance([1, 1, 1])) > 4.5
    assert f"Done: {sum(n[2] for n in nodes.values())} of " in scene.alt


def test_the_learners_own_progress_fills_a_node(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNLIB_PROGRESS", str(tmp_path / "progress.json"))
    assert sum(node[2] for node in exercises.progress().nodes().values()) == 0
    keep.note("predictions", "02.1")
    found = exercises.progress().nodes()
    assert {page: node[2] for page, node in found.items() if node[2]} == {"02": 1}


def test_a_page_without_a_place_is_named():
    with pytest.raises(ValueError, match="no place on the map for page 13"):
        coursemap.CourseMap({"13": ("T", 1, 0, 1)}, [])


def test_the_stored_picture_is_that_of_an_empty_progress():
    cells = json.loads((ROOT / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8"))["cells"]
    stored = ["".join(o["data"]["text/plain"]) for c in cells if "viz.CourseMap" in "".join(c["source"])
              for o in c["outputs"] if "data" in o]  # fmt: skip
    assert len(stored) == 1 and "Done: 0 of" in stored[0]
