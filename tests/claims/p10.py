"""Numbers behind notebook 10 that its cells print within longer lines: from stored runs, as the page has them."""

import functools

from rnnlib.experiments import trials


def verdicts():
    """How many trials are supported, depend and are not supported; how many arms there are."""
    words = [word for _, word, *_ in trials.verdicts()[0]]
    arms = sum(len(trial.pairs()) for trial in trials.TRIALS)
    return [words.count(word) for word in ("supported", "depends", "not supported")] + [arms]


def calls(claim):
    """How many arms of a trial are for, open and against."""
    found = [arm.call for arm in trials.judge(trials.of(claim)).values()]
    return [found.count(call) for call in ("for", "open", "against")]


def corner_by_state():
    """Of the arms at the start, with the drive alike, after training: how many are for."""
    judged = trials.judge(trials.of("2a at the first step"))
    return [
        sum(arm.call == "for" for name, arm in judged.items() if state in name)
        for state in ("start", "alike", "trained")
    ]


top_row = functools.partial(calls, "2a along time, top")
bottom_row = functools.partial(calls, "2a along time, bottom")
corner = functools.partial(calls, "2a at the first step")
longer = functools.partial(calls, "2b")
combination = functools.partial(calls, "4")
content = functools.partial(calls, "3 content")
time_scales = functools.partial(calls, "3 time-scales")
learning = functools.partial(calls, "6 in learning")
text = functools.partial(calls, "1 text")
speech = functools.partial(calls, "1 speech")
