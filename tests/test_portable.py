"""What breaks on Windows and macOS, hunted for on whatever machine this is: one test for each kind of fault.

Nothing here runs there; the workflow `tests` does. Each test says what would happen on the other system.
"""

import ast
import collections
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import tracked

ROOT = Path(__file__).resolve().parent.parent
BINARY_OPENERS = {"gzip", "Image", "archive", "zipfile", "tokenize", "os", "codecs", "io", "webbrowser"}
POSIX_ONLY = {"resource", "fcntl", "pwd", "grp", "termios", "pty", "tty", "syslog", "posix", "crypt"}
POSIX_NAMES = {
    "os": {"fork", "forkpty", "killpg", "getuid", "geteuid", "getgid", "uname", "getloadavg", "mkfifo", "mknod", "nice",
           "setsid", "sched_getaffinity", "wait3", "wait4", "chown", "chroot", "symlink"},
    "signal": {"alarm", "setitimer", "pause", "SIGKILL", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCHLD",
               "pthread_kill", "sigwait"},
    "time": {"tzset", "clock_gettime", "pthread_getcpuclockid"},
    "multiprocessing": {"set_start_method"},
}  # fmt: skip
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def sources():
    """(where, tree) of every module and of every code cell that is Python and nothing else."""
    for folder in ("rnnlib", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for k, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            if cell["cell_type"] == "code":
                text = "".join(line for line in cell["source"] if not line.lstrip().startswith(("%", "!")))
                yield f"{path.name}, cell {k}", ast.parse(text)


TREES = list(sources())


def found(judge):
    """["file:line: what", ...] for every node of which `judge(node, where)` has something to say."""
    return [
        f"{where}:{getattr(node, 'lineno', 0)}: {what}"
        for where, tree in TREES
        for node in ast.walk(tree)
        if (what := judge(node, where))
    ]


def called(node):
    """(what it is called on, the name, {keyword: value}) of a call."""
    on = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return on, name, {k.arg: k.value for k in node.keywords}


def mode_of(node, on):
    """The mode of an `open`, "" where it is not known."""
    given = [a.value for a in node.args[0 if on else 1 :][:1] if isinstance(a, ast.Constant)]
    given += [k.value.value for k in node.keywords if k.arg == "mode" and isinstance(k.value, ast.Constant)]
    return str(given[0]) if given else "r"


def is_text_file(node):
    """Whether this call reads or writes a file as text; of `x.open(...)`, where x is no archive."""
    if not isinstance(node, ast.Call):
        return False
    on, name, _ = called(node)
    if name == "open" or (name == "fdopen" and on == "os"):
        base = on.partition(".")[0].partition("(")[0]
        if name == "open" and base in BINARY_OPENERS:
            return base in ("gzip", "io", "codecs") and "t" in mode_of(node, "")
        return "b" not in mode_of(node, on if name == "open" else "")
    return name in ("read_text", "write_text")


def without_encoding(node, where):
    """cp1252 on Windows, so that a Greek letter is read as two others, or cannot be written at all."""
    if is_text_file(node) and "encoding" not in called(node)[2]:
        return "a text file without encoding="
    if isinstance(node, ast.Call):
        on, name, given = called(node)
        if on == "subprocess" and name in ("run", "Popen", "check_output"):
            for text in ("text", "universal_newlines"):
                if text in given and "encoding" not in given:
                    return "a process's text without encoding="
    return None


def test_every_text_file_and_every_process_has_its_encoding():
    assert not found(without_encoding)


def ends_of_its_own(node, where):
    """Windows would write CR LF: other bytes, another checksum, and a diff in every line."""
    if where.startswith("rnnlib") and is_text_file(node) and "newline" not in called(node)[2]:
        on, name, _ = called(node)
        writes = name == "write_text" or (name in ("open", "fdopen") and set(mode_of(node, on)) & set("wax+"))
        return "a text file written without newline=" if writes else None
    return None


def test_what_the_library_writes_has_the_same_line_ends_everywhere():
    assert not found(ends_of_its_own)


def test_a_checkout_has_line_feeds_on_every_system():
    rules = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert "* text=auto eol=lf" in rules
    text = {".py", ".md", ".toml", ".txt", ".csv", ".json", ".jsonl", ".ipynb", ".cfg", ".html", ".yml", ".cff"}
    for name in tracked():
        if Path(name).suffix in text:
            assert b"\r\n" not in (ROOT / name).read_bytes() or name.startswith("notebooks/own/"), name


def posix_alone(node, where):
    """Not there on Windows: an import fails, and with it the whole file of tests."""
    if isinstance(node, ast.Import):
        return ", ".join(a.name for a in node.names if a.name in POSIX_ONLY)
    if isinstance(node, ast.ImportFrom):
        return node.module if node.module in POSIX_ONLY else None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}" if node.attr in POSIX_NAMES.get(node.value.id, ()) else None
    return None


def test_nothing_is_asked_of_the_system_that_windows_does_not_have():
    """But in strings that a guard runs: the sandbox's walls, which stand where the system has them."""
    assert not found(posix_alone)


def test_the_sandbox_takes_the_limits_that_there_are(monkeypatch):
    """macOS may refuse a limit of memory; the other limit must be set all the same, and Windows has neither."""
    import types

    from rnnlib.course.exercises import sandbox

    taken = []

    def setrlimit(kind, most):
        if kind == "AS":
            raise ValueError("current limit exceeds maximum limit")
        taken.append(kind)

    fake = types.SimpleNamespace(RLIMIT_AS="AS", RLIMIT_FSIZE="FSIZE", setrlimit=setrlimit)
    walls = sandbox.WALLS.format(memory=1).partition("try:")
    for module in (fake, None):
        monkeypatch.setitem(sys.modules, "resource", module)  # None: its import fails
        exec(walls[1] + walls[2], {})
    assert taken == ["FSIZE"]


def by_its_name(node, where):
    """Windows has no /tmp and no /dev/null, and its Python is not called python3."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if re.match(r"/(tmp|dev|var|usr|etc|bin)\b", node.value) else None
    if isinstance(node, ast.Call) and called(node)[0] == "subprocess" and node.args:
        first = node.args[0].elts[0] if isinstance(node.args[0], ast.List) and node.args[0].elts else node.args[0]
        if isinstance(first, ast.Constant) and str(first.value).split()[0] in ("python", "python3", "sh", "bash", "ls"):
            return f"the command {first.value}"
    return None


def test_no_place_and_no_program_is_taken_for_granted():
    names = ("tests/test_files.py", "tests/test_exercises.py", "tests/test_portable.py")  # in an archive; of a cell
    assert not [line for line in found(by_its_name) if not line.startswith(names)]


def joined_by_hand(node, where):
    """Windows answers "a\\\\b" where "a/b" is expected: a path is told in parts, or by as_posix."""
    if isinstance(node, ast.Call):
        on, name, _ = called(node)
        if name in ("split", "rsplit", "partition", "rpartition") and node.args:
            one = node.args[0]
            if isinstance(one, ast.Constant) and one.value == "/" and re.search(r"\bpath\b|relative_to|Path\(", on):
                return f"{on}.{name}('/')"
        if (name == "str" or (name == "format" and on)) and any("relative_to" in ast.unparse(a) for a in node.args):
            return "str(path.relative_to(...)): as_posix() has the same slashes everywhere"
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
        return "os.sep" if node.attr in ("sep", "altsep") else None
    return None


def test_paths_are_neither_joined_nor_taken_apart_by_hand():
    allowed = "tests/test_package.py"  # splits what git lists, which has slashes everywhere
    assert not [line for line in found(joined_by_hand) if not line.startswith(allowed)]


def test_names_of_files_are_allowed_everywhere():
    names = tracked()
    folded = collections.Counter(name.casefold() for name in names)
    assert not [name for name, count in folded.items() if count > 1], "differ in case alone: one file on macOS"
    for name in names:
        for part in name.split("/"):
            assert not set(part) & set('<>:"\\|?*') and part.isascii() and part == part.rstrip(" ."), name
            assert part.partition(".")[0].casefold() not in RESERVED, name
        assert len(name) <= 120, name  # of the 260 that Windows has for the way to it as well


def test_imports_have_the_case_of_their_files():
    """On macOS and Windows a wrong one is found all the same, and then not on Linux; here, by the names themselves."""
    modules = {
        p.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for p in (ROOT / "rnnlib").rglob("*.py")
    }
    modules |= {m.removesuffix(".__init__") for m in modules}
    folded = {m.casefold(): m for m in modules}

    def judge(node, where):
        names = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        return next((n for n in names if n not in modules and n.casefold() in folded), None)

    assert not found(judge)


def test_what_starts_processes_can_be_imported_by_them():
    """macOS and Windows spawn: a process imports the main module anew, which must not run its command again."""
    for path in sorted((ROOT / "rnnlib").rglob("__main__.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        quiet = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.Expr, ast.If)
        for node in tree.body:
            assert isinstance(node, quiet), f"{path}:{node.lineno}"
            if isinstance(node, ast.Expr):
                assert isinstance(node.value, ast.Constant), f"{path}:{node.lineno} runs when imported"
            if isinstance(node, ast.If):
                assert "__name__ == '__main__'" in ast.unparse(node.test), f"{path}:{node.lineno}"


def handed_to_processes(node, where):
    """A lambda or an inner function cannot be sent to a process that was spawned."""
    if isinstance(node, ast.Call) and called(node)[1] == "delayed":
        return "a lambda for a process" if any(isinstance(a, ast.Lambda) for a in node.args) else None
    if isinstance(node, ast.Constant) and node.value == "fork":
        return "the start method fork"
    return None


def test_nothing_goes_to_a_process_that_only_a_fork_could_give_it():
    assert not [line for line in found(handed_to_processes) if not line.startswith("tests/test_portable.py")]


def left_open(node, where):
    """Windows neither replaces nor deletes a file that is open, and opens no NamedTemporaryFile a second time."""
    if isinstance(node, ast.Call):
        on, name, _ = called(node)
        if name == "NamedTemporaryFile":
            return "NamedTemporaryFile"
        opens = (name == "open" and not on) or (on in ("np", "numpy") and name == "load") or name == "ZipFile"
        if opens and id(node) not in WITHIN:
            return f"{ast.unparse(node)[:60]} without a with"
    return None


WITHIN = {id(n) for _, tree in TREES for w in ast.walk(tree) if isinstance(w, ast.With | ast.AsyncWith)
          for item in w.items for n in ast.walk(item.context_expr)}  # fmt: skip


def test_no_file_stays_open():
    assert not found(left_open)


def glyphs():
    """Every character beyond ASCII in a string of what draws, and where it stands."""
    drawn = collections.defaultdict(set)
    for where, tree in TREES:
        if re.match(r"rnnlib/(course/)?(viz|explore|figures|selfcheck)", where):
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for sign in set(node.value):
                        if ord(sign) > 127:
                            drawn[sign].add(where)
    return drawn


def test_every_sign_in_a_picture_is_in_the_font_that_matplotlib_brings():
    """A font of the system would have other widths on every machine, and boxes on some."""
    from matplotlib import font_manager, ft2font, rcParamsDefault

    for family in ("sans-serif", "monospace"):
        assert rcParamsDefault[f"font.{family}"][0].startswith("DejaVu Sans")
    held = set()
    for family in ("DejaVu Sans", "DejaVu Sans Mono"):
        path = font_manager.findfont(family, fallback_to_default=False)
        if "matplotlib" in path:  # or the system's own copy of the same font
            assert "mpl-data" in path
        here = set(ft2font.FT2Font(path).get_charmap())
        held = here if not held else held & here
    missing = {sign: sorted(where) for sign, where in glyphs().items() if ord(sign) not in held}
    assert not missing


FAMILY = ("family", "fontfamily", "fontname", "font.family")
FONTS = ("monospace", "sans-serif", "DejaVu Sans", "DejaVu Sans Mono")


def asks_for_a_font(node, where):
    """What a system has, another has not."""
    if isinstance(node, ast.keyword) and node.arg in FAMILY:
        values = [node.value]
    elif isinstance(node, ast.Dict):
        values = [v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant) and k.value in FAMILY]
    else:
        return None
    named = [v.value for v in values if isinstance(v, ast.Constant)]
    return next((f"the font {v}" for v in named if v not in FONTS and "viz" in where), None)


def test_no_picture_asks_for_a_font_of_the_system():
    assert not found(asks_for_a_font)


def by_locale(node, where):
    """Germany writes 0,5: a number in the form of the machine's language is another text everywhere."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        named = [a.name for a in node.names] + [getattr(node, "module", None)]
        return "locale" if "locale" in named else None
    if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
        spec = "".join(v.value for v in node.format_spec.values if isinstance(v, ast.Constant))
        return f"the format {spec!r}" if re.fullmatch(r".*n", spec) else None
    if isinstance(node, ast.Call) and called(node)[1] == "strftime":
        given = "".join(a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
        return f"strftime({given!r})" if re.search(r"%-|%#|%s|%[cxXEO]", given) else None
    return None


def test_numbers_and_dates_are_the_same_in_every_language():
    assert not found(by_locale)


PLANTED = [  # (the hunter, where, what it must find)
    (without_encoding, "rnnlib/a.py", "Path('a').read_text()"),
    (without_encoding, "rnnlib/a.py", "Path('a').write_text('x', newline='')"),
    (without_encoding, "rnnlib/a.py", "open('a', 'w')"),
    (without_encoding, "rnnlib/a.py", "path.open()"),
    (without_encoding, "rnnlib/a.py", "gzip.open('a', 'rt')"),
    (without_encoding, "rnnlib/a.py", "os.fdopen(handle, 'w')"),
    (without_encoding, "rnnlib/a.py", "subprocess.run(['a'], text=True)"),
    (ends_of_its_own, "rnnlib/a.py", "path.open('a', encoding='utf-8')"),
    (ends_of_its_own, "rnnlib/a.py", "Path('a').write_text('x', encoding='utf-8')"),
    (posix_alone, "tests/a.py", "import resource"),
    (posix_alone, "tests/a.py", "from fcntl import flock"),
    (posix_alone, "tests/a.py", "signal.alarm(3)"),
    (posix_alone, "tests/a.py", "os.geteuid()"),
    (by_its_name, "tests/a.py", "open('/dev/null')"),
    (by_its_name, "tests/a.py", "subprocess.run(['python3', 'a.py'])"),
    (joined_by_hand, "tests/a.py", "str(path.relative_to(ROOT))"),
    (joined_by_hand, "tests/a.py", "str(path).split('/')"),
    (joined_by_hand, "tests/a.py", "folder + os.sep"),
    (handed_to_processes, "rnnlib/a.py", "delayed(lambda x: x)"),
    (handed_to_processes, "rnnlib/a.py", "get_context('fork')"),
    (left_open, "rnnlib/a.py", "np.load('a.npz')"),
    (left_open, "rnnlib/a.py", "open('a').read()"),
    (left_open, "rnnlib/a.py", "tempfile.NamedTemporaryFile()"),
    (asks_for_a_font, "rnnlib/course/viz/a.py", "ax.text(0, 0, 'a', fontname='Arial')"),
    (asks_for_a_font, "rnnlib/course/viz/a.py", "{'family': 'Helvetica'}"),
    (by_locale, "rnnlib/a.py", "import locale"),
    (by_locale, "rnnlib/a.py", "f'{x:n}'"),
    (by_locale, "rnnlib/a.py", "time.strftime('%-d')"),
]


@pytest.mark.parametrize(("hunter", "where", "fault"), PLANTED, ids=lambda part: getattr(part, "__name__", part))
def test_a_planted_fault_is_found(hunter, where, fault):
    assert [what for node in ast.walk(ast.parse(fault)) if (what := hunter(node, where))]


COMMANDS = [
    ["rnnlib", "open", "--help"],
    ["rnnlib", "--help"],
    ["rnnlib.course.exercises", "list"],
    ["rnnlib.course.exercises", "progress"],
    ["rnnlib.course.exercises", "check", "--help"],
    ["rnnlib.course.exercises", "check", "notebooks/12_your_own_sequences.ipynb", "--json", "-"],
    ["rnnlib.course.experiments", "list"],
    ["rnnlib.course.experiments", "report"],
    ["rnnlib.course.experiments", "report", "--table"],
    ["rnnlib.bench", "--help"],
    ["rnnlib.course.figures", "--help"],
    ["rnnlib.data.own", "notebooks/own/names.csv"],
    ["rnnlib.data.own", "notebooks/own/wonderland.txt"],
    ["rnnlib.course.project", "--help"],
    ["rnnlib.course.project", "notebooks/own/names.csv", *"--epochs 1 --seeds 1 --rate 0.01 --size 4".split()],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_console_that_knows_no_greek_ends_no_command(command):
    """Windows gives a command whose output goes into a pipe or a file the code page of the machine, often cp1252."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONUTF8", "LC_ALL", "LANG")}
    env |= {"PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(ROOT), "RNNLIB_PROGRESS": "off"}
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=env, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode("cp1252")
    told = done.stdout.decode("cp1252")
    if "--json" in command:
        json.loads(told)
