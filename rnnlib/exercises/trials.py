"""Checkers of notebook 10: the call of an arm, and the faults of a comparison."""

import numpy as np

CASES = [  # low, high, margin, call
    (0.3, 0.6, 0.2, "for"),
    (-0.4, 0.1, 0.2, "against"),
    (0.1, 0.5, 0.2, "open"),
    (0.0, 0.3, 0.2, "open"),  # its middle lies short of the margin
    (0.05, 0.15, 0.2, "against"),
    (-0.01, 0.01, -0.02, "for"),
    (-0.05, 0.01, -0.02, "open"),
]
FAULTS = {
    "a": "three times the parameters: the deeper network is also the larger one",
    "b": "the rate was tuned for one arm alone",
    "c": "the rate was chosen on the seeds that are reported",
    "d": "five seeds are few, but said, and their interval is shown: that is a limit, not a fault",
    "e": "pairs that share a seed make a comparison sharper: that is a virtue",
}


def check_call(call):
    """Whether call(low, high, margin) says "for", "against" or "open" as the rule does."""
    if call(*CASES[0][:3]) is None:
        return "not tried yet"
    wrong = [(case, said) for *case, want in CASES if (said := call(*case)) != want]
    if not wrong:
        return "right"
    (low, high, margin), said = wrong[0]
    hint = f"interval [{low}, {high}], margin {margin}: you say {said!r}. "
    if said not in ("for", "against", "open"):
        return hint + 'Expected "for", "against" or "open".'
    if all((call(lo, hi, m) == "for") == (lo > 0) for lo, hi, m, _ in CASES):
        return hint + "You compare with 0; the rule compares with the margin."
    if high < margin:
        return hint + "A whole interval short of the margin rules out an effect that matters, whatever its sign."
    if margin < 0:
        return hint + "A negative margin allows a small loss: beyond it is still above it."
    return hint + "The margin lies inside: the seeds do not decide."


def check_faults(found):
    """Whether `found`, letters, are the three faults of the comparison."""
    if found is None:
        return "not tried yet"
    letters = set("".join(map(str, found)).lower()) - set(" ,()") if np.iterable(found) else {str(found)}
    if not letters <= set(FAULTS):
        return "letters from a to e"
    if letters == set("abc"):
        return "right: " + "; ".join(FAULTS[k] for k in "abc")
    if extra := letters & set("de"):
        return f"{min(extra)}: {FAULTS[min(extra)]}"
    return f"{len(letters)} of 3 faults; what else does the deeper network have that the other has not?"
