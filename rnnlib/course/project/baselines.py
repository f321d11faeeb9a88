"""What needs no network. Whoever does not beat these has learned nothing that a line of arithmetic does not know."""

from dataclasses import dataclass

import numpy as np

from ... import check
from ...model import Model
from ...neighbours import Convolution
from ...train import Adam, train
from .measure import PRIMARY, by_example
from .parts import Parts

EPOCHS, RATE = 300, 0.03  # of the linear models on labelled sequences
SMOOTHING = 0.1  # of counted characters


@dataclass(frozen=True, eq=False)
class Baselines:
    """{name: function of a Part -> scores or forecasts}, and what each reaches on the validation part.

    Scores are (N, V), or (T, N, V) of a text; forecasts (N, D).
    """

    parts: Parts
    answers: dict
    validation: dict

    @property
    def best(self):
        """The name of the one that is best on the validation part."""
        names = list(self.validation)
        return names[int(np.argmax([self.validation[n] * (1 if PRIMARY[self.parts.kind][1] else -1) for n in names]))]

    def __str__(self):
        name, _ = PRIMARY[self.parts.kind]
        rows = (f"    {n}: {value:.3g}" for n, value in self.validation.items())
        return "\n".join([f"{name} on the validation part, without a network:", *rows])


def baselines(parts, *, period=None, lags=None):
    """Baselines of these parts.

    labelled : the commonest class; a linear model on the mean over time, and one on the last step.
    series : the last value; the mean; with a `period` the value one period before; a linear model of the last `lags`
    values of all columns, by least squares (default: the whole context).
    text : how often each character occurs (unigram), and what follows each (bigram).
    ValueError where period or lags are for no series or beyond its context; TypeError where parts are no Parts.
    """
    check.instance("parts", parts, Parts, "Parts, as split returns them")
    if parts.kind != "series" and (period or lags):
        raise ValueError(f"period: expected None, as lags, for a {parts.kind} file, got {period} and {lags}")
    answers = {"labelled": _labelled, "series": _series, "text": _text}[parts.kind](parts, period, lags)
    reached = {n: float(by_example(parts, f(parts.validation), parts.validation).mean()) for n, f in answers.items()}
    return Baselines(parts, answers, reached)


def _labelled(parts, *_):
    V = len(parts.found.names)
    shares = np.bincount(parts.train.targets, minlength=V) / len(parts.train)
    return {
        "the commonest class": lambda part: np.tile(np.log(np.maximum(shares, 1e-12)), (len(part), 1)),
        "linear, on the mean over time": _linear(_mean, parts.train, V),
        "linear, on the last step": _linear(_last, parts.train, V),
    }


def _mean(part):
    return (part.xs.sum(0) / part.lengths[:, None]).astype(np.float32)


def _last(part):
    return part.xs[part.lengths - 1, np.arange(len(part))]


def _linear(of, part, V):
    """A softmax on the features `of` a part, after EPOCHS updates on the whole part; an input of one step to it."""
    model = Model(Convolution(part.xs.shape[2], V, 1, dtype=np.float32), None, at="last_step")
    params = model.init(np.random.default_rng(0))
    for step in train(model, params, [(of(part)[None], part.targets)] * EPOCHS, Adam(RATE)):
        params = step.params
    return lambda part: model.predict(params, of(part)[None])


def _series(parts, period, lags):
    D, context = len(parts.found.names), parts.context
    period = None if period is None else check.size("period", period)
    lags = context if lags is None else check.size("lags", lags)
    for name, value in (("period", period), ("lags", lags)):
        if value is not None and value > context:
            raise ValueError(f"{name}: expected at most the context, {context} steps, got {value}")

    def seen(part):
        rows = part.xs[-lags:].transpose(1, 0, 2).reshape(len(part), -1)
        return np.concatenate([rows, np.ones((len(part), 1))], axis=1)

    weights, *_ = np.linalg.lstsq(seen(parts.train), parts.train.targets, rcond=None)
    answers = {
        "the last value": lambda part: np.zeros((len(part), D)),
        "the mean": lambda part: -part.base / parts.change,
        f"linear, on the last {lags} values": lambda part: seen(part) @ weights,
    }
    if period is not None:
        answers[f"the value {period} steps before"] = lambda part: (part.xs[-period, :, :D] - part.base) / parts.change
    return answers


def _text(parts, *_):
    V = len(parts.alphabet)
    now, following = parts.train.xs.ravel(), parts.train.targets.ravel()
    counts = np.bincount(following, minlength=V) + SMOOTHING
    pairs = np.bincount(now * V + following, minlength=V * V).reshape(V, V) + SMOOTHING
    unigram, bigram = np.log(counts / counts.sum()), np.log(pairs / pairs.sum(1, keepdims=True))
    return {
        "unigram": lambda part: np.broadcast_to(unigram, (*part.xs.shape, V)),
        "bigram": lambda part: bigram[part.xs],
    }
