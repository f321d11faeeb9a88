"""Whose turn it is: one BLAS thread while an explorer computes, and pictures before background work."""

import threading

from threadpoolctl import ThreadpoolController

from ..viz.scene import Shared

BLAS = ThreadpoolController()
one_thread = Shared(lambda: BLAS.limit(limits=1, user_api="blas"))


class Hand:
    """`with hand:` is a picture being drawn; `hand.rest()`, called between the updates of a computation in the
    background, lets it be finished first. (Both would else take turns of 5 ms, at every product.)"""

    def __init__(self):
        self.lock, self.drawing, self.free = threading.Lock(), [], threading.Event()

    def __enter__(self):
        with self.lock:
            self.drawing.append(threading.get_ident())
            self.free.clear()

    def __exit__(self, *_):
        with self.lock:
            self.drawing.remove(threading.get_ident())
            if not self.drawing:
                self.free.set()

    def rest(self):
        if self.drawing and threading.get_ident() not in self.drawing:
            self.free.wait(1)


hand = Hand()
