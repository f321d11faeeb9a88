"""What a committed notebook must be, beyond running: whole, comparable, readable, in the course's skeleton.

nbval compares what is stored. A notebook without stored outputs passes it with nothing compared, so that they are
there, and that they are text, is checked here. Every rule is shown to bite on a notebook that breaks it.
"""

import ast
import copy
import itertools
import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

FORBIDDEN = {
    r"\binteract\(|\binteractive\b|\bOutput\(\)|clear_output|update_display": "its output differs from run to run",
    r"\bplt\.|\bpyplot\b|%matplotlib": "pyplot and widget threads do not mix: pictures come from rnnlib.course.viz",
    r"warnings\.(filterwarnings|simplefilter|catch_warnings)": "a warning is mended, not silenced",
    r"^\s*[!%]\s*pip\b|^\s*!": "a notebook installs and runs nothing outside Python",
    r"np\.random\.seed|random\.seed\(": "one default_rng per notebook",
    r"NBVAL_|PYTEST_VALIDATE": "every output is compared",
    r";\s*$": "a trailing semicolon hides an output from JupyterLab, not from nbval: write _ = ...",
}
SKELETON = {
    r"\A# .*\n+\*\*In two minutes\.\*\*": "a summary in plain words under the title",
    r"^\*\*If you have only ten minutes left,\*\*": "what to read in ten minutes",
    r"what you will be able to do": "what you will be able to do",
    r"\*\*Predict\.\*\*": "a prediction",
    r"\*\*What happened\.\*\*": "a reveal",
    r"\*\*Explore\.\*\*": "questions to explore",
    r"\*\*Prove it\.\*\*": "a proof",
    r"^#+ .*\brecap\b|\*\*recap": "a recap",
    r"^#+ .*\bsources\b|\*\*sources": "sources",
}
MACHINE = re.compile(r"(?<![\w.:/~-])/(home|root|Users|tmp)/|\b[A-Z]:\\|site-packages|ipykernel_\d")
TRACEBACK = "Traceback (most recent call last)"
VIEW, STATE = "application/vnd.jupyter.widget-view+json", "application/vnd.jupyter.widget-state+json"
LINK = re.compile(r"(!?)\[([^\]]*)\]\(\s*<?([^)\s>]+)>?[^)]*\)")
OWN = re.compile(r"^This machine: .*$", re.MULTILINE)  # of a network trained on the page; the sanitiser blanks it
IN_EXERCISE = "answer-", "check-", "solution-"
LINES, SETUP_LINES, CELLS, BYTES, COMPARED, QUESTIONS = 25, 6, (20, 60), 600_000, 5, 5
SUMMARY, NUMBERS = (60, 190), 4  # words of a page's summary; numbers in a paragraph that says what happened


def faults(path, following=()):
    """Everything that is wrong with a notebook file; `following` are the notebooks to which it must lead on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # nbformat repairs double cell ids with a warning
            notebook = nbformat.read(path, as_version=4)
            nbformat.validate(notebook)
    except Exception as e:
        return [f"not a valid notebook: {e}"]
    code = [c for c in notebook.cells if c.cell_type == "code"]
    prose = [c for c in notebook.cells if c.cell_type == "markdown"]
    return [
        *_file_faults(path, notebook, code),
        *_output_faults(code),
        *_own_faults(notebook),
        *_code_faults(code),
        *_skeleton_faults(notebook, code, prose, following),
        *_link_faults(path, prose),
    ]


def _file_faults(path, notebook, code):
    kernel = notebook.metadata.get("kernelspec", {})
    if kernel.get("name") != "python3" or not kernel.get("display_name"):
        yield "no python3 kernelspec in the metadata: JupyterLab would greet the reader with a dialog"
    extra = set(notebook.metadata) - {"kernelspec", "language_info"}
    if extra:
        yield f"metadata that no reader needs: {', '.join(sorted(extra))}"
    if path.stat().st_size > BYTES:
        yield f"{path.stat().st_size:,} bytes, more than {BYTES:,}"
    cells = sum(not c.get("id", "").startswith(IN_EXERCISE) for c in notebook.cells)  # an exercise's four count as one
    if len(notebook.cells) < CELLS[0] or cells > CELLS[1]:
        yield f"{cells} cells, not {CELLS[0]} to {CELLS[1]}"
    counts = [c.execution_count for c in code]
    if counts != list(range(1, len(code) + 1)):
        yield f"execution counts are {counts}, not 1 to {len(code)}: run it from the top"


def _text(output):
    """What nbval compares of an output, and a reader sees as text."""
    return output.get("text", "") or output.get("data", {}).get("text/plain", "")


def _output_faults(code):
    compared = 0
    for n, cell in enumerate(code, 1):
        for output in cell.outputs:
            text, data = _text(output), output.get("data", {})
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                yield f"code cell {n} stores an error: {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                yield f"code cell {n} stores a message on stderr: {output.text.strip()[:80]}"
            if TRACEBACK in text:
                yield f"code cell {n} shows a traceback"
            if MACHINE.search(text):
                yield f"code cell {n} shows a path of one machine: {MACHINE.search(text)[0]}"
            if VIEW in data or STATE in data:
                yield f"code cell {n} stores a widget that died with its kernel: keep the picture alone"
            if "image/svg+xml" in data:
                yield f"code cell {n} stores an SVG, which holds its date"
            if {"image/png", "image/jpeg"} & set(data) and (not text.strip() or text.startswith("<")):
                yield f"code cell {n} shows a picture without words: its text/plain is its alt text"
        texts = [t for o in cell.outputs if (t := OWN.sub("", _text(o))).strip() and not t.startswith("<")]
        compared += bool(texts)
        if _shows(cell.source) and not cell.outputs:
            yield f"code cell {n} shows something, but its outputs are not stored"
    if compared < COMPARED:
        yield f"only {compared} code cells store text that nbval can compare, fewer than {COMPARED}"


def _own_faults(notebook):
    """What a page tells of this machine's own networks is not compared: its claim is asserted in the same section."""
    told, held, heading = False, False, "the page"
    for cell in [*notebook.cells, v4.new_markdown_cell("## end")]:
        if cell.cell_type == "markdown" and re.search(r"^## ", cell.source, re.MULTILINE):
            if told and not held:
                yield f"{heading} prints lines of this machine's own, and asserts nothing about them"
            told, held, heading = False, False, re.search(r"^## (.*)$", cell.source, re.MULTILINE)[1]
        elif cell.cell_type == "code":
            told |= any(OWN.search(o.get("text", "")) is not None for o in cell.outputs)
            held |= "assert " in cell.source


def _shows(source):
    """Does this cell print, or end in a value? (A function may return None; a class or a name does not.)"""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    values = [node.value for node in body if isinstance(node, ast.Expr)]
    printed = any(isinstance(v, ast.Call) and getattr(v.func, "id", "") == "print" for v in values)
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    if isinstance(last, ast.Call):
        name = getattr(last.func, "id", "") or getattr(last.func, "attr", "")
        return printed or name[:1].isupper()
    return printed or last is not None


def _code_faults(code):
    for n, cell in enumerate(code, 1):
        source, tags = cell.source, cell.metadata.get("tags", [])
        if not source.strip():
            yield f"code cell {n} is empty"
        for pattern, reason in FORBIDDEN.items():
            if found := re.search(pattern, source, re.MULTILINE):
                yield f"code cell {n} uses {found[0].strip()!r}: {reason}"
        if any(tag.startswith("nbval") for tag in tags):
            yield f"code cell {n} is hidden from nbval by a tag"
        if MACHINE.search(source):
            yield f"code cell {n} names a path of one machine: {MACHINE.search(source)[0]}"
        lines = len(source.splitlines())
        if lines > LINES and "derivation" not in tags:
            yield f"code cell {n} has {lines} lines, more than {LINES} (and is not tagged `derivation`)"
    if code and len([line for line in code[0].source.splitlines() if line]) > SETUP_LINES:
        yield f"the set-up has more than {SETUP_LINES} lines"


def _skeleton_faults(notebook, code, prose, following):
    text = "\n\n".join(c.source for c in prose)
    bare = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    first = notebook.cells[0] if notebook.cells else None
    if first is None or first.cell_type != "markdown" or not re.match(r"# \S", first.source):
        yield "the first cell does not begin with a title, a heading of level 1"
    if len(re.findall(r"^# ", bare, re.MULTILINE)) > 1:
        yield "more than one heading of level 1"
    for pattern, part in SKELETON.items():
        if not re.search(pattern, bare, re.MULTILINE | re.IGNORECASE):
            yield f"the skeleton lacks {part}"
    summary = re.search(r"\*\*In two minutes\.\*\*(.+)", bare)
    if summary and not SUMMARY[0] <= len(summary[1].split()) <= SUMMARY[1]:
        yield f"a summary of {len(summary[1].split())} words, not {SUMMARY[0]} to {SUMMARY[1]}"
    for cell in prose:
        for paragraph in revealed(cell.source):
            if (found := numbers(paragraph)) > NUMBERS:
                yield f"{found} numbers in one paragraph of a reveal, more than {NUMBERS}: {paragraph[:60]!r}"
    predictions, reveals = bare.count("**Predict.**"), bare.count("**What happened.**")
    guesses = sum(c.source.startswith("guess = None") for c in code)
    if not predictions == reveals == guesses:
        yield f"{predictions} predictions, {guesses} guess cells, {reveals} reveals: one each"
    for cell in prose:
        if "**Predict.**" in cell.source and not ("(a)" in cell.source and "(b)" in cell.source):
            yield "a prediction without lettered options"
    folded = re.findall(r"<details>\s*<summary>.+?</summary>.+?</details>", bare, re.DOTALL)
    if len(folded) < QUESTIONS or len(folded) != bare.count("<details"):
        yield f"{len(folded)} folded answers of {bare.count('<details')}, fewer than {QUESTIONS} or not closed"
    if TRACEBACK in text or MACHINE.search(text):
        yield "the text shows a traceback or a path of one machine"
    targets = [target for _, _, target in LINK.findall(prose[-1].source if prose else "")]
    yield from (f"the last text does not lead on to {name}" for name in following if name not in targets)


def revealed(source):
    """The paragraphs, and the items of lists, that say what happened; a table is none."""
    _, _, told = source.partition("**What happened.**")
    told = re.split(r"\*\*(?:Explore|Prove it)\.\*\*|\n## |<details>", told)[0]
    parts = re.split(r"\n\s*\n|\n(?=[-*] |\d\. )", told)
    return [p.strip() for p in parts if p.strip() and not p.lstrip().startswith(("|", "```", "$$"))]


def numbers(paragraph):
    """How many numbers a reader must hold: formulas, code, intervals, years, and numbers of pages do not count."""
    names = r"notebooks? \d\d\w?(, \d\d)*( and \d\d)?|\b(19|20)\d\d\b|(section|layer|question) \d"
    plain = re.sub(rf"\$[^$]*\$|`[^`]*`|\(\w\)|\[[-+−\d., ]+\]|{names}", "", paragraph)
    return len(re.findall(r"(?<![\w.^_{])[-+−]?\d[\d,]*(?:\.\d+)?(?:e[-−]?\d+)?\b(?!\w)", plain))


def _link_faults(path, prose):
    for cell in prose:
        for bang, words, target in LINK.findall(cell.source):
            if bang and not words.strip():
                yield f"the image {target} has no alt text"
            yield from _dead(path, cell, target)
        for tag in re.findall(r"<img\b[^>]*>", cell.source):
            if not re.search(r"""\balt=["'][^"']+["']""", tag):
                yield f"{tag[:60]} has no alt text"
            yield from _dead(path, cell, re.search(r"""\bsrc=["']([^"']+)""", tag)[1])


def _dead(path, cell, target):
    if target.startswith("attachment:"):
        if target.partition(":")[2] not in cell.get("attachments", {}):
            yield f"no attachment for {target}"
    elif not re.match(r"[a-z]+:|#", target):
        file = target.partition("#")[0]
        if file.startswith("/") or not (path.parent / file).exists():
            yield f"the link to {target} leads nowhere"


# ------------------------------------------------------------------------------------------------ the course


def test_the_course_is_numbered_and_in_order():
    names = [path.name for path in NOTEBOOKS]
    assert names
    assert all(re.fullmatch(r"\d\d[b-z]?_[a-z0-9_]+\.ipynb", name) for name in names)
    numbers = [name.partition("_")[0] for name in names]
    assert {n[:2] for n in numbers} <= set(numbers), f"a companion, 07b, follows a page of its number, 07: {names}"
    assert len(set(numbers)) == len(numbers), f"two notebooks share a number: {names}"


def following(names, name):
    """Where a page leads on: to its companions, 07b, and to the next page; a companion to whatever comes next."""
    after = names[names.index(name) + 1 :]
    if name[2] != "_":
        return after[:1]
    companions = list(itertools.takewhile(lambda other: other[2] != "_", after))
    return companions + after[len(companions) : len(companions) + 1]


def test_companions_do_not_break_the_way_through_the_course():
    names = ["06_x.ipynb", "07_x.ipynb", "07b_x.ipynb", "07c_x.ipynb", "08_x.ipynb"]
    assert [following(names, name) for name in names] == [names[1:2], names[2:], names[3:4], names[4:], []]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path):
    found = faults(path, following([p.name for p in NOTEBOOKS], path.name))
    assert not found, "\n".join(found)


# -------------------------------------------------------------------------------------- the test of the tests


def md(text):
    return v4.new_markdown_cell(text)


def run(source, count, *outputs, **metadata):
    return v4.new_code_cell(source, execution_count=count, outputs=list(outputs), metadata=metadata)


def says(text):
    return v4.new_output("stream", name="stdout", text=text)


def shows(text, count, **data):
    return v4.new_output("execute_result", {"text/plain": text, **data}, execution_count=count)


def exemplary():
    """The smallest notebook in which nothing is wrong."""
    questions = [md(f"{n}. Why?\n\n<details><summary>answer</summary>Because.</details>") for n in range(1, 6)]
    cells = [
        md(
            f"# Count to three\n\n**In two minutes.** {'Counting. ' * 60}\n\n**What you will be able to do**\n\n- count"
        ),
        run("import numpy as np\n\nrng = np.random.default_rng(0)", 1),
        md("## 1 · One\n\n**Predict.** How many?  (a) one  (b) two"),
        run('guess = None  # "a" or "b"', 2),
        run("print(1)", 3, says("1\n")),
        run("1 + 1", 4, shows("2", 4)),
        run("Lattice()", 5, shows("a lattice of 3 layers", 5, **{"image/png": "iVBORw0KGgo="})),
        md("**What happened.** It is (a)."),
        md("**Explore.** *At which depth does it fall below one?*"),
        md("**Prove it.** For all:"),
        run("assert 1 == 1", 6),
        run("print(2)", 7, says("2\n")),
        run("print(3)", 8, says("3\n")),
        md("## Recap\n\nNumbers.\n\n**If you have only ten minutes left,** count."),
        *questions,
        md("## Sources\n\nEuclid, see [the licence](../LICENSE)."),
        md("Next: [two](02_two.ipynb)"),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    for n, cell in enumerate(cells):
        cell.id = f"cell-{n:02d}"
    return v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def written(tmp_path, notebook):
    (tmp_path / "LICENSE").touch()
    path = tmp_path / "notebooks" / "01_one.ipynb"
    path.parent.mkdir(exist_ok=True)
    (path.parent / "02_two.ipynb").touch()
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def strip_outputs(nb):
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = []


def strip_counts(nb):
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.execution_count = None


def cell(number, **changes):
    return lambda nb: nb.cells[number].update(copy.deepcopy(changes))


def swap(number, old, new):
    def mutate(nb):
        assert old in nb.cells[number].source
        nb.cells[number].source = nb.cells[number].source.replace(old, new)

    return mutate


def output(number, *outputs):
    return lambda nb: nb.cells[number].update(outputs=list(outputs))


MUTATIONS = [
    (strip_outputs, "its outputs are not stored"),
    (strip_outputs, "only 0 code cells store text"),
    (strip_counts, "execution counts are"),
    (cell(4, execution_count=7), "execution counts are"),
    (lambda nb: nb.metadata.pop("kernelspec"), "no python3 kernelspec"),
    (lambda nb: nb.metadata.update(widgets={STATE: {"state": {}}}), "metadata that no reader needs"),
    (lambda nb: nb.cells[1].update(id=nb.cells[0].id), "not a valid notebook"),
    (lambda nb: nb.cells.pop(11) and nb.cells.__delitem__(slice(12, 18)), "cells, not 20 to 60"),
    (output(4, says("1" * BYTES)), "bytes, more than"),
    (output(4, v4.new_output("error", ename="E", evalue="v", traceback=[])), "stores an error"),
    (output(4, v4.new_output("stream", name="stderr", text="careful")), "on stderr"),
    (output(4, says(TRACEBACK)), "shows a traceback"),
    (output(4, says("/home/ada/course")), "shows a path of one machine"),
    (output(6, shows("a lattice", 5, **{VIEW: {"model_id": "1"}})), "died with its kernel"),
    (output(6, shows("a lattice", 5, **{"image/svg+xml": "<svg/>"})), "stores an SVG"),
    (output(6, shows("<Figure size 1x1>", 5, **{"image/png": "iVBORw0KGgo="})), "a picture without words"),
    (output(6), "code cell 5 shows something"),
    (lambda nb: (output(4, says("This machine: 1\n"))(nb), nb.cells[10].update(source="1 == 1")), "asserts nothing"),
    (lambda nb: [c.update(outputs=[says("This machine: 1")]) for c in nb.cells if "outputs" in c], "only 0 code cells"),
    (cell(10, source=""), "is empty"),
    (cell(10, source="interact(f)"), "uses 'interact('"),
    (cell(10, source="out = widgets.Output()"), "uses 'Output()'"),
    (cell(10, source="clear_output()"), "uses 'clear_output'"),
    (cell(10, source="warnings.filterwarnings('ignore')"), "uses 'warnings.filterwarnings'"),
    (cell(10, source="!pip install x"), "installs and runs nothing"),
    (cell(10, source="%pip install x"), "installs and runs nothing"),
    (cell(10, source="plt.show()"), "uses 'plt.'"),
    (cell(10, source="np.random.seed(0)"), "one default_rng"),
    (cell(10, source="# NBVAL_IGNORE_OUTPUT\n1"), "every output is compared"),
    (cell(10, source="f(1);"), "a trailing semicolon"),
    (cell(10, source="open('/root/x')"), "names a path of one machine"),
    (cell(10, source="x = 1\n" * 26), "has 26 lines"),
    (cell(10, metadata={"tags": ["nbval-skip"]}), "hidden from nbval"),
    (cell(1, source="x = 1\n" * 7), "the set-up has more than"),
    (swap(0, "# Count", "## Count"), "does not begin with a title"),
    (swap(7, "**What", "# Again\n\n**What"), "more than one heading of level 1"),
    (swap(0, "will be able", "might"), "lacks what you will be able to do"),
    (swap(0, "**In two minutes.**", ""), "lacks a summary"),
    (swap(0, "Counting. " * 40, ""), "a summary of 20 words"),
    (swap(13, "**If you have only ten minutes left,**", ""), "lacks what to read"),
    (swap(7, "It is (a).", "1, 2.5, 3 and 1e-4, so 0.1 % more."), "5 numbers in one paragraph"),
    (swap(2, "**Predict.**", ""), "lacks a prediction"),
    (swap(7, "**What happened.**", ""), "lacks a reveal"),
    (swap(8, "**Explore.**", ""), "lacks questions"),
    (swap(9, "**Prove it.**", ""), "lacks a proof"),
    (swap(13, "Recap", "Rest"), "lacks a recap"),
    (swap(19, "Sources", "Rest"), "lacks sources"),
    (swap(3, "guess = None", "guess = 'a'"), "0 guess cells"),
    (swap(2, "(a) one  (b) two", ""), "without lettered options"),
    (swap(15, "</details>", ""), "4 folded answers of 5"),
    (swap(9, "For all:", TRACEBACK), "the text shows a traceback"),
    (swap(20, "02_two", "03_three"), "does not lead on"),
    (swap(20, "02_two", "03_three"), "03_three.ipynb leads nowhere"),
    (swap(13, "Numbers.", "![](../LICENSE)"), "has no alt text"),
    (swap(13, "Numbers.", '<img src="../LICENSE">'), "has no alt text"),
    (swap(13, "Numbers.", '<img alt="x" src="none.png">'), "none.png leads nowhere"),
    (swap(13, "Numbers.", "[x](/etc/hosts)"), "leads nowhere"),
    (swap(13, "Numbers.", "![x](attachment:x.png)"), "no attachment"),
]


def test_nothing_is_wrong_with_an_exemplary_notebook(tmp_path):
    assert faults(written(tmp_path, exemplary()), ["02_two.ipynb"]) == []


@pytest.mark.parametrize("n", range(len(MUTATIONS)), ids=lambda n: MUTATIONS[n][1].replace(" ", "-"))
def test_every_rule_bites(tmp_path, n):
    mutate, expected = MUTATIONS[n]
    notebook = exemplary()
    mutate(notebook)
    found = faults(written(tmp_path, notebook), ["02_two.ipynb"])
    assert any(expected in fault for fault in found), found


def test_a_long_derivation_may_be_long(tmp_path):
    notebook = exemplary()
    cell(10, source="x = 1\n" * 40, metadata={"tags": ["derivation"]})(notebook)
    assert faults(written(tmp_path, notebook), ["02_two.ipynb"]) == []


def nbval(path):
    """The course's own pytest settings on one notebook."""
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "no:cacheprovider", str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=240)


def test_nbval_compares_under_our_settings(tmp_path):
    """A right notebook passes; one digit, one word, or an exception that nobody stored fails."""
    kernel = exemplary().metadata
    cells = [run("x = 0.5", 1), run("print(f'{x:.3g}')", 2, says("0.5\n")), run("x * 3", 3, shows("1.5", 3))]
    right = v4.new_notebook(cells=cells, metadata=kernel)
    wrong = copy.deepcopy(right)
    wrong.cells[1].outputs[0].text = "0.6\n"
    wrong.cells[2].outputs[0].data["text/plain"] = "1.6"
    wrong.cells.append(run("1 / 0", 4))
    nbformat.write(right, tmp_path / "right.ipynb")
    nbformat.write(wrong, tmp_path / "wrong.ipynb")

    done = nbval(tmp_path / "right.ipynb")
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
    done = nbval(tmp_path / "wrong.ipynb")
    assert done.returncode == 1, done.stdout
    assert "3 failed, 1 passed" in done.stdout
