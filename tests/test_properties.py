"""What notebook 11's table counts, beside nets that are small enough to count by hand."""

import numpy as np
import pytest

from rnnlib import DeepRNN
from rnnlib.course.experiments import properties
from rnnlib.course.experiments.families import FAMILIES
from rnnlib.neighbours import Attention, Chain, Convolution, LinearRecurrence, Transformer

T, D = 16, 4
NETS = {
    "tanh": DeepRNN("rnn", D, 6),
    "LSTM": DeepRNN("lstm", D, 6, 2),
    "attention": Attention(D, 6),
    "Transformer": Transformer(D, 6, 3),
    "convolutions": Chain([Convolution(D, 6, 2, dilation=r) for r in (1,)]),
    "dilated": Chain([Convolution(D if r == 1 else 6, 6, 2, dilation=r) for r in (1, 2, 4, 8)]),
    "scan": LinearRecurrence("mingru", D, 6, num_layers=2),
    "both": Chain([DeepRNN("gru", D, 6), Attention(6, 6)]),
}
COUNTED = {  # numbers kept, operations that wait, links
    "tanh": (6, 16, 16),
    "LSTM": (2 * 2 * 6, 17, 17),
    "attention": (2 * 16 * 6, 1, 1),
    "Transformer": (3 * 2 * 16 * 6, 3, 3),
    "convolutions": (4, 1, None),
    "dilated": (4 + 6 * (2 + 4 + 8), 4, 4),
    "scan": (2 * 6, 2 * 4, 17),
    "both": (6 + 2 * 16 * 6, 17, 2),
}


@pytest.mark.parametrize("name", NETS)
def test_counts(name):
    net = NETS[name]
    assert (properties.kept(net, T), properties.waits(net, T), properties.links(net, T)) == COUNTED[name]


@pytest.mark.parametrize("name", NETS)
def test_there_are_links_where_there_is_a_gradient(name):
    net, rng = NETS[name], np.random.default_rng(0)
    params, dhs = net.init(rng), np.zeros((T, 1, 6))
    dhs[-1] = rng.standard_normal(6)
    first = net.backward(params, net.forward(params, rng.standard_normal((T, 1, D))), dhs).xs[0]
    assert (properties.links(net, T) is not None) == bool(np.abs(first).max() > 0)


def test_every_family_is_counted():
    for family in FAMILIES.values():
        net = family.make(65, 8)
        assert properties.kept(net, 160) > 0 and properties.waits(net, 160) > 0
    assert properties.links(FAMILIES["convolutions"].make(65, 8), 160) is None  # it sees 63
