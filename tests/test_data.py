"""Data: the files are the ones described, the batches lose nothing, the baselines are the formulas."""

import subprocess
import sys
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pytest

from rnnlib import data
from rnnlib.data import sequences as seq

TEXT = "the cat sat on the mat; the rat sat on the cat."


def rng(seed=0):
    return np.random.default_rng(seed)


# ---- what ships


@pytest.mark.parametrize("name", data.SHA256)
def test_checksums_in_code_in_the_readme_and_of_the_file_agree(name):
    content = (data.FOLDER / name).read_bytes()
    assert data.sha256(content) == data.SHA256[name]
    readme = (data.FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| `{name}` | {len(content):,} | `{data.SHA256[name]}` |" in readme


def test_no_file_ships_without_a_checksum():
    files = (path for path in data.FOLDER.rglob("*") if path.is_file())
    assert {path.name for path in files if path.suffix not in (".py", ".pyc", ".md")} == set(data.SHA256)


def test_importing_reads_no_data_and_needs_numpy_alone():
    code = (
        "import sys, rnnlib.data, rnnlib.tasks\n"
        "extra = {'pydoc_data', 'matplotlib', 'torch', 'sklearn', 'IPython'} & set(sys.modules)\n"
        "assert not extra, extra"
    )
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)


# ---- digits


def test_digits_are_the_1797_in_the_unit_interval():
    images, labels = data.digits("all")
    assert images.shape == (1797, 8, 8) and images.dtype == np.float64 and labels.dtype == np.int64
    assert images.min() == 0 and images.max() == 1 and np.array_equal(images * 16, np.rint(images * 16))
    assert list(np.bincount(labels)) == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    first = images[0] * 16  # a zero: an empty middle inside a ring
    assert labels[0] == 0 and list(first[0]) == [0, 0, 5, 13, 9, 1, 0, 0] and first[4, 4] == 0


def test_digits_are_split_without_loss_between_two_sheets():
    (train, y_train), (test, y_test), (images, labels) = (data.digits(s) for s in ("train", "test", "all"))
    assert len(train) == 1287 and len(test) == 510
    assert np.array_equal(np.concatenate([train, test]), images)
    assert np.array_equal(np.concatenate([y_train, y_test]), labels)
    assert np.array_equal(y_test[:120], labels[:120])  # the row of labels that opens the file opens the test
    assert np.array_equal(y_train[-7:], labels[123:130])  # and what closes the first row closes the training


def test_digits_in_single_precision_are_the_same_numbers():
    assert data.digits(dtype=np.float32)[0].dtype == np.float32
    assert np.array_equal(data.digits(dtype=np.float32)[0], data.digits()[0])  # sixteenths are exact


# ---- Japanese Vowels


@pytest.mark.parametrize(
    ("split", "per_speaker", "shortest", "longest", "frames"),
    [
        ("train", [30] * 9, 7, 26, 4274),
        ("test", [31, 35, 88, 44, 29, 24, 40, 50, 29], 7, 29, 5687),  # as UCI's description lists them
    ],
)
def test_japanese_vowels_have_ucis_counts(split, per_speaker, shortest, longest, frames):
    xs, labels, lengths = data.japanese_vowels(split)
    assert xs.shape == (29, sum(per_speaker), 12) and xs.dtype == np.float64
    assert list(np.bincount(labels)) == per_speaker and (np.diff(labels) >= 0).all()
    assert (lengths.min(), lengths.max(), lengths.sum()) == (shortest, longest, frames)
    for i, length in enumerate(lengths):
        assert (xs[length:, i] == 0).all() and (xs[:length, i] != 0).any(axis=1).all()


def test_japanese_vowels_are_the_printed_numbers_to_the_last_digit():
    xs, _, lengths = data.japanese_vowels("train")
    assert lengths[0] == 20
    assert list(xs[:3, 0, 0]) == [1.860936, 1.891651, 1.939205]  # the first line of the source file
    assert list(xs[:3, 0, 1]) == [-0.207383, -0.193249, -0.239664]
    assert np.array_equal(xs, np.round(xs, 6))
    single = data.japanese_vowels("train", dtype=np.float32).xs
    assert single.dtype == np.float32 and np.array_equal(np.round(single.astype(float), 6), xs)


def test_standardise_uses_the_training_steps_alone_and_keeps_padding_zero():
    train, test = data.japanese_vowels("train"), data.japanese_vowels("test")
    before = train.xs.copy()
    new_train, new_test = data.standardise(train, test)
    steps = np.concatenate([new_train.xs[:length, i] for i, length in enumerate(train.lengths)])
    assert np.allclose(steps.mean(0), 0, atol=1e-12) and np.allclose(steps.std(0), 1)
    real = np.concatenate([train.xs[:length, i] for i, length in enumerate(train.lengths)])
    i, length = 100, test.lengths[100]
    assert np.allclose(new_test.xs[:length, i], (test.xs[:length, i] - real.mean(0)) / real.std(0))
    for new in (new_train, new_test):
        assert (new.xs[~seq.valid(new)] == 0).all()
    assert np.array_equal(train.xs, before) and new_test.labels is test.labels
    assert data.standardise(train)[0].xs.dtype == np.float64
    assert data.standardise(data.japanese_vowels(dtype=np.float32))[0].xs.dtype == np.float32


def test_standardise_leaves_a_constant_channel_finite():
    still = data.Sequences(np.full((3, 2, 1), 5.0), np.array([0, 1]), np.array([3, 3]))
    assert (data.standardise(still)[0].xs == 0).all()


@pytest.mark.parametrize("B", [1, 7, 32, 270, 1000])
def test_padded_batches_use_every_sequence_once_per_epoch(B):
    vowels = data.japanese_vowels("train")
    name = {vowels.xs[: vowels.lengths[i], i].tobytes(): i for i in range(270)}
    seen = []
    for xs, labels, lengths in data.padded_batches(vowels, B, rng()):
        assert xs.shape == (lengths.max(), len(labels), 12) and 1 <= len(labels) <= B
        for b, length in enumerate(lengths):
            i = name[np.ascontiguousarray(xs[:length, b]).tobytes()]
            assert (xs[length:, b] == 0).all() and labels[b] == vowels.labels[i]
            seen.append(i)
    assert sorted(seen) == list(range(270))
    assert B == 1000 or seen != sorted(seen)


def test_padded_batches_shuffle_anew_each_epoch_and_repeat_with_the_seed():
    vowels = data.japanese_vowels("train")
    orders = [np.concatenate([y for _, y, _ in data.padded_batches(vowels, 27, rng(s), epochs=2)]) for s in (1, 1)]
    assert np.array_equal(*orders) and len(orders[0]) == 540
    assert not np.array_equal(orders[0][:270], orders[0][270:])
    stored = np.concatenate([y for _, y, _ in data.padded_batches(vowels, 27)])
    assert np.array_equal(stored, vowels.labels)


def test_padded_batches_are_copies():
    vowels = data.japanese_vowels("train")
    before = vowels.xs.copy()
    for xs, labels, _ in data.padded_batches(vowels, 100):
        xs[:], labels[:] = 9, 9
    assert np.array_equal(vowels.xs, before) and vowels.labels.max() == 8


# ---- text


def test_python_docs_are_text_and_sources_are_python():
    docs, sources = data.python_docs(), data.python_sources(max_chars=200_000)
    assert len(docs) > 300_000 and "statement" in docs
    assert len(sources) == 200_000 and "def " in sources
    assert data.python_docs() == docs and data.python_sources(200_000) == sources


def test_python_sources_whole_begin_with_their_part_and_omit_the_machine():
    whole = data.python_sources()
    assert len(whole) > 3_000_000 and whole.startswith(data.python_sources(max_chars=1000))
    assert "build_time_vars = {" not in whole


def test_sha256_is_sha256():
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert data.sha256("abc") == data.sha256(b"abc") == known
    assert data.sha256("é") == data.sha256("é".encode())


def test_alphabet_goes_there_and_back():
    alphabet = data.Alphabet("hello — 𝄞 ß")
    assert alphabet.characters == "".join(sorted(set("hello — 𝄞 ß"))) and len(alphabet) == 8
    indices = alphabet.encode("hello 𝄞")
    assert [alphabet.characters[i] for i in indices] == list("hello 𝄞")
    assert alphabet.decode(indices) == "hello 𝄞" and alphabet.decode(alphabet.encode("")) == ""
    docs = data.python_docs()
    whole = data.Alphabet(docs)
    assert whole.decode(whole.encode(docs)) == docs


def test_one_hot_rows():
    rows = data.one_hot(np.array([[0, 2], [1, 1]]), 3, dtype=np.float32)
    assert rows.dtype == np.float32
    assert rows.tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [0, 1, 0]]]
    assert data.one_hot(2, 3).tolist() == [0, 0, 1]


@pytest.mark.parametrize(("N", "T", "B"), [(7, 1, 1), (101, 5, 4), (1000, 7, 3), (61, 5, 12)])
def test_text_batches_read_on_and_the_target_is_the_next_character(N, T, B):
    text = rng().integers(0, 9, N)
    batches = list(data.text_batches(text, 9, T, B))
    S = len(batches) * T
    for xs, targets in batches:
        assert xs.shape == (T, B, 9) and targets.shape == (T, B) and (xs.sum(2) == 1).all()
    inputs = np.concatenate([xs.argmax(2) for xs, _ in batches])  # (S, B): each column one stream
    targets = np.concatenate([targets for _, targets in batches])
    for b in range(B):
        assert np.array_equal(inputs[:, b], text[b * S : (b + 1) * S])
        assert np.array_equal(targets[:, b], text[b * S + 1 : (b + 1) * S + 1])
    assert 0 <= N - 1 - B * S < T * B  # what is left out is less than one batch


def test_text_batches_with_an_rng_leave_nothing_out_over_the_epochs():
    text = np.arange(103) % 100  # the first hundred name themselves
    read = set()
    for xs, targets in data.text_batches(text, 100, 5, 4, rng=rng(), dtype=np.float32, epochs=200):
        now = xs.argmax(2)
        assert xs.dtype == np.float32 and np.array_equal(targets, (now + 1) % 100)
        read |= set(now.ravel())
    assert read == set(range(100))
    starts = [next(data.text_batches(text, 100, 5, 4, rng=rng(s)))[1][0, 0] for s in (1, 1, 2, 3, 4)]
    assert starts[0] == starts[1] and len(set(starts)) > 1


def test_text_batches_leave_the_text_alone():
    text = np.arange(50) % 5
    for xs, targets in data.text_batches(text, 5, 4, 3):
        xs[:], targets[:] = 9, 9
    assert np.array_equal(text, np.arange(50) % 5)


# ---- baselines


def by_hand(train, test, s, order):
    V, total = max(train + test) + 1, 0.0
    for t in range(order, len(test)):
        if order == 0:
            hits, of = train.count(test[t]), len(train)
        else:
            hits, of = list(pairwise(train)).count((test[t - 1], test[t])), train[:-1].count(test[t - 1])
        total -= log((hits + s) / (of + s * V))
    return total / (len(test) - order)


@pytest.mark.parametrize("s", [0.1, 1, 10])
def test_n_gram_baselines_are_their_formulas(s):
    alphabet = data.Alphabet(TEXT)
    train, test = alphabet.encode(TEXT[:30]), alphabet.encode(TEXT[30:])
    for order, function in enumerate((data.unigram_entropy, data.bigram_cross_entropy)):
        assert function(train, test, s) == pytest.approx(by_hand(list(train), list(test), s, order), rel=1e-12)


def test_n_gram_baselines_of_a_coin_and_of_a_cycle():
    coin, cycle = rng().integers(0, 2, 100_000), np.arange(3000) % 3
    assert data.unigram_entropy(coin, coin) == pytest.approx(log(2), abs=1e-3)
    assert data.bigram_cross_entropy(coin, coin) == pytest.approx(log(2), abs=1e-3)
    assert data.unigram_entropy(cycle, cycle) == pytest.approx(log(3))
    assert data.bigram_cross_entropy(cycle, cycle, smoothing=0) == 0


def test_without_smoothing_the_unseen_is_infinitely_surprising():
    train, test = np.array([0, 1, 0, 1]), np.array([0, 2, 2])
    assert data.unigram_entropy(train, test, smoothing=0) == np.inf
    assert data.bigram_cross_entropy(train, test, smoothing=0) == np.inf


def test_more_context_is_a_better_guess_on_real_text():
    docs = data.python_docs()
    indices = data.Alphabet(docs).encode(docs)
    train, test = indices[:400_000], indices[400_000:]
    unigram, bigram = data.unigram_entropy(train, test), data.bigram_cross_entropy(train, test)
    assert 2 < bigram < unigram - 0.5 < unigram < 3.6


# ---- the door

CODES = np.arange(40) % 4


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: data.digits("dev"), ValueError, "split: expected one of 'train', 'test', 'all'"),
        (lambda: data.digits(dtype=int), (TypeError, ValueError), "dtype: "),
        (lambda: data.japanese_vowels("all"), ValueError, "split: expected one of 'train', 'test'"),
        (lambda: data.japanese_vowels(0), ValueError, "split: "),
        (lambda: data.python_sources(0), ValueError, "max_chars: "),
        (lambda: data.python_sources(1e3), TypeError, "max_chars: "),
        (lambda: data.sha256(3), TypeError, "content: "),
        (lambda: data.Alphabet(""), ValueError, "text: "),
        (lambda: data.Alphabet(["a"]), TypeError, "text: "),
        (
            lambda: data.Alphabet("ab").encode("abz"),
            ValueError,
            "text: expected only characters of the alphabet, got 'z' at 2",
        ),
        (lambda: data.Alphabet("ab").encode(b"ab"), TypeError, "text: "),
        (lambda: data.Alphabet("ab").decode([2]), ValueError, "indices: expected integers in 0..1, got 2"),
        (lambda: data.Alphabet("ab").decode([-1]), ValueError, "indices: "),
        (lambda: data.Alphabet("ab").decode([0.5]), TypeError, "indices: "),
        (lambda: data.one_hot([0, 3], 3), ValueError, "indices: "),
        (lambda: data.one_hot([-1], 3), ValueError, "indices: "),
        (lambda: data.one_hot([0], 0), ValueError, "size: "),
        (
            lambda: data.text_batches(CODES, 4, 10, 4),
            ValueError,
            "indices: expected at least T·B + 1 = 41 characters, got 40",
        ),
        (lambda: data.text_batches(CODES, 3, 2, 2), ValueError, "indices: expected integers in 0..2"),
        (lambda: data.text_batches(CODES, 4, 0, 2), ValueError, "T: "),
        (lambda: data.text_batches(CODES, 4, 2, 0), ValueError, "B: "),
        (lambda: data.text_batches(CODES, 4, 2, 2, rng=0), TypeError, "rng: "),
        (lambda: data.text_batches(CODES, 4, 2, 2, epochs=0), ValueError, "epochs: "),
        (lambda: data.text_batches(CODES, 4, 2, 2, dtype=int), (TypeError, ValueError), "dtype: "),
        (lambda: data.text_batches(TEXT, 4, 2, 2), TypeError, "indices: expected integers"),
        (lambda: data.unigram_entropy(CODES, CODES, -1), ValueError, "smoothing: "),
        (lambda: data.unigram_entropy(CODES, CODES[:1]), ValueError, "test: expected at least 2 characters"),
        (lambda: data.bigram_cross_entropy(CODES / 2, CODES), TypeError, "train: "),
        (lambda: data.padded_batches(np.zeros((3, 2, 1)), 2), TypeError, "sequences: expected Sequences"),
        (lambda: data.padded_batches(data.japanese_vowels(), 0), ValueError, "B: "),
        (lambda: data.padded_batches(data.japanese_vowels(), 2, rng=3), TypeError, "rng: "),
        (
            lambda: data.padded_batches(data.japanese_vowels()._replace(lengths=np.full(270, 30)), 2),
            ValueError,
            "sequences.lengths: expected integers in 1..29, got 30",
        ),
        (lambda: data.standardise(3), TypeError, "train: "),
        (lambda: data.standardise(data.japanese_vowels(), 3), TypeError, "others[0]: "),
        (
            lambda: data.standardise(
                data.japanese_vowels(), data.japanese_vowels()._replace(xs=np.zeros((29, 270, 3)))
            ),
            ValueError,
            "others[0].xs: expected 12 along axis 2",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)
