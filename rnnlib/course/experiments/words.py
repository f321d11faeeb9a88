"""What attention is worth in reading aloud: letters to sounds, an encoder and a decoder with it and without."""

import functools
from itertools import count

import numpy as np

from ... import data
from ...data.words import edit_distance, said
from ...model import Model
from ...neighbours import Seq2Seq
from ...stack import DeepRNN
from ...train import Adam, train
from .store import tuned

QUESTION = "At equal parameters, how much better does a GRU that may look back at every letter say words it never saw?"

BUDGET, UPDATES, B, LENGTHS = 40_000, 1500, 64, (4, 6, 8, 10)  # parameters, updates, words of a batch, letters
RATES = (3e-3, 1e-2, 3e-2)
ARMS = [{"attention": attention, "L": 1} for attention in (False, True)]


def rate(arm):
    """The rate with the fewest mistakes on the validation words."""
    return tuned("words_tuning", arm, lambda r: -r["sounds"], RATES)


GRID = [arm | {"lr": rate(arm)} for arm in ARMS]
SEEDS = 10


def network(attention, L, H):
    """An encoder and a decoder, a GRU of L layers of H units each."""
    letters, sounds = len(data.LETTERS), len(data.SOUNDS)
    encoder, decoder = (DeepRNN("gru", D, H, L, dtype=np.float32) for D in (letters, sounds))
    return Seq2Seq(encoder, decoder, attention)


@functools.lru_cache
def width(attention, L):
    """The largest H with at most BUDGET parameters in all."""
    return next(H for H in count(1) if network(attention, L, H + 1).num_params > BUDGET)


def batches(words, rng):
    """Without end: what `train` takes, ((letters, sounds), sounds, (lengths of both)). Words of about one length come
    together, which spares steps of padding; a word comes once an epoch at most."""
    while True:
        order = rng.permutation(len(words.letter_lengths))
        order = order[np.argsort(words.letter_lengths[order], kind="stable")]
        for i in rng.permutation(len(order) // B) * B:
            taken = words.take(order[i : i + B])
            lengths = taken.letter_lengths, taken.sound_lengths + 1  # the boundary at the end is to be said
            yield (taken.letters, taken.sounds), taken.sounds, lengths


def trained(net, lr, seed, updates=UPDATES):
    """(params, losses) of a net after so many updates."""
    model, (weights, order) = Model(net, None), np.random.default_rng(seed).spawn(2)
    params, losses = model.init(weights), []
    for step in train(model, params, batches(data.words_to_sounds("train"), order), Adam(lr), clip_norm=1.0):
        losses.append(step.loss)
        if step.index == updates:
            return step.params["layers"], losses


def judged(net, params, words):
    """How well the words are said, greedily: {"sounds": 1 − Σ edit distance / Σ length, "words": the share without a
    mistake, "by_length": both of the words of so many letters}."""
    written = net.decode(params, words.letters, words.letter_lengths, steps=len(words.sounds))
    wrong = np.array([edit_distance(said(a), said(b)) for a, b in zip(written.T.tolist(), words.sounds.T.tolist())])

    def score(these):
        return [float(1 - wrong[these].sum() / words.sound_lengths[these].sum()), float((wrong[these] == 0).mean())]

    sounds, right = score(np.full(len(wrong), True))
    return {"sounds": sounds, "words": right, "by_length": {str(n): score(words.letter_lengths == n) for n in LENGTHS}}


def run_one(config, seed, part="test"):
    """What `judged` says of the test words after UPDATES, and the training loss, in nats per sound, every 100."""
    attention, L = config["attention"], config["L"]
    H = width(attention, L)
    net = network(attention, L, H)
    params, losses = trained(net, config["lr"], seed)
    curve = np.reshape(losses, (-1, 100)).mean(1).round(4).tolist()
    return judged(net, params, data.words_to_sounds(part)) | {"curve": curve, "H": H, "parameters": net.num_params}
