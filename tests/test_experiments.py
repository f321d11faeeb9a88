"""Stored experiments: whole, resumable, and what a run gives again."""

import json
import random
import subprocess
import sys
import time

import pytest

from rnnlib.course import wild
from rnnlib.course.experiments import length, load, run, select, store

NAMES = run.names()


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_results_are_the_grid_times_the_seeds(name):
    module = run.experiment(name)
    assert module.QUESTION.endswith("?")
    keys = [store.key(r["config"], r["seed"]) for r in load(name)]
    assert len(set(keys)) == len(keys)
    assert set(keys) == {store.key(c, s) for c in module.GRID for s in range(module.SEEDS)}
    assert all(set(r["made"]) - {"seconds"} == {"python", "numpy", "date", "revision"} for r in load(name))


def test_a_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    pytest.importorskip("joblib", reason="joblib is not installed: pip install -e .[sweep]")
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    monkeypatch.setattr(run, "RESULTS", tmp_path)
    monkeypatch.setattr(length, "GRID", [{"start": "orthogonal", "T": 10, "lr": 0.003}])
    monkeypatch.setattr(length, "UPDATES", 50)
    assert run.run("length", seeds=2, jobs=1) == 2
    before = (tmp_path / "length.jsonl").read_text(encoding="utf-8")
    assert run.run("length", seeds=3, jobs=1) == 1
    assert (tmp_path / "length.jsonl").read_text(encoding="utf-8").startswith(before)
    assert run.run("length", seeds=3, jobs=1) == 0
    assert [r["seed"] for r in load("length")] == [0, 1, 2]


TINY = [{"start": start, "T": 10, "lr": 0.003} for start in ("orthogonal", "identity, ReLU")]


def without_stamp(path):
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return sorted(json.dumps([r["config"], r["seed"], r["result"]]) for r in lines)


def test_a_kill_loses_nothing_and_doubles_nothing(tmp_path, monkeypatch):
    """Killed in the middle, with half a line written, and run again: the same results as without."""
    pytest.importorskip("joblib", reason="joblib is not installed: pip install -e .[sweep]")
    program = (
        "from rnnlib.course.experiments import length, run\n"
        f"length.GRID = {TINY}\n"
        f"run.run('length', seeds=4, jobs=1, folder={str(tmp_path)!r})"
    )
    path = tmp_path / "length.jsonl"
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and (not path.exists() or path.read_text(encoding="utf-8").count("\n") < 3):
            time.sleep(0.01)
        process.kill()
    kept = path.read_text(encoding="utf-8")
    assert 3 <= kept.count("\n") < 8
    path.write_text(kept + '{"config": {"start": "ortho', encoding="utf-8")
    monkeypatch.setattr(length, "GRID", TINY)
    assert run.run("length", seeds=4, jobs=1, folder=tmp_path) == 8 - kept.count("\n")
    assert path.read_text(encoding="utf-8").startswith(kept)
    whole = tmp_path / "whole"
    whole.mkdir()
    run.run("length", seeds=4, jobs=2, folder=whole)
    assert without_stamp(path) == without_stamp(whole / "length.jsonl")


def test_a_dask_cluster_of_two_processes_gives_equal_results(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="distributed is not installed: pip install -e .[sweep]")
    monkeypatch.setattr(length, "GRID", TINY)
    for name in ("local", "dask"):
        (tmp_path / name).mkdir()
    assert run.run("length", seeds=2, jobs=1, folder=tmp_path / "local") == 4
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster:
        address = cluster.scheduler_address
        assert run.run("length", seeds=2, backend="dask", scheduler=address, folder=tmp_path / "dask") == 4
    assert without_stamp(tmp_path / "local" / "length.jsonl") == without_stamp(tmp_path / "dask" / "length.jsonl")
    with pytest.raises(ValueError, match="backend: expected 'local' or 'dask', got 'slurm'"):
        run.run("length", backend="slurm", folder=tmp_path)
    with pytest.raises(ValueError, match="scheduler: only for backend 'dask'"):
        run.run("length", scheduler="tcp://here", folder=tmp_path)


SECONDS = 10  # of a run that is computed again here
# carry, longer and words take more; processors is one seed, whose moving is what it measures
LONGER = ("carry", "longer", "processors", "words", "words_depth")
REPORTED = [name for name in NAMES if not name.endswith("_tuning") and name not in LONGER]


def quick(run):
    """Whether computing this run again takes a few seconds: by what it took or, where that is not known, its length."""
    return run["made"].get("seconds", 0) <= SECONDS and run["config"].get("T", 0) <= 60 and not slow(run["config"])


def slow(config):
    return config.get("kind") == "trained" and "cell" not in config  # the character models of `layers`


@pytest.mark.parametrize("name", REPORTED)
def test_a_stored_run_comes_out_again(name):
    """One run of each experiment, drawn at random, computed anew: within the spread of its seeds."""
    runs = load(name)
    least = min(runs, key=lambda r: r["made"].get("seconds", 0))  # where the machine had much else to do
    stored = random.Random(name).choice([r for r in runs if quick(r)] or [least])
    if name == "wild" and stored["config"]["net"] == "trained" and wild.file() is None:
        pytest.skip("g2p_en is not installed: pip install --no-deps g2p_en==2.1.0")
    again = run.experiment(name).run_one(stored["config"], stored["seed"])
    assert set(again) == set(stored["result"])
    for value, now in again.items():
        seeds = [r for r in select(runs, value, **stored["config"]) if isinstance(r, (int, float))]
        if isinstance(now, (int, float)) and seeds:
            room = max(seeds) - min(seeds) + 0.05 * max(abs(x) for x in seeds) + 1e-6
            assert min(seeds) - room <= now <= max(seeds) + room, (stored["config"], stored["seed"], value)


def test_select_and_tuned_read_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    rows = [
        {"config": {"cell": "rnn", "lr": lr}, "seed": s, "result": {"loss": lr + s}, "made": {}}
        for lr in (1, 2, 3)
        for s in (1, 0)
    ]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
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
