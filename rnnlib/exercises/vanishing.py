"""Checks for the exercises on vanishing gradients: each runs the real layer and names the likely mistake."""

import numpy as np

from ..explore.jacobian import products


def check_carry(carry):
    """`carry(dh, Js)`: the gradient at h_0, from dh (N,) at h_T and the Jacobians J_1 ... J_T (T, N, N)."""
    _, Js, found = products(0.9, shear=0.8, drive=0.5)
    dh = np.random.default_rng(4).standard_normal(Js.shape[1])
    answer = carry(dh.copy(), Js.copy())
    if answer is None:
        return "not tried yet"
    true = dh @ found[-1]
    forwards, columns = dh.copy(), dh.copy()
    for J in Js:
        forwards = forwards @ J
    for J in Js[::-1]:
        columns = J @ columns
    wrong = {
        "the Jacobians are taken from the first to the last: the way back starts at the last": forwards,
        "J @ dh pushes a nudge forwards in time; a gradient is a row, dh @ J": columns,
        "that multiplies entry by entry: matrices chain by the matrix product": dh * np.prod(Js, axis=0).sum(0),
    }
    if np.shape(answer) != true.shape:
        return f"a gradient of shape {true.shape} is expected, not {np.shape(answer)}"
    if np.allclose(answer, true, rtol=1e-9, atol=0):
        return f"right: {np.linalg.norm(dh):.3g} at the last step, {np.linalg.norm(true):.2g} at the first"
    for text, value in wrong.items():
        if np.allclose(answer, value, rtol=1e-9, atol=0):
            return text
    return "not yet: dh_{t-1} = dh_t @ J_t, step by step from t = T down to 1"


def check_transient(rho, shear, fold=5):
    """Does a layer at rest with this spectral radius and shear first grow a gradient `fold` times, and then lose it?"""
    if rho is None or shear is None:
        return "not tried yet"
    if not 0 < rho < 1:
        return f"rho = {rho}: in the end the gradient must vanish, so rho lies between 0 and 1"
    if not 0 <= shear <= 1.5:
        return f"shear = {shear}: the exercise asks for one between 0 and 1.5"
    _, _, found = products(rho, shear)
    factors = np.linalg.norm(found, 2, axis=(1, 2))
    text = (
        f"largest factor {factors.max():.3g} at lag {factors.argmax() + 1}, {factors[-1]:.2g} at lag {len(factors)}: "
    )
    if factors.max() < fold:
        return text + f"less than {fold}; more shear, or a larger rho, gives the growth more time"
    return text + ("right" if factors[-1] < 1 else "not gone yet after 60 steps; a smaller rho forgets sooner")


def check_exponents(exponents):
    """`exponents(Js)`: the Lyapunov exponents (N,) of the Jacobians J_1 ... J_T (T, N, N), in any order."""
    _, Js, _ = products(1.1, shear=0.5, drive=0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        answer = exponents(Js.copy())
    if answer is None:
        return "not tried yet"
    if np.shape(answer) != Js.shape[1:2]:
        return f"{Js.shape[1]} exponents are expected, shape {Js.shape[1:2]}, not {np.shape(answer)}"

    def by_qr(Js, carried=True):
        start = Q = np.eye(Js.shape[1])
        logs = []
        for J in Js:
            Q, R = np.linalg.qr(J @ (Q if carried else start))
            logs.append(np.log(np.abs(np.diag(R))))
        return np.mean(logs, axis=0)

    def same(value):
        return np.allclose(np.sort(answer), np.sort(value), rtol=1e-6, atol=1e-9)

    true = by_qr(Js)
    if same(true):
        return f"right: from {true.max():.3f} down to {true.min():.3f} per step"
    if np.isnan(answer).any():
        return "not a number: the diagonal of R has either sign, so take its size before the logarithm"
    wrong = {
        "every step starts from a new frame: the Q of one step goes into the next, J @ Q": by_qr(Js, carried=False),
        "the sum, and not the mean over the steps": len(Js) * true,
        "the Jacobians are taken from the last to the first; a frame of columns goes forwards, J_1 first": by_qr(
            Js[::-1]
        ),
        "factors: their logarithm is missing": np.exp(true),
    }
    for text, value in wrong.items():
        if same(value):
            return text
    return "not yet: Q, R = np.linalg.qr(J @ Q) step by step, and the mean of ln |R[i, i]|"
