"""A file, all the way to a report: python -m rnnlib.course.project FILE"""

import argparse
import shlex
import sys
from pathlib import Path

from ...data import own
from . import baselines, checks, fit, judge, mistakes, network, report, save, split, sweep
from .choices import choices
from .measure import PRIMARY

READERS = {"text": own.text, "labelled": own.labelled, "series": own.series, "arrays": own.arrays}
CHOICES = {  # option -> (the argument of a reader, its help)
    "label": "the column of the labels",
    "sequence": "the column of the sequences",
    "group": "the column of what must not be on two sides: a patient, a speaker",
    "time": "the column of dates or times",
}


def parser():
    made = argparse.ArgumentParser(prog="python -m rnnlib.course.project", description=__doc__)
    made.add_argument("file")
    made.add_argument("--kind", choices=READERS, help="what the file is, if it cannot be told")
    for name, words in CHOICES.items():
        made.add_argument(f"--{name}", metavar="COLUMN", help=words)
    made.add_argument("--columns", metavar="A,B", help="the columns to forecast, with commas between")
    made.add_argument("--read", default="", metavar="CHOICES", help="more for the reader: \"decimal=',', skip=[2]\"")
    made.add_argument("--context", type=int, help="steps that a forecast sees, characters of a piece of text")
    made.add_argument("--period", type=int, help="also compare with the value so many steps before")
    made.add_argument("--cell", default="gru", choices=("rnn", "lstm", "gru"))
    made.add_argument("--size", type=int, default=32, help="units of a layer")
    made.add_argument("--layers", type=int, default=1)
    made.add_argument("--rate", type=float, help="the learning rate; found by a sweep if not given")
    made.add_argument("--epochs", type=int, default=60)
    made.add_argument("--seeds", type=int, default=3)
    made.add_argument("--seed", type=int, default=0, help="of the split")
    made.add_argument("--report", metavar="PAGE.html")
    made.add_argument("--save", metavar="FOLDER")
    return made


def told(done, expected, left, curve, words):
    """A line of progress that overwrites itself, where it is seen by a person."""
    if sys.stderr.isatty():
        rest = "" if left is None else f", at most {left:.0f} s left"
        print(f"\r{words}: epoch {len(curve) - 1}, {done} of {expected}{rest}   ", end="", file=sys.stderr, flush=True)


def main(arguments=None):
    sys.stdout.reconfigure(errors="backslashreplace")  # a console need not know every sign
    args = parser().parse_args(arguments)
    chosen = {name: value for name in CHOICES if (value := getattr(args, name)) is not None}
    if args.columns:
        chosen["columns"] = args.columns.split(",")
    try:
        chosen |= choices(args.read)
        found = (READERS[args.kind] if args.kind else own.read)(args.file, **chosen)
        print(found, end="\n\n")
        parts = split(found, context=args.context, seed=args.seed)
        simple = baselines(parts, **({"period": args.period} if args.period else {}))
    except (TypeError, ValueError) as e:
        words = str(e) if Path(args.file).name in str(e) else f"{args.file}: {e}"
        sys.exit(words + '; say it as --read "name=value"' * ("decides" in words))
    model = network(parts, args.cell, args.size, args.layers)
    print(parts, simple, checks(model, parts), sep="\n\n", end="\n\n")
    if args.rate is None:
        tried = sweep(model, parts, progress=told)
        print(tried, end="\n\n")
    rate = args.rate or tried.rate
    fitted = fit(model, parts, rate, seeds=args.seeds, epochs=args.epochs, progress=told)
    result = judge(fitted, simple)
    print(fitted, result, mistakes(result), sep="\n\n")
    if args.save:
        save(result, args.save)
    if args.report:
        command = shlex.join(["python", "-m", "rnnlib.course.project", *(arguments or sys.argv[1:])])
        print(f"\n{report(result, args.report, source=args.file, command=command)} ({PRIMARY[parts.kind][0]})")


if __name__ == "__main__":
    main()
