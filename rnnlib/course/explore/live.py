"""LiveTraining: a real stack trains while you watch, with its gradient over layers and time.

The training has a thread of its own, so controls and buttons answer whether their callbacks have a thread too (newer
JupyterLabs) or run on the main one. It computes without the explorer's lock, so that no control waits for an update.
Whatever interrupts, the parameters are the old ones or the new ones (see `run`).
Learning rate and clipping act from the next update on (Adam starts anew); depth, length and cell begin a new run.
"""

import threading
import time

import ipywidgets as w
import numpy as np

from ...tasks import temporal_order
from ..viz.live import Live
from .base import Explorer, choice, integer
from .run import CELLS, MOST, Run
from .threads import hand, one_thread

RATES = {"0.0003": 3e-4, "0.001": 1e-3, "0.003": 3e-3, "0.01": 1e-2, "0.1": 0.1}
CLIPS = {"off": None, "0.1": 0.1, "1": 1.0, "10": 10.0}
COST = {"tanh RNN": 1, "LSTM": 3, "GRU": 2.5}  # of a cell's step
PLAIN = 10  # one's own
ENOUGH, FEW = 300, 4  # cell steps that a moving hand waits for with all sequences; sequences of a sketch
PAUSE, SHARE = 0.1, 0.25  # seconds between two pictures; of the time that may go into drawing
PACE = 0.01  # seconds that an update takes at least: slow enough to watch


class LiveTraining(Explorer):
    """Start, pause, step, stop and reset the training of a stack on `task(T)`, temporal order if not given: any task
    whose loss reads the last step."""

    situations = (
        ("short delay", {"length": 10}, "Start: the loss leaves the line of guessing within some hundred updates."),
        ("long delay", {"length": 100}, "Start: the gradient at the first steps is too small to learn from; the loss "
         "stays on the line of guessing."),
        ("gates", {"length": 40, "cell": "LSTM"}, "Start: the lattice stays bright to the first step, and the loss "
         "falls at a delay where tanh has trouble."),
        ("rate too high", {"rate": "0.1", "clip": "off"}, "Start: the loss jumps instead of falling."),
    )  # fmt: skip

    def __init__(self, task=temporal_order, seed=0, **settings):
        trial = task(10)
        if trial.at != "last_step":
            raise ValueError(f"task: expected one whose loss reads the last step, got at={trial.at!r}")
        self.task_of, self.seed = task, seed
        self.run, self.worker, self.halt = None, None, threading.Event()
        self.start_button = w.Button(description="Start", tooltip="train, or pause", icon="play")
        self.step_button = w.Button(description="Step", tooltip="one update", icon="step-forward")
        self.stop_button = w.Button(description="Stop", tooltip="end this run; Start begins another", icon="stop")
        self.reset_button = w.Button(description="Reset", tooltip="the same network, untrained", icon="undo")
        self.bar = w.IntProgress(0, 0, MOST, description="updates", layout={"width": "20em"})
        super().__init__(**settings)
        self.start_button.on_click(lambda _: self.pause() if self.running else self.start())
        self.step_button.on_click(lambda _: self.step())
        self.stop_button.on_click(lambda _: self.stop())
        self.reset_button.on_click(lambda _: self.reset())

    def controls(self):
        return {
            "depth": integer("depth L, layers", 2, 1, 8),
            "length": integer("length T, steps", 20, 10, 100, 10),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
            "rate": choice("learning rate", "0.003", list(RATES)),
            "clip": choice("clip at norm", "1", list(CLIPS)),
        }

    def buttons(self):
        row = [self.start_button, self.step_button, self.stop_button, self.reset_button, self.bar]
        return [w.HBox(row, layout={"flex_flow": "row wrap"})]

    def scene(self):
        task = self.task_of(10)
        return Live(task.baseline, MOST, "squared error" if task.loss == "mse" else "loss, nats")

    params = property(lambda self: self.run.params)
    losses = property(lambda self: self.run.losses)
    message = property(lambda self: self.run.message)

    # ------------------------------------------------------------------ the picture

    def renew(self, *key):
        """A run for this depth, length and cell, unless it is there."""
        if self.run is None or self.run.key != key:
            self.run = Run(self.task_of, self.seed, *key)

    def sketch(self, scene, depth, length, cell, rate, clip):
        """The gradient of a few sequences instead of all."""
        self.renew(depth, length, cell)
        if self.run.first is not None or depth * length * COST.get(cell, PLAIN) <= ENOUGH:
            return None
        return self.picture_of(scene, self.run, self.run.measure(FEW))

    def prepare(self, depth, length, cell, rate, clip):
        self.run.measure()

    def show(self, scene, depth, length, cell, rate, clip):
        self.renew(depth, length, cell)
        return self.picture_of(scene, self.run, self.run.measure())

    def picture_of(self, scene, run, measures):
        norms, now, score = measures
        depth, length, cell = run.key
        first, made = now if run.first is None else run.first, len(run.losses)
        said = run.words(score).replace("<b>", "").replace("</b>", "")
        scene.update(
            run.losses, norms, first, now, said,
            f"{cell}, {depth} layer{'s' * (depth > 1)}, T = {length}, rate {self.inputs['rate'].value}, clip "
            f"{self.inputs['clip'].value}: update {made}, {said.partition(' (')[0].removeprefix('held-out ')}",
        )  # fmt: skip
        self.bar.value = made
        last = f"loss {np.mean(run.losses[-20:]):.2f}, " if made else ""
        said = f"{last}{run.words(score)}. From the last step to the first the lowest layer's gradient by h is "
        return f"{said[0].upper()}{said[1:]}multiplied by {norms[0, 0] / norms[0, -1]:.1g}. {run.message}"

    def draw(self):
        """The picture of the run as it stands; computed first, so that the lock is held for the drawing alone."""
        run = self.run
        measures = run.measure()
        with self.lock:
            if run is self.run:
                text = self.picture_of(self.picture, run, measures)
                self.send(self.said(self.settings) + text)
                self.rough = False

    # ------------------------------------------------------------------ the buttons

    @property
    def running(self):
        return self.worker is not None and self.worker.is_alive()

    def update(self):
        """One update with the learning rate and the threshold of this moment."""
        return self.run.update(RATES[self.inputs["rate"].value], CLIPS[self.inputs["clip"].value])

    def begin(self):
        """A new run if the last one is over."""
        if self.run.over:
            self.run = Run(self.task_of, self.seed, *self.run.key)

    def start(self):
        """Train on a thread until pause, stop, reset, the last update, or numbers that are not finite."""
        if self.running:
            return
        self.begin()
        self.halt.clear()
        self.worker = threading.Thread(target=self.work, name="LiveTraining", daemon=True)
        self.start_button.description, self.start_button.icon = "Pause", "pause"
        self.worker.start()

    def work(self):
        due, more = 0.0, True
        while more and not self.halt.is_set():
            turn, run = time.monotonic(), self.run
            with one_thread:
                more = self.update() or run is not self.run  # a new run goes on where an old one was left
                if more and time.monotonic() >= due:
                    began = time.monotonic()
                    self.draw()
                    spent = time.monotonic() - began
                    due = time.monotonic() + max(PAUSE, spent * (1 / SHARE - 1))
            time.sleep(max(0.0005, PACE - (time.monotonic() - turn)))  # and whoever waits for the GIL gets it
            hand.rest()
        with one_thread:
            self.draw()
        self.start_button.description, self.start_button.icon = "Start", "play"

    def pause(self):
        """Rest after the update that is running; Start goes on from there."""
        self.halt.set()
        worker = self.worker
        if worker is not None and worker is not threading.current_thread():
            worker.join(10)

    def stop(self):
        """End this run after the update that is running. Its network stays on show; Start begins another run."""
        self.pause()
        if not self.run.over:
            self.run.message = "Stopped; Start begins anew."
            with one_thread:
                self.draw()

    def step(self):
        """One update, and the picture of it."""
        self.pause()
        self.begin()
        with one_thread:
            self.update()
            self.draw()

    def reset(self):
        """The same network, untrained."""
        self.pause()
        self.run = Run(self.task_of, self.seed, *self.run.key)
        with one_thread:
            self.draw()
