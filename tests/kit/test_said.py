"""What the engine and the lenses note in English is said in the visitor's language."""

import re

import numpy as np
import pytest

from explainers.engine import CannotOpen, Request, wrap
from explainers.engine.attention.token_layout import Axis, Site
from explainers.engine.maps.labels import why_not
from explainers.engine.model.memory import placement
from explainers.engine.run.fit import fit
from explainers.kit.check import shared_problems, unsaid
from explainers.kit.folders import KIT, folder
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.note import Note
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
        assert Words.of(KIT).said(note) == str(note)
        assert GERMAN.said(note) != str(note)
    assert GERMAN.figure(told) == " ".join(map(GERMAN.said, told))


def unknown(word, near="star, cat"):
    return Note("unknown_near", "The model never learned “{word}”. Nearest: {near}.", word=word, near=near)


def test_a_note_keeps_what_it_quotes():
    assert GERMAN.said(unknown("zebra")) == "Das Wort „zebra“ hat das Modell nie gelernt. Am ähnlichsten: star, cat."
    assert GERMAN.said(Note("", "Something new.")) == GERMAN.said(Note("new", "Something new.")) == "Something new."
    assert "„{near}“" in GERMAN.said(unknown("{near}"))


def test_names_and_numbers_in_a_note_are_german_too_but_never_a_visitors_words(model):
    _, (high, strong), _ = fit(model, Request("a red ball", height=70, guidance=200.0))
    assert GERMAN.said(high).startswith("Höhe 70 ") and str(high).startswith("Height 70 ")
    assert "200,0" in GERMAN.said(strong) and "200.0" in str(strong)
    for word in ("Height", "8.5", "1,000"):
        assert f"„{word}“" in GERMAN.said(unknown(word))
    with pytest.raises(CannotOpen) as small:
        placement({"transformer": int(14.5e9)}, "cpu", None, int(8e9))
    said = GERMAN.said(small.value.note)
    assert "14.5 GB" in str(small.value) and str(small.value).endswith("smaller model.")
    assert "14,5 GB" in said and "8,0 GB" in said and said.endswith("Modell.") and "Close" not in said


@pytest.mark.parametrize("values", [{}, {"file": "x"}])
def test_a_code_from_a_file_that_its_values_do_not_fit_is_said_in_its_own_words(values):
    assert "note.recording_large" in GERMAN
    assert GERMAN.said(Note("recording_large", "Too large.", **values)) == "Too large."


@pytest.mark.parametrize("blind", [[], ["attn1"]])
@pytest.mark.parametrize("ran", [True, False])
def test_why_there_is_no_map_is_said_in_german(ran, blind):
    patches = Axis(video=range(4), grid=(1, 2, 2))
    site = Site("attn", 0, 0, 2, patches, patches, "item", (1, 2, 2))
    english = why_not("Transformer", [site] if ran else [], blind, "video", ["words", "sound"])
    assert "attention" in str(english)
    german = GERMAN.said(english).lower()
    assert "attention" not in german.replace("patches to patches", "") and "sound" not in german
    if ran:
        assert "von patches zu wörtern oder ton" in german


def test_a_refusal_speaks_the_pages_language_and_its_lens_has_its_say():
    page = Words.of("sound", "de")
    silent = Note("silent", "This film has no sound.")
    assert Refused("not_visible", why=silent).told(page).endswith(": Dieser Film hat keinen Ton.")
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


def test_a_note_that_nobody_put_into_words_is_found(tmp_path):
    path = tmp_path / "lens.py"
    path.write_text(
        """def f(n, film):
    raise NotVisible(Note("silent", "This film has no sound."))
    raise NotVisible(Note("silent", "No sound."))
    raise NotVisible(Note("alas", "There are {n} of them.", n=n))
    raise NotVisible(Note("no_pitch", "There is no pitch in {film}.", film=film))
    raise NotVisible(Note("other", "There is no pitch in {film}.", run=film))
    raise NotVisible(Note("built", f"There are {n} of them."))
"""
    )
    assert list(unsaid("sound", [path])) == [
        "lens.py, line 3: another sentence has the code 'silent'",
        "lens.py, line 6: 'other' quotes other values than it is given",
        "lens.py, line 7: a note needs its code and its sentence as plain texts",
        "words.de.md has no 'note.alas'",
        "words.de.md has no 'note.other'",
        "words.de.md, 'note.no_pitch': quotes other values than the note",
    ]
    path.write_text("")
    assert "words.de.md holds 'note.silent', which nothing notes" in list(unsaid("sound", [path]))
