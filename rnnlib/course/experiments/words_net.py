"""Two trained nets that say words, with attention and without, to be looked into. Their files are beside the results.

python -m rnnlib.course.experiments.words_net           # trains both again, about five minutes
"""

import numpy as np

from ... import data
from ...files import load, save
from ...model import Model
from ...neighbours import Seq2Seq
from ...stack import DeepRNN
from ...train import Adam, train
from ...tree import map_leaves
from .store import RESULTS
from .words import batches, judged

PATHS = {True: RESULTS / "words_net.npz", False: RESULTS / "words_net_without_attention.npz"}
H, UPDATES, RATE = 56, 4000, 1e-2  # units of the decoder; updates; the rate at first, which falls in a line to zero


def network(attention=True):
    """A GRU that reads from both ends, H / 2 units each, and a GRU of H units that writes."""
    encoder = DeepRNN("gru", len(data.LETTERS), H // 2, bidirectional=True, dtype=np.float32)
    return Seq2Seq(encoder, DeepRNN("gru", len(data.SOUNDS), H, dtype=np.float32), attention)


def trained(net, seed=0):
    """The parameters of a net after UPDATES."""
    model, (weights, order) = Model(net, None), np.random.default_rng(seed).spawn(2)
    params, adam = model.init(weights), Adam(RATE)
    for step in train(model, params, batches(data.words_to_sounds("train"), order), adam, clip_norm=1.0):
        if step.index == UPDATES:
            return step.params["layers"]
        adam.learning_rate = RATE * (1 - step.index / UPDATES)


def words_net(attention=True):
    """(net, params) as stored, in float32. With letters, lengths = encode_words("phone"), net.decode(params, letters,
    lengths, 12) writes, and net.forward(params, (letters, written), lengths=(lengths, None)).A is where it looked."""
    return network(attention), map_leaves(lambda a: a.astype(np.float32), load(PATHS[attention]))


def main():
    for attention, path in PATHS.items():
        params = trained(network(attention))
        save(path, map_leaves(lambda a: a.astype(np.float16), params))  # half the bytes
        score = judged(*words_net(attention), data.words_to_sounds("test"))
        print(f"{path.name}: {score['sounds']:.1%} of the sounds, {score['words']:.1%} of the test words")


if __name__ == "__main__":
    main()
