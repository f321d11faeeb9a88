"""`python -m rnnlib.course.exercises`: a learner's page in a sandbox, and pages without their solutions."""

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from rnnlib.course.exercises import catalogue, sandbox
from rnnlib.course.exercises.__main__ import main
from rnnlib.course.exercises.strip import strip, without

ROOT = Path(__file__).resolve().parent.parent
SOFTMAX, CLIP, ADAM = "cross_entropy_backward", "clip_by_global_norm", "adam_step"
RIGHT = inspect.getsource(catalogue.EXERCISES[SOFTMAX].solution)


def nbgrader(kind, name, **more):
    flags = {"grade": kind == "check", "locked": kind == "check", "solution": False, "task": False}
    return {"nbgrader": flags | {"grade_id": f"{kind}-{name}", "schema_version": 3} | more}


def turn(name, answer):
    """The four cells of an exercise."""
    return [
        v4.new_markdown_cell(f"Write it.\n\n<details><summary>Hint</summary>\n\nhow {name}\n</details>",
                             id=f"your-turn-{name}"),
        v4.new_code_cell(answer, id=f"answer-{name}", metadata=nbgrader("answer", name)),
        v4.new_code_cell(f'exercises.check("{name}", {name})', id=f"check-{name}",
                         metadata=nbgrader("check", name, points=1)),
        v4.new_markdown_cell(f"<details><summary>Solution</summary>\n\nthe secret of {name}\n</details>",
                             id=f"solution-{name}"),
    ]  # fmt: skip


def page(tmp_path, *cells):
    first = v4.new_code_cell("import numpy as np\nfrom rnnlib.course import exercises", id="cell-00")
    path = tmp_path / "learner.ipynb"
    nbformat.write(v4.new_notebook(cells=[first, *cells]), path)
    return path


def outcome(path, capsys, *more):
    code = main(["check", str(path), "--json", "-", *more])
    return code, json.loads(capsys.readouterr().out)


def statuses(report):
    return {e["name"]: e["status"] for e in report["exercises"]}


def test_list_names_every_exercise(capsys):
    assert main(["list"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == list(catalogue.EXERCISES)


def test_nothing_tried(tmp_path, capsys):
    path = page(tmp_path, *turn(SOFTMAX, f"def {SOFTMAX}(ys, targets):\n    return None  # your code"))
    assert outcome(path, capsys)[0] == 0
    assert main(["check", str(path)]) == 0
    assert "not tried" in capsys.readouterr().out


def test_right_wrong_and_raised_beside_cells_that_fail(tmp_path, capsys):
    path = page(
        tmp_path,
        v4.new_code_cell("1 / 0"),
        v4.new_code_cell("print('x' * 10_000)\nopen('left behind', 'w').write('x')"),
        *turn(SOFTMAX, RIGHT),
        *turn(CLIP, f"def {CLIP}(grads, theta):\n    norm = np.sqrt(sum((g ** 2).sum() for g in grads))\n"
                    "    return [g * min(1.0, theta / norm) * 2 for g in grads]"),
        *turn(ADAM, f"def {ADAM}(p, g, m, v, n, lr):\n    raise ValueError('mine')"),
    )  # fmt: skip
    text = path.read_bytes()
    code, report = outcome(path, capsys)
    assert code == 1
    assert statuses(report) == {SOFTMAX: "right", CLIP: "wrong", ADAM: "raised"}
    found = {e["name"]: e for e in report["exercises"]}
    assert found[CLIP]["named"] and found[CLIP]["first"] == "array 0" and "mine" in found[ADAM]["message"]
    assert any("ZeroDivisionError" in words for words in report["other_cells"])
    assert path.read_bytes() == text and [p.name for p in tmp_path.iterdir()] == ["learner.ipynb"]


def test_endless_loops_and_dying_kernels(tmp_path, capsys):
    path = page(
        tmp_path,
        v4.new_code_cell("while True:\n    pass"),
        v4.new_code_cell("import os\nos._exit(3)"),
        *turn(CLIP, f"def {CLIP}(grads, theta):\n    while True:\n        pass"),
        *turn(ADAM, f"def {ADAM}(p, g, m, v, n, lr):\n    __import__('os')._exit(1)"),
        *turn(SOFTMAX, RIGHT),
    )
    code, report = outcome(path, capsys, "--seconds", "3")
    assert code == 1
    assert statuses(report) == {CLIP: "too slow", ADAM: "raised", SOFTMAX: "right"}
    assert "kernel ended" in next(e["message"] for e in report["exercises"] if e["name"] == ADAM)
    assert any("ran longer" in w for w in report["other_cells"]) and any("ended" in w for w in report["other_cells"])


def test_the_walls_that_stand(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("A_SECRET_OF_MINE", "x")
    probe = (
        "import os, socket\nfrom rnnlib.course.progress import keep\nassert keep.path() is None\n"
        "assert 'A_SECRET_OF_MINE' not in os.environ\n"
        f"assert os.path.expanduser('~') != {os.path.expanduser('~')!r}\n"
        "try:\n    socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except OSError as e:\n    assert 'sandbox' in str(e)\nelse:\n    assert False\n"
    )
    if sys.platform == "linux":
        probe += "try:\n    bytearray(6_000_000_000)\nexcept MemoryError:\n    pass\nelse:\n    assert False\n"
    path = page(tmp_path, v4.new_code_cell(probe), *turn(SOFTMAX, RIGHT))
    code, report = outcome(path, capsys, "--only", SOFTMAX)
    assert (code, report["other_cells"]) == (0, [])
    assert "code that means harm can read" in " ".join(sandbox.__doc__.split())


def test_a_cell_that_does_not_parse_is_told(tmp_path, capsys):
    path = page(tmp_path, *turn(SOFTMAX, f"def {SOFTMAX}(ys, targets)\n    return 0"))
    code, report = outcome(path, capsys)
    assert code == 1 and statuses(report) == {SOFTMAX: "raised"}
    assert "SyntaxError" in report["exercises"][0]["message"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}'])
def test_a_broken_file_is_told_in_one_line(tmp_path, capsys, text):
    path = tmp_path / "broken.ipynb"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path)]) == 2
    assert main(["check", str(tmp_path / "missing.ipynb")]) == 2
    error = capsys.readouterr().err.splitlines()
    assert len(error) == 2 and all("cannot be read as a notebook" in line for line in error)
    assert main(["strip", str(path), "--to", str(tmp_path / "out")]) == 2


def test_strip_leaves_the_solutions_out_and_the_cells_for_nbgrader_in(tmp_path, capsys):
    path = page(tmp_path, *turn(SOFTMAX, RIGHT))
    text = path.read_bytes()
    assert main(["strip", str(path), "--to", str(tmp_path / "out")]) == 0
    assert f"solution-{SOFTMAX}: Solution" in capsys.readouterr().out
    found = nbformat.read(tmp_path / "out" / path.name, as_version=4)
    assert "secret" not in str(found) and f"how {SOFTMAX}" in str(found)
    check = next(c for c in found.cells if c.id == f"check-{SOFTMAX}")
    assert check.metadata.nbgrader.points == 1 and check.metadata.nbgrader.grade
    strip(path, tmp_path / "bare", hints=True)
    assert f"how {SOFTMAX}" not in (tmp_path / "bare" / path.name).read_text(encoding="utf-8")
    assert main(["strip", str(path), "--to", str(tmp_path)]) == 2, "the source is never overwritten"
    assert path.read_bytes() == text


def test_what_is_left_out_of_a_text():
    nested = "a\n<details><summary>Solution</summary><details><summary>x</summary>y</details>z</details>\nb"
    assert without(nested) == ("a\n\nb", ["Solution"])
    kept = "<details><summary>1. What is it?</summary>That.</details>\n<details><summary>Hint</summary>h</details>"
    assert without(kept) == (kept, [])
    assert without(kept, hints=True)[1] == ["Hint"]


def test_every_page_can_be_stripped(tmp_path):
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        target, left_out = strip(path, tmp_path)
        text = target.read_text(encoding="utf-8")
        assert bool(left_out) == ("<summary>Solution" in path.read_text(encoding="utf-8")), path.name  # 12 has none
        assert "<summary>Solution" not in text and '"outputs": []' in text, path.name


def test_the_command_stands(tmp_path):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    out = subprocess.run(
        [sys.executable, "-m", "rnnlib.course.exercises", "progress"], env=env, capture_output=True, encoding="utf-8"
    )
    assert out.returncode == 0 and "Nothing done yet" in out.stdout, out.stderr
