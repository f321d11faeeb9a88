"""Real sequences that need no download: five small data sets and a text beside this file, two texts more from
Python itself.

Everything is read when called, never at import. Where each file comes from, under which licence, and what was
done to it: README.md in this folder.
"""

import gzip
import hashlib
from pathlib import Path

import numpy as np

from .. import check
from .genes import BASES, JUNCTIONS, Windows, splice_junctions, splice_windows
from .sequences import Sequences, padded_batches, standardise
from .text import Alphabet, bigram_cross_entropy, one_hot, text_batches, unigram_entropy
from .words import LETTERS, SOUNDS, Words, decode_letters, decode_sounds, encode_words, words_to_sounds

__all__ = [
    "BASES",
    "JUNCTIONS",
    "LETTERS",
    "SHA256",
    "SOUNDS",
    "Alphabet",
    "Sequences",
    "Windows",
    "Words",
    "bigram_cross_entropy",
    "decode_letters",
    "decode_sounds",
    "digits",
    "encode_words",
    "japanese_vowels",
    "one_hot",
    "padded_batches",
    "python_docs",
    "python_excerpt",
    "python_sources",
    "sha256",
    "splice_junctions",
    "splice_windows",
    "standardise",
    "text_batches",
    "unigram_entropy",
    "words_to_sounds",
]

FOLDER = Path(__file__).parent
SHA256 = {
    "digits.csv.gz": "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
    "japanese_vowels.npz": "ba03844d4df7d9753c69ccddc6800dd5cb1db95978fb96ac4915e75b373c89a3",
    "python_excerpt.txt.gz": "16a0b7e77af1c410c219b6823d9deeffe316472917d025e514c4dec514c096f3",
    "splice.csv.gz": "43f035b6d8aa7ea3d830115b3cd27bd8590834c33946cb6401ae47c6e1e3b787",
    "words.txt.gz": "96c1edda1254805d8a0a718ee46b650071b199bc600b859d5f49e38c81311f95",
}
FIRST_TEST_DIGIT = 1287
FIRST_TEST_CHARACTER = 490_226


def digits(split="train", dtype=np.float64):
    """Handwritten digits of 8×8 pixels: images (N, 8, 8) in [0, 1], 1 is ink, and labels (N,) 0..9.

    split : "train", the first 1,287; "test", the last 510; "all", 1,797. Nothing is shuffled: the labels show
    one and the same row of digits again about every 130 samples, as if one filled-in sheet followed another,
    and the cut lies where a row begins. A shuffle would put the same hand on both sides.

    ValueError where there is no such split or the dtype is no float.
    Source: Alpaydin and Kaynak 1998, the test part of UCI's Optical Recognition of Handwritten Digits.
    """
    check.choice("split", split, ("train", "test", "all"))
    dtype = check.float_dtype("dtype", dtype)
    table = np.loadtxt(FOLDER / "digits.csv.gz", delimiter=",", dtype=np.int64)
    part = {"train": slice(FIRST_TEST_DIGIT), "test": slice(FIRST_TEST_DIGIT, None), "all": slice(None)}[split]
    images = (table[part, :64].reshape(-1, 8, 8) / 16).astype(dtype)  # ink: 0..16 of 4×4 dots
    return images, table[part, 64]


def japanese_vowels(split="train", dtype=np.float64):
    """Who says /ae/?  Sequences(xs (29, N, 12), labels (N,) 0..8, lengths (N,) 7..29), padded with zeros.

    Nine men say two Japanese vowels. One step is 6.4 ms of speech, described by 12 LPC cepstrum coefficients
    (no unit); one label per utterance, the speaker.

    split : "train", 270 utterances, 30 from each speaker; "test", 370, from 24 to 88 each, as UCI cut them.
    ValueError where there is no such split or the dtype is no float.
    Source: Kudo, Toyama and Shimbo 1999, UCI's Japanese Vowels.
    """
    check.choice("split", split, ("train", "test"))
    dtype = check.float_dtype("dtype", dtype)
    with np.load(FOLDER / "japanese_vowels.npz", allow_pickle=False) as stored:
        steps, lengths, labels = (stored[f"{split}_{name}"] for name in ("frames", "lengths", "labels"))
    lengths, labels = lengths.astype(np.int64), labels.astype(np.int64)
    xs = np.zeros((29, len(labels), 12), dtype=dtype)
    for i, utterance in enumerate(np.split(steps / 1e6, np.cumsum(lengths)[:-1])):  # stored in millionths
        xs[: lengths[i], i] = utterance
    return Sequences(xs, labels, lengths)


def python_excerpt(split="train"):
    """Thirteen modules of Python 3.11.7's standard library, one after the other: 547,724 characters of ASCII.

    The same on every machine, unlike `python_docs` and `python_sources`: for numbers that are to be compared.
    split : "train", argparse to traceback, 490,226 characters; "test", pprint, queue and weakref, 57,498
    characters of modules that are not in "train"; "all", both.  ValueError where there is no such split.
    """
    check.choice("split", split, ("train", "test", "all"))
    text = gzip.decompress((FOLDER / "python_excerpt.txt.gz").read_bytes()).decode("ascii")
    cut = FIRST_TEST_CHARACTER
    return {"train": text[:cut], "test": text[cut:], "all": text}[split]


def python_docs():
    """The reference text behind Python's `help("topics")`, about 0.46 million characters: prose and grammar.

    It comes with Python and so differs from version to version: print `sha256(text)` beside every number.
    """
    from pydoc_data.topics import topics

    return "".join(topics[name] for name in sorted(topics))


def python_sources(max_chars=None):
    """The top-level modules of Python's standard library in the order of their names: 4.7 million characters.

    max_chars : stop after so many characters; None takes all. It differs from version to version as
    `python_docs` does. Left out is `_sysconfigdata*.py`, which a build writes about its own machine.
    ValueError where max_chars is below 1.
    """
    import sysconfig
    import tokenize

    if max_chars is not None:
        max_chars = check.size("max_chars", max_chars)
    parts, size = [], 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        if path.name.startswith("_sysconfigdata"):
            continue
        with tokenize.open(path) as file:  # honours a file's own encoding line
            parts.append(file.read())
        size += len(parts[-1])
        if max_chars is not None and size >= max_chars:
            break
    return "".join(parts)[:max_chars]


def sha256(content):
    """The SHA-256 of a text (as UTF-8) or of bytes, in hexadecimal: says which version was measured. TypeError for
    anything else."""
    if isinstance(content, str):
        content = content.encode(errors="surrogatepass")
    if not isinstance(content, bytes):
        raise TypeError(f"content: expected str or bytes, got {type(content).__name__}")
    return hashlib.sha256(content).hexdigest()
