"""Numbers behind notebook 04 that no cell prints, or prints for one draw alone."""

import numpy as np

from rnnlib import DeepRNN, flow
from rnnlib.course import exercises
from rnnlib.course.experiments import length
from rnnlib.course.explore import jacobian, wall

SEEDS = range(10)


def averaged_exponent():
    """λ₁ at rest with shear 0.8, over 50 and over 4,000 steps."""
    J = jacobian.matrix(0.9, 0.8).T
    return [flow.lyapunov_exponents(np.repeat(J[None], n + 10, 0), discard=10)[0] for n in (50, 4000)]


def orthogonal_under_drive():
    """The lowest and the highest λ₁ of ten seeds, and the median half-life."""
    first = [flow.lyapunov_exponents(jacobian.products(1.0, 0.0, 1.0, seed)[1], discard=10)[0] for seed in SEEDS]
    return min(first), max(first), np.log(2) / -np.median(first)


def radius_above_one():
    """Factor after 60 steps at ρ = 1.3: the lowest, the median and the highest of ten seeds at drive 0.2; the highest
    at drive 2."""

    def after(drive):
        return [np.linalg.norm(jacobian.products(1.3, 0.0, drive, seed)[2][-1], 2) for seed in SEEDS]

    low, high = after(0.2), after(2.0)
    return min(low), np.median(low), max(low), max(high)


def resting_states(w, b):
    """How many h solve h = tanh(w/4 h + w/4 + b/2)."""
    h = np.linspace(-1, 1, 4001)
    return int((np.diff(np.sign(np.tanh(w / 4 * h + w / 4 + b / 2) - h)) != 0).sum())


def two_resting_states():
    """The ends of the band of b at w = 5; the least w of the map with three solutions; the share of the map above 4."""
    band = [b for b in np.arange(-3.2, -1.6, 0.005) if resting_states(5.0, b) == 3]
    ws, bs = wall.WS[::4], wall.BS[::2]
    many = np.array([[resting_states(w, b) == 3 for b in bs] for w in ws])
    return min(band), max(band), ws[many.any(1)].min(), many[ws > 4].mean()


def transient_of_the_solution():
    """The largest factor and the last one of exercise 2's solution, and its verdict."""
    factors = np.linalg.norm(jacobian.products(0.9, 1.5)[2], 2, axis=(1, 2))
    return factors.max(), factors[-1], exercises.check("transient", (0.9, 1.5)).right


def from_the_left_plain():
    """From (4, -2.6): ∂loss/∂h over 50 steps, ‖gradient‖ there, and the loss after 20 updates, unclipped."""
    _, g, over_time = wall.slope(4.0, -2.6)
    return over_time[0] / over_time[-1], np.linalg.norm(g), wall.descent(4.0, -2.6, 0.3)[1][-1]


def entrywise_over_draws():
    """After 30 steps back, over ten draws: the lowest and the highest factor of the matrices; and how many times
    smaller the entrywise product is, the least, the median and the most."""
    found = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        net = DeepRNN("rnn", 4, 16)
        params = net.init(rng, recurrent="orthogonal", bias="zeros")
        Js = flow.step_jacobians(net, params, rng.standard_normal((30, 4)))
        whole, entries = np.linalg.multi_dot(Js[::-1]), np.prod(Js, axis=0)
        found.append((np.linalg.norm(whole, 2), np.linalg.norm(entries, 2)))
    whole, entries = np.array(found).T
    times = whole / entries
    return whole.min(), whole.max(), times.min(), np.median(times), times.max()


def chosen_rates():
    """The rate chosen for each start, and those at either end of the grid."""
    return [*length.BEST.values(), min(length.RATES), max(length.RATES)]


def uniform_radius():
    """The spectral radius of W_hh of the uniform start, 32 units: the lowest, the median and the highest of 20."""
    net = DeepRNN("rnn", 6, 32)
    found = [net.init(np.random.default_rng(seed))[0]["W_hh"] for seed in range(20)]
    radii = [np.abs(np.linalg.eigvals(W)).max() for W in found]
    return min(radii), np.median(radii), max(radii)
