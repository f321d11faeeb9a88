"""One exhibit: a fault with its source, and how it is planted in our own plain code."""

import inspect
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace

from . import loop as loops
from .plain import Stack
from .plant import planted

SIZES = {"T": 12, "B": 16, "D": 1, "H": 16, "V": 2, "L": 1, "d": 2}


@dataclass(frozen=True)
class Exhibit:
    """One fault: what it says, what is right, who published it, and how it is planted.

    kind : backward pass, architecture, data stream, evaluation.  edits : method -> [(right, wrong)], in `base`, or in
    the loop, where `place` says so.  data : "fresh" batches, a "stream" with the state handed on, "samples".
    """

    name: str
    kind: str
    says: str
    right: str
    source: str
    address: str
    edits: dict
    base: type = Stack
    place: str = "net"
    data: str = "fresh"
    optimizer: str = "Adam"
    theta: float = 1e9
    draw: object = field(default=loops.draw)
    sizes: dict = field(default_factory=dict)

    @property
    def setting(self):
        return SIZES | self.sizes

    @cached_property
    def faulty(self):
        """The class with the fault."""
        return planted(self.base if self.place == "net" else loops.Loop, self.edits)

    def system(self, faulty, **sizes):
        """net and loop, with the fault or without; sizes : others than the exhibit's own."""
        s = self.setting | sizes
        wrong_net, wrong_loop = faulty and self.place == "net", faulty and self.place == "loop"
        net = (self.faulty if wrong_net else self.base)(s["D"], s["H"], s["V"], s["L"])
        return SimpleNamespace(net=net, loop=(self.faulty if wrong_loop else loops.Loop)())

    @property
    def pair(self):
        """The lines that differ, whole: [(right, wrong)], for the reader."""
        home = self.base if self.place == "net" else loops.Loop
        return [
            whole_lines(inspect.getsource(getattr(home, name)), *edit)
            for name, edits in self.edits.items()
            for edit in edits
        ]

    @property
    def shown(self):
        """The first pair of lines in which both say something."""
        return next(pair for pair in self.pair if all(pair))


def whole_lines(source, right, wrong):
    """(right, wrong): the lines of the source in which `right` stands, before and after it is replaced."""
    at = source.replace("\n    ", "\n").index(right)
    source = source.replace("\n    ", "\n")
    begin, end = source.rindex("\n", 0, at + 1) + 1, source.find("\n", at + len(right.rstrip("\n")))
    lines = source[begin:end]
    return tuple(
        " ; ".join(line.strip() for line in text.splitlines() if line.strip())
        for text in (lines, (lines + "\n").replace(right, wrong))
    )
