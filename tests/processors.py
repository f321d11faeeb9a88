"""The same tests, as if on other processors: python -m tests.processors

A product of matrices is summed in another order by the kernels of another processor, and a last digit rounds the
other way. Mathematics does not care. Training does: after a thousand updates it is another network. So the notebooks
and the numeric tests run here once for every processor of the table below, which OpenBLAS and NumPy are told to take
this one for, and what is printed is compared with what is stored.

Printed: processor × result; per notebook, how far a compared number moves before it is rounded; and the outputs that
come nearest to printing another digit. A number is held to have room: from the value that lies nearest to a rounding
limit, as far again as the values lie apart. Fails if a test fails anywhere, or a number has no such room.

Not seen here: processors with other instructions (arm64), other BLAS libraries (Accelerate, MKL). What is stored as
mathematics, from a file, or in a band holds there for the same reasons; a test there says so, this table does not.
"""

import argparse
import configparser
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import nbformat

from rnnlib.course.experiments.processors import PROCESSORS, can_run, environment

from .recorder import STARTUP, name

ROOT = Path(__file__).resolve().parent.parent
NUMERIC = ["gradients", "equivalences", "theory", "torch", "model", "train", "tasks", "interop", "claims"]
DRAWS = 40  # configurations that test_gradients draws here; all of them are drawn in the main run
TESTS = ["notebooks", *(f"tests/test_{stem}.py" for stem in NUMERIC)]
ROOM = 3.0  # times the spread that a number keeps from its rounding limit


class Result(NamedTuple):
    passed: int
    failed: list  # of test names
    seconds: float
    numbers: dict  # cell -> [value, specification, text] in the order of formatting


def run(processor, tests, quick=False):
    """pytest on `tests` as if on that processor; quick: without the claims for which networks are trained for long."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        startup = folder / "profile_default" / "startup"
        startup.mkdir(parents=True)
        (startup / "00-record.py").write_text(STARTUP, encoding="utf-8")
        record, report = folder / "numbers.jsonl", folder / "report.xml"
        env = os.environ | environment(processor) | {"IPYTHONDIR": str(folder), "RNNLIB_RECORD": str(record)}
        env |= {
            "RNNLIB_GRADCHECK_EXAMPLES": str(DRAWS),
            "RNNLIB_QUICK_CLAIMS": str(int(quick)),
            "PYTHONIOENCODING": "utf-8",
        }
        command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
        command += ["-o", "junit_family=xunit1"]  # the one that takes what tests say of themselves
        began = time.perf_counter()
        done = subprocess.run([*command, *tests], cwd=ROOT, env=env, capture_output=True, encoding="utf-8")
        seconds = time.perf_counter() - began
        if not report.exists():
            raise RuntimeError(f"pytest did not run:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        passed, failed = outcome(report)
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else ()
    return Result(passed, failed, seconds, dict(map(json.loads, lines)))


def outcome(report):
    """(how many passed, names of those that did not) from pytest's XML."""
    cases = list(xml.parse(report).iter("testcase"))
    bad = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
    skipped = [c for c in cases if c.find("skipped") is not None]
    names = [f"{c.get('classname', '').removeprefix('notebooks.')} {c.get('name')}" for c in bad]
    return len(cases) - len(bad) - len(skipped), names


# ------------------------------------------------------------------------------- how near a number is to another digit


def room(value, spec, text):
    """How far `value` may move until `text`, which is it by the format `spec`, has another last digit."""
    digits, kind = int(re.search(r"\.(\d+)", spec)[1]), spec[-1]
    shown = float(text.strip().rstrip("%"))
    value = 100 * value if kind == "%" else value
    if kind in "eg":
        digits -= kind == "g"
        digits -= math.floor(math.log10(abs(shown))) if shown else 0
    half = 0.5 * 10.0**-digits
    if kind == "g" and not shown:
        return math.inf  # exactly zero
    if kind in "eg" and abs(value) < abs(shown) == 10.0 ** round(math.log10(abs(shown))):
        half /= 10  # below a power of ten the digits are finer
    return (half - abs(value - shown)) / (100 if kind == "%" else 1)


def compared():
    """{cell: (notebook, number, text)} of what nbval compares, without what may differ between two runs."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "tests" / "nbval_sanitize.cfg", encoding="utf-8")
    rules, found = [re.compile(config[section]["regex"]) for section in config.sections()], {}
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        code = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
        for number, cell in enumerate(code, 1):
            shown = [o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in cell.outputs]
            text = "\n".join(shown)
            for rule in rules:
                text = rule.sub("", text)
            found[name(cell.source)] = path.stem, number, text
    return found


class Number(NamedTuple):
    """notebook, cell, text : where it is printed, and how.  low, high : over the processors.  room : the least."""

    notebook: str
    cell: int
    text: str
    low: float
    high: float
    room: float

    @property
    def spread(self):
        return self.high - self.low

    @property
    def spare(self):
        """Its room in spreads."""
        return self.room / self.spread if self.spread else math.inf


def numbers(results):
    """Every number that is formatted alike often on all processors, and compared."""
    cells = compared()
    for cell, (notebook, number, text) in cells.items():
        rows = [r.numbers[cell] for r in results if cell in r.numbers]
        if len({len(row) for row in rows}) != 1:
            continue  # a loop that ran more often here than there: what it printed is compared as text
        for seen in zip(*rows):
            values = [v for v, _, _ in seen]
            if all(shown.strip() in text for _, _, shown in seen) and all(map(math.isfinite, values)):
                least = min(room(*each) for each in seen)
                yield Number(notebook, number, seen[0][2].strip(), min(values), max(values), least)


def report(results):
    """The tables, and whether all is well."""
    well = True
    print("\n| processor | passed | failed | seconds |\n|---|---|---|---|")
    for label, r in results.items():
        print(f"| {label} | {r.passed} | {len(r.failed)} | {r.seconds:.0f} |")
    for label, r in results.items():
        for case in r.failed:
            well = False
            print(f"failed on {label}: {case}")
    found = list(numbers(results.values()))
    print("\n| notebook | numbers compared | that move at all | the one that moves most, relative to its size |")
    print("|---|---|---|---|")
    for notebook in sorted({n.notebook for n in found}):
        mine = [n for n in found if n.notebook == notebook]
        most = max(mine, key=lambda n: n.spread / max(abs(n.low), abs(n.high), 1e-300))
        gap = most.spread / max(abs(most.low), abs(most.high), 1e-300)
        moving = sum(n.spread > 0 for n in mine)
        print(f"| {notebook} | {len(mine)} | {moving} | {gap:.1e}: cell {most.cell}, {most.text} |")
    print("\nnearest to printing another digit:")
    for n in sorted(found, key=lambda n: n.spare)[:3]:
        print(
            f"{n.notebook} cell {n.cell}: {n.text} from values {n.low:.10g} to {n.high:.10g}, "
            f"room {n.room:.1e}, {n.spare:.1e} times their spread"
        )
    for n in found:
        if n.spare < ROOM:
            well = False
            print(f"no room: {n.notebook} cell {n.cell}: {n.text} from values {n.low:.10g} to {n.high:.10g}")
    return well


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.processors", description=__doc__.split("\n\n")[0])
    parser.add_argument("tests", nargs="*", default=TESTS, help="what to run (default: notebooks and numeric tests)")
    parser.add_argument("--only", nargs="+", metavar="WORD", help="processors whose names hold one of these words")
    parser.add_argument("--quick", action="store_true", help="without the claims that are slow to decide")
    parser.add_argument("--jobs", type=int, default=2, help="processors at a time (default: 2)")
    args = parser.parse_args()
    chosen = {k: p for k, p in PROCESSORS.items() if not args.only or any(word in k for word in args.only)}
    for label in [label for label, processor in chosen.items() if not can_run(processor)]:
        print(f"{label}: not tried, this machine lacks its instructions", flush=True)
        del chosen[label]
    results = {}

    def one(item):
        label, processor = item
        results[label] = r = run(processor, args.tests, args.quick)
        print(f"{label}: {r.passed} passed, {len(r.failed)} failed in {r.seconds:.0f} s", flush=True)

    alone = {k: p for k, p in chosen.items() if p.threads > 1}  # threads that wait for a core spin, and take it
    with ThreadPoolExecutor(args.jobs) as pool:
        list(pool.map(one, (item for item in chosen.items() if item[0] not in alone)))
    list(map(one, alone.items()))
    sys.exit(0 if report({label: results[label] for label in chosen}) else 1)


if __name__ == "__main__":
    main()
