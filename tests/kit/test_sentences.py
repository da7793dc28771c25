import json
import re

import numpy as np
import pytest

from explainers.kit.check import untranslated
from explainers.kit.folders import KIT
from explainers.kit.lesson import lessons
from explainers.kit.sentences import MissingSentence, Words, choose, labels, languages, parse
from explainers.viewer.bundle import module

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


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 step is left."), (0, "0 steps are left."), (12, "12 steps are left.")]
)
def test_one_thing_is_said_of_as_one(count, said):
    words = Words("en", {"left": "{count:# step|# steps} {count:is|are} left."})
    assert words("left", count=np.int64(count)) == said


@pytest.mark.parametrize(
    ("language", "forms", "said"),
    [
        ("de", "# Bild|# Bilder", {1: "1 Bild", 0: "0 Bilder"}),
        ("fr", "# image|# images", {0: "0 image", 1: "1 image", 2: "2 images", 1_000_000: "1000000 images"}),
        ("pl", "# film|# filmy|# filmów", {1: "1 film", 3: "3 filmy", 12: "12 filmów", 22: "22 filmy"}),
        ("ja", "#本|?", {1: "1本", 5: "5本"}),
    ],
)
def test_many_things_are_said_in_the_forms_of_the_language(language, forms, said):
    words = Words(language, {"films": f"{{count:{forms}}}"})
    assert {count: words("films", count=count) for count in said} == said


def test_what_a_visitor_typed_is_never_read_as_a_template():
    words = Words("en", parse(FILE))
    assert "{half}" in words("answer", half=0.1, which="{half}")


@pytest.mark.parametrize("ask", [lambda w: w("nowhere"), lambda w: w("answer", half=0.1)])
def test_a_missing_sentence_or_number_is_an_error(ask):
    with pytest.raises(MissingSentence):
        ask(Words("en", parse(FILE)))


def test_the_kit_speaks_where_the_lesson_is_silent():
    words = Words("en", parse(FILE), behind=Words("en", {"develop": "Develop", "claim": "not this one"}))
    assert words("develop") == "Develop"
    assert words("claim") == "Static wins."


def test_two_sentences_of_one_name_are_an_error():
    with pytest.raises(ValueError, match="claim"):
        parse("## claim\none\n## claim\ntwo")


# --- languages


@pytest.mark.parametrize("language", languages()[1:])
@pytest.mark.parametrize("idea", [KIT, "_template", *(lesson.idea for lesson in lessons())])
def test_no_page_of_any_language_misses_a_sentence_or_a_number(idea, language):
    assert list(untranslated(idea, language)) == []


GERMAN = Words("de", {"answer": "{half:.1%} von {all:,}, {which}, {some}"})


def test_numbers_are_written_as_the_language_writes_them():
    said = GERMAN("answer", half=np.float32(0.1842), all=12_345, which="a 1.5 %, b", some=[1, 2])
    assert said == "18,4\u00a0% von 12.345, a 1.5 %, b, [1, 2]"
    assert GERMAN.figure("1,234.56") == "1.234,56"  # a lens has rounded it
    assert GERMAN.figure("3.11 (1.02 … 4)") == "3.11 (1.02 … 4)" and GERMAN.figure("2509.19222v1") == "2509.19222v1"
    assert GERMAN.figure(-0.5, ".2f") == "-0,50" and GERMAN.written("3.1e-05") == "3,1e-05"
    assert Words("en", {}).figure(1234.5, ",.1f") == "1,234.5"
    assert Words("fr", {}).figure(1234.5, ",.1f") == "1\u202f234,5"
    assert Words("tr", {}).figure(0.184, ".1%") == "%18,4"


def test_what_is_not_translated_yet_is_said_in_english():
    words = Words("de", {"claim": "Rauschen siegt."}, Words("de", parse(FILE), GERMAN))
    assert words("claim") == "Rauschen siegt."
    assert words("answer", half=0.18, which="grain").startswith("Half is gone at 18\u00a0%")
    assert words.everything()["title"] == "Noise"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("tlh, de-AT;q=0.3", "de"),
        ("de;q=0, en", "en"),
        ("*", "en"),
        ("de;q=nonsense,en;q=0.1", "en"),
        ("", "en"),
        (";;,q=1,,", "en"),
        ("de;q=0.2, en;q=0.8", "en"),
        ("fr, DE-de;q=0.1", "de"),
    ],
)
def test_the_language_of_a_browser(accepted, language):
    assert choose(accepted) == language


def test_the_viewer_speaks_the_same_english_by_itself():
    """It has its own texts, for hosts that tell it none."""
    text = module()
    start = text.index("LABELS = {")
    block = text[start : text.index("\n};", start)]
    pairs = re.findall(r'^\s+(\w+):((?:\s*"(?:[^"\\]|\\.)*"\s*\+?)+),', block, re.MULTILINE)
    own = {key: "".join(json.loads(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', value)) for key, value in pairs}
    assert len(own) > 50
    named = {"a", "b"}  # the app names the two films
    assert {k: v for k, v in own.items() if k not in named} == {
        k: v for k, v in labels(Words.of(KIT)).items() if k not in named
    }
