"""From a `PlainCell` to the fast protocol of `cells`: every step copies what the cell is given, and looks at what
comes back.
"""

import numpy as np

from . import check
from .cells import GRU, LSTM, RNN, Cell, ResetFirstGRU
from .memory import empty
from .plain import PlainCell

TAKEN = ("W_xh", "W_hh", "b_h", "g_x", "g_h")


def known(cell):
    """Return what `make` knows, or raise."""
    if isinstance(cell, (Cell, PlainCell)):
        return cell
    if isinstance(cell, type) and issubclass(cell, (Cell, PlainCell)):
        raise TypeError(f"cell: expected a cell, {cell.__name__}(), got the class {cell.__name__}")
    return check.choice("cell", cell, ("rnn", "lstm", "gru"))


def make(cell, nonlinearity="tanh", reset="after"):
    """The fast cell behind "rnn", "lstm", "gru", a `PlainCell`, or a `cells.Cell`, which is one already."""
    if isinstance(cell, Cell):
        return cell
    if isinstance(cell, PlainCell):
        return Adapter(cell)
    return {"rnn": RNN(nonlinearity), "lstm": LSTM(), "gru": GRU() if reset == "after" else ResetFirstGRU()}[cell]


class Adapter(Cell):
    """The fast protocol around a `PlainCell`. kept is a box per step: the cell's own `kept`, its own parameters, and
    what the late product read."""

    summed, keeps_gates = False, False

    def __init__(self, cell):
        self.cell, self.name = cell, type(cell).__name__
        self.scale = (1,) * check.size(f"{self.name}.gates", cell.gates)
        self.states = check.size(f"{self.name}.states", cell.states)
        self.late = int(check.flag(f"{self.name}.late", cell.late))
        self.own = tuple(check.instance(f"{self.name}.own", cell.own, (tuple, list), "a tuple of names"))
        for name in self.own:
            fine = isinstance(name, str) and name.isidentifier() and not name.endswith("_reverse")
            if not fine or name in TAKEN or self.own.count(name) > 1:
                raise ValueError(f"{self.name}.own: expected new names, each once, got {check.came(name)}")
        self.forget, self.gradients = cell.forget, 2 + len(self.own)
        if self.forget is not None:
            check.size(f"{self.name}.forget", self.forget, 0, self.gates - 1)

    def workspace(self, p, H, B, dtype):
        return (tuple(locked(p[name][:, None]) for name in self.own),)

    def room(self, T, H, B, dtype):
        return ([[None] * 3 for _ in range(T)],)

    def forward(self, z, zh, prev, new, kept, work):
        (box,), (own, *product) = kept, work
        early, place = self.gates - self.late, f"{self.name}.forward"
        args = [locked(z.copy()), locked(zh[:early].copy()), tuple(map(locked, prev)), *([own] if own else [])]
        if self.late:
            args.append(LateProduct(place, product[0], new[0]))
        result = self.call("forward", args)
        if not isinstance(result, tuple) or len(result) != 2:
            got = check.came(result)
            raise TypeError(f"{place}: expected a pair, the new state and what backward needs, got {got}")
        state, keep = result
        self.entries(place, "the new state", state, self.states)
        for k, (value, out) in enumerate(zip(state, new)):
            self.write(f"{place}: new state[{k}]", value, out, args[:3], zero=False)
        box[:] = guarded(keep), own, args[-1].taken() if self.late else None

    def slopes(self, gates, states, kept):
        (boxes,), h = kept, states[0]
        T, H, B = len(boxes), *h.shape[1:]
        dz = [empty((T, self.gates, H, B), h.dtype) for _ in range(2)]
        return (*dz, *(empty((T, H, B), h.dtype) for _ in self.own), boxes)

    def backward(self, dh, dnext, dzh, dzx, *rest):
        down, (box, *product) = rest[: len(self.own)], rest[len(self.own) :]
        (keep, own, _), place, bypass = box, f"{self.name}.backward", np.empty_like(dh)
        args = [tuple(map(locked, (dh, *(d.copy() for d in dnext[1:])))), keep, *([own] if own else [])]
        if self.late:
            args.append(LateProduct(place, lambda dz, out: np.copyto(out, product[0](dz)), dh))
        result, known = self.call("backward", args), args[:1]
        parts = ["dzx", "dzh", "dstate_prev", *(["down"] if own else [])]
        self.entries(place, ", ".join(parts), result, len(parts))
        for name, value, out in zip(parts, result, (dzx, dzh)):
            if isinstance(value, (list, tuple)):
                self.entries(place, name, value, self.gates)
                for k, block in enumerate(value):
                    self.write(f"{place}: {name}[{k}]", block, out[k], known)
            else:
                self.write(f"{place}: {name}", value, out, known)
        self.entries(place, "dstate_prev", result[2], self.states)
        for k, (value, out) in enumerate(zip(result[2], (bypass, *dnext[1:]))):
            self.write(f"{place}: dstate_prev[{k}]", value, out, known)
        if own:
            self.entries(place, "down", result[3], len(own))
            for name, value, out in zip(self.own, result[3], down):
                self.write(f"{place}: down of {name}", value, out, known)
        return bypass

    def dzx(self, dh, dzh, dzx, *_):
        return dzx

    def own_gradients(self, slopes):
        return slopes[2 : self.gradients]

    def asked(self, gates, states, kept):
        return np.array([box[2] for box in kept[0]])

    def call(self, method, args):
        """What the method returns, if it changes neither its arguments nor the cell."""
        place, before = f"{self.name}.{method}", dict(vars(self.cell))
        try:
            result = getattr(self.cell, method)(*args)
        except ValueError as e:
            if "read-only" not in str(e):
                raise
            raise ValueError(f"{place}: expected arguments that stay as they are, got one changed in place: {e}") from e
        after = vars(self.cell)
        for name in before.keys() | after.keys():
            if before.get(name) is not after.get(name):
                raise ValueError(
                    f"{place}: expected a cell that keeps nothing between calls (what backward needs goes into kept), "
                    f"got a new self.{name}"
                )
        return result

    def entries(self, place, name, value, count):
        if not isinstance(value, (tuple, list)):
            raise TypeError(f"{place}: expected a tuple, {name}, with {count} in it, got {check.came(value)}")
        if len(value) != count:
            raise ValueError(f"{place}: expected a tuple, {name}, with {count} in it, got {len(value)}")

    def write(self, name, value, out, known, zero=True):
        """Put what came back where it belongs."""
        if zero and np.isscalar(value) and value == 0:
            out[...] = 0
            return
        came, value = value, check.asarray(name, value)
        if value.dtype.kind not in "fiu":
            raise TypeError(f"{name}: expected an array of numbers, got {check.came(came)}")
        check.shape(name, value, list(zip("GHB"[-out.ndim :], out.shape)))
        out[...] = value
        arguments = (a for k in known for a in (k if isinstance(k, tuple) else (k,)))
        if not np.isfinite(out).all() and all(np.isfinite(a).all() for a in arguments):
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(out))[0])
            raise FloatingPointError(f"{name}: expected finite values, got {out[where]} at index {where}")


class LateProduct:
    """product(a) for the block that waits: one product a step, (H, B) to (H, B)."""

    def __init__(self, place, product, like):
        self.place, self.product, self.like, self.read = place, product, like, []

    def __call__(self, a):
        a = np.array(check.asarray(f"{self.place}: product's argument", a), self.like.dtype, order="C")
        check.shape(f"{self.place}: product's argument", a, list(zip("HB", self.like.shape)))
        self.read.append(a)
        out = np.empty_like(a)
        self.product(a, out)
        return out

    def taken(self):
        """What was read, the once that it must be."""
        if len(self.read) != 1:
            raise ValueError(f"{self.place}: expected one call of product, got {len(self.read)}")
        return self.read[0]


def locked(a):
    """A view that cannot be written to."""
    view = a.view()
    view.flags.writeable = False
    return view


def guarded(kept):
    """What backward needs, its arrays read-only: whoever changed them would change the next way back."""
    if type(kept) is tuple:
        return tuple(map(guarded, kept))
    return locked(kept) if isinstance(kept, np.ndarray) else kept
