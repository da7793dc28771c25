"""The grammar that judges captions, against the generator that makes them: two programs that share no line."""

import random

import pytest

from explainers.measure.grammar import Grammar
from training.text import grammar as written
from training.world import SUITS, caption, draw, held_out
from training.world.words import brief

GRAMMAR = Grammar(written())


def captions(count, seed, world="seen", **how):
    scenes, rng = draw(count, seed, world), random.Random(seed)
    return [(words := brief(scenes.words(i)), caption(words, rng, **how)) for i in range(count)]


@pytest.mark.parametrize("how", [{}, {"plain": True}, {"drop": 1.0}])
def test_what_the_world_says_is_read_back_as_it_was_meant(how):
    for scene, text in captions(2000, seed=5, **how):
        told = GRAMMAR.read(text)
        assert GRAMMAR.wrong(text) == "", text
        for kind in ("subject", "colour", "place", "size", "pace"):
            assert told.get(kind, scene.get(kind)) == scene.get(kind), (text, kind)
        assert scene["motion"] in told.get("motion", [scene["motion"]]), text


def test_which_pairs_training_never_showed():
    for scene, text in captions(1000, seed=6, plain=True) + captions(1000, seed=6, world="held-out", plain=True):
        combination = [scene[kind] for kind in ("subject", "colour", "place", "motion")]
        assert GRAMMAR.new(text) == held_out(*combination), text


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a red ball bounces in the snow", ""),
        ("on the lawn a basketball misses and rebounds off the backboard", ""),
        ("a crimson star", "order"),  # neither what it does nor where
        ("", "order"),
        ("red a ball bounces", "order"),
        ("a red red ball bounces at sea", "order"),
        ("a red ball bounces in the sea", "order"),
        ("in the snow a red ball bounces in the snow", "order"),
        ("a red horse misses and rebounds off the backboard", "order"),
        ("a orange ball bounces at sea", "article"),
        ("an red ball bounces at sea", "article"),
        ("an emerald ball gallops at sea", "agreement"),
        ("a blue boat walks left at sea", "agreement"),
        ("a red ball bounces slowly at sea", "agreement"),
        ("a small red ball grows at sea", "agreement"),
        ("a horse rolls on the grass", "agreement"),
    ],
)
def test_what_is_wrong_with_a_sentence(text, wrong):
    assert GRAMMAR.wrong(text) == wrong


def test_words_in_another_order_are_no_sentence():
    rng, wrong = random.Random(0), 0
    for _, text in captions(300, seed=7):
        words = text.split()
        rng.shuffle(words)
        wrong += GRAMMAR.wrong(" ".join(words)) != ""
    assert wrong > 290


def test_who_does_what_is_the_world_s_own_rule():
    for subject, motions in SUITS.items():
        for motion, phrase in (("roll", "rolls"), ("gallop", "gallops"), ("spin", "spins")):
            right = GRAMMAR.wrong(f"a red {subject} {phrase} at sea") == ""
            assert right == (motion in motions)
