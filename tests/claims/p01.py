"""Numbers behind notebook 01 that no cell prints."""

import numpy as np

from rnnlib import DeepRNN
from rnnlib.course.explore import plane, unit


def by_pencil():
    """Unit 1 at step 1: the sum and its tanh; at step 2: what comes from the past, the sum and its tanh."""
    past = 0.716 * 0.5 - 0.462 * 0.4 + 0.197 * -0.2
    return 0.9, np.tanh(0.9), past, 0.2 + 0.1 + past, np.tanh(0.2 + 0.1 + past)


def three_fates():
    """Where a single unit ends after a pulse of 1: w = 0.9, 2 and -1.5."""
    pulse = unit.pulses(height=1.0, steps=50)
    return [unit.respond(w, 0.0, pulse)[-1] for w in (0.9, 2.0, -1.5)]


def cycle_of_two():
    """The slope at 0 and the state's two ends for w = -1.5, b = 0."""
    ends = unit.respond(-1.5, 0.0, unit.pulses(1.0, steps=400))[-2:]
    return -1.5 * (1 - 0**2), min(ends), max(ends)


def where_the_memory_ends():
    """The b at which the upper two fixed points of w = 2 meet; the threshold of one step at b = -0.3."""
    bs = np.arange(-600, -500) / 1000
    last = bs[[len(unit.fixed_points(2.0, b)) == 3 for b in bs]].min()
    (low, _), (middle, _), _ = unit.fixed_points(2.0, -0.3)
    return last, 2 * (middle - low)


def growth_of_relu():
    """1.05 and 0.95 to the 65th; how many steps w = 0.9 needs for what w = 1 does in 10,000."""
    end = unit.respond(1.0, 0.0, np.zeros(10000), h_0=1.0)[-1]
    fading = unit.respond(0.9, 0.0, np.zeros(100), h_0=1.0)
    return 0.95**65, 1.05**65, np.argmax(fading < end) + 1


def periods():
    """Of the ring at ρ = 1.5 for 12, 20 and 30 steps a turn."""
    return [plane.measured_period(plane.ring(1.5, 2 * np.pi / n)) for n in (12, 20, 30)]


def thresholds():
    """w (h_u - h_-) for (1.5, -0.1) and for (2, -0.2)."""
    found = []
    for w, b in ((1.5, -0.1), (2.0, -0.2)):
        (low, _), (middle, _), _ = unit.fixed_points(w, b)
        found.append(w * (middle - low))
    return found


def recall_three():
    """The slope at h* = 0.8, w = 1.5, and the steps until half of a push is gone."""
    slope = (1 - 0.64) * 1.5
    return slope, np.log(2) / -np.log(slope)


def without_the_state():
    """(lowest, highest) error at the first and the last of 12 steps when the state is left behind, on ten networks."""
    net, gaps = DeepRNN("rnn", input_size=3, hidden_size=5), []
    for seed in range(10):
        init, data = np.random.default_rng(seed).spawn(2)
        layers, xs = net.init(init), data.standard_normal((20, 4, 3))
        gap = np.abs(net.forward(layers, xs[8:]).hs - net.forward(layers, xs).hs[8:]).max(axis=(1, 2))
        gaps.append((gap[0], gap[-1]))
    return [*np.min(gaps, axis=0), *np.max(gaps, axis=0)]


def tuned():
    """The weights that leave 0.5 and 1.5 times the count of 5, after 5 steps of pulse and 65 of silence."""
    ws = np.arange(0.98, 1.02, 0.00001)
    left = ws**65 * sum(ws**k for k in range(5)) / 5
    return ws[left >= 0.5][0], ws[left <= 1.5][-1]
