"""Notebook 10: LiveTrial answers the page's questions, in their order, as its folded text says."""

import re

from rnnlib.course.explore import LiveTrial


def interval(live, **settings):
    """(mean, low, high, call) that LiveTrial reads out."""
    for name, value in settings.items():
        live.inputs[name].value = value
    live.settle()
    said = live.reading.value.replace("−", "-")
    numbers = re.search(r"<b>(\S+)</b> \[(\S+), (\S+)\] nats", said) or re.search(
        r"<b>(\S+)</b> \[(\S+), (\S+)\]", said
    )
    return *map(float, numbers.groups()), re.search(r"By the margin of \S+: <b>(\w+)", said)[1]


def test_a_live_trial_answers_as_the_page_says():
    live = LiveTrial()
    # 1. below zero with two to six seeds, again with nine and ten, and from eleven on it spans zero
    interval(live, task="gradient along time", cell="LSTM", depth=4, margin=0.0)
    ends = {n: interval(live, seeds=n)[1:3] for n in range(2, 21)}
    assert [n for n, (low, high) in ends.items() if high < 0] == [2, 3, 4, 5, 6, 9, 10]
    assert all(low < 0 < high for n, (low, high) in ends.items() if n > 10)
    # 2. depth 5 on the digits: clear with two seeds and with all, one layer ahead
    for cell in live.inputs["cell"].options:
        for n in (2, 20):
            mean, _, high, _ = interval(live, task="digits", depth=5, cell=cell, seeds=n)
            assert mean < -0.3 and high < 0
    # 3. digits, tanh, depth 2: two seeds look better, from seventeen on worse
    interval(live, cell="tanh RNN", depth=2)
    assert interval(live, seeds=2)[1] > 0 > interval(live, seeds=20)[2]
    assert interval(live, seeds=18)[2] < 0 < interval(live, seeds=13)[2]
    # 4. a gain of 0.02 is ruled out from fourteen seeds on, and the interval still spans zero
    interval(live, task="gradient along time", cell="GRU", depth=3, margin=0.02)
    calls = {n: interval(live, seeds=n)[3] for n in range(2, 21)}
    assert [n for n, call in calls.items() if call == "against"] == list(range(14, 21))
    assert interval(live, seeds=20)[1] < 0 < interval(live, seeds=20)[2]
