"""Memory that is used again.

The first write to a fresh array costs a page fault for every 4 kB: in an LSTM stack of 2 layers (B 32, T 100, H 64)
that was 15 of 37 ms. So arrays as long as a sequence are cut from blocks, and a block comes back when the last
array, or view of one, that lies on it is gone. Nothing else changes: what anybody holds is never touched.
"""

import math

import numpy as np

SMALL = 2**15  # bytes below which a fresh array costs less than the bookkeeping
KEEP = 2**28  # bytes that may lie unused

_free = {}  # size in bytes -> blocks of that size, unused


def empty(shape, dtype):
    """`np.empty(shape, dtype)`, on used memory where there is some."""
    dtype = np.dtype(dtype)
    need = math.prod(shape) * dtype.itemsize
    return np.empty(shape, dtype) if need < SMALL else np.asarray(_Loan(shape, dtype, need))


class _Loan:
    """The owner of an array: NumPy keeps it alive as long as any view of the array lives."""

    def __init__(self, shape, dtype, need):
        size = 1 << (need - 1).bit_length()  # few sizes, so that blocks fit again; pages never written cost nothing
        try:
            self.block = _free[size].pop()
        except (KeyError, IndexError):
            self.block = np.empty(size, np.uint8)
        data = (self.block.ctypes.data, False)
        self.__array_interface__ = {"shape": tuple(shape), "typestr": dtype.str, "data": data, "version": 3}

    def __del__(self):
        if _free is None:
            return  # the interpreter is shutting down
        size = self.block.nbytes
        if sum(s * len(blocks) for s, blocks in list(_free.items())) + size <= KEEP:
            _free.setdefault(size, []).append(self.block)
