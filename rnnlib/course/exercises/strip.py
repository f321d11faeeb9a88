"""Pages without their solutions, for a class: what is folded away under "Solution" or "Answer" is left out."""

import re
from pathlib import Path

FOLD = re.compile(r"<details\b[^>]*>|</details>")
SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
SOLUTION, HINT = re.compile(r"\b(solutions?|one answer)\b", re.IGNORECASE), re.compile(r"\bhints?\b", re.IGNORECASE)


def folds(text):
    """(start, end, summary) of every outermost <details> … </details>."""
    depth, start = 0, 0
    for mark in FOLD.finditer(text):
        if mark[0].startswith("</"):
            depth = max(0, depth - 1)
            if depth == 0:
                summary = SUMMARY.search(text, start, mark.end())
                yield start, mark.end(), summary[1].strip() if summary else ""
        else:
            start = mark.start() if depth == 0 else start
            depth += 1


def without(text, hints=False):
    """(the text without solutions, and without hints where `hints`; the summaries of what was left out)."""
    gone = [f for f in folds(text) if SOLUTION.search(f[2]) or (hints and HINT.search(f[2]))]
    for start, end, _ in reversed(gone):
        text = text[:start].rstrip("\n") + "\n\n" + text[end:].lstrip("\n")
    return (text.strip("\n") if gone else text), [summary for _, _, summary in gone]


def strip(path, folder, hints=False):
    """Write a page without solutions and outputs into a folder. Returns (the new file, what was left out)."""
    import nbformat

    path, folder = Path(path), Path(folder)
    target, left_out, cells = folder / path.name, [], []
    if target.exists() and target.resolve() == path.resolve():
        raise ValueError(f"--to: expected a folder other than that of {path}, which is never overwritten")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source, gone = without(cell.source, hints)
            left_out += [f"{cell.get('id', 'a cell')}: {summary}" for summary in gone]
            if gone and not cell.source.strip():
                continue
        elif cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
    notebook.cells = cells
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return target, left_out
