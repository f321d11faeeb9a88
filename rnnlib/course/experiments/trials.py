"""The article's claims as trials: what is measured on stored runs, what counts as for and as against, and the verdict.

A trial compares arms, seed by seed. Its effect is a mean of paired differences with a 95 % bootstrap interval; its
margin is the smallest effect that would matter, set before the runs, save in 3, 5 and "6 in learning", where it was set
after a first look at them. An arm is

    for      its whole interval lies above the margin
    against  its whole interval lies below the margin: an effect that matters is ruled out
    open     the margin lies inside the interval

and the claim is *supported* if every arm is for it, *not supported* if none is, and else it *depends* on the arm.

Training ends elsewhere on another processor. So the rule asks the interval widened on both sides by as much as the
processor alone may move the mean (`arms.wobble`): an arm that another processor could turn is open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..stats import effect_size, paired_interval
from . import arms


@dataclass(frozen=True)
class Trial:
    """claim : its number and what is split off it.  short : what is asked, in a few words.  words : the claim as the
    article words it.  test : what was run.  effect : what is compared, with its unit.  margin : the smallest effect
    that matters.  pairs : () -> {arm: (one, other)}, the values per seed of which the difference is the effect.
    literature : for and against, elsewhere."""

    claim: str
    short: str
    words: str
    test: str
    effect: str
    margin: float
    sources: tuple
    pairs: Callable = field(repr=False)
    literature: str = ""


class Arm(NamedTuple):
    """effect, low, high : the mean difference and its interval.  size : in standard deviations of the pairs.
    moved : by how much the processor alone may move the effect; `call` allows for it."""

    effect: float
    low: float
    high: float
    size: float
    seeds: int
    call: str
    moved: float = 0.0


def call(low, high, margin):
    """The rule above, for one interval."""
    return "for" if low > margin else "against" if high < margin else "open"


def judge_arm(one, other, margin, rng, moved=0.0):
    """An Arm from two (N,) of values per seed; moved : by how much the processor alone may move its effect."""
    effect, low, high = (float(v) for v in np.round(paired_interval(one, other, rng), 12) + 0.0)  # -1e-17 is 0
    word = call(low - moved, high + moved, margin)
    return Arm(effect, low, high, effect_size(one, other), len(one), word, moved)


def of(claim, trials=None):
    """The Trial of that number, among those of claims 1 to 6 if no others are given."""
    trials = trials or TRIALS
    found = [trial for trial in trials if trial.claim == claim]
    if not found:
        raise ValueError(f"claim: expected one of {', '.join(t.claim for t in trials)}, got {claim!r}")
    return found[0]


def judge(trial, seeds=None, draws=0):
    """{arm: Arm} of a trial, from its first `seeds` seeds, all if not given. `draws` seeds the bootstrap: the same
    intervals each time."""
    rng, judged = np.random.default_rng(draws), {}
    for label, (one, other) in trial.pairs().items():
        one, other = one[:seeds], other[:seeds]
        moved = arms.wobble(trial.claim, label, len(one))
        judged[label] = judge_arm(one, other, trial.margin, rng, moved)
    return judged


def verdict(calls):
    """The rule above: "supported", "depends" or "not supported", from the calls of all arms."""
    return "supported" if set(calls) == {"for"} else "depends" if "for" in calls else "not supported"


STACKING = "Stacking strengthens representation."
GRADIENTS = "Depth mitigates vanishing and exploding gradients, and so captures longer dependencies."
LEVELS = "Different layers learn different levels of abstraction."
MODULES = "Stacks combine flexibly with attention, gates and other modules."
REMEDIES = "Residual connections and layer normalisation make deep stacks trainable."
GATING = "Gating (LSTM, GRU) lets the gradient flow."

TRIALS = (
    Trial("1 text", "do 2, 3 layers save bits?", STACKING,
          "character model of Python sources, 30,000 parameters, 1,500 updates, 2 and 3 layers "
          "against 1", "bits per character saved", 0.02, ("representation",), arms.representation,
          "Karpathy et al. 2015: 2 layers beat 1 in 21 of 22 matched pairs, 3 beat 2 in 7 of 22. Collins et al. 2017: "
          "capacity per parameter about equal at every depth."),
    Trial("1 speech", "are 2, 4 layers more accurate?", STACKING,
          "Japanese Vowels, 10,000 parameters, 2 and 4 layers against 1",
          "test accuracy gained", 0.01, ("width",), arms.width,
          "Graves 2013: at equal size 3 layers win on log-loss and lose on squared error."),
    Trial("2a along time, top", "is the top row gentler?", GRADIENTS,
          "8 layers against 1, last loss only: slope of the top layer's ln ‖∂loss/∂h‖",
          "slope per step back, how much nearer to 0", 0.03, ("rates",), arms.gradients("top"),
          "Union of eigenvalues: stacking cannot move a layer's own rate. Türkoglu et al. 2021: gradients fade or "
          "grow along depth as well."),
    Trial("2a along time, bottom", "is the bottom row gentler?", GRADIENTS,
          "the same, slope of the lowest layer's row",
          "slope per step back, how much nearer to 0", 0.03, ("rates",), arms.gradients("bottom"),
          "Binomial response: paths through depth multiply the exponential by a polynomial in the lag."),
    Trial("2a at the first step", "is the far corner nearer to 1?", GRADIENTS,
          "the same, size of the lowest layer's gradient 99 steps back, the top's last being 1",
          "powers of ten, how much nearer to 10^0", 1.0, ("rates",), arms.gradients("corner"), "as above"),
    Trial("2b", "do 2, 4 layers bridge longer delays?", GRADIENTS,
          "4,000 parameters, 2 and 4 layers against 1, over 3 or 4 delays",
          "share of runs that solve the task", 0.1, ("delay",), arms.delay,
          "Bai et al. 2018: no preference for depth on memory tasks. Levine et al. 2018: depth raises the capacity to "
          "tie start and end together."),
    Trial("3 time-scales", "does training slow upper layers?", LEVELS,
          "character LSTM, top minus lowest of 3 layers, trained minus untrained",
          "steps", 1.0, ("layers",), arms.time_scales,
          "Hermans, Schrauwen 2013: higher layers keep a typo longer. DeepESN: untrained stacks do so too."),
    Trial("3 content", "does training lift content upwards?", LEVELS,
          "the same for what a linear probe reads, text and two-scale chain", "R²", 0.05,
          ("layers", "regime"), arms.abstraction, "Karpathy et al. 2015: single units follow quotes and indentation."),
    Trial("4", "do modules fit without loss?", MODULES,
          "four layers of 32 units on Japanese Vowels: each module against the plain stack, three "
          "cells; attention stands in claim 10",
          "test accuracy, at most 0.02 lost", -0.02, ("combine",), arms.combination,
          "Kim et al. 2017: at 10 layers the residual LSTM is best, the plain one 13.7 % worse than at 3."),
    Trial("5a residual", "does it train 8 layers?", REMEDIES,
          "8 layers on Japanese Vowels against the plain stack",
          "powers of ten of training loss", 0.3, ("depth",), arms.remedy("residual"),
          "Wu et al. 2016: plain stacks barely work at 6 layers, very poorly beyond 8; residual connections are their "
          "remedy."),
    Trial("5b layer norm", "does it train 8 layers?", REMEDIES,
          "the same",
          "powers of ten of training loss", 0.3, ("depth",), arms.remedy("layer norm"),
          "Ba et al. 2016: stabilises the hidden state of one layer through time."),
    Trial("5c input into every layer", "does it train 8?",
          "Every layer receives x_t beside the layer below (the article's formula).",
          "the same", "powers of ten of training loss", 0.3, ("depth",), arms.remedy("input skip"),
          "Graves 2013 gives fewer steps between bottom and top as the reason for exactly this."),
    Trial("6 along time", "are gates gentler than tanh?", GATING,
          "one layer at its start, slope of ln ‖∂loss/∂h‖ against tanh",
          "slope per step back, how much nearer to 0", 0.03, ("rates", "forget"), arms.gates_in_time,
          "Jozefowicz et al. 2015: a forget bias of 1 closes the gap between LSTM and GRU."),
    Trial("6 along depth", "are gates gentler than tanh?", GATING,
          "8 layers at their start, factor per layer down at the last step against tanh",
          "ln of the factor per layer, how much nearer to 0", 0.03, ("rates",), arms.gates_in_depth,
          "Türkoglu et al. 2021: in a 10-layer LSTM the gradient fades towards the bottom."),
    Trial("6 in learning", "do gates solve more than tanh?", GATING,
          "adding at 30, 60, 120 steps, temporal order at 80 and 160, against tanh of as many parameters",
          "share of runs that solve the task", 0.1, ("adding", "delay"), arms.gates_in_learning,
          "Hochreiter, Schmidhuber 1997. Le et al. 2015: ReLU with identity recurrence comes close without gates."),
)  # fmt: skip


def verdicts(trials=TRIALS):
    """([(claim and question, verdict, calls)], title) over some trials, all of claims 1 to 6 if not given, for a
    picture of them."""
    rows = []
    for trial in trials:
        calls = [arm.call for arm in judge(trial).values()]
        rows.append((f"{trial.claim}: {trial.short}", verdict(calls), calls))
    words = [word for _, word, _ in rows]
    counts = ", ".join(f"{words.count(word)} {word}" for word in ("supported", "depends", "not supported"))
    return rows, f"{len(rows)} trials, ten seeds each: {counts}"
