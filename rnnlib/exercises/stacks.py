"""Checks for the exercises on deep stacks: each names the likely mistake."""

import numpy as np

from ..explore.sizes import width_for
from ..stack import DeepRNN


def check_width(answer, *, budget, input_size, num_layers):
    """The widest LSTM stack of the article's form within the budget."""
    if answer is None:
        return "not tried yet"
    number = np.asarray(answer)
    if number.dtype.kind not in "iuf" or number.ndim or not np.isfinite(number) or number % 1:
        return f"H is a whole number, not {answer!r}"
    answer = int(number)

    def best(cell, skip=True):
        return width_for(budget, cell, input_size, num_layers, skip_input=skip)

    hints = {
        best("lstm", False): "that is the plain stack: in the article's form layers 2 and up read D more inputs",
        best("rnn"): "that is the tanh RNN: an LSTM has 4 gates, each with matrices of its own",
        best("gru"): "that is the GRU with its 3 gates: an LSTM has 4",
        best("lstm") + 1: "one unit too wide: rounded up, the budget is exceeded",
    }
    if answer == best("lstm"):
        cost = DeepRNN("lstm", input_size, answer, num_layers, skip_input=True).num_params
        return f"right: H = {answer} costs {cost:,} of {budget:,}"
    return hints.get(answer, f"not {answer}: solve 4 [(2L-1) H² + (L D + L) H] = budget for H, and round down")


def residual_gradients(step, params, run, dhs):
    """dh_t^l of a residual tanh stack, (L, T, B, H), by `step(do_above, da_above, W_xh_above, da_next, W_hh)`."""
    L, (T, B, H) = len(params), dhs.shape
    dh, do, da = (np.zeros((L, T + 1, B, H)) for _ in range(3))
    for l in reversed(range(L)):
        for t in reversed(range(T)):
            top = l == L - 1
            above = (dhs[t], np.zeros((B, H)), np.zeros((H, H))) if top else (
                do[l + 1, t], da[l + 1, t], params[l + 1]["W_xh"])  # fmt: skip
            do[l, t], dh[l, t] = step(*above, da[l, t + 1], params[l]["W_hh"])
            da[l, t] = dh[l, t] * (1 - run.layers[l].hs[t] ** 2)
    return dh[:, :T]


def check_residual(step):
    """Compare with `DeepRNN(residual=True)` on a stack of 3 layers and 5 steps."""
    net = DeepRNN("rnn", 4, 4, 3, residual=True)
    weights, noise = np.random.default_rng(0).spawn(2)
    params = net.init(weights)
    run = net.forward(params, noise.standard_normal((5, 2, 4)))
    dhs = noise.standard_normal(run.hs.shape)
    truth = np.array(net.backward(params, run, dhs).hs)

    def right(do_above, da_above, W_xh_above, da_next, W_hh):
        do = da_above @ W_xh_above.T + do_above
        return do, do + da_next @ W_hh.T

    def no_bypass(do_above, da_above, W_xh_above, da_next, W_hh):
        do = da_above @ W_xh_above.T + do_above * (not W_xh_above.any())
        return do, do + da_next @ W_hh.T

    def no_future(do_above, da_above, W_xh_above, da_next, W_hh):
        do = da_above @ W_xh_above.T + do_above
        return do, do

    def future_in_do(do_above, da_above, W_xh_above, da_next, W_hh):
        do = da_above @ W_xh_above.T + do_above + da_next @ W_hh.T
        return do, do

    def not_transposed(do_above, da_above, W_xh_above, da_next, W_hh):
        do = da_above @ W_xh_above + do_above
        return do, do + da_next @ W_hh

    def no_above(do_above, da_above, W_xh_above, da_next, W_hh):
        return do_above, do_above + da_next @ W_hh.T

    def no_own(do_above, da_above, W_xh_above, da_next, W_hh):
        do = da_above @ W_xh_above.T
        return do, do + da_next @ W_hh.T

    def swapped(do_above, da_above, W_xh_above, da_next, W_hh):
        return right(do_above, da_above, W_xh_above, da_next, W_hh)[::-1]

    mistakes = {
        no_own: "nothing arrives at any node: at the top, do_above is the gradient of the loss, and dh needs it too",
        swapped: "the two results are swapped: return do first, then dh",
        no_bypass: "do_above is missing: o^(l+1) = h^(l+1) + o^l hands its gradient down unchanged as well",
        no_future: "the future is missing: h_t^l also feeds h_{t+1}^l, through W_hh",
        future_in_do: "the future belongs to dh, not to do: W_hh reads h, the residual sum reads o",
        not_transposed: "a matrix that was multiplied from the right comes back transposed",
        no_above: "the matrix path is missing: layer l + 1 reads o^l through W_xh",
    }
    assert np.allclose(residual_gradients(right, params, run, dhs), truth, atol=1e-12)
    try:
        result = step(*[np.zeros((2, 4))] * 2, np.zeros((4, 4)), np.zeros((2, 4)), np.zeros((4, 4)))
        if result is None:
            return "not tried yet"
        found = residual_gradients(step, params, run, dhs)
    except (TypeError, ValueError) as error:
        return f"it does not run: {error}"
    if np.allclose(found, truth, rtol=0, atol=1e-6):  # float32 is good enough
        return f"right: all {truth.size} numbers of ∂loss/∂h agree with rnnlib to 1e-6"
    for mistake, hint in mistakes.items():
        if np.allclose(found, residual_gradients(mistake, params, run, dhs), atol=1e-12):
            return hint
    worst = [float(np.abs(a - b).max()) for a, b in zip(found, truth, strict=True)]
    return f"not yet: the largest error per layer, lowest first, is {', '.join(f'{w:.2g}' for w in worst)}"
