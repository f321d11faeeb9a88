"""Every claim of the course beside what decides it: NN.toml for notebook NN, NNb.toml for its companion.
`python -m tests.claims` writes the table.

A claim is a sentence, a title or an alt text that says how something is. `says` are its words, as they stand on the
page; then comes one way to decide it, with the range in which the decisive number must lie:

    cell + shows    the cell that begins with these words prints what the regular expression finds; nbval executes it
    cell + asserts  the cell holds this line, which fails where the claim does: for networks trained on the page
    compute         a function of pNN.py beside it, which computes the numbers anew or reads them from stored runs
    test            a test of another file, FILE.py::NAME

and over how many draws it was decided (`over`: "exact", "10 seeds", "one draw"), with their `spread`. What rests on one
draw names the words with which the page says so (`said`). `before` is what this sentence's predecessor was found to
be, "held" if it stands as it was; otherwise `was` has its words. `slow`: many seconds of
training decide it.

A question to explore is a list of steps in the order of the page: controls to `set`, what the explorer then `reads`,
and the words of the folded `answer`.
"""

import functools
import importlib
import re
import tomllib
from pathlib import Path

import nbformat
import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PAGES = {path.stem.split("_")[0]: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
WAYS = ("shows", "asserts", "compute", "test")
FOUND = ("held", "wrong", "wider", "one draw", "unsaid")  # what a claim was found to be, before

TAG = r"</?(?:a|br|details|div|hr|img|kbd|li|ol|p|span|sub|summary|sup|table|tbody|td|th|thead|tr|ul)(?:\s[^<>]*)?/?>"


def plain(text):
    """Words alone: no line breaks, no marks of Markdown or HTML, one space each."""
    text = re.sub(r"</?(b|i|em|strong|code)>", "", text)
    text = re.sub(TAG, " ", text).replace("\\n", " ")
    return " ".join(re.sub(r"[*`]|(?<!\w)_|_(?!\w)", "", text).split())


class Page:
    """A notebook as what can be claimed on it, and what decides."""

    def __init__(self, number):
        self.number, self.path = number, PAGES[number]
        self.cells = nbformat.read(self.path, as_version=4).cells
        self.code = [c for c in self.cells if c.cell_type == "code"]
        self.prose = plain(" ".join(c.source for c in self.cells if c.cell_type == "markdown"))
        self.words = plain(" ".join([self.prose, *(c.source for c in self.code), *map(self.output, self.code)]))
        content = tomllib.loads((HERE / f"{number}.toml").read_text(encoding="utf-8"))
        self.claims, self.questions = content.get("claim", []), content.get("question", [])
        self.elsewhere = content.get("asked_elsewhere", {})  # {explorer: the test that asks the page's questions}
        own = HERE / f"p{number}.py"
        self.functions = importlib.import_module(f".p{number}", __package__) if own.exists() else None

    @staticmethod
    def output(cell):
        """What a cell prints and what its pictures are called."""
        return "\n".join(o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in cell.outputs)

    def cell(self, begin):
        """The one code cell that has a line beginning with these words."""
        found = [c for c in self.code if any(line.strip().startswith(begin) for line in c.source.split("\n"))]
        if len(found) != 1:
            raise LookupError(
                f"{self.path.stem}: expected one cell with a line that begins {begin!r}, got {len(found)}"
            )
        return found[0]

    def printed(self, claim):
        """The numbers that `shows` finds in what the claim's cell printed."""
        match = re.search(claim["shows"], self.output(self.cell(claim["cell"])))
        if match is None:
            raise LookupError(f"{claim['shows']!r} is nowhere in what the cell {claim['cell']!r} prints")
        return [float(group.replace("−", "-").replace(",", "").rstrip("%")) for group in match.groups()]


@functools.cache
def computed(page, name):
    """The numbers of a page's function of this name."""
    return [float(n) for n in np.atleast_1d(getattr(page.functions, name)())]


def outside(numbers, ranges):
    """Those numbers that leave their range, in words."""
    if len(numbers) != len(ranges):
        return [f"{len(numbers)} numbers for {len(ranges)} ranges"]
    pairs = enumerate(zip(numbers, ranges))
    return [f"number {k}: {n:g} is not in {low:g} .. {high:g}" for k, (n, (low, high)) in pairs if not low <= n <= high]


def decided_by(claim):
    """What decides, in words."""
    if "shows" in claim:
        return f"cell `{claim['cell']}`"
    if "asserts" in claim:
        return f"`{claim['asserts']}`"
    return f"`{claim['compute']}`" if "compute" in claim else f"`{claim['test']}`"


def table():
    """All claims as Markdown."""
    lines = [
        "# What the course claims, and what decides it",
        "",
        "Written by `python -m tests.claims` from the files beside it; `tests/test_claims.py` holds them to the pages.",
        "Before: *held* as it was; *wrong*; *wider* than its number; resting on *one draw*; its condition *unsaid*.",
        "",
        "| page | claims | changed | " + " | ".join(FOUND[1:]) + " |",
        "|---|---|---|" + "---|" * len(FOUND[1:]),
    ]
    pages = [Page(number) for number in PAGES]
    for page in pages:
        counts = [sum(c["before"].startswith(word) for c in page.claims) for word in FOUND]
        changed = len(page.claims) - counts[0]
        lines.append(
            f"| {page.path.stem} | {len(page.claims)} | {changed} | " + " | ".join(map(str, counts[1:])) + " |"
        )
    for page in pages:
        lines += ["", f"## {page.path.stem}", "", "| the page says | decided by | in | over | spread | before |"]
        lines.append("|---|---|---|---|---|---|")
        for c in page.claims:
            ranges = ", ".join(f"{low:g} .. {high:g}" for low, high in c.get("range", []))
            before = c["before"] + (f" (was: {c['was']})" if "was" in c else "")
            cells = [c["says"], decided_by(c), ranges, c["over"], c.get("spread", ""), before]
            lines.append("| " + " | ".join(plain_cell(text) for text in cells) + " |")
    return "\n".join(lines) + "\n"


def plain_cell(text):
    return " ".join(text.split()).replace("|", "\\|")
