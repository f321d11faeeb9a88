"""Text as numbers: an alphabet, one-hot rows, batches that read on where they stopped, and two baselines."""

import numpy as np

from .. import check


class Alphabet:
    """The distinct characters of a text in sorted order; a character's number is its place in that order.

    `len(alphabet)` is V, the width of a one-hot row. Encode with the alphabet of *all* the text you will
    use, training and test: a character it has never seen is an error, not a silent zero.
    ValueError where the text is empty, TypeError where it is no str.
    """

    def __init__(self, text):
        if not check.text("text", text):
            raise ValueError("text: expected at least one character, got ''")
        self.characters = "".join(sorted(set(text)))

    def __len__(self):
        return len(self.characters)

    def __repr__(self):
        return f"Alphabet({self.characters!r})"

    def encode(self, text):
        """(N,) integers in 0..V−1, one per character of `text`; ValueError for an unknown character."""
        known, wanted = _code_points(self.characters), _code_points(check.text("text", text))
        indices = np.searchsorted(known, wanted).clip(max=len(self) - 1)
        if (known[indices] != wanted).any():
            at = int(np.argmax(known[indices] != wanted))
            raise ValueError(f"text: expected only characters of the alphabet, got {text[at]!r} at {at}")
        return indices

    def decode(self, indices):
        """The text that `encode` would turn into `indices`, integers (N,); ValueError for one outside 0..V−1."""
        indices = check.integers(
            "indices", indices, [("N", len(np.atleast_1d(check.asarray("indices", indices))))], 0, len(self) - 1
        )
        return "".join(self.characters[i] for i in indices)


def one_hot(indices, size, dtype=np.float64):
    """Rows of the identity matrix: integers (...) in 0..size−1 become (..., size) with a single 1 each.
    ValueError where an index lies outside, TypeError where it is no integer."""
    size, dtype = check.size("size", size), check.float_dtype("dtype", dtype)
    indices = check.integers("indices", indices, None, 0, size - 1)  # a negative index would silently wrap round
    return np.eye(size, dtype=dtype)[indices]


def text_batches(indices, alphabet_size, T, B, rng=None, dtype=np.float64, epochs=1):
    """Read a text in B parallel streams, T characters at a time; the target is always the next character.

    The text is cut into B contiguous streams of equal length S, a multiple of T. Batch k holds

        xs[t, b]      = one_hot(c[start + b S + k T + t])          (T, B, V)
        targets[t, b] =         c[start + b S + k T + t + 1]       (T, B), integers

    so batch k+1 reads on exactly where batch k stopped, and a network may carry its state across. Whatever
    does not fill a last window, fewer than T·B characters, is left out: at the end of the text, or at both
    ends if an `rng` picks a new `start` for every epoch, so that over the epochs nothing is left out.

    indices : (N,) integers in 0..alphabet_size−1, N > T·B.   ValueError if the text is shorter, or a size is below 1.
    """
    alphabet_size, T = check.size("alphabet_size", alphabet_size), check.size("T", T)
    B, epochs = check.size("B", B), check.size("epochs", epochs)
    indices = _text("indices", indices, alphabet_size)
    dtype = check.float_dtype("dtype", dtype)
    if rng is not None:
        check.generator("rng", rng)
    S = (len(indices) - 1) // (T * B) * T
    if S == 0:
        raise ValueError(f"indices: expected at least T·B + 1 = {T * B + 1} characters, got {len(indices)}")

    def batches():  # apart, so that bad input is refused at the call and not at the first batch
        for _ in range(epochs):
            start = 0 if rng is None else rng.integers(len(indices) - B * S)
            piece = indices[start : start + B * S + 1]
            now, following = piece[:-1].reshape(B, S).T, piece[1:].reshape(B, S).T
            for k in range(0, S, T):
                yield one_hot(now[k : k + T], alphabet_size, dtype), following[k : k + T].copy()

    return batches()


def unigram_entropy(train, test, smoothing=1.0):
    """Cross-entropy, in nats per character, of guessing by how frequent each character is in `train`.

        −1/N Σ_t ln p(c_t),    p(c) = (n(c) + s) / (N_train + s V)

    with n(c) counted in `train`, c_t read from `test`, s the smoothing, and V one more than the largest index
    of both. What a network scores before it has used its memory at all. Infinite if s = 0 and `test` holds a
    character that `train` does not. Divide by ln 2 for bits.
    train (N_train,), test (N,) : whole numbers from 0, at least 2 each, and s >= 0, or a ValueError.
    """
    train, test, V, smoothing = _train_and_test(train, test, smoothing)
    counts = np.bincount(train, minlength=V) + smoothing
    return _nats((counts / counts.sum())[test])


def bigram_cross_entropy(train, test, smoothing=0.1):
    """Cross-entropy, in nats per character, of guessing from the one character before.

        −1/(N−1) Σ_{t≥1} ln p(c_t | c_{t−1}),    p(c | a) = (n(a, c) + s) / (n(a) + s V)

    with n(a, c) the times c follows a in `train`, n(a) = Σ_c n(a, c), the rest as in `unigram_entropy`. A
    network that does no better has shown no memory beyond the last character. train (N_train,), test (N,) and
    ValueError as there.
    """
    train, test, V, smoothing = _train_and_test(train, test, smoothing)
    pairs = np.bincount(train[:-1] * V + train[1:], minlength=V * V).reshape(V, V) + smoothing
    following = np.maximum(pairs.sum(1), np.finfo(float).tiny)  # a character never seen leads nowhere: p = 0
    return _nats(pairs[test[:-1], test[1:]] / following[test[:-1]])


def _nats(p):
    with np.errstate(divide="ignore"):  # ln 0: the documented infinity
        return float(-np.log(p).mean())


def _train_and_test(train, test, smoothing):
    smoothing = check.number("smoothing", smoothing, 0)
    train, test = _text("train", train), _text("test", test)
    return train, test, int(max(train.max(), test.max())) + 1, smoothing


def _text(name, indices, size=2**31):
    """`indices` as (N,) int64 with at least the two characters that make one pair."""
    indices = check.integers(name, indices, [("N", None)], 0, size - 1).astype(np.int64)
    if len(indices) < 2:
        raise ValueError(f"{name}: expected at least 2 characters, got {len(indices)}")
    return indices


def _code_points(text):
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
