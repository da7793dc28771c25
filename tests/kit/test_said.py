"""What the engine and the lenses say in English is found again in the words, and said in the visitor's language."""

import re

import numpy as np
import pytest

from explainers.engine import Request, wrap
from explainers.engine.attention.token_layout import Axis, Site
from explainers.engine.maps.labels import why_not
from explainers.engine.run.fit import fit
from explainers.kit.check import notes, shared_problems, unsaid
from explainers.kit.folders import KIT, folder
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from tests.tiny_models import TINY

GERMAN = Words.of(KIT, "de")
EXPLAINERS = folder(KIT).parent
FRONT, VIEWER = EXPLAINERS / "web" / "static", EXPLAINERS / "viewer" / "source"
ASKED = [
    Request("a zebra and a bal", height=70, width=64, frames=18, steps=0, guidance=200.0, fps=1000.0),
    Request("", frames=17),
    Request("a \x07 red ball " * 300),
    Request("a red ball", video=np.zeros((3, 20, 20, 3), np.float32), strength=3.0),
]


@pytest.fixture(scope="module")
def model():
    return wrap(TINY["cosmos3"].build())


@pytest.mark.parametrize("asked", ASKED, ids=["numbers", "nothing", "long", "film"])
def test_every_note_is_said_in_german(model, asked):
    _, told, _ = fit(model, asked)
    assert told
    for note in told:
        assert Words.of(KIT).said(note) == note
        assert GERMAN.said(note) != note
    assert GERMAN.figure(told) == " ".join(map(GERMAN.said, told))


def test_a_note_keeps_what_it_quotes():
    told = GERMAN.said("The model never learned “zebra”. Nearest: star, cat.")
    assert told == "Das Wort „zebra“ hat das Modell nie gelernt. Am ähnlichsten: star, cat."
    assert GERMAN.said("Something new.") == "Something new."
    assert "{near}" in GERMAN.said("The model never learned “{near}”.")


def test_names_and_numbers_in_a_note_are_german_too_but_never_a_visitors_words():
    assert GERMAN.said("Height 70 does not fit: 64 is the nearest that does.").startswith("Höhe 70 ")
    assert "200,0" in GERMAN.said("Guidance 200.0 is out of bounds: 100.0 is taken.")
    assert "„Height“" in GERMAN.said("The model never learned “Height”.")
    small = GERMAN.said(
        "It takes 14.5 GB of memory, and 8.0 GB are free. Close other programs, or take a smaller model."
    )
    assert "14,5 GB" in small and "8,0 GB" in small and small.endswith("Modell.") and "Close" not in small


@pytest.mark.parametrize("blind", [[], ["attn1"]])
@pytest.mark.parametrize("ran", [True, False])
def test_why_there_is_no_map_is_said_in_german(ran, blind):
    patches = Axis(video=range(4), grid=(1, 2, 2))
    site = Site("attn", 0, 0, 2, patches, patches, "item", (1, 2, 2))
    english = why_not("Transformer", [site] if ran else [], blind, "video", ["words", "sound"])
    assert "attention" in english
    assert "attention" not in GERMAN.said(english).lower().replace("patches to patches", "")


def test_a_refusal_speaks_the_pages_language_and_its_lens_has_its_say():
    page = Words.of("sound", "de")
    assert Refused("not_visible", why="This film has no sound.").told(page).endswith(": Dieser Film hat keinen Ton.")
    assert Refused("lost").told(Words.of("patches", "de")) == GERMAN("lost")  # that page has a cut of this name


def test_no_sentence_of_the_engine_is_missing():
    assert list(shared_problems()) == []


def test_every_text_that_a_browser_asks_for_has_a_sentence():
    here = Words.of(KIT).everything()
    own = re.findall(r"^  (\w+):", (VIEWER / "words.js").read_text("utf-8"), re.MULTILINE)
    assert {f"viewer.{key}" for key in own} - here.keys() == {"viewer.locale", "viewer.a", "viewer.b"}  # see labels()
    front = "".join(path.read_text("utf-8") for path in FRONT.glob("*.js"))
    asked = set(re.findall(r"\bL\[\"([\w.]+)\"\]", front))
    assert len(asked) > 30 and asked - here.keys() == {"viewer.locale"}


def test_a_sentence_that_nobody_put_into_words_is_found(tmp_path):
    path = tmp_path / "lens.py"
    path.write_text('def f(n):\n    raise NotVisible(f"There are {n} of them" + (", alas." if n else "."))\n')
    assert list(notes(path)) == ["There are … of them, alas.", "There are … of them."]
    assert len(list(unsaid(path, GERMAN))) == 2
