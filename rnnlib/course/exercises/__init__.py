"""Checks for the exercises: they run what the learner wrote and, where it is wrong, name the likely mistake."""

from ..progress.grid import progress
from ..progress.keep import forget
from .asked import check
from .checker import mistake, names, yours

__all__ = ["check", "forget", "mistake", "names", "progress", "yours"]
