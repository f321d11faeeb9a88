"""python -m rnnlib open [FOLDER]: the course's pages in a folder of your own, and JupyterLab on the first of them."""

import argparse
import sys

from .course import opening

MORE = """commands for more than the pages, each with --help:
  python -m rnnlib.course.project FILE   a file of your own, all the way to a report
  python -m rnnlib.data.own FILE         what a reader finds in a file"""


def parser():
    top = argparse.ArgumentParser(
        prog="python -m rnnlib", epilog=MORE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(dest="command", required=True)
    one = commands.add_parser(
        "open",
        help="copy the course's pages to a folder and open them",
        description="Copies the pages of the course to a folder of yours and opens JupyterLab there. A page that you "
        "have changed is never touched; one that you have not is renewed. In a clone of the repository, and without a "
        "folder, the clone's own pages are opened.",
        epilog="Further options go to JupyterLab as they are, such as --port=8890 or --allow-root.",
    )
    one.add_argument("folder", nargs="?", metavar="FOLDER", help="where to (./deep-rnn-lab)")
    one.add_argument("--only-copy", action="store_true", help="copy, and do not start JupyterLab")
    one.add_argument("--no-browser", action="store_true", help="start JupyterLab without opening a browser")
    return top


def main(words=None):
    sys.stdout.reconfigure(errors="backslashreplace")  # a console need not know every sign
    options, rest = parser().parse_known_args(words)
    if options.only_copy and (rest or options.no_browser):
        parser().error(f"with --only-copy JupyterLab is not started: {' '.join(rest) or '--no-browser'}")
    try:
        folder = opening.prepare(options.folder, must_copy=options.only_copy)
        return 0 if options.only_copy else opening.start(folder, ["--no-browser"] * options.no_browser + rest)
    except opening.Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
