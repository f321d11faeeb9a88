"""A learner's notebook, run in a kernel of its own: what becomes of each exercise.

Walled off: the file (a copy lies in a temporary folder, where the page works), HOME, the progress of whoever runs this,
every variable of the environment that a kernel does not need, seconds per cell, and, where the platform has resource
limits, memory and the size of a file.

Not walled off: the kernel runs as you, so code that means harm can read what you can read. Python's own sockets are
refused, but a program that wants the network can still have it. For strangers' code take a container.
"""

import ast
import os
import queue
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL

from ..progress import pages

ROOT = Path(__file__).resolve().parents[3]
PASSED_ON = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR", "VIRTUAL_ENV", "PYTHONPATH")
DEATHS, SEARCH = 4, 60  # kernels that may end on a page; seconds for a check, which looks for the mistake
WALLS = """
import socket as _socket
def _refused(*args, **named):
    raise OSError("no network here: the page runs in a sandbox")
_socket.socket.connect = _socket.socket.connect_ex = _socket.create_connection = _socket.getaddrinfo = _refused
try:
    import resource as _resource
except ImportError:
    pass
else:
    for _kind, _most in (("RLIMIT_AS", {memory}), ("RLIMIT_FSIZE", 200_000_000)):
        try:
            _resource.setrlimit(getattr(_resource, _kind), (_most, _most))
        except (AttributeError, ValueError, OSError):
            pass
"""


@dataclass
class Outcome:
    """status: right, wrong, raised, too slow, not tried. named, first: as in a Verdict. message: in words."""

    name: str
    status: str
    first: str | None = None
    named: str | None = None
    message: str = ""


class Ended(Exception):
    """The kernel is gone."""


class Kernel:
    """A kernel of this Python in a folder, asked one thing at a time."""

    def __init__(self, folder, memory):
        from jupyter_client.manager import KernelManager

        home = Path(folder) / "home"
        home.mkdir(exist_ok=True)
        env = {k: os.environ[k] for k in PASSED_ON if k in os.environ}
        env |= {k: str(home) for k in ("HOME", "USERPROFILE", "APPDATA", "IPYTHONDIR", "MPLCONFIGDIR")}
        env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), env.get("PYTHONPATH"))))
        env["RNNLIB_PROGRESS"] = "off"
        env |= {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
        self.manager = KernelManager()
        self.manager.kernel_spec.argv[0] = sys.executable
        self.manager.start_kernel(env=env, cwd=str(folder), stdout=DEVNULL, stderr=DEVNULL)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.run(WALLS.format(memory=memory), 60)

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code, seconds, ask=None):
        """(what it raised, or None; what `ask` evaluates to). Raises TimeoutError, and Ended where the kernel died."""
        asked = {"value": ask} if ask else {}
        options = dict(allow_stdin=False, stop_on_error=False)  # else an error aborts what is asked right after it
        sent = self.client.execute(code, store_history=not ask, user_expressions=asked, **options)
        end = time.monotonic() + seconds
        while True:
            try:
                reply = self.client.get_shell_msg(timeout=0.2)
            except queue.Empty:
                if not self.manager.is_alive():
                    raise Ended from None
                if time.monotonic() > end:
                    raise TimeoutError from None
                continue
            finally:
                self.drain()
            if reply["parent_header"].get("msg_id") == sent:
                break
        content = reply["content"]
        if content["status"] != "ok":
            return f"{content.get('ename', 'Error')}: {content.get('evalue', '')}", None
        value = content["user_expressions"].get("value", {})
        if value.get("status") == "error":
            return f"{value['ename']}: {value['evalue']}", None
        return None, ast.literal_eval(value["data"]["text/plain"]) if value else None

    def drain(self):
        """What the page prints is nobody's to keep."""
        while self.client.iopub_channel.msg_ready():
            self.client.get_iopub_msg(timeout=1)

    def stop(self):
        """Interrupt; False where the page does not let itself be interrupted."""
        self.manager.interrupt_kernel()
        try:
            return self.run("", 3)[0] is None
        except (TimeoutError, Ended):
            return False


def steps(cells, only=None):
    """[(number of the code cell, its code without the calls of check, the calls: (name, answer))]."""
    found = []
    for number, cell in enumerate(cells, 1):
        source = cell["source"]
        calls = [(name, answer, s) for name, answer, s in pages.checks(source) if not only or name in only]
        if calls:
            lines = source.splitlines()
            for _, _, statement in calls:
                first, end = statement.lineno - 1, statement.end_lineno
                lines[first:end] = [""] * (end - first)
            source = "\n".join(lines)
        found.append((number, source, [(name, answer) for name, answer, _ in calls]))
    last = max((k for k, (_, _, calls) in enumerate(found) if calls), default=-1)
    return found[: last + 1]  # what stands below the last exercise decides nothing


def try_page(path, seconds=60, memory=4_000_000_000, only=None):
    """Run a notebook in a sandbox: (list of Outcome, list of what went wrong in other cells)."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        shutil.copy(path, folder)
        return Page(steps(code, only), folder, seconds, memory).outcomes()


class Page:
    """One run of a page: where the kernel ends, another one runs the cells before it again, without what ended it."""

    def __init__(self, steps, folder, seconds, memory):
        self.steps, self.folder, self.seconds, self.memory = steps, folder, seconds, memory
        self.found, self.troubles, self.errors, self.left_out = {}, [], {}, set()

    def outcomes(self):
        for _ in range(DEATHS):
            kernel = Kernel(self.folder, self.memory)
            try:
                if self.once(kernel):
                    break
            finally:
                kernel.close()
        for _, _, calls in self.steps:
            for name, _ in calls:
                self.found.setdefault(name, Outcome(name, "raised", message="The kernel ended before it came to this."))
        return list(self.found.values()), self.troubles

    def once(self, kernel):
        """Whether this kernel came to the end of the page."""
        for number, source, calls in self.steps:
            if source.strip() and number not in self.left_out and not self.cell(kernel, number, source):
                return False
            for name, answer in calls:
                if name not in self.found:
                    self.found[name], alive = self.check(kernel, name, answer)
                    if not alive:
                        return False
        return True

    def cell(self, kernel, number, source):
        """Whether the kernel is still to be used after this cell."""
        try:
            error, _ = kernel.run(source, self.seconds)
        except TimeoutError:
            error, alive = f"it ran longer than {self.seconds:g} s, and was stopped", kernel.stop()
        except Ended:
            error, alive = "the kernel ended here", False
        else:
            alive = True
        if error:
            self.errors[number] = error
            if (words := f"code cell {number}: {error}") not in self.troubles:
                self.troubles.append(words)
        if not alive:
            self.left_out.add(number)
        return alive

    def check(self, kernel, name, answer):
        """(Outcome, whether the kernel is still to be used)."""
        ask = f"__import__('rnnlib.course.exercises.sandbox', fromlist=['told']).told({name!r}, {answer})"
        try:
            error, value = kernel.run("", self.seconds + SEARCH, ask)
        except TimeoutError:
            return Outcome(name, "too slow", message="The check was stopped."), kernel.stop()
        except Ended:
            return Outcome(name, "raised", message="The kernel ended while it ran."), False
        if error and error.startswith("NameError"):
            why = next((e for n, e in reversed(self.errors.items()) if answer in self.source(n)), None)
            error = f"{answer} is not defined" + (f": its cell has {why}" if why else "")
            return Outcome(name, "raised" if why else "not tried", message=error), True
        return Outcome(name, "raised", message=error) if error else Outcome(**value), True

    def source(self, number):
        return next(source for n, source, _ in self.steps if n == number)


def told(name, answer):
    """The verdict on an answer as plain values, in the learner's kernel."""
    from ..progress import keep
    from . import checker

    if answer is None:
        return {"name": name, "status": "not tried"}
    verdict = checker.check(name, answer)
    message = verdict.message
    status = "right" if verdict.right else "wrong"
    if not verdict.right and not keep.tried(message):
        status = "not tried"
    elif message.startswith("It raises"):
        status = "raised"
    elif message.startswith("It runs longer"):
        status = "too slow"
    return {"name": name, "status": status, "first": verdict.first, "named": verdict.named, "message": message}
