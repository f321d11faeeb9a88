"""A second set of wrong answers, written from the statements alone, before their writer had seen the engine.

The folded hints stand in the statements' cells and were seen too; solutions, operators and the other sets were not.
For every exercise four complete programs as a student might hand them in, each with what went wrong in it, and a right
one of the same hand. Each source defines `answer` and needs only `np`. The third entry of a case was added after the
checker had been run: a regular expression that its name for the mistake must match, or None where it gives no name.
"""

RIGHT = {}
CASES = {}

RIGHT["rnn_forward"] = """
def answer(xs, h_0, W_xh, W_hh, b_h):
    states = []
    h = h_0
    for x in xs:
        h = np.tanh(x @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.stack(states)
"""
CASES["rnn_forward"] = [
    (
        """
def answer(xs, h_0, W_xh, W_hh, b_h):
    T = len(xs)
    hidden = [h_0]
    for t in range(T):
        hidden.append(np.tanh(xs[t] @ W_xh + hidden[t] @ W_hh + b_h))
    return np.array(hidden[:-1])
""",
        "the list begins with h_0 and its last state was cut off, so that all states are a step late",
        r"`hs\[t\] = h` comes before",
    ),
    (
        """
def answer(xs, h_0, W_xh, W_hh, b_h):
    # all input products in one go
    drive = np.einsum("tbd,dh->tbh", xs, W_xh) + b_h
    out = np.empty(drive.shape)
    prev = h_0
    for t in range(drive.shape[0]):
        prev = drive[t] + prev @ W_hh
        out[t] = np.tanh(prev)
    return out
""",
        "the sum before tanh is carried to the next step, not the state",
        r"np\.tanh` is applied in `hs\[t\] = h` alone",
    ),
    (
        """
def answer(xs, h_0, W_xh, W_hh, b_h):
    hs = np.zeros((xs.shape[0], xs.shape[1], W_hh.shape[0]))
    for t in range(xs.shape[0]):
        hs[t] = np.tanh(xs[t] @ W_xh + hs[t - 1] @ W_hh + b_h)
    return hs
""",
        "h_0 is never used: the first step reads hs[-1], which is still zero",
        r"value of `h` is left at 0",
    ),
    (
        """
def answer(xs, h_0, W_xh, W_hh, b_h):
    T, B, D = xs.shape
    H = h_0.shape[1]
    hs = np.zeros((T, B, H))
    for b in range(B):
        h = h_0[b]
        for t in range(T):
            h = np.tanh(W_xh.T @ xs[t, b] + W_hh @ h + b_h)
            hs[t, b] = h
    return hs
""",
        "W_hh stands on the left of the state, so it is transposed",
        r"`W_hh\.T` in place of `W_hh`",
    ),
]

RIGHT["readout_backward"] = """
def answer(dys, hs, W_hy):
    return {"hs": dys @ W_hy.T, "W_hy": np.einsum("tbh,tbv->hv", hs, dys), "b_y": dys.sum((0, 1))}
"""
CASES["readout_backward"] = [
    (
        """
def answer(dys, hs, W_hy):
    T, B, V = dys.shape
    dhs = np.zeros_like(hs)
    for t in range(T):
        dhs[t] = dys[t] @ W_hy.T
        dW = hs[t].T @ dys[t]
        db = dys[t].sum(axis=0)
    return {"hs": dhs, "W_hy": dW, "b_y": db}
""",
        "both parameters are overwritten in every round, so only the last step counts",
        r"`=` in place of `\+=` for `dW_hy`.*last step alone",
    ),
    (
        """
def answer(dys, hs, W_hy):
    B = dys.shape[1]
    grads = {"hs": np.einsum("tbv,hv->tbh", dys, W_hy)}
    grads["W_hy"] = np.einsum("tbh,tbv->hv", hs, dys) / B
    grads["b_y"] = dys.sum(axis=0).mean(axis=0)
    return grads
""",
        "both parameter gradients are averaged over the batch",
        r"b_y: mean in place of sum.*W_hy is divided by B",
    ),
    (
        """
def answer(dys, hs, W_hy):
    dhs = []
    dW_hy = np.zeros(W_hy.shape)
    db_y = np.zeros(W_hy.shape[1])
    for dy, h in zip(dys, hs):
        dhs.append((dy @ W_hy.T) * (1 - h * h))
        dW_hy += h.T @ dy
        db_y += dy.sum(0)
    return {"hs": np.array(dhs), "W_hy": dW_hy, "b_y": db_y}
""",
        "the slope of tanh was already applied to the states' gradient",
        r"multiplied by `\(1 - hs",
    ),
    (
        """
def answer(dys, hs, W_hy):
    T = dys.shape[0]
    dhs = np.zeros_like(hs)
    dW = np.zeros_like(W_hy)
    db = np.zeros(W_hy.shape[1])
    for t in range(1, T):
        dhs[t] = dys[t] @ W_hy.T
        dW += hs[t].T @ dys[t]
        db += dys[t].sum(axis=0)
    return {"hs": dhs, "W_hy": dW, "b_y": db}
""",
        "the loop begins at 1 and leaves out the first step",
        None,
    ),
]

RIGHT["rnn_step_backward"] = """
def answer(dh, x, h_prev, h, W_xh, W_hh):
    da = dh * (1 - h**2)
    return {"x": da @ W_xh.T, "h_prev": da @ W_hh.T, "W_xh": x.T @ da, "W_hh": h_prev.T @ da, "b_h": da.sum(0)}
"""
CASES["rnn_step_backward"] = [
    (
        """
def answer(dh, x, h_prev, h, W_xh, W_hh):
    delta = dh * (1 - np.tanh(h) ** 2)
    g = {}
    g["x"] = delta.dot(W_xh.T)
    g["h_prev"] = delta.dot(W_hh.T)
    g["W_xh"] = x.T.dot(delta)
    g["W_hh"] = h_prev.T.dot(delta)
    g["b_h"] = delta.sum(axis=0)
    return g
""",
        "tanh is taken again of h, which is already the activated value",
        r"tanh′ is taken of `h` as if",
    ),
    (
        """
def answer(dh, x, h_prev, h, W_xh, W_hh):
    back = dh * (1 - h_prev**2)
    dx = back @ W_xh.T
    dhp = back @ W_hh.T
    dWx = np.einsum("bd,bh->dh", x, back)
    dWh = np.einsum("bk,bh->kh", h_prev, back)
    return dict(x=dx, h_prev=dhp, W_xh=dWx, W_hh=dWh, b_h=back.sum(axis=0))
""",
        "the slope is taken at the old state instead of the new one",
        r"`h_prev` in place of `h`",
    ),
    (
        """
def answer(dh, x, h_prev, h, W_xh, W_hh):
    B = len(dh)
    dx, dh_prev = np.zeros_like(x), np.zeros_like(h_prev)
    dW_xh, dW_hh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    for b in range(B):
        da = dh[b] * (1 - h[b] ** 2)
        dx[b] = W_xh @ da
        dh_prev[b] = W_hh @ da
        dW_xh += np.outer(x[b], da)
        dW_hh += np.outer(da, h_prev[b])
        db += da
    return {"x": dx, "h_prev": dh_prev, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db}
""",
        "the outer product for W_hh has its two factors exchanged",
        r"W_hh is transposed",
    ),
    (
        """
def answer(dh, x, h_prev, h, W_xh, W_hh):
    da = (1 - h**2) * dh
    return {
        "x": da @ W_xh.T,
        "h_prev": dh @ W_hh.T,
        "W_xh": x.T @ da,
        "W_hh": h_prev.T @ da,
        "b_h": np.sum(dh, axis=0),
    }
""",
        "h_prev and the bias got dh instead of da, that is without the slope",
        r"^`dh` in place of `da` And: `dh` in place of `da`$",
    ),
]

RIGHT["rnn_backward"] = """
def answer(dhs, xs, hs, W_xh, W_hh):
    T = len(xs)
    dxs, dWx, dWh, db = np.zeros_like(xs), 0, 0, 0
    nxt = np.zeros_like(hs[0])
    for t in reversed(range(T)):
        da = (dhs[t] + nxt) * (1 - hs[t + 1] ** 2)
        dWx = dWx + xs[t].T @ da
        dWh = dWh + hs[t].T @ da
        db = db + da.sum(0)
        dxs[t] = da @ W_xh.T
        nxt = da @ W_hh.T
    return {"xs": dxs, "h_0": nxt, "W_xh": dWx, "W_hh": dWh, "b_h": db}
"""
CASES["rnn_backward"] = [
    (
        """
def answer(dhs, xs, hs, W_xh, W_hh):
    T = dhs.shape[0]
    dWx, dWh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[0])
    dxs = np.zeros_like(xs)
    carry = np.zeros_like(hs[0])
    for t in range(T - 1, -1, -1):
        dz = (dhs[t] + carry) * (1 - hs[t] ** 2)
        dWx += xs[t].T @ dz
        dWh += hs[t].T @ dz
        db += dz.sum(axis=0)
        dxs[t] = dz @ W_xh.T
        carry = dz @ W_hh.T
    return dict(xs=dxs, h_0=carry, W_xh=dWx, W_hh=dWh, b_h=db)
""",
        "the slope uses hs[t], the old state, because hs is one longer than xs",
        r"`hs\[t - 1\]` in place of `hs\[t\]`",
    ),
    (
        """
def answer(dhs, xs, hs, W_xh, W_hh):
    steps = len(dhs)
    das = np.zeros_like(dhs)
    future = 0 * hs[0]
    for t in range(steps, 0, -1):
        da = (dhs[t - 1] + future) * (1 - hs[t] ** 2)
        das[t - 1] = da
        future = da @ W_hh.T
    return {
        "xs": np.einsum("tbh,dh->tbd", das, W_xh),
        "h_0": future,
        "W_xh": np.einsum("tbd,tbh->dh", xs, das),
        "W_hh": np.einsum("tbk,tbh->kh", hs[1:], das),
        "b_h": das.sum(axis=(0, 1)),
    }
""",
        "W_hh is paired with the new states hs[1:] instead of the old ones",
        r"`hs\[t\]` in place of `hs\[t - 1\]`",
    ),
    (
        """
def answer(dhs, xs, hs, W_xh, W_hh):
    T = dhs.shape[0]
    dxs = np.zeros_like(xs)
    dW_xh = np.zeros_like(W_xh)
    dW_hh = np.zeros_like(W_hh)
    db_h = np.zeros(W_hh.shape[1])
    future = np.zeros_like(hs[0])
    for t in range(T, 0, -1):
        da = dhs[t - 1] * (1 - hs[t] ** 2) + future
        dxs[t - 1] = da @ W_xh.T
        dW_xh += xs[t - 1].T @ da
        dW_hh += hs[t - 1].T @ da
        db_h += da.sum(axis=0)
        future = da @ W_hh.T
    return {"xs": dxs, "h_0": future, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h}
""",
        "the future is added after the slope, so it does not go through tanh",
        None,
    ),
    (
        """
def answer(dhs, xs, hs, W_xh, W_hh):
    T = dhs.shape[0]
    grads = {"xs": np.zeros_like(xs), "W_xh": np.zeros_like(W_xh), "W_hh": np.zeros_like(W_hh), "b_h": np.zeros(len(W_hh))}
    dh = np.zeros_like(hs[0])
    for t in range(T, 0, -1):
        dh = dh + dhs[t - 1]
        da = dh * (1 - hs[t] ** 2)
        grads["xs"][t - 1] = da @ W_xh.T
        grads["W_xh"] += xs[t - 1].T @ da
        grads["W_hh"] += hs[t - 1].T @ da
        grads["b_h"] += da.sum(0)
        dh = dh + da @ W_hh.T
    grads["h_0"] = dh
    return grads
""",
        "the carried gradient is added to instead of replaced, as if there were a skip connection over time",
        r"`dh` is added to `da @ W_hh\.T`",
    ),
]

RIGHT["leaky_backward"] = """
def answer(p, xs, hs, cs, alpha, from_loss):
    g = {k: np.zeros_like(p[k]) for k in ("W_xh", "W_hh", "b_h")}
    dh = np.zeros_like(hs[0])
    for t in reversed(range(len(xs))):
        dh = dh + from_loss[t]
        da = alpha * dh * (1 - cs[t] ** 2)
        g["W_xh"] += xs[t].T @ da
        g["W_hh"] += hs[t].T @ da
        g["b_h"] += da.sum(0)
        dh = da @ p["W_hh"].T + (1 - alpha) * dh
    g["h_0"] = dh
    return g
"""
CASES["leaky_backward"] = [
    (
        """
def answer(p, xs, hs, cs, alpha, from_loss):
    T = len(xs)
    dWx, dWh, db = np.zeros_like(p["W_xh"]), np.zeros_like(p["W_hh"]), np.zeros_like(p["b_h"])
    future = np.zeros_like(hs[0])
    for t in range(T - 1, -1, -1):
        dh = from_loss[t] + future
        da = dh * (1 - cs[t] ** 2)
        dWx += xs[t].T @ da
        dWh += hs[t].T @ da
        db += da.sum(axis=0)
        future = da @ p["W_hh"].T + (1 - alpha) * dh
    return {"W_xh": dWx, "W_hh": dWh, "b_h": db, "h_0": future}
""",
        "alpha is forgotten on the way into the candidate",
        r"factor `alpha` is missing",
    ),
    (
        """
def answer(p, xs, hs, cs, alpha, from_loss):
    das = []
    back = np.zeros_like(from_loss[0])
    for t in range(len(xs))[::-1]:
        dh = back + from_loss[t]
        da = alpha * dh * (1 - cs[t] ** 2)
        das.insert(0, da)
        back = da @ p["W_hh"].T + dh
    das = np.array(das)
    return {
        "W_xh": np.einsum("tbd,tbh->dh", xs, das),
        "W_hh": np.einsum("tbk,tbh->kh", hs[:-1], das),
        "b_h": das.sum((0, 1)),
        "h_0": back,
    }
""",
        "what goes past the matrix is not multiplied by 1 - alpha",
        r"factor `1 - alpha` is missing",
    ),
    (
        """
def answer(p, xs, hs, cs, alpha, from_loss):
    T = len(xs)
    grads = {name: np.zeros_like(p[name]) for name in p}
    future = np.zeros_like(hs[0])
    for t in range(T, 0, -1):
        dh = from_loss[t - 1] + future
        dc = alpha * dh
        da = dc * (1 - cs[t - 1] ** 2)
        grads["W_xh"] += xs[t - 1].T @ da
        grads["W_hh"] += cs[t - 2].T @ da if t > 1 else hs[0].T @ da
        grads["b_h"] += da.sum(axis=0)
        future = (1 - alpha) * dh + da @ p["W_hh"].T
    grads["h_0"] = future
    return grads
""",
        "W_hh is paired with the old candidate c instead of the old state h",
        r"`cs` of the same step in place of `hs\[t - 1\]`",
    ),
    (
        """
def answer(p, xs, hs, cs, alpha, from_loss):
    W = p["W_hh"]
    dW_xh, dW_hh, db_h = 0, 0, 0
    dh_next = np.zeros_like(hs[0])
    for t in range(len(xs) - 1, -1, -1):
        dh = from_loss[t] + dh_next
        da = alpha * (1 - cs[t] ** 2) * dh
        dW_xh = dW_xh + xs[t].T @ da
        dW_hh = dW_hh + hs[t].T @ da
        db_h = db_h + da.sum(axis=0)
        dh_next = (1 - alpha) * dh + alpha * (da @ W.T)
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "h_0": dh_next}
""",
        "alpha is applied twice on the way through the matrix",
        r"W_hh'\]\.T` is multiplied by `alpha`",
    ),
]

RIGHT["truncated_backward"] = """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    g = {"W_xh": np.zeros_like(W_xh), "W_hh": np.zeros_like(W_hh), "b_h": np.zeros(len(W_hh))}
    for start in range(0, len(xs), k):
        nxt = np.zeros_like(hs[0])
        for t in reversed(range(start, min(start + k, len(xs)))):
            da = (dhs[t] + nxt) * (1 - hs[t + 1] ** 2)
            g["W_xh"] += xs[t].T @ da
            g["W_hh"] += hs[t].T @ da
            g["b_h"] += da.sum(0)
            nxt = da @ W_hh.T
    return g
"""
CASES["truncated_backward"] = [
    (
        """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    T = len(dhs)
    dWx, dWh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[0])
    future = np.zeros_like(hs[0])
    for t in range(T - 1, -1, -1):
        if t % k == 0:
            future = np.zeros_like(hs[0])
        da = (dhs[t] + future) * (1 - hs[t + 1] ** 2)
        dWx += xs[t].T @ da
        dWh += hs[t].T @ da
        db += da.sum(axis=0)
        future = da @ W_hh.T
    return {"W_xh": dWx, "W_hh": dWh, "b_h": db}
""",
        "t counts from 0 here, so the reset comes one step too early in the window: the seams are a step off",
        r"`t - 1` in place of `t`",
    ),
    (
        """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    T = dhs.shape[0]
    out = {"W_xh": np.zeros_like(W_xh), "W_hh": np.zeros_like(W_hh), "b_h": np.zeros(W_hh.shape[1])}
    for end in range(T, 0, -k):
        future = np.zeros_like(hs[0])
        for t in range(end, max(end - k, 0), -1):
            da = (dhs[t - 1] + future) * (1 - hs[t] ** 2)
            out["W_xh"] += xs[t - 1].T @ da
            out["W_hh"] += hs[t - 1].T @ da
            out["b_h"] += da.sum(axis=0)
            future = da @ W_hh.T
    return out
""",
        "the windows are counted from the end of the sequence, so that the first one is the short one",
        r"counted from the end",
    ),
    (
        """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    T = dhs.shape[0]
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[1])
    n_windows = T // k
    for w in range(n_windows):
        carry = np.zeros_like(hs[0])
        for t in reversed(range(w * k, (w + 1) * k)):
            da = (dhs[t] + carry) * (1 - hs[t + 1] ** 2)
            dW_xh += xs[t].T @ da
            dW_hh += hs[t].T @ da
            db_h += da.sum(0)
            carry = da @ W_hh.T
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h}
""",
        "the last, shorter window is left out because T // k rounds down",
        r"only whole multiples of `k`",
    ),
    (
        """
def answer(dhs, xs, hs, W_xh, W_hh, k):
    T = dhs.shape[0]
    gx, gh, gb = 0.0, 0.0, 0.0
    for s in range(0, T, k):
        e = min(s + k, T)
        start_state = np.zeros_like(hs[0])
        past = np.concatenate([start_state[None], hs[s + 1 : e]])
        new = hs[s + 1 : e + 1]
        future = np.zeros_like(hs[0])
        for j in range(e - s - 1, -1, -1):
            da = (dhs[s + j] + future) * (1 - new[j] ** 2)
            gx = gx + xs[s + j].T @ da
            gh = gh + past[j].T @ da
            gb = gb + da.sum(axis=0)
            future = da @ W_hh.T
    return {"W_xh": gx, "W_hh": gh, "b_h": gb}
""",
        "the state is set to zero at each seam as well, so W_hh misses the first old state of every window",
        None,
    ),
]

RIGHT["cross_entropy_backward"] = """
def answer(ys, targets):
    N = len(ys)
    e = np.exp(ys - ys.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    p[np.arange(N), targets] -= 1
    return p / N
"""
CASES["cross_entropy_backward"] = [
    (
        """
def answer(ys, targets):
    N, V = ys.shape
    shifted = ys - np.max(ys, axis=1, keepdims=True)
    probs = np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)
    onehot = np.eye(V)[targets]
    return (probs - onehot) / (N * V)
""",
        "it is divided by N times V, the number of entries, instead of N",
        r"divided by V",
    ),
    (
        """
def answer(ys, targets):
    N = ys.shape[0]
    dys = np.zeros_like(ys)
    for n in range(N):
        e = np.exp(ys[n] - ys[n].max())
        p = e / e.sum()
        dys[n, targets[n]] = (p[targets[n]] - 1) / N
    return dys
""",
        "only the right class gets a gradient, the others stay zero",
        r"`p` is multiplied by `right`",
    ),
    (
        """
def answer(ys, targets):
    z = ys - ys.max(axis=1, keepdims=True)
    e = np.exp(z)
    p = e / e.sum(axis=1, keepdims=True)
    y = np.zeros_like(p)
    y[np.arange(len(ys)), targets] = 1
    return (y - p) / len(ys)
""",
        "the sign is turned round: target minus probability",
        r"`right - p` in place of `p - right`",
    ),
    (
        """
def answer(ys, targets):
    N = len(ys)
    e = np.exp(ys - ys.max())
    p = e / e.sum()
    p[np.arange(N), targets] -= 1
    return p / N
""",
        "softmax is taken over the whole array instead of each row",
        r"axis None in place of 1.*axis None in place of 1",
    ),
]

RIGHT["padded_backward"] = """
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    T = len(xs)
    dxs, dWx, dWh, db = np.zeros_like(xs), np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    nxt = np.zeros_like(hs[0])
    for t in reversed(range(T)):
        m = (t < lengths)[:, None].astype(float)
        dh = nxt + m * dhs[t]
        da = m * dh * (1 - hs[t + 1] ** 2)
        dWx += xs[t].T @ da
        dWh += hs[t].T @ da
        db += da.sum(0)
        dxs[t] = da @ W_xh.T
        nxt = da @ W_hh.T + (1 - m) * dh
    return {"xs": dxs, "h_0": nxt, "W_xh": dWx, "W_hh": dWh, "b_h": db}
"""
CASES["padded_backward"] = [
    (
        """
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    T, B, D = xs.shape
    dxs = np.zeros_like(xs)
    dWx, dWh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[0])
    future = np.zeros_like(hs[0])
    for t in range(T, 0, -1):
        mask = (t < lengths).astype(float)[:, None]
        dh = dhs[t - 1] * mask + future
        da = dh * (1 - hs[t] ** 2) * mask
        dxs[t - 1] = da @ W_xh.T
        dWx += xs[t - 1].T @ da
        dWh += hs[t - 1].T @ da
        db += da.sum(axis=0)
        future = da @ W_hh.T + dh * (1 - mask)
    return dict(xs=dxs, h_0=future, W_xh=dWx, W_hh=dWh, b_h=db)
""",
        "t < lengths with t from 1: the last real step of every sequence counts as padding",
        r"`t < lengths` in place of `t <= lengths`",
    ),
    (
        """
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    T = len(xs)
    valid = np.arange(T)[:, None] < lengths[None, :]
    das = np.zeros_like(dhs)
    future = np.zeros_like(hs[0])
    for t in reversed(range(T)):
        m = valid[t][:, None]
        dh = dhs[t] + future
        das[t] = np.where(m, dh * (1 - hs[t + 1] ** 2), 0)
        future = np.where(m, das[t] @ W_hh.T, dh)
    return {
        "xs": das @ W_xh.T,
        "h_0": future,
        "W_xh": np.einsum("tbd,tbh->dh", xs, das),
        "W_hh": np.einsum("tbk,tbh->kh", hs[:-1], das),
        "b_h": das.sum((0, 1)),
    }
""",
        "dhs is not masked on padding, so it walks back into the last real step",
        r"`dhs\[t - 1\]` in place of `np\.where\(real, dhs",
    ),
    (
        """
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    T, B, _ = xs.shape
    g = {"xs": np.zeros_like(xs), "h_0": np.zeros_like(hs[0]), "W_xh": np.zeros_like(W_xh), "W_hh": np.zeros_like(W_hh), "b_h": np.zeros(W_hh.shape[0])}
    for b in range(B):
        carry = np.zeros(W_hh.shape[0])
        for t in range(T - 1, -1, -1):
            if t > lengths[b]:
                continue
            da = (dhs[t, b] + carry) * (1 - hs[t + 1, b] ** 2)
            g["xs"][t, b] = W_xh @ da
            g["W_xh"] += np.outer(xs[t, b], da)
            g["W_hh"] += np.outer(hs[t, b], da)
            g["b_h"] += da
            carry = W_hh @ da
        g["h_0"][b] = carry
    return g
""",
        "one padded step too many is treated as real: t > length with t from 0",
        r"`t <= lengths \+ 1` in place of `t <= lengths`",
    ),
    (
        """
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    T = len(dhs)
    dxs = np.zeros_like(xs)
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(len(W_hh))
    future = np.zeros_like(hs[0])
    for t in range(T, 0, -1):
        real = (t <= lengths)[:, None]
        dh = real * dhs[t - 1] + future
        da = dh * (1 - hs[t] ** 2)
        dxs[t - 1] = real * (da @ W_xh.T)
        dW_xh += xs[t - 1].T @ (real * da)
        dW_hh += hs[t - 1].T @ (real * da)
        db_h += da.sum(axis=0) / real.sum() if real.any() else 0
        future = real * (da @ W_hh.T)
    return {"xs": dxs, "h_0": future, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h}
""",
        "the bias is averaged over the real rows of each step instead of summed",
        None,
    ),
]

RIGHT["clip_by_global_norm"] = """
def answer(grads, theta):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return [g * min(1.0, theta / norm) if norm > 0 else g.copy() for g in grads]
"""
CASES["clip_by_global_norm"] = [
    (
        """
def answer(grads, theta):
    clipped = []
    for g in grads:
        norm = np.sqrt((g * g).sum())
        if norm > theta:
            clipped.append(g * theta / norm)
        else:
            clipped.append(g.copy())
    return clipped
""",
        "each array is clipped by its own norm",
        r"for every array of `grads` by itself",
    ),
    (
        """
def answer(grads, theta):
    total = 0
    for g in grads:
        total += np.linalg.norm(g)
    scale = 1.0 if total <= theta else theta / total
    return [scale * g for g in grads]
""",
        "the norms of the arrays are added instead of their squares",
        r"`sum\(np\.sqrt\(squares\)\)` in place of",
    ),
    (
        """
def answer(grads, theta):
    flat = np.concatenate([g.ravel() for g in grads])
    length = np.sqrt(np.dot(flat, flat))
    return [theta * g / length for g in grads]
""",
        "the condition is missing: short gradients are lengthened to theta as well",
        r"`norm > theta` always holds",
    ),
    (
        """
def answer(grads, theta):
    sq = sum(float(np.sum(np.square(g))) for g in grads)
    if sq > theta:
        factor = theta / np.sqrt(sq)
    else:
        factor = 1
    return [g * factor for g in grads]
""",
        "the squared norm is compared with theta, so that some short gradients are scaled (or long ones kept)",
        None,
    ),
]

RIGHT["adam_step"] = """
def answer(p, g, m, v, n, lr):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    return p - lr * (m / (1 - 0.9**n)) / (np.sqrt(v / (1 - 0.999**n)) + 1e-8), m, v
"""
CASES["adam_step"] = [
    (
        """
def answer(p, g, m, v, n, lr):
    b1, b2, eps = 0.9, 0.999, 1e-8
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    m = m / (1 - b1**n)
    v = v / (1 - b2**n)
    p = p - lr * m / (np.sqrt(v) + eps)
    return p, m, v
""",
        "the corrected means are returned instead of the running ones",
        r"m: `m_hat` in place of `m_new`; v: `v_hat` in place of `v_new`",
    ),
    (
        """
def answer(p, g, m, v, n, lr):
    beta1, beta2 = 0.9, 0.999
    new_m = beta1 * m + (1 - beta1) * g
    new_v = beta2 * v + (1 - beta2) * new_m**2
    mhat = new_m / (1 - beta1**n)
    vhat = new_v / (1 - beta2**n)
    return p - lr * mhat / (np.sqrt(vhat) + 1e-8), new_m, new_v
""",
        "v takes the square of m instead of the gradient",
        r"`m_new` in place of `g`",
    ),
    (
        """
def answer(p, g, m, v, n, lr):
    m1 = 0.9 * m + 0.1 * g
    v1 = 0.999 * v + 0.001 * g**2
    m_hat = m1 / (1 - 0.9 ** (n + 1))
    v_hat = v1 / (1 - 0.999 ** (n + 1))
    p1 = p - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    return (p1, m1, v1)
""",
        "n is counted as if from 0, so the correction uses n + 1",
        r"everywhere: `n \+ 1` in place of `n`",
    ),
    (
        """
def answer(p, g, m, v, n, lr):
    m_next = 0.9 * m + 0.1 * g
    v_next = 0.999 * v + 0.001 * g**2
    step = m_next / (np.sqrt(v_next) + 1e-8)
    return p - lr * step, m_next, v_next
""",
        "both bias corrections are missing",
        r"`1 - 0\.9 \*\* n` is missing.*`1 - 0\.999 \*\* n` is missing",
    ),
]

RIGHT["lstm_step"] = """
def answer(x, h_prev, c_prev, W_xh, W_hh, b_h):
    a = np.split(x @ W_xh + h_prev @ W_hh + b_h, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-a[j])) for j in (0, 1, 3))
    g = np.tanh(a[2])
    c = f * c_prev + i * g
    return o * np.tanh(c), c, i, f, g, o
"""
CASES["lstm_step"] = [
    (
        """
def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))

def answer(x, h_prev, c_prev, W_xh, W_hh, b_h):
    H = h_prev.shape[1]
    a = x @ W_xh + h_prev @ W_hh + b_h
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H : 2 * H])
    o = sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c, i, f, g, o
""",
        "the blocks are read in the order i, f, o, g",
        r"`a_g` and `a_o` have changed places",
    ),
    (
        """
def answer(x, h_prev, c_prev, W_xh, W_hh, b_h):
    sigma = lambda a: 1 / (1 + np.exp(-a))
    ai, af, ag, ao = np.split(x.dot(W_xh) + h_prev.dot(W_hh) + b_h, 4, axis=-1)
    i, f, g, o = sigma(ai), sigma(af), np.tanh(ag), sigma(ao)
    c = f * c_prev + i * g
    h = o * c
    return h, c, i, f, g, o
""",
        "h is o times c without the tanh",
        r"`tanh` is missing in `np\.tanh\(c\)`",
    ),
    (
        """
def answer(x, h_prev, c_prev, W_xh, W_hh, b_h):
    def s(z):
        return 1 / (1 + np.exp(z))
    z = np.matmul(x, W_xh) + np.matmul(h_prev, W_hh) + b_h
    H = z.shape[1] // 4
    i, f, g, o = s(z[:, 0:H]), s(z[:, H:2*H]), np.tanh(z[:, 2*H:3*H]), s(z[:, 3*H:4*H])
    c = c_prev * f + g * i
    return (o * np.tanh(c), c, i, f, g, o)
""",
        "the sigmoid has the wrong sign in its exponent",
        r"everywhere: the sign inside `sigmoid",
    ),
    (
        """
def answer(x, h_prev, c_prev, W_xh, W_hh, b_h):
    a = x @ W_xh + h_prev @ W_hh + b_h
    gates = 1 / (1 + np.exp(-a))
    i, f, g, o = np.split(gates, 4, axis=1)
    g = np.tanh(g)
    c = f * c_prev + i * g
    return o * np.tanh(c), c, i, f, g, o
""",
        "g goes through the sigmoid first and then through tanh",
        None,
    ),
]

RIGHT["lstm_step_backward"] = """
def answer(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    tc = np.tanh(c)
    dc = dc + dh * o * (1 - tc**2)
    da = np.hstack([dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * (1 - g**2), dh * tc * o * (1 - o)])
    return {"x": da @ W_xh.T, "h_prev": da @ W_hh.T, "c_prev": dc * f, "W_xh": x.T @ da, "W_hh": h_prev.T @ da, "b_h": da.sum(0)}
"""
CASES["lstm_step_backward"] = [
    (
        """
def answer(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    do = dh * np.tanh(c)
    dct = dh * o * (1 - np.tanh(c) ** 2)
    di, df, dg = dct * g, dct * c_prev, dct * i
    dai = di * i * (1 - i)
    daf = df * f * (1 - f)
    dag = dg * (1 - g**2)
    dao = do * o * (1 - o)
    da = np.concatenate([dai, daf, dag, dao], axis=1)
    return {"x": da @ W_xh.T, "h_prev": da @ W_hh.T, "c_prev": dct * f + dc * f, "W_xh": x.T @ da, "W_hh": h_prev.T @ da, "b_h": da.sum(axis=0)}
""",
        "the gates get only what comes through h; dc from the next step reaches c_prev alone",
        r"^b_h, x, h_prev, W_xh, W_hh: the term `dc` is missing",
    ),
    (
        """
def answer(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    dcell = dc + dh * o * (1 - np.tanh(c) ** 2)
    d_i = dcell * g * i * (1 - i)
    d_f = dcell * c * f * (1 - f)
    d_g = dcell * i * (1 - g * g)
    d_o = dh * np.tanh(c) * o * (1 - o)
    d = np.hstack((d_i, d_f, d_g, d_o))
    out = {}
    out["x"] = d.dot(W_xh.T)
    out["h_prev"] = d.dot(W_hh.T)
    out["c_prev"] = dcell * f
    out["W_xh"] = x.T.dot(d)
    out["W_hh"] = h_prev.T.dot(d)
    out["b_h"] = d.sum(0)
    return out
""",
        "the forget gate is multiplied by the new c instead of c_prev",
        r"`c` in place of `c_prev`",
    ),
    (
        """
def answer(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    H = dh.shape[1]
    dc_total = dc + dh * o * (1 - c**2)
    da = np.zeros((dh.shape[0], 4 * H))
    da[:, :H] = dc_total * g * i * (1 - i)
    da[:, H:2*H] = dc_total * c_prev * f * (1 - f)
    da[:, 2*H:3*H] = dc_total * i * (1 - g**2)
    da[:, 3*H:] = dh * np.tanh(c) * o * (1 - o)
    return dict(x=da @ W_xh.T, h_prev=da @ W_hh.T, c_prev=dc_total * f, W_xh=x.T @ da, W_hh=h_prev.T @ da, b_h=da.sum(axis=0))
""",
        "the slope of tanh at c is written 1 - c**2, though c is stored before its tanh",
        r"`c` in place of `tanh_c`",
    ),
    (
        """
def answer(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    tanh_c = np.tanh(c)
    dc += dh * o * (1 - tanh_c**2)
    dgates = [dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dc * i * g * (1 - g), dh * tanh_c * o * (1 - o)]
    da = np.concatenate(dgates, axis=1)
    dW_xh = np.einsum("bd,bk->dk", x, da)
    dW_hh = np.einsum("bh,bk->hk", h_prev, da)
    return {"x": da @ W_xh.T, "h_prev": da @ W_hh.T, "c_prev": f * dc, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": np.sum(da, axis=0)}
""",
        "g got the sigmoid's slope g (1 - g) like the other three (and dc is changed in place)",
        None,
    ),
]

RIGHT["gru_step_backward"] = """
def answer(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    dan = dh * (1 - z) * (1 - n**2)
    dar = dan * zh_n * r * (1 - r)
    daz = dh * (h_prev - n) * z * (1 - z)
    ax, ah = np.hstack([dar, daz, dan]), np.hstack([dar, daz, dan * r])
    return {"x": ax @ W_xh.T, "h_prev": ah @ W_hh.T + dh * z, "W_xh": x.T @ ax, "W_hh": h_prev.T @ ah, "b_h": ax.sum(0), "b_hn": (dan * r).sum(0)}
"""
CASES["gru_step_backward"] = [
    (
        """
def answer(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    dn = dh * (1 - z)
    dz = dh * (n - h_prev)
    da_n = dn * (1 - n**2)
    dr = da_n * zh_n
    da_r = dr * r * (1 - r)
    da_z = dz * z * (1 - z)
    dx_side = np.concatenate([da_r, da_z, da_n], axis=1)
    dh_side = np.concatenate([da_r, da_z, da_n * r], axis=1)
    return {
        "x": dx_side @ W_xh.T,
        "h_prev": dh_side @ W_hh.T + dh * z,
        "W_xh": x.T @ dx_side,
        "W_hh": h_prev.T @ dh_side,
        "b_h": dx_side.sum(axis=0),
        "b_hn": (da_n * r).sum(axis=0),
    }
""",
        "the gradient of z has its sign turned round: n - h_prev",
        r"`n - h_prev` in place of `h_prev - n`",
    ),
    (
        """
def answer(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    dz = dh * (h_prev - n) * z * (1 - z)
    dn = dh * (1 - z) * (1 - n * n)
    dr = dn * zh_n * r * (1 - r)
    dzx = np.hstack([dr, dz, dn])
    dzh = np.hstack([dr, dz, dn * r])
    g = {"x": dzx @ W_xh.T, "W_xh": x.T @ dzx, "b_h": dzx.sum(0)}
    g["h_prev"] = dzh @ W_hh.T
    g["W_hh"] = h_prev.T @ dzh
    g["b_hn"] = (dn * r).sum(0)
    return g
""",
        "the direct way to h_prev past the matrices, dh * z, is missing",
        r"term `dh \* z` is missing",
    ),
    (
        """
def answer(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    H = dh.shape[1]
    dan = dh * (1 - z) * (1 - n**2)
    daz = dh * (h_prev - n) * z * (1 - z)
    dar = dan * zh_n * r * (1 - r)
    A = np.concatenate([dar, daz, dan], axis=1)
    dh_prev = A[:, : 2 * H] @ W_hh[:, : 2 * H].T + (r * dan) @ W_hh[:, 2 * H :].T + z * dh
    return dict(x=A @ W_xh.T, h_prev=dh_prev, W_xh=x.T @ A, W_hh=h_prev.T @ A, b_h=A.sum(0), b_hn=(r * dan).sum(0))
""",
        "W_hh's third block is made with da_n without the r",
        r"`dax` in place of `dah`",
    ),
    (
        """
def answer(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    dn = dh * z
    dh_direct = dh * (1 - z)
    dz = dh * (h_prev - n)
    dan = dn * (1 - n**2)
    dar = dan * zh_n * r * (1 - r)
    daz = dz * z * (1 - z)
    left = np.concatenate((dar, daz, dan), 1)
    right = np.concatenate((dar, daz, dan * r), 1)
    return {
        "x": left @ W_xh.T,
        "h_prev": dh_direct + right @ W_hh.T,
        "W_xh": x.T @ left,
        "W_hh": h_prev.T @ right,
        "b_h": left.sum(axis=0),
        "b_hn": np.sum(dan * r, axis=0),
    }
""",
        "z and 1 - z are exchanged in the mixing of n and h_prev",
        r"`z` and `1 - z` have changed places",
    ),
]

RIGHT["stack_backward"] = """
def answer(dhs, xs, hs, params):
    grads = [None] * len(params)
    up = dhs
    for l in reversed(range(len(params))):
        below = xs if l == 0 else hs[l - 1][1:]
        das, nxt = np.zeros_like(up), np.zeros_like(up[0])
        for t in reversed(range(len(xs))):
            das[t] = (up[t] + nxt) * (1 - hs[l][t + 1] ** 2)
            nxt = das[t] @ params[l]["W_hh"].T
        grads[l] = {"W_xh": np.einsum("tbd,tbh->dh", below, das), "W_hh": np.einsum("tbd,tbh->dh", hs[l][:-1], das), "b_h": das.sum((0, 1))}
        up = das @ params[l]["W_xh"].T
    return grads
"""
CASES["stack_backward"] = [
    (
        """
def answer(dhs, xs, hs, params):
    T = len(xs)
    grads = []
    dout = dhs
    for l in range(len(params) - 1, -1, -1):
        p = params[l]
        inp = hs[l - 1][:-1] if l > 0 else xs
        g = {k: np.zeros_like(p[k]) for k in ("W_xh", "W_hh", "b_h")}
        dbelow = np.zeros_like(inp)
        future = np.zeros_like(hs[l][0])
        for t in range(T, 0, -1):
            da = (dout[t - 1] + future) * (1 - hs[l][t] ** 2)
            g["W_xh"] += inp[t - 1].T @ da
            g["W_hh"] += hs[l][t - 1].T @ da
            g["b_h"] += da.sum(axis=0)
            dbelow[t - 1] = da @ p["W_xh"].T
            future = da @ p["W_hh"].T
        grads.insert(0, g)
        dout = dbelow
    return grads
""",
        "above the lowest layer the input is hs[l-1][:-1], the lower states a step too early",
        r"`hs\[l - 1\]\[:-\(?1\)?\]` in place of `hs\[l - 1\]\[1:\]`",
    ),
    (
        """
def one_layer(dhs, xs, hs, W_xh, W_hh):
    das = np.zeros_like(dhs)
    nxt = np.zeros_like(hs[0])
    for t in reversed(range(len(xs))):
        das[t] = (dhs[t] + nxt) * (1 - hs[t + 1] ** 2)
        nxt = das[t] @ W_hh.T
    g = {"W_xh": np.einsum("tbd,tbh->dh", xs, das), "W_hh": np.einsum("tbd,tbh->dh", hs[:-1], das), "b_h": das.sum((0, 1))}
    return g, das @ W_xh.T

def answer(dhs, xs, hs, params):
    grads = []
    for l in reversed(range(len(params))):
        below = hs[l - 1][1:] if l else xs
        g, dhs = one_layer(dhs, below, hs[l], params[l]["W_xh"], params[l]["W_hh"])
        grads.append(g)
    return grads
""",
        "the list is returned from the top layer to the lowest, not turned round",
        None,
    ),
    (
        """
def answer(dhs, xs, hs, params):
    L, T = len(params), len(xs)
    grads = [{k: np.zeros_like(v) for k, v in p.items()} for p in params]
    future = np.zeros_like(hs[0][0])
    d = dhs.copy()
    for l in range(L - 1, -1, -1):
        x_in = xs if l == 0 else hs[l - 1][1:]
        down = np.zeros_like(x_in)
        for t in range(T - 1, -1, -1):
            da = (d[t] + future) * (1 - hs[l][t + 1] ** 2)
            grads[l]["W_xh"] += x_in[t].T @ da
            grads[l]["W_hh"] += hs[l][t].T @ da
            grads[l]["b_h"] += da.sum(0)
            down[t] = da @ params[l]["W_xh"].T
            future = da @ params[l]["W_hh"].T
        d = down
    return grads
""",
        "future is set to zero only once, so the upper layer's leftover enters the layer below",
        r"`future = .* is made once, before the loop",
    ),
    (
        """
def answer(dhs, xs, hs, params):
    n_layers, T = len(params), len(xs)
    grads = [None] * n_layers
    dout = dhs
    for l in reversed(range(n_layers)):
        inputs = xs if l == 0 else hs[l - 1][1:]
        W_xh, W_hh = params[l]["W_xh"], params[l]["W_hh"]
        gx, gh, gb = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[0])
        dnext = np.zeros_like(hs[l][0])
        dlower = []
        for t in reversed(range(T)):
            da = (dout[t] + dnext) * (1 - hs[l][t + 1] ** 2)
            gx += inputs[t].T @ da
            gh += hs[l][t].T @ da
            gb += da.sum(0)
            dnext = da @ W_hh.T
            dlower.append(da @ W_xh.T)
        dout = np.array(dlower)
        grads[l] = {"W_xh": gx, "W_hh": gh, "b_h": gb}
    return grads
""",
        "the gradients for the layer below were appended from the last step on and never reversed",
        None,
    ),
]

RIGHT["article_stack_backward"] = """
def answer(dhs, xs, hs, params):
    grads = [None] * len(params)
    up = dhs
    H = dhs.shape[2]
    for l in reversed(range(len(params))):
        below = xs if l == 0 else np.concatenate([hs[l - 1][1:], xs], 2)
        das, nxt = np.zeros_like(up), np.zeros_like(up[0])
        for t in reversed(range(len(xs))):
            das[t] = (up[t] + nxt) * (1 - hs[l][t + 1] ** 2)
            nxt = das[t] @ params[l]["W_hh"].T
        grads[l] = {"W_xh": np.einsum("tbd,tbh->dh", below, das), "W_hh": np.einsum("tbd,tbh->dh", hs[l][:-1], das), "b_h": das.sum((0, 1))}
        up = das @ params[l]["W_xh"][:H].T
    return grads
"""
CASES["article_stack_backward"] = [
    (
        """
def answer(dhs, xs, hs, params):
    H = dhs.shape[-1]
    T = len(xs)
    result = [None for _ in params]
    dout = dhs
    for l in range(len(params) - 1, -1, -1):
        if l == 0:
            inp = xs
        else:
            inp = np.concatenate([xs, hs[l - 1][1:]], axis=2)
        p = params[l]
        g = {"W_xh": np.zeros_like(p["W_xh"]), "W_hh": np.zeros_like(p["W_hh"]), "b_h": np.zeros_like(p["b_h"])}
        dinp = np.zeros_like(inp)
        future = np.zeros_like(hs[l][0])
        for t in range(T - 1, -1, -1):
            da = (dout[t] + future) * (1 - hs[l][t + 1] ** 2)
            g["W_xh"] += inp[t].T @ da
            g["W_hh"] += hs[l][t].T @ da
            g["b_h"] += da.sum(axis=0)
            dinp[t] = da @ p["W_xh"].T
            future = da @ p["W_hh"].T
        result[l] = g
        dout = dinp[:, :, :H]
    return result
""",
        "the input is put together in the wrong order: x first, then the states",
        r"`hs\[l - 1\]\[1:\]` and `xs` have changed places",
    ),
    (
        """
def answer(dhs, xs, hs, params):
    H = dhs.shape[-1]
    out = []
    grad_above = dhs
    for l in reversed(range(len(params))):
        read = xs if l == 0 else np.concatenate([hs[l - 1][1:], xs], axis=-1)
        das = np.zeros_like(grad_above)
        carry = np.zeros_like(das[0])
        for t in reversed(range(len(xs))):
            das[t] = (grad_above[t] + carry) * (1 - hs[l][t + 1] ** 2)
            carry = das[t] @ params[l]["W_hh"].T
        out.append({"W_xh": np.einsum("tbi,tbh->ih", read, das), "W_hh": np.einsum("tbi,tbh->ih", hs[l][:-1], das), "b_h": das.sum(axis=(0, 1))})
        grad_above = (das @ params[l]["W_xh"].T)[:, :, -H:]
    return out[::-1]
""",
        "the last H columns are handed down instead of the first H",
        r"\[:, -\(W_hh\.shape\[0\]\):\]` in place of",
    ),
    (
        """
def answer(dhs, xs, hs, params):
    T, B, H = dhs.shape
    grads = []
    dout = dhs
    for l in range(len(params) - 1, -1, -1):
        W_xh, W_hh = params[l]["W_xh"], params[l]["W_hh"]
        below = xs if l == 0 else np.concatenate([hs[l - 1][1:], xs], axis=2)
        dW_xh, dW_hh, db = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(H)
        dbelow = np.zeros((T, B, H))
        future = np.zeros((B, H))
        for t in range(T, 0, -1):
            dh = dout[t - 1] + future
            da = dh * (1 - hs[l][t] ** 2)
            dW_xh += below[t - 1].T @ da
            dW_hh += hs[l][t].T @ da
            db += da.sum(axis=0)
            if l > 0:
                dbelow[t - 1] = da @ W_xh[:H].T
            future = da @ W_hh.T
        grads.append({"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db})
        dout = dbelow
    grads.reverse()
    return grads
""",
        "W_hh is paired with the new state hs[l][t] instead of hs[l][t-1]",
        r"`hs\[l\]\[t\]` in place of `hs\[l\]\[t - 1\]`",
    ),
    (
        """
def answer(dhs, xs, hs, params):
    T, B, H = dhs.shape
    L = len(params)
    grads = [None] * L
    d = dhs
    for l in reversed(range(L)):
        p = params[l]
        below = np.concatenate([hs[l - 1][1:], xs], axis=2) if l > 0 else xs
        nxt = np.zeros((B, H))
        gx, gh, gb = 0, 0, 0
        dd = np.zeros((T, B, H))
        for t in reversed(range(T)):
            da = (d[t] + nxt) * (1 - hs[l][t + 1] ** 2)
            gx = gx + below[t].T @ da
            gh = gh + hs[l][t].T @ da
            gb = gb + da.sum(0)
            nxt = da @ p["W_hh"].T
            if l > 0:
                dd[t] = nxt @ p["W_xh"][:H].T
        grads[l] = {"W_xh": gx, "W_hh": gh, "b_h": gb}
        d = dd
    return grads
""",
        "what goes down is made from the gradient already sent through W_hh instead of from da",
        None,
    ),
]

RIGHT["residual_backward"] = """
def answer(dhs, xs, hs, params):
    outs = [hs[0][1:]]
    for h in hs[1:]:
        outs.append(h[1:] + outs[-1])
    grads = [None] * len(params)
    up = dhs
    for l in reversed(range(len(params))):
        below = xs if l == 0 else outs[l - 1]
        das, nxt = np.zeros_like(up), np.zeros_like(up[0])
        for t in reversed(range(len(xs))):
            das[t] = (up[t] + nxt) * (1 - hs[l][t + 1] ** 2)
            nxt = das[t] @ params[l]["W_hh"].T
        grads[l] = {"W_xh": np.einsum("tbd,tbh->dh", below, das), "W_hh": np.einsum("tbd,tbh->dh", hs[l][:-1], das), "b_h": das.sum((0, 1))}
        if l:
            up = das @ params[l]["W_xh"].T + up
    return grads
"""
CASES["residual_backward"] = [
    (
        """
def answer(dhs, xs, hs, params):
    T = len(xs)
    grads = [None] * len(params)
    dout = dhs
    for l in range(len(params) - 1, -1, -1):
        inp = hs[l - 1][1:] if l > 0 else xs
        p = params[l]
        g = {k: np.zeros_like(p[k]) for k in p}
        din = np.zeros_like(inp)
        future = np.zeros_like(dout[0])
        for t in range(T - 1, -1, -1):
            da = (dout[t] + future) * (1 - hs[l][t + 1] ** 2)
            g["W_xh"] += inp[t].T @ da
            g["W_hh"] += hs[l][t].T @ da
            g["b_h"] += da.sum(0)
            din[t] = da @ p["W_xh"].T
            future = da @ p["W_hh"].T
        grads[l] = g
        if l > 0:
            dout = din + dout
    return grads
""",
        "layers are taken to read h of the layer below instead of o",
        r"term `outs\[l - 1\]` is missing",
    ),
    (
        """
def answer(dhs, xs, hs, params):
    o = [hs[0][1:]]
    for l in range(1, len(hs)):
        o.append(hs[l][1:] + o[l - 1])
    grads = []
    do = dhs
    for l in reversed(range(len(params))):
        read = o[l - 1] if l > 0 else xs
        das = np.zeros_like(do)
        fut = np.zeros_like(do[0])
        for t in reversed(range(len(xs))):
            das[t] = (do[t] + fut) * (1 - hs[l][t + 1] ** 2)
            fut = das[t] @ params[l]["W_hh"].T
        grads.insert(0, {"W_xh": np.einsum("tbi,tbh->ih", read, das), "W_hh": np.einsum("tbi,tbh->ih", hs[l][:-1], das), "b_h": das.sum((0, 1))})
        if l > 0:
            do = das @ params[l]["W_xh"].T + dhs
    return grads
""",
        "past each layer the loss's dhs is added instead of the do of that layer",
        r"`dhs` in place of `dout`",
    ),
    (
        """
def answer(dhs, xs, hs, params):
    L, T = len(params), len(xs)
    outs = [hs[0][1:]]
    for l in range(1, L):
        outs.append(outs[-1] + hs[l][1:])
    grads = [{k: np.zeros_like(params[l][k]) for k in params[l]} for l in range(L)]
    dout = dhs
    for l in range(L - 1, -1, -1):
        future = np.zeros_like(dhs[0])
        inp = outs[l - 1] if l else xs
        dnext = np.zeros_like(dhs)
        for t in range(T - 1, -1, -1):
            dh = dout[t] + future
            da = dh * (1 - outs[l][t] ** 2)
            grads[l]["W_xh"] += inp[t].T @ da
            grads[l]["W_hh"] += hs[l][t].T @ da
            grads[l]["b_h"] += da.sum(axis=0)
            future = da @ params[l]["W_hh"].T
            if l:
                dnext[t] = da @ params[l]["W_xh"].T + dout[t]
        dout = dnext
    return grads
""",
        "the slope is taken at o instead of h",
        r"`outs` of the same step in place of `hs\[l\]\[t\]`",
    ),
    (
        """
def answer(dhs, xs, hs, params):
    L, T = len(params), len(xs)
    outs = {0: hs[0][1:]}
    for l in range(1, L):
        outs[l] = hs[l][1:] + outs[l - 1]
    grads = [None] * L
    d = dhs
    for l in range(L - 1, -1, -1):
        inp = xs if l == 0 else outs[l - 1]
        future = np.zeros_like(d[0])
        gx = np.zeros_like(params[l]["W_xh"])
        gh = np.zeros_like(params[l]["W_hh"])
        gb = np.zeros_like(params[l]["b_h"])
        below = np.zeros_like(d)
        for t in reversed(range(T)):
            dh = d[t] + future
            da = dh * (1 - hs[l][t + 1] ** 2)
            gx += inp[t].T @ da
            gh += hs[l][t].T @ da
            gb += da.sum(0)
            future = da @ params[l]["W_hh"].T
            if l > 0:
                below[t] = da @ params[l]["W_xh"].T + dh
        grads[l] = {"W_xh": gx, "W_hh": gh, "b_h": gb}
        d = below
    return grads
""",
        "the skip hands down dh with the future in it instead of the do alone",
        r"`future` is added to `da @ W_xh\.T`",
    ),
]

RIGHT["layer_norm_backward"] = """
def answer(dy, z, gain):
    s = np.sqrt(z.var(1, keepdims=True) + 1e-5)
    n = (z - z.mean(1, keepdims=True)) / s
    dn = dy * gain
    return {"z": (dn - dn.mean(1, keepdims=True) - n * (dn * n).mean(1, keepdims=True)) / s, "gain": (dy * n).sum(0)}
"""
CASES["layer_norm_backward"] = [
    (
        """
def answer(dy, z, gain):
    mu = z.mean(axis=1, keepdims=True)
    s = np.sqrt(((z - mu) ** 2).mean(axis=1, keepdims=True) + 1e-5)
    zhat = (z - mu) / s
    dgain = (dy * zhat).sum(axis=0)
    dzhat = dy * gain
    dz = dzhat / s
    return {"z": dz, "gain": dgain}
""",
        "mu and s are treated as constants: only the direct way is there",
        r"terms `through_mean` and `normed \* through_var` are missing",
    ),
    (
        """
def answer(dy, z, gain):
    H = z.shape[1]
    mu = z.sum(1, keepdims=True) / H
    sd = np.sqrt(((z - mu) ** 2).sum(1, keepdims=True) / H + 1e-5)
    hat = (z - mu) / sd
    dhat = dy
    m1 = dhat.mean(1, keepdims=True)
    m2 = (dhat * hat).mean(1, keepdims=True)
    return {"z": gain * (dhat - m1 - hat * m2) / sd, "gain": (dy * hat).sum(0)}
""",
        "the gain is multiplied in last, after the means, instead of first",
        None,
    ),
    (
        """
def answer(dy, z, gain):
    B, H = z.shape
    dz = np.zeros_like(z)
    dgain = np.zeros_like(gain)
    for b in range(B):
        row = z[b] - z[b].mean()
        var = (row**2).mean() + 1e-5
        s = var**0.5
        n = row / s
        dgain += dy[b] * n
        dn = dy[b] * gain
        ds = -(dn * row).sum() / var
        dz[b] = dn / s - dn.mean() / s + ds * row / s
    return {"z": dz, "gain": dgain}
""",
        "in the way through s the 1/H of the mean is missing",
        r"sum in place of mean in `\(dnormed \* normed\)",
    ),
    (
        """
def answer(dy, z, gain):
    mu = z.mean(axis=-1, keepdims=True)
    s = np.sqrt(z.var(axis=-1, keepdims=True) + 1e-5)
    n = (z - mu) / s
    dn = dy * gain
    dz = (dn - dn.mean(axis=0) - n * (dn * n).mean(axis=0)) / s
    return {"z": dz, "gain": np.sum(dy * n, axis=0)}
""",
        "the two means are taken over the batch instead of the row",
        r"axis 0 in place of 1 in `dnormed\.mean.*axis 0 in place of 1 in `\(dnormed \* normed\)",
    ),
]

RIGHT["attention_backward"] = """
def answer(dO, Q, K, V):
    T, d = Q.shape
    S = np.where(np.tril(np.ones((T, T))) > 0, Q @ K.T / np.sqrt(d), -np.inf)
    A = np.exp(S - S.max(1, keepdims=True))
    A /= A.sum(1, keepdims=True)
    dA = dO @ V.T
    dS = A * (dA - (A * dA).sum(1, keepdims=True)) / np.sqrt(d)
    return {"Q": dS @ K, "K": dS.T @ Q, "V": A.T @ dO}
"""
CASES["attention_backward"] = [
    (
        """
def answer(dO, Q, K, V):
    T, d = Q.shape
    scores = Q @ K.T / np.sqrt(d)
    scores[np.triu_indices(T, 1)] = -np.inf
    w = np.exp(scores - scores.max(axis=1, keepdims=True))
    w = w / w.sum(axis=1, keepdims=True)
    dV = w.T @ dO
    dw = dO @ V.T
    ds = w * (dw - (w * dw).sum(axis=1, keepdims=True))
    return {"Q": ds @ K, "K": ds.T @ Q, "V": dV}
""",
        "the 1 / sqrt(d) is forgotten on the way back",
        r"factor `np\.sqrt\(d\)` is missing",
    ),
    (
        """
def answer(dO, Q, K, V):
    T, d = Q.shape
    S = Q @ K.T / d**0.5
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    dP = dO @ V.T
    dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True)) / d**0.5
    return dict(Q=dS @ K, K=dS.T @ Q, V=P.T @ dO)
""",
        "the causal mask is forgotten altogether",
        r"> 0` always holds",
    ),
    (
        """
def answer(dO, Q, K, V):
    T, d = Q.shape
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for t in range(T):
        s = K[: t + 1] @ Q[t] / np.sqrt(d)
        a = np.exp(s - s.max())
        a = a / a.sum()
        da = V[: t + 1] @ dO[t]
        ds = a * (1 - a) * da / np.sqrt(d)
        dQ[t] = ds @ K[: t + 1]
        dK[: t + 1] += np.outer(ds, Q[t])
        dV[: t + 1] += np.outer(a, dO[t])
    return {"Q": dQ, "K": dK, "V": dV}
""",
        "softmax's slope is written a (1 - a) like a sigmoid's, without the other entries of the row",
        r"`sum` is missing in `\(dA \* A\)",
    ),
    (
        """
def answer(dO, Q, K, V):
    T, d = Q.shape
    mask = np.tril(np.ones((T, T)), k=-1)
    mask[0, 0] = 1
    S = np.where(mask == 1, Q @ K.T / np.sqrt(d), -1e30)
    A = np.exp(S - S.max(axis=1, keepdims=True))
    A /= A.sum(axis=1, keepdims=True)
    dA = dO @ V.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True)) / np.sqrt(d)
    return {"Q": dS @ K, "K": dS.T @ Q, "V": A.T @ dO}
""",
        "the mask shuts out the diagonal too, so that a step does not see itself",
        None,
    ),
]

RIGHT["causal_convolution_backward"] = """
def answer(dys, xs, W, dilation):
    dxs, dW = np.zeros_like(xs), np.zeros_like(W)
    for t in range(len(xs)):
        for k in range(len(W)):
            s = t - k * dilation
            if s >= 0:
                dW[k] += xs[s].T @ dys[t]
                dxs[s] += dys[t] @ W[k].T
    return {"xs": dxs, "W": dW, "b": dys.sum((0, 1))}
"""
CASES["causal_convolution_backward"] = [
    (
        """
def answer(dys, xs, W, dilation):
    T = len(xs)
    dxs, dW = np.zeros_like(xs), np.zeros_like(W)
    for t in range(T):
        for k in range(W.shape[0]):
            src = t - k * dilation
            dxs[src] += dys[t] @ W[k].T
            dW[k] += xs[src].T @ dys[t]
    return {"xs": dxs, "W": dW, "b": dys.sum(axis=(0, 1))}
""",
        "negative indices are not shut out, so the first steps read the end of the sequence",
        r"`range\(0, len\(xs\)\)` in place of",
    ),
    (
        """
def answer(dys, xs, W, dilation):
    K = W.shape[0]
    T = xs.shape[0]
    dxs = np.zeros_like(xs)
    dW = np.zeros_like(W)
    for k in range(K):
        if k < T:
            dxs[: T - k] += dys[k:] @ W[k].T
            dW[k] = np.einsum("tbd,tbc->dc", xs[: T - k], dys[k:])
    return {"xs": dxs, "W": dW, "b": dys.sum(axis=1).sum(axis=0)}
""",
        "the dilation is ignored: tap k looks k steps back",
        r"factor `dilation` is missing",
    ),
    (
        """
def answer(dys, xs, W, dilation):
    T, K = len(xs), len(W)
    dW = np.zeros_like(W)
    dxs = np.zeros_like(xs)
    for t in range(T):
        for k in range(K):
            s = t - k * dilation
            if s > 0:
                dW[k] += xs[s].T @ dys[t]
                dxs[s] += dys[t] @ W[k].T
    db = dys.sum(axis=(0, 1))
    return {"xs": dxs, "W": dW, "b": db}
""",
        "s > 0 instead of s >= 0: the first input is left out",
        r"`range\(k \* dilation \+ 1, len\(xs\)\)` in place of",
    ),
    (
        """
def answer(dys, xs, W, dilation):
    T, B, D = xs.shape
    K = W.shape[0]
    pad = (K - 1) * dilation
    padded = np.concatenate([np.zeros((pad, B, D)), xs])
    dpadded = np.zeros_like(padded)
    dW = np.zeros_like(W)
    for k in range(K):
        start = pad - k * dilation
        dpadded[start : start + T] = dys @ W[k].T
        dW[k] = np.einsum("tbd,tbc->dc", padded[start : start + T], dys)
    return {"xs": dpadded[pad:], "W": dW, "b": dys.sum((0, 1))}
""",
        "the taps' contributions to xs overwrite one another instead of being added",
        r"`=` in place of `\+=` for `dxs",
    ),
]

RIGHT["linear_recurrence_backward"] = """
def answer(dhs, a, hs):
    da, db = np.zeros_like(a), np.zeros_like(a)
    nxt = np.zeros_like(a[0])
    for t in reversed(range(len(a))):
        db[t] = dhs[t] + nxt
        da[t] = db[t] * hs[t]
        nxt = a[t] * db[t]
    return {"a": da, "b": db, "h_0": nxt}
"""
CASES["linear_recurrence_backward"] = [
    (
        """
def answer(dhs, a, hs):
    T = len(a)
    da, db = np.zeros_like(a), np.zeros_like(a)
    g = np.zeros_like(dhs[0])
    for t in range(T - 1, -1, -1):
        g = g * a[t] + dhs[t]
        db[t] = g
        da[t] = g * hs[t]
    return {"a": da, "b": db, "h_0": g * a[0]}
""",
        "the gradient is carried with a[t] of its own step instead of a[t + 1]",
        r"b, a: `a\[t - 2\]` in place of `a\[t - 1\]`",
    ),
    (
        """
def answer(dhs, a, hs):
    db = np.zeros_like(dhs)
    future = np.zeros_like(dhs[0])
    for t in reversed(range(len(dhs))):
        dh = dhs[t] + future
        db[t] = dh
        future = a[t] * dh
    da = db * hs[1:]
    return {"a": da, "b": db, "h_0": future}
""",
        "a is paired with the new state h_t instead of the old one",
        r"`hs\[t\]` in place of `hs\[t - 1\]`",
    ),
    (
        """
def answer(dhs, a, hs):
    da, db = [], []
    dh = dhs[-1]
    for t in range(len(a) - 1, -1, -1):
        da.append(dh * hs[t])
        db.append(dh)
        if t > 0:
            dh = dhs[t - 1] + a[t] * dh
    return {"a": np.array(da[::-1]), "b": np.array(db[::-1]), "h_0": dh}
""",
        "h_0 gets dh_1 without the factor a_1",
        r"`dh` in place of `future`",
    ),
    (
        """
def answer(dhs, a, hs):
    T = a.shape[0]
    da = np.empty_like(a)
    db = np.empty_like(a)
    for t in range(T):
        nxt = a[t + 1] * dhs[t + 1] if t + 1 < T else 0
        db[t] = dhs[t] + nxt
        da[t] = db[t] * hs[t]
    return {"a": da, "b": db, "h_0": a[0] * db[0]}
""",
        "only the next step's loss comes back: the carry uses dhs[t + 1] and not the whole gradient there",
        r"b, a: .*term `future` is missing",
    ),
]
