"""What a network takes and gives besides arrays: parameters made ready, a forward pass, a backward pass."""

from dataclasses import dataclass

import numpy as np

from . import check


@dataclass
class Ready:
    """Parameters as the loops want them, from `prepare`. A value: copies, so that a change of the arrays they were made
    from changes nothing here. `params` are those copies, not to be written to; compare them to see whether they agree.
    """

    params: list
    layers: list  # over layers, then directions: what `Layer.prepare` gives
    described: dict  # the net that made it


@dataclass
class StackLayerRun:
    """One layer of a run: hs is what it computed, (T, B, H), or (T, B, 2H) when bidirectional."""

    hs: np.ndarray
    state: tuple  # of (B, H) or (B, 2H), at each sequence's last valid step; copies
    passes: list | None  # LayerRun per direction; None if nothing was kept for a way back
    chosen: np.ndarray | None  # what of the input from below dropout has let through


@dataclass
class Run:
    """A forward pass. hs is what leaves the top of the stack: h of the top layer (plus the residual sum).

    What the way back reads cannot be changed from outside: arrays of a run are read-only, or copies.
    """

    hs: np.ndarray
    layers: list
    mask: np.ndarray | None
    input_shape: tuple
    ready: Ready

    @property
    def state(self):
        return [layer.state for layer in self.layers]


class GradientTree(list):
    """∂loss/∂params: a list over layers of dicts, as params is. The type tells to_torch what it is given."""


@dataclass
class Grad:
    """A backward pass: params mirrors the parameters, hs[l] (T, B, H) is the total ∂loss/∂h_t of layer l."""

    params: GradientTree
    xs: np.ndarray
    state: list
    hs: list
    by_step: list  # over layers of (T,), where it was asked for


def differing(ready, net):
    """The options in which two nets differ, as the end of a complaint."""
    other, here = ready.described, net.described
    names = [n for n in here if here[n] != other[n]]
    want, got = (", ".join(f"{n}={d[n]!r}" for n in names) for d in (here, other))
    return f"{want}; got {got}"


def check_run(net, params, run):
    """Raise unless `run` is a forward pass of this net with these parameters, whole enough for the way back."""
    check.instance("run", run, Run, "what forward returned")
    if run.ready.described != net.described:
        raise ValueError(f"run: expected a forward pass of this net, {differing(run.ready, net)}")
    if run.layers[0].passes is None:
        raise ValueError("run: expected a forward pass with keep=True, got one that kept nothing for the way back")
    if params is run.ready:
        return
    net.check_params(params)
    for l, (layer, made) in enumerate(zip(params, run.ready.params)):
        for name, value in layer.items():
            if not np.array_equal(value, made[name], equal_nan=True):
                raise ValueError(
                    f"params[{l}][{name!r}]: expected the values with which forward made this run, got others"
                )
