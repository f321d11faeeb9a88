"""Explorers: the real network under sliders. The only place that imports ipywidgets."""

from IPython import get_ipython as _get_ipython

from ..progress import keep as _keep
from .base import Explorer
from .bptt import StepByStep, ThreeSteps
from .checkup import Checkup
from .flow import GradientFlow
from .gates import ForgetBias, GateReader
from .jacobian import JacobianProduct
from .live import LiveTraining
from .lookup import SoftLookup
from .museum import Museum
from .onestep import OneStep
from .plane import TwoUnits
from .project import OwnProject
from .reading import RegimeReader, UnitReader
from .receptive import ReceptiveField
from .scan import Scan
from .sizes import StackSizes
from .spectrum import PulseResponse, StackSpectrum
from .states import DeepStates, GradientSources
from .text import NextCharacter
from .training import TrainingView
from .trial import Evidence, LiveTrial, NeighbourEvidence
from .truncation import Truncation
from .unit import OneUnit
from .unroll import Unroll
from .wall import Wall
from .wild import WildWord
from .words import WordsToSounds

__all__ = [
    "Checkup",
    "DeepStates",
    "Evidence",
    "Explorer",
    "ForgetBias",
    "GateReader",
    "GradientFlow",
    "GradientSources",
    "JacobianProduct",
    "LiveTraining",
    "LiveTrial",
    "Museum",
    "NeighbourEvidence",
    "NextCharacter",
    "OneStep",
    "OneUnit",
    "OwnProject",
    "PulseResponse",
    "ReceptiveField",
    "RegimeReader",
    "Scan",
    "SoftLookup",
    "StackSizes",
    "StackSpectrum",
    "StepByStep",
    "ThreeSteps",
    "TrainingView",
    "Truncation",
    "TwoUnits",
    "UnitReader",
    "Unroll",
    "Wall",
    "WildWord",
    "WordsToSounds",
]

_keep.watch(_get_ipython())  # a learner's predictions, kept on the learner's machine
