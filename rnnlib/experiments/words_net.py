"""One trained net that says words, to be looked into: its file is beside the results.

python -m rnnlib.experiments.words_net           # trains it again
"""

import numpy as np

from .. import data
from ..files import load, save
from ..model import Model
from ..neighbours import Seq2Seq
from ..stack import DeepRNN
from ..train import Adam, train
from ..tree import map_leaves
from .store import RESULTS
from .words import batches, judged

PATH = RESULTS / "words_net.npz"
H, UPDATES, RATE = 56, 5000, 1e-2  # units of the decoder; updates; the rate at first, which falls in a line to zero


def network():
    """A GRU that reads from both ends, H / 2 units each, and a GRU of H that writes, with attention: float32."""
    encoder = DeepRNN("gru", len(data.LETTERS), H // 2, bidirectional=True, dtype=np.float32)
    return Seq2Seq(encoder, DeepRNN("gru", len(data.SOUNDS), H, dtype=np.float32), attention=True)


def trained(net, seed=0):
    """params after UPDATES."""
    model, (weights, order) = Model(net, None), np.random.default_rng(seed).spawn(2)
    adam = Adam(RATE)
    steps = train(model, model.init(weights), batches(data.words_to_sounds("train"), order), adam, clip_norm=1.0)
    for step in steps:
        if step.index == UPDATES:
            return step.params["layers"]
        adam.learning_rate = RATE * (1 - step.index / UPDATES)


def words_net():
    """(net, params) of the stored net: net.decode(params, *encode_words("phone"), steps=12)."""
    return network(), map_leaves(lambda a: a.astype(np.float32), load(PATH))  # stored in half the bytes, float16


def main():
    net = network()
    save(PATH, map_leaves(lambda a: a.astype(np.float16), trained(net)))
    net, params = words_net()
    score = judged(net, params, data.words_to_sounds("test"))
    print(f"{net.num_params:,} parameters; test words: {score['sounds']:.1%} of sounds, {score['words']:.1%} of words")


if __name__ == "__main__":
    main()
