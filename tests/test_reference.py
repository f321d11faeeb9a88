"""The reference: every public name and method says what it does, its shapes and its errors; the errors are true; and
Sphinx sets all of it without a warning."""

import inspect
import os
import re
from functools import cached_property
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest

import rnnlib
from rnnlib import data, flow, init, neighbours, plain_cells, tasks
from rnnlib.course import exercises as asked
from rnnlib.course import experiments, markov, probes, project, stats
from rnnlib.course.exercises.catalogue import EXERCISES
from rnnlib.course.exercises.kinds import Function
from rnnlib.course.site import reference
from rnnlib.data import own

NAMES = reference.names()
EXPLORERS = "rnnlib.course.explore."
ERROR = re.compile(r"\b(?:[A-Z]\w*Error|FileFault)\b")
# (T, B, D), (3·d, d), (T + 1, B, N), (N_train,), (..., H), (10, N) or (n,); not (Elman 1990) and not (n, m, v)
AXIS = r"(?:\d*·?[A-Z]'?(?:_\w+)?|\d+|[bdhn]|rows|size|directions|\.\.\.|…|·)"
AXES = rf"{AXIS}(?: ?[+·] ?(?:{AXIS}|\d+n))*"
SHAPE = re.compile(rf"\({AXES},(?: {AXES},)*(?: {AXES})?\)")


def refused(names, reason):
    return dict.fromkeys(names.split(), reason)


NO_ERROR = {  # what raises nothing of its own, and why
    **refused("cells.Cell cells.RNN cells.LSTM cells.GRU cells.ResetFirstGRU cells.squash", "`DeepRNN` is its door"),
    **refused("init.uniform init.glorot init.orthogonal init.identity", "`layer_params` is its door"),
    **refused("model.cross_entropy model.mse", "`Model.loss_and_dys` is its door"),
    **refused("neighbours.attention_backward", "a net's `backward` is its door"),
    **refused("model.ModelRun data.Sequences course.project.Baselines course.project.Checks course.project.Fitted "
              "course.project.Mistakes course.project.Parts course.project.Result course.project.Sweep "
              "data.own.Found data.own.Remark", "a result: it is read, and not made by hand"),
    **refused("data.own.FileFault", "it is an error itself"),
    **refused("data.python_docs data.splice_windows course.exercises.forget course.exercises.names "
              "course.exercises.progress", "takes no argument"),
}  # fmt: skip
NO_SHAPE = {  # what neither takes nor returns arrays of a shape of its own, and why
    **refused("SGD Adam clip_by_global_norm load save", "trees of arrays of any shape"),
    **refused("tasks.solved_interval", "three numbers in, two out"),
    **refused("data.python_docs data.python_excerpt data.python_sources data.sha256 data.Alphabet "
              "data.own.text data.own.columns data.own.FileFault data.own.Remark", "texts"),
    **refused("data.own.read", "any of `Found`, whose docstring has the shapes"),
    **refused("course.project.Checks course.project.Fitted course.project.Sweep course.project.baselines "
              "course.project.checks course.project.fit course.project.judge course.project.load "
              "course.project.mistakes course.project.report course.project.save course.project.sweep "
              "course.project.Kept", "objects, whose docstrings have the shapes"),
    **refused("course.exercises.check course.exercises.forget course.exercises.mistake course.exercises.names "
              "course.exercises.progress course.exercises.yours", "whatever the exercise asks for"),
    **refused("course.experiments.load course.experiments.select", "lists of dicts from a file"),
}  # fmt: skip


# ---- what is said


def members(value):
    """{name: object} of the public methods and properties that a class of ours has, inherited ones too."""
    ours = [c for c in value.__mro__ if c.__module__.partition(".")[0] == "rnnlib"]
    found = {}
    for kind in reversed(ours):
        found |= {n: v for n, v in vars(kind).items() if not n.startswith("_")
                  and (inspect.isroutine(v) or isinstance(v, (property, staticmethod, classmethod)))}  # fmt: skip
    return found


def faults(names):
    """What is wrong with these docstrings, a sentence each."""
    for name, value in names.items():
        short = name.removeprefix("rnnlib.")
        if not callable(value):
            continue  # a constant: its module says what it is
        text = inspect.getdoc(value) or ""
        if not text.strip() or text == inspect.getdoc(type(value)):
            yield f"{name} has no docstring"
        if name.startswith(EXPLORERS):
            continue
        if inspect.isclass(value):
            if "__doc__" not in vars(value) or not (vars(value)["__doc__"] or "").strip():
                yield f"{name} has no docstring of its own"
            for method in members(value):
                said = inspect.getdoc(getattr(value, method)) or ""
                text += "\n" + said
                if not said.strip():
                    yield f"{name}.{method} has no docstring"
        if short not in NO_SHAPE and not SHAPE.search(text):
            yield f"{name} names no shape"
        if short not in NO_ERROR and not ERROR.search(text):
            yield f"{name} names no error"


def test_every_public_name_says_what_it_does_its_shapes_and_its_errors():
    assert len(NAMES) > 150
    assert list(faults(NAMES)) == []


def test_every_exception_is_a_public_name_that_needs_it():
    for listed, pattern in ((NO_SHAPE, SHAPE), (NO_ERROR, ERROR)):
        assert [n for n in listed if f"rnnlib.{n}" not in NAMES or pattern.search(inspect.getdoc(NAMES[f"rnnlib.{n}"]))
                ] == []  # fmt: skip


def test_an_empty_docstring_is_found():
    def empty(xs):
        """ """

    class Half:
        """xs (T, B, D). ValueError where it is none."""

        def forward(self, xs):
            return xs

    Half.__module__ = "rnnlib.planted"
    bare = type("Bare", (rnnlib.SGD,), {})
    assert list(faults({"rnnlib.empty": empty})) == [
        "rnnlib.empty has no docstring", "rnnlib.empty names no shape", "rnnlib.empty names no error"
    ]  # fmt: skip
    assert list(faults({"rnnlib.Half": Half})) == ["rnnlib.Half.forward has no docstring"]
    assert "rnnlib.Bare has no docstring of its own" in faults({"rnnlib.Bare": bare})
    with mock.patch.object(rnnlib.train, "__doc__", ""):
        assert "rnnlib.train has no docstring" in faults(NAMES)


@pytest.mark.parametrize(
    ("text", "shape"),
    [("xs (T, B, D)", True), ("(N_train,)", True), ("(..., H)", True), ("W_ih (3·d, d)", True), ("(T + 1, B, N)", True),
     ("(Elman 1990)", False), ("(Kingma, Ba 2015)", False), ("f(x)", False), ("(n, m, v)", False)],
)  # fmt: skip
def test_what_counts_as_a_shape(text, shape):
    assert bool(SHAPE.search(text)) == shape


# ---- whether it is true


FUNCTION = next(name for name, exercise in EXERCISES.items() if type(exercise) is Function)


class World:
    """Everything that a call could be handed, made when it is asked for: T = 4, B = 3, D = 2, H = 5, L = 2, V = 3."""

    def __init__(self, folder):
        self.folder = folder
        self.rng = np.random.default_rng(0)
        self.net = rnnlib.DeepRNN("lstm", 2, 5, 2)
        self.params = self.net.init(self.rng)
        self.xs, self.dhs = self.rng.standard_normal((4, 3, 2)), np.ones((4, 3, 5))
        self.run = self.net.forward(self.params, self.xs)
        self.both = rnnlib.DeepRNN("rnn", 2, 5, bidirectional=True)
        self.bparams = self.both.init(self.rng)
        self.model = rnnlib.Model(self.net, 3)
        self.mparams = self.model.init(self.rng)
        self.mrun = self.model.forward(self.mparams, self.xs)
        self.targets = self.rng.integers(0, 3, (4, 3))
        self.single = rnnlib.DeepRNN("lstm", 2, 5, 2, dtype=np.float32)
        self.adding = tasks.adding(4)
        self.vowels = data.Sequences(np.ones((4, 3, 2)), np.arange(3), np.full(3, 4))
        self.attention = neighbours.Attention(2, 4, 2)
        self.chain = neighbours.Chain([self.attention, neighbours.LinearRecurrence("mingru", 4, 5)])
        self.words = data.words_to_sounds("validation")
        self.states, self.label = self.rng.standard_normal((20, 3)), np.arange(20.0)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    @cached_property
    def found(self):
        rows = ["seq,label"] + [f"{''.join(self.rng.choice(list('ACGT'), 6))},{'yn'[i % 2]}" for i in range(120)]
        return own.labelled(self.file("good.csv", "\n".join(rows)), sequence="seq", label="label")

    @cached_property
    def parts(self):
        return project.split(self.found)

    @cached_property
    def other_parts(self):
        return project.split(self.found, seed=1)

    @cached_property
    def learner(self):
        return project.network(self.parts, size=2)

    @cached_property
    def simple(self):
        return project.baselines(self.parts)

    def fitted(self, **choices):
        return project.fit(project.network(self.parts, **choices), self.parts, 0.01, seeds=1, epochs=1)

    @cached_property
    def result(self):
        return project.judge(self.fitted(size=2), self.simple)

    @cached_property
    def unnamed(self):
        return project.judge(self.fitted(cell=plain_cells.Elman(), size=2), self.simple)

    @cached_property
    def kept(self):
        project.save(self.result, self.folder / "kept")
        return project.load(self.folder / "kept")


class Odd(plain_cells.Elman):
    """A cell that gives back whatever its attribute says."""

    def __init__(self, given):
        self.given = given

    def forward(self, zx, zh, state):
        return self.given(state), None


def through(w, given):
    net = rnnlib.DeepRNN(Odd(given), 2, 5)
    return net.forward(net.init(w.rng), w.xs)


def steps(w, batch):
    return list(rnnlib.train(w.model, w.mparams, [batch]))


def diverging(w):
    model = rnnlib.Model(w.net, 3, loss="mse")
    with np.errstate(all="ignore"):
        return list(rnnlib.train(model, w.mparams, [(w.xs, np.full((4, 3, 3), 1e200))]))


def damaged(w):
    w.file("kept.json", "{}")
    (w.folder / "damaged").mkdir(exist_ok=True)
    project.save(w.result, w.folder / "damaged")
    (w.folder / "damaged" / "weights.npz").write_bytes(b"no zip")
    return project.load(w.folder / "damaged")


def graded(w):
    with mock.patch.dict(os.environ, NBGRADER_EXECUTION="validate"):
        asked.check(FUNCTION, lambda *args: None)


def exploding(w):
    net = neighbours.Chain([neighbours.Convolution(2, 2, 1), neighbours.Convolution(2, 2, 1)])
    params = net.init(w.rng)
    params[0]["W"][:] = 1e308
    with np.errstate(all="ignore"):
        net.forward(params, 1e10 + 0 * w.xs)


def lost(w):
    """A decoder whose state explodes: a ReLU's may."""
    net = neighbours.Seq2Seq(rnnlib.DeepRNN("rnn", 2, 3, nonlinearity="relu"), rnnlib.DeepRNN("rnn", 2, 3), False)
    params = net.init(w.rng)
    params["encoder"][0]["W_hh"][:] = 1e200
    with np.errstate(all="ignore"):
        net.decode(params, 1 + np.abs(w.xs), None, 2)


def written(w, steps):
    net = seq2seq(rnnlib.DeepRNN("gru", 2, 5))
    return net.decode(net.init(w.rng), w.xs, None, steps)


def seq2seq(decoder, attention=False):
    return neighbours.Seq2Seq(rnnlib.DeepRNN("gru", 2, 5), decoder, attention)


V, T, F, I, K, N, X = (ValueError, TypeError, own.FileFault, IndexError, KeyError, NotImplementedError,
                       FloatingPointError)  # fmt: skip
a, f32 = np.ones, np.float32
# whose complaint is not "...: expected ..., got ..."
OWN_WORDS = ("init.spectral_radius", "course.experiments.load", "course.experiments.select")

# name, without its "rnnlib.": {the error that its docstring names: a call that provokes it}
CALLS = {
    "SGD": {V: lambda w: rnnlib.SGD(0)},
    "SGD.init": {T: lambda w: rnnlib.SGD(1).init(3)},
    "SGD.update": {V: lambda w: rnnlib.SGD(1).update([a(2)], [a(3)], [a(2)])},
    "Adam": {V: lambda w: rnnlib.Adam(betas=(0.9, 1))},
    "Adam.init": {T: lambda w: rnnlib.Adam().init([a(2, int)])},
    "Adam.update": {V: lambda w: rnnlib.Adam().update([a(2)], [a(2)], (0, [a(2)], [a(3)]))},
    "DeepRNN": {V: lambda w: rnnlib.DeepRNN("lstm", 2, 5, nonlinearity="relu"),
                T: lambda w: rnnlib.DeepRNN("rnn", 2.5, 5)},
    "DeepRNN.forward": {V: lambda w: w.net.forward(w.params, w.xs[0]),
                        T: lambda w: w.net.forward(w.params, w.xs.astype(f32))},
    "DeepRNN.backward": {V: lambda w: w.both.backward(w.bparams, w.run, w.dhs)},
    "DeepRNN.check_params": {V: lambda w: w.net.check_params(w.params[:1]),
                             T: lambda w: w.single.check_params(w.params)},
    "DeepRNN.check_state": {V: lambda w: w.net.check_state("state", [], 3),
                            T: lambda w: w.single.check_state("state", w.net.zero_state(3), 3)},
    "Model": {V: lambda w: rnnlib.Model(w.net, 0), T: lambda w: rnnlib.Model("net", 3)},
    "Model.forward": {V: lambda w: w.model.forward(w.mparams, w.xs[..., :1]),
                      T: lambda w: w.model.forward(None, w.xs)},
    "Model.backward": {V: lambda w: w.model.backward(w.model.init(w.rng), w.mrun, a((4, 3, 3)))},
    "PlainCell": {V: lambda w: through(w, lambda s: (a((2, 2)),)), T: lambda w: through(w, lambda s: 3),
                  X: lambda w: through(w, lambda s: (np.nan * s[0],))},
    "PlainCell.forward": {N: lambda w: rnnlib.PlainCell().forward(None, None, None)},
    "PlainCell.backward": {N: lambda w: rnnlib.PlainCell().backward(None, None)},
    "clip_by_global_norm": {V: lambda w: rnnlib.clip_by_global_norm([a(2)], 0),
                            T: lambda w: rnnlib.clip_by_global_norm(3, 1)},
    "from_keras": {V: lambda w: rnnlib.from_keras([a((2, 5)), a((5, 6))]), T: lambda w: rnnlib.from_keras(3)},
    "from_onnx": {V: lambda w: rnnlib.from_onnx(a((1, 5, 2)), a((1, 5, 5)), P=a(3)),
                  T: lambda w: rnnlib.from_onnx(a((1, 5, 2), int), a((1, 5, 5)))},
    "from_torch": {V: lambda w: rnnlib.from_torch({"weight_hr_l0": a((2, 2))}), T: lambda w: rnnlib.from_torch(3)},
    "gradcheck": {V: lambda w: rnnlib.gradcheck(w.net, w.params, w.xs[0]),
                  T: lambda w: rnnlib.gradcheck(w.single, w.single.init(w.rng), w.xs)},
    "gradient_flow": {V: lambda w: rnnlib.gradient_flow(w.net, w.params, w.xs, w.dhs[1:]),
                      T: lambda w: rnnlib.gradient_flow(3, w.params, w.xs, w.dhs)},
    "load": {V: lambda w: rnnlib.load(w.file("a.npz", b"x" * 99)),
             OSError: lambda w: rnnlib.load(w.folder / "none.npz"),
             T: lambda w: rnnlib.load(3)},
    "save": {V: lambda w: rnnlib.save(w.folder / "a.npz", {"a/b": a(2)}),
             T: lambda w: rnnlib.save(w.folder / "a.npz", 3)},
    "state_from_torch": {V: lambda w: rnnlib.state_from_torch(a((3, 2, 5)), True),
                         T: lambda w: rnnlib.state_from_torch(a((2, 2, 5), int))},
    "state_to_torch": {V: lambda w: rnnlib.state_to_torch([(a((2, 5)),), (a((2, 4)),)]),
                       T: lambda w: rnnlib.state_to_torch(3)},
    "to_torch": {V: lambda w: rnnlib.to_torch([{"g_x": a(5)}]), T: lambda w: rnnlib.to_torch(3)},
    "train": {V: lambda w: steps(w, (w.xs, w.targets + 3)), T: lambda w: steps(w, w.xs),
              X: diverging},
    "init.spectral_radius": {V: lambda w: init.spectral_radius(a((2, 3))),
                             np.linalg.LinAlgError: lambda w: init.spectral_radius(np.full((2, 2), np.nan))},
    "init.layer_params": {V: lambda w: w.both.init(w.rng, forget_bias=1), T: lambda w: w.net.init(0)},
    "flow.weight_gradients_by_step": {V: lambda w: flow.weight_gradients_by_step(w.net, w.params, w.xs, w.dhs[1:]),
                                      T: lambda w: flow.weight_gradients_by_step(w.chain, w.params, w.xs, w.dhs)},
    "flow.norms": {T: lambda w: flow.norms(w.run)},
    "flow.pack": {V: lambda w: flow.pack([(a((2, 5)), a((3, 5)))]), T: lambda w: flow.pack(3)},
    "flow.unpack": {V: lambda w: flow.unpack(w.net, a((1, 7))), T: lambda w: flow.unpack(w.net, a((1, 20), f32))},
    "flow.trajectory": {V: lambda w: flow.trajectory(w.both, w.bparams, w.xs)},
    "flow.long_range_jacobian": {V: lambda w: flow.long_range_jacobian(w.net, w.params, w.xs)},
    "flow.step_jacobians": {V: lambda w: flow.step_jacobians(w.both, w.bparams, w.xs[:, 0])},
    "flow.singular_values": {V: lambda w: flow.singular_values(a((2, 3)))},
    "flow.lyapunov_exponents": {V: lambda w: flow.lyapunov_exponents(a((3, 2, 2)), discard=3)},
    "flow.saturation": {V: lambda w: flow.saturation(w.net.forward(w.params, w.xs, keep=False)),
                        T: lambda w: flow.saturation(w.xs)},
    "flow.spread": {T: lambda w: flow.spread(w.xs)},
    "flow.update_ratios": {V: lambda w: flow.update_ratios(w.params, w.params[:1]),
                           T: lambda w: flow.update_ratios(3, w.params)},
    "flow.decay_rate": {V: lambda w: flow.decay_rate(a(1))},
    "flow.half_life": {V: lambda w: flow.half_life(np.zeros(3))},
    "flow.time_rate": {V: lambda w: flow.time_rate(-a(3))},
    "flow.layer_factor": {V: lambda w: flow.layer_factor(np.full(3, np.nan))},
    "flow.linear_stack_response": {V: lambda w: flow.linear_stack_response(1, 1, 0, np.arange(3))},
    "tasks.adding": {V: lambda w: tasks.adding(1)},
    "tasks.copy_memory": {V: lambda w: tasks.copy_memory(1, 0)},
    "tasks.temporal_order": {V: lambda w: tasks.temporal_order(9)},
    "tasks.parity": {V: lambda w: tasks.parity(0)},
    "tasks.s5": {V: lambda w: tasks.s5(0)},
    "tasks.associative_recall": {V: lambda w: tasks.associative_recall(3, queries=4)},
    "tasks.echo": {V: lambda w: tasks.echo(4, 4)},
    "tasks.noise_padded_digits": {V: lambda w: tasks.noise_padded_digits(2, "validation")},
    "tasks.solved_interval": {V: lambda w: tasks.solved_interval(3, 2)},
    "task.Task": {V: lambda w: w.adding.batch(w.rng, 0), T: lambda w: w.adding.batches(0, 2)},
    "data.Alphabet": {V: lambda w: data.Alphabet(""), T: lambda w: data.Alphabet(3)},
    "data.Alphabet.encode": {V: lambda w: data.Alphabet("ab").encode("abc")},
    "data.Alphabet.decode": {V: lambda w: data.Alphabet("ab").decode([2])},
    "data.Windows.take": {V: lambda w: data.splice_windows().take([-1])},
    "data.Words.take": {V: lambda w: w.words.take([1000])},
    "data.bigram_cross_entropy": {V: lambda w: data.bigram_cross_entropy([1], [1, 2])},
    "data.decode_letters": {V: lambda w: data.decode_letters([[26]], [1])},
    "data.decode_sounds": {V: lambda w: data.decode_sounds([[99]])},
    "data.digits": {V: lambda w: data.digits("validation")},
    "data.encode_words": {V: lambda w: data.encode_words(["naïve"]), T: lambda w: data.encode_words([3])},
    "data.japanese_vowels": {V: lambda w: data.japanese_vowels(dtype=int)},
    "data.one_hot": {V: lambda w: data.one_hot([-1], 3), T: lambda w: data.one_hot([0.5], 3)},
    "data.padded_batches": {V: lambda w: data.padded_batches(w.vowels, 0), T: lambda w: data.padded_batches(w.xs, 2)},
    "data.python_excerpt": {V: lambda w: data.python_excerpt("validation")},
    "data.python_sources": {V: lambda w: data.python_sources(0)},
    "data.sha256": {T: lambda w: data.sha256(3)},
    "data.splice_junctions": {V: lambda w: data.splice_junctions("tests")},
    "data.standardise": {V: lambda w: data.standardise(w.vowels, w.vowels._replace(xs=a((4, 3, 1)))),
                         T: lambda w: data.standardise(w.xs)},
    "data.text_batches": {V: lambda w: data.text_batches(np.arange(3), 3, 2, 2)},
    "data.unigram_entropy": {V: lambda w: data.unigram_entropy([0, 1], [0, 1], smoothing=-1)},
    "data.words_to_sounds": {V: lambda w: data.words_to_sounds("all")},
    "data.own.arrays": {F: lambda w: own.arrays(w.file("b.npz", b"x" * 99))},
    "data.own.columns": {F: lambda w: own.columns(w.file("empty.csv", ""))},
    "data.own.duplicates_across": {I: lambda w: own.duplicates_across(w.found, {"train": [0], "test": [1000]})},
    "data.own.labelled": {F: lambda w: own.labelled(w.file("c.csv", "a,b\n1,2\n"), sequence="c")},
    "data.own.read": {F: lambda w: own.read(w.file("d.csv", "a,b\nx,y\n"))},
    "data.own.series": {V: lambda w: own.series(w.folder, order="down"),
                        F: lambda w: own.series(w.file("e.csv", "date,load\n2024-03-01,x\n2024-03-02,1\n"))},
    "data.own.text": {V: lambda w: own.text(w.folder, unknown="keep"),
                      F: lambda w: own.text(w.file("f.txt", "abc"), alphabet="ab")},
    "neighbours.Attention": {V: lambda w: neighbours.Attention(2, 5, 2)},
    "neighbours.Chain": {V: lambda w: neighbours.Chain([w.attention, w.net]), T: lambda w: neighbours.Chain([3])},
    "neighbours.Chain.check_params": {V: lambda w: w.chain.check_params([]), T: lambda w: w.chain.check_params(3)},
    "neighbours.Chain.check_state": {V: lambda w: w.chain.check_state("state", [], 3),
                                     T: lambda w: w.chain.check_state("state", 3, 3)},
    "neighbours.Chain.forward": {X: exploding},
    "neighbours.Convolution": {V: lambda w: neighbours.Convolution(2, 3, 2, residual=True)},
    "neighbours.LinearRecurrence": {V: lambda w: neighbours.LinearRecurrence("gru", 2, 5)},
    "neighbours.Pooling": {V: lambda w: neighbours.Pooling(2, "least")},
    "neighbours.Seq2Seq": {V: lambda w: seq2seq(rnnlib.DeepRNN("gru", 2, 4)), T: lambda w: seq2seq("gru")},
    "neighbours.Seq2Seq.decode": {V: lambda w: written(w, 0),
                                  X: lost},
    "neighbours.Transformer": {V: lambda w: neighbours.Transformer(2, 5, 1, heads=2)},
    "neighbours.attention": {V: lambda w: neighbours.attention(w.xs, w.xs, w.dhs[:3]),
                             T: lambda w: neighbours.attention(w.xs, w.xs.astype(f32), w.xs)},
    "neighbours.from_torch": {V: lambda w: neighbours.from_torch({"running_mean": a(3)}),
                              T: lambda w: neighbours.from_torch(3)},
    "neighbours.maps": {V: lambda w: neighbours.maps(w.run)},
    "neighbours.scan": {V: lambda w: neighbours.scan(a((4, 2)), a((3, 2)), a(2)),
                        T: lambda w: neighbours.scan(a((4, 2)), a((4, 2), f32), a(2))},
    "neighbours.to_torch": {V: lambda w: neighbours.to_torch({"W_z": a(3)})},
    "course.project.Kept.predict": {V: lambda w: w.kept.predict(own.text(w.file("g.txt", "some words")))},
    "course.project.Part.take": {I: lambda w: w.parts.test.take([1000])},
    "course.project.baselines": {V: lambda w: project.baselines(w.parts, lags=3),
                                 T: lambda w: project.baselines(w.found)},
    "course.project.checks": {T: lambda w: project.checks(w.net, w.parts)},
    "course.project.fit": {V: lambda w: project.fit(w.learner, w.parts, 0),
                           T: lambda w: project.fit(w.learner, w.found, 1)},
    "course.project.judge": {V: lambda w: project.judge(w.fitted(size=2), project.baselines(w.other_parts)),
                             T: lambda w: project.judge(w.parts, w.simple)},
    "course.project.load": {FileNotFoundError: lambda w: project.load(w.folder / "none"), V: damaged},
    "course.project.mistakes": {V: lambda w: project.mistakes(w.result, 0), T: lambda w: project.mistakes(w.parts)},
    "course.project.network": {V: lambda w: project.network(w.parts, net=w.net), T: lambda w: project.network(w.found)},
    "course.project.report": {T: lambda w: project.report(w.parts, w.folder / "a.html"),
                              FileNotFoundError: lambda w: project.report(w.result, "a.html", source=w.folder / "no")},
    "course.project.save": {V: lambda w: project.save(w.unnamed, w.folder),
                            T: lambda w: project.save(w.parts, w.folder)},
    "course.project.split": {V: lambda w: project.split(w.found, by="group")},
    "course.project.sweep": {V: lambda w: project.sweep(w.learner, w.parts, []),
                             T: lambda w: project.sweep(w.learner, w.found)},
    "course.exercises.check": {V: lambda w: asked.check("none", 3), T: lambda w: asked.check(FUNCTION, 3),
                               AssertionError: graded},
    "course.exercises.mistake": {K: lambda w: asked.mistake("none", 3)},
    "course.exercises.yours": {K: lambda w: asked.yours("none", 3)},
    "course.probes.source_labels": {SyntaxError: lambda w: probes.source_labels("f(")},
    "course.probes.layer_states": {V: lambda w: probes.layer_states(w.model, w.mparams, [0, 1], 3),
                                   T: lambda w: probes.layer_states(w.net, w.params, [0, 1], 2)},
    "course.probes.typo_distance": {V: lambda w: probes.typo_distance(w.model, w.mparams, [0, 1], 2, w.rng),
                                    T: lambda w: probes.typo_distance(w.model, w.mparams, [0, 1], 2, 0)},
    "course.probes.steps_to_fall": {V: lambda w: probes.steps_to_fall(a(3), 2)},
    "course.probes.unit_scores": {V: lambda w: probes.unit_scores(w.states, w.label[1:])},
    "course.probes.best_unit": {V: lambda w: probes.best_unit(w.states, w.label, 0)},
    "course.probes.fit_linear": {V: lambda w: probes.fit_linear(w.states, w.label, 0)},
    "course.probes.linear_probe": {V: lambda w: probes.linear_probe((w.states, w.label), (w.states, a(20)))},
    "course.probes.autocorrelation_time": {V: lambda w: probes.autocorrelation_time(w.states)},
    "course.markov.TwoScale": {V: lambda w: markov.TwoScale(2)},
    "course.markov.TwoScale.draw": {T: lambda w: markov.TwoScale().draw(0, 4, 3)},
    "course.markov.TwoScale.bayes": {V: lambda w: markov.TwoScale().bayes([[4]])},
    "course.stats.median_interval": {V: lambda w: stats.median_interval(a(3), w.rng),
                                     T: lambda w: stats.median_interval(a((1, 3)), 0)},
    "course.stats.mean_interval": {V: lambda w: stats.mean_interval(a((1, 3)), w.rng, confidence=1),
                                   T: lambda w: stats.mean_interval(a((1, 3)), 0)},
    "course.stats.paired_interval": {V: lambda w: stats.paired_interval(a(3), a(2), w.rng)},
    "course.stats.effect_size": {V: lambda w: stats.effect_size(a(1), a(1))},
    "course.experiments.load": {V: lambda w: experiments.load("none")},
    "course.experiments.select": {V: lambda w: experiments.select([], "loss")},
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"))


def said(name):
    """The docstring of a name, or of a method, without the module in front."""
    value = NAMES.get(f"rnnlib.{name}")
    if value is None:
        kind, _, method = name.rpartition(".")
        value = getattr(NAMES[f"rnnlib.{kind}"], method)
    return inspect.getdoc(value)


@pytest.mark.parametrize(
    ("name", "error"), [(n, e) for n, of in CALLS.items() for e in of], ids=lambda v: getattr(v, "__name__", v)
)
def test_a_documented_error_is_true(world, name, error):
    assert re.search(rf"\b{error.__name__}\b", said(name)), "the docstring does not name it"
    with pytest.raises(error) as caught:
        CALLS[name][error](world)
    if error in (V, T) and name not in OWN_WORDS:  # and not Python's own complaint of a call that is written wrongly
        assert ": expected " in str(caught.value)


def test_every_documented_error_is_provoked():
    told = set()
    for full, value in {id(v): (n, v) for n, v in reversed(NAMES.items())}.values():  # by its first name
        if callable(value) and not full.startswith(EXPLORERS):
            places = [full]
            if inspect.isclass(value):  # and the methods that say something themselves, not by their base
                places += [f"{full}.{m}" for m, f in vars(value).items() if m[0] != "_" and inspect.isfunction(f)
                           and f.__doc__]  # fmt: skip
            for short in (place.removeprefix("rnnlib.") for place in places):
                told |= {(short, error) for error in ERROR.findall(said(short))}
    assert told == {(name, error.__name__) for name, of in CALLS.items() for error in of}
    assert len(CALLS) > 100


# ---- how it is set


def test_sphinx_sets_the_reference_without_a_warning(tmp_path):
    pytest.importorskip("sphinx", reason="Sphinx is not installed")
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    source = tmp_path / "source"
    reference.write(source)
    settings = {"extensions": ["sphinx.ext.autodoc"], "autodoc_typehints": "none", "autodoc_member_order": "bysource"}
    with docutils_namespace():
        app = Sphinx(
            source, None, tmp_path / "made", tmp_path / "kept", "dummy", settings, status=None, warningiserror=True
        )
        app.connect("autodoc-process-docstring", reference.process)
        app.build()
        assert not app.statuscode
        entries = {
            name for page in reference.MODULES for of in app.env.get_doctree(page).findall(nodes.Element)
            for name in of.get("ids", ())
        }  # fmt: skip
    assert not [name for name in NAMES if name not in entries]


def test_a_docstring_keeps_its_columns_and_its_signs():
    lines = ["h = a * b_h, `x` | <y>", "", "a : one", "    two", ""]
    app = SimpleNamespace()
    reference.process(app, "function", "f", None, None, lines)
    text = "\n".join(lines)
    assert r"h = a \* b\_h, ``x``\  \| \<y\>" in text
    assert "::\n\n    a : one\n        two" in text
