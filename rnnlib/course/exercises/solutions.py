"""Solutions of the exercises on one plain layer and on training it. The checker makes its mistakes out of their text,
so every version of a value has a name of its own, and a line does one thing.

Row vectors, time first; a gradient has the name and the shape of its array and is summed over batch and time.
"""

import numpy as np


def rnn_forward(xs, h_0, W_xh, W_hh, b_h):
    """h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h).  xs (T, B, D), h_0 (B, H) -> hs (T, B, H), without h_0."""
    hs = np.zeros((len(xs), *h_0.shape))
    h = h_0
    for t in range(len(xs)):
        a = xs[t] @ W_xh + h @ W_hh + b_h
        h = np.tanh(a)
        hs[t] = h
    return hs


def cross_entropy_backward(ys, targets):
    """loss = mean over n of -ln p[n, targets[n]],  p = softmax(ys).  ys (N, V), targets (N,) -> dys (N, V)."""
    e = np.exp(ys - ys.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    right = np.eye(ys.shape[1])[targets]
    return (p - right) / len(ys)


def readout_backward(dys, hs, W_hy):
    """y_t = h_t W_hy + b_y at every step.  dys (T, B, V), hs (T, B, H), W_hy (H, V) -> {hs, W_hy, b_y}."""
    dhs = np.zeros_like(hs)
    dW_hy = np.zeros_like(W_hy)
    db_y = np.zeros_like(W_hy[0])
    for t in range(len(dys)):
        dhs[t] = dys[t] @ W_hy.T
        dW_hy += hs[t].T @ dys[t]
        db_y += dys[t].sum(axis=0)
    return {"hs": dhs, "W_hy": dW_hy, "b_y": db_y}


def rnn_step_backward(dh, x, h_prev, h, W_xh, W_hh):
    """One step of h = tanh(x W_xh + h_prev W_hh + b_h).  dh (B, H) -> {x, h_prev, W_xh, W_hh, b_h}."""
    da = dh * (1 - h**2)
    dx = da @ W_xh.T
    dh_prev = da @ W_hh.T
    dW_xh = x.T @ da
    dW_hh = h_prev.T @ da
    db_h = da.sum(axis=0)
    return {"x": dx, "h_prev": dh_prev, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h}


def rnn_backward(dhs, xs, hs, W_xh, W_hh):
    """The whole sequence.  dhs (T, B, H): what each step's own loss sends into h_t, without the future.  xs (T, B, D),
    hs (T + 1, B, H) from h_0 on -> {xs, h_0, W_xh, W_hh, b_h}."""
    dxs = np.zeros_like(xs)
    dW_xh = np.zeros_like(W_xh)
    dW_hh = np.zeros_like(W_hh)
    db_h = np.zeros_like(W_hh[0])
    future = np.zeros_like(hs[0])
    for t in range(len(xs), 0, -1):
        dh = dhs[t - 1] + future
        da = dh * (1 - hs[t] ** 2)
        dxs[t - 1] = da @ W_xh.T
        dW_xh += xs[t - 1].T @ da
        dW_hh += hs[t - 1].T @ da
        db_h += da.sum(axis=0)
        future = da @ W_hh.T
    return {"xs": dxs, "h_0": future, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h}


def truncated_backward(dhs, xs, hs, W_xh, W_hh, k):
    """As rnn_backward, in windows of k steps from t = 1 on (the last may be shorter): nothing is handed back over a
    seam. -> {W_xh, W_hh, b_h}."""
    dW_xh = np.zeros_like(W_xh)
    dW_hh = np.zeros_like(W_hh)
    db_h = np.zeros_like(W_hh[0])
    future = np.zeros_like(hs[0])
    for t in range(len(xs), 0, -1):
        if t % k == 0:
            future = np.zeros_like(hs[0])
        dh = dhs[t - 1] + future
        da = dh * (1 - hs[t] ** 2)
        dW_xh += xs[t - 1].T @ da
        dW_hh += hs[t - 1].T @ da
        db_h += da.sum(axis=0)
        future = da @ W_hh.T
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h}


def padded_backward(dhs, xs, hs, lengths, W_xh, W_hh):
    """As rnn_backward, for sequences of unequal lengths (B,): on padding, t > lengths[b], the state stands still,
    h_t = h_{t-1}, and the output is zero, so that dhs there counts for nothing. -> {xs, h_0, W_xh, W_hh, b_h}."""
    dxs = np.zeros_like(xs)
    dW_xh = np.zeros_like(W_xh)
    dW_hh = np.zeros_like(W_hh)
    db_h = np.zeros_like(W_hh[0])
    future = np.zeros_like(hs[0])
    for t in range(len(xs), 0, -1):
        real = (t <= lengths)[:, None]
        own = np.where(real, dhs[t - 1], 0)
        dh = own + future
        da = np.where(real, dh * (1 - hs[t] ** 2), 0)
        dxs[t - 1] = da @ W_xh.T
        dW_xh += xs[t - 1].T @ da
        dW_hh += hs[t - 1].T @ da
        db_h += da.sum(axis=0)
        future = np.where(real, da @ W_hh.T, dh)
    return {"xs": dxs, "h_0": future, "W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h}


def leaky_backward(p, xs, hs, cs, alpha, from_loss):
    """a_t = x_t W_xh + h_{t-1} W_hh + b_h,  c_t = tanh(a_t),  h_t = (1 - alpha) h_{t-1} + alpha c_t.
    p: the three parameters; hs (T + 1, B, H) from h_0 on, cs (T, B, H), from_loss (T, B, H), the gradients that the
    losses send into each h_t -> {W_xh, W_hh, b_h, h_0}."""
    dW_xh = np.zeros_like(p["W_xh"])
    dW_hh = np.zeros_like(p["W_hh"])
    db_h = np.zeros_like(p["b_h"])
    future = np.zeros_like(hs[0])
    for t in range(len(xs), 0, -1):
        dh = from_loss[t - 1] + future
        dc = dh * alpha
        da = dc * (1 - cs[t - 1] ** 2)
        dW_xh += xs[t - 1].T @ da
        dW_hh += hs[t - 1].T @ da
        db_h += da.sum(axis=0)
        future = da @ p["W_hh"].T + dh * (1 - alpha)
    return {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "h_0": future}


def clip_by_global_norm(grads, theta):
    """g if ‖g‖ <= theta, else g theta / ‖g‖, with ‖g‖ over all entries of all arrays together.  list -> list."""
    squares = [(g**2).sum() for g in grads]
    norm = np.sqrt(sum(squares))
    factor = theta / norm if norm > theta else 1.0
    return [g * factor for g in grads]


def adam_step(p, g, m, v, n, lr):
    """Update number n, from 1 on: m ← .9 m + .1 g,  v ← .999 v + .001 g²,
    p ← p - lr (m / (1 - .9ⁿ)) / (sqrt(v / (1 - .999ⁿ)) + 1e-8).  -> (p, m, v), new arrays."""
    m_new = 0.9 * m + (1 - 0.9) * g
    v_new = 0.999 * v + (1 - 0.999) * g**2
    m_hat = m_new / (1 - 0.9**n)
    v_hat = v_new / (1 - 0.999**n)
    p_new = p - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    return p_new, m_new, v_new


def loss_in_windows(model, params, xs, targets, size):
    """The loss of a long sequence, read window by window with the state handed on, as in one pass.  xs (T, B, D),
    targets (T, B), size: steps of a window, the last may be shorter; model.forward(params, xs, state=...) gives run.ys
    and run.state, model.loss_and_dys(ys, targets) the mean loss and dys. -> the mean loss of all steps."""
    state = None
    total = 0.0
    count = 0
    for t in range(0, len(xs), size):
        run = model.forward(params, xs[t : t + size], state=state)
        loss, _ = model.loss_and_dys(run.ys, targets[t : t + size])
        steps = len(run.ys)
        total += loss * steps
        count += steps
        state = run.state
    return total / count


def carry_gradient(dh, Js):
    """The gradient at h_0 of that at h_T.  dh (N,), Js (T, N, N), the Jacobians J_1 ... J_T, J_t[i, j] = the derivative
    of h_t[i] by h_{t-1}[j] -> (N,)."""
    for t in range(len(Js) - 1, -1, -1):
        dh = dh @ Js[t]
    return dh


def exponents(Js):
    """The Lyapunov exponents of the Jacobians J_1 ... J_T: with Q = 1 at first, J_t Q = Q R step by step, and the mean
    of ln |R[i, i]|.  Js (T, N, N) -> (N,), in any order."""
    Q = np.eye(len(Js[0]))
    total = np.zeros(len(Js[0]))
    for t in range(len(Js)):
        frame = Js[t] @ Q
        Q, R = np.linalg.qr(frame)
        stretch = np.abs(np.diag(R))
        total += np.log(stretch)
    return total / len(Js)
