"""The text that ships: the same everywhere, cut between modules, and Python."""

import ast

from rnnlib import data


def test_the_excerpt_has_the_counts_that_its_docstring_states():
    train, test, whole = (data.python_excerpt(split) for split in ("train", "test", "all"))
    assert (len(train), len(test)) == (490_226, 57_498) and train + test == whole
    assert whole.isascii() and len(data.Alphabet(whole)) == len(data.Alphabet(train)) == 96


def test_the_cut_lies_between_two_modules():
    train, test = (data.python_excerpt(split) for split in ("train", "test"))
    assert test.startswith("#  Author:      Fred L. Drake, Jr.") and "class PrettyPrinter" not in train
    assert {"Queue", "WeakValueDictionary"} <= {
        n.name for n in ast.walk(ast.parse(test)) if isinstance(n, ast.ClassDef)
    }
