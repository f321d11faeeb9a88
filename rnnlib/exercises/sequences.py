"""The exercises of notebook 03: a long text in windows, and what a loss in nats means."""

import numpy as np

from ..model import Model
from ..stack import DeepRNN

TRY = "Not tried yet."


def in_windows(model, params, xs, targets, size, *, carry=True, weigh=True, slip=False):
    """Mean loss of a long sequence read window by window, or, with an option switched, what a mistake makes of it."""
    state, losses, steps = None, [], []
    for t in range(0, len(xs), size):
        run = model.forward(params, xs[t : t + size], state=state)
        losses.append(model.loss_and_dys(run.ys, targets[t : t + size])[0])
        steps.append(len(run.ys))
        if carry and not (slip and t):
            state = run.state
    return float(np.average(losses, weights=steps if weigh else None))


MISTAKES = {
    "Every window starts from zero: hand run.state of one window to the next, state=state.": {"carry": False},
    "The state is that of the first window for ever: renew it in every round of the loop.": {"slip": True},
    "The last window is shorter and must count for less: weigh each loss with its number of steps.": {"weigh": False},
}


def check_windows(student):
    """Runs student(model, params, xs, targets, size) -> loss beside one pass over the whole and returns a sentence."""
    rng = np.random.default_rng(303)
    model = Model(DeepRNN("rnn", 3, 8), 4)
    params = model.init(rng, recurrent="orthogonal")
    xs, targets = rng.standard_normal((23, 2, 3)), rng.integers(0, 4, (23, 2))
    found = student(model, params, xs, targets, 5)
    if found is None:
        return TRY
    if np.shape(found) != ():
        return f"Expected one number, got an array of shape {np.shape(found)}."
    if np.isclose(found, model.evaluate(params, xs, targets), rtol=1e-9):
        return f"Right: windows of 5 give {found:.4f} nats, and so does one pass over all 23 steps."
    for hint, options in MISTAKES.items():
        if np.isclose(found, in_windows(model, params, xs, targets, 5, **options), rtol=1e-9):
            return hint
    return f"Not yet: {float(found):.4f} nats instead of {model.evaluate(params, xs, targets):.4f}."


def check_perplexity(answer, nats):
    """How many equally likely characters a loss of `nats` amounts to, to two digits."""
    if answer is None:
        return TRY
    if np.isclose(answer, np.exp(nats), rtol=0.05):  # as exact as e to the printed two digits of nats
        return "Right: e to the loss in nats, or 2 to the loss in bits. It is called the perplexity."
    if np.isclose(answer, 2**nats, rtol=0.02):
        return "That is 2 to the power of nats: nats go with e, bits with 2."
    if np.isclose(answer, np.exp(nats / np.log(2)), rtol=0.02):
        return "That is e to the power of bits: bits go with 2, nats with e."
    return f"Not {answer:g}: among n equally likely characters each has p = 1/n and costs -ln(1/n) nats; solve for n."
