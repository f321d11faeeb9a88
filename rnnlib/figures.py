"""python -m rnnlib.figures: redraw every picture in figures/ from the networks themselves.

A picture is named here once, with the function that computes and draws it. Its alt text goes beside it, into
figures/alt.json, and from there into whatever shows the picture.
"""

import argparse
import json
from pathlib import Path

from .explore.flow import lattice
from .viz import Lattice


def gradient_flow():
    return Lattice(lattice(8, 200), "tanh RNN, 8 layers, 200 steps: the gradient of a loss at the last step")


FIGURES = {"gradient_flow": gradient_flow}


def draw(folder):
    """Write every figure and alt.json into `folder`; returns the alt texts."""
    alt = {}
    for name, make in FIGURES.items():
        scene = make()
        (folder / f"{name}.png").write_bytes(scene.png(small=True))
        alt[f"{name}.png"] = scene.alt
    (folder / "alt.json").write_text(json.dumps(alt, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return alt


def main():
    parser = argparse.ArgumentParser(prog="python -m rnnlib.figures", description=__doc__.split("\n\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("figures"), help="where to (default: figures)")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in draw(folder).items():
        print(f"{folder / name}: {text}")


if __name__ == "__main__":
    main()
