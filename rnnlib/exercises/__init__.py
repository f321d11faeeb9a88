"""Checks for the exercises: they run what the learner wrote and, where it is wrong, name the likely mistake."""

from .asked import check
from .checker import names
from .grid import progress
from .keep import forget

__all__ = ["check", "forget", "names", "progress"]
