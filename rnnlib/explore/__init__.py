"""Explorers: the real network under sliders. The only place that imports ipywidgets."""

from .base import Explorer
from .bptt import StepByStep, ThreeSteps
from .checkup import Checkup
from .flow import GradientFlow
from .gates import ForgetBias, GateReader
from .jacobian import JacobianProduct
from .live import LiveTraining
from .museum import Museum
from .plane import TwoUnits
from .reading import RegimeReader, UnitReader
from .sizes import StackSizes
from .spectrum import PulseResponse, StackSpectrum
from .states import DeepStates, GradientSources
from .text import NextCharacter
from .training import TrainingView
from .trial import Evidence, LiveTrial
from .truncation import Truncation
from .unit import OneUnit
from .unroll import Unroll
from .wall import Wall

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
    "NextCharacter",
    "OneUnit",
    "PulseResponse",
    "RegimeReader",
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
]
