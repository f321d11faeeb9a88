"""Solutions of the exercises on counting and measuring; those that ask for a number have their constants as arguments.
See `solutions`."""

import numpy as np


def parameter_count(D, H):
    """How many numbers W_xh (D, H), W_hh (H, H) and b_h (H,) are together -> a whole number."""
    W_xh = D * H
    W_hh = H * H
    b_h = H
    return W_xh + W_hh + b_h


def switch():
    """w and b with which h_t = tanh(w h_{t-1} + b + x_t) forgets a pulse of height 1 and keeps one of height 2, in the
    11th step, h_0 = 0. -> (w, b)."""
    return 1.5, -0.1


def window_lengths(chopped, back, limit):
    """The smallest number of steps with a relative error below the limit, for windows chopped and for looking back.
    chopped, back: the errors with 1, 2, ... steps -> (chop, back)."""
    chop = np.argmax(chopped < limit) + 1
    look = np.argmax(back < limit) + 1
    return chop, look


def perplexity(nats):
    """How many equally likely characters cost this loss: each has p = 1/n, and -ln p = nats. -> n."""
    bits = nats / np.log(2)
    return 2**bits


def transient():
    """A spectral radius and a shear between 0 and 1.5 with which a gradient grows five-fold before it vanishes.
    -> (rho, shear)."""
    return 0.9, 1.5


def forget_bias(steps):
    """The bias b with which a forget gate that hears b alone, f = σ(b), keeps one half after so many steps. -> b."""
    keep = 0.5 ** (1 / steps)
    bias = np.log(keep / (1 - keep))
    return bias


def minimal_step_backward(dh, z, n, h_prev):
    """The gradients of one step h = (1 - z) n + z h_prev, not yet through the nonlinearities.  All (B, H)
    -> (dz, dn, dh_prev)."""
    dz = dh * (h_prev - n)
    dn = dh * (1 - z)
    dh_prev = dh * z
    return dz, dn, dh_prev


def gru_size(D, H_lstm):
    """The largest number of units with which a GRU (three gates, and b_hn, H numbers more) has no more parameters than
    an LSTM of H_lstm units, both with D inputs. -> a whole number."""
    budget = 4 * (D * H_lstm + H_lstm**2 + H_lstm)
    H = np.arange(1, 1000)
    cost = 3 * (D * H + H**2 + H) + H
    return np.max(H[cost <= budget])


def stack_width(D, L, budget):
    """The most units that each layer of an LSTM stack may have within the budget, in the article's form, where x goes
    into every layer. -> a whole number."""
    H = np.arange(1, 1000)
    inputs = L * (D * H)
    below = (L - 1) * H**2
    recurrent = L * H**2
    biases = L * H
    cost = 4 * (inputs + below + recurrent + biases)
    return np.max(H[cost <= budget])


def residual_step_backward(do_above, da_above, W_xh_above, da_next, W_hh):
    """One node (l, t) of a residual tanh stack, o^l = h^l + o^(l-1).  do_above, da_above (B, H) come from layer l + 1
    (it reads o through W_xh_above), da_next from the next step, which reads h through W_hh.  At the top do_above is
    the gradient of the loss, and the layer above is zero. -> (do, dh)."""
    do = do_above + da_above @ W_xh_above.T
    dh = do + da_next @ W_hh.T
    return do, dh


def peak_lag(a, L):
    """The smallest lag τ at which r(τ) = C(τ + L - 1, L - 1) a^τ rises no more, 0 < a < 1, L layers; from
    r(τ + 1) / r(τ) = a (τ + L) / (τ + 1). -> a whole number."""
    bound = (a * L - 1) / (1 - a)
    lag = np.ceil(bound - 1e-9)
    return max(0, lag)


def recurrent_gain():
    """The recurrent gain with which the top row of an 8-layer tanh stack has a half-life of 10 to 15 steps. -> gain."""
    return 1.55


def remedy():
    """The kind of stack with which an 8-layer LSTM gets below a loss of 1 within 60 updates: "plain", "residual",
    "input skip" or "layer norm". -> one of them."""
    return "residual", "input skip"


def spread(hs):
    """The standard deviation over sequences, root mean square over units.  hs (B, H) -> a number."""
    centred = hs - hs.mean(axis=0, keepdims=True)
    variance = (centred**2).mean(axis=0, keepdims=True)
    return np.sqrt(variance.mean())


def score(state, label):
    """|correlation| of a unit's states (N,) with a label (N,). -> a number."""
    s = state - state.mean()
    y = label - label.mean()
    covariance = (s * y).mean()
    deviations = np.sqrt((s**2).mean()) * np.sqrt((y**2).mean())
    return np.abs(covariance) / deviations


def control():
    """The control that a claim about learned time-scales needs: (a) more seeds (b) the same stack, untrained
    (c) a wider layer. -> a letter."""
    return ("b",)


def call(low, high, margin):
    """What an interval from low to high says of a claim with this margin. -> "for", "against" or "open"."""
    return "for" if low > margin else "against" if high < margin else "open"


def faults():
    """The faults of a comparison, among (a) to (e). -> their letters."""
    return "a", "b", "c"
