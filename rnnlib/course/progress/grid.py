"""The learner's place in the course: pages × exercises and predictions, and the link to where the work stopped."""

import html
from dataclasses import dataclass
from urllib.parse import quote

from . import pages
from .keep import forget, load

MARKS = {"done": "●", "tried": "◐", "open": "○"}
COLOURS = {"done": "#0072b2", "tried": "#e69f00", "open": "#8a8a8a"}
CELL = "<td style='text-align:{side}; white-space:nowrap'>{text}</td>"


@dataclass(frozen=True)
class Item:
    """One thing to do. state: done, tried or open; link: the page and the place on it."""

    kind: str
    key: str
    label: str
    state: str
    link: str
    said: str = ""


@dataclass(frozen=True)
class Progress:
    """What is done, tried and open, page by page; it shows itself. rows: (page's entry, its items)."""

    rows: tuple
    last: tuple | None = None

    def counts(self, kind):
        """(done, tried, open) of "exercises" or "predictions"."""
        states = [item.state for _, items in self.rows for item in items if item.kind == kind]
        return tuple(states.count(state) for state in MARKS)

    def nodes(self):
        """page -> (title, minutes, done, of how many): what `viz.CourseMap` draws."""
        return {
            page["page"]: (page["title"], sum(s["minutes"] for s in page["sections"]),
                           sum(item.state == "done" for item in items), len(items))
            for page, items in self.rows
        }  # fmt: skip

    def arrows(self):
        """(page, page that needs it), without those that follow from the others."""
        return pages.arrows([page for page, _ in self.rows])

    def following(self):
        """(page's entry, item) to go on with: the last one while it is not done, else the first open one after it."""
        listed = [(page, item) for page, items in self.rows for item in items]
        at = next((k for k, (_, item) in enumerate(listed) if (item.kind, item.key) == self.last), -1)
        if at >= 0 and listed[at][1].state != "done":
            return listed[at]
        later = listed[at + 1 :] + listed[: at + 1]
        return next(((page, item) for page, item in later if item.state != "done"), None)

    def forget(self):
        """Remove all that was kept about the learner."""
        forget()

    def sentences(self):
        done, tried, left = self.counts("exercises")
        made, _, unmade = self.counts("predictions")
        if not (done or tried or made):
            return f"Nothing done yet. Ahead lie exercises: {left}, predictions: {unmade}."
        return (
            f"Exercises: {done} right, {tried} tried, {left} open. Predictions: {made} made, {unmade} open. "
            "This is kept on your machine alone; rnnlib.course.exercises.forget() removes it."
        )

    def __str__(self):
        width = max(len(line(items, "predictions")) for _, items in self.rows) + 2
        lines = [f"{'page':6s}{'predictions':{max(width, 13)}s}exercises"]
        for page, items in self.rows:
            lines.append(
                f"{page['page']:6s}{line(items, 'predictions'):{max(width, 13)}s}{line(items, 'exercises')}".rstrip()
            )
        lines += ["● done  ◐ tried  ○ open", self.sentences()]
        if found := self.following():
            page, item = found
            lines.append(f"{self.invitation()}: {page['file']}, {item.label}")
        return "\n".join(lines)

    __repr__ = __str__

    def invitation(self):
        return "Continue where you stopped" if self.last else "Begin"

    def _repr_html_(self):
        head = "".join(f"<th style='text-align:left'>{word}</th>" for word in ("page", "predictions", "exercises"))
        body = "".join(f"<tr>{self.row(page, items)}</tr>" for page, items in self.rows)
        legend = "&emsp;".join(f"{dot(state, state)} {state}" for state in MARKS)
        last = ""
        if found := self.following():
            page, item = found
            place = f"{html.escape(page['title'])}: {html.escape(item.label)}"
            last = f"<p><a href='{item.link}'><b>{self.invitation()}</b></a>: {page['page']}, {place}</p>"
        return (
            f"<div class='rnnlib-progress'><table><tr>{head}</tr>{body}</table><p>{legend}</p>"
            f"<p>{html.escape(self.sentences())}</p>{last}</div>"
        )

    def row(self, page, items):
        title = f"<a href='{page['file']}'>{page['page']} {html.escape(page['title'])}</a>"
        columns = [CELL.format(side="left", text=title)]
        for kind in ("predictions", "exercises"):
            dots = " ".join(
                f"<a href='{i.link}' style='text-decoration:none'>{dot(i.state, f'{i.label}: {i.state}{i.said}')}</a>"
                for i in items if i.kind == kind
            )  # fmt: skip
            columns.append(CELL.format(side="left", text=dots))
        return "".join(columns)


def line(items, kind):
    return " ".join(MARKS[item.state] for item in items if item.kind == kind)


def dot(state, words):
    words = html.escape(words, quote=True)
    return f"<span role='img' aria-label='{words}' title='{words}' style='color:{COLOURS[state]}'>{MARKS[state]}</span>"


def anchor(page, cell):
    """A link to a cell of a page, as JupyterLab opens it."""
    return f"{page['file']}#cell-id={quote(cell)}"


def progress():
    """Where am I? Every exercise and prediction of the course, with what is done, tried and open."""
    kept, rows = load(), []
    for page in pages.index():
        made = kept["predictions"]
        items = [
            Item("predictions", key, f"prediction {n}", "done" if key in made else "open", anchor(page, guess["cell"]))
            for n, guess in enumerate(page["predictions"], 1)
            for key in [f"{page['page']}.{n}"]
        ]
        items += [exercise(page, listed, kept["exercises"].get(listed["name"])) for listed in page["exercises"]]
        rows.append((page, tuple(items)))
    last = kept["last"]
    return Progress(tuple(rows), tuple(last) if isinstance(last, list) and len(last) == 2 else None)


def exercise(page, listed, kept):
    state = "open" if kept is None else "done" if kept.get("right") else "tried"
    said = f", tries: {kept.get('tries', 0)}" if kept else ""
    if state == "tried" and kept.get("named"):
        said += f", last mistake: {kept['named']}"
    return Item("exercises", listed["name"], listed["name"], state, anchor(page, listed["cell"]), said)
