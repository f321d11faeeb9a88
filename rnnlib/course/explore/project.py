"""OwnProject: a form that takes a file beside the notebook to a result and a report, live."""

import functools
import html
import shlex
import threading
import time
from pathlib import Path

import ipywidgets as w

from ...data import own
from .. import project
from ..project.choices import choices, written
from ..project.measure import PRIMARY
from ..viz.project import Course
from .base import Explorer, choice, integer
from .threads import hand, one_thread

ENDINGS = (".csv", ".tsv", ".txt", ".npz")
CELLS = {"GRU": "gru", "LSTM": "lstm", "tanh RNN": "rnn"}
LATER = ("context", "period")  # options that are not for the reader, but for the split and the baselines
FOLDERS = ("own", "notebooks/own")
WRAPPED = "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; line-height: 1.35; margin: 0"
SECONDS = 60  # of training at most, for the patience of a page


@functools.lru_cache(maxsize=8)
def opened(path, changed, options):
    """(found, parts, baselines) of a file as it was at the time `changed`, read with these options."""
    told = choices(options)
    later = {name: told.pop(name) for name in LATER if name in told}
    found = own.read(path, **told)
    parts = project.split(found, **{n: v for n, v in later.items() if n == "context"})
    return found, parts, project.baselines(parts, **{n: v for n, v in later.items() if n == "period"})


def quoted(words):
    """One word of a command line, in double quotes where it needs any: these hold in every shell."""
    return shlex.quote(words) if set(words) & set('"$`\\!') else words if words == shlex.quote(words) else f'"{words}"'


class OwnProject(Explorer):
    """Choose a file in `folder`, read what was found in it, train, look at the result, write the report. Words to the
    reader, such as `label='speaker'`, go into the field beside the file.

    folder : "own" beside the page if not given, or "notebooks/own" from the repository's root.
    """

    situations = (
        ("names", {"file": "names.csv"}, "What are the groups, and what would a split by rows give away?"),
        ("weather", {"file": "seattle-weather.csv"}, "Four columns at once: which baseline is the one to beat?"),
    )

    def __init__(self, folder=None, **settings):
        self.folder = Path(folder) if folder is not None else next(filter(Path.is_dir, map(Path, FOLDERS)), Path("own"))
        if not self.files():
            raise ValueError(f"folder: expected one with files that end in {', '.join(ENDINGS)}, got {str(folder)!r}")
        self.situations = tuple(s for s in self.situations if s[1]["file"] in self.files())
        self.told, self.result, self.worker, self.halt = "", None, None, threading.Event()
        self.curves, self.version = {}, None
        self.options = w.Text(
            description="options", placeholder="label='speaker', decimal=','", continuous_update=False
        )
        self.refresh_button = w.Button(description="Look again", tooltip="list the files of the folder anew")
        self.train_button = w.Button(description="Train", tooltip="sweep of rates, then three seeds", icon="play")
        self.stop_button = w.Button(description="Stop", tooltip="end training; what was learned is kept", icon="stop")
        self.report_button = w.Button(description="Write report", tooltip="one HTML page beside the file", icon="file")
        self.bar = w.FloatProgress(0, min=0, max=1, description="training", layout={"width": "20em"})
        super().__init__(**settings)
        self.options.observe(self.again, "value")
        self.refresh_button.on_click(self.look_again)
        self.train_button.on_click(lambda _: self.train())
        self.stop_button.on_click(lambda _: self.stop())
        self.report_button.on_click(lambda _: self.write())

    def files(self):
        """The names of the folder's files that a reader knows."""
        inside = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(p.name for p in inside if self.known(p))

    @staticmethod
    def known(path):
        hidden = path.name.startswith(".") or "LICENSE" in path.name
        return path.suffix.lower() in ENDINGS and not hidden and path.is_file()

    def controls(self):
        files = self.files()
        return {
            "file": choice("file", files[-1], files),
            "cell": choice("cell", "GRU", list(CELLS)),
            "units": integer("units", 32, 8, 64, 8),
            "layers": integer("layers", 1, 1, 3),
        }

    def buttons(self):
        wrap = {"flex_flow": "row wrap"}
        row = [self.train_button, self.stop_button, self.report_button, self.bar]
        return [w.HBox([self.options, self.refresh_button], layout=wrap), w.HBox(row, layout=wrap)]

    def scene(self):
        return Course()

    # ------------------------------------------------------------------ what is shown

    def opened(self, file):
        return opened(self.folder / file, self.changed(file), self.options.value)

    def changed(self, file):
        """When the file was changed last; None if it is gone."""
        path = self.folder / file
        return path.stat().st_mtime_ns if path.exists() else None

    def show(self, scene, file, cell, units, layers):
        """What was found in the file; a network that was trained before is forgotten."""
        self.result, self.curves, self.told, self.version = None, {}, "", self.changed(file)
        return self.draw(scene, file, cell, units, layers)

    def draw(self, scene, file, cell, units, layers):
        named = f"{file}, {cell}, {units} units, {layers} layer{'s' * (layers > 1)}"
        try:
            found, parts, simple = self.opened(file)
        except (ValueError, TypeError, OSError) as e:
            scene.update({}, {}, "nothing yet", f"{named}: not read")
            return f"<b>{html.escape(str(e))}</b>"
        done = self.result.short if self.result else "training" if self.curves else "not trained yet"
        scene.update(self.curves, simple.validation, PRIMARY[parts.kind][0], f"{named}: {done}")
        words = html.escape(f"What was found:\n{found}\n\n{parts}\n\n{self.told}".strip())
        return f"<pre style='{WRAPPED}'>{words}</pre>"

    def renew(self):
        """The picture and the words of this moment."""
        with self.lock:
            self.send(self.said(self.settings) + self.draw(self.picture, **self.settings))

    def again(self, _=None):
        self.drawn = None
        self.redraw()

    def look_again(self, _=None):
        """The folder's files as they are now; the one that was chosen stays, if it is there, and so does what was
        learned from it, if it has not changed."""
        files, chosen = self.files(), self.inputs["file"].value
        if files:
            self.held = True
            self.inputs["file"].options = files
            self.inputs["file"].value = chosen if chosen in files else files[0]
            self.held = False
        same = self.inputs["file"].value == chosen and self.changed(chosen) == self.version
        self.renew() if same else self.again()

    # ------------------------------------------------------------------ training

    @property
    def running(self):
        return self.worker is not None and self.worker.is_alive()

    def train(self):
        """Sweep, three seeds and the test, on a thread of its own; the controls wait."""
        if self.running:
            return
        self.halt.clear()
        self.lock_controls(True)
        self.worker = threading.Thread(target=self.work, name="OwnProject", daemon=True)
        self.worker.start()

    def lock_controls(self, locked):
        for control in (*self.inputs.values(), self.options, self.refresh_button, self.train_button):
            control.disabled = locked

    def work(self):
        try:
            with one_thread:
                self.learn(**self.settings)
        except (ValueError, TypeError, OSError) as e:
            self.told, self.curves = str(e), {}
        finally:
            self.lock_controls(False)
            self.bar.value = self.bar.max
            self.renew()

    def learn(self, file, cell, units, layers):
        self.version = self.changed(file)
        _, parts, simple = self.opened(file)
        model = project.network(parts, CELLS[cell], units, layers)
        self.result, self.curves = None, {}
        checked, began = project.checks(model, parts), time.monotonic()
        tried = project.sweep(model, parts, stop=self.halt.is_set, progress=self.progress("sweep"))
        left = max(1.0, SECONDS - (time.monotonic() - began))
        told = self.progress("seeds")
        fitted = project.fit(model, parts, tried.rate, stop=self.halt.is_set, progress=told, seconds=left)
        self.curves = {f"network, seed {t.seed}": t.curve for t in fitted.networks}
        self.result = project.judge(fitted, simple)
        parts_told = (checked, tried, fitted, self.result, project.mistakes(self.result))
        self.told = "\n\n".join(map(str, parts_told))

    def progress(self, what):
        def told(done, expected, left, curve, words):
            self.bar.max, self.bar.value = expected, done
            rest = "" if left is None else f", at most {left:.0f} s left"
            self.told = f"{what}, {words}: epoch {len(curve) - 1}{rest}"
            self.curves = (self.curves if what == "seeds" else {}) | {words: list(curve)}
            self.renew()
            hand.rest()

        return told

    def stop(self):
        """End training after the update that is running; what was learned is kept and judged."""
        self.halt.set()
        if self.running and self.worker is not threading.current_thread():
            self.worker.join(30)

    def write(self):
        """The report beside the file, named after it; or why there is none."""
        name = self.inputs["file"].value
        if self.running:
            said = "Training is still running: write the report when it is over, or stop it."
        elif self.result is None:
            said = "There is nothing to report: train first."
        elif self.changed(name) != self.version:
            said = f"{name} is no longer the file that was trained on: look again, then train."
        else:
            file = self.folder / name
            target = file.with_name(f"{file.stem}-report.html")
            try:
                project.report(self.result, target, source=file, command=self.command())
                said = f"Written to {target.name}, beside the file."
            except (OSError, ImportError) as e:
                said = f"No report was written: {e}"
        if said not in self.told:
            self.told = f"{self.told}\n\n{said}".strip()
        self.renew()

    def command(self):
        """The line that repeats the run, in the file's folder."""
        told = choices(self.options.value)
        later = [word for name in LATER if name in told for word in (f"--{name}", str(told.pop(name)))]
        words = [self.inputs["file"].value, *(("--read", written(told)) if told else ()), *later]
        words += ["--cell", CELLS[self.inputs["cell"].value], "--size", str(self.inputs["units"].value)]
        words += ["--layers", str(self.inputs["layers"].value)]
        return " ".join(["python -m rnnlib.course.project", *map(quoted, words)])
