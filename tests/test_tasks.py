"""Tasks: the definition, redone by brute force; the baseline, measured; the door."""

from itertools import islice
from math import log, sqrt

import numpy as np
import pytest

from rnnlib import tasks

EVERY = {
    "adding": lambda: tasks.adding(11),
    "copy_memory": lambda: tasks.copy_memory(7, n=4),
    "temporal_order": lambda: tasks.temporal_order(30),
    "parity": lambda: tasks.parity(9),
    "echo": lambda: tasks.echo(3, 12),
    "noise_padded_digits": lambda: tasks.noise_padded_digits(5),
    "s5": lambda: tasks.s5(9),
    "associative_recall": lambda: tasks.associative_recall(5, queries=3, keys=7, values=4),
}
SYMBOLS = ("S5",)  # its xs are whole numbers
KNOW_THE_TIME = ("copy memory", "S5", "associative recall")  # their baselines do
every_task = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY.keys())


def rng(seed=0):
    return np.random.default_rng(seed)


# ---- what every task promises


@every_task
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shapes_and_dtypes_are_those_the_table_says(make, dtype):
    task, B = make(), 6
    xs, targets = task.batch(rng(), B, dtype=dtype)
    if task.name in SYMBOLS:
        assert xs.shape == (task.T, B) and xs.dtype == np.int64 and 0 <= xs.min() and xs.max() < task.input_size
    else:
        assert xs.shape == (task.T, B, task.input_size) and xs.dtype == dtype
    shape = (task.T, B) if task.at == "each_step" else (B,)
    if task.loss == "mse":
        assert targets.shape == (*shape, task.output_size) and targets.dtype == dtype
    else:
        assert targets.shape == shape and targets.dtype == np.int64
        assert targets.min() >= 0 and targets.max() < task.output_size


@every_task
def test_a_seed_fixes_the_batch_whatever_the_dtype(make):
    task = make()
    first, again, other = (task.batch(rng(s), 5) for s in (3, 3, 4))
    single = task.batch(rng(3), 5, dtype=np.float32)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(first, single, strict=True))
    assert not np.array_equal(first[0], other[0])


@every_task
def test_batches_go_on_without_repeating(make):
    task = make()
    several = [xs for xs, _ in islice(task.batches(rng(), 4, dtype=np.float32), 5)]
    assert len(several) == 5 and several[0].dtype == (np.int64 if task.name in SYMBOLS else np.float32)
    assert all(not np.array_equal(several[0], xs) for xs in several[1:])
    assert np.array_equal(several[0], task.batch(rng(), 4, dtype=np.float32)[0])


@every_task
def test_a_batch_may_be_one_sequence_and_a_task_is_frozen(make):
    task = make()
    assert task.batch(rng(), 1)[0].shape[1] == 1
    assert task.name and task.baseline_text and "draw" not in repr(task)
    with pytest.raises(AttributeError):
        task.baseline = 0.0


@every_task
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_model_takes_the_targets_and_its_read_out_bias_alone_scores_the_baseline(make, dtype):
    from rnnlib import DeepRNN, Model

    task = make()
    model = Model(DeepRNN("gru", task.input_size, 3, dtype=dtype), task.output_size, task.loss, task.at)
    xs, targets = task.batch(rng(), 5100, dtype=dtype)
    params = model.init(rng())
    params["W_hy"][:] = 0  # deaf: whatever came in, the answer is the bias
    if task.loss == "mse":
        params["b_y"][:] = targets.mean()
    else:
        params["b_y"][:] = np.log(np.bincount(targets.ravel(), minlength=task.output_size) / targets.size + 1e-30)
    loss, _ = model.loss_and_grads(params, xs, targets)
    if task.name in KNOW_THE_TIME:  # a constant does not, so it pays more
        assert loss > task.baseline + 0.05
    else:
        assert loss == pytest.approx(task.baseline, rel=0.05)


# ---- the baselines, measured: within 4 standard errors of the exact number, and these are small


def test_adding_baseline():
    task = tasks.adding(20)
    _, y = task.batch(rng(), 200_000)
    errors = (y - 1) ** 2
    assert task.baseline == pytest.approx(1 / 6)
    assert abs(errors.mean() - task.baseline) < 4 * errors.std() / sqrt(errors.size) < 2e-3
    assert abs(y.var() - task.baseline) < 2e-3  # no constant does better than 1
    assert abs(errors.mean() - 0.1767) > 10 * errors.std() / sqrt(errors.size)  # the published misprint


@pytest.mark.parametrize(("n", "T", "published"), [(10, 1000, 0.02039), (5, 30, 0.2599)])
def test_copy_memory_baseline_is_the_published_one(n, T, published):
    assert tasks.copy_memory(T, n=n).baseline == pytest.approx(published, rel=3e-4)


def test_copy_memory_baseline():
    task, B = tasks.copy_memory(30, n=5), 20_000
    _, targets = task.batch(rng(), B)
    entropy = [label_entropy(step) for step in targets]  # the best constant answer at each step
    assert np.mean(entropy) == pytest.approx(task.baseline, abs=1e-4)
    assert np.mean(entropy[-5:]) == pytest.approx(log(8), abs=1e-3)
    assert np.max(entropy[:-5]) == 0


@pytest.mark.parametrize("make", [lambda: tasks.temporal_order(30), lambda: tasks.parity(6)])
def test_baseline_of_fair_classes(make):
    task = make()
    _, targets = task.batch(rng(), 50_000)
    for step in np.atleast_2d(targets):
        assert label_entropy(step) == pytest.approx(task.baseline, abs=2e-4)


def test_temporal_order_has_its_plateau_at_ln_2():
    xs, targets = tasks.temporal_order(30).batch(rng(), 50_000)
    second_is_B = xs[15:18, :, 1].sum(0) == 1
    given = [label_entropy(targets[second_is_B == side]) for side in (False, True)]
    assert given == pytest.approx([log(2)] * 2, abs=2e-4)


@pytest.mark.parametrize("T", [1, 2, 9, 40])
def test_s5_baseline_is_what_the_present_move_and_the_time_leave_open(T):
    task, B = tasks.s5(T), 100_000
    xs, targets = task.batch(rng(), B)
    left = [np.mean([label_entropy(targets[t, xs[t] == move]) for move in (0, 1)]) for t in range(T)]
    assert np.mean(left) == pytest.approx(task.baseline, abs=1e-3)
    assert T < 40 or 0.9 * log(5) < task.baseline < log(5)


@pytest.mark.parametrize(("pairs", "queries", "keys", "values"), [(1, 1, 1, 2), (5, 3, 8, 6), (12, 4, 32, None)])
def test_associative_recall_baseline(pairs, queries, keys, values):
    task, V = tasks.associative_recall(pairs, queries, keys, values), values or keys
    xs, targets = task.batch(rng(), 20_000)
    entropy = [label_entropy(step) for step in targets]  # the best constant answer at each step
    assert np.mean(entropy) == pytest.approx(task.baseline, abs=1e-3)
    assert np.max(entropy[:-queries]) == 0
    query, answer = xs[-1].argmax(1), targets[-1]  # and the key alone says nothing of its value
    assert np.mean([label_entropy(answer[query == k]) for k in range(keys)]) == pytest.approx(log(V), abs=0.03)


@pytest.mark.parametrize(("delay", "T"), [(0, 1), (3, 12), (11, 12)])
def test_echo_baseline(delay, T):
    task = tasks.echo(delay, T)
    _, targets = task.batch(rng(), 100_000)
    per_sequence = (targets**2).mean((0, 2))
    assert abs(per_sequence.mean() - task.baseline) < 4 * per_sequence.std() / sqrt(100_000) < 5e-3
    assert abs(targets.mean()) < 4 / sqrt(targets.size)  # so 0 is the best constant


@pytest.mark.parametrize(("split", "N"), [("train", 1287), ("test", 510), ("all", 1797)])
def test_noise_padded_digits_baseline_is_exact_on_a_full_round(split, N):
    task = tasks.noise_padded_digits(3, split)
    _, targets = task.batch(rng(), N)
    assert label_entropy(targets) == pytest.approx(task.baseline, rel=1e-12)
    assert 0 < log(10) - task.baseline < 1e-3


def label_entropy(labels):
    p = np.unique(labels, return_counts=True)[1] / labels.size
    return -(p * np.log(p)).sum()


# ---- the definitions, redone by hand


@pytest.mark.parametrize("T", [2, 3, 10, 51])
def test_adding_marks_one_step_in_each_half(T):
    xs, y = tasks.adding(T).batch(rng(), 400)
    assert xs[:, :, 0].min() >= 0 and xs[:, :, 0].max() < 1
    seen = set()
    for b in range(400):
        marked = [t for t in range(T) if xs[t, b, 1] == 1]
        assert len(marked) == 2 and marked[0] < T // 2 <= marked[1]
        assert set(xs[:, b, 1]) <= {0.0, 1.0}
        assert y[b, 0] == pytest.approx(sum(xs[t, b, 0] for t in marked), abs=1e-15)
        seen.update(marked)
    assert seen == set(range(T)) or T == 51  # every step can be marked


@pytest.mark.parametrize(("T", "n"), [(1, 1), (1, 3), (5, 2), (30, 10)])
def test_copy_memory_layout(T, n):
    task = tasks.copy_memory(T, n=n)
    xs, targets = task.batch(rng(), 50)
    assert task.T == T + 2 * n
    assert set(np.unique(xs)) <= {0.0, 1.0} and (xs.sum(2) == 1).all()
    inputs = xs.argmax(2)
    for b in range(50):
        symbols = list(inputs[:n, b])
        assert all(s in range(8) for s in symbols)
        assert list(inputs[:, b]) == symbols + [8] * (T - 1) + [9] + [8] * n
        assert list(targets[:, b]) == [8] * (T + n) + symbols


def test_copy_memory_takes_ten_symbols_unless_told():
    assert tasks.copy_memory(100).T == 120


@pytest.mark.parametrize("T", [10, 19, 30, 100])
def test_temporal_order_windows_and_classes(T):
    xs, targets = tasks.temporal_order(T).batch(rng(), 2000)
    symbols, firsts, seconds = xs.argmax(2), set(), set()
    assert (xs.sum(2) == 1).all()
    for b in range(2000):
        (t1, v1), (t2, v2) = [(t, s) for t, s in enumerate(symbols[:, b]) if s < 2]
        assert T // 10 <= t1 < 2 * (T // 10) and T // 2 <= t2 < T // 2 + T // 10
        assert targets[b] == {(0, 0): 0, (1, 0): 1, (0, 1): 2, (1, 1): 3}[v1, v2]
        firsts.add(t1)
        seconds.add(t2)
    assert len(firsts) == len(seconds) == T // 10
    assert set(symbols.ravel()) == set(range(6))


def test_parity_counts_the_ones_so_far():
    xs, targets = tasks.parity(40).batch(rng(), 100)
    assert set(np.unique(xs)) == {0.0, 1.0}
    for b in range(100):
        ones = 0
        for t in range(40):
            ones += xs[t, b, 0]
            assert targets[t, b] == ones % 2


def test_s5_moves_the_ball_and_its_moves_make_up_all_of_s5():
    xs, targets = tasks.s5(40).batch(rng(), 100)
    for b in range(100):
        row = ["ball", "", "", "", ""]
        for t in range(40):
            row = [row[1], row[0], *row[2:]] if xs[t, b] else [row[4], *row[:4]]
            assert row[targets[t, b]] == "ball"
    cycle, swap = (1, 2, 3, 4, 0), (1, 0, 2, 3, 4)
    group, grown = set(), {(0, 1, 2, 3, 4)}
    while grown:
        group |= grown
        grown = {tuple(move[i] for i in g) for g in grown for move in (cycle, swap)} - group
    assert len(group) == 120


@pytest.mark.parametrize(
    ("pairs", "queries", "keys", "values"), [(1, 1, 1, 2), (4, 4, 4, None), (5, 2, 9, 3), (12, 4, 32, None)]
)
def test_associative_recall_asks_for_what_followed_the_key(pairs, queries, keys, values):
    task = tasks.associative_recall(pairs, queries, keys, values)
    V = values or keys
    xs, targets = task.batch(rng(), 200)
    assert (task.input_size, task.output_size, task.blank, task.T) == (keys + V, V + 1, V, pairs + queries)
    assert set(np.unique(xs)) == {0, 1}
    shown, places = set(), set()
    for b in range(200):
        steps = [tuple(np.flatnonzero(step)) for step in xs[:, b]]
        table = dict(steps[:pairs])  # two symbols at each step: a key, and the value beside it
        assert len(table) == pairs and set(table) <= set(range(keys)) and min(table.values()) >= keys
        asked = [key for (key,) in steps[pairs:]]
        assert len(set(asked)) == queries
        assert list(targets[:, b]) == [V] * pairs + [table[k] - keys for k in asked]
        shown |= set(table.values())
        places |= {list(table).index(k) for k in asked}
    assert shown == set(range(keys, keys + V)) and places == set(range(pairs))


def test_score_counts_the_questions_alone():
    task = tasks.associative_recall(3, queries=2, keys=5)
    _, targets = task.batch(rng(), 10)
    ys = np.eye(task.output_size)[targets]
    assert task.score(ys, targets) == 1
    ys[-1] = np.eye(task.output_size)[(targets[-1] + 1) % 5]  # the last question wrong
    assert task.score(ys, targets) == 0.5
    ys[:-2] = 0  # and the steps that ask nothing, too
    assert task.score(ys, targets) == 0.5
    copy = tasks.copy_memory(4, n=2)
    _, targets = copy.batch(rng(), 10)
    assert copy.score(np.eye(10)[np.full_like(targets, 8)], targets) == 0


def test_score_where_all_is_asked_and_of_numbers():
    order, adding = tasks.temporal_order(10), tasks.adding(5)
    assert order.score(np.eye(4)[[0, 1, 2, 3]], [0, 1, 2, 0]) == 0.75
    assert adding.score([[1.0], [3.0]], np.array([[1.0], [1.0]])) == 2


@pytest.mark.parametrize("delay", [0, 1, 9])
def test_echo_is_late_by_the_delay_and_silent_before(delay):
    xs, targets = tasks.echo(delay, 10).batch(rng(), 20)
    for t in range(10):
        assert np.array_equal(targets[t], xs[t - delay] if t >= delay else np.zeros((20, 1)))
    assert xs.min() >= -1 and xs.max() < 1


@pytest.mark.parametrize("noise_rows", [0, 1, 30])
def test_noise_padded_digits_are_rows_then_noise(noise_rows):
    from rnnlib.data import digits

    images, labels = digits("test")
    stored = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    xs, targets = tasks.noise_padded_digits(noise_rows, "test").batch(rng(), 510)
    seen = [np.ascontiguousarray(xs[:8, b]).tobytes() for b in range(510)]
    assert xs.shape == (8 + noise_rows, 510, 8)
    assert [stored[s] for s in seen] == list(targets)
    assert sorted(seen) == sorted(image.tobytes() for image in images)  # each exactly once
    if noise_rows:
        noise = xs[8:]
        assert noise.min() >= 0 and noise.max() < 1 and abs(noise.mean() - 0.5) < 4 / sqrt(12 * noise.size)
        assert len(np.unique(noise)) == noise.size


def test_noise_padded_digits_repeat_only_after_all_have_come():
    task = tasks.noise_padded_digits(0, "test")
    xs, _ = task.batch(rng(), 1200)
    counts = np.unique(xs.transpose(1, 0, 2).reshape(1200, -1), axis=0, return_counts=True)[1]
    assert set(counts) <= {2, 3}


# ---- Wilson's interval


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_solved_interval_gives_newcombes_table(k, n, low, high):
    assert tasks.solved_interval(k, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("n", [1, 2, 10, 1000])
def test_solved_interval_solves_wilsons_equation(n):
    z = 1.959963984540054
    for k in range(0, n + 1, max(1, n // 10)):
        low, high = tasks.solved_interval(k, n)
        assert 0 <= low <= k / n <= high <= 1
        for p in (low, high):
            assert (k / n - p) ** 2 == pytest.approx(z * z * p * (1 - p) / n, abs=1e-12)
        assert tasks.solved_interval(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_solved_interval_is_exact_at_its_ends_and_wider_with_more_confidence():
    assert tasks.solved_interval(0, 7)[0] == 0 and tasks.solved_interval(7, 7)[1] == 1
    narrow, wide = (tasks.solved_interval(5, 10, confidence=c) for c in (0.5, 0.99))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


# ---- the door


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tasks.adding(1), ValueError, "T: expected an integer >= 2"),
        (lambda: tasks.adding(-3), ValueError, "T: "),
        (lambda: tasks.adding(2.0), TypeError, "T: expected an integer, got 2.0"),
        (lambda: tasks.adding("10"), TypeError, "T: "),
        (lambda: tasks.adding(True), TypeError, "T: "),
        (lambda: tasks.copy_memory(0), ValueError, "T: expected an integer >= 1"),
        (lambda: tasks.copy_memory(5, n=0), ValueError, "n: expected an integer >= 1"),
        (lambda: tasks.copy_memory(5, n=1.5), TypeError, "n: "),
        (lambda: tasks.temporal_order(9), ValueError, "T: expected an integer >= 10"),
        (lambda: tasks.temporal_order(None), TypeError, "T: "),
        (lambda: tasks.parity(0), ValueError, "T: "),
        (lambda: tasks.echo(-1, 5), ValueError, "delay: expected an integer >= 0 and <= 4"),
        (lambda: tasks.echo(5, 5), ValueError, "delay: "),
        (lambda: tasks.echo(0, 0), ValueError, "T: "),
        (lambda: tasks.echo(1.0, 5), TypeError, "delay: "),
        (lambda: tasks.noise_padded_digits(-1), ValueError, "noise_rows: "),
        (lambda: tasks.noise_padded_digits(2, "dev"), ValueError, "split: expected one of 'train'"),
        (lambda: tasks.s5(0), ValueError, "T: expected an integer >= 1"),
        (lambda: tasks.associative_recall(0), ValueError, "pairs: expected an integer >= 1 and <= 32"),
        (lambda: tasks.associative_recall(9, keys=8), ValueError, "pairs: expected an integer >= 1 and <= 8"),
        (lambda: tasks.associative_recall(3), ValueError, "queries: expected an integer >= 1 and <= 3"),
        (lambda: tasks.associative_recall(4, keys=4.0), TypeError, "keys: "),
        (lambda: tasks.associative_recall(4, values=1), ValueError, "values: expected an integer >= 2"),
        (lambda: tasks.parity(3).score(np.zeros((3, 2)), np.zeros((3, 2), int)), ValueError, "ys: "),
        (lambda: tasks.parity(3).score(np.zeros((3, 2, 2)), np.full((3, 2), 2)), ValueError, "targets: "),
        (
            lambda: tasks.copy_memory(3).score(np.zeros((1, 1, 10)), np.full((1, 1), 8)),
            ValueError,
            "targets: expected at least one question",
        ),
        (lambda: tasks.adding(3).score(np.zeros((2, 2)), np.zeros((2, 1))), ValueError, "ys: "),
        (lambda: tasks.adding(3).score(np.zeros((2, 1)), np.zeros((2, 2))), ValueError, "targets: "),
        (lambda: tasks.parity(3).score(np.zeros((3, 2, 2)), np.zeros(3, int)), ValueError, "targets: expected 2 axes"),
        (lambda: tasks.parity(3).batch(0, 4), TypeError, "rng: expected a numpy.random.Generator"),
        (lambda: tasks.parity(3).batch(np.random, 4), TypeError, "rng: "),
        (lambda: tasks.parity(3).batch(rng(), 0), ValueError, "B: expected an integer >= 1"),
        (lambda: tasks.parity(3).batch(rng(), 4.0), TypeError, "B: "),
        (lambda: tasks.parity(3).batch(rng(), 4, dtype=int), (TypeError, ValueError), "dtype: "),
        (lambda: next(tasks.parity(3).batches(7, 4)), TypeError, "rng: "),
        (lambda: tasks.solved_interval(3, 2), ValueError, "k: expected an integer >= 0 and <= 2"),
        (lambda: tasks.solved_interval(-1, 2), ValueError, "k: "),
        (lambda: tasks.solved_interval(0, 0), ValueError, "n: "),
        (lambda: tasks.solved_interval(0.5, 2), TypeError, "k: "),
        (lambda: tasks.solved_interval(1, 2, confidence=1), ValueError, "confidence: "),
        (lambda: tasks.solved_interval(1, 2, confidence=0), ValueError, "confidence: "),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(message)
