"""Make seq2seq.npz: python tests/reference/make_seq2seq.py (needs PyTorch; the tests that read it do not).

Encoder, decoder and attention as PyTorch's own modules and operations, one sequence at a time and without padding,
differentiated by autograd. Keys "<case>/<array>": the parameters under "encoder.", "decoder.", "W_c" ... as they are
in `Two.state_dict`, their gradients under "grad/", the inputs xs, ys, dhs, and the results hs, dxs (and A).
"""

from pathlib import Path

import numpy as np
import torch

T, S, B, D, V = 5, 4, 3, 3, 4
READ, TOLD = [5, 2, 3], [2, 4, 3]
# cell, layers, width of the encoder (per direction) and of the decoder, whether it reads both ways, and attends
CASES = {
    "gru_attention": ("GRU", 2, 3, 3, False, True),
    "gru_alone": ("GRU", 2, 3, 3, False, False),
    "lstm_both_ways": ("LSTM", 1, 2, 4, True, True),
    "lstm_of_other_width": ("LSTM", 1, 2, 3, False, True),
    "rnn_both_ways_alone": ("RNN", 1, 2, 4, True, False),
}


class Two(torch.nn.Module):
    """Everything of a Seq2Seq, in PyTorch. The last state is handed on where the shapes agree."""

    def __init__(self, cell, layers, N, H, both, attends, dtype=torch.float64):
        super().__init__()
        make = getattr(torch.nn, cell)
        self.encoder = make(D, N, layers, bidirectional=both, dtype=dtype)
        self.decoder = make(V, H, layers, dtype=dtype)
        self.both, self.width = both, N * (1 + both)
        linear = {"hy": (H, V)} | ({"q": (H, self.width), "c": (H + self.width, H)} if attends else {})
        for name, sizes in linear.items():
            setattr(self, f"W_{name}", torch.nn.Parameter(torch.randn(*sizes, dtype=dtype) / sizes[0] ** 0.5))
        self.b_y = torch.nn.Parameter(torch.randn(V, dtype=dtype))
        if attends:
            self.b_c = torch.nn.Parameter(torch.randn(H, dtype=dtype))

    def start(self, state):
        """The encoder's last state (directions, 1, N) as the decoder's, its directions side by side."""
        if self.width != self.decoder.hidden_size:
            return None
        if not self.both:
            return state
        parts = [torch.cat([s[0], s[1]], -1)[None] for s in (state if isinstance(state, tuple) else (state,))]
        return tuple(parts) if isinstance(state, tuple) else parts[0]

    def forward(self, x, y):
        """x (T, D), y (S,): the scores (S, V) and the attention (S, T), None without."""
        E, state = self.encoder(x[:, None])
        before = torch.nn.functional.one_hot(torch.cat([torch.zeros(1, dtype=torch.long), y[:-1]]), V).to(x.dtype)
        Z, A = self.decoder(before[:, None], self.start(state))[0][:, 0], None
        E = E[:, 0]
        if hasattr(self, "W_c"):
            Q = Z @ self.W_q
            C = torch.nn.functional.scaled_dot_product_attention(Q[None], E[None], E[None])[0]
            A = torch.softmax(Q @ E.T / E.shape[1] ** 0.5, -1)
            Z = torch.tanh(torch.cat([Z, C], -1) @ self.W_c + self.b_c)
        return Z @ self.W_hy + self.b_y, A


def run(two, xs, ys, dhs, read, told):
    """Forward and backward, each sequence alone: a dict of arrays, as described above."""
    xs = xs.clone().requires_grad_()
    hs, A, total = torch.zeros_like(dhs), torch.zeros(len(read), len(ys), len(xs), dtype=xs.dtype), 0.0
    for b, (n, m) in enumerate(zip(read, told)):
        scores, weights = two(xs[:n, b], ys[:m, b])
        total = total + (scores * dhs[:m, b]).sum()
        hs[:m, b] = scores.detach()
        if weights is not None:
            A[b, :m, :n] = weights.detach()
    two.zero_grad()
    total.backward()
    arrays = {"xs": xs, "ys": ys, "dhs": dhs, "hs": hs, "dxs": xs.grad} | ({"A": A} if hasattr(two, "W_c") else {})
    arrays |= dict(two.state_dict()) | {f"grad/{name}": p.grad for name, p in two.named_parameters()}
    return {name: a.detach().numpy().copy() for name, a in arrays.items()}


def draw(seed, dtype=torch.float64, T=T, S=S, B=B):
    g = torch.Generator().manual_seed(seed)
    xs, dhs = (torch.randn(n, B, k, generator=g, dtype=dtype) for n, k in ((T, D), (S, V)))
    return xs, torch.randint(0, V, (S, B), generator=g), dhs


def main():
    arrays = {}
    for seed, (case, options) in enumerate(CASES.items()):
        torch.manual_seed(seed)
        for name, a in run(Two(*options), *draw(seed), READ, TOLD).items():
            arrays[f"{case}/{name}"] = a
    np.savez_compressed(Path(__file__).with_name("seq2seq.npz"), **arrays)


if __name__ == "__main__":
    main()
