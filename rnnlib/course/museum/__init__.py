"""The museum of published faults: backward passes, data streams and evaluations that were really published wrong,
planted in plain code of our own, measured, trained with, and held against the checks of the course.

    plant      replaces pieces of a function's source
    plain      the networks that are right, written step by step
    loop       task, batches, one update, training
    entry      one exhibit: what it says, what is right, its source, its edits
    exhibits   the catalogue of them
    measure    by how much an exhibit is off, array by array
    checks     which checks of the course fail on it, and where each is taught
"""

from .exhibits import EXHIBITS, exhibit, names

__all__ = ["EXHIBITS", "exhibit", "names"]
