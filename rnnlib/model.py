"""A network with a linear read-out and a loss.

    y_t = h_t W_hy + b_y                                            (T, B, V), or (B, V) at the last valid step
                                                                    (of the reverse direction: the first)
    cross_entropy   loss = mean of -log softmax(y)[target], in nats      targets: integers (T, B) or (B,)
    mse             loss = mean of (y - target)²                         targets: floats (T, B, V) or (B, V)

The mean runs over everything that is not padding.
"""

from dataclasses import dataclass

import numpy as np

from . import check
from .net import check_net
from .run import Run


def cross_entropy(ys, targets):
    """Loss per row (N,), nats, and its gradient by ys (N, V): -log p[target] and p - one_hot(target), p = softmax(y).

    targets (N,) integers. Nothing is checked here: `Model.loss_and_dys` is the door."""
    ys = ys - ys.max(-1, keepdims=True)
    log_p = ys - np.log(np.exp(ys).sum(-1, keepdims=True))
    rows = np.arange(len(ys))
    dys = np.exp(log_p)
    dys[rows, targets] -= 1
    return -log_p[rows, targets], dys


def mse(ys, targets):
    """Loss per row (N,), mean over the V outputs of (y - target)², and its gradient by ys (N, V), targets (N, V).

    Nothing is checked here: `Model.loss_and_dys` is the door."""
    error = ys - targets
    return (error * error).mean(-1), 2 * error / error.dtype.type(error.shape[-1])


LOSSES = {"cross_entropy": cross_entropy, "mse": mse}


@dataclass
class ModelRun:
    """ys (T, B, V) or (B, V), the run of the stack, and the final state."""

    ys: np.ndarray
    run: Run
    features: np.ndarray  # what the read-out read: (T, B, H) or (B, H)
    ends: list  # (steps (B,), units) of each direction: where it has read all of a sequence
    W_hy: np.ndarray | None  # a copy, as the way back reads it

    @property
    def state(self):
        """The final state of the net."""
        return self.run.state


class Model:
    """A net, a `DeepRNN` or any with its face (`rnnlib.net`), with a read-out of `output_size` values V and a loss.

    output_size : None for no read-out, where the net's own outputs are the answer, as those of a `Seq2Seq` are.
    loss : "cross_entropy" or "mse".  at : "each_step" or "last_step", the last valid one. There each direction is read
    where it has read the whole sequence: the reverse one at the first step, for at the last it has seen one input.
    TypeError where net is no network; ValueError where loss or at has another name, or a size is below 1.
    """

    def __init__(self, net, output_size, loss="cross_entropy", at="each_step"):
        self.net = check_net("net", net)
        self.reads_out = output_size is not None
        self.output_size = check.size("output_size", output_size) if self.reads_out else net.output_size
        self.dtype = net.dtype
        self.loss = check.choice("loss", loss, LOSSES)
        self.at = check.choice("at", at, ("each_step", "last_step"))

    def init(self, rng, **scheme):
        """Parameters {"layers": those of the stack, "W_hy": (H, V), "b_y": (V,)}; W_hy as PyTorch's Linear, b_y = 0."""
        layers, bound = self.net.init(rng, **scheme), 1 / np.sqrt(self.net.output_size)
        if not self.reads_out:
            return {"layers": layers}
        W_hy = rng.uniform(-bound, bound, (self.net.output_size, self.output_size)).astype(self.dtype)
        return {"layers": layers, "W_hy": W_hy, "b_y": np.zeros(self.output_size, self.dtype)}

    def forward(self, params, xs, lengths=None, *, state=None, rng=None):
        """xs (T, B, D), lengths (B,) -> ModelRun. ValueError or TypeError where one of them does not fit."""
        params = self.check_params(params)
        run = self.net.forward(params["layers"], xs, state, lengths=lengths, rng=rng)
        T, B, _ = run.hs.shape
        ends = self.net.ends(np.full(B, T - 1) if run.mask is None else run.mask.sum(0) - 1)
        each = np.arange(B)
        features = run.hs
        if self.at == "last_step":
            features = np.concatenate([run.hs[steps, each, units] for steps, units in ends], axis=1)
        if not self.reads_out:
            return ModelRun(features, run, features, ends, None)
        return ModelRun(features @ params["W_hy"] + params["b_y"], run, features, ends, np.array(params["W_hy"]))

    def predict(self, params, xs, lengths=None):
        """The read-out ys (T, B, V) or (B, V): scores for cross_entropy (argmax is the class), values for mse."""
        return self.forward(params, xs, lengths).ys

    def loss_and_dys(self, ys, targets, mask=None):
        """The mean loss and ∂loss/∂ys, for ys (T, B, V) or (B, V); padding (mask False) counts for nothing."""
        axes = [("T", None), ("B", None)] if self.at == "each_step" else [("B", None)]
        ys = check.array("ys", ys, [*axes, ("V", self.output_size)], self.dtype)
        if mask is not None:
            T, B = (None, *ys.shape[:-1])[-2:]
            mask = check.array("mask", mask, [("T", T), ("B", B)], bool)
            if not mask.any():
                raise ValueError("mask: expected at least one True, got none")
        targets = self.check_targets(targets, ys.shape[:-1], mask)
        targets = targets.reshape(-1, *targets.shape[ys.ndim - 1 :])
        losses, dys = LOSSES[self.loss](ys.reshape(-1, self.output_size), targets)
        if mask is None or self.at == "last_step":
            weight = np.full(losses.shape, 1 / losses.size, self.dtype)
        else:
            weight = (mask.reshape(-1) / mask.sum()).astype(self.dtype)
        return float(losses @ weight), (dys * weight[:, None]).reshape(ys.shape)

    def target_sizes(self, xs, mask):
        """For checked sequences and their mask: ((T', B), the mask of the T' steps that come out), or ((B,), None)."""
        T, B = xs.shape[:2]
        if self.at == "last_step":
            return (B,), None
        T = self.net.steps(T)
        return (T, B), None if mask is None else np.arange(T)[:, None] < self.net.steps(mask.sum(0))

    def check_targets(self, targets, sizes, mask=None):
        """As an array, zero on the padding: sizes = (T, B) or (B,), and V behind them for mse."""
        axes = list(zip("TB"[-len(sizes) :], sizes))
        targets = check.asarray("targets", targets)
        padded = mask is not None and len(sizes) == 2 and targets.shape[:2] == mask.shape
        if padded and targets.dtype.kind in "iuf":
            real = mask.reshape(*mask.shape, *[1] * (targets.ndim - 2))
            targets = np.where(real, targets, targets.dtype.type(0))  # whatever stands in the padding, NaN included
        if self.loss == "cross_entropy":
            return check.integers("targets", targets, axes, 0, self.output_size - 1)
        return check.array("targets", targets, [*axes, ("V", self.output_size)], self.dtype)

    def evaluate(self, params, xs, targets, lengths=None, *, state=None):
        """The mean loss alone: no dropout, no gradient."""
        run = self.forward(params, xs, lengths, state=state)
        return self.loss_and_dys(run.ys, targets, run.run.mask)[0]

    def loss_and_grads(self, params, xs, targets, lengths=None, *, state=None, rng=None):
        """The mean loss and its gradient by every parameter, in the structure of params."""
        run = self.forward(params, xs, lengths, state=state, rng=rng)
        loss, dys = self.loss_and_dys(run.ys, targets, run.run.mask)
        return loss, self.backward(params, run, dys)

    def backward(self, params, run, dys):
        """∂loss/∂params from dys = ∂loss/∂ys; run comes from `forward`. ValueError where other params made it."""
        check.instance("run", run, ModelRun, "what forward returned")
        params, H, V = self.check_params(params), self.net.output_size, self.output_size
        if self.reads_out and not np.array_equal(params["W_hy"], run.W_hy, equal_nan=True):
            raise ValueError("params['W_hy']: expected the values with which forward made this run, got others")
        symbols = "TB" if self.at == "each_step" else "B"
        check.shape("run.features", run.features, [*((symbol, None) for symbol in symbols), ("H", H)])
        dys = check.array("dys", dys, [*zip(symbols, run.features.shape), ("V", V)], self.dtype)
        features, flat = run.features.reshape(-1, H), dys.reshape(-1, V)
        dfeatures = (flat @ params["W_hy"].T).reshape(run.features.shape) if self.reads_out else dys
        if self.at == "each_step":
            dhs = dfeatures
        else:
            dhs = np.zeros_like(run.run.hs)
            for steps, units in run.ends:
                dhs[steps, np.arange(len(steps)), units] = dfeatures[:, units]
        layers = self.net.backward(params["layers"], run.run, dhs).params
        return {"layers": layers} | ({"W_hy": features.T @ flat, "b_y": flat.sum(0)} if self.reads_out else {})

    def check_params(self, params):
        """The read-out's as arrays; the stack's are left to it, for they may be made ready."""
        H, V = self.net.output_size, self.output_size
        shapes = {"W_hy": [("H", H), ("V", V)], "b_y": [("V", V)]} if self.reads_out else {}
        rest = {k: v for k, v in params.items() if k != "layers"} if isinstance(params, dict) else params
        rest = check.keys("params", rest, shapes, self.dtype)
        if "layers" not in params:
            raise ValueError(f"params: expected the key 'layers' (the stack's parameters), got {sorted(params)}")
        return {"layers": params["layers"], **rest}
