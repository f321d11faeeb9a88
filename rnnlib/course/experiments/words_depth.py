"""Depth once more: words to sounds by 2 and 4 layers, with attention and without; 1 layer is `words`."""

from . import words

QUESTION = (
    "At equal parameters, what does attention give to a stack of 1, 2 or 4 layers, and what do layers give to it?"
)

DEPTHS = (2, 4)
ARMS = [{"attention": attention, "L": L} for attention in (False, True) for L in DEPTHS]
GRID = [arm | {"lr": words.rate(arm)} for arm in ARMS]
SEEDS = 10

run_one = words.run_one
