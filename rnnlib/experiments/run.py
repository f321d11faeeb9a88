"""Run what is missing of an experiment, in processes of one BLAS thread each, and append every result as it comes."""

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import time

import numpy as np

from . import __path__ as HERE
from .store import RESULTS, key, load

NOT_EXPERIMENTS = {"__main__", "run", "solve", "store"}


def names():
    """The experiments there are."""
    return sorted(m.name for m in pkgutil.iter_modules(HERE) if m.name not in NOT_EXPERIMENTS)


def experiment(name):
    """The module of that name."""
    if name not in names():
        raise ValueError(f"name: expected one of {', '.join(names())}, got {name!r}")
    return importlib.import_module(f".{name}", __package__)


def made():
    """By what a result was computed: versions, date, revision of the code."""
    git = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE[0], capture_output=True, text=True)
    python = ".".join(map(str, sys.version_info[:3]))
    return {
        "python": python,
        "numpy": np.__version__,
        "date": time.strftime("%Y-%m-%d"),
        "revision": git.stdout.strip() or "unknown",
    }


def one(name, config, seed):
    """A single run, whole: what a worker does."""
    return {"config": config, "seed": seed, "result": experiment(name).run_one(config, seed)}


def run(name, seeds=None, jobs=None):
    """Compute every run that is not in the file yet; returns how many there were. A kill loses only runs under way."""
    from joblib import Parallel, delayed

    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # for the workers, before they load NumPy
    module, path, stamp = experiment(name), RESULTS / f"{name}.jsonl", made()
    have = {key(r["config"], r["seed"]) for r in load(name)} if path.exists() else set()
    wanted = [(c, s) for s in range(seeds or module.SEEDS) for c in module.GRID if key(c, s) not in have]
    start = time.monotonic()
    finished = Parallel(n_jobs=jobs or os.cpu_count(), return_as="generator_unordered")(
        delayed(one)(name, config, seed) for config, seed in wanted
    )
    with path.open("a", encoding="utf-8") as file:
        for count, result in enumerate(finished, 1):
            file.write(json.dumps(result | {"made": stamp}) + "\n")
            file.flush()
            left = (time.monotonic() - start) / count * (len(wanted) - count)
            print(f"\r{name}: {count} of {len(wanted)}, {left:.0f} s left  ", end="", file=sys.stderr, flush=True)
    return len(wanted)
