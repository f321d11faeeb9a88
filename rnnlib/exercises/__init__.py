"""Checks for the exercises: they run what the learner wrote and, where it is wrong, name the likely mistake."""

from .checker import check, names, yours

__all__ = ["check", "names", "yours"]
