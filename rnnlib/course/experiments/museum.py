"""The museum: every published fault beside the right code, from the same seeds and batches; by how much it is off;
and which checks of the course fail on it."""

import functools
from dataclasses import dataclass

import numpy as np

from ..museum import checks, exhibit, measure, names
from ..museum.loop import train
from .store import load, select

QUESTION = "How well does a network train whose code has a fault that was really published, and what would catch it?"

RATES = {"Adam": (0.01, 0.03), "SGD": (1.0, 3.0)}
GRID = [{"exhibit": name, "measured": True} for name in names()] + [
    {"exhibit": name, "faulty": faulty, "lr": lr}
    for name in names()
    for faulty in (False, True)
    for lr in RATES[exhibit(name).optimizer]
]
SEEDS = 5
EVERY, LEARNED, CHANCE = 20, 0.1, float(np.log(2))  # updates between two points; nats


def run_one(config, seed):
    """Held-out loss in nats after 20, 40, ... 200 updates. Or, measured: {array: relative error} at the start of
    training, and the checks that fail (seed 0 alone: they draw their own)."""
    e = exhibit(config["exhibit"])
    if "measured" in config:
        off = {name: round(error, 6) for name, error in measure.off_by(e, seed).items()}
        return {"off": off, "fails": checks.failing(e) if seed == 0 else None}
    losses, _ = train(e, config["faulty"], config["lr"], seed)
    return {"losses": [round(loss, 5) for loss in losses], "loss": losses[-1]}


@dataclass(frozen=True)
class Found:
    """What the stored runs say of one exhibit.

    off : {array: relative error}, median over seeds.  fails : names of the checks.  curves : right and faulty (5, 10)
    held-out losses, each at its own better rate.  same_rate : the same at the rate that is better for the right one.
    rates : those better rates.
    """

    name: str
    off: dict
    fails: list
    curves: dict
    same_rate: dict
    rates: dict

    @property
    def worst(self):
        """(array, relative error) of what is most off."""
        array = max(self.off, key=self.off.get)
        return array, self.off[array]

    def ends(self, version):
        """(median, lowest, highest) held-out loss after training."""
        last = self.curves[version][:, -1]
        return float(np.median(last)), float(last.min()), float(last.max())

    @property
    def trains(self):
        """The rule: "yes" if all five seeds end below 0.1 nats; "no" if none gets below 0.6, where chance is 0.69;
        else "in part"."""
        last = self.curves["faulty"][:, -1]
        return "yes" if last.max() < LEARNED else "no" if last.min() > 0.6 else "in part"


@functools.cache
def found(name):
    """`Found` of the exhibit called `name`."""
    runs = load("museum")
    measured = [r["result"] for r in runs if r["config"].get("measured") and r["config"]["exhibit"] == name]
    off = {array: float(np.median([m["off"][array] for m in measured])) for array in measured[0]["off"]}
    losses = {
        (faulty, lr): np.array(select(runs, "losses", exhibit=name, faulty=faulty, lr=lr))
        for faulty in (False, True)
        for lr in RATES[exhibit(name).optimizer]
    }
    rates = RATES[exhibit(name).optimizer]
    own = {f: min(rates, key=lambda lr: np.median(losses[f, lr][:, -1])) for f in (False, True)}
    return Found(
        name,
        off,
        next(m["fails"] for m in measured if m["fails"] is not None),
        {"right": losses[False, own[False]], "faulty": losses[True, own[True]]},
        {"right": losses[False, own[False]], "faulty": losses[True, own[False]]},
        {"right": own[False], "faulty": own[True]},
    )
