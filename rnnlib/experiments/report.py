"""The report: every trial with its arms, its verdict and the literature, and what all runs cost."""

from .store import RESULTS, load
from .trials import TRIALS, judge, verdict


def arm_line(label, arm):
    """One arm in words: mean difference, 95 % interval, size in standard deviations of the pairs, call."""
    return f"{label}: {arm.effect:+.2g} [{arm.low:+.2g}, {arm.high:+.2g}], d = {arm.size:+.1f}, {arm.call}"


def trial_lines(trial):
    """A trial in words: one line for the verdict, one for the test, and one per arm."""
    arms = judge(trial)
    word = verdict([arm.call for arm in arms.values()])
    seeds = min(arm.seeds for arm in arms.values())
    yield f"{trial.claim}: {word} ({seeds} seeds; margin {trial.margin:+g} {trial.effect})"
    yield f"  {trial.test}"
    yield from (f"    {arm_line(label, arm)}" for label, arm in arms.items())


def summary(trial):
    """(claim, test, seeds, effect, verdict, literature) as words: the arms with the largest and smallest effect."""
    arms = judge(trial)
    ordered = sorted(arms.items(), key=lambda item: item[1].effect)
    ends = [ordered[-1]] if len(ordered) == 1 else [ordered[-1], ordered[0]]
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
    """{experiment: (runs, processor seconds)} from what each run took when it was made."""
    found = {}
    for name in names:
        if (RESULTS / f"{name}.jsonl").exists():
            seconds = [r["made"].get("seconds", 0.0) for r in load(name)]
            found[name] = len(seconds), sum(seconds)
    return found
