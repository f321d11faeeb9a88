"""Pictures. Numbers go in, artists come out: nothing is computed here, and pyplot is never called."""

from .lattice import Lattice
from .scene import Scene

__all__ = ["Lattice", "Scene"]
