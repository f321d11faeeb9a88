"""Notebook 03: the live view of training, the explorer of a text and the scenes."""

import numpy as np
import pytest
from explorer_checks import check_explorer

import rnnlib
from rnnlib import data, tasks
from rnnlib.course import viz
from rnnlib.course.explore import LiveTraining, NextCharacter, TrainingView
from rnnlib.course.explore import training as module
from rnnlib.course.viz.training import apart, running_mean


@pytest.fixture
def shown(monkeypatch):
    """What the view displays, in order."""
    objects = []
    monkeypatch.setattr(module, "display", objects.append)
    return objects


def problem(rate=0.01, updates=20):
    model = rnnlib.Model(rnnlib.DeepRNN("rnn", 3, 8), 4, at="last_step")
    rng = np.random.default_rng(0)
    batches = [(rng.standard_normal((5, 6, 3)), rng.integers(0, 4, 6)) for _ in range(updates)]
    return rnnlib.train(model, model.init(rng), batches, rnnlib.Adam(rate), clip_norm=0.7)


# ---- TrainingView


def test_watching_changes_nothing(shown):
    view = TrainingView(total=20, clip_norm=0.7)
    watched, plain = list(view.watch(problem())), list(problem())
    assert [s.loss for s in watched] == [s.loss for s in plain] == view.losses
    assert view.norms == [s.grad_norm for s in plain] and view.clipped == [s.clipped for s in plain]
    assert view.step.index == 20


def test_the_picture_holds_every_update_and_marks_the_clipped_ones(shown):
    view = TrainingView(total=20, units="bits", clip_norm=0.7, references={"chance": np.log(4)})
    list(view.watch(problem()))
    x, y = view.picture.each.get_data()
    assert list(x) == list(range(1, 21)) and np.allclose(y * np.log(2), view.losses)
    assert list(view.picture.marks.get_xdata()) == [n for n, c in enumerate(view.clipped, 1) if c]
    assert 0 < sum(view.clipped) < 20
    assert "chance 2" in view.picture.alt and "20 updates" in view.picture.alt and "bits" in view.picture.alt
    assert view.picture.upper.get_ylim()[1] > max(y) and view.picture.lower.get_ylim()[1] > max(view.norms)


def test_the_button_ends_the_loop_after_the_update_that_runs(shown):
    view = TrainingView(clip_norm=0.7)
    for step in view.watch(problem()):
        if step.index == 7:
            view.button.click()
    assert len(view.losses) == 7 and view.step.index == 7 and view.button.disabled


def test_a_click_is_not_bound_to_the_thread_that_trains(shown):
    view = TrainingView()
    view.button.comm._reply_subshell_id = None  # what ipykernel 7.4 notes when the training thread writes
    for _ in view.watch(problem()):
        assert not hasattr(view.button.comm, "_reply_subshell_id")


def test_break_an_error_and_an_empty_run_leave_a_picture_of_what_there_was(shown):
    view = TrainingView()
    for step in view.watch(problem()):
        if step.index == 3:
            break
    assert len(view.losses) == 3 and shown[-1] is view.picture

    def failing():
        yield next(problem())
        raise FloatingPointError("loss nan")

    view = TrainingView()
    with pytest.raises(FloatingPointError):
        list(view.watch(failing()))
    assert len(view.losses) == 1 and shown[-1] is view.picture

    view = TrainingView()
    assert list(view.watch([])) == [] and "no update" in view.reading.value and shown[-1] is view


def test_the_live_picture_makes_room_for_the_still_one(shown):
    view = TrainingView("a run")
    assert view.image.layout.display is None
    list(view.watch(problem()))
    assert shown == [view, view.picture] and view.image.layout.display == "none"
    assert view.picture._repr_png_().startswith(b"\x89PNG") and repr(view.picture).startswith(
        "This machine: a run: loss over 20"
    )


def test_redraws_are_rare_and_the_last_state_is_drawn(shown, monkeypatch):
    view, drawn = TrainingView(), []
    view.pause = 1000.0
    draw = view.draw
    monkeypatch.setattr(view, "draw", lambda: drawn.append(len(view.losses)) or draw())
    list(view.watch(problem()))
    assert drawn == [1, 20]


def test_a_view_watches_one_run_and_knows_its_units(shown):
    view = TrainingView()
    list(view.watch(problem()))
    with pytest.raises(RuntimeError, match="one run"):
        list(view.watch(problem()))
    with pytest.raises(ValueError, match="units"):
        TrainingView(units="bytes")


def test_validation_stands_at_its_update_and_in_its_unit(shown):
    view = TrainingView(units="bits")
    for step in view.watch(problem()):
        if step.index % 10 == 0:
            view.validation(np.log(2))
    assert view.held_out == [(10, 1.0), (20, 1.0)]
    assert np.array_equal(view.picture.held_out.get_xydata(), view.held_out)


def test_limits_grow_with_the_data_and_not_with_every_update(shown):
    scene = viz.TrainingCurve(clip_norm=1.0)
    scene.update([1.0] * 51, [1e-4] * 50 + [1e4], [False] * 50 + [True])
    assert scene.limits[0] == 100 and scene.limits[2] <= 1e-4 and scene.limits[3] >= 1e4
    before = scene.limits
    scene.update([1.0] * 52, [1e-4] * 51 + [1e4], [False] * 52)
    assert scene.limits is before and scene._fixed is None


def test_the_running_mean_has_no_start_up_bias():
    assert np.allclose(running_mean([3.0] * 10, 0.05), 3)
    assert np.allclose(running_mean([1.0, 2.0], 0.5), [1, (0.25 + 1) / 0.75])


def test_labels_are_moved_apart_in_order():
    moved = apart([0.0, 0.05, -1.0], 0.1)
    assert np.allclose(moved, [0, 0.1, -1])


def test_scores_are_one_dot_per_network_and_their_mean():
    scene = viz.Scores({"a": [90], "b": [85, 95, 96]}, 100, "t")
    assert [list(dots.get_xdata()) for dots in scene.axes.get_lines()] == [[0.9], [0.85, 0.95, 0.96]]
    assert scene.alt == "t. Mean test accuracy: a 0.90; b 0.92."


# ---- NextCharacter


def test_next_character_at_every_setting():
    check_explorer(NextCharacter, np.random.default_rng(3))


@pytest.mark.parametrize(("memory", "k"), [("1 character", 1), ("8 characters", 8)])
def test_its_probabilities_are_those_of_the_model_after_k_characters(memory, k):
    explorer = NextCharacter(memory=memory, temperature=0.5, place=150)
    codes = explorer.alphabet.encode(explorer.text)
    xs = data.one_hot(codes[150 - k : 150], len(explorer.alphabet))[:, None]
    ys = explorer.model.predict(explorer.params, xs)[-1, 0] / 0.5
    p = np.exp(ys - ys.max())
    p /= p.sum()
    widths = [bar.get_width() for bar in explorer.picture.guesses]
    assert np.allclose(widths, np.sort(p)[::-1][: len(widths)])
    assert explorer.picture.bars[-1].get_height() == pytest.approx(-np.log2(p[codes[150]]))
    assert explorer.picture.letters.get_text()[-1] == viz.text.visible(explorer.text[150])


def test_a_bar_beyond_the_axes_gets_a_mark():
    scene = viz.NextCharacter()
    surprise = np.full(44, 2.0)
    surprise[5] = 30
    scene.update("a" * 43 + "$", surprise, "$ab", np.array([0.5, 0.25, 0.25]), "t")
    assert list(scene.ticks.get_xdata()) == [5] and scene.bars[5].get_height() == scene.highest
    assert "probability 0.5" in scene.alt and scene.png()


# ---- what the page says of LiveTraining


def trained_live(rate, clip, updates, cell="GRU"):
    """The explorer's own run after so many updates: (held-out squared error, largest loss)."""
    explorer = LiveTraining(tasks.adding, depth=1, cell=cell, length=20)
    explorer.inputs["rate"].value, explorer.inputs["clip"].value = rate, clip
    for _ in range(updates):
        explorer.update()
    return explorer.run.measure()[2], max(explorer.losses)


def test_live_training_answers_as_the_page_says():
    assert trained_live("0.0003", "1", 400)[0] > 0.1
    assert trained_live("0.003", "1", 150)[0] > 0.05 > trained_live("0.003", "1", 400)[0]
    assert trained_live("0.01", "1", 75)[0] > 0.05 > trained_live("0.01", "1", 225)[0]
    error, largest = trained_live("0.1", "off", 200)
    assert error < 0.02 and largest > 5
    assert trained_live("0.003", "1", 700, "tanh RNN")[0] > 0.1
