"""Numbers behind notebook 08 that no cell prints, or prints for one draw alone."""

import numpy as np

from rnnlib import data
from rnnlib.course.experiments import depth, load, remedies, select
from rnnlib.course.explore.checkup import KINDS, at_default, examine, start, utterances
from rnnlib.course.explore.run import Run
from rnnlib.model import Model
from rnnlib.stack import DeepRNN
from rnnlib.tasks import temporal_order
from rnnlib.train import Adam, train

SEEDS = range(10)


def median_measures(cell, kind):
    """(spread, gradient, update, saturation), each (8,), medians of ten seeds."""
    return np.median([at_default(cell, 8, kind, seed) for seed in SEEDS], axis=0)


def gradients_over_layers():
    """Among 8 LSTM layers the largest gradient over the smallest, plain and residual; bottom over top, layer norm."""
    plain, residual, norm = (median_measures("LSTM", kind)[1] for kind in ("plain", "residual", "layer norm"))
    return plain.max() / plain.min(), residual.max() / residual.min(), norm[0] / norm[-1]


def usual_updates():
    """The least and the largest update ratio of both cells and all four kinds, at their start."""
    found = [median_measures(cell, kind)[2] for cell in ("LSTM", "tanh RNN") for kind in KINDS]
    return np.min(found), np.max(found)


def plain_medians():
    """Training loss of the plain stack at L = 1, 4, 6 and 8: LSTM, then tanh."""
    runs = load("depth")
    return [np.median(select(runs, "loss", cell=c, variant="plain", L=L)) for c in depth.CELLS for L in (1, 4, 6, 8)]


def layer_norm_at_lower_rates():
    """8 layers with layer norm: the chosen rate, the loss at 0.0003 and 0.0001, for LSTM and tanh."""
    lower, found = load("lower"), []
    for cell in depth.CELLS:
        chosen = {c["lr"] for c in depth.GRID if (c["cell"], c["variant"], c["L"]) == (cell, "layer norm", 8)}
        found += [*chosen, *(np.median(select(lower, "loss", cell=cell, lr=rate)) for rate in (3e-4, 1e-4))]
    return found


def residual_against_plain():
    """How many times the plain tanh stack of 4 layers has the residual one's training loss."""
    runs = load("depth")
    return np.divide(*(np.median(select(runs, "loss", cell="rnn", variant=v, L=4)) for v in ("plain", "residual")))


def accuracies():
    """Test accuracy of one LSTM layer, of 8 residual ones, of 8 with layer norm."""
    runs = load("depth")
    arms = (("plain", 1), ("residual", 8), ("layer norm", 8))
    return [np.median(select(runs, "test_accuracy", cell="lstm", variant=v, L=L)) for v, L in arms]


def live_gradients():
    """Each layer's gradient by its weights at the start, temporal order at T = 20: 8 LSTM layers, least and most; 2."""
    eight, two = (Run(temporal_order, 0, L, 20, "LSTM").measure()[1] for L in (8, 2))
    return eight.min(), eight.max(), two.min(), two.max()


def work_of_eight():
    """Multiplications per step, 8 LSTM layers over 1: the weights, each used once."""
    nets = (DeepRNN("lstm", 12, depth.HIDDEN, L).init(np.random.default_rng(0)) for L in (8, 1))
    eight, one = (sum(w.size for layer in params for n, w in layer.items() if n.startswith("W_")) for params in nets)
    return eight / one


def stored_stacks():
    """How many trained stacks the survey stores."""
    return len(load("depth"))


def rates_at_ends():
    """How many of the chosen rates stand at an end of the grid, of how many; at the upper one, at the lower one."""
    rates = [c["lr"] for c in depth.GRID]
    upper, lower = (sum(rate == end(depth.RATES) for rate in rates) for end in (max, min))
    return upper + lower, len(rates), upper, lower


def eight_against_two():
    """Training loss at L = 8 over that at L = 2, residual and input skip, LSTM and tanh: least and most; and the test
    accuracies at L = 8, least and most."""
    runs, arms = load("depth"), [(c, v) for c in depth.CELLS for v in ("residual", "input skip")]
    loss = [np.divide(*(np.median(select(runs, "loss", cell=c, variant=v, L=L)) for L in (8, 2))) for c, v in arms]
    right = [np.median(select(runs, "test_accuracy", cell=c, variant=v, L=8)) for c, v in arms]
    return min(loss), max(loss), min(right), max(right)


def best_accuracy():
    """The highest median test accuracy of any stack of the survey."""
    return max(np.median(select(load("depth"), "test_accuracy", **arm)) for arm in depth.ARMS)


def skip_against_residual():
    """8 layers of LSTM and of tanh: how many times the residual stack's training loss the input skip has; then the test
    accuracies of both, for either cell."""
    runs, ratios, right = load("depth"), [], []
    for cell in ("lstm", "rnn"):
        arms = [{"cell": cell, "L": 8, "variant": v} for v in ("input skip", "residual")]
        skip, residual = (np.median(select(runs, "loss", **arm)) for arm in arms)
        ratios.append(skip / residual)
        right += [np.median(select(runs, "test_accuracy", **arm)) for arm in arms]
    return *ratios, *right


def explained(h, groups):
    """The share of the variance of h (N, H) that the group means explain."""
    h, parts = h - h.mean(0), [groups == g for g in np.unique(groups)]
    return sum(part.sum() * (h[part].mean(0) ** 2).sum() for part in parts) / (h**2).sum()


def length_or_speaker():
    """8 untrained LSTM layers, 270 utterances: what the length explains at the top and in layer 1, what the speaker
    explains in layer 1, plain; the speaker at the top, residual; the speaker in layer 1 and at the top, layer norm."""
    (speech,) = data.standardise(data.japanese_vowels("train", np.float32))
    found = {kind: [] for kind in ("plain", "residual", "layer norm")}
    for kind, rows in found.items():
        model = Model(DeepRNN("lstm", 12, depth.HIDDEN, 8, dtype=np.float32, **KINDS[kind]), 9, at="last_step")
        for seed in SEEDS:
            params = model.init(np.random.default_rng(seed))
            state = model.forward(params, speech.xs, speech.lengths).run.state
            ends = [state[l][0].astype(float) for l in (0, -1)]
            rows.append([explained(h, np.asarray(g)) for h in ends for g in (speech.lengths, speech.labels)])
    plain, residual, norm = (np.median(rows, axis=0) for rows in found.values())
    return plain[2], plain[0], plain[1], residual[3], norm[1], norm[3]


def factors_of_layers():
    """Plain LSTM, medians: spread of layers 2 to 8 over the layer below; gradient of layers 7 to 1 over that above."""
    spread, gradient = median_measures("LSTM", "plain")[:2]
    return *(spread[1:] / spread[:-1]), *(gradient[:-1] / gradient[1:])[::-1]


def gradients_by_seed():
    """Among 8 residual LSTM layers the largest gradient over the smallest, the most of ten seeds."""
    norms = [at_default("LSTM", 8, "residual", seed)[1] for seed in SEEDS]
    return max(n.max() / n.min() for n in norms)


def after_updates(kind, gain, rate, count, seed):
    """(spread, gradient, update, saturation) of 8 LSTM layers in the explorer's start, after `count` updates."""
    model, params = start("LSTM", 8, kind, gain, seed)
    for step in train(model, params, utterances()[:count], Adam(rate), clip_norm=1.0):
        params = step.params
    return examine(model, params, rate, utterances()[-1])[0]


def saturated_after_six():
    """Rate 0.1, six updates, plain, ten seeds: the worst layer's saturated share, least and most; in how many it is
    above one half; the most of the others."""
    worst = np.array([after_updates("plain", 1.0, 0.1, 6, seed)[3].max() for seed in SEEDS])
    return worst.min(), worst.max(), (worst > 0.5).sum(), worst[worst <= 0.5].max()


def norm_and_gain():
    """Layer norm, the explorer's start, ten seeds: gradient of layer 1 over layer 8, least and most, gain 1 and 0.5."""
    found = []
    for gain in (1.0, 0.5):
        norms = [after_updates("layer norm", gain, 3e-3, 0, seed)[1] for seed in SEEDS]
        found += [fold(n[0] / n[-1] for n in norms) for fold in (min, max)]
    return found


def starts():
    """By how much the orthogonal start divides the training loss of 8 plain layers, tanh and LSTM; for how many of the
    two cells the identity has the least."""
    runs = load("remedies")
    loss = {(c, s): np.median(select(runs, "loss", cell=c, start=s)) for c in depth.CELLS for s in remedies.STARTS}
    better = [loss[c, "uniform"] / loss[c, "orthogonal"] for c in ("rnn", "lstm")]
    best = [min(remedies.STARTS, key=lambda s: loss[c, s]) == "identity" for c in depth.CELLS]
    return *better, sum(best)


def trained_eight(kind, seed, clip_norm=1.0):
    """(model, parameters, training set, test set) of 8 LSTM layers, trained as in the survey."""
    speech, test = data.standardise(*(data.japanese_vowels(part, np.float32) for part in ("train", "test")))
    model = Model(DeepRNN("lstm", 12, depth.HIDDEN, 8, dtype=np.float32, **KINDS[kind]), 9, at="last_step")
    (rate,) = {c["lr"] for c in depth.GRID if (c["cell"], c["variant"], c["L"]) == ("lstm", kind, 8)}
    weights, order, _ = np.random.default_rng(seed).spawn(3)
    params = model.init(weights)
    for step in train(
        model, params, data.padded_batches(speech, depth.B, order, depth.EPOCHS), Adam(rate), clip_norm=clip_norm
    ):
        params = step.params
    return model, params, speech, test


def lower_layers_cut():
    """One LSTM stack of 8 with the input in every layer: by how much the test accuracy changes when layer 5 does not
    read layer 4; the accuracy as it is, and when layer 8 does not read layer 7."""
    model, params, _, test = trained_eight("input skip", 0)
    whole, half, top = (
        (model.predict(deaf(params, l), test.xs, test.lengths).argmax(1) == test.labels).mean() for l in (None, 5, 8)
    )
    return abs(half - whole), whole, top


def norm_without_clipping():
    """Training loss of one stack of 8 LSTM layers with layer norm, seed 0: without clipping, and with it as stored."""
    model, params, speech, _ = trained_eight("layer norm", 0, None)
    stored = select(load("depth"), "loss", cell="lstm", variant="layer norm", L=8)[0]
    return model.evaluate(params, speech.xs, speech.labels, speech.lengths), stored


def norm_by_seed():
    """Layer norm, the default start, ten seeds: gradient of layer 1 over layer 8, least and most; update ratio of any
    layer, medians, least and most."""
    norms = [at_default("LSTM", 8, "layer norm", seed)[1] for seed in SEEDS]
    folds, updates = [n[0] / n[-1] for n in norms], median_measures("LSTM", "layer norm")[2]
    return min(folds), max(folds), updates.min(), updates.max()


def deaf(params, l):
    """The same parameters, but layer l (from 1) reads x alone."""
    layers = [dict(p) for p in params["layers"]]
    if l:
        layers[l - 1]["W_xh"] = layers[l - 1]["W_xh"] * (np.arange(len(layers[l - 1]["W_xh"])) >= depth.HIDDEN)[:, None]
    return params | {"layers": layers}
