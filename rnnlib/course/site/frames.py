"""An explorer without a kernel: the pictures and readings of a grid over its two main controls.

Every frame is what the explorer itself draws and says at these settings; a few lines of JavaScript (static/moving.js)
show the one that the two sliders of the page ask for.
"""

import ast
import hashlib
import html
import io
import json

import numpy as np
from PIL import Image

from .. import explore
from ..viz.scene import minus

MAIN = {  # explorer: its two main controls. All that needs no network of its page
    "DeepStates": ("depth", "length"),
    "Evidence": ("trial", "seeds"),
    "ForgetBias": ("bias", "drive"),
    "GradientFlow": ("depth", "length"),
    "GradientSources": ("depth", "length"),
    "JacobianProduct": ("rho", "shear"),
    "OneUnit": ("w", "b"),
    "PulseResponse": ("depth", "a"),
    "ReceptiveField": ("layers", "kernel"),
    "Scan": ("done", "step"),
    "StackSizes": ("budget", "inputs"),
    "StackSpectrum": ("depth", "gain"),
    "StepByStep": ("length", "gain"),
    "ThreeSteps": ("w", "target"),
    "Truncation": ("k", "length"),
    "TwoUnits": ("period", "rho"),
    "Unroll": ("gain", "change"),
    "Wall": ("w", "b"),
}
FRAMES = 140  # of one explorer, at most
COLOURS = 96  # of a frame: lines, words and a heat map need no more, and 960 by 470 pixels become some 12 kB


def called(source):
    """(name, settings) where the cell's last line is explore.NAME(...) with plain values for one of MAIN; else None."""
    last = ast.parse(source).body[-1]
    call = last.value if isinstance(last, ast.Expr | ast.Assign) else None
    if not isinstance(call, ast.Call) or not ast.unparse(call.func).startswith("explore.") or call.args:
        return None
    name = call.func.attr
    try:
        settings = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
    except ValueError:
        return None
    return (name, settings) if name in MAIN else None


def values(control):
    """What a control can be set to, as its front end allows."""
    if hasattr(control, "options"):
        return list(control.options)
    if isinstance(control.value, int):
        return list(range(control.min, control.max + 1, control.step))
    steps = round((control.max - control.min) / control.step)
    return [round(control.min + k * control.step, 6) for k in range(steps + 1)]


def thinned(values, start, most):
    """At most `most` (at least three) of the values, both ends and the start among them, the others evenly between."""
    if len(values) <= most or isinstance(start, str):
        return values
    start = values.index(start)
    even = np.linspace(0, len(values) - 1, most).round().astype(int)
    if start not in even:
        even[1 + np.abs(even[1:-1] - start).argmin()] = start
    return [values[k] for k in sorted(even.tolist())]


def sizes(one, other, most):
    """How many values of each control a grid of `most` frames has room for: about as many of both, all where few."""
    first = min(one, max(3, round(most**0.5)))
    second = min(other, max(3, most // first))
    return min(one, max(first, most // second)), second


class Frames:
    """The grid of one explorer at the settings of its page."""

    def __init__(self, name, settings, most=FRAMES):
        self.name, self.settings, self.explorer = name, settings, getattr(explore, name)(**settings)
        self.controls = [self.explorer.inputs[c] for c in MAIN[name]]
        self.start = [c.value for c in self.controls]
        one, other = map(values, self.controls)
        names = isinstance(self.start[0], str)  # of a list, all are kept
        few = (len(one), max(3, most // len(one))) if names else sizes(len(one), len(other), most)
        self.grid = [thinned(v, s, n) for v, s, n in zip((one, other), self.start, few)]
        others = {k: str(v) for k, v in self.explorer.settings.items() if k not in MAIN[name]}
        self.key = f"{name}-{hashlib.sha1(json.dumps([others, self.grid], sort_keys=True).encode()).hexdigest()[:8]}"

    def write(self, folder):
        """All frames into folder/KEY, once: I-J.webp, and told.json with the alt text and the reading of each."""
        folder = folder / self.key
        if (folder / "told.json").exists():
            return
        folder.mkdir(parents=True)
        told = []
        for i, one in enumerate(self.grid[0]):
            told.append([])
            for j, other in enumerate(self.grid[1]):
                scene, reading = self.at(one, other)
                (folder / f"{i}-{j}.webp").write_bytes(webp(scene))
                told[-1].append([scene.alt, reading])
        (folder / "told.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8", newline="\n")

    def at(self, one, other):
        """(the scene, its reading) of the explorer at these values of its two main controls."""
        self.explorer.go(**self.settings | dict(zip(MAIN[self.name], (one, other))))
        self.explorer.settle()
        return self.explorer.picture, self.explorer.reading.value

    def html(self, root, command):
        """The moving picture for a page. root: the way from the page to where `write` put the frames."""
        start = [v.index(s) for v, s in zip(self.grid, self.start)]
        scene, reading = self.at(*self.start)
        width, height = round(scene.width * scene.dpi), round(scene.height * scene.dpi)
        sliders = "".join(
            f'<label><span>{html.escape(c.description)}</span> <input type="range" min="0" max="{len(v) - 1}" '
            f'step="1" value="{k}" aria-valuetext="{html.escape(shown(c, v[k]))}" '
            f"data-values='{html.escape(json.dumps([shown(c, x) for x in v], ensure_ascii=False))}'> "
            f"<output>{html.escape(shown(c, v[k]))}</output></label>"
            for c, v, k in zip(self.controls, self.grid, start)
        )
        rest = [c.description for n, c in self.explorer.inputs.items() if n not in MAIN[self.name]]
        more = f"The other controls ({html.escape(', '.join(rest))}) and finer steps" if rest else "Finer steps"
        return (
            f'<div class="moving" role="group" aria-label="{self.name}" data-frames="{root}/{self.key}/">'
            f'<div class="moving-controls">{sliders}</div>'
            f'<div class="moving-window" tabindex="0" role="region" aria-label="picture">'
            f'<img src="{root}/{self.key}/{start[0]}-{start[1]}.webp" width="{width}" height="{height}" '
            f'alt="{html.escape(scene.alt)}"></div>'
            f'<div class="moving-reading" aria-live="polite">{reading}</div>'
            f'<p class="moving-note">Every picture here was drawn by the real network. {more} need a kernel: {command}'
            "</p></div>"
        )


def shown(control, value):
    """A value as its control shows it in JupyterLab."""
    return minus(format(value, control.readout_format) if isinstance(value, float) else str(value))


def webp(scene):
    """A scene's picture as bytes."""
    out = io.BytesIO()
    image = Image.open(io.BytesIO(scene.png())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.convert("RGB").save(out, "WEBP", lossless=True, method=3, quality=40)
    return out.getvalue()
