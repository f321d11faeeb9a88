"""Training: a generator of steps, so that the caller can watch, pause and stop.

Parameters are values. Each step makes a new tree, so a step that is interrupted leaves the old one whole.
"""

from dataclasses import dataclass

import numpy as np

from . import check
from .model import Model
from .tree import leaves, map_leaves


class SGD:
    """v ← μ v + g,   θ ← θ - η v      (momentum as in PyTorch: μ = 0 is plain gradient descent)
    ValueError where not η > 0 and 0 <= μ <= 1."""

    def __init__(self, learning_rate, momentum=0.0):
        # Python floats: a NumPy float64 would lift float32 parameters to float64
        self.learning_rate = check.number("learning_rate", learning_rate, 0, open_low=True)
        self.momentum = check.number("momentum", momentum, 0, 1)

    def init(self, params):
        """v = 0, a tree like params. TypeError where params is no tree of floating arrays."""
        return map_leaves(np.zeros_like, check.tree("params", params))

    def update(self, params, grads, v):
        """New parameters and new velocity. ValueError where grads or v have other keys or shapes than params."""
        params = check.tree("params", params)
        grads, v = check.tree("grads", grads, params), check.tree("v", v, params)
        v = map_leaves(lambda v, g: self.momentum * v + g, v, grads)
        return map_leaves(lambda p, v: p - self.learning_rate * v, params, v), v


class Adam:
    """m ← β₁ m + (1-β₁) g,   v ← β₂ v + (1-β₂) g²,   θ ← θ - η m̂ / (sqrt(v̂) + ε)      (Kingma, Ba 2015)
    with m̂ = m / (1 - β₁ⁿ), v̂ = v / (1 - β₂ⁿ) at step n. ValueError where not η, ε > 0 and 0 <= β < 1."""

    def __init__(self, learning_rate=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.learning_rate = check.number("learning_rate", learning_rate, 0, open_low=True)
        check.length("betas", betas, 2, "moment")
        self.betas = tuple(check.number(f"betas[{k}]", b, 0, 1, open_high=True) for k, b in enumerate(betas))
        self.eps = check.number("eps", eps, 0, open_low=True)

    def init(self, params):
        """(0, m = 0, v = 0), trees like params. TypeError where params is no tree of floating arrays."""
        params = check.tree("params", params)
        return 0, map_leaves(np.zeros_like, params), map_leaves(np.zeros_like, params)

    def update(self, params, grads, state):
        """New parameters and new (n, m, v). ValueError where grads, m or v have other keys or shapes than params."""
        params = check.tree("params", params)
        (n, m, v), (b1, b2) = check.length("state", state, 3, "of n, m and v"), self.betas
        n = check.size("state[0]", n, 0) + 1
        grads, m = check.tree("grads", grads, params), check.tree("state[1]", m, params)
        v = check.tree("state[2]", v, params, low=0)
        m = map_leaves(lambda m, g: b1 * m + (1 - b1) * g, m, grads)
        v = map_leaves(lambda v, g: b2 * v + (1 - b2) * g * g, v, grads)
        eta, root = self.learning_rate / (1 - b1**n), np.sqrt(1 - b2**n)
        new = map_leaves(lambda p, m, v: (p - eta * m / (np.sqrt(v) / root + self.eps)).astype(p.dtype), params, m, v)
        return new, (n, m, v)


def global_norm(tree):
    """‖g‖ over all leaves together, summed in float64."""
    wide = (np.asarray(g, np.float64) for _, g in leaves(check.tree("tree", tree)))
    return float(np.sqrt(sum(float(np.vdot(g, g)) for g in wide)))


def clip_by_global_norm(grads, clip_norm):
    """g if ‖g‖ <= clip_norm, else g · clip_norm / ‖g‖; also returns ‖g‖      (Pascanu, Mikolov, Bengio 2013)
    ValueError where not clip_norm > 0; TypeError where grads is no tree of floating arrays."""
    clip_norm = check.number("clip_norm", clip_norm, 0, open_low=True, finite=False)
    grads = check.tree("grads", grads)
    norm = global_norm(grads)
    if norm <= clip_norm:
        return grads, norm
    return map_leaves(lambda g: g * g.dtype.type(clip_norm / norm), grads), norm


@dataclass
class Step:
    """One update: its number from 1, the loss before it, ‖g‖ before clipping, whether it was clipped, and the
    parameters after it. batch counts from 1 too; with truncation several steps share one."""

    index: int
    batch: int
    loss: float
    grad_norm: float
    clipped: bool
    params: object
    grads: object  # as applied, after clipping


def train(model, params, batches, optimizer=None, *, clip_norm=None, truncate=None, carry_state=False, rng=None):
    """Yield a `Step` after every update.

    batches : iterable of (xs, targets) or (xs, targets, lengths), xs (T, B, D), lengths (B,), finite or endless.
    optimizer : SGD(...) or Adam(...); Adam() if None. clip_norm : global-norm clipping, before the update.
    truncate : window in steps for truncated BPTT: every batch is cut into windows, an update follows each, the
    state is handed on and the gradient is not (Williams, Peng 1990). carry_state : whether a batch begins in the state
    in which the one before ended, as the streams of `data.text_batches` read on: the state, not the gradient. All
    batches then need the same B, and no lengths; where an epoch begins anew, its first batch has a foreign past.
    rng : a Generator, for dropout.
    Batches are checked at their turn, all of one before it is learned: ValueError or TypeError as from the model. A
    loss, gradient or parameter that is not finite stops with FloatingPointError; the last Step's params are whole.
    """
    check.instance("model", model, Model)
    optimizer = Adam() if optimizer is None else optimizer
    if isinstance(optimizer, type) or not all(callable(getattr(optimizer, n, None)) for n in ("init", "update")):
        raise TypeError(f"optimizer: expected SGD(...), Adam(...) or their like, got {check.came(optimizer)}")
    if clip_norm is not None:
        clip_norm = check.number("clip_norm", clip_norm, 0, open_low=True, finite=False)
    if truncate is not None:
        truncate = check.size("truncate", truncate)
        if model.at != "each_step" or not model.net.carries_state:
            raise ValueError(
                "truncate: expected a model that reads out at each_step, and a net whose state goes on, in one "
                f"direction, got at={model.at!r} and {came(model.net)}"
            )
    if check.flag("carry_state", carry_state) and not model.net.carries_state:
        raise ValueError(f"carry_state: expected False for {came(model.net)}, whose state does not go on, got True")
    if rng is not None:
        check.generator("rng", rng)
    params = model.check_params(params)
    params["layers"] = model.net.check_params(params["layers"])
    batches = check.iterator("batches", batches, BATCH)
    return _steps(model, params, batches, optimizer, clip_norm, truncate, carry_state, rng)


def came(net):
    """A net as a complaint names it."""
    return "a bidirectional DeepRNN" if getattr(net, "bidirectional", False) else type(net).__name__


BATCH = "(xs, targets) or (xs, targets, lengths)"


def _batch(name, model, batch):
    """(xs, targets, lengths), all of it checked before the first window is learned."""
    if not isinstance(batch, (list, tuple)) or len(batch) not in (2, 3):
        raise TypeError(f"{name}: expected {BATCH}, got {check.came(batch)}")
    xs, targets, lengths = batch if len(batch) == 3 else (*batch, None)
    with check.inside(name):
        xs, mask = model.net.check_sequences(xs, lengths)
        targets = model.check_targets(targets, *model.target_sizes(xs, mask))
    return xs, targets, lengths


def _steps(model, params, batches, optimizer, clip_norm, truncate, carry_state, rng):
    memory, index, state = optimizer.init(params), 0, None
    for batch, drawn in enumerate(batches, 1):
        xs, targets, lengths = _batch(f"batches[{batch - 1}]", model, drawn)
        if carry_state:
            _check_stream(batch, xs, lengths, state)
        else:
            state = None
        for xs_w, targets_w, lengths_w, live in windows(xs, targets, lengths, truncate):
            if live is not None:
                state = [tuple(s[live] for s in layer) for layer in state]
            run = model.forward(params, xs_w, lengths_w, state=state, rng=rng)
            state = run.state
            loss, dys = model.loss_and_dys(run.ys, targets_w, run.run.mask)
            grads = model.backward(params, run, dys)
            norm = global_norm(grads)
            index += 1
            if not (np.isfinite(loss) and np.isfinite(norm)):
                raise FloatingPointError(
                    f"step {index}: loss {loss}, gradient norm {norm}; try clip_norm or a lower rate"
                )
            clipped = clip_norm is not None and norm > clip_norm
            if clipped:
                grads, _ = clip_by_global_norm(grads, clip_norm)
            params, memory = optimizer.update(params, grads, memory)
            if not all(np.isfinite(p).all() for _, p in leaves(params)):
                raise FloatingPointError(f"step {index}: parameters that are not finite; try clip_norm or a lower rate")
            yield Step(index, batch, loss, norm, clipped, params, grads)


def _check_stream(batch, xs, lengths, state):
    """Whether this batch can go on where the one before ended."""
    if lengths is not None:
        raise ValueError(
            f"batches: expected no lengths with carry_state, for streams do not end, got some in batch {batch}"
        )
    B = len(state[0][0]) if state else None
    if B is not None and xs.shape[1] != B:
        raise ValueError(
            f"batches: expected B={B} along axis 1 of xs in batch {batch}, for carry_state hands each stream its own "
            f"state, got {xs.shape[1]}"
        )


def windows(xs, targets, lengths, size):
    """(xs, targets, lengths, live) for every window of `size` steps, the whole batch if size is None.

    live picks the sequences of the window before that go on in this one (None: there is none before): a sequence
    that has ended leaves the batch.
    """
    if size is None:
        yield xs, targets, lengths, None
        return
    xs, targets = np.asarray(xs), np.asarray(targets)
    check.shape("xs", xs, [("T", None), ("B", None), *[("D", None)] * (xs.dtype.kind not in "iu")])
    T, B = xs.shape[:2]
    check.shape("targets", targets, [("T", T), ("B", B), *[("V", None)] * (targets.ndim - 2)])
    lengths = None if lengths is None else check.integers("lengths", lengths, [("B", B)], 1, T)
    for t in range(0, T, size):
        live = np.full(xs.shape[1], True) if lengths is None else lengths > t
        if not live.any():
            return
        xs, targets = xs[:, live], targets[:, live]
        lengths = None if lengths is None else lengths[live]
        w = slice(t, t + size)
        yield (
            xs[w],
            targets[w],
            None if lengths is None else np.minimum(lengths - t, len(xs[w])),
            live if t else None,
        )
