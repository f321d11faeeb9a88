"""Truncation: what a cut gradient loses. Every number comes from backward passes of the real network."""

from functools import lru_cache

import numpy as np

from ... import flow
from ...stack import DeepRNN
from ...tree import leaves
from ..viz.truncation import LONGEST, Cut
from .base import Explorer, choice, integer, real
from .flow import CELLS, named

H, D, B = 16, 4, 2  # units, inputs, sequences
CHOP, BACK = "chop", "look back"


def vector(tree):
    """All leaves of a tree as one vector."""
    return np.concatenate([a.ravel() for _, a in leaves(tree)])


def window_gradients(net, params, xs, dhs, k, hand_on=False):
    """Gradient trees by the parameters, one per window of k steps, in order of time.

    Forwards every window hands its last state to the next. Backwards hand_on says whether the gradient is handed
    from each window to the one before: if so, the windows' gradients sum to the full one for every k, and k = 1 gives
    what each single step adds; if not, they sum to that of truncated BPTT (Williams, Peng 1990).
    xs (T, B, D), dhs (T, B, H) = the gradient of the loss by run.hs.
    """
    runs, state, grads, dstate = [], None, [], None
    for t in range(0, len(xs), k):
        runs.append(net.forward(params, xs[t : t + k], state))
        state = runs[-1].state
    for i in reversed(range(len(runs))):
        grad = net.backward(params, runs[i], dhs[i * k : (i + 1) * k], dstate)
        dstate = grad.state if hand_on else None
        grads.insert(0, grad.params)
    return grads


def lag_gradients(net, params, xs, dhs):
    """What all pairs (loss step t, cause step t - j) of one lag j add: a gradient tree for each j = 0 ... T-1, and
    pairs (T, T), ‖d loss_t / dh_s‖ at [t, s].

    The T loss steps stand side by side as columns of one batch. Each goes back one step at a time, from its own t;
    whoever arrives at the beginning leaves. The first k trees sum to the gradient that looks back k steps.
    """
    T, B, D = xs.shape
    s = flow.trajectory(net, params, xs)[:-1]  # (T, B, N): the state before every step
    pairs, grads, dstate = np.zeros((T, T)), [], None
    for j in range(T):
        n = T - j  # columns: the steps 1 ... n, as causes of the losses at 1 + j ... T
        run = net.forward(params, xs[:n].reshape(1, n * B, D), flow.unpack(net, s[:n].reshape(n * B, -1)))
        if dstate is not None:
            dstate = [tuple(d[B:] for d in layer) for layer in dstate]
        grad = net.backward(params, run, dhs.reshape(1, n * B, -1) if j == 0 else np.zeros_like(run.hs), dstate)
        dstate = grad.state
        grads.append(grad.params)
        pairs[np.arange(j, T), np.arange(n)] = np.linalg.norm(grad.hs[-1].reshape(n, -1), axis=1)
    return grads, pairs


def survives(T, k, cut=CHOP):
    """(T, T) booleans: does the pair (loss step, cause step) survive the cut?"""
    t, s = np.indices((T, T))
    return (t >= s) & (t // k == s // k if cut == CHOP else t - s < k)


def compare(gradients, full):
    """Cosines and relative errors of vectors (K, N) against `full` (N,)."""
    norm = np.linalg.norm(full)
    norms = np.linalg.norm(gradients, axis=1)
    return gradients @ full / (norms * norm), np.linalg.norm(gradients - full, axis=1) / norm


def problem(length, gain=1.0, cell="tanh RNN", seed=2):
    """(net, params, xs, dhs): noise of unit variance read by one layer; orthogonal weights, the recurrent ones times
    the gain. Every step has its own loss, a random linear function of h_t."""
    kind, nonlinearity = named(cell)
    net = DeepRNN(kind, D, H, nonlinearity=nonlinearity)
    weights, inputs, readout = np.random.default_rng(seed).spawn(3)
    params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=gain)
    xs = inputs.standard_normal((LONGEST, B, D))[:length]
    return net, params, xs, readout.standard_normal((LONGEST, B, H))[:length] / np.sqrt(B * H)


@lru_cache(maxsize=64)
def survey(length, gain=1.0, cell="tanh RNN"):
    """(pairs (T, T), cosines (2, T), errors (2, T)): chopped and looking back, for every k = 1 ... T."""
    net, params, xs, dhs = problem(length, gain, cell)
    lags, pairs = lag_gradients(net, params, xs, dhs)
    back = np.cumsum([vector(g) for g in lags], axis=0)
    chop = np.array([sum(vector(g) for g in window_gradients(net, params, xs, dhs, k)) for k in range(1, length + 1)])
    curves = [compare(g, chop[-1]) for g in (chop, back)]
    return pairs, np.array([c for c, _ in curves]), np.array([e for _, e in curves])


def outline(k, length, gain=1.0, cell="tanh RNN"):
    """What `survey` gives, but of the chopped gradients that of k alone; nan for the others."""
    net, params, xs, dhs = problem(length, gain, cell)
    lags, pairs = lag_gradients(net, params, xs, dhs)
    back = np.cumsum([vector(g) for g in lags], axis=0)
    chop = np.full_like(back, np.nan)
    chop[k - 1] = sum(vector(g) for g in window_gradients(net, params, xs, dhs, k))
    curves = [compare(g, back[-1]) for g in (chop, back)]
    return pairs, np.array([c for c, _ in curves]), np.array([e for _, e in curves])


def best_readout_error(net, params, xs, targets):
    """The mean squared error of the best linear read-out of run.hs: what a network can say without any training of its
    recurrent weights. xs (T, B, D), targets (T, B, V)."""
    hs = net.forward(params, xs).hs
    features = np.concatenate([hs, np.ones((*hs.shape[:2], 1))], axis=-1).reshape(-1, hs.shape[-1] + 1)
    flat = targets.reshape(len(features), -1)
    return float(((features @ np.linalg.lstsq(features, flat, rcond=None)[0] - flat) ** 2).mean())


class Truncation(Explorer):
    """Which pairs of loss step and cause step a truncated gradient keeps, and how far it is from the full one."""

    def controls(self):
        return {
            "k": integer("k, steps", 8, 1, LONGEST),
            "length": integer("length T, steps", 40, 5, LONGEST),
            "gain": real("recurrent gain", 1.0, 0.5, 1.5, 0.05),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
            "cut": choice("drawn cut", CHOP, [CHOP, BACK]),
        }

    def scene(self):
        return Cut()

    situations = (
        ("cut in windows", {}, "Only pairs inside one window survive: a loss just after a border looks back one "
        "step."),
        ("look back", {"cut": BACK}, "Every loss looks back the same k steps: more pairs survive at the same k."),
        ("a short memory", {"gain": 0.6}, "The pairs that are cut off are worth little: looking back 8 steps "
        "errs by less than 1 %."),
        ("a long memory", {"gain": 1.3, "length": 60}, "Far pairs weigh: at k = 8 the angle to the full gradient "
         "is near 50°. How large must k be for 10°?"),
    )  # fmt: skip
    surveyed = None

    def sketch(self, scene, k, length, gain, cell, cut):
        """The chopped gradient for this k alone, its curve left out."""
        if self.surveyed == (length, gain, cell):
            return None
        return self.picture_of(scene, outline(min(k, length), length, gain, cell), k, length, gain, cell, cut)

    def prepare(self, k, length, gain, cell, cut):
        survey(length, gain, cell)

    def show(self, scene, k, length, gain, cell, cut):
        self.surveyed = length, gain, cell
        return self.picture_of(scene, survey(length, gain, cell), k, length, gain, cell, cut)

    def picture_of(self, scene, answer, k, length, gain, cell, cut):
        pairs, cosines, errors = answer
        window, kept = min(k, length), survives(length, min(k, length), cut)
        scene.update(pairs, kept, cosines, errors, window, f"{cell}, gain {gain:.2f}, {length} steps, k = {window}")
        row = 0 if cut == CHOP else 1
        here, other = (f"{e:.2g}" if e > 1e-12 else "0" for e in errors[[row, 1 - row], window - 1])
        angle = np.degrees(np.arccos(min(1.0, cosines[row, window - 1])))
        whole = " (k reaches T: nothing is cut)" if k >= length else ""
        return (
            f"{kept.sum()} of {length * (length + 1) // 2} pairs survive{whole}: cosine "
            f"<b>{cosines[row, window - 1]:.3f}</b> (angle {angle:.1f}°), relative error <b>{here}</b>; the "
            "other cut, "
            f"at the same k, {other}."
        )
