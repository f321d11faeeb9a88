"""Training, in the open: a sweep of learning rates, then some seeds with early stopping, which can be stopped."""

import time
from dataclasses import dataclass

import numpy as np

from ... import check
from ...train import Adam, train
from .measure import PRIMARY, better, by_example
from .network import BATCH, batches
from .parts import Parts

RATES = (1e-3, 3e-3, 1e-2, 3e-2)
AT_ONCE = 512  # examples that are read together outside training
UPDATES = 120  # of a sweep, for each rate
EVERY = 0.2  # seconds between two calls of `progress`, at least


def answers(model, params, part):
    """What the model says to a whole part, AT_ONCE examples at a time."""
    said = []
    for k in range(0, len(part), AT_ONCE):
        some = part.take(np.arange(k, min(k + AT_ONCE, len(part))))
        said.append(model.predict(params, some.xs, some.lengths))
    return np.concatenate(said, axis=said[0].ndim - 2)


def score(model, params, parts, part):
    """The mean of the kind's primary measure."""
    return float(by_example(parts, answers(model, params, part), part).mean())


@dataclass(frozen=True, eq=False)
class Trained:
    """One seed's network.

    params : of the epoch that was best on the validation part.  curve : [(epoch, training loss, validation)].
    best : that epoch.  stopped : "by hand" or "by the clock", empty if it ended by itself.
    """

    seed: int
    params: object
    curve: list
    best: int
    stopped: str

    @property
    def validation(self):
        return next(v for epoch, _, v in self.curve if epoch == self.best)


class Progress:
    """What is handed to `progress`: done and expected epochs, a forecast of the seconds that are left (at most, for
    training may stop early), and the curve so far."""

    def __init__(self, call, expected):
        self.call, self.expected, self.done = call, expected, 0
        self.began, self.told = time.monotonic(), -np.inf

    def epoch(self, curve, words):
        self.done += 1
        self.tell(curve, words, always=self.done == self.expected)

    def tell(self, curve, words, share=0.0, always=False):
        now = time.monotonic()
        if self.call is not None and (always or now - self.told >= EVERY):
            self.told, done = now, self.done + share
            left = (now - self.began) * (self.expected - done) / done if done else None
            self.call(done, self.expected, left, curve, words)

    def skip(self, epochs):
        """Epochs that early stopping saved."""
        self.expected -= epochs


def updates_of_epoch(parts):
    return max(1, len(parts.train) // BATCH)


def learn(model, parts, rate, seed, epochs, patience, stop, progress, until):
    """One seed: Trained. The start and the order of the batches come from the seed alone."""
    weights, order = np.random.default_rng(seed).spawn(2)
    params = model.init(weights)
    each = updates_of_epoch(parts)
    curve, losses, stopped, words = [], [], "", f"seed {seed}, rate {rate:g}"
    start = score(model, params, parts, parts.validation)
    curve.append((0, None, start))
    best, best_epoch = params, 0
    try:
        for step in train(model, params, batches(parts.train, order, epochs), Adam(rate), clip_norm=1.0):
            losses.append(step.loss)
            over = "by hand" if stop() else "by the clock" * (time.monotonic() > until)
            if step.index % each and not over:
                progress.tell(curve, words, share=step.index % each / each)
                continue
            epoch = len(curve)
            value = score(model, step.params, parts, parts.validation)
            curve.append((epoch, float(np.mean(losses)), value))
            losses = []
            if better(parts.kind, value, curve[best_epoch][2]):
                best, best_epoch = step.params, epoch
            progress.epoch(curve, words)
            if over:
                stopped = over
                break
            if epoch - best_epoch >= patience:
                progress.skip(epochs - epoch)
                break
    except KeyboardInterrupt:
        stopped = "by hand"
    except FloatingPointError:
        progress.skip(epochs - len(curve) + 1)
    return Trained(seed, best, curve, best_epoch, stopped)


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a short training with each rate reached on the validation part."""

    parts: Parts
    reached: dict

    @property
    def rate(self):
        """The best one."""
        sign = 1 if PRIMARY[self.parts.kind][1] else -1
        return max(self.reached, key=lambda rate: sign * self.reached[rate])

    def __str__(self):
        rates = list(self.reached)
        name, _ = PRIMARY[self.parts.kind]
        rows = [f"    rate {rate:g}: {value:.3g}" for rate, value in self.reached.items()]
        edge = self.rate in (min(rates), max(rates)) and len(rates) > 1
        end = f"best: {self.rate:g}" + (", at the edge of what was tried: try one further" if edge else "")
        return "\n".join([f"{name} on the validation part after a short training:", *rows, end])


def _nobody():
    return False


def sweep(model, parts, rates=RATES, *, epochs=None, further=2, seed=100, stop=None, progress=None):
    """A Sweep: one short training with each of the rates, from one seed that `fit` does not use.

    epochs : of each; about UPDATES updates if not given, and 10 epochs at most.
    further : where the best rate is the lowest or the highest of them, one beyond it is tried, so many times at most.
    ValueError where there is no rate, or one is not above 0; TypeError where parts are no Parts.
    """
    check.instance("parts", parts, Parts, "Parts, as split returns them")
    rates = [check.number(f"rates[{k}]", r, 0, open_low=True) for k, r in enumerate(rates)]
    if not rates:
        raise ValueError("rates: expected at least one, got none")
    few = min(10, -(-UPDATES // updates_of_epoch(parts)))
    epochs, stop = check.size("epochs", few if epochs is None else epochs), stop or _nobody
    further = check.size("further", further, 0)
    told, reached, due = Progress(progress, epochs * len(rates)), {}, list(rates)
    while due:
        trained = learn(model, parts, due[0], seed, epochs, epochs, stop, told, np.inf)
        reached[due.pop(0)] = trained.validation
        if trained.stopped:
            break
        best = Sweep(parts, reached).rate
        if not due and further and len(reached) > 1 and best in (min(reached), max(reached)):
            beyond = sorted(reached, key=lambda rate: abs(rate - best))[1]  # its neighbour on the other side
            due, further, told.expected = [best * best / beyond], further - 1, told.expected + epochs
    return Sweep(parts, dict(sorted(reached.items())))


@dataclass(frozen=True, eq=False)
class Fitted:
    """Networks of several seeds, trained alike; the test part has not been read."""

    parts: Parts
    model: object
    rate: float
    networks: tuple

    def __str__(self):
        name, _ = PRIMARY[self.parts.kind]
        rows = [
            f"    seed {t.seed}: {t.validation:.3g} after epoch {t.best} of {t.curve[-1][0]}"
            + (f", stopped {t.stopped}" if t.stopped else "")
            for t in self.networks
        ]
        return "\n".join([f"{name} on the validation part, rate {self.rate:g}:", *rows])


def fit(model, parts, rate, *, seeds=3, epochs=60, patience=8, seconds=None, stop=None, progress=None):
    """Fitted: `seeds` networks, each trained for at most `epochs`, or until the validation part has not got better for
    `patience` of them; each keeps its best epoch.

    stop() : asked after every update; once it is true training ends, and what was learned is kept. So it is after
    `seconds`, and after an interrupt of the kernel.
    progress(done, expected, left, curve, words) : epochs, seconds that are left at most, [(epoch, loss, validation)].
    ValueError where rate, seeds, epochs, patience or seconds are not above 0; TypeError where parts are no Parts.
    """
    check.instance("parts", parts, Parts, "Parts, as split returns them")
    rate = check.number("rate", rate, 0, open_low=True)
    seeds, epochs = check.size("seeds", seeds), check.size("epochs", epochs)
    patience, stop = check.size("patience", patience), stop or _nobody
    until = np.inf if seconds is None else time.monotonic() + check.number("seconds", seconds, 0, open_low=True)
    told, networks = Progress(progress, epochs * seeds), []
    for seed in range(seeds):
        networks.append(learn(model, parts, rate, seed, epochs, patience, stop, told, until))
        if networks[-1].stopped:
            break
    return Fitted(parts, model, rate, tuple(networks))
