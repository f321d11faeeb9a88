"""Numbers behind notebook 10 that no cell prints, or prints for one draw alone."""

import numpy as np

from rnnlib import DeepRNN
from rnnlib.course.experiments import arms, load, processors, run, select, trials
from rnnlib.course.explore.trial import SLOPE, outcome
from rnnlib.course.stats import mean_interval


def judged(claim, seeds=None):
    return trials.judge(trials.of(claim), seeds)


def effects(claim):
    return [arm.effect for arm in judged(claim).values()]


def counts(claim):
    calls = [arm.call for arm in judged(claim).values()]
    return [calls.count(word) for word in ("for", "open", "against")]


def verdict_counts():
    rows, _ = trials.verdicts()
    words = [word for _, word, _ in rows]
    return [words.count(word) for word in ("supported", "depends", "not supported")]


def width_over_orders():
    """Mean width with 10 seeds over that with 40, in 40 random orders of 160 seeds."""
    pairs = np.array([outcome(SLOPE, "tanh RNN", 1, s) - outcome(SLOPE, "tanh RNN", 4, s) for s in range(160)])
    rng = np.random.default_rng(0)
    orders = np.array([rng.permutation(pairs) for _ in range(40)])
    widths = [np.mean(high - low) for n in (10, 40) for _, low, high in [mean_interval(orders[:, :n], rng)]]
    return widths[0] / widths[1]


def coverage():
    """Of 100 intervals from ten even, lopsided and mostly equal values, over 8,000 draws each."""
    rng = np.random.default_rng(1)
    size = (8000, 10)
    kinds = rng.standard_normal(size), rng.exponential(size=size) - 1, (rng.random(size) < 0.1) - 0.1
    found = [mean_interval(values, rng, draws=1000)[1:] for values in kinds]
    return [100 * np.mean((low <= 0) & (high >= 0)) for low, high in found]


def what_training_decides():
    """(arms that rest on training, those that the sample saw move)."""
    found = [(t.claim, label, arm) for t in trials.TRIALS for label, arm in trials.judge(t).items()]
    return sum(arms.read_of(c, label) is not None for c, label, _ in found), sum(arm.moved > 0 for *_, arm in found)


def verdicts_without_the_processor():
    """How many verdicts would be others if the rule asked the bare intervals."""
    changed = 0
    for trial in trials.TRIALS:
        found = trials.judge(trial).values()
        bare = [trials.call(arm.low, arm.high, trial.margin) for arm in found]
        changed += trials.verdict(bare) != trials.verdict([arm.call for arm in found])
    return changed


def sampled_runs():
    """Runs that were computed on other processors: of `layers`, of `carry`, and the fewest and most of the others."""
    runs = {name: len(processors.sample(name)) for name in processors.EXPERIMENTS}
    others = [n for name, n in runs.items() if name not in ("layers", "carry")]
    return runs["layers"], runs["carry"], min(others), max(others)


def at_the_ends_of_their_grids(name, **config):
    """(arms of an experiment whose rate is the smallest or largest of its grid, all arms whose rate was tuned)."""
    grid = {r["config"]["lr"] for r in load(f"{name}_tuning")}
    found = [c for c in run.experiment(name).GRID if "lr" in c and config.items() <= c.items()]
    return sum(c["lr"] in (min(grid), max(grid)) for c in found), len(found)


def ends_in_2a():
    return at_the_ends_of_their_grids("rates", state="trained")


def ends_in_1():
    """Text, then gated networks on speech."""
    speech = [at_the_ends_of_their_grids("width", cell=cell) for cell in ("lstm", "gru")]
    return [*at_the_ends_of_their_grids("representation"), *np.sum(speech, axis=0)]


def ends_in_4():
    """Gated stacks, then those of them with layer norm alone."""
    gated = [at_the_ends_of_their_grids("combine", cell=cell) for cell in ("lstm", "gru")]
    norm = [at_the_ends_of_their_grids("combine", cell=cell, module="layer norm") for cell in ("lstm", "gru")]
    return [*np.sum(gated, axis=0), *np.sum(norm, axis=0)]


def ends_in_5():
    return at_the_ends_of_their_grids("depth", L=8)


def failed_in_tuning():
    """Tuning runs of tanh on adding that succeeded, and how many there were; then, of the forget bias, the same for
    -1 with one and four layers, 0 with one, 5 with four."""
    adding = [r["result"]["updates"] for r in load("adding_tuning") if r["config"]["cell"] == "tanh"]
    found = [sum(u is not None for u in adding), len(adding)]
    for bias, L in ((-1, 1), (-1, 4), (0, 1), (5, 4)):
        config = {"forget_bias": bias, "L": L}
        tried = [r["result"]["updates"] for r in load("forget_tuning") if config.items() <= r["config"].items()]
        found.append(sum(u is not None for u in tried))
    return found


def trained_tanh_slopes():
    """Smallest and largest of ten seeds: one layer; top rows of two and eight layers; bottom rows of the same."""
    runs = load("rates")
    rows = [("top", 1), ("top", 2), ("top", 8), ("bottom", 2), ("bottom", 8)]
    slopes = [select(runs, row, cell="rnn", L=L, state="trained") for row, L in rows]
    return [end(values) for values in slopes for end in (min, max)]


def sizes():
    """Parameters of the smallest network in `rates`, and of the largest, in `depth`: eight layers with the input."""
    return DeepRNN("rnn", 4, 32, 1).num_params, DeepRNN("lstm", 12, 32, 8, skip_input=True).num_params


def calls_of_content_over_seeds():
    """Arms of "3 content" whose call changes between two and ten seeds; of "1 text"; where its GRU of two is open."""
    over = {c: [[a.call for a in judged(c, n).values()] for n in range(2, 11)] for c in ("3 content", "1 text")}
    changing = {c: [k for k, calls in enumerate(zip(*rows)) if len(set(calls)) > 1] for c, rows in over.items()}
    gru = [calls[4] == "open" for calls in over["1 text"]]
    return len(changing["3 content"]), len(changing["1 text"]), *(n for n, is_open in zip(range(2, 11), gru) if is_open)


def wavering():
    """Numbers of seeds from 2 to 9 at which "6 in learning" depends; whether "5b" is not supported at all of them; and
    how many of the 13 other trials have another verdict there than with ten."""
    over = {
        t.claim: [trials.verdict([a.call for a in judged(t.claim, n).values()]) for n in range(2, 11)]
        for t in trials.TRIALS
    }
    learning, norm = over.pop("6 in learning"), over.pop("5b layer norm")
    depends = [n for n, word in zip(range(2, 11), learning) if word == "depends"]
    return *depends, set(norm[:-1]) == {"not supported"}, sum(len(set(words)) > 1 for words in over.values())


def gaining_modules():
    """Of 18 arms of claim 4: for, gaining among these; largest loss among the open ones; least low end of the rest."""
    found = judged("4").values()
    held = [arm.effect > 0 for arm in found if arm.call == "for"]
    open_arms = sorted((arm.effect, arm.low) for arm in found if arm.call == "open")
    return len(held), sum(held), open_arms[0][0], min(low for _, low in open_arms[1:])


def seeds_to_close():
    """Times the seeds for which the LSTM's arm of four layers would end at the margin, its mean staying."""
    arm = judged("2b")["temporal order, LSTM, 4 layers"]
    return ((arm.high - arm.effect) / (0.1 - arm.effect)) ** 2


def rates_named_in_3():
    """Configurations behind claim 3 that have a learning rate of their own, and tunings of them: none."""
    found = [c for name in ("layers", "regime") for c in run.experiment(name).GRID if "lr" in c]
    return len(found), sum(name in ("layers_tuning", "regime_tuning") for name in run.names())
