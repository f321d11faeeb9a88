"""What there is to do on each page: its sections with their minutes, its exercises, its predictions; and which pages
it needs.

Read from the notebooks and kept beside this file, for a library that was installed without them. A test holds the two
equal; `python -m rnnlib.course.exercises index` writes it anew.
"""

import ast
import hashlib
import json
import re
from functools import cache
from pathlib import Path

INDEX = Path(__file__).with_name("pages.json")
NOTEBOOKS = Path(__file__).resolve().parents[3] / "notebooks"
MINUTES = re.compile(r"\((?:[^()]*?)(\d+) min(?:, and (\d+) optional)?\)")


def read(folder=NOTEBOOKS):
    """The index of a folder of notebooks: one entry per page, in their order."""
    return [page(path) for path in sorted(Path(folder).glob("[0-9][0-9]*_*.ipynb"))]


@cache
def index():
    return json.loads(INDEX.read_text(encoding="utf-8"))


def write(folder=NOTEBOOKS):
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, indent=1) for entry in read(folder))
    INDEX.write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")


def page(path):
    """What one notebook holds; an exercise is found at its statement, or else at its check."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    ids = {cell.get("id") for cell in cells}
    title, sections, exercises, predictions, heading, before = "", [], {}, [], "", None
    part = {"minutes": 0}  # the section whose minutes hold those of its own parts
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for level, words in re.findall(r"^(##?#?) (.*\S)", without_code(source), re.MULTILINE):
                heading = words
                if level == "#":
                    title = title or words
                elif level == "##" or (MINUTES.search(words) and not part["minutes"]):
                    section = {"heading": words, "level": len(level), **minutes(words)}
                    sections.append(section)
                    part = section if level == "##" else part
        elif cell["cell_type"] == "code":
            for name, *_ in checks(source):
                exercises.setdefault(name, turn if (turn := f"your-turn-{name}") in ids else cell["id"])
            if is_prediction(source):
                predictions.append({"cell": cell["id"], "heading": heading, "before": before})
            else:
                before = digest(source)
    name, listed = Path(path).name, [{"name": n, "cell": c} for n, c in exercises.items()]
    return {"page": name.split("_")[0], "file": name, "title": title, "needs": needs("".join(cells[0]["source"])),
            "sections": sections, "exercises": listed, "predictions": predictions}  # fmt: skip


def needs(opening):
    """The pages that "What you need" names in the opening of a page; "06 to 09" are four."""
    found = re.search(r"\*\*What you need\b(.*?)(?=\*\*Time|\Z)", opening, re.DOTALL)
    words = re.sub(r"\]\([^)]*\)", "]", found[1]) if found else ""  # a link counts once
    named = set()
    for first, last in re.findall(r"\b(\d\d[b-z]?)\b(?: to (\d\d)\b)?", words):
        named |= {f"{n:02d}" for n in range(int(first), int(last) + 1)} if last else {first}
    return sorted(named)


def arrows(pages):
    """(page, page that needs it) of all pages, without those that follow from the others."""
    before = {p["page"]: set(p["needs"]) for p in pages}

    def all_before(page):
        return before[page].union(*(all_before(p) for p in before[page]))

    return [(p, page) for page, needed in before.items() for p in sorted(needed)
            if not any(p in all_before(q) for q in needed)]  # fmt: skip


def without_code(source):
    return re.sub(r"^```.*?^```", "", source, flags=re.MULTILINE | re.DOTALL)


def minutes(heading):
    """{minutes, optional} of a heading such as `1 · Two lines *(10 min, and 15 optional)*`."""
    if not (found := MINUTES.search(heading)):
        return {"minutes": 0, "optional": 0}
    first, second = (int(n or 0) for n in found.groups())
    return {"minutes": 0, "optional": first} if "optional," in found[0] else {"minutes": first, "optional": second}


def digest(source):
    """A few letters that stand for a cell's text, whatever blanks end its lines."""
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def parsed(source):
    """The statements of a cell, or none where it does not parse."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []


def is_prediction(source):
    """Is the cell a guess and nothing else?"""
    body = parsed(source)
    return len(body) == 1 and isinstance(body[0], ast.Assign) and ast.unparse(body[0].targets[0]) == "guess"


def guessed(source):
    """Is the cell a guess, and one that was made?"""
    return is_prediction(source) and ast.unparse(parsed(source)[0].value) not in ("None", "''", "...")


def checks(source):
    """(name, words of the answer, statement) of every `exercises.check("name", answer)` in a cell."""
    for statement in parsed(source):
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            name = node.args[0].value
            if called == "check" and isinstance(name, str) and len(node.args) == 2:
                yield name, ast.unparse(node.args[1]), statement
