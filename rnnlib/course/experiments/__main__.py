"""The command line of the experiments."""

import argparse
import math
import sys

import numpy as np

from . import __doc__ as DOC
from . import report
from .run import experiment, names, run
from .store import RESULTS, load
from .trials import TRIALS
from .trials_neighbours import NEIGHBOURS


def main():
    sys.stdout.reconfigure(errors="backslashreplace")  # a console need not know every sign
    parser = argparse.ArgumentParser(prog="python -m rnnlib.course.experiments", description=DOC.split("\n\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what there is")
    command = commands.add_parser("run", help="compute what is missing")
    command.add_argument("name", choices=names())
    command.add_argument("--seeds", type=int, help="per configuration; as many as the experiment says if not given")
    command.add_argument("--jobs", type=int, help="processes; all cores if not given")
    command.add_argument("--backend", choices=("local", "dask"), default="local", help="where (default: local)")
    command.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster; one of its own if not given")
    command.add_argument("--folder", help="for the results, if not in the package: to compare with what is stored")
    command = commands.add_parser("report", help="the article's claims: every trial, its arms and its verdict")
    command.add_argument("--table", action="store_true", help="as one Markdown table, with the literature")
    args = parser.parse_args()
    if args.command == "report":
        if args.table:
            print(report.table((*TRIALS, *NEIGHBOURS)))
            return
        for trial in (*TRIALS, *NEIGHBOURS):
            print(*report.trial_lines(trial), "", sep="\n")
        rng = np.random.default_rng(0)
        for title, lines in (
            ("1 text, longer: has the gap stopped moving?", report.loose_end(rng)),
            ("Recall among 4 pairs", report.few_pairs()),
            ("S5 at 160 steps", report.beyond_training(rng)),
        ):
            print(title, *(f"    {line}" for line in lines), "", sep="\n")
        costs = report.cost(names())
        for name, (runs, seconds) in costs.items():
            took = "time not stored" if math.isnan(seconds) else f"{seconds / 60:.1f} minutes of one process"
            print(f"{name}: {runs} runs, {took}")
        known = sum(s for _, s in costs.values() if not math.isnan(s))
        print(f"all whose time is stored: {known / 60:.0f} minutes of one process")
    elif args.command == "list":
        for name in names():
            module, path = experiment(name), RESULTS / f"{name}.jsonl"
            have = len(load(name)) if path.exists() else 0
            print(f"{name}: {module.QUESTION} ({have} of {len(module.GRID) * module.SEEDS} runs stored)")
    else:
        added = run(args.name, args.seeds, args.jobs, args.backend, args.scheduler, args.folder)
        print(f"{args.name}: {added} runs added")


if __name__ == "__main__":
    main()
