"""WordsToSounds: a trained network says a word; where it looked, and by which letters a sound would change."""

import functools

import numpy as np

from ...data.words import LETTERS, SOUNDS, encode_words, words_to_sounds
from ...neighbours import Seq2Seq
from ..experiments.words_net import words_net
from ..viz.words import MOST, WordMaps
from .base import choice, real, switch
from .typed import TypedWord

EXAMPLES = ("phone", "phon", "note", "not", "site", "sit", "knight", "machine", "school", "thought")


class Turned(Seq2Seq):
    """A trained net whose queries are multiplied by a gain: 1 as trained, 0 all letters alike, large the best alone."""

    def __init__(self, net, gain):
        super().__init__(net.encoder, net.decoder)
        self.gain = gain

    def turned(self, p):
        """With a W_q that multiplies by the gain."""
        W_q = p.get("W_q", np.eye(self.decoder.output_size, dtype=self.dtype))
        return p | {"W_q": W_q * self.dtype.type(self.gain)}

    def look_up(self, p, S, encoded):
        return super().look_up(self.turned(p), S, encoded)

    def look_up_backward(self, p, *rest):
        return super().look_up_backward(self.turned(p), *rest)


def say(net, params, word, gain=1.0, steps=MOST):
    """(sounds, weights, parts) of a Seq2Seq for one word; with attention, its scores times gain.

    sounds: its names, without the end.  weights (m, n), of each letter when the sound was said, or None.  parts (m, n):
    the norm of the gradient of the sound's score by the letter, as a part of the row's sum.
    """
    net = Turned(net, gain) if net.attention else net
    letters, lengths = encode_words(word)
    said = net.decode(params, letters, lengths, steps)
    m = int((said[:, 0] != 0).sum())
    said = said[: max(m, 1)]
    each = np.arange(len(said))
    xs = np.eye(net.input_size, dtype=net.dtype)[np.repeat(letters, len(said), axis=1)]  # a copy of it for each sound
    run = net.forward(params, (xs, np.repeat(said, len(said), axis=1)))
    dhs = np.zeros_like(run.hs)
    dhs[each, each, said[:, 0]] = 1
    slopes = np.linalg.norm(net.backward(params, run, dhs).xs, axis=-1).T  # (m, n)
    parts = slopes / np.maximum(slopes.sum(axis=1, keepdims=True), np.finfo(net.dtype).tiny)
    return [SOUNDS[s] for s in said[:m, 0]], None if run.A is None else run.A[0][:m], parts[:m]


@functools.cache
def stored():
    """{True: (net, params), False: (net, params)}: the trained nets that the course ships."""
    return {attention: words_net(attention) for attention in (True, False)}


@functools.cache
def dictionary():
    """{word: (sounds, split)} of all words that the course ships."""
    found = {}
    for split in ("train", "validation", "test"):
        words = words_to_sounds(split)
        for i, (n, m) in enumerate(zip(words.letter_lengths, words.sound_lengths)):
            spelt = "".join(LETTERS[k] for k in words.letters[:n, i])
            found[spelt] = [SOUNDS[k] for k in words.sounds[:m, i]], split
    return found


class WordsToSounds(TypedWord):
    """A word from the list or from the keyboard, as a trained network says it: with attention, its scores times a gain,
    or as another one says it that was trained without.

    nets : {True: (net, params), False: (net, params)}, Seq2Seqs with attention and without that were trained on
    `data.words_to_sounds`. Those that the course ships if None.
    """

    letters, longest = LETTERS, MOST
    situations = (
        ("a silent letter", {"word": "site"}, "Does any sound look at the e? And what does it say of sit?"),
        ("all letters alike", {"gain": 0.0}, "Gain 0: no choice, at every sound the mean of all. What is left?"),
        ("attention off", {"word": "machine", "attention": False}, "Trained without: all it has is one last state."),
    )

    def __init__(self, nets=None, **settings):
        self.nets, self.known = stored() if nets is None else nets, dictionary()
        super().__init__(**settings)

    def controls(self):
        return {
            "word": choice("word", EXAMPLES[0], list(EXAMPLES)),
            "gain": real("gain on scores", 1.0, 0.0, 4.0, 0.25),
            "attention": switch("attention", True),
        }

    def scene(self):
        return WordMaps()

    def show(self, scene, word, gain, attention):
        self.inputs["gain"].disabled = not attention
        sounds, weights, parts = say(*self.nets[attention], word, gain)
        said = " ".join(sounds) or "nothing"
        how = f"gain {gain:.2f}" if attention else "without attention"
        scene.update(word, sounds, weights, parts, f"{word}, {how}: {said}")
        text = f"It says <b>{said}</b>. "
        if word not in self.known:
            return text + "The dictionary of the course does not have this word."
        right, split = self.known[word]
        text += "So does the dictionary" if right == sounds else f"The dictionary says {' '.join(right)}"
        return text + (
            "; the word was in the training data." if split == "train" else "; it never trained on the word."
        )
