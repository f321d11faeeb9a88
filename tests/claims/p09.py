"""Numbers behind notebook 09 that no cell prints, or prints for one draw alone: all from stored runs."""

import numpy as np

from rnnlib.experiments import layers, load, select


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
