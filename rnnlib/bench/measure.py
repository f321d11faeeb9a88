"""What is measured, and how: see the package's docstring."""

import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from ..stack import DeepRNN

ROWS = [(1, 50, 32, 1), (16, 50, 32, 2), (32, 100, 64, 2), (32, 100, 64, 8), (32, 200, 128, 2), (64, 100, 256, 2)]
CELLS = ("rnn", "lstm", "gru")


OPTIONS = {
    "input skip": {"skip_input": True},
    "residual": {"residual": True},
    "layer norm": {"layer_norm": True},
    "lengths": {"lengths": True},
}
OPTION_ROWS = [(32, 100, 64, 2), (32, 200, 128, 2)]


def ours(cell, B, T, H, L, lengths=False, **options):
    """A function of no arguments that runs our forward and backward once. lengths: of T/2 to T steps."""
    rng = np.random.default_rng(0)
    net = DeepRNN(cell, H, H, L, dtype=np.float32, **options)
    params = net.init(rng)
    xs, dhs = rng.standard_normal((2, T, B, H), dtype=np.float32)
    lengths = rng.integers(T // 2, T + 1, B) if lengths else None
    return lambda: net.backward(params, net.forward(params, xs, lengths=lengths), dhs)


def pytorch(cell, B, T, H, L, threads):
    """The same for PyTorch, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    if threads:
        torch.set_num_threads(threads)
    net = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell](H, H, L)
    xs, dhs = torch.randn(T, B, H, requires_grad=True), torch.randn(T, B, H)

    def run():
        net.zero_grad()
        xs.grad = None
        net(xs)[0].backward(dhs)

    return run


def products(cell, B, T, H, L):
    """The bare matrix products of the same work."""
    rng = np.random.default_rng(0)
    GH = {"rnn": 1, "lstm": 4, "gru": 3}[cell] * H
    W_xh, W_hh = rng.standard_normal((2, H, GH), dtype=np.float32)
    xs, hs = rng.standard_normal((2, T * B, H), dtype=np.float32)
    dz, h = rng.standard_normal((T * B, GH), dtype=np.float32), hs[:B]
    zh, dh, W_hh_T = np.empty((B, GH), np.float32), np.empty((B, H), np.float32), W_hh.T.copy()

    def run():
        for _ in range(L):
            xs @ W_xh
            for _ in range(T):
                np.matmul(h, W_hh, out=zh)
            for t in range(T):
                np.matmul(dz[t * B : t * B + B], W_hh_T, out=dh)
            xs.T @ dz, hs.T @ dz, dz @ W_xh.T

    return run


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


def row(cell, shape, threads=None, seconds=1.0):
    """One line of the table as a dict; times in ms, ratios as medians over rounds."""
    torch_run = pytorch(cell, *shape, threads)
    runs = [ours(cell, *shape), products(cell, *shape)] + ([torch_run] if torch_run else [])
    mine, bare, *theirs = timed(runs, seconds)
    result = {
        "cell": cell,
        "shape": shape,
        "ours_ms": statistics.median(mine) * 1e3,
        "products_ms": statistics.median(bare) * 1e3,
        "over_products": statistics.median(a / b for a, b in zip(mine, bare)),
    }
    if theirs:
        result["pytorch_ms"] = statistics.median(theirs[0]) * 1e3
        result["ratio"] = statistics.median(a / b for a, b in zip(mine, theirs[0]))
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
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 2**10


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
        result[who] = float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return {"shape": shape, **result}
