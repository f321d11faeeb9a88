"""The neighbours of the recurrent network, as nets with the same face: they train, check and combine as it does.

net = Chain([Convolution(12, 32, kernel=5, stride=2), DeepRNN("gru", 32, 64), Attention(64, 64)])
"""

from .attention import Attention, attention, attention_backward
from .chain import Chain
from .convolution import Convolution, Pooling
from .heads import maps
from .linear import LinearRecurrence, scan
from .seq2seq import Seq2Seq
from .torch_names import from_torch, to_torch
from .transformer import Transformer

__all__ = [
    "Attention",
    "Chain",
    "Convolution",
    "LinearRecurrence",
    "Pooling",
    "Seq2Seq",
    "Transformer",
    "attention",
    "attention_backward",
    "from_torch",
    "maps",
    "scan",
    "to_torch",
]
