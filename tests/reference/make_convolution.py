"""Make convolution.npz: python tests/reference/make_convolution.py (needs PyTorch; the tests that read it do not).

Keys "<number of the case>/<array>". Arrays of nn.Conv1d in PyTorch's own layout (weight (C, D, K), bias, their
gradients under "grad/"), sequences (T, B, ·): input xs, upstream gradient dhs, results hs and dxs. A causal case has
(K-1) r zeros in front.
"""

from pathlib import Path

import numpy as np
import torch

CASES = [
    dict(kernel=3),
    dict(kernel=3, dilation=2, nonlinearity="tanh"),
    dict(kernel=2, stride=3),
    dict(kernel=4, causal=False),
    dict(kernel=3, causal=False, stride=2, dilation=2, nonlinearity="relu"),
    dict(kernel=5, dilation=3, nonlinearity="relu", residual=True),
    dict(kernel=12),  # longer than the sequence
]
NONLINEARITIES = {None: lambda z: z, "relu": torch.relu, "tanh": torch.tanh}


def run(case, seed, T=9, B=3):
    """Forward and backward through nn.Conv1d: a dict of arrays, as described above."""
    D, C = (4, 4) if case.get("residual") else (4, 2)
    K, r, g = case["kernel"], case.get("dilation", 1), torch.Generator().manual_seed(seed)
    layer = torch.nn.Conv1d(D, C, K, stride=case.get("stride", 1), dilation=r, dtype=torch.float64)
    for p in layer.parameters():
        p.data = 0.5 * torch.randn(p.shape, generator=g, dtype=torch.float64)
    xs = torch.randn(T, B, D, generator=g, dtype=torch.float64, requires_grad=True)
    read = torch.nn.functional.pad(xs.permute(1, 2, 0), ((K - 1) * r if case.get("causal", True) else 0, 0))
    hs = NONLINEARITIES[case.get("nonlinearity")](layer(read)).permute(2, 0, 1)
    if case.get("residual"):
        hs = hs + xs
    dhs = torch.randn(hs.shape, generator=g, dtype=torch.float64)
    (hs * dhs).sum().backward()
    arrays = {"xs": xs, "hs": hs, "dhs": dhs, "dxs": xs.grad} | dict(layer.named_parameters())
    arrays |= {f"grad/{name}": p.grad for name, p in layer.named_parameters()}
    return {name: np.ascontiguousarray(a.detach().numpy()) for name, a in arrays.items()}


def main():
    torch.set_num_threads(1)
    arrays = {f"{k}/{name}": a for k, case in enumerate(CASES) for name, a in run(case, seed=k).items()}
    np.savez_compressed(Path(__file__).with_name("convolution.npz"), **arrays)


if __name__ == "__main__":
    main()
