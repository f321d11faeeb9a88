"""A network from the wild under the course's instruments, beside the same network untrained.

It needs the package `g2p_en` (`rnnlib.course.wild` says how to get it); what was measured is stored. Each seed draws
its words from the course's dictionary, and its untrained network: an interval for the trained one is over samples of
words.
"""

import numpy as np

from ... import data, flow
from ..wild import LETTERS, MOST, encode, sounds_of, untrained, wild

QUESTION = "What did training do to the gradient, the gates and the units of a GRU that pronounces English?"

NETS = ("trained", "untrained")
GRID = [{"net": net} for net in NETS]
SEEDS, WORDS, LENGTH, STREAM = 10, 100, 9, 160  # words of 9 letters; letters in a row, for the exponents
VOWELS = "aeiou"
READINGS = {
    "a vowel now": lambda word, t: word[t] in VOWELS,
    "a vowel before": lambda word, t: t > 0 and word[t - 1] in VOWELS,
    "the letter before again": lambda word, t: t > 0 and word[t] == word[t - 1],
    "letters so far": lambda word, t: t + 1,
}


def words_of(rng, count=2 * WORDS):
    """So many different words of LENGTH letters, drawn from all of the course's dictionary."""
    known = []
    for split in ("train", "validation", "test"):
        part = data.words_to_sounds(split)
        known += data.decode_letters(part.letters, part.letter_lengths)
    known = sorted(word for word in known if len(word) == LENGTH)
    return [known[i] for i in rng.permutation(len(known))[:count]]


def say(net, params, words):
    """(run, said): what the network says to words of one length, symbols (MOST, N), and the run of saying it."""
    letters, lengths = encode(words)
    said = net.decode(params, letters, lengths, MOST)
    return net.forward(params, (letters, said), lengths=(lengths, None)), said


def gradient_by_letter(net, params, run, said):
    """(letters + 1, N): ‖∂/∂h_t‖ of the scores, added up, of all that was said, the last step being 1."""
    told = np.cumsum(said == 0, axis=0) <= 1  # what is said, and the end
    dhs = np.eye(net.output_size, dtype=net.dtype)[said] * told[..., None]
    norms = np.linalg.norm(net.backward(params, run, dhs).hs[0].astype(float), axis=-1)
    return norms / norms[-1]


def gates(run):
    """r and z (T, H, N) of the encoder."""
    (layer,) = run.encoder.layers
    return layer.passes[0].gates[:, 0], layer.passes[0].gates[:, 1]


def half_lives(z):
    """(H,) letters after which half is left, if a unit's z stood at its geometric mean: ln 0.5 / mean ln z."""
    return np.log(0.5) / np.log(z).mean(axis=(0, 2))


def best_reader(hs, word_list, reading, half):
    """|correlation| of the one unit that tells best, chosen on the first `half` words, on those behind them."""
    told = np.array([[reading(word, t) for word in word_list] for t in range(LENGTH)], float)  # (T, N)

    def correlations(part):
        h, y = hs[:LENGTH, part].reshape(-1, hs.shape[-1]), told[:, part].ravel()
        h, y = h - h.mean(0), y - y.mean()
        return h.T @ y / np.sqrt((h**2).sum(0) * (y**2).sum() + 1e-12)

    unit = np.abs(correlations(slice(half))).argmax()
    return float(np.abs(correlations(slice(half, None))[unit]))


def run_one(config, seed):
    """Gradient left per letter back, half-lives, saturated gates, Lyapunov exponents, and the best single readers."""
    rng = np.random.default_rng(seed)
    words = words_of(rng)
    net, params = wild() if config["net"] == "trained" else untrained(rng)
    run, said = say(net, params, words)
    norms = gradient_by_letter(net, params, run, said)
    r, z = gates(run)
    lives, hs = half_lives(z.astype(float)), run.encoder.hs
    stream = np.concatenate([encode(word)[0][:, 0] for word in words])[:STREAM]
    xs = np.eye(len(LETTERS), dtype=net.dtype)[stream]
    exponents = flow.lyapunov_exponents(flow.step_jacobians(net.encoder, params["encoder"], xs), discard=STREAM // 4)
    return {
        "left": np.round(norms.mean(1), 5).tolist(),
        "first": np.round(np.quantile(norms[0], [0.1, 0.5, 0.9]), 5).tolist(),
        "per_letter": round(float(np.exp(np.log(norms[0]).mean() / LENGTH)), 5),
        "half_life": np.round(np.quantile(lives, [0.1, 0.5, 0.9]), 3).tolist(),
        "long": round(float((lives > LENGTH).mean()), 4),
        "saturated": {
            "r": round(float(((r < 0.03) | (r > 0.97)).mean()), 4),
            "z": round(float(((z < 0.03) | (z > 0.97)).mean()), 4),
            "h": round(float(flow.saturation(run.encoder)[0]), 4),
        },
        "exponents": np.round(exponents[[0, 9, 99]].astype(float), 4).tolist(),
        "readers": {name: round(best_reader(hs, words, reads, WORDS), 4) for name, reads in READINGS.items()},
        "said": float(np.mean([len(s) for s in sounds_of(said[:, :20])])),
    }
