"""WildWord: a word from the keyboard, as the GRU of `g2p_en` says it, and what became of the gradient on its way."""

import functools

import numpy as np

from ..experiments.wild import gates, gradient_by_letter, say
from ..viz.wild import LONGEST, Letters
from ..wild import LETTERS, MEND, file, sounds_of, untrained, wild
from .base import STILL, choice
from .typed import TypedWord

EXAMPLES = ("gradient", "backpropagation", "phone", "knight", "recurrent", "vanishing", "a", "xylophone")
NAMES = ("trained", "untrained")
MISSING = "The package g2p_en is not installed, and its network is too large to be part of the course."


@functools.cache
def networks():
    """{"trained": Wild, "untrained": Wild}."""
    return {"trained": wild(), "untrained": untrained(np.random.default_rng(0))}


@functools.lru_cache(maxsize=64)
def measured(name, word):
    """(gradient left after each letter (n,), update gate (n, H), the sounds) of one network."""
    net = networks()[name]
    run, said = say(*net, [word])
    (sounds,) = sounds_of(said)
    return gradient_by_letter(*net, run, said)[:, 0], gates(run)[1][..., 0], " ".join(sounds) or "nothing"


class WildWord(TypedWord):
    """Choose a word or type one; see its sounds, the gradient that is left after each letter, and the update gate."""

    own, letters, longest = True, LETTERS[3:], LONGEST
    situations = (
        ("a long word", {"word": "backpropagation"}, "Fifteen steps to the end: how much is left at the first letter?"),
        ("untrained", {"network": "untrained"}, "The same shapes, drawn at random: half is gone after each letter."),
    )

    def __init__(self, **settings):
        if file() is not None:
            for word in EXAMPLES:  # so that the list answers at once
                for name in NAMES:
                    measured(name, word)
        super().__init__(**settings)

    def controls(self):
        return {
            "word": choice("word", EXAMPLES[0], list(EXAMPLES)),
            "network": choice("network", NAMES[0], list(NAMES)),
        }

    def scene(self):
        return Letters()

    def invitation(self):
        """The line under a picture without a kernel: nothing here was trained on this machine."""
        return f"{STILL}{'; '.join(c.description for c in self.inputs.values())}. It needs the package g2p_en."

    def show(self, scene, word, network):
        if file() is None:
            scene.update((), (), (), np.zeros((0, 1)), ("", ""), f"{word}: no network, g2p_en is not installed")
            return f"{MISSING} To get it: <code>{MEND}</code>."
        other = NAMES[1 - NAMES.index(network)]
        (mine, z, said), (theirs, _, _) = measured(network, word), measured(other, word)
        signs = [*word, "end"]
        scene.update(signs, mine, theirs, z, (network, other), f"{word}, {network}: {said}")
        back = len(word)
        return (
            f"It says <b>{said}</b>. After the first letter, {back} step{'s' * (back > 1)} before the end, "
            f"<b>{mine[0]:.2g}</b> of the gradient is left, which is {mine[0] ** (1 / back):.2f} per step; in the "
            f"{other} network {theirs[0]:.2g}. Update gate, mean over all units and letters: {z.mean():.2f}."
        )
