"""Trials: intervals that cover, a rule that can say no, arms paired by seed, and notebook 10 true to its files."""

import json
import re
import time
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from explorer_checks import check_explorer, settle

from rnnlib.course import stats
from rnnlib.course.experiments import arms, load, report, run, trials
from rnnlib.course.experiments.trials_neighbours import NEIGHBOURS
from rnnlib.course.explore import Evidence, LiveTrial
from rnnlib.course.explore.trial import outcome

NOTEBOOK = Path(__file__).resolve().parent.parent / "notebooks" / "10_claims_on_trial.ipynb"
CLAIMS = [trial.claim for trial in trials.TRIALS]


# ------------------------------------------------------------------------------------------------ intervals


def test_an_interval_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    for n in (10, 20):
        _, low, high = stats.mean_interval(rng.standard_normal((4000, n)), rng, draws=1000)
        assert 0.93 < ((low < 0) & (high > 0)).mean() < 0.96
    _, low, high = stats.median_interval(rng.standard_normal((2000, 10)), rng, draws=500)
    assert 0.88 < ((low < 0) & (high > 0)).mean() < 0.98


@pytest.mark.parametrize("n, t", [(10, 2.2622), (20, 2.0930), (121, 1.9799)])  # t tables, 95 %
def test_intervals_of_a_mean_are_as_wide_as_students(n, t):
    """The mean ± t s/√n, where the bootstrap's own normal approximation holds."""
    tail = stats._tail(n, 0.95)
    assert -NormalDist().inv_cdf(tail) * np.sqrt((n - 1) / n) == pytest.approx(t, abs=0.001)
    values = np.random.default_rng(0).standard_normal((200, n))
    _, low, high = stats.mean_interval(values, np.random.default_rng(1), draws=4000)
    students = 2 * t * values.std(1, ddof=1) / np.sqrt(n)
    assert np.median((high - low) / students) == pytest.approx(1, abs=0.03)


def test_an_interval_is_never_wider_than_what_was_seen():
    values = np.array([[1.0, 2.0], [0.0, 5.0]])
    _, low, high = stats.mean_interval(values, np.random.default_rng(0))
    np.testing.assert_array_equal([low, high], values.T)


def test_pairing_takes_out_what_both_share():
    rng = np.random.default_rng(0)
    shared, own = 10 * rng.standard_normal(20), 0.1 * rng.standard_normal((2, 20))
    effect, low, high = stats.paired_interval(shared + own[0] + 1, shared + own[1], rng)
    assert effect == pytest.approx(1, abs=0.1) and 0.8 < low < high < 1.2
    assert stats.effect_size([1, 2, 3], [0, 0, 0]) == pytest.approx(2)
    assert stats.effect_size([1, 2], [0, 1]) == np.inf and stats.effect_size([0, 1], [1, 2]) == -np.inf
    assert stats.effect_size([1, 2], [1, 2]) == 0


def test_intervals_refuse_what_has_no_seeds():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"values: expected \(X, N, ...\) with at least one seed, got shape \(3, 0\)"):
        stats.mean_interval(np.zeros((3, 0)), rng)
    with pytest.raises(ValueError, match="other: expected one value per seed"):
        stats.paired_interval([1, 2], [1], rng)
    with pytest.raises(ValueError, match="at least 2 seeds, got 1"):
        stats.effect_size([1], [0])
    with pytest.raises(TypeError, match="rng"):
        stats.median_interval(np.zeros((3, 2)), 0)


# ------------------------------------------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("mean", "margin", "call"), [(1, 0.5, "for"), (0.1, 0.5, "against"), (0.5, 0.5, "open"), (-1, -0.5, "against")]
)
def test_an_arm_is_for_against_or_open(mean, margin, call):
    rng = np.random.default_rng(0)
    noise = 0.2 * rng.standard_normal(10)
    noise -= noise.mean()
    arm = trials.judge_arm(mean + noise, np.zeros(10), margin, rng)
    assert arm.call == call and arm.low < arm.effect < arm.high and arm.seeds == 10
    assert arm.effect == pytest.approx(mean)


def test_the_verdict_follows_the_arms():
    assert trials.verdict(["for", "for"]) == "supported"
    assert trials.verdict(["for", "open"]) == trials.verdict(["for", "against"]) == "depends"
    assert trials.verdict(["open", "open"]) == trials.verdict(["against"]) == "not supported"


def test_nearer_to_zero_counts_for_vanishing_and_exploding_alike():
    """A slope of -0.3 that becomes -0.1, or +0.1, is nearer to 0 by 0.2; one that becomes +0.5 is not."""
    runs = [
        {"config": {"L": L, "cell": c}, "seed": 0, "result": {"top": top}}
        for c, L, top in (("a", 1, -0.3), ("a", 8, 0.1), ("b", 1, -0.3), ("b", 8, 0.5))
    ]
    nearer = {c: arms.size(runs, "top", L=1, cell=c) - arms.size(runs, "top", L=8, cell=c) for c in "ab"}
    assert nearer["a"] == pytest.approx(0.2) and nearer["b"] == pytest.approx(-0.2)


@pytest.mark.parametrize("trial", (*trials.TRIALS, *NEIGHBOURS), ids=lambda t: t.claim)
def test_every_trial_has_ten_paired_seeds_and_the_same_verdict_twice(trial):
    pairs = trial.pairs()
    assert pairs and all(len(one) == len(other) >= 10 for one, other in pairs.values())
    assert set(trial.sources) <= set(run.names())
    assert all(run.experiment(name).SEEDS >= 10 for name in trial.sources)
    assert trials.judge(trial) == trials.judge(trial)
    assert all(np.isfinite([a.effect, a.low, a.high]).all() for a in trials.judge(trial).values())
    assert trial.words and trial.test and trial.literature


@pytest.mark.parametrize("name", [n for n in run.names() if n.endswith("_tuning")])
def test_rates_are_tuned_per_arm_over_one_grid_on_seeds_that_are_not_reported(name):
    tuned, reported = run.experiment(name), run.experiment(name.removesuffix("_tuning"))
    grids = {}
    for config in tuned.GRID:
        arm = tuple((k, v) for k, v in config.items() if k != "lr")
        grids.setdefault(arm, set()).add(config["lr"])
    own = getattr(reported, "RATES", None)

    def kind(arm):  # only what is of one kind is compared: stacks of one cell, or nets and linear models
        if not isinstance(own, dict):
            return None
        return reported.rates(dict(arm)) if hasattr(reported, "rates") else dict(arm)["cell"]

    for one in {kind(arm) for arm in grids}:
        found = [rates for arm, rates in grids.items() if kind(arm) == one]
        assert len({frozenset(rates) for rates in found}) == 1
        assert len(found[0]) >= (2 if name == "longer_tuning" else 3)  # that one checks again what five rates chose
    seen = []
    for module in (tuned, reported):
        kept, module_run = [], reported.run_one
        try:
            reported.run_one = lambda config, seed, *part, kept=kept, **more: kept.append(seed) or {}
            module.run_one(tuned.GRID[0], 3)
        finally:
            reported.run_one = module_run
        seen += kept
    assert seen == [1003, 3]


def test_the_report_names_every_trial_and_its_interval():
    table = report.table()
    assert all(f"| {claim} |" in table for claim in CLAIMS)
    assert table.count("\n") == len(CLAIMS) + 1
    lines = "\n".join(line for trial in trials.TRIALS for line in report.trial_lines(trial))
    assert lines.count("seeds; margin") == len(CLAIMS)
    assert len(re.findall(r"\[[+-][\d.e+-]+, [+-][\d.e+-]+\]", lines)) == sum(len(t.pairs()) for t in trials.TRIALS)


# ------------------------------------------------------------------------------------------------ explorers


@pytest.mark.parametrize("cls", [LiveTrial, Evidence])
def test_every_control_at_its_ends_corners_and_random_settings(cls):
    check_explorer(cls, np.random.default_rng(10), draws=1)


def test_a_live_trial_shows_what_it_knows_and_adds_seed_after_seed():
    live = LiveTrial(seeds=2)
    pictures = []
    live.image.observe(lambda change: pictures.append(live.reading.value), "value")
    live.inputs["seeds"].value = 8
    assert live.rough and live.reading.value.count("2 of 8 seeds") == 1
    end = time.monotonic() + 30
    while live.rough:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert len(pictures) >= 6 and "8 of 8 seeds" in live.reading.value
    straight = LiveTrial(seeds=8)
    assert settle(straight) == settle(live)


def test_a_live_trial_runs_the_networks_it_shows():
    live = LiveTrial(seeds=3, depth=3, cell="GRU", task="digits")
    want = [outcome("digits", "GRU", 1, s) - outcome("digits", "GRU", 3, s) for s in range(3)]
    np.testing.assert_allclose(live.picture.dots.get_ydata(), want)
    assert outcome.__wrapped__("digits", "GRU", 3, 1) == outcome("digits", "GRU", 3, 1)


def test_intervals_of_the_evidence_shrink_as_seeds_are_added():
    def width(seeds):
        judged = trials.judge(trials.of("5b layer norm"), seeds)
        return [arm.high - arm.low for arm in judged.values()]

    assert max(width(10)) < max(width(5))
    evidence = Evidence(trial="5a residual", seeds=4)
    shown = {label.get_text() for label in evidence.picture.labels} - {""}
    assert shown == set(trials.of("5a residual").pairs())
    with pytest.raises(ValueError, match=r"claim: expected one of 1 text, .*, got '7'"):
        trials.of("7")


def test_the_evidence_answers_as_the_page_says():
    def calls(claim, seeds):
        return {arm: judged.call for arm, judged in trials.judge(trials.of(claim), seeds).items()}

    text = {n: calls("1 text", n) for n in range(2, 11)}
    assert {n for n, found in text.items() if found["GRU, 2 layers"] == "open"} == {3, 4, 5, 6}
    assert all(found[arm] == text[10][arm] for found in text.values() for arm in found.keys() - {"GRU, 2 layers"})
    learning = {n for n in range(2, 11) if set(calls("6 in learning", n).values()) != {"for"}}
    norm = {n for n in range(2, 11) if "for" not in calls("5b layer norm", n).values()}
    assert learning == {4, 5, 8} and norm == set(range(2, 10))
    evidence = Evidence(trial="1 text", seeds=5)
    assert "GRU, 2 layers" in evidence.picture.alt and "By 5 seeds" in evidence.reading.value


# ---------------------------------------------------------------------------------------- notebook 10's numbers

STRUCTURE = (  # numbers of the text that are no results
    r"(?s)```.*?```",
    r"(?s)^## Your turn.*?(?=^## Recap)",  # exercises invent theirs
    r"\[[^\]]*\]\([^)]*\)",  # links
    r"^#+ .*$",  # headings with their minutes
    r"\*\*Predict\.\*\*.*",  # options are guesses
    r"^\*\*Time\.\*\*.*$",
    r"notebooks? \d\d(?:( to |, | and )\d\d)*",
    r"\b(?:19|20)\d\d\b",  # years of papers
    r"<summary>.*?</summary>",
    r"`[^`]*`",
    r"\$[^$]*\$",
)
NUMBER = re.compile(r"(?<![\w.,])[+−-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")


def numbers(text):
    """Decimals and whole numbers above 20; signs and thousands' commas off."""
    found = {n.replace("−", "-").replace(",", "").lstrip("+-") for n in NUMBER.findall(text)}
    return {n for n in found if "." in n or "e" in n or int(n) > 20}


def prose_numbers(cells):
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    for pattern in STRUCTURE:
        text = re.sub(pattern, " ", text, flags=re.MULTILINE)
    return numbers(text)


def printed_numbers(cells):
    outputs = [o for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
    texts = ["".join(o.get("text", "")) for o in outputs]
    texts += ["".join(o.get("data", {}).get(kind, "")) for o in outputs for kind in ("text/plain", "text/markdown")]
    return numbers("\n".join(texts))


def test_every_number_in_the_text_of_notebook_10_is_printed_by_a_cell_that_reads_the_files():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    said, printed = prose_numbers(cells), printed_numbers(cells)
    assert len(said) > 20
    assert not (stray := said - printed), f"in the text, but printed by no cell: {sorted(stray)}"


def test_the_comparison_of_numbers_sees_a_wrong_one():
    cells = [
        {
            "cell_type": "markdown",
            "source": ["It saves 0.17 bits [0.12, 0.21], in 97 of 99 runs; **Predict.** (a) 0.5"],
        },
        {"cell_type": "code", "source": [], "outputs": [{"text": ["saved +0.17 [+0.12, +0.22] in 97 runs, of 99"]}]},
    ]
    assert prose_numbers(cells) - printed_numbers(cells) == {"0.21"}


def test_the_verdicts_of_notebook_10_are_those_of_the_files():
    """What the notebook prints for every arm is what the stored runs give today."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    printed = "\n".join("".join(o.get("text", "")) for c in cells for o in c.get("outputs", []))
    for trial in trials.TRIALS:
        for line in report.trial_lines(trial):
            if "seeds; margin" in line or "[" in line:
                assert line in printed, line


def test_results_say_what_they_cost():
    costs = report.cost(run.names())
    assert set(costs) == set(run.names())
    assert all(len(load(name)) == runs for name, (runs, _) in costs.items())
