"""python -m rnnlib.course.site [--to FOLDER] [--frames N]: the course as a site, of what the notebooks have stored."""

import argparse
import sys

from .build import build
from .frames import FRAMES


def main(words=None):
    parser = argparse.ArgumentParser(prog="python -m rnnlib.course.site", description="The course as a site.")
    parser.add_argument("--to", default="build/site", help="the folder (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=FRAMES, help="pictures of one explorer, at most (%(default)s)")
    options = parser.parse_args(words)
    try:
        weight = build(options.to, options.frames, quiet=False)
    except (ValueError, ModuleNotFoundError) as e:
        print(e, file=sys.stderr)
        return 1
    print(f"{options.to}: {weight / 1e6:.1f} MB; python -m http.server --directory {options.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
