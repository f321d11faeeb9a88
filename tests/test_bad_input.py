"""Bad input is refused at the door: the right kind of error, a message that names the argument, what was expected
and what came; nothing mutated, and everything works afterwards."""

import pickle
import re
from types import SimpleNamespace

import numpy as np
import pytest
from helpers import random_params, random_state, rng, snapshot

import rnnlib
from rnnlib import flow
from rnnlib.gradcheck import gradcheck as check_gradient


def world():
    """Everything a call could be handed, valid: T = 4, B = 3, D = 2, H = 5, L = 2, V = 3."""
    w = SimpleNamespace()
    w.net = rnnlib.DeepRNN("lstm", 2, 5, 2)
    w.params, w.xs = random_params(w.net), rng(1).standard_normal((4, 3, 2))
    w.state = random_state(w.net, 3)
    w.run = w.net.forward(w.params, w.xs, w.state)
    w.dhs, w.dstate = np.ones((4, 3, 5)), random_state(w.net, 3, 2)
    w.model = rnnlib.Model(w.net, 3)
    w.last = rnnlib.Model(w.net, 3, at="last_step")
    w.mse = rnnlib.Model(w.net, 3, loss="mse")
    w.mparams = random_params(w.model)
    w.targets, w.values = rng(2).integers(0, 3, (4, 3)), rng(3).standard_normal((4, 3, 3))
    w.normed = rnnlib.DeepRNN("rnn", 2, 5, layer_norm=True)
    w.normed_params = random_params(w.normed)
    w.both = rnnlib.DeepRNN("rnn", 2, 5, bidirectional=True)
    w.both_params = random_params(w.both)
    w.torch = rnnlib.to_torch(w.params)
    return w


def but(params, l, **changes):
    """The parameters with some arrays of layer l replaced (None: left out)."""
    layer = {n: a for n, a in {**params[l], **changes}.items() if a is not None}
    return [layer if k == l else own for k, own in enumerate(params)]


def spoiled(a, index, value):
    a = a.copy()
    a[index] = value
    return a


def first(steps):
    """Training checks some arguments when the first step is asked for."""
    return next(iter(steps))


RNN, V, T = rnnlib.DeepRNN, ValueError, TypeError

# name: (what is done, kind of error, pattern of the message: argument, expected, got)
NETS = {
    "unknown cell": (lambda w: RNN("elman", 2, 5), V, r"cell: expected one of 'rnn', 'lstm', 'gru', got 'elman'"),
    "cell not a name": (lambda w: RNN(3, 2, 5), V, r"cell: expected one of .* got 3"),
    "unknown nonlinearity": (
        lambda w: RNN("rnn", 2, 5, nonlinearity="sigmoid"),
        V,
        r"nonlinearity: .*'relu'.*'sigmoid'",
    ),
    "relu with lstm": (
        lambda w: RNN("lstm", 2, 5, nonlinearity="relu"),
        V,
        r"nonlinearity: expected 'tanh'.*got 'relu'",
    ),
    "relu with gru": (lambda w: RNN("gru", 2, 5, nonlinearity="relu"), V, r"nonlinearity: expected 'tanh'.*got 'relu'"),
    "no input": (lambda w: RNN("rnn", 0, 5), V, r"input_size: expected an integer >= 1, got 0"),
    "no units": (lambda w: RNN("rnn", 2, 0), V, r"hidden_size: expected an integer >= 1, got 0"),
    "no layers": (lambda w: RNN("rnn", 2, 5, 0), V, r"num_layers: expected an integer >= 1, got 0"),
    "unequal widths": (
        lambda w: RNN("rnn", 2, [5, 7], 2, residual=True),
        T,
        r"hidden_size: expected an integer, got \[5, 7\]",
    ),
    "width a float": (lambda w: RNN("rnn", 2, 5.0), T, r"hidden_size: expected an integer, got 5.0"),
    "layers a bool": (lambda w: RNN("rnn", 2, 5, True), T, r"num_layers: expected an integer, got True"),
    "residual not a truth value": (
        lambda w: RNN("rnn", 2, 5, residual=1),
        T,
        r"residual: expected True or False, got 1",
    ),
    "skip_input not a truth value": (lambda w: RNN("rnn", 2, 5, skip_input="yes"), T, r"skip_input: .*got 'yes'"),
    "layer_norm not a truth value": (lambda w: RNN("rnn", 2, 5, layer_norm=None), T, r"layer_norm: .*got None"),
    "bidirectional not a truth value": (lambda w: RNN("rnn", 2, 5, bidirectional=2), T, r"bidirectional: .*got 2"),
    "dropout 1": (lambda w: RNN("rnn", 2, 5, dropout=1.0), V, r"dropout: expected a number >= 0 and < 1, got 1.0"),
    "dropout below 0": (lambda w: RNN("rnn", 2, 5, dropout=-0.1), V, r"dropout: expected .*got -0.1"),
    "dropout NaN": (lambda w: RNN("rnn", 2, 5, dropout=np.nan), V, r"dropout: expected .*got nan"),
    "dropout a string": (lambda w: RNN("rnn", 2, 5, dropout="0.5"), T, r"dropout: expected a number, got '0.5'"),
    "dtype float16": (
        lambda w: RNN("rnn", 2, 5, dtype=np.float16),
        V,
        r"dtype: expected np.float64 or np.float32, got",
    ),
    "dtype int": (lambda w: RNN("rnn", 2, 5, dtype=int), V, r"dtype: expected np.float64 or np.float32, got"),
    "dtype nonsense": (lambda w: RNN("rnn", 2, 5, dtype="double-ish"), T, r"dtype: expected .*got 'double-ish'"),
    "unknown option": (lambda w: RNN("rnn", 2, 5, peephole=True), T, r"unexpected keyword argument 'peephole'"),
}
INIT = {
    "init with a seed": (lambda w: w.net.init(0), T, r"rng: expected a numpy.random.Generator .*got 0"),
    "init with the global generator": (lambda w: w.net.init(np.random), T, r"rng: expected a numpy.random.Generator"),
    "init without rng": (lambda w: w.net.init(None), T, r"rng: expected .*got None"),
    "unknown recurrent scheme": (
        lambda w: w.net.init(rng(), recurrent="xavier"),
        V,
        r"recurrent: .*'orthogonal'.*'xavier'",
    ),
    "unknown input scheme": (lambda w: w.net.init(rng(), input="he"), V, r"input: expected one of .*got 'he'"),
    "unknown bias scheme": (lambda w: w.net.init(rng(), bias="ones"), V, r"bias: expected one of .*got 'ones'"),
    "rho 0": (lambda w: w.net.init(rng(), rho=0), V, r"rho: expected a number > 0.*got 0"),
    "rho infinite": (lambda w: w.net.init(rng(), rho=np.inf), V, r"rho: expected a finite number, got inf"),
    "rho a string": (lambda w: w.net.init(rng(), rho="1"), T, r"rho: expected a number, got '1'"),
    "forget bias without a forget gate": (
        lambda w: w.normed.init(rng(), forget_bias=1.0),
        V,
        r"forget_bias: expected .*'lstm'.*got",
    ),
    "forget bias an array": (
        lambda w: w.net.init(rng(), forget_bias=np.ones(5)),
        T,
        r"forget_bias: expected a number, got",
    ),
    "unknown scheme": (lambda w: w.net.init(rng(), gain=2), T, r"unexpected keyword argument 'gain'"),
}
FORWARD = {
    "xs of rank 2": (
        lambda w: w.net.forward(w.params, w.xs[0]),
        V,
        r"xs: expected 3 axes \(T, B, D=2\), got 2, shape \(3, 2\)",
    ),
    "xs of rank 4": (lambda w: w.net.forward(w.params, w.xs[None]), V, r"xs: expected 3 axes .*got 4"),
    "xs of another width": (
        lambda w: w.net.forward(w.params, np.ones((4, 3, 7))),
        V,
        r"xs: expected 2 along axis 2 \(D\).*got 7",
    ),
    "T = 0": (lambda w: w.net.forward(w.params, w.xs[:0]), V, r"xs: expected at least 1 along axis 0 \(T\).*got 0"),
    "B = 0": (lambda w: w.net.forward(w.params, w.xs[:, :0]), V, r"xs: expected at least 1 along axis 1 \(B\).*got 0"),
    "xs of integers": (
        lambda w: w.net.forward(w.params, np.ones((4, 3, 2), int)),
        T,
        r"xs: expected dtype float64, got int64",
    ),
    "xs of float32": (
        lambda w: w.net.forward(w.params, w.xs.astype(np.float32)),
        T,
        r"xs: expected dtype float64, got float32",
    ),
    "xs of words": (lambda w: w.net.forward(w.params, [[["a", "b"]]]), T, r"xs: expected dtype float64, got <U1"),
    "xs None": (lambda w: w.net.forward(w.params, None), T, r"xs: expected dtype float64, got object"),
    "NaN in xs": (
        lambda w: w.net.forward(w.params, spoiled(w.xs, (1, 2, 0), np.nan)),
        V,
        r"xs: expected finite .*got nan at index \(1, 2, 0\)",
    ),
    "infinity in xs": (
        lambda w: w.net.forward(w.params, spoiled(w.xs, (3, 0, 1), np.inf)),
        V,
        r"xs: .*got inf at index \(3, 0, 1\)",
    ),
    "NaN before the end of a sequence": (
        lambda w: w.net.forward(w.params, spoiled(w.xs, (1, 2, 0), np.nan), lengths=[1, 1, 2]),
        V,
        r"xs: .*got nan at index \(1, 2, 0\)",
    ),
    "state of one layer": (
        lambda w: w.net.forward(w.params, w.xs, w.state[:1]),
        V,
        r"state: expected 2 entries, one per layer, got 1",
    ),
    "state without c": (
        lambda w: w.net.forward(w.params, w.xs, [s[:1] for s in w.state]),
        V,
        r"state\[0\]: expected 2 entries.*got 1",
    ),
    "state of another batch": (
        lambda w: w.net.forward(w.params, w.xs[:, :2], w.state),
        V,
        r"state\[0\]\[0\]: expected 2 along axis 0 \(B\).*got 3",
    ),
    "state of another width": (
        lambda w: w.net.forward(w.params, w.xs, [tuple(s[:, :4] for s in y) for y in w.state]),
        V,
        r"state\[0\]\[0\]: expected 5 along axis 1 \(H\).*got 4",
    ),
    "state one array": (
        lambda w: w.net.forward(w.params, w.xs, np.zeros((2, 3, 5))),
        T,
        r"state: expected a list .*got ndarray",
    ),
    "state of float32": (
        lambda w: w.net.forward(w.params, w.xs, [tuple(s.astype("f4") for s in y) for y in w.state]),
        T,
        r"state\[0\]\[0\]: expected dtype float64, got float32",
    ),
    "state with NaN": (
        lambda w: w.net.forward(w.params, w.xs, [w.state[0], (w.state[1][0] * np.nan, w.state[1][1])]),
        V,
        r"state\[1\]\[0\]: expected finite",
    ),
    "one direction's state for both": (
        lambda w: w.both.forward(w.both_params, w.xs, [(np.zeros((3, 5)),)]),
        V,
        r"state\[0\]\[0\]: expected 10 along axis 1 \(H\).*got 5",
    ),
    "length 0": (
        lambda w: w.net.forward(w.params, w.xs, lengths=[4, 0, 1]),
        V,
        r"lengths: expected integers in 1..4, got 0 at index \(1,\)",
    ),
    "length above T": (
        lambda w: w.net.forward(w.params, w.xs, lengths=[4, 1, 5]),
        V,
        r"lengths: expected integers in 1..4, got 5 at index \(2,\)",
    ),
    "negative length": (lambda w: w.net.forward(w.params, w.xs, lengths=[-1, 1, 1]), V, r"lengths: .*got -1"),
    "too few lengths": (
        lambda w: w.net.forward(w.params, w.xs, lengths=[4, 1]),
        V,
        r"lengths: expected 3 along axis 0 \(B\).*got 2",
    ),
    "lengths of floats": (
        lambda w: w.net.forward(w.params, w.xs, lengths=[4.0, 1.0, 2.0]),
        T,
        r"lengths: expected integers, got dtype float64",
    ),
    "lengths a mask": (
        lambda w: w.net.forward(w.params, w.xs, lengths=np.ones(3, bool)),
        T,
        r"lengths: expected integers, got dtype bool",
    ),
    "lengths one number": (
        lambda w: w.net.forward(w.params, w.xs, lengths=4),
        V,
        r"lengths: expected 1 axes \(B=3\), got 0",
    ),
    "dropout with a seed": (
        lambda w: w.net.forward(w.params, w.xs, rng=0),
        T,
        r"rng: expected a numpy.random.Generator .*got 0",
    ),
}
PARAMS = {
    "parameters of one layer": (
        lambda w: w.net.forward(w.params[:1], w.xs),
        V,
        r"params: expected 2 entries, one per layer, got 1",
    ),
    "parameters a dict": (lambda w: w.net.forward(w.params[0], w.xs), T, r"params: expected a list .*got dict"),
    "a layer that is no dict": (
        lambda w: w.net.forward([w.params[0], [1, 2]], w.xs),
        T,
        r"params\[1\]: expected a dict of arrays, got list",
    ),
    "a parameter missing": (
        lambda w: w.net.forward(but(w.params, 1, b_h=None), w.xs),
        V,
        r"params\[1\]: expected the keys .*'b_h'.*got \['W_hh', 'W_xh'\]",
    ),
    "a parameter too many": (
        lambda w: w.net.forward(but(w.params, 0, b_hn=np.ones(5)), w.xs),
        V,
        r"params\[0\]: expected the keys .*got .*'b_hn'",
    ),
    "a transposed matrix": (
        lambda w: w.net.forward(but(w.params, 0, W_hh=w.params[0]["W_hh"].T), w.xs),
        V,
        r"params\[0\]\['W_hh'\]: expected 5 along axis 0 \(H\).*got 20",
    ),
    "a bias of rank 2": (
        lambda w: w.net.forward(but(w.params, 1, b_h=np.ones((1, 20))), w.xs),
        V,
        r"params\[1\]\['b_h'\]: expected 1 axes .*got 2",
    ),
    "parameters of float32": (
        lambda w: w.net.forward(but(w.params, 1, b_h=np.ones(20, "f4")), w.xs),
        T,
        r"params\[1\]\['b_h'\]: expected dtype float64, got float32",
    ),
    "another net's parameters": (
        lambda w: w.net.forward(w.both_params * 2, w.xs),
        V,
        r"params\[0\]: expected the keys .*got .*reverse",
    ),
}
BACKWARD = {
    "a model's run for the stack": (
        lambda w: w.net.backward(w.params, w.model.forward(w.mparams, w.xs), w.dhs),
        T,
        r"run: expected what forward returned, got ModelRun",
    ),
    "dhs of another length": (
        lambda w: w.net.backward(w.params, w.run, w.dhs[:3]),
        V,
        r"dhs: expected 4 along axis 0 \(T\).*got 3",
    ),
    "dhs of another width": (
        lambda w: w.net.backward(w.params, w.run, w.dhs[..., :4]),
        V,
        r"dhs: expected 5 along axis 2 \(H\).*got 4",
    ),
    "dhs of the last step": (lambda w: w.net.backward(w.params, w.run, w.dhs[-1]), V, r"dhs: expected 3 axes .*got 2"),
    "dhs of float32": (
        lambda w: w.net.backward(w.params, w.run, w.dhs.astype("f4")),
        T,
        r"dhs: expected dtype float64, got float32",
    ),
    "dstate of one layer": (
        lambda w: w.net.backward(w.params, w.run, w.dhs, w.dstate[:1]),
        V,
        r"dstate: expected 2 entries, one per layer, got 1",
    ),
    "dstate without dc": (
        lambda w: w.net.backward(w.params, w.run, w.dhs, [s[:1] for s in w.dstate]),
        V,
        r"dstate\[0\]: expected 2 entries.*got 1",
    ),
    "backward with other parameters": (
        lambda w: w.net.backward(w.params[:1], w.run, w.dhs),
        V,
        r"params: expected 2 entries, one per layer, got 1",
    ),
}
MODELS = {
    "a model of no net": (
        lambda w: rnnlib.Model("lstm", 3),
        T,
        r"net: expected a network, such as a DeepRNN, got 'lstm'",
    ),
    "no outputs": (lambda w: rnnlib.Model(w.net, 0), V, r"output_size: expected an integer >= 1, got 0"),
    "unknown loss": (
        lambda w: rnnlib.Model(w.net, 3, loss="hinge"),
        V,
        r"loss: expected one of 'cross_entropy', 'mse', got 'hinge'",
    ),
    "unknown place": (
        lambda w: rnnlib.Model(w.net, 3, at="first_step"),
        V,
        r"at: expected one of .*'last_step'.*got 'first_step'",
    ),
    "the stack's parameters for the model's": (
        lambda w: w.model.predict(w.params, w.xs),
        T,
        r"params: expected a dict of arrays, got list",
    ),
    "no layers in the parameters": (
        lambda w: w.model.predict({k: w.mparams[k] for k in ("W_hy", "b_y")}, w.xs),
        V,
        r"params: expected the key 'layers'",
    ),
    "no read-out in the parameters": (
        lambda w: w.model.predict({"layers": w.params}, w.xs),
        V,
        r"params: expected the keys \['W_hy', 'b_y'\], got \[\]",
    ),
    "a read-out of another width": (
        lambda w: w.model.predict(w.mparams | {"W_hy": np.ones((4, 3))}, w.xs),
        V,
        r"params\['W_hy'\]: expected 5 along axis 0 \(H\).*got 4",
    ),
    "a class too high": (
        lambda w: w.model.loss_and_grads(w.mparams, w.xs, spoiled(w.targets, (2, 1), 3)),
        V,
        r"targets: expected integers in 0..2, got 3 at index \(2, 1\)",
    ),
    "a class below 0": (
        lambda w: w.model.loss_and_grads(w.mparams, w.xs, spoiled(w.targets, (0, 0), -1)),
        V,
        r"targets: .*got -1 at index \(0, 0\)",
    ),
    "a bad class before the end": (
        lambda w: w.model.loss_and_grads(w.mparams, w.xs, spoiled(w.targets, (0, 0), -1), [4, 1, 1]),
        V,
        r"targets: .*got -1 at index \(0, 0\)",
    ),
    "classes as floats": (
        lambda w: w.model.loss_and_grads(w.mparams, w.xs, w.targets * 1.0),
        T,
        r"targets: expected integers, got dtype float64",
    ),
    "classes one-hot": (
        lambda w: w.model.loss_and_grads(w.mparams, w.xs, np.eye(3, dtype=int)[w.targets]),
        V,
        r"targets: expected 2 axes \(T=4, B=3\), got 3",
    ),
    "targets of every step at the last": (
        lambda w: w.last.loss_and_grads(w.mparams, w.xs, w.targets),
        V,
        r"targets: expected 1 axes \(B=3\), got 2",
    ),
    "targets of another batch": (
        lambda w: w.model.loss_and_grads(w.mparams, w.xs, w.targets[:, :2]),
        V,
        r"targets: expected 3 along axis 1 \(B\).*got 2",
    ),
    "targets batch first": (
        lambda w: w.model.loss_and_grads(w.mparams, w.xs, w.targets.T),
        V,
        r"targets: expected 4 along axis 0 \(T\).*got 3",
    ),
    "classes for mse": (
        lambda w: w.mse.loss_and_grads(w.mparams, w.xs, w.targets),
        T,
        r"targets: expected dtype float64, got int64",
    ),
    "mse targets without V": (
        lambda w: w.mse.loss_and_grads(w.mparams, w.xs, w.values[..., 0]),
        V,
        r"targets: expected 3 axes \(T=4, B=3, V=3\), got 2",
    ),
    "mse targets of float32": (
        lambda w: w.mse.evaluate(w.mparams, w.xs, w.values.astype("f4")),
        T,
        r"targets: expected dtype float64, got float32",
    ),
    "model, lengths above T": (
        lambda w: w.model.predict(w.mparams, w.xs, [9, 1, 1]),
        V,
        r"lengths: expected integers in 1..4, got 9",
    ),
}
TRAINING = {
    "clip_norm 0": (
        lambda w: rnnlib.train(w.model, w.mparams, [], clip_norm=0),
        V,
        r"clip_norm: expected a number > 0, got 0",
    ),
    "clip_norm negative": (
        lambda w: rnnlib.train(w.model, w.mparams, [], clip_norm=-1.0),
        V,
        r"clip_norm: expected a number > 0, got -1.0",
    ),
    "clipping to 0": (lambda w: rnnlib.clip_by_global_norm(w.params, 0), V, r"clip_norm: expected a number > 0, got 0"),
    "truncate 0": (
        lambda w: rnnlib.train(w.model, w.mparams, [], truncate=0),
        V,
        r"truncate: expected an integer >= 1, got 0",
    ),
    "truncate a float": (
        lambda w: rnnlib.train(w.model, w.mparams, [], truncate=2.5),
        T,
        r"truncate: expected an integer, got 2.5",
    ),
    "truncate with last_step": (
        lambda w: rnnlib.train(w.last, w.mparams, [], truncate=2),
        V,
        r"truncate: expected .*each_step.*got at='last_step'",
    ),
    "truncate both ways": (
        lambda w: rnnlib.train(rnnlib.Model(w.both, 3), None, [], truncate=2),
        V,
        r"truncate: expected .*got at='each_step' and a bidirectional DeepRNN",
    ),
    "truncate, length above T": (
        lambda w: first(rnnlib.train(w.model, w.mparams, [(w.xs, w.targets, [9, 1, 1])], truncate=2)),
        V,
        r"lengths: expected integers in 1..4, got 9",
    ),
    "truncate, targets of another batch": (
        lambda w: first(rnnlib.train(w.model, w.mparams, [(w.xs, w.targets[:, :2])], truncate=2)),
        V,
        r"targets: expected 3 along axis 1 \(B\).*got 2",
    ),
    "truncate, xs of rank 2": (
        lambda w: first(rnnlib.train(w.model, w.mparams, [(w.xs[0], w.targets)], truncate=2)),
        V,
        r"xs: expected 3 axes .*got 2",
    ),
    "training a net": (lambda w: rnnlib.train(w.net, w.params, []), T, r"model: expected a Model, got DeepRNN"),
    "an optimizer's name": (
        lambda w: rnnlib.train(w.model, w.mparams, [], "adam"),
        T,
        r"optimizer: expected .*got 'adam'",
    ),
    "train with a seed": (
        lambda w: first(rnnlib.train(w.model, w.mparams, [(w.xs, w.targets)], rng=0)),
        T,
        r"rng: expected a numpy.random.Generator",
    ),
    "SGD, learning rate 0": (lambda w: rnnlib.SGD(0), V, r"learning_rate: expected a number > 0, got 0"),
    "SGD, learning rate a list": (lambda w: rnnlib.SGD([0.1]), T, r"learning_rate: expected a number, got \[0.1\]"),
    "SGD, momentum 2": (lambda w: rnnlib.SGD(0.1, momentum=2), V, r"momentum: expected .*got 2"),
    "Adam, learning rate negative": (
        lambda w: rnnlib.Adam(-1e-3),
        V,
        r"learning_rate: expected a number > 0, got -0.001",
    ),
    "Adam, one beta": (lambda w: rnnlib.Adam(betas=0.9), T, r"betas: expected a list .*got float"),
    "Adam, three betas": (lambda w: rnnlib.Adam(betas=(0.9, 0.99, 0.999)), V, r"betas: expected 2 entries.*got 3"),
    "Adam, beta 1": (
        lambda w: rnnlib.Adam(betas=(0.9, 1.0)),
        V,
        r"betas\[1\]: expected a number >= 0 and < 1, got 1.0",
    ),
    "Adam, eps 0": (lambda w: rnnlib.Adam(eps=0), V, r"eps: expected a number > 0, got 0"),
}
MEASURES = {
    "gradcheck in float32": (
        lambda w: rnnlib.gradcheck(RNN("rnn", 2, 5, dtype=np.float32), None, w.xs),
        T,
        r"dtype: expected float64.*got float32",
    ),
    "gradcheck of parameters": (
        lambda w: rnnlib.gradcheck(w.params, w.params, w.xs),
        T,
        r"net_or_model: expected a network, such as a DeepRNN, got \[\{'W_xh'",
    ),
    "gradcheck without targets": (
        lambda w: rnnlib.gradcheck(w.model, w.mparams, w.xs),
        T,
        r"targets: expected the targets.*got None",
    ),
    "gradcheck with a seed": (
        lambda w: rnnlib.gradcheck(w.net, w.params, w.xs, rng=0),
        T,
        r"rng: expected a numpy.random.Generator",
    ),
    "gradcheck, xs of rank 1": (
        lambda w: rnnlib.gradcheck(w.net, w.params, w.xs[0, 0]),
        V,
        r"xs: expected 3 axes .*got 1",
    ),
    "gradient flow, dhs of another length": (
        lambda w: rnnlib.gradient_flow(w.net, w.params, w.xs, w.dhs[:3]),
        V,
        r"dhs: expected 4 along axis 0 \(T\).*got 3",
    ),
    "Jacobians of a batch": (
        lambda w: flow.step_jacobians(w.net, w.params, w.xs),
        V,
        r"xs: expected 2 axes \(T, D=2\), got 3",
    ),
    "long-range Jacobian of a batch": (
        lambda w: flow.long_range_jacobian(w.net, w.params, w.xs),
        V,
        r"xs: expected 2 axes .*got 3",
    ),
    "long-range Jacobian, state of a batch": (
        lambda w: flow.long_range_jacobian(w.net, w.params, w.xs[:, 0], w.state),
        V,
        r"state\[0\]\[0\]: expected 1 along axis 0 \(B\).*got 3",
    ),
    "Jacobians of both directions": (
        lambda w: flow.step_jacobians(w.both, w.both_params, w.xs[:, 0]),
        V,
        r"net: expected one direction, got a bidirectional",
    ),
    "trajectory of both directions": (
        lambda w: flow.trajectory(w.both, w.both_params, w.xs),
        V,
        r"net: expected one direction",
    ),
    "Lyapunov exponents of one matrix": (
        lambda w: flow.lyapunov_exponents(np.eye(3)),
        V,
        r"jacobians: expected 3 axes \(T, N, N\), got 2",
    ),
    "Lyapunov exponents of oblong matrices": (
        lambda w: flow.lyapunov_exponents(np.ones((4, 3, 2))),
        V,
        r"jacobians: expected 3 along axis 2 \(N\).*got 2",
    ),
    "Lyapunov exponents, all discarded": (
        lambda w: flow.lyapunov_exponents(np.ones((4, 3, 3)), discard=4),
        V,
        r"discard: expected an integer >= 0 and <= 3, got 4",
    ),
    "decay rate of one norm": (
        lambda w: flow.decay_rate(np.ones(1)),
        V,
        r"norms: expected at least 2 positive values, got 1",
    ),
    "half-life of a norm of 0": (
        lambda w: flow.half_life(np.array([1.0, 0.0])),
        V,
        r"norms: expected at least 2 positive values, got 2, smallest 0",
    ),
    "half-life of negative norms": (
        lambda w: flow.half_life(np.array([1.0, -0.5])),
        V,
        r"norms: expected .*smallest -0.5",
    ),
    "decay rate of a matrix": (lambda w: flow.decay_rate(np.ones((2, 2))), V, r"norms: expected 1 axes \(K\), got 2"),
    "decay rate of NaN": (
        lambda w: flow.decay_rate(np.array([1.0, np.nan])),
        V,
        r"norms: expected finite values, got nan",
    ),
    "linear stack of no layers": (
        lambda w: flow.linear_stack_response(0.9, 1.0, 0, range(3)),
        V,
        r"L: expected an integer >= 1, got 0",
    ),
}
FILES = {
    "to_torch with layer norm": (
        lambda w: rnnlib.to_torch(w.normed_params),
        V,
        r"params\[0\]: expected weights and biases alone, got layer-norm gains",
    ),
    "to_torch of a model": (lambda w: rnnlib.to_torch(w.mparams), T, r"params: expected a list .*got dict"),
    "from_torch of a list": (
        lambda w: rnnlib.from_torch([1]),
        T,
        r"state_dict: expected a dict of tensors or arrays, got list",
    ),
    "from_torch of nothing": (
        lambda w: rnnlib.from_torch({}),
        V,
        r"state_dict: expected the names of nn.RNN.*got an empty dict",
    ),
    "from_torch of a Linear": (
        lambda w: rnnlib.from_torch({"weight": np.ones((2, 2))}),
        V,
        r"state_dict: expected the names of nn.RNN.*got \['weight'\]",
    ),
    "from_torch of a projection": (
        lambda w: rnnlib.from_torch(w.torch | {"weight_hr_l0": np.ones((2, 5))}),
        V,
        r"state_dict: .*weight_hr_l0",
    ),
    "from_torch with a gap": (
        lambda w: rnnlib.from_torch({k: v for k, v in w.torch.items() if k.endswith("l1")}),
        V,
        r"state_dict: expected layers l0, l1.*got .* left over",
    ),
    "from_torch without weight_hh": (
        lambda w: rnnlib.from_torch({k: v for k, v in w.torch.items() if k != "weight_hh_l1"}),
        V,
        r"state_dict: expected weight_hh_l1",
    ),
}
CASES = NETS | INIT | FORWARD | PARAMS | BACKWARD | MODELS | TRAINING | MEASURES | FILES


@pytest.fixture(scope="module")
def valid():
    return world()


def everything(w):
    return snapshot(*(value for name, value in sorted(vars(w).items()) if isinstance(value, (list, dict, np.ndarray))))


def results(w):
    """What the valid calls give, to the byte."""
    run = w.net.forward(w.params, w.xs, w.state)
    grad = w.net.backward(w.params, run, w.dhs, w.dstate)
    old = w.net.backward(w.params, w.run, w.dhs, w.dstate)  # the run from before the bad call still serves
    _, grads = w.model.loss_and_grads(w.mparams, w.xs, w.targets, [4, 1, 2])
    return snapshot(run.hs, run.state, grad.params, grad.xs, grad.state, old.params, old.xs, grads)


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused(valid, name):
    attempt, kind, pattern = CASES[name]
    configuration = {n: repr(v) for n, v in vars(valid.net).items()}
    before, good = everything(valid), results(valid)
    with pytest.raises(kind, match=pattern) as caught:
        attempt(valid)
    assert caught.type is kind, f"expected exactly {kind.__name__}, got {caught.type.__name__}"
    assert "expected" in str(caught.value)
    assert everything(valid) == before, "something was mutated"
    assert {n: repr(v) for n, v in vars(valid.net).items()} == configuration
    assert results(valid) == good, "the net no longer works as before"


def test_there_are_enough_cases():
    tables = (NETS, INIT, FORWARD, PARAMS, BACKWARD, MODELS, TRAINING, MEASURES, FILES)
    assert len(CASES) == sum(map(len, tables)) >= 60


def test_a_message_has_the_promised_form():
    """<argument>: expected <what>, got <what came>"""
    own = [entry for name, entry in CASES.items() if not name.startswith("unknown option") and name != "unknown scheme"]
    w = world()
    for attempt, kind, _ in own:
        with pytest.raises(kind) as caught:
            attempt(w)
        assert re.match(r"[\w\[\]'. ]+: expected .*(got|left over)", str(caught.value)), str(caught.value)


# ---- files


def test_a_pickle_is_not_opened(tmp_path):
    """Loading runs no code, whatever the file holds."""

    class Trap:
        def __reduce__(self):
            return pytest.fail, ("the file's code was run",)

    inside = tmp_path / "inside.npz"
    np.savez(inside, W=np.array([Trap()], dtype=object))
    bare = tmp_path / "bare.npz"
    bare.write_bytes(pickle.dumps(Trap()))
    for path in (inside, bare):
        with pytest.raises(ValueError, match=r"allow_pickle=False|pickle"):
            rnnlib.load(path)


def test_a_single_array_is_not_parameters(tmp_path):
    np.save(tmp_path / "one.npy", np.ones(3))
    with pytest.raises(ValueError, match=r"path: expected a .npz file.*got the single array"):
        rnnlib.load(tmp_path / "one.npy")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        rnnlib.load(tmp_path / "nowhere.npz")


def test_a_wrong_gradient_shape_is_named():
    compare = check_gradient.__globals__["compare"]
    with pytest.raises(ValueError, match=r"gradient of W: expected shape \(2,\), got \(3,\)"):
        compare(lambda p: p["W"].sum(), {"W": np.ones(2)}, {"W": np.ones(3)}, rng(0))


def test_lists_are_taken_for_arrays():
    """What is not bad input: nested lists of the right shape."""
    w = world()
    run = w.net.forward(w.params, w.xs.tolist(), lengths=[4, 1, 2])
    np.testing.assert_array_equal(run.hs, w.net.forward(w.params, w.xs, lengths=np.array([4, 1, 2])).hs)
    assert w.model.evaluate(w.mparams, w.xs.tolist(), w.targets.tolist()) == w.model.evaluate(
        w.mparams, w.xs, w.targets
    )
