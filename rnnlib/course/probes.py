"""What layers carry: how long a typo stays, which unit follows a property of the text, what can be read off linearly.

States are (N, H): one row per character, or per step. Labels are (N,) numbers or truth values.
"""

import io
import tokenize

import numpy as np

from .. import check
from ..data import one_hot
from ..model import Model

LABELS = ("in a string", "in a comment", "in brackets", "indentation")


def source_labels(source):
    """{label: (N,)} for every character of a Python source: in a string, in a comment, in brackets (0 or 1), and the
    indentation of its line in steps of 4, by Python's own tokenizer. The source must be whole: SyntaxError else."""
    lines = check.text("source", source).splitlines(keepends=True)
    begins = np.cumsum([0, *map(len, lines)])
    labels = {name: np.zeros(len(source)) for name in LABELS}
    depth, opened = 0, 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            first = begins[token.start[0] - 1] + token.start[1]
            last = begins[min(token.end[0] - 1, len(lines))] + token.end[1]
            if token.type == tokenize.STRING or tokenize.tok_name[token.type].startswith("FSTRING"):  # since 3.12
                labels["in a string"][first:last] = 1
            elif token.type == tokenize.COMMENT:
                labels["in a comment"][first:last] = 1
            elif token.type == tokenize.OP and token.string in "([{":
                opened = first if depth == 0 else opened
                depth += 1
            elif token.type == tokenize.OP and token.string in ")]}":
                depth -= 1
                if depth == 0:
                    labels["in brackets"][opened:last] = 1
    except (tokenize.TokenError, IndentationError) as e:
        raise SyntaxError(f"source: expected whole Python source, got {e}") from None
    for begin, text in zip(begins, lines):
        labels["indentation"][begin : begin + len(text)] = (len(text) - len(text.lstrip(" "))) / 4
    return labels


def layer_states(model, params, codes, alphabet_size):
    """List over layers of (N, H): the states of a character model over one text, codes (N,), from a zero state.

    ValueError where alphabet_size is not the model's or a code lies outside; TypeError where model is no Model.
    """
    alphabet_size = _alphabet_size(model, alphabet_size)
    codes = check.integers("codes", codes, [("N", None)], 0, alphabet_size - 1)
    run = model.forward(params, one_hot(codes, alphabet_size, model.dtype)[:, None])
    return [layer.hs[:, 0].astype(np.float64) for layer in run.run.layers]


def _alphabet_size(model, size):
    D = check.instance("model", model, Model).net.input_size
    if check.size("alphabet_size", size) != D:
        raise ValueError(f"alphabet_size: expected {D}, the input size of the model, got {size}")
    return D


def typo_distance(model, params, codes, alphabet_size, rng, places=64, before=100, after=100):
    """(L, after): ‖h' − h‖ of every layer after one wrong character, mean over `places` windows of the text.

    Each window runs twice, as it is and with another character at step `before`; lag 0 is that character itself.
    After Hermans, Schrauwen 2013. ValueError where the text, codes (N,), is not longer than before + after; TypeError
    where rng is no Generator.
    """
    alphabet_size = _alphabet_size(model, alphabet_size)
    check.size("alphabet_size", alphabet_size, 2)  # another character
    places, before, after = check.size("places", places), check.size("before", before, 0), check.size("after", after)
    codes = check.integers("codes", codes, [("N", None)], 0, alphabet_size - 1)
    check.generator("rng", rng)
    params = model.check_params(params)
    params["layers"] = model.net.prepare(params["layers"])
    if len(codes) <= before + after:
        raise ValueError(f"codes: expected more than {before + after} characters, got {len(codes)}")
    begins = rng.integers(0, len(codes) - before - after, places)
    windows = codes[begins + np.arange(before + after)[:, None]]  # (T, places)
    wrong = windows.copy()
    wrong[before] = (wrong[before] + rng.integers(1, alphabet_size, places)) % alphabet_size
    runs = [model.forward(params, one_hot(w, alphabet_size, model.dtype)).run for w in (windows, wrong)]
    return np.array([
        np.linalg.norm(b.hs[before:].astype(np.float64) - a.hs[before:], axis=2).mean(1)
        for a, b in zip(runs[0].layers, runs[1].layers, strict=True)
    ])  # fmt: skip


def steps_to_fall(curve, share=0.5):
    """Lags from the peak of a curve until it first falls below `share` of the peak; its length if it never does.

    curve (K,) numbers, 0 <= share <= 1, or a ValueError.
    """
    curve = check.numbers("curve", curve, [("K", None)])
    check.number("share", share, 0, 1)
    peak = int(np.argmax(curve))
    below = np.flatnonzero(curve[peak:] < share * curve[peak])
    return int(below[0]) if len(below) else len(curve) - peak


def _read(name, states, label_name, label):
    """(N, H) and (N,) as float64."""
    states = check.numbers(name, states, [("N", None), ("H", None)])
    return states, check.numbers(label_name, label, [("N", len(states))])


def unit_scores(states, label):
    """(H,): |correlation| of every unit with a label over the same steps; 0 for a unit or a label that stands still.

    states (N, H), label (N,): finite, and of one N, or a ValueError.
    """
    states, label = _read("states", states, "label", label)
    s, y = states - states.mean(0), label - label.mean()
    size = np.linalg.norm(s, axis=0) * np.linalg.norm(y)
    return np.abs(s.T @ y) / np.where(size > 0, size, np.inf)


def best_unit(states, label, split=0.5):
    """(unit, its |correlation| on the part that did not choose it): the first part of the steps chooses.

    states (N, H), label (N,). ValueError where `split`, a share, leaves no step on one side.
    """
    states, label = _read("states", states, "label", label)
    cut = int(check.number("split", split, 0, 1) * len(label))
    if not 0 < cut < len(label):
        raise ValueError(f"split: expected steps on either side of the cut, got {cut} of {len(label)} before it")
    unit = int(np.argmax(unit_scores(states[:cut], label[:cut])))
    return unit, float(unit_scores(states[cut:, [unit]], label[cut:])[0])


def fit_linear(states, y, ridge=1e-3):
    """A function (..., H) -> (...): the least-squares reading of y (N,) from states (N, H).

    ridge : times the mean square of the states, added so that units that move together do no harm.
    ValueError where N differs, or not ridge > 0.
    """
    states, y = _read("states", states, "y", y)
    ridge = check.number("ridge", ridge, 0, open_low=True)
    mean, middle = states.mean(0), y.mean()
    z = states - mean
    penalty = ridge * (z * z).mean() * len(z) or 1.0  # states that stand still say nothing
    w = np.linalg.solve(z.T @ z + penalty * np.eye(z.shape[1]), z.T @ (y - middle))
    return lambda new: middle + (new - mean) @ w


def linear_probe(train, test, ridge=1e-3):
    """R² on `test` of the reading fitted on `train`; both are (states (N, H), y (N,)).

    ValueError where N or H differ, or y of `test` has one value alone.
    """
    parts = []
    for name, value in (("train", train), ("test", test)):
        states, y = check.length(name, value, 2, "of states and y")
        parts.append(_read(f"{name}[0]", states, f"{name}[1]", y))
    train, (states, y) = parts
    check.shape("test[0]", states, [("N", None), ("H", train[0].shape[1])])
    if not y.var() > 0:
        raise ValueError(f"test[1]: expected values that differ, got {y[0]} alone")
    read = fit_linear(*train, ridge)
    return float(1 - ((y - read(states)) ** 2).mean() / y.var())


def autocorrelation_time(hs):
    """(L,): the lag, in steps, at which the autocorrelation has fallen to 1/e (straight lines between whole lags).

    r(k) = Σ_t δ_t · δ_{t+k} / Σ_t δ_t · δ_t,   δ_t = h_t minus its mean over time. T if it never falls so far.
    hs (L, T, H): finite numbers, or a ValueError.
    """
    hs = check.numbers("hs", hs, [("L", None), ("T", None), ("H", None)])
    T = hs.shape[1]
    delta = hs - hs.mean(1, keepdims=True)
    times = []
    for d in delta:
        overlap = d @ d.T
        r = np.array([overlap.trace(k) for k in range(T)])
        if not r[0] > 0:  # a layer that never moves
            times.append(0.0)
            continue
        r /= r[0]
        k = int(np.argmax(r < np.exp(-1)))
        times.append(k - 1 + (r[k - 1] - np.exp(-1)) / (r[k - 1] - r[k]) if k else float(T))
    return np.array(times)
