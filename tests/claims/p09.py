"""Numbers behind notebook 09 that no cell prints, or prints for one draw alone: all from stored runs."""

import numpy as np

from rnnlib.course import explore, probes
from rnnlib.course.experiments import layers, load, regime, select


def of_ten(name, kind="trained"):
    """(10 seeds, 3 layers): the best unit's score."""
    return np.array(select(load("layers"), f"unit, {name}", kind=kind))


def learned_units():
    """In how many of ten networks layer 1's best unit beats the untrained one and the current character, for strings;
    in how many the best of all units is one of layer 1, strings and brackets."""
    string, untrained, brackets = of_ten("in a string"), of_ten("in a string", "untrained"), of_ten("in brackets")
    learned = ((string[:, 0] > untrained[:, 0]) & (string[:, 0] > 0.20)).sum()
    return learned, *((scores.argmax(1) == 0).sum() for scores in (string, brackets))


def weak_networks():
    """In how many of ten no unit of layer 1 gets above 0.20, what the current character alone tells."""
    return (of_ten("in a string")[:, 0] <= 0.20).sum()


def posterior_against_untrained():
    """In how many of 60 pairs a trained layer is above the untrained one; in how many networks the top layer is above
    the bottom one, LSTM and tanh."""
    runs, above, climbs = load("regime"), 0, []
    for cell in ("lstm", "rnn"):
        trained, start = (np.array(select(runs, "posterior", cell=cell, kind=k)) for k in ("trained", "untrained"))
        above += (trained > start).sum()
        climbs.append((trained[:, 2] > trained[:, 0]).sum())
    return above, *climbs


def bits_of_the_models():
    """Median bits per character of the trained models."""
    return np.median(select(load("layers"), "bits", kind="trained"))


def typo_in_every_network():
    """Steps until a typo's trace has halved, least and most of ten: trained in any layer; untrained in layers 1, 3."""
    runs = load("layers")
    trained, start = (np.array(select(runs, "typo", kind=kind)) for kind in ("trained", "untrained"))
    return trained.min(), trained.max(), start[:, 0].min(), start[:, 0].max(), start[:, 2].min(), start[:, 2].max()


def stored_networks():
    """How many networks the page's two experiments store."""
    return len(load("layers")) + len(load("regime")), len(layers.KINDS)


ALONE = {"in a string": 0.20, "in brackets": 0.29}  # what the current character tells, as the page prints it


def pair_table():
    """Bits per character of a table of character pairs, counted on the training text from one each, on the module."""
    alphabet, codes, text = layers.texts()
    counts, read = np.ones((len(alphabet), len(alphabet))), alphabet.encode(text)
    np.add.at(counts, (codes[:-1], codes[1:]), 1)
    p = counts / counts.sum(1, keepdims=True)
    return -np.log2(p[read[:-1], read[1:]]).mean()


def peaks_in_order():
    """In how many of ten linear stacks the trace of a typo peaks later in each layer."""
    alphabet, _, text = layers.texts()
    codes, count = alphabet.encode(text), 0
    for seed in range(10):
        trace = probes.typo_distance(*layers.network("linear", seed), codes, len(alphabet), np.random.default_rng(99))
        count += (np.diff(trace.argmax(1)) > 0).all()
    return count


def linear_autocorrelation():
    """The linear stack's autocorrelation times, medians, layer by layer."""
    return np.median(select(load("layers"), "autocorrelation", kind="linear"), axis=0)


def against_all_controls():
    """In how many of ten networks layer 1's best unit beats the current character and the untrained network's best unit
    of any layer: strings, brackets; are these the same networks?"""
    won = [
        (of_ten(name)[:, 0] > of_ten(name, "untrained").max(1)) & (of_ten(name)[:, 0] > alone)
        for name, alone in ALONE.items()
    ]
    return *(w.sum() for w in won), (won[0] == won[1]).all()


def untrained_layers():
    """The untrained network's best unit, medians of layers 1, 2 and 3: strings, then brackets."""
    return np.median([of_ten(name, "untrained") for name in ALONE], axis=1).ravel()


def weak_networks_best():
    """In the networks whose layer 1 has no unit above the current character: the best unit of any layer, the most."""
    scores = of_ten("in a string")
    return scores[scores[:, 0] <= ALONE["in a string"]].max()


def indentation():
    """The share of comments on the second half of the module; the best unit for indentation, medians of layers 1 to 3,
    untrained and trained."""
    text = layers.texts()[2]
    comments = probes.source_labels(text)["in a comment"][len(text) // 2 :].mean()
    return comments, *np.median([of_ten("indentation", kind) for kind in ("untrained", "trained")], axis=1).ravel()


def short_training():
    """The page's own network of 700 updates, layer 1 in the explorer: |correlation| with strings over the whole text,
    ranks 0 and 20."""
    alphabet, _, text = layers.texts()
    reader = explore.UnitReader(*layers.network("trained", 0, updates=700), alphabet, text)
    ranked = np.sort(reader.scores["in a string"][0])[::-1]
    return ranked[0], ranked[20]


def posterior(cell, kind="trained"):
    """(10 seeds, 3 layers): R² of the posterior."""
    return np.array(select(load("regime"), "posterior", cell=cell, kind=kind))


def posterior_by_network():
    """In how many of ten LSTM networks the posterior is read above 0.95, layers 1 to 3; in how many tanh networks the
    top layer stays below 0.3."""
    return *(posterior("lstm") > 0.95).sum(0), (posterior("rnn")[:, 2] < 0.3).sum()


def climbs():
    """R² of the top layer minus that of the bottom one, medians: LSTM trained and untrained, tanh trained and
    untrained; and in how many of ten untrained LSTMs it is above zero."""
    rises = {(c, k): np.subtract(*posterior(c, k).T[[2, 0]]) for c in ("lstm", "rnn") for k in regime.KINDS}
    return *(np.median(rise) for rise in rises.values()), (rises["lstm", "untrained"] > 0).sum()


def tanh_regime():
    """R² of the regime itself at the top of the tanh stack, median."""
    return np.median(np.array(select(load("regime"), "regime", cell="rnn", kind="trained"))[:, 2])


def smallest_gap():
    """How far the nearest of all stored networks is above Bayes, nats."""
    return min(r["result"]["nats"] - r["result"]["bayes"] for r in load("regime"))


def short_regime():
    """The page's own stack of 500 updates: R² per layer with the posterior; how much a reading moves per step, layer 1
    and layer 3, over Bayes; how often Bayes is on the wrong side."""
    reader = explore.RegimeReader(*regime.network("lstm", "trained", 0, updates=500))
    known, true = reader.posterior[50:, 20:], reader.regimes[50:, 20:]
    read = [r[50:, 20:] for r in reader.readings]
    moves = [np.abs(np.diff(r, axis=0)).mean() / np.abs(np.diff(known, axis=0)).mean() for r in read]
    r2 = [1 - ((known - r) ** 2).mean() / known.var() for r in read]
    return *r2, moves[0], moves[2], ((known > 0.5) != (true == 1)).mean()


def sizes():
    """Characters of the module, and of its half; steps on which a probe of the chain is fitted."""
    return len(layers.texts()[2]), len(layers.texts()[2]) // 2, (400 - 50) * 20
