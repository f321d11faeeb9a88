"""What a learner has done, in one file on the learner's own machine: never in the repository, never sent anywhere.

`RNNLIB_PROGRESS` names another file, or is "off". A file that cannot be read or written never stops a page: it is told
once, and the page goes on. Two pages that write in the same instant may lose one of the two entries.
"""

import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from . import pages

FOLDER, FILE = "deep-rnn-lab", "progress.json"
TOLD = set()  # complaints are made once


def path():
    """The file that holds the progress, or None where it is switched off."""
    asked = os.environ.get("RNNLIB_PROGRESS", "")
    if asked:
        return None if asked.lower() == "off" else Path(asked).expanduser()
    if sys.platform == "win32":
        folder = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(folder) / FOLDER / FILE


def once(words):
    if words not in TOLD:
        TOLD.add(words)
        print(words)


def load():
    """{exercises: {name: ...}, predictions: {"01.2": ...}, last: [kind, key]}; empty where nothing was done yet."""
    empty = {"exercises": {}, "predictions": {}, "last": None}
    try:
        text = path().read_text(encoding="utf-8") if path() else ""
        kept = json.loads(text) if text else {}
        entries = [kept.get(kind, {}) for kind in ("exercises", "predictions")]
        if not all(isinstance(e, dict) and all(isinstance(v, dict) for v in e.values()) for e in entries):
            raise ValueError("not what this library writes")
        return empty | kept
    except FileNotFoundError:
        return empty
    except (OSError, RuntimeError, ValueError, AttributeError) as e:
        once(f"Your progress cannot be read ({type(e).__name__}), so it starts anew: {path()}")
        return empty


def save(kept):
    """Write the file whole or not at all: beside it first, then in its place."""
    target, beside = path(), None
    if target is None:
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False, indent=1)
        os.replace(beside, target)
    except OSError as e:
        once(f"Your progress cannot be kept ({type(e).__name__}); the page goes on without it: {target}")
        if beside:
            Path(beside).unlink(missing_ok=True)


def forget():
    """Remove all that was kept, and its folder where that is ours and empty."""
    target = path()
    if target is None or not target.exists():
        return
    target.unlink()
    if target.parent.name == FOLDER and not any(target.parent.iterdir()):
        target.parent.rmdir()


def note(kind, key, **what):
    """One more try at an exercise or a prediction."""
    if path() is None:
        return
    kept = load()
    before = kept[kind].get(key, {})
    tries = before.get("tries", 0)
    entry = {"tries": tries + 1 if isinstance(tries, int) else 1, **what}
    if before.get("right"):
        entry["right"] = True  # what was right once stays done
    entry["when"] = datetime.now(UTC).isoformat(timespec="seconds")
    save(kept | {kind: kept[kind] | {key: entry}, "last": [kind, key]})


def seen(verdict):
    """Keep a verdict of `check`; an exercise that was not tried leaves no trace."""
    if verdict.right or tried(verdict.message):
        note("exercises", verdict.name, right=verdict.right, first=verdict.first, named=verdict.named)


def tried(message):
    """Is this the message to an answer, and not to an empty function (nbgrader's raises NotImplementedError)?"""
    return not message.lower().startswith(("not tried", "it raises notimplementederror"))


def which(cell, notebook, before):
    """The key of a prediction, as "01.2": by the cell's id where the page is known, else by the code cell that ran
    before it."""
    listed = [(f"{p['page']}.{n}", p["file"], g) for p in pages.index() for n, g in enumerate(p["predictions"], 1)]
    by_id = [key for key, file, g in listed if file == notebook and g["cell"] == cell]
    by_text = [key for key, _, g in listed if before and g["before"] == before]
    found = by_id if len(by_id) == 1 else by_text
    return found[0] if len(found) == 1 else None


def watch(shell):
    """Note the predictions that are made in an interactive shell; without effect where that is None."""
    if shell is None or getattr(shell, "rnnlib_watched", False):
        return
    shell.rnnlib_watched, before = True, [None]

    def after(result):
        source = getattr(result.info, "raw_cell", None) or ""
        try:
            if not pages.is_prediction(source):
                before[0] = pages.digest(source) if source.strip() else before[0]
            elif pages.guessed(source):
                notebook = Path(os.environ.get("JPY_SESSION_NAME", "")).name
                if key := which(getattr(result.info, "cell_id", None), notebook, before[0]):
                    note("predictions", key)
        except Exception as e:  # whatever it is, the learner's page goes on
            once(f"Your progress cannot be kept ({type(e).__name__}).")

    shell.events.register("post_run_cell", after)
