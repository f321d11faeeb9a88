"""An edit of a syntax tree: where, what to put there, and how to say it."""

import ast
from dataclasses import dataclass

WHY = {  # by kind of edit: where to look, and why it matters, on the way back
    "term": "A quantity's gradient has one term for every formula in which the quantity stands. Count them again.",
    "factor": "On its way back a gradient is multiplied by everything that stood beside the value on its way forward.",
    "sign": "Nudge the value upwards in your mind: does the result go up or down? The sign of the gradient says so.",
    "transpose": "Row vectors go back through the transposed matrix, and a weight's gradient is inputᵀ @ gradient.",
    "order": "A matrix product has an order: write the shapes beside the factors and see which neighbours must agree.",
    "bracket": "Write the brackets that the formula means: is the square taken first, or the sum?",
    "name": "Values of the same shape are easily exchanged. Ask of which step, and from which side of a gate, each is.",
    "index": "Write down which entries are meant: of which step, is h_0 among them, and which of the columns?",
    "loop": "Every step hands its gradient to the step before it, so the way back starts at the last step.",
    "sum": "What is used at several steps, or by several sequences, gets the sum of its gradients: += and not =.",
    "average": "These gradients are summed over time and batch. A mean is another number, unless the loss says mean.",
    "slope": "The slope of tanh is 1 - h², of σ it is s (1 - s), with h and s the values after the nonlinearity.",
    "missing": "Follow the value forwards through the formulas and backwards again: one of the lines is missing.",
    "number": "Compare the constants with those of the formula.",
    "whole": "Ask of what a total is taken: of one entry, of one array or sequence, or of all of them together.",
    "once": "A sum or a carry begins at 0. Ask in which of the loops it has to begin anew.",
    "steps": "Ask which steps have a loss, and which of them the gradient of this quantity hears of.",
    "condition": "Ask for which steps or entries this holds, and for which not; go through the border case by hand.",
}
FORWARD = WHY | {  # the same where nothing goes back: a forward pass, an update, a count
    "term": "Go through the formula term by term: which of them is not in your line?",
    "factor": "Go through the formula factor by factor, brackets included.",
    "sign": "Compare the signs with those of the formula.",
    "transpose": "Row vectors stand on the left of their matrix, x @ W, with no transpose on the way forward.",
    "name": "Values of the same shape are easily exchanged. Ask of each which line made it, and when.",
    "index": "Write down which entry belongs to which step, or to which gate.",
    "loop": "The steps run forwards: each one needs what the one before has made.",
    "sum": "Ask whether a value is replaced here, or something is added to it.",
    "average": "Is it a sum or a mean that is asked for, and over what?",
    "missing": "Go through the formulas in their order: one of the lines is missing.",
}


@dataclass
class Edit:
    """Replace the `index`-th entry (None: the whole) of `field` of `parent` by `new`, at one place or at several."""

    kind: str
    words: str
    line: str  # of the solution, as it should be
    places: list  # of (parent, field, index, new)
    rank: int = 0  # of those with the same numbers, the lowest is said

    def apply(self):
        self.old = [get(parent, field, index) for parent, field, index, _ in self.places]
        for parent, field, index, new in self.places:
            put(parent, field, index, new)

    def undo(self):
        for (parent, field, index, _), old in zip(self.places, self.old):
            put(parent, field, index, old)


def get(parent, field, index):
    value = getattr(parent, field)
    return value if index is None else value[index]


def put(parent, field, index, new):
    if index is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[index] = new


def parsed(code):
    return ast.parse(code, mode="eval").body


def transposed(node):
    return ast.Attribute(node, "T", ast.Load())
