"""Pictures whose fixed part is drawn once: ticks that move, and explorers that never draw the slow part again."""

import threading

import ipywidgets as w
import matplotlib
import numpy as np
import pytest

from rnnlib.course import explore
from rnnlib.course.explore.threads import Hand
from rnnlib.course.viz.scene import STYLE, Scene, line, styled
from rnnlib.course.viz.ticks import Ticks, marks, powers, whole

EXPLORERS = [name for name in explore.__all__ if name not in ("Explorer", "TrainingView")]


class Moved(Scene):
    width, height = 4.0, 3.0

    def build(self):
        self.axes = self.figure.subplots()
        self.ticks = Ticks(self, self.axes), Ticks(self, self.axes, "y")
        self.dots = self.moving(line(self.axes, color="black", marker="o", ls=""))

    def update(self, high):
        self.ticks[0].set(0, high, whole(high))
        self.ticks[1].set(-4, 0, *powers(-4, 0))
        self.dots.set_data([high / 2], [-2])


def test_ticks_stand_where_matplotlib_puts_its_own():
    """The same limits, places and labels by both: no pixel differs by much but those that smoothing shifts."""
    scene = Moved(10)
    own = np.asarray(scene.pixels()).astype(float)[..., :3].mean(-1)

    class Own(Moved):
        def update(self, high):
            places, labels = powers(-4, 0)
            self.axes.set(xlim=(0, high), ylim=(-4, 0))
            self.axes.set_xticks(whole(high), [f"{p}" for p in whole(high)])
            self.axes.set_yticks(places, labels)
            self.axes.grid(color="#e4e4e4", lw=0.6)
            self.dots.set_data([high / 2], [-2])

    theirs = np.asarray(Own(10).pixels()).astype(float)[..., :3].mean(-1)
    # a row of ink moved by a pixel is all right, ink that is missing is not: compare in blocks of 5 x 5 pixels
    blocks = [p[:300, :400].reshape(60, 5, 80, 5).mean((1, 3)) for p in (own, theirs)]
    assert np.abs(blocks[0] - blocks[1]).mean() < 2
    assert (blocks[0] < 250).sum() == pytest.approx((blocks[1] < 250).sum(), rel=0.05)


def test_limits_move_and_the_fixed_part_stays(monkeypatch):
    scene = Moved(10)
    before = np.array(scene.pixels())
    monkeypatch.setattr(Scene, "_background", lambda self: pytest.fail("the fixed part was drawn again"))
    scene.update(1000)
    assert scene.axes.get_xlim() == (0, 1000)
    assert [t.get_text() for t in scene.ticks[0].labels if t.get_text()] == ["0", "200", "400", "600", "800", "1000"]
    assert (np.array(scene.pixels()) != before).any()


def test_more_ticks_than_there_is_room_for_are_refused():
    with pytest.raises(ValueError, match="places: expected at most 10 ticks, got 11"):
        Moved(10).ticks[0].set(0, 20, range(11))


@pytest.mark.parametrize("last", [5, 7, 50, 60, 99, 100, 200])
def test_marks_are_round_and_few(last):
    places = whole(last)
    assert places[0] == 0 and places[-1] <= last and 3 <= len(places) <= 8
    assert len(set(np.diff(places))) == 1
    assert all(-0.2 - 1e-9 <= m <= 1 + 1e-9 for m in marks(-0.2, 1))


def test_pictures_drawn_on_two_threads_leave_the_style_as_it_was():
    """The one that came second leaves last, with the style of the first around it."""
    before, inside, first_left = dict(matplotlib.rcParams), threading.Event(), threading.Event()

    def second():
        with styled:
            inside.set()
            first_left.wait(5)
            kept.append(matplotlib.rcParams["font.size"])

    kept, other = [], threading.Thread(target=second)
    with styled:
        other.start()
        assert inside.wait(5)
    first_left.set()
    other.join()
    assert kept == [STYLE["font.size"]] and dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("name", EXPLORERS)
def test_no_move_draws_the_fixed_part_again(name, monkeypatch):
    """It takes 40 to 90 ms: as long as all the rest."""
    explorer = getattr(explore, name)()
    explorer.settle()
    monkeypatch.setattr(Scene, "_background", lambda self: pytest.fail(f"{name}: the fixed part was drawn again"))
    for control in explorer.inputs.values():
        start = control.value
        if isinstance(control, w.Dropdown):
            values = [o[1] if isinstance(o, tuple) else o for o in control.options]
        else:
            values = [not start] if isinstance(control, w.Checkbox) else [control.max, control.min]
        for value in [*values, start]:
            control.value = value
            explorer.settle()


def test_work_in_the_background_rests_while_a_picture_is_drawn():
    hand, went_on = Hand(), threading.Event()
    hand.rest()
    with hand:
        hand.rest()  # whoever draws does not wait for itself
        worker = threading.Thread(target=lambda: (hand.rest(), went_on.set()))
        worker.start()
        assert not went_on.wait(0.1)
    assert went_on.wait(5)
    worker.join()


def test_a_setting_that_comes_while_the_whole_is_drawn_is_sketched_first(monkeypatch):
    """It was not prepared: to work it out at once would hold the lock, and the hand, for seconds."""
    explorer, calls = explore.Truncation(length=20), []
    explorer.inputs["length"].value = 30
    assert explorer.rough
    explorer.timer.cancel()

    def note(name, then):
        def call(*args, **now):
            calls.append((name, now["length"]))
            if calls[-1] == ("show", 30):  # the hand moves on another thread while this is drawn
                explorer.held = True
                explorer.inputs["length"].value = 40
                explorer.held = False
            return then(*args, **now)

        return call

    for name in ("sketch", "prepare", "show"):
        monkeypatch.setattr(explorer, name, note(name, getattr(explorer, name)))
    explorer.settle()
    assert calls == [("prepare", 30), ("show", 30), ("sketch", 40), ("prepare", 40), ("show", 40)]
    assert not explorer.rough and explorer.drawn["length"] == 40
