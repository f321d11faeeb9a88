"""Claim 8: how much of a gradient arrives at the first step, at the start, in every family."""

import numpy as np

from .families import FAMILIES, width

QUESTION = "Before training, how large is the gradient at the first input beside that at the last, to 512 steps?"

LENGTHS, D, V, B = (16, 32, 64, 128, 256, 512), 8, 8, 8
GRID = [{"family": family, "T": T} for family in FAMILIES for T in LENGTHS]
SEEDS = 10


def run_one(config, seed):
    """‖∂loss/∂x_1‖ / ‖∂loss/∂x_T‖ for a loss on the last output, random inputs, 20,000 parameters, in float64."""
    family, T = FAMILIES[config["family"]], config["T"]
    net = family.make(D, width(config["family"], D, V), np.float64)
    weights, inputs = np.random.default_rng(seed).spawn(2)
    params = net.init(weights, **(family.start or {}))
    run = net.forward(params, inputs.standard_normal((T, B, D)))
    dhs = np.zeros_like(run.hs)
    dhs[-1] = inputs.standard_normal(run.hs.shape[1:])
    dxs = net.backward(params, run, dhs).xs
    return {"ratio": float(np.linalg.norm(dxs[0]) / np.linalg.norm(dxs[-1]))}
