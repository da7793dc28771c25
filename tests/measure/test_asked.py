"""What a prompt asks for, against the captions of scenes whose words are known."""

import random

import pytest

from explainers.measure.asked import asked, spelt
from training.world import ATTRIBUTES, SYNONYMS, caption, draw


def test_it_reads_what_captions_say():
    rng, scenes = random.Random(0), draw(400, seed=5)
    for i in range(len(scenes)):
        words = scenes.words(i)
        text = caption(words, rng)
        found = asked(text, SYNONYMS)
        told = {kind: words[kind] for kind in ATTRIBUTES}
        # "walks" leaves the side open; everything else that a whole caption says is found
        missing = told.keys() - found.keys()
        assert missing <= {"motion"} and (not missing or "walk" in text), (text, found)
        assert found == {kind: told[kind] for kind in found}, text


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("", {}),
        ("a dog", {}),
        ("two red balls", {"colour": "red"}),
        ("A PURPLE cat, in the snow!", {"subject": "cat", "colour": "purple", "place": "snow"}),
        ("a cat and a dog and a boat", {"subject": "cat"}),
    ],
)
def test_and_nothing_else(prompt, found):
    assert asked(prompt, SYNONYMS) == found


def test_an_exchanged_word_takes_its_article_along():
    assert spelt("a orange cat and an red ball") == "an orange cat and a red ball"
    assert spelt("a star banks a man") == "a star banks a man"
