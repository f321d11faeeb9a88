"""Notebook 12: the form that takes a file to a report, with every button, and with files that cannot be read."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from explorer_checks import ends, settle

from rnnlib.course import explore
from rnnlib.course.explore import project as form
from rnnlib.course.project.__main__ import parser

WORDS = ["".join(np.random.default_rng(i).choice(list("AB"), 6)) for i in range(80)]
DNA = "sequence,label,group\n" + "".join(f"{w},{'up' if i % 2 else 'down'},g{i // 4}\n" for i, w in enumerate(WORDS))
READY = Path(__file__).resolve().parent.parent / "notebooks" / "own"
KNOWN = {"names.csv": "382 groups", "seattle-weather.csv": "no gap", "wonderland.txt": "71 distinct"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "dna.csv").write_text(DNA, encoding="utf-8")
    (tmp_path / "bad.csv").write_text("a,b\n1,x\n2,y,z\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("no data", encoding="utf-8")
    monkeypatch.setattr(form, "SECONDS", 4)
    return tmp_path


def opened(folder, **settings):
    return explore.OwnProject(folder, **({"file": "dna.csv", "units": 8} | settings))


def test_the_files_that_lie_ready_are_read_and_every_control_changes_the_picture():
    explorer = explore.OwnProject(READY)
    assert explorer.files() == list(KNOWN)
    for name, control in explorer.inputs.items():
        start, pictures = control.value, []
        for value in ends(control):
            control.value = value
            pictures.append(settle(explorer))
        assert len(set(pictures)) == len(pictures), name
        control.value = start
    for file, word in (
        ("names.csv", "382 groups"),
        ("seattle-weather.csv", "no gap"),
        ("wonderland.txt", "71 distinct"),
    ):
        explorer.inputs["file"].value = file
        assert word in explorer.reading.value and "not trained yet" in explorer.picture.alt


def test_a_bad_file_is_answered_by_its_sentence_and_the_form_lives_on(folder):
    explorer = opened(folder, file="bad.csv")
    assert "bad.csv, row 3" in explorer.reading.value and "not read" in explorer.picture.alt
    explorer.train()
    explorer.worker.join(20)
    assert "bad.csv, row 3" in explorer.reading.value and not explorer.train_button.disabled
    explorer.inputs["file"].value = "dna.csv"
    assert "80 labelled sequences" in explorer.reading.value


def test_words_to_the_reader_reach_it_and_wrong_ones_are_named(folder):
    explorer = opened(folder)
    explorer.options.value = "label='nothing'"
    assert "nothing" in explorer.reading.value and "not read" in explorer.picture.alt
    explorer.options.value = "label="
    assert "options: expected name=value" in explorer.reading.value
    explorer.options.value = "label=label, group='group'"
    assert "20 groups" in explorer.reading.value


def test_look_again_finds_a_new_file_and_keeps_the_choice(folder):
    explorer = opened(folder)
    shutil.copy(folder / "dna.csv", folder / "again.csv")
    explorer.look_again()
    assert explorer.inputs["file"].options == ("again.csv", "bad.csv", "dna.csv")
    assert explorer.inputs["file"].value == "dna.csv"


def test_it_trains_tells_and_writes_a_report_that_can_be_repeated(folder):
    explorer = opened(folder)
    explorer.write()
    assert "train first" in explorer.reading.value and not list(folder.glob("*.html"))
    explorer.options.value = "label='label', group='group'"
    explorer.train()
    assert all(control.disabled for control in explorer.inputs.values())
    explorer.worker.join(60)
    assert not any(control.disabled for control in explorer.inputs.values())
    assert explorer.result is not None and "on the test part" in explorer.told
    assert explorer.bar.value == explorer.bar.max
    assert explorer.result.short in explorer.picture.alt
    explorer.write()
    page = (folder / "dna-report.html").read_text(encoding="utf-8")
    assert "Written to dna-report.html" in explorer.told and explorer.result.verdict[:40] in page
    assert "--read &#34;label=&#39;label&#39;, group=&#39;group&#39;&#34;" in page
    explorer.inputs["units"].value = 16
    assert explorer.result is None and "not trained yet" in explorer.picture.alt


def test_stop_keeps_what_was_learned(folder, monkeypatch):
    monkeypatch.setattr(form, "SECONDS", 600)
    explorer = opened(folder)
    explorer.train()
    explorer.stop()
    assert not explorer.running and explorer.result is not None
    assert "stopped by hand" in explorer.told


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="folder: expected one with files that end in"):
        explore.OwnProject(tmp_path)


def test_the_command_knows_what_the_form_writes():
    told = parser().parse_args(["x.csv", "--read", "label='a'", "--cell", "gru", "--size", "8", "--layers", "1"])
    assert told.read == "label='a'" and told.size == 8
