"""TrainingView: training as it runs, with a button to stop it.

    view = TrainingView(total=240, clip_norm=1.0)
    for step in view.watch(rnnlib.train(model, params, batches, clip_norm=1.0)):
        pass                                   # step.params, step.loss, ... as without the view

While the loop runs the picture is live. When it ends, by itself, by the button or by `break`, the live picture makes
room for a still one that stays in the notebook. The button acts while the cell runs wherever callbacks have a thread of
their own (JupyterLab 4.4 and later); elsewhere the kernel's interrupt does, and the last step is whole there too.
"""

import threading
import time

import ipywidgets as w
import numpy as np
from IPython.display import display

from ..viz.training import TrainingCurve


class TrainingView(w.VBox):
    """Loss, gradient norm and clipping of every step that passes through `watch`.

    total : how many updates there will be, if known: the axis then stands still. units : "nats" or "bits".
    references : {name: loss in nats} to compare with, drawn as lines. clip_norm : the threshold that `train` was given.
    Afterwards `losses`, `norms`, `clipped` hold one entry per update, losses in nats, and `step` is the last step.
    """

    pause = 0.1  # seconds between two pictures, at least
    share = 0.1  # of the time may go into drawing

    def __init__(self, title="", *, total=None, units="nats", references=None, clip_norm=None):
        if units not in ("nats", "bits"):
            raise ValueError(f"units: expected 'nats' or 'bits', got {units!r}")
        self.per_nat = 1.0 if units == "nats" else 1 / np.log(2)
        self.name, self.units, self.total, self.clip_norm = title, units, total, clip_norm
        references = {name: value * self.per_nat for name, value in (references or {}).items()}
        self.picture = TrainingCurve(total, units, references, clip_norm)
        self.losses, self.norms, self.clipped, self.held_out, self.step = [], [], [], [], None
        self.stopping, self.started = threading.Event(), False
        size = {"width": f"{self.picture.width * self.picture.dpi:.0f}px", "max_width": "100%"}
        self.image = w.Image(value=self.picture.png(), format="png", layout=size)
        self.button = w.Button(description="Stop", tooltip="end the loop after the update that is running")
        self.button.on_click(lambda _: self.stopping.set())
        self.reading = w.HTML("waiting for the first update")
        super().__init__([w.HBox([self.button, self.reading]), self.image])

    def watch(self, steps):
        """Pass the steps on, one by one, and draw; ends early when the button was pressed."""
        if self.started:
            raise RuntimeError("a TrainingView watches one run: make a new one for the next")
        self.started = True
        display(self)
        if self.button.comm is not None:
            # ipykernel 7.4 answers a widget on the thread that last wrote to it: the one that is busy training.
            # Without its note of that, a click goes to the thread that the front end chose. Absent elsewhere.
            vars(self.button.comm).pop("_reply_subshell_id", None)
        due = 0.0
        try:
            for step in steps:
                self.step = step
                self.losses.append(step.loss)
                self.norms.append(step.grad_norm)
                self.clipped.append(step.clipped)
                yield step
                if self.stopping.is_set():
                    break
                if time.monotonic() >= due:
                    spent = self.draw()
                    due = time.monotonic() + max(self.pause, spent * (1 / self.share - 1))
        finally:
            self.finish()

    def validation(self, loss):
        """Note a validation loss, in nats, at the present update."""
        self.held_out.append((len(self.losses), loss * self.per_nat))

    def draw(self):
        """Bring picture and reading up to date; returns the seconds it took."""
        began = time.perf_counter()
        losses = np.array(self.losses) * self.per_nat
        self.picture.update(losses, self.norms, self.clipped, self.held_out, self.name)
        self.image.value = self.picture.png()
        self.reading.value = self.line(losses)
        return time.perf_counter() - began

    def line(self, losses):
        if not len(losses):
            return "no update was made"
        of = f" of {self.total}" if self.total else ""
        return (
            f"update {len(losses)}{of}: loss {losses[-1]:.2f} {self.units}, ‖gradient‖ {self.norms[-1]:.2g}, "
            f"{sum(self.clipped)} clipped so far"
        )

    def finish(self):
        """The last state as a still picture; the live one makes room."""
        self.draw()
        self.button.disabled, self.button.layout.display, self.image.layout.display = True, "none", "none"
        if self.losses:
            display(self.picture.here())

    def __repr__(self):
        return (
            f"TrainingView: {self.name or 'loss, gradient norm and clipping'}, live while the cell runs; how it ended:"
        )
