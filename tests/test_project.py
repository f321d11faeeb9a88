"""From what a reader found to a result: what leaks is refused, baselines are right by hand, the test part is read once,
what can be learned is learned, and what cannot is said to be no better."""

import json
import sys
import types
from html.parser import HTMLParser

import numpy as np
import pytest

from rnnlib.course import project
from rnnlib.course.project import measure, parts
from rnnlib.course.project.__main__ import main
from rnnlib.course.project.choices import choices, written
from rnnlib.data import own


def labelled(path, count=240, rule=True, seed=0):
    """A table of DNA whose label says whether GTC is in it, 8 rows a patient; or says nothing, where rule is False."""
    rng, rows = np.random.default_rng(seed), ["seq,label,patient"]
    for i in range(count):
        letters = rng.choice(list("ACGT"), 12)
        if i % 2:
            k = rng.integers(0, 10)
            letters[k : k + 3] = list("GTC")
        label = i % 2 if rule else rng.integers(2)
        rows.append(f"{''.join(letters)},{'yes' if label else 'no'},p{i // 8}")
    path.write_text("\n".join(rows), encoding="utf-8")
    return own.labelled(path, sequence="seq", label="label", group="patient")


def series(path, values, columns=("load",)):
    days = np.datetime64("2020-01-01") + np.arange(len(values))
    rows = [",".join(["date", *columns])]
    rows += [
        f"{d}," + ",".join("" if np.isnan(v) else f"{v:.4f}" for v in np.atleast_1d(row))
        for d, row in zip(days, values)
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    return own.series(path, time="date", decimal=".")


def wave(n=400, noise=0.3, seed=0):
    return 10 + 3 * np.sin(np.arange(n) / 5) + np.random.default_rng(seed).normal(0, noise, n)


def text(path, words="the cat sat on the mat. "):
    rng = np.random.default_rng(0)
    path.write_text("".join(words if rng.random() < 0.7 else words[::-1] for _ in range(250)), encoding="utf-8")
    return own.text(path)


def whole(found, size=12, epochs=12, seeds=2, rate=0.02, **choices):
    split = project.split(found, **choices)
    simple = project.baselines(split)
    fitted = project.fit(project.network(split, size=size), split, rate, epochs=epochs, seeds=seeds, patience=6)
    return project.judge(fitted, simple)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("project")


@pytest.fixture(scope="module")
def of_labels(folder):
    return whole(labelled(folder / "dna.csv"), epochs=25)


@pytest.fixture(scope="module")
def of_numbers(folder):
    values = wave()
    values[[20, 21, 300]] = np.nan
    return whole(series(folder / "load.csv", values), context=10)


@pytest.fixture(scope="module")
def of_letters(folder):
    return whole(text(folder / "cat.txt"), context=24, epochs=15, rate=0.03)


# ------------------------------------------------------------------ the split


def test_no_group_is_on_two_sides_and_every_sequence_is_on_one(folder):
    split = project.split(labelled(folder / "a.csv"), seed=3)
    units = [set(p.units) for p in (split.train, split.validation, split.test)]
    assert not (units[0] & units[1] or units[0] & units[2] or units[1] & units[2])
    rows = np.concatenate([p.rows for p in (split.train, split.validation, split.test)])
    assert sorted(rows) == sorted(split.found.rows)
    assert "Split by group" in str(split)


def test_a_split_that_cuts_through_groups_says_so_and_keeps_equal_sequences_together(folder):
    found = labelled(folder / "b.csv")
    split = project.split(found, by="sequence")
    assert "were not kept together" in str(split)
    one, two = split.train, split.test
    assert not {x.tobytes() for x in one.xs.transpose(1, 0, 2)} & {x.tobytes() for x in two.xs.transpose(1, 0, 2)}


def test_classes_are_split_alike(folder):
    split = project.split(labelled(folder / "c.csv"), by="sequence")
    for part in (split.train, split.validation, split.test):
        assert abs(part.targets.mean() - 0.5) < 0.08


def test_time_is_split_in_order_and_no_window_reaches_over(folder):
    split = project.split(series(folder / "d.csv", wave(300)), context=8)
    assert split.train.rows.max() < split.validation.rows.min() <= split.validation.rows.max() < split.test.rows.min()
    first = split.validation.xs[:, 0, 0] * split.deviation + split.mean
    np.testing.assert_allclose(first, split.found.data[210:218, 0], rtol=1e-5)
    assert split.train.rows[-1] == split.found.rows[209]


def test_only_the_training_part_standardises(folder):
    values = wave(300)
    moved = values.copy()
    moved[210:] += 100
    one, other = (project.split(series(folder / "e.csv", v), context=8) for v in (values, moved))
    np.testing.assert_array_equal(one.mean, other.mean)
    np.testing.assert_array_equal(one.train.xs, other.train.xs)


def test_gaps_are_marked_and_not_asked_for():
    z = np.array([[1.0], [np.nan], [3.0], [4.0], [np.nan], [6.0]])
    part, left = parts.forecasts(z, 2, np.arange(2, 8), np.array([0.5]))
    np.testing.assert_array_equal(part.base[:, 0], [1, 3, 4])
    np.testing.assert_array_equal(part.base[:, 0] + 0.5 * part.targets[:, 0], [3, 4, 6])
    assert left == 1 and list(part.rows) == [4, 5, 7]
    np.testing.assert_array_equal(part.xs[:, :, 0].T, [[1, 1], [1, 3], [4, 4]])
    np.testing.assert_array_equal(part.xs[:, :, 1].T, [[0, 1], [1, 0], [0, 1]])


@pytest.mark.parametrize(
    ("make", "choices", "sentence"),
    [
        (lambda f: series(f, wave(300)), {"by": "sequence"}, "by: expected 'time' for a series"),
        (lambda f: series(f, wave(60)), {"context": 50}, "lower `context`"),
        (lambda f: labelled(f, 24), {"context": 3}, "context: expected None for labelled"),
        (lambda f: labelled(f, 16), {}, "at least 3 groups"),
        (lambda f: labelled(f), {"fractions": (0.5, 0.2, 0.2)}, "fractions: expected three that add up to 1"),
    ],
)
def test_a_split_that_would_mislead_is_refused(tmp_path, make, choices, sentence):
    with pytest.raises(ValueError, match=sentence):
        project.split(make(tmp_path / "x.csv"), **choices)


def test_a_trend_is_followed_beyond_the_training_part(folder):
    """Values that the training part never had: what is asked for is a change, and changes stay as they were."""
    rng = np.random.default_rng(8)
    values = 0.5 * np.arange(400) + 3 * np.sin(np.arange(400) / 4) + rng.normal(0, 0.1, 400)
    result = whole(series(folder / "trend.csv", values), context=12, epochs=20, seeds=1)
    assert result.network[0] < result.baselines["the last value"][0] < result.baselines["the mean"][0]
    split = result.parts
    np.testing.assert_allclose(split.values(split.test, split.test.targets)[:, 0], values[352:], atol=1e-3)


# ------------------------------------------------------------------ baselines, by hand


def test_baselines_of_a_series_by_hand(folder):
    split = project.split(series(folder / "f.csv", wave(300)), context=8)
    simple = project.baselines(split, period=7)
    values, asked = split.found.data[210:255, 0], np.arange(8, 45)
    by_hand = {
        "the last value": np.abs(values[asked] - values[asked - 1]).mean(),
        "the value 7 steps before": np.abs(values[asked] - values[asked - 7]).mean(),
        "the mean": np.abs(values[asked] - split.found.data[:210].mean()).mean(),
    }
    for name, value in by_hand.items():
        assert simple.validation[name] == pytest.approx(value, rel=1e-4)
    assert simple.best == "linear, on the last 8 values"


def test_baselines_of_labels_and_letters_by_hand(of_labels, of_letters):
    split = of_labels.parts
    share = np.bincount(split.train.targets).argmax() == split.validation.targets
    assert of_labels.simple.validation["the commonest class"] == pytest.approx(share.mean())
    split = of_letters.parts
    counts = np.bincount(split.train.targets.ravel(), minlength=len(set(split.found.data))) + 0.1
    bits = -np.log2(counts / counts.sum())[split.validation.targets].mean()
    assert of_letters.simple.validation["unigram"] == pytest.approx(bits, rel=1e-6)


# ------------------------------------------------------------------ learning


def test_what_can_be_learned_is(of_labels, of_numbers, of_letters):
    assert of_labels.gain[1] > 0 and "is better than" in of_labels.verdict
    assert of_letters.gain[1] > 0 and of_letters.network[0] < of_letters.baselines["bigram"][0]
    assert of_numbers.network[0] < of_numbers.baselines["the last value"][0]


def test_what_cannot_be_learned_is_not_said_to_be(folder):
    chance = whole(labelled(folder / "chance.csv", rule=False), epochs=6, seeds=1)
    noise = whole(series(folder / "noise.csv", np.random.default_rng(5).normal(size=300)), epochs=6, context=8)
    for result in (chance, noise):
        assert result.gain[1] <= 0 and not result.verdict.startswith("The network is better")


def test_the_test_part_is_read_by_judge_alone(folder, monkeypatch):
    read, by_example = [], measure.by_example

    def counted(split, ys, part):
        read.append(part is split.test)
        return by_example(split, ys, part)

    for name in ("baselines", "fit", "result"):
        monkeypatch.setattr(sys.modules[f"rnnlib.course.project.{name}"], "by_example", counted)
    split = project.split(labelled(folder / "g.csv", 80))
    simple = project.baselines(split)
    model = project.network(split, size=4)
    project.checks(model, split)
    project.sweep(model, split, rates=(0.01,), epochs=1)
    fitted = project.fit(model, split, 0.01, seeds=2, epochs=2)
    assert read and not any(read)
    project.judge(fitted, simple)
    assert sum(read) == 2 + len(simple.answers)


def test_the_same_seed_gives_the_same_numbers(folder):
    one, other = (whole(labelled(folder / "h.csv", 80), epochs=2) for _ in range(2))
    assert str(one) == str(other)


def test_a_stop_keeps_what_was_learned(folder):
    split = project.split(labelled(folder / "i.csv", 120))
    calls = []

    def stop():
        calls.append(0)
        return len(calls) > 5

    told = []
    model = project.network(split, size=4)
    fitted = project.fit(model, split, 0.02, stop=stop, progress=lambda *a: told.append(a))
    assert [t.stopped for t in fitted.networks] == ["by hand"] and len(calls) == 6
    assert told[-1][0] > 0 and told[-1][2] > 0
    assert project.judge(fitted, project.baselines(split)).network[0] >= 0


def test_an_interrupt_keeps_the_best_epoch_so_far(folder):
    split = project.split(labelled(folder / "j.csv", 120))
    calls = []

    def stop():
        calls.append(0)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return False

    (trained,) = project.fit(project.network(split, size=4), split, 0.02, stop=stop).networks
    assert trained.stopped == "by hand" and len(trained.curve) >= 3
    best = [v for _, _, v in trained.curve]
    assert trained.validation == max(best)


def test_the_clock_stops_too(folder):
    split = project.split(labelled(folder / "k.csv", 120))
    fitted = project.fit(project.network(split, size=4), split, 0.02, seconds=1e-6)
    assert [t.stopped for t in fitted.networks] == ["by the clock"]


def test_a_sweep_goes_on_beyond_its_edge_and_says_where_it_ended(folder):
    split = project.split(labelled(folder / "l.csv", 80))
    model = project.network(split, size=4)
    tried = project.sweep(model, split, rates=(1e-7, 1e-6), epochs=1, further=0)
    assert list(tried.reached) == [1e-7, 1e-6]
    loss = {1e-3: 0.5, 1e-2: 0.6, 1e-1: 0.7, 1.0: 0.2}
    reached = [project.Sweep(split, dict(list(loss.items())[:n])) for n in (2, 3, 4)]
    assert ["at the edge" in str(r) for r in reached] == [True, True, False]


def test_a_sweep_tries_one_rate_beyond_the_best_of_the_edge(folder, monkeypatch):
    split = project.split(labelled(folder / "l2.csv", 80))
    seen = []

    def learned(model, parts, rate, *_):
        seen.append(rate)
        return types.SimpleNamespace(validation=-abs(np.log10(rate) + 1.2), stopped="")  # best near 0.06

    monkeypatch.setattr(sys.modules["rnnlib.course.project.fit"], "learn", learned)
    tried = project.sweep(None, split, rates=(1e-3, 1e-2))
    np.testing.assert_allclose(seen, [1e-3, 1e-2, 1e-1, 1.0])
    assert tried.rate == pytest.approx(0.1) and "at the edge" not in str(tried)


def test_checks_see_a_network_that_cannot_learn(folder):
    split = project.split(labelled(folder / "m.csv", 80))
    model = project.network(split, size=8)
    assert project.checks(model, split).passed
    init = model.init
    model.init = lambda rng: {**init(rng), "W_hy": np.full((8, 2), [[50, -50]], np.float32)}
    found = project.checks(model, split)
    assert not found.passed and "LOOK HERE" in str(found)


def test_an_interval_draws_whole_units():
    rng, units = np.random.default_rng(0), np.repeat(np.arange(10), 30)
    values = np.repeat(np.random.default_rng(1).normal(size=10), 30)  # all of a unit alike
    _, low, high = measure.over_units(values, units, rng)
    _, narrow_low, narrow_high = measure.over_units(values, np.arange(300), rng)
    assert high - low > 3 * (narrow_high - narrow_low)


# ------------------------------------------------------------------ mistakes, keeping, the report


def test_mistakes_name_rows_of_the_file(of_labels, of_numbers, of_letters):
    lines = (of_labels.parts.found.data, project.mistakes(of_labels))
    row, true, *_ = lines[1].rows[0]
    k = int(np.flatnonzero(of_labels.parts.found.rows == row)[0])
    assert of_labels.parts.found.names[lines[0].labels[k]] == true
    assert project.mistakes(of_labels).counts.sum() == 2 * len(of_labels.parts.test)
    row, when, true, _ = project.mistakes(of_numbers).rows[0]
    at = int(np.flatnonzero(of_numbers.parts.found.rows == row)[0])
    assert float(true) == pytest.approx(of_numbers.parts.found.data[at, 0], rel=1e-3)
    assert when == str(of_numbers.parts.found.times[at])[:10]
    assert project.mistakes(of_letters, 3).heads[0] == "character" and len(project.mistakes(of_letters, 3).rows) == 3


def test_a_kept_network_says_the_same(of_labels, of_numbers, of_letters, tmp_path):
    for name, result in (("labels", of_labels), ("numbers", of_numbers), ("letters", of_letters)):
        project.save(result, tmp_path / name)
        kept = project.load(tmp_path / name)
        said = kept.predict(result.parts.found)
        if name == "labels":
            test = [int(np.flatnonzero(result.parts.found.rows == r)[0]) for r in result.parts.test.rows]
            exp = [np.exp(ys - ys.max(1, keepdims=True)) for ys in result.said]
            wanted = np.mean([e / e.sum(1, keepdims=True) for e in exp], axis=0)
            np.testing.assert_allclose(said[test], wanted, rtol=1e-4, atol=1e-6)
        elif name == "numbers":
            wanted = result.parts.values(result.parts.test, np.mean(result.said, axis=0))
            np.testing.assert_allclose(said[-len(wanted) :], wanted, rtol=1e-4)
        else:
            assert 0 < said < 4


def test_a_file_of_another_form_is_refused(of_labels, of_numbers, folder, tmp_path):
    project.save(of_labels, tmp_path / "a")
    with pytest.raises(ValueError, match="kind: expected 'labelled'"):
        project.load(tmp_path / "a").predict(of_numbers.parts.found)
    project.save(of_numbers, tmp_path / "b")
    other = series(tmp_path / "two.csv", np.stack([wave(60)] * 2, 1), ("load", "wind"))
    with pytest.raises(ValueError, match=r"features: expected \['load'\]"):
        project.load(tmp_path / "b").predict(other)


class Page(HTMLParser):
    """Tags that load something, and all text."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.alts, self.words, self.tags = [], [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.loads += [v for k, v in attrs.items() if k in ("src", "href")]
        self.alts += [attrs.get("alt")] if tag == "img" else []

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("kind", ["of_labels", "of_numbers", "of_letters"])
def test_the_report_needs_nothing_beside_it_and_tells_all(kind, request, tmp_path):
    result = request.getfixturevalue(kind)
    path = project.report(result, tmp_path / "r.html", source=__file__, command="python -m rnnlib.course.project x")
    page = Page(path.read_text(encoding="utf-8"))
    assert page.loads and all(v.startswith("data:image/png;base64,") for v in page.loads)
    assert all(page.alts) and "script" not in page.tags
    words = " ".join(page.words)
    for three in (result.network, *result.baselines.values()):
        assert f"{three[0]:.3g}" in words
    for piece in (result.verdict, "SHA-256", np.__version__, "python -m rnnlib.course.project x", result.parts.said[0]):
        assert piece in words
    assert not list(tmp_path.glob("*.part"))


def test_a_name_that_is_html_comes_out_as_text(tmp_path):
    rng, rows = np.random.default_rng(0), ["seq,label"]
    rows += [f"{''.join(rng.choice(list('AB'), 6))},{'<script>x</script>' if i % 2 else '<b>'}" for i in range(90)]
    (tmp_path / "x.csv").write_text("\n".join(rows), encoding="utf-8")
    result = whole(own.labelled(tmp_path / "x.csv", sequence="seq", label="label"), epochs=1, seeds=1)
    text = project.report(result, tmp_path / "r.html", title="<script>").read_text(encoding="utf-8")
    assert "<script" not in text and "&lt;script&gt;" in text


def test_a_report_that_fails_leaves_the_old_one(of_labels, tmp_path, monkeypatch):
    path = tmp_path / "r.html"
    path.write_text("old", encoding="utf-8")

    def fails(*_):
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fails)
    with pytest.raises(OSError, match="disk full"):
        project.report(of_labels, path)
    assert path.read_text(encoding="utf-8") == "old" and [p.name for p in tmp_path.iterdir()] == ["r.html"]


def test_what_a_sentence_names_can_be_typed():
    told = {
        "label": "speaker",
        "decimal": ",",
        "day_first": True,
        "skip": [3],
        "where": {"town": "A"},
        "delimiter": ";",
    }
    assert choices(written(told)) == told
    assert choices("label=speaker") == {"label": "speaker"} and choices("") == {}
    for wrong in ("label", "label=", "1=2", "**x", "label=open('x')", "a=1; b=2", "a=1), g("):
        with pytest.raises(ValueError, match="options: expected name=value"):
            choices(wrong)


def test_the_command_line_goes_all_the_way(folder, tmp_path, capsys):
    labelled(folder / "cli.csv", 80)
    main([str(folder / "cli.csv"), "--sequence", "seq", "--label", "label", "--group", "patient", "--size", "4",
          "--epochs", "1", "--seeds", "2", "--rate", "0.02", "--report", str(tmp_path / "r.html"),
          "--save", str(tmp_path / "kept")])  # fmt: skip
    said = capsys.readouterr().out
    assert "without a network" in said and "on the test part" in said
    assert "--sequence seq" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "kept" / "network.json").read_text(encoding="utf-8"))["names"] == ["no", "yes"]
    with pytest.raises(SystemExit, match=r"nothing\.csv"):
        main([str(folder / "nothing.csv")])
    with pytest.raises(SystemExit, match=r"cli\.csv: context: expected None for labelled"):
        main([str(folder / "cli.csv"), "--sequence", "seq", "--label", "label", "--context", "4"])
