"""What decides the claims of notebook 02b."""

import nbformat
import numpy as np

import rnnlib
from rnnlib.exercises import solutions

from . import PAGES


def left_after_6_6_steps():
    return 0.9**6.6


def lost_at_the_seams():
    """The part of dW_hh that windows of 1, 3, 6 and 12 steps lose, on the arrays of the page's section 3."""
    cells = nbformat.read(PAGES["02b"], as_version=4).cells
    source = next(c.source for c in cells if c.cell_type == "code" and c.source.startswith("T, B, D, H, V = 12"))
    names = {"np": np, "rnnlib": rnnlib}
    exec(source.split("back_out = ")[0], names)
    out = solutions.readout_backward(names["dys"], names["hs"], names["params"]["W_hy"])
    with_h_0 = np.concatenate([np.zeros_like(names["hs"][:1]), names["hs"]])
    arguments = out["hs"], names["xs"], with_h_0, names["layer"]["W_xh"], names["layer"]["W_hh"]
    right = solutions.rnn_backward(*arguments)["W_hh"]
    lost = [solutions.truncated_backward(*arguments, k)["W_hh"] - right for k in (1, 3, 6, 12)]
    return [np.linalg.norm(each) / np.linalg.norm(right) for each in lost]
