"""From a file of one's own to an honest result, one step after the other.

    found  = rnnlib.data.own.read("power.csv")        what is in the file, and what is suspicious about it
    parts  = split(found)                             to learn from, to choose by, to be judged by once
    simple = baselines(parts)                         what needs no network
    model  = network(parts, "gru", 32)
    checks(model, parts)                              before training
    tried  = sweep(model, parts)                      the learning rate
    fitted = fit(model, parts, tried.rate)            three seeds, early stopping, can be stopped
    result = judge(fitted, simple)                    the test part is read here
    mistakes(result);  save(result, folder);  report(result, "report.html")

`python -m rnnlib.course.project FILE` does all of it.
"""

from .baselines import Baselines, baselines
from .fit import Fitted, Sweep, fit, sweep
from .keep import Kept, load, save
from .mistakes import Mistakes, mistakes
from .network import Checks, checks, network
from .parts import Part, Parts, split
from .report import report
from .result import Result, judge

__all__ = [
    "Baselines",
    "Checks",
    "Fitted",
    "Kept",
    "Mistakes",
    "Part",
    "Parts",
    "Result",
    "Sweep",
    "baselines",
    "checks",
    "fit",
    "judge",
    "load",
    "mistakes",
    "network",
    "report",
    "save",
    "split",
    "sweep",
]
