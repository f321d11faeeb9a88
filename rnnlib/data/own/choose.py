"""Which reader a file wants, told by what it is; refused where it does not tell."""

import inspect

from ... import check
from .arrays import arrays
from .cells import is_number
from .dates import like_date
from .decoding import content, is_zip
from .dialect import LOOK
from .found import FileFault, listed
from .labelled import labelled
from .names import IDS, LABELS, TIMES
from .series import mostly, series
from .table import read_table
from .text import text

READERS = {"text": text, "labelled": labelled, "series": series, "arrays": arrays}
TEXTS = (".txt", ".md", ".text", ".rst", ".py", ".tex")
READING = ("delimiter", "encoding", "header", "skip", "most_bytes")


def read(path, *, kind=None, **choices):
    """What is in the file -> Found, by the reader that fits; choices["reader"] says which and why.

    kind : "text", "labelled", "series" or "arrays" to decide; the other choices go to that reader.
    FileFault : where the file does not tell what it is, or its reader refuses it.  The shapes are those of `Found`.
    """
    if kind is None:
        kind, why = tell(path, choices)
    else:
        check.choice("kind", kind, tuple(READERS))
        why = "as asked"
    found = READERS[kind](path, **choices)
    found.choices["reader"] = f"{kind} ({why})"
    return found


def tell(path, choices):
    """(kind, why)"""
    name, found = content(path, choices.get("most_bytes", 2**26))
    if is_zip(found) and name.lower().endswith(".npz"):
        return "arrays", "an .npz"
    asked = {reader: set(inspect.signature(READERS[reader]).parameters) & set(choices) for reader in READERS}
    for reader, others in (("labelled", "series"), ("series", "labelled")):
        if only := asked[reader] - asked[others] - asked["text"]:
            return reader, f"{sorted(only)[0]}= was given"
    if only := asked["text"] - asked["labelled"] - asked["series"] - {"encoding", "most_bytes"}:
        return "text", f"{sorted(only)[0]}= was given"
    if name.lower().endswith(TEXTS):
        if (table := table_inside(path)) is not None:
            have = listed(table.columns)
            sentence = f"expected to tell its kind, got the name of a text and the columns {have} of a table"
            raise FileFault(name, f"{sentence}; kind='text', kind='series' or kind='labelled' decides")
        return "text", "by the ending of its name"
    table = read_table(path, look=LOOK, **{k: v for k, v in choices.items() if k in READING})
    names = [column.casefold() for column in table.columns]
    labels = [c for c, n in zip(table.columns, names) if n in LABELS]
    dates = [c for p, c in enumerate(table.columns) if mostly(table.cells(p), like_date)]
    if labels and dates and not any(n in IDS for n in names):
        raise FileFault(
            table.name,
            f"expected to tell its kind, got a label column {labels[0]!r} and dates in {dates[0]!r}; "
            "kind='labelled' or kind='series' decides",
        )
    if labels:
        return "labelled", f"it has a column {labels[0]!r}"
    if dates:
        return "series", f"the cells of {dates[0]!r} are dates"
    if all(mostly(table.cells(p), is_number) for p in range(len(names))) and (len(names) == 1 or set(names) & TIMES):
        return "series", "all its columns are numbers"
    have = listed(table.columns)
    raise FileFault(
        table.name,
        f"expected to tell its kind, got a table with the columns {have}; kind='labelled' (with label=), "
        "kind='series' or kind='text' decides",
    )


def table_inside(path):
    """The table in a file that calls itself a text: rows of one width with numbers or dates in a column, or None."""
    try:
        table = read_table(path, look=LOOK)
    except FileFault:
        return None
    told = any(mostly(table.cells(p), test) for p in range(len(table.columns)) for test in (is_number, like_date))
    return table if len(table.columns) > 1 and len(table.rows) > 1 and told else None
