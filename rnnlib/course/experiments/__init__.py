"""Experiments: what takes too long for a notebook is run once, stored in the repository, and can be run again.

    python -m rnnlib.course.experiments list
    python -m rnnlib.course.experiments run NAME [--seeds N] [--jobs N] [--backend dask --scheduler ADDRESS]
    python -m rnnlib.course.experiments report [--table]

`run` resumes where it stopped, and needs the extra [sweep]; `report` says what the stored runs make of the article's
claims (see `trials` and `trials_neighbours`, where each claim has its test, its margin and its rule, and `arms` and
`arms_neighbours`, what is compared).

A module of this package is one experiment:

    QUESTION   what it asks, one sentence
    GRID       list of configurations, each a dict of plain values
    SEEDS      how many seeds per configuration, counted from 0
    run_one    (config, seed) -> dict of numbers; pure: the same arguments give the same numbers

and `tuning` has a second one, NAME_tuning, to each whose learning rates were chosen.

Results lie in results/NAME.jsonl: one line per configuration and seed, with the versions, the date, the revision
of the code and the seconds that it took. A notebook reads them with `load`, and re-runs a part of them to show that
they hold.
"""

from .store import load, select

__all__ = ["load", "select"]
