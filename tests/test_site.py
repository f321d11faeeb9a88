"""The site: whole, within itself, and moving, in a real browser."""

import functools
import html
import html.parser
import http.server
import importlib.util
import io
import json
import re
import threading
import urllib.parse
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from browser import CHROMIUM, FLAGS
from PIL import Image

from rnnlib.course import explore
from rnnlib.course.site import frames, pages, reference

ROOT = Path(__file__).resolve().parent.parent
NEEDED = [m for m in ("sphinx", "myst_nb", "furo", "sphinx-mathjax-offline") if importlib.util.find_spec(m) is None]
built_here = pytest.mark.skipif(bool(NEEDED), reason=f"the extra [site] is not installed: {', '.join(NEEDED)}")
seen_here = pytest.mark.skipif(
    bool(NEEDED) or CHROMIUM is None or importlib.util.find_spec("playwright") is None,
    reason="needs the extras [site] and [browser], and Chromium",
)
EIGHT = {"GradientFlow", "DeepStates", "OneUnit", "JacobianProduct", "ForgetBias", "PulseResponse", "Wall", "Evidence"}
FEW = 9  # frames of an explorer here; the whole site has `frames.FRAMES`
FIRST_LOAD = 3_000_000  # bytes


# ---- frames


@pytest.mark.parametrize("n", (3, 5, 11, 61))
@pytest.mark.parametrize("start", (0, 1, 7, 59, 60))
def test_a_thinned_control_keeps_its_ends_and_where_it_starts(n, start):
    values = [round(-1.5 + 0.05 * k, 2) for k in range(61)]
    kept = frames.thinned(values, values[start], n)
    assert {values[0], values[start], values[-1]} <= set(kept) and kept == sorted(kept)
    assert n - 1 <= len(kept) <= max(n, 3)


@pytest.mark.parametrize("name", sorted(EIGHT))
def test_a_frame_is_the_explorer_s_own_picture_and_reading(name):
    made = frames.Frames(name, {}, FEW)
    one, other = made.grid[0][-1], made.grid[1][0]
    scene, reading = made.at(one, other)
    picture, alt = frames.webp(scene), scene.alt
    first, second = frames.MAIN[name]
    own = getattr(explore, name)(**{first: one, second: other})
    assert (alt, reading) == (own.picture.alt, own.reading.value)
    ours = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), int)
    theirs = np.asarray(Image.open(io.BytesIO(own.picture.png())).convert("RGB"), int)
    assert ours.shape == theirs.shape and np.abs(ours - theirs).mean() < 2  # of 255: 96 colours
    assert made.start[0] in made.grid[0] and made.start[1] in made.grid[1]


def test_pages_that_start_elsewhere_have_frames_of_their_own():
    one, other, same = (frames.Frames("GradientFlow", {"depth": 8, "length": T}, FEW) for T in (60, 100, 60))
    assert one.key == same.key != other.key and 60 in one.grid[1] and 100 in other.grid[1]


def test_only_calls_with_plain_values_move():
    assert frames.called("x = 1\nexplore.Wall()") == ("Wall", {})
    assert frames.called("explore.GradientFlow(depth=8, cell='LSTM')") == ("GradientFlow", {"depth": 8, "cell": "LSTM"})
    for still in (
        "explore.GradientFlow(cell=unit)",
        "explore.GateReader(model)",
        "viz.Wall()",
        "explore.LiveTraining()",
    ):
        assert frames.called(still) is None


# ---- pages


def test_the_command_is_the_readme_s():
    assert html.unescape(pages.OPEN) in (ROOT / "README.md").read_text(encoding="utf-8")


def test_folded_answers_become_markdown_again():
    told = pages.prose("<details><summary>1. What is $h_t$?</summary>The *state* $h_t$.</details>")
    assert r"<summary>1. What is <span class=" in told and r"\(h_t\)</span>" in told
    assert "</summary>\n\nThe *state* $h_t$.\n\n</details>" in told


def test_every_page_moves_or_says_why_not(tmp_path):
    path = ROOT / "notebooks" / "05_gates_lstm_gru.ipynb"
    notebook, _ = pages.page(path, tmp_path, FEW)
    shown = {
        "".join(c["source"]).splitlines()[-1]: "".join(o["data"].get("text/html", ""))
        for c in notebook["cells"]
        for o in c.get("outputs", [])
        if "explore." in "".join(c["source"]).splitlines()[-1] and "data" in o
    }
    assert {k.split("(")[0]: ("moving" in v, "needs-kernel" in v) for k, v in shown.items()} == {
        "explore.ForgetBias": (True, False),
        "explore.GateReader": (False, True),
        "explore.GradientFlow": (True, False),
    }
    assert all("jupyter lab" in v for v in shown.values())


# ---- the built site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    from rnnlib.course.site.build import build

    to = tmp_path_factory.mktemp("site") / "made"
    build(to, FEW)
    return to


class Links(html.parser.HTMLParser):
    """What a page is made of: links, what it loads, ids, pictures without words."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.ids, self.silent = [], [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.ids |= {a[k] for k in ("id", "name") if a.get(k)}
        if tag == "a" and a.get("href"):
            self.links.append(a["href"])
        if tag in ("script", "img", "iframe", "source") and a.get("src"):
            self.loads.append(a["src"])
        if tag == "link" and a.get("href") and a.get("rel") not in ("canonical",):
            self.loads.append(a["href"])
        if tag == "img" and not a.get("alt", "").strip():
            self.silent.append(a.get("src"))


@functools.cache
def parsed(path):
    return Links(path.read_text(encoding="utf-8"))


@built_here
def test_every_notebook_is_a_page_and_every_link_within_the_site_arrives(site):
    made = {p.stem for p in (site / "notebooks").glob("*.html")}
    assert made == {p.stem for p in (ROOT / "notebooks").glob("*.ipynb")} | {"teachers"}
    dead = []
    for page in site.rglob("*.html"):
        for link in parsed(page).links + parsed(page).loads:
            url = urllib.parse.urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (page.parent / urllib.parse.unquote(url.path)).resolve() if url.path else page
            if not target.exists():
                dead.append(f"{page.name}: {link}")
            elif url.fragment and target.suffix == ".html":
                if urllib.parse.unquote(url.fragment) not in parsed(target).ids:
                    dead.append(f"{page.name}: {link}")
    assert not dead, "\n".join(dead[:30])


@built_here
def test_nothing_is_loaded_from_elsewhere_and_every_picture_has_words(site):
    for page in site.rglob("*.html"):
        outside = [u for u in parsed(page).loads if re.match(r"(https?:)?//", u)]
        assert not outside, (page.name, outside)
        assert not parsed(page).silent, (page.name, parsed(page).silent)
    styles = " ".join(p.read_text(encoding="utf-8") for p in (site / "_static").rglob("*.css"))
    assert not re.findall(r"url\(\s*['\"]?https?:|@import\s+['\"]https?:", styles)


@built_here
def test_at_least_eight_explorers_move_with_every_frame_there(site):
    found = []
    for page in (site / "notebooks").glob("*.html"):
        for box in re.findall(r'data-frames="(.*?)</div>', page.read_text(encoding="utf-8"), re.DOTALL):
            values = [json.loads(html.unescape(v)) for v in re.findall(r"data-values='(.*?)'", box)]
            found.append(((page.parent / box.partition('"')[0]).resolve(), list(map(len, values))))
    assert {folder.name.split("-")[0] for folder, _ in found} == set(frames.MAIN) >= EIGHT
    for folder, sizes in found:
        told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
        assert sizes == [len(told), len(told[0])], folder.name
        names = {f"{i}-{j}.webp" for i, row in enumerate(told) for j in range(len(row))}
        assert names == {p.name for p in folder.glob("*.webp")} and len(names) >= FEW
        assert all(alt.strip() and reading.strip() for row in told for alt, reading in row)


@built_here
def test_every_public_name_is_in_the_reference(site):
    ids = set().union(*(parsed(p).ids for p in (site / "reference").glob("*.html")))
    missing = [n for n in reference.names() if n not in ids and n.split(".")[-1] not in {i.split(".")[-1] for i in ids}]
    assert not missing, missing


# ---- in a browser


@contextmanager
def served(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def opened(site, page, **options):
    """(a page of the site in Chromium, the addresses that it asked for, the sizes of what came)."""
    from playwright.sync_api import sync_playwright

    with served(site) as root, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_context(**({"viewport": {"width": 1300, "height": 900}} | options)).new_page()
        asked, sizes, errors = [], [], []
        tab.on("request", lambda r: asked.append(r.url))
        tab.on("response", lambda r: sizes.append(int(r.headers.get("content-length", 0))))
        tab.on("pageerror", lambda e: errors.append(str(e)))
        tab.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        tab.goto(f"{root}/{page}", wait_until="networkidle")
        yield tab, asked, sizes
        assert not errors, errors
        outside = [u for u in asked if not u.startswith((root, "data:", "blob:"))]
        assert not outside, outside
        browser.close()


MOVE = """async ([box, k, step]) => {
  const moving = document.querySelectorAll('.moving')[box], slider = moving.querySelectorAll('input')[k]
  const image = moving.querySelector('img'), before = [image.src, image.alt]
  const began = performance.now()
  slider.value = +slider.value + step
  slider.dispatchEvent(new Event('input', {bubbles: true}))
  while (image.src === before[0] && performance.now() - began < 5000) await new Promise(requestAnimationFrame)
  return [performance.now() - began, image.src !== before[0], image.complete, image.alt !== before[1]]
}"""


@seen_here
def test_two_sliders_move_a_picture_without_a_kernel(site, record_testsuite_property):
    with opened(site, "notebooks/07_gradient_flow.html") as (tab, asked, sizes):
        assert sum(sizes) < FIRST_LOAD, f"{sum(sizes):,} bytes at the first load"
        frames_at_first = [u for u in asked if u.endswith(".webp")]
        assert len(frames_at_first) <= tab.locator(".moving").count()  # the others are fetched as needed
        tab.locator(".moving").first.scroll_into_view_if_needed()
        tab.locator(".moving input").first.hover()
        tab.wait_for_timeout(300)
        taken = []
        for k, step in ((0, -1), (0, -1), (1, -1), (1, -1), (0, 1), (1, 1)):
            milliseconds, moved, whole, told = tab.evaluate(MOVE, [0, k, step])
            assert moved and whole and told
            taken.append(milliseconds)
            tab.wait_for_timeout(150)
        print(f"\na slider of the site to its picture: {sorted(map(round, taken))} ms; first load {sum(sizes):,} bytes")
        assert sorted(taken)[len(taken) // 2] < 500  # measured: well under 50 on a machine that has nothing else to do


@seen_here
def test_the_keyboard_moves_it_and_the_reading_is_spoken(site):
    with opened(site, "notebooks/04_vanishing_and_exploding_gradients.html") as (tab, _, _):
        box = tab.locator(".moving").first
        slider, reading = box.locator("input").first, box.locator(".moving-reading")
        before = reading.inner_text(), slider.get_attribute("aria-valuetext"), box.locator("img").get_attribute("alt")
        slider.focus()
        tab.keyboard.press("ArrowLeft")
        tab.wait_for_function("document.querySelector('.moving').dataset.shown")
        after = reading.inner_text(), slider.get_attribute("aria-valuetext"), box.locator("img").get_attribute("alt")
        assert all(a != b for a, b in zip(before, after)), (before, after)
        assert reading.get_attribute("aria-live") == "polite"
        assert box.locator("label").first.inner_text().startswith("spectral radius")


@seen_here
def test_a_frame_that_does_not_come_is_asked_for_again(site):
    with opened(site, "notebooks/05_gates_lstm_gru.html") as (tab, _, _):
        image = tab.locator(".moving img").first
        before = image.get_attribute("src")
        tab.route("**/*.webp", lambda route: route.fulfill(body=b"no picture", content_type="image/webp"))
        slider = tab.locator(".moving input").first
        slider.focus()
        tab.keyboard.press("ArrowRight")
        tab.wait_for_timeout(500)
        assert image.get_attribute("src") == before
        tab.unroute("**/*.webp")
        tab.keyboard.press("ArrowLeft")
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function("before => !document.querySelector('.moving img').src.endsWith(before)", arg=before[-8:])
        assert image.evaluate("i => i.complete && i.naturalWidth > 0")


@seen_here
def test_formulas_answers_and_links(site):
    with opened(site, "notebooks/05_gates_lstm_gru.html") as (tab, _, _):
        tab.wait_for_selector("mjx-container")
        assert tab.locator("mjx-container").count() > 30 and tab.locator("mjx-merror").count() == 0
        assert "$" not in tab.locator("article").inner_text().replace("\\$", "")
        answer = tab.locator("details").first
        assert not answer.locator("p").first.is_visible()
        answer.locator("summary").click()
        assert answer.locator("p").first.is_visible()
        tab.locator("article a[href*='00_start_here.html#glossary' i]").first.click()
        tab.wait_for_url("**/00_start_here.html#*")
        assert tab.locator(":target").count() == 1


@seen_here
def test_search_finds_a_term(site):
    with opened(site, "search.html?q=half-life") as (tab, _, _):
        tab.wait_for_selector("ul.search li")
        found = tab.locator("ul.search li a").all_inner_texts()
        assert any("gate" in title.lower() for title in found), found


@seen_here
@pytest.mark.parametrize(
    "page", ("index.html", "notebooks/07_gradient_flow.html", "notebooks/00_start_here.html", "reference/rnnlib.html")
)
def test_a_phone_and_the_dark(site, page):
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    with opened(site, page, **phone) as (tab, _, _):
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, re.findall(r"\d+", paper)[:3])) < 64, paper
        ink = tab.evaluate("getComputedStyle(document.querySelector('article p')).color")
        assert min(map(int, re.findall(r"\d+", ink)[:3])) > 150, ink
