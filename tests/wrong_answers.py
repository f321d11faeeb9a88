"""Wrong answers to the exercises, as learners, textbooks and issue threads have them, written from the statements.

Per exercise: right answers in styles of their own, and mistakes, each as a change of the first of these texts, with
words that a correct diagnosis of it must hold (a regular expression), or None where to say where it goes wrong is all
that can be asked.
"""

import numpy as np

LAYER = """
def answer(dhs, xs, hs, W_xh, W_hh):
    T = len(xs)
    gx, gU, gW, gb = np.zeros(xs.shape), np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(W_hh.shape[1])
    carry = np.zeros(hs[0].shape)
    for t in range(T - 1, -1, -1):
        d = dhs[t] + carry
        d = d * (1 - hs[t + 1] * hs[t + 1])
        gx[t] = d @ W_xh.T
        gU += xs[t].T @ d
        gW += hs[t].T @ d
        gb += np.sum(d, 0)
        carry = d @ W_hh.T
    return {"xs": gx, "h_0": carry, "W_xh": gU, "W_hh": gW, "b_h": gb}
"""
LAYER_WRONG = [
    ("no future", "dhs[t] + carry", "dhs[t]", "future"),
    ("only the future", "dhs[t] + carry", "dhs[t] * (t == T - 1) + carry", None),
    ("= for += in dW_hh", "gW += hs", "gW = hs", "="),
    ("h_t for h_{t-1}", "hs[t].T @ d", "hs[t + 1].T @ d", r"hs\[t\]"),
    ("the transpose of W_hh forgotten", "d @ W_hh.T", "d @ W_hh", "W_hh"),
    ("tanh' of the activated value", "1 - hs[t + 1] * hs[t + 1]", "1 - np.tanh(hs[t + 1]) ** 2", "tanh′"),
    ("the square of the state forgotten", "1 - hs[t + 1] * hs[t + 1]", "1 - hs[t + 1]", r"in place of `hs\[t\] \*\* 2`"),
    ("the slope of the sigmoid", "(1 - hs[t + 1] * hs[t + 1])", "hs[t + 1] * (1 - hs[t + 1])", "slope of σ"),
    ("the slope of the step before", "1 - hs[t + 1] * hs[t + 1]", "1 - hs[t] * hs[t]", r"hs\[t - 1\]"),
    ("forwards in time", "range(T - 1, -1, -1)", "range(T)", "other way"),
    ("no slope", "d = d * (1 - hs[t + 1] * hs[t + 1])", "pass", "slope|1 - hs"),
    ("the bias averaged over the batch", "np.sum(d, 0)", "np.mean(d, 0)", "mean|divided by B"),
    ("the future before the slope", "carry = d @ W_hh.T", "carry = (dhs[t] + carry) @ W_hh.T", r"`dh` in place of `da`"),
    ("the last state wraps round", "hs[t].T @ d", "hs[t + 1 if t == 0 and False else (t if t else -1)].T @ d", None),
    ("input and state exchanged in dx", "gx[t] = d @ W_xh.T", "gx[t] = d @ W_xh.T * 2", "twice"),
]  # fmt: skip

CASES = {
    "rnn_forward": (
        ['''
def answer(xs, h_0, W_xh, W_hh, b_h):
    state, out = h_0, []
    for x in xs:
        state = np.tanh(np.einsum("bd,dh->bh", x, W_xh) + np.einsum("bk,kh->bh", state, W_hh) + b_h)
        out.append(state)
    return np.stack(out)
''', '''
def answer(xs, h_0, W_xh, W_hh, b_h):
    return np.array([h_0 := np.tanh(b_h + h_0 @ W_hh + x @ W_xh) for x in xs])
'''],
        [("no nonlinearity", "np.tanh(", "1.0 * (", "tanh"),
         ("the bias forgotten", " + b_h)", ")", "b_h"),
         ("the recurrent matrix transposed", "state, W_hh)", "state, W_hh.T)", "W_hh"),
         ("the first state at every step", '"bk,kh->bh", state', '"bk,kh->bh", h_0', "h_0"),
         ("a sigmoid", "np.tanh(", "(lambda a: 1 / (1 + np.exp(-a)))(", "σ"),
         ("no recurrence", ' + np.einsum("bk,kh->bh", state, W_hh)', "", "h @ W_hh"),
         ("from the last input to the first", "for x in xs:", "for x in xs[::-1]:", "other"),
         ("the bias behind tanh", "+ b_h)", ") + b_h", None),
         ("the recurrence subtracted", '+ np.einsum("bk', '- np.einsum("bk', "sign"),
         ("tanh of the sum twice", "state = np.tanh(", "state = np.tanh(1 * np.tanh)(" if False else "state = 0.5 * np.tanh(", "half|0.5"),
        ]),
    "readout_backward": (
        ['''
def answer(dys, hs, W_hy):
    T, B, V = dys.shape
    flat, states = dys.reshape(T * B, V), hs.reshape(T * B, -1)
    return {"hs": dys @ W_hy.T, "W_hy": states.T @ flat, "b_y": flat.sum(0)}
''', '''
def answer(dys, hs, W_hy):
    return {"hs": np.einsum("tbv,hv->tbh", dys, W_hy), "W_hy": np.einsum("tbh,tbv->hv", hs, dys), "b_y": dys.sum((0, 1))}
'''],
        [("a mean over the batch", '"b_y": flat.sum(0)', '"b_y": flat.sum(0) / B', "mean|B"),
         ("the weights averaged over time", '"W_hy": states.T @ flat', '"W_hy": states.T @ flat / T', "T"),
         ("only the last step", '"W_hy": states.T @ flat', '"W_hy": hs[-1].T @ dys[-1]', "="),
         ("the bias of the last step alone", "flat.sum(0)", "dys[-1].sum(0)", "="),
         ("the sign", '"hs": dys', '"hs": -dys', "sign"),
         ("the states of the step before", "states.T @ flat", 'np.einsum("tbh,tbv->hv", np.roll(hs, 1, 0), dys)', r"t - 1"),
         ("twice", "states.T @ flat", "2 * states.T @ flat", "twice"),
        ]),
    "rnn_step_backward": (
        ['''
def answer(dh, x, h_prev, h, W_xh, W_hh):
    g = (1 - np.square(h)) * dh
    return dict(x=g @ W_xh.T, h_prev=g @ W_hh.T, W_xh=x.T @ g, W_hh=h_prev.T @ g, b_h=np.ones(len(g)) @ g)
''', '''
def answer(dh, x, h_prev, h, W_xh, W_hh):
    out = {"x": 0, "h_prev": 0, "W_xh": 0, "W_hh": 0, "b_h": 0}
    rows = []
    for b in range(len(dh)):
        g = dh[b] - dh[b] * h[b] ** 2
        rows.append((W_xh @ g, W_hh @ g))
        out["W_xh"], out["W_hh"] = out["W_xh"] + np.outer(x[b], g), out["W_hh"] + np.outer(h_prev[b], g)
        out["b_h"] = out["b_h"] + g
    return out | {"x": np.array([r[0] for r in rows]), "h_prev": np.array([r[1] for r in rows])}
'''],
        [("tanh' of the activated value", "np.square(h)", "np.tanh(h) ** 2", "tanh′"),
         ("no slope", "(1 - np.square(h)) * dh", "dh", "1 - h"),
         ("the square forgotten", "np.square(h)", "h", r"`h` in place"),
         ("the slope of the old state", "np.square(h)", "np.square(h_prev)", "h_prev"),
         ("the new state in dW_hh", "h_prev.T @ g", "h.T @ g", r"`h` in place of `h_prev`"),
         ("the transpose forgotten", "g @ W_hh.T", "g @ W_hh", "W_hh"),
         ("a sum over the units", "np.ones(len(g)) @ g", "np.ones(len(g)) @ g / len(g)", "mean|B"),
         ("dh for da in dW_xh", "x.T @ g", "x.T @ dh", "dh"),
         ("dW_hh transposed", "h_prev.T @ g", "(h_prev.T @ g).T", "transposed|g.T|da.T"),
         ("the slope of the sigmoid", "(1 - np.square(h))", "h * (1 - h)", "slope of σ"),
         ("h² for 1 - h²", "(1 - np.square(h))", "np.square(h)", r"in place of `1 - h"),
         ("dh into everything", "g = (1 - np.square(h)) * dh", "g = (1 + np.square(h)) * dh", "sign"),
        ]),
    "rnn_backward": ([LAYER], LAYER_WRONG),
    "leaky_backward": (
        ['''
def answer(p, xs, hs, cs, alpha, from_loss):
    g = {k: np.zeros_like(v) for k, v in p.items()}
    back = 0 * hs[0]
    for t in range(len(xs) - 1, -1, -1):
        dh = from_loss[t] + back
        da = alpha * dh * (1 - cs[t] ** 2)
        g["W_xh"] += xs[t].T @ da
        g["W_hh"] += hs[t].T @ da
        g["b_h"] += da.sum(axis=0)
        back = (1 - alpha) * dh + da @ p["W_hh"].T
    return {**g, "h_0": back}
'''],
        [("no bypass", "(1 - alpha) * dh + da", "da", "term"),
         ("no way through the matrix", "(1 - alpha) * dh + da @ p[\"W_hh\"].T", "(1 - alpha) * dh", "term"),
         ("alpha in the bypass", "(1 - alpha) * dh", "alpha * dh", "alpha"),
         ("no alpha", "alpha * dh * (1", "dh * (1", "alpha"),
         ("1 - alpha for alpha", "alpha * dh * (1 -", "(1 - alpha) * dh * (1 -", None),
         ("the slope of h", "1 - cs[t] ** 2", "1 - hs[t + 1] ** 2", "hs"),
         ("tanh' of the activated value", "1 - cs[t] ** 2", "1 - np.tanh(cs[t]) ** 2", "tanh′"),
         ("h_t for h_{t-1}", "hs[t].T", "hs[t + 1].T", r"hs\[t\]"),
         ("the bypass of da", "(1 - alpha) * dh", "(1 - alpha) * da", "da"),
         ("= for +=", 'g["W_hh"] +=', 'g["W_hh"] =', "="),
         ("no future", "from_loss[t] + back", "from_loss[t]", "future"),
        ]),
    "truncated_backward": (
        ['''
def answer(dhs, xs, hs, W_xh, W_hh, k):
    U, W, b = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[1])
    for first in range(0, len(xs), k):
        back = np.zeros_like(hs[0])
        for t in reversed(range(first, min(first + k, len(xs)))):
            da = (dhs[t] + back) * (1 - hs[t + 1] ** 2)
            U, W, b = U + xs[t].T @ da, W + hs[t].T @ da, b + da.sum(0)
            back = da @ W_hh.T
    return {"W_xh": U, "W_hh": W, "b_h": b}
'''],
        [("the slope forgotten", "* (1 - hs[t + 1] ** 2)", "", "slope|1 - hs"),
         ("no future inside a window", "(dhs[t] + back)", "dhs[t]", "future"),
         ("a window one step longer", "range(0, len(xs), k)", "range(0, len(xs), k + 1)", None),
         ("the last window dropped", "range(0, len(xs), k):", "range(0, len(xs) - len(xs) % k, k):", None),
         ("h_t for h_{t-1}", "hs[t].T @ da", "hs[t + 1].T @ da", r"hs\[t\]"),
         ("the slope of the step before", "1 - hs[t + 1] ** 2", "1 - hs[t] ** 2", r"hs\[t - 1\]"),
         ("the transpose forgotten", "da @ W_hh.T", "da @ W_hh", "W_hh"),
         ("a state of zeros at every seam", "W + hs[t].T @ da", "W + (hs[t] * (t > first)).T @ da", None),
        ]),
    "cross_entropy_backward": (
        ['''
def answer(ys, targets):
    p = np.exp(ys) / np.exp(ys).sum(1)[:, None]
    p[np.arange(len(ys)), targets] -= 1
    return p / ys.shape[0]
''', '''
def answer(ys, targets):
    z = ys - np.log(np.sum(np.exp(ys), -1, keepdims=True))
    return np.stack([np.exp(row) - (np.arange(len(row)) == t) for row, t in zip(z, targets)]) / len(targets)
'''],
        [("a sum for the mean", "p / ys.shape[0]", "p", "len|factor|N"),
         ("the target forgotten", "p[np.arange(len(ys)), targets] -= 1", "pass", "right"),
         ("the sign", "return p /", "return -p /", "sign|right - p"),
         ("divided by the classes too", "p / ys.shape[0]", "p / ys.size", "V"),
         ("softmax over the batch", "np.exp(ys).sum(1)[:, None]", "np.exp(ys).sum(0)[None]", "axis"),
         ("no normalisation", "np.exp(ys) / np.exp(ys).sum(1)[:, None]", "np.exp(ys)", "factor|e"),
         ("logits for probabilities", "p = np.exp(ys) / np.exp(ys).sum(1)[:, None]", "p = ys.copy()", "ys"),
         ("the target twice", "-= 1", "-= 2", None),
        ]),
    "padded_backward": (
        ['''
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    g = dict(xs=np.zeros_like(xs), W_xh=0 * W_xh, W_hh=0 * W_hh, b_h=0 * W_hh[0])
    back = np.zeros_like(hs[0])
    for t in reversed(range(len(xs))):
        m = (t < lengths)[:, None].astype(float)
        dh = m * dhs[t] + back
        da = m * dh * (1 - hs[t + 1] ** 2)
        g["xs"][t] = da @ W_xh.T
        g["W_xh"] += xs[t].T @ da
        g["W_hh"] += hs[t].T @ da
        g["b_h"] += da.sum(0)
        back = m * (da @ W_hh.T) + (1 - m) * dh
    return {**g, "h_0": back}
''', '''
def answer(dhs, xs, hs, lengths, W_xh, W_hh):
    out = dict(xs=np.zeros_like(xs), W_xh=0 * W_xh, W_hh=0 * W_hh, b_h=0 * W_hh[0], h_0=np.zeros_like(hs[0]))
    for b, n in enumerate(lengths):
        back = np.zeros(W_hh.shape[0])
        for t in range(n - 1, -1, -1):
            da = (dhs[t, b] + back) * (1 - hs[t + 1, b] ** 2)
            out["xs"][t, b] = W_xh @ da
            out["W_xh"] += np.outer(xs[t, b], da)
            out["W_hh"] += np.outer(hs[t, b], da)
            out["b_h"] += da
            back = W_hh @ da
        out["h_0"][b] = back
    return out
'''],
        [("the loss on padding counts", "m * dhs[t] + back", "dhs[t] + back", "where|dhs"),
         ("the gradient of a wrong state", "1 - hs[t + 1] ** 2", "1 - hs[t] ** 2", r"hs\[t - 1\]"),
         ("no future", "m * dhs[t] + back", "m * dhs[t]", "future"),
         ("padding treated as steps", "m = (t < lengths)[:, None].astype(float)", "m = np.ones((len(lengths), 1))", None),
         ("one step too few", "t < lengths", "t < lengths - 1", "<"),
         ("h_t for h_{t-1}", "hs[t].T @ da", "hs[t + 1].T @ da", r"hs\[t\]"),
         ("= for +=", 'g["b_h"] += da', 'g["b_h"] = da', "="),
         ("the transpose forgotten", "da @ W_hh.T", "da @ W_hh", "W_hh"),
        ]),
    "clip_by_global_norm": (
        ['''
def answer(grads, theta):
    flat = np.concatenate([g.ravel() for g in grads])
    n = np.linalg.norm(flat)
    return [g * (theta / n) for g in grads] if n > theta else list(grads)
'''],
        [("each array by itself", "return [g * (theta / n) for g in grads]", "return [g * theta / np.linalg.norm(g) for g in grads]", None),
         ("always scaled", " if n > theta else list(grads)", "", "always|theta / norm|None"),
         ("entries clipped", "[g * (theta / n) for g in grads]", "[np.clip(g, -theta, theta) for g in grads]", None),
         ("the root forgotten", "np.linalg.norm(flat)", "(flat ** 2).sum()", "sqrt"),
         ("never scaled", "g * (theta / n)", "g", "factor|`1`|min"),
         ("divided by the norm, theta forgotten", "theta / n)", "1 / n)", "theta|1"),
         ("the wrong way round", "g * (theta / n)", "g * (n / theta)", None),
         ("mean of the squares", "np.linalg.norm(flat)", "np.sqrt((flat ** 2).mean())", None),
        ]),
    "adam_step": (
        ['''
def answer(p, g, m, v, n, lr):
    m = m * 0.9 + 0.1 * g
    v = v * 0.999 + 0.001 * g * g
    step = (m / (1 - 0.9 ** n)) / (np.sqrt(v / (1 - 0.999 ** n)) + 1e-8)
    return p - lr * step, m, v
'''],
        [("no correction of m", "(m / (1 - 0.9 ** n))", "m", "0.9|factor"),
         ("no correction of v", "v / (1 - 0.999 ** n)", "v", "0.999|factor"),
         ("no correction at all", "(m / (1 - 0.9 ** n)) / (np.sqrt(v / (1 - 0.999 ** n)) + 1e-8)", "m / (np.sqrt(v) + 1e-8)", "And|0.9 .*0.999"),
         ("g for g²", "0.001 * g * g", "0.001 * g", r"`g`|\*\* 2"),
         ("uphill", "p - lr", "p + lr", "sign"),
         ("no root", "np.sqrt(v / (1 - 0.999 ** n))", "(v / (1 - 0.999 ** n))", "sqrt"),
         ("counting from 0", "0.9 ** n)) / (np.sqrt(v / (1 - 0.999 ** n", "0.9 ** (n + 1))) / (np.sqrt(v / (1 - 0.999 ** (n + 1)", None),
         ("the old m in the step", "m / (1 - 0.9 ** n)", "((m - 0.1 * g) / 0.9) / (1 - 0.9 ** n)", r"`m` in place"),
         ("betas exchanged", "m * 0.9 + 0.1 * g", "m * 0.1 + 0.9 * g", None),
         ("n forgotten as an exponent", "1 - 0.9 ** n)", "1 - 0.9)", "0.9"),
        ]),
    "lstm_step": (
        ['''
def answer(x, h_prev, c_prev, W_xh, W_hh, b_h):
    s = lambda a: 0.5 * np.tanh(a / 2) + 0.5
    z = np.hstack([x, h_prev]) @ np.vstack([W_xh, W_hh]) + b_h
    H = h_prev.shape[1]
    i, f, g, o = s(z[:, :H]), s(z[:, H : 2 * H]), np.tanh(z[:, 2 * H : 3 * H]), s(z[:, 3 * H :])
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c, i, f, g, o
'''],
        [("gates in the order i f o g", "np.tanh(z[:, 2 * H : 3 * H]), s(z[:, 3 * H :])", "np.tanh(z[:, 3 * H :]), s(z[:, 2 * H : 3 * H])", None),
         ("the candidate through a sigmoid", "np.tanh(z[:, 2 * H", "s(z[:, 2 * H", "σ"),
         ("no tanh at the output", "o * np.tanh(c)", "o * c", "tanh"),
         ("input and forget gate exchanged", "f * c_prev + i * g", "i * c_prev + f * g", None),
         ("the old cell state at the output", "o * np.tanh(c)", "o * np.tanh(c_prev)", "c_prev"),
         ("no input gate", "+ i * g", "+ g", "factor `i`"),
         ("the bias forgotten", " + b_h", "", "b_h"),
         ("a coupled gate", "+ i * g", "+ (1 - f) * g", None),
         ("no output gate", "h = o * np.tanh(c)", "h = np.tanh(c)", "factor `o`"),
         ("the forget gate without the old state", "f * c_prev", "f", "c_prev"),
        ]),
    "lstm_step_backward": (
        ['''
def answer(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    tc = np.tanh(c)
    dct = dc + dh * o * (1 - tc * tc)
    di, df, dg, do = dct * g, dct * c_prev, dct * i, dh * tc
    zi, zf, zg, zo = di * (i - i * i), df * (f - f * f), dg * (1 - g * g), do * (o - o * o)
    z = np.hstack((zi, zf, zg, zo))
    return {"x": z @ W_xh.T, "h_prev": z @ W_hh.T, "c_prev": dct * f, "W_xh": x.T @ z, "W_hh": h_prev.T @ z,
            "b_h": z.sum(0)}
'''],
        [("i for g in the input gate", "dct * g,", "dct * i,", "i"),
         ("the upstream dc forgotten", "dct = dc + dh", "dct = dh", "dc"),
         ("no tanh slope on the way to c", "dh * o * (1 - tc * tc)", "dh * o", "slope|1 - tanh_c"),
         ("tanh' without tanh", "1 - tc * tc", "1 - c * c", "c"),
         ("no output gate in dc", "dh * o * (1 - tc * tc)", "dh * (1 - tc * tc)", "factor `o`|`o`"),
         ("dc without the part of h", '"c_prev": dct * f', '"c_prev": dc * f', "`dc` in place"),
         ("the new cell state in df", "dct * c_prev", "dct * c", "`c` in place"),
         ("sigmoid' of activated gates", "di * (i - i * i), df * (f - f * f)", "di * S(i) * (1 - S(i)), df * S(f) * (1 - S(f))", "σ′"),
         ("sigmoid' of all activated gates", "zi, zf, zg, zo = di * (i - i * i), df * (f - f * f), dg * (1 - g * g), do * (o - o * o)",
          "zi, zf, zg, zo = di * S(i) * (1 - S(i)), df * S(f) * (1 - S(f)), dg * (1 - g * g), do * S(o) * (1 - S(o))", "everywhere|σ′"),
         ("the slope of the sigmoid for g", "dg * (1 - g * g)", "dg * g * (1 - g)", "slope of σ"),
         ("o and g exchanged in the blocks", "(zi, zf, zg, zo)", "(zi, zf, zo, zg)", "changed places"),
         ("h without tanh in do", "dh * tc", "dh * c", "c"),
         ("averaged over the batch", '"W_hh": h_prev.T @ z', '"W_hh": h_prev.T @ z / len(x)', "B"),
         ("i for f in c_prev", '"c_prev": dct * f', '"c_prev": dct * i', "`i`"),
         ("no slope of the output gate", "do * (o - o * o)", "do", "slope of σ"),
        ]),
    "gru_step_backward": (
        ['''
def answer(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    an = dh * (1 - z) * (1 - n * n)
    az = dh * (h_prev - n) * z * (1 - z)
    ar = an * zh_n * r * (1 - r)
    gx, gh = np.hstack([ar, az, an]), np.hstack([ar, az, an * r])
    return {"x": gx @ W_xh.T, "h_prev": gh @ W_hh.T + z * dh, "W_xh": x.T @ gx, "W_hh": h_prev.T @ gh,
            "b_h": gx.sum(0), "b_hn": (an * r).sum(0)}
'''],
        [("no bypass", " + z * dh", "", "term"),
         ("1 - z in the bypass", "+ z * dh", "+ (1 - z) * dh", None),
         ("z for 1 - z to the candidate", "dh * (1 - z) * (1 - n * n)", "dh * z * (1 - n * n)", r"`z` in place of `1 - z`"),
         ("the sign of dz", "(h_prev - n)", "(n - h_prev)", "n - h_prev|sign"),
         ("r forgotten in the recurrent block", "np.hstack([ar, az, an * r])", "np.hstack([ar, az, an])", "da_n|dax|factor `r`"),
         ("h_prev for h W + b in dr", "an * zh_n * r", "an * h_prev * r", "h_prev"),
         ("b_hn without r", '"b_hn": (an * r).sum(0)', '"b_hn": an.sum(0)', "da_n|factor `r`|`r`"),
         ("no tanh slope", "dh * (1 - z) * (1 - n * n)", "dh * (1 - z)", "slope|1 - n"),
         ("gates exchanged", "np.hstack([ar, az, an]), np.hstack([ar, az, an * r])", "np.hstack([az, ar, an]), np.hstack([az, ar, an * r])", None),
         ("sigmoid' of z twice activated", "z * (1 - z)\n    ar", "S(z) * (1 - S(z))\n    ar", "σ′"),
         ("no slope of r", "an * zh_n * r * (1 - r)", "an * zh_n", "slope of σ"),
        ]),
    "stack_backward": (
        ['''
def answer(dhs, xs, hs, params):
    T, L, out = len(xs), len(params), [None] * len(params)
    up = [d for d in dhs]
    for l in reversed(range(L)):
        p, down = params[l], [None] * T
        U, W, b, back = 0 * p["W_xh"], 0 * p["W_hh"], 0 * p["b_h"], 0 * hs[l][0]
        for t in reversed(range(T)):
            da = (up[t] + back) * (1 - hs[l][t + 1] ** 2)
            inp = xs[t] if l == 0 else hs[l - 1][t + 1]
            U, W, b = U + inp.T @ da, W + hs[l][t].T @ da, b + da.sum(0)
            back, down[t] = da @ p["W_hh"].T, da @ p["W_xh"].T
        out[l], up = {"W_xh": U, "W_hh": W, "b_h": b}, down
    return out
'''],
        [("no future", "(up[t] + back)", "up[t]", "future"),
         ("the layer below one step early", "hs[l - 1][t + 1]", "hs[l - 1][t]", None),
         ("the loss into every layer", "out[l], up = {\"W_xh\": U, \"W_hh\": W, \"b_h\": b}, down", "out[l], up = {\"W_xh\": U, \"W_hh\": W, \"b_h\": b}, [a + d for a, d in zip(down, dhs)] if l else down", None),
         ("only the top layer hears of it", "{\"W_xh\": U, \"W_hh\": W, \"b_h\": b}, down", "{\"W_xh\": U, \"W_hh\": W, \"b_h\": b}, [0 * d for d in down]", None),
         ("h_t for h_{t-1}", "hs[l][t].T @ da", "hs[l][t + 1].T @ da", r"hs\[l\]\[t\]"),
         ("the same dhs at every layer", "up = {\"W_xh\": U, \"W_hh\": W, \"b_h\": b}, down", "up = {\"W_xh\": U, \"W_hh\": W, \"b_h\": b}, up", "left out|dout"),
         ("the transpose forgotten", 'da @ p["W_hh"].T', 'da @ p["W_hh"]', "W_hh"),
         ("tanh' of the activated value", "1 - hs[l][t + 1] ** 2", "1 - np.tanh(hs[l][t + 1]) ** 2", "tanh′"),
        ]),
    "article_stack_backward": (
        ['''
def answer(dhs, xs, hs, params):
    T, H, out, up = len(xs), dhs.shape[2], [], dhs
    for l in range(len(params) - 1, -1, -1):
        p = params[l]
        inp = xs if l == 0 else np.concatenate((hs[l - 1][1:], xs), -1)
        U, W, b, back, down = 0 * p["W_xh"], 0 * p["W_hh"], 0 * p["b_h"], 0 * hs[l][0], np.zeros_like(inp)
        for t in range(T - 1, -1, -1):
            da = (up[t] + back) * (1 - hs[l][t + 1] ** 2)
            U += inp[t].T @ da
            W += hs[l][t].T @ da
            b += da.sum(0)
            down[t], back = da @ p["W_xh"].T, da @ p["W_hh"].T
        out, up = [{"W_xh": U, "W_hh": W, "b_h": b}] + out, down[..., :H]
    return out
'''],
        [("the wrong columns handed down", "down[..., :H]", "down[..., -H:]", None),
         ("no future", "(up[t] + back)", "up[t]", "future"),
         ("layers in reverse order", "[{\"W_xh\": U, \"W_hh\": W, \"b_h\": b}] + out, down", "out + [{\"W_xh\": U, \"W_hh\": W, \"b_h\": b}], down", None),
         ("the layer below one step early", "hs[l - 1][1:]", "hs[l - 1][:-1]", None),
         ("h_t for h_{t-1}", "hs[l][t].T", "hs[l][t + 1].T", r"hs\[l\]\[t\]"),
         ("= for +=", "b += da", "b = da", "="),
         ("the slope forgotten", "* (1 - hs[l][t + 1] ** 2)", "", "slope|1 - hs"),
         ("the transpose forgotten", 'da @ p["W_hh"].T', 'da @ p["W_hh"]', "W_hh"),
        ]),
    "residual_backward": (
        ['''
def answer(dhs, xs, hs, params):
    L, T, res = len(params), len(xs), []
    o = [hs[0][1:]]
    for l in range(1, L):
        o.append(o[-1] + hs[l][1:])
    do = dhs.copy()
    for l in range(L - 1, -1, -1):
        p, inp = params[l], xs if l == 0 else o[l - 1]
        U, W, b, back, down = 0 * p["W_xh"], 0 * p["W_hh"], 0 * p["b_h"], 0 * hs[l][0], np.zeros_like(inp)
        for t in range(T - 1, -1, -1):
            da = (do[t] + back) * (1 - hs[l][t + 1] ** 2)
            U, W, b = U + inp[t].T @ da, W + hs[l][t].T @ da, b + da.sum(0)
            back, down[t] = da @ p["W_hh"].T, da @ p["W_xh"].T
        res.insert(0, {"W_xh": U, "W_hh": W, "b_h": b})
        do = do + down if l else down
    return res
'''],
        [("no way past the layer", "do = do + down if l else down", "do = down", None),
         ("only the way past", "do = do + down if l else down", "do = do if l else down", "dout|term"),
         ("the layer reads h, not o", "xs if l == 0 else o[l - 1]", "xs if l == 0 else hs[l - 1][1:]", None),
         ("the slope of o", "1 - hs[l][t + 1] ** 2", "1 - o[l][t] ** 2", None),
         ("no future", "(do[t] + back)", "do[t]", "future"),
         ("the recurrence reads o", "hs[l][t].T @ da", "(o[l][t - 1] if t else 0 * o[l][0]).T @ da", None),
         ("dhs added at every layer", "do = do + down if l else down", "do = dhs + down if l else down", "dhs"),
         ("= for +=", "b + da.sum(0)", "da.sum(0)", "="),
        ]),
    "layer_norm_backward": (
        ['''
def answer(dy, z, gain):
    B, H = z.shape
    s = np.sqrt(z.var(1, keepdims=True) + 1e-5)
    n = (z - z.mean(1, keepdims=True)) / s
    d = gain * dy
    return {"z": (H * d - d.sum(1, keepdims=True) - n * (d * n).sum(1, keepdims=True)) / (H * s), "gain": np.einsum("bh,bh->h", dy, n)}
'''],
        [("no gradient through the mean", " - d.sum(1, keepdims=True)", "", "through_mean"),
         ("no gradient through the variance", " - n * (d * n).sum(1, keepdims=True)", "", "through_var"),
         ("neither", "(H * d - d.sum(1, keepdims=True) - n * (d * n).sum(1, keepdims=True)) / (H * s)", "d / s", "And|through"),
         ("the gain forgotten in dz", "d = gain * dy", "d = dy", "gain"),
         ("the gain's gradient of z", 'np.einsum("bh,bh->h", dy, n)', 'np.einsum("bh,bh->h", dy, z)', "z"),
         ("over the batch", 'np.einsum("bh,bh->h", dy, n)', 'np.einsum("bh,bh->h", dy, n) / B', "mean|B"),
         ("divided by the variance", "/ (H * s)", "/ (H * s ** 2)", "twice|sd"),
         ("no division by the deviation", "/ (H * s)", "/ H", "sd"),
         ("sums for means", "(H * d - d.sum(1, keepdims=True) - n * (d * n).sum(1, keepdims=True)) / (H * s)", "(d - d.sum(1, keepdims=True) - n * (d * n).sum(1, keepdims=True)) / s", "sum in place"),
        ]),
    "attention_backward": (
        ['''
def answer(dO, Q, K, V):
    n, d = Q.shape
    S = (Q @ K.T) * d ** -0.5 + np.triu(np.full((n, n), -1e30), 1)
    A = np.exp(S - S.max(1, keepdims=True))
    A = A / A.sum(1, keepdims=True)
    P = dO @ V.T
    G = A * (P - np.sum(P * A, axis=1, keepdims=True))
    return {"Q": G @ K / np.sqrt(d), "K": G.T @ Q / np.sqrt(d), "V": A.T @ dO}
'''],
        [("the root of d forgotten in dQ", "G @ K / np.sqrt(d)", "G @ K", "sqrt"),
         ("the root of d forgotten forwards", "* d ** -0.5", "* 1.0", "sqrt"),
         ("not causal", " + np.triu(np.full((n, n), -1e30), 1)", "", "where|left out"),
         ("softmax's sum forgotten", "A * (P - np.sum(P * A, axis=1, keepdims=True))", "A * P", "through_sum"),
         ("A for A transposed", '"V": A.T @ dO', '"V": A @ dO', "A"),
         ("G for G transposed in dK", "G.T @ Q", "G @ Q", "dscores"),
         ("d for its root", "G.T @ Q / np.sqrt(d)", "G.T @ Q / d", "sqrt|d"),
         ("the slope of a sigmoid", "A * (P - np.sum(P * A, axis=1, keepdims=True))", "A * (1 - A) * P", None),
         ("softmax over the columns", "A.sum(1, keepdims=True)", "A.sum(0, keepdims=True)", "axis"),
         ("the softmax left out of the scores' gradient", "G = A * (P - np.sum(P * A, axis=1, keepdims=True))", "G = P - np.sum(P * A, axis=1, keepdims=True)", "A"),
        ]),
    "causal_convolution_backward": (
        ['''
def answer(dys, xs, W, dilation):
    T, K = len(xs), len(W)
    gx, gW = np.zeros(xs.shape), np.zeros(W.shape)
    for t in range(T):
        for k in range(K):
            s = t - k * dilation
            if s >= 0:
                gx[s] += dys[t] @ W[k].T
                gW[k] += xs[s].T @ dys[t]
    return {"xs": gx, "W": gW, "b": dys.sum((0, 1))}
'''],
        [("dilation forgotten", "s = t - k * dilation", "s = t - k", "dilation"),
         ("the filter the other way round", "gW[k] += xs[s].T @ dys[t]", "gW[K - 1 - k] += xs[s].T @ dys[t]", None),
         ("= for +=", "gx[s] += dys", "gx[s] = dys", "="),
         ("the filter's gradient not summed", "gW[k] += xs", "gW[k] = xs", "="),
         ("the input at t", "xs[s].T @ dys[t]", "xs[t].T @ dys[t]", "t"),
         ("wrapping round", "            if s >= 0:\n", "            if True:\n", None),
         ("the bias of the last step", "dys.sum((0, 1))", "dys[-1].sum(0)", None),
         ("averaged over the batch", '"W": gW', '"W": gW / xs.shape[1]', "B"),
         ("shifted as forwards is", "gx[s] += dys[t] @", "gx[t] += dys[s] @", "changed places"),
         ("the bias not summed over the batch", "dys.sum((0, 1))", "dys.sum(0)", None),
        ]),
    "linear_recurrence_backward": (
        ['''
def answer(dhs, a, hs):
    ga, gb, g = np.empty_like(a), np.empty_like(a), 0.0
    for t in reversed(range(len(a))):
        g = g + dhs[t]
        ga[t], gb[t] = g * hs[t], g
        g = g * a[t]
    return {"a": ga, "b": gb, "h_0": g}
'''],
        [("no future", "g = g + dhs[t]", "g = dhs[t]", "future"),
         ("h_t for h_{t-1}", "g * hs[t], g", "g * hs[t + 1], g", r"hs\[t\]"),
         ("a of the next step", "g = g * a[t]", "g = g * a[t - 1]", None),
         ("a forgotten", "g = g * a[t]", "pass", "factor|a"),
         ("only the own loss in da", "ga[t], gb[t] = g * hs[t], g", "ga[t], gb[t] = dhs[t] * hs[t], g", "dhs|future"),
         ("forwards", "reversed(range(len(a)))", "range(len(a))", "other way"),
         ("the own loss alone in db", "g * hs[t], g\n", "g * hs[t], dhs[t]\n", "dhs"),
         ("a in the gradient of b", "g * hs[t], g\n", "g * hs[t], g * a[t]\n", None),
         ("a_{t+1} for a_t", "g = g * a[t]", "g = g * a[min(t + 1, len(a) - 1)]", None),
         ("h_0 forgotten", '"h_0": g}', '"h_0": np.zeros_like(hs[0])}', "future|0"),
        ]),
}  # fmt: skip

# ------------------------------------------- what earlier pages ask for, and the mistakes that their checkers knew

CASES["rnn_forward"][1].extend([
    ("zeros for the first state", "state, out = h_0, []", "state, out = 0 * h_0, []", None),
    ("no input", 'np.einsum("bd,dh->bh", x, W_xh) + ', "", "xs"),
])  # fmt: skip
CASES["leaky_backward"][1].extend([
    ("the transpose forgotten", 'da @ p["W_hh"].T', 'da @ p["W_hh"]', "W_hh"),
    ("the last state wraps round", "hs[t].T @ da", "hs[t or -1].T @ da", "wraps round"),
    ("no sum over time at all", 'g["W_xh"] += xs[t].T @ da\n        g["W_hh"] += hs[t].T @ da\n        g["b_h"] += da',
     'g["W_xh"] = xs[t].T @ da\n        g["W_hh"] = hs[t].T @ da\n        g["b_h"] = da', "="),
])  # fmt: skip
CASES |= {
    "loss_in_windows": (
        ['''
def answer(model, params, xs, targets, size):
    state, total = None, 0.0
    for t in range(0, len(xs), size):
        run = model.forward(params, xs[t : t + size], state=state)
        loss, _ = model.loss_and_dys(run.ys, targets[t : t + size])
        state, total = run.state, total + loss * len(run.ys)
    return total / len(xs)
''', '''
def answer(model, params, xs, targets, size):
    losses, weights, state = [], [], None
    while sum(weights) < len(xs):
        here = slice(sum(weights), sum(weights) + size)
        run = model.forward(params, xs[here], state=state)
        losses.append(model.loss_and_dys(run.ys, targets[here])[0])
        weights.append(len(run.ys))
        state = run.state
    return np.average(losses, weights=weights)
'''],
        [("every window from zero", "state, total = run.state, total", "total = total", "left out"),
         ("the windows' mean", "loss * len(run.ys)\n    return total / len(xs)", "loss / np.ceil(len(xs) / size)\n    return total", "1 in place"),
         ("the first window's state for ever", "state, total = run.state,", "state, total = state or run.state,", None),
         ("a sum", "total / len(xs)", "total", "factor"),
         ("only the last window", "total + loss * len(run.ys)", "loss * len(run.ys)", "=|count"),
         ("divided by the batch as well", "total / len(xs)", "total / targets.size", None),
        ]),
    "carry_gradient": (
        ['''
def answer(dh, Js):
    for J in Js[::-1]:
        dh = dh @ J
    return dh
''', '''
def answer(dh, Js):
    import functools
    return functools.reduce(lambda d, J: J.T @ d, list(Js)[::-1], dh)
'''],
        [("from the first to the last", "Js[::-1]", "Js", "other way"),
         ("a column pushed forwards", "dh @ J", "J @ dh", "J"),
         ("the last step left out", "Js[::-1]", "Js[-2::-1]", None),
         ("the first step left out", "Js[::-1]", "Js[:0:-1]", None),
         ("a column, from the first on", "for J in Js[::-1]:\n        dh = dh @ J", "for J in Js:\n        dh = J @ dh", None),
         ("twice as much", "return dh", "return 2 * dh", "twice"),
         ("the sign", "return dh", "return -dh", "sign"),
        ]),
    "exponents": (
        ['''
def answer(Js):
    Q, total = np.eye(len(Js[0])), 0
    for J in Js:
        Q, R = np.linalg.qr(J @ Q)
        total = total + np.log(np.abs(np.diag(R)))
    return total / len(Js)
''', '''
def answer(Js):
    Q, logs = np.eye(Js.shape[1]), []
    for J in Js:
        Q, R = np.linalg.qr(J @ Q)
        logs.append(0.5 * np.log(np.diag(R) ** 2))
    return list(np.mean(logs, axis=0)[::-1])
'''],
        [("a new frame at every step", "np.linalg.qr(J @ Q)", "np.linalg.qr(J)", "factor `Q`"),
         ("the sum over the steps", "total / len(Js)", "total", "factor"),
         ("from the last step to the first", "for J in Js:", "for J in Js[::-1]:", "other way"),
         ("factors, not their logarithms", "total / len(Js)", "np.exp(total / len(Js))", None),
         ("logarithms to base 2", "np.log(", "np.log2(", None),
         ("the frame on the left", "J @ Q)", "Q @ J)", "Q"),
         ("the transposed Jacobians", "J @ Q)", "J.T @ Q)", "T"),
         ("the logarithm forgotten", "np.log(np.abs(np.diag(R)))", "np.abs(np.diag(R))", "log"),
         ("the sign of R kept", "np.log(np.abs(np.diag(R)))", "np.log(np.diag(R))", None),
        ]),
    "minimal_step_backward": (
        ['''
def answer(dh, z, n, h_prev):
    return dh * h_prev - dh * n, dh - z * dh, z * dh
'''],
        [("the sign of dz", "dh * h_prev - dh * n", "dh * n - dh * h_prev", "n - h_prev|sign"),
         ("z and 1 - z exchanged", "dh - z * dh, z * dh", "z * dh, dh - z * dh", "changed places|`z` in place|1 - z"),
         ("no z in the way back to the old state", "dh - z * dh, z * dh", "dh - z * dh, dh", "factor `z`"),
         ("only the candidate in dz", "dh * h_prev - dh * n", "-dh * n", "term|h_prev"),
         ("the slope of the gate too", "dh * h_prev - dh * n", "dh * (h_prev - n) * z * (1 - z)", None),
         ("no 1 - z in dn", "dh - z * dh, z", "dh, z", r"1 - z"),
         ("the other way round", "dh * h_prev - dh * n, dh - z * dh, z * dh", "dh * h_prev - dh * n, z * dh, dh - z * dh", "changed places|`z` in place|1 - z"),
        ]),
    "residual_step_backward": (
        ['''
def answer(do_above, da_above, W_xh_above, da_next, W_hh):
    do = do_above + da_above @ W_xh_above.T
    return do, do + da_next @ W_hh.T
''', '''
def answer(do_above, da_above, W_xh_above, da_next, W_hh):
    do = np.einsum("bh,ih->bi", da_above, W_xh_above) + do_above
    return [do, np.einsum("bh,ih->bi", da_next, W_hh) + do]
'''],
        [("no bypass", "do_above + da", "da", "do_above"),
         ("no future", "do + da_next @ W_hh.T", "do", "da_next"),
         ("the future in do", "@ W_xh_above.T\n    return do, do + da_next @ W_hh.T", "@ W_xh_above.T + da_next @ W_hh.T\n    return do, do", None),
         ("no transposes", "W_xh_above.T\n    return do, do + da_next @ W_hh.T", "W_xh_above\n    return do, do + da_next @ W_hh", "everywhere|And"),
         ("one transpose forgotten", "da_next @ W_hh.T", "da_next @ W_hh", "W_hh"),
         ("no way through the matrix", "do_above + da_above @ W_xh_above.T", "do_above", "da_above"),
         ("dh without its own loss", "do = do_above + da_above @ W_xh_above.T\n    return do, do +", "do = da_above @ W_xh_above.T\n    return do, do +", "do_above"),
         ("the two results exchanged", "return do, do + da_next @ W_hh.T", "return do + da_next @ W_hh.T, do", "changed places"),
         ("dh from the bypass alone", "do, do + da_next", "do, do_above + da_next", "do_above"),
         ("ones added", "do, do +", "do + 1, do +", None),
        ]),
    "peak_lag": (
        ['''
def answer(a, L):
    import math
    return max(0, math.ceil((a * L - 1) / (1 - a) - 1e-9))
''', '''
def answer(a, L):
    lag = 0
    while a * (lag + L) > (lag + 1) * (1 + 1e-12):
        lag += 1
    return float(lag)
'''],
        [("rounded down", "math.ceil", "math.floor", "down"),
         ("below zero", "max(0, math.ceil((a * L - 1) / (1 - a) - 1e-9))", "math.ceil((a * L - 1) / (1 - a) - 1e-9)", "max"),
         ("the peak of the power law", "math.ceil((a * L - 1) / (1 - a) - 1e-9)", "round((L - 1) / -math.log(a))", None),
         ("one step late", "return max(0, math.ceil((a * L - 1) / (1 - a) - 1e-9))", "return max(0, math.ceil((a * L - 1) / (1 - a) - 1e-9)) + 1", None),
         ("not rounded", "math.ceil((a * L - 1) / (1 - a) - 1e-9)", "(a * L - 1) / (1 - a)", "ceil"),
         ("the - 1 forgotten", "(a * L - 1)", "(a * L)", "term `1`"),
         ("always three", "max(0, math.ceil((a * L - 1) / (1 - a) - 1e-9))", "3", None),
        ]),
    "spread": (
        ['''
def answer(hs):
    return np.sqrt((hs.std(axis=0) ** 2).mean())
''', '''
def answer(hs):
    return np.linalg.norm(hs - hs.mean(0)) / np.sqrt(hs.size)
'''],
        [("over the units", "std(axis=0)", "std(axis=1)", "axis 1"),
         ("the mean not taken off", "np.sqrt((hs.std(axis=0) ** 2).mean())", "np.sqrt((hs ** 2).mean())", "mean"),
         ("one deviation over all entries", "np.sqrt((hs.std(axis=0) ** 2).mean())", "hs.std()", "axis None"),
         ("the mean of the deviations", "np.sqrt((hs.std(axis=0) ** 2).mean())", "hs.std(axis=0).mean()", "the root first"),
         ("the variance", "np.sqrt((hs.std(axis=0) ** 2).mean())", "hs.var(axis=0).mean()", "sqrt"),
         ("a sum over the units", "** 2).mean()", "** 2).sum()", "sum"),
        ]),
    "score": (
        ['''
def answer(state, label):
    return abs(np.corrcoef(state, label)[0, 1])
''', '''
def answer(state, label):
    z = [(v - v.mean()) / v.std() for v in (state, label)]
    return abs(float(np.mean(z[0] * z[1])))
'''],
        [("with its sign", "abs(np.corrcoef(state, label)[0, 1])", "np.corrcoef(state, label)[0, 1]", "abs"),
         ("the means left on", "abs(np.corrcoef(state, label)[0, 1])", "abs(state @ label) / (np.linalg.norm(state) * np.linalg.norm(label))", "mean"),
         ("the covariance", "abs(np.corrcoef(state, label)[0, 1])", "abs(np.cov(state, label, bias=True)[0, 1])", "factor"),
         ("squared", "abs(np.corrcoef(state, label)[0, 1])", "np.corrcoef(state, label)[0, 1] ** 2", "squared"),
         ("the regression slope", "abs(np.corrcoef(state, label)[0, 1])", "abs(np.cov(state, label, bias=True)[0, 1]) / state.var()", None),
         ("variances for deviations", "abs(np.corrcoef(state, label)[0, 1])", "abs(np.cov(state, label, bias=True)[0, 1]) / (state.var() * label.var())", "deviations. counts twice|sqrt"),
        ]),
    "call": (
        ['''
def answer(low, high, margin):
    if low > margin:
        return "for"
    return "against" if margin > high else "open"
'''],
        [("compared with zero", 'if low > margin:\n        return "for"\n    return "against" if margin > high else "open"',
          'if low > 0:\n        return "for"\n    return "against" if 0 > high else "open"', "0 in place"),
         ("zero for the claim alone", "low > margin", "low > 0", "0 in place"),
         ("never against", '"against" if margin > high else "open"', '"open"', "never"),
         ("never open", '"against" if margin > high else "open"', '"against"', "always"),
         ("the middle decides", "low > margin", "(low + high) / 2 > margin", None),
         ("the highest value decides", "low > margin", "high > margin", "`high` in place"),
         ("the two words exchanged", '"for"', '"against"', None),
         ("a word of one's own", '"open"', '"undecided"', None),
        ]),
}  # fmt: skip

VALUES = {  # name: (right answers, [(what, answer, what a named verdict or its message must hold)])
    "parameter_count": (
        [1248, 1248.0, [1248]],
        [("no bias", 1216, "b_h"), ("no W_hh", 224, "W_hh"), ("no W_xh", 1056, "W_xh"), ("times T", 24960, "by T"),
         ("the batch too", 4 * 1248, None), ("one", 1, None), ("a square too many", 6 * 32 + 2 * 32 * 32 + 32, "W_hh"),
         ("H² forgotten", 6 * 32 + 32 + 32, "H"), ("text", "1248", "Expected"), ("no number", float("nan"), "Expected"),
         ("a truth value", True, "Expected"), ("two numbers", [1216, 32], "Expected")]),
    "switch": (
        [(1.5, -0.1), [1.5, -0.1]],
        [("too weak", (0.9, 0.0), "one stable state"), ("no bias", (2.0, 0.0), "its low state|weak"),
         ("the bias too strong", (1.1, -0.3), "one stable state"), ("both forgotten", (2.0, -0.2), "strong pulse is forgotten"),
         ("still on its way", (1.2, -0.02), "when the pulse comes"), ("a positive bias", (1.5, 0.1), "when the pulse comes|weak"),
         ("a negative weight", (-2.0, 0.0), "one stable"), ("one number", 1.5, "Expected")]),
    "window_lengths": (
        [(49, 7), np.array([49, 7])],
        [("exchanged", (7, 49), "changed places"), ("counted from 0", (48, 6), "1"), ("too short", (2, 7), None),
         ("from where all is well", (60, 7), None), ("one too long", (49, 8), None), ("out of range", (0, 99), None),
         ("one number", 49, "Expected")]),
    "perplexity": (
        [4.48, 4.5, np.exp(1.5), np.float32(4.4)],
        [("2 to the nats", 2.83, "log"), ("e to the bits", 8.7, "e in place"), ("the nats", 1.5, None),
         ("the bits", 2.16, "bits|2"), ("seven", 7, None), ("no power of a sign", -4.48, "sign"), ("a truth value", True, "Expected")]),
    "transient": (
        [(0.9, 1.5), (0.95, 1.2)],
        [("too little shear", (0.6, 0.1), "less than five"), ("no vanishing", (1.1, 1.5), "vanish"),
         ("not gone yet", (0.999, 1.5), "not gone"), ("too much shear", (0.9, 10.0), "not between"),
         ("a negative shear", (0.9, -1.5), "not between"), ("rho of zero", (0.0, 1.0), "vanish"), ("one number", 0.9, "Expected")]),
    "forget_bias": (
        [3.34, 3.35, np.float32(3.345), np.log(0.5 ** 0.05 / (1 - 0.5 ** 0.05))],
        [("the gate's value", 0.966, "keep"), ("the clock of 1/e", np.log(19), "1 / e"), ("one", 1.0, None),
         ("minus", -3.34, "sign"), ("ln 20", np.log(20), None), ("the odds without logarithm", 28.36, "log"),
         ("text", "3.34", "Expected")]),
    "gru_size": (
        [27, np.int64(27), 27.0],
        [("one too many", 28, None), ("far too few", 20, None), ("as many as the LSTM", 24, None),
         ("a third more", 32, None), ("not whole", 2.5, None), ("none", 0, None)]),
    "stack_width": (
        [61, 61.0, np.int64(61), np.float32(61), np.array(61), [61]],
        [("the plain stack", 67, "factor `L`"), ("a tanh stack", 131, "factor `4`"), ("a GRU", 72, None), ("rounded up", 62, None),
         ("seven", 7, None), ("not whole", 61.5, None), ("text", "61", "Expected"), ("a truth value", True, "Expected")]),
    "recurrent_gain": (
        [1.55, np.float32(1.55), [1.56]],
        [("an orthogonal start", 1.0, "too short"), ("too much", 1.8, "too long"), ("negative", -1.55, "above 0"),
         ("zero", 0, "above 0"), ("infinite", float("inf"), "Expected"), ("a truth value", True, "Expected")]),
    "remedy": (
        ["residual", "input skip", ["residual"], "Residual", ("input skip", "residual")],
        [("plain", "plain", "spread"), ("layer norm", "layer norm", "divides"), ("a list", ["layer norm"], "divides"),
         ("something else", "prayer", "one of plain, residual"), ("a number", 3, "one of"),
         ("two, one of them wrong", ["plain", "residual"], "one of|spread")]),
    "control": (
        ["b", "B", ["b"], ("b",), " b ", "(b)"],
        [("more seeds", "a", "seeds"), ("in capitals", "A", "seeds"), ("wider", "c", "at the same time"), ("another letter", "d", "one of a, b, c"),
         ("a number", 2, "one of"), ("two letters", "ab", "one of")]),
    "faults": (
        ["abc", "bac", "a, b, c", "ABC", ["c", "b", "a"], {"a", "b", "c"}, np.array(["a", "b", "c"])],
        [("a limit", "abcd", "limit"), ("a virtue", "abce", "virtue"), ("two of three", "ab", "2 of 3"), ("another letter", "xyz", "letters among"),
         ("a number", 3, "letters among"), ("all", "abcde", "limit")]),
}  # fmt: skip
