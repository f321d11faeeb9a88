"""Pictures. Numbers go in, artists come out: nothing is computed here, and pyplot is never called."""

from .lattice import Lattice
from .plane import Plane
from .scene import Scene
from .traces import Traces
from .unit import Branches, Cobweb
from .unroll import Unrolled

__all__ = ["Branches", "Cobweb", "Lattice", "Plane", "Scene", "Traces", "Unrolled"]
