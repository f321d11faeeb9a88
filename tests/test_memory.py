"""Memory is used again only when nobody can see it any more."""

import gc
import threading

import numpy as np
import pytest

import rnnlib
from rnnlib import memory

LARGE = (64, 1024)  # float64: 512 kB


def test_small_arrays_are_plain_numpy():
    assert memory.empty((3, 4), np.float32).base is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_and_dtype_are_those_asked_for(dtype):
    a = memory.empty(LARGE, dtype)
    assert a.shape == LARGE and a.dtype == dtype and a.flags.c_contiguous and a.flags.writeable
    a[:] = 1
    assert a.sum() == 64 * 1024


def test_a_block_comes_back_when_its_array_is_gone():
    a = memory.empty(LARGE, np.float64)
    where = a.ctypes.data
    del a
    gc.collect()
    assert memory.empty(LARGE, np.float64).ctypes.data == where


@pytest.mark.parametrize(
    "view", [lambda a: a[3:5], lambda a: a.T, lambda a: a.reshape(-1)[::7], lambda a: memoryview(a)]
)
def test_a_view_keeps_its_block(view):
    a = memory.empty(LARGE, np.float64)
    a[:] = 7
    v = view(a)
    del a
    gc.collect()
    others = [memory.empty(LARGE, np.float64) for _ in range(4)]
    for other in others:
        other[:] = -1
    assert (np.asarray(v) == 7).all()


def test_results_that_are_held_do_not_change():
    rng = np.random.default_rng(0)
    net = rnnlib.DeepRNN("lstm", 8, 64, 2)
    params = net.init(rng)
    kept = []
    for _ in range(6):
        xs = rng.standard_normal((40, 8, 8))
        run = net.forward(params, xs)
        grad = net.backward(params, run, np.ones_like(run.hs))
        arrays = [run.hs, run.layers[0].hs, grad.xs, grad.hs[1], grad.params[0]["W_hh"]]
        kept.append((arrays, [a.copy() for a in arrays]))
        del run, grad
    for arrays, copies in kept:
        for a, b in zip(arrays, copies):
            np.testing.assert_array_equal(a, b)


def test_unused_memory_is_bounded():
    arrays = [memory.empty((2**17, 64), np.float64) for _ in range(5)]  # 64 MB each, never written
    del arrays
    gc.collect()
    assert sum(size * len(blocks) for size, blocks in memory._free.items()) <= memory.KEEP


def test_threads_do_not_share_a_block():
    wrong = []

    def work(value):
        for _ in range(200):
            a = memory.empty(LARGE, np.float64)
            a[:] = value
            if not (a == value).all():
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong
