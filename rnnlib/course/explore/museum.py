"""Museum: one published fault at a time, beside the code that is right."""

import functools
import html

from ..experiments.museum import EVERY, found
from ..museum import exhibit, measure, names
from ..museum.checks import CHECKS
from ..viz.museum import Museum as Scene
from ..viz.museum import readable
from .base import Explorer, choice, integer, switch

TAUGHT = {c.name: c.taught for c in CHECKS}


@functools.lru_cache(maxsize=256)
def off_by(name, T, seed):
    """{array: relative error} of an exhibit at its start, computed here and now."""
    return measure.off_by(exhibit(name), seed, T)


class Museum(Explorer):
    """A fault that was really published: what it computes, what is right, what is off, how it trains, what catches it.
    The errors are computed live; the training curves are stored (`python -m rnnlib.course.experiments run museum`)."""

    situations = (
        ("trains as well", {"name": "dh += on the upstream array"}, "A gradient that is off by more than its own size, "
         "and a curve that tells nothing."),
        ("right gradient, wrong network", {"name": "no nonlinearity"}, "Finite differences pass. What did not?"),
        ("right at T = 1", {"name": "= for +=", "T": 1}, "Nothing is off at T = 1. Move T to 2: where is the fault?"),
        ("the rate hides it", {"name": "clipped after the update", "same": True}, "At the rate that suits clipping it "
         "explodes; at a third of it nobody sees anything: untick the box."),
    )  # fmt: skip

    def controls(self):
        return {
            "name": choice("exhibit", "= for +=", names()),
            "T": integer("length T, steps", 12, 1, 30),
            "seed": integer("network (seed)", 0, 0, 9),
            "same": switch("train both at the rate that suits the right code"),
        }

    def scene(self):
        return Scene()

    def show(self, scene, name, T, seed, same):
        e, stored = exhibit(name), found(name)
        off = off_by(name, T, seed)
        curves = stored.same_rate if same else stored.curves
        scene.update(f"{e.kind}: {name}", off, curves, e.shown, EVERY)
        size = f"T = {T}" if e.data == "fresh" else "the start of its stream"
        worst = max(off, key=lambda array: round(off[array], 6))  # the first of several that are alike
        most = f"Most off at {size}: {readable(worst)}, by {off[worst]:.2g} of its size."
        most = most if off[worst] > 1e-9 else f"Nothing is off at {size}."
        rate = stored.rates["right" if same else "faulty"]
        caught = "; ".join(f"<b>{check}</b> ({TAUGHT[check]})" for check in stored.fails)
        last = curves["faulty"][:, -1]
        return (
            f"<b>It computes:</b> {html.escape(e.says)} <b>Right:</b> {html.escape(e.right)} {most} "
            f"Held-out loss after training "
            f"{sorted(last)[2]:.2g}, from {last.min():.2g} to {last.max():.2g}, at rate {rate:g} (right: "
            f"{sorted(curves['right'][:, -1])[2]:.2g}, at {stored.rates['right']:g}). <b>Caught by:</b> {caught}. "
            f"<b>Source:</b> {html.escape(e.source)}, <a href='{e.address}' target='_blank'>{e.address}</a>."
        )
