"""The run as if on other processors: it takes effect, it sees what was rounded, and it fails where it should."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from rnnlib.course.experiments import load, processors, trials
from rnnlib.course.experiments.processors import PROCESSORS, SAMPLED, environment
from tests import processors as table
from tests import recorder

WHAT = (
    "import json, threadpoolctl; from numpy._core._multiarray_umath import __cpu_features__ as f; "
    "blas = [b for b in threadpoolctl.threadpool_info() if b['internal_api'] == 'openblas']; "
    "import numpy; blas = [b for b in threadpoolctl.threadpool_info() if b['internal_api'] == 'openblas']; "
    "print(json.dumps([blas[0]['architecture'] if blas else None, blas[0]['num_threads'] if blas else None, "
    "[k for k in f if f[k]]]))"
)


def test_at_least_seven_processors_of_one_and_two_threads():
    assert len(PROCESSORS) >= 8 and {p.threads for p in PROCESSORS.values()} == {1, 2}
    assert {p.blas for p in PROCESSORS.values()} >= {"SkylakeX", "Haswell", "Sandybridge", "Nehalem"}
    assert len(set(PROCESSORS.values())) == len(PROCESSORS) and set(SAMPLED) <= set(PROCESSORS)


@pytest.mark.parametrize("label", PROCESSORS)
def test_a_process_takes_this_processor_for_that_one(label):
    processor = PROCESSORS[label]
    env = environment(processor)
    import os

    done = subprocess.run(
        [sys.executable, "-c", WHAT], env=os.environ | env, capture_output=True, encoding="utf-8", check=True
    )
    blas, threads, features = json.loads(done.stdout)
    if blas is None:
        return  # another BLAS: there is nothing to choose, and the table says so
    assert threads == min(processor.threads, os.cpu_count())
    assert processor.blas in (None, blas)
    assert not set(env.get("NPY_DISABLE_CPU_FEATURES", "").split()) & set(features)


def test_a_kernel_tells_what_it_rounded_and_computes_the_same(tmp_path):
    path, shell = tmp_path / "numbers.jsonl", InteractiveShell()
    meta = list(sys.meta_path)
    try:
        recorder.record(shell, path)
        shell.run_cell(
            "import math\nx = f'{math.pi:.3g} {7:d} {2.5!r} {1e-9:.1f} {\"s\":>4s} {0.25:.0%} {math.e:>8.2f}'"
        )
        assert shell.user_ns["x"] == "3.14 7 2.5 0.0    s 25%     2.72"
        shell.run_cell("pass")
    finally:
        sys.meta_path[:] = meta
        del __builtins__[recorder.SEEN]
    first, second = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert first[1] == [
        [math.pi, ".3g", "3.14"],
        [1e-9, ".1f", "0.0"],
        [0.25, ".0%", "25%"],
        [math.e, ">8.2f", "    2.72"],
    ]
    assert second == [recorder.name("pass"), []]


@pytest.mark.parametrize(
    ("value", "spec", "room"),
    [
        (1.234, ".3g", 0.001),
        (1.2349, ".3g", 0.0001),
        (0.12, ".1f", 0.03),
        (123.4, ".0f", 0.1),
        (0.256, ".0%", 0.001),
        (3.14159e-7, ".1e", 0.5e-8 - 0.4159e-8 + 0.4e-8 * 0),
        (2.2, ".3g", 0.005),
        (9.996, ".3g", 0.001),
    ],
)
def test_the_room_of_a_number(value, spec, room):
    text = format(value, spec)
    got = table.room(value, spec, text)
    if spec != ".1e":
        assert got == pytest.approx(room, rel=1e-6, abs=1e-12)
    for step, same in ((0.98 * got, True), (1.02 * got, False)):
        texts = {format(value + step, spec), format(value - step, spec)}
        assert (texts == {text}) == same


def result(number, **changes):
    return table.Result(3, [], 1.0, {"cell": [[number, ".3g", format(number, ".3g")]]})._replace(**changes)


def told(monkeypatch, capsys, *values, failed=()):
    monkeypatch.setattr(table, "compared", lambda: {"cell": ("01_page", 4, "it is 1.23 here")})
    results = {f"processor {k}": result(v) for k, v in enumerate(values)}
    results["processor 0"] = results["processor 0"]._replace(failed=list(failed))
    well = table.report(results)
    return well, capsys.readouterr().out


def test_a_number_with_room_is_well(monkeypatch, capsys):
    well, out = told(monkeypatch, capsys, 1.2300001, 1.2300002)
    assert well and "| processor 1 | 3 | 0 | 1 |" in out and "01_page cell 4: 1.23 from values 1.2300001" in out
    assert "| 01_page | 1 | 1 |" in out


def test_a_number_without_room_is_not(monkeypatch, capsys):
    well, out = told(monkeypatch, capsys, 1.2349, 1.2341)
    assert not well and "no room: 01_page cell 4: 1.23" in out


def test_a_failed_test_is_not(monkeypatch, capsys):
    well, out = told(monkeypatch, capsys, 1.23, 1.23, failed=["01_page Cell 4"])
    assert not well and "failed on processor 0: 01_page Cell 4" in out


def test_what_is_the_machine_s_own_is_not_compared():
    texts = [text for *_, text in table.compared().values()]
    assert not any("This machine" in text for text in texts) and sum(bool(t.strip()) for t in texts) > 100


def test_outcomes_are_read_from_pytest(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import pytest\ndef test_a(): pass\ndef test_b(): assert 0\n@pytest.mark.skip\ndef test_c(): pass\n",
        encoding="utf-8",
    )
    (tmp_path / "pytest.ini").write_text("[pytest]", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pytest.ini", "--rootdir", "."]
    subprocess.run([*command, "--junitxml=report.xml", "test_it.py"], cwd=tmp_path, capture_output=True, check=False)
    passed, failed = table.outcome(tmp_path / "report.xml")
    assert passed == 1 and len(failed) == 1 and failed[0].endswith("test_b")


# ------------------------------------------------------------------------------------------------ experiments


def test_the_sample_has_runs_of_every_experiment_that_trains():
    runs = load("processors")
    whole = set(processors.EXPERIMENTS)
    assert {r["config"]["experiment"] for r in runs} == whole
    assert {s for trial in trials.TRIALS for s in trial.sources} <= set(processors.EXPERIMENTS)
    for name in whole:
        by_run, by_seed = processors.sampled(name)
        assert len(by_run) == processors.LONG.get(name, processors.RUNS) and all(
            len(group) == len(SAMPLED) for group in by_run
        )
        assert all(len(group) >= 10 for group in by_seed)


def test_processors_do_move_what_is_trained():
    moved = processors.moved("representation", lambda r: r["bits"])
    assert 0 < moved[0] < 2 * moved[1]


def test_a_run_is_that_run(tmp_path):
    config = {"start": "orthogonal", "T": 10, "lr": 0.003}
    asked = {"experiment": "length", "config": config, "run": 0, "processor": "this one"}
    here = processors.run_one(asked, 0)
    assert here["updates"] == next(
        r["result"]["updates"] for r in load("length") if r["config"] == config and r["seed"] == 0
    )


@pytest.mark.parametrize(("moved", "call"), [(0.0, "for"), (0.05, "for"), (0.2, "open"), (1.0, "open")])
def test_an_arm_that_another_processor_could_turn_is_open(moved, call):
    noise = np.random.default_rng(0).standard_normal(10) * 0.01
    arm = trials.judge_arm(0.1 + noise - noise.mean(), np.zeros(10), 0.0, np.random.default_rng(0), moved)
    assert arm.call == call and arm.moved == moved


def test_arms_of_untrained_networks_do_not_move():
    judged = trials.judge(trials.of("2a along time, top"))
    assert all((arm.moved == 0) == (not label.endswith("trained")) for label, arm in judged.items())
