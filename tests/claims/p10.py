"""Numbers behind notebook 10 that its cells print within longer lines: from stored runs, as the page has them."""

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


def top_row():
    return calls("2a along time, top")


def bottom_row():
    return calls("2a along time, bottom")


def corner():
    return calls("2a at the first step")


def corner_by_state():
    """Of the arms at the start, with the drive alike, after training: how many are for."""
    judged = trials.judge(trials.of("2a at the first step"))
    return [
        sum(arm.call == "for" for name, arm in judged.items() if state in name)
        for state in ("start", "alike", "trained")
    ]


def longer():
    return calls("2b")


def combination():
    return calls("4")


def content():
    return calls("3 content")


def time_scales():
    return calls("3 time-scales")


def learning():
    return calls("6 in learning")


def text():
    return calls("1 text")


def speech():
    return calls("1 speech")
