"""What a check found, and how it is said."""

from dataclasses import dataclass, field

from .edits import FORWARD, WHY


@dataclass
class Verdict:
    """What `check` found. right; first: the first wrong quantity in the order of the sweep; named: the mistake in
    words; hints: three, from vague to plain (of a choice, one). As text it holds the first `shown` hints: one, and one
    more each time that the same mistake comes again."""

    name: str
    right: bool = False
    first: str | None = None
    named: str | None = None
    hints: list = field(default_factory=list)
    message: str = ""
    edits: list = field(default_factory=list)
    shown: int = 1

    def __str__(self):
        lines = [self.message, *(f"Hint {k}: {hint}" for k, hint in enumerate(self.hints[: self.shown], 1))]
        return "\n".join(line for line in lines if line)

    __repr__ = __str__


def not_yet(exercise, first, named, hints, edits=()):
    return Verdict(exercise.name, False, first, named, list(hints), "Not right yet.", list(edits))


def why(exercise, edits):
    """Where to look: in the exercise's own words where it has any for this edit, else in those for its kind."""
    words = WHY if exercise.goes_back else FORWARD
    return " ".join(dict.fromkeys(exercise.words.get(e.words, words[e.kind]) for e in edits))


def where(edits):
    return " ".join(
        f"In our solution stands `{e.line}`; your numbers are those of this change: {e.words}." for e in edits
    )
