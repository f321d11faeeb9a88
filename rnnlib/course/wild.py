"""A trained network from the wild: how English words are said, by the GRU encoder and decoder that the package `g2p_en`
carries and speech synthesisers use (Park and Kim 2018, Apache 2.0; trained on the CMU Pronouncing Dictionary).

    e_t = E[letter t],   h = GRU(e)      (n + 1, 256)      29 letters and signs; the last step reads the word's end
    d_t = D[sound t-1],  s = GRU(d),  s_0 = h's last       74 sounds and signs
    scores = s W + b                                       the best one is said, until it is the end

It is a `Seq2Seq` without attention: a table of embeddings in front of a product with W_xh is one product of a one-hot
vector with E W_xh, so that letters and sounds go in as whole numbers. Nothing of the package is executed; the arrays
are read from its file, and go through `from_torch`.
"""

import importlib.util
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import check
from ..interop import from_torch
from ..neighbours import Seq2Seq
from ..stack import DeepRNN

LETTERS = ("<pad>", "<unk>", "</s>", *"abcdefghijklmnopqrstuvwxyz")
SOUNDS = (
    "</s>",  # as an input the start, as an output the end
    *("<pad>", "<unk>", "<s>"),
    *"AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH EH0 EH1 EH2 ER0 ER1".split(),
    *"ER2 EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0".split(),
    *"UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH".split(),
)
H, MOST = 256, 20
NAMES = {"w_ih": "weight_ih_l0", "w_hh": "weight_hh_l0", "b_ih": "bias_ih_l0", "b_hh": "bias_hh_l0"}
MEND = "pip install --no-deps g2p_en==2.1.0, or the extra: pip install 'deep-rnn-lab[wild]'"


class Wild(NamedTuple):
    """net : a Seq2Seq;  params : its parameters."""

    net: Seq2Seq
    params: dict


def file():
    """The path of the network's file, or None where the package is not installed."""
    spec = importlib.util.find_spec("g2p_en")
    folders = [] if spec is None else spec.submodule_search_locations
    return next((p for f in folders if (p := Path(f) / "checkpoint20.npz").exists()), None)


def wild(path=None, dtype=np.float32):
    """The trained network: Wild(net, params).

    path : of its file, if it is not where the package has it.   ModuleNotFoundError : where it is nowhere.
    """
    dtype, path = check.float_dtype("dtype", dtype), file() if path is None else Path(path)
    if path is None:
        raise ModuleNotFoundError(f"path: expected the package g2p_en, whose network this is, got none: {MEND}")
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(dtype) for name in stored.files}
    return Wild(network(dtype), joined(arrays, dtype))


def untrained(rng, dtype=np.float32):
    """The same network as PyTorch would draw it: embeddings N(0, 1), all else U(-1/√H, 1/√H)."""
    check.generator("rng", rng)
    dtype, bound = check.float_dtype("dtype", dtype), 1 / np.sqrt(H)
    shapes = {"w_ih": (3 * H, H), "w_hh": (3 * H, H), "b_ih": (3 * H,), "b_hh": (3 * H,)}
    arrays = {f"{net}_{name}": rng.uniform(-bound, bound, s) for net in ("enc", "dec") for name, s in shapes.items()}
    arrays |= {"enc_emb": rng.standard_normal((len(LETTERS), H)), "dec_emb": rng.standard_normal((len(SOUNDS), H))}
    arrays |= {"fc_w": rng.uniform(-bound, bound, (len(SOUNDS), H)), "fc_b": rng.uniform(-bound, bound, len(SOUNDS))}
    return Wild(network(dtype), joined({name: a.astype(dtype) for name, a in arrays.items()}, dtype))


def network(dtype):
    encoder, decoder = (DeepRNN("gru", len(signs), H, dtype=dtype) for signs in (LETTERS, SOUNDS))
    return Seq2Seq(encoder, decoder, attention=False)


def joined(arrays, dtype):
    """The package's arrays as parameters of `network`. Its start <s> and its end </s> become symbol 0."""
    params = {}
    for name, short in (("encoder", "enc"), ("decoder", "dec")):
        own = {torch: arrays[f"{short}_{mine}"] for mine, torch in NAMES.items()}
        (layer,) = from_torch(own, dtype=dtype)
        params[name] = [layer | {"W_xh": arrays[f"{short}_emb"] @ layer["W_xh"]}]
    said = [3, 0, 1, 2, *range(4, len(SOUNDS))]  # SOUNDS in the package's order: <pad> <unk> <s> </s> AA0 ...
    W_xh = params["decoder"][0]["W_xh"][said]
    W_xh[0] = params["decoder"][0]["W_xh"][2]  # read: the start
    params["decoder"][0]["W_xh"] = W_xh
    return params | {"W_hy": np.ascontiguousarray(arrays["fc_w"][said].T), "b_y": arrays["fc_b"][said]}


def encode(words):
    """letters (T, N), places in LETTERS, each word closed by its end; lengths (N,). Other signs are <unk>."""
    words = [words] if isinstance(words, str) else words
    check.length("words", words, None, "word")
    for i, word in enumerate(words):
        if not check.text(f"words[{i}]", word):
            raise ValueError(f"words[{i}]: expected at least one letter, got ''")
    lengths = np.array([len(word) + 1 for word in words])
    letters = np.zeros((lengths.max(), len(words)), np.int64)
    for i, word in enumerate(words):
        signs = [*(c if c in LETTERS else "<unk>" for c in word.lower()), "</s>"]
        letters[: len(signs), i] = [LETTERS.index(sign) for sign in signs]
    return letters, lengths


def pronounce(words, net=None):
    """How words are said: a list of sounds for each, as the package's own `predict` gives them. net : a Wild."""
    net, params = wild() if net is None else net
    letters, lengths = encode(words)
    return sounds_of(net.decode(params, letters, lengths, MOST))


def sounds_of(said):
    """The sounds of each word, up to its end, of symbols (MOST, N) as `decode` gives them."""
    return [[SOUNDS[k] for k in column[: int((column != 0).cumprod().sum())]] for column in said.T]
