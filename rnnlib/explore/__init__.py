"""Explorers: the real network under sliders. The only place that imports ipywidgets."""

from .base import Explorer
from .flow import GradientFlow
from .plane import TwoUnits
from .unit import OneUnit
from .unroll import Unroll

__all__ = ["Explorer", "GradientFlow", "OneUnit", "TwoUnits", "Unroll"]
