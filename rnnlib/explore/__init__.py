"""Explorers: the real network under sliders. The only place that imports ipywidgets."""

from .base import Explorer
from .flow import GradientFlow

__all__ = ["Explorer", "GradientFlow"]
