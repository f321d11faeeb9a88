"""ReceptiveField: which inputs reach the last output of a convolution, a recurrence or an attention, by which ways."""

import functools
from math import comb

import numpy as np

from ...neighbours import Attention, Chain, Convolution
from ...stack import DeepRNN
from ..viz.receptive import STEPS, Receptive
from .base import Explorer, choice, integer

D, H = 4, 16  # inputs and channels (units, width) of every layer
CONVOLUTION, RECURRENCE, ATTENTION = "convolution", "recurrence (tanh)", "attention"
GROWTH = {"the same in each layer": 1, "doubles from layer to layer": 2}


def dilations(layers, growth):
    """r of each layer, the lowest first."""
    return [growth**l for l in range(layers)]


def receptive_field(kernel, rs):
    """1 + (K − 1) Σ r: how many inputs an output of stacked causal convolutions can depend on."""
    return 1 + (kernel - 1) * sum(rs)


def ways(kernel, rs):
    """(receptive field,): in how many ways the input k steps back reaches the output, k from 0: the coefficients of
    the product of the polynomials 1 + z^r + … + z^((K−1) r)."""
    total = np.array([1])
    for r in rs:
        taps = np.zeros((kernel - 1) * r + 1, int)
        taps[::r] = 1
        total = np.convolve(total, taps)
    return total


def network(net, layers, kernel=3, growth=2):
    """The net that is drawn: so many layers of one kind, D inputs, H wide."""
    if net == RECURRENCE:
        return DeepRNN("rnn", D, H, layers)
    widths = [D] + [H] * (layers - 1)
    if net == ATTENTION:
        return Chain([Attention(n, H) for n in widths])
    rs = dilations(layers, growth)
    return Chain([Convolution(n, H, kernel, dilation=r, nonlinearity="tanh") for n, r in zip(widths, rs)])


def gradient_by_inputs(net, T=STEPS, seed=0):
    """(T,): ‖∂loss/∂x_t‖ of a net at its start on noise; the loss is a random projection of the last output, of norm
    1."""
    weights, noise = np.random.default_rng(seed).spawn(2)
    params = net.init(weights)
    xs = noise.standard_normal((T, 1, net.input_size))
    dhs = np.zeros((T, 1, net.output_size))
    dhs[-1] = noise.standard_normal((1, net.output_size))
    dhs /= np.linalg.norm(dhs)
    return np.linalg.norm(net.backward(params, net.forward(params, xs), dhs).xs[:, 0], axis=-1)


@functools.lru_cache(maxsize=64)
def norms_of(net, layers, kernel, growth):
    """What is drawn of `gradient_by_inputs`; the newest settings are kept, so that the chosen input moves at once."""
    norms = gradient_by_inputs(network(net, layers, kernel, growth))
    norms.flags.writeable = False
    return norms


def links(net, layers, kernel, rs, T=STEPS):
    """(n, 4) of layer, k, layer, k: the links that lead to the last output, k counted back from it; and reached
    (L + 1, T), the nodes they lead from. Of attention only those into the last step are drawn, lower down a fourth."""
    reached = np.zeros((layers + 1, T), bool)
    reached[layers, -1] = True
    found = []
    for l in range(layers, 0, -1):
        for k in T - 1 - np.flatnonzero(reached[l])[::-1]:
            if net == CONVOLUTION:
                below = [k + j * rs[l - 1] for j in range(kernel)]
            elif net == RECURRENCE:
                below = [k]
                if k + 1 < T:  # the state of the step before, of the same layer
                    reached[l, T - 2 - k] = True
            else:
                below = range(k, T)
            below = [b for b in below if b < T]
            reached[l - 1, [T - 1 - b for b in below]] = True
            if net != ATTENTION:
                found += [(l - 1, b, l, k) for b in below]
            elif k == 0:
                found += [(l - 1, b, l, k) for b in below[:: 1 if l == layers else 4]]
        if net == RECURRENCE:
            reached[l - 1 : l + 1] = True
            found += [(l - 1, k, l, k) for k in range(1, T)] + [(l, k + 1, l, k) for k in range(T - 1)]
    return np.array(found), reached


def way(net, layers, kernel, rs, lag):
    """[(layer, k), ...] from the input `lag` steps back to the last output, one of the shortest; or []."""
    if net == RECURRENCE:
        return [(l, lag) for l in range(layers + 1)] + [(layers, k) for k in range(lag - 1, -1, -1)]
    if net == ATTENTION:
        return [(l, lag) for l in range(layers)] + [(layers, 0)]
    steps, rest = [], lag
    for r in rs[::-1]:  # the largest dilation takes what it can
        taps = min(kernel - 1, rest // r)
        steps.append(taps * r)
        rest -= taps * r
    places = lag - np.cumsum([0, *steps[::-1]])
    return [] if rest else list(enumerate(places.tolist()))


class ReceptiveField(Explorer):
    """The last output's gradient by every input, and the links that it takes."""

    situations = (
        ("undilated", {"growth": "the same in each layer", "kernel": 3, "layers": 5},
         "Eleven inputs for five layers; and the far ones have few ways, the near ones many."),
        ("one way each", {"kernel": 2, "layers": 5},
         "Kernel 2, doubled: 32 inputs, and exactly one way from each of them."),
        ("recurrence", {"net": RECURRENCE, "layers": 1, "lag": 40},
         "Everything is reached, and the way from 40 steps back has 41 links; see what is left of the gradient."),
        ("attention", {"net": ATTENTION, "layers": 1, "lag": 40},
         "Everything is reached in one link, and the gradient does not care how far back."),
    )  # fmt: skip

    def controls(self):
        return {
            "net": choice("net", CONVOLUTION, [CONVOLUTION, RECURRENCE, ATTENTION]),
            "layers": integer("layers L", 4, 1, 5),
            "kernel": integer("kernel, inputs", 3, 1, 4),
            "growth": choice("dilation", "doubles from layer to layer", list(GROWTH)),
            "lag": integer("chosen input, k", 20, 0, STEPS - 1),
        }

    def scene(self):
        return Receptive()

    def show(self, scene, net, layers, kernel, growth, lag):
        convolution = net == CONVOLUTION
        for name in ("kernel", "growth"):
            self.inputs[name].disabled = not convolution
        rs = dilations(layers, GROWTH[growth])
        norms = norms_of(net, layers, kernel, GROWTH[growth])
        lines, reached = links(net, layers, kernel, rs)
        path = way(net, layers, kernel, rs, lag)
        stack = f"{layers} layer{'s' * (layers > 1)}"
        if convolution:
            field = receptive_field(kernel, rs)
            title = (
                f"Kernel {kernel}, {stack}, dilation {', '.join(map(str, rs))}: 1 + {kernel - 1} · {sum(rs)} = {field}"
            )
            title += f" input{'s' * (field > 1)} in reach"
            title += f", more than the {STEPS} there are" * (field > STEPS)
        else:
            title = f"{net.capitalize()}, {stack}: all {STEPS} inputs in reach"
        scene.update(reached, lines, path, norms, lag, title)
        text = f"From k = {lag} steps back: "
        if not path:
            return (
                text
                + f"<b>no way</b>, the gradient is exactly {norms[-1 - lag]:.0f}. The field ends at k = {field - 1}."
            )
        hops = len(path) - 1
        number = int(ways(kernel, rs)[lag]) if convolution else comb(lag + layers - 1, lag)
        text += f"<b>{hops} link{'s' * (hops > 1)}</b>, {number:,} way{'s' * (number > 1)}, "
        text += f"gradient {norms[-1 - lag]:.2g}; at k = 0 it is {norms[-1]:.2g}."
        return text + " Of its links only some into the last step are drawn." * (net == ATTENTION and layers > 1)
