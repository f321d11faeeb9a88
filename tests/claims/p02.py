"""What notebook 02 claims and no cell of it prints."""

import functools
import linecache

import nbformat
import numpy as np

from rnnlib import tasks
from rnnlib.course.exercises import faults
from rnnlib.course.explore import bptt, truncation

from . import PAGES

DRAWS = 8


@functools.cache
def derivation():
    """forward and backward as the page has them, with a source that can be edited."""
    cells = nbformat.read(PAGES["02"], as_version=4).cells
    source = next(c.source for c in cells if c.cell_type == "code" and c.source.startswith("def forward(q, targets)"))
    names = {"np": np}
    linecache.cache["derivation of 02"] = (len(source), None, source.splitlines(True), "derivation of 02")
    exec(compile(source, "derivation of 02", "exec"), names)
    return names["forward"], names["backward"]


@functools.cache
def ends(old, new):
    """(final losses, lowest cosines) with this edit, 300 updates on each of eight draws."""
    forward, backward = derivation()
    version, task, found = faults.plant(backward, (old, new)), tasks.echo(delay=3, T=20), []
    for seed in range(DRAWS):
        rng = np.random.default_rng(seed)
        start = faults.draw(rng, T=20, B=16, D=1, H=16, V=1)
        data = [task.batch(rng, 16) for _ in range(300)]
        losses, cosines = faults.descend(forward, version, start, data, exact=backward)
        found.append((losses[-10:].mean(), cosines.min()))
    return np.transpose(found)


def summing():
    losses, _ = ends('d["W_hh"] += dW_hh_t', 'd["W_hh"] = dW_hh_t')
    return losses.min(), losses.max()


def no_future():
    losses, _ = ends('q["W_hy"].T + future', 'q["W_hy"].T')
    return losses.min(), losses.max()


def lowest_cosine():
    """Of faults 1 and 2, over all updates and draws."""
    edits = (('d["W_hh"] += dW_hh_t', 'd["W_hh"] = dW_hh_t'), ('q["W_hy"].T + future', 'q["W_hy"].T'))
    return [ends(*edit)[1].min() for edit in edits]


@functools.cache
def chopped(gain=0.9, length=60):
    """(10, 29): the relative error for windows of 2 to 30, on ten networks."""
    errors = []
    for seed in range(10):
        net, params, xs, dhs = truncation.problem(length, gain, seed=seed)
        full = truncation.vector(net.backward(params, net.forward(params, xs), dhs).params)
        cut = [
            sum(truncation.vector(g) for g in truncation.window_gradients(net, params, xs, dhs, k))
            for k in range(2, 31)
        ]
        errors.append(truncation.compare(np.array(cut), full)[1])
    return np.array(errors)


def chopped_power():
    powers = np.polyfit(np.log(np.arange(2, 31)), np.log(chopped()).T, 1)[0]
    return powers.min(), powers.max()


def chopped_factor():
    factors = chopped()[:, 2] / chopped()[:, 14]
    return factors.min(), factors.max()


def wrong_signs():
    """The ends of the ranges of w in which step 3 alone has the other sign."""
    ws = np.arange(-1.5, 1.5, 0.005)
    wrong = []
    for w in ws:
        ours = bptt.three_steps(w)
        terms = ours.dhs * ours.uses
        wrong.append(terms[2] * terms.sum() < 0)
    wrong = np.array(wrong)
    return [ws[wrong & (ws < 0)].min(), ws[wrong & (ws < 0)].max(), ws[wrong & (ws > 0)].min(), ws[wrong].max()]


def kept_megabytes():
    return 1000 * 32 * 256 * 8 / 1e6


def windows():
    errors = truncation.survey(60, 0.9)[2]
    return [*(errors < 0.1).argmax(1) + 1, *errors[0, 47:50]]
