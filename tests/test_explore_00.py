"""Notebook 00: live training whole at every moment, without leaks; the self-check names what is wrong."""

import dataclasses
import importlib.metadata
import sys
import threading
import time

import numpy as np
import pytest
import threadpoolctl
from explorer_checks import check_explorer, settle

from rnnlib.course import selfcheck
from rnnlib.course.experiments import load
from rnnlib.course.explore import LiveTraining
from rnnlib.course.explore.run import Run
from rnnlib.tasks import adding, temporal_order
from rnnlib.tree import leaves


def workers():
    return [t for t in threading.enumerate() if t.name == "LiveTraining"]


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_every_control_at_its_ends_corners_and_random_settings():
    check_explorer(LiveTraining, np.random.default_rng(0), draws=1)


def test_start_pause_step_reset_and_a_second_run():
    live = LiveTraining(length=10)
    untrained = settle(live)
    live.start()
    live.start()  # a second press starts no second thread
    assert len(workers()) == 1 and live.start_button.description == "Pause"
    until(lambda: len(live.losses) > 5)
    live.pause()
    assert not workers() and live.start_button.description == "Start"
    made = len(live.losses)
    live.step()
    assert len(live.losses) == made + 1 == live.bar.value
    assert settle(live) != untrained
    live.reset()
    assert live.losses == () and settle(live) == untrained
    live.start()
    until(lambda: len(live.losses) > 2)
    live.pause()
    assert not workers()


def test_the_same_network_learns_the_same():
    runs = []
    for _ in range(2):
        live = LiveTraining(length=10)
        for _ in range(3):
            live.step()
        runs.append((live.losses, live.params))
    assert runs[0][0] == runs[1][0]
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(leaves(runs[0][1]), leaves(runs[1][1])))


def test_settings_in_mid_run_leave_everything_whole():
    live = LiveTraining(length=10)
    live.start()
    for name, values in (("rate", ("0.01", "0.0003")), ("clip", ("off", "0.1")), ("depth", (3, 1)), ("cell", ("GRU",))):
        for value in values:
            live.inputs[name].value = value
            until(lambda: len(live.losses) > 1)
    live.pause()
    assert not workers()
    assert len(live.params["layers"]) == 1 and live.params["layers"][0]["W_hh"].shape == (32, 96)
    assert all(np.isfinite(a).all() for _, a in leaves(live.params))


def test_two_train_at_once_and_each_stops_alone():
    pair = LiveTraining(length=10), LiveTraining(length=10, cell="LSTM")
    for live in pair:
        live.start()
    until(lambda: all(len(live.losses) > 3 for live in pair))
    pair[0].pause()
    assert len(workers()) == 1 and pair[1].running
    pair[1].pause()
    assert not workers()


def test_stop_ends_the_run_and_start_begins_another():
    live = LiveTraining(length=10)
    live.step()
    live.stop()
    assert not workers() and "Stopped" in live.reading.value and len(live.losses) == 1
    live.start()
    until(lambda: len(live.losses) > 2)
    assert live.run.message == ""
    live.stop()
    assert not workers() and len(live.losses) > 2
    stopped = live.params
    live.step()
    assert len(live.losses) == 1 and live.params is not stopped


def interrupt_at(n):
    """A tracer that raises KeyboardInterrupt at the n-th line run in this part of the library, as Ctrl-C may."""
    left = n

    def trace(frame, event, _):
        nonlocal left
        if not frame.f_code.co_filename.endswith(
            ("explore/live.py", "explore/run.py", "rnnlib/train.py", "rnnlib/model.py")
        ):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    return trace


@pytest.mark.parametrize("act", ["step", "another depth"])
def test_an_interrupt_anywhere_leaves_old_or_new_and_another_run_works(act):
    rng, hits = np.random.default_rng(3), 0
    for n in [*range(1, 12), *(int(k) for k in rng.integers(12, 260, 25))]:
        live = LiveTraining(length=10)
        live.step()
        before = live.run.now
        sys.settrace(interrupt_at(n))
        try:
            if act == "step":
                live.step()
            else:
                live.inputs["depth"].value = 1
        except KeyboardInterrupt:
            hits += 1
        finally:
            sys.settrace(None)
        run = live.run
        assert len(run.params["layers"]) == run.key[0]
        assert run.now is before or len(run.losses) in (0, 2)
        assert run.model.forward(run.params, run.probe[0]).ys.shape[-1] == 4
        made = len(run.losses)
        live.step()
        assert len(live.run.losses) == made + 1 and not workers()
    assert hits > 15


def test_two_that_train_at_once_leave_blas_as_it_was():
    def threads():
        return [lib["num_threads"] for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "blas"]

    before = threads()
    pair = LiveTraining(length=10), LiveTraining(length=20)
    for live in pair:
        live.start()
    until(lambda: all(len(live.losses) > 5 for live in pair))
    for live in pair:
        live.pause()
    assert threads() == before


def test_a_heavy_setting_is_sketched_first_and_worked_out_at_rest():
    live = LiveTraining()
    live.inputs["length"].value = 100
    live.inputs["cell"].value = "LSTM"
    live.inputs["depth"].value = 8
    assert live.rough and "sketch" in live.reading.value
    rough = bytes(live.image.value)
    until(lambda: not live.rough)
    assert "sketch" not in live.reading.value and bytes(live.image.value) != rough


def test_regression_trains_too_and_other_tasks_are_refused():
    live = LiveTraining(adding)
    live.step()
    assert "squared error" in live.reading.value and "guessing" in live.reading.value
    with pytest.raises(ValueError, match="task: expected one whose loss reads the last step, got at='each_step'"):
        LiveTraining(lambda T: dataclasses.replace(temporal_order(T), at="each_step"))


def test_numbers_that_are_not_finite_stop_it_with_a_word(monkeypatch):
    live = LiveTraining(length=10)
    live.params["W_hy"][:] = np.inf
    with np.errstate(invalid="ignore"):
        assert live.update() is False
    assert "Stopped" in live.message and live.losses == ()


def test_what_is_drawn_is_the_network_of_that_moment():
    live = LiveTraining(length=20)
    live.step()
    norms, now, accuracy = live.run.measure()
    scene = live.picture
    np.testing.assert_allclose(scene.heat.get_array(), np.maximum(np.log10(norms), -9), rtol=1e-5)
    np.testing.assert_allclose(scene.now.get_xdata(), now, rtol=1e-5)
    assert f"accuracy {accuracy:.0%}" in scene.alt


def test_the_self_check_passes_here(capsys):
    assert selfcheck.selfcheck() is True
    assert capsys.readouterr().out.count("ok ") == len(selfcheck.CHECKS)


def missing(name):
    def version(asked):
        if asked == name:
            raise importlib.metadata.PackageNotFoundError(asked)
        return "99.0"

    return version


def test_the_self_check_names_what_is_wrong(monkeypatch, capsys):
    monkeypatch.setattr(selfcheck.importlib.metadata, "requires", lambda _: ["numpy>=2.0", "torch>=1; extra == 'x'"])
    monkeypatch.setattr(selfcheck.importlib.metadata, "version", missing("numpy"))
    assert selfcheck.packages() == ("numpy is missing", selfcheck.MEND)
    monkeypatch.setattr(selfcheck.importlib.metadata, "version", lambda _: "1.26.4")
    assert selfcheck.packages()[0] == "numpy 1.26.4 is older than 2.0"
    assert "do not fit" in selfcheck.widgets()[0]
    monkeypatch.setattr(selfcheck.importlib.metadata, "version", missing("jupyterlab_widgets"))
    assert "sliders would show as text" in selfcheck.widgets()[0]
    monkeypatch.setattr(selfcheck, "OLDEST", (99, 0))
    assert selfcheck.selfcheck() is False
    out = capsys.readouterr().out
    assert "WRONG Python" in out and "older than 99.0" in out and "mend it" in out and "Restart Kernel" in out


def test_the_self_check_sees_a_wrong_gradient_and_a_damaged_file(monkeypatch):
    monkeypatch.setattr(selfcheck, "gradcheck", lambda *a, **k: type("Found", (), {"error": 0.1}))
    assert "off by 0.1" in selfcheck.gradients()[0]

    def damaged(_):
        raise OSError("no such file")

    monkeypatch.setattr(selfcheck.data, "digits", damaged)
    assert "no such file" in selfcheck.data_files()[0]


@pytest.mark.parametrize(("text", "found"), [("2.4.6", (2, 4, 6)), ("9.0.0rc1", (9, 0, 0)), ("2.13.0+cpu", (2, 13, 0))])
def test_versions_are_compared_as_numbers(text, found):
    assert selfcheck.numbers(text) == found


def trained_live(cell, T, updates, seed=0):
    """LiveTraining's own run of two layers: (mean of the last 20 losses, held-out accuracy)."""
    run = Run(temporal_order, seed, 2, T, cell)
    for _ in range(updates):
        run.update(3e-3, 1.0)
    return np.mean(run.losses[-20:]), run.measure()[2]


def test_live_training_answers_as_the_page_says():
    for seed in range(3):
        assert trained_live("tanh RNN", 20, 25, seed)[0] > 1.2 > trained_live("tanh RNN", 20, 100, seed)[0]
    assert trained_live("tanh RNN", 80, 200)[0] > 1.3
    assert trained_live("LSTM", 80, 200)[0] < 1.0


def test_learned_means_what_the_page_says():
    results = [run["result"] for run in load("hook")]
    assert len(results) == 40
    assert all((r["score"] >= 0.99) == (r["updates"] is not None) for r in results)
