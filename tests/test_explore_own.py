"""The form OwnProject, where a folder is not as one would wish: names, files that change or vanish, a report that
cannot be written, options for the split, and a command that repeats the numbers."""

import os
import shlex

import numpy as np
import pytest
from explorer_checks import settle

from rnnlib.course import explore, project
from rnnlib.course.explore import project as form
from rnnlib.course.project.__main__ import main


def table(count=80, seed=0):
    rng, rows = np.random.default_rng(seed), ["sequence,label,group"]
    rows += [f"{''.join(rng.choice(list('AB'), 6))},{'up' if i % 2 else 'down'},g{i // 4}" for i in range(count)]
    return "\n".join(rows) + "\n"


def days(count):
    start = np.datetime64("2020-01-01")
    return "date,load\n" + "".join(f"{start + i},{i % 7 + 0.25}\n" for i in range(count))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(form, "SECONDS", 600)
    (tmp_path / "dna.csv").write_text(table(), encoding="utf-8")
    return tmp_path


def opened(folder, **settings):
    return explore.OwnProject(folder, **({"file": "dna.csv", "units": 8} | settings))


def trained(folder, **settings):
    """A form that was stopped after its first update: it has a result, soon."""
    explorer = opened(folder, **settings)
    explorer.train_button.click()
    explorer.stop_button.click()
    assert not explorer.running and explorer.result is not None, explorer.told
    return explorer


def test_names_with_dollars_brackets_and_blanks_are_shown_as_they_are(folder):
    for name in ("a $x_$ b.csv", "cost in $.csv", "$frac$ & co.csv"):
        (folder / name).write_text(table(), encoding="utf-8")
        explorer = opened(folder, file=name)
        settle(explorer)
        assert explorer.picture.alt.startswith(f"{name}, GRU") and "80 labelled" in explorer.reading.value
    (folder / "$x_$.csv").write_text("a,b\n1,x\n2,y,z\n", encoding="utf-8")
    explorer = opened(folder, file="$x_$.csv")
    assert explorer.picture.alt.startswith("$x_$.csv, GRU") and "not read" in explorer.picture.alt


def test_folders_and_hidden_files_are_not_offered(folder):
    (folder / "old.csv").mkdir()
    (folder / "._dna.csv").write_text("\0", encoding="utf-8")
    (folder / "UPPER.CSV").write_text(table(), encoding="utf-8")
    assert opened(folder).files() == ["UPPER.CSV", "dna.csv"]


def test_what_a_bad_cell_says_is_escaped(folder):
    (folder / "bad.csv").write_text("a,b\n1,x\n2,y,<script>\n", encoding="utf-8")
    explorer = opened(folder, file="bad.csv")
    assert "bad.csv, row 3" in explorer.reading.value
    explorer.options.value = "label='<script>'"
    assert "&lt;script&gt;" in explorer.reading.value and "<script>" not in explorer.reading.value


def test_the_context_that_a_sentence_asks_for_can_be_lowered_in_the_form(folder):
    (folder / "short.csv").write_text(days(60), encoding="utf-8")
    explorer = opened(folder, file="short.csv")
    assert "lower `context`" in explorer.reading.value and "not read" in explorer.picture.alt
    explorer.options.value = "context=7, period=7"
    assert "not trained yet" in explorer.picture.alt and "value 7 steps before" in explorer.picture.alt
    assert "--context 7 --period 7 --cell gru" in explorer.command()
    explorer.options.value = "context=4, period=7"
    assert "period: expected at most the context" in explorer.reading.value
    explorer.options.value = "context='many'"
    assert "context" in explorer.reading.value and "not read" in explorer.picture.alt


def test_look_again_keeps_what_was_learned_from_a_file_that_has_not_changed(folder):
    explorer = trained(folder)
    result = explorer.result
    (folder / "more.csv").write_text(table(seed=1), encoding="utf-8")
    explorer.refresh_button.click()
    assert explorer.result is result and explorer.inputs["file"].options == ("dna.csv", "more.csv")
    assert result.short in explorer.picture.alt
    (folder / "dna.csv").unlink()
    explorer.refresh_button.click()
    assert explorer.result is None and explorer.inputs["file"].value == "more.csv"
    (folder / "more.csv").unlink()
    explorer.refresh_button.click()
    assert "not read" in explorer.picture.alt


def test_no_report_names_a_file_that_was_not_trained_on(folder):
    explorer = trained(folder)
    file = folder / "dna.csv"
    file.write_text(table(120), encoding="utf-8")
    os.utime(file, ns=(0, explorer.version + 10**9))
    explorer.report_button.click()
    assert "no longer the file that was trained on" in explorer.reading.value and not list(folder.glob("*.html"))
    explorer.refresh_button.click()
    assert explorer.result is None and "120 labelled sequences" in explorer.reading.value


def test_a_report_that_cannot_be_written_is_said(folder):
    explorer = trained(folder)
    (folder / "dna-report.html").mkdir()
    explorer.report_button.click()
    assert "No report was written" in explorer.reading.value and "Written to" not in explorer.reading.value
    (folder / "dna-report.html").rmdir()
    explorer.report_button.click()
    assert "Written to dna-report.html" in explorer.reading.value and (folder / "dna-report.html").is_file()


def test_a_second_press_and_a_report_in_mid_training(folder, monkeypatch):
    explorer, seen = opened(folder), []
    learn = project.fit

    def fit(*args, **settings):
        worker = explorer.worker
        explorer.train()
        explorer.report_button.click()
        seen.append((explorer.worker is worker, explorer.told, explorer.train_button.disabled))
        explorer.halt.set()
        return learn(*args, **settings)

    monkeypatch.setattr(project, "fit", fit)
    explorer.train_button.click()
    explorer.worker.join(20)
    ((same, told, disabled),) = seen
    assert same and disabled and "Training is still running" in told and not list(folder.glob("*.html"))
    assert explorer.result is not None and not explorer.train_button.disabled


def test_training_that_fails_says_why_and_can_be_tried_again(folder, monkeypatch):
    explorer = opened(folder)

    def fit(*_, **__):
        raise ValueError("rate: expected <another>")

    with monkeypatch.context() as patch:
        patch.setattr(project, "fit", fit)
        explorer.train_button.click()
        explorer.worker.join(20)
    assert "rate: expected &lt;another&gt;" in explorer.reading.value
    assert explorer.picture.alt.count("not trained yet") == 1 and not explorer.train_button.disabled
    explorer.train_button.click()
    explorer.stop_button.click()
    assert explorer.result is not None and "another" not in explorer.told


def test_the_command_repeats_the_numbers(folder, monkeypatch, capsys):
    (folder / "my dna.csv").write_text(table(60), encoding="utf-8")
    explorer = opened(folder, file="my dna.csv")
    explorer.options.value = "label='label', group='group'"
    explorer.train_button.click()
    explorer.worker.join(60)
    assert "stopped" not in explorer.told and len(explorer.result.fitted.networks) == 3
    words = shlex.split(explorer.command())
    assert words[:4] == ["python", "-m", "rnnlib.course.project", "my dna.csv"]
    monkeypatch.chdir(folder)
    main(words[3:])
    assert str(explorer.result) in capsys.readouterr().out


def test_words_of_a_command_survive_the_shell():
    for word in ("plain", "two words", "label='a b'", """label="it's\"""", "a$b", "back`tick", "<a>&b;c", "new\\line"):
        assert shlex.split(form.quoted(word)) == [word]
