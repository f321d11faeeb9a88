"""Versions: whose warnings are errors, which versions are the lowest, and what a missing wheel looks like."""

import re
import shutil
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import lowest
import pytest
import wheels

from rnnlib.tree import map_leaves

ROOT = Path(__file__).resolve().parent.parent
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
AGEING = [DeprecationWarning, PendingDeprecationWarning, FutureWarning]


# ------------------------------------------------------------------------------------------------- warnings


def warn(category, stacklevel=1):
    warnings.warn("old", category, stacklevel)


def dependency(name, category):
    """What a module of that name would do that warns about itself."""
    exec("import warnings; warnings.warn('old', category)", {"__name__": name, "category": category})


@pytest.mark.parametrize("category", [*AGEING, RuntimeWarning, UserWarning, ResourceWarning])
def test_a_warning_that_our_code_provokes_fails_a_test(category):
    """A deprecated function, NumPy's for one, warns at its caller's line: here that of map_leaves in rnnlib.tree."""
    with pytest.raises(category, match="old"):
        map_leaves(lambda a: warn(category, stacklevel=3), [0])
    with pytest.raises(category, match="old"):
        warn(category)


@pytest.mark.parametrize("category", AGEING)
def test_a_dependency_may_say_that_another_one_ages(category):
    with warnings.catch_warnings(record=True) as heard:  # the filters stay; the summary is spared
        dependency("matplotlib._mathtext", category)
    assert [w.category for w in heard] == [category]
    with pytest.raises(category):
        dependency("rnnlib.course.viz.scene", category)


@pytest.mark.parametrize("category", [RuntimeWarning, UserWarning, pytest.PytestUnhandledThreadExceptionWarning])
def test_what_else_a_dependency_warns_of_concerns_us(category):
    """NaN in NumPy's mean, a letter that matplotlib's font lacks, a thread that died."""
    with pytest.raises(category):
        dependency("numpy._core._methods", category)


def test_the_filter_knows_every_module_of_ours():
    first, windows, *others = TOOLS["pytest"]["ini_options"]["filterwarnings"]
    assert windows == "default:Proactor event loop does not implement:RuntimeWarning"  # how pyzmq's begins
    assert first == "error" and [f.split(":")[:3] for f in others] == [["default", "", c.__name__] for c in AGEING]
    ours = {"tests.lowest", *(path.stem for path in (ROOT / "tests").glob("*.py"))}
    ours |= {"rnnlib." + path.stem for path in (ROOT / "rnnlib").rglob("*.py")}
    for theirs in (f.split(":", 3)[3] for f in others):
        assert not [name for name in ours if re.match(theirs, name)]


# ------------------------------------------------------------------------------------------------- the order


def test_the_longest_file_begins_though_it_has_the_fewest_tests(tmp_path):
    """Of itself pytest-xdist would begin with the file of the most tests, and end with one worker in the browser."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    for name, tests in (("test_a", 3), ("test_browser", 1), ("test_c", 2)):
        body = f"    with open({str(tmp_path / 'begun')!r}, 'a') as f:\n        f.write('{name} ')\n"
        text = "".join(f"def test_{k}():\n{body}" for k in range(tests))
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]", encoding="utf-8")
    order = [o for o in TOOLS["pytest"]["ini_options"]["addopts"] if o.startswith(("--dist", "--no-loadscope"))]
    command = [sys.executable, "-m", "pytest", "-q", "-n1", "-p", "no:cacheprovider", "-c", "pytest.ini", *order]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "begun").read_text(encoding="utf-8").split() == [
        "test_browser",
        *["test_a"] * 3,
        *["test_c"] * 2,
    ]


# -------------------------------------------------------------------------------------------------- the lowest


def test_the_lowest_versions_are_those_of_the_project():
    floors = lowest.floors()
    assert {"numpy", "matplotlib", "pytest", "hypothesis", "pytest-xdist"} <= set(floors)
    assert len(floors) == len(lowest.PROJECT["dependencies"]) + len(lowest.PROJECT["optional-dependencies"]["test"])


def test_a_version_is_the_lowest_or_not():
    assert lowest.is_lowest("8.1.0", "8.1") and lowest.is_lowest("8.1", "8.1")
    assert not (lowest.is_lowest("8.10", "8.1") or lowest.is_lowest("8.1.1", "8.1") or lowest.is_lowest("9.0", "8.1"))


def test_what_forbids_skipping_is_not_handed_on(monkeypatch):
    for name in ("CI", "RNNLIB_NO_SKIPS", "KEPT"):
        monkeypatch.setenv(name, "1")
    env = lowest.environment()
    assert "KEPT" in env and not {"CI", "RNNLIB_NO_SKIPS"} & set(env)


# ---------------------------------------------------------------------------------------------------- wheels

ANSWER = """\
-e .
appnope==0.1.4 ; sys_platform == "darwin"
numpy==2.4.6
    # via rnnlib==1
pillow==13.0.0  # a remark
"""


def index(*without, solved=True, together=True):
    """uv and the package index, made up: `without` have no wheel."""

    def ask(requirements, platform, python):
        return (True, ANSWER) if solved else (False, "No solution\n  found")

    def has(pins, platform, python):
        return not set(pins) & set(without) and (together or len(pins) == 1)

    return {"ask": ask, "has": has}


def test_the_answer_is_read():
    assert wheels.versions(ANSWER) == ["appnope==0.1.4", "numpy==2.4.6", "pillow==13.0.0"]


def test_what_lacks_a_wheel_is_named():
    assert wheels.cell("Linux arm64", "3.14", "", **index()) == (3, [])
    assert wheels.cell("Linux arm64", "3.14", "", **index("numpy==2.4.6")) == (3, ["numpy==2.4.6"])
    both = ["appnope==0.1.4", "pillow==13.0.0"]
    assert wheels.cell("Linux arm64", "3.14", "", **index(*both)) == (3, both)


def test_no_answer_is_no_wheel():
    assert wheels.cell("Linux arm64", "3.14", "", **index(solved=False)) == (0, ["no solution: No solution found"])
    _, wrong = wheels.cell("Linux arm64", "3.14", "", **index(together=False))
    assert wrong == ["not all at once, though each alone"]
    _, wrong = wheels.cell("Linux arm64", "3.14", "", ask=lambda *_: (True, "-e .\n"), has=lambda *_: True)
    assert wrong == ["no versions in uv's answer '-e .\\n'"]


def test_the_table_has_a_cell_for_every_platform_and_python():
    cells = {(where, python): (99, []) for where in wheels.PLATFORMS for python in wheels.PYTHONS}
    assert wheels.table(cells).count("99 wheels") == 16 and "lacking" not in wheels.table(cells)
    cells["macOS arm64", "3.13"] = (99, ["numpy==1", "pillow==2"])
    head, *rows = wheels.table(cells).splitlines()
    assert head.split() == list(wheels.PYTHONS)
    assert rows[2].split() == "macOS arm64 99 wheels 99 wheels 2 lacking 99 wheels".split()
    assert rows[4:] == ["macOS arm64, Python 3.13: numpy==1", "macOS arm64, Python 3.13: pillow==2"]


@pytest.mark.parametrize("pin, code", [(None, 0), ("numpy==2.4.6", 1)])
def test_a_missing_wheel_is_a_failure(monkeypatch, capsys, pin, code):
    planted = [p for p, *_ in wheels.PLANTED]
    made_up = index(pin, *planted)
    monkeypatch.setattr(wheels.cell, "__defaults__", (made_up["ask"], made_up["has"]))
    monkeypatch.setattr(wheels, "has_wheels", made_up["has"])
    with pytest.raises(SystemExit) as end:
        wheels.main()
    assert end.value.code == code
    assert capsys.readouterr().out.count("Python 3.12: numpy==2.4.6") == 4 * code


def test_an_index_that_grants_every_wheel_is_not_believed(monkeypatch):
    monkeypatch.setattr(wheels, "has_wheels", lambda *_: True)
    with pytest.raises(SystemExit, match=r"none was missed: docopt==0.6.2 on Linux x86-64, Python 3.12; pywin32"):
        wheels.main()
