"""From one sequence to another of another length: an encoder reads, a decoder writes (Sutskever et al. 2014).

    E = encoder(sources)                               (T, B, ·)       s_0 = the encoder's last state
    S = decoder(0, y_0, y_1, ...)                      (T', B, H)      it is told what came before: teacher forcing
    A = softmax(S W_q Eᵀ / √d),   C = A E              (T', B, ·)      what each step of the decoder looks up
    Z = tanh([S, C] W_c + b_c)                         (T', B, H)      without attention Z = S
    hs = Z W_hy + b_y                                  (T', B, V)      scores of the next symbol

The decoder does not read the context, so all its steps are one pass, and so is the attention. W_q says which feature
of the decoder asks for which of the encoder (the general score of Luong et al. 2015). Symbol 0 stands for the start
and for the end.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .. import check
from ..layer import locked
from ..net import check_net
from ..run import Grad
from ..tree import map_leaves
from .attention import attention_backward, weights
from .chain import of
from .neighbour import Neighbour, NeighbourRun


class Pair(NamedTuple):
    """Checked sources (T, B) or (T, B, D) and targets (T', B). Its shape is the targets', whose steps come out."""

    sources: np.ndarray
    targets: np.ndarray

    @property
    def shape(self):
        return self.targets.shape

    @property
    def ndim(self):
        return self.targets.ndim


@dataclass
class Seq2SeqRun(NeighbourRun):
    """A forward pass: scores hs (T', B, V), zero on padding; mask (T', B) of the targets; A (B, T', T), what each step
    of the decoder attended to, None without attention; and the runs of the two nets."""

    A: np.ndarray | None
    encoder: object
    decoder: object


class Seq2Seq(Neighbour):
    """encoder : any net.  decoder : a net whose state goes on, its input_size V the number of symbols, 0 the start and
    the end.  attention : whether each step of the decoder looks at all of the encoder's.

    The decoder starts in the encoder's last state where the two are of the same shapes, else from zero, which without
    attention would tell it nothing: a ValueError. TypeError where one of the two is no network.
    """

    def __init__(self, encoder, decoder, attention=True):
        self.encoder, self.decoder = check_net("encoder", encoder), check_net("decoder", decoder)
        super().__init__(encoder.input_size, decoder.input_size, encoder.dtype)
        self.attention = check.flag("attention", attention)
        self.dropout = max(encoder.dropout, decoder.dropout)
        if decoder.dtype != encoder.dtype:
            raise ValueError(f"decoder: expected dtype {encoder.dtype}, that of the encoder, got {decoder.dtype}")
        if not decoder.carries_state:
            raise ValueError(
                f"decoder: expected a net whose state goes on, such as a DeepRNN in one direction, got "
                f"{type(decoder).__name__}"
            )
        here, there = ([[s.shape for s in layer] for layer in net.zero_state(1)] for net in (encoder, decoder))
        self.handed = here == there
        if not self.handed and not attention:
            raise ValueError(f"decoder: expected states of the encoder's shapes {here} without attention, got {there}")

    @property
    def described(self):
        """The configuration as a dict of plain values: two nets of equal configuration are the same net."""
        nets = {"encoder": self.encoder.described, "decoder": self.decoder.described}
        return {"net": "Seq2Seq", "attention": self.attention} | nets

    def shapes(self):
        H, N, V = self.decoder.output_size, self.encoder.output_size, self.output_size
        own = {"W_hy": [("H", H), ("V", V)], "b_y": [("V", V)]}
        if self.attention:
            own |= {"W_q": [("H", H), ("N", N)], "W_c": [("H+N", H + N), ("H", H)], "b_c": [("H", H)]}
        return {"encoder": self.encoder.shapes(), "decoder": self.decoder.shapes(), **own}

    def init(self, rng):
        """Draw parameters: each net's by its own scheme, W_q, W_c and W_hy U(-1/√fan_in, 1/√fan_in), biases zero."""
        nets = {"encoder": self.encoder.init(rng), "decoder": self.decoder.init(rng)}
        return nets | self.drawn({k: v for k, v in self.shapes().items() if k not in nets}, rng)

    def check_sequences(self, xs, lengths):
        """A Pair, and the mask (T', B) of its targets."""
        sources, targets = both("xs", xs)
        read, told = (None, None) if lengths is None else both("lengths", lengths)
        with of("the sources"):
            sources, _ = self.encoder.check_sequences(sources, read)
        with of("the targets"):
            targets = check.integers("xs", targets, [("T'", None), ("B", sources.shape[1])], -np.inf, np.inf)
            targets, mask = self.decoder.check_sequences(targets, told)
        return Pair(sources, targets), mask

    def forward(self, params, xs, state=None, *, lengths=None, rng=None):
        """Read and write: a Seq2SeqRun, whose hs are the scores of each target after those before it.

        xs : the pair (sources, targets), sources (T, B, D) or whole numbers (T, B), targets whole numbers (T', B).
        lengths : None, or a pair of (B,), how many steps of each source and of each target count; either may be None.
        """
        params = map_leaves(lambda a: locked(np.array(a)), self.check_params(params))
        pair, mask = self.check_sequences(xs, lengths)
        read, told = (None, None) if lengths is None else lengths
        B = pair.shape[1]
        if state is not None:
            self.check_state("state", state, B)
        encoded = self.encoder.forward(params["encoder"], pair.sources, lengths=read, rng=rng)
        before = np.concatenate([np.zeros((1, B), np.intp), pair.targets[:-1]])
        start = finite("encoder", encoded.state) if self.handed else None
        decoded = self.decoder.forward(params["decoder"], before, start, lengths=told, rng=rng)
        Z, A, kept = self.look_up(params, decoded.hs, encoded)
        hs = Z @ params["W_hy"] + params["b_y"]
        if mask is not None:
            hs = np.where(mask[..., None], hs, hs.dtype.type(0))
        return Seq2SeqRun(
            locked(hs), [], mask, pair.sources.shape, params, self.described, (Z, *kept), A, encoded, decoded
        )

    def look_up(self, p, S, encoded):
        """Z (T', B, H) from the decoder's S, the attention A (B, T', T), and what the way back reads."""
        if not self.attention:
            return S, None, ()
        Q, E = (S @ p["W_q"]).swapaxes(0, 1), encoded.hs.swapaxes(0, 1)
        A = weights(Q, E, False, None if encoded.mask is None else encoded.mask.T)
        SC = np.concatenate([S, (A @ E).swapaxes(0, 1)], axis=-1)
        return np.tanh(SC @ p["W_c"] + p["b_c"]), locked(A), (Q, E, SC)

    def backward(self, params, run, dhs, dstate=None):
        """∂loss/∂(params, sources) as a Grad, from dhs = ∂loss/∂run.hs. Grad.hs has the encoder's layers (T, B, ·),
        then the decoder's (T', B, ·)."""
        self.check_run(params, run)
        (T, B, V), p = run.hs.shape, run.params
        dhs = check.array("dhs", dhs, [("T'", T), ("B", B), ("V", V)], self.dtype)
        if dstate is not None:
            self.check_state("dstate", dstate, B)
        if run.mask is not None:
            dhs = np.where(run.mask[..., None], dhs, dhs.dtype.type(0))
        Z, *kept = run.kept
        grads, dZ = {"W_hy": rows(Z).T @ rows(dhs), "b_y": rows(dhs).sum(0)}, dhs @ p["W_hy"].T
        dS, dE, own = self.look_up_backward(p, dZ, Z, kept, run)
        decoder = self.decoder.backward(p["decoder"], run.decoder, dS)
        dstart = finite("decoder", decoder.state) if self.handed else None
        encoder = self.encoder.backward(p["encoder"], run.encoder, dE, dstart)
        params = {"encoder": encoder.params, "decoder": decoder.params, **grads, **own}
        return Grad(params, encoder.xs, [], encoder.hs + decoder.hs, [])

    def look_up_backward(self, p, dZ, Z, kept, run):
        """dS (T', B, H), dE (T, B, N) and the gradients of W_c, b_c and W_q."""
        if not self.attention:
            return dZ, np.zeros_like(run.encoder.hs), {}
        (Q, E, SC), H, S = kept, self.decoder.output_size, run.decoder.hs
        dZ = dZ * (1 - Z * Z)
        own = {"W_c": rows(SC).T @ rows(dZ), "b_c": rows(dZ).sum(0)}
        dSC = dZ @ p["W_c"].T
        dS, dC = dSC[..., :H], dSC[..., H:].swapaxes(0, 1)
        dQ, dK, dV = (a.swapaxes(0, 1) for a in attention_backward(dC, Q, E, E, run.A))
        own["W_q"] = rows(S).T @ rows(dQ)
        return dS + dQ @ p["W_q"].T, dK + dV, own

    def decode(self, params, xs, lengths, steps):
        """Write without being told: the symbols (steps, B), each the best after those before it (greedy); zeros from
        the end symbol on.

        xs : the sources alone, lengths (B,) theirs or None.  steps : how many symbols at most.  To see where it
        attended, read what it wrote: forward(params, (xs, decoded), lengths=(lengths, None)).A.
        ValueError where steps is below 1; FloatingPointError where a state has exploded.
        """
        params, steps = self.check_params(params), check.size("steps", steps)
        encoded = self.encoder.forward(params["encoder"], xs, lengths=lengths)
        state = finite("encoder", encoded.state) if self.handed else None
        B = encoded.hs.shape[1]
        symbols, going = [np.zeros(B, np.intp)], np.full(B, True)
        for _ in range(steps):
            run = self.decoder.forward(params["decoder"], symbols[-1][None], state)
            Z, _, _ = self.look_up(params, run.hs, encoded)
            best = (Z[0] @ params["W_hy"] + params["b_y"]).argmax(-1)
            symbols.append(np.where(going, best, 0))
            going, state = going & (best != 0), finite("decoder", run.state)
        return np.stack(symbols[1:])


def both(name, value):
    """Two things, one of the sources and one of the targets, or raise."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise TypeError(f"{name}: expected a pair, of the sources and of the targets, got {check.came(value)}")
    return value


def finite(part, state):
    """A state to be handed on, or its gradient to be handed back; FloatingPointError where it has exploded."""
    if not all(np.isfinite(s).all() for layer in state for s in layer):
        raise FloatingPointError(f"{part} gives numbers that are not finite")
    return state


def rows(a):
    """(T, B, n) as (T·B, n)."""
    return a.reshape(-1, a.shape[-1])
