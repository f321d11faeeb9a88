"""The learning rate for `words` and `words_depth`, on seeds and words that are not reported."""

from . import words, words_depth

QUESTION = "Which of three learning rates do 1, 2 and 4 layers like best for words, with attention and without?"
GRID = [arm | {"lr": lr} for arm in words.ARMS + words_depth.ARMS for lr in words.RATES]
SEEDS = 1


def run_one(config, seed):
    """As `words`, from seed 1000 on, judged on the validation words."""
    return words.run_one(config, 1000 + seed, "validation")
