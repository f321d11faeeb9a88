"""A JupyterLab of its own and a real Chromium, to see a notebook as a learner sees it.

    python -m tests.browser notebooks/07_gradient_flow.ipynb --screenshots shots

runs the notebook from the top, moves every control of every explorer, prints how long a picture
took to answer, and leaves screenshots. `test_browser.py` does the same and asserts.

An explorer is any element with the class `rnnlib-explorer`; inside it, labelled ipywidgets controls and
one picture, an `ipywidgets.Image` with the class `rnnlib-picture`.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import re
import secrets
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START, RUN, SHOW, ANSWER = 90, 240, 30, 15  # seconds: the server, a whole notebook, an element, a picture
QUIET = 200  # milliseconds without a new picture: the explorer has settled

# Runs in the page. JupyterLab takes cells that are out of sight out of the document, so a cell's outputs are
# read from its model, and a cell is brought into view before its widgets are looked for.
PAGE = """
window.lab = {
  messages: [],
  panel() { return window.jupyterapp?.shell.currentWidget },
  cells() { return lab.panel().content.widgets },
  code() { return lab.cells().filter(c => c.model.type === 'code' && c.model.sharedModel.source.trim()) },
  ready(name) {
    const panel = lab.panel();
    lab.listen(panel?.sessionContext?.session?.kernel);
    return panel?.context?.isReady && panel.context.path.endsWith(name) && panel.content.model
      && panel.sessionContext.isReady && panel.sessionContext.session?.kernel?.status === 'idle';
  },
  listen(kernel) {                        // what a widget's callback raises reaches no cell, only this channel
    if (!kernel || lab.heard === kernel) return;
    lab.heard = kernel;
    kernel.iopubMessage.connect((_, m) => {
      const c = m.content;
      if (m.header.msg_type === 'error') lab.messages.push(c.ename + ': ' + c.evalue);
      if (m.header.msg_type === 'stream' && c.name === 'stderr') lab.messages.push('stderr: ' + c.text);
    });
  },
  finished() {
    return lab.panel().sessionContext.session?.kernel?.status === 'idle' && (
      lab.code().every(c => c.model.executionCount !== null)
      || lab.outputs().some(c => c.outputs.some(o => o.output_type === 'error')));
  },
  outputs() { return lab.code().map(c => ({count: c.model.executionCount, outputs: c.model.outputs.toJSON()})) },
  widgets() {                             // indices of the cells that show a widget
    return lab.cells().flatMap((c, i) => c.model.type === 'code' && c.model.outputs.toJSON().some(
      o => o.data && 'application/vnd.jupyter.widget-view+json' in o.data) ? [i] : []);
  },
  async show(i) {
    lab.panel().content.activeCellIndex = i;
    await lab.panel().content.scrollToItem(i, 'start');
  },
  watch(picture) {                        // note every key or mouse press, and every new picture after it
    if (picture.watched) return;
    picture.watched = true;
    picture.changed = performance.now();
    new MutationObserver(() => {
      picture.changed = performance.now();
      picture.answer ??= picture.changed - picture.asked;
    }).observe(picture, {attributes: true, attributeFilter: ['src']});
  },
  ask(picture) {
    picture.answer = null;
    for (const kind of ['keydown', 'pointerdown', 'change'])
      addEventListener(kind, () => { picture.asked = picture.changed = performance.now(); },
                       {capture: true, once: true});
  },
  async ask_kernel(expression) {          // evaluated by the kernel, as text
    const request = {code: '', silent: true, store_history: false, user_expressions: {v: expression}};
    for (;;) {                            // a kernel interrupted while it answers never replies: ask again
      const done = lab.panel().sessionContext.session.kernel.requestExecute(request).done.catch(() => null);
      const reply = await Promise.race([done, new Promise(resolve => setTimeout(resolve, 3000, null))]);
      const answer = reply?.content.user_expressions?.v;
      if (answer) return answer.data ? answer.data['text/plain'] : answer.ename + ': ' + answer.evalue;
    }
  },
  async look(picture) {
    const bytes = await (await fetch(picture.src)).arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-1', bytes));
    return bytes.byteLength + ':' + Array.from(hash, b => b.toString(16).padStart(2, '0')).join('');
  },
};
"""
WRONG = re.compile(r"Traceback \(most recent call last\)|Error displaying widget|Loading widget")
NOISE = re.compile(  # what JupyterLab itself writes to the console, with no explorer in sight
    r"favicon|Download the React DevTools|\[Violation\]"
)


EARLY = "No such comm target registered: jupyter.widget.control"
DEBUGGER = re.compile(r"stderr: \d+\.\d+s - ")  # pydevd's own lines, which reach a page when the kernel starts slowly


def unasked(messages):
    """Without what no code of ours asked for, as it comes on a busy machine: the debugger's lines at the start of a
    kernel; and what a front end hears that asks for widgets before the kernel has imported ipywidgets: this target is
    unknown, and so is the comm that it then writes to and closes. The kernel tells these in any order."""
    messages = [m for m in messages if not DEBUGGER.match(m)]
    closed = dict.fromkeys(m for m in messages if "No such comm:" in m)
    pass_by = list(closed)[: sum(EARLY in m for m in messages)]
    return [m for m in messages if EARLY not in m and m not in pass_by]


@dataclass
class Lab:
    url: str
    token: str
    folder: Path  # what the server serves: a copy of the notebooks, so that a run changes nothing


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def jupyterlab(home):
    """JupyterLab on loopback with everything it reads or writes under `home`; yields a Lab."""
    home = Path(home)
    served = home / "course"
    for name in ("notebooks", "figures"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, served / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    news = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(news), encoding="utf-8")

    port, token = free_port(), secrets.token_hex(16)
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "RNNLIB_PROGRESS": str(home / "progress.json"),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"]
    command += [
        f"--IdentityProvider.token={token}",
        f"--ServerApp.port={port}",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={served}",
    ]
    log = home / "server.log"
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            command, env=env, cwd=served, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for_server(server, f"{url}/api/status?token={token}")
        yield Lab(url, token, served)
    except BaseException:
        print(f"--- {log}\n{log.read_text(encoding='utf-8')[-6000:]}", file=sys.stderr)
        raise
    finally:
        _end(server)


def _wait_for_server(server, url):
    end = time.monotonic() + START
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            if server.poll() is not None:
                raise RuntimeError(f"JupyterLab ended with {server.returncode}") from None
            if time.monotonic() > end:
                raise TimeoutError(f"JupyterLab did not answer within {START} s") from None
        time.sleep(0.1)


def _end(server):
    """The server takes its kernels along when it is asked politely; after 20 s it is not asked."""
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Notebook:
    """One notebook, open in a page of its own; every method does what a learner would do."""

    page: object
    path: Path
    console: list = field(default_factory=list)  # errors that the page wrote to its console
    outside: list = field(default_factory=list)  # addresses asked for that are not this machine's

    def run_all(self):
        """Clear what is stored, run all cells by the menu's command, wait until each has its count."""
        self.page.evaluate("jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        self.page.wait_for_function("lab.outputs().every(c => c.count === null && !c.outputs.length)")
        began = time.monotonic()
        self.page.evaluate("void jupyterapp.commands.execute('runmenu:run-all')")
        try:
            self.page.wait_for_function("lab.finished()", timeout=RUN * 1000, polling=100)
        except Exception:
            print(f"{self.path.name} did not finish: {self.faults()}", file=sys.stderr)
            raise
        return time.monotonic() - began

    def faults(self):
        """Everything that went wrong and that a learner, or a developer's console, would see."""
        found = []
        for n, cell in enumerate(self.page.evaluate("lab.outputs()"), 1):
            if cell["count"] != n:
                found.append(f"code cell {n} has count {cell['count']}")
            for output in cell["outputs"]:
                if output["output_type"] == "error":
                    found.append(f"code cell {n}: {output['ename']}: {output['evalue']}")
                if output.get("name") == "stderr":
                    found.append(f"code cell {n} writes to stderr: {output['text']}")
        shown = self.page.locator(".jp-OutputArea-output").filter(has_text=WRONG).all_text_contents()
        found += [f"the page shows: {text[:300]}" for text in shown]
        for broken in self.page.locator(".jupyter-widgets-error-widget").all():
            found.append(f"a widget could not be drawn: {self._javascript_error(broken)}")
        found += [f"kernel message: {m}" for m in unasked(self.page.evaluate("lab.messages"))]
        found += [f"browser console: {m}" for m in self.console if not NOISE.search(m)]
        found += [f"the page asked for {address}" for address in self.outside]
        return found

    def _javascript_error(self, broken):
        broken.click()
        return broken.inner_text()[:300]

    def save(self):
        """Save by the menu's command and return what was written."""
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        self.page.wait_for_function("!lab.panel().content.model.dirty")
        return json.loads(self.path.read_text(encoding="utf-8"))

    def explorers(self):
        for cell in self.page.evaluate("lab.widgets()"):
            self.page.evaluate("i => lab.show(i)", cell)
            node = self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{cell}']")
            node.locator(".jupyter-widgets").first.wait_for()
            for n, root in enumerate(node.locator(".rnnlib-explorer").all()):
                yield Explorer(self.page, root, f"{self.path.stem} cell {cell}" + (f".{n}" if n else ""))

    def photograph(self, folder):
        """The whole notebook, one screen after the other."""
        outer = self.page.locator(".jp-WindowedPanel-outer").first
        outer.evaluate("e => e.scrollTo(0, 0)")
        part = 0
        while True:
            part += 1
            self.page.wait_for_timeout(150)  # smooth rendering: only for the eye, nothing is asserted on it
            outer.screenshot(path=Path(folder) / f"{self.path.stem}-page-{part:02d}.png")
            if outer.evaluate(
                "e => { const y = e.scrollTop; e.scrollBy(0, e.clientHeight - 40); return e.scrollTop <= y }"
            ):
                return


@contextlib.contextmanager
def notebook(lab, browser, name, size=(1280, 1000), dark=False):
    """Open notebooks/`name` with a kernel of its own; shut that kernel down in the end."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.set_default_timeout(SHOW * 1000)
    opened = Notebook(page, lab.folder / "notebooks" / name)
    page.on("console", lambda m: m.type == "error" and opened.console.append(f"{m.text} ({m.location['url']})"))
    page.on("pageerror", lambda e: opened.console.append(str(e)))

    def gate(route):
        if route.request.url.startswith((lab.url, "blob:", "data:")):
            route.continue_()
        else:
            opened.outside.append(route.request.url)
            route.abort()

    page.route("**/*", gate)
    page.add_init_script(PAGE)
    try:
        page.goto(f"{lab.url}/lab/workspaces/{Path(name).stem}/tree/notebooks/{name}?reset&token={lab.token}")
        page.wait_for_function("name => lab.ready(name)", arg=name, timeout=START * 1000)
        dialogs = page.locator(".jp-Dialog")
        assert dialogs.count() == 0, f"a dialog greets the reader: {dialogs.first.text_content()}"
        if dark:
            page.evaluate("jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})")
            page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
        try:
            yield opened
        finally:  # of a test that fails, too: the next one wants a new kernel
            page.evaluate("lab.panel().sessionContext.shutdown()")
    finally:
        context.close()


@dataclass
class Explorer:
    page: object
    root: object
    name: str
    milliseconds: list = field(default_factory=list)  # from key press to a new picture
    heaviest: list = field(default_factory=list)  # the same with all sliders near their upper ends
    dead: list = field(default_factory=list)  # moves to an end, or to another choice, that changed nothing
    patience: float = ANSWER
    known: bool = False  # another of its kind has been tried out: ends alone, no single steps

    def __post_init__(self):
        self.picture = self.root.locator("img.rnnlib-picture, .rnnlib-picture img").first
        self.picture.or_(self.root.locator(".jupyter-widgets-error-widget")).first.wait_for()
        if not self.picture.count():
            return
        self.picture.scroll_into_view_if_needed()
        self.picture.evaluate("picture => lab.watch(picture)")

    def look(self):
        """A fingerprint of the picture's bytes."""
        return self.picture.evaluate("picture => lab.look(picture)")

    def settle(self):
        """Wait until no new picture has come for a while: renders of stale settings are then through."""
        handle = self.picture.element_handle()
        wait = f"p => p.complete && performance.now() - (p.changed ?? 0) > {QUIET}"
        self.page.wait_for_function(wait, arg=handle, polling=50)

    def move(self, what, act, value=None, patience=None):
        """Do `act`; if it changed `value()`, the picture must answer with other bytes: else the move is dead.

        Returns whether there was anything to answer. A move with a `patience` of its own is timed, not judged.
        """
        before, was = self.look(), value() if value else None
        self.picture.evaluate("picture => lab.ask(picture)")
        act()
        if value and value() == was:
            return False
        handle = self.picture.element_handle()
        try:
            seconds = patience or self.patience
            self.page.wait_for_function("p => p.answer !== null", arg=handle, polling=10, timeout=seconds * 1000)
        except Exception as e:
            if type(e).__name__ != "TimeoutError":
                raise
            if not patience:
                self.dead.append(f"{self.name}: {what}: no new picture within {seconds} s")
            return True
        self.milliseconds.append(handle.evaluate("p => p.answer"))
        self.settle()
        if not patience and self.look() == before:
            self.dead.append(f"{self.name}: {what}: the picture is the same as before")
        return True

    def exercise(self, shots=None):
        """Move every control to all its ends and back; returns how many controls there were."""
        self._shoot(shots, "start")
        if not self.picture.count():
            self.dead.append(f"{self.name} has no picture")
            return 1
        self.settle()
        count = 0
        for control in self.root.locator(CONTROLS).all():
            label = _label(control)
            for kind, selector in KINDS.items():
                for part in control.locator(selector).all():
                    count += 1
                    off = part.locator("xpath=ancestor::*[@disabled]").count()  # a slider's handle does not know it
                    if part.is_enabled() and not off:  # a control may be off where it has no meaning
                        getattr(self, f"_{kind}")(part, control, label, shots)
        return count

    def situated(self):
        """Whether there is a picture, and buttons of situations."""
        return self.picture.count() and self.root.locator("button.rnnlib-situation").count()

    def labels(self):
        """What tells one kind of explorer from another: the names of its controls and situations."""
        return tuple(self.root.locator(".widget-label, button.rnnlib-situation").all_text_contents())

    def weigh(self, moves=4):
        """Time key presses where the work is most: all sliders at their upper ends, each moved in turn."""
        handles = [h for h in self.root.locator(".widget-slider .noUi-handle").all() if h.is_enabled()]
        for handle in handles:
            handle.press("End")
            self.settle()
        lighter, self.milliseconds = self.milliseconds, []
        for handle in handles:
            for k in range(moves):
                key = ("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight")[k % 4]
                self.move("at its heaviest", lambda h=handle, key=key: h.press(key), patience=2)
        self.heaviest, self.milliseconds = self.milliseconds, lighter

    def listen(self):
        """What hinders a screen reader or a keyboard: the rules of axe-core (WCAG 2, A and AA), a picture without
        words, a control that no key reaches."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe_core() + "; void 0")
        found = self.root.evaluate(
            "e => axe.run(e, {runOnly: ['wcag2a', 'wcag2aa']}).then(r => r.violations.map("
            "v => v.id + ': ' + v.help + ': ' + v.nodes.slice(0, 2).map(n => n.html.slice(0, 150)).join(' | ')))"
        )
        if len(self.picture.get_attribute("title") or "") < 40:
            found.append("the picture has no words")
        for control in self.root.locator(".noUi-handle, select, input[type=checkbox], button").all():
            if not control.evaluate("c => c.tabIndex >= 0 || c.disabled"):
                found.append(f"no key reaches {control.evaluate('c => c.outerHTML')[:100]}")
        self.dead += [f"{self.name}: {what}" for what in found]

    def situations(self, shots=None):
        """Press every numbered situation; each must say what to look for. Returns how many there were."""
        buttons = self.root.locator("button.rnnlib-situation").all()
        for button in buttons:
            name = button.text_content().strip()
            button.click()
            try:
                self.root.locator(".rnnlib-reading b", has_text=" ".join(name.split())).first.wait_for(timeout=5000)
            except Exception as e:
                if type(e).__name__ != "TimeoutError":
                    raise
                self.dead.append(f"{self.name}: situation {name}: not a word of it below the picture")
            self.settle()
            self._shoot(shots, f"situation-{name}")
        return len(buttons)

    def _slider(self, handle, control, label, shots):
        def value():  # the handle's aria-valuenow is rounded to one decimal
            return handle.evaluate("h => [].concat(h.closest('.noUi-target').noUiSlider.get(true))[h.dataset.handle]")

        start, moved = value(), 0
        for key, end in (("End", "max"), ("Home", "min")):
            moved += self.move(f"{label} to its {end}", lambda key=key: handle.press(key), value)
            self._shoot(shots, f"{label}-{end}")
        if not moved:
            self.dead.append(f"{self.name}: {label} has only one value, {start}")
        for _ in range(0 if self.known else 3):  # the steps that a learner takes most
            self.move(f"{label}, one step right", lambda: handle.press("ArrowRight"), value, patience=2)
        self._back(handle, value, start)

    def _back(self, handle, value, start):
        """Back to where the slider stood, so that the next control is tried from the explorer's own start."""
        step = "ArrowRight" if value() < start else "ArrowLeft"
        while abs((before := value()) - start) > 1e-9:
            handle.press(step)
            if abs(value() - start) >= abs(before - start):
                break
        self.settle()

    def _select(self, select, control, label, shots):
        options = select.evaluate("s => Array.from(s.options, o => o.text)")
        start = select.evaluate("s => s.selectedIndex")
        others = [i for i in range(len(options)) if i != start]
        for index in (others[-1:] if self.known else others) + [start]:
            self.move(f"{label} = {options[index]}", lambda i=index: select.select_option(index=i))
            self._shoot(shots, f"{label}-{options[index]}")

    def _checkbox(self, box, control, label, shots):
        for state in ("switched", "back"):
            self.move(f"{label} {state}", box.click)
            self._shoot(shots, f"{label}-{state}")

    def _toggle(self, button, control, label, shots):
        self._checkbox(button, control, label, shots)

    def _choice(self, button, control, label, shots):
        text = button.text_content().strip()
        active = "b => b.classList.contains('mod-active') || b.checked === true"
        if not button.evaluate(active):
            self.move(f"{label} = {text}", button.click)
            self._shoot(shots, f"{label}-{text}")

    def _shoot(self, folder, what):
        if folder:
            name = re.sub(r"[^\w.-]+", "-", f"{self.name}-{what}")
            self.root.screenshot(path=Path(folder) / f"{name}.png")


CONTROLS = ", ".join(
    f".widget-{kind}"
    for kind in ("slider", "dropdown", "select", "checkbox", "toggle-button", "toggle-buttons", "radio")
)
KINDS = {
    "slider": ".noUi-handle",
    "select": "select",
    "checkbox": "input[type=checkbox]",
    "toggle": "xpath=self::button",
    "choice": "button, input[type=radio]",
}


def axe_core():
    """The JavaScript of axe-core, from the package that brings it."""
    return Path(importlib.util.find_spec("axe_core_python").origin).with_name("axe.min.js").read_text(encoding="utf-8")


def _label(control):
    """What the learner reads beside the control."""
    texts = [*control.locator(".widget-label").all_text_contents(), control.text_content()]
    return next(filter(None, (text.strip("\u200b \n") for text in texts)), "(no label)")


def table(explorers):
    """Key press to new picture, per explorer."""
    lines = [f"{'explorer':44s}           moves  median ms  p95 ms  worst"]
    for e in explorers:
        for where, times in (("all moves", e.milliseconds), ("heaviest", e.heaviest)):
            if times:
                ms = sorted(times)
                p95 = ms[min(len(ms) - 1, int(0.95 * len(ms)))]
                lines.append(
                    f"{e.name:44s} {where:9s} {len(ms):5d}  {statistics.median(ms):9.0f}  {p95:6.0f}  {ms[-1]:5.0f}"
                )
    return "\n".join(lines)


def try_out(lab, browser, name, shots=None, patience=ANSWER, known=None):
    """Open, run all, move everything, save. Returns (explorers, faults, seconds, the saved notebook).

    known : a set of the kinds of explorers seen so far, added to. Of a kind that was seen before every control is
    moved to its ends; single steps, situations, rules and heaviest settings are not gone through again.
    """
    known = set() if known is None else known
    with notebook(lab, browser, name) as opened:
        seconds = opened.run_all()
        if shots:
            Path(shots).mkdir(parents=True, exist_ok=True)
            opened.photograph(shots)
        explorers = list(opened.explorers())
        for explorer in explorers:
            explorer.patience = patience
            explorer.known = (kind := explorer.labels()) in known
            if not explorer.exercise(shots):
                explorer.dead.append(f"{explorer.name} has no control")
            elif explorer.situated() and not explorer.known:
                known.add(kind)
                explorer.listen()
                explorer.situations(shots)
                explorer.weigh()
        saved = opened.save()
        faults = opened.faults() + [fault for e in explorers for fault in e.dead]
    return explorers, faults, seconds, saved


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--screenshots", type=Path, metavar="DIR")
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as home, jupyterlab(home) as lab, chromium() as browser:
        for path in options.notebooks:
            explorers, faults, seconds, _ = try_out(lab, browser, path.name, options.screenshots)
            print(f"\n{path.name}: ran in {seconds:.1f} s, {len(explorers)} explorers, {len(faults)} faults")
            print(table(explorers), *faults, sep="\n")
            bad += len(faults)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
