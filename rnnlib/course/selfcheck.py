"""Is everything there that the course needs? Each check says what is wrong and the one command that mends it."""

import importlib.metadata
import re
import sys
from pathlib import Path

import numpy as np

from .. import data, memory
from ..gradcheck import gradcheck
from ..stack import DeepRNN

PIP = f"{Path(sys.executable).name} -m pip install"
CLONE = (data.FOLDER.parent.parent / "requirements.txt").is_file()  # else the package came as a wheel
MEND = f"{PIP} -r requirements.txt" if CLONE else f"{PIP} --upgrade deep-rnn-lab"
MEND_DATA = "git checkout rnnlib/data" if CLONE else f"{PIP} --force-reinstall --no-deps deep-rnn-lab"
OLDEST = (3, 11)
RESTART = "Kernel menu: Restart Kernel and Run All Cells"


def python():
    """Python itself."""
    if tuple(sys.version_info[:2]) < OLDEST:
        return (
            f"Python {sys.version.split()[0]} is older than {OLDEST[0]}.{OLDEST[1]}",
            "install Python 3.11 or newer and make .venv anew",
        )
    return None


def numbers(version):
    """ "2.4.6rc1" -> (2, 4, 6)."""
    return tuple(int(n) for n in re.findall(r"\d+", re.split(r"[a-z+]", version)[0]))


def packages():
    """Every package that the project names, at least as new as it asks for."""
    try:
        requires = importlib.metadata.requires("deep-rnn-lab") or []
    except importlib.metadata.PackageNotFoundError:
        return "this kernel does not know the course's package", MEND
    for requirement in requires:
        if "extra ==" in requirement:
            continue
        name, least = re.match(r"([\w-]+)\s*>=\s*([\d.]+)", requirement).groups()
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return f"{name} is missing", MEND
        if numbers(found) < numbers(least):
            return f"{name} {found} is older than {least}", MEND
    return None


def widgets():
    """The half of ipywidgets that lives in JupyterLab."""
    try:
        front, back = (numbers(importlib.metadata.version(n)) for n in ("jupyterlab_widgets", "ipywidgets"))
    except importlib.metadata.PackageNotFoundError as e:
        return f"{e.name} is missing: sliders would show as text", MEND
    if front[0] != 3 or back[0] != 8:
        return f"ipywidgets {back[0]} and jupyterlab_widgets {front[0]} do not fit: 8 and 3 do", MEND
    return None


def drawing():
    """A picture, drawn and encoded without a screen."""
    from .viz import Scene

    class Blank(Scene):
        def build(self):
            self.figure.text(0.5, 0.5, "∂ σ ‖")

    try:
        whole = Blank().jpeg()[:2] == b"\xff\xd8"
    except Exception as e:
        return f"a picture cannot be drawn: {e}", MEND
    return None if whole else ("a picture came out broken", MEND)


def data_files():
    """The real sequences that ship with the package, byte for byte, and that they can be read."""
    try:
        for name, stored in data.SHA256.items():
            if data.sha256((data.FOLDER / name).read_bytes()) != stored:
                return f"{name} is not the file that was stored", MEND_DATA
        for read in (data.digits, data.japanese_vowels, data.python_excerpt):
            read("train")
    except Exception as e:
        return f"a data file is missing or damaged: {e}", MEND_DATA
    return None


def gradients():
    """A small LSTM stack against finite differences."""
    rng = np.random.default_rng(0)
    net = DeepRNN("lstm", 3, 4, 2)
    worst = gradcheck(net, net.init(rng), rng.standard_normal((4, 2, 3)), rng=rng, entries=2, directions=1).error
    return (
        None if worst < 1e-6 else (f"gradients are off by {worst:.1g}", "python -m pip install --force-reinstall numpy")
    )


def room():
    """Memory for the largest page: half a gigabyte."""
    try:
        memory.empty((2**26,), np.float64)
    except MemoryError:
        return (
            "less than half a gigabyte of memory is free",
            "close other notebooks: Kernel menu, Shut Down All Kernels",
        )
    return None


CHECKS = {
    "Python": python,
    "packages": packages,
    "sliders": widgets,
    "pictures": drawing,
    "data files": data_files,
    "gradients": gradients,
    "memory": room,
}


def selfcheck():
    """Run all checks, print a line for each, and return True if none complains."""
    sound = True
    for name, check in CHECKS.items():
        complaint = check()
        if complaint is None:
            print(f"ok    {name}")
        else:
            sound = False
            print(f"WRONG {name}: {complaint[0]}\n      mend it: {complaint[1]}; then {RESTART}")
    return sound
