"""python -m rnnlib.course.exercises list | check FILE.ipynb | strip FILE.ipynb ... --to FOLDER | progress | forget"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from ..progress import pages
from ..progress.grid import progress
from ..progress.keep import forget
from . import catalogue, sandbox
from .strip import strip

EVERY = ("right", "wrong", "raised", "too slow", "not tried")


def parser():
    top = argparse.ArgumentParser(prog="python -m rnnlib.course.exercises", description="The exercises of the course.")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="the exercises, in the order of the course")
    commands.add_parser("progress", help="what was done on this machine")
    commands.add_parser("forget", help="remove what was kept of it")
    commands.add_parser("index", help="read pages, exercises and predictions from the notebooks anew")
    one = commands.add_parser("check", help="run a learner's notebook in a sandbox", description=sandbox.__doc__)
    one.add_argument("file", type=Path)
    one.add_argument("--json", metavar="OUT", help="write the outcome there too; - prints it, and nothing else")
    one.add_argument("--seconds", type=float, default=60, help="limit of one cell (60)")
    one.add_argument("--memory", type=float, default=4, help="limit of memory in GB, where the platform has one (4)")
    one.add_argument("--only", metavar="NAME", action="append", help="this exercise alone; may be repeated")
    many = commands.add_parser("strip", help="pages without solutions and outputs, for a class")
    many.add_argument("files", type=Path, nargs="+", metavar="FILE.ipynb")
    many.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    many.add_argument("--hints", action="store_true", help="leave out folded hints as well")
    return top


def listed():
    width = max(map(len, catalogue.EXERCISES))
    for name, exercise in catalogue.EXERCISES.items():
        summary = (exercise.solution.__doc__ or "").strip().partition("\n")[0]
        print(f"{exercise.page}  {name:{width}s}  {summary}")


def checked(options):
    """0: all that was tried is right; 1: something is not; 2: the file cannot be run."""
    if unknown := [name for name in options.only or () if name not in catalogue.EXERCISES]:
        return failed(f"--only: expected one of {', '.join(catalogue.EXERCISES)}, got {unknown[0]!r}")
    try:
        outcomes, troubles = sandbox.try_page(options.file, options.seconds, int(options.memory * 1e9), options.only)
    except ModuleNotFoundError as e:
        return failed(f"{e.name} is missing: pip install -r requirements.txt")
    except Exception as e:
        reason = " ".join(str(e).split())[:200]
        return failed(f"{options.file}: cannot be read as a notebook ({type(e).__name__}: {reason})")
    counts = {status: sum(o.status == status for o in outcomes) for status in EVERY}
    report = {"file": options.file.name, "exercises": [asdict(o) for o in outcomes], "counts": counts,
              "other_cells": troubles}  # fmt: skip
    if options.json:
        text = json.dumps(report, ensure_ascii=options.json == "-", indent=1)
        if options.json == "-":
            print(text)
        else:
            Path(options.json).write_text(text + "\n", encoding="utf-8", newline="\n")
    if options.json != "-":
        shown(outcomes, counts, troubles)
    return int(any(counts[status] for status in ("wrong", "raised", "too slow")))


def shown(outcomes, counts, troubles):
    width = max((len(o.name) for o in outcomes), default=0)
    for o in outcomes:
        what = o.named or o.message
        where = f"first wrong: {o.first}. " if o.first and o.status == "wrong" else ""
        print(f"{o.name:{width}s}  {o.status:9s}  {where}{what}".rstrip())
    print(", ".join(f"{n} {status}" for status, n in counts.items()) if outcomes else "No exercise is on this page.")
    for words in troubles:
        print(f"elsewhere on the page, {words}")


def failed(words):
    print(words, file=sys.stderr)
    return 2


def stripped(options):
    for path in options.files:
        try:
            target, left_out = strip(path, options.to, options.hints)
        except Exception as e:
            return failed(f"{path}: {' '.join(str(e).split())[:200] or type(e).__name__}")
        print(f"{target}: left out {len(left_out)}", *left_out, sep="\n  ")
    return 0


def main(words=None):
    sys.stdout.reconfigure(errors="backslashreplace")  # a console need not know every sign
    options = parser().parse_args(words)
    if options.command == "check":
        return checked(options)
    if options.command == "strip":
        return stripped(options)
    {"list": listed, "progress": lambda: print(progress()), "forget": forget, "index": pages.write}[options.command]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
