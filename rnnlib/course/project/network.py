"""A network that fits the parts, and what is looked at before it is trained."""

from dataclasses import dataclass

import numpy as np

from ... import check
from ...gradcheck import gradcheck
from ...model import Model
from ...net import Net
from ...stack import DeepRNN
from ...train import Adam, global_norm, train
from .parts import Parts

BATCH = 32
BY_HEART = 150  # updates on one batch
LEARNED = 0.5  # of its first loss, which they must get below


def network(parts, cell="gru", size=32, layers=1, *, net=None, **options):
    """A Model whose inputs and read-out are those of the parts: classes at the last step, the next values, or the next
    character at each step.

    cell, size, layers, options : of a `DeepRNN`.  net : another network with the parts' number of inputs, instead.
    The Model reads xs (T, N, D), or whole numbers (T, N) of a text. ValueError where net is none of float32 and D
    inputs; TypeError where parts are no Parts.
    """
    check.instance("parts", parts, Parts, "Parts, as split returns them")
    text = parts.kind == "text"
    D = len(parts.alphabet) if text else parts.train.xs.shape[2]
    if net is None:
        net = DeepRNN(cell, D, size, layers, dtype=np.float32, **options)
    elif not isinstance(net, Net) or net.input_size != D or net.dtype != np.float32:
        raise ValueError(f"net: expected a float32 network of {D} inputs, got {check.came(net)}")
    V = {"labelled": len(parts.found.names), "series": parts.train.targets.shape[-1], "text": D}[parts.kind]
    loss = "mse" if parts.kind == "series" else "cross_entropy"
    return Model(net, V, loss, "each_step" if text else "last_step")


def options(net):
    """The arguments of a DeepRNN from which another one like it can be made, but for its dtype."""
    return {k: v for k, v in vars(net).items() if k not in ("layers", "directions", "output_size", "dtype")}


def batches(part, rng, epochs=None):
    """(xs, targets, lengths), every example once an epoch, but for what does not fill a last batch of BATCH; endless
    if epochs is None."""
    size, epoch = min(BATCH, len(part)), 0
    while epochs is None or epoch < epochs:
        order, epoch = rng.permutation(len(part)), epoch + 1
        for k in range(0, len(order) - size + 1, size):
            some = part.take(order[k : k + size])
            yield some.xs, some.targets, some.lengths


@dataclass(frozen=True)
class Checks:
    """What was looked at before training: a sentence each, and whether it is as it should be."""

    sentences: tuple  # of (whether it holds, sentence)

    @property
    def passed(self):
        """Whether all of it is."""
        return all(holds for holds, _ in self.sentences)

    def __str__(self):
        return "\n".join(
            f"{'as it should be' if holds else 'LOOK HERE':>15s}: {said}" for holds, said in self.sentences
        )


def checks(model, parts, seed=0):
    """Before training: the loss at the start beside guessing, the gradient in every layer, one batch learned by heart,
    and the gradient by finite differences in float64 where the net can be had in it: Checks. TypeError where model is
    no Model."""
    check.instance("model", model, Model)
    rng = np.random.default_rng(seed)
    params = model.init(rng)
    batch = next(batches(parts.train, rng))
    xs, targets, lengths = batch
    loss, grads = model.loss_and_grads(params, xs, targets, lengths)
    guess = np.log(model.output_size) if model.loss == "cross_entropy" else float((np.asarray(targets) ** 2).mean())
    by = f"ln {model.output_size}" if model.loss == "cross_entropy" else "forecasting the last value"
    said = [(bool(loss < 1.5 * guess + 0.1), f"loss at the start {loss:.3g}, guessing {guess:.3g} ({by})")]
    norms = (
        [global_norm(layer) for layer in grads["layers"]] if isinstance(grads["layers"], list) else [global_norm(grads)]
    )
    words = ", ".join(f"{n:.2g}" for n in norms)
    said.append(
        (bool(np.isfinite(norms).all() and min(norms) > 1e-3 * max(norms)), f"gradient from layer 1 up {words}")
    )
    steps = [step.loss for step in train(model, params, [batch] * BY_HEART, Adam(1e-2), clip_norm=1.0)]
    last = float(np.mean(steps[-5:]))
    said.append((bool(last < LEARNED * steps[0]), f"one batch by heart: from {steps[0]:.3g} to {last:.3g}"))
    if isinstance(model.net, DeepRNN):
        said.append(_gradients(model, params, batch, rng))
    return Checks(tuple(said))


def _gradients(model, params, batch, rng):
    """gradcheck of a float64 twin on three of the batch's examples."""
    twin = Model(DeepRNN(**options(model.net)), model.output_size, model.loss, model.at)
    xs, targets, lengths = batch
    some = slice(min(3, xs.shape[1]))
    xs = xs[:, some] if xs.dtype.kind == "i" else xs[:, some].astype(np.float64)
    targets = targets[:, some] if model.at == "each_step" else targets[some]
    targets = targets if targets.dtype.kind == "i" else targets.astype(np.float64)
    lengths = None if lengths is None else lengths[some]
    error = gradcheck(twin, twin.init(rng), xs, targets, lengths=lengths, rng=rng, entries=1, directions=1).error
    return bool(error <= 1e-6), f"gradient against finite differences, relative error {error:.1g}"
