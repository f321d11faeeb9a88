"""python -m rnnlib open: the pages in a learner's folder, never over what the learner has changed, and from a wheel."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rnnlib.__main__ import main
from rnnlib.course import opening

ROOT = Path(__file__).resolve().parent.parent
PAGE = "notebooks/01_vanilla_rnn.ipynb"


@pytest.fixture
def shipped(monkeypatch):
    """The files that `open` copies, to be changed by a test as a later version would change them."""
    files = opening.course()
    monkeypatch.setattr(opening, "course", lambda: files)
    return files


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_new_folder_gets_every_page_and_what_the_pages_link_to(tmp_path, capsys):
    assert main(["open", str(tmp_path / "course"), "--only-copy"]) == 0
    held = contents(tmp_path / "course")
    pages = {f"notebooks/{p.name}" for p in (ROOT / "notebooks").glob("*.ipynb")}
    assert pages < set(held) and "notebooks/own/names.csv" in held and "notebooks/teachers.md" in held
    for name in pages:
        assert held[name] == (ROOT / name).read_bytes()
    assert f"{len(held) - 1} files copied, 0 renewed" in capsys.readouterr().out  # all but the dot-file


def test_no_link_between_the_copied_files_leads_nowhere(tmp_path):
    opening.copy(opening.course(), tmp_path)
    for path in [*tmp_path.rglob("*.ipynb"), *tmp_path.glob("*.md"), *tmp_path.glob("notebooks/**/*.md")]:
        cells = json.loads(path.read_bytes())["cells"] if path.suffix == ".ipynb" else [{"source": path.read_bytes()}]
        for cell in cells:
            if cell.get("cell_type", "markdown") == "markdown":
                text = cell["source"].decode() if isinstance(cell["source"], bytes) else "".join(cell["source"])
                for link in re.findall(r"\]\(([^)#\s:]+\.\w+)(?:#[^)]*)?\)", text):
                    assert (path.parent / link).exists(), f"{path.name} links to {link}"


def test_what_is_copied_for_reading_never_stands_before_the_library(tmp_path):
    opening.copy(opening.course(), tmp_path)
    assert (tmp_path / "rnnlib").is_dir() and not list(tmp_path.rglob("__init__.py"))
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    ask = [sys.executable, "-c", "import rnnlib; print(rnnlib.__file__)"]
    told = subprocess.run(ask, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", timeout=120)
    assert Path(told.stdout.strip()) == ROOT / "rnnlib" / "__init__.py"


def test_a_second_time_changes_nothing(tmp_path, shipped):
    opening.copy(shipped, tmp_path)
    before = contents(tmp_path)
    assert opening.copy(shipped, tmp_path) == ([], [], [], [])
    assert contents(tmp_path) == before


def test_a_changed_page_stays_and_this_is_said(tmp_path, shipped, capsys):
    opening.copy(shipped, tmp_path)
    (tmp_path / PAGE).write_bytes(b"mine")
    opening.prepare(tmp_path)
    assert (tmp_path / PAGE).read_bytes() == b"mine"
    assert f"left as you changed it: {PAGE}" in capsys.readouterr().out


def test_a_new_version_renews_what_is_unchanged_and_nothing_else(tmp_path, shipped, capsys):
    opening.copy(shipped, tmp_path)
    mine, theirs = "notebooks/02_backpropagation_through_time.ipynb", PAGE
    (tmp_path / mine).write_bytes(b"mine")
    shipped |= {mine: b"newer", theirs: b"newer"}
    assert opening.copy(shipped, tmp_path) == ([], [theirs], [], [mine])
    assert (tmp_path / mine).read_bytes() == b"mine" and (tmp_path / theirs).read_bytes() == b"newer"
    shipped[theirs] = b"newer still"
    opening.prepare(tmp_path)
    assert (tmp_path / theirs).read_bytes() == b"newer still"
    assert "1 renewed" in capsys.readouterr().out


def test_a_page_given_another_name_comes_anew(tmp_path, shipped):
    opening.copy(shipped, tmp_path)
    (tmp_path / PAGE).rename(tmp_path / "notebooks" / "mine.ipynb")
    assert opening.copy(shipped, tmp_path) == ([PAGE], [], [], [])


def test_a_kill_in_the_middle_loses_nothing_and_half_a_file_is_never_there(tmp_path, shipped, monkeypatch):
    opening.copy(shipped, tmp_path)
    names = [name for name in shipped if name.endswith(".ipynb")]
    shipped |= {name: b"newer" for name in names}
    count, write = [0], opening.write

    def killed(path, content):
        count[0] += 1
        if count[0] == 5:
            raise KeyboardInterrupt
        write(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(opening, "write", killed)
        with contextlib.suppress(KeyboardInterrupt):
            opening.copy(shipped, tmp_path)
    done = [name for name in names if (tmp_path / name).read_bytes() == b"newer"]
    assert 0 < len(done) < len(names)
    assert opening.copy(shipped, tmp_path) == ([], [name for name in names if name not in done], [], [])
    assert not list(tmp_path.rglob("*.part"))


def test_without_its_memory_nothing_is_overwritten(tmp_path, shipped):
    opening.copy(shipped, tmp_path)
    for broken in ("", "[]", '{"files": 3}', "{"):
        (tmp_path / opening.KEPT).write_text(broken, encoding="utf-8")
        assert opening.copy(shipped | {PAGE: b"newer"}, tmp_path) == ([], [], [PAGE], [])


def trouble(capsys, *words):
    assert main(["open", *map(str, words), "--only-copy"]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "Traceback" not in told
    return told


def test_a_bad_folder_is_refused_in_a_sentence(tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    assert f"{tmp_path / 'file'} is a file, where a folder is needed" in trouble(capsys, tmp_path / "file")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "notebooks").write_bytes(b"")
    assert f"{tmp_path / 'a' / 'notebooks'} is a file" in trouble(capsys, tmp_path / "a")
    (tmp_path / "b" / PAGE).mkdir(parents=True)
    told = trouble(capsys, tmp_path / "b")
    assert (
        "is a folder, where a file is needed" in told or "cannot be written" in told
    )  # Windows does not tell them apart

    def denied(path, content):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(opening, "write", denied)
    assert "cannot be written: name a folder that is yours" in trouble(capsys, tmp_path / "c")


def test_in_a_clone_its_own_pages_are_opened(capsys, monkeypatch):
    started = []
    monkeypatch.setattr(opening, "start", lambda folder, options: started.append((folder, options)) or 0)
    assert main(["open", "--no-browser", "--port=8890"]) == 0
    assert started == [(ROOT, ["--no-browser", "--port=8890"])]
    assert "This is a clone" in capsys.readouterr().out
    assert "name a folder to copy them to" in trouble(capsys)


def test_options_for_jupyterlab_are_refused_where_it_is_not_started(tmp_path):
    with pytest.raises(SystemExit):
        main(["open", str(tmp_path), "--only-copy", "--port=8890"])
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder in which the built wheel is installed, without a network and without what it depends on."""
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed: pip install -e .[dev]")
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = wheel.WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target"]
    subprocess.run([*install, str(folder / "site"), built], check=True, timeout=300)
    return folder / "site"


def from_there(installed, cwd, *words):
    env = os.environ | {"PYTHONPATH": str(installed)}
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_course_comes_out_of_an_installed_wheel(installed, tmp_path):
    told = from_there(installed, tmp_path, "-m", "rnnlib", "open", "--only-copy")
    folder = tmp_path / opening.FOLDER
    assert "0 renewed" in told and str(folder) in told
    assert contents(folder) == contents(folder) | opening.course()  # byte for byte what a clone would give
    again = from_there(installed, tmp_path, "-m", "rnnlib", "open", "--only-copy")
    assert "0 files copied, 0 renewed" in again


def test_its_pages_run_the_wheels_library(installed, tmp_path):
    """Page 00's first code cells in a kernel that knows the wheel alone."""
    client = pytest.importorskip("nbclient", reason="nbclient is not installed: it comes with jupyterlab")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed: it comes with jupyterlab")
    from_there(installed, tmp_path, "-m", "rnnlib", "open", "--only-copy")
    folder = tmp_path / opening.FOLDER / "notebooks"
    page = nbformat.read(folder / "00_start_here.ipynb", as_version=4)
    code = [cell for cell in page.cells if cell.cell_type == "code"]
    page.cells = [*code[:2], nbformat.v4.new_code_cell("import rnnlib; print(rnnlib.__file__)")]
    env = {"PYTHONPATH": str(installed), "RNNLIB_PROGRESS": "off"}
    ran = client.NotebookClient(page, timeout=300, resources={"metadata": {"path": str(folder)}})
    ran.execute(env=os.environ | env)
    said = "".join(out.get("text", "") for out in page.cells[-1].outputs)
    assert Path(said.strip()) == installed / "rnnlib" / "__init__.py"


def test_without_jupyterlab_the_command_that_brings_it_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(opening.Trouble, match="pip install jupyterlab"):
        opening.start(tmp_path)


def test_the_folder_can_be_thrown_away(tmp_path):
    """No file is left open and none is read-only: both would stop this on Windows."""
    opening.copy(opening.course(), tmp_path / "course")
    shutil.rmtree(tmp_path / "course")
    assert not (tmp_path / "course").exists()
