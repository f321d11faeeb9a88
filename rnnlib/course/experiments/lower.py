"""Layer norm in `depth` took the lowest rate of its grid at 6 and 8 layers: are lower ones better?"""

from . import depth

QUESTION = "Do 8 layers with layer norm train with learning rates below the grid of `depth`?"

RATES = (1e-4, 3e-4)
GRID = [{"cell": cell, "variant": "layer norm", "L": 8, "lr": lr} for cell in depth.CELLS for lr in RATES]
SEEDS = 10


def run_one(config, seed):
    """As `depth`."""
    return depth.run_one(config, seed)
