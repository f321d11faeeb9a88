"""Run what is missing of an experiment, in processes of one BLAS thread each, and append every result as it comes."""

import contextlib
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from . import __path__ as HERE
from .store import RESULTS, key, load
from .tuning import TUNINGS, tuning

NOT_EXPERIMENTS = {"__main__", "arms", "arms_neighbours", "families", "genes_report", "properties", "report", "run",
                   "solve", "store", "trials", "trials_neighbours", "tuning", "words_net"}  # fmt: skip


def names():
    """The experiments there are."""
    modules = {m.name for m in pkgutil.iter_modules(HERE)} - NOT_EXPERIMENTS
    return sorted(modules | {f"{name}_tuning" for name in TUNINGS})


def experiment(name):
    """The module of that name, or what chooses its learning rates."""
    if name not in names():
        raise ValueError(f"name: expected one of {', '.join(names())}, got {name!r}")
    if name.endswith("_tuning"):
        return tuning(name.removesuffix("_tuning"))
    return importlib.import_module(f".{name}", __package__)


def made():
    """By what a result was computed: versions, date, revision of the code."""
    try:
        ask = ["git", "rev-parse", "--short", "HEAD"]
        revision = subprocess.run(ask, cwd=HERE[0], capture_output=True, encoding="utf-8").stdout.strip()
    except OSError:  # who installed a wheel need not have git
        revision = ""
    python = ".".join(map(str, sys.version_info[:3]))
    return {
        "python": python,
        "numpy": np.__version__,
        "date": time.strftime("%Y-%m-%d"),
        "revision": revision or "unknown",
    }


def one(name, config, seed):
    """A single run, whole, on one BLAS thread: what a worker does. Returns it, and the seconds it took."""
    with threadpool_limits(1):
        began = time.perf_counter()
        result = experiment(name).run_one(config, seed)
        return {"config": config, "seed": seed, "result": result}, round(time.perf_counter() - began, 2)


def mend(path):
    """Cut off a last line that a kill has left unfinished."""
    if path.exists():
        whole, _, torn = path.read_bytes().rpartition(b"\n")
        if torn:
            path.write_bytes(whole + b"\n" * bool(whole))


@contextlib.contextmanager
def cluster(backend, scheduler):
    """The context in which joblib runs: processes of this machine, or the workers of a Dask scheduler."""
    from joblib import parallel_config

    if backend == "dask":
        from distributed import Client

        with Client(scheduler), parallel_config(backend="dask"):  # None: a cluster of its own on this machine
            yield
        return
    if backend != "local":
        raise ValueError(f"backend: expected 'local' or 'dask', got {backend!r}")
    if scheduler is not None:
        raise ValueError(f"scheduler: only for backend 'dask', got {scheduler!r} with 'local'")
    yield


def run(name, seeds=None, jobs=None, backend="local", scheduler=None, folder=None):
    """Compute every run that is not in the file yet; returns how many there were. A kill loses only runs under way.

    jobs : processes, all cores if not given.  backend, scheduler : "dask" and the address of a scheduler, to run on
    its workers instead; they need this package installed.  folder : where the results lie, if not in the package.
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # for the workers, before they load NumPy
    module, stamp = experiment(name), made()
    path = Path(folder or RESULTS) / f"{name}.jsonl"
    mend(path)
    have = {key(r["config"], r["seed"]) for r in load(name, folder)} if path.exists() else set()
    wanted = [(c, s) for s in range(seeds or module.SEEDS) for c in module.GRID if key(c, s) not in have]
    with cluster(backend, scheduler), path.open("a", encoding="utf-8", newline="\n") as file:
        finished = Parallel(
            n_jobs=jobs or (-1 if backend == "dask" else os.cpu_count()), return_as="generator_unordered"
        )(delayed(one)(name, config, seed) for config, seed in wanted)
        for result, seconds in tqdm(finished, name, len(wanted), unit="run"):
            file.write(json.dumps(result | {"made": stamp | {"seconds": seconds}}) + "\n")
            file.flush()
    return len(wanted)
