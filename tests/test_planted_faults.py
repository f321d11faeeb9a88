"""A test of the tests: every fault planted here must make the gradient checker fail.

Each fault is a backward pass as someone wrote it: the published ones with their origin (all of them had been
trained with, and the loss went down). A fault is caught if `gradcheck` reports more than 1e-5, where the library
itself, under the same settings, stays below 1e-6; and where the fault touches a single array, it must be the one
that the checker names.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from helpers import CELL_IDS, CELLS, hand_step, random_params, random_state, rng, sigmoid

import rnnlib
from rnnlib.layer import Layer, LayerGrad, LayerRun
from rnnlib.tree import map_leaves

CAUGHT, TRIED = [], []


@dataclass
class Fault:
    name: str
    plant: Callable  # takes pytest's monkeypatch
    net: dict = field(default_factory=dict)  # the arguments of DeepRNN in which the fault shows
    where: str = ""  # a pattern of what the checker must name; "" where several arrays are wrong
    origin: str = ""
    lengths: list | None = None
    model: dict | None = None  # the arguments of Model, if the fault is in the read-out


FAULTS = []


def fault(name, where="", origin="", lengths=None, model=None, **net):
    """Enter a fault: the function below it plants it."""

    def enter(plant):
        FAULTS.append(Fault(name, plant, net, where, origin, lengths, model))
        return plant

    return enter


# ---- 1. backward passes as textbooks and homework write them: step by step, one gate after the other


def textbook_backward(wrong, layer, p, run, dhs, dstate):
    """`Layer.backward` written a second time, from the inputs and the first state alone; `wrong` names its fault."""
    cell, nonlinearity = type(layer.cell).__name__, getattr(layer.cell, "nonlinearity", "tanh")
    (T, B, _), H, norm = run.xs.shape, layer.hidden_size, layer.layer_norm
    states = [tuple(s[0] for s in run.states)]
    for t in range(T):  # forward, one sequence at a time
        rows = [
            hand_step(cell.lower(), nonlinearity, p, run.xs[t, b], tuple(s[b] for s in states[t])) for b in range(B)
        ]
        states.append(tuple(np.array(s) for s in zip(*rows, strict=True)))

    def normed(z, gain):
        std = np.sqrt(z.var(-1, keepdims=True) + 1e-5)
        z_hat = (z - z.mean(-1, keepdims=True)) / std
        return gain * z_hat, z_hat, std

    def normed_back(dy, gain, z_hat, std):
        d = dy * gain
        if wrong == "layer norm without the mean terms":
            return d / std
        if wrong == "layer norm without the variance term":
            return (d - d.mean(-1, keepdims=True)) / std
        return (d - d.mean(-1, keepdims=True) - z_hat * (d * z_hat).mean(-1, keepdims=True)) / std

    grads = {name: np.zeros_like(value) for name, value in p.items()}
    dxs, dh_total = np.zeros_like(run.xs), np.zeros_like(dhs)
    dh, dc = dstate[0], dstate[1] if cell == "LSTM" else None
    for t in reversed(range(T)):
        x, prev, new = run.xs[t], states[t], states[t + 1]
        h_prev = prev[0]
        if wrong == "h_{t-1} at t = 0 wraps round to the last state":
            h_prev = states[1:][t - 1][0]
        dh = dhs[t] if wrong == "dh = for dh +=" else dhs[t] + dh
        dh_total[t] = dh
        zx, zh = x @ p["W_xh"], h_prev @ p["W_hh"]
        if norm:
            zx, x_hat, x_std = normed(zx, p["g_x"])
            zh, h_hat, h_std = normed(zh, p["g_h"])
        zx = zx + p["b_h"]
        zx_k, zh_k = np.split(zx, zx.shape[1] // H, axis=1), np.split(zh, zh.shape[1] // H, axis=1)

        dh_bypass = 0
        if cell == "RNN":
            h = new[0]
            slope = 1 - h**2 if nonlinearity == "tanh" else (h > 0) * 1.0
            if wrong == "tanh' of the value that tanh was applied to already":
                slope = 1 - np.tanh(h) ** 2
            if wrong == "no nonlinearity":
                slope = 1.0
            if wrong == "ReLU passes at h >= 0":
                slope = (h >= 0) * 1.0
            dzx = dzh = dh * slope
        elif cell == "LSTM":
            i, f, o = (sigmoid(zx_k[k] + zh_k[k]) for k in (0, 1, 3))
            g, tanh_c = np.tanh(zx_k[2] + zh_k[2]), np.tanh(new[1])
            if wrong == "the sigmoid applied twice":
                di, df, do = (sigmoid(s) * (1 - sigmoid(s)) for s in (i, f, o))
            else:
                di, df, do = (s * (1 - s) for s in (i, f, o))
            dc_here = dh * o * (1 - tanh_c**2)
            dc = dc_here if wrong == "the dc path dropped" else dc + dc_here
            parts = [dc * g * di, dc * prev[1] * df, dc * i * (1 - g**2), dh * tanh_c * do]
            if wrong == "gates i and f swapped":
                parts[0], parts[1] = parts[1], parts[0]
            if wrong == "c_t for c_{t-1} at the forget gate":
                parts[1] = dc * new[1] * df
            dzx = dzh = np.hstack(parts)
            dc = dc if wrong == "the forget gate left out of the bypass" else dc * f
            if wrong == "a factor 1.001 on the LSTM's bypass":
                dc = 1.001 * dc
        else:
            r, z = (sigmoid(zx_k[k] + zh_k[k]) for k in (0, 1))
            zh_n = zh_k[2] + p["b_hn"]
            n = np.tanh(zx_k[2] + r * zh_n)
            dn = dh * (1 - z) * (1 - n**2)
            dr, dz = dn * zh_n * r * (1 - r), dh * (h_prev - n) * z * (1 - z)
            if wrong == "z and 1 - z exchanged":
                dz = -dz
            dzx, dzh = np.hstack([dr, dz, dn]), np.hstack([dr, dz, dn * r])
            if wrong == "r left out of the candidate's recurrent part":
                dzh = dzx
            dh_bypass = 0 if wrong == "the bypass z dropped" else dh * z
            if wrong == "a factor 1.001 on the GRU's bypass":
                dh_bypass = 1.001 * dh_bypass
            grads["b_hn"] += (dn if wrong == "b_hn's gradient taken without r" else dn * r).sum(0)

        grads["b_h"] += dzx.sum(0)
        if norm:
            if wrong != "the gain has no gradient":
                grads["g_x"] += (dzx * x_hat).sum(0)
                grads["g_h"] += (dzh * h_hat).sum(0)
            dzx, dzh = normed_back(dzx, p["g_x"], x_hat, x_std), normed_back(dzh, p["g_h"], h_hat, h_std)
        dW_hh = (new[0] if wrong == "h_t for h_{t-1} in dW_hh" else h_prev).T @ dzh
        if wrong == "reset before the product, in the backward pass alone":
            dW_hh[:, 2 * H :] = (r * h_prev).T @ dn
        if wrong == "= for += on the shared W_hh":
            grads["W_hh"] = dW_hh
        else:
            grads["W_hh"] += dW_hh
        grads["W_xh"] += x.T @ dzx
        dxs[t] = dzx @ p["W_xh"].T
        if wrong == "an elementwise product for the Jacobian":
            dh = dzh * np.diag(p["W_hh"])
        elif wrong == "W_hh not transposed":
            dh = dzh @ p["W_hh"]
        elif wrong == "reset before the product, in the backward pass alone":
            dh = dzh[:, : 2 * H] @ p["W_hh"][:, : 2 * H].T + r * (dn @ p["W_hh"][:, 2 * H :].T)
        else:
            dh = dzh @ p["W_hh"].T
        dh = dh + dh_bypass
        if wrong == "truncated after two steps, in silence" and t % 2 == 0:
            dh = np.zeros_like(dh)
    return LayerGrad(grads, dxs, dh_total, (dh,) if dc is None else (dh, dc))


def textbook(monkeypatch, wrong=None):
    def backward(layer, p, run, dhs, dstate, by_step=False):
        return textbook_backward(wrong, layer, p, run, dhs, dstate)

    monkeypatch.setattr(Layer, "backward", backward)


PLAIN, NORM = {"cell": "rnn"}, {"cell": "rnn", "layer_norm": True}
for name, net, where, origin in [
    ("= for += on the shared W_hh", PLAIN, "W_hh", "the classic; CS231n forum"),
    ("h_t for h_{t-1} in dW_hh", PLAIN, "W_hh", ""),
    ("h_{t-1} at t = 0 wraps round to the last state", PLAIN, "W_hh", "a university lab's BPTT"),
    ("tanh' of the value that tanh was applied to already", PLAIN, "", "a university lab's BPTT"),
    ("no nonlinearity", PLAIN, "", "pytorch/tutorials#647, #3953"),
    ("dh = for dh +=", PLAIN, "", "upstream gradient and gradient from the future confused"),
    ("an elementwise product for the Jacobian", PLAIN, "", "a well-known lab on vanishing gradients"),
    ("W_hh not transposed", PLAIN, "", ""),
    ("truncated after two steps, in silence", PLAIN, "", ""),
    ("ReLU passes at h >= 0", {"cell": "rnn", "nonlinearity": "relu"}, "", ""),
    ("the dc path dropped", {"cell": "lstm"}, "", ""),
    ("gates i and f swapped", {"cell": "lstm"}, "", ""),
    ("c_t for c_{t-1} at the forget gate", {"cell": "lstm"}, "", ""),
    ("the forget gate left out of the bypass", {"cell": "lstm"}, "", ""),
    ("a factor 1.001 on the LSTM's bypass", {"cell": "lstm"}, "", ""),
    ("a factor 1.001 on the GRU's bypass", {"cell": "gru"}, "", ""),
    ("the sigmoid applied twice", {"cell": "lstm"}, "", "a university lab's BPTT"),
    ("reset before the product, in the backward pass alone", {"cell": "gru"}, "", "the two published forms mixed"),
    ("r left out of the candidate's recurrent part", {"cell": "gru"}, "", ""),
    ("b_hn's gradient taken without r", {"cell": "gru"}, "b_hn", ""),
    ("z and 1 - z exchanged", {"cell": "gru"}, "", "Cho 2014 and PyTorch name the update gate the other way round"),
    ("the bypass z dropped", {"cell": "gru"}, "", ""),
    ("layer norm without the mean terms", NORM, "", ""),
    ("layer norm without the variance term", NORM, "", ""),
    ("the gain has no gradient", NORM, "g_[xh]", ""),
]:
    fault(name, where, origin, **net)(lambda monkeypatch, name=name: textbook(monkeypatch, name))


# ---- 2. the library itself, bent


def bend(monkeypatch, owner, method, bent):
    """Replace `owner.method` by bent(true method, *arguments)."""
    true = getattr(owner, method)
    monkeypatch.setattr(owner, method, lambda *args, **kwargs: bent(true, *args, **kwargs))


def bend_gradient(monkeypatch, change):
    """Let `change` edit the Grad that DeepRNN.backward returns."""

    def bent(true, net, params, run, dhs, dstate=None):
        grad = true(net, params, run, dhs, dstate)
        change(net, grad)
        return grad

    bend(monkeypatch, rnnlib.DeepRNN, "backward", bent)


def bend_run(monkeypatch, change):
    """Let DeepRNN.backward work on change(net, run) in place of the run."""
    bend(
        monkeypatch,
        rnnlib.DeepRNN,
        "backward",
        lambda true, net, params, run, *rest, **kw: true(net, params, change(net, run), *rest, **kw),
    )


def bend_net(monkeypatch, **attributes):
    """Let DeepRNN.backward believe that the net has other attributes."""

    def bent(true, net, params, run, *rest, **kw):
        other = copy.copy(net)
        vars(other).update(attributes)
        run = replace(run, ready=replace(run.ready, described=other.described))
        return true(other, params, run, *rest, **kw)

    bend(monkeypatch, rnnlib.DeepRNN, "backward", bent)


@fault("a factor 1.001 on one gate's recurrent weights", "params/1/W_hh", cell="lstm")
def _(monkeypatch):
    def change(net, grad):
        grad.params[1]["W_hh"][:, net.hidden_size : 2 * net.hidden_size] *= 1.001

    bend_gradient(monkeypatch, change)


@fault("two layers share one gradient", "params/2", origin="macanv/BERT-BiLSTM-CRF-NER#252", cell="gru")
def _(monkeypatch):
    def change(net, grad):
        grad.params[2] = grad.params[1]

    bend_gradient(monkeypatch, change)


@fault("the upstream gradient changed in place", origin="Burton2000/CS231n-2017#7", cell="rnn")
def _(monkeypatch):
    def bent(true, net, params, run, dhs, dstate=None):
        grad = true(net, params, run, dhs, dstate)
        dhs += grad.hs[-1] - dhs  # what `dhs[t] += dh_next` does in a loop
        return grad

    bend(monkeypatch, rnnlib.DeepRNN, "backward", bent)


@fault("the raw input goes to every middle layer", "params/1/W_xh", origin="a textbook's multilayer GRU", cell="gru")
def _(monkeypatch):
    def change(net, run):
        raw = run.layers[0].passes[0].xs
        middle = [replace(y, passes=[replace(p, xs=raw) for p in y.passes]) for y in run.layers[1:-1]]
        return replace(run, layers=[run.layers[0], *middle, *run.layers[-1:]] if net.num_layers > 1 else run.layers)

    bend_run(monkeypatch, change)


@fault("wrong above two layers alone", "params/0", origin="apache/mxnet#18203", cell="lstm")
def _(monkeypatch):
    def change(net, grad):
        for layer in grad.params[: max(net.num_layers - 2, 0)]:
            for g in layer.values():
                g *= 0.5

    bend_gradient(monkeypatch, change)


@fault("the cell state goes up in place of the hidden state", origin="pytorch/examples#167", cell="lstm")
def _(monkeypatch):
    monkeypatch.setattr(LayerRun, "hs", property(lambda run: run.states[1][1:]))


@fault("the residual path missing on the way back", cell="rnn", residual=True)
def _(monkeypatch):
    bend_net(monkeypatch, residual=False)


@fault("the skips send nothing back to xs", r"^xs", cell="rnn", skip_input=True)
def _(monkeypatch):
    def bent(true, layer, *arguments):
        grad = true(layer, *arguments)
        if layer.input_size > layer.hidden_size:
            grad.xs[..., layer.hidden_size :] = 0
        return grad

    bend(monkeypatch, Layer, "backward", bent)


@fault("the dropout mask not applied on the way back", cell="rnn", dropout=0.5)
def _(monkeypatch):
    bend_run(monkeypatch, lambda net, run: replace(run, layers=[replace(y, chosen=None) for y in run.layers]))


@fault("dropout without its 1 / (1 - p) on the way back", cell="rnn", dropout=0.5)
def _(monkeypatch):
    def bent(true, net, *arguments):
        with monkeypatch.context() as back:
            back.setattr(rnnlib.DeepRNN, "thinned", lambda net, a, chosen: a * chosen)
            return true(net, *arguments)

    bend(monkeypatch, rnnlib.DeepRNN, "backward", bent)


@fault("the reverse direction not turned round again", cell="gru", bidirectional=True)
def _(monkeypatch):
    bend_net(monkeypatch, directions=[("", 1), ("_reverse", 1)])


@fault("the reverse direction gets the forward one's gradient", "_reverse", cell="rnn", bidirectional=True)
def _(monkeypatch):
    def change(net, grad):
        for layer in grad.params:
            layer["W_hh_reverse"] = layer["W_hh"]

    bend_gradient(monkeypatch, change)


@fault("padding leaks", cell="lstm", lengths=[5, 2])
def _(monkeypatch):
    def change(net, run):
        layers = [replace(y, passes=[replace(p, mask=None) for p in y.passes]) for y in run.layers]
        return replace(run, mask=None, layers=layers)

    bend_run(monkeypatch, change)


@fault("the gradient of the last state forgotten", cell="lstm")
def _(monkeypatch):
    bend(
        monkeypatch, rnnlib.DeepRNN, "backward", lambda true, net, params, run, dhs, dstate: true(net, params, run, dhs)
    )


@fault("no gradient for the first state", "^state", cell="gru")
def _(monkeypatch):
    bend_gradient(monkeypatch, lambda net, grad: setattr(grad, "state", net.zero_state(2)))


@fault("the states of two layers exchanged", "^state", cell="rnn")
def _(monkeypatch):
    bend_gradient(monkeypatch, lambda net, grad: grad.state.reverse())


@fault("a mean over the batch in place of the sum", "params", cell="rnn")
def _(monkeypatch):
    def change(net, grad):
        grad.params[:] = map_leaves(lambda g: g / 2, list(grad.params))

    bend_gradient(monkeypatch, change)


@fault("one entry is NaN", r"params/0/W_xh", cell="rnn")
def _(monkeypatch):
    def change(net, grad):
        grad.params[0]["W_xh"][0, 0] = np.nan

    bend_gradient(monkeypatch, change)


@fault("one entry of one bias is wrong", r"params/1/b_h along", cell="lstm")
def _(monkeypatch):
    def change(net, grad):
        grad.params[1]["b_h"][-1] += 0.01

    bend_gradient(monkeypatch, change)


@fault(
    "the loss reads the last column, padding or not",
    lengths=[5, 2],
    model={"loss": "mse", "at": "last_step"},
    cell="rnn",
)
def _(monkeypatch):
    bend(
        monkeypatch,
        rnnlib.Model,
        "backward",
        lambda true, model, params, run, dys: true(
            model, params, replace(run, ends=[(np.full(2, 4), slice(None))]), dys
        ),
    )


@fault("softmax without the mean over steps", model={"loss": "cross_entropy"}, cell="rnn")
def _(monkeypatch):
    bend(
        monkeypatch,
        rnnlib.Model,
        "backward",
        lambda true, model, params, run, dys: true(model, params, run, dys * dys.shape[0]),
    )


@fault("the read-out's bias counted once", "b_y", model={"loss": "cross_entropy"}, cell="rnn")
def _(monkeypatch):
    bend(
        monkeypatch,
        rnnlib.Model,
        "backward",
        lambda true, model, params, run, dys: true(model, params, run, dys) | {"b_y": dys[-1].sum(0)},
    )


# ---- the trial


def problem(fault, L=3):
    """The net or model in which the fault shows, and everything gradcheck needs: T = 5, B = 2, D = H = 3."""
    net = rnnlib.DeepRNN(input_size=3, hidden_size=3, num_layers=L, **fault.net)
    subject = net if fault.model is None else rnnlib.Model(net, 3, **fault.model)
    targets = None
    if fault.model:
        rows = (5, 2) if subject.at == "each_step" else (2,)
        targets = rng(3).standard_normal((*rows, 3)) if subject.loss == "mse" else rng(3).integers(0, 3, rows)
    args = random_params(subject, 1), rng(2).standard_normal((5, 2, 3)), targets
    return subject, args, {"lengths": fault.lengths, "state": random_state(net, 2, 4), "entries": 1, "directions": 2}


def settings(fault):
    return repr((sorted(fault.net.items()), fault.lengths, fault.model))


def methods():
    """What faults replace; gone back to after each."""
    return rnnlib.DeepRNN.backward, Layer.backward, LayerRun.hs, rnnlib.Model.backward


METHODS = methods()
SETTINGS = {settings(fault): fault for fault in FAULTS}


@pytest.mark.parametrize("fault", SETTINGS.values(), ids=SETTINGS.keys())
def test_without_a_fault_the_checker_is_content(fault):
    net, args, options = problem(fault)
    assert rnnlib.gradcheck(net, *args, **options).error <= 1e-6


@pytest.mark.parametrize("layer_norm", [False, True], ids=["", "layer_norm"])
@pytest.mark.parametrize(("cell", "nonlinearity"), CELLS, ids=CELL_IDS)
def test_without_a_fault_the_textbook_is_right(monkeypatch, cell, nonlinearity, layer_norm):
    """So what is caught below is the fault, not its carrier."""
    textbook(monkeypatch)
    net, args, options = problem(
        Fault("", textbook, {"cell": cell, "nonlinearity": nonlinearity, "layer_norm": layer_norm})
    )
    assert rnnlib.gradcheck(net, *args, **options).error <= 1e-6


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_the_checker_catches(monkeypatch, fault):
    TRIED.append(fault.name)
    net, args, options = problem(fault)
    with monkeypatch.context() as patch:
        fault.plant(patch)
        result = rnnlib.gradcheck(net, *args, **options)
    assert result.error > 1e-5, f"not caught: {result}"
    assert re.search(fault.where, result.where), f"caught, but at {result.where}"
    assert METHODS == methods(), "the fault outlived its test"
    CAUGHT.append(fault.name)


@pytest.mark.parametrize("name", ["the raw input goes to every middle layer", "wrong above two layers alone"])
def test_two_layers_do_not_show_what_three_do(monkeypatch, name):
    """Why the tests go to depth 3: at depth 2 these two published faults are no faults."""
    (fault,) = (fault for fault in FAULTS if fault.name == name)
    net, args, options = problem(fault, L=2)
    fault.plant(monkeypatch)
    assert rnnlib.gradcheck(net, *args, **options).error <= 1e-6


@pytest.mark.parametrize(
    "name", ["= for += on the shared W_hh", "an elementwise product for the Jacobian", "the dc path dropped"]
)
def test_one_step_does_not_show_what_two_do(monkeypatch, name):
    """Why the tests go beyond T = 1. (The first state gets its gradient even so: only the parameters are blind.)"""
    (fault,) = (fault for fault in FAULTS if fault.name == name)
    net, (params, xs, _), _ = problem(fault, L=1)
    dhs, zero = rng(5).standard_normal((2, 2, 3)), net.zero_state(2)

    def gradients(T):
        (grads,) = net.backward(params, net.forward(params, xs[:T], zero), dhs[:T]).params
        return np.concatenate([g.ravel() for _, g in sorted(grads.items())])

    right = gradients(1), gradients(2)
    fault.plant(monkeypatch)
    wrong = gradients(1), gradients(2)
    np.testing.assert_allclose(right[0], wrong[0], rtol=1e-10, atol=1e-14)
    assert np.abs(right[1] - wrong[1]).max() > 1e-3


def test_a_fault_that_only_the_second_step_shows(monkeypatch):
    """numpy-ml: a layer that keeps its gradients adds the next ones to them. The first check passes."""
    kept = {}

    def bent(true, net, params, run, dhs, dstate=None):
        grad = true(net, params, run, dhs, dstate)
        if id(net) in kept:
            grad.params[:] = map_leaves(np.add, list(grad.params), kept[id(net)])
        kept[id(net)] = list(grad.params)
        return grad

    TRIED.append("gradients left over from the step before")
    model = rnnlib.Model(rnnlib.DeepRNN("rnn", 2, 3, 2), 2)
    params, xs, targets = random_params(model), rng(1).standard_normal((4, 2, 2)), rng(2).integers(0, 2, (4, 2))
    bend(monkeypatch, rnnlib.DeepRNN, "backward", bent)
    assert rnnlib.gradcheck(model, params, xs, targets).error <= 1e-6
    (step,) = rnnlib.train(model, params, [(xs, targets)], rnnlib.SGD(0.1))
    assert rnnlib.gradcheck(model, step.params, xs, targets).error > 1e-2
    CAUGHT.append(TRIED[-1])


def test_clipping_before_the_backward_pass_clips_nothing(monkeypatch):
    """Bai, Kolter, Koltun 2018, the released copy-memory script. No gradient check sees it: the gradients are right.
    So the training loop is held to what it reports (also in test_train.py)."""

    def clipped_as_promised():
        model = rnnlib.Model(rnnlib.DeepRNN("rnn", 2, 3), 2)
        params, xs, targets = random_params(model), rng(1).standard_normal((4, 2, 2)), rng(2).integers(0, 2, (4, 2))
        (step,) = rnnlib.train(model, params, [(xs, targets)], rnnlib.SGD(1.0), clip_norm=1e-3)
        moved = map_leaves(np.subtract, params, step.params)
        return step.clipped and rnnlib.train.__globals__["global_norm"](moved) <= 1.0001e-3

    TRIED.append("clipping before backward")
    assert clipped_as_promised()
    monkeypatch.setitem(rnnlib.train.__globals__, "clip_by_global_norm", lambda grads, clip_norm: (grads, 0.0))
    assert not clipped_as_promised()
    CAUGHT.append(TRIED[-1])


def test_the_count(say):
    say(f"planted faults: caught {len(CAUGHT)} of {len(TRIED)}")
    assert CAUGHT == TRIED
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 15
