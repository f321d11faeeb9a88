"""How far a run moves when another processor computes it: other kernels, other last digits, and training carries on.

OpenBLAS and NumPy are told, by variables that they read when they are loaded, to take this processor for another one.
So each run is a process of its own.
"""

import functools
import json
import os
import random
import statistics
import subprocess
import sys
from typing import NamedTuple

from .store import key, load

QUESTION = "How far does a run of each experiment move from processor to processor, all else being equal?"


class Processor(NamedTuple):
    """blas : OpenBLAS's kernels, None for those it chooses.  least : the first of NumPy's dispatched instruction sets
    that is taken away, with all above it.  threads : of BLAS."""

    blas: str | None = None
    least: str | None = None
    threads: int = 1


PROCESSORS = {
    "this one": Processor(),
    "this one, 2 threads": Processor(threads=2),
    "BLAS SkylakeX (servers with AVX-512)": Processor("SkylakeX"),
    "BLAS Haswell": Processor("Haswell"),
    "BLAS Haswell, NumPy without AVX-512 (most laptops)": Processor("Haswell", "X86_V4"),
    "the same, 2 threads": Processor("Haswell", "X86_V4", 2),
    "BLAS Sandybridge (AVX alone)": Processor("Sandybridge"),
    "BLAS Nehalem (SSE alone)": Processor("Nehalem"),
    "BLAS Nehalem, NumPy without AVX2": Processor("Nehalem", "X86_V3"),
}
NEEDS = {"SkylakeX": "X86_V4"}  # kernels that only a processor with this instruction set can run
SAMPLED = (
    "BLAS SkylakeX (servers with AVX-512)",
    "BLAS Haswell, NumPy without AVX-512 (most laptops)",
    "BLAS Sandybridge (AVX alone)",
    "BLAS Nehalem, NumPy without AVX2",
)
EXPERIMENTS = ("adding", "carry", "combine", "delay", "depth", "forget", "hook", "layers", "length", "luck", "rates",
               "regime", "remedies", "representation", "width")  # fmt: skip
RUNS, SECONDS = 4, 15  # of each experiment, drawn at random among those that take no longer
LONG = {"layers": 1, "carry": 2}  # all of whose networks take longer: so many of them, whatever they take


def environment(processor):
    """The variables that make NumPy and its OpenBLAS take this processor for that one."""
    from numpy._core._multiarray_umath import __cpu_dispatch__ as sets
    from numpy._core._multiarray_umath import __cpu_features__ as found

    env = {f"{library}_NUM_THREADS": str(processor.threads) for library in ("OMP", "OPENBLAS", "MKL")}
    if processor.blas:
        env["OPENBLAS_CORETYPE"] = processor.blas
    if processor.least in sets:
        off = [s for s in sets[sets.index(processor.least) :] if found[s]]
        env |= {"NPY_DISABLE_CPU_FEATURES": " ".join(off)} if off else {}
    return env


def can_run(processor):
    """Whether this machine has the instructions of that processor's kernels; without, a process would die of them."""
    from numpy._core._multiarray_umath import __cpu_features__ as found

    return processor.blas not in NEEDS or found.get(NEEDS[processor.blas], False)


def sample(name):
    """RUNS of an experiment, drawn among those that may move: something is trained in them and, where a run is solved
    or not, the seeds of its configuration do not all agree."""
    runs = load(name)
    solved = {}
    for r in runs:
        solved.setdefault(key(r["config"], 0), set()).add(r["result"].get("updates", 0) is None)
    mixed = [r for r in runs if len(solved[key(r["config"], 0)]) == 2]
    may = [r for r in mixed or runs if trains(r) and (name in LONG or r["made"].get("seconds", 0) <= SECONDS)]
    drawn = random.Random(name).sample(may, LONG.get(name, RUNS))
    return [{"experiment": name, "config": r["config"], "run": r["seed"]} for r in drawn]


def trains(run):
    """Whether there is any training in this run; a network as it starts is mathematics."""
    return run["config"].get("state", "trained") == "trained" and run["config"].get("kind", "trained") == "trained"


GRID = [run | {"processor": label} for name in EXPERIMENTS for run in sample(name) for label in SAMPLED]
SEEDS = 1
PROGRAM = (
    "import json, sys; from importlib import import_module; "
    "name, config, seed = json.loads(sys.argv[1]); "
    "run_one = import_module('rnnlib.course.experiments.' + name).run_one; "
    "print(json.dumps(run_one(config, seed)))"
)


def run_one(config, seed):
    """The result of that run, computed as if on that processor."""
    wanted = json.dumps([config["experiment"], config["config"], config["run"]])
    env = os.environ | environment(PROCESSORS[config["processor"]])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, wanted], env=env, check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return json.loads(done.stdout)


def moved(name, value):
    """By how much processors move value(result) of a run of experiment `name`, and how far seeds lie apart.

    The first is the standard deviation over processors, in the root mean square over the sampled runs; the second the
    standard deviation over the seeds of the same configurations, likewise.
    """
    return tuple(spread([[value(result) for result in group] for group in groups]) for groups in sampled(name))


def on_each(name):
    """[(configuration, seed, its results on every processor)] of an experiment, run by run."""
    by_run = {}
    for r in load("processors"):
        if r["config"]["experiment"] == name:
            by_run.setdefault(key(r["config"]["config"], r["config"]["run"]), []).append(r["result"])
    return [(*json.loads(run), results) for run, results in by_run.items()]


@functools.lru_cache(maxsize=32)
def sampled(name):
    """([results of one run on every processor], [results of one configuration at every seed]) of an experiment."""
    runs, by_seed = on_each(name), {}
    configs = [config for config, *_ in runs]
    for r in load(name):
        if r["config"] in configs:
            by_seed.setdefault(key(r["config"], 0), []).append(r["result"])
    return [results for *_, results in runs], list(by_seed.values())


def spread(groups):
    """The standard deviation within groups, root mean square over the groups."""
    found = [statistics.variance(g) for g in groups if len(g) > 1]
    return statistics.fmean(found) ** 0.5 if found else 0.0
