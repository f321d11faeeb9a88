"""The kinds of exercise. All have a solution, from whose docstring and name a reader knows what is asked."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np


@dataclass(kw_only=True)
class Exercise:
    """page: the notebook's number.  words: what an edit says of itself -> where to look, in this exercise's words."""

    solution: Callable = field(kw_only=False)
    page: str = field(kw_only=False)
    words: dict = field(default_factory=dict)

    @property
    def name(self):
        return self.solution.__name__

    @property
    def goes_back(self):
        """Is it a gradient that is asked for?"""
        return "backward" in self.name or "gradient" in self.name


@dataclass
class Function(Exercise):
    """Asked for is a function. draw(rng, **sizes): arguments.  order: names of the results in the order of the sweep,
    returned: that in which a tuple holds them.  sizes: by what a sum is divided to become a mean.  isolated: words ->
    sizes with which a hard case becomes easy.  tries: draws that must agree.  view: of a result, what is compared.
    careful: words -> sizes with which a right formula may still fail as arithmetic: said, and not held against it."""

    draw: Callable = None
    order: tuple = ()
    sizes: dict = field(default_factory=lambda: {"B": "len(x)"})
    isolated: dict = field(default_factory=dict)
    returned: tuple = ()
    tries: int = 2
    view: Callable = np.asarray
    careful: dict = field(default_factory=dict)


@dataclass
class Number(Function):
    """Asked for is what the solution gives for these constants: one number, or one for each name of `order`.
    tolerance: relative, of a right answer.  shows(answer, **constants): what it amounts to, in words."""

    constants: Callable = dict
    sizes: dict = field(default_factory=dict)
    tries: int = 1
    tolerance: float = 0.0
    shows: Callable = lambda answer, **constants: ""

    def __post_init__(self):
        self.draw = lambda rng: tuple(self.constants().values())


@dataclass
class Choice(Exercise):
    """Asked for is one of the choices that the solution gives, or, if `several`, all of them. said: each choice -> what
    there is to say of it."""

    said: dict = field(default_factory=dict)
    several: bool = False


@dataclass
class Setting(Exercise):
    """Asked for are numbers, one for each of `order`, with which a network does as told; the solution gives some. They
    are tried: measure(**numbers) -> dict.  shows: what is said of the measurements, a format.  allowed: conditions on
    the numbers, conditions: on the measurements too: (first, whether it holds, what is wrong, where to look, what to
    do); the middle one is a format."""

    order: tuple = ()
    measure: Callable = dict
    shows: str = ""
    allowed: tuple = ()
    conditions: tuple = ()
