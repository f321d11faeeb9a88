"""The package around the code: what an import brings in, who may import whom, what lies at the top level."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
from helpers import tracked

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "rnnlib"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SIX = {"ipywidgets", "jupyterlab", "matplotlib", "nbval", "numpy", "pytest"}

TEST = "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/pytest"
OPEN = (
    "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt "
    "&& .venv/bin/jupyter lab --notebook-dir=. notebooks/00_start_here.ipynb"
)

# One step, one layer, one stack, a model, and what is done with models. A module imports from lines above its own,
# or from its own line where that is one package. The library stands below the course, which it does not know.
LIBRARY = [
    ["check", "tree", "memory"],
    ["cells", "norm", "init", "data", "run", "net"],
    ["product", "plain"],
    ["layer", "adapter", "plain_cells"],
    ["stack"],
    ["model", "task"],
    ["train", "gradcheck", "flow", "tasks", "files", "interop", "keras_onnx"],
    ["neighbours"],
    ["bench"],
]
COURSE = [
    ["progress", "stats", "probes", "markov", "wild"],
    ["museum"],
    ["exercises"],  # `rnnlib/course/exercises.py` is the door to it
    ["viz", "experiments"],
    ["project"],
    ["explore"],
    ["figures", "selfcheck", "site", "opening"],
]
FLOORS = [*LIBRARY, *COURSE]
DOORS = {"exercises"}  # short names, at the package's top, of rooms of the course
FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names}
PICTURES = ("matplotlib", "contourpy", "PIL")  # the latter two come with the first
ALLOWED = {  # third-party imports at module level; below the pictures there is NumPy alone
    "viz": {"numpy", *PICTURES},
    "explore": {"numpy", "ipywidgets", "traitlets", "IPython", "threadpoolctl"},
    "experiments": {"numpy", "threadpoolctl"},
    "figures": {"numpy", *PICTURES},
    "site": {"numpy", *PICTURES},
}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def room(path):
    """`viz/scene.py` and `viz.py` are both of the room `viz`, wherever it stands; the face of a package is ""."""
    parts = path.relative_to(PACKAGE).parts
    return parts[parts[0] == "course"].removesuffix(".py").replace("__init__", "").replace("__main__", "")


def imports(path):
    """(line, absolute dotted name, at module level?) of every import in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ["rnnlib", *path.relative_to(PACKAGE).parts[:-1]]
    inside = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.Lambda) for n in ast.walk(f)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join(base + ([node.module] if node.module else []))
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield node.lineno, name, id(node) not in inside


def run_python(code):
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_rnnlib_brings_in_numpy_and_nothing_else():
    told = run_python(
        "import sys, threading, pathlib, importlib.metadata as m\n"
        "before = set(sys.modules)\n"
        "import rnnlib\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(new - set(sys.stdlib_module_names)))\n"
        "print(threading.active_count(), 'multiprocessing' in sys.modules, 'subprocess' in sys.modules)\n"
    )
    modules, work = told.splitlines()
    # Cython's bookkeeping modules belong to NumPy's random generators
    assert {m for m in modules.split() if "cython" not in m.lower()} == {"numpy", "rnnlib"}
    assert work == "1 False False"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path):
    here = room(path)
    if not here:
        return  # the package's face names what it shows
    assert here in FLOOR, f"{path.name} has no floor yet: give it one in FLOORS"
    for line, name, at_module_level in imports(path):
        top, *rest = name.split(".")
        if top == "rnnlib":
            rest = rest[rest[:1] == ["course"] :]
            there = rest[0] if rest and rest[0] in FLOOR else None
            assert there, f"{path.name}:{line} imports the package's face, {name}: name the module"
            assert (
                FLOOR[there] < FLOOR[here] or there == here or (FLOOR[there] == FLOOR[here] and order(there, here))
            ), f"{path.name}:{line}: {here} may not import {there}"
        elif at_module_level and top not in sys.stdlib_module_names:
            assert top in ALLOWED.get(here, {"numpy"}), f"{path.name}:{line}: {here} imports {name}"
        assert "pyplot" not in name or here == "figures", f"{path.name}:{line}: pyplot is not for threads"


def test_what_serves_the_course_stands_apart():
    rooms = {True: set(), False: set()}
    for path in SOURCES:
        rooms[path.relative_to(PACKAGE).parts[0] == "course"].add(room(path))
    assert rooms[True] - {""} == {name for names in COURSE for name in names}
    assert rooms[False] - {"", *DOORS} == {name for names in LIBRARY for name in names}


def test_an_explorer_and_its_picture_find_each_other_by_name():
    """explore/wall.py moves what viz/wall.py draws."""
    explorers = {
        path.stem
        for path in (PACKAGE / "course" / "explore").glob("*.py")
        if re.search(r"^class \w+\((Explorer|TypedWord)\)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    pictures = {path.stem for path in (PACKAGE / "course" / "viz").glob("*.py")}
    assert len(explorers) > 20 and not explorers - pictures - {"typed"}  # a base: its two have names of their own


def order(there, here):
    """Neighbours on one floor: only those that stand further left may be imported."""
    names = FLOORS[FLOOR[here]]
    return names.index(there) < names.index(here)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_file_is_longer_than_a_reader_can_hold(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


def test_only_explore_knows_widgets():
    knows = {room(path) for path in SOURCES if re.search(r"ipywidgets|IPython", path.read_text(encoding="utf-8"))}
    assert knows <= {"explore", "selfcheck"}  # the latter by name alone: it asks for their versions


def test_the_reference_environment_names_the_six_packages_and_the_project():
    lines = [line.strip() for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    pins = dict(line.split("==") for line in lines if "==" in line)
    assert set(pins) == SIX
    assert [line for line in lines if "==" not in line] == ["-e .[test]"]
    ranges = {re.match(r"[\w-]+", dependency)[0]: dependency for dependency in PROJECT["dependencies"]}
    assert set(ranges) == SIX | {"threadpoolctl"}  # the explorers hold BLAS to one thread
    for name, dependency in ranges.items() - {("threadpoolctl", ranges["threadpoolctl"])}:
        lowest = re.fullmatch(rf"{name}>=([\d.]+)", dependency)[1]
        assert numbers(lowest) <= numbers(pins[name])


def numbers(version):
    return [int(n) for n in version.split(".")]


def test_any_later_python_may_install_it():
    assert PROJECT["requires-python"] == ">=3.11"
    assert not any("torch" in dependency for dependency in PROJECT["dependencies"])


def test_the_readme_gives_the_two_commands_and_ci_runs_the_second():
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert TEST in readme
    assert OPEN in readme
    assert f"test_command='{TEST}'" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def actionlint(*paths):
    """(exit code, what it says) of the linter for workflows."""
    program = shutil.which("actionlint", path=sysconfig.get_path("scripts")) or shutil.which("actionlint")
    if program is None:
        pytest.skip("actionlint is not installed: pip install -e .[dev]")
    options = ["-shellcheck=", "-pyflakes=", "-no-color"]  # the same answer wherever these are installed or not
    done = subprocess.run(
        [program, *options, *map(str, paths)], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def test_the_workflows_are_sound():
    assert {path.name for path in WORKFLOWS} >= {"tests.yml", "full.yml", "site.yml", "release.yml"}
    code, told = actionlint(*WORKFLOWS)
    assert code == 0, told


@pytest.mark.parametrize(
    ("sound", "planted", "said"),
    [
        ("matrix.python }}", "matrix.pyhton }}", 'property "pyhton" is not defined'),
        ("runs-on: ${{ matrix.os }}", "runs-on: ubuntu-1", "ubuntu-1"),
        ("    steps:", "    stepz:", "stepz"),
        ("actions/setup-python@v6", "actions/setup-python", "actions/setup-python"),
    ],
)
def test_a_fault_in_a_workflow_is_caught(sound, planted, said, tmp_path):
    text = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    assert sound in text
    (tmp_path / "tests.yml").write_text(text.replace(sound, planted), encoding="utf-8")
    code, told = actionlint(tmp_path / "tests.yml")
    assert code != 0 and said in told


def test_the_workflow_runs_the_readmes_command_on_every_system_and_python():
    text = (ROOT / ".github" / "workflows" / "tests.yml").read_text(encoding="utf-8")
    windows = TEST.replace("python3 ", "python ").replace(".venv/bin/", ".venv\\Scripts\\")
    assert re.findall(r"^ +run: (.+)$", text, re.MULTILINE) == [TEST, windows]
    assert "On Windows write `py -m venv .venv` and `.venv\\Scripts\\` for `.venv/bin/`" in (
        ROOT / "README.md"
    ).read_text(encoding="utf-8")
    for system in ("ubuntu", "macos", "windows"):
        assert f"{system}-latest" in text
    assert re.search(r"python: (\[.+\])", text)[1] == '["3.11", "3.12", "3.13", "3.14"]'  # as in tests/wheels.py


def test_containers_install_by_the_readmes_own_words():
    install = TEST.rpartition(" && ")[0]
    made = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert made["postCreateCommand"] == install
    assert 8888 in made["forwardPorts"] and "ms-toolsai.jupyter" in made["customizations"]["vscode"]["extensions"]
    assert OPEN.endswith(made["customizations"]["codespaces"]["openFiles"][0])
    post = ROOT / ".binder" / "postBuild"  # repo2docker runs it in the repository, with its environment's pip
    assert post.read_text(encoding="utf-8").splitlines() == [
        "#!/bin/bash",
        "set -e",
        install.rpartition(".venv/bin/")[2],
    ]
    assert os.name == "nt" or os.access(post, os.X_OK)
    runtime = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    assert re.fullmatch(r"python-3\.1[1-4]", runtime)


def test_the_publishers_name_stands_in_two_lines_and_nowhere_else():
    lines = [(p, line) for p in tracked() if p.endswith((".md", ".toml", ".yml", ".json", ".cff"))
             for line in (ROOT / p).read_text(encoding="utf-8").splitlines() if "OWNER/" in line]  # fmt: skip
    assert [(path, line.partition(": ")[0]) for path, line in lines] == [
        ("README.md", "[binder]"),
        ("README.md", "[codespaces]"),
    ]


def test_the_citation_and_the_changelog_are_of_this_version():
    """Keys and values as schema 1.2.0 of the format asks; each on a line of its own, read without YAML."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    keys = dict(re.findall(r"^([a-z-]+): *(.*)$", text, re.MULTILINE))
    assert set(keys) >= {"cff-version", "message", "title", "authors", "version", "date-released", "license"}
    assert keys["cff-version"] == "1.2.0" and keys["type"] == "software" and keys["license"] == PROJECT["license"]
    assert keys["version"] == PROJECT["version"] and f"  - name: {PROJECT['authors'][0]['name']}\n" in text
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", keys["date-released"])
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[(.+)\] - (.+)$", changelog, re.MULTILINE)[0] == (keys["version"], keys["date-released"])


def test_modules_that_workflows_run_are_there():
    for path in WORKFLOWS:
        for module in re.findall(r"python -m (tests(?:\.\w+)+)", path.read_text(encoding="utf-8")):
            assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists(), f"{path.name}: {module}"


def test_what_ci_names_is_there():
    """pytest passes by a file to ignore that does not exist."""
    named = re.findall(r"\btests/\w+\.py", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert len(named) > 5 and not [path for path in named if not (ROOT / path).exists()]


def test_the_wheel_runs_anywhere_and_holds_the_data_and_the_pages(tmp_path):
    wheel = pytest.importorskip("hatchling.builders.wheel", reason="hatchling is not installed: pip install -e .[dev]")
    (built,) = wheel.WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    assert Path(built).name == f"deep_rnn_lab-{PROJECT['version']}-py3-none-any.whl"
    with zipfile.ZipFile(built) as archive:
        held = set(archive.namelist())
    for path in tracked():
        if path.startswith("rnnlib/"):
            assert path in held
        elif path.startswith("notebooks/"):
            assert f"rnnlib/course/{path}" in held


def test_the_version_is_the_same_wherever_it_stands():
    assert run_python("import rnnlib; print(rnnlib.__version__)").strip() == PROJECT["version"]


def test_nothing_strays_at_the_top_level():
    allowed = {"README.md", "LICENSE", "requirements.txt", "pyproject.toml"}
    allowed |= {"rnnlib", "notebooks", "tests", "figures", ".ci"}
    allowed |= {".gitignore", ".gitattributes", ".pre-commit-config.yaml", ".github", ".binder", ".devcontainer"}
    allowed |= {"CITATION.cff", "CHANGELOG.md"}
    assert {path.partition("/")[0] for path in tracked()} <= allowed


def test_nothing_generated_is_committed():
    generated = re.compile(r"\.ipynb_checkpoints|__pycache__|\.egg-info|\.pyc$|\.DS_Store")
    assert not [path for path in tracked() if generated.search(path)]
