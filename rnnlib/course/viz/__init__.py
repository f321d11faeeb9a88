"""Pictures. Numbers go in, artists come out: nothing is computed here, and pyplot is never called."""

from .bptt import Chain, Contributions, ThereAndBack
from .checkup import Checkup, OverDepth
from .coursemap import CourseMap
from .depth import Intervals, RateAgainstGain
from .diagram import Architectures, Reach, Wavefront
from .families import Curves, Families, ThreeWays
from .faults import Located, Losses
from .flow import Lattice
from .gates import ColouredText, Memory, Updates
from .genes import Looks
from .jacobian import Lags, Products, Solved
from .lookup import Lookup, Tables
from .museum import Lineup, Museum
from .onestep import StepGraph
from .plane import Plane
from .reading import PerLayer, Regime
from .receptive import Receptive
from .scan import Rounds
from .scene import Scene
from .sizes import Sizes
from .spectrum import Response, Spectrum
from .speech import Padding, Utterances
from .states import Delays, Sources, States
from .text import Context, NextCharacter, Samples
from .timing import Timings
from .traces import Traces
from .training import Rates, Scores, TrainingCurve
from .trial import Forest, Seeds, Shares, Verdicts
from .truncation import Cut, Unexplained
from .unit import Branches, Cobweb
from .unroll import Unrolled
from .wall import Wall

__all__ = [
    "Architectures",
    "Branches",
    "Chain",
    "Checkup",
    "Cobweb",
    "ColouredText",
    "Context",
    "Contributions",
    "CourseMap",
    "Curves",
    "Cut",
    "Delays",
    "Families",
    "Forest",
    "Intervals",
    "Lags",
    "Lattice",
    "Lineup",
    "Located",
    "Looks",
    "Lookup",
    "Losses",
    "Memory",
    "Museum",
    "NextCharacter",
    "OverDepth",
    "Padding",
    "PerLayer",
    "Plane",
    "Products",
    "RateAgainstGain",
    "Rates",
    "Reach",
    "Receptive",
    "Regime",
    "Response",
    "Rounds",
    "Samples",
    "Scene",
    "Scores",
    "Seeds",
    "Shares",
    "Sizes",
    "Solved",
    "Sources",
    "Spectrum",
    "States",
    "StepGraph",
    "Tables",
    "ThereAndBack",
    "ThreeWays",
    "Timings",
    "Traces",
    "TrainingCurve",
    "Unexplained",
    "Unrolled",
    "Updates",
    "Utterances",
    "Verdicts",
    "Wall",
    "Wavefront",
]
