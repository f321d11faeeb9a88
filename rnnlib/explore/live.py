"""LiveTraining: a real stack trains while you watch, with its gradient over layers and time.

The training has a thread of its own, so controls and buttons answer whether their callbacks have a thread too (newer
JupyterLabs) or run on the main one. Every update happens whole under the explorer's lock: parameters are values, the
old ones or the new ones. Learning rate and clipping act from the next update on (Adam starts anew); depth, length and
cell begin a new network.
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
from .base import BLAS, Explorer, choice, integer

CELLS = {"tanh RNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
RATES = {"0.0003": 3e-4, "0.001": 1e-3, "0.003": 3e-3, "0.01": 1e-2, "0.1": 0.1}
CLIPS = {"off": None, "0.1": 0.1, "1": 1.0, "10": 10.0}
H, B, PROBE, MOST = 32, 32, 48, 1000
PAUSE, SHARE = 0.1, 0.25  # seconds between two pictures; of the time that may go into drawing
PACE = 0.01  # seconds that an update takes at least: slow enough to watch


class LiveTraining(Explorer):
    """Start, pause, step and reset the training of a stack on `task(T)`, temporal order if not given."""

    def __init__(self, task=temporal_order, seed=0, **settings):
        self.task_of, self.seed = task, seed
        self.worker, self.halt, self.key = None, threading.Event(), None
        self.start_button = w.Button(description="Start", tooltip="train, or pause", icon="play")
        self.step_button = w.Button(description="Step", tooltip="one update", icon="step-forward")
        self.reset_button = w.Button(description="Reset", tooltip="the same network, untrained", icon="undo")
        self.bar = w.IntProgress(0, 0, MOST, description="updates", layout={"width": "20em"})
        super().__init__(**settings)
        self.start_button.on_click(lambda _: self.pause() if self.running else self.start())
        self.step_button.on_click(lambda _: self.step())
        self.reset_button.on_click(lambda _: self.reset())
        buttons = w.HBox(
            [self.start_button, self.step_button, self.reset_button, self.bar], layout={"flex_flow": "row wrap"}
        )
        self.children = (*self.children[:-3], buttons, *self.children[-3:])

    def controls(self):
        return {
            "depth": integer("depth L, layers", 2, 1, 8),
            "length": integer("length T, steps", 20, 10, 100, 10),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
            "rate": choice("learning rate", "0.003", list(RATES)),
            "clip": choice("clip at norm", "1", list(CLIPS)),
        }

    def scene(self):
        return Live(self.task_of(10).baseline, MOST)

    # ------------------------------------------------------------------ the network; all of it under the lock

    def fresh(self, depth, length, cell):
        """A new network and its first measures."""
        self.task = self.task_of(length)
        net = DeepRNN(CELLS[cell], self.task.input_size, H, depth, dtype=np.float32)
        self.model = Model(net, self.task.output_size, self.task.loss, self.task.at)
        weights, self.draws, probe = np.random.default_rng(self.seed).spawn(3)
        forget = {"forget_bias": 1} if cell == "LSTM" else {}
        self.params = self.model.init(weights, bias="zeros", **forget)
        self.probe = self.task.batch(probe, PROBE, np.float32)
        self.losses, self.steps, self.message = [], None, ""
        self.first = self.measure()[1]

    def measure(self):
        """(norms (L, T), gradient norm of each layer's weights (L,), accuracy), on sequences kept for this."""
        xs, targets = self.probe
        run = self.model.forward(self.params, xs)
        _, dys = self.model.loss_and_dys(run.ys, targets)
        dhs = np.zeros_like(run.run.hs)
        dhs[-1] = dys @ self.params["W_hy"].T
        grad = self.model.net.backward(self.params["layers"], run.run, dhs)
        sizes = [np.sqrt(sum((p[n].astype(float) ** 2).sum() for n in ("W_xh", "W_hh"))) for p in grad.params]
        return flow.norms(grad), np.array(sizes), float((run.ys.argmax(-1) == targets).mean())

    def update(self):
        """One update by `rnnlib.train`; False when there is nothing more to do."""
        if len(self.losses) >= MOST or self.message:
            return False
        if self.steps is None:
            batches = self.task.batches(self.draws, B, np.float32)
            rate, clip = RATES[self.inputs["rate"].value], CLIPS[self.inputs["clip"].value]
            self.steps = train(self.model, self.params, batches, Adam(rate), clip_norm=clip)
        try:
            step = next(self.steps)
        except FloatingPointError as e:
            self.message = f"stopped: {e}"
            return False
        self.params = step.params
        self.losses.append(step.loss)
        return True

    def show(self, scene, depth, length, cell, rate, clip):
        if self.key != (depth, length, cell):
            self.key = depth, length, cell
            self.fresh(*self.key)
        self.steps = None  # a new rate or threshold from the next update on
        return self.picture_of(scene)

    def picture_of(self, scene):
        norms, now, accuracy = self.measure()
        s = self.settings
        scene.update(
            self.losses, norms, self.first, now, accuracy,
            f"{s['cell']}, {s['depth']} layer{'s' * (s['depth'] > 1)}, T = {s['length']}, rate {s['rate']}, clip "
            f"{s['clip']}: update {len(self.losses)}, {accuracy:.0%} right",
        )  # fmt: skip
        self.bar.value = len(self.losses)
        last = f"loss {np.mean(self.losses[-20:]):.2f}, " if self.losses else ""
        return (
            f"{last}held-out accuracy <b>{accuracy:.0%}</b> (guessing {1 / self.task.output_size:.0%}). From the last "
            f"step to the first the lowest layer's gradient by h is multiplied by {norms[0, 0] / norms[0, -1]:.1g}. "
            f"{self.message}"
        )

    def draw(self):
        with self.lock:
            text = self.picture_of(self.picture)
            self.image.value = self.picture.jpeg()
            self.reading.value = text

    # ------------------------------------------------------------------ the buttons

    @property
    def running(self):
        return self.worker is not None and self.worker.is_alive()

    def start(self):
        """Train on a thread until pause, reset, the last update, or numbers that are not finite."""
        if self.running:
            return
        self.halt.clear()
        self.worker = threading.Thread(target=self.work, name="LiveTraining", daemon=True)
        self.start_button.description, self.start_button.icon = "Pause", "pause"
        self.worker.start()

    def work(self):
        due, more = 0.0, True
        while more and not self.halt.is_set():
            turn = time.monotonic()
            with self.lock, BLAS.limit(limits=1, user_api="blas"):
                more = self.update()
                if more and time.monotonic() >= due:
                    began = time.monotonic()
                    self.draw()
                    spent = time.monotonic() - began
                    due = time.monotonic() + max(PAUSE, spent * (1 / SHARE - 1))
            time.sleep(max(0.0005, PACE - (time.monotonic() - turn)))  # and whoever waits for the lock gets it
        self.draw()
        self.start_button.description, self.start_button.icon = "Start", "play"

    def pause(self):
        """Stop after the update that is running."""
        self.halt.set()
        worker = self.worker
        if worker is not None and worker is not threading.current_thread():
            worker.join(10)

    def step(self):
        """One update, and the picture of it."""
        self.pause()
        with self.lock, BLAS.limit(limits=1, user_api="blas"):
            self.update()
            self.draw()

    def reset(self):
        """The same network, untrained."""
        self.pause()
        with self.lock, BLAS.limit(limits=1, user_api="blas"):
            self.fresh(*self.key)
            self.draw()
