"""An exercise as it stands on its page: statement, empty function, check, solution, as four cells made of one source.

The words lie in texts/, one file for each page; the solution is the function that the checker makes its mistakes of, so
that page and checker cannot part. `python -m tests.refresh` writes the cells into the notebooks, and a test holds them
to it.
"""

import inspect
import re
import textwrap
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .catalogue import EXERCISES

TEXTS = Path(__file__).parent / "texts"
PARTS = "your-turn", "answer", "check", "solution"


@dataclass
class Statement:
    """title; minutes; statement, shapes, by_hand, hints (three) and tempting, in Markdown; args and gives: arguments
    and results of the number by hand, as nested lists."""

    title: str
    minutes: int
    statement: str
    shapes: str
    by_hand: str
    args: list
    gives: dict
    hints: list
    tempting: str


@cache
def statements():
    """{exercise: Statement} of all that stand on a page, in the order of the course."""
    found = {}
    for path in sorted(TEXTS.glob("*.toml")):
        for name, fields in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[name] = Statement(**{k: v.strip() if isinstance(v, str) else v for k, v in fields.items()})
    return {name: found[name] for name in EXERCISES if name in found}


def page_cells(name):
    """The four cells of an exercise: (id, "markdown" or "code", source, metadata)."""
    bodies = posed(name), empty(name), f'exercises.check("{name}", {name})', solved(name)
    for part, body in zip(PARTS, bodies):
        kind = "code" if part in ("answer", "check") else "markdown"
        yield f"{part}-{name}", kind, body, metadata(part, name)


def posed(name):
    """Statement, shapes, a number by hand, and three folded hints."""
    s = statements()[name]
    shapes = "\n".join(f"- *{what}:* {rest}" for what, rest in (line.split(": ", 1) for line in s.shapes.splitlines()))
    hints = "\n\n".join(
        f"<details><summary>Hint {k}</summary>\n\n{hint}\n</details>" for k, hint in enumerate(s.hints, 1)
    )
    title = f"### Your turn: {s.title} *({s.minutes} min)*"
    return f"{title}\n\n{s.statement}\n\n{shapes}\n\n**By hand.** {s.by_hand}\n\n{hints}"


def empty(name):
    """The function without its body; its docstring says what goes in and what comes out."""
    signature = inspect.signature(EXERCISES[name].solution)
    shapes = statements()[name].shapes.splitlines()
    plain = [re.sub(r"\$([^$]*)\$", lambda m: m[1].replace("\\ldots", "...").replace(" ", ""), s) for s in shapes]
    lines = [w for s in plain for w in textwrap.wrap(s.replace("`", ""), 100, subsequent_indent="     ")]
    doc = textwrap.indent("\n".join(lines), "    ")
    return f'def {name}{signature}:\n    """\n{doc}\n    """\n    return None  # your code'


def solved(name):
    """The folded solution, and why the commonest mistake is tempting."""
    function = EXERCISES[name].solution
    helpers = [function.__globals__.get(n) for n in function.__code__.co_names]
    sources = [inspect.getsource(h) for h in helpers if inspect.isfunction(h)]
    code = "\n\n".join([*map(str.strip, sources), without_docstring(function)])
    return (
        f"<details><summary>Solution</summary>\n\n```python\n{code}\n```\n\n{statements()[name].tempting}\n</details>"
    )


def without_docstring(function):
    """The source of a function without its docstring."""
    source = inspect.getsource(function)
    return re.sub(r'    """.*?"""\n', "", source, count=1, flags=re.DOTALL).strip()


def metadata(part, name):
    """What nbgrader reads (its cell convention, schema 3): the check is worth a point. The answer is no "solution",
    which nbgrader would empty, signature and all: it is empty already."""
    if part not in ("answer", "check"):
        return {}
    grade = part == "check"
    told = {"grade": grade, "grade_id": f"{part}-{name}", "locked": grade, "schema_version": 3, "solution": False,
            "task": False}  # fmt: skip
    tags = {} if grade else {"tags": ["derivation"]}
    return tags | {"nbgrader": told | ({"points": 1} if grade else {})}
