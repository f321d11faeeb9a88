"""Explorers under stress, in a real JupyterLab: bursts, two at once, shown twice, Run All twice, a restart in mid-run;
narrow, wide and dark. And, without a browser, memory that stays flat."""

import gc
import random
import re
import subprocess
import sys
import threading
from pathlib import Path

import browser
import nbformat
import pytest
from matplotlib.figure import Figure
from test_browser import SHOTS, chromium, lab, pytestmark  # noqa: F401  (fixtures and the reason to skip)

from rnnlib.course import explore

SETTLE = 400  # milliseconds without a new picture
CELLS = (
    "import gc, threading\nfrom IPython.display import display\nfrom matplotlib.figure import Figure\n"
    "from rnnlib.course.explore import GradientFlow, LiveTraining",
    "flow = GradientFlow(depth=2, length=20)\nflow",
    "live = LiveTraining(length=10)\nlive",
    "twice = GradientFlow(depth=1, length=10)\ndisplay(twice)\ndisplay(twice)",
)
COUNTS = "(threading.active_count(), sum(isinstance(o, Figure) for o in gc.get_objects()))"
BURST = """
([handles, count, seed]) => {
  let s = seed;
  const keys = ['ArrowLeft', 'ArrowRight', 'ArrowRight', 'End', 'ArrowLeft', 'Home', 'ArrowRight'];
  for (let n = 0; n < count; n++) {
    s = (1103515245 * s + 12345) % 2147483648;
    const h = handles[n % handles.length];
    h.dispatchEvent(new KeyboardEvent('keydown', {key: keys[(s >> 8) % keys.length], bubbles: true}));
  }
  return performance.now();
}
"""


@pytest.fixture(scope="module")
def scratch(lab):  # noqa: F811
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    path = Path(lab.folder) / "notebooks" / "stress.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path.name


def ask(opened, expression):
    return opened.page.evaluate("e => lab.ask_kernel(e)", expression)


def handles(explorer):
    return [h.element_handle() for h in explorer.root.locator(".widget-slider .noUi-handle").all()]


def quiet(explorer):
    """Wait until no picture has come for a while; milliseconds (page's clock) of the last one."""
    wait = f"p => p.complete && performance.now() - (p.changed ?? 0) > {SETTLE}"
    picture = explorer.picture.element_handle()
    explorer.page.wait_for_function(wait, arg=picture, polling=50)
    return picture.evaluate("p => p.changed")


def wait(opened, expression, value="True"):
    """Until the kernel evaluates `expression` to the text `value`."""
    opened.page.wait_for_function(
        "([e, value]) => lab.ask_kernel(e).then(v => v === value)", arg=[expression, value], polling=100
    )


def agrees(opened, explorer, name):
    """The sliders of the page, the settings of the kernel and the words of the picture come to be those of one
    moment. (On a busy machine the last move may still be on its way to the kernel.)"""
    for label, control in (("depth L", "depth"), ("length T", "length")):
        row = explorer.root.locator(".widget-slider", has_text=label).first
        wait(opened, f"{name}.inputs['{control}'].value", row.locator(".widget-readout").text_content().strip())
    picture = explorer.picture.element_handle()
    told = f"{name}.picture.alt if {name}.drawn == {name}.settings and not {name}.rough else ''"
    same = "([p, told]) => lab.ask_kernel(told).then(words => words.length > 9 && p.title === words.slice(1, -1))"
    opened.page.wait_for_function(same, arg=[picture, told], polling=100)


def test_bursts_two_at_once_twice_on_show_and_run_all_twice(lab, chromium, scratch, say):  # noqa: F811
    with browser.notebook(lab, chromium, scratch) as opened:
        opened.run_all()
        flow, live, one, two = opened.explorers()
        counts = ask(opened, COUNTS)

        for moved, words in ((handles(flow)[:1], "one slider"), (handles(flow), "three sliders")):
            last = opened.page.evaluate(BURST, [moved, 1000, 1])
            agrees(opened, flow, "flow")
            say(f"1,000 events on {words} of GradientFlow: last picture {quiet(flow) - last:.0f} ms after the last one")

        opened.page.evaluate(BURST, [handles(flow) + handles(live), 1000, 2])
        quiet(flow), quiet(live)
        agrees(opened, flow, "flow"), agrees(opened, live, "live")

        rng = random.Random(3)
        for explorer, name in ((flow, "flow"), (live, "live")):
            moves = [(h, key) for h in handles(explorer) for key in ("Home", "End")]
            rng.shuffle(moves)
            for handle, key in moves:
                handle.press(key)
            quiet(explorer)
            agrees(opened, explorer, name)

        one.picture.scroll_into_view_if_needed()
        before = one.look()
        handles(one)[0].press("ArrowRight")
        views = [one.picture.element_handle(), two.picture.element_handle(), before]
        alike = "([a, b, before]) => Promise.all([lab.look(a), lab.look(b)]).then(([x, y]) => x === y && x !== before)"
        opened.page.wait_for_function(alike, arg=views, polling=100)  # two views of one explorer

        wait(opened, f"{COUNTS} == {counts}")
        say(f"threads and figures before and after: {counts}")
        opened.page.evaluate("lab.messages.length = 0")
        opened.run_all()
        flow = next(opened.explorers())
        handles(flow)[0].press("End")
        quiet(flow)
        agrees(opened, flow, "flow")
        after = ask(opened, "gc.collect() * 0 or " + COUNTS)
        say(f"after Run All again: {after}")
        assert not [f for f in opened.faults() if "has count" not in f]


def press(explorer, name):
    explorer.root.locator("button", has_text=name).first.click()


def updates(opened, more_than):
    opened.page.wait_for_function(
        "([e, n]) => lab.ask_kernel(e).then(v => Number(v) > n)", arg=["len(live.losses)", more_than], polling=100
    )


def test_training_stops_pauses_and_survives_a_restart(lab, chromium, scratch):  # noqa: F811
    with browser.notebook(lab, chromium, scratch) as opened:
        opened.run_all()
        live = list(opened.explorers())[1]
        live.picture.scroll_into_view_if_needed()
        press(live, "Start")
        updates(opened, 10)
        for handle in handles(live):  # depth and length in mid-run: a new run goes on by itself
            handle.press("ArrowRight")
        updates(opened, 5)
        live.milliseconds.clear()
        for k in range(12):
            live.root.locator(".widget-slider .noUi-handle").first.press(("ArrowLeft", "ArrowRight")[k % 2])
            opened.page.wait_for_timeout(100)
        press(live, "Pause")
        wait(opened, "live.running", "False")
        press(live, "Start")
        updates(opened, 5)
        press(live, "Stop")
        wait(opened, "live.running", "False")
        assert ask(opened, "len(live.params['layers']) == live.inputs['depth'].value") == "True"
        press(live, "Start")
        updates(opened, 2)

        opened.page.evaluate("void jupyterapp.commands.execute('kernelmenu:interrupt')")
        updates(opened, 4)
        opened.page.evaluate("void jupyterapp.commands.execute('kernelmenu:restart')")
        opened.page.locator(".jp-Dialog .jp-mod-accept").click()
        opened.page.wait_for_function("lab.ready('stress.ipynb')", timeout=30000)
        opened.run_all()
        live = list(opened.explorers())[1]
        press(live, "Step")
        updates(opened, 0)
        press(live, "Start")
        updates(opened, 5)
        press(live, "Stop")
        opened.page.wait_for_timeout(500)
        # what the old page asks of the new kernel before its cells have run is ipywidgets' own affair
        assert not [f for f in opened.faults() if "No such comm" not in f and "widget.control" not in f]


def inside(explorer):
    """What reaches over the right edge of the explorer's cell, but for a picture in its window."""
    return explorer.root.evaluate(
        """e => { const edge = e.closest('.jp-OutputArea-output').getBoundingClientRect().right + 1;
                  const parts = [...e.querySelectorAll('*:not(.rnnlib-picture)')];
                  return parts.filter(c => c.getBoundingClientRect().width > 1
                    && c.getBoundingClientRect().right > edge).map(c => c.className).slice(0, 5) }"""
    )


@pytest.mark.parametrize(("width", "dark"), [(600, False), (1600, False), (1280, True)], ids=["narrow", "wide", "dark"])
def test_narrow_wide_and_dark(lab, chromium, scratch, width, dark):  # noqa: F811
    with browser.notebook(lab, chromium, scratch, (width, 900), dark) as opened:
        if width < 800:
            opened.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
        opened.run_all()
        for explorer in list(opened.explorers())[:2]:
            explorer.settle()
            assert not inside(explorer)
            wide, whole = explorer.picture.evaluate("p => [p.getBoundingClientRect().width, p.naturalWidth]")
            assert wide > 0.74 * whole, "letters too small to read"
            if width < 800:  # what does not fit is reached by keys
                window = explorer.root.locator(".rnnlib-window").first.element_handle()
                opened.page.wait_for_function("w => w.scrollWidth > w.clientWidth && w.tabIndex === 0", arg=window)
            handles(explorer)[0].press("End")
            explorer.settle()
            if SHOTS:
                explorer._shoot(SHOTS, f"{width}{'-dark' * dark}")
        assert not opened.faults()


def memory():
    """kB that this process holds in memory now, on every system."""
    import psutil  # comes with ipykernel

    return psutil.Process().memory_info().rss // 1000


def redraw_1000_times():
    """Run in a process of its own, whose memory holds nothing else; prints what test_memory compares."""
    flow, product = explore.GradientFlow(depth=2, length=20), explore.JacobianProduct()

    def move(times):
        for k in range(times):
            flow.inputs["gain"].value = 0.5 + 0.05 * (k % 21)
            flow.inputs["length"].value = 10 + k % 30
            product.inputs["drive"].value = 0.1 * (k % 21)
        flow.settle(), product.settle()
        gc.collect()
        figures = sum(isinstance(o, Figure) for o in gc.get_objects())
        return threading.active_count(), figures, memory()

    *before, first = move(300)
    *after, last = move(200)
    print(*before, *after, first, last)


def test_memory_threads_and_figures_stay_as_they_are_over_1000_redraws(say):
    program = "import test_stress; test_stress.redraw_1000_times()"
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", program], cwd=here, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    threads, figures, threads_after, figures_after, first, last = map(int, done.stdout.split())
    say(
        f"1,050 redraws: {first:,} kB before, {last:,} kB after; threads {threads} and {threads_after}, "
        f"figures {figures} and {figures_after}"
    )
    assert (threads, figures) == (threads_after, figures_after)
    assert last - first < 8_000, f"{last - first} kB more after 1,050 redraws"


def test_every_explorer_has_two_to_four_situations_that_its_controls_allow():
    for name in explore.__all__:
        cls = getattr(explore, name)
        if name in ("Explorer", "TrainingView"):
            continue
        assert 2 <= len(cls.situations) <= 4, name
        explorer = cls()
        for title, settings, look in cls.situations:
            explorer.go(**settings)
            explorer.settle()
            assert explorer.settings == explorer.standard | settings
            assert title in explorer.reading.value and look in explorer.reading.value
            assert not re.search(r"\bnan\b", explorer.reading.value + explorer.picture.alt)
