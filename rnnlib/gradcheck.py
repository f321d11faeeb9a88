"""Gradient checking: is the backward pass the derivative of the forward pass?

    numeric    [8 (L(+ε) - L(-ε)) - (L(+2ε) - L(-2ε))] / (12 ε),     five points, error O(ε⁴)
    relative   |analytic - numeric| / max(|analytic|, |numeric|, floor)

A pass proves nothing about a direction that was not looked along. So besides single entries every array is also
checked along random directions: there, one number depends on all its entries at once.
"""

from typing import NamedTuple

import numpy as np

from . import check
from .model import Model
from .net import check_net
from .tree import leaves, map_leaves


class GradCheck(NamedTuple):
    """The worst relative error, where it is, and the two values there."""

    error: float
    where: str
    analytic: float
    numeric: float
    checked: int


def derivative(f, steps=(1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6)):
    """f'(0) of a scalar function, and how far two step sizes disagree about it.

    Each ε is tried against ε/2; the first pair that agrees to 1e-9, or the best pair, wins. Small steps matter at
    kinks (ReLU), large ones against rounding. The analytic value plays no part in the choice.
    """

    def five_points(eps):
        return (8 * (f(eps) - f(-eps)) - (f(2 * eps) - f(-2 * eps))) / (12 * eps)

    best, gap = np.nan, np.inf
    for eps in steps:
        coarse, fine = five_points(eps), five_points(eps / 2)
        if abs(coarse - fine) < gap:
            best, gap = fine, abs(coarse - fine)
        if gap <= 1e-9 * max(abs(fine), 1e-3):
            break
    return best, gap


def relative_error(analytic, numeric, floor=1e-4):
    """|a - n| / max(|a|, |n|, floor). Below the floor an absolute error is what is left to measure.

    A gradient that is not a number is infinitely wrong: NaN would lose every comparison, and so pass.
    """
    error = abs(analytic - numeric) / max(abs(analytic), abs(numeric), floor)
    return np.inf if np.isnan(error) else error


def gradcheck(net_or_model, params, xs, targets=None, *, lengths=None, state=None, rng=None, entries=4, directions=2):
    """Compare the hand-written gradient with finite differences and return a `GradCheck`.

    A network gets the loss Σ hs ⊙ R + Σ state ⊙ S with random R, S, and is checked by params, xs and state; a
    `Model` its own loss (targets needed), by params.  entries : how many single entries of every array, None for
    all; directions : how many random directions. rng : draws these (default_rng(0) if None).
    Dropout, if the net has any, uses the same mask in every evaluation.  xs (T, B, D), lengths (B,).
    TypeError where the dtype is not float64, or a Model has no targets; ValueError where a shape does not fit.
    """
    if not isinstance(net_or_model, Model):
        check_net("net_or_model", net_or_model)
    net = getattr(net_or_model, "net", net_or_model)
    if net_or_model.dtype != np.float64:
        raise TypeError(
            f"net_or_model.dtype: expected float64, in which 1e-6 means something, got {net_or_model.dtype}"
        )
    rng = np.random.default_rng(0) if rng is None else check.generator("rng", rng)
    entries = None if entries is None else check.size("entries", entries, 0)
    directions = check.size("directions", directions, 0)
    if entries == 0 and directions == 0:
        raise ValueError("entries: expected at least one entry or direction to look at, got entries=0, directions=0")
    xs, mask = net.check_sequences(xs, lengths)
    state = None if state is None else net.check_state("state", state, xs.shape[1])
    if isinstance(net_or_model, Model):
        make, params = _model_problem, net_or_model.check_params(params)
        params["layers"] = net.check_params(params["layers"])
        if targets is None:
            raise TypeError("targets: expected the targets of the model's loss, got None")
        targets = net_or_model.check_targets(targets, *net_or_model.target_sizes(xs, mask))
    else:
        make, params = _net_problem, net.check_params(params)
        if targets is not None:
            raise TypeError(f"targets: expected None for a network, whose loss needs none, got {check.came(targets)}")
    point, loss, grad = make(net_or_model, params, xs, targets, lengths, state, rng)
    return compare(loss, point, grad, rng, entries=entries, directions=directions)


def compare(loss, point, grad, rng, *, entries=4, directions=2):
    """`gradcheck` for any function: loss(tree) -> float at `point`, a tree of arrays, and its claimed gradient tree."""
    worst, checked = GradCheck(-1.0, "", 0.0, 0.0, 0), 0
    gradients = dict(leaves(grad))
    for name, array in leaves(point):
        g = gradients[name]
        if g.shape != array.shape:
            raise ValueError(f"gradient of {name}: expected shape {array.shape}, got {g.shape}")
        picks = rng.permutation(array.size)[:entries]
        units = [np.unravel_index(int(k), array.shape) for k in picks]
        looks = [(f"{name}{[int(i) for i in u]}", indicator(array.shape, u)) for u in units]
        looks += [
            (f"{name} along a random direction", unit(rng.standard_normal(array.shape))) for _ in range(directions)
        ]
        for where, direction in looks:
            analytic = float((g * direction).sum())
            numeric, _ = derivative(lambda eps, n=name, d=direction: loss(moved(point, n, eps * d)))
            error = relative_error(analytic, numeric)
            checked += 1
            if not error <= worst.error:
                worst = GradCheck(error, where, analytic, float(numeric), checked)
    return worst._replace(checked=checked)


def indicator(shape, index):
    """All zero but for a 1 at `index`."""
    d = np.zeros(shape)
    d[index] = 1
    return d


def unit(d):
    return d / np.sqrt((d * d).sum())


def moved(tree, name, step):
    """The tree with `step` added to the array called `name`; the original is not touched."""
    names = iter([n for n, _ in leaves(tree)])
    return map_leaves(lambda a: a + step if next(names) == name else a, tree)


def _net_problem(net, params, xs, _, lengths, state, rng):
    state = net.zero_state(xs.shape[1]) if state is None else state
    seed = int(rng.integers(2**32))
    point = {"params": params, "xs": xs, "state": [list(s) for s in state]}
    if xs.ndim == 2:  # indices: there is no gradient by them
        del point["xs"]

    def run(p):
        mask_rng = np.random.default_rng(seed) if net.dropout else None
        return net.forward(p["params"], p.get("xs", xs), [tuple(s) for s in p["state"]], lengths=lengths, rng=mask_rng)

    here = run(point)
    R = rng.standard_normal(here.hs.shape)
    S = [tuple(rng.standard_normal(s.shape) for s in layer) for layer in here.state]

    weights, offset = [R, *(s for layer in S for s in layer)], [here.hs, *(s for layer in here.state for s in layer)]

    def loss(p):
        """Less its value at `point`, term by term: a constant that would cost digits in every difference."""
        r = run(p)
        now = [r.hs, *(s for layer in r.state for s in layer)]
        return sum(float(((a - b) * w).sum()) for a, b, w in zip(now, offset, weights, strict=True))

    grad = net.backward(params, here, R, S)
    return point, loss, {name: getattr(grad, name) for name in point}


def _model_problem(model, params, xs, targets, lengths, state, rng):
    seed = int(rng.integers(2**32))

    def mask_rng():
        return np.random.default_rng(seed) if model.net.dropout else None

    def loss(p):
        run = model.forward(p, xs, lengths, state=state, rng=mask_rng())
        return model.loss_and_dys(run.ys, targets, run.run.mask)[0]

    return params, loss, model.loss_and_grads(params, xs, targets, lengths, state=state, rng=mask_rng())[1]
