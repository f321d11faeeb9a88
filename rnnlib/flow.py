"""Measures of gradient flow: how far, and how fast, a gradient travels through time and depth.

Notation: s_t is the whole state of the stack at step t, the layers' states side by side, lowest layer first:
(h^1, ..., h^L), and for the LSTM (h^1, c^1, h^2, c^2, ...). N is its size. J_t = ∂s_t/∂s_{t-1} is N × N, row =
output. Every Jacobian here comes from the network's own backward pass, with one unit vector per batch column.
"""

import math

import numpy as np

from . import check
from .net import check_net
from .run import Grad, Run
from .stack import DeepRNN


def gradient_flow(net, params, xs, dhs, *, lengths=None, state=None):
    """(L, T): ‖∂loss/∂h_t^l‖, Euclidean over batch and units, where dhs = ∂loss/∂run.hs. Where layers differ in their
    number of steps, for one strides or is a decoder: a list over layers of (T,).
    The gradient is total: own loss, layers above and future together. On padding it is zero. TypeError where net is no
    network; ValueError where dhs (T, B, H) or what `net.forward` takes has another shape."""
    check_net("net", net)
    return norms(net.backward(params, net.forward(params, xs, state, lengths=lengths), dhs))


def weight_gradients_by_step(net, params, xs, dhs, *, lengths=None, state=None):
    """(L, T): the Frobenius norm of what step t adds to the gradient of layer l's recurrent weights.

        ∂loss/∂W_hh = Σ_t Σ_b h_{t-1,b} ⊗ dz_{t,b},    term t: Σ_b h_{t-1,b} ⊗ dz_{t,b}

    A gradient by h that fades on its way back is of no consequence by itself; what learning misses is these terms, for
    they are what an update is made of. (Asked for since 2017: pytorch#1407.) Both directions are taken together.
    TypeError where net is no DeepRNN; ValueError where a shape does not fit."""
    run = check.instance("net", net, DeepRNN).forward(params, xs, state, lengths=lengths)
    return np.array(net.backward(params, run, dhs, by_step=True).by_step)


def norms(grad):
    """(L, T) of a backward pass that has been made, the `Grad` of net.backward; TypeError for anything else."""
    hs = check.instance("grad", grad, Grad, "what backward returned").hs
    rows = [np.linalg.norm(dh.astype(np.float64), axis=(1, 2)) for dh in hs]
    return np.array(rows) if len({len(row) for row in rows}) == 1 else rows


PIECE = 2**20  # numbers of a Jacobian that `step_jacobians` makes at a time


def _one_way(net):
    if check.instance("net", net, DeepRNN).bidirectional:
        raise ValueError("net: expected one direction, got a bidirectional stack, which has no step from t-1 to t")


def pack(state):
    """A state (list over layers of tuples of (B, H)) as (B, N). TypeError if it is none, ValueError if B differs."""
    check.instance("state", state, (list, tuple), "a list over layers of tuples of arrays")
    arrays, first = [], None
    for l, layer in enumerate(state):
        for k, s in enumerate(check.instance(f"state[{l}]", layer, (list, tuple), "a tuple of arrays")):
            B, dtype = (None, None) if first is None else (len(first), first.dtype)
            arrays.append(check.array(f"state[{l}][{k}]", s, [("B", B), ("H", None)], dtype))
            first = arrays[0]
        if not len(layer):
            raise ValueError(f"state[{l}]: expected at least one array, got {layer!r}")
    if not arrays:
        raise ValueError(f"state: expected at least one layer, got {state!r}")
    return np.concatenate(arrays, axis=-1)


def unpack(net, s):
    """The inverse of `pack`, of s (B, N). ValueError where N is not the net's; TypeError where the dtype is not."""
    check.instance("net", net, DeepRNN)
    N = net.output_size * sum(y.cell.states for y in net.layers)
    s = check.array("s", s, [("B", None), ("N", N)], net.dtype)
    parts = iter(np.split(s, s.shape[-1] // net.hidden_size, axis=-1))
    return [tuple(np.ascontiguousarray(next(parts)) for _ in range(y.cell.states)) for y in net.layers]


def trajectory(net, params, xs, state=None):
    """(T + 1, B, N): s_0, s_1, ..., s_T for xs (T, B, D). ValueError where net is bidirectional or a shape is wrong."""
    _one_way(net)
    run = net.forward(params, xs, state)
    return np.concatenate([s for layer in run.layers for s in layer.passes[0].states], axis=-1)


def long_range_jacobian(net, params, xs, state=None):
    """(N, N): ∂s_T/∂s_0 along one xs (T, D), from `state` (B = 1; zero if None). ValueError as from `trajectory`."""
    _one_way(net)
    xs = check.array("xs", xs, [("T", None), ("D", net.input_size)], net.dtype, finite=True)
    net.check_params(params)
    s_0 = pack(net.zero_state(1) if state is None else net.check_state("state", state, 1))
    N = s_0.shape[-1]
    run = net.forward(params, np.repeat(xs[:, None], N, axis=1), unpack(net, np.repeat(s_0, N, axis=0)))
    seeds = unpack(net, np.eye(N, dtype=net.dtype))
    return pack(net.backward(params, run, np.zeros_like(run.hs), seeds).state)


def step_jacobians(net, params, xs, state=None):
    """(T, N, N): J_t = ∂s_t/∂s_{t-1} for every step along one sequence xs (T, D).

    The N rows of many steps go back as one batch, as many steps as fit into PIECE numbers. ValueError as from
    `trajectory`, and where a state on the way is not finite."""
    _one_way(net)
    xs = check.array("xs", xs, [("T", None), ("D", net.input_size)], net.dtype, finite=True)
    s = trajectory(net, params, xs[:, None], state)[:-1, 0]  # (T, N)
    if not np.isfinite(s).all():
        t = int(np.argmin(np.isfinite(s).all(axis=1)))
        raise ValueError(f"params: expected weights under which the state stays finite, got {s[t]} at step {t}")
    T, N = s.shape
    J, ready, size = np.empty((T, N, N), net.dtype), net.prepare(params), max(1, PIECE // N**2)
    for first in range(0, T, size):
        here = slice(first, first + size)
        run = net.forward(ready, np.repeat(xs[here], N, axis=0)[None], unpack(net, np.repeat(s[here], N, axis=0)))
        seeds = unpack(net, np.tile(np.eye(N, dtype=net.dtype), (len(xs[here]), 1)))
        J[here] = pack(net.backward(ready, run, np.zeros_like(run.hs), seeds).state).reshape(-1, N, N)
    return J


def singular_values(J):
    """σ_1 >= σ_2 >= ...: by how much J stretches, in its N orthogonal directions. J (..., N, N) -> (..., N);
    ValueError where J is not square or not finite."""
    J = check.array("J", J, None, finite=True)
    if J.ndim < 2 or J.shape[-1] != J.shape[-2] or not J.size:
        raise ValueError(f"J: expected shape (..., N, N), got {J.shape}")
    return np.linalg.svd(J, compute_uv=False)


def lyapunov_exponents(jacobians, discard=0):
    """(N,): the mean log growth per step, nats, of N independent small perturbations, largest first.

    Q_t R_t = J_t Q_{t-1};  λ_k = mean over t of ln |R_t[k, k]|      (Benettin et al. 1980)
    jacobians (T, N, N), as `step_jacobians` gives them; discard : leading steps in which Q still turns.
    A direction that is annihilated has exponent -inf. ValueError where no step is left, or a J is not square."""
    jacobians = check.array("jacobians", jacobians, [("T", None), ("N", None), ("N", None)], finite=True)
    check.shape("jacobians", jacobians, [("T", None), ("N", None), ("N", jacobians.shape[1])])
    discard = check.size("discard", discard, 0, len(jacobians) - 1)
    N = jacobians.shape[-1]
    Q, logs = np.eye(N), []
    for J in jacobians:
        Q, R = np.linalg.qr(J @ Q)
        with np.errstate(divide="ignore"):
            logs.append(np.log(np.abs(np.diag(R))))
    return np.sort(np.mean(logs[discard:], axis=0))[::-1]


def saturation(run, limit=0.97):
    """(L,): the share of units, over steps and sequences, where |h| > limit: there the slope of tanh is below 0.06.
    For the LSTM, whose h is a product, the share of gates that stand within 1 - limit of an end of their scale.
    TypeError where run is no Run of a DeepRNN; ValueError where it was made with keep=False, or not 0 <= limit <= 1."""
    check.number("limit", limit, 0, 1)
    shares = []
    for layer in _kept(run).layers:
        gates = [p.gates for p in layer.passes if p.gates is not None]
        if gates and len(layer.passes[0].states) > 1:
            values = np.concatenate([np.abs(2 * np.delete(g, 2, axis=1) - 1).ravel() for g in gates])  # without g
        else:
            values = np.abs(layer.hs).ravel()
        shares.append(float((values > limit).mean()))
    return np.array(shares)


def _kept(run):
    """A run whose way was kept."""
    if check.instance("run", run, Run, "what net.forward returned").layers[0].passes is None:
        raise ValueError("run: expected a forward pass with keep=True, got one that kept nothing")
    return run


def spread(run):
    """(L,): how far the layers' last outputs differ from sequence to sequence, the standard deviation over sequences,
    root mean square over units. A top layer without spread answers everything alike. TypeError where run is no Run."""
    return np.array(
        [
            float(np.sqrt((y.state[0].astype(np.float64).std(0) ** 2).mean()))
            for y in check.instance("run", run, Run, "what net.forward returned").layers
        ]
    )


def update_ratios(before, after):
    """(L,): ‖ΔW‖ / ‖W‖ per layer over its weight matrices, for two lists of layer parameters. Infinite where the
    weights were zero, nan where they also stayed so. ValueError where shapes differ; TypeError where they are none."""
    before = _layers("before", before)
    if isinstance(after, (list, tuple)) and len(after) != len(before):
        raise ValueError(f"after: expected {len(before)} layers, as before has, got {len(after)}")
    after = check.tree("after", after, before)
    names = [[name for name in p if name.startswith("W_")] for p in before]
    moved = [np.sqrt(sum(((b[n] - a[n]) ** 2).sum() for n in ns)) for ns, a, b in zip(names, before, after)]
    size = [np.sqrt(sum((a[n] ** 2).sum() for n in ns)) for ns, a in zip(names, before)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array(moved, float) / np.array(size, float)


def _layers(name, value):
    """A list over layers of dicts of arrays, weight matrices among them."""
    check.instance(name, value, (list, tuple), "a list of dicts of arrays")
    value = check.tree(name, value)
    for l, layer in enumerate(value):
        if not isinstance(layer, dict) or not any(isinstance(n, str) and n.startswith("W_") for n in layer):
            raise TypeError(
                f"{name}[{l}]: expected a dict of arrays, weights W_... among them, got {check.came(layer)}"
            )
        for key in layer:
            check.text(f"{name}[{l}] key", key)
            check.instance(f"{name}[{l}][{key!r}]", layer[key], np.ndarray, "an array")
    return value


def decay_rate(norms):
    """Slope of ln(norms) against the lag, per step, by least squares: negative is vanishing, positive exploding.

    norms (K,): positive, ordered from the nearest lag to the farthest. ValueError where they are not, or only one."""
    norms = check.array("norms", norms, [("K", None)], finite=True)
    if len(norms) < 2 or (norms <= 0).any():
        raise ValueError(f"norms: expected at least 2 positive values, got {len(norms)}, smallest {norms.min():.3g}")
    lags = np.arange(len(norms))
    return float(np.polyfit(lags, np.log(norms.astype(np.float64)), 1)[0])


def half_life(norms):
    """Steps in which the norm halves, ln 2 / -rate; infinite if it does not decay. norms (K,) and their ValueError are
    those of `decay_rate`."""
    rate = decay_rate(norms)
    return math.log(2) / -rate if rate < 0 else math.inf


def time_rate(row):
    """Slope of ln ‖∂loss/∂h_t‖, row (T,), per step back from the last, over the steps that have a gradient; nan if too
    few. ValueError where one is negative or not finite."""
    back = check.array("row", row, [("T", None)], finite=True, low=0)[::-1]
    back = back[: np.argmax(back == 0)] if (back == 0).any() else back
    return decay_rate(back) if len(back) > 1 else math.nan


def layer_factor(column):
    """What one layer multiplies the norm by, on the way down: the geometric mean over column (L,); nan for a single
    layer, and where no gradient is at the top. ValueError where a norm is negative or not finite."""
    column = check.array("column", column, [("L", None)], finite=True, low=0)
    return float((column[0] / column[-1]) ** (1 / (len(column) - 1))) if len(column) > 1 and column[-1] else math.nan


def linear_stack_response(a, b, L, lags):
    """b^L C(τ+L-1, L-1) a^τ: the answer at lag τ of L linear layers h^l_t = a h^l_{t-1} + b h^{l-1}_t to one pulse.

    An L-fold convolution of the geometric series b a^τ. Depth multiplies the exponential by a polynomial of degree
    L - 1 and leaves its rate ln|a| alone. lags (K,) -> (K,). ValueError where a lag is negative, or L < 1."""
    a, b, L = check.number("a", a), check.number("b", b), check.size("L", L)
    lags = check.integers("lags", lags, [("K", None)], 0, check.LARGEST)
    return np.array([b**L * math.comb(int(t) + L - 1, L - 1) * a ** int(t) for t in lags])
