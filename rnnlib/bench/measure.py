"""What is measured, and how: see the package's docstring."""

import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from .kinds import KINDS
from .work import ours, pytorch

OPTIONS = {
    "input skip": {"skip_input": True},
    "residual": {"residual": True},
    "layer norm": {"layer_norm": True},
    "lengths": {"lengths": True},
}
OPTION_ROWS = [(32, 100, 64, 2), (32, 200, 128, 2)]


def timed(runs, seconds=1.0, most=30):
    """Rounds of one call each, until `seconds` have gone by (at least 5 rounds): a list of times per function."""
    times = [[] for _ in runs]
    for run in runs:
        run()
    start = time.perf_counter()
    while len(times[0]) < 5 or (time.perf_counter() - start < seconds and len(times[0]) < most):
        for run, record in zip(runs, times):
            begin = time.perf_counter()
            run()
            record.append(time.perf_counter() - begin)
    return times


def row(kind, cell, shape, threads=None, seconds=1.0):
    """One line of the table as a dict; times in ms, ratios as medians over rounds."""
    makers = KINDS[kind]
    runs = {"ours": makers.ours(cell, *shape)}
    beside = {"products": makers.products, "loop": makers.loop}
    runs |= {name: make(cell, *shape) for name, make in beside.items() if make}
    if torch_run := makers.pytorch(cell, *shape, threads):
        runs["pytorch"] = torch_run
    times = dict(zip(runs, timed(list(runs.values()), seconds)))
    result = {"kind": kind, "cell": cell, "shape": shape}
    result |= {f"{who}_ms": statistics.median(record) * 1e3 for who, record in times.items()}
    for who in [w for w in times if w != "ours"]:
        name = "ratio" if who == "pytorch" else f"over_{who}"
        result[name] = statistics.median(a / b for a, b in zip(times["ours"], times[who]))
    return result


def growth(cell):
    """The exponents {"T": p, "L": p} of time ~ size^p, the others fixed at B = 16, H = 64, L = 2, T = 100."""
    exponents = {}
    for axis, sizes in {"T": (50, 100, 200, 400, 800), "L": (1, 2, 4, 8)}.items():
        shapes = [(16, n, 64, 2) if axis == "T" else (16, 100, 64, n) for n in sizes]
        times = timed([ours(cell, *shape) for shape in shapes], seconds=2.0)
        slope, _ = np.polyfit(np.log(sizes), np.log([statistics.median(t) for t in times]), 1)
        exponents[axis] = float(slope)
    return exponents


def options(cell, seconds=1.0):
    """{option: its time over the plain stack's, the worse of two rows}, medians over rounds."""
    worst = dict.fromkeys(OPTIONS, 0.0)
    for shape in OPTION_ROWS:
        plain, *others = timed([ours(cell, *shape), *(ours(cell, *shape, **o) for o in OPTIONS.values())], seconds)
        for name, times in zip(OPTIONS, others):
            worst[name] = max(worst[name], statistics.median(a / b for a, b in zip(times, plain)))
    return worst


def peak():
    """MB, the most this process ever held. Linux; getrusage would count the parent's peak too."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))[1]) / 2**10


def peak_growth(whose, cell, B, T, H, L):
    """MB by which the peak memory of this process grows in one forward and backward, after a tiny one."""
    make = ours if whose == "ours" else (lambda *row: pytorch(*row, None))
    make(cell, 1, 2, H, 1)()
    run, before = make(cell, B, T, H, L), peak()
    run()
    return peak() - before


def memory(cell, shape=(32, 200, 128, 2)):
    """{"ours": MB, "pytorch": MB}, each in a process of its own."""
    whose = ["ours"] + ["pytorch"] * (pytorch(cell, 1, 1, 1, 1, None) is not None)
    code = "import sys; from rnnlib.bench.measure import peak_growth as grown; "
    code += "print(grown(*sys.argv[1:3], *map(int, sys.argv[3:])))"
    result = {}
    for who in whose:
        command = [sys.executable, "-c", code, who, cell, *map(str, shape)]
        result[who] = float(subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)
    return {"shape": shape, **result}
