"""One page that tells the whole: a single HTML file that needs nothing beside it."""

import base64
import hashlib
import platform
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from ... import check
from ...files import replacing
from .measure import PRIMARY
from .mistakes import mistakes
from .result import Result

TEMPLATE = Path(__file__).with_name("report.html")
SHOWN = 120  # steps of a forecast that are drawn


def versions():
    """{package: version} of what computed this."""
    try:
        own = version("deep-rnn-lab")
    except PackageNotFoundError:
        own = "not installed"
    return {"Python": platform.python_version(), "NumPy": np.__version__, "deep-rnn-lab": own}


def pictures(result, wrong):
    """[(alt, PNG bytes)]: training, the result beside the baselines, and what was mistaken."""
    from ..viz.project import NETWORKS, Against, Confusion, Course, Forecasts

    parts, (measure, _) = result.parts, PRIMARY[result.parts.kind]
    network = {"network": result.network}
    curves = {f"network, seed {t.seed}": t.curve for t in result.fitted.networks[:NETWORKS]}
    scenes = [
        Against(network | result.baselines, measure, "The result"),
        Course(curves, {result.chosen: result.simple.validation[result.chosen]}, measure, "Training"),
    ]
    if wrong.counts is not None:
        scenes.append(Confusion(wrong.counts, parts.found.names, "Which class was taken for which"))
    if parts.kind == "series":
        true = parts.values(parts.test, parts.test.targets)
        forecast = parts.values(parts.test, np.mean(result.said, axis=0))
        last = slice(-SHOWN, None)
        names = parts.found.names[:4]
        cut = (last, slice(len(names)))
        scenes.append(Forecasts(parts.test.rows[last], true[cut], forecast[cut], names, "The last steps, foreseen"))
    return [(scene.alt, scene.png(small=True)) for scene in scenes]


def html(result, *, source=None, command=None, title=None):
    """The page as text. source : the file's bytes, for its checksum.  command : what repeats it."""
    from jinja2 import Environment, StrictUndefined

    check.instance("result", result, Result, "what judge returned")
    parts, wrong = result.parts, mistakes(result)
    measure, more = PRIMARY[parts.kind]
    net = result.fitted.model.net
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return page.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        title=title or f"What can be learned from {parts.found.path}",
        verdict=result.verdict,
        measure=measure,
        more="more" if more else "less",
        network=result.network,
        baselines=result.baselines,
        chosen=result.chosen,
        seeds=result.seeds,
        units=result.units,
        details=result.details,
        trained=result.fitted.networks,
        found=str(parts.found).splitlines(),
        remarks=[str(r) for r in parts.found.remarks],
        left_out=[str(r) for r in parts.found.left_out],
        split=parts.said,
        net=f"{type(net).__name__}: {', '.join(f'{k} {v}' for k, v in described(net).items())}",
        rate=result.fitted.rate,
        wrong=wrong,
        pictures=[(alt, base64.b64encode(png).decode("ascii")) for alt, png in pictures(result, wrong)],
        versions=versions(),
        date=time.strftime("%Y-%m-%d"),
        checksum=hashlib.sha256(source).hexdigest() if source is not None else None,
        command=command,
    )


def described(net):
    """What a reader wants to know of the net."""
    wanted = ("cell", "input_size", "hidden_size", "num_layers", "bidirectional", "width", "heads")
    return {name.replace("_", " "): getattr(net, name) for name in wanted if getattr(net, name, None)}


def report(result, path, *, source=None, command=None, title=None):
    """Write the page of a Result under exactly this path; a file of that name stays whole until the new one is.

    source : the data file, a path, for its SHA-256.  command : the line that repeats the run.
    TypeError where result is no Result; FileNotFoundError where source is not there.
    """
    path = Path(path)
    content = None if source is None else Path(source).read_bytes()
    text = html(result, source=content, command=command, title=title)
    with replacing(path, 0o644) as file:  # a page is for others too
        file.write(text.encode("utf-8"))
    return path
