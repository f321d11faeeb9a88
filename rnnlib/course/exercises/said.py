"""Words of an exercise's own: of an edit, in place of those for its kind; of each choice; of each condition."""

WORDS = {
    "rnn_forward": {
        "`h_0` in place of `h`": "The new state is the old one of the next step: assign it to h.",
    },
    "leaky_backward": {
        "the term `future` is missing": "dh_t is what its own loss sends plus what came back from step t + 1.",
        "the term `dh * (1 - alpha)` is missing": "h_{t-1} also reaches h_t directly, with slope 1 - α.",
        "the term `da @ p['W_hh'].T` is missing": "h_{t-1} also reaches h_t through a_t, not by the bypass alone.",
        "the factor `alpha` is missing": "c_t enters h_t with slope α.",
        "tanh′ is taken of `cs[t - 1]` as if it were not yet activated": "c_t is tanh(a_t): 1 - c_t².",
    },
    "rnn_step_backward": {
        "tanh′ is taken of `h` as if it were not yet activated": "h is tanh(a) already, so the slope is 1 - h².",
    },
    "rnn_backward": {
        "`hs[t]` in place of `hs[t - 1]`": "a_t was made of the old state: which entry of hs is h_{t-1}?",
        "the term `future` is missing": "dh_t is what its own loss sends plus what came back from step t + 1.",
        "tanh′ is taken of `hs[t]` as if it were not yet activated": "h_t is tanh(a_t) already: 1 - h_t².",
    },
    "lstm_step_backward": {
        "`c` in place of `tanh_c`": "c is stored before its tanh, the gates after theirs. Which slope does that make?",
        "`dc` in place of `dc_total`": "c is used in h and in the step after, so its gradient is a sum of two.",
        "tanh′ is taken of `g` as if it were not yet activated": "g is stored after its tanh: 1 - g².",
    },
    "adam_step": {
        "`m_new` in place of `m_hat`": "The running mean began at 0: it has to be corrected before it is used.",
        "`m_hat` in place of `m_new`": "The correction is for this step alone; what is kept is not corrected.",
    },
    "layer_norm_backward": {
        "the terms `through_mean` and `normed * through_var` are missing": "The mean and s were made of the same row: "
        "they move when z moves.",
    },
    "attention_backward": {
        "the term `through_sum` is missing": "The weights of a row sum to 1: more for one step is less for the others.",
        "`sum` is missing in `(dA * A).sum(axis=1, keepdims=True)`": "A (1 - A) is the slope of a sigmoid. A weight of "
        "a softmax depends on every score of its row.",
    },
    "causal_convolution_backward": {
        "`range(0, len(xs))` in place of `range(k * dilation, len(xs))`": "A negative index reads from the end: what "
        "lies before the first step is zero, and gets no gradient.",
    },
    "linear_recurrence_backward": {
        "the term `future` is missing": "dh_t is what its own loss sends plus what came back from step t + 1.",
        "`hs[t]` in place of `hs[t - 1]`": "a_t was multiplied by the old state: which entry of hs is h_{t-1}?",
        "`dh` in place of `future`": "h_0 went into h_1 through a_1, so its gradient passes a_1 too.",
    },
    "cross_entropy_backward": {
        "1 in place of `len(ys)`": "The loss is the mean over the rows.",
    },
    "perplexity": {
        "the factor `np.log(2)` is missing": "2 to the power of nats: nats go with e, bits with 2.",
        "e in place of 2 in `2 ** bits`": "e to the power of bits: bits go with 2, nats with e.",
    },
    "forget_bias": {
        "`keep` in place of `bias`": "This is the gate's value; the bias is what σ is applied to.",
        "1 / e in place of 0.5 in `0.5 ** (1 / steps)`": "Two clocks: half is left after one, 1/e after the other.",
    },
    "stack_width": {
        "the factor `L` is missing": "In the article's form layers 2 and up read the D inputs as well.",
        "the factor `4` is missing": "An LSTM has four gates, each with matrices of its own.",
    },
    "peak_lag": {
        "the result is one too large": "r(τ + 1) is compared with r(τ): the smallest τ at which it rises no more.",
        "`lag` in place of `max(0, lag)`": "A lag is never negative: with one layer the answer falls from the start.",
        "rounded down and not up in `np.ceil(bound - 1e-09)`": "After that lag the answer still rises.",
    },
    "loss_in_windows": {
        "`state = run.state` is left out": "Hand run.state of one window to the next, or each window starts from zero.",
        "1 in place of `len(run.ys)`": "The last window is shorter and must count for less.",
    },
    "carry_gradient": {
        "the loop runs the other way": "The way back starts at the last step, so J_T comes first.",
        "`Js[t] @ dh` in place of `dh @ Js[t]`": "J @ dh pushes a nudge forwards in time; a gradient is a row, dh @ J.",
    },
    "exponents": {
        "the factor `Q` is missing": "Every step starts from a new frame: the Q of one step goes into the next, J @ Q.",
        "the loop runs the other way": "A frame of columns goes forwards in time: J_1 first.",
        "not finite": "The diagonal of R has either sign: take its size before the logarithm.",
    },
    "minimal_step_backward": {
        "`n - h_prev` in place of `h_prev - n`": "Push z up: the mixture moves from n towards h_prev, by h_prev - n.",
    },
    "residual_step_backward": {
        "the term `do_above` is missing": "o^(l+1) = h^(l+1) + o^l hands its gradient down too.",
        "the term `da_next @ W_hh.T` is missing": "h_t of this layer also feeds its h_{t+1}, through W_hh.",
        "the term `da_above @ W_xh_above.T` is missing": "Layer l + 1 reads o^l through its W_xh.",
        "`do_above` in place of `do`": "At the top, do_above is the loss's own gradient; below it, dh needs all of do.",
    },
    "spread": {
        "the term `hs.mean(axis=0, keepdims=True)` is missing": "An output that is the same for all has no spread.",
    },
    "score": {
        "`abs` is missing in `np.abs(covariance)`": "The sign does not matter for reading a unit.",
    },
}

SAID = {
    "switch": {
        "shows": "at rest at {weak:.3g} after the weak pulse, at {strong:.3g} after the strong one",
        "allowed": (
            ("w", lambda m: m["w"] > 1, "with w = {w:.3g} there is one stable state, and nothing can be kept",
             "A state is kept where the map h → tanh(w h + b) crosses the diagonal from above.",
             "The slope at the middle must be above 1, so w must be."),
        ),
        "conditions": (
            ("b", lambda m: m["high"] - m["low"] > 0.01, "one stable state, {high:.3g}; the other is gone",
             "The bias pushes the whole map to one side, until it crosses the diagonal only once.",
             "Bring b nearer to zero, or raise w."),
            ("b", lambda m: abs(m["now"] - m["low"]) < 0.05,
             "when the pulse comes, the unit is at {now:.3g}, and its low state is {low:.3g}",
             "It starts from h_0 = 0 and has 10 steps to come down.", "Lower b."),
            ("weak", lambda m: abs(m["weak"] - m["low"]) < 0.05, "even the weak pulse is kept",
             "A pulse p is kept if p > w (h_u - h_-), with h_u the unstable state between the two.",
             "Widen the gap between the low and the unstable state: lower b."),
            ("strong", lambda m: abs(m["strong"] - m["high"]) < 0.05, "even the strong pulse is forgotten",
             "A pulse p is kept if p > w (h_u - h_-), with h_u the unstable state between the two.",
             "Narrow the gap between the low and the unstable state: a smaller w, or b nearer to zero."),
        ),
    },
    "transient": {
        "shows": "largest factor {largest:.3g} at lag {lag}, {last:.2g} at lag {lags}",
        "allowed": (
            ("rho", lambda m: 0 < m["rho"] < 1, "with rho = {rho:g} it does not vanish in the end",
             "Far out the factors go as rho^k.", "rho lies between 0 and 1."),
            ("shear", lambda m: 0 <= m["shear"] <= 1.5, "shear = {shear:g} is not between 0 and 1.5",
             "More shear always grows more; asked is for a moderate one.", "Choose a shear from 0 to 1.5."),
        ),
        "conditions": (
            ("growth", lambda m: m["largest"] >= 5, "it grows less than five-fold",
             "Shear makes it grow at first, and rho says how long it has time to.", "More shear, or a larger rho."),
            ("end", lambda m: m["last"] < 1, "it is not gone after {lags} steps",
             "Far out the factors go as rho^k.", "A smaller rho forgets sooner."),
        ),
    },
    "recurrent_gain": {
        "shows": "half-life {life:.3g} steps, far corner 1e{corner:.1f}",
        "allowed": (
            ("gain", lambda m: m["gain"] > 0, "a gain is a spectral radius, above 0",
             "It is the largest |eigenvalue| of W_hh.", "Start at 1 and try."),
        ),
        "conditions": (
            ("life", lambda m: m["life"] >= 10, "it is too short",
             "The slope of tanh, below 1, takes more than the gain gives.", "A larger gain."),
            ("life", lambda m: m["life"] <= 15, "it is too long",
             "The gain has all but caught up with the slope of tanh.", "A smaller gain."),
        ),
    },
    "remedy": {
        "plain": "every layer up shrinks the spread, so the top says nearly the same of all sequences",
        "residual": "what enters a layer is added to what leaves it, and the spread reaches the top",
        "input skip": "every layer reads x itself, so the upper ones can do without help from below",
        "layer norm": "the spread is sound, but on the way back each norm divides the gradient by a small deviation",
    },
    "control": {
        "a": "more seeds narrow the interval of what is measured; they do not tell where it comes from",
        "b": "the same measure on the same stack before training; here it rose without any learning",
        "c": "a wider layer changes another thing at the same time",
    },
    "faults": {
        "a": "three times the parameters: the deeper network is also the larger one",
        "b": "the rate was tuned for one arm alone",
        "c": "the rate was chosen on the seeds that are reported",
        "d": "five seeds are few, but said, and their interval is shown: that is a limit, not a fault",
        "e": "pairs that share a seed make a comparison sharper: that is a virtue",
    },
}  # fmt: skip
