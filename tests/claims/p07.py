"""Numbers behind notebook 07 that no cell prints, or prints for one network alone: each over ten networks."""

import functools

import numpy as np

from rnnlib.course.explore.flow import gradients, lattice
from rnnlib.course.explore.spectrum import powers, pulse_response, resting_jacobian
from rnnlib.course.viz.spectrum import first_peak
from rnnlib.flow import layer_factor, time_rate

SEEDS = range(10)


def ends(values):
    return [min(values), np.median(values), max(values)]


def half_lives(layers, length, *args, **options):
    return [np.log(2) / -time_rate(lattice(layers, length, *args, seed=s, **options)[-1]) for s in SEEDS]


def hero_half_life():
    return ends(half_lives(1, 60))


def top_left_is_smallest():
    """How many of ten networks, and by what ratio the bottom row's first step is larger."""
    norms = [lattice(3, 60, seed=s) for s in SEEDS]
    first = sum(n.argmin() == 2 * 60 and n[0, -1] < n[1, -1] < n[2, -1] for n in norms)
    return [first, *ends([n[0, 0] / n[2, 0] for n in norms])]


def cosine_of_sources():
    found = []
    for seed in SEEDS:
        _, params, run, grad = gradients(3, 60, seed=seed)
        da = [dh * (1 - layer.hs**2) for dh, layer in zip(grad.hs, run.layers)]
        future, above = da[0][50] @ params[0]["W_hh"].T, da[1][49] @ params[1]["W_xh"].T
        found.append((future * above).sum() / np.linalg.norm(future) / np.linalg.norm(above))
    return [found[0], min(found), max(found)]


def black_later():
    rows = [lattice(8, 200, seed=s)[:, ::-1] < 1e-12 for s in SEEDS]
    return ends([int(r[0].argmax()) - int(r[-1].argmax()) for r in rows])


def every_step_first():
    rows = [lattice(8, 200, seed=s, every_step=True)[0, 0] for s in SEEDS]
    return [rows[0], min(rows), max(rows)]


@functools.cache
def rates(L):
    """(seeds, gains) measured and forecast."""
    gains = np.arange(0.5, 1.55, 0.1)
    runs = [[gradients(L, 200, gain=g, seed=s) for g in gains] for s in SEEDS]
    measured = np.array([[time_rate(np.linalg.norm(r[3].hs[-1], axis=(1, 2))) for r in row] for row in runs])
    slope = np.array([[np.log(((1 - r[2].hs ** 2) ** 2).mean()) / 2 for r in row] for row in runs])
    return measured, slope + np.log(gains)


def forecast_gap():
    return [abs(np.subtract(*rates(L))).max() for L in (1, 8)]


def eight_less_one():
    """Rate of the top of eight less that of one layer: its least at gains 0.5 to 0.7, its most at 1.0 to 1.5."""
    change = rates(8)[0] - rates(1)[0]
    return [change[:, :3].min(), np.median(change[:, 3]), np.median(change[:, 4]), change[:, 5:].max()]


def medians_of_cells():
    lives = {cell: half_lives(1, 200, cell) for cell in ("tanh RNN", "ReLU RNN", "GRU", "LSTM")}
    tanh_first = sum(lives["tanh RNN"][s] == max(row[s] for row in lives.values()) for s in SEEDS)
    return [*map(np.median, lives.values()), min(lives["ReLU RNN"]), max(lives["ReLU RNN"]), tanh_first]


def normed_half_life():
    return ends(half_lives(1, 200, layer_norm=True))


def half_lives_by_drive():
    """Medians of one layer's half-life at inputs x 0.5, 1 and 2, cell by cell, and in how many it falls with them."""
    medians, in_order = [], 0
    for cell in ("tanh RNN", "GRU", "LSTM"):
        lives = []
        for seed in SEEDS:
            net, params, run, _ = gradients(1, 100, cell, seed=seed)
            _, inputs, readout = np.random.default_rng(seed).spawn(3)
            xs, dhs = inputs.standard_normal((100, *run.hs.shape[1:-1], 8)), np.zeros_like(run.hs)
            dhs[-1] = readout.standard_normal(dhs[-1].shape)
            grads = [net.backward(params, net.forward(params, scale * xs), dhs) for scale in (0.5, 1, 2)]
            lives.append([np.log(2) / -time_rate(np.linalg.norm(g.hs[0], axis=(1, 2))) for g in grads])
        medians += list(np.median(lives, axis=0))
        in_order += sum(weak > as_drawn > strong for weak, as_drawn, strong in lives)
    return [*medians, in_order]


def factors():
    values = [[layer_factor(lattice(8, 100, c, seed=s)[:, -1]) for s in SEEDS] for c in ("tanh RNN", "GRU", "LSTM")]
    return [end(row) for row in values for end in (min, max)]


def random_peaks():
    return ends([first_peak(pulse_response(4, 0.9, 0.5, False, seed)) for seed in SEEDS])


def stretches(gains):
    return [powers(resting_jacobian(gains, seed=s)) for s in SEEDS]


def stretch_of_three():
    found = stretches([0.9, 0.85, 0.8])
    tops, at = [g.max() for g in found], [g.argmax() for g in found]
    return [tops[0] - max(tops), min(tops), max(tops), min(at), max(at)]


def stretch_of_eight():
    found = stretches([0.9] * 8)
    tops, at = [g.max() for g in found], [g.argmax() for g in found]
    return [tops[0], min(tops[1:]), max(tops[1:]), min(at[1:]), max(at[1:])]


def normed_lstm():
    """Far corner of ten, and how many top rows rise."""
    norms = [lattice(8, 100, "LSTM", seed=s, layer_norm=True) for s in SEEDS]
    corner = [n[0, 0] for n in norms]
    return [corner[0], min(corner), max(corner), sum(time_rate(n[-1]) > 0 for n in norms)]


def tuned():
    lives = half_lives(8, 100, gain=1.55)
    corner = [np.log10(lattice(8, 100, gain=1.55, seed=s)[0, 0]) for s in SEEDS]
    return [np.median(lives[:5]), min(lives), max(lives), np.median(corner)]


def slope_of_tanh():
    return [np.sqrt(((1 - gradients(1, 200)[2].hs ** 2) ** 2).mean())]
