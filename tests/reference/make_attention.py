"""Make attention.npz: python tests/reference/make_attention.py (needs PyTorch; the tests that read it do not).

Keys "<case>/<array>", case such as "attention_causal_ragged" or "encoder" (lengths 5, 2, 4 where ragged). Arrays in
PyTorch's own names and layout: the state_dict, its gradients under "grad/", input xs, upstream gradient dhs (zero on
the padding), results hs (zeroed there) and dxs. "maps": the attention, of nn.MultiheadAttention alone.
"""

from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent
T, B, D, HEADS, HIDDEN = 5, 3, 6, 3, 7
LENGTHS = [5, 2, 4]


def layer():
    return torch.nn.TransformerEncoderLayer(
        D, HEADS, HIDDEN, dropout=0, activation="relu", norm_first=True, dtype=torch.float64
    )


MODULES = {
    "attention": lambda: torch.nn.MultiheadAttention(D, HEADS, dtype=torch.float64),
    "layer": layer,
    "encoder": lambda: torch.nn.TransformerEncoder(
        layer(), 2, torch.nn.LayerNorm(D, dtype=torch.float64), enable_nested_tensor=False
    ),
}
CASES = {
    f"{name}{'_causal' * causal}{'_ragged' * ragged}": (name, causal, LENGTHS if ragged else None)
    for name in MODULES
    for causal in (False, True)
    for ragged in (False, True)
}


def shaken(module, seed):
    """The module with biases and gains away from 0 and 1, which would hide what they multiply."""
    g = torch.Generator().manual_seed(seed)
    for p in module.parameters():
        p.data += 0.3 * torch.randn(p.shape, generator=g, dtype=torch.float64).to(p.dtype)
    return module


def run(module, xs, dhs, causal, lengths):
    """Forward and backward through a module: a dict of arrays, as described above."""
    T, xs = len(xs), xs.clone().requires_grad_()
    future = torch.ones(T, T, dtype=torch.bool).triu(1) if causal else None
    padding = None if lengths is None else torch.arange(T) >= torch.as_tensor(lengths)[:, None]
    arrays = {}
    if isinstance(module, torch.nn.MultiheadAttention):
        hs, arrays["maps"] = module(xs, xs, xs, attn_mask=future, key_padding_mask=padding, average_attn_weights=False)
    elif isinstance(module, torch.nn.TransformerEncoder):
        hs = module(xs, mask=future, src_key_padding_mask=padding)
    else:
        hs = module(xs, src_mask=future, src_key_padding_mask=padding)
    if lengths is not None:
        real = ~padding.T[..., None]
        hs, dhs = hs * real, dhs * real
    module.zero_grad()
    (hs * dhs).sum().backward()
    arrays |= {"xs": xs, "hs": hs, "dhs": dhs, "dxs": xs.grad}
    arrays |= dict(module.named_parameters())
    arrays |= {f"grad/{name}": p.grad for name, p in module.named_parameters()}
    return {name: a.detach().numpy().copy() for name, a in arrays.items()}


def draw(T, B, D, seed, dtype=torch.float64):
    """Inputs and upstream gradients: Gaussian."""
    g = torch.Generator().manual_seed(seed)
    return [torch.randn(T, B, D, generator=g, dtype=dtype) for _ in range(2)]


def stored(case):
    """What the file has of one case."""
    seed = list(CASES).index(case)
    name, causal, lengths = CASES[case]
    torch.manual_seed(seed)
    return run(shaken(MODULES[name](), seed), *draw(T, B, D, seed), causal, lengths)


def main():
    torch.set_num_threads(1)
    arrays = {f"{case}/{name}": a for case in CASES for name, a in stored(case).items()}
    np.savez_compressed(HERE / "attention.npz", **arrays)


if __name__ == "__main__":
    main()
