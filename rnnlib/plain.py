"""A cell of one's own, written plainly: one step forward and, mirrored under it, one step back.

`PlainCell` is what a learner writes; `adapter` makes of it the fast protocol of `cells`, so that the loop of `layer`
stays the only one. Whatever holds for "lstm" then holds for it.
"""

import numpy as np

from . import check


class PlainCell:
    """One step of a recurrent cell: s_t = cell(zx_t, zh_t, s_{t-1}),  zx_t = x_t W_xh + b_h,  zh_t = h_{t-1} W_hh.

        class Elman(rnnlib.PlainCell):                        # h = tanh(zx + zh)
            gates, states = 1, 1

            def forward(self, zx, zh, state):
                h = np.tanh(zx[0] + zh[0])
                return (h,), h                                # the new state; what backward needs

            def backward(self, dstate, kept):
                (dh,), h = dstate, kept
                dz = dh * (1 - h * h)
                return [dz], [dz], (0,)                       # dzx, dzh, and what reaches s_{t-1} past W_hh

        net = rnnlib.DeepRNN(Elman(), input_size=3, hidden_size=8, num_layers=2)

    gates : how many blocks zx and zh have.  states : how many arrays the state is; the first is h.
    own : names of parameters of the cell's own, one number a unit. Both methods then get one more argument, a tuple of
    them, each (H, 1), and backward returns one more: a gradient for each, (H, B), which is summed over the batch.
    late : True if the last block of zh waits for the cell. zh then lacks it, and both methods get, as the last
    argument, product(a) = a W for that block. Forward asks for it once. On the way back product(dz) is dz Wᵀ; dzh has
    all blocks.  forget : the number of the forget gate, if `init(forget_bias=...)` is to find one.

    Shapes: zx, zh (G, H, B), units down and sequences across; a state, or its gradient, is a tuple of (H, B). dzx and
    dzh are arrays (G, H, B) or lists of G blocks; a gradient that is zero everywhere may be the number 0.
    The arguments are read-only. A cell keeps nothing between calls, for the same one serves every layer and step: what
    backward needs is handed on in `kept`. Two cells are the same if their class and their attributes are.

    ValueError, TypeError : what comes back is of the wrong kind, count or shape; an argument was changed in place.
    FloatingPointError : what comes back is not finite though all arguments were.
    """

    gates, states, own, late, forget = 1, 1, (), False, None

    def forward(self, zx, zh, state):
        """(new state, kept) of one step: a tuple of (H, B), and whatever backward needs. NotImplementedError until it
        is written."""
        raise NotImplementedError(f"{type(self).__name__}.forward is not written yet")

    def backward(self, dstate, kept):
        """(dzx, dzh, dprev) of one step from dstate, a tuple of (H, B): the total gradient by its new state. dprev is
        what reaches s_{t-1} past W_hh. NotImplementedError until it is written."""
        raise NotImplementedError(f"{type(self).__name__}.backward is not written yet")

    def __repr__(self):
        return repr(Described(self))

    def __str__(self):
        return type(self).__name__


class Described:
    """What a cell is: its class and its attributes. Two nets with equal ones are the same net."""

    def __init__(self, cell):
        self.kind, self.values = type(cell), dict(vars(cell))

    def __eq__(self, other):
        if not isinstance(other, Described) or self.kind is not other.kind or self.values.keys() != other.values.keys():
            return False
        return all(np.array_equal(v, other.values[k]) for k, v in self.values.items())

    __hash__ = None

    def __repr__(self):
        return f"{self.kind.__name__}({', '.join(f'{k}={check.came(v)}' for k, v in self.values.items())})"


def described(cell):
    """The name of a cell, or what one of one's own is at this moment."""
    return cell if isinstance(cell, str) else Described(cell)


def sigmoid(z):
    """σ(z) = 1 / (1 + e^-z), as ½ tanh(z/2) + ½, which never overflows."""
    return 0.5 * np.tanh(0.5 * z) + 0.5
