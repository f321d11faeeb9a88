"""Experiments: what takes too long for a notebook is run once, stored in the repository, and can be run again.

    python -m rnnlib.experiments list
    python -m rnnlib.experiments run NAME [--seeds N] [--jobs N] [--backend dask --scheduler ADDRESS]

resumes where it stopped, and needs the extra [sweep].

A module of this package is one experiment:

    QUESTION   what it asks, one sentence
    GRID       list of configurations, each a dict of plain values
    SEEDS      how many seeds per configuration, counted from 0
    run_one    (config, seed) -> dict of numbers; pure: the same arguments give the same numbers

Results lie in results/NAME.jsonl: one line per configuration and seed, with the versions, the date and the revision
of the code that computed it. A notebook reads them with `load`, and re-runs a part of them to show that they hold.
"""

from .store import load, select

__all__ = ["load", "select"]
