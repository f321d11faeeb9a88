"""The checks of this course, run on right and faulty code alike. A check says whether the code passes; None where
there is nothing for it to look at. Each knows where the course teaches it."""

from dataclasses import dataclass

import numpy as np

from ...gradcheck import compare
from ...stack import DeepRNN
from ...train import SGD, global_norm
from ...tree import leaves, map_leaves
from .loop import draw
from .measure import probe
from .plain import BothWays, Reader

TOLERANCE = 1e-5


@dataclass(frozen=True)
class Check:
    """notebook, section : where it is taught; minute : at which of that page its section begins, by the times in the
    headings before it."""

    name: str
    run: object
    notebook: str
    section: str
    minute: int

    @property
    def taught(self):
        return f"{self.notebook[:3].strip('_')}, {self.section}, from minute {self.minute}"


def small(e, faulty, **sizes):
    """A small net of the exhibit's kind, parameters, inputs, targets, first state; all at random, none zero."""
    rng = np.random.default_rng(3)
    deep = {"D": 4} if e.setting["L"] > 1 else {"D": 3}
    sizes = {"H": 4, "L": 1} | deep | sizes
    net = e.system(faulty, **sizes).net
    steps = {"T": sizes.pop("T", 5)}
    xs, targets = probe(e, rng, **steps, **sizes)
    state = [tuple(rng.standard_normal(s.shape) for s in layer) for layer in net.zero_state(xs.shape[1])]
    return net, net.init(rng), xs, targets, state


def gradient_error(e, faulty, **sizes):
    """The worst relative error of the gradient against finite differences."""
    net, params, xs, targets, state = small(e, faulty, **sizes)
    grads = net.loss_and_grads(params, xs, targets, state)[1]
    rng = np.random.default_rng(0)
    return compare(lambda p: net.loss(p, xs, targets, state), params, grads, rng, entries=1, directions=1).error


def finite_differences(e, faulty):
    return gradient_error(e, faulty) < TOLERANCE


def three_layers(e, faulty):
    if issubclass(e.base, BothWays):
        return None
    return gradient_error(e, faulty, L=3, D=4) < TOLERANCE


def one_step(e, faulty):
    """Right at T = 1? What is wrong from T = 2 on alone is wrong in time."""
    return gradient_error(e, faulty, T=2 if e.base is Reader else 1) < TOLERANCE


def arguments_unchanged(e, faulty):
    net, params, xs, _, state = small(e, faulty)
    kept = net.forward(params, xs, state)[1]
    dhs = np.random.default_rng(1).standard_normal(kept[0]["h"][1:].shape)
    given = {"p": params["layers"][0], "xs": xs, "kept": kept[0], "dhs": dhs}
    before = map_leaves(np.copy, given)
    net.layer_backward(params["layers"][0], xs, kept[0], dhs)
    return all(np.array_equal(a, b) for (_, a), (_, b) in zip(leaves(given), leaves(before)))


def second_implementation(e, faulty):
    """The same answers as rnnlib's network with the same parameters, three layers where there can be."""
    both = issubclass(e.base, BothWays)
    net, params, xs, _, state = small(e, faulty, **({} if both else {"L": 3, "D": 4}))
    ys, _ = net.forward(params, xs, state)
    ahead, back = params["layers"][0], params["layers"][-1]
    if not both:
        hs = DeepRNN(net.cell, 4, 4, 3).forward(params["layers"], xs, state).hs
        return np.allclose(ys, hs @ params["W_hy"] + params["b_y"], atol=1e-12)
    pair = [ahead | {f"{k}_reverse": v for k, v in back.items()}]
    first = [tuple(np.concatenate(s, axis=1) for s in zip(*state))]
    hs = DeepRNN(net.cell, 3, 4, bidirectional=True).forward(pair, xs, first).hs
    read = np.hstack([hs[-1, :, :4], hs[0, :, 4:]]) if e.base is Reader else hs[:, :, :4] + hs[:, :, 4:]
    return np.allclose(ys, read @ params["W_hy"] + params["b_y"], atol=1e-12)


def every_parameter_matters(e, faulty):
    """Nudge one entry after the other of every array: does the loss move?"""
    deep = {} if issubclass(e.base, BothWays) else {"L": 3, "D": 4}
    net, params, xs, targets, state = small(e, faulty, **deep)
    here = net.loss(params, xs, targets, state)
    for _, array in leaves(params):
        for k in range(array.size):
            kept, array.flat[k] = array.flat[k], array.flat[k] + 0.1
            moved = net.loss(params, xs, targets, state) != here
            array.flat[k] = kept
            if not moved:
                return False
    return True


def windows_are_the_whole(e, faulty):
    """A stream read window by window with the state handed on gives the answers of the whole stream in one piece."""
    if e.data != "stream":
        return None
    system, (T, B, count) = e.system(faulty), (4, 3, 5)
    rng = np.random.default_rng(0)
    xs, targets = draw(rng, T * B * count, 1, 1)
    params, state, ys = system.net.init(rng), None, []
    for window, _ in system.loop.windows(xs[:, 0], targets[:, 0], B, T, rng):
        found, kept = system.net.forward(params, window, state)
        state = system.net.last_state(kept)
        ys.append(found)
    whole, _ = system.net.forward(params, xs[:, 0].reshape(B, -1, 1).transpose(1, 0, 2))
    return np.allclose(np.concatenate(ys), whole, atol=1e-12)


def every_sample_once(e, faulty):
    """Number the samples: does one pass give out each of them, once?"""
    if e.data != "samples":
        return None
    numbers = np.arange(12.0)[None, :, None]
    seen = [x for xs, _ in e.system(faulty).loop.samples(numbers, numbers[..., 0], 3) for x in xs.ravel()]
    return sorted(seen) == list(range(12))


def updated(e, faulty, theta):
    """(step, gradient, norm logged) of one plain update with rate 1, clipped to theta."""
    net, params, xs, targets, _ = small(e, faulty)
    grads = net.loss_and_grads(params, xs, targets)[1]
    new, _, norm = e.system(faulty).loop.update(params, grads, SGD(1.0), SGD(1.0).init(params), theta)
    return map_leaves(np.subtract, new, params), grads, norm


def clip_bites(e, faulty):
    """With rate 1 and theta a thousandth, no update is longer than a thousandth."""
    return global_norm(updated(e, faulty, 1e-3)[0]) < 1.001e-3


def norm_is_the_gradients(e, faulty):
    """The norm that is logged is that of the gradient, taken by hand."""
    _, grads, norm = updated(e, faulty, 1e9)
    return abs(norm - global_norm(grads)) < 1e-9


def everything_is_read(e, faulty):
    """With one direction silenced, does the answer still depend on the input at every step?"""
    net, params, xs, _, state = small(e, faulty)
    parts = [slice(0, 4), slice(4, 8)] if e.base is Reader else [slice(0, 0)]
    for silent in parts:
        p = params | {"W_hy": params["W_hy"].copy()}
        p["W_hy"][silent] = 0
        here = net.forward(p, xs, state)[0]
        for t in range(len(xs)):
            other = xs.copy()
            other[t] += 1
            if np.array_equal(net.forward(p, other, state)[0], here):
                return False
    return True


P01, P02, P03 = "01_vanilla_rnn", "02_backpropagation_through_time", "03_learning_from_real_sequences"
P02B = "02b_write_the_backward_pass"
P04, P06, HERE = "04_vanishing_and_exploding_gradients", "06_deep_rnn", "08b_museum_of_faults"
CHECKS = [
    Check("finite differences", finite_differences, P02, "section 2", 15),
    Check("finite differences at T = 1", one_step, P02, "section 3", 37),
    Check("finite differences, 3 layers", three_layers, P06, "section 3", 25),
    Check("arguments unchanged", arguments_unchanged, P02B, "section 1", 0),
    Check("a second implementation", second_implementation, P01, "section 1", 0),
    Check("every parameter matters", every_parameter_matters, P06, "section 4", 50),
    Check("windows = the whole", windows_are_the_whole, P03, "section 4", 45),
    Check("every sample once", every_sample_once, HERE, "section 3", 28),
    Check("the clip bites", clip_bites, P04, "section 3", 27),
    Check("the norm by hand", norm_is_the_gradients, P03, "section 2", 12),
    Check("everything is read", everything_is_read, HERE, "section 3", 28),
]


def failing(e, faulty=True):
    """The names of the checks that this version does not pass."""
    return [c.name for c in CHECKS if c.run(e, faulty) is False]
