"""Is there a wheel for everybody? python -m tests.wheels

What requirements.txt brings, with all that it pulls in, is resolved for every platform and Python below as pip would
there: the newest version, whether it comes as a wheel or as source. Then each of these versions must have a wheel that
fits, so that no machine needs a compiler. uv does both for platforms other than its own; pip would judge environment
markers by the Python that runs it. It asks the package index, so it is a command and not a test.
"""

import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLATFORMS = {
    "Linux x86-64": "x86_64-manylinux_2_28",
    "Linux arm64": "aarch64-manylinux_2_28",
    "macOS arm64": "aarch64-apple-darwin",
    "Windows x86-64": "x86_64-pc-windows-msvc",
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLANTED = (  # has no wheel there: an answer that passes one of these is worth nothing
    ("docopt==0.6.2", "Linux x86-64", "3.12"),  # source alone
    ("pywin32==311", "Linux x86-64", "3.12"),  # wheels for Windows alone
    ("numpy==2.0.0", "Linux x86-64", "3.14"),  # wheels for Python up to 3.12
)


def resolve(requirements, platform, python, *options):
    """What uv answers: (found a solution?, its lines or its reason)."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    # without the flag uv looks for each Python on the net, though it needs none to resolve
    command += ["--no-python-downloads", "--python-platform", PLATFORMS[platform], "--python-version", python, *options]
    done = subprocess.run(command, input=requirements, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    return done.returncode == 0, done.stdout if done.returncode == 0 else done.stderr


def has_wheels(pins, platform, python):
    """Whether each of these exact versions has a wheel that fits."""
    return resolve("\n".join(pins), platform, python, "--no-deps", "--only-binary", ":all:")[0]


def versions(answer):
    """["numpy==2.4.6", ...] from uv's lines; the project itself, which is installed from here, and remarks aside."""
    lines = (line.partition("#")[0].partition(";")[0].strip() for line in answer.splitlines())
    return [line for line in lines if "==" in line]


def lacking(pins, fits):
    """Those of the pins for which fits([pin]) is false; all are asked at once first, for mostly none is."""
    return [] if fits(pins) else [pin for pin in pins if not fits([pin])]


def cell(platform, python, requirements, ask=resolve, has=has_wheels):
    """(number of packages, what is wrong) for one platform and one Python."""
    solved, answer = ask(requirements, platform, python)
    if not solved:
        return 0, ["no solution: " + " ".join(answer.split())]
    pins = versions(answer)
    if not pins:
        return 0, [f"no versions in uv's answer {answer!r}"]

    def fits(pins):
        return has(pins, platform, python)

    without = lacking(pins, fits)
    if not without and not fits(pins):
        without = ["not all at once, though each alone"]
    return len(pins), without


def table(cells):
    """{(platform, Python): (number of packages, what is wrong)} as lines of text, and what is wrong in words."""
    width = max(map(len, PLATFORMS))
    rows = [" " * width + "".join(f"{python:>12}" for python in PYTHONS)]
    for platform in PLATFORMS:
        marks = [f"{len(wrong)} lacking" if wrong else f"{n} wheels" for n, wrong in
                 (cells[platform, python] for python in PYTHONS)]  # fmt: skip
        rows.append(f"{platform:{width}}" + "".join(f"{mark:>12}" for mark in marks))
    for (platform, python), (_, wrong) in cells.items():
        rows += [f"{platform}, Python {python}: {what}" for what in wrong]
    return "\n".join(rows)


def main():
    passed = [f"{pin} on {at}, Python {python}" for pin, at, python in PLANTED if has_wheels([pin], at, python)]
    if passed:
        sys.exit("no wheel exists, and none was missed: " + "; ".join(passed))
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    places = list(itertools.product(PLATFORMS, PYTHONS))
    with ThreadPoolExecutor(8) as pool:  # it is the index that is waited for
        cells = dict(zip(places, pool.map(lambda place: cell(*place, requirements), places), strict=True))
    print(table(cells))
    sys.exit(any(wrong for _, wrong in cells.values()))


if __name__ == "__main__":
    main()
