"""Splice junctions: the windows are what they are said to be, no relatives on two sides, readers are right."""

import csv
import gzip
from itertools import combinations

import numpy as np
import pytest

from rnnlib import Model, data, gradcheck
from rnnlib.course.experiments import genes as readers
from rnnlib.course.experiments import genes_look, genes_report
from rnnlib.course.viz import Looks
from rnnlib.data import genes

WINDOWS = data.splice_windows()
TEXTS = ["".join(data.BASES[k] for k in column) for column in WINDOWS.bases.T]


def rows():
    with gzip.open(data.FOLDER / "splice.csv.gz", "rt", encoding="ascii", newline="") as file:
        return list(csv.DictReader(file))


# ------------------------------------------------------------------ the data


def test_what_ships_is_counted():
    table = rows()
    assert len(table) == 3186 and len({row["sequence"] for row in table}) == len(TEXTS) == len(set(TEXTS)) == 3001
    assert [sum(row["class"] == name for row in table) for name in data.JUNCTIONS] == [1654, 767, 765]
    assert list(np.bincount(WINDOWS.labels)) == [1653, 679, 669]
    first = {row["sequence"]: row["class"] for row in reversed(table)}
    assert [first[text] for text in TEXTS] == [data.JUNCTIONS[k] for k in WINDOWS.labels]
    under_two = {r["sequence"] for r in table if first[r["sequence"]] != r["class"]}
    assert len(under_two) == 1


def test_the_known_motifs_are_where_they_are_said_to_be():
    """GT at bases 31 and 32 behind an exon, AG at 29 and 30 before one (Towell and Shavlik's domain theory)."""
    for label, at, motif in ((1, 30, "GT"), (2, 28, "AG")):
        share = np.mean([text[at : at + 2] == motif for text, k in zip(TEXTS, WINDOWS.labels) if k == label])
        assert share > 0.98
    acceptors = np.array([list(t) for t, k in zip(TEXTS, WINDOWS.labels) if k == 2])
    assert np.isin(acceptors[:, 12:27], ["C", "T"]).mean() > 0.7  # the pyrimidine tract


def test_no_relatives_are_on_two_sides():
    parts = {name: data.splice_junctions(name) for name in ("train", "validation", "test")}
    assert [len(p.labels) for p in parts.values()] == [2101, 450, 450]
    runs = {}
    for name, part in parts.items():
        assert part.xs.shape == (60, len(part.labels), 4) and (part.xs.sum(2) == 1).all() and (part.lengths == 60).all()
        texts = ["".join(data.BASES[k] for k in column) for column in part.xs.argmax(2).T]
        runs[name] = {text[k : k + genes.RUN] for text in texts for k in range(60 - genes.RUN + 1)}
    assert not any(runs[a] & runs[b] for a, b in combinations(runs, 2))
    assert len(data.splice_junctions("all").labels) == 3001


def test_a_split_drawn_anew_keeps_families_together_and_leaves_nothing_out():
    split = genes.parts(WINDOWS, np.random.default_rng(3))
    families = [set(WINDOWS.families[places]) for places in split.values()]
    assert not any(a & b for a, b in combinations(families, 2))
    assert sorted(np.concatenate(list(split.values()))) == list(range(3001))
    assert 450 <= len(split["test"]) < 470 and list(split["test"]) != list(genes.parts(WINDOWS)["test"])


def test_relatives_of_relatives_are_relatives():
    a, b, c = "A" * 10 + "C" * 35 + "G" * 15, "C" * 32 + "T" * 32, "T" * 30 + "GA" * 15
    family = genes.relatives([a, "ACGT" * 15, b, c])
    assert family[0] == family[2] == family[3] != family[1]
    assert len(set(genes.relatives([a, b], run=36))) == 2


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="split: expected one of 'train', 'validation', 'test', 'all'"):
        data.splice_junctions("valid")


# ------------------------------------------------------------------ what reads them


def test_a_moved_window_holds_the_same_bases_later():
    bases = WINDOWS.bases[:, :5]
    for shift in (-5, -1, 0, 2, 5):
        np.testing.assert_array_equal(readers.window(bases, shift), bases[5 - shift : 55 - shift])
    each = readers.window(bases, np.array([0, 1, -1, 5, -5]))
    np.testing.assert_array_equal(each[:, 3], bases[0:50, 3])
    np.testing.assert_array_equal(each[:, 4], bases[10:60, 4])


def test_a_cut_window_is_a_piece_of_the_window():
    bases = WINDOWS.bases[:, :200]
    xs, lengths = readers.cut(bases, np.random.default_rng(0))
    assert lengths.min() >= 30 and lengths.max() <= 50 and len(set(lengths)) > 10
    for i, n in enumerate(lengths):
        piece = "".join(data.BASES[k] for k in xs[:n, i].argmax(1))
        assert piece in "".join(data.BASES[k] for k in bases[5:55, i]) and not xs[n:, i].any()


@pytest.mark.parametrize("name", readers.NETS)
def test_readers_are_of_one_size_and_their_gradients_are_right(name):
    model = readers.model_of(name)
    size = model.net.num_params + (model.net.output_size + 1) * 3 * model.reads_out
    assert size == 603 if name == "linear" else 0.9 * readers.BUDGET < size <= readers.BUDGET
    if name.startswith("centre"):
        rng = np.random.default_rng(0)
        net = readers.AtCentre("gru", 4, 3, model.net.num_layers, bidirectional=True)
        twin = Model(net, 3, at="last_step")
        xs = np.eye(4)[WINDOWS.bases[20:40, :4]]
        assert gradcheck(twin, twin.init(rng), xs, WINDOWS.labels[:4], rng=rng, entries=2).error <= 1e-6


def test_the_centre_is_read_and_has_seen_everything():
    net = readers.AtCentre("gru", 4, 3, bidirectional=True)
    model = Model(net, 3, at="last_step")
    rng = np.random.default_rng(1)
    params, xs = model.init(rng), rng.random((7, 2, 4))
    run = model.forward(params, xs, np.array([7, 4]))
    np.testing.assert_array_equal(run.features[0], run.run.hs[3, 0])
    np.testing.assert_array_equal(run.features[1], run.run.hs[1, 1])
    for t in range(7):
        other = xs.copy()
        other[t, 0] += 1
        assert (model.predict(params, other)[0] != model.predict(params, xs)[0]).any()


def test_the_look_is_the_gradient_of_the_score_and_adds_up_to_nothing():
    net = readers.AtCentre("gru", 4, 5, bidirectional=True)
    model = Model(net, 3, at="last_step")
    rng = np.random.default_rng(2)
    params, xs = model.init(rng), np.eye(4)[WINDOWS.bases[25:37, :3]]
    found = genes_look.look(model, params, xs, 1)
    np.testing.assert_allclose(found.sum(-1), 0, atol=1e-12)

    def score(xs):
        z = model.predict(params, xs)
        return z[:, 1] - (z[:, 0] + z[:, 2]) / 2

    for t, one, other in ((5, 0, 3), (0, 2, 1), (11, 3, 2)):
        change = np.zeros_like(xs)
        change[t, :, one], change[t, :, other] = 1e-6, -1e-6
        slope = (score(xs + change) - score(xs - change)) / 2e-6
        np.testing.assert_allclose(found[t, :, one] - found[t, :, other], slope, rtol=1e-6, atol=1e-9)


def test_letters_are_log_odds_with_the_motifs_on_top():
    for label, k, base in (("EI", genes_report.MIDDLE, "G"), ("IE", genes_report.MIDDLE - 1, "G")):
        odds = genes_report.letters(label)
        assert odds[k].argmax() == data.BASES.index(base) and odds[k].max() > 1.5
    assert np.abs(genes_report.letters("N")).max() == 0


# ------------------------------------------------------------------ what the stored runs say


def test_only_training_on_true_labels_makes_a_look_like_the_letters():
    rng = np.random.default_rng(0)
    for name in ("EI", "IE"):
        like = {of: genes_report.like_letters(of, name, rng) for of in genes_look.NETS}
        assert like["trained"][1] > 0.4
        assert max(abs(like[of][0]) for of in ("untrained", "labels shuffled")) < 0.2
        assert genes_report.between_seeds("trained", name) > 0.6 > genes_report.between_seeds("untrained", name)


def test_the_table_is_of_the_stored_runs():
    rng = np.random.default_rng(0)
    table = genes_report.table(rng)
    for training, nets in table.items():
        for net, (mean, low, high) in nets.items():
            np.testing.assert_allclose(mean, genes_report.shares(net, training).mean(0))
            assert (low <= mean).all() and (mean <= high).all()


def test_the_picture_tells_where_each_looks_most():
    rng = np.random.default_rng(0)
    names = ("the letters", "trained")
    maps = {label: {name: rng.normal(size=(50, 4)) for name in names} for label in ("EI", "IE")}
    maps["EI"]["trained"][25, 2] = 9
    scene = Looks(maps, {"the letters": "bits", "trained": ""}, "Two maps")
    assert "EI, trained: largest at step 0, G" in scene.alt and len(scene.png()) > 10_000
