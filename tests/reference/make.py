"""Make the stored references: python tests/reference/make.py (needs PyTorch; the tests that read them do not).

One .npz per cell. Keys "<case>/<array>", case such as "L2", "L2_bidirectional", "L2_ragged" (packed sequences of
lengths 4, 1, 3). Arrays in PyTorch's own names and layout: the state_dict, its gradients under "grad/", inputs
xs, h_0 (, c_0), upstream gradients dhs, dh_n (, dc_n), results hs, h_n (, c_n), dxs, dh_0 (, dc_0).
optimizers.npz holds three parameters' ways under SGD, SGD with momentum and Adam, and clipped gradients.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

HERE = Path(__file__).parent
T, B, D, H = 4, 3, 2, 3
LENGTHS = [4, 1, 3]
CELLS = {
    "rnn_tanh": lambda **k: torch.nn.RNN(D, H, nonlinearity="tanh", **k),
    "rnn_relu": lambda **k: torch.nn.RNN(D, H, nonlinearity="relu", **k),
    "lstm": lambda **k: torch.nn.LSTM(D, H, **k),
    "gru": lambda **k: torch.nn.GRU(D, H, **k),
}
CASES = {
    f"L{L}{'_bidirectional' * both}{'_ragged' * ragged}": (L, both, ragged)
    for L in (1, 2, 3)
    for both in (False, True)
    for ragged in (False, True)
}


def run(module, xs, state, dhs, dstate, lengths=None):
    """Forward and backward through a torch module: a dict of arrays, as described above."""
    names = ["h", "c"][: len(state)]
    xs = xs.clone().requires_grad_()
    state = [s.clone().requires_grad_() for s in state]
    feed = xs if lengths is None else pack_padded_sequence(xs, torch.as_tensor(lengths), enforce_sorted=False)
    hs, end = module(feed, tuple(state) if len(state) == 2 else state[0])
    if lengths is not None:
        hs, _ = pad_packed_sequence(hs, total_length=len(xs))
    ends = end if len(state) == 2 else (end,)
    module.zero_grad()
    ((hs * dhs).sum() + sum((a * b).sum() for a, b in zip(ends, dstate))).backward()
    arrays = {"xs": xs, "hs": hs, "dhs": dhs, "dxs": xs.grad}
    for name, s_0, s_n, ds_n in zip(names, state, ends, dstate):
        arrays |= {f"{name}_0": s_0, f"{name}_n": s_n, f"d{name}_n": ds_n, f"d{name}_0": s_0.grad}
    arrays |= dict(module.named_parameters())
    arrays |= {f"grad/{name}": p.grad for name, p in module.named_parameters()}
    return {name: a.detach().numpy().copy() for name, a in arrays.items()}


def draw(module, T, B, seed, dtype=torch.float64):
    """Inputs, first state and upstream gradients for a module: Gaussian."""
    g, D, H = torch.Generator().manual_seed(seed), module.input_size, module.hidden_size
    ways = 2 if module.bidirectional else 1
    n = 2 if isinstance(module, torch.nn.LSTM) else 1

    def normal(*shape):
        return torch.randn(*shape, generator=g, dtype=dtype)

    states = [[normal(module.num_layers * ways, B, H) for _ in range(n)] for _ in range(2)]
    return normal(T, B, D), states[0], normal(T, B, ways * H), states[1]


def optimizers():
    """Twelve steps on a fixed sequence of gradients, float64."""
    g = torch.Generator().manual_seed(0)
    shapes = {"W": (3, 2), "b": (2,), "s": (1,)}
    start = {n: torch.randn(s, generator=g, dtype=torch.float64) for n, s in shapes.items()}
    grads = [{n: torch.randn(s, generator=g, dtype=torch.float64) for n, s in shapes.items()} for _ in range(12)]
    out = {f"start/{n}": p for n, p in start.items()}
    out |= {f"grads/{k}/{n}": v for k, step in enumerate(grads) for n, v in step.items()}
    makers = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
        "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6),
    }
    for name, make in makers.items():
        params = {n: p.clone().requires_grad_() for n, p in start.items()}
        optimizer = make(list(params.values()))
        for k, step in enumerate(grads):
            for n, p in params.items():
                p.grad = step[n].clone()
            optimizer.step()
            out |= {f"{name}/{k}/{n}": p.detach().clone() for n, p in params.items()}
    params = {n: p.clone().requires_grad_() for n, p in start.items()}
    for n, p in params.items():
        p.grad = grads[0][n].clone()
    out["clip/norm"] = torch.nn.utils.clip_grad_norm_(list(params.values()), 0.5)
    out |= {f"clip/{n}": p.grad for n, p in params.items()}
    return {n: v.detach().numpy() for n, v in out.items()}


def main():
    torch.set_num_threads(1)
    for cell, make in CELLS.items():
        stored = {}
        for seed, (case, (L, both, ragged)) in enumerate(CASES.items()):
            torch.manual_seed(seed)
            module = make(num_layers=L, bidirectional=both, dtype=torch.float64)
            arrays = run(module, *draw(module, T, B, seed), LENGTHS if ragged else None)
            stored |= {f"{case}/{name}": a for name, a in arrays.items()}
        np.savez_compressed(HERE / f"{cell}.npz", **stored)
    np.savez_compressed(HERE / "optimizers.npz", **optimizers())


if __name__ == "__main__":
    main()
