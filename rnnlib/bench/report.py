"""What was measured, as tables and words."""

import importlib.metadata
import os
import platform
import re
import statistics
import time
from pathlib import Path

import numpy as np

START, END = "<!-- bench: python -m rnnlib.bench --readme README.md -->", "<!-- end of bench -->"


def mean_ratio(rows):
    """The geometric mean of the ratios to PyTorch, or None without PyTorch."""
    ratios = [r["ratio"] for r in rows if "ratio" in r]
    return statistics.geometric_mean(ratios) if ratios else None


def table(rows):
    """The rows of one thread setting as Markdown, a geometric mean under each cell."""
    lines = [
        "| cell | (B, T, H, L) | ours, ms | PyTorch, ms | ratio | times the products |",
        "|---|---|---|---|---|---|",
    ]
    for cell in dict.fromkeys(r["cell"] for r in rows):
        mine = [r for r in rows if r["cell"] == cell]
        for r in mine:
            theirs = (f"{r['pytorch_ms']:.2f}", f"{r['ratio']:.2f}") if "ratio" in r else ("", "")
            shape = ", ".join(map(str, r["shape"]))
            lines.append(
                f"| {cell} | ({shape}) | {r['ours_ms']:.2f} | {theirs[0]} | {theirs[1]} | {r['over_products']:.2f} |"
            )
        if mean := mean_ratio(mine):
            lines.append(f"| {cell} | geometric mean | | | **{mean:.2f}** | |")
    return "\n".join(lines)


def machine():
    """The machine, the versions and the date, in words."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists() and (model := re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text())):
        name = model[1].strip()
    try:
        torch = f"PyTorch {importlib.metadata.version('torch')}"
    except importlib.metadata.PackageNotFoundError:
        torch = "no PyTorch"
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {torch}, {time.strftime('%-d %B %Y')}"
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


def in_words(setting, result):
    """One thread setting, whole."""
    return "\n".join([f"\nThreads: {setting}. {machine()}\n", table(result["rows"]), "", *extras(result)])


def summary(results):
    """The ratios of all settings in one table, for the README."""
    names = {"1": "1 thread", "default": "default threads"}
    columns = [(cell, setting) for cell in ("rnn", "lstm", "gru") for setting in results]
    found = {(s, r["cell"], tuple(r["shape"])): r for s, result in results.items() for r in result["rows"]}
    shapes = dict.fromkeys(tuple(r["shape"]) for r in results["1"]["rows"])

    def ratio(value):
        return "" if value is None else f"{value:.2f}"

    lines = [
        "| (B, T, H, L) | " + " | ".join(f"{cell}, {names[setting]}" for cell, setting in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for shape in shapes:
        values = [ratio(found[setting, cell, shape].get("ratio")) for cell, setting in columns]
        lines.append(f"| {shape} | " + " | ".join(values) + " |")
    means = [ratio(mean_ratio([found[setting, cell, shape] for shape in shapes])) for cell, setting in columns]
    lines.append("| geometric mean | " + " | ".join(m and f"**{m}**" for m in means) + " |")
    bare = [r["over_products"] for r in results["1"]["rows"] if r["shape"][2] >= 128]
    return "\n".join([
        f"Our time over PyTorch's, {machine()}:",
        "",
        *lines,
        "",
        f"On one thread, at H of 128 and more, {min(bare):.2f} to {max(bare):.2f} times the bare matrix products.",
        "",
        *(f"- {line}" for line in extras(results["1"])),
    ])  # fmt: skip


def renew(path, text):
    """The file at `path` with `text` between the two marks."""
    whole = path.read_text(encoding="utf-8")
    if whole.count(START) != 1 or whole.count(END) != 1:
        raise ValueError(f"{path}: expected the marks {START} and {END} once each")
    before, rest = whole.split(START)
    return f"{before}{START}\n{text}\n{END}{rest.split(END)[1]}"
