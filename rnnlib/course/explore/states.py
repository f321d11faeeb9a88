"""DeepStates and GradientSources: what every layer of a real stack does, and where its gradient comes from."""

import numpy as np

from ...stack import DeepRNN
from ..probes import autocorrelation_time
from ..viz.states import Sources, States
from .base import Explorer, choice, integer, real, switch
from .flow import CELLS, named

H, D = 32, 8  # units, inputs
TEXT = (
    "A stack of recurrent layers reads this sentence one character at a time. Each layer hears the layer below "
    "and itself one step ago; in the article's form it also hears the character. Nothing here was trained."
)


def inputs(kind, length, rng, norm=1.0):
    """xs (T, 1, D). "pulse": a vector of that norm at step 1, then silence. "noise": unit variance. "text": each
    character its own fixed random vector of unit variance."""
    if kind == "noise":
        return rng.standard_normal((length, 1, D))
    if kind == "text":
        code = {c: rng.standard_normal(D) for c in sorted(set(TEXT))}
        return np.array([code[TEXT[t % len(TEXT)]] for t in range(length)])[:, None]
    xs = np.zeros((length, 1, D))
    x = rng.standard_normal(D)
    xs[0, 0] = norm * x / np.linalg.norm(x)
    return xs


def stack_states(
    depth, length, cell="tanh RNN", input="pulse", gain=0.9, skip_input=False, seed=0, norm=1.0, forget_bias=1.0
):
    """hs (L, T, H): every layer's states in one untrained stack.

    Weights are orthogonal, the recurrent ones (of an LSTM or GRU: each gate's block) times the gain; biases are zero,
    but for the LSTM's forget gate.
    Layer l's own weights do not depend on the depth, so the lowest layers of a deep and of a shallow stack agree.
    """
    kind, nonlinearity = named(cell)
    net = DeepRNN(kind, D, H, depth, nonlinearity=nonlinearity, skip_input=skip_input)
    weights, signal = np.random.default_rng(seed).spawn(2)
    scheme = {"input": "orthogonal", "recurrent": "orthogonal", "bias": "zeros", "rho": gain}
    params = net.init(weights, **scheme, forget_bias=None if net.layers[0].cell.forget is None else forget_bias)
    run = net.forward(params, inputs(input, length, signal, norm))
    return np.array([layer.hs[:, 0] for layer in run.layers])


def mean_size(hs):
    """(L,): root mean square of the states, over time and units."""
    return np.sqrt((hs**2).mean((1, 2)))


def delay_and_width(hs):
    """(L,), (L,): mean and standard deviation of the lag after step 1, weighted by the energy ‖h_t‖² of that lag."""
    energy = (hs**2).sum(2)
    weight = energy / np.maximum(energy.sum(1, keepdims=True), np.finfo(float).tiny)
    lag = np.arange(hs.shape[1])
    delay = weight @ lag
    return delay, np.sqrt(np.maximum(weight @ lag**2 - delay**2, 0))


def bands(hs):
    """(L, T, H): every layer over its own largest |h|, its smoothest units (largest r(1)) last."""
    top = np.maximum(np.abs(hs).max((1, 2), keepdims=True), np.finfo(float).tiny)
    smooth = (hs[:, 1:] * hs[:, :-1]).sum(1) / np.maximum((hs**2).sum(1), np.finfo(float).tiny)  # (L, H)
    return np.take_along_axis(hs / top, np.argsort(smooth, axis=1)[:, None], axis=2)


def measure(hs, input):
    """(times, widths, what the times are): delays and widths of a pulse, else autocorrelation times and None."""
    return (*delay_and_width(hs), "delay, steps") if input == "pulse" else (
        autocorrelation_time(hs), None, "autocorrelation time, steps")  # fmt: skip


def pulse_delays(scene, hs, title):
    """Fill a `States` scene with the answer to a pulse, without its widths; returns the delays (L,)."""
    delays, _ = delay_and_width(hs)
    scene.update(bands(hs), mean_size(hs), delays, None, "delay, steps", title)
    return delays


class DeepStates(Explorer):
    """States of every layer, h_t^l, over time, with the size and the time-scale of each layer beside them."""

    situations = (
        ("a pulse", {}, "Each layer answers later and more broadly than the one below."),
        (
            "every layer sees it",
            {"skip_input": True},
            "The input reaches all layers at once, and the delays "
            "shrink a little: most of the answer still comes up through the layers.",
        ),
        (
            "noise",
            {"input": "noise"},
            "All layers are busy all the time; the time-scales are read from the panel, not from the bands.",
        ),
        ("one layer", {"depth": 1}, "The control: what a single layer does with the same pulse."),
    )

    def controls(self):
        return {
            "depth": integer("depth L, layers", 6, 1, 8),
            "length": integer("length T, steps", 60, 5, 200),
            "cell": choice("cell", "tanh RNN", list(CELLS)),
            "input": choice("input", "pulse", ["pulse", "noise", "text"]),
            "gain": real("recurrent gain", 0.9, 0.5, 1.5, 0.05),
            "skip_input": switch("input into every layer (the article's form)"),
        }

    def scene(self):
        return States()

    def show(self, scene, depth, length, cell, input, gain, skip_input):
        hs = stack_states(depth, length, cell, input, gain, skip_input)
        form = "article's form" if skip_input else "plain stack"
        sizes, (times, widths, what) = mean_size(hs), measure(hs, input)
        rise = f"{times[0]:.3g} steps in layer 1" + (f", {times[-1]:.3g} in layer {depth}" if depth > 1 else "")
        title = f"{cell}, {form}, {input}: {what.removesuffix(', steps')} {rise}"
        scene.update(bands(hs), sizes, times, widths, what, title)

        def ends(say):
            """`say` of layer 1 and of the top, if that is another."""
            return say(0, 1) + (f", {say(-1, depth)}" if depth > 1 else "")

        size = f"size of the states {ends(lambda k, l: f'<b>{sizes[k]:.3g}</b> in layer {l}')}."
        if widths is None:
            return f"Autocorrelation time, steps: {ends(lambda k, l: f'<b>{times[k]:.3g}</b> in layer {l}')}; {size}"
        say = ends(lambda k, l: f"<b>{times[k]:.3g}</b> steps in layer {l} (width {widths[k]:.3g} steps)")
        return f"After the pulse the answer is centred at {say}; {size}"


def gradient_sources(net, params, xs, dhs):
    """Three arrays and their sum, (4, L, T): norms over batch and units of what ∂loss/∂h_t^l is made of, tanh RNN.

    own     dhs_t, at the top layer only
    future  da_{t+1}^l W_hh^lᵀ            da_t^l = dh_t^l ⊙ (1 − h_t^l²)
    above   da_t^{l+1} (W_xh^{l+1})ᵀ      its upper H rows, those that read layer l
    """
    run = net.forward(params, xs)
    grad = net.backward(params, run, dhs)
    das = [dh * (1 - layer.hs**2) for dh, layer in zip(grad.hs, run.layers, strict=True)]
    own, future, above = (np.zeros((net.num_layers, *dhs.shape)) for _ in range(3))
    own[-1] = dhs
    for l, p in enumerate(params):
        future[l, :-1] = das[l][1:] @ p["W_hh"].T
        if l + 1 < net.num_layers:
            above[l] = das[l + 1] @ params[l + 1]["W_xh"][: net.hidden_size].T
    return np.sqrt((np.array([own, future, above, own + future + above]) ** 2).sum((3, 4)))


def stack_sources(depth=8, length=60, gain=0.9, every_step=False, skip_input=False, seed=0):
    """`gradient_sources` of one untrained tanh stack that reads noise: orthogonal weights, the recurrent ones times
    the gain, zero biases; the loss is a random projection of the top layer's states, at the last step or at each."""
    net = DeepRNN("rnn", D, H, depth, skip_input=skip_input)
    weights, signal, readout = np.random.default_rng(seed).spawn(3)
    params = net.init(weights, input="orthogonal", recurrent="orthogonal", bias="zeros", rho=gain)
    dhs = readout.standard_normal((length, 1, H)) / np.sqrt(H)
    if not every_step:
        dhs[:-1] = 0
    return gradient_sources(net, params, signal.standard_normal((length, 1, D)), dhs)


class GradientSources(Explorer):
    """What ∂loss/∂h_t^l is made of, place by place: own loss, future, layer above, and their sum."""

    situations = (
        (
            "loss at the end",
            {},
            "Only one node has a loss of its own; everything else comes from the right or from above.",
        ),
        (
            "loss every step",
            {"loss": "at every step"},
            "The top row has its own loss at each step; the layers below still have none.",
        ),
        (
            "smaller gain",
            {"gain": 0.3},
            "The future fades within a few steps: what is left comes down from above at the last step.",
        ),
    )

    def controls(self):
        return {
            "depth": integer("depth L, layers", 8, 1, 8),
            "length": integer("length T, steps", 60, 5, 60),
            "gain": real("recurrent gain", 0.9, 0.3, 1.5, 0.1, ".1f"),
            "loss": choice("loss is read", "at the last step", ["at the last step", "at every step"]),
            "skip_input": switch("input into every layer (the article's form)"),
        }

    def scene(self):
        return Sources()

    def show(self, scene, depth, length, gain, loss, skip_input):
        norms = stack_sources(depth, length, gain, loss == "at every step", skip_input)
        _, future, above, total = norms
        both = (future > 0) & (above > 0)
        wins, places = (above > future)[both].sum(), both.sum()
        title = f"Loss {loss}: the layer above outweighs the future at {wins} of the {places} nodes that have both"
        scene.update(norms, title if depth > 1 else f"Loss {loss}: in a single layer no gradient comes from above")
        return (
            f"The layer above outweighs the future at {wins} of {places} nodes. Sum: {total[-1, -1]:.3g} at the top's "
            f"last step, <b>{total[0, 0]:.3g}</b> at the bottom's first."
        )
