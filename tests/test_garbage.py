"""Whatever is handed to a public function, the answer is sound or the complaint has the one form.

    <argument>: expected <what>, got <what came>        ValueError or TypeError, nothing mutated, nothing half done

ROWS names every public function with one valid call; what is legal for an argument is said a second time here,
apart from `rnnlib.check`. Every argument in turn is replaced by what does not belong there: a general pool, and the
valid value spoiled in many ways. What is legal must be answered, anything else refused, and the valid call must give
the same to the byte afterwards.
"""

import copy
import dataclasses
import inspect
import itertools
import math
import re
import tempfile
import warnings
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import random_like, random_params, random_state, rng, snapshot

import rnnlib
from rnnlib import check, data, flow, neighbours, task, tasks
from rnnlib.course import markov, probes, stats
from rnnlib.tree import leaves

MODULES = {"data": data, "flow": flow, "markov": markov, "neighbours": neighbours, "probes": probes, "stats": stats,
           "task": task, "tasks": tasks}  # fmt: skip
LARGEST = 2**31 - 1


# ---- what is legal


@dataclasses.dataclass
class Arg:
    """valid() makes a valid value; legal(value) says whether another one is (None: it may be). nan : what is not finite
    is legal too, and NumPy may then warn, and the answer not be finite either."""

    valid: object
    legal: object
    nan: bool = False


def never(value):
    return False


def only(value, none=False):
    """A thing that rnnlib itself made: nothing in the pool is one."""
    return Arg(lambda: value, lambda v: none and v is None)


def drawn(none=False):
    """A Generator, a fresh one for every call."""
    return Arg(lambda: rng(7), lambda v: isinstance(v, np.random.Generator) or (none and v is None))


def below_infinity(v):
    try:
        return math.isfinite(v)
    except OverflowError:
        return False


def number(valid, low=-math.inf, high=math.inf, *, whole=False, open_low=False, open_high=False, none=False, inf=False):
    def legal(v):
        if isinstance(v, bool | np.bool_) or not isinstance(
            v, (int | np.integer) if whole else (int | float | np.number)
        ):
            return none and v is None
        if isinstance(v, complex | np.complexfloating) or v != v or (not inf and not below_infinity(v)):
            return False
        return (low < v if open_low else low <= v) and (v < high if open_high else v <= high)

    return Arg(lambda: valid, legal)


def size(valid, low=1, high=LARGEST, none=False):
    return number(valid, low, high, whole=True, none=none)


def flag(valid):
    return Arg(lambda: valid, lambda v: isinstance(v, bool | np.bool_))


def word(valid, *others):
    return Arg(lambda: valid, lambda v: isinstance(v, str) and v in (valid, *others))


def dtype():
    return Arg(lambda: np.float64, lambda v: False)


def numbers(v, kinds):
    """`v` as an array of one of these kinds or dtypes, or None."""
    if isinstance(v, np.ma.MaskedArray) and np.ma.getmaskarray(v).any():
        return None
    try:
        a = np.asarray(v)
    except Exception:
        return None
    return a if any(a.dtype.kind == k if isinstance(k, str) else a.dtype == k for k in kinds) else None


FLOATS = (np.dtype(np.float64), np.dtype(np.float32))


def array(valid, shape, kinds=FLOATS[:1], low=-math.inf, high=math.inf, *, none=False, nan=False, also=None):
    """shape : sizes, None for any; or None for any shape. also : a further condition."""

    def legal(v):
        if v is None and none:
            return True
        a = numbers(v, kinds)
        if a is None or (shape is not None and (a.ndim != len(shape) or 0 in a.shape)):
            return False
        if shape is not None and any(n not in (None, m) for n, m in zip(shape, a.shape, strict=True)):
            return False
        inside = a.dtype.kind == "b" or ((a >= low) & (a <= high) & (np.isfinite(a) | nan)).all()
        return bool(inside or (nan and np.isnan(a).any())) and (also is None or bool(also(a)))

    return Arg(lambda: valid, legal, nan)


def measured(valid, shape, low=-math.inf, high=math.inf, **more):
    """Numbers of any kind that measures something: floating, whole, or truth values."""
    return array(valid, shape, (*FLOATS, "i", "u", "b"), low, high, **more)


def whole(valid, shape, low=0, high=LARGEST, **more):
    return array(valid, shape, "iu", low, high, **more)


def like(example, none=False, nan=False):
    """A tree as this one, array by array; a tuple may stand for a list and a nested list for an array."""

    def same(v, e):
        if isinstance(e, dict):
            return isinstance(v, dict) and v.keys() == e.keys() and all(same(v[k], e[k]) for k in e)
        if isinstance(e, list | tuple):
            return isinstance(v, list | tuple) and len(v) == len(e) and all(map(same, v, e))
        if not isinstance(e, np.ndarray):
            return size(e, 0).legal(v)
        return array(e, e.shape, (e.dtype,), nan=nan).legal(v)

    return Arg(lambda: example, lambda v: (none and v is None) or same(v, example), nan)


def tree(example, nan=False):
    """As `like`, but a list is a container here and an array a leaf."""

    def arrays_alone(v, e):
        if isinstance(e, dict):
            return all(arrays_alone(v[k], e[k]) for k in e)
        if isinstance(e, list | tuple):
            return all(map(arrays_alone, v, e))
        return isinstance(v, np.ndarray) == isinstance(e, np.ndarray)

    fits = like(example, nan=nan)
    return Arg(fits.valid, lambda v: fits.legal(v) and arrays_alone(v, example), nan)


def equal(example, apart=()):
    """As `like`, with these very numbers, but for what goes by a name in `apart`."""
    fits = like(example, nan=True)

    def same(v, e, name=""):
        if name in apart:
            return True
        if isinstance(e, dict):
            return all(same(v[k], e[k], k) for k in e)
        return all(map(same, v, e)) if isinstance(e, list) else np.array_equal(v, e)

    return Arg(fits.valid, lambda v: fits.legal(v) and same(v, example))


def any_tree(example, nan=False):
    """Any tree of floating arrays."""

    def legal(v):
        if isinstance(v, dict | list | tuple):
            return len(v) > 0 and all(map(legal, v.values() if isinstance(v, dict) else v))
        return isinstance(v, np.ndarray) and array(v, None, FLOATS, nan=nan).legal(v) and v.size > 0

    return Arg(lambda: example, lambda v: isinstance(v, dict | list | tuple) and legal(v), nan)


def states_alone(v):
    """List over layers of tuples of (B, ...) of one B and dtype."""
    if not (isinstance(v, list | tuple) and v and all(isinstance(y, list | tuple) and y for y in v)):
        return False
    found = [numbers(s, FLOATS) for y in v for s in y]
    fine = all(a is not None and a.ndim == 2 and a.size for a in found)
    return fine and len({len(a) for a in found}) == 1 and len({a.dtype for a in found}) == 1


def layers_alone(v, like_this=None):
    if not (isinstance(v, list | tuple) and v and all(isinstance(y, dict) for y in v)):
        return False
    arrays = [y[k] for y in v for k in y]
    return (
        any_tree(v, nan=True).legal(v)
        and all(isinstance(k, str) for y in v for k in y)
        and all(any(k.startswith("W_") for k in y) for y in v)
        and all(isinstance(a, np.ndarray) for a in arrays)
        and (like_this is None or like(like_this, nan=True).legal(v))
    )


def pair(example, also=never):
    """(states (N, H), y (N,))."""

    def legal(v):
        if not (isinstance(v, list | tuple) and len(v) == 2):
            return False
        s, y = (numbers(a, (*FLOATS, "i", "u", "b")) for a in v)
        if s is None or y is None or s.ndim != 2 or y.ndim != 1 or len(s) != len(y) or not s.size:
            return False
        return bool(np.isfinite(s).all() and np.isfinite(y).all()) and also(s, y)

    return Arg(lambda: example, legal)


def sequences(example, D=None):
    def legal(v):
        if not isinstance(v, data.Sequences):
            return False
        if not array(None, (None, None, D), FLOATS).legal(v.xs):
            return False
        T, N, _ = np.shape(v.xs)
        return whole(None, (N,), 0, math.inf).legal(v.labels) and whole(None, (N,), 1, T).legal(v.lengths)

    return Arg(lambda: example, legal)


def spelled(v):
    return isinstance(v, str) and v != "" and all(c in data.LETTERS for c in v.lower())


# ---- the world and its public functions


def world():
    w = SimpleNamespace()
    w.net = rnnlib.DeepRNN("lstm", 2, 3, 2)
    w.params, w.xs = random_params(w.net), rng(1).standard_normal((4, 3, 2))
    w.ready, w.state = w.net.prepare(w.params), random_state(w.net, 3)
    w.run = w.net.forward(w.params, w.xs, w.state)
    w.dhs, w.dstate = rng(2).standard_normal((4, 3, 3)), random_state(w.net, 3, 2)
    w.grad = w.net.backward(w.params, w.run, w.dhs)
    w.model = rnnlib.Model(w.net, 3)
    w.mparams = random_params(w.model)
    w.targets, w.lengths = rng(2).integers(0, 3, (4, 3)), np.array([4, 1, 2])
    w.mrun = w.model.forward(w.mparams, w.xs, w.lengths)
    w.loss, w.dys = w.model.loss_and_dys(w.mrun.ys, w.targets, w.mrun.run.mask)
    w.grads = w.model.backward(w.mparams, w.mrun, w.dys)
    w.sgd, w.adam = rnnlib.SGD(0.1, 0.9), rnnlib.Adam(0.1)
    w.v, w.moments = w.sgd.init(w.mparams), w.adam.update(w.mparams, w.grads, w.adam.init(w.mparams))[1]
    w.jacobians = rng(3).standard_normal((4, 3, 3))
    w.words = data.words_to_sounds("test")
    w.windows = data.splice_windows()
    w.task, w.chain = tasks.parity(5), markov.TwoScale(3)
    w.alphabet = data.Alphabet("abc text")
    w.codes = rng(4).integers(0, 2, 20)
    w.sequences = data.Sequences(rng(5).standard_normal((4, 3, 2)), np.array([0, 1, 0]), w.lengths)
    w.states, w.label = rng(6).standard_normal((9, 3)), rng(7).standard_normal(9)
    return w


W = world()
ROWS = {}
UNBOUNDED = {
    "flow.half_life",
    "flow.lyapunov_exponents",
    "flow.time_rate",
    "flow.layer_factor",
}  # rows whose answers may well be infinite, or not a number, for finite input
SLOW = {
    "gradcheck",
    "gradcheck of a Model",
    "data.python_sources",
    "data.digits",
    "data.japanese_vowels",
    "data.splice_junctions",
}


def row(name, call, **args):
    ROWS[name] = (call, args)


def xs(T=None, B=None, D=2, lengths=None):
    """(T, B, D), or whole numbers (T, B); whatever stands in the padding."""
    by_vector, by_index = array(W.xs, (T, B, D)), whole(W.xs, (T, B), 0, D - 1)

    def legal(v):
        a = numbers(v, (np.dtype(np.float64), "i", "u"))
        if lengths is not None and a is not None and a.shape[1:2] == (B,):
            if len(a) < np.max(lengths):
                return False
            a = a.copy()
            a[np.arange(len(a))[:, None] >= lengths] = 0
        return a is not None and (by_vector.legal(a) or by_index.legal(a))

    return Arg(lambda: W.xs, legal)


def one_sequence():
    return array(W.xs[:, 0], (None, 2))


def lengths():
    return whole(W.lengths, (3,), 1, 4, none=True)


def state(B=3):
    return like(random_state(W.net, B), none=True)


def scheme():
    kinds = ("glorot", "orthogonal", "identity")
    return {
        "rng": drawn(),
        "input": word("uniform", *kinds),
        "recurrent": word("orthogonal", "uniform", *kinds),
        "bias": word("uniform", "zeros"),
        "rho": number(0.9, 0, open_low=True, none=True),
        "forget_bias": number(1.0, none=True),
    }


row(
    "DeepRNN",
    rnnlib.DeepRNN,
    cell=word("rnn", "lstm", "gru"),
    input_size=size(2),
    hidden_size=size(3),
    num_layers=size(2),
    nonlinearity=word("tanh", "relu"),
    reset=word("after"),
    skip_input=flag(True),
    residual=flag(False),
    layer_norm=flag(False),
    dropout=number(0.5, 0, 1, open_high=True),
    bidirectional=flag(True),
    dtype=dtype(),
)
row("DeepRNN.init", W.net.init, **scheme())
row("DeepRNN.zero_state", W.net.zero_state, B=size(3))
row("DeepRNN.prepare", W.net.prepare, params=like(W.params, nan=True))
row(
    "DeepRNN.step",
    W.net.step,
    ready=only(W.ready),
    x=Arg(lambda: W.xs[0], lambda v: array(None, (3, 2)).legal(v) or whole(None, (3,), 0, 1).legal(v)),
    state=like(W.state),
)
row(
    "DeepRNN.forward",
    W.net.forward,
    params=like(W.params, nan=True),
    xs=xs(None, 3, lengths=W.lengths),
    state=state(),
    lengths=lengths(),
    rng=drawn(none=True),
    keep=flag(True),
)
row(
    "DeepRNN.backward",
    W.net.backward,
    params=equal(W.params),
    run=only(W.run),
    dhs=array(W.dhs, W.dhs.shape, nan=True),
    dstate=like(W.dstate, none=True),
    by_step=flag(True),
)
row(
    "Model",
    rnnlib.Model,
    net=only(W.net),
    output_size=size(3, none=True),
    loss=word("cross_entropy", "mse"),
    at=word("each_step", "last_step"),
)
row("Model.init", W.model.init, **scheme())
row(
    "Model.forward",
    W.model.forward,
    params=like(W.mparams, nan=True),
    xs=xs(None, 3, lengths=W.lengths),
    lengths=lengths(),
    state=state(),
    rng=drawn(none=True),
)
row(
    "Model.predict",
    W.model.predict,
    params=like(W.mparams, nan=True),
    xs=xs(None, 3, lengths=W.lengths),
    lengths=lengths(),
)
row(
    "Model.loss_and_dys",
    W.model.loss_and_dys,
    ys=array(W.mrun.ys, (4, 3, 3), nan=True),
    targets=whole(W.targets, (4, 3), 0, 2),
    mask=array(W.mrun.run.mask, (4, 3), "b", none=True, also=np.any),
)
for name, method in (("evaluate", W.model.evaluate), ("loss_and_grads", W.model.loss_and_grads)):
    row(
        f"Model.{name}",
        method,
        params=like(W.mparams, nan=True),
        xs=xs(4, 3, lengths=W.lengths),
        targets=whole(W.targets, (4, 3), 0, 2),
        lengths=lengths(),
        state=state(),
        **({} if name == "evaluate" else {"rng": drawn(none=True)}),
    )
row(
    "Model.backward",
    W.model.backward,
    params=equal(W.mparams, ("b_y",)),
    run=only(W.mrun),
    dys=array(W.dys, W.dys.shape, nan=True),
)


def batches():
    one = (W.xs, W.targets, W.lengths)

    def legal(v):
        """Checked at their turn: what is no batch, or holds what is none."""
        if isinstance(v, str | bytes) or not hasattr(v, "__iter__") or isinstance(v, type):
            return False
        if inspect.isgenerator(v) or (isinstance(v, np.ndarray) and v.ndim == 0):
            return False
        for b in copy.copy(v) if type(v) is type(iter([])) else v:
            if not (isinstance(b, list | tuple) and len(b) in (2, 3)):
                return False
            a = numbers(b[0], (np.dtype(np.float64), "i", "u"))
            if a is None or a.ndim < 2:
                return False
            (T, B), n = a.shape[:2], b[2] if len(b) == 3 else None
            if not whole(None, (B,), 1, T, none=True).legal(n) or not xs(T, B, lengths=n).legal(b[0]):
                return False
            c = numbers(b[1], "iu")
            if c is None or c.shape != (T, B):
                return False
            real = True if n is None else np.arange(T)[:, None] < n
            if ((c < 0) & real).any() or ((c > 2) & real).any():
                return False
        return True

    return Arg(lambda: [one, one], legal)


class Still:
    """An optimizer of one's own."""

    def init(self, params):
        return None

    def update(self, params, grads, memory):
        return params, memory


row(
    "train",
    rnnlib.train,
    model=only(W.model),
    params=like(W.mparams, nan=True),
    batches=batches(),
    optimizer=Arg(lambda: Still(), lambda v: v is None or isinstance(v, Still)),
    clip_norm=number(0.1, 0, open_low=True, none=True, inf=True),
    truncate=size(2, none=True),
    carry_state=Arg(lambda: False, lambda v: isinstance(v, bool | np.bool_) and not v),
    rng=drawn(none=True),
)


def moments():
    fits = tree(W.moments, nan=True)
    return Arg(fits.valid, lambda v: fits.legal(v) and not any((a < 0).any() for _, a in leaves(v[2])), nan=True)


row("SGD", rnnlib.SGD, learning_rate=number(0.1, 0, open_low=True), momentum=number(0.5, 0, 1))
row("SGD.init", W.sgd.init, params=any_tree(W.mparams, nan=True))
row("SGD.update", W.sgd.update, params=tree(W.mparams, nan=True), grads=tree(W.grads, nan=True), v=tree(W.v, nan=True))
row(
    "Adam",
    rnnlib.Adam,
    learning_rate=number(0.1, 0, open_low=True),
    eps=number(1e-8, 0, open_low=True),
    betas=Arg(
        lambda: (0.9, 0.99),
        lambda v: (
            isinstance(v, list | tuple) and len(v) == 2 and all(number(0, 0, 1, open_high=True).legal(b) for b in v)
        ),
    ),
)
row("Adam.init", W.adam.init, params=any_tree(W.mparams, nan=True))
row(
    "Adam.update",
    W.adam.update,
    params=tree(W.mparams, nan=True),
    grads=tree(W.grads, nan=True),
    state=moments(),
)
row(
    "clip_by_global_norm",
    rnnlib.clip_by_global_norm,
    grads=any_tree(W.grads, nan=True),
    clip_norm=number(0.1, 0, open_low=True, inf=True),
)
row("train.global_norm", __import__("rnnlib.train", fromlist=["train"]).global_norm, tree=any_tree(W.grads, nan=True))
row(
    "gradcheck",
    rnnlib.gradcheck,
    net_or_model=only(W.net),
    params=like(W.params, nan=True),
    xs=xs(None, 3, lengths=W.lengths),
    targets=only(None, none=True),
    lengths=lengths(),
    state=state(),
    rng=drawn(none=True),
    entries=size(1, 0, none=True),
    directions=size(1, 0),
)
row(
    "gradcheck of a Model",
    rnnlib.gradcheck,
    net_or_model=only(W.model),
    params=like(W.mparams, nan=True),
    xs=xs(4, 3, lengths=W.lengths),
    targets=whole(W.targets, (4, 3), 0, 2),
    lengths=lengths(),
    state=state(),
    rng=drawn(none=True),
    entries=size(1, 0, none=True),
    directions=size(1, 0),
)

for name, measure in (
    ("gradient_flow", rnnlib.gradient_flow),
    ("flow.weight_gradients_by_step", flow.weight_gradients_by_step),
):
    row(
        name,
        measure,
        net=only(W.net),
        params=like(W.params, nan=True),
        xs=xs(4, 3, lengths=W.lengths),
        dhs=array(W.dhs, W.dhs.shape, nan=True),
        lengths=lengths(),
        state=state(),
    )
row("flow.norms", flow.norms, grad=only(W.grad))
row("flow.pack", flow.pack, state=Arg(lambda: W.state, states_alone, nan=True))
row("flow.unpack", flow.unpack, net=only(W.net), s=array(flow.pack(W.state), (None, 12), nan=True))
row("flow.trajectory", flow.trajectory, net=only(W.net), params=like(W.params, nan=True), xs=xs(None, 3), state=state())
somewhat = like(W.params, nan=True)  # where the state does not stay finite there may be no Jacobian
somewhat.legal = lambda v, fits=somewhat.legal: fits(v) and (finite(v) or None)
for name in ("long_range_jacobian", "step_jacobians"):
    row(
        f"flow.{name}",
        getattr(flow, name),
        net=only(W.net),
        params=somewhat,
        xs=one_sequence(),
        state=state(1),
    )
row(
    "flow.singular_values",
    flow.singular_values,
    J=array(W.jacobians, None, FLOATS, also=lambda a: a.ndim > 1 and a.shape[-1] == a.shape[-2] and a.size),
)
row(
    "flow.lyapunov_exponents",
    flow.lyapunov_exponents,
    jacobians=array(W.jacobians, (None,) * 3, FLOATS, also=lambda a: a.shape[1] == a.shape[2] and len(a) > 1),
    discard=size(1, 0, 3),
)
row("flow.saturation", flow.saturation, run=only(W.run), limit=number(0.9, 0, 1))
row("flow.spread", flow.spread, run=only(W.run))
row(
    "flow.update_ratios",
    flow.update_ratios,
    before=Arg(lambda: W.params, lambda v: layers_alone(v, W.params), nan=True),
    after=Arg(lambda: random_params(W.net, 1), lambda v: layers_alone(v, W.params), nan=True),
)
for name in ("decay_rate", "half_life"):
    row(
        f"flow.{name}",
        getattr(flow, name),
        norms=array(np.array([1, 0.5, 0.3]), (None,), FLOATS, also=lambda a: len(a) > 1 and (a > 0).all()),
    )
row("flow.time_rate", flow.time_rate, row=array(np.array([0, 0.5, 1, 3]), (None,), FLOATS, 0))
row("flow.layer_factor", flow.layer_factor, column=array(np.array([0.1, 0.5, 3]), (None,), FLOATS, 0))
row(
    "flow.linear_stack_response",
    flow.linear_stack_response,
    a=number(0.9),
    b=number(0.5),
    L=size(2),
    lags=whole(range(4), (None,), 0),
)

row(
    "stats.median_interval",
    stats.median_interval,
    values=measured(rng(1).random((2, 5)), None, also=lambda a: a.ndim > 1 and a.size, nan=True),
    rng=drawn(),
    draws=size(20),
    confidence=number(0.9, 0, 1, open_low=True),
)
row(
    "stats.mean_interval",
    stats.mean_interval,
    values=measured(rng(1).random((2, 5)), None, also=lambda a: a.ndim > 1 and a.size, nan=True),
    rng=drawn(),
    draws=size(20),
    confidence=number(0.9, 0, 1, open_low=True, open_high=True),
)
row(
    "stats.paired_interval",
    stats.paired_interval,
    one=measured(rng(1).random(5), (5,)),
    other=measured(rng(2).random(5), (5,)),
    rng=drawn(),
    draws=size(20),
    confidence=number(0.9, 0, 1, open_low=True, open_high=True),
)
row(
    "stats.effect_size", stats.effect_size, one=measured(rng(1).random(5), (5,)), other=measured(rng(2).random(5), (5,))
)

row("tasks.adding", tasks.adding, T=size(4, 2))
row("tasks.copy_memory", tasks.copy_memory, T=size(4), n=size(2))
row("tasks.temporal_order", tasks.temporal_order, T=size(20, 10))
row("tasks.parity", tasks.parity, T=size(4))
row("tasks.echo", tasks.echo, delay=size(1, 0, 3), T=size(4, 2))
row("tasks.s5", tasks.s5, T=size(4))
row(
    "tasks.associative_recall",
    tasks.associative_recall,
    pairs=size(3, 2, 4),
    queries=size(2, 1, 3),
    keys=size(4, 3),
    values=size(5, 2, none=True),
)
row("tasks.noise_padded_digits", tasks.noise_padded_digits, noise_rows=size(2, 0), split=word("test", "train", "all"))
row(
    "tasks.solved_interval",
    tasks.solved_interval,
    k=size(3, 0, 5),
    n=size(5, 3),
    confidence=number(0.9, 0, 1, open_low=True, open_high=True),
)
for name in ("batch", "batches"):
    row(f"task.Task.{name}", getattr(W.task, name), rng=drawn(), B=size(3), dtype=dtype())

row(
    "task.Task.score",
    W.task.score,
    ys=array(np.zeros((5, 3, 2)), (5, 3, 2), FLOATS, nan=True),
    targets=whole(np.zeros((5, 3), int), (5, 3), 0, 1),
)

row("data.digits", data.digits, split=word("test", "train", "all"), dtype=dtype())
row("data.japanese_vowels", data.japanese_vowels, split=word("test", "train"), dtype=dtype())
row("data.python_excerpt", data.python_excerpt, split=word("test", "train", "all"))
row("data.splice_junctions", data.splice_junctions, split=word("test", "train", "validation", "all"), dtype=dtype())
row("data.Windows.take", W.windows.take, pick=whole(np.array([3, 1]), (None,), 0, 3000))
row("data.words_to_sounds", data.words_to_sounds, split=word("test", "train", "validation"))
row(
    "data.encode_words",
    data.encode_words,
    words=Arg(
        lambda: ["ab", "c"],
        lambda v: spelled(v) or (isinstance(v, list | tuple) and len(v) > 0 and all(map(spelled, v))),
    ),
)
row(
    "data.decode_letters",
    data.decode_letters,
    letters=whole(np.array([[0, 2], [1, 0]]), (None, 2), 0, 25, also=lambda a: len(a) > 1),
    lengths=whole(np.array([2, 1]), (2,), 1, 2),
)
row("data.decode_sounds", data.decode_sounds, sounds=whole(np.array([[1, 2], [0, 3]]), (None, None), 0, 39))
row("data.Words.take", W.words.take, pick=whole(np.array([3, 1]), (None,), 0, 1499))
row("data.python_docs", data.python_docs)
row("data.python_sources", data.python_sources, max_chars=size(9, none=True))
row("data.sha256", data.sha256, content=Arg(lambda: "text", lambda v: isinstance(v, str | bytes)))
row(
    "data.standardise",
    lambda train, others: data.standardise(train, others),
    train=sequences(W.sequences, 2),
    others=sequences(W.sequences, 2),
)
row(
    "data.padded_batches",
    data.padded_batches,
    sequences=sequences(W.sequences),
    B=size(2),
    rng=drawn(none=True),
    epochs=size(1),
)
row("data.Alphabet", data.Alphabet, text=Arg(lambda: "text", lambda v: isinstance(v, str) and v))
row(
    "data.Alphabet.encode",
    W.alphabet.encode,
    text=Arg(lambda: "abc", lambda v: isinstance(v, str) and set(v) <= set("abc text")),
)
row(
    "data.Alphabet.decode",
    W.alphabet.decode,
    indices=whole(np.array([2, 0, 1]), None, 0, 6, also=lambda a: a.ndim == 1),
)
row("data.one_hot", data.one_hot, indices=whole(W.targets, None, 0, 2), size=size(3, 3), dtype=dtype())
row(
    "data.text_batches",
    data.text_batches,
    indices=whole(W.codes, (None,), 0, 1, also=lambda a: len(a) > 6),
    alphabet_size=size(2, 2),
    T=size(3, high=9),
    B=size(2, high=6),
    rng=drawn(none=True),
    dtype=dtype(),
    epochs=size(1),
)
for name in ("unigram_entropy", "bigram_cross_entropy"):
    row(
        f"data.{name}",
        getattr(data, name),
        train=whole(W.codes, (None,), also=lambda a: len(a) > 1),
        test=whole(W.codes, (None,), also=lambda a: len(a) > 1),
        smoothing=number(1.0, 0),
    )

row(
    "markov.TwoScale",
    markov.TwoScale,
    K=size(4, 3),
    stay=number(0.9, 0, 1, open_low=True, open_high=True),
    clear=number(0.6, 0, 1, open_low=True, open_high=True),
)
row("markov.TwoScale.draw", W.chain.draw, rng=drawn(), T=size(4), B=size(3))
row("markov.TwoScale.bayes", W.chain.bayes, symbols=whole(W.targets, (None, None), 0, 2))

row("probes.source_labels", probes.source_labels, source=Arg(lambda: "a = '1'\n", lambda v: isinstance(v, str)))
row(
    "probes.layer_states",
    probes.layer_states,
    model=only(W.model),
    params=like(W.mparams, nan=True),
    codes=whole(W.codes, (None,), 0, 1),
    alphabet_size=size(2, 2, 2),
)
row(
    "probes.typo_distance",
    probes.typo_distance,
    model=only(W.model),
    params=like(W.mparams, nan=True),
    codes=whole(W.codes, (None,), 0, 1, also=lambda a: len(a) > 6),
    alphabet_size=size(2, 2, 2),
    rng=drawn(),
    places=size(3),
    before=size(3, 0, 16),
    after=size(3, 1, 16),
)
row(
    "probes.steps_to_fall",
    probes.steps_to_fall,
    curve=measured(np.array([1.0, 4, 3, 1]), (None,)),
    share=number(0.5, 0, 1),
)
row("probes.unit_scores", probes.unit_scores, states=measured(W.states, (9, None)), label=measured(W.label, (9,)))
row(
    "probes.best_unit",
    probes.best_unit,
    states=measured(W.states, (9, None)),
    label=measured(W.label, (9,)),
    split=number(0.5, 1 / 9, 1, open_high=True),
)
row(
    "probes.fit_linear",
    probes.fit_linear,
    states=measured(W.states, (9, None)),
    y=measured(W.label, (9,)),
    ridge=number(1e-3, 0, open_low=True),
)
row(
    "probes.linear_probe",
    probes.linear_probe,
    train=pair((W.states, W.label), lambda s, y: s.shape[1] == 3),
    test=pair((W.states, W.label), lambda s, y: s.shape[1] == 3 and y.std() > 0),
    ridge=number(1e-3, 0, open_low=True),
)
row("probes.autocorrelation_time", probes.autocorrelation_time, hs=measured(W.jacobians, (None,) * 3))

# ---- the neighbours


NEIGHBOURS = {
    "Attention": neighbours.Attention(2, 4, 2),
    "Convolution": neighbours.Convolution(2, 3, 2, stride=2, nonlinearity="relu"),
    "LinearRecurrence": neighbours.LinearRecurrence("mingru", 2, 3, num_layers=2),
    "LinearRecurrence, LRU": neighbours.LinearRecurrence("lru", 2, 3),
    "Transformer": neighbours.Transformer(2, 4, 1),
    "Chain": neighbours.Chain(
        [neighbours.Convolution(2, 3, 2, stride=2), neighbours.Pooling(3, size=2), rnnlib.DeepRNN("gru", 3, 2)]
    ),
}
PAIR, PAIR_LENGTHS = (W.xs, W.targets), (W.lengths, np.array([2, 4, 1]))
NETS_IN_CHAIN = NEIGHBOURS["Chain"].nets


def no_state(v):
    return v is None or (isinstance(v, list | tuple) and not v)


def divisor(valid, of):
    """A whole number that divides another one, or (of negative) that another one divides."""
    fits = size(valid)
    return Arg(fits.valid, lambda v: fits.legal(v) and (of % int(v) == 0 if of > 0 else int(v) % of == 0))


def in_line(v):
    """A list of nets each of which reads what the one before gives."""
    nets = list(v) if isinstance(v, list | tuple) else []
    return (
        len(nets) > 0
        and all(hasattr(net, "backward") and not isinstance(net, type) for net in nets)
        and all(a.output_size == b.input_size for a, b in itertools.pairwise(nets))
    )


def nets_state(net):
    return Arg(lambda: None, no_state) if not net.zero_state(3) else like(random_state(net, 3), none=True)


for name, net in NEIGHBOURS.items():
    own, made = random_params(net), net.forward(random_params(net), W.xs)
    row(f"neighbours.{name}.init", net.init, rng=drawn())
    row(f"neighbours.{name}.zero_state", net.zero_state, B=size(3))
    row(
        f"neighbours.{name}.forward",
        net.forward,
        params=like(own, nan=True),
        xs=xs(None, 3, lengths=W.lengths),
        state=nets_state(net),
        lengths=lengths(),
        rng=drawn(none=True),
    )
    row(
        f"neighbours.{name}.backward",
        net.backward,
        params=equal(own),
        run=only(made),
        dhs=array(random_like(made.hs), made.hs.shape, nan=True),
        dstate=nets_state(net),
    )


def pair_of(v):
    """Sources and targets; whatever stands in the padding of PAIR_LENGTHS."""
    if not isinstance(v, list | tuple) or len(v) != 2 or not xs(None, 3, lengths=W.lengths).legal(v[0]):
        return False
    targets = numbers(v[1], "iu")
    if targets is None or targets.ndim != 2 or targets.shape[1] != 3 or len(targets) < 4:
        return False
    real = np.arange(len(targets))[:, None] < PAIR_LENGTHS[1]
    return bool(((targets >= 0) & (targets <= 2))[real].all())


def lengths_of_both(v):
    return v is None or (isinstance(v, list | tuple) and len(v) == 2 and all(map(lengths().legal, v)))


TWO = neighbours.Seq2Seq(rnnlib.DeepRNN("gru", 2, 4), rnnlib.DeepRNN("gru", 3, 4))
TWO_PARAMS = random_params(TWO)
TOLD = TWO.forward(TWO_PARAMS, PAIR, lengths=PAIR_LENGTHS)
row(
    "neighbours.Seq2Seq",
    neighbours.Seq2Seq,
    encoder=only(TWO.encoder),
    decoder=only(TWO.decoder),
    attention=flag(True),
)
row("neighbours.Seq2Seq.init", TWO.init, rng=drawn())
row(
    "neighbours.Seq2Seq.forward",
    TWO.forward,
    params=like(TWO_PARAMS, nan=True),
    xs=Arg(lambda: PAIR, pair_of),
    state=Arg(lambda: None, no_state),
    lengths=Arg(lambda: PAIR_LENGTHS, lengths_of_both),
    rng=drawn(none=True),
)
row(
    "neighbours.Seq2Seq.backward",
    TWO.backward,
    params=equal(TWO_PARAMS),
    run=only(TOLD),
    dhs=array(random_like(TOLD.hs), TOLD.hs.shape, nan=True),
    dstate=Arg(lambda: None, no_state),
)
row(
    "neighbours.Seq2Seq.decode",
    TWO.decode,
    params=like(TWO_PARAMS, nan=True),
    xs=xs(None, 3, lengths=W.lengths),
    lengths=lengths(),
    steps=size(3),
)
row("neighbours.Chain", neighbours.Chain, nets=Arg(lambda: NETS_IN_CHAIN, in_line))
row(
    "neighbours.Attention",
    neighbours.Attention,
    input_size=size(2),
    width=divisor(4, -2),
    heads=divisor(2, 4),
    causal=flag(True),
    dtype=dtype(),
)
row(
    "neighbours.Convolution",
    neighbours.Convolution,
    input_size=size(2),
    output_size=size(3),
    kernel=size(2),
    dilation=size(2),
    stride=size(2),
    causal=flag(True),
    nonlinearity=Arg(lambda: "relu", lambda v: v is None or (isinstance(v, str) and v in ("relu", "tanh"))),
    residual=Arg(lambda: False, lambda v: isinstance(v, bool | np.bool_) and not v),
    dtype=dtype(),
)
row(
    "neighbours.Pooling",
    neighbours.Pooling,
    input_size=size(2),
    kind=word("max", "mean"),
    size=size(2, none=True),
    dtype=dtype(),
)
row(
    "neighbours.LinearRecurrence",
    neighbours.LinearRecurrence,
    kind=word("mingru", "lru"),
    input_size=size(2),
    width=size(3),
    num_layers=size(2),
    dtype=dtype(),
)
row(
    "neighbours.Transformer",
    neighbours.Transformer,
    input_size=size(2),
    width=divisor(4, -2),
    num_layers=size(2),
    heads=divisor(2, 4),
    positions=word("sinusoidal", "learned", "none"),
    max_steps=size(9),
    hidden=size(5, none=True),
    causal=flag(True),
    dtype=dtype(),
)
row(
    "neighbours.attention",
    neighbours.attention,
    Q=array(W.xs, (None, 3, 2), nan=True),
    K=array(W.xs + 1, (4, 3, 2), nan=True),
    V=array(W.dhs, (4, 3, None), nan=True),
    causal=flag(True),
    lengths=lengths(),
)

LOOKED = NEIGHBOURS["Attention"].forward(random_params(NEIGHBOURS["Attention"]), W.xs)
row(
    "neighbours.maps",
    neighbours.maps,
    run=Arg(lambda: LOOKED, lambda v: None if isinstance(v, list | tuple) else False),
)
CONVOLVED = {"W": rng(1).standard_normal((3, 2, 4)), "b": rng(2).standard_normal(4)}


def convolution_in_torch(v):
    """A convolution's weight (C, D, K), or a norm's (d,), and perhaps a bias (C,); converted to dtype."""
    if not isinstance(v, dict) or not {"weight"} <= v.keys() <= {"weight", "bias"}:
        return False
    weight = numbers(v["weight"], "f")
    if weight is None or weight.ndim not in (1, 3) or not weight.size:
        return False
    return "bias" not in v or array(None, weight.shape[:1], "f", nan=True).legal(v["bias"])


def convolution_of_ours(v):
    if not isinstance(v, dict) or v.keys() != {"W", "b"}:
        return False
    kernel = numbers(v["W"], FLOATS)
    fits = kernel is not None and kernel.ndim == 3 and kernel.size
    return bool(fits) and array(None, kernel.shape[2:], (kernel.dtype,), nan=True).legal(v["b"])


row(
    "neighbours.from_torch",
    neighbours.from_torch,
    state_dict=Arg(lambda: neighbours.to_torch(CONVOLVED), convolution_in_torch, nan=True),
    prefix=Arg(lambda: None, lambda v: v is None or (isinstance(v, str) and v == "")),
    causal=flag(True),
    dtype=Arg(lambda: np.float64, lambda v: v is None),
)
row(
    "neighbours.to_torch",
    neighbours.to_torch,
    params=Arg(lambda: CONVOLVED, convolution_of_ours, nan=True),
    causal=flag(True),
)

FOLDER = tempfile.mkdtemp()


def path(valid):
    """A path; the file need not be there, which is then the system's complaint, not ours."""
    return Arg(lambda: f"{FOLDER}/{valid}", lambda v: isinstance(v, str) and "\0" not in v and v != "\ud800")


def storable(v):
    if isinstance(v, dict):
        names = all(isinstance(k, str) and k and k.isprintable() and not set(k) & set("/\\") for k in v)
        return v and names and set(v) != {str(i) for i in range(len(v))} and all(map(storable, v.values()))
    if isinstance(v, list | tuple):
        return len(v) > 0 and all(map(storable, v))
    return isinstance(v, np.ndarray | np.generic) and v.dtype.kind in "biufc"


row(
    "save",
    rnnlib.save,
    path=path("saved.npz"),
    params=Arg(lambda: W.mparams, lambda v: isinstance(v, dict | list | tuple) and bool(storable(v))),
)
row("load", rnnlib.load, path=path("there.npz"), most_bytes=number(10_000, 2000, whole=True, inf=True))
rnnlib.save(f"{FOLDER}/there.npz", W.params)


def torch_names(v):
    """Names and numbers of one LSTM layer of 3 units; the biases may be missing, any number of inputs may be read."""
    shapes = {"weight_ih_l0": (12, None), "weight_hh_l0": (12, 3), "bias_ih_l0": (12,), "bias_hh_l0": (12,)}
    if not isinstance(v, dict) or not set(list(shapes)[:2]) <= v.keys() <= shapes.keys():
        return False
    return all(array(None, shapes[k], "f", nan=True).legal(a) for k, a in v.items())  # converted to dtype


def of_our_layers(v):
    """Two layers of 3 LSTM units; any number of inputs may be read."""
    if not (isinstance(v, list | tuple) and 0 < len(v) <= 2 and all(isinstance(y, dict) for y in v)):
        return False
    shapes = {"W_xh": (None, 12), "W_hh": (3, 12), "b_h": (12,)}
    arrays = [a for y in v for a in y.values()]
    return (
        all(y.keys() == shapes.keys() for y in v)
        and all(array(None, shapes[k], FLOATS, nan=True).legal(a) for y in v for k, a in y.items())
        and len({np.asarray(a).dtype for a in arrays}) == 1
        and all(len(y["W_xh"]) in (3, 3 + len(v[0]["W_xh"])) for y in v[1:])
    )


def arrays_of(shapes, fewest):
    """A list of arrays of these shapes, the last ones of which may be missing, all of one dtype."""

    def legal(v):
        if not isinstance(v, list | tuple) or not fewest <= len(v) <= len(shapes):
            return False
        found = [numbers(a, FLOATS) for a in v]
        fine = all(array(None, shape, FLOATS, nan=True).legal(a) for a, shape in zip(v, shapes))
        return fine and len({a.dtype for a in found}) == 1

    return legal


def keras_weights(v):
    legal = arrays_of([(None, 12), (3, 12), (12,)], 2)
    return legal(v) or (isinstance(v, list | tuple) and len(v) == 1 and isinstance(v[0], list | tuple) and legal(v[0]))


def torch_state(v):
    parts = v if isinstance(v, list | tuple) else [v]
    found = [numbers(a, FLOATS) for a in parts]
    fine = 0 < len(parts) <= 2 and all(a is not None and a.ndim == 3 and a.size for a in found)
    return fine and len({(a.shape, a.dtype) for a in found}) == 1 and len(found[0]) % 2 == 0


def equal_layers(v):
    """States of layers of one kind and one even width."""
    fine = states_alone(v) and len({len(y) for y in v}) == 1 and len(v[0]) <= 2
    return fine and len({np.shape(s) for y in v for s in y}) == 1 and np.shape(v[0][0])[1] % 2 == 0


TORCH_NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
TORCH = dict(zip(TORCH_NAMES, map(rng(1).standard_normal, [(12, 2), (12, 3), 12, 12]), strict=True))
KERAS = [W.params[0][name] for name in ("W_xh", "W_hh", "b_h")]
ONNX = [rng(k).standard_normal(shape) for k, shape in enumerate([(1, 12, 2), (1, 12, 3), (1, 24)])]
HN = (rng(8).standard_normal((4, 3, 2)), rng(9).standard_normal((4, 3, 2)))
row(
    "from_torch",
    rnnlib.from_torch,
    state_dict=Arg(lambda: TORCH, torch_names, nan=True),
    prefix=Arg(lambda: None, lambda v: v is None or (isinstance(v, str) and v == "")),
    dtype=Arg(lambda: np.float64, lambda v: v is None),
)
row("to_torch", rnnlib.to_torch, params=Arg(lambda: W.params, of_our_layers, nan=True))
row(
    "from_keras",
    rnnlib.from_keras,
    weights=Arg(lambda: KERAS, keras_weights, nan=True),
    reset_after=flag(True),
)
row(
    "from_onnx",
    rnnlib.from_onnx,
    W=array(ONNX[0], (1, 12, None), nan=True),
    R=array(ONNX[1], (1, 12, 3), nan=True),
    B=array(ONNX[2], (1, 24), none=True, nan=True),
    P=Arg(lambda: None, lambda v: v is None),
    linear_before_reset=size(0, 0, 1),
)
row(
    "state_from_torch",
    rnnlib.state_from_torch,
    state=Arg(lambda: HN, torch_state, nan=True),
    bidirectional=flag(True),
)
row(
    "state_to_torch",
    rnnlib.state_to_torch,
    state=Arg(lambda: rnnlib.state_from_torch(HN, True), equal_layers, nan=True),
    bidirectional=flag(True),
)

# Where an argument is fine by itself but no longer goes with another one, the other is named.
PARTNERS = {
    ("data.text_batches", "T"): "indices",
    ("data.text_batches", "B"): "indices",
    ("data.text_batches", "alphabet_size"): "indices",
    ("data.one_hot", "size"): "indices",
    ("probes.typo_distance", "before"): "codes",
    ("probes.typo_distance", "after"): "codes",
    ("tasks.solved_interval", "n"): "k",
    ("tasks.echo", "T"): "delay",
    ("flow.update_ratios", "before"): "after",
    ("flow.lyapunov_exponents", "jacobians"): "discard",
    ("SGD.update", "params"): "grads",
    ("Adam.update", "params"): "grads",
    ("stats.paired_interval", "one"): "other",
    ("stats.effect_size", "one"): "other",
    ("probes.unit_scores", "states"): "label",
    ("probes.best_unit", "states"): "label",
    ("probes.fit_linear", "states"): "y",
    ("probes.linear_probe", "train"): "test",
    ("data.standardise", "train"): "others",
    ("data.decode_letters", "letters"): "lengths",
    ("tasks.associative_recall", "pairs"): "queries",
    ("tasks.associative_recall", "keys"): "pairs",
    ("task.Task.score", "ys"): "targets",
    ("train", "carry_state"): "batches",
    ("neighbours.Attention", "width"): "heads",
    ("neighbours.from_torch", "state_dict"): "prefix",
    ("neighbours.from_torch", "dtype"): "state_dict",
    ("neighbours.Transformer", "width"): "heads",
    ("neighbours.attention", "Q"): "K",
    ("neighbours.attention", "K"): "V|lengths",
    ("neighbours.Seq2Seq", "encoder"): "decoder",
    ("DeepRNN.step", "x"): "state",
    ("Model.loss_and_dys", "ys"): "mask",
    ("from_onnx", "R"): "W",
    ("from_torch", "state_dict"): "prefix",
    ("from_torch", "dtype"): "state_dict",
}

# Public names without a row, and why.
EXEMPT = {
    "PlainCell": "takes nothing; what a learner's own gives back is looked at in test_own_cell",
    "PlainCell.forward": "the learner's own, called by the layer",
    "PlainCell.backward": "the learner's own, called by the layer",
    "data.Sequences": "a record; who reads it checks it",
    "data.Words": "a record; who reads it checks it",
    "data.Windows": "a record; who reads it checks it",
    "data.splice_windows": "no argument",
    "task.Task": "a record that the factories make",
    "DeepRNN.shapes": "takes nothing",
    "DeepRNN.thinned": "inside forward and backward",
    "DeepRNN.per_direction": "inside forward and backward",
    "DeepRNN.ends": "inside Model",
    "DeepRNN.check_params": "is itself a check",
    "DeepRNN.check_state": "is itself a check",
    "Model.target_sizes": "takes what a check has passed",
    "Model.check_params": "is itself a check",
    "Model.check_targets": "is itself a check",
}
EXEMPT |= {
    f"neighbours.{name}.{method}": why
    for method, why in {
        "through": "inside forward",
        "windows": "inside forward",
        "back": "inside backward",
        "shapes": "takes nothing",
        "steps": "takes what a check has passed",
        "ends": "takes what a check has passed",
        "check_params": "is itself a check",
        "check_sequences": "is itself a check",
        "check_state": "is itself a check",
        "each": "inside forward and backward",
        "per_net": "inside forward and backward",
        "look_up": "inside forward and decode",
        "look_up_backward": "inside backward",
        "taps": "inside forward and backward",
        "block": "inside forward",
        "block_backward": "inside backward",
    }.items()
    for name in ("Attention", "Chain", "Convolution", "LinearRecurrence", "Pooling", "Seq2Seq", "Transformer")
    if method in vars(getattr(neighbours, name))
}
EXEMPT |= {
    "neighbours.attention_backward": "the inner equation; Attention and Seq2Seq have checked",
    "neighbours.scan": "the inner loop; LinearRecurrence has checked",
}


# ---- garbage


class Odd:
    """Says that it is an array, and is none."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array after all")


class Endless:
    """Repeats itself without end."""

    def __len__(self):
        return 10

    def __getitem__(self, i):
        raise KeyError(i)


def pool():
    """What belongs nowhere, or not just anywhere; made anew each time, for a generator can be read only once."""
    return [
        None, "text", "", "\ud800", b"bytes", True, False, -1, 0, 1, 3, 1.5, 0.5, -0.0, math.nan, math.inf, -math.inf,
        10**30, 10**400, 1j, object(), [], (), {}, set(), {1, 2}, frozenset(), [[1], [1, 2]], [[[1.0]], [[1.0, 2.0]]],
        [None], [[None]], [[[None]]], [None, None], {b"W_hh": np.ones(3)}, {"text": 1}, {1: 2, "a": 3}, {None: None},
        [1, 2, 3], [0.5, 1.5], ["a", "b"], [b"a"], "1.5", ["1.5"],
        np.array([object()]), np.array([None, [1]], dtype=object),
        np.float32(0.5), np.float64(0.5), np.int8(1), np.uint8(200), np.bool_(True), np.array(1.5), np.array(1),
        np.ones(3), np.zeros((2, 2)), np.ones((1, 2, 3, 4, 5)), np.ones((3, 3), int), np.ones((3, 3), bool),
        np.ones(3, complex), np.ones(3, np.float16), np.ones(3, np.longdouble), np.array(["a"]), np.array([b"a"]),
        np.empty(0), np.empty((0, 3, 2)), np.empty((4, 3, 0)), np.array(["2020"], "M8[D]"), np.zeros(2, "f8, i4"),
        np.ma.masked_array(np.ones((4, 3, 2)), np.eye(4, 3)[..., None] * [1, 1] > 0), (x for x in [1.0, 2.0]),
        lambda x: x, int, rnnlib.Adam, np.nan * np.ones((4, 3, 2)),
        ..., slice(None), range(3), range(0), Odd(), Endless(), np.random, np.random.RandomState(0),
        memoryview(b"abc"), bytearray(b"abc"), copy, NotImplemented, [[]], [{}], ({}, {}), [()],
        np.full((4, 3), 2**40), np.full((4, 3), -(2**40)), np.full(20, 2**63, np.uint64),
    ]  # fmt: skip


def spoiled(v):
    """The valid value, spoiled in many ways; some of them are legal."""
    if isinstance(v, np.ndarray):
        yield from _spoiled_array(v)
    elif isinstance(v, dict):
        first, last = next(iter(v)), list(v)[-1]
        yield {k: a for k, a in v.items() if k != first}
        yield {k: a for k, a in v.items() if k != last}
        yield v | {"more": np.ones(3)}
        yield v | {b"more": np.ones(3)}
        yield v | {None: np.ones(3)}
        yield {str(k).encode(): a for k, a in v.items()}
        yield list(v.items())
        yield list(v.values())
        for k in (first, last):
            for bad in (*spoiled(v[k]), *MIXED):
                yield v | {k: bad}
    elif isinstance(v, tuple) and hasattr(v, "_replace"):
        yield tuple(v)
        yield v[:-1]
        for name in v._fields:
            for bad in (*spoiled(getattr(v, name)), *MIXED):
                yield v._replace(**{name: bad})
    elif isinstance(v, list | tuple):
        kind = type(v)
        yield v[:-1]
        yield v + v[:1]
        yield tuple(v) if kind is list else list(v)
        yield dict(enumerate(v))
        yield iter(v)
        yield [v]
        yield [v[0]] * 7
        if kind is list or len(v) < 4:
            for i in sorted({0, len(v) - 1}):
                for bad in (*spoiled(v[i]), *MIXED):
                    yield kind([*v[:i], bad, *v[i + 1 :]])
    elif isinstance(v, bool | np.bool_):
        yield from (int(v), float(v), str(v), [v], np.array(v), np.array([v]))
    elif isinstance(v, int | float):
        yield from (-v, v + 0.5, complex(v), str(v), [v], (v,), np.array(v), np.array([v]), {v}, v * 2**33, -(10**30))
        yield from (np.float32(v), np.float64(v), np.int64(v), np.float16(v), np.longdouble(v))
    elif isinstance(v, str):
        yield from (v.encode(), v.upper() + "?", [v], v + " ", np.array(v), list(v), v * 2)
    elif isinstance(v, np.random.Generator):
        yield from (v.bit_generator, np.random.SeedSequence(1), [v], 0, np.random.Generator)
    elif isinstance(v, rnnlib.DeepRNN | rnnlib.Model | neighbours.Chain):
        yield from (type(v), vars(v), "lstm", [v], W.run, W.mparams)
    elif isinstance(v, range):
        yield from spoiled(np.array(v))
    elif dataclasses.is_dataclass(v):
        yield from (vars(v), type(v), [v], W.net, W.run if v is not W.run else W.mrun, W.xs)


MIXED = [None, "text", [[1], [1, 2]], {}, object(), 1.5]


def _spoiled_array(a):
    yield from (a[:-1], a[..., :-1], a[None], a[..., None], a[0], a.T, a[:0], np.concatenate([a, a]), a[::2])
    yield from (
        a.astype(t)
        for t in (int, complex, np.float16, np.float32, np.longdouble, bool, str, object, "S8", ">f8", ">i8", "u1")
    )
    yield from (
        a.tolist(),
        tuple(a.tolist()),
        np.array(a, order="F"),
        np.ma.masked_array(a),
        {0: a},
        [a],
        list(a),
        set(a.ravel()),
    )
    hidden = np.zeros(a.shape, bool)
    hidden.flat[0] = True
    yield np.ma.masked_array(a, hidden)
    ragged = a.tolist()
    ragged[0] = [ragged[0], 1]
    yield ragged
    ragged = a.tolist()
    ragged[-1] = None
    yield ragged
    yield (x for x in a)
    yield a * np.nan if a.dtype.kind == "f" else a + 1000
    yield -1 - np.abs(a.astype(a.dtype if a.dtype.kind != "b" else int))
    yield a + 10**12 if a.dtype.kind in "iu" else a * 0
    if a.dtype.kind == "f":
        for value in (np.nan, np.inf, -np.inf):
            b = a.copy()
            b.flat[-1] = value
            yield b


# ---- what comes back


def readable(result, depth=0):
    """An answer, to the byte: arrays, numbers, records; of what comes in turn the first few."""
    if isinstance(result, np.ndarray):
        return (result.shape, str(result.dtype), result.tobytes())
    if isinstance(result, dict):
        return {k: readable(v) for k, v in result.items()}
    if dataclasses.is_dataclass(result):
        return {f.name: readable(getattr(result, f.name)) for f in dataclasses.fields(result)}
    if isinstance(result, list | tuple):
        return [readable(v) for v in result]
    if isinstance(result, int | float | str | np.generic | None):
        return repr(result)
    if isinstance(result, rnnlib.DeepRNN):
        return repr(result.described)
    if callable(result):
        return "a function"
    return type(result).__name__


def answer(call, values, quiet=False):
    """The call's result; of a generator the first three things that it gives."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if quiet:
            warnings.simplefilter("ignore", RuntimeWarning)
        result = call(**values)
        if inspect.isgenerator(result):
            result = [item for item, _ in zip(result, range(3))]
        return result


def finite(result):
    if isinstance(result, np.ndarray | np.number | float):
        return bool(np.asarray(result).dtype.kind not in "fc" or np.isfinite(result).all())
    if dataclasses.is_dataclass(result):
        return all(finite(getattr(result, f.name)) for f in dataclasses.fields(result))
    if isinstance(result, list | tuple | dict):
        return all(map(finite, result.values() if isinstance(result, dict) else result))
    return True


def shown(value):
    try:
        return f"{type(value).__name__} {' '.join(repr(value).split())[:150]}"
    except Exception:
        return type(value).__name__


def untouched(values):
    draws = [v.bit_generator.state for v in values.values() if isinstance(v, np.random.Generator)]
    return snapshot(*values.values()), repr(draws), everything()


def everything():
    nets = [repr(vars(t)) for t in (W.net, W.model, W.sgd, W.adam)]
    runs = [W.run.hs, W.run.state, W.mrun.ys, W.mrun.features, W.grad.params, W.grad.hs, list(W.sequences)]
    return snapshot(*(v for _, v in sorted(vars(W).items()) if isinstance(v, list | dict | np.ndarray)), *runs), nets


def try_one(name, arg, value):
    """("refused" | "accepted", None), or (what is wrong, details)."""
    call, args = ROWS[name]
    values = {n: a.valid() for n, a in args.items()} | {arg: value}
    before, legal = untouched(values), args[arg].legal(value)
    others = "lengths|state|dhs|targets" if arg == "xs" else PARTNERS.get((name, arg), arg)
    form = rf"({arg}|{others})(\[.*\]|\.\w+)*( .*)?: expected .+, got .+"
    try:
        result = answer(call, values, args[arg].nan and not finite(value))
    except (ValueError, TypeError) as e:
        if type(e) not in (ValueError, TypeError):
            return type(e).__name__, str(e)
        if not re.match(form, str(e)):
            return "another form", str(e)
        if legal:
            return "refused though legal", str(e)
        if untouched(values) != before:
            return "mutated", str(e)
        return "refused", None
    except Exception as e:
        if isinstance(e, OSError) and arg == "path" and legal:
            return "accepted", None
        if isinstance(e, FloatingPointError) and legal and not finite(value):
            return "accepted", None
        return type(e).__name__, str(e)
    if legal is False:
        return "accepted though not legal", shown(result)
    if not finite(result) and not args[arg].nan and name not in UNBOUNDED:
        return "not finite", shown(result)
    return "accepted", None


def garbage(name, arg):
    return [*pool(), *spoiled(ROWS[name][1][arg].valid())]


def good_call(name):
    call, args = ROWS[name]
    return readable(answer(call, {n: a.valid() for n, a in args.items()}))


@pytest.mark.parametrize("name", ROWS)
def test_garbage_is_refused_in_form(name, say, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # "text" is a legal path
    good, count, wrong = good_call(name), Counter(), []
    for arg in ROWS[name][1]:
        for value in garbage(name, arg):
            outcome, details = try_one(name, arg, value)
            count[outcome] += 1
            if details is None and outcome == "refused" and name not in SLOW and good_call(name) != good:
                outcome, details = "refused", "the valid call gives something else afterwards"
            if details is not None:
                wrong.append(f"{arg} = {shown(value)}\n      {outcome}: {details}")
    assert good_call(name) == good, "the valid call gives something else afterwards"
    if count:
        say(f"garbage for {name}: {count.total()} tried, {count['refused']} refused, {count['accepted']} are valid")
    assert not wrong, f"{len(wrong)} of {count.total()}:\n  " + "\n  ".join(wrong)


# ---- the test of the test


def public():
    """{name: callable} of every public function, class and method of the modules."""
    found = {name: getattr(rnnlib, name) for name in rnnlib.__all__}
    for module in MODULES.values():
        short = module.__name__.removeprefix("rnnlib.").removeprefix("course.")
        for name, thing in vars(module).items():
            own = getattr(thing, "__module__", "").startswith(module.__name__)
            if own and not name.startswith("_") and (inspect.isfunction(thing) or inspect.isclass(thing)):
                found[name if found.get(name) is thing else f"{short}.{name}"] = thing
    for name, thing in list(found.items()):
        if inspect.isclass(thing):
            methods = inspect.getmembers(thing, inspect.isfunction)
            found |= {f"{name}.{n}": m for n, m in methods if not n.startswith("_") and n in vars(thing)}
    return found


def test_every_public_function_has_a_row():
    found = public()
    assert len(found) > 80
    without = found.keys() - ROWS.keys() - EXEMPT.keys()
    assert not without, f"give these a row, or say in EXEMPT why they need none: {sorted(without)}"
    assert not ROWS.keys() & EXEMPT.keys()
    stale = EXEMPT.keys() - found.keys()
    assert not stale, f"not there any more: {sorted(stale)}"


@pytest.mark.parametrize("name", ROWS)
def test_every_argument_has_its_garbage(name):
    call, args = ROWS[name]
    kinds = inspect.signature(call).parameters
    named = {n for n, p in kinds.items() if p.kind is not p.VAR_KEYWORD}
    assert named <= args.keys(), f"without garbage: {named - args.keys()}"
    assert len(named) < len(kinds) or named == args.keys()


def fake(returns=None, raises=None):
    """A public function of one argument `x`, a whole number from 1 on, that answers garbage in its own way."""

    def call(x):
        if type(x) is not int or not 0 < x <= LARGEST:
            if raises:
                raise raises
            return returns
        return 1.0

    return call


SLOPPY = {
    "AttributeError": fake(raises=AttributeError("'NoneType' object has no attribute 'shape'")),
    "another form": fake(raises=ValueError("operands could not be broadcast together with shapes (3,) (2,)")),
    "UnicodeEncodeError": fake(raises=UnicodeEncodeError("utf-8", "x", 0, 1, "x: expected str, got str")),
    "accepted though not legal": fake(returns=1.0),
    "refused though legal": lambda x: check.size("x", x, 2),
    "not finite": lambda x: check.size("x", x) * math.nan,
    "RuntimeWarning": lambda x: np.float64(check.size("x", x)) / 0,
    "mutated": lambda x: (W.xs.__isub__(1e-9), check.size("x", x)),
}


@pytest.mark.parametrize("outcome", SLOPPY)
def test_a_sloppy_door_is_seen(outcome, monkeypatch):
    monkeypatch.setitem(ROWS, "sloppy", (SLOPPY[outcome], {"x": size(1)}))
    before = W.xs.copy()
    outcomes = Counter(try_one("sloppy", "x", value)[0] for value in garbage("sloppy", "x"))
    W.xs[:] = before
    assert outcomes[outcome] > 0, outcomes


def test_a_tidy_door_is_not_blamed(monkeypatch):
    monkeypatch.setitem(ROWS, "tidy", (lambda x: check.size("x", x), {"x": size(1)}))
    outcomes = Counter(try_one("tidy", "x", value)[0] for value in garbage("tidy", "x"))
    assert outcomes.keys() == {"refused", "accepted"}


def test_there_is_much_garbage():
    counts = [len(garbage(name, arg)) for name, (_, args) in ROWS.items() for arg in args]
    assert min(counts) > 90
    assert sum(counts) > 30_000
