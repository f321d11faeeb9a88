"""Claims 7 to 10 as trials, by the rule of `trials`; and claim 1 on text, which notebook 10 had to leave open.

Every margin was written before the runs it judges, after pilots of one run or two. The half of claim 9 that speaks of
translation and language models is not tried: what made Transformers excellent there is size, which is not to be had
here.

How far another processor would move these runs is not sampled. So their intervals are over seeds alone, and an arm
close to its margin may turn elsewhere.
"""

import numpy as np

from ..stats import mean_interval
from . import arms_neighbours as arms
from .store import load, select
from .trials import STACKING, Trial

CONVOLVING = (
    "CNNs extract local features and are translation-equivariant; good at fixed length, limited where lengths vary."
)
ATTENDING = "Attention attends to chosen parts and captures long dependencies better; it combines with RNNs and CNNs."
TRANSFORMING = "Transformers need no recurrence and compute in parallel; excellent at translation and language models."
COMBINING = "Combinations are stronger: attention on a deep RNN, CNN features into a deep RNN."


def trial(claim, short, words, test, effect, margin, literature):
    """A Trial of the arms of that claim."""
    found = arms.ARMS[claim].values()
    sources = tuple(dict.fromkeys(name for v in found for name in (v.experiment, v.elsewhere) if name))
    return Trial(claim, short, words, test, effect, margin, sources, arms.pairs(claim), literature)


NEIGHBOURS = (
    trial("1 text, longer", "do 2 layers catch up on text?", STACKING,
          "the character model of claim 1, four times the updates, test text in the last third of the run, rates tuned "
          "at that length", "bits per character saved", 0.02,
          "Karpathy et al. 2015: 2 layers beat 1 in 21 of 22 matched pairs."),
    trial("7 local features", "do convolutions beat a GRU?", CONVOLVING,
          "digits pixel by pixel, 5,300 parameters: three convolutions and max-pooling against GRUs",
          "test accuracy gained", 0.02,
          "Bai et al. 2018: digits by pixel 99.0 % by convolutions, 96.2 % by a GRU (784 steps)."),
    trial("7 translation", "do they mind a shift less?", CONVOLVING,
          "the same nets, a blank row of pixels before each test digit: what the convolutions lose less than the GRU",
          "test accuracy kept", 0.02,
          "A convolution is equivariant to a shift by construction, and its pooled features all but invariant. What a "
          "GRU makes of one is learned."),
    trial("7 lengths", "does a GRU fare better as lengths vary?", CONVOLVING,
          "Japanese Vowels, 10,000 parameters: a GRU of 2 layers against convolutions with max- or mean-pooling, "
          "and against those of one fixed length; test utterances as they are, twice and half as fast, the first half",
          "test accuracy, GRU minus convolutions", 0.02,
          "Bai et al. 2018: convolutions in time take sequences of any length, as recurrent networks do."),
    trial("8 recall", "does attention recall what a GRU forgets?", ATTENDING,
          "associative recall among 4, 8 and 12 pairs, 20,000 parameters: GRU + attention and Transformer against "
          "the GRU", "share of queries right", 0.1,
          "Arora et al. 2023: recall explains most of the gap between attention-free language models and attention."),
    trial("8 path", "does the first step's gradient arrive?", ATTENDING,
          "before training, 20,000 parameters, loss at the last step: the gradient at the first input beside that at "
          "the last, 64 and 512 steps, against the GRU", "powers of ten nearer to 1", 1.0,
          "Vaswani et al. 2017, table 1: the longest path through self-attention is one step, through recurrence all."),
    trial("8 words", "does attention say words better?", ATTENDING,
          "words to sounds, GRU encoder and decoder of 40,000 parameters, with attention against without",
          "share of sounds right", 0.02,
          "Bahdanau et al. 2015: with attention, translation no longer suffers from the sentence's length."),
    trial("8 longer words", "the more, the longer they are?", ATTENDING,
          "the same: how much less is lost from words of 4 letters to words of 10, with attention than without",
          "share of words right", 0.05,
          "Bahdanau et al. 2015: the encoder without attention loses quality beyond some 30 words of a sentence."),
    trial("9 parallel", "is a training step quicker?", TRANSFORMING,
          "time of one update on one core, 20,000 parameters, 32, 256 and 1,024 steps: Transformer against the GRU",
          "powers of ten quicker", 0.3,
          "Vaswani et al. 2017, table 1: n² d operations, none of which waits for another; n d² and n that do."),
    trial("9 state", "can it do without recurrence?", TRANSFORMING,
          "parity and S5, trained on at most 40 steps, read at 40 and 160: Transformer against the GRU",
          "share of sequences right at the last step, at most 0.1 lost", -0.1,
          "Merrill, Petty, Sabharwal 2024: Transformers of fixed depth cannot track S5, recurrent networks can."),
    trial("10 attention, gain", "does attention add to 1, 2, 4 layers?", COMBINING,
          "words to sounds, 40,000 parameters, encoder and decoder of 1, 2 and 4 layers: attention against none",
          "share of sounds right", 0.02, "Bahdanau et al. 2015; Wu et al. 2016: attention on stacks of 8 layers."),
    trial("10 attention, no loss", "does it leave the rest intact?", COMBINING,
          "parity and S5, trained on at most 40 steps, read at 40 and 160: GRU + attention against the GRU alone",
          "share of sequences right, at most 0.05 lost", -0.05,
          "Softmax over more keys than training had spreads thinner; what reads it was not trained on that."),
    trial("10 layers under attention", "do layers add to attention?", COMBINING,
          "words to sounds with attention, 40,000 parameters: 2 and 4 layers against 1", "share of sounds right", 0.02,
          "Miceli Barone et al. 2017: with attention, a combined depth of 8 gains 1.5 BLEU over a shallow net "
          "in translation from English to German."),
    trial("10 convolution", "are convolution and GRU stronger together?", COMBINING,
          "digits pixel by pixel, 5,300 parameters, and Japanese Vowels, 10,000: a convolution below a GRU against "
          "either alone", "test accuracy gained", 0.02,
          "Sainath et al. 2015: convolutions below LSTMs gain 4 to 6 % on speech, relative to LSTMs alone."),
)  # fmt: skip


def settled(rng):
    """{arm of "1 text, longer": (change, low, high)}: how the gap on test text changes over the last third, in bits,
    mean over seeds with its interval, by a line through the gaps of each seed. It has stopped moving where the mean is
    smaller than the margin."""
    runs, found = load("longer"), {}
    for label, cell in arms.TEXT.items():
        one, two = (np.array(select(runs, "test", cell=cell, L=L)) for L in (1, 2))
        gaps = (one - two)[:, -(one.shape[1] // 3) :]
        steps = np.arange(gaps.shape[1]) - (gaps.shape[1] - 1) / 2
        change = gaps @ steps / (steps @ steps) * (len(steps) - 1)
        found[label] = tuple(float(v) for v in mean_interval(change[None], rng)[:, 0])
    return found
