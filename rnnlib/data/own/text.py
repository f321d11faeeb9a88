"""A text, character by character: which of its characters an alphabet knows, and what becomes of the others."""

import unicodedata
from collections import Counter

from ... import check
from .. import Alphabet
from . import suspicions
from .decoding import MOST_BYTES, content, decoded
from .dialect import line_ends
from .found import FileFault, Found, Remark


def text(path, *, alphabet=None, unknown="refuse", replacement="?", encoding=None, most_bytes=MOST_BYTES):
    """A text file -> Found, kind "text", data a str with "\\n" at the end of a line, whatever the file has.

    alphabet     the characters that are known, a str or an Alphabet; None takes those of the text
    unknown      "refuse" a text with another character, "drop" it, or "replace" it by `replacement`; each is named
                 with its row and its place in the row
    encoding     as in `decoded`;  most_bytes : the largest file that is read
    FileFault where a character is unknown, or there are only blanks; ValueError where a choice is none of these.
    """
    check.choice("unknown", unknown, ("refuse", "drop", "replace"))
    if alphabet is not None and not isinstance(alphabet, Alphabet):
        alphabet = Alphabet(alphabet)
    known = None if alphabet is None else set(alphabet.characters)
    if unknown == "replace" and len(check.text("replacement", replacement)) != 1:
        raise ValueError(f"replacement: expected one character, got {replacement!r}")
    if unknown == "replace" and known is not None and replacement not in known:
        raise ValueError(f"replacement: expected a character of the alphabet, got {replacement!r}")
    name, found = content(path, most_bytes)
    raw, coding, remarks = decoded(name, found, encoding)
    choices = {"encoding": coding, "line ends": line_ends(raw)}
    read = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not read.strip():
        raise FileFault(name, f"expected some characters, got {len(read)} blanks alone")
    total, left_out = len(read), []
    if known is not None:
        choices["alphabet"] = f"{len(known)} characters (as asked)"
        strange = sorted(set(read) - known)
        if strange and unknown == "refuse":
            at, row, place = next(unknowns(read, known))
            n = sum(map(read.count, strange))
            many = f", one of {n:,} unknown ones ({len(strange)} different)" if n > 1 else ""
            sentence = (
                f"expected only characters of the alphabet, got {named(read[at])} at character {place}{many}; "
                "unknown='drop' or unknown='replace' takes the text all the same"
            )
            raise FileFault(name, sentence, row)
        if strange:
            left_out, remarks = without(read, known, unknown, replacement, remarks)
            kept = "" if unknown == "drop" else replacement
            read = read.translate({ord(c): kept for c in strange})
            choices["unknown characters"] = f"{unknown}ped" if unknown == "drop" else f"replaced by {replacement!r}"
    else:
        choices["alphabet"] = f"the {len(set(read))} characters of the text"
    if not read:
        raise FileFault(name, "expected at least one known character, got none")
    remarks = remarks + suspicions.text(read)
    return Found(
        path=name,
        kind="text",
        data=read,
        remarks=tuple(remarks),
        left_out=tuple(left_out),
        choices=choices,
        kept=len(read),
        total=total,
    )


def unknowns(read, known):
    """(index, row, place in the row) of every character that is not known, rows and places from 1."""
    start = 0
    for row, line in enumerate(read.split("\n"), 1):
        if not known.issuperset(line):
            yield from ((start + i, row, i + 1) for i, c in enumerate(line) if c not in known)
        start += len(line) + 1
        if "\n" not in known and start <= len(read):
            yield start - 1, row, len(line) + 1


def without(read, known, unknown, replacement, remarks):
    """(left_out, remarks): a Remark for every row with characters that were dropped or replaced."""
    by_row = {}
    for at, row, _ in unknowns(read, known):
        by_row.setdefault(row, Counter())[read[at]] += 1
    told = []
    for row, counts in by_row.items():
        what = ", ".join(named(c) + (f" {n} times" if n > 1 else "") for c, n in counts.items())
        done = "dropped, for it is not in the alphabet" if unknown == "drop" else f"replaced by {replacement!r}"
        told.append(Remark(row, None, f"{what}: {done}", sum(counts.values())))
    return (told, remarks) if unknown == "drop" else ([], remarks + told)


def named(c):
    """'é' (U+00E9, LATIN SMALL LETTER E WITH ACUTE)"""
    return f"{c!r} (U+{ord(c):04X}, {unicodedata.name(c, 'a control sign')})"
