"""NextCharacter: what a character model expects at any place of a text, and how much of it is memory."""

import numpy as np

from ... import data
from ...model import Model
from ...stack import DeepRNN
from ..viz import text as pictures
from .base import Explorer, choice, integer, real

MEMORY = {"1 character": 1} | {f"{k} characters": k for k in (2, 4, 8, 16, 32, 64)}


class NextCharacter(Explorer):
    """A trained character model at one place of a text it has not seen.

    model, params, alphabet : as trained. text : at least 110 characters. Without them an untrained GRU of 32 units
    reads a piece of the excerpt: the control. Before every guess the state is set to zero and the network reads the
    last `memory` characters, so that nothing older can help. The temperature τ divides the scores: p = softmax(y / τ).
    """

    own = True

    situations = (
        ("a long memory", {}, "How much of the probability falls on the true next character?"),
        (
            "a short memory",
            {"memory": "1 character"},
            "A network that may look back one character only: compare the mean surprise.",
        ),
        ("cold", {"temperature": 0.2}, "A low temperature piles the probability on the favourite, right or wrong."),
        ("hot", {"temperature": 2.0}, "A high temperature evens all out: the doubt rises, the order stays."),
    )

    def __init__(self, model=None, params=None, alphabet=None, text=None, **settings):
        if model is None:
            alphabet = data.Alphabet(data.python_excerpt("all"))
            model = Model(DeepRNN("gru", len(alphabet), 32), len(alphabet))
            params, text = model.init(np.random.default_rng(3)), data.python_excerpt("test")[3000:3300]
        self.model, self.params, self.alphabet, self.text = model, params, alphabet, text
        self.codes = alphabet.encode(text)
        self.first = max(max(MEMORY.values()), pictures.NextCharacter.back)
        self.scores = {}
        super().__init__(**settings)

    def controls(self):
        last = len(self.text) - 1
        return {
            "place": integer("character no.", min(self.first + 82, last), self.first + 43, last),
            "temperature": real("temperature τ", 1.0, 0.2, 2.0, 0.05),
            "memory": choice("may look back", "64 characters", list(MEMORY)),
        }

    def scene(self):
        return pictures.NextCharacter()

    def log_p(self, memory):
        """(N, V): scores for the characters from `first` on, each after `memory` characters from a zero state."""
        if memory not in self.scores:
            ends = np.arange(self.first, len(self.codes))
            window = self.codes[ends - memory + np.arange(memory)[:, None]]  # (memory, N)
            xs = data.one_hot(window, len(self.alphabet), self.model.dtype)
            self.scores[memory] = self.model.predict(self.params, xs)[-1].astype(np.float64)
        return self.scores[memory]

    def show(self, scene, place, temperature, memory):
        ys = self.log_p(MEMORY[memory])[place - scene.back + 1 - self.first : place + 1 - self.first] / temperature
        log_p = ys - ys.max(1, keepdims=True)
        log_p -= np.log(np.exp(log_p).sum(1, keepdims=True))
        true = self.codes[place - scene.back + 1 : place + 1]
        surprise = -log_p[np.arange(scene.back), true] / np.log(2)
        p = np.exp(log_p[-1])
        scene.update(
            self.text[place - scene.back + 1 : place + 1],
            surprise,
            self.alphabet.characters,
            p,
            f"What comes next, if one may look back {memory}; temperature {temperature:.2f}",
        )
        doubt = float(-(p * log_p[-1]).sum() / np.log(2))
        return (
            f"The true next character has probability <b>{p[true[-1]]:.2g}</b>, a surprise of {surprise[-1]:.2g} bits. "
            f"The network's doubt here is {doubt:.2g} bits, as between {2**doubt:.2g} equally likely characters. "
            f"Mean surprise of the {scene.back} shown: <b>{surprise.mean():.3g}</b> bits."
        )
