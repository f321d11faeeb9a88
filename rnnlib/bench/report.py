"""What was measured, as tables and words."""

import importlib.metadata
import os
import platform
import re
import statistics
import time
from pathlib import Path

import numpy as np

from . import kernels
from .kinds import KINDS, NEIGHBOURS, RECURRENT

START, END = "<!-- bench: python -m rnnlib.bench --readme README.md -->", "<!-- end of bench -->"


TITLES = {kernels.OWN: "the machine's own kernels", kernels.AVX2: "AVX2 kernels"}


def threads_of(result):
    return {"1": "1 thread", "default": "default threads"}.get(result["threads"], f"{result['threads']} threads")


def of_kind(rows):
    """[(kind, cell, its rows)] in the order of measurement."""
    pairs = dict.fromkeys((r["kind"], r["cell"]) for r in rows)
    return [(kind, cell, [r for r in rows if (r["kind"], r["cell"]) == (kind, cell)]) for kind, cell in pairs]


def mean_ratio(rows, key="ratio"):
    """The geometric mean of the ratios to PyTorch, or None without PyTorch."""
    ratios = [r[key] for r in rows if key in r]
    return statistics.geometric_mean(ratios) if ratios else None


def number(value):
    return "" if value is None else f"{value:.2f}"


def shape_of(r):
    return f"({', '.join(map(str, r['shape']))})"


def markdown(head, lines):
    """A table: a list of cells for the head and for every line."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines))


def table(rows):
    """The rows of one setting as Markdown, a geometric mean under each cell of each kind; the neighbours apart."""
    return "\n\n".join(
        part_of_table(mine, beside, said)
        for part, beside, said in (
            (RECURRENT, "over_products", "times the products"),
            (NEIGHBOURS, "over_loop", "times the plain loop"),
        )
        if (mine := [r for r in rows if r["kind"] in part])
    )


def part_of_table(rows, beside, said):
    lines = []
    for kind, cell, mine in of_kind(rows):
        for r in mine:
            values = [number(r.get(key)) for key in ("ours_ms", "pytorch_ms", "ratio", beside)]
            lines.append([kind, cell, shape_of(r), *values])
        if mean := mean_ratio(mine):
            lines.append([kind, cell, "geometric mean", "", "", f"**{mean:.2f}**", ""])
    head = ["", "cell", KINDS[rows[0]["kind"]].letters, "ours, ms", "PyTorch, ms", "ratio", said]
    return markdown(head, lines)


def machine():
    """The machine, the versions and the date, in words."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists() and (model := re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text(encoding="utf-8"))):
        name = model[1].strip()
    try:
        torch = f"PyTorch {importlib.metadata.version('torch')}"
    except importlib.metadata.PackageNotFoundError:
        torch = "no PyTorch"
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {torch}, {time.localtime().tm_mday} {time.strftime('%B %Y')}"
    )


def extras(result):
    """Growth, memory and options of one thread setting: a line per cell and subject."""
    for cell, p in result.get("growth", {}).items():
        yield f"{cell}: time grows as T^{p['T']:.2f} and L^{p['L']:.2f}"
    for cell, m in result.get("memory", {}).items():
        shape = ", ".join(map(str, m["shape"]))
        amounts = ", ".join(f"{name} {m[name]:.0f} MB" for name in ("ours", "pytorch") if name in m)
        yield f"{cell}: peak memory of a step at ({shape}): {amounts}"
    for cell, times in result.get("options", {}).items():
        yield f"{cell}: times the plain stack: " + ", ".join(f"{name} {x:.2f}" for name, x in times.items())


def of_setting(result):
    """One setting, whole."""
    title = f"{threads_of(result)}, {TITLES[result['kernels']]}: {kernels.in_words(result['ran'])}"
    return "\n".join([f"\n{title}\n", table(result["rows"]), "", *extras(result)])


def without_avx2(reason):
    return f"AVX2 kernels are left out: {reason}."


def means(results, part=RECURRENT):
    """A line per kind and cell, a column per setting: the geometric mean, and the best and the worst row."""
    lines = {}
    for result in results:
        for kind, cell, rows in of_kind([r for r in result["rows"] if r["kind"] in part]):
            lines.setdefault(f"{kind}, {cell}", []).append(mean_and_ends(rows))
            if KINDS[kind].loop:
                lines.setdefault(f"{kind}, {cell}, over a plain loop's", []).append(mean_and_ends(rows, "over_loop"))
    head = ["", *(f"{TITLES[r['kernels']]}, {threads_of(r)}" for r in results)]
    return markdown(head, [[said, *texts] for said, texts in lines.items()]) if lines else ""


def mean_and_ends(rows, key="ratio"):
    ratios = [r[key] for r in rows if key in r]
    return f"**{mean_ratio(rows, key):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else ""


def every_row(kind, results):
    """The ratios of one kind, a column per cell and setting; those over a plain loop's where one was timed."""
    keys = {"ratio": "", "over_loop": ", over a plain loop's"} if KINDS[kind].loop else {"ratio": ""}
    found = {}
    for result in results:
        for r in result["rows"]:
            if r["kind"] == kind:
                for key, said in keys.items():
                    found.setdefault(shape_of(r), {})[r["cell"] + said, threads_of(result)] = number(r.get(key))
    cells = dict.fromkeys(cell for values in found.values() for cell, _ in values)
    columns = [(cell, threads) for cell in cells for threads in map(threads_of, results)]
    lines = [[shape, *(values.get(column, "") for column in columns)] for shape, values in found.items()]
    return markdown([KINDS[kind].letters, *(", ".join(column) for column in columns)], lines)


def summary(results, left_out=None):
    """The README's: the means of all settings, what ran, and the rows folded away under them."""
    by_choice = {}
    for result in results:
        by_choice.setdefault(result["kernels"], []).append(result)
    parts = [f"Our time over PyTorch's, geometric mean (best row to worst), {machine()}:", means(results)]
    if neighbours := means(results, NEIGHBOURS):
        parts += ["The neighbours, forward and backward:", neighbours]
    ran = [f"- {TITLES[choice]}: {kernels.in_words(group[0]['ran'])}" for choice, group in by_choice.items()]
    parts.append("\n".join([*ran, *([f"- {without_avx2(left_out)}"] if left_out else [])]))
    for choice, group in by_choice.items():
        tables = [f"{kind}:\n\n{every_row(kind, group)}" for kind in dict.fromkeys(r["kind"] for r in group[0]["rows"])]
        title = f"<details><summary>Every row, {TITLES[choice]}</summary>"
        parts.append("\n\n".join([title, *tables, "</details>"]))
    for result in results:
        bare = [r["over_products"] for r in result["rows"] if "over_products" in r and r["shape"][2] >= 128]
        if result["threads"] == "1" and bare:
            where = f"On one thread with {TITLES[result['kernels']]}, at H of 128 and more"
            parts.append(f"{where}, {min(bare):.2f} to {max(bare):.2f} times the bare matrix products.")
    parts.append("\n".join(f"- {line}" for line in extras(results[0])))
    return "\n\n".join(part for part in parts if part)


def renew(path, text):
    """The file at `path` with `text` between the two marks."""
    whole = path.read_text(encoding="utf-8")
    if whole.count(START) != 1 or whole.count(END) != 1:
        raise ValueError(f"{path}: expected the marks {START} and {END} once each")
    before, rest = whole.split(START)
    return f"{before}{START}\n{text}\n{END}{rest.split(END)[1]}"
