"""Answers to the twenty exercises, right and wrong, written from the statements alone: blind to the checker.

CASES["lstm_step"]["right"] is a complete right answer, ["styles"] the same in other hands, ["wrong"] a list of whole
wrong ones: (program, a sentence that says what the mistake is, a regular expression that the checker's name for it must
match, or None where it is only located). The third was added after the checker had been run, each name read beside its
sentence and judged. Every source defines `answer` and needs `np` alone.
The mistakes are those of issue threads, forums and course solutions where a source is known (CS231n, Coursera's
sequence models, Deep Learning from Scratch 2, StackOverflow), of marked homework otherwise.
"""


def but(source, *swaps):
    """The program with some of its text replaced, each part of which stands in it exactly once."""
    for old, new in swaps:
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in\n{source}"
        source = source.replace(old, new)
    return source


CASES = {}

# ---------------------------------------------------------------------------------------------------- rnn_forward
LOOP = """
def answer(xs, h_0, W_xh, W_hh, b_h):
    hs, h = [], h_0
    for x in xs:
        h = np.tanh(x @ W_xh + h @ W_hh + b_h)
        hs.append(h)
    return np.stack(hs)
"""
TABLE = """
def answer(xs, h_0, W_xh, W_hh, b_h):
    T, B, _ = xs.shape
    states = np.zeros((T + 1, B, len(W_hh)))
    states[0] = h_0
    zx = np.einsum("tbd,dh->tbh", xs, W_xh)
    for t in range(T):
        states[t + 1] = np.tanh(zx[t] + states[t] @ W_hh + b_h)
    return states[1:]
"""
COLUMNS = """
def answer(xs, h_0, W_xh, W_hh, b_h):
    T, B, D = xs.shape
    out = np.zeros((T, B, W_hh.shape[1]))
    for b in range(B):
        h = h_0[b].reshape(-1, 1)
        for t in range(T):
            x = xs[t, b].reshape(-1, 1)
            h = np.tanh(W_xh.T @ x + W_hh.T @ h + b_h.reshape(-1, 1))
            out[t, b] = h.ravel()
    return out
"""
CASES["rnn_forward"] = {
    "right": LOOP,
    "styles": [TABLE, COLUMNS],
    "wrong": [
        (
            but(LOOP, ("h @ W_hh", "h_0 @ W_hh")),
            "every step starts from h_0, the state is not handed on",
            r"`h_0` in place of `h`",
        ),
        (
            but(TABLE, ("states[1:]", "states[:-1]")),
            "returns h_0 to h_{T-1}, one step too early",
            r"`hs\[t\] = h` comes before `h = np\.tanh\(a\)`",
        ),
        (but(TABLE, ("states[1:]", "states")), "returns T + 1 states, h_0 among them", None),
        (
            but(LOOP, ("np.tanh(x @ W_xh + h @ W_hh + b_h)", "x @ W_xh + h @ W_hh + b_h")),
            "no nonlinearity at all",
            r"`tanh` is missing in `np\.tanh\(a\)`",
        ),
        (
            but(LOOP, ("h = np.tanh(x @ W_xh + h @ W_hh + b_h)", "a = x @ W_xh + h @ W_hh + b_h")).replace(
                "hs.append(h)", "h = np.tanh(a)\n        hs.append(a)"
            ),
            "returns the pre-activations; the recurrence itself is right",
            r"`a` in place of `h`",
        ),
        (
            but(LOOP, ("h = np.tanh(x @ W_xh + h @ W_hh + b_h)", "h = x @ W_xh + h @ W_hh + b_h")).replace(
                "hs.append(h)", "hs.append(np.tanh(h))"
            ),
            "the recurrence reads the pre-activation, not its tanh",
            r"`np\.tanh` is applied in `hs\[t\] = h` alone, not to what is ",
        ),
        (
            but(COLUMNS, ("W_hh.T @ h", "W_hh @ h")),
            "W_hh transposed: column convention with row weights",
            r"`W_hh\.T` in place of `W_hh`",
        ),
        (
            but(
                TABLE,
                ("np.tanh(zx[t] + states[t] @ W_hh + b_h)", "1 / (1 + np.exp(-(zx[t] + states[t] @ W_hh + b_h)))"),
            ),
            "sigmoid in place of tanh",
            r"σ in place of tanh in `np\.tanh\(a\)`",
        ),
        (but(LOOP, ("+ b_h)", ") + b_h")), "bias added outside the tanh", r"`b_h` stands outside tanh"),
        (
            """
def answer(xs, h_0, W_xh, W_hh, b_h):
    T, B, _ = xs.shape
    hs = np.zeros((T, B, len(W_hh)))
    for t in range(T):
        hs[t] = np.tanh(xs[t] @ W_xh + hs[t - 1] @ W_hh + b_h)
    return hs
""",
            "h_0 is never used: hs[-1], still zero, stands in for it at the first step",
            r"the value of `h` is left at 0",
        ),
        (
            """
def answer(xs, h_0, W_xh, W_hh, b_h):
    h, hs = h_0.copy(), []
    for x in xs:
        h[:] = np.tanh(x @ W_xh + h @ W_hh + b_h)
        hs.append(h)
    return np.array(hs)
""",
            "one array overwritten in place: all entries are the last state",
            r"every entry of the result is the last one",
        ),
        (but(LOOP, ("in xs:", "in xs[::-1]:")), "reads the sequence from its end", r"`xs` is read from the other end"),
        (but(LOOP, ("    return", "        return")), "returns inside the loop, after the first step", None),
        (
            but(TABLE, ("states[t] @ W_hh", "states[t] * np.diag(W_hh)")),
            "elementwise with the diagonal of W_hh, no product",
            r"`h \* np\.diag\(W_hh\)` in place of `h @ W_hh`: elementwise, n",
        ),
    ],
}

# ----------------------------------------------------------------------------------------- cross_entropy_backward
PICK = """
def answer(ys, targets):
    N = len(ys)
    e = np.exp(ys - ys.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(N), targets] -= 1
    return p / N
"""
ONEHOT = """
def answer(ys, targets):
    N, V = ys.shape
    log_Z = np.log(np.exp(ys).sum(1))
    onehot = np.eye(V)[targets]
    return (np.exp(ys - log_Z[:, None]) - onehot) / N
"""
ROWS = """
def answer(ys, targets):
    rows = []
    for y, k in zip(ys, targets):
        p = np.exp(y) / np.exp(y).sum()
        jacobian = np.diag(p) - np.outer(p, p)
        dp = np.zeros_like(p)
        dp[k] = -1 / p[k]
        rows.append(jacobian @ dp / len(ys))
    return np.array(rows)
"""
CASES["cross_entropy_backward"] = {
    "right": PICK,
    "styles": [ONEHOT, ROWS],
    "wrong": [
        (
            but(PICK, ("p / N", "p")),
            "gradient of the summed loss: not divided by N",
            r"the factor `len\(ys\)` is missing",
        ),
        (
            but(ONEHOT, (") / N", ") / ys.size")),
            "divided by N V, the mean over every entry",
            r"the result is divided by V",
        ),
        (
            but(ONEHOT, ("np.exp(ys - log_Z[:, None]) - onehot", "onehot - np.exp(ys - log_Z[:, None])")),
            "sign turned round",
            r"`right - p` in place of `p - right`",
        ),
        (
            but(PICK, ("p[np.arange(N), targets]", "p[:, targets]")),
            "1 subtracted in the targets' columns of every row",
            None,
        ),
        (
            but(PICK, ("e.sum(axis=1, keepdims=True)", "e.sum()")),
            "softmax over the whole array",
            r"axis None in place of 1 in `e\.sum\(axis=1, keepdims=True\)`",
        ),
        (
            but(ONEHOT, (".sum(1)", ".sum(0)"), ("log_Z[:, None]", "log_Z")),
            "softmax over the batch axis",
            r"everywhere: axis 0 in place of 1 in `ys\.max\(axis=1, keepdi",
        ),
        (
            but(PICK, ("    p[np.arange(N), targets] -= 1\n", "")),
            "the target's -1 is missing",
            r"the term `right` is missing",
        ),
        (but(ROWS, ("jacobian @ dp", "dp")), "gradient by the probabilities, not through the softmax", None),
        (
            but(
                ONEHOT,
                (
                    "return (np.exp(ys - log_Z[:, None]) - onehot)",
                    "p = np.exp(ys - log_Z[:, None])\n    return (p - onehot) * p * (1 - p)",
                ),
            ),
            "p - onehot multiplied once more by a slope p (1 - p)",
            r"the result is multiplied by `p \* \(1 - p\)`",
        ),
        (
            """
def answer(ys, targets):
    d = ys.copy()
    d[range(len(ys)), targets] -= 1
    return d / len(ys)
""",
            "the logits taken for probabilities: no softmax",
            r"`ys` in place of `p`",
        ),
        (
            but(
                PICK,
                ("targets] -= 1", "targets] -= 1\n    p[np.arange(N), targets] /= N"),
                ("return p / N", "return p"),
            ),
            "only the target's entry is divided by N",
            None,
        ),
        (
            """
def answer(ys, targets):
    N = len(ys)
    p = np.exp(ys) / np.exp(ys).sum(1, keepdims=True)
    d = np.zeros_like(ys)
    for n in range(N):
        d[n, targets[n]] = (p[n, targets[n]] - 1) / N
    return d
""",
            "gradient at the target alone; the other logits get none",
            r"`p` is multiplied by `right`",
        ),
        (
            but(PICK, ("e / e.sum(axis=1, keepdims=True)", "1 / (1 + np.exp(-ys))")),
            "a sigmoid per unit in place of the softmax",
            r"σ of every entry of `ys` by itself in place of the softmax",
        ),
        (
            but(ROWS, ("np.diag(p) - np.outer(p, p)", "np.diag(p * (1 - p))")),
            "only the diagonal of the softmax's Jacobian",
            r"`p` is multiplied by `right`",
        ),
    ],
}

# ------------------------------------------------------------------------------------------------ readout_backward
STEPS = """
def answer(dys, hs, W_hy):
    dW, db = np.zeros_like(W_hy), np.zeros(W_hy.shape[1])
    dhs = np.zeros_like(hs)
    for t in range(len(hs)):
        dW += hs[t].T @ dys[t]
        db += dys[t].sum(axis=0)
        dhs[t] = dys[t] @ W_hy.T
    return {"hs": dhs, "W_hy": dW, "b_y": db}
"""
EIN = """
def answer(dys, hs, W_hy):
    return {
        "hs": np.einsum("tbv,hv->tbh", dys, W_hy),
        "W_hy": np.einsum("tbh,tbv->hv", hs, dys),
        "b_y": np.einsum("tbv->v", dys),
    }
"""
FLAT = """
def answer(dys, hs, W_hy):
    H, V = W_hy.shape
    d, h = dys.reshape(-1, V), hs.reshape(-1, H)
    return dict(hs=(d @ W_hy.T).reshape(hs.shape), W_hy=h.T @ d, b_y=d.sum(0))
"""
CASES["readout_backward"] = {
    "right": STEPS,
    "styles": [EIN, FLAT],
    "wrong": [
        (
            but(STEPS, ("dW += ", "dW = ")),
            "= for +=: W_hy gets the last step alone",
            r"`=` in place of `\+=` for `dW_hy`",
        ),
        (but(EIN, ('np.einsum("tbv->v", dys)', "dys.sum(axis=0)")), "bias summed over time only, shape (B, V)", None),
        (but(FLAT, ("d.sum(0)", "d.mean(0)")), "bias averaged, not summed", r"b_y is divided by B·T"),
        (
            but(STEPS, ("hs[t].T @ dys[t]", "hs[t].T @ dys[t] / hs.shape[1]")),
            "W_hy averaged over the batch",
            r"W_hy is divided by B",
        ),
        (but(FLAT, ("W_hy=h.T @ d", "W_hy=hs.T.reshape(H, -1) @ d")), "hs.T.reshape mixes time and batch up", None),
        (
            but(FLAT, ("d @ W_hy.T", "d @ np.linalg.pinv(W_hy)")),
            "the inverse of W_hy where its transpose belongs",
            r"the inverse of `W_hy` where its transpose belongs",
        ),
        (
            but(EIN, ('np.einsum("tbv,hv->tbh", dys, W_hy)', "dys @ W_hy.T * (1 - hs**2)")),
            "tanh's slope multiplied into hs already",
            r"hs is multiplied by `\(1 - hs \*\* 2\)`",
        ),
        (
            but(STEPS, ("    return", "        return")),
            "returns inside the loop: the first step alone",
            r"it returns inside the loop",
        ),
        (but(EIN, ("tbh,tbv->hv", "tbh,tbv->vh")), "W_hy transposed", None),
        (
            """
def answer(dys, hs, W_hy):
    dhs = np.zeros_like(hs)
    dhs[-1] = dys[-1] @ W_hy.T
    return {"hs": dhs, "W_hy": hs[-1].T @ dys[-1], "b_y": dys[-1].sum(0)}
""",
            "only the last step has a loss, as in classification of whole sequences",
            r"everywhere: of `dys` the last step alone counts",
        ),
        (
            but(STEPS, ("hs[t].T", "hs[t - 1].T")),
            "W_hy pairs dy_t with h_{t-1}",
            r"`hs\[t - 1\]` in place of `hs\[t\]`",
        ),
        (
            but(STEPS, ("dhs[t] = dys", "dhs += dys")),
            "index forgotten: every step gets the sum over all steps",
            r"every entry of hs is the sum of all",
        ),
        (
            but(
                STEPS,
                ("range(len(hs))", "reversed(range(len(hs)))"),
                ("dys[t] @ W_hy.T", "dys[t] @ W_hy.T + (dhs[t + 1] if t + 1 < len(hs) else 0)"),
            ),
            "the gradient of the step after is added, as if h_t had been handed on by the read-out",
            r"to every entry of hs that of the step after is added",
        ),
        (
            but(FLAT, ("W_hy=h.T @ d", "W_hy=h.T @ d / len(d)"), ("d.sum(0)", "d.mean(0)")),
            "W_hy and b_y are means over batch and time",
            r"b_y is divided by B·T.*W_hy is divided by B·T",
        ),
        (
            but(EIN, ('np.einsum("tbv->v", dys)', "np.full(W_hy.shape[1], dys.sum())")),
            "the bias sums over the units too",
            r"axis None in place of 0 in `dys\[t\]\.sum\(axis=0\)`",
        ),
    ],
}

# ----------------------------------------------------------------------------------------------- rnn_step_backward
STEP = """
def answer(dh, x, h_prev, h, W_xh, W_hh):
    da = dh * (1 - h * h)
    return {"x": da @ W_xh.T, "h_prev": da @ W_hh.T, "W_xh": x.T @ da, "W_hh": h_prev.T @ da, "b_h": da.sum(0)}
"""
COLS = """
def answer(dh, x, h_prev, h, W_xh, W_hh):
    dtanh = (1 - h.T ** 2) * dh.T
    dx = np.dot(W_xh, dtanh).T
    dWx = np.dot(dtanh, x).T
    dprev = np.dot(W_hh, dtanh).T
    dWh = np.dot(dtanh, h_prev).T
    db = np.sum(dtanh, axis=1)
    return dict(x=dx, h_prev=dprev, W_xh=dWx, W_hh=dWh, b_h=db)
"""
SAMPLES = """
def answer(dh, x, h_prev, h, W_xh, W_hh):
    B, H = h.shape
    out = {"x": np.zeros_like(x), "h_prev": np.zeros_like(h), "W_xh": np.zeros_like(W_xh)}
    out["W_hh"], out["b_h"] = np.zeros_like(W_hh), np.zeros(H)
    for b in range(B):
        for j in range(H):
            delta = dh[b, j] * (1 - h[b, j] ** 2)
            out["x"][b] += delta * W_xh[:, j]
            out["h_prev"][b] += delta * W_hh[:, j]
            out["W_xh"][:, j] += delta * x[b]
            out["W_hh"][:, j] += delta * h_prev[b]
            out["b_h"][j] += delta
    return out
"""
CASES["rnn_step_backward"] = {
    "right": STEP,
    "styles": [COLS, SAMPLES],
    "wrong": [
        (
            but(COLS, ("1 - h.T ** 2", "1 - np.tanh(h.T) ** 2")),
            "tanh' of the value that is activated already",
            r"tanh′ is taken of `h` as if it were not yet activated",
        ),
        (
            but(STEP, ("(1 - h * h)", "(1 - h) ** 2")),
            "the square is round 1 - h",
            r"`\(1 - h\) \*\* 2` in place of `1 - h \*\* 2`: the bracket",
        ),
        (
            but(SAMPLES, ("(1 - h[b, j] ** 2)", "h[b, j] * (1 - h[b, j])")),
            "the sigmoid's slope",
            r"the slope of σ, `h \* \(1 - h\)`, where that of tanh belongs",
        ),
        (but(STEP, ("1 - h * h", "1 - h_prev * h_prev")), "slope at the state before", r"`h_prev` in place of `h`"),
        (but(STEP, ("da @ W_hh.T", "dh @ W_hh.T")), "h_prev gets dh without tanh's slope", r"`dh` in place of `da`"),
        (
            but(STEP, ("dh * (1 - h * h)", "dh")),
            "no slope of tanh anywhere",
            r"the slope of tanh, `1 - h\*\*2`, is missing",
        ),
        (
            but(COLS, ("np.dot(dtanh, h_prev)", "np.dot(dtanh, h)")),
            "W_hh pairs with the new state",
            r"`h` in place of `h_prev`",
        ),
        (but(COLS, ("np.dot(dtanh, h_prev).T", "np.dot(dtanh, h_prev)")), "W_hh transposed", r"W_hh is transposed"),
        (
            but(COLS, ("np.dot(W_hh, dtanh)", "np.dot(W_hh.T, dtanh)")),
            "h_prev through W_hh without its transposition",
            r"`W_hh` in place of `W_hh\.T`",
        ),
        (
            but(STEP, ("da.sum(0)", "da.mean(0)")),
            "bias averaged over the batch",
            r"mean in place of sum in `da\.sum\(axis=0\)`",
        ),
        (
            but(STEP, ("dh * (1 - h * h)", "dh / (1 - h * h)")),
            "divided by the slope",
            r"`dh / \(1 - h \*\* 2\)` in place of `dh \* \(1 - h \*\* 2\)`",
        ),
        (
            but(STEP, ("da @ W_hh.T", "da @ W_hh.T + dh")),
            "h_prev gets dh as well, as if there were a way round the matrix",
            r"`dh` is added to `da @ W_hh\.T`",
        ),
        (
            but(SAMPLES, ('out["h_prev"][b] += ', 'out["h_prev"][b] = ')),
            "= for +=: h_prev hears the last unit alone",
            r"in the sum `da @ W_hh\.T` the last term alone",
        ),
        (
            but(COLS, ("1 - h.T ** 2", "h.T * (1 - h.T)"), ("np.sum(dtanh, axis=1)", "np.mean(dtanh, axis=1)")),
            "two at once: sigmoid's slope, and a bias averaged",
            r"the slope of σ, `h \* \(1 - h\)`, where that of tanh belongs.*mean in place of sum in `da\.sum\(axis=0\)`",
        ),
        (
            but(COLS, ("dx = np.dot(W_xh, dtanh).T", "dx = np.dot(W_xh, dh.T).T")),
            "x gets dh without tanh's slope",
            r"`dh` in place of `da`",
        ),
    ],
}

# ---------------------------------------------------------------------------------------------------- rnn_backward
BPTT = """
def answer(dhs, xs, hs, W_xh, W_hh):
    T = len(xs)
    dxs, dWx, dWh, db = np.zeros_like(xs), np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    carry = np.zeros_like(hs[0])
    for t in reversed(range(T)):
        dh = dhs[t] + carry
        da = dh * (1 - hs[t + 1] ** 2)
        dxs[t] = da @ W_xh.T
        dWx += xs[t].T @ da
        dWh += hs[t].T @ da
        db += da.sum(0)
        carry = da @ W_hh.T
    return {"xs": dxs, "h_0": carry, "W_xh": dWx, "W_hh": dWh, "b_h": db}
"""
DELTAS = """
def answer(dhs, xs, hs, W_xh, W_hh):
    T = xs.shape[0]
    prev, new = hs[:-1], hs[1:]
    delta = np.zeros_like(new)
    delta[T - 1] = dhs[T - 1] * (1 - new[T - 1] ** 2)
    for t in range(T - 2, -1, -1):
        delta[t] = (dhs[t] + delta[t + 1] @ W_hh.T) * (1 - new[t] ** 2)
    return {
        "xs": np.einsum("tbh,dh->tbd", delta, W_xh),
        "h_0": delta[0] @ W_hh.T,
        "W_xh": np.einsum("tbd,tbh->dh", xs, delta),
        "W_hh": np.einsum("tbi,tbj->ij", prev, delta),
        "b_h": delta.sum(axis=(0, 1)),
    }
"""
RECURSIVE = """
def answer(dhs, xs, hs, W_xh, W_hh):
    def back(t, dh_next):
        if t == 0:
            return [], dh_next, 0, 0, 0
        da = (dh_next + dhs[t - 1]) * (1 - hs[t] ** 2)
        dxs, dh0, wx, wh, b = back(t - 1, da @ W_hh.T)
        return dxs + [da @ W_xh.T], dh0, wx + xs[t - 1].T @ da, wh + hs[t - 1].T @ da, b + da.sum(0)

    dxs, dh0, wx, wh, b = back(len(xs), np.zeros_like(hs[0]))
    return {"xs": np.stack(dxs), "h_0": dh0, "W_xh": wx, "W_hh": wh, "b_h": b}
"""
CASES["rnn_backward"] = {
    "right": BPTT,
    "styles": [DELTAS, RECURSIVE],
    "wrong": [
        (
            but(BPTT, ("hs[t + 1] ** 2", "hs[t] ** 2")),
            "slope at h_{t-1}, one step too early",
            r"`hs\[t - 1\]` in place of `hs\[t\]`",
        ),
        (
            but(DELTAS, ('tbi,tbj->ij", prev', 'tbi,tbj->ij", new')),
            "W_hh pairs with h_t, not h_{t-1}",
            r"`hs\[t\]` in place of `hs\[t - 1\]`",
        ),
        (
            but(BPTT, ("dhs[t] + carry", "dhs[t]")),
            "nothing comes back from the future: losses of their own step alone",
            r"the term `future` is missing",
        ),
        (
            but(BPTT, ("carry = da @", "carry = dh @")),
            "what is handed back has not passed the slope of tanh",
            r"`dh` in place of `da`",
        ),
        (
            but(BPTT, ("dWh += ", "dWh = ")),
            "= for +=: W_hh keeps the first step alone",
            r"`=` in place of `\+=` for `dW_hh`",
        ),
        (but(DELTAS, ("delta[0] @ W_hh.T", "delta[0]")), "h_0 stops before W_hh", r"`da` in place of `future`"),
        (
            but(BPTT, ("reversed(range(T))", "range(T)")),
            "the sweep goes forwards in time",
            r"the loop runs the other way",
        ),
        (
            but(BPTT, ("carry = da @", "carry += da @")),
            "the carry piles up and is never replaced",
            r"`future` is added to `da @ W_hh\.T`",
        ),
        (
            but(
                BPTT,
                ("    T = len(xs)", "    T, dhs = len(xs), dhs.copy()"),
                ("dh = dhs[t] + carry", "dhs[t] = carry + dhs[t]\n        dh = dhs[t] + carry"),
            ),
            "the future is counted twice: added to dhs in place, and again",
            r"the term `future` counts twice",
        ),
        (
            but(BPTT, ("hs[t].T", "hs[t - 1].T")),
            "W_hh pairs with hs[t - 1]: off by one, and wraps to h_T at the start",
            r"`hs\[t - 2\]` in place of `hs\[t - 1\]`",
        ),
        (
            but(DELTAS, ("(dhs[t] + delta[t + 1] @ W_hh.T)", "(delta[t + 1] @ W_hh.T)")),
            "only the last step's loss counts; the others are dropped",
            r"of `dhs` the last step alone counts",
        ),
        (
            but(DELTAS, ("delta[t + 1] @ W_hh.T)", "delta[t + 1] * np.diag(W_hh))")),
            "vectors multiplied elementwise in place of the Jacobian",
            r"`da \* np\.diag\(W_hh\.T\)` in place of `da @ W_hh\.T`: elementw.*another mistake as well",
        ),
        (
            but(BPTT, ("range(T))", "range(1, T))")),
            "the first step is left out",
            r"`range\(len\(xs\), 0 \+ 1, -1\)` in place of `range\(len\(xs\), 0,",
        ),
        (
            but(RECURSIVE, ("back(t - 1, da @ W_hh.T)", "back(t - 1, da @ W_hh)")),
            "W_hh is not transposed on the way back",
            r"`W_hh` in place of `W_hh\.T`",
        ),
        (
            but(BPTT, ("dhs[t] + carry", "dhs[t]"), ("db += da.sum(0)", "db += da.mean(0)")),
            "two at once: no future, and a bias averaged over the batch",
            r"the term `future` is missing.*mean in place of sum in `da\.sum\(axis=0\)`",
        ),
        (
            but(
                RECURSIVE,
                ('"W_xh": wx, "W_hh": wh, "b_h": b', '"W_xh": wx / len(xs), "W_hh": wh / len(xs), "b_h": b / len(xs)'),
            ),
            "parameters' gradients averaged over time",
            r"b_h is divided by T.*W_xh is divided by T.*W_hh is divided by T",
        ),
    ],
}

# ---------------------------------------------------------------------------------------------- truncated_backward
WINDOWS = """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    T = len(xs)
    dWx, dWh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    for start in range(0, T, k):
        carry = np.zeros_like(hs[0])
        for t in reversed(range(start, min(start + k, T))):
            da = (dhs[t] + carry) * (1 - hs[t + 1] ** 2)
            dWx += xs[t].T @ da
            dWh += hs[t].T @ da
            db += da.sum(0)
            carry = da @ W_hh.T
    return {"W_xh": dWx, "W_hh": dWh, "b_h": db}
"""
SEAMS = """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    delta = np.zeros_like(dhs)
    future = 0.0
    for t in range(len(xs) - 1, -1, -1):
        if (t + 1) % k == 0:
            future = 0.0
        delta[t] = (dhs[t] + future) * (1 - hs[t + 1] ** 2)
        future = delta[t] @ W_hh.T
    return dict(
        W_xh=np.tensordot(xs, delta, ([0, 1], [0, 1])),
        W_hh=np.tensordot(hs[:-1], delta, ([0, 1], [0, 1])),
        b_h=delta.sum((0, 1)),
    )
"""
CASES["truncated_backward"] = {
    "right": WINDOWS,
    "styles": [SEAMS],
    "wrong": [
        (
            but(SEAMS, ("        if (t + 1) % k == 0:\n            future = 0.0\n", "")),
            "never cut: the full gradient, the detach is forgotten",
            r"`if t % k == 0:` never holds",
        ),
        (
            """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    dWx, dWh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    for t in range(len(xs)):
        dh = dhs[t]
        for s in range(t, max(t - k, -1), -1):
            da = dh * (1 - hs[s + 1] ** 2)
            dWx += xs[s].T @ da
            dWh += hs[s].T @ da
            db += da.sum(0)
            dh = da @ W_hh.T
    return {"W_xh": dWx, "W_hh": dWh, "b_h": db}
""",
            "the other truncation: every loss looks back k steps, there are no windows",
            None,
        ),
        (
            """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    dWx, dWh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    carry = np.zeros_like(hs[0])
    for n, t in enumerate(reversed(range(len(xs)))):
        if n % k == 0:
            carry = np.zeros_like(hs[0])
        da = (dhs[t] + carry) * (1 - hs[t + 1] ** 2)
        dWx += xs[t].T @ da
        dWh += hs[t].T @ da
        db += da.sum(0)
        carry = da @ W_hh.T
    return {"W_xh": dWx, "W_hh": dWh, "b_h": db}
""",
            "windows counted from the end of the sequence",
            r"counted from the end: `\(len\(xs\) - t\) % k == 0` in place of",
        ),
        (
            but(SEAMS, ("(t + 1) % k", "t % k")),
            "cut one step off: between a window's first step and its second",
            r"`t - 1` in place of `t`",
        ),
        (
            but(WINDOWS, ("range(0, T, k)", "range(0, T - k + 1, k)")),
            "the last, shorter window is dropped",
            r"only whole multiples of `k`: what is left over in `range\(l",
        ),
        (but(WINDOWS, ("min(start + k, T)", "min(start + k + 1, T)")), "windows overlap by one step", None),
        (
            but(
                WINDOWS,
                (
                    "        carry = np.zeros_like(hs[0])\n",
                    "        carry = np.zeros_like(hs[0])\n        dWx, dWh, db = 0, 0, 0\n",
                ),
            ),
            "sums begun anew in every window: the last window alone is left",
            None,
        ),
        (
            but(WINDOWS, ("hs[t].T @ da", "(hs[0] if t == start else hs[t]).T @ da")),
            "every window starts from h_0 again: the state is cut, too",
            r"where `\(t - 1\) % k == 0`, the first entry of `hs` in place",
        ),
        (but(WINDOWS, ("hs[t + 1] ** 2", "hs[t] ** 2")), "slope at h_{t-1}", r"`hs\[t - 1\]` in place of `hs\[t\]`"),
        (
            but(SEAMS, ("future = delta[t] @", "future = (dhs[t] + future) @")),
            "what is handed back has not passed tanh's slope",
            r"`dh` in place of `da`",
        ),
        (
            but(SEAMS, ("    return dict(", "    delta /= -(-len(xs) // k)\n    return dict(")),
            "averaged over the windows",
            r"b_h is divided by the number of windows.*W_xh is divided by the number of windows.*W_hh is divided by the number of windows",
        ),
        (
            but(WINDOWS, ("(dhs[t] + carry)", "(carry + dhs[t] * (t == min(start + k, T) - 1))")),
            "only the last loss of every window counts",
            r"of `dhs` only the steps count at which `t % k == 0`, and t",
        ),
        (
            but(
                WINDOWS,
                ("for start in range(0, T, k):", "for part in np.array_split(np.arange(T), k):"),
                ("range(start, min(start + k, T))", "part"),
            ),
            "k windows, not windows of k steps",
            None,
        ),
        (
            but(WINDOWS, ("(dhs[t] + carry)", "dhs[t]")),
            "nothing is handed back inside a window either",
            r"the term `future` is missing",
        ),
    ],
}

# ------------------------------------------------------------------------------------------------- padded_backward
MASKED = """
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    dxs, dWx, dWh, db = np.zeros_like(xs), np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    carry = np.zeros_like(hs[0])
    for t in range(len(xs) - 1, -1, -1):
        live = (t < lengths)[:, None]
        dh = carry + np.where(live, dhs[t], 0)
        da = np.where(live, dh * (1 - hs[t + 1] ** 2), 0)
        dxs[t] = da @ W_xh.T
        dWx += xs[t].T @ da
        dWh += hs[t].T @ da
        db += da.sum(0)
        carry = np.where(live, da @ W_hh.T, dh)
    return {"xs": dxs, "h_0": carry, "W_xh": dWx, "W_hh": dWh, "b_h": db}
"""
ONE_BY_ONE = """
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    T, B, D = xs.shape
    H = len(W_hh)
    out = {"xs": np.zeros((T, B, D)), "h_0": np.zeros((B, H)), "W_xh": np.zeros((D, H)), "W_hh": np.zeros((H, H))}
    out["b_h"] = np.zeros(H)
    for b in range(B):
        back = np.zeros(H)
        for t in reversed(range(lengths[b])):
            a = (dhs[t, b] + back) * (1 - hs[t + 1, b] ** 2)
            out["xs"][t, b] = W_xh @ a
            out["W_xh"] += np.outer(xs[t, b], a)
            out["W_hh"] += np.outer(hs[t, b], a)
            out["b_h"] += a
            back = W_hh @ a
        out["h_0"][b] = back
    return out
"""
CASES["padded_backward"] = {
    "right": MASKED,
    "styles": [ONE_BY_ONE],
    "wrong": [
        (
            but(MASKED, ("np.where(live, dhs[t], 0)", "dhs[t]")),
            "dhs on padding counts and is handed to the last live step",
            r"`dhs\[t - 1\]` in place of `np\.where\(real, dhs\[t - 1\], 0\)`",
        ),
        (
            but(MASKED, ("(t < lengths)[:, None]", "np.ones((xs.shape[1], 1), bool)")),
            "the lengths are not looked at: padding is swept as live",
            r"`t <= lengths` always holds",
        ),
        (
            but(MASKED, ("t < lengths", "t <= lengths")),
            "one step of padding too many is taken for live",
            r"`t <= lengths \+ 1` in place of `t <= lengths`",
        ),
        (
            but(ONE_BY_ONE, ("range(lengths[b])", "range(lengths[b] - 1)")),
            "the last live step is taken for padding",
            r"`t < lengths` in place of `t <= lengths`",
        ),
        (
            but(MASKED, ("t < lengths", "t >= len(xs) - lengths")),
            "padding is looked for at the front",
            r"counted from the end: `len\(xs\) \+ 1 - t <= lengths` in plac",
        ),
        (
            but(
                MASKED,
                (
                    '    return {"xs": dxs, "h_0": carry, "W_xh": dWx, "W_hh": dWh, "b_h": db}',
                    '    n = lengths.sum()\n    return {"xs": dxs, "h_0": carry, "W_xh": dWx / n, "W_hh": dWh / n, "b_h": db / n}',
                ),
            ),
            "parameters averaged over the live steps",
            r"b_h is divided by the live steps.*W_xh is divided by the live steps.*W_hh is divided by the live steps",
        ),
        (
            but(MASKED, ("t < lengths", "t < np.full_like(lengths, lengths.min())")),
            "every sequence is cut at the shortest one",
            r"the min of `lengths` for all in `t <= lengths`",
        ),
        (
            but(ONE_BY_ONE, ("range(lengths[b])", "range(max(lengths))")),
            "every sequence runs to the longest one",
            r"the max of `lengths` for all in `t <= lengths`",
        ),
        (
            but(
                MASKED,
                (
                    "    dxs, dWx",
                    "    order = np.argsort(-lengths, kind='stable')\n    dhs, xs, hs, lengths = dhs[:, order], xs[:, order], hs[:, order], lengths[order]\n    dxs, dWx",
                ),
            ),
            "batch sorted by length and never put back in order",
            r"the sequences of xs stand in the order of `lengths`, not i.*the sequences of h_0 stand in the order of `lengths`, not ",
        ),
        (
            but(ONE_BY_ONE, ("hs[t + 1, b] ** 2", "hs[t, b] ** 2")),
            "slope at h_{t-1}",
            r"`hs\[t - 1\]` in place of `hs\[t\]`",
        ),
        (
            but(ONE_BY_ONE, ("(dhs[t, b] + back)", "(back + dhs[t, b] * (t == lengths[b] - 1))")),
            "only the loss of the last live step counts",
            r"in this use of `real` alone: `t == lengths` in place of `t",
        ),
        (
            but(MASKED, ("carry + np.where(live, dhs[t], 0)", "np.where(live, dhs[t], 0)")),
            "nothing comes back from later steps",
            r"the term `future` is missing",
        ),
        (
            but(ONE_BY_ONE, ('out["h_0"][b] = back', 'out["h_0"] = back + 0 * hs[0]')),
            "index forgotten: h_0 of all sequences is the last one's",
            r"every entry of h_0 is the last one",
        ),
        (
            but(
                ONE_BY_ONE,
                ("        back = np.zeros(H)\n", ""),
                ("    for b in range(B):", "    back = np.zeros(H)\n    for b in range(B):"),
            ),
            "the carry is not reset between sequences",
            None,
        ),
        (
            but(ONE_BY_ONE, ("back = W_hh @ a", "back = W_hh.T @ a")),
            "W_hh is transposed on the way back, for a column vector",
            r"`W_hh` in place of `W_hh\.T`",
        ),
    ],
}

# -------------------------------------------------------------------------------------------------- leaky_backward
LEAKY = """
def answer(p, xs, hs, cs, alpha, from_loss):
    W_xh, W_hh = p["W_xh"], p["W_hh"]
    gWx, gWh, gb = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(p["b_h"])
    back = np.zeros_like(hs[0])
    for t in reversed(range(len(xs))):
        dh = from_loss[t] + back
        da = alpha * dh * (1 - cs[t] ** 2)
        gWx += xs[t].T @ da
        gWh += hs[t].T @ da
        gb += da.sum(0)
        back = da @ W_hh.T + (1 - alpha) * dh
    return {"W_xh": gWx, "W_hh": gWh, "b_h": gb, "h_0": back}
"""
LEAKY_STORE = """
def answer(p, xs, hs, cs, alpha, from_loss):
    T, B, H = cs.shape
    dhs = np.concatenate([np.zeros((1, B, H)), from_loss])
    das = np.zeros((T, B, H))
    for t in range(T, 0, -1):
        dcandidate = alpha * dhs[t]
        das[t - 1] = dcandidate - dcandidate * cs[t - 1] ** 2
        dhs[t - 1] += (1 - alpha) * dhs[t]
        dhs[t - 1] += das[t - 1] @ p["W_hh"].T
    grads = {"h_0": dhs[0], "b_h": das.sum((0, 1))}
    grads["W_xh"] = sum(x.T @ d for x, d in zip(xs, das))
    grads["W_hh"] = sum(h.T @ d for h, d in zip(hs, das))
    return grads
"""
CASES["leaky_backward"] = {
    "right": LEAKY,
    "styles": [LEAKY_STORE],
    "wrong": [
        (
            but(LEAKY, ("alpha * dh *", "(1 - alpha) * dh *"), ("(1 - alpha) * dh\n", "alpha * dh\n")),
            "alpha and 1 - alpha are exchanged",
            r"`alpha` and `1 - alpha` have changed places everywhere",
        ),
        (
            but(LEAKY, (" + (1 - alpha) * dh", "")),
            "the way round the matrix is missing",
            r"the term `dh \* \(1 - alpha\)` is missing",
        ),
        (
            but(LEAKY, ("cs[t] ** 2", "hs[t + 1] ** 2")),
            "slope at h_t, the mixed state, in place of c_t",
            r"`hs\[t\]` in place of `cs\[t - 1\]`",
        ),
        (
            but(LEAKY_STORE, ("alpha * dhs[t]\n        das", "dhs[t]\n        das")),
            "alpha is missing on the way into the tanh",
            r"the factor `alpha` is missing",
        ),
        (
            but(LEAKY, ("(1 - alpha) * dh\n", "(1 - alpha) * da\n")),
            "the leak passes da, which has gone through tanh, in place of dh",
            r"`da` in place of `dh`",
        ),
        (
            but(LEAKY, ("cs[t] ** 2", "cs[t - 1] ** 2")),
            "slope at c_{t-1}: the index of hs used for cs",
            r"`cs\[t - 2\]` in place of `cs\[t - 1\]`",
        ),
        (
            but(LEAKY_STORE, ("(1 - alpha) * dhs[t]", "dhs[t]")),
            "the leak is a whole copy: 1 in place of 1 - alpha",
            r"the factor `1 - alpha` is missing",
        ),
        (
            but(LEAKY, ('"h_0": back', '"h_0": da @ W_hh.T')),
            "h_0 gets no leak, though every other state does",
            r"h_0 is only `da @ p\['W_hh'\]\.T`, of the sum `da @ p\['W_hh'\]",
        ),
        (
            but(LEAKY, ("(1 - alpha) * dh\n", "(1 - alpha) * back\n")),
            "the leak hands on what came from the future, not the own loss",
            r"`future` in place of `dh`",
        ),
        (
            but(LEAKY_STORE, ("zip(hs, das)", "zip(hs[1:], das)")),
            "W_hh pairs with h_t",
            r"`hs\[t\]` in place of `hs\[t - 1\]`",
        ),
        (
            but(LEAKY, ("gWh += hs[t].T @ da", "gWh += (cs[t - 1] if t else hs[0]).T @ da")),
            "W_hh pairs with c_{t-1}, as if the recurrence read the candidate",
            r"`cs` of the same step in place of `hs\[t - 1\]`",
        ),
        (
            but(LEAKY, ("da @ W_hh.T + (1 - alpha) * dh", "(da + (1 - alpha) * dh) @ W_hh.T")),
            "the leak passes through W_hh",
            r"`\(da \+ dh \* \(1 - alpha\)\) @ p\['W_hh'\]\.T` in place of `da @ ",
        ),
        (
            but(LEAKY, ("from_loss[t] + back", "alpha * from_loss[t] + back")),
            "alpha on the loss's gradient already, and once more after",
            r"`from_loss\[t - 1\]` is multiplied by `alpha`",
        ),
        (
            but(LEAKY_STORE, ("        dhs[t - 1] += das[t - 1] @", "        dhs[t - 1] = das[t - 1] @")),
            "= for +=: matrix way overwrites loss and leak",
            r"the term `dh \* \(1 - alpha\)` is missing.*of `from_loss` the last step alone counts",
        ),
        (
            but(LEAKY, ("(1 - cs[t] ** 2)", "(1 - np.tanh(cs[t]) ** 2)"), (" + (1 - alpha) * dh", "")),
            "two at once: tanh twice, and no leak",
            r"tanh′ is taken of `cs\[t - 1\]` as if it were not yet activa.*the term `dh \* \(1 - alpha\)` is missing",
        ),
    ],
}

# --------------------------------------------------------------------------------------------- clip_by_global_norm
CLIP = """
def answer(grads, theta):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    scale = min(1.0, theta / norm)
    return [g * scale for g in grads]
"""
CLIP_FLAT = """
def answer(grads, theta):
    everything = np.concatenate([np.ravel(g) for g in grads])
    length = np.linalg.norm(everything)
    if length <= theta:
        return list(grads)
    return [theta * g / length for g in grads]
"""
CLIP_LOOP = """
def answer(grads, theta):
    total = 0.0
    for g in grads:
        total = total + np.sum(np.square(g))
    total = total ** 0.5
    out = []
    for g in grads:
        if total > theta:
            g = g / total * theta
        out.append(g)
    return out
"""
CASES["clip_by_global_norm"] = {
    "right": CLIP,
    "styles": [CLIP_FLAT, CLIP_LOOP],
    "wrong": [
        (
            "def answer(grads, theta):\n    return [g * min(1, theta / np.linalg.norm(g)) for g in grads]\n",
            "every array by its own norm",
            r"`factor` is made for every array of `grads` by itself, not",
        ),
        (
            "def answer(grads, theta):\n    return [np.clip(g, -theta, theta) for g in grads]\n",
            "clipped by value",
            r"every entry is kept within ±theta by itself, not the norm ",
        ),
        (
            but(CLIP, ("min(1.0, theta / norm)", "theta / norm")),
            "scaled to theta even where the norm is smaller",
            r"always `norm > theta`: `theta / norm`",
        ),
        (
            but(CLIP_LOOP, ("    total = total ** 0.5\n", "")),
            "the root is forgotten: compared and divided by the squared norm",
            r"`sqrt` is missing in `np\.sqrt\(sum\(squares\)\)`",
        ),
        (
            but(CLIP_FLAT, ("np.linalg.norm(everything)", "sum(np.linalg.norm(g) for g in grads)")),
            "norms of the arrays added up",
            r"`sum\(np\.sqrt\(squares\)\)` in place of `np\.sqrt\(sum\(squares\)\)",
        ),
        (
            but(CLIP, ("np.sqrt(sum((g**2).sum() for g in grads))", "max(np.abs(g).max() for g in grads)")),
            "the largest entry in place of the norm",
            r"everywhere: max in place of sum in `\(g \*\* 2\)\.sum\(\)`; max i",
        ),
        (
            but(CLIP_LOOP, ("g / total * theta", "g * total / theta")),
            "the factor upside down",
            r"`g / factor` in place of `g \* factor`",
        ),
        (
            but(CLIP_FLAT, ("np.linalg.norm(everything)", "np.sqrt(np.mean(everything**2))")),
            "root mean square in place of the norm",
            r"the mean over all entries in place of `sum\(squares\)`",
        ),
        (
            but(CLIP_FLAT, ("np.linalg.norm(everything)", "np.abs(everything).sum()")),
            "sum of absolute values, the 1-norm",
            r"`sqrt` is missing in `np\.sqrt\(sum\(squares\)\)`.*`np\.abs\(g\)` in place of `g \*\* 2`",
        ),
        (
            but(CLIP_LOOP, ("total > theta", "total < theta")),
            "the condition is turned round",
            r"`norm < theta` in place of `norm > theta`",
        ),
        (
            but(CLIP_FLAT, ("theta * g / length", "g / length")),
            "scaled to length 1, not to theta",
            r"the factor `theta` is missing",
        ),
        (
            but(CLIP, ("min(1.0, theta", "max(1.0, theta")),
            "max for min: never made smaller",
            r"`norm < theta` in place of `norm > theta`",
        ),
        (
            """
def answer(grads, theta):
    total, out = 0.0, []
    for g in grads:
        total += (g**2).sum()
        out.append(g * min(1, theta / np.sqrt(total)))
    return out
""",
            "scaled while the sum is still being made: every array by the norm of those so far",
            None,
        ),
        (
            but(CLIP_FLAT, ("np.linalg.norm(everything)", "np.linalg.norm([np.linalg.norm(g, 2) for g in grads])")),
            "spectral norms of the matrices",
            r"the spectral norm of `g` in `\(g \*\* 2\)\.sum\(\)`",
        ),
        (
            but(CLIP_LOOP, ("        out.append(g)", "            out.append(g)")),
            "arrays are returned only where clipped: an empty list below theta",
            None,
        ),
    ],
}

# ------------------------------------------------------------------------------------------------------- adam_step
ADAM = """
def answer(p, g, m, v, n, lr):
    b1, b2, eps = 0.9, 0.999, 1e-8
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**n)
    v_hat = v / (1 - b2**n)
    return p - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
"""
ADAM_INCREMENTS = """
def answer(p, g, m, v, n, lr):
    first = m + 0.1 * (g - m)
    second = v + 0.001 * (g * g - v)
    step = lr * np.sqrt(1 - 0.999**n) / (1 - 0.9**n)
    eps = 1e-8 * np.sqrt(1 - 0.999**n)
    return p - step * first / (second**0.5 + eps), first, second
"""
CASES["adam_step"] = {
    "right": ADAM,
    "styles": [ADAM_INCREMENTS],
    "wrong": [
        (
            but(ADAM, ("m / (1 - b1**n)", "m"), ("v / (1 - b2**n)", "v")),
            "no bias correction",
            r"everywhere: the factor `1 - 0\.9 \*\* n` is missing; the fact",
        ),
        (
            but(ADAM, ("m_hat = m /", "m = m_hat = m /"), ("v_hat = v /", "v = v_hat = v /")),
            "corrected moments are kept as the new m and v",
            r"`m_hat` in place of `m_new`.*`v_hat` in place of `v_new`",
        ),
        (but(ADAM, ("0.9, 0.999", "0.999, 0.9")), "the two betas exchanged", r"0\.9 and 0\.999 have changed places"),
        (but(ADAM, ("(1 - b2) * g**2", "(1 - b2) * g")), "v averages g, not its square", r"`g` in place of `g \*\* 2`"),
        (but(ADAM, ("np.sqrt(v_hat)", "v_hat")), "the root is missing", r"`sqrt` is missing in `np\.sqrt\(v_hat\)`"),
        (
            but(ADAM_INCREMENTS, ("p - step", "p + step")),
            "uphill: sign of the step",
            r"`0\.9 \*\* n - 1` in place of `1 - 0\.9 \*\* n`",
        ),
        (
            but(ADAM, ("(1 - b1) * g\n", "g\n")),
            "1 - beta is missing: m piles g up, as momentum does",
            r"the factor `1 - 0\.9` is missing",
        ),
        (
            but(ADAM, ("(1 - b1**n)", "(1 - b1 * n)"), ("(1 - b2**n)", "(1 - b2 * n)")),
            "beta times n in place of its power",
            None,
        ),
        (
            but(ADAM, ("lr * m_hat", "lr * g")),
            "the raw gradient in the step, as in RMSProp",
            r"`g` in place of `m_hat`",
        ),
        (but(ADAM, ("v / (1 - b2**n)", "v")), "only m is corrected", r"the factor `1 - 0\.999 \*\* n` is missing"),
        (
            but(ADAM, ("(1 - b2) * g**2", "(1 - b2) * m**2")),
            "v averages the square of m, which is overwritten by then",
            r"`m_new` in place of `g`",
        ),
        (
            but(ADAM, ("b1**n", "b1**(n + 1)"), ("b2**n", "b2**(n + 1)")),
            "n counted from 0: the powers are one too high",
            r"everywhere: `n \+ 1` in place of `n`",
        ),
        (
            but(ADAM_INCREMENTS, ("step * first", "step * m"), ("(second**0.5", "(v**0.5")),
            "the step uses the moments before the update",
            r"values before their update: `m` in place of `m_new`; `v` i",
        ),
        (
            but(ADAM, ("v / (1 - b2**n)", "v / (1 - b1**n)")),
            "v corrected with m's beta",
            r"0\.9 in place of 0\.999 in `0\.999 \*\* n`",
        ),
        (
            but(
                ADAM,
                ("m_hat = m / (1 - b1**n)", "m_hat = m"),
                ("v_hat = v / (1 - b2**n)", "v_hat = v"),
                ("(1 - b2) * g**2", "(1 - b1) * g**2"),
            ),
            "two at once: no correction, and 1 - beta of the other moment",
            r"0\.9 in place of 0\.999 in `1 - 0\.999`.*everywhere: the factor `1 - 0\.9 \*\* n` is missing; the fact",
        ),
    ],
}

# ------------------------------------------------------------------------------------------------------- lstm_step
LSTM = """
def answer(x, h_prev, c_prev, W_xh, W_hh, b_h):
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))
    H = h_prev.shape[1]
    a = x @ W_xh + h_prev @ W_hh + b_h
    i = sigmoid(a[:, 0:H])
    f = sigmoid(a[:, H:2*H])
    g = np.tanh(a[:, 2*H:3*H])
    o = sigmoid(a[:, 3*H:4*H])
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c, i, f, g, o
"""
LSTM_BLOCKS = """
def answer(x, h_prev, c_prev, W_xh, W_hh, b_h):
    z = np.hstack([x, h_prev, np.ones((len(x), 1))]) @ np.vstack([W_xh, W_hh, b_h[None]])
    zi, zf, zg, zo = np.split(z, 4, axis=1)
    i, f, o = (0.5 * np.tanh(0.5 * s) + 0.5 for s in (zi, zf, zo))
    g = np.tanh(zg)
    c = c_prev * f + g * i
    return np.tanh(c) * o, c, i, f, g, o
"""
CASES["lstm_step"] = {
    "right": LSTM,
    "styles": [LSTM_BLOCKS],
    "wrong": [
        (
            but(LSTM_BLOCKS, ("zi, zf, zg, zo =", "zi, zf, zo, zg =")),
            "gate order i f o g",
            r"`a_g` and `a_o` have changed places",
        ),
        (
            but(LSTM_BLOCKS, ("zi, zf, zg, zo =", "zi, zg, zf, zo =")),
            "gate order i g f o, TensorFlow's old one",
            r"`a_f` and `a_g` have changed places",
        ),
        (
            but(LSTM_BLOCKS, ("zi, zf, zg, zo =", "zf, zi, zg, zo =")),
            "gate order f i g o",
            r"`a_i` and `a_f` have changed places",
        ),
        (
            but(LSTM, ("o * np.tanh(c)", "o * c")),
            "no tanh on c before the output gate",
            r"`tanh` is missing in `np\.tanh\(c\)`",
        ),
        (
            but(LSTM, ("g = np.tanh(", "g = sigmoid(")),
            "the candidate goes through the sigmoid",
            r"σ in place of tanh in `np\.tanh\(a_g\)`",
        ),
        (
            but(LSTM, ("f * c_prev + i * g", "i * c_prev + f * g")),
            "input and forget gate exchanged in c",
            r"`f` and `i` have changed places in `f \* c_prev \+ i \* g`",
        ),
        (
            but(
                LSTM_BLOCKS,
                ("c_prev * f + g * i", "c_prev * (1 - zi_gate) + g * i"),
                ("    g = np.tanh(zg)", "    g = np.tanh(zg)\n    zi_gate = i"),
            ),
            "f is not used: 1 - i in its place, coupled gates",
            r"`1 - i` in place of `f`",
        ),
        (
            but(LSTM, ("sigmoid(a[:, H:2*H])", "sigmoid(a[:, H:2*H] + 1)")),
            "a forget bias of 1 is added inside the step",
            r"1 is added inside `sigmoid\(a_f\)`",
        ),
        (but(LSTM, (" + b_h", "")), "the bias is missing", r"the term `b_h` is missing"),
        (
            but(LSTM, ("o * np.tanh(c)", "o * np.tanh(c_prev)")),
            "h reads the old cell state",
            r"`c_prev` in place of `c`",
        ),
        (
            but(LSTM, ("return h, c, i", "return c, h, i")),
            "h and c returned in the wrong order",
            r"`h` and `c` have changed places",
        ),
        (
            but(LSTM_BLOCKS, ("c, i, f, g, o\n", "c, zi, zf, zg, zo\n")),
            "pre-activations returned for the gates",
            r"`sigmoid` is missing in `sigmoid\(a_i\)`.*`sigmoid` is missing in `sigmoid\(a_f\)`.*`tanh` is missing in `np\.tanh\(a_g\)`",
        ),
        (
            but(LSTM, ("c = f * c_prev + i * g", "c = c_prev + i * g")),
            "no forget gate in c, as in 1997",
            r"the factor `f` is missing",
        ),
        (
            but(LSTM_BLOCKS, ("np.split(z, 4, axis=1)", "np.moveaxis(z.reshape(len(z), -1, 4), 2, 0)")),
            "units outside and gates inside: blocks interleaved",
            r"`np\.split\(a, 4, axis=1\)` takes every 4th column: units out",
        ),
        (
            but(LSTM, ("np.exp(-z)", "np.exp(z)")),
            "the sigmoid falls: sign of the exponent",
            r"everywhere: the sign inside `sigmoid\(a_i\)`: it falls; the ",
        ),
        (
            but(LSTM, ("h = o * np.tanh(c)", "c = np.tanh(c)\n    h = o * c")),
            "c overwritten by its tanh and returned so",
            r"c has gone through tanh",
        ),
        (
            but(LSTM, ("f * c_prev + i * g", "f * h_prev + i * g")),
            "the cell carries h_prev on, not c_prev",
            r"`h_prev` in place of `c_prev`",
        ),
        (
            but(LSTM, ("f * c_prev + i * g", "f * c_prev + (1 - f) * g"), ("o * np.tanh(c)", "o * c")),
            "two at once: 1 - f in place of i, and no tanh on c",
            r"`1 - f` in place of `i`.*`tanh` is missing in `np\.tanh\(c\)`",
        ),
    ],
}

# ---------------------------------------------------------------------------------------------- lstm_step_backward
LSTM_BACK = """
def answer(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    tc = np.tanh(c)
    dc = dc + dh * o * (1 - tc**2)
    do = dh * tc
    di = dc * g
    dg = dc * i
    df = dc * c_prev
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)])
    return {
        "x": da @ W_xh.T,
        "h_prev": da @ W_hh.T,
        "c_prev": dc * f,
        "W_xh": x.T @ da,
        "W_hh": h_prev.T @ da,
        "b_h": da.sum(axis=0),
    }
"""
LSTM_GATES = """
def answer(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    B, H = c.shape
    Wx, Wh = W_xh.reshape(-1, 4, H), W_hh.reshape(H, 4, H)
    dct = dc + dh * (o - o * np.tanh(c) ** 2)
    d = np.empty((4, B, H))
    d[0] = dct * g * (i - i * i)
    d[1] = dct * c_prev * (f - f * f)
    d[2] = dct * i * (1 - g * g)
    d[3] = dh * np.tanh(c) * (o - o * o)
    out = {"x": np.einsum("kbh,dkh->bd", d, Wx), "h_prev": np.einsum("kbh,jkh->bj", d, Wh), "c_prev": f * dct}
    out["W_xh"] = np.einsum("bd,kbh->dkh", x, d).reshape(W_xh.shape)
    out["W_hh"] = np.einsum("bj,kbh->jkh", h_prev, d).reshape(W_hh.shape)
    out["b_h"] = d.sum(1).ravel()
    return out
"""
CASES["lstm_step_backward"] = {
    "right": LSTM_BACK,
    "styles": [LSTM_GATES],
    "wrong": [
        (
            but(LSTM_BACK, ("    dc = dc + dh * o * (1 - tc**2)\n", "")),
            "c hears nothing from h: only what arrives at c",
            r"the term `dh \* o \* \(1 - tanh_c \*\* 2\)` is missing",
        ),
        (
            but(LSTM_BACK, ("dc = dc + dh", "dc = dh")),
            "= for +=: what arrives at c is overwritten",
            r"the term `dc` is missing",
        ),
        (
            but(LSTM_BACK, ("(1 - tc**2)", "(1 - np.tanh(tc) ** 2)")),
            "tanh' of the value that went through tanh already",
            r"tanh′ is taken of `tanh_c` as if it were not yet activated",
        ),
        (
            but(LSTM_BACK, ("(1 - tc**2)", "(1 - c**2)")),
            "1 - c² for the slope, c taken for its tanh",
            r"`c` in place of `tanh_c`",
        ),
        (
            but(LSTM_GATES, ("dct * c_prev * (f", "dct * c * (f")),
            "the forget gate's gradient reads the new c",
            r"`c` in place of `c_prev`",
        ),
        (
            but(LSTM_BACK, ("do = dh * tc", "do = dh * c")),
            "the output gate's gradient reads c without tanh",
            r"`c` in place of `tanh_c`",
        ),
        (
            but(LSTM_BACK, ("df * f * (1 - f)", "df")),
            "the forget gate has no slope of its sigmoid",
            r"the slope of σ, `f \* \(1 - f\)`, is missing",
        ),
        (
            but(
                LSTM_BACK,
                ("    dc = dc + dh * o", "    dct = dc + dh * o"),
                ("dc * g", "dct * g"),
                ("dc * i", "dct * i"),
                ("dc * c_prev", "dct * c_prev"),
            ),
            "c_prev gets the arriving dc alone, without h's part",
            r"`dc` in place of `dc_total`",
        ),
        (
            but(LSTM_BACK, ("dg * (1 - g**2), do * o * (1 - o)", "do * o * (1 - o), dg * (1 - g**2)")),
            "blocks stacked in the order i f o g",
            r"`da_g` and `da_o` have changed places",
        ),
        (
            but(LSTM_BACK, ("dg * (1 - g**2)", "dg * g * (1 - g)")),
            "the candidate has the sigmoid's slope",
            r"the slope of σ, `g \* \(1 - g\)`, where that of tanh belongs",
        ),
        (
            but(LSTM_GATES, ("d.sum(1).ravel()", "np.tile(d[1].sum(0), 4)")),
            "copied line: every bias gets the forget gate's gradient",
            r"every part of `\[da_i, da_f, da_g, da_o\]` is `da_f`",
        ),
        (
            but(LSTM_BACK, ("da.sum(axis=0)", "da.mean(axis=0)")),
            "bias averaged over the batch",
            r"mean in place of sum in `da\.sum\(axis=0\)`",
        ),
        (
            but(LSTM_BACK, ("da @ W_hh.T", "da[:, -h_prev.shape[1]:] @ W_hh[:, -h_prev.shape[1]:].T")),
            "h_prev through the output gate alone",
            r"of `\[da_i, da_f, da_g, da_o\]` `da_o` alone counts",
        ),
        (
            but(LSTM_GATES, ("d[3] = dh *", "d[3] = dct *")),
            "the output gate's gradient starts at dc, not at dh",
            r"`dc_total` in place of `dh`",
        ),
        (
            but(LSTM_BACK, ("dh * o * (1 - tc**2)", "dh * (1 - tc**2)")),
            "o is forgotten between h and c",
            r"the factor `o` is missing",
        ),
        (
            but(LSTM_BACK, ("(1 - tc**2)", "(1 - (o * tc)**2)")),
            "1 - h² for the slope, as in a plain cell",
            r"`tanh_c` is multiplied by `o`",
        ),
        (
            but(LSTM_BACK, ('"c_prev": dc * f', '"c_prev": dc')),
            "c_prev gets dc unforgotten: f is missing",
            r"the factor `f` is missing",
        ),
        (
            but(LSTM_GATES, ("d[0] = dct * g * (i", "d[0] = dct * i * (i")),
            "the input gate's gradient reads i where g belongs",
            r"`i` in place of `g`",
        ),
        (
            but(
                LSTM_BACK,
                ("dc = dc + dh * o * (1 - tc**2)", "dc = dh * o * (1 - tc**2)"),
                ("df * f * (1 - f)", "df * (1 - f)"),
            ),
            "two at once: dc overwritten, and half the forget gate's slope",
            r"the term `dc` is missing.*the factor `f` is missing",
        ),
        (
            but(LSTM_GATES, ('"kbh,jkh->bj", d, Wh)', '"kbh,hkj->bj", d, Wh)')),
            "W_hh not transposed block by block on the way back",
            None,
        ),
        (
            but(LSTM_BACK, ("i * (1 - i), df * f * (1 - f)", "(1 - i**2), df * (1 - f**2)")),
            "tanh's slope for the two sigmoid gates i and f",
            r"the slope of tanh, `1 - i\*\*2`, where that of σ belongs.*the slope of tanh, `1 - f\*\*2`, where that of σ belongs",
        ),
    ],
}

# ----------------------------------------------------------------------------------------------- gru_step_backward
GRU = """
def answer(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    dz = dh * (h_prev - n) * z * (1 - z)
    dn = dh * (1 - z) * (1 - n**2)
    dr = dn * zh_n * r * (1 - r)
    dx_side = np.concatenate([dr, dz, dn], axis=1)
    dh_side = np.concatenate([dr, dz, dn * r], axis=1)
    return {
        "x": dx_side @ W_xh.T,
        "h_prev": dh_side @ W_hh.T + dh * z,
        "W_xh": x.T @ dx_side,
        "W_hh": h_prev.T @ dh_side,
        "b_h": dx_side.sum(0),
        "b_hn": (dn * r).sum(0),
    }
"""
GRU_BY_GATE = """
def answer(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    H = h_prev.shape[1]
    Wxr, Wxz, Wxn = W_xh[:, :H], W_xh[:, H:2*H], W_xh[:, 2*H:]
    Whr, Whz, Whn = W_hh[:, :H], W_hh[:, H:2*H], W_hh[:, 2*H:]
    dhprev = z * dh
    dupdate = (h_prev - n) * dh
    dcand = (1 - z) * dh
    dpre_n = dcand - dcand * n * n
    dzh = r * dpre_n
    dreset = zh_n * dpre_n
    dpre_r = r * (1 - r) * dreset
    dpre_z = z * (1 - z) * dupdate
    dhprev = dhprev + dpre_r @ Whr.T + dpre_z @ Whz.T + dzh @ Whn.T
    dx = dpre_r @ Wxr.T + dpre_z @ Wxz.T + dpre_n @ Wxn.T
    dWx = np.hstack([x.T @ dpre_r, x.T @ dpre_z, x.T @ dpre_n])
    dWh = np.hstack([h_prev.T @ dpre_r, h_prev.T @ dpre_z, h_prev.T @ dzh])
    db = np.hstack([dpre_r.sum(0), dpre_z.sum(0), dpre_n.sum(0)])
    return {"x": dx, "h_prev": dhprev, "W_xh": dWx, "W_hh": dWh, "b_h": db, "b_hn": dzh.sum(0)}
"""
CASES["gru_step_backward"] = {
    "right": GRU,
    "styles": [GRU_BY_GATE],
    "wrong": [
        (but(GRU, (" + dh * z", "")), "the way round the matrix, dh z, is missing", r"the term `dh \* z` is missing"),
        (
            but(
                GRU,
                ("dh * (1 - z)", "dh * z"),
                ("+ dh * z,", "+ dh * (1 - z),"),
                ("dh * (h_prev - n)", "dh * (n - h_prev)"),
            ),
            "z and 1 - z exchanged throughout: the paper's other convention",
            r"`n - h_prev` in place of `h_prev - n`.*`z` and `1 - z` have changed places everywhere",
        ),
        (
            but(GRU, ("dn * r], axis=1)", "dn], axis=1)")),
            "r is forgotten on the side of h: W_hh and h_prev get dn",
            r"`da_n` in place of `dzh_n`",
        ),
        (
            but(GRU, ("(dn * r).sum(0)", "dn.sum(0)")),
            "b_hn gets the candidate's gradient without r",
            r"`da_n` in place of `dzh_n`",
        ),
        (
            but(GRU, ("dn * zh_n * r", "dn * h_prev * r")),
            "the reset gate's gradient reads h_prev, not its product",
            r"`h_prev` in place of `zh_n`",
        ),
        (
            but(GRU_BY_GATE, ("(h_prev - n) * dh", "(n - h_prev) * dh")),
            "sign of the update gate's gradient",
            r"`n - h_prev` in place of `h_prev - n`",
        ),
        (
            but(GRU, ("[dr, dz, dn]", "[dz, dr, dn]"), ("[dr, dz, dn * r]", "[dz, dr, dn * r]")),
            "gate order z r n",
            r"`da_r` and `da_z` have changed places.*`da_r` and `da_z` have changed places",
        ),
        (
            but(GRU, ("dx_side.sum(0)", "dh_side.sum(0)")),
            "b_h summed on the side of h, where r has scaled n",
            r"`dah` in place of `dax`",
        ),
        (
            but(GRU_BY_GATE, ("r * (1 - r) * dreset", "dreset")),
            "no slope of the reset gate's sigmoid",
            r"the slope of σ, `r \* \(1 - r\)`, is missing",
        ),
        (
            but(GRU_BY_GATE, ("dhprev = z * dh", "dhprev = (1 - z) * dh")),
            "the way round takes 1 - z",
            r"`1 - z` in place of `z`",
        ),
        (
            but(GRU_BY_GATE, ("dhprev = dhprev + dpre_r", "dhprev = dpre_r")),
            "h_prev's first part is overwritten",
            r"the term `dh \* z` is missing",
        ),
        (
            but(GRU_BY_GATE, ("h_prev.T @ dzh", "(r * h_prev).T @ dpre_n")),
            "W_hn as if the reset gate acted before the product",
            None,
        ),
        (
            but(GRU, ("(1 - n**2)", "n * (1 - n)")),
            "the candidate has the sigmoid's slope",
            r"the slope of σ, `n \* \(1 - n\)`, where that of tanh belongs",
        ),
        (
            but(GRU, ("dh * (1 - z) * (1 - n**2)", "dh * (1 - n**2)")),
            "1 - z is forgotten in the candidate",
            r"the factor `1 - z` is missing",
        ),
        (
            but(GRU_BY_GATE, ("+ dpre_z @ Whz.T + dzh", "+ dzh")),
            "h_prev is not reached through the update gate",
            r"`da_z` is left at 0 in `\[da_r, da_z, dzh_n\]`",
        ),
        (
            but(GRU, ("+ dh * z,", "+ dh,"), ("x.T @ dx_side", "x.T @ dh_side")),
            "two at once: the way round unscaled, and W_xh on the side of h",
            r"the factor `z` is missing.*`dah` in place of `dax`",
        ),
        (
            but(
                GRU,
                ("dx_side @ W_xh.T", "dh_side @ W_xh.T"),
                ("x.T @ dx_side", "x.T @ dh_side"),
                ("dx_side.sum", "dh_side.sum"),
            ),
            "one gradient for both sides, r included: as an LSTM's would be",
            r"`dzh_n` in place of `da_n`",
        ),
    ],
}

# -------------------------------------------------------------------------------------------------- stack_backward
STACK = """
def answer(dhs, xs, hs, params):
    T, L = len(xs), len(params)
    grads = [None] * L
    arriving = dhs
    for l in reversed(range(L)):
        W_xh, W_hh = params[l]["W_xh"], params[l]["W_hh"]
        read = xs if l == 0 else hs[l - 1][1:]
        das = np.zeros_like(hs[l][1:])
        carry = np.zeros_like(hs[l][0])
        for t in reversed(range(T)):
            dh = arriving[t] + carry
            das[t] = dh * (1 - hs[l][t + 1] ** 2)
            carry = das[t] @ W_hh.T
        grads[l] = {
            "W_xh": np.einsum("tbd,tbh->dh", read, das),
            "W_hh": np.einsum("tbi,tbh->ih", hs[l][:-1], das),
            "b_h": das.sum((0, 1)),
        }
        arriving = das @ W_xh.T
    return grads
"""
STACK_STEPS = """
def answer(dhs, xs, hs, params):
    L = len(params)
    grads = [{name: np.zeros_like(w) for name, w in p.items()} for p in params]
    future = [np.zeros_like(h[0]) for h in hs]
    for t in range(len(xs), 0, -1):
        down = dhs[t - 1]
        for l in range(L - 1, -1, -1):
            below = hs[l - 1][t] if l > 0 else xs[t - 1]
            da = (down + future[l]) * (1 - hs[l][t] * hs[l][t])
            grads[l]["W_xh"] += below.T @ da
            grads[l]["W_hh"] += hs[l][t - 1].T @ da
            grads[l]["b_h"] += da.sum(axis=0)
            future[l] = da @ params[l]["W_hh"].T
            down = da @ params[l]["W_xh"].T
    return grads
"""
CASES["stack_backward"] = {
    "right": STACK,
    "styles": [STACK_STEPS],
    "wrong": [
        (
            but(STACK, ("return grads", "return grads[::-1]")),
            "the layers' gradients in the order of the sweep, top first",
            None,
        ),
        (
            but(STACK, ("hs[l - 1][1:]", "hs[l - 1][:-1]")),
            "W_xh pairs with the layer below one step earlier",
            r"`hs\[l - 1\]\[:-1\]` in place of `hs\[l - 1\]\[1:\]`",
        ),
        (
            but(STACK_STEPS, ("(down + future[l])", "(down + future[l] + dhs[t - 1] * (l < L - 1))")),
            "the loss's gradient enters every layer, not the top alone",
            r"`dhs` is added to `dbelow`",
        ),
        (
            but(
                STACK,
                ("        carry = np.zeros_like(hs[l][0])\n", ""),
                ("    arriving = dhs\n", "    arriving = dhs\n    carry = np.zeros_like(hs[0][0])\n"),
            ),
            "the carry is not reset between layers",
            r"`future = np\.zeros_like\(hs\[l\]\[0\]\)` is made once, before th",
        ),
        (
            but(STACK_STEPS, ('down = da @ params[l]["W_xh"].T', "down = future[l]")),
            "what goes down is what goes back in time: W_hh for W_xh",
            r"`W_hh` in place of `W_xh`",
        ),
        (
            but(
                STACK_STEPS,
                ("            da = (down + future[l])", "            dh = down + future[l]\n            da = dh"),
                ("down = da @", "down = dh @"),
            ),
            "what goes down has not passed the slope of tanh",
            r"`dh` in place of `da`",
        ),
        (
            but(
                STACK_STEPS,
                ("        down = dhs[t - 1]\n", "        down = dhs[t - 1] if t == len(xs) else 0 * dhs[0]\n"),
            ),
            "only the last step's loss counts",
            r"of `dhs` the last step alone counts",
        ),
        (
            but(STACK, ('= params[l]["W_xh"], params[l]["W_hh"]', '= params[l]["W_xh"], params[0]["W_hh"]')),
            "all layers share the first one's W_hh",
            r"always the first entry of `params`",
        ),
        (
            but(STACK_STEPS, ('grads[l]["W_hh"] += ', 'grads[l]["W_hh"] = ')),
            "= for +=: W_hh keeps the first step alone",
            r"`=` in place of `\+=` for `dW_hh`",
        ),
        (
            but(
                STACK_STEPS,
                (
                    "[{name: np.zeros_like(w) for name, w in p.items()} for p in params]",
                    '[dict(W_xh=np.zeros_like(p["W_xh"]), W_hh=dW, b_h=db) for p in params]',
                ),
                (
                    "    L = len(params)\n",
                    '    L = len(params)\n    dW, db = np.zeros_like(params[0]["W_hh"]), np.zeros_like(params[0]["b_h"])\n',
                ),
            ),
            "one array for all layers' W_hh, and one for their biases: sums over the layers",
            r"`db_h = np\.zeros_like\(W_hh\[0\]\)` is made once, before the l.*`dW_hh = np\.zeros_like\(W_hh\)` is made once, before the loo",
        ),
        (
            but(STACK_STEPS, ("(down + future[l])", "down")),
            "nothing comes back in time",
            r"the term `future` is missing",
        ),
        (
            but(
                STACK_STEPS,
                (
                    '            future[l] = da @ params[l]["W_hh"].T\n',
                    '            future[l] += da @ params[l]["W_hh"].T\n',
                ),
            ),
            "the carry piles up in every layer",
            r"`future` is added to `da @ W_hh\.T`",
        ),
        (
            but(STACK, ("arriving = das @ W_xh.T", "arriving = dhs")),
            "lower layers get the loss's gradient in place of what the layer above sends down",
            r"`dhs` in place of `dbelow`",
        ),
        (
            but(STACK_STEPS, ("hs[l][t] * hs[l][t]", "hs[l][t - 1] * hs[l][t - 1]")),
            "slope at h_{t-1}",
            r"`hs\[l\]\[t - 1\]` in place of `hs\[l\]\[t\]`",
        ),
        (
            but(STACK_STEPS, ("hs[l - 1][t] if", "hs[l - 1][t - 1] if"), ("(down + future[l])", "down")),
            "two at once: the layer below one step early, and no future",
            r"the term `future` is missing.*`hs\[l - 1\]\[:-1\]` in place of `hs\[l - 1\]\[1:\]`",
        ),
    ],
}

# ------------------------------------------------------------------------------------------ article_stack_backward
ARTICLE = """
def answer(dhs, xs, hs, params):
    T, B, D = xs.shape
    grads = []
    top = dhs
    for l in range(len(params) - 1, -1, -1):
        p, h = params[l], hs[l]
        inputs = xs if l == 0 else np.concatenate([hs[l - 1][1:], xs], axis=2)
        da = np.zeros((T, B, h.shape[2]))
        later = 0
        for t in range(T - 1, -1, -1):
            da[t] = (top[t] + later) * (1 - h[t + 1] ** 2)
            later = da[t] @ p["W_hh"].T
        flat = da.reshape(T * B, -1)
        grads.insert(0, {
            "W_xh": inputs.reshape(T * B, -1).T @ flat,
            "W_hh": h[:-1].reshape(T * B, -1).T @ flat,
            "b_h": flat.sum(0),
        })
        if l > 0:
            H_below = hs[l - 1].shape[2]
            top = da @ p["W_xh"][:H_below].T
    return grads
"""
ARTICLE_STEPS = """
def answer(dhs, xs, hs, params):
    H = hs[0].shape[-1]
    gs = [{k: np.zeros(w.shape) for k, w in p.items()} for p in params]
    carries = [0.0 for _ in params]
    for t in reversed(range(len(xs))):
        d = dhs[t]
        for l in reversed(range(len(params))):
            x = xs[t] if l == 0 else np.hstack((hs[l - 1][t + 1], xs[t]))
            dh = d + carries[l]
            da = dh * (1 - hs[l][t + 1] ** 2)
            gs[l]["W_xh"] += x.T @ da
            gs[l]["W_hh"] += hs[l][t].T @ da
            gs[l]["b_h"] += da.sum(0)
            carries[l] = da @ params[l]["W_hh"].T
            d = (da @ params[l]["W_xh"].T)[:, :H]
    return gs
"""
CASES["article_stack_backward"] = {
    "right": ARTICLE,
    "styles": [ARTICLE_STEPS],
    "wrong": [
        (
            but(ARTICLE, ("[hs[l - 1][1:], xs]", "[xs, hs[l - 1][1:]]")),
            "W_xh's rows in the order [x, h]",
            r"`hs\[l - 1\]\[1:\]` and `xs` have changed places",
        ),
        (
            but(ARTICLE, ('p["W_xh"][:H_below].T', 'p["W_xh"][-H_below:].T')),
            "what goes down uses the last H rows of W_xh",
            r"`da @ W_xh\.T\[:, -\(W_hh\.shape\[0\]\):\]` in place of `\(da @ W_x",
        ),
        (
            but(ARTICLE_STEPS, ("np.hstack((hs[l - 1][t + 1], xs[t]))", "np.hstack((hs[l - 1][t + 1], 0 * xs[t]))")),
            "the rows of W_xh that read x get no gradient",
            r"of `\[hs\[l - 1\]\[1:\], xs\]` `hs\[l - 1\]\[1:\]` alone counts",
        ),
        (
            but(ARTICLE, ("hs[l - 1][1:], xs]", "hs[l - 1][:-1], xs]")),
            "the layer below is read one step early",
            r"`hs\[l - 1\]\[:-1\]` in place of `hs\[l - 1\]\[1:\]`",
        ),
        (
            but(ARTICLE_STEPS, ("d = (da @", "d = (dh @")),
            "what goes down has not passed tanh's slope",
            r"`dh` in place of `da`",
        ),
        (
            but(ARTICLE_STEPS, ("dh = d + carries[l]", "dh = d")),
            "nothing comes back in time",
            r"the term `future` is missing",
        ),
        (
            but(ARTICLE, ('later = da[t] @ p["W_hh"].T', 'later = (top[t] + later) @ p["W_hh"].T')),
            "what is handed back in time has not passed tanh's slope",
            r"`dh` in place of `da`",
        ),
        (
            but(ARTICLE, ("top = da @", "top = dhs + da @")),
            "the loss's gradient is added in every layer",
            r"`dhs` is added to `dbelow`",
        ),
        (but(ARTICLE, ("grads.insert(0, {", "grads.append({")), "layers in the order of the sweep, top first", None),
        (
            but(ARTICLE_STEPS, ('gs[l]["W_xh"] += ', 'gs[l]["W_xh"] = ')),
            "= for +=: W_xh keeps the first step alone",
            r"`=` in place of `\+=` for `dW_xh`",
        ),
        (
            but(ARTICLE_STEPS, ("hs[l][t].T", "hs[l][t + 1].T")),
            "W_hh pairs with h_t",
            r"`hs\[l\]\[t\]` in place of `hs\[l\]\[t - 1\]`",
        ),
        (
            but(ARTICLE, ("            top = da @", "            top = dhs + 0 * da @")),
            "lower layers get the loss's gradient in place of what comes down",
            r"`dhs` in place of `dbelow`",
        ),
        (
            but(ARTICLE, ("        later = 0\n", ""), ("    top = dhs\n", "    top, later = dhs, 0\n")),
            "the carry is not reset between layers",
            r"`future = np\.zeros_like\(hs\[l\]\[0\]\)` is made once, before th",
        ),
        (
            but(
                ARTICLE_STEPS, ("(hs[l - 1][t + 1], xs[t])", "(hs[l - 1][t], xs[t])"), ("hs[l][t].T", "hs[l][t + 1].T")
            ),
            "two at once: below one step early, and W_hh with h_t",
            r"`hs\[l - 1\]\[:-1\]` in place of `hs\[l - 1\]\[1:\]`.*`hs\[l\]\[t\]` in place of `hs\[l\]\[t - 1\]`",
        ),
    ],
}

# ----------------------------------------------------------------------------------------------- residual_backward
RESIDUAL = """
def answer(dhs, xs, hs, params):
    L = len(params)
    outs = []
    for l in range(L):
        outs.append(hs[l][1:] if l == 0 else hs[l][1:] + outs[-1])
    do = dhs
    grads = [None] * L
    for l in reversed(range(L)):
        p, h = params[l], hs[l]
        x = outs[l - 1] if l else xs
        delta = np.zeros(h[1:].shape)
        carry = np.zeros(h[0].shape)
        for t in reversed(range(len(xs))):
            delta[t] = (do[t] + carry) * (1 - h[t + 1] ** 2)
            carry = delta[t] @ p["W_hh"].T
        grads[l] = {
            "W_xh": np.tensordot(x, delta, ((0, 1), (0, 1))),
            "W_hh": np.tensordot(h[:-1], delta, ((0, 1), (0, 1))),
            "b_h": delta.sum((0, 1)),
        }
        do = do + delta @ p["W_xh"].T if l else None
    return grads
"""
RESIDUAL_STEPS = """
def answer(dhs, xs, hs, params):
    n = len(params)
    g = [{k: np.zeros_like(v) for k, v in p.items()} for p in params]
    back = [np.zeros_like(h[0]) for h in hs]
    for t in range(len(xs) - 1, -1, -1):
        do = dhs[t]
        for l in range(n - 1, -1, -1):
            entered = xs[t] if l == 0 else sum(hs[j][t + 1] for j in range(l))
            dh = do + back[l]
            da = dh * (1 - hs[l][t + 1] ** 2)
            g[l]["W_xh"] += entered.T @ da
            g[l]["W_hh"] += hs[l][t].T @ da
            g[l]["b_h"] += da.sum(0)
            back[l] = da @ params[l]["W_hh"].T
            if l > 0:
                do = do + da @ params[l]["W_xh"].T
    return g
"""
CASES["residual_backward"] = {
    "right": RESIDUAL,
    "styles": [RESIDUAL_STEPS],
    "wrong": [
        (
            but(RESIDUAL_STEPS, ("do = do + da @", "do = da @")),
            "the way past the layer is missing in the gradient",
            r"the term `dout` is missing",
        ),
        (
            but(RESIDUAL_STEPS, ("do = do + da @", "do = dh + da @")),
            "past the layer goes dh, the future in it, in place of do",
            r"`future` is added to `da @ W_xh\.T`",
        ),
        (
            but(RESIDUAL, ("hs[l][1:] + outs[-1]", "hs[l][1:]")),
            "W_xh pairs with h of the layer below, not with its output o",
            r"the term `outs\[l - 1\]` is missing",
        ),
        (
            but(RESIDUAL, ("np.tensordot(h[:-1], delta", "np.tensordot(np.concatenate([h[:1], outs[l][:-1]]), delta")),
            "W_hh pairs with o_{t-1}: the recurrence taken to read the output",
            r"`outs` of the same step in place of `hs\[l\]\[t - 1\]`",
        ),
        (
            but(
                RESIDUAL_STEPS,
                ("dh = do + back[l]", "dh = back[l] = do + back[l]"),
                ('back[l] = da @ params[l]["W_hh"].T', 'back[l] = da @ params[l]["W_hh"].T + do'),
            ),
            "do is handed back in time as well",
            r"`dout\[t - 1\]` is added to `da @ W_hh\.T`",
        ),
        (
            but(RESIDUAL, ("(1 - h[t + 1] ** 2)", "(1 - outs[l][t] ** 2)")),
            "slope at the output o, not at h",
            r"`outs` of the same step in place of `hs\[l\]\[t\]`",
        ),
        (
            but(RESIDUAL, ("do = do + delta @", "do = dhs + delta @")),
            "past the layer goes the loss's gradient, not what arrived at o above",
            r"`dhs` in place of `dout`",
        ),
        (
            but(RESIDUAL, ('do = do + delta @ p["W_xh"].T', 'do = do + (do * (1 - h[1:] ** 2)) @ p["W_xh"].T')),
            "what goes down through W_xh has lost the future",
            r"in this use of `da` alone: the term `future` is missing",
        ),
        (
            but(RESIDUAL_STEPS, ('do = do + da @ params[l]["W_xh"].T', 'do = do + dh @ params[l]["W_xh"].T')),
            "what goes down through W_xh has not passed tanh's slope",
            r"`dh` in place of `da`",
        ),
        (
            but(RESIDUAL_STEPS, ("do = do + da @ params", "do = (do + da) @ params")),
            "the way past the layer goes through W_xh",
            r"`dout` goes through `W_xh`",
        ),
        (
            but(RESIDUAL, ("outs[l - 1] if l else xs", "outs[l] if l else xs")),
            "W_xh pairs with the layer's own output",
            r"`outs\[l\]` in place of `outs\[l - 1\]`",
        ),
        (
            but(
                RESIDUAL_STEPS,
                ("sum(hs[j][t + 1] for j in range(l))", "sum(hs[j][t + 1] for j in range(max(l - 2, 0), l))"),
            ),
            "o is the sum of two layers only",
            r"`hs\[0\]\[1:\]` is left at 0 in `\[hs\[0\]\[1:\]\]`",
        ),
        (
            but(RESIDUAL, ("do = do + delta", "do = 0.5 * do + delta")),
            "a half of do past the layer, as if the ways shared it",
            r"a half of `dout`",
        ),
        (
            but(RESIDUAL_STEPS, ("dh = do + back[l]", "dh = do")),
            "nothing comes back in time",
            r"the term `future` is missing",
        ),
        (
            but(
                RESIDUAL_STEPS,
                ("do = do + da @", "do = da @"),
                ("sum(hs[j][t + 1] for j in range(l))", "hs[l - 1][t + 1]"),
            ),
            "two at once: a plain stack's backward, residual neither in the gradient nor in what W_xh reads",
            r"the term `outs\[l - 1\]` is missing.*the term `dout` is missing",
        ),
    ],
}

# ---------------------------------------------------------------------------------------------- layer_norm_backward
NORM = """
def answer(dy, z, gain):
    mu = z.mean(axis=1, keepdims=True)
    std = np.sqrt(z.var(axis=1, keepdims=True) + 1e-5)
    z_hat = (z - mu) / std
    d_hat = dy * gain
    dz = d_hat - d_hat.mean(axis=1, keepdims=True) - z_hat * (d_hat * z_hat).mean(axis=1, keepdims=True)
    return {"z": dz / std, "gain": (dy * z_hat).sum(axis=0)}
"""
NORM_CHAIN = """
def answer(dy, z, gain):
    B, H = z.shape
    centred = z - z.sum(1)[:, None] / H
    var = (centred**2).sum(1)[:, None] / H
    inv = (var + 1e-5) ** -0.5
    dnormed = dy * gain[None]
    dvar = (dnormed * centred).sum(1)[:, None] * -0.5 * inv**3
    dcentred = dnormed * inv + 2 * centred * dvar / H
    dmean = -dcentred.sum(1)[:, None]
    dgain = np.zeros(H)
    for b in range(B):
        dgain += dy[b] * centred[b] * inv[b]
    return {"z": dcentred + dmean / H, "gain": dgain}
"""
NORM_JACOBIAN = """
def answer(dy, z, gain):
    H = z.shape[1]
    dz, dgain = [], 0
    for row, d in zip(z, dy):
        s = np.sqrt(row.var() + 1e-5)
        u = (row - row.mean()) / s
        J = (np.eye(H) - np.ones((H, H)) / H - np.outer(u, u) / H) / s
        dz.append(J @ (gain * d))
        dgain = dgain + d * u
    return dict(z=np.array(dz), gain=dgain)
"""
CASES["layer_norm_backward"] = {
    "right": NORM,
    "styles": [NORM_CHAIN, NORM_JACOBIAN],
    "wrong": [
        (
            but(
                NORM, (" - d_hat.mean(axis=1, keepdims=True) - z_hat * (d_hat * z_hat).mean(axis=1, keepdims=True)", "")
            ),
            "mean and variance taken for constants",
            r"the terms `through_mean` and `normed \* through_var` are mi",
        ),
        (
            but(NORM, (" - d_hat.mean(axis=1, keepdims=True)", "")),
            "the way through the mean is missing",
            r"the term `through_mean` is missing",
        ),
        (
            but(NORM_JACOBIAN, (" - np.outer(u, u) / H", "")),
            "the way through the variance is missing",
            r"the term `normed \* through_var` is missing",
        ),
        (
            but(
                NORM,
                ("mu = z.mean(axis=1, keepdims=True)", "mu = z.mean(axis=0)"),
                ("z.var(axis=1, keepdims=True)", "z.var(axis=0)"),
                ("- d_hat.mean(axis=1, keepdims=True)", "- d_hat.mean(axis=0)"),
                ("(d_hat * z_hat).mean(axis=1, keepdims=True)", "(d_hat * z_hat).mean(axis=0)"),
            ),
            "batch norm: all statistics over the batch",
            r"everywhere: axis 0 in place of 1 in `z\.mean\(axis=1, keepdi",
        ),
        (but(NORM, ("dy * gain", "dy")), "the gain is forgotten on the way to z", r"the factor `gain` is missing"),
        (
            but(NORM, ("(dy * z_hat).sum(axis=0)", "(dy * z).sum(axis=0)")),
            "the gain's gradient reads z, not the normalised z",
            r"`z` in place of `normed`",
        ),
        (
            but(NORM, ("(dy * z_hat).sum(axis=0)", "(dy * z_hat).mean(axis=0)")),
            "the gain's gradient averaged over the batch",
            r"mean in place of sum in `\(dy \* normed\)\.sum\(axis=0\)`",
        ),
        (
            but(NORM, ("z.var(axis=1, keepdims=True)", "z.var(axis=1, ddof=1, keepdims=True)")),
            "the variance divided by H - 1",
            r"divided by one less than the size in `\(centred \*\* 2\)\.mean\(",
        ),
        (
            but(NORM, ("np.sqrt(z.var(axis=1, keepdims=True) + 1e-5)", "z.var(axis=1, keepdims=True) + 1e-5")),
            "no root: divided by the variance",
            r"`sqrt` is missing in `np\.sqrt\(\(centred \*\* 2\)\.mean\(axis=1, ",
        ),
        (
            but(NORM_CHAIN, ("2 * centred * dvar / H", "2 * centred * dvar")),
            "1/H is missing on the way through the variance",
            r"sum in place of mean in `\(dnormed \* normed\)\.mean\(axis=1, k",
        ),
        (
            but(NORM_CHAIN, ("-0.5 * inv**3", "0.5 * inv**3")),
            "sign of the variance's gradient",
            r"the sign of `normed \* through_var` in `dnormed - through_m",
        ),
        (
            but(NORM, ('"z": dz / std', '"z": dz')),
            "not divided by the standard deviation at the end",
            r"the factor `sd` is missing",
        ),
        (
            but(NORM_CHAIN, ("dcentred + dmean / H", "dcentred + dmean")),
            "the mean's gradient is not shared among the H units",
            r"sum in place of mean in `dnormed\.mean\(axis=1, keepdims=Tru",
        ),
        (
            but(NORM, ("(dy * z_hat).sum(axis=0)", "(d_hat * z_hat).sum(axis=0)")),
            "the gain's gradient is multiplied by the gain",
            r"`dnormed` in place of `dy`",
        ),
        (
            but(NORM, ("z_hat * (d_hat * z_hat).mean(", "(d_hat * z_hat).mean(")),
            "the way through the variance is not multiplied by z_hat",
            r"the factor `normed` is missing",
        ),
        (
            but(NORM_CHAIN, ("(dnormed * centred)", "(dy * centred)"), ("centred[b] * inv[b]", "centred[b]")),
            "two at once: the gain missing in the variance's way, and the gain's gradient not normalised",
            r"`dy` in place of `dnormed`.*`centred` in place of `normed`",
        ),
    ],
}

# ----------------------------------------------------------------------------------------------- attention_backward
ATTENTION = """
def answer(dO, Q, K, V):
    T, d = Q.shape
    S = Q @ K.T / np.sqrt(d)
    S = np.where(np.tril(np.ones((T, T))) == 1, S, -np.inf)
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    dV = P.T @ dO
    dP = dO @ V.T
    dS = P * (dP - (dP * P).sum(axis=1, keepdims=True))
    return {"Q": dS @ K / np.sqrt(d), "K": dS.T @ Q / np.sqrt(d), "V": dV}
"""
ATTENTION_ROWS = """
def answer(dO, Q, K, V):
    scale = Q.shape[1] ** -0.5
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for t, (q, do) in enumerate(zip(Q, dO)):
        keys, values = K[: t + 1], V[: t + 1]
        e = np.exp(scale * (keys @ q))
        p = e / e.sum()
        o = p @ values
        ds = p * (values @ do - o @ do)
        dQ[t] = scale * (ds @ keys)
        dK[: t + 1] += scale * np.outer(ds, q)
        dV[: t + 1] += np.outer(p, do)
    return {"Q": dQ, "K": dK, "V": dV}
"""
CASES["attention_backward"] = {
    "right": ATTENTION,
    "styles": [ATTENTION_ROWS],
    "wrong": [
        (
            but(ATTENTION, ("dS @ K / np.sqrt(d)", "dS @ K"), ("dS.T @ Q / np.sqrt(d)", "dS.T @ Q")),
            "the scale is forgotten on the way back",
            r"the factor `np\.sqrt\(d\)` is missing.*the factor `np\.sqrt\(d\)` is missing",
        ),
        (
            but(ATTENTION_ROWS, ("Q.shape[1] ** -0.5", "1.0")),
            "no scale at all, forwards or back",
            r"everywhere: the factor `np\.sqrt\(d\)` is missing",
        ),
        (
            but(ATTENTION, ("    S = np.where(np.tril(np.ones((T, T))) == 1, S, -np.inf)\n", "")),
            "no causal mask",
            r"`scores` in place of `np\.where\(np\.tril\(np\.ones\(\(T, T\)\)\) > ",
        ),
        (
            but(ATTENTION, ("np.tril", "np.triu")),
            "the mask is turned round: only the future is seen",
            r"triu in place of tril in `np\.tril\(np\.ones\(\(T, T\)\)\)`",
        ),
        (
            but(ATTENTION, ("dS = P * (dP - (dP * P).sum(axis=1, keepdims=True))", "dS = P * (1 - P) * dP")),
            "the softmax's Jacobian reduced to its diagonal, p (1 - p)",
            r"`sum` is missing in `\(dA \* A\)\.sum\(axis=1, keepdims=True\)`",
        ),
        (
            but(ATTENTION, ("dS = P * (dP - (dP * P).sum(axis=1, keepdims=True))", "dS = np.tril(dP)")),
            "no way back through the softmax",
            None,
        ),
        (
            but(ATTENTION, ("P * (dP - (dP * P).sum(axis=1, keepdims=True))", "P * dP")),
            "the row sum is missing in the softmax's gradient",
            r"the term `through_sum` is missing",
        ),
        (
            but(ATTENTION, ("(dP * P).sum(axis=1, keepdims=True)", "(dP * P).sum(axis=0)")),
            "the softmax's sum runs over the queries",
            r"axis 0 in place of 1 in `\(dA \* A\)\.sum\(axis=1, keepdims=Tru",
        ),
        (but(ATTENTION, ("dS.T @ Q", "dS @ Q")), "K: dS is not transposed", r"`dscores` in place of `dscores\.T`"),
        (but(ATTENTION, ("P.T @ dO", "P @ dO")), "V: P is not transposed", r"`A` in place of `A\.T`"),
        (
            but(ATTENTION_ROWS, ("Q.shape[1] ** -0.5", "len(Q) ** -0.5")),
            "scaled by the length T, not by the width d",
            r"everywhere: `T` in place of `d`",
        ),
        (
            but(ATTENTION_ROWS, ("Q.shape[1] ** -0.5", "1 / Q.shape[1]")),
            "divided by d, not by its root",
            r"everywhere: the factor `np\.sqrt\(d\)` counts twice",
        ),
        (
            but(
                ATTENTION,
                ("    S = np.where(np.tril(np.ones((T, T))) == 1, S, -np.inf)\n", ""),
                ("    dV =", "    P = np.tril(P)\n    dV ="),
            ),
            "the mask comes after the softmax, the rows no longer sum to 1",
            None,
        ),
        (
            but(ATTENTION_ROWS, ("values @ do - o @ do", "values @ do - (values @ do).sum()")),
            "the sum is not weighted by p",
            r"the weight `A` is left out where it is not 0",
        ),
        (
            but(ATTENTION_ROWS, ("dK[: t + 1] += ", "dK[: t + 1] = "), ("dV[: t + 1] += ", "dV[: t + 1] = ")),
            "= for +=: K and V hear the last query alone",
            r"in the sum `A\.T @ dO` the last term alone.*in the sum `dscores\.T @ Q` the last term alone",
        ),
        (
            but(
                ATTENTION,
                (
                    "axis=1, keepdims=True))\n    P = P / P.sum(axis=1, keepdims=True)",
                    "axis=1, keepdims=True))\n    P = P / P.sum(axis=0, keepdims=True)",
                ),
            ),
            "softmax normalised over the queries",
            r"axis 0 in place of 1 in `e\.sum\(axis=1, keepdims=True\)`",
        ),
        (
            but(
                ATTENTION,
                ("P * (dP - (dP * P).sum(axis=1, keepdims=True))", "P * dP"),
                ("dS @ K / np.sqrt(d)", "dS @ K"),
            ),
            "two at once: row sum missing, and Q without the scale",
            r"the term `through_sum` is missing.*the factor `np\.sqrt\(d\)` is missing",
        ),
    ],
}

# -------------------------------------------------------------------------------------- causal_convolution_backward
CONV = """
def answer(dys, xs, W, dilation):
    T = len(xs)
    dxs, dW = np.zeros_like(xs), np.zeros_like(W)
    for t in range(T):
        for k in range(len(W)):
            s = t - k * dilation
            if s >= 0:
                dxs[s] += dys[t] @ W[k].T
                dW[k] += xs[s].T @ dys[t]
    return {"xs": dxs, "W": dW, "b": dys.sum((0, 1))}
"""
CONV_SHIFTS = """
def answer(dys, xs, W, dilation):
    K, D, C = W.shape
    T = xs.shape[0]
    dxs = np.zeros(xs.shape)
    dW = np.zeros(W.shape)
    for k in range(K):
        lag = min(k * dilation, T)
        d, x = dys[lag:], xs[: T - lag]
        dxs[: T - lag] += np.einsum("tbc,dc->tbd", d, W[k])
        dW[k] = np.einsum("tbd,tbc->dc", x, d)
    return {"xs": dxs, "W": dW, "b": np.einsum("tbc->c", dys)}
"""
CASES["causal_convolution_backward"] = {
    "right": CONV,
    "styles": [CONV_SHIFTS],
    "wrong": [
        (
            but(CONV, ("s = t - k * dilation", "s = t + k * dilation"), ("if s >= 0", "if s < T")),
            "reads the future: not causal",
            r"the indices `t - k \* dilation` and `t` have changed places",
        ),
        (
            but(CONV, ("t - k * dilation", "t - (len(W) - 1 - k) * dilation")),
            "the kernel flipped: W[0] on the oldest input",
            r"W is filled from the other end.*`W` is read from the other end",
        ),
        (but(CONV, ("k * dilation", "k")), "the dilation is not used", r"everywhere: the factor `dilation` is missing"),
        (
            but(CONV_SHIFTS, ("dxs[: T - lag] += ", "dxs[lag:] += ")),
            "xs' gradient is shifted as the forward pass is, not back",
            r"the term `k \* dilation` is missing",
        ),
        (
            but(CONV, ("            if s >= 0:\n", "            if True:\n")),
            "negative indices wrap round to the end",
            r"`range\(0, len\(xs\)\)` in place of `range\(k \* dilation, len\(x",
        ),
        (
            but(CONV, ("dys.sum((0, 1))", "dys.mean((0, 1))")),
            "bias averaged",
            r"mean in place of sum in `dys\.sum\(axis=\(0, 1\)\)`",
        ),
        (
            but(CONV_SHIFTS, ('np.einsum("tbc->c", dys)', "dys[(K - 1) * dilation:].sum((0, 1))")),
            "bias only where the whole kernel fits",
            None,
        ),
        (
            but(CONV, ("dxs[s] += ", "dxs[s] = ")),
            "= for +=: xs keep one tap alone",
            r"`=` in place of `\+=` for `dxs\[t - k \* dilation\]`",
        ),
        (
            but(CONV, ("k * dilation", "(k + 1) * dilation")),
            "strictly causal: the present input is left out",
            r"everywhere: `k \+ 1` in place of `k`",
        ),
        (
            but(CONV, ("t - k * dilation", "t - (k - len(W) // 2) * dilation"), ("if s >= 0", "if 0 <= s < T")),
            "centred kernel, padded on both sides",
            None,
        ),
        (
            but(CONV, ("dW[k] += ", "dW[k] = ")),
            "= for +=: W keeps the last step alone",
            r"`=` in place of `\+=` for `dW\[k\]`",
        ),
        (
            but(CONV, ("if s >= 0", "if s > 0")),
            "the first input is left out",
            r"`range\(k \* dilation \+ 1, len\(xs\)\)` in place of `range\(k \* ",
        ),
        (
            but(CONV_SHIFTS, ("dW[k] = ", "dW[K - 1 - k] = ")),
            "taps of dW in the reverse order, xs right",
            r"W is filled from the other end",
        ),
        (
            but(CONV_SHIFTS, ("xs[: T - lag]\n", "xs[lag:]\n")),
            "dW pairs without the lag",
            r"the term `k \* dilation` is missing",
        ),
        (
            but(
                CONV,
                (
                    "            s = t - k * dilation\n",
                    "            s = t - k * dilation\n            if s < 0:\n                return {'xs': dxs, 'W': dW, 'b': dys.sum((0, 1))}\n",
                ),
            ),
            "returns at the first step whose tap lies before the start",
            None,
        ),
        (
            but(CONV, ("k * dilation", "k"), ("dys.sum((0, 1))", "dys.mean((0, 1))")),
            "two at once: no dilation, and a bias averaged",
            r"mean in place of sum in `dys\.sum\(axis=\(0, 1\)\)`.*everywhere: the factor `dilation` is missing",
        ),
    ],
}

# -------------------------------------------------------------------------------------- linear_recurrence_backward
LINEAR = """
def answer(dhs, a, hs):
    da, db = np.zeros_like(a), np.zeros_like(dhs)
    carry = np.zeros_like(hs[0])
    for t in reversed(range(len(a))):
        db[t] = dhs[t] + carry
        da[t] = db[t] * hs[t]
        carry = a[t] * db[t]
    return {"a": da, "b": db, "h_0": carry}
"""
LINEAR_SCAN = """
def answer(dhs, a, hs):
    T = len(a)
    total, step = dhs.copy(), 1
    while step < T:
        nxt = total.copy()
        for s in range(T - step):
            p = 1.0
            for u in range(s + 1, s + step + 1):
                p = p * a[u]
            nxt[s] = total[s] + p * total[s + step]
        total, step = nxt, 2 * step
    return {"a": total * hs[:-1], "b": total, "h_0": a[0] * total[0]}
"""
LINEAR_PAIRS = """
def answer(dhs, a, hs):
    T = len(a)
    db = np.zeros(a.shape)
    for t in range(T):
        for s in range(t, T):
            db[t] += np.prod(a[t + 1 : s + 1], axis=0) * dhs[s]
    return {"a": db * hs[:T], "b": db, "h_0": db[0] * a[0]}
"""
CASES["linear_recurrence_backward"] = {
    "right": LINEAR,
    "styles": [LINEAR_SCAN, LINEAR_PAIRS],
    "wrong": [
        (
            but(LINEAR_PAIRS, ("hs[:T]", "hs[1:]")),
            "a pairs with h_t, not h_{t-1}",
            r"`hs\[t\]` in place of `hs\[t - 1\]`",
        ),
        (
            but(LINEAR, ("carry = a[t] *", "carry = a[t - 1] *")),
            "a one step too early on the way back",
            r"`a\[t - 2\]` in place of `a\[t - 1\]`",
        ),
        (
            but(LINEAR_PAIRS, ("a[t + 1 : s + 1]", "a[t : s + 1]")),
            "the product begins at a_t, one factor too many",
            r"`dh` is multiplied by `a\[t - 1\]`.*`dh \* hs\[t - 1\]` is multiplied by `a\[t - 1\]`.*another mistake as well",
        ),
        (
            but(LINEAR_PAIRS, ("a[t + 1 : s + 1]", "a[t + 1 : s]")),
            "the product ends at a_{s-1}, one factor too few",
            None,
        ),
        (
            but(LINEAR, ("dhs[t] + carry", "dhs[t]")),
            "nothing comes back from the future",
            r"the term `future` is missing",
        ),
        (
            but(LINEAR_PAIRS, ('"b": db,', '"b": dhs,')),
            "b gets the losses' gradient alone, though a is right",
            r"`dhs` in place of `db`",
        ),
        (but(LINEAR_PAIRS, ("db[0] * a[0]", "db[0]")), "h_0 stops before a_1", r"`dh` in place of `future`"),
        (but(LINEAR, ("carry = a", "carry += a")), "the carry piles up", r"`future` is added to `dh \* a\[t - 1\]`"),
        (
            but(LINEAR_PAIRS, ('"a": db * hs[:T]', '"a": np.sum(db * hs[:T], axis=0)')),
            "a summed over time, as for a shared parameter",
            None,
        ),
        (
            but(
                LINEAR_PAIRS,
                (
                    "np.prod(a[t + 1 : s + 1], axis=0) * dhs[s]",
                    "np.prod(a[t + 1 : s + 1], axis=0) * dhs[s] * (s == T - 1)",
                ),
            ),
            "only the last loss counts",
            r"of `dhs` the last step alone counts",
        ),
        (
            but(LINEAR, ("carry = a[t] * db[t]", "carry = a[t] * carry + db[t]")),
            "the own gradient is handed back without a, only the carry passes it",
            None,
        ),
        (
            but(LINEAR, ("reversed(range(len(a)))", "range(len(a))")),
            "the sweep goes forwards in time",
            r"the loop runs the other way",
        ),
        (
            but(LINEAR, ("db[t] * hs[t]", "dhs[t] * hs[t]")),
            "a gets the loss's gradient of its own step alone",
            r"in this use of `dh` alone: the term `future` is missing",
        ),
        (
            but(LINEAR_PAIRS, ('"b": db,', '"b": db * (1 - a),')),
            "b multiplied by 1 - a, as if h = a h + (1 - a) b",
            r"`dh` is multiplied by `\(1 - a\[t - 1\]\)`",
        ),
        (
            but(
                LINEAR,
                ("db[t] * hs[t]", "db[t] * hs[t] * (1 - hs[t + 1] ** 2)"),
                ("carry = a[t] * db[t]", "carry = a[t] * db[t] * (1 - hs[t + 1] ** 2)"),
            ),
            "a tanh's slope, where there is no tanh",
            None,
        ),
        (
            but(LINEAR, ("db[t] * hs[t]", "db[t] * hs[t + 1]"), ('"h_0": carry', '"h_0": db[0]')),
            "two at once: a with h_t, and h_0 before a_1",
            r"`hs\[t\]` in place of `hs\[t - 1\]`.*`dh` in place of `future`",
        ),
    ],
}
