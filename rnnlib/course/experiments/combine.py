"""Claim 4, stacks combine flexibly: gates times modules in a stack of four layers, on real speech."""

from . import depth
from .store import tuned

QUESTION = "Does every module of the library work in every gated and ungated stack of four layers, or do some clash?"

MODULES = {
    "plain": {},
    "residual": {"residual": True},
    "input skip": {"skip_input": True},
    "layer norm": {"layer_norm": True},
    "residual + layer norm": {"residual": True, "layer_norm": True},
    "both directions": {"bidirectional": True},
    "dropout 0.2": {"dropout": 0.2},
}
CELLS, L, RATES = ("rnn", "lstm", "gru"), 4, depth.RATES
ARMS = [{"cell": cell, "module": module} for cell in CELLS for module in MODULES]
GRID = [arm | {"lr": tuned("combine_tuning", arm, lambda r: r["loss"], RATES)} for arm in ARMS]
SEEDS = 10


def run_one(config, seed):
    """What `depth.train_once` says of four layers of 32 units with this module."""
    return depth.train_once(config["cell"], L, config["lr"], seed, MODULES[config["module"]])
