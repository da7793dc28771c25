import pytest

from explainers.stage.words import MissingSentence, Words, parse

FILE = """# Noise
<!-- for translators: keep it short -->

## claim
Static wins.

## answer
Half is gone at {half:.0%}, and <b>{which}</b> first.
"""


def test_a_sentence_stands_under_its_key_and_the_title_under_title():
    words = Words("en", parse(FILE))
    assert words("title") == "Noise"
    assert words("claim") == "Static wins."
    assert "claim" in words and "nothing" not in words


def test_a_sentence_quotes_measured_numbers_and_leaves_the_others():
    words = Words("en", parse(FILE))
    assert words("answer", half=0.184, which="grain", unused=[1, 2]) == "Half is gone at 18%, and <b>grain</b> first."
    assert words.quoted("answer") == {"half", "which"}


def test_what_a_visitor_typed_is_never_read_as_a_template():
    words = Words("en", parse(FILE))
    assert "{half}" in words("answer", half=0.1, which="{half}")


@pytest.mark.parametrize("ask", [lambda w: w("nowhere"), lambda w: w("answer", half=0.1)])
def test_a_missing_sentence_or_number_is_an_error(ask):
    with pytest.raises(MissingSentence):
        ask(Words("en", parse(FILE)))


def test_the_stage_speaks_where_the_lesson_is_silent():
    words = Words("en", parse(FILE), behind=Words("en", {"develop": "Develop", "claim": "not this one"}))
    assert words("develop") == "Develop"
    assert words("claim") == "Static wins."


def test_two_sentences_of_one_name_are_an_error():
    with pytest.raises(ValueError, match="claim"):
        parse("## claim\none\n## claim\ntwo")
