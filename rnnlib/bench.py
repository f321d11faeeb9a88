"""python -m rnnlib.bench: forward and backward of a stack, timed beside PyTorch in one run.

Every row is timed in rounds: ours, PyTorch's, the bare matrix products, and again. Machines drift, so what counts is
the ratio within a round; the table gives the median over rounds. Forward and backward give the gradient of every
parameter and of the inputs, in float32, with D = H. Without PyTorch the ratio column stays empty.

"products" is the time of the matrix products alone, which no implementation can do without: per layer
xs W_xh, T times h W_hh, and backwards T times dz W_hhᵀ and the three products over all steps.

Growth is the exponent p of time ~ T^p and time ~ L^p, fitted over T = 50 ... 800 and L = 1 ... 8. Memory is by how
much the peak of a fresh process grows in one step of training, ours and PyTorch's.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from .stack import DeepRNN

ROWS = [(1, 50, 32, 1), (16, 50, 32, 2), (32, 100, 64, 2), (32, 100, 64, 8), (32, 200, 128, 2), (64, 100, 256, 2)]
CELLS = ("rnn", "lstm", "gru")


def ours(cell, B, T, H, L):
    """A function of no arguments that runs our forward and backward once."""
    rng = np.random.default_rng(0)
    net = DeepRNN(cell, H, H, L, dtype=np.float32)
    params = net.init(rng)
    xs, dhs = rng.standard_normal((2, T, B, H), dtype=np.float32)
    return lambda: net.backward(params, net.forward(params, xs), dhs)


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
    code = "import sys; from rnnlib import bench; print(bench.peak_growth(*sys.argv[1:3], *map(int, sys.argv[3:])))"
    result = {}
    for who in whose:
        command = [sys.executable, "-c", code, who, cell, *map(str, shape)]
        result[who] = float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return {"shape": shape, **result}


def table(rows):
    """The rows as Markdown, a geometric mean under each cell."""
    lines = [
        "| cell | (B, T, H, L) | ours, ms | PyTorch, ms | ratio | times the products |",
        "|---|---|---|---|---|---|",
    ]
    for cell in dict.fromkeys(r["cell"] for r in rows):
        mine = [r for r in rows if r["cell"] == cell]
        for r in mine:
            theirs = (f"{r['pytorch_ms']:.2f}", f"{r['ratio']:.2f}") if "ratio" in r else ("", "")
            shape = ", ".join(map(str, r["shape"]))
            lines.append(
                f"| {cell} | ({shape}) | {r['ours_ms']:.2f} | {theirs[0]} | {theirs[1]} | {r['over_products']:.2f} |"
            )
        if all("ratio" in r for r in mine):
            mean = statistics.geometric_mean(r["ratio"] for r in mine)
            lines.append(f"| {cell} | geometric mean | | | **{mean:.2f}** | |")
    return "\n".join(lines)


def machine():
    """The machine and the versions, in words."""
    try:
        import torch

        torch_version = f"PyTorch {torch.__version__}"
    except ImportError:
        torch_version = "no PyTorch"
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, {torch_version}, {time.strftime('%Y-%m-%d')}"
    )


def measure(args):
    """All that one thread setting is asked for, in this process."""
    threads = int(os.environ["OMP_NUM_THREADS"]) if "OMP_NUM_THREADS" in os.environ else None
    return {
        "rows": [row(c, s, threads, args.seconds) for c in args.cells for s in ROWS],
        "growth": {c: growth(c) for c in args.cells} if args.more else {},
        "memory": {c: memory(c) for c in args.cells} if args.more and sys.platform == "linux" else {},
    }


def report(setting, result):
    """One thread setting in words and tables."""
    text = [f"\nThreads: {setting}. {machine()}\n", table(result["rows"])]
    for cell, p in result["growth"].items():
        text.append(f"\n{cell}: time grows as T^{p['T']:.2f} and L^{p['L']:.2f}")
        m = result["memory"].get(cell, {})
        amounts = ", ".join(f"{name} {m[name]:.0f} MB" for name in ("ours", "pytorch") if name in m)
        text.append(
            f"{cell}: peak memory of a step at (B, T, H, L) = {tuple(m['shape'])}: {amounts}" if amounts else ""
        )
    return "\n".join(text)


def main():
    parser = argparse.ArgumentParser(prog="python -m rnnlib.bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--cells", nargs="+", choices=CELLS, default=CELLS)
    parser.add_argument("--threads", nargs="+", default=["1", "default"], help="BLAS threads, a number or 'default'")
    parser.add_argument("--seconds", type=float, default=1.0, help="time spent on each row, at least 5 rounds")
    parser.add_argument("--more", action="store_true", help="growth exponents and peak memory too")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON instead of tables")
    parser.add_argument("--one-setting", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one_setting:
        print(json.dumps(measure(args)))
        return
    results = {}
    for setting in args.threads:
        # BLAS reads its thread count when it is loaded, so every setting has a process of its own
        env = {k: v for k, v in os.environ.items() if k not in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        if setting != "default":
            env |= {"OMP_NUM_THREADS": setting, "OPENBLAS_NUM_THREADS": setting}
        command = [sys.executable, "-m", "rnnlib.bench", "--one-setting", "--seconds", str(args.seconds)]
        command += ["--more"] * args.more + ["--cells", *args.cells]
        out = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
        results[setting] = json.loads(out)
        if not args.json:
            print(report(setting, results[setting]), flush=True)
    if args.json:
        print(json.dumps({"machine": machine(), "threads": results}, indent=1))


if __name__ == "__main__":
    main()
