"""The command: what is in a file?"""

import argparse
import sys

from . import read
from .found import FileFault


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m rnnlib.data.own", description="Print what was found in a file.")
    parser.add_argument("file")
    parser.add_argument(
        "--kind", choices=("text", "labelled", "series", "arrays"), help="the reader; told if not given"
    )
    args = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # a console need not know every letter of a file
    try:
        print(read(args.file, kind=args.kind))
    except FileFault as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
