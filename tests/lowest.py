"""Do the lowest versions that pyproject.toml allows really work? python -m tests.lowest

Makes an environment in a temporary folder with the lowest Python and the lowest version of every package that the
project asks for by name (the newest of what these pull in), says which they are, and runs tests/ there: everything but
the notebooks, whose stored outputs are those of the versions in requirements.txt. Further words go to pytest.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRA = "test"


def floors():
    """{"numpy": "2.0", ...}: the lowest version of each package that the project and its tests ask for."""
    asked = PROJECT["dependencies"] + PROJECT["optional-dependencies"][EXTRA]
    return dict(re.fullmatch(r"([\w.-]+)>=([\d.]+)", requirement).groups() for requirement in asked)


def is_lowest(found, floor):
    """8.1.0 is 8.1 and 0.11.0 is 0.11, but 8.10 is not 8.1."""
    numbers, wanted = ([int(n) for n in version.split(".")] for version in (found, floor))
    return numbers[: len(wanted)] == wanted and not any(numbers[len(wanted) :])


def environment():
    """That of this process, but for what CI sets to forbid skipping: here PyTorch and the browser are left out on
    purpose, and so is the comparison with pictures that another matplotlib drew."""
    return {k: v for k, v in os.environ.items() if k not in ("CI", "RNNLIB_NO_SKIPS", "PYTHONPATH", "VIRTUAL_ENV")}


def main():
    lowest_python = PROJECT["requires-python"].removeprefix(">=")
    uv, env = [sys.executable, "-m", "uv"], environment()
    with tempfile.TemporaryDirectory(prefix="lowest-") as folder:
        python = Path(folder, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
        install = [*uv, "pip", "install", "--quiet", "--python", python, "--resolution", "lowest-direct"]
        venv = [*uv, "venv", "--quiet", "--allow-existing", "--python", lowest_python, folder]
        subprocess.run(venv, check=True, env=env)
        subprocess.run([*install, "--editable", f".[{EXTRA}]"], cwd=ROOT, check=True, env=env)
        ask = "import importlib.metadata as m, sys; print(sys.version.split()[0], *map(m.version, sys.argv[1:]))"
        wanted = {"python": lowest_python} | floors()
        told = subprocess.run(
            [python, "-c", ask, *floors()], check=True, env=env, capture_output=True, encoding="utf-8"
        )
        found = dict(zip(wanted, told.stdout.split(), strict=True))
        print("lowest versions:", ", ".join(f"{name} {version}" for name, version in found.items()), flush=True)
        above = [name for name in floors() if not is_lowest(found[name], wanted[name])]
        if above:
            sys.exit(f"no version is as low as pyproject.toml says: {', '.join(above)}")
        # dependencies of different ages warn one another; what our own code provokes is an error all the same
        tests = [python, "-m", "pytest", "tests", "--disable-warnings", *sys.argv[1:]]
        sys.exit(subprocess.run(tests, cwd=ROOT, env=env).returncode)


if __name__ == "__main__":
    main()
