"""KINDS: every kind of row, ours and PyTorch's side by side. Another kind is another line."""

from collections.abc import Callable
from typing import NamedTuple

from . import neighbours, work


class Kind(NamedTuple):
    """ours, pytorch : the two makers.  products, loop : makers of what else is timed beside them.  shapes : of the
    rows, their letters in `letters`.  cells : which nets."""

    ours: Callable
    pytorch: Callable
    products: Callable | None = None
    loop: Callable | None = None
    shapes: list = work.ROWS
    letters: str = "(B, T, H, L)"
    cells: tuple = work.CELLS


RECURRENT = {
    "forward and backward": Kind(work.ours, work.pytorch, work.products),
    "training step": Kind(work.ours_training, work.pytorch_training),
    "forward alone": Kind(work.ours_forward, work.pytorch_forward),
    "one step at a time": Kind(work.ours_step, work.pytorch_step, shapes=work.STEPS),
}
NEIGHBOURS = {
    "neighbours": Kind(
        neighbours.ours,
        neighbours.pytorch,
        shapes=neighbours.ROWS,
        letters=neighbours.LETTERS,
        cells=tuple(neighbours.NETS),
    ),
    "linear recurrence": Kind(
        neighbours.ours,
        neighbours.pytorch,
        loop=neighbours.in_turn,
        shapes=neighbours.LENGTHS,
        letters=neighbours.LETTERS,
        cells=("minGRU",),
    ),
}
PARTS = {"recurrent": RECURRENT, "neighbours": NEIGHBOURS}
KINDS = RECURRENT | NEIGHBOURS
