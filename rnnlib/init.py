"""How weights begin. Every scheme fills one (fan_in, H) block: the part of W_xh or W_hh that belongs to one gate.

The four schemes take what `layer_params` has checked, a Generator and two sizes, and return a float64 array (rows, H).
"""

import numpy as np

from . import check


def uniform(rng, rows, H):
    """(rows, H) from U(-1/sqrt(H), 1/sqrt(H)), whatever the fan-in: the default of PyTorch's recurrent layers."""
    return rng.uniform(-1, 1, (rows, H)) / np.sqrt(H)


def glorot(rng, rows, H):
    """(rows, H) from U(-a, a), a = sqrt(6 / (rows + H)), fan-in and fan-out      (Glorot, Bengio 2010)"""
    return rng.uniform(-1, 1, (rows, H)) * np.sqrt(6 / (rows + H))


def orthogonal(rng, rows, H):
    """Q (rows, H) with orthonormal rows or columns, uniformly distributed      (Saxe, McClelland, Ganguli 2014)

    The signs of R's diagonal are folded into Q; without that the QR of a Gaussian is not uniform (Mezzadri 2007).
    """
    q, r = np.linalg.qr(rng.standard_normal((max(rows, H), min(rows, H))))
    q *= np.sign(np.diag(r))
    return q if rows >= H else q.T


def identity(rng, rows, H):
    """The identity (rows, H), for ReLU recurrence: IRNN      (Le, Jaitly, Hinton 2015)"""
    return np.eye(rows, H)


def spectral_radius(W):
    """ρ(W) = max |eigenvalue| of a square matrix W (H, H): the growth rate of W^n. LinAlgError, a ValueError, where W
    is not square or not finite."""
    return float(np.abs(np.linalg.eigvals(W)).max())


SCHEMES = {"uniform": uniform, "glorot": glorot, "orthogonal": orthogonal, "identity": identity}


def layer_params(layer, rng, *, input="uniform", recurrent="uniform", bias="uniform", rho=None, forget_bias=None):
    """The parameters of one layer, drawn gate by gate: {"W_xh": (D, G·H), "W_hh": (H, G·H), "b_h": (G·H,), ...}.

    input, recurrent : "uniform" (PyTorch's), "glorot", "orthogonal", "identity", for W_xh and for W_hh.
    bias : "uniform" (PyTorch's) or "zeros".
    rho : scale every gate's H × H block of W_hh to this spectral radius.
    forget_bias : what b_h holds for the forget gate, as the LSTM has one (Gers et al. 2000; Jozefowicz et al. 2015: 1).
    Layer-norm gains start at 1.
    ValueError where a scheme has no such name, not rho > 0, or the cell has no forget gate to set; TypeError where rng
    is no Generator.
    """
    check.generator("rng", rng)
    check.choice("input", input, SCHEMES)
    check.choice("recurrent", recurrent, SCHEMES)
    check.choice("bias", bias, ("uniform", "zeros"))
    H, G = layer.hidden_size, layer.cell.gates
    if rho is not None:
        check.number("rho", rho, 0, open_low=True)
    if forget_bias is not None:
        check.number("forget_bias", forget_bias)
        if layer.cell.forget is None:
            raise ValueError(f"forget_bias: expected a cell with a forget gate ('lstm'), got one with {G} gate(s)")

    def block(scheme, rows, scale=None):
        W = SCHEMES[scheme](rng, rows, H)
        return W if scale is None else W * (scale / spectral_radius(W))

    params = {}
    for name, axes in layer.shapes().items():
        if name == "W_xh":
            value = np.hstack([block(input, layer.input_size) for _ in range(G)])
        elif name == "W_hh":
            value = np.hstack([block(recurrent, H, rho) for _ in range(G)])
        elif name in ("g_x", "g_h"):
            value = np.ones(G * H)
        else:
            value = uniform(rng, axes[0][1] // H, H).ravel() if bias == "uniform" else np.zeros(axes[0][1])
        params[name] = value.astype(layer.dtype)
    if forget_bias is not None:
        params["b_h"].reshape(G, H)[layer.cell.forget] = forget_bias
    return params
