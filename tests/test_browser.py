"""Every notebook in a real browser: it runs, shows no error, and every control of every explorer answers."""

import importlib.util
import os
from pathlib import Path

import browser
import nbformat
import pytest

NOTEBOOKS = sorted(path.name for path in (browser.ROOT / "notebooks").glob("*.ipynb"))
KNOWN = set()  # kinds of explorers that an earlier notebook has shown
SHOTS = os.environ.get("RNNLIB_SCREENSHOTS")  # a folder to leave screenshots in

pytestmark = [
    pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(
        not all(map(importlib.util.find_spec, ("playwright", "axe_core_python"))),
        reason="playwright or axe-core-python is not installed: pip install -e .[browser]",
    ),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with browser.jupyterlab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def chromium():
    with browser.chromium() as running:
        yield running


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_learner_runs_the_notebook_and_moves_everything(lab, chromium, name, say):
    explorers, faults, seconds, saved = browser.try_out(lab, chromium, name, SHOTS, known=KNOWN)
    say(f"{name}: ran in {seconds:.1f} s in JupyterLab, {len(explorers)} explorers")
    if explorers:
        say(browser.table(explorers))
    assert not faults, "\n".join(faults)
    text = "".join("".join(c["source"]) for c in saved["cells"] if c["cell_type"] == "markdown")
    written = any(c["id"].startswith("your-turn-") for c in saved["cells"])  # there one explores in code of one's own
    assert explorers or written or "**Explore.**" not in text, "the text speaks of an explorer, the page has none"
    code = [c for c in saved["cells"] if c["cell_type"] == "code" and "".join(c["source"]).strip()]
    assert [c["execution_count"] for c in code] == list(range(1, len(code) + 1))


def test_only_what_ipywidgets_itself_asks_too_early_is_let_pass():
    early, closed, other = f"stderr: {browser.EARLY}", "stderr: No such comm: 95348a1a", "stderr: No such comm: 2b1c"
    assert browser.unasked([early, closed, early, "ValueError: no", closed]) == ["ValueError: no"]
    assert browser.unasked([closed, early, closed]) == []  # written to, unknown, closed: from two threads of the kernel
    assert browser.unasked([closed, early, other, other]) == [other, other]
    assert browser.unasked([closed]) == [closed]
    debugger = "stderr: 0.00s - make the debugger miss breakpoints. Please pass -Xfrozen_modules=off\n"
    assert browser.unasked([debugger, "stderr: RuntimeWarning: 0.00s"]) == ["stderr: RuntimeWarning: 0.00s"]


BROKEN = """
import io
import ipywidgets
from matplotlib.figure import Figure

class Broken(ipywidgets.VBox):
    def __init__(self):
        self.live = ipywidgets.FloatSlider(value=0.5, min=0, max=1, step=0.05, description="live")
        self.dead = ipywidgets.IntSlider(value=2, min=0, max=4, description="dead")
        self.sick = ipywidgets.Checkbox(description="sick")
        self.picture = ipywidgets.Image()
        self.picture.add_class("rnnlib-picture")
        super().__init__([self.live, self.dead, self.sick, self.picture])
        self.add_class("rnnlib-explorer")
        self.live.observe(self.draw, "value")
        self.sick.observe(self.fail, "value")
        self.draw()

    def draw(self, change=None):
        figure, file = Figure(figsize=(3, 2)), io.BytesIO()
        figure.add_subplot().plot([0, self.live.value, 1])
        figure.savefig(file)
        self.picture.value = file.getvalue()

    def fail(self, change):
        raise ValueError("nobody sees this one in a cell")

Broken()
"""


def test_the_test_notices_what_is_broken(lab, chromium):
    """A dead slider, a callback that raises in silence, a warning, and a cell that fails: each is reported."""
    v4 = nbformat.v4
    cells = [BROKEN, "import warnings\nwarnings.warn('loud')", "1 / 0", "'never reached'"]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    broken = v4.new_notebook(cells=[v4.new_code_cell(c) for c in cells], metadata={"kernelspec": kernel})
    path = Path(lab.folder) / "notebooks" / "broken.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(broken, path)

    explorers, faults, _, _ = browser.try_out(lab, chromium, path.name, patience=2)
    assert len(explorers) == 1 and explorers[0].milliseconds
    told = "\n".join(faults)
    for expected in (
        "dead to its max: no new picture",
        "dead to its min: no new picture",
        "sick switched: no new picture",
        "ValueError: nobody sees this one",
        "writes to stderr",
        "UserWarning: loud",
        "ZeroDivisionError",
        "code cell 4 has count None",
    ):
        assert expected in told, f"{expected!r} is missing from:\n{told}"
    assert "live" not in told
