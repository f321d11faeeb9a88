"""The exercises in the order of the course: what each asks for, what it is tried on, the order of its sweep."""

import numpy as np

from . import arguments as drawn
from . import solutions as plain
from . import solutions_deep as deep
from . import solutions_more as more
from . import trying
from .kinds import Choice, Function, Number, Setting
from .said import SAID, WORDS

LAYER = ("b_h", "W_xh", "W_hh")
ONE, BATCH, UNIT = {"T = 1": {"T": 1}}, {"B = 1": {"B": 1}}, {"one unit": {"H": 1}}
QUIET, LAST = {"W_hh = 0": {"recurrent": 0.0}}, {"a loss at the last step alone": {"last": True}}
STEP, SWEEP = BATCH | UNIT | QUIET, ONE | BATCH | UNIT | QUIET | LAST
FOUR = tuple(f"layer {l} {name}" for l in (3, 2, 1, 0) for name in LAYER)
STACKED = FOUR[len(LAYER) :]
DEEP = SWEEP | {"one layer": {"L": 1}}
TB = {"B": "xs.shape[1]", "T": "len(xs)"}
CENTRED = {"means of zero": {"centred": True}}


def of(kind, solution, page, *args, **options):
    """An exercise with what is said of it."""
    return kind(solution, page, *args, words=WORDS.get(solution.__name__, {}), **options)


def asks(solution, page, draw, order, sizes=None, isolated=None, **options):
    sizes = {"B": "len(x)"} if sizes is None else sizes
    return of(Function, solution, page, draw=draw, order=order, sizes=sizes, isolated=isolated or {}, **options)


def page_00_to_02():
    yield of(Number, more.parameter_count, "00", constants=lambda: {"D": 6, "H": 32}, order=("count",),
             sizes={"T": "20"},
             shows=lambda count, D, H: f"{count:,g} for the shapes ({D}, {H}), ({H}, {H}) and ({H},)")  # fmt: skip
    yield asks(plain.rnn_forward, "01", drawn.forward, ("hs",), TB, ONE | STEP)
    yield of(Setting, more.switch, "01", order=("w", "b"), measure=trying.switched, **SAID["switch"])
    yield of(Number, more.window_lengths, "02", order=("chop", "back"), returned=("chop", "back"),
             constants=lambda: dict(zip(("chopped", "back"), trying.truncation_errors()), limit=0.1),
             shows=errors_at)  # fmt: skip
    yield asks(plain.readout_backward, "02b", drawn.readout, ("hs", "b_y", "W_hy"),
               {"B": "hs.shape[1]", "T": "len(hs)"}, ONE | BATCH | UNIT)  # fmt: skip
    yield asks(plain.rnn_step_backward, "02b", drawn.step, ("b_h", "x", "h_prev", "W_xh", "W_hh"), isolated=STEP)
    yield asks(plain.rnn_backward, "02b", drawn.tanh_layer, ("xs", *LAYER, "h_0"), TB, SWEEP)
    yield asks(plain.leaky_backward, "02b", drawn.leaky, (*LAYER, "h_0"), TB, SWEEP)
    yield asks(plain.truncated_backward, "02b", drawn.truncated, LAYER,
               TB | {"the number of windows": "-(-len(xs) // k)"}, ONE | STEP | {"k = T": {"k": drawn.T}})  # fmt: skip


def page_03_and_04():
    yield of(Number, more.perplexity, "03", constants=lambda: {"nats": 1.5}, order=("n",), tolerance=0.05,
             shows=guessing)  # fmt: skip
    yield asks(plain.loss_in_windows, "03", drawn.windows, ("loss",), {"B": "xs.shape[1]"},
               {"one window": {"size": 11}, "windows that all have `size` steps": {"T": 9}})  # fmt: skip
    yield asks(plain.cross_entropy_backward, "03b", drawn.cross_entropy, ("dys",),
               {"N": "len(ys)", "V": "ys.shape[1]"}, {"N = 1": {"N": 1}},
               careful={"outputs of 1,000 and -1,000": {"far": 1e3}})  # fmt: skip
    yield asks(plain.padded_backward, "03b", drawn.padded, ("xs", *LAYER, "h_0"),
               TB | {"the live steps": "lengths.sum()"}, SWEEP | {"no padding": {"full": True}})  # fmt: skip
    arrays = "array 0", "array 1", "array 2"
    yield asks(plain.clip_by_global_norm, "03b", drawn.clip, arrays, {},
               {"a norm far below theta": {"theta": 1e3}, "a norm below theta": {"times": 1.5},
                "a small theta": {"theta": 0.1}}, returned=arrays)  # fmt: skip
    yield asks(plain.adam_step, "03b", drawn.adam, ("m", "v", "p"), {},
               {"n = 1": {"n": 1}, "gradients of 1e-8": {"size": 1e-8}}, returned=("p", "m", "v"))  # fmt: skip
    yield asks(plain.carry_gradient, "04", drawn.carried, ("dh_0",), {}, ONE | UNIT)
    yield of(Setting, more.transient, "04", order=("rho", "shear"), measure=trying.stretched, **SAID["transient"])
    yield asks(plain.exponents, "04", drawn.stretched, ("exponents",), {"T": "len(Js)"}, ONE | UNIT, view=np.sort)


def page_05_and_06():
    yield of(Number, more.forget_bias, "05", constants=lambda: {"steps": 20}, order=("b",), tolerance=0.006,
             shows=lambda b, steps: f"σ({b:.3g}) keeps one half for {np.log(2) / np.log1p(np.exp(-b)):.3g} steps, and "
             f"{steps} are asked for")  # fmt: skip
    result = "dz", "dn", "dh_prev"
    yield asks(more.minimal_step_backward, "05", drawn.mixture, result, {"B": "len(dh)"}, BATCH | UNIT, returned=result)
    yield of(Number, more.gru_size, "05", constants=lambda: {"D": 2, "H_lstm": 24}, order=("H",), shows=gru_cost)
    yield asks(deep.lstm_step, "05b", drawn.gates, ("i", "f", "g", "o", "c", "h"), isolated=STEP,
               returned=("h", "c", "i", "f", "g", "o"))  # fmt: skip
    order = "c_prev", "b_h", "x", "h_prev", "W_xh", "W_hh"
    yield asks(deep.lstm_step_backward, "05b", drawn.lstm_backward, order, isolated=STEP)
    yield asks(deep.gru_step_backward, "05b", drawn.gru_backward, ("b_hn", *order[1:]), isolated=STEP)
    yield of(Number, more.stack_width, "06", order=("H",), shows=stack_cost,
             constants=lambda: {"D": 32, "L": 3, "budget": 100_000})  # fmt: skip
    yield asks(more.residual_step_backward, "06", drawn.residual_step, ("do", "dh"), {"B": "len(do_above)"},
               BATCH | UNIT | QUIET | {"the top layer": {"top": True}}, returned=("do", "dh"))  # fmt: skip
    yield asks(deep.stack_backward, "06b", drawn.stack, STACKED, TB, DEEP)
    yield asks(deep.article_stack_backward, "06b", drawn.article, STACKED, TB, DEEP)
    yield asks(deep.residual_backward, "06b", drawn.residual, FOUR, TB, DEEP)


def page_07_to_11():
    yield asks(more.peak_lag, "07", drawn.memory, ("lag",), {}, {"one layer": {"L": 1}, "four layers": {"L": 4}},
               tries=12)  # fmt: skip
    yield of(Setting, more.recurrent_gain, "07", order=("gain",), measure=trying.half_life, **SAID["recurrent_gain"])
    yield asks(deep.layer_norm_backward, "08", drawn.norm, ("gain", "z"), {"B": "len(z)", "H": "z.shape[1]"}, BATCH)
    yield of(Choice, more.remedy, "08", said=SAID["remedy"])
    yield asks(more.spread, "08", drawn.outputs, ("spread",), {"B": "len(hs)", "H": "hs.shape[1]"}, UNIT | CENTRED)
    yield asks(more.score, "09", drawn.unit, ("score",), {"N": "len(state)"}, CENTRED)
    yield of(Choice, more.control, "09", said=SAID["control"])
    yield asks(more.call, "10", drawn.interval, ("call",), {}, tries=24, view=called,
               isolated={"a margin of zero": {"margin": 0.0}, "a margin below zero": {"margin": -0.1}})  # fmt: skip
    yield of(Choice, more.faults, "10", said=SAID["faults"], several=True)
    yield asks(deep.attention_backward, "11", drawn.attention, ("V", "Q", "K"), {"T": "len(Q)", "d": "Q.shape[1]"},
               ONE | {"d = 1": {"d": 1}})  # fmt: skip
    yield asks(deep.causal_convolution_backward, "11", drawn.convolution, ("b", "W", "xs"), TB,
               BATCH | {"K = 1": {"K": 1}, "dilation 1": {"dilation": 1}})  # fmt: skip
    yield asks(deep.linear_recurrence_backward, "11", drawn.recurrence, ("b", "a", "h_0"),
               {"B": "a.shape[1]", "T": "len(a)"}, ONE | BATCH | UNIT)  # fmt: skip


def called(word):
    """A call as a number, and no other word."""
    calls = {"for": 1, "open": 0, "against": -1}
    if not isinstance(word, str) or word not in calls:
        raise ValueError(f'expected is "for", "against" or "open", and not {word!r}')
    return calls[word]


def errors_at(answer, chopped, back, limit):
    """What the two answers to `window_lengths` amount to."""
    said = []
    for name, errors, k in zip(("chop", "back"), (chopped, back), answer):
        known = k % 1 == 0 and 1 <= k <= len(errors)
        what = f"an error of {errors[int(k) - 1]:.2g}" if known else f"k runs from 1 to {len(errors)}"
        said.append(f"{name} = {k:g}: {what}")
    return ", ".join(said)


def guessing(n, nats):
    return f"{n:.3g} characters with p = {1 / n:.3g} cost {np.log(n):.3g} nats, of {nats:.3g}"


def gru_cost(H, D, H_lstm):
    return f"{H:g} units have {3 * (D * H + H**2 + H) + H:,g} parameters of {4 * (D + H_lstm + 1) * H_lstm:,}"


def stack_cost(H, D, L, budget):
    return f"{H:g} units have {4 * ((2 * L - 1) * H**2 + L * (D + 1) * H):,g} parameters of {budget:,}"


EXERCISES = {e.name: e for pages in (page_00_to_02, page_03_and_04, page_05_and_06, page_07_to_11) for e in pages()}
