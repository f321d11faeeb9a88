"""Run notebooks from top to bottom and store their outputs: python -m tests.refresh notebooks/07*.ipynb

The cells of an exercise are renewed from their one source, rnnlib/course/exercises/texts.
What is stored is what the tests compare, so only what a reader sees stays: no widget state, no timestamps, counts
from 1, and one kernelspec for all.
"""

import argparse
import os
import re
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import v4

from rnnlib.course.exercises.posed import PARTS, page_cells

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def refresh(path):
    """Execute one notebook in place; raises at the first error, and then leaves the file as it was."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.cells = list(with_exercises(notebook.cells))
    NotebookClient(
        notebook,
        timeout=300,
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        if re.fullmatch(r"[0-9a-f-]{8,}", cell.id):  # made by JupyterLab; a name that a cell has it keeps
            taken = {c.id for c in notebook.cells}
            cell.id = next(i for k in " bcdefgh" if (i := f"cell-{number:02d}{k}".strip()) not in taken)
        for output in cell.get("outputs", []):
            # a stored view points at a model that ended with its kernel; the picture beside it stays
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def with_exercises(cells):
    """The cells, with those of an exercise as its source has them: a cell your-turn-NAME asks for all four."""
    for cell in cells:
        part, _, name = cell.id.rpartition("-")
        if part == "your-turn":
            for id, kind, source, metadata in page_cells(name):
                make = v4.new_code_cell if kind == "code" else v4.new_markdown_cell
                yield make(source, id=id, metadata=metadata)
        elif part not in PARTS:
            yield cell


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path)
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RNNLIB_PROGRESS": "off"}
    for path in parser.parse_args().notebooks:
        start = time.perf_counter()
        refresh(path)
        print(f"{path}: {time.perf_counter() - start:.1f} s, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
