"""Solutions of the exercises on gates, on stacks and on what stands beside a recurrent layer; see `solutions`."""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_step(x, h_prev, c_prev, W_xh, W_hh, b_h):
    """Gates side by side in the order i f g o: i, f, o = σ, g = tanh;  c = f c_prev + i g,  h = o tanh c.
    x (B, D), h_prev, c_prev (B, H), W_xh (D, 4H), W_hh (H, 4H), b_h (4H,) -> (h, c, i, f, g, o)."""
    a = x @ W_xh + h_prev @ W_hh + b_h
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i = sigmoid(a_i)
    f = sigmoid(a_f)
    g = np.tanh(a_g)
    o = sigmoid(a_o)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    return h, c, i, f, g, o


def lstm_step_backward(dh, dc, x, h_prev, c_prev, c, i, f, g, o, W_xh, W_hh):
    """One LSTM step; dh and dc (B, H) arrive from above and from the step after.
    -> {x, h_prev, c_prev, W_xh, W_hh, b_h}."""
    tanh_c = np.tanh(c)
    dc_total = dc + dh * o * (1 - tanh_c**2)
    do = dh * tanh_c
    di = dc_total * g
    df = dc_total * c_prev
    dg = dc_total * i
    da_i = di * i * (1 - i)
    da_f = df * f * (1 - f)
    da_g = dg * (1 - g**2)
    da_o = do * o * (1 - o)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dx = da @ W_xh.T
    dh_prev = da @ W_hh.T
    dc_prev = dc_total * f
    dW_xh = x.T @ da
    dW_hh = h_prev.T @ da
    db_h = da.sum(axis=0)
    return {"x": dx, "h_prev": dh_prev, "c_prev": dc_prev, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h}


def gru_step_backward(dh, x, h_prev, r, z, n, zh_n, W_xh, W_hh):
    """One step of h = (1 - z) n + z h_prev,  n = tanh(x W_xn + b_n + r zh_n),  zh_n = h_prev W_hn + b_hn, gates side by
    side in the order r z n.  dh (B, H) -> {x, h_prev, W_xh, W_hh, b_h, b_hn}."""
    dz = dh * (h_prev - n)
    dn = dh * (1 - z)
    da_n = dn * (1 - n**2)
    dr = da_n * zh_n
    dzh_n = da_n * r
    da_r = dr * r * (1 - r)
    da_z = dz * z * (1 - z)
    dax = np.concatenate([da_r, da_z, da_n], axis=1)
    dah = np.concatenate([da_r, da_z, dzh_n], axis=1)
    dx = dax @ W_xh.T
    dh_prev = dah @ W_hh.T + dh * z
    dW_xh = x.T @ dax
    dW_hh = h_prev.T @ dah
    db_h = dax.sum(axis=0)
    db_hn = dzh_n.sum(axis=0)
    return {"x": dx, "h_prev": dh_prev, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "b_hn": db_hn}


def stack_backward(dhs, xs, hs, params):
    """A plain tanh stack: layer l reads h^(l-1), the lowest xs.  dhs (T, B, H) into the top layer's h_t, xs (T, B, D),
    hs: list over layers of (T + 1, B, H) from h_0 on, params: list of {W_xh, W_hh, b_h} -> a list of the same."""
    grads = []
    dout = dhs
    for l in range(len(params) - 1, -1, -1):
        W_xh, W_hh = params[l]["W_xh"], params[l]["W_hh"]
        below = hs[l - 1][1:] if l > 0 else xs
        dW_xh = np.zeros_like(W_xh)
        dW_hh = np.zeros_like(W_hh)
        db_h = np.zeros_like(W_hh[0])
        dbelow = np.zeros_like(dhs)
        future = np.zeros_like(hs[l][0])
        for t in range(len(xs), 0, -1):
            dh = dout[t - 1] + future
            da = dh * (1 - hs[l][t] ** 2)
            if l > 0:
                dbelow[t - 1] = da @ W_xh.T
            dW_xh += below[t - 1].T @ da
            dW_hh += hs[l][t - 1].T @ da
            db_h += da.sum(axis=0)
            future = da @ W_hh.T
        grads.insert(0, {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h})
        dout = dbelow
    return grads


def article_stack_backward(dhs, xs, hs, params):
    """(dhs, xs, hs, params) -> as stack_backward, with x_t into every layer: above the lowest a layer reads
    [h^(l-1), x], H columns and D."""
    grads = []
    dout = dhs
    for l in range(len(params) - 1, -1, -1):
        W_xh, W_hh = params[l]["W_xh"], params[l]["W_hh"]
        below = np.concatenate([hs[l - 1][1:], xs], axis=2) if l > 0 else xs
        dW_xh = np.zeros_like(W_xh)
        dW_hh = np.zeros_like(W_hh)
        db_h = np.zeros_like(W_hh[0])
        dbelow = np.zeros_like(dhs)
        future = np.zeros_like(hs[l][0])
        for t in range(len(xs), 0, -1):
            dh = dout[t - 1] + future
            da = dh * (1 - hs[l][t] ** 2)
            if l > 0:
                dbelow[t - 1] = (da @ W_xh.T)[:, : W_hh.shape[0]]
            dW_xh += below[t - 1].T @ da
            dW_hh += hs[l][t - 1].T @ da
            db_h += da.sum(axis=0)
            future = da @ W_hh.T
        grads.insert(0, {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h})
        dout = dbelow
    return grads


def residual_backward(dhs, xs, hs, params):
    """(dhs, xs, hs, params) -> as stack_backward, of a residual tanh stack: o^0 = h^0, and o^l = h^l + o^(l-1)
    above; layer l reads o^(l-1), its recurrence h^l, and the loss sends dhs into the top o; hs: h, h_0 = 0 first."""
    outs = [hs[0][1:]]
    for l in range(1, len(params)):
        outs.append(hs[l][1:] + outs[l - 1])
    grads = []
    dout = dhs
    for l in range(len(params) - 1, -1, -1):
        W_xh, W_hh = params[l]["W_xh"], params[l]["W_hh"]
        below = outs[l - 1] if l > 0 else xs
        dW_xh = np.zeros_like(W_xh)
        dW_hh = np.zeros_like(W_hh)
        db_h = np.zeros_like(W_hh[0])
        dbelow = np.zeros_like(dhs)
        future = np.zeros_like(hs[l][0])
        for t in range(len(xs), 0, -1):
            dh = dout[t - 1] + future
            da = dh * (1 - hs[l][t] ** 2)
            if l > 0:
                dbelow[t - 1] = da @ W_xh.T
            dW_xh += below[t - 1].T @ da
            dW_hh += hs[l][t - 1].T @ da
            db_h += da.sum(axis=0)
            future = da @ W_hh.T
        grads.insert(0, {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h})
        if l > 0:
            dout = dbelow + dout
    return grads


def layer_norm_backward(dy, z, gain):
    """y = gain (z - mean) / sqrt(var + 1e-5), mean and var over the units of a row.  dy, z (B, H) -> {z, gain}."""
    centred = z - z.mean(axis=1, keepdims=True)
    sd = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    normed = centred / sd
    dnormed = dy * gain
    through_mean = dnormed.mean(axis=1, keepdims=True)
    through_var = (dnormed * normed).mean(axis=1, keepdims=True)
    dz = (dnormed - through_mean - normed * through_var) / sd
    dgain = (dy * normed).sum(axis=0)
    return {"z": dz, "gain": dgain}


def attention_backward(dO, Q, K, V):
    """O = A V,  A = softmax(Q K^T / sqrt(d)) row by row, causal: step t sees steps up to t.  (T, d) -> {Q, K, V}."""
    T, d = Q.shape
    scores = Q @ K.T / np.sqrt(d)
    scores = np.where(np.tril(np.ones((T, T))) > 0, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    A = e / e.sum(axis=1, keepdims=True)
    dV = A.T @ dO
    dA = dO @ V.T
    through_sum = (dA * A).sum(axis=1, keepdims=True)
    dscores = A * (dA - through_sum)
    dQ = dscores @ K / np.sqrt(d)
    dK = dscores.T @ Q / np.sqrt(d)
    return {"Q": dQ, "K": dK, "V": dV}


def causal_convolution_backward(dys, xs, W, dilation):
    """y_t = b + sum over k of x_{t - k dilation} W[k], what lies before the first step being zero.
    dys (T, B, C), xs (T, B, D), W (K, D, C) -> {xs, W, b}."""
    dxs = np.zeros_like(xs)
    dW = np.zeros_like(W)
    db = dys.sum(axis=(0, 1))
    for k in range(len(W)):
        for t in range(k * dilation, len(xs)):
            dxs[t - k * dilation] += dys[t] @ W[k].T
            dW[k] += xs[t - k * dilation].T @ dys[t]
    return {"xs": dxs, "W": dW, "b": db}


def linear_recurrence_backward(dhs, a, hs):
    """h_t = a_t h_{t-1} + b_t, entry by entry.  dhs, a (T, B, H), hs (T + 1, B, H) from h_0 on -> {a, b, h_0}."""
    da = np.zeros_like(a)
    db = np.zeros_like(a)
    future = np.zeros_like(hs[0])
    for t in range(len(a), 0, -1):
        dh = dhs[t - 1] + future
        da[t - 1] = dh * hs[t - 1]
        db[t - 1] = dh
        future = dh * a[t - 1]
    return {"a": da, "b": db, "h_0": future}
