"""A trained network in a folder, and back: weights, and everything that a new file has to agree with."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ... import check
from ...data import Alphabet
from ...data.own import Found
from ...files import load as load_params
from ...files import replacing
from ...files import save as save_params
from ...model import Model
from ...stack import DeepRNN
from .fit import answers
from .network import options
from .parts import Part, forecasts, pieces
from .result import Result

WEIGHTS, ABOUT = "weights.npz", "network.json"


@dataclass(frozen=True, eq=False)
class Kept:
    """A network that was kept: `predict(found)` of a new file of the same form."""

    about: dict
    model: Model
    networks: list

    def predict(self, found):
        """What the networks say to another file, the mean over seeds.

        labelled : (N, V) probabilities of the classes `about["names"]`.  series : (N, D) forecasts in the columns'
        units, one for each step that has the context before it and no gap itself.  text : bits per character, a number.
        ValueError : where the file has other columns, letters or symbols than the one that was learned.
        """
        check.instance("found", found, Found, "a Found, as rnnlib.data.own returns it")
        for name, came in (("kind", found.kind), ("features", features(found))):
            if came != self.about[name]:
                raise ValueError(f"found.{name}: expected {self.about[name]!r}, as learned, got {came!r}")
        part = self._part(found)
        said = np.mean([self._answer(params, part) for params in self.networks], axis=0)
        return float(said) if found.kind == "text" else said

    def _part(self, found):
        kind = found.kind
        if kind == "text":
            known = Alphabet(self.about["letters"])
            return pieces(known.encode(found.data), self.about["context"])
        mean, deviation = (None if self.about[n] is None else np.array(self.about[n]) for n in ("mean", "deviation"))
        if kind == "series":
            change = np.array(self.about["change"])
            return forecasts((found.data - mean) / deviation, self.about["context"], found.rows, change)[0]
        xs, labels, lengths = found.data
        if mean is not None:
            deviation = np.where(deviation == 0, 1, deviation)
            xs = (xs - mean) / deviation * (np.arange(len(xs))[:, None] < lengths)[..., None]
        return Part(xs.astype(np.float32), labels, lengths, found.rows, np.arange(len(labels)))

    def _answer(self, params, part):
        ys = answers(self.model, params, part).astype(np.float64)
        if self.about["kind"] == "series":
            change, deviation, mean = (np.array(self.about[n]) for n in ("change", "deviation", "mean"))
            return (part.base + ys * change) * deviation + mean
        p = np.exp(ys - ys.max(-1, keepdims=True))
        p /= p.sum(-1, keepdims=True)
        if self.about["kind"] == "labelled":
            return p
        right = np.take_along_axis(p, part.targets[..., None], axis=-1)
        return -np.log2(right).mean()


def features(found):
    """What the D places of a step stand for, as a new file must have them: a list of names."""
    if found.kind == "series":
        return list(found.names)
    return list(found.symbols or found.features) if found.kind == "labelled" else []


def save(result, folder):
    """Write the networks of a Result to `folder` (made if it is not there): weights.npz and network.json.

    ValueError where the network is no DeepRNN, or its cell is one of one's own; TypeError where result is no Result.
    """
    check.instance("result", result, Result, "what judge returned")
    folder, parts, model = Path(folder), result.parts, result.fitted.model
    if not isinstance(model.net, DeepRNN):
        raise ValueError(f"result: expected a network of class DeepRNN to keep, got {type(model.net).__name__}")
    if not isinstance(model.net.cell, str):
        raise ValueError(f"result: expected a cell that has a name to keep, got {check.came(model.net.cell)}")
    about = {
        "kind": parts.kind,
        "features": features(parts.found),
        "names": list(parts.found.names),
        "letters": parts.alphabet.characters if parts.kind == "text" else None,
        "context": parts.context,
        "mean": None if parts.mean is None else parts.mean.tolist(),
        "deviation": None if parts.deviation is None else parts.deviation.tolist(),
        "change": None if parts.change is None else parts.change.tolist(),
        "net": options(model.net),
        "outputs": model.output_size,
        "loss": model.loss,
        "at": model.at,
        "rate": result.fitted.rate,
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_params(folder / WEIGHTS, [t.params for t in result.fitted.networks])
    with replacing(folder / ABOUT) as file:
        file.write(json.dumps(about, indent=1, ensure_ascii=False).encode("utf-8"))


def load(folder):
    """Read back what `save` wrote: a Kept.

    FileNotFoundError where the folder holds none; ValueError where what it holds is damaged.
    """
    folder = Path(folder)
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    net = DeepRNN(**about["net"], dtype=np.float32)
    return Kept(about, Model(net, about["outputs"], about["loss"], about["at"]), load_params(folder / WEIGHTS))
