"""LiveTrial and Evidence: how sure a number of seeds makes one, on networks trained under the hand, and on stored runs.

A pair of networks takes longer than a slider waits, so LiveTrial shows at once what is known, computes the missing
seeds while the hand rests, and draws each as it comes.
"""

import functools

import numpy as np

from ... import flow
from ...model import Model
from ...stack import DeepRNN
from ...tasks import noise_padded_digits, temporal_order
from ...train import Adam, train
from ..experiments import trials, trials_neighbours
from ..experiments.solve import width
from ..stats import mean_interval
from ..viz.trial import Forest, Seeds
from .base import Explorer, choice, integer, real
from .threads import hand

BUDGET, UPDATES, RATE, B = 1500, 60, 1e-2, 32  # parameters of either network, updates, learning rate, batch
CELLS = {"tanh RNN": "rnn", "LSTM": "lstm", "GRU": "gru"}
SLOPE, ORDER, DIGITS = "gradient along time", "temporal order", "digits"
YLABEL = {
    SLOPE: "slope nearer to 0, nats per step",
    ORDER: f"loss saved after {UPDATES} updates, nats",
    DIGITS: f"loss saved after {UPDATES} updates, nats",
}


@functools.lru_cache(maxsize=2048)
def outcome(task, cell, L, seed):
    """One network of BUDGET parameters: |slope| of the top row's ln ‖∂loss/∂h_t‖ at the start over 60 steps, or the
    loss on 256 fresh sequences after UPDATES updates. Lower is better throughout."""
    make = {
        SLOPE: lambda: temporal_order(60),
        ORDER: lambda: temporal_order(20),
        DIGITS: lambda: noise_padded_digits(0),
    }
    problem, kind = make[task](), CELLS.get(cell, cell)
    net = DeepRNN(kind, problem.input_size, width(kind, problem.input_size, L, problem.output_size, BUDGET), L)
    model = Model(net, problem.output_size, problem.loss, problem.at)
    weights, draws, fresh = np.random.default_rng(seed).spawn(3)
    start = {"input": "orthogonal", "recurrent": "orthogonal", "bias": "zeros"}
    params = model.init(weights, **start | ({} if net.layers[0].cell.forget is None else {"forget_bias": 1}))
    if task == SLOPE:
        xs, _ = problem.batch(draws, 4)
        dhs = np.zeros((problem.T, 4, net.hidden_size))
        dhs[-1] = fresh.standard_normal(dhs[-1].shape)
        return abs(flow.time_rate(flow.gradient_flow(net, params["layers"], xs, dhs)[-1]))
    for step in train(model, params, problem.batches(draws, B), Adam(RATE), clip_norm=1.0):
        params = step.params
        hand.rest()
        if step.index == UPDATES:
            break
    return float(model.evaluate(params, *problem.batch(fresh, 256)))


class LiveTrial(Explorer):
    """Stacks of L layers against one layer of as many parameters, seed by seed, on networks made here and now."""

    own = True

    situations = (
        ("looks decided", {"task": SLOPE, "cell": "LSTM", "depth": 4, "margin": 0.0}, "Ten seeds, and the interval "
         "lies below zero. Add seeds one by one: does it stay there?"),
        ("decided", {"task": DIGITS, "depth": 5, "seeds": 4}, "Four seeds, far from the margin: more would change "
         "little."),
        ("a zero that tells", {"task": SLOPE, "cell": "GRU", "depth": 3, "seeds": 20, "margin": 0.02}, "The interval "
         "spans zero, and a gain as large as the margin is ruled out all the same. Take seeds away: when is it open?"),
    )  # fmt: skip

    def __init__(self, **settings):
        self.known = {}
        super().__init__(**settings)

    def controls(self):
        return {
            "task": choice("task", ORDER, list(YLABEL)),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
            "depth": integer("depth L, layers", 2, 2, 5),
            "seeds": integer("seeds n", 10, 2, Seeds.most),
            "margin": real("margin, nats", 0.05, 0, 0.5, 0.01),
        }

    def scene(self):
        return Seeds()

    def difference(self, task, cell, depth, seed):
        key = task, cell, depth, seed
        if key not in self.known:
            self.known[key] = outcome(task, cell, 1, seed) - outcome(task, cell, depth, seed)
        return self.known[key]

    def sketch(self, scene, seeds, margin, **pair):
        """The seeds that are known already, from the first on."""
        have = next((s for s in range(seeds) if (*pair.values(), s) not in self.known), seeds)
        return None if have == seeds else self.picture_of(scene, have, seeds, margin, **pair)

    def prepare(self, seeds, margin, **pair):
        """The missing seeds one after the other, each drawn as it comes, until the hand moves again."""
        now = self.settings
        for seed in range(seeds):
            if (*pair.values(), seed) in self.known:
                continue
            self.difference(**pair, seed=seed)
            if seed + 1 == seeds:
                return
            with self.lock:
                if now != self.settings:
                    return
                self.send(self.said(now) + self.sketch(self.picture, seeds, margin, **pair))

    def show(self, scene, seeds, margin, **pair):
        for seed in range(seeds):
            self.difference(**pair, seed=seed)
        return self.picture_of(scene, seeds, seeds, margin, **pair)

    def picture_of(self, scene, have, seeds, margin, task, cell, depth):
        differences = np.array([self.difference(task, cell, depth, seed) for seed in range(have)])
        intervals = running_intervals(tuple(differences))
        title = f"{cell}, {task}: {depth} layers against 1, {have} seeds"
        scene.update(differences, intervals, YLABEL[task], title, margin, have < seeds)
        if have < 2:
            return f"{have} of {seeds} seeds computed. An interval needs two."
        mean, low, high = intervals[:, -1]
        sign = "better than" if low > 0 else "worse than" if high < 0 else "not told apart from"
        call = trials.call(low, high, margin)
        return (
            f"{have} of {seeds} seeds. {depth} layers save <b>{mean:.2g}</b> [{low:.2g}, {high:.2g}] "
            f"{YLABEL[task].partition(', ')[2]}: at this size {sign} one layer. By the margin of {margin:.2f}: "
            f"<b>{call}</b>. Single seeds run from {differences.min():.2g} to {differences.max():.2g}."
        )


@functools.lru_cache(maxsize=256)
def running_intervals(differences):
    """(3, n - 1): mean and 95 % interval of the first 2, 3, ... n differences."""
    rng = np.random.default_rng(0)
    rows = [mean_interval([differences[:n]], rng, 1000)[:, 0] for n in range(2, len(differences) + 1)]
    return np.array(rows).T if rows else np.empty((3, 0))


WORDS = {"supported": "supported", "depends": "it depends on the arm", "not supported": "not supported"}


@functools.lru_cache(maxsize=128)
def arms_of(trial, seeds):
    """{arm: (effect, low, high, call)} of a trial, from its first `seeds` seeds."""
    judged = trials.judge(trial, seeds=seeds)
    return {label: (arm.effect, arm.low, arm.high, arm.call) for label, arm in judged.items()}


class Evidence(Explorer):
    """The stored trials: every arm of a claim with its interval, from as many seeds as the slider says."""

    cases, first = trials.TRIALS, "1 text"
    situations = (
        ("depth and time", {"trial": "2a along time, top"}, "Claim 2a as it is mostly meant: which arms are for it?"),
        ("a remedy that works", {"trial": "5a residual"}, "Both arms lie far beyond the margin: two seeds would do."),
        ("wavers", {"trial": "6 in learning", "seeds": 5}, "Two arms of four lie at their margin: move the seeds."),
    )  # fmt: skip

    def controls(self):
        return {
            "trial": choice("trial", self.first, [t.claim for t in self.cases]),
            "seeds": integer("seeds n", 10, 2, 10),
        }

    def scene(self):
        return Forest()

    def show(self, scene, trial, seeds):
        case = trials.of(trial, self.cases)
        arms = arms_of(case, seeds)
        calls = [call for *_, call in arms.values()]
        word = trials.verdict(calls)
        counts = ", ".join(f"{calls.count(c)} {c}" for c in ("for", "open", "against"))
        scene.update(arms, case.margin, case.effect, f"{trial}, {seeds} seeds: {WORDS[word]}")
        return f"“{case.words}” Test: {case.test}. Arms: {counts}. By {seeds} seeds: <b>{WORDS[word]}</b>."


class NeighbourEvidence(Evidence):
    """The same for the trials of attention, convolution and the Transformer."""

    cases, first = trials_neighbours.NEIGHBOURS, "8 recall"
    situations = (
        ("recall", {}, "Attention against a state of fixed size: how does the gap move with the number of pairs?"),
        (
            "tracking a state",
            {"trial": "9 state"},
            "The Transformer and the GRU again, and a task that turns the tables.",
        ),
    )
