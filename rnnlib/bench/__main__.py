"""The command: one process per thread setting, then the report."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from . import __doc__ as DOC
from . import measure, report


def measured(args):
    """All that one thread setting is asked for, in this process."""
    threads = int(os.environ["OMP_NUM_THREADS"]) if "OMP_NUM_THREADS" in os.environ else None
    result = {"rows": [measure.row(c, s, threads, args.seconds) for c in args.cells for s in measure.ROWS]}
    if args.more:
        result["growth"] = {c: measure.growth(c) for c in args.cells}
        result["options"] = {c: measure.options(c, args.seconds) for c in args.cells}
        result["memory"] = {c: measure.memory(c) for c in args.cells} if sys.platform == "linux" else {}
    return result


def in_own_process(setting, args):
    """The same in a process of its own: BLAS reads its thread count when it is loaded."""
    env = {k: v for k, v in os.environ.items() if k not in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    if setting != "default":
        env |= {"OMP_NUM_THREADS": setting, "OPENBLAS_NUM_THREADS": setting}
    command = [sys.executable, "-m", "rnnlib.bench", "--one-setting", "--seconds", str(args.seconds)]
    command += ["--more"] * args.more + ["--cells", *args.cells]
    return json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(prog="python -m rnnlib.bench", description=DOC.split("\n\n")[0])
    parser.add_argument("--cells", nargs="+", choices=measure.CELLS, default=measure.CELLS)
    parser.add_argument("--threads", nargs="+", default=["1", "default"], help="BLAS threads, a number or 'default'")
    parser.add_argument("--seconds", type=float, default=1.0, help="time spent on each row, at least 5 rounds")
    parser.add_argument("--more", action="store_true", help="growth, memory and the options' cost too")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON instead of tables")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="measure all and renew the table in FILE")
    parser.add_argument("--one-setting", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one_setting:
        print(json.dumps(measured(args)))
        return
    if args.readme:
        args.more, args.cells, args.threads = True, measure.CELLS, ["1", "default"]
        report.renew(args.readme, "")  # complain now, not after three minutes
    results = {}
    for setting in args.threads:
        results[setting] = in_own_process(setting, args)
        if not args.json:
            print(report.in_words(setting, results[setting]), flush=True)
    if args.json:
        print(json.dumps({"machine": report.machine(), "threads": results}, indent=1))
    if args.readme:
        args.readme.write_text(report.renew(args.readme, report.summary(results)), encoding="utf-8")


if __name__ == "__main__":
    main()
