"""rnnlib: deep recurrent networks in NumPy, with every backward pass written by hand.

    net    = rnnlib.DeepRNN("lstm", input_size=3, hidden_size=8, num_layers=2)
    params = net.init(np.random.default_rng(0))
    run    = net.forward(params, xs)                 # xs (T, B, D);  run.hs (T, B, H)
    grad   = net.backward(params, run, dhs)          # grad.params mirrors params

Read in this order: cells (one step), layer (time), stack (depth). A cell of one's own is a `PlainCell`. What serves the
notebooks and no network, pictures, explorers, exercises and experiments, stands apart in `rnnlib.course`.

Arguments are looked at before anything is computed. TypeError says that something is of another kind or dtype,
ValueError that its shape, size or value does not fit, and both say `argument: expected ..., got ...`.
"""

from .files import load, save
from .flow import gradient_flow
from .gradcheck import gradcheck
from .interop import from_torch, state_from_torch, state_to_torch, to_torch
from .keras_onnx import from_keras, from_onnx
from .model import Model
from .plain import PlainCell
from .stack import DeepRNN
from .train import SGD, Adam, clip_by_global_norm, train

__version__ = "1.0.0"
__all__ = [
    "SGD",
    "Adam",
    "DeepRNN",
    "Model",
    "PlainCell",
    "clip_by_global_norm",
    "from_keras",
    "from_onnx",
    "from_torch",
    "gradcheck",
    "gradient_flow",
    "load",
    "save",
    "state_from_torch",
    "state_to_torch",
    "to_torch",
    "train",
]
