"""Pictures. Numbers go in, artists come out: nothing is computed here, and pyplot is never called."""

from .depth import Intervals, RateAgainstGain
from .diagram import Architectures, Reach, Sizes, Wavefront
from .lattice import Lattice
from .plane import Plane
from .scene import Scene
from .spectrum import Response, Spectrum
from .states import Delays, Sources, States
from .traces import Traces
from .unit import Branches, Cobweb
from .unroll import Unrolled

__all__ = [
    "Architectures",
    "Branches",
    "Cobweb",
    "Delays",
    "Intervals",
    "Lattice",
    "Plane",
    "RateAgainstGain",
    "Reach",
    "Response",
    "Scene",
    "Sizes",
    "Sources",
    "Spectrum",
    "States",
    "Traces",
    "Unrolled",
    "Wavefront",
]
