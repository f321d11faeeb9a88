"""The pages of the course in a learner's folder, as they lie in a clone: python -m rnnlib open

The wheel carries the pages; a clone has them beside the package. What is copied is written beside its place first and
put there whole. A dot-file remembers the checksums of everything that was ever put there, so that a page can be told
that its owner has changed from one that is merely older than the installed course.
"""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

from ..data import sha256
from ..files import replacing

PACKAGE = Path(__file__).resolve().parent.parent
CLONE = PACKAGE.parent  # where this is one
SHIPPED = Path(__file__).resolve().parent / "notebooks"  # in an installed wheel
FOLDER = "deep-rnn-lab"
FIRST = "notebooks/00_start_here.ipynb"
KEPT = ".deep-rnn-lab.json"
KINDS = {".ipynb", ".md", ".txt", ".csv"}
LINK = re.compile(rb"\]\(\.\./(rnnlib/[^)#\s]+)")  # from a page to a file of the library

README = """# Deep RNN Lab: your folder

The pages are in `notebooks/`; begin with [00 Start here](notebooks/00_start_here.ipynb). To open them again, write

    python -m rnnlib open FOLDER

with this folder's name. After `pip install --upgrade deep-rnn-lab` the same command renews the pages that you have not
changed, and says which ones it has left alone because they are yours. To have such a page anew, give yours another
name first. Someone who wants to work with the course as you do needs Python 3.11 or newer, and these two commands:

    pip install deep-rnn-lab
    python -m rnnlib open

The folder `rnnlib/` has copies of the few files of the library that the pages link to. They are there for reading: the
pages run the installed library.
"""


class Trouble(Exception):
    """Why the course cannot be opened, in a sentence for whoever asked for it."""


def in_clone():
    """Whether this package runs from a clone of the repository, whose pages lie beside it."""
    return not SHIPPED.is_dir() and (CLONE / "pyproject.toml").is_file() and (CLONE / FIRST).is_file()


def course():
    """{"notebooks/00_start_here.ipynb": its bytes, ...}: all that a learner's folder is to hold."""
    pages = CLONE / "notebooks" if in_clone() else SHIPPED
    if not pages.is_dir():
        raise Trouble(f"The pages of the course are not installed, {pages} is missing: pip install deep-rnn-lab")
    names = sorted(path.relative_to(pages) for path in pages.rglob("*") if path.suffix in KINDS)
    names = [name for name in names if not any(part.startswith(".") for part in name.parts)]
    files = {f"notebooks/{name.as_posix()}": (pages / name).read_bytes() for name in names}
    for content in list(files.values()):
        for name in LINK.findall(content):
            files[name.decode()] = (CLONE / name.decode()).read_bytes()
    return files | {"README.md": README.encode()}


def prepare(folder=None, *, must_copy=False):
    """The folder in which JupyterLab is to start, with the pages in it; says what was done.

    folder : None is the clone itself where this is one, and else ./deep-rnn-lab.   Trouble : it cannot be used.
    """
    if folder is None and in_clone():
        if must_copy:
            raise Trouble(
                f"This is a clone, which has the pages in {CLONE / 'notebooks'}: name a folder to copy them to."
            )
        print(f"This is a clone: its own pages are opened, in {CLONE / 'notebooks'}")
        return CLONE
    folder = Path(folder or FOLDER).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise Trouble(f"{folder} is a file, where a folder is needed: name another folder.")
    try:
        print(told(folder, *copy(course(), folder)))
    except OSError as e:
        raise Trouble(reason(folder, e)) from None
    return folder


def reason(folder, e):
    """What went wrong with a file or a folder, in words."""
    at = e.filename2 or e.filename or folder  # of a file put in another's place, the latter
    if isinstance(e, (FileExistsError, NotADirectoryError)):
        return f"{at} is a file, where a folder is needed: name another folder."
    if isinstance(e, IsADirectoryError):
        return f"{at} is a folder, where a file is needed: name another folder."
    if isinstance(e, PermissionError):
        return f"{at} cannot be written: name a folder that is yours, and close what has the file open."
    return f"{at} cannot be written ({e.strerror or type(e).__name__}): name another folder."


def remembered(folder):
    """{name: [checksums of all that was put there]}; nothing where the dot-file cannot be understood."""
    try:
        files = json.loads((folder / KEPT).read_text(encoding="utf-8"))["files"]
        return {str(name): [str(one) for one in sums] for name, sums in files.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def copy(files, folder):
    """Put files where they are new or unchanged: (new, renewed, yours, yours of which there is a newer one)."""
    before = remembered(folder)
    now = {name: sha256(content) for name, content in files.items()}
    known = before | {name: list(dict.fromkeys([*before.get(name, []), one])) for name, one in now.items()}
    # first: a kill leaves nothing unaccounted for
    write(folder / KEPT, json.dumps({"files": known}, indent=1).encode())
    new, renewed, yours, newer = [], [], [], []
    for name, content in files.items():
        target = folder / name
        if not target.exists():
            write(target, content)
            new.append(name)
        elif (there := sha256(target.read_bytes())) == now[name]:
            continue
        elif there in before.get(name, []):
            write(target, content)
            renewed.append(name)
        else:
            (newer if before.get(name) and now[name] not in before[name] else yours).append(name)
    return new, renewed, yours, newer


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, mode=0o644) as file:
        file.write(content)


def told(folder, new, renewed, yours, newer):
    lines = [f"The course is in {folder}: {len(new)} files copied, {len(renewed)} renewed."]
    lines += [f"  left as you changed it: {name}" for name in yours]
    lines += [f"  left as you changed it, though there is a newer one: {name}" for name in newer]
    if newer:
        lines.append("To have a newer one, give yours another name and run this again.")
    return "\n".join(lines)


def start(folder, options=()):
    """Open JupyterLab on the first page and wait until it ends; its exit code."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise Trouble(f"JupyterLab is missing: {Path(sys.executable).name} -m pip install jupyterlab")
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir=.", FIRST, *options]
    with subprocess.Popen(command, cwd=folder) as lab:
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:  # Ctrl-C reaches JupyterLab as well, which asks whether it is meant
                continue
