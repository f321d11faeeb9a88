"""A network from the wild: word for word what its own package says, and gradients that finite differences confirm."""

import importlib.util
import random
import sys
import types
import warnings

import numpy as np
import pytest
import test_contrast
from explorer_checks import check_explorer

from rnnlib import flow, gradcheck
from rnnlib.course import explore, wild
from rnnlib.course.experiments import wild as measured
from rnnlib.course.experiments.store import load, select

installed = pytest.mark.skipif(
    wild.file() is None, reason="g2p_en is not installed: pip install --no-deps g2p_en==2.1.0"
)
REAL = """phone knight backpropagation recurrent gradient vanishing exploding xylophone queue thorough through though
tough bough rhythm syzygy zyzzyva lstm gru aardvark a i ox eye ewe psychology pneumonia tsunami quixotic jazz pizza
bureau colonel yacht choir island salmon subtle debt isle aisle wednesday february mississippi antidisestablishment
strengths twelfths sixths eighths o'clock naive cafe zigzag banana""".split()


def theirs():
    """The package's own code for a word. What it needs only for whole sentences, and would download, is left out."""
    stand_ins = {
        "nltk": {"pos_tag": None, "data": types.SimpleNamespace(find=lambda name: None), "download": None},
        "nltk.corpus": {"cmudict": types.SimpleNamespace(dict=dict)},
        "nltk.tokenize": {"TweetTokenizer": lambda: types.SimpleNamespace(tokenize=None)},
        "inflect": {"engine": lambda: None},
    }
    for name, content in stand_ins.items():
        module = types.ModuleType(name)
        module.__dict__.update(content)
        sys.modules[name] = module
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it leaves a file open, and writes a backslash that Python does not know
            from g2p_en.g2p import G2p

            return G2p()
    finally:
        for name in (*stand_ins, "g2p_en", "g2p_en.g2p", "g2p_en.expand"):
            sys.modules.pop(name, None)


@installed
def test_every_word_is_said_as_its_own_package_says_it(say):
    draw = random.Random(0)
    invented = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(1, 14))) for _ in range(60)]
    words = REAL + invented
    own = theirs()
    equal = [wild.pronounce([word])[0] == own.predict(word) for word in words]
    say(f"g2p_en: {sum(equal)} of {len(words)} words are said as its own package says them")
    assert all(equal), [word for word, same in zip(words, equal) if not same]
    assert wild.pronounce(words) == [own.predict(word) for word in words]  # all at once, padded


@installed
def test_hidden_states_are_those_of_its_own_code():
    own, (net, params) = theirs(), wild.wild()
    for word in ("recurrent", "x", "backpropagation"):
        wanted = own.gru(own.encode(word), len(word) + 1, own.enc_w_ih, own.enc_w_hh, own.enc_b_ih, own.enc_b_hh)[0]
        letters, _ = wild.encode(word)
        np.testing.assert_allclose(net.encoder.forward(params["encoder"], letters).hs[:, 0], wanted, atol=2e-5)


def small(rng):
    """`untrained` in float64, one word."""
    net, params = wild.untrained(rng, np.float64)
    return net, params, wild.encode("phone")


def test_the_gradient_through_a_word_is_right():
    rng = np.random.default_rng(0)
    net, params, (letters, lengths) = small(rng)
    said = net.decode(params, letters, lengths, 4)
    xs = np.eye(net.input_size)[letters]
    assert gradcheck(net, params, (xs, said), rng=rng, entries=1, directions=1).error <= 1e-6


def test_what_is_said_ends_at_the_end_and_batches_change_nothing():
    net = wild.untrained(np.random.default_rng(1))
    words = ["a", "backpropagation", "phone", "queue"]
    assert wild.pronounce(words, net) == [wild.pronounce(word, net)[0] for word in words]
    assert all(set(said) <= set(wild.SOUNDS[1:]) and len(said) <= wild.MOST for said in wild.pronounce(words, net))


def test_signs_of_their_own_stand_for_start_and_end():
    rng, H = np.random.default_rng(2), wild.H
    arrays = {f"{n}_{k}": rng.random(s) for n in ("enc", "dec") for k, s in
              {"w_ih": (3 * H, H), "w_hh": (3 * H, H), "b_ih": 3 * H, "b_hh": 3 * H}.items()}  # fmt: skip
    arrays |= {"enc_emb": rng.random((29, H)), "dec_emb": rng.random((74, H)), "fc_w": rng.random((74, H))}
    params = wild.joined(arrays | {"fc_b": np.arange(74.0)}, np.float64)
    assert list(params["b_y"][:5]) == [3, 0, 1, 2, 4]  # </s> first
    read = arrays["dec_emb"] @ arrays["dec_w_ih"].T
    np.testing.assert_allclose(params["decoder"][0]["W_xh"][0], read[2])  # as an input it is <s>
    np.testing.assert_allclose(params["decoder"][0]["W_xh"][5], read[5])


def test_letters_outside_the_alphabet_are_unknown_and_a_word_is_not_empty():
    letters, lengths = wild.encode(["Né", "a"])
    assert [wild.LETTERS[k] for k in letters[:, 0]] == ["n", "<unk>", "</s>"]
    assert [wild.LETTERS[k] for k in letters[:, 1]] == ["a", "</s>", "<pad>"] and list(lengths) == [3, 2]
    with pytest.raises(ValueError, match=r"words\[1\]: expected at least one letter"):
        wild.encode(["a", ""])


def test_without_the_package_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"expected the package g2p_en.*pip install"):
        wild.wild()
    explorer = explore.WildWord()
    assert "not installed" in explorer.reading.value and "no network" in explorer.picture.alt
    seen, nameless = test_contrast.visited.__wrapped__("WildWord")
    assert not nameless and not any(faint or crowded or torn for _, faint, crowded, _, torn in seen.values()), seen


# ------------------------------------------------------------------ the measures


def test_the_gradient_by_letter_is_that_of_the_scores_by_the_state():
    net, params, _ = small(np.random.default_rng(3))
    word = "cat"
    left = measured.gradient_by_letter(net, params, *measured.say(net, params, [word]))[:, 0]
    letters, lengths = wild.encode(word)
    said = net.decode(params, letters, lengths, 20)
    before = np.concatenate([[[0]], said[:-1]])
    end = int((said[:, 0] != 0).sum()) + 1

    def scores(h):
        run = net.decoder.forward(params["decoder"], before, [(h,)])
        picked = (run.hs @ params["W_hy"] + params["b_y"])[np.arange(len(said)), 0, said[:, 0]]
        return picked[:end].sum()

    run, eye, norms = net.encoder.forward(params["encoder"], letters), np.eye(wild.H), []
    h_end = run.hs[-1]
    slope = np.array([(scores(h_end + 1e-6 * e) - scores(h_end - 1e-6 * e)) / 2e-6 for e in eye])
    for t in range(len(letters)):
        xs = np.eye(net.input_size)[letters[t + 1 :, 0]]
        J = flow.long_range_jacobian(net.encoder, params["encoder"], xs, [(run.hs[t],)]) if len(xs) else eye
        norms.append(np.linalg.norm(slope @ J))
    np.testing.assert_allclose(left, np.array(norms) / norms[-1], rtol=1e-5)


def test_half_lives_and_readers_by_hand():
    z = np.full((5, 2, 3), 0.5)
    z[:, 1] = 0.5 ** (1 / 7)
    np.testing.assert_allclose(measured.half_lives(z), [1, 7])
    rng, words = (
        np.random.default_rng(4),
        ["abcdefghi", "bcdefghij", "cadefuioa", "eeeeeeeee", "xyzxyzxyz", "ababababa"] * 4,
    )
    hs = rng.standard_normal((10, len(words), 5))
    for i, word in enumerate(words):
        hs[:9, i, 3] = [c in "aeiou" for c in word]
    assert measured.best_reader(hs, words, measured.READINGS["a vowel now"], 12) == pytest.approx(1)
    assert (
        measured.best_reader(rng.standard_normal((10, len(words), 5)), words, measured.READINGS["a vowel now"], 12)
        < 0.4
    )


def test_the_finding_holds_in_every_stored_run():
    runs = load("wild")
    trained, not_trained = (select(runs, "per_letter", net=net) for net in measured.NETS)
    assert min(trained) > 0.8 and max(not_trained) < 0.62
    first, first_not = (np.array(select(runs, "exponents", net=net))[:, 0] for net in measured.NETS)
    assert (np.abs(first) < 0.03).all() and (first_not < -0.4).all()


@installed
def test_the_explorer_at_every_setting():
    check_explorer(explore.WildWord, np.random.default_rng(12))
    explorer = explore.WildWord()
    explorer.typed.value = "Perceptron"
    assert explorer.inputs["word"].value == "perceptron" and "P ER1 S" in explorer.reading.value
    explorer.typed.value = "naïve"
    assert "Letters a to z" in explorer.told.value and explorer.inputs["word"].value == "perceptron"
