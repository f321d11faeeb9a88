"""The glossary of the first page: whole rows in order, each word on the page that it is linked to; and every link to
it from any page names a word that it has. And the short path beside it: sections that exist, and not too long."""

import json
import re
from pathlib import Path

from rnnlib.course.progress import pages

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks"
START = FOLDER / "00_start_here.ipynb"
HAN = re.compile(r"[\u4e00-\u9fff]")
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?:00_start_here\.ipynb)?#Glossary\)")
LEAST = 60  # rows
HOURS = 2


def cells(path, kind="markdown"):
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if kind in (c["cell_type"], "all")]


def text(path):
    """All that a page says, without the glossary, bare of marks: what a word is searched in."""
    sources = ["".join(c["source"]) for c in cells(path, "all")]
    return " ".join(bare(s) for s in sources if not s.startswith("## Glossary"))


SIGNS = {r"\odot": "⊙", r"\partial^{+}": "∂⁺", r"\Vert": "‖", r"\lVert": "‖", r"\rho": "ρ", r"\sigma": "σ"}


def bare(words):
    for name, sign in SIGNS.items():
        words = words.replace(name, sign)
    return " ".join(re.sub(r"[*`$\\{}]", "", words).split()).casefold()


def table(heading):
    """The rows below a heading of the first page, as lists of cells; the head and the rule left out."""
    source = next("".join(c["source"]) for c in cells(START) if "".join(c["source"]).startswith(heading))
    rows = [line.strip().strip("|").split("|") for line in source.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


GLOSSARY = table("## Glossary")


def forms(cell):
    """The words of a first column: parted by commas, brackets left out."""
    return [bare(form) for form in re.sub(r"\([^)]*\)", "", cell).split(",")]


def singulars(word):
    """The word, and what it may be the plural of."""
    endings = (("", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ices", "ix"))
    return {word.removesuffix(end) + instead for end, instead in endings if word.endswith(end)}


def order(row):
    return not row[0].startswith("`"), bare(row[0])


def test_rows_are_whole_and_in_order():
    assert len(GLOSSARY) >= LEAST
    for row in GLOSSARY:
        assert len(row) == 5 and all(row), f"five cells, none empty: {row}"
        assert HAN.search(row[2]), f"no Chinese: {row}"
        assert not HAN.search(row[3]) and re.search(r"[A-Za-z]", row[3]), f"no German: {row}"
        assert not row[1].endswith("."), f"a meaning is a phrase: {row}"
    assert [row[0] for row in GLOSSARY] == [row[0] for row in sorted(GLOSSARY, key=order)], "symbols, then the alphabet"
    listed = [(row[0].startswith("`"), form) for row in GLOSSARY for form in forms(row[0])]
    # a symbol tells H from h
    listed = [form for symbol, form in listed if not symbol] + [r[0] for r in GLOSSARY if r[0].startswith("`")]
    assert len(set(listed)) == len(listed), sorted(form for form in listed if listed.count(form) > 1)


def test_a_word_stands_on_the_page_that_introduces_it():
    missing, read = [], {}
    for row in GLOSSARY:
        number, file = re.fullmatch(r"\[(\d\d[b-z]?)\]\(([^)#]+)\)", row[4]).groups()
        assert file.startswith(f"{number}_") and (FOLDER / file).exists(), row
        said = read.setdefault(file, text(FOLDER / file))
        first = forms(row[0])[0]
        if not re.search(rf"(?<![^\W_]){re.escape(first)}", said):
            missing.append(f"{row[0]}: not on page {number}")
    assert not missing, "\n".join(missing)


def links():
    """(page, words) of every link to the glossary."""
    for path in sorted(FOLDER.glob("[0-9]*.ipynb")):
        for cell in cells(path):
            yield from ((path.name, words) for words in LINK.findall("".join(cell["source"])))


def unexplained(found, rows):
    """The links whose words no row has, in singular or plural, in capitals or not."""
    known = {form for row in rows for form in forms(row[0])}
    return [f"{page}: {words}" for page, words in found if not singulars(bare(words)) & known]


def test_every_link_to_the_glossary_finds_its_word():
    missing = unexplained(links(), GLOSSARY)
    assert not missing, "\n".join(missing)


def test_a_link_to_a_word_that_is_not_there_is_seen():
    rows = [["gate"], ["`h`, `hs`"], ["state, hidden state (of a layer)"]]
    found = [("01", "**gates**"), ("01", "Hidden states"), ("01", "$h$"), ("02", "gradient"), ("03", "gat")]
    assert unexplained(found, rows) == ["02: gradient", "03: gat"]
    assert LINK.findall("[a *b*](00_start_here.ipynb#Glossary) [c](#Glossary) [d](#Sources)") == ["a *b*", "c"]


def test_the_heading_stands_alone_so_that_links_reach_it():
    sources = ["".join(c["source"]) for c in cells(START)]
    assert sum(bool(re.search(r"^## Glossary$", s, re.MULTILINE)) for s in sources) == 1


def test_the_short_path_is_short_and_its_sections_exist():
    *rows, last = table("## A short path: two hours")
    listed = {p["file"]: p["sections"] for p in pages.index()}
    total = 0
    for page, section, minutes, why in rows:
        number, file = re.fullmatch(r"\[(\d\d)\]\(([^)]+)\)", page).groups()
        found = [s for s in listed[file] if re.sub(r"\s*\*\(.*", "", s["heading"]) == section]
        assert len(found) == 1 and file.startswith(number), f"page {number} has no section {section!r}"
        assert found[0]["minutes"] == int(minutes) and why
        total += int(minutes)
    assert {row[0][1:3] for row in rows} == {"00", "02", "06", "07", "10"}
    assert last[2] == f"**{total}**" and total <= 60 * HOURS
    places = [(row[0], row[1]) for row in rows]
    assert places == sorted(places), "in the order of the course"
