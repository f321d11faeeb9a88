"""python -m rnnlib.course.figures: redraw every picture in figures/ from the networks themselves.

A picture is named here once, with the function that computes and draws it: a scene, or a list of scenes for an
animation. Its alt text goes beside it, into figures/alt.json, and from there into whatever shows the picture.
"""

import argparse
import io
import json
import sys
from pathlib import Path

from PIL import Image

from .experiments import trials
from .explore.flow import claim, lattice
from .viz import Lattice, Verdicts


def gradient_flow():
    return Lattice(lattice(8, 200), "tanh RNN, 8 layers, 200 steps: the gradient of a loss at the last step")


def depth_grows():
    """The same experiment at depth 1, 2, ... 8."""
    stacks = [(L, lattice(L, 100)) for L in range(1, 9)]
    return [Lattice(norms, f"tanh RNN, {L} layer{'s' * (L > 1)}: {claim(norms, False)}") for L, norms in stacks]


def verdicts():
    """Every arm of every trial of notebook 10."""
    return Verdicts(*trials.verdicts())


FIGURES = {"gradient_flow.png": gradient_flow, "depth_grows.gif": depth_grows, "verdicts.png": verdicts}
FRAME, LAST = 900, 2700  # milliseconds


def animation(scenes):
    """The scenes one after the other as the bytes of a GIF that begins again after the last."""
    frames = [Image.open(io.BytesIO(s.png())).convert("RGB").quantize(128, dither=Image.Dither.NONE) for s in scenes]
    times = [FRAME] * (len(frames) - 1) + [LAST]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=True)
    return out.getvalue()


def draw(folder):
    """Write every figure and alt.json into `folder`; returns the alt texts."""
    alt = {}
    for name, make in FIGURES.items():
        drawn = make()
        moves = isinstance(drawn, list)
        (folder / name).write_bytes(animation(drawn) if moves else drawn.png(small=True))
        ends = (drawn[0].alt, drawn[-1].alt) if moves else ()
        alt[name] = f"{len(drawn)} pictures. The first: {ends[0]} The last: {ends[1]}" if moves else drawn.alt
    (folder / "alt.json").write_text(
        json.dumps(alt, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
    return alt


def main():
    sys.stdout.reconfigure(errors="backslashreplace")  # a console need not know every sign
    parser = argparse.ArgumentParser(prog="python -m rnnlib.course.figures", description=__doc__.split("\n\n")[0])
    parser.add_argument("--folder", type=Path, default=Path("figures"), help="where to (default: figures)")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in draw(folder).items():
        print(f"{folder / name}: {text}")


if __name__ == "__main__":
    main()
