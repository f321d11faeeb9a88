"""LiveTraining: a real stack trains while you watch, with its gradient over layers and time.

The training has a thread of its own, so controls and buttons answer whether their callbacks have a thread too (newer
JupyterLabs) or run on the main one. It computes without the explorer's lock, so that no control waits for an update.
Parameters are values and change in one assignment: whatever interrupts, they are the old ones or the new ones.
Learning rate and clipping act from the next update on (Adam starts anew); depth, length and cell begin a new run.
"""

import threading
import time

import ipywidgets as w
import numpy as np

from .. import flow
from ..model import Model
from ..stack import DeepRNN
from ..tasks import temporal_order
from ..train import Adam, train
from ..viz.live import Live
from .base import Explorer, choice, integer, one_thread

CELLS = {"tanh RNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
RATES = {"0.0003": 3e-4, "0.001": 1e-3, "0.003": 3e-3, "0.01": 1e-2, "0.1": 0.1}
CLIPS = {"off": None, "0.1": 0.1, "1": 1.0, "10": 10.0}
H, B, PROBE, MOST = 32, 32, 48, 1000
COST = {"tanh RNN": 1, "LSTM": 3, "GRU": 2.5}  # of a cell's step
ENOUGH, FEW = 300, 4  # cell steps that a moving hand waits for with PROBE sequences; sequences of a sketch
PAUSE, SHARE = 0.1, 0.25  # seconds between two pictures; of the time that may go into drawing
PACE = 0.01  # seconds that an update takes at least: slow enough to watch


class Run:
    """One training from its untrained network on: `params` and `losses` after the updates so far."""

    def __init__(self, task_of, seed, depth, length, cell):
        self.key, self.task = (depth, length, cell), task_of(length)
        net = DeepRNN(CELLS[cell], self.task.input_size, H, depth, dtype=np.float32)
        self.model = Model(net, self.task.output_size, self.task.loss, self.task.at)
        weights, self.draws, probe = np.random.default_rng(seed).spawn(3)
        forget = {"forget_bias": 1} if cell == "LSTM" else {}
        self.now = self.model.init(weights, bias="zeros", **forget), ()
        self.probe = self.task.batch(probe, PROBE, np.float32)
        self.steps = self.setting = self.first = self.known = None
        self.message = ""

    params = property(lambda self: self.now[0])
    losses = property(lambda self: self.now[1])

    @property
    def over(self):
        return len(self.losses) >= MOST or bool(self.message)

    def measure(self, count=PROBE):
        """(norms (L, T), gradient norm of each layer's weights (L,), score), on sequences kept for this. The score is
        the accuracy, or the mean squared error."""
        params, losses = self.now
        if self.known and self.known[0] == len(losses):
            return self.known[1]
        xs, targets = self.probe[0][:, :count], self.probe[1][:count]
        run = self.model.forward(params, xs)
        loss, dys = self.model.loss_and_dys(run.ys, targets)
        dhs = np.zeros_like(run.run.hs)
        dhs[-1] = dys @ params["W_hy"].T
        grad = self.model.net.backward(params["layers"], run.run, dhs)
        sizes = [np.sqrt(sum((p[n].astype(float) ** 2).sum() for n in ("W_xh", "W_hh"))) for p in grad.params]
        score = loss if self.task.loss == "mse" else (run.ys.argmax(-1) == targets).mean()
        measures = flow.norms(grad), np.array(sizes), float(score)
        if count == PROBE:
            self.known = len(losses), measures
            self.first = measures[1] if self.first is None else self.first
        return measures

    def update(self, rate, clip):
        """One update by `rnnlib.train`; False when there is nothing more to do."""
        if self.over:
            return False
        if self.setting != (rate, clip):
            batches = self.task.batches(self.draws, B, np.float32)
            self.steps = train(self.model, self.params, batches, Adam(rate), clip_norm=clip)
        self.setting = None  # an interrupt ends the generator: then the next update makes a new one
        try:
            step = next(self.steps)
        except FloatingPointError as e:
            self.message = f"stopped: {e}"
            return False
        self.now = step.params, (*self.losses, step.loss)
        self.setting = rate, clip
        return True

    def words(self, score):
        if self.task.loss == "mse":
            return f"held-out squared error <b>{score:.3f}</b> (guessing {self.task.baseline:.3f})"
        return f"held-out accuracy <b>{score:.0%}</b> (guessing {1 / self.task.output_size:.0%})"


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
        if self.run.first is not None or depth * length * COST[cell] <= ENOUGH:
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
        return (
            f"{last}{run.words(score)}. From the last step to the first the lowest layer's gradient by h is multiplied "
            f"by {norms[0, 0] / norms[0, -1]:.1g}. {run.message}"
        )

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
