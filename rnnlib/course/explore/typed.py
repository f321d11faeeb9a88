"""TypedWord: an explorer whose list of words takes one more from the keyboard."""

import ipywidgets as w

from .base import STYLE, Explorer


class TypedWord(Explorer):
    """A control called "word", and beside it a field: what is typed there joins the list and is chosen.

    letters, longest : what a word may be made of, and how long it may be.
    """

    letters, longest = (), 0

    def __init__(self, **settings):
        self.typed = w.Text(
            placeholder="a to z, then Enter",
            description="or type a word",
            continuous_update=False,
            style=STYLE,
            layout={"width": "24em"},
        )
        self.typed.observe(self.add, "value")
        self.told = w.HTML()
        super().__init__(**settings)

    def buttons(self):
        return [w.HBox([self.typed, self.told], layout={"flex_flow": "row wrap"})]

    def add(self, change):
        """A word from the keyboard joins the list and is chosen."""
        word = change["new"].strip().lower()
        if not word:
            return
        if set(word) - set(self.letters) or len(word) > self.longest:
            self.told.value = f"Letters a to z, at most {self.longest} of them."
            return
        self.told.value = ""
        options = self.inputs["word"].options
        if word not in options:
            self.inputs["word"].options = [*options, word]
        self.inputs["word"].value = word
