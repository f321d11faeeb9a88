"""Words to sounds as an experiment: what is fed, what is scored, and the two nets that ship."""

import numpy as np
import pytest

from rnnlib import data
from rnnlib.course.experiments import words
from rnnlib.course.experiments.words_net import PATHS, network, words_net

TEST = data.words_to_sounds("test")


def columns(table, lengths):
    return [tuple(column[:n]) for column, n in zip(table.T, lengths)]


def test_a_batch_pairs_every_word_with_its_sounds_and_one_boundary():
    pairs = dict(zip(columns(*TEST[:2]), columns(*TEST[2:])))
    batches, seen = words.batches(TEST, np.random.default_rng(0)), []
    for _ in range(len(TEST.letter_lengths) // words.B):
        (letters, sounds), targets, (read, told) = next(batches)
        assert targets is sounds and letters.shape[1] == words.B
        assert read.max() == len(letters) and told.max() == len(sounds) and np.ptp(read) <= 1
        for word, said, n in zip(columns(letters, read), columns(sounds, told), told):
            assert said[-1] == 0 and pairs[word] == said[: n - 1] and 0 not in said[: n - 1]
            seen.append(word)
    assert len(set(seen)) == len(seen) == 1472  # an epoch: every word once, but for what fills no batch


class Parrot:
    """Says of every word what it is told to."""

    def __init__(self, written):
        self.written = written

    def decode(self, params, letters, lengths, steps):
        assert steps >= len(self.written)
        return self.written


def test_what_is_right_scores_one_and_silence_nothing():
    perfect, silent = (words.judged(Parrot(w), None, TEST) for w in (TEST.sounds, np.zeros_like(TEST.sounds)))
    assert (perfect["sounds"], perfect["words"], silent["sounds"], silent["words"]) == (1, 1, 0, 0)
    assert perfect["by_length"] == {n: [1, 1] for n in ("4", "6", "8", "10")}


def test_one_wrong_sound_in_each_word_of_eight_letters_costs_what_it_should():
    eight = TEST.letter_lengths == 8
    written = TEST.sounds.copy()
    written[0, eight] = written[0, eight] % 39 + 1
    score = words.judged(Parrot(written), None, TEST)
    assert score["by_length"]["6"] == [1, 1] and score["by_length"]["8"][1] == 0
    assert score["by_length"]["8"][0] == pytest.approx(1 - eight.sum() / TEST.sound_lengths[eight].sum())
    assert score["words"] == pytest.approx(1 - eight.mean())
    assert score["sounds"] == pytest.approx(1 - eight.sum() / TEST.sound_lengths.sum())


@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize("L", [1, 2, 4])
def test_every_arm_has_nearly_all_of_the_budget_and_no_more(attention, L):
    H = words.width(attention, L)
    sizes = [words.network(attention, L, h).num_params for h in (H, H + 1)]
    assert 0.93 * words.BUDGET < sizes[0] <= words.BUDGET < sizes[1]


BARS = {True: (0.84, 0.48), False: (0.71, 0.32)}  # of the sounds, of the words


@pytest.mark.parametrize("attention", [True, False])
def test_the_nets_that_ship_say_words_they_never_saw(attention, say):
    assert PATHS[attention].stat().st_size < 100_000
    net, params = words_net(attention)
    assert net.described == network(attention).described and params["W_hy"].dtype == np.float32
    score = words.judged(net, params, TEST)
    say(f"attention {attention}: {score['sounds']:.1%} of the sounds, {score['words']:.1%} of the test words")
    sounds, right = BARS[attention]
    assert score["sounds"] > sounds and score["words"] > right


def test_where_the_net_looks_goes_on_from_left_to_right():
    net, params = words_net()
    lengths = TEST.letter_lengths, TEST.sound_lengths + 1
    A = net.forward(params, (TEST.letters, TEST.sounds), lengths=lengths).A
    looked = [A[i, :n].argmax(1) for i, n in enumerate(TEST.sound_lengths)]
    assert np.concatenate([np.diff(steps) >= 0 for steps in looked]).mean() > 0.98
    letters, n = data.encode_words("phone")
    written = net.decode(params, letters, n, 12)
    assert data.decode_sounds(written) == ["F OW N"]
    looked = net.forward(params, (letters, written), lengths=(n, None)).A[0].argmax(1)
    assert looked[1] == 2 and looked[2] == 3  # OW comes from the o, N from the n
