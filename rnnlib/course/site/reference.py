"""The reference: every public name with its docstring, as autodoc finds it.

A docstring is set as it stands in the code, for its columns are equations and shapes; single backticks are code.
"""

import importlib
import inspect
import re

from ..explore import Explorer

MODULES = {  # in the order of the reference: the library from below, then what serves the course
    "rnnlib": "What the package shows at its door",
    "rnnlib.cells": "Cells: one step",
    "rnnlib.plain_cells": "Cells of one's own: four examples",
    "rnnlib.init": "Where weights start",
    "rnnlib.model": "Read-out and loss",
    "rnnlib.flow": "Measures of gradient flow",
    "rnnlib.tasks": "Tasks that one can make",
    "rnnlib.task": "What a task is",
    "rnnlib.data": "Data that ship",
    "rnnlib.data.own": "Data of your own",
    "rnnlib.neighbours": "Attention, convolution, Transformer, linear recurrence",
    "rnnlib.course.project": "From a file to a report",
    "rnnlib.course.exercises": "Exercises",
    "rnnlib.course.probes": "What layers carry",
    "rnnlib.course.markov": "A chain on two time-scales",
    "rnnlib.course.stats": "What a number of seeds can say",
    "rnnlib.course.experiments": "Stored runs",
    "rnnlib.course.explore": "Explorers",
}


def public(module):
    """{name: object} of what a module offers: its __all__, else the classes and functions that it defines."""
    names = getattr(module, "__all__", None)
    if names is None:
        made = vars(module).items()
        names = [n for n, v in made if not n.startswith("_") and getattr(v, "__module__", None) == module.__name__]
    return {n: getattr(module, n) for n in names}


def names():
    """Every public name, dotted: {"rnnlib.DeepRNN": the class, ...}."""
    return {f"{m}.{n}": v for m in MODULES for n, v in public(importlib.import_module(m)).items()}


def write(folder):
    """One page a module, and their list."""
    folder.mkdir()
    for module, title in MODULES.items():
        mod, text = importlib.import_module(module), [heading(f"{module}: {title}", "=")]
        text += docstring((inspect.getdoc(mod) or "").splitlines())
        text += ["", f".. currentmodule:: {module}", ""]
        for name, value in public(mod).items():
            text += [heading(name, "-"), entry(name, value), ""]
        (folder / f"{module}.rst").write_text("\n".join(text), encoding="utf-8", newline="\n")
    listed = "\n".join(f"   {module}" for module in MODULES)
    index = f"{heading('Reference', '=')}\n\nEvery public name of the library.\n\n.. toctree::\n\n{listed}\n"
    (folder / "index.rst").write_text(index, encoding="utf-8", newline="\n")


def heading(text, sign):
    return f"{text}\n{sign * (len(text) + 2)}\n"


def entry(name, value):
    if inspect.isclass(value):  # explorers have the same members, all of them: those of Explorer
        members = "" if issubclass(value, Explorer) and value is not Explorer else "   :members:\n"
        return f".. autoclass:: {name}\n{members}"
    if callable(value):
        return f".. autofunction:: {name}\n"
    return f".. autodata:: {name}\n   :no-value:\n"


def docstring(lines):
    """reStructuredText for a docstring that is none: running text as text, everything with columns as it stands."""
    text = "\n".join(lines).strip("\n")
    out = []
    for paragraph in re.split(r"\n\s*\n", text):
        if re.search(r"\n +|  +|^ |[\w)] : ", paragraph) or "\n>>>" in paragraph:
            out += ["", "::", "", *("    " + line for line in paragraph.split("\n")), ""]
        else:
            out += ["", *map(escaped, paragraph.split("\n")), ""]
    return out


def escaped(line):
    """One line of running text: `x` is code, and no other sign means anything."""
    parts = re.split(r"`([^`]+)`", line)
    return "".join(f"``{p.strip()}``\\ " if k % 2 else re.sub(r"([\\*_|<>])", r"\\\1", p) for k, p in enumerate(parts))


def process(app, what, name, obj, options, lines):
    """For autodoc: the docstring's lines, changed in place."""
    lines[:] = docstring(lines)
