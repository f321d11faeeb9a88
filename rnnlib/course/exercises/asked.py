"""`check` as a page calls it: the verdict, kept on the learner's machine, and an error for nbgrader alone."""

import os

from ..progress import keep
from . import checker


def check(name, answer, **given):
    """Try an answer on the exercise of this name and return a Verdict, which shows itself: see `checker.check`.

    On a page a wrong answer raises nothing, so that the page runs on. While nbgrader grades or validates a page (it
    sets NBGRADER_EXECUTION), an answer that is not right raises an AssertionError with the verdict's text, for nbgrader
    gives the points of every cell that raises nothing. ValueError where there is no exercise of this name; TypeError
    where a function is asked for and the answer is none.
    """
    verdict = checker.check(name, answer, **given)
    if os.environ.get("NBGRADER_EXECUTION"):
        if not verdict.right:
            raise AssertionError(str(verdict))
        return verdict
    keep.seen(verdict)
    return verdict
