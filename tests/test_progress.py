"""The learner's progress: kept in one file outside the repository, shown, forgotten, and never in a page's way."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rnnlib.course import exercises
from rnnlib.course.exercises import catalogue
from rnnlib.course.progress import keep, pages

ROOT = Path(__file__).resolve().parent.parent
NAME = "cross_entropy_backward"
RIGHT = catalogue.EXERCISES[NAME].solution


def wrong(ys, targets):
    return len(ys) * RIGHT(ys, targets)


def empty(ys, targets):
    return None


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNLIB_PROGRESS", str(tmp_path / "own" / "progress.json"))
    monkeypatch.setattr(keep, "TOLD", set())
    return tmp_path / "own" / "progress.json"


def test_the_index_is_that_of_the_notebooks():
    assert pages.read() == pages.index(), "python -m rnnlib.course.exercises index"
    assert [p["page"] for p in pages.index()] == sorted(
        p.name.partition("_")[0] for p in (ROOT / "notebooks").glob("*.ipynb")
    )
    assert sum(len(p["predictions"]) for p in pages.index()) >= 40
    assert {e["name"] for p in pages.index() for e in p["exercises"]} <= set(exercises.names())


def test_tests_keep_nobodys_progress():
    assert keep.path() is None
    exercises.check(NAME, RIGHT)
    assert keep.load()["exercises"] == {}


def test_an_empty_function_leaves_no_trace(file):
    assert not exercises.check(NAME, empty).right
    assert not file.exists()


def test_right_stays_right_and_tries_are_counted(file):
    exercises.check(NAME, wrong)
    first = json.loads(file.read_text(encoding="utf-8"))["exercises"][NAME]
    assert (first["tries"], first["right"]) == (1, False) and first["named"]
    exercises.check(NAME, RIGHT)
    exercises.check(NAME, wrong)
    kept = json.loads(file.read_text(encoding="utf-8"))["exercises"][NAME]
    assert (kept["tries"], kept["right"]) == (3, True)
    assert [p.name for p in file.parent.iterdir()] == ["progress.json"]


def test_the_grid_shows_done_tried_and_open(file, monkeypatch):
    listed = [{"name": NAME, "cell": f"your-turn-{NAME}"}, {"name": "adam_step", "cell": "your-turn-adam_step"}]
    page = {"page": "03", "file": "03_x.ipynb", "title": "T<3>", "exercises": listed,
            "predictions": [{"cell": "cell-05", "heading": "1", "before": "abc"}]}  # fmt: skip
    monkeypatch.setattr(pages, "index", lambda: [page])
    assert str(exercises.progress()).endswith("Begin: 03_x.ipynb, prediction 1")
    keep.note("predictions", "03.1")
    assert exercises.progress().following()[1].key == NAME
    exercises.check(NAME, wrong)
    found = exercises.progress()
    assert found.counts("exercises") == (0, 1, 1) and found.counts("predictions") == (1, 0, 0)
    assert found.following()[1].link == f"03_x.ipynb#cell-id=your-turn-{NAME}"
    assert "◐ ○" in str(found) and "T&lt;3&gt;" in found._repr_html_() and "last mistake" in found._repr_html_()
    exercises.check(NAME, RIGHT)
    assert exercises.progress().following()[1].key == "adam_step"
    exercises.progress().forget()
    assert not file.exists() and exercises.progress().counts("exercises") == (0, 0, 2)


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"exercises": 3}', '{"exercises": {"a": 1}}', "\x00"])
def test_a_corrupt_file_stops_no_page_and_is_told_once(file, text, capsys):
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    assert exercises.progress().counts("exercises")[0] == 0
    assert exercises.check(NAME, RIGHT).right
    assert capsys.readouterr().out.count("cannot be read") == 1
    assert json.loads(file.read_text(encoding="utf-8"))["exercises"][NAME]["right"]


def test_a_folder_that_cannot_be_written_stops_no_page(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RNNLIB_PROGRESS", str(tmp_path / "file" / "progress.json"))
    monkeypatch.setattr(keep, "TOLD", set())
    assert exercises.check(NAME, RIGHT).right and exercises.check(NAME, RIGHT).right
    out = capsys.readouterr().out
    assert out.count("cannot be kept") == 1


@pytest.mark.parametrize(
    ("platform", "variable", "ending"),
    [("linux", "XDG_DATA_HOME", "x/deep-rnn-lab/progress.json"), ("win32", "APPDATA", "x/deep-rnn-lab/progress.json"),
     ("linux", None, ".local/share/deep-rnn-lab/progress.json"),
     ("darwin", None, "Library/Application Support/deep-rnn-lab/progress.json")],
)  # fmt: skip
def test_where_it_is_kept(platform, variable, ending, monkeypatch, tmp_path):
    for name in ("RNNLIB_PROGRESS", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "x"))
    assert keep.path() == tmp_path / ending
    keep.note("predictions", "00.1")
    exercises.forget()
    assert not keep.path().parent.exists(), "its own empty folder goes too"


def test_nbgrader_gets_an_error_for_what_is_not_right(file, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert exercises.check(NAME, RIGHT).right
    for answer in (wrong, empty):
        with pytest.raises(AssertionError, match="Not"):
            exercises.check(NAME, answer)
    assert not file.exists(), "a grader's progress is not the learner's"


def test_a_guess_is_told_from_an_empty_one():
    assert not pages.guessed('guess = None  # "a", "b" or "c"') and not pages.guessed("guess = ")
    assert pages.guessed('guess = "b"  # "a", "b" or "c"')
    assert not pages.guessed('guess = "b"\nprint(1)') and not pages.guessed("guess_by = 3")


def test_predictions_are_seen_in_a_real_kernel(file, tmp_path):
    """By the cell's id on a page that is known, else by the cell that ran before; an empty guess is no prediction."""
    from jupyter_client.manager import start_new_kernel

    entry = next(p for p in pages.index() if p["page"] == "04")
    source = json.loads((ROOT / "notebooks" / entry["file"]).read_text(encoding="utf-8"))["cells"]
    third = entry["predictions"][2]
    at = next(k for k, c in enumerate(source) if c["id"] == third["cell"])
    before = next("".join(c["source"]) for c in reversed(source[:at]) if c["cell_type"] == "code")
    env = os.environ | {"JPY_SESSION_NAME": f"somewhere/{entry['file']}", "IPYTHONDIR": str(tmp_path),
                        "PYTHONPATH": str(ROOT)}  # fmt: skip
    manager, client = start_new_kernel(env=env, cwd=str(tmp_path))
    try:

        def run(code, cell=None):
            message = client.session.msg("execute_request", {"code": code, "silent": False, "store_history": True,
                "user_expressions": {}, "allow_stdin": False}, metadata={"cellId": cell} if cell else {})  # fmt: skip
            client.shell_channel.send(message)
            while True:
                reply = client.get_shell_msg(timeout=60)
                if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                    return reply["content"]

        assert run("from rnnlib.course import explore")["status"] == "ok"
        run("guess = None", entry["predictions"][0]["cell"])
        assert not file.exists()
        run('guess = "b"', entry["predictions"][0]["cell"])
        assert list(json.loads(file.read_text(encoding="utf-8"))["predictions"]) == ["04.1"]
        run('guess = "b"', "an-unknown-cell")
        assert list(json.loads(file.read_text(encoding="utf-8"))["predictions"]) == ["04.1"]
        run(before)
        run('guess = "c"')
        assert list(json.loads(file.read_text(encoding="utf-8"))["predictions"]) == ["04.1", "04.3"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_session_writes_nothing_at_home_while_it_is_off(tmp_path):
    code = (
        "from rnnlib.course import exercises, explore\nfrom rnnlib.course.exercises.catalogue import EXERCISES as E\n"
        f"assert exercises.check({NAME!r}, E[{NAME!r}].solution).right\nprint(exercises.progress())"
    )
    env = os.environ | {"HOME": str(tmp_path), "RNNLIB_PROGRESS": "off", "PYTHONPATH": str(ROOT),
                        "MPLCONFIGDIR": str(tmp_path / "mpl")}  # fmt: skip
    env.pop("XDG_DATA_HOME", None)
    out = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert "Nothing done yet" in out
    assert not list(tmp_path.rglob("deep-rnn-lab"))


# --------------------------------------------------------------------------------------- the teachers' page

TEACHERS = (ROOT / "notebooks" / "teachers.md").read_text(encoding="utf-8")
BY_PAGE = {p["page"]: p for p in pages.index()}


def taken(page, numbers):
    starts = tuple(f"{n} ·" for n in numbers)
    return sum(s["minutes"] for s in BY_PAGE[page]["sections"] if s["heading"].startswith(starts))


@pytest.mark.parametrize("number", [1, 2])
def test_the_minutes_of_a_short_plan_add_up(number):
    section = TEACHERS.split("\n## ")[number]
    rows = re.findall(r"^\| \[(\d\d[b-z]?)\]\(\S+\) \| ([\d, ]+) \| (\d+) \|$", section, re.MULTILINE)
    assert len(rows) >= 6
    for page, sections, minutes in rows:
        assert taken(page, sections.split(", ")) == int(minutes), page
    rest = sum(map(int, re.findall(r"^\| (?:questions|exercises) \| \| (\d+) \|$", section, re.MULTILINE)))
    together = int(re.search(r"\*\*together\*\* \| \| \*\*(\d+)\*\*", section)[1])
    assert sum(int(m) for *_, m in rows) + rest == together == (90, 360)[number - 1]


def test_the_semester_holds_every_page_and_its_exercises():
    section = TEACHERS.split("\n## ")[3]
    rows = re.findall(r"^\| [\d, ]+ \| \[(\d\d[b-z]?)\]\((\S+)\) \| (\d+) \| (.*?) ?\|$", section, re.MULTILINE)
    known = [(page, file) for page, file, *_ in rows]
    assert known == [(p["page"], p["file"]) for p in pages.index()]
    for page, _, minutes, names in rows:
        assert sum(s["minutes"] for s in BY_PAGE[page]["sections"]) == int(minutes), page
        for name in re.findall(r"`(\w+)`", names):
            assert catalogue.EXERCISES[name].page == page, name
    assert f"**{sum(int(m) for _, _, m, _ in rows)}**" in section


def test_no_page_takes_more_than_ninety_minutes():
    assert all(sum(s["minutes"] for s in p["sections"]) <= 90 for p in pages.index())


def test_the_teachers_page_is_linked():
    assert "notebooks/teachers.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "teachers.md" in (ROOT / "notebooks" / "00_start_here.ipynb").read_text(encoding="utf-8")
