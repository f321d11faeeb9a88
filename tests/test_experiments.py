"""Stored experiments: whole, resumable, and what a run gives again."""

import json

import pytest

from rnnlib.experiments import length, load, run, select, store

NAMES = run.names()


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_results_are_the_grid_times_the_seeds(name):
    module = run.experiment(name)
    assert module.QUESTION.endswith("?")
    keys = [store.key(r["config"], r["seed"]) for r in load(name)]
    assert len(set(keys)) == len(keys)
    assert set(keys) == {store.key(c, s) for c in module.GRID for s in range(module.SEEDS)}
    assert all(set(r["made"]) == {"python", "numpy", "date", "revision"} for r in load(name))


def test_a_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    pytest.importorskip("joblib", reason="joblib is not installed: pip install -e .[sweep]")
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    monkeypatch.setattr(run, "RESULTS", tmp_path)
    monkeypatch.setattr(length, "GRID", [{"start": "orthogonal", "T": 10, "lr": 0.003}])
    monkeypatch.setattr(length, "UPDATES", 50)
    assert run.run("length", seeds=2, jobs=1) == 2
    before = (tmp_path / "length.jsonl").read_text()
    assert run.run("length", seeds=3, jobs=1) == 1
    assert (tmp_path / "length.jsonl").read_text().startswith(before)
    assert run.run("length", seeds=3, jobs=1) == 0
    assert [r["seed"] for r in load("length")] == [0, 1, 2]


def test_select_and_tuned_read_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    rows = [
        {"config": {"cell": "rnn", "lr": lr}, "seed": s, "result": {"loss": lr + s}, "made": {}}
        for lr in (1, 2, 3)
        for s in (1, 0)
    ]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    assert select(load("x"), "loss", lr=2) == [2, 3]
    assert store.tuned("x", {"cell": "rnn"}, lambda r: -r["loss"], (1, 2, 3)) == 3
    assert store.tuned("x", {"cell": "gru"}, lambda r: r["loss"], (1, 2, 3)) == 2
    assert store.tuned("y", {}, lambda r: r["loss"], (1, 2, 3)) == 2
    with pytest.raises(ValueError, match="config: no run has"):
        select(load("x"), "loss", lr=4)
    with pytest.raises(ValueError, match="name: no results for 'y'"):
        load("y")
    with pytest.raises(ValueError, match="name: expected one of"):
        run.experiment("y")
