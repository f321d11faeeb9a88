"""Training: the optimizers' steps, clipping, truncation, and a generator that leaves whole what it was given."""

from itertools import count, islice
from math import log
from pathlib import Path

import numpy as np
import pytest
from helpers import arrays, assert_trees_close, freeze, load_torch, random_params, rng, snapshot

import rnnlib
from rnnlib import tasks
from rnnlib.train import global_norm
from rnnlib.tree import leaves, map_leaves


def problem(cell="rnn", L=2, T=6, B=3, loss="cross_entropy", at="each_step", **options):
    """A small model, its parameters and one batch."""
    model = rnnlib.Model(rnnlib.DeepRNN(cell, 2, 4, L, **options), 3, loss=loss, at=at)
    rows = (T, B) if at == "each_step" else (B,)
    targets = rng(2).integers(0, 3, rows) if loss == "cross_entropy" else rng(2).standard_normal((*rows, 3))
    return model, random_params(model), (rng(1).standard_normal((T, B, 2)), targets)


# ---- optimizers


@pytest.fixture(scope="module")
def stored():
    with np.load(Path(__file__).parent / "reference" / "optimizers.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def part(stored, prefix):
    return {n.removeprefix(prefix): a for n, a in stored.items() if n.startswith(prefix)}


OPTIMIZERS = {
    "sgd": rnnlib.SGD(0.1),
    "momentum": rnnlib.SGD(0.1, momentum=0.9),
    "adam": rnnlib.Adam(0.05, betas=(0.8, 0.95), eps=1e-6),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_go_the_way_of_pytorchs(stored, name):
    """Twelve steps, compared after each."""
    optimizer, params = OPTIMIZERS[name], part(stored, "start/")
    state = optimizer.init(params)
    for k in range(12):
        params, state = optimizer.update(params, part(stored, f"grads/{k}/"), state)
        assert_trees_close(params, part(stored, f"{name}/{k}/"), rtol=1e-12)


def test_clipping_is_pytorchs(stored):
    """torch adds 1e-6 to the norm before it divides; hence not more digits."""
    clipped, norm = rnnlib.clip_by_global_norm(part(stored, "grads/0/"), 0.5)
    assert norm == pytest.approx(float(stored["clip/norm"]), rel=1e-12)
    assert global_norm(clipped) == pytest.approx(0.5, rel=1e-12)
    factor = norm / (norm + 1e-6)
    assert_trees_close(map_leaves(lambda g: factor * g, clipped), {n: stored[f"clip/{n}"] for n in clipped}, rtol=1e-9)


@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_training_beside_pytorch(name):
    """A whole training run, live: model, loss, clipping and optimizer, parameters compared after every step."""
    torch = load_torch()
    model, params, _ = problem("lstm")
    net, linear = torch.nn.LSTM(2, 4, 2, dtype=torch.float64), torch.nn.Linear(4, 3, dtype=torch.float64)
    net.load_state_dict({n: torch.as_tensor(a) for n, a in rnnlib.to_torch(params["layers"]).items()})
    linear.load_state_dict({"weight": torch.as_tensor(params["W_hy"].T.copy()), "bias": torch.as_tensor(params["b_y"])})
    for n, p in net.named_parameters():  # rnnlib has one bias where torch has two of the same gradient
        p.requires_grad_(not n.startswith("bias_hh"))
    moving = [p for p in [*net.parameters(), *linear.parameters()] if p.requires_grad]
    torch_optimizer = {
        "sgd": lambda: torch.optim.SGD(moving, lr=0.1),
        "momentum": lambda: torch.optim.SGD(moving, lr=0.1, momentum=0.9),
        "adam": lambda: torch.optim.Adam(moving, lr=0.05, betas=(0.8, 0.95), eps=1e-6),
    }[name]()
    draw = rng(5)
    batches = [(draw.standard_normal((6, 3, 2)), draw.integers(0, 3, (6, 3))) for _ in range(8)]
    clipped = 0
    for step, (xs, targets) in zip(rnnlib.train(model, params, batches, OPTIMIZERS[name], clip_norm=0.3), batches):
        torch_optimizer.zero_grad()
        ys = linear(net(torch.as_tensor(xs))[0])
        loss = torch.nn.functional.cross_entropy(ys.reshape(-1, 3), torch.as_tensor(targets).reshape(-1))
        loss.backward()
        norm = torch.sqrt(sum((p.grad**2).sum() for p in moving))
        for p in moving:
            p.grad *= min(1, 0.3 / norm.item())
        torch_optimizer.step()
        clipped += step.clipped
        assert step.loss == pytest.approx(loss.item(), rel=1e-10)
        assert step.grad_norm == pytest.approx(norm.item(), rel=1e-10)
        for n, a in rnnlib.to_torch(step.params["layers"]).items():
            if not n.startswith("bias_hh"):
                np.testing.assert_allclose(a, net.get_parameter(n).detach().numpy(), rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(step.params["W_hy"].T, linear.weight.detach().numpy(), rtol=1e-9, atol=1e-11)
    assert clipped > 0


def test_clipping_by_pytorch_live():
    torch = load_torch()
    for size in (0.1, 10.0, 1e6):
        grads = {n: size * rng(k).standard_normal((3, k + 1)) for k, n in enumerate("abc")}
        tensors = [torch.zeros(3, k + 1, dtype=torch.float64) for k in range(3)]
        for tensor, g in zip(tensors, grads.values()):
            tensor.grad = torch.as_tensor(g.copy())
        want = torch.nn.utils.clip_grad_norm_(tensors, 1.0).item()
        clipped, norm = rnnlib.clip_by_global_norm(grads, 1.0)
        assert norm == pytest.approx(want, rel=1e-12)
        factor = norm / (norm + 1e-6) if norm > 1 else 1.0
        for tensor, g in zip(tensors, clipped.values()):
            np.testing.assert_allclose(tensor.grad.numpy(), factor * g, rtol=1e-9)


def test_what_is_short_enough_is_not_touched():
    grads = {"W": np.array([3.0, 4.0])}
    for bound in (5.0, 6.0, np.inf):
        same, norm = rnnlib.clip_by_global_norm(grads, bound)
        assert norm == 5 and same["W"].tolist() == [3, 4]
    shorter, norm = rnnlib.clip_by_global_norm(grads, 1.0)
    assert norm == 5
    np.testing.assert_allclose(shorter["W"], [0.6, 0.8], rtol=1e-15)
    zero, norm = rnnlib.clip_by_global_norm({"W": np.zeros(2)}, 1.0)
    assert norm == 0 and not zero["W"].any()


def test_the_norm_of_large_float32_gradients_does_not_overflow():
    grads = {"W": np.full(4, 1e25, np.float32)}
    clipped, norm = rnnlib.clip_by_global_norm(grads, 1.0)
    assert norm == pytest.approx(2e25, rel=1e-6)
    assert clipped["W"].dtype == np.float32 and global_norm(clipped) == pytest.approx(1, rel=1e-6)


def test_the_update_is_clipped_and_the_report_is_not():
    """Clipping comes after the backward pass and before the update; grad_norm is the norm before it."""
    model, params, batch = problem()
    _, grads = model.loss_and_grads(params, *batch)
    (step,) = rnnlib.train(model, params, [batch], rnnlib.SGD(1.0), clip_norm=0.01)
    assert step.clipped and step.grad_norm == pytest.approx(global_norm(grads)) and step.grad_norm > 0.02
    moved = map_leaves(np.subtract, params, step.params)
    assert global_norm(moved) == pytest.approx(0.01, rel=1e-9)
    assert_trees_close(moved, step.grads, rtol=1e-9, atol=1e-12)
    (free,) = rnnlib.train(model, params, [batch], rnnlib.SGD(1.0), clip_norm=100.0)
    assert not free.clipped
    assert_trees_close(map_leaves(np.subtract, params, free.params), grads, rtol=1e-9)


# ---- a generator of values


def test_a_step_tells_what_happened():
    model, params, batch = problem()
    steps = list(rnnlib.train(model, params, [batch] * 3, rnnlib.SGD(0.5)))
    assert [(s.index, s.batch) for s in steps] == [(1, 1), (2, 2), (3, 3)]
    assert steps[0].loss == model.evaluate(params, *batch)  # before the update
    assert steps[1].loss == model.evaluate(steps[0].params, *batch)
    assert {n for n, _ in leaves(steps[0].grads)} == {n for n, _ in leaves(params)}


def test_nothing_happens_before_it_is_asked_for():
    model, params, batch = problem()
    drawn = []

    def batches():
        for k in count():
            drawn.append(k)
            yield batch

    steps = rnnlib.train(model, params, batches())
    assert drawn == []
    assert next(steps).index == 1 and drawn == [0]
    assert [s.index for s in islice(steps, 3)] == [2, 3, 4] and drawn == [0, 1, 2, 3]  # paused, gone on
    steps.close()
    assert list(steps) == [] and drawn == [0, 1, 2, 3]


def test_parameters_are_values():
    """Every tree that was handed out stays what it was, and no two share memory."""
    model, params, batch = problem("gru")
    freeze(params)
    trees, prints = [params], [snapshot(params)]
    for step in rnnlib.train(model, params, [batch] * 4, rnnlib.Adam(0.1)):
        freeze(step.params)
        trees.append(step.params)
        prints.append(snapshot(step.params))
    assert [snapshot(tree) for tree in trees] == prints and len({p[0][2] for p in prints}) == 5
    flat = [list(arrays(tree)) for tree in trees]
    assert not any(np.shares_memory(a, b) for i, one in enumerate(flat) for two in flat[:i] for a, b in zip(one, two))


def test_two_trainings_at_once_do_not_disturb_each_other():
    """One optimizer object and one model serve both: neither keeps anything."""
    model, params, batch = problem("lstm")
    optimizer = rnnlib.Adam(0.1)
    alone = [s.loss for s in rnnlib.train(model, params, [batch] * 5, optimizer)]
    one, two = (rnnlib.train(model, params, [batch] * 5, optimizer) for _ in range(2))
    together = [(a.loss, b.loss) for a, b in zip(one, two)]
    assert together == [(x, x) for x in alone]


def test_stopping_and_starting_again_with_sgd():
    """Plain gradient descent remembers nothing: three steps and two are five."""
    model, params, batch = problem()
    whole = list(rnnlib.train(model, params, [batch] * 5, rnnlib.SGD(0.3)))
    (*_, half) = rnnlib.train(model, params, [batch] * 3, rnnlib.SGD(0.3))
    (*_, end) = rnnlib.train(model, half.params, [batch] * 2, rnnlib.SGD(0.3))
    assert snapshot(end.params) == snapshot(whole[-1].params)


def test_no_batches_no_steps():
    model, params, _ = problem()
    assert list(rnnlib.train(model, params, [])) == []


def test_dropout_draws_from_the_rng_it_gets():
    model, params, batch = problem(dropout=0.5)
    losses = [[s.loss for s in rnnlib.train(model, params, [batch] * 3, rng=r)] for r in (rng(0), rng(0), rng(1), None)]
    assert losses[0] == losses[1] != losses[2]
    assert losses[3][0] == model.evaluate(params, *batch) != losses[0][0]


@pytest.mark.parametrize("where", ["overflow", "NaN in the targets"])
def test_what_is_not_finite_stops_and_leaves_the_last_parameters_whole(where):
    model, params, (xs, values) = problem(loss="mse", nonlinearity="relu")
    good = (xs, values)
    bad = (1e300 * xs, values) if where == "overflow" else (xs, np.full_like(values, np.nan))
    steps = rnnlib.train(model, params, [good, good, bad, good], rnnlib.SGD(0.01))
    first, second = next(steps), next(steps)
    before = snapshot(first.params, second.params)
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match=r"step 3: loss (inf|nan), gradient norm"):
        next(steps)
    assert snapshot(first.params, second.params) == before
    assert all(np.isfinite(a).all() for a in arrays(second.params))
    assert list(steps) == []  # a generator that raised is over
    (third,) = rnnlib.train(model, second.params, [good], rnnlib.SGD(0.01))
    assert third.loss < first.loss


# ---- truncation


@pytest.mark.parametrize("window", [6, 7, 100])
def test_a_window_as_long_as_the_sequence_is_no_window(window):
    model, params, batch = problem("gru")
    full = list(rnnlib.train(model, params, [batch] * 2))
    cut = list(rnnlib.train(model, params, [batch] * 2, truncate=window))
    assert [snapshot(s.params) for s in full] == [snapshot(s.params) for s in cut]
    assert [s.batch for s in cut] == [1, 2]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("size", [1, 2, 4])
def test_windows_hand_on_the_state_and_not_the_gradient(cell, size):
    """By hand: each window is a batch of its own that starts from the last window's state, as a value."""
    model, params, (xs, targets) = problem(cell)
    steps = list(rnnlib.train(model, params, [(xs, targets)] * 2, rnnlib.SGD(0.2), truncate=size))
    found, state = iter(steps), None
    for batch in (1, 2):
        state = None  # a new batch starts afresh
        for t in range(0, 6, size):
            window = slice(t, t + size)
            run = model.forward(params, xs[window], state=state)
            loss, grads = model.loss_and_grads(params, xs[window], targets[window], state=state)
            state = run.state  # that of the parameters which made it, before the update
            params = map_leaves(lambda p, g: p - 0.2 * g, params, grads)
            step = next(found)
            assert step.loss == pytest.approx(loss, rel=1e-12) and step.batch == batch
            assert_trees_close(step.grads, grads)
            assert_trees_close(step.params, params)
    assert next(found, None) is None
    assert [s.index for s in steps] == list(range(1, len(steps) + 1))


def test_what_truncation_leaves_out():
    """With the parameters held still, the windows' gradients sum to the full one less what crosses the borders,
    and the longer the window the less that is."""
    model, params, (xs, targets) = problem(T=32)
    _, full = model.loss_and_grads(params, xs, targets)
    missing = []
    for size in (1, 2, 4, 8, 16, 32):
        total = map_leaves(np.zeros_like, params)
        for step in rnnlib.train(model, params, [(xs, targets)], rnnlib.SGD(1e-300), truncate=size):
            total = map_leaves(lambda a, g, share=size / 32: a + share * g, total, step.grads)
        missing.append(global_norm(map_leaves(np.subtract, full, total)))
    assert missing[-1] < 1e-12 < missing[-2]
    assert missing[0] > 3 * missing[2] > 3 * missing[4]


@pytest.mark.parametrize("as_list", [False, True])
def test_a_sequence_that_has_ended_leaves_the_batch(as_list):
    model, params, (xs, targets) = problem("lstm", B=4)
    lengths = [6, 2, 3, 1]
    for b, n in enumerate(lengths):
        xs[n:, b] = np.nan
    batch = (xs, targets, lengths if as_list else np.array(lengths))
    steps = list(rnnlib.train(model, params, [batch], rnnlib.SGD(0.1), truncate=2))
    assert len(steps) == 3
    going, state = [np.arange(4), np.array([0, 2]), np.array([0])], None
    for k, (rows, step) in enumerate(zip(going, steps)):
        own = slice(2 * k, 2 * k + 2)
        real = np.minimum(np.array(lengths)[rows] - 2 * k, 2)
        if k:
            previous = going[k - 1].tolist()
            state = [tuple(s[[previous.index(b) for b in rows]] for s in layer) for layer in state]
        loss, grads = model.loss_and_grads(params, xs[own][:, rows], targets[own][:, rows], real, state=state)
        state = model.forward(params, xs[own][:, rows], real, state=state).state
        params = map_leaves(lambda p, g: p - 0.1 * g, params, grads)
        assert step.loss == pytest.approx(loss, rel=1e-12)
        assert_trees_close(step.params, params)


def test_when_all_have_ended_the_rest_is_not_run():
    model, params, (xs, targets) = problem()
    assert len(list(rnnlib.train(model, params, [(xs, targets, [1, 2, 2])], truncate=2))) == 1


# ---- it learns: below what can be had without memory, from a fixed seed


def test_it_learns_to_add():
    """Adding, T = 8: predicting the mean has an MSE of 1/6. Who sees the marks gets far below."""
    task = tasks.adding(8)
    model = rnnlib.Model(rnnlib.DeepRNN("lstm", 2, 16), 1, loss="mse", at="last_step")
    draw = rng(0)
    batches = (task.batch(draw, 32) for _ in range(500))
    (*_, last) = rnnlib.train(model, model.init(rng(1), forget_bias=1.0), batches, rnnlib.Adam(1e-2), clip_norm=1.0)
    error = model.evaluate(last.params, *task.batch(rng(99), 2000))
    assert error < 0.02 < 1 / 6


def test_it_learns_parity():
    """Running XOR, T = 5, two GRU layers: chance is ln 2, and no sum of the inputs helps."""
    task = tasks.parity(5)
    model = rnnlib.Model(rnnlib.DeepRNN("gru", task.input_size, 12, 2), 2)
    draw = rng(0)
    batches = (task.batch(draw, 32) for _ in range(500))
    (*_, last) = rnnlib.train(model, model.init(rng(1)), batches, rnnlib.Adam(2e-2), clip_norm=1.0)
    assert model.evaluate(last.params, *task.batch(rng(99), 500)) < 0.05 < log(2)


def test_labels_that_mean_nothing_are_not_learned():
    """The control: on fresh random labels the same training stays at chance, whatever the training loss does."""
    model = rnnlib.Model(rnnlib.DeepRNN("gru", 2, 8), 2)
    draw = rng(0)
    batches = ((draw.standard_normal((5, 32, 2)), draw.integers(0, 2, (5, 32))) for _ in range(150))
    (*_, last) = rnnlib.train(model, model.init(rng(1)), batches, rnnlib.Adam(1e-2))
    held_out = model.evaluate(last.params, draw.standard_normal((5, 2000, 2)), draw.integers(0, 2, (5, 2000)))
    assert held_out == pytest.approx(log(2), abs=0.02) and held_out > log(2) - 0.001


# ------------------------------------------------------------------------------------------------ streams


def stream(rng, T, B):
    """A long echo, cut into batches that read on."""
    bits = rng.integers(0, 2, (T, B))
    return np.eye(2)[bits], np.concatenate([np.zeros((1, B), int), bits[:-1]])


def test_a_carried_state_makes_batches_one_long_sequence():
    """Plain descent so slow that the parameters stand still: the losses are those of one pass over everything."""
    model = rnnlib.Model(rnnlib.DeepRNN("lstm", 2, 3, 2), 2)
    params, (xs, targets) = model.init(np.random.default_rng(0)), stream(np.random.default_rng(1), 12, 3)
    batches = [(xs[t : t + 4], targets[t : t + 4]) for t in range(0, 12, 4)]
    whole = model.loss_and_dys(model.predict(params, xs), targets)[0]
    for truncate in (None, 2, 3):
        steps = list(rnnlib.train(model, params, batches, rnnlib.SGD(1e-12), carry_state=True, truncate=truncate))
        weights = [4] * 3 if truncate is None else [2] * 6 if truncate == 2 else [3, 1] * 3
        assert np.average([s.loss for s in steps], weights=weights) == pytest.approx(whole, rel=1e-9)
    anew = [s.loss for s in rnnlib.train(model, params, batches, rnnlib.SGD(1e-12))]
    assert abs(np.mean(anew) - whole) > 1e-6


def test_the_state_is_carried_and_the_gradient_is_not():
    model = rnnlib.Model(rnnlib.DeepRNN("gru", 2, 3), 2)
    params, (xs, targets) = model.init(np.random.default_rng(0)), stream(np.random.default_rng(1), 8, 2)
    one, two = rnnlib.train(
        model, params, [(xs[:4], targets[:4]), (xs[4:], targets[4:])], rnnlib.SGD(0.1), carry_state=True
    )
    state = model.forward(params, xs[:4]).state
    loss, grads = model.loss_and_grads(one.params, xs[4:], targets[4:], state=state)
    assert two.loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(two.grads["layers"][0]["W_hh"], grads["layers"][0]["W_hh"], rtol=1e-12)


def test_streams_that_do_not_go_on_are_refused():
    model = rnnlib.Model(rnnlib.DeepRNN("rnn", 2, 3), 2)
    params, (xs, targets) = model.init(np.random.default_rng(0)), stream(np.random.default_rng(1), 4, 3)
    steps = rnnlib.train(model, params, [(xs, targets), (xs[:, :2], targets[:, :2])], carry_state=True)
    first = next(steps)
    with pytest.raises(ValueError, match=r"batches: expected B=3 along axis 1 of xs in batch 2, .* got 2"):
        next(steps)
    assert np.isfinite(first.params["W_hy"]).all()
    with pytest.raises(ValueError, match="batches: expected no lengths with carry_state"):
        next(rnnlib.train(model, params, [(xs, targets, [4, 4, 2])], carry_state=True))
    both = rnnlib.Model(rnnlib.DeepRNN("rnn", 2, 3, bidirectional=True), 2)
    with pytest.raises(ValueError, match="carry_state: expected False for a bidirectional DeepRNN"):
        rnnlib.train(both, both.init(np.random.default_rng(0)), [], carry_state=True)
    with pytest.raises(TypeError, match="carry_state: expected True or False, got 1"):
        rnnlib.train(model, params, [], carry_state=1)


def test_parameters_that_are_not_finite_are_not_handed_out():
    """An update may overflow where loss and gradient have not."""
    model, (xs, targets) = rnnlib.Model(rnnlib.DeepRNN("rnn", 2, 3), 2), (np.ones((3, 2, 2)), np.zeros((3, 2), int))
    params = model.init(np.random.default_rng(0))
    steps = []
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match="step 1: parameters that are not finite"):
        for step in rnnlib.train(model, params, [(xs, targets)] * 3, BeyondFloats()):
            steps.append(step)
    assert not steps
    assert all(np.isfinite(a).all() for _, a in leaves(params))


class BeyondFloats:
    def init(self, params):
        return None

    def update(self, params, grads, memory):
        return map_leaves(lambda p: p * np.inf, params), memory


def test_a_bad_batch_is_named_before_any_window_of_it_is_learned():
    model = rnnlib.Model(rnnlib.DeepRNN("rnn", 2, 3), 2)
    params = model.init(np.random.default_rng(0))
    good = np.ones((4, 2, 2)), np.zeros((4, 2), int)
    late = good[0].copy()
    late[3, 1, 0] = np.nan  # in the second window
    for bad, message in [
        ((late, good[1]), r"batches\[1\] xs: expected finite values, got nan at index \(3, 1, 0\)"),
        ((good[0], good[1] + 2), r"batches\[1\] targets: expected integers in 0..1, got 2"),
        ((good[0],), r"batches\[1\]: expected \(xs, targets\) or \(xs, targets, lengths\), got"),
    ]:
        steps = []
        with pytest.raises((ValueError, TypeError), match=message):
            for step in rnnlib.train(model, params, [good, bad], truncate=2):
                steps.append(step.batch)
        assert steps == [1, 1]
