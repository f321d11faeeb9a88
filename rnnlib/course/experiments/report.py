"""The report: every trial with its arms, its verdict and the literature, and what all runs cost."""

import textwrap

import numpy as np

from ...tasks import solved_interval
from ..stats import mean_interval, median_interval
from . import delay, representation
from .arms import CELL
from .store import RESULTS, load, select
from .trials import TRIALS, judge, verdict
from .trials_neighbours import settled


def arm_line(label, arm):
    """One arm in words: mean difference, 95 % interval, size in standard deviations of the pairs, call."""
    size = f"d = {arm.size:+.1f}" if np.isfinite(arm.size) and arm.low < arm.high else "every pair alike"
    return f"{label}: {arm.effect:+.2g} [{arm.low:+.2g}, {arm.high:+.2g}], {size}, {arm.call}"


def trial_lines(trial):
    """A trial in words: one line for the verdict, one for the test, and one per arm."""
    arms = judge(trial)
    word = verdict([arm.call for arm in arms.values()])
    seeds = min(arm.seeds for arm in arms.values())
    yield f"{trial.claim}: {word} ({seeds} seeds; margin {trial.margin:+g} {trial.effect})"
    yield from textwrap.wrap(trial.test, 96, initial_indent="  ", subsequent_indent="  ")
    yield from (f"    {arm_line(label, arm)}" for label, arm in arms.items())


def summary(trial):
    """(claim, test, seeds, effect, verdict, literature) as words: the arms with the largest and smallest effect."""
    arms = judge(trial)
    ordered = sorted(arms.items(), key=lambda item: item[1].effect)
    ends = ordered[-1], ordered[0]
    effect = "; ".join(f"{name} {a.effect:+.2g} [{a.low:+.2g}, {a.high:+.2g}]" for name, a in ends)
    calls = [arm.call for arm in arms.values()]
    counts = ", ".join(f"{calls.count(c)} {c}" for c in ("for", "open", "against") if c in calls)
    seeds = min(arm.seeds for arm in arms.values())
    effect = f"{trial.effect}: {effect}; margin {trial.margin:g}"
    return trial.claim, trial.test, str(seeds), effect, f"{verdict(calls)} ({counts})", trial.literature


def table(trials=TRIALS):
    """The trials as a Markdown table: claim, test, seeds, effect with interval, verdict, literature."""
    head = "| claim | test | seeds | effect: the largest and the smallest arm | verdict | literature |"
    rows = ["| " + " | ".join(summary(trial)) + " |" for trial in trials]
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def cost(names):
    """{experiment: (runs, seconds of one process)} from what each run took when it was made; nan where a run was
    stored without it."""
    found = {}
    for name in names:
        if (RESULTS / f"{name}.jsonl").exists():
            seconds = [r["made"].get("seconds", np.nan) for r in load(name)]
            found[name] = len(seconds), sum(seconds)
    return found


def over_depth(name, values, depths, rng, **config):
    """{cell: (3, X, P)}: median over seeds and its 95 % interval, of P results of an experiment at X depths."""
    runs = load(name)

    def rows(cell):
        found = [[select(runs, v, cell=cell, L=L, **config) for v in values] for L in depths]  # (X, P, N)
        return median_interval(np.moveaxis(np.array(found, float), 1, 2), rng)

    return {CELL[cell]: rows(cell) for cell in CELL}


def saved_on_the_way(rng, parts=5):
    """(updates (X,), {depth: (3, X, 3)}): bits per character of training text that 2 and 3 layers save against 1,
    paired means with intervals, one column per cell, in each part of the training of `representation`."""
    runs, saved = load("representation"), {}
    curves = {
        (cell, L): np.array(select(runs, "curve", cell=cell, L=L)).reshape(representation.SEEDS, parts, -1).mean(2)
        for cell in CELL
        for L in representation.DEPTHS
    }  # (N, X)
    for L in representation.DEPTHS[1:]:
        columns = [mean_interval((curves[cell, 1] - curves[cell, L]).T, rng) for cell in CELL]
        saved[f"{L} layers"] = np.stack(columns, axis=2)
    return np.arange(1, parts + 1) * representation.UPDATES // parts, saved


def solved_over_delay():
    """{task and cell: (delays, {depth: (X, 3)})}: share of the runs of `delay` that got there, and its interval."""
    runs, tasks = load("delay"), {}
    for (task, cell), delays in delay.PAIRS.items():
        series = {}
        for L in delay.DEPTHS:
            rows = []
            for d in delays:
                updates = select(runs, "updates", task=task, cell=cell, L=L, delay=d)
                k = sum(u is not None for u in updates)
                rows.append((k / len(updates), *solved_interval(k, len(updates))))
            series[f"{L} layer{'s' * (L > 1)}"] = rows
        tasks[f"{task}, {CELL[cell]}"] = delays, series
    return tasks


def loose_end(rng):
    """Whether the gap on text had stopped moving when `longer` ended, one line for each cell."""
    for label, (change, low, high) in settled(rng).items():
        word = "stopped" if abs(change) < 0.02 else "still moving"
        yield f"{label}: {word}, {change:+.3f} bits [{low:+.3f}, {high:+.3f}] over the last third (margin 0.02)"


def few_pairs():
    """What became of each explanation why attention recalled little among 4 pairs: how many runs got there, the median
    of their updates, and the share of queries right in the mean over all."""
    runs = load("few")
    for arm in dict.fromkeys(r["config"]["arm"] for r in runs):
        updates, score = select(runs, "updates", arm=arm), np.mean(select(runs, "score", arm=arm))
        there = [u for u in updates if u is not None]
        low, high = solved_interval(len(there), len(updates))
        after = f", after {np.median(there):.0f} updates" if there else ""
        yield f"{arm}: {len(there)} of {len(updates)} [{low:.2f}, {high:.2f}]{after}; {score:.2f} of the queries right"


def beyond_training(rng):
    """The same for the state that attention lost beyond the lengths of its training: shares right at 160 steps, means
    over seeds with intervals."""
    runs = load("spread")
    for family, trained in dict.fromkeys((r["config"]["family"], r["config"]["trained"]) for r in runs):
        parts = []
        for name in ("whole", "last 40", "probe"):
            if name == "last 40" and family == "GRU":
                continue
            right = np.array(select(runs, name, family=family, trained=trained))[None, :, 1]
            mean, low, high = mean_interval(right, rng)[:, 0]
            parts.append(f"{name} {mean:.2f} [{low:.2f}, {high:.2f}]")
        yield f"{family}, trained {trained}: {', '.join(parts)}"
