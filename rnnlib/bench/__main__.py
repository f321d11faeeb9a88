"""The command: one process per setting of threads and kernels, then the report."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from . import __doc__ as DOC
from . import kernels, measure, report, work
from .kinds import KINDS, PARTS

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def measured(args):
    """All that one setting is asked for, in this process."""
    told = kernels.ran()  # first, while NumPy's BLAS is the only one
    threads = None if args.threads[0] == "default" else int(args.threads[0])
    result = {"threads": args.threads[0], "kernels": args.kernels[0], "ran": told}
    result["rows"] = [
        measure.row(kind, cell, shape, threads, args.seconds)
        for kind in args.kinds
        for cell in (args.cells if KINDS[kind].cells == work.CELLS else KINDS[kind].cells)
        for shape in KINDS[kind].shapes
    ]
    if args.more:
        result["growth"] = {c: measure.growth(c) for c in args.cells}
        result["options"] = {c: measure.options(c, args.seconds) for c in args.cells}
        result["memory"] = {c: measure.memory(c) for c in args.cells} if sys.platform == "linux" else {}
    return result


def in_own_process(threads, choice, more, args):
    """The same in a process of its own: libraries read threads and kernels when they are loaded."""
    env = {k: v for k, v in os.environ.items() if k not in THREADS}
    if threads != "default":
        env |= dict.fromkeys(THREADS, threads)
    if choice == kernels.AVX2:
        env |= kernels.limited()
    command = [sys.executable, "-m", "rnnlib.bench", "--one-setting", "--threads", threads, "--kernels", choice]
    command += ["--seconds", str(args.seconds)] + ["--more"] * more + ["--cells", *args.cells, "--kinds", *args.kinds]
    return json.loads(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)


def main():
    sys.stdout.reconfigure(errors="backslashreplace")  # a console need not know every sign
    parser = argparse.ArgumentParser(prog="python -m rnnlib.bench", description=DOC.split("\n\n")[0])
    parser.add_argument("--only", choices=PARTS, help="one part, whole")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--cells", nargs="+", choices=work.CELLS, default=work.CELLS, help="of the recurrent part")
    parser.add_argument("--threads", nargs="+", default=["1", "default"], help="BLAS threads, a number or 'default'")
    parser.add_argument("--kernels", nargs="+", choices=kernels.CHOICES, default=kernels.CHOICES)
    parser.add_argument("--seconds", type=float, default=1.0, help="time spent on each row, at least 5 rounds")
    parser.add_argument("--more", action="store_true", help="growth, memory and the options' cost too")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON instead of tables")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="measure all and renew the table in FILE")
    parser.add_argument("--one-setting", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one_setting:
        print(json.dumps(measured(args)))
        return
    if args.only:
        args.kinds = list(PARTS[args.only])
    if args.readme:
        args.more, args.cells, args.kinds = True, work.CELLS, list(KINDS)
        args.threads, args.kernels = ["1", "default"], kernels.CHOICES
        report.renew(args.readme, "")  # complain now, not after five minutes
    left_out = kernels.why_not_avx2() if kernels.AVX2 in args.kernels else None
    choices = [choice for choice in args.kernels if not (left_out and choice == kernels.AVX2)]
    if not args.json:
        print(report.machine())
        if left_out:
            print(report.without_avx2(left_out))
    results = []
    for choice in choices:
        for threads in args.threads:
            results.append(in_own_process(threads, choice, args.more and not results, args))
            if not args.json:
                print(report.of_setting(results[-1]), flush=True)
    if args.json:
        print(json.dumps({"machine": report.machine(), "avx2_left_out": left_out, "settings": results}, indent=1))
    if args.readme:
        args.readme.write_text(
            report.renew(args.readme, report.summary(results, left_out)), encoding="utf-8", newline="\n"
        )


if __name__ == "__main__":
    main()
