"""WordsToSounds: a trained network says a word; where it looked, and by which letters a sound would change."""

import functools

import ipywidgets as w
import numpy as np

from ..data.words import LETTERS, SOUNDS, encode_words, words_to_sounds
from ..neighbours import Seq2Seq
from ..stack import DeepRNN
from ..viz.wordmap import MOST, WordMaps
from .base import STYLE, Explorer, choice, switch

EXAMPLES = ("phone", "knight", "through", "machine", "cheese", "school", "station", "music")
END = "end"


def say(net, params, word, steps=MOST):
    """(sounds, weights, parts) of a Seq2Seq for one word.

    sounds: its names, without the end.  weights (m, n), of each letter when the sound was said, None without
    attention.  parts (m, n): the norm of the gradient of the sound's score by the letter, as a part of the row's sum.
    """
    letters, lengths = encode_words(word)
    said = net.decode(params, letters, lengths, steps)
    m = int((said[:, 0] != 0).sum())
    said = said[: max(m, 1)]
    xs = np.eye(net.input_size, dtype=net.dtype)[np.repeat(letters, len(said), axis=1)]  # a copy of it for each sound
    run = net.forward(params, (xs, np.repeat(said, len(said), axis=1)))
    dhs = np.zeros_like(run.hs)
    each = np.arange(len(said))
    dhs[each, each, said[:, 0]] = 1
    slopes = np.linalg.norm(net.backward(params, run, dhs).xs, axis=-1).T  # (m, n)
    parts = slopes / slopes.sum(axis=1, keepdims=True)
    names = [SOUNDS[s] for s in said[:m, 0]]
    return names, None if run.A is None else run.A[0][:m], parts[:m]


def untrained(H=32):
    """What `WordsToSounds` takes, as drawn: the control."""
    found, rng = {}, np.random.default_rng(11)
    for attention in (True, False):
        encoder, decoder = (DeepRNN("gru", n, H, dtype=np.float32) for n in (len(LETTERS), len(SOUNDS)))
        net = Seq2Seq(encoder, decoder, attention)
        found[attention] = net, net.init(rng)
    return found


@functools.cache
def dictionary():
    """{word: sounds} of all words that the course ships."""
    found = {}
    for split in ("train", "validation", "test"):
        words = words_to_sounds(split)
        for i, (n, m) in enumerate(zip(words.letter_lengths, words.sound_lengths)):
            spelt = "".join(LETTERS[k] for k in words.letters[:n, i])
            found[spelt] = [SOUNDS[k] for k in words.sounds[:m, i]], split
    return found


class WordsToSounds(Explorer):
    """A word from the list or from the keyboard, as two trained networks say it, one with attention, one without.

    nets : {True: (net, params), False: (net, params)}, with and without attention. Untrained ones if None.
    """

    own = True

    situations = (
        ("silent letters", {"word": "knight"}, "Six letters, three sounds: at which letters does no sound look?"),
        ("the same, attention off", {"word": "knight", "attention": False}, "No map. What does it say?"),
        ("two letters, one sound", {"word": "cheese"}, "Where does CH look, and which letters would change it?"),
    )

    def __init__(self, nets=None, **settings):
        self.nets, self.known = untrained() if nets is None else nets, dictionary()
        self.typed = w.Text(
            placeholder="a to z, then Enter",
            description="or type a word",
            continuous_update=False,
            style=STYLE,
            layout={"width": "24em"},
        )
        self.typed.observe(self.add, "value")
        self.told = w.HTML()
        super().__init__(**settings)

    def controls(self):
        return {"word": choice("word", EXAMPLES[0], list(EXAMPLES)), "attention": switch("attention", True)}

    def buttons(self):
        return [w.HBox([self.typed, self.told], layout={"flex_flow": "row wrap"})]

    def scene(self):
        return WordMaps()

    def add(self, change):
        """A word from the keyboard joins the list and is chosen."""
        word = change["new"].strip().lower()
        if not word:
            return
        strange = sorted({c for c in word if c not in LETTERS})
        if strange or len(word) > MOST:
            self.told.value = f"Letters a to z, at most {MOST} of them."
            return
        self.told.value = ""
        options = self.inputs["word"].options
        if word not in options:
            self.inputs["word"].options = [*options, word]
        self.inputs["word"].value = word

    def show(self, scene, word, attention):
        sounds, weights, parts = say(*self.nets[attention], word)
        scene.update(word, sounds, weights, parts, f"{word} → {' '.join(sounds) or 'nothing'}")
        text = f"{'With' if attention else 'Without'} attention: <b>{' '.join(sounds) or 'nothing'}</b>. "
        if word not in self.known:
            return text + "The dictionary of the course does not have this word."
        right, split = self.known[word]
        text += "So says the dictionary" if right == sounds else f"The dictionary says {' '.join(right)}"
        return text + {"train": "; the word was in the training data.", "test": "; a word never trained on.",
                       "validation": "; a word never trained on."}[split]  # fmt: skip
