"""Words and their sounds: two sequences of different lengths, told apart by where one looks and not by the clock."""

import functools
import gzip
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import check

LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
SOUNDS = (
    "·",  # the boundary: it opens and closes every row of sounds, and is none itself
    *"AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split(),
)
SIZES = {"train": 9_500, "validation": 1_000, "test": 1_500}


class Words(NamedTuple):
    """N words, a column each, padded with zeros.

    letters (T, N): word i is letters[:letter_lengths[i], i], places in LETTERS;  letter_lengths (N,): 1..T
    sounds (S, N): sounds[:sound_lengths[i], i], places in SOUNDS from 1 on, then at least one 0, the boundary, so
    that the first sound_lengths[i] + 1 are what a decoder is to say;  sound_lengths (N,): 1..S−1
    """

    letters: np.ndarray
    letter_lengths: np.ndarray
    sounds: np.ndarray
    sound_lengths: np.ndarray

    def take(self, pick):
        """The words at these places (n,), padding trimmed to the longest of them; ValueError for one outside."""
        pick = check.integers("pick", pick, [("n", None)], 0, len(self.letter_lengths) - 1)
        letter_lengths, sound_lengths = self.letter_lengths[pick], self.sound_lengths[pick]
        letters, sounds = self.letters[: letter_lengths.max(), pick], self.sounds[: sound_lengths.max() + 1, pick]
        return Words(letters, letter_lengths, sounds, sound_lengths)


def words_to_sounds(split="train"):
    """How English words are said: Words, letters (T, N) and sounds (S, N), 3 to 10 letters a to z and 1 to 11 of 39
    sounds, stress left out.

    split : "train", 9,500 words; "validation", 1,000; "test", 1,500. No word is in two of them, but its relatives may
    be: see README.md in this folder. Nearly all names, foreign ones too, are in it as they came. ValueError where there
    is no such split.
    Source: the CMU Pronouncing Dictionary, a sample of 12,000 words, the first pronunciation of each.
    """
    check.choice("split", split, tuple(SIZES))
    start = {"train": 0, "validation": SIZES["train"], "test": SIZES["train"] + SIZES["validation"]}[split]
    lines = [line.split() for line in _lines()[start : start + SIZES[split]]]
    letters, letter_lengths = encode_words([word for word, *_ in lines])
    place = {sound: i for i, sound in enumerate(SOUNDS)}
    sounds, sound_lengths = _padded([[place[s] for s in said] for _, *said in lines], room=1)
    return Words(letters, letter_lengths, sounds, sound_lengths)


def encode_words(words):
    """letters (T, N) and lengths (N,) of a list of words, or of one word; of the letters a to z, in either case;
    ValueError for any other sign or an empty word, TypeError where a word is no str."""
    words = [words] if isinstance(words, str) else words
    check.length("words", words, None, "word")
    places = []
    for i, word in enumerate(words):
        word = check.text(f"words[{i}]", word).lower()
        strange = [c for c in word if c not in LETTERS]
        if strange or not word:
            raise ValueError(f"words[{i}]: expected letters a to z, got {(strange or [word])[0]!r}")
        places.append([LETTERS.index(c) for c in word])
    return _padded(places)


def decode_letters(letters, lengths):
    """The words, a list of N texts, that `encode_words` would turn into letters (T, N) and lengths (N,). ValueError
    where a number is no letter's, or a length is not in 1..T."""
    letters = check.integers("letters", letters, [("T", None), ("N", None)], 0, len(LETTERS) - 1)
    lengths = check.integers("lengths", lengths, [("N", letters.shape[1])], 1, len(letters))
    return ["".join(LETTERS[i] for i in column[:n]) for column, n in zip(letters.T, lengths)]


def decode_sounds(sounds):
    """The sounds of each column of (S, N) up to the first 0: a list of N texts such as "F OW N". ValueError where a
    number is no sound's."""
    sounds = check.integers("sounds", sounds, [("S", None), ("N", None)], 0, len(SOUNDS) - 1)
    return [" ".join(SOUNDS[i] for i in said(column)) for column in sounds.T]


def said(column):
    """The sounds (n,) of one column (S,) before the first boundary, all of them if there is none."""
    ends = np.flatnonzero(np.asarray(column) == 0)
    return column[: ends[0]] if len(ends) else column


def edit_distance(one, other):
    """The least number of symbols to insert, drop or replace that turns one sequence into the other (Levenshtein).

    d[i, j] = min(d[i−1, j] + 1,  d[i, j−1] + 1,  d[i−1, j−1] + (one_i ≠ other_j)),    d[i, 0] = i,  d[0, j] = j
    """
    d = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above_left, d[0] = d[0], i
        for j, b in enumerate(other, 1):
            above_left, d[j] = d[j], min(d[j] + 1, d[j - 1] + 1, above_left + (a != b))
    return d[-1]


@functools.lru_cache(maxsize=1)
def _lines():
    path = Path(__file__).with_name("words.txt.gz")
    return gzip.decompress(path.read_bytes()).decode("ascii").splitlines()


def _padded(rows, room=0):
    """(longest + room, N) integers, a row of numbers a column, and their lengths (N,)."""
    lengths = np.array([len(row) for row in rows])
    columns = np.zeros((lengths.max() + room, len(rows)), np.int64)
    for i, row in enumerate(rows):
        columns[: len(row), i] = row
    return columns, lengths
