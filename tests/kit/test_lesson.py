"""The vocabulary, on a small lesson written to disk the way a real one is."""

import sys

import pytest

import explainers.lessons
from explainers.kit import check, folders
from explainers.kit import sentences as words
from explainers.kit import signature as source
from explainers.kit.lesson import (
    Choice,
    Cut,
    Index,
    Layer,
    Lesson,
    Plot,
    Slider,
    draw,
    finish,
    lessons,
    measure,
)
from explainers.kit.story import Look, Predict

LENS = '''
def spectrum(run, *, level, step):
    """Power per frequency."""
    return {"power": [run * level, step], "half": level / 2}

def slow(run, model, *, level):
    for done in range(4):
        yield done / 4
    return {"sum": run + model + level}

def touched(run, *, patch):
    return {"here": patch[0]}

def answer(run):
    return {"answer": "small"}

def _helper(x):
    return x
'''
PICTURE = """
def spectrum(numbers, words):
    return words("spectrum.x"), numbers["power"]

def slow(numbers, words):
    return words("slow"), words(f"kind.{numbers['sum']}")

def touched(numbers, words):
    return numbers["here"]
"""
WORDS = """
# Tiny
## story.size
How big?
## story.size.text
t
## story.size.small
s
## story.size.large
l
## story.size.answer
a
## story.go
Go
## story.go.text
g
## level
Level
## spectrum
S
## spectrum.see
Half at {half:.0%}.
## spectrum.x
x
## slow
Slow
## slow.see
see
## slow.press
press
## touched
T
## touched.see
see
## touched.normalised
over all
## kind.six
six
"""
SPOKEN = [(f"words.{language}.md", WORDS) for language in words.languages()]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The idea `tiny`, as a folder among the ideas."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    for name, text in (("__init__.py", ""), ("lens.py", LENS), ("picture.py", PICTURE), *SPOKEN):
        (folder / name).write_text(text)
    monkeypatch.setattr(explainers.lessons, "__path__", [*explainers.lessons.__path__, str(tmp_path)])
    forget()
    yield Lesson(
        "tiny",
        story=[Predict("size", "small", "large"), Look("go", level=0.9, step=-1, steps=4)],
        controls=[Slider("level", 0, 1, 0.1, start=0.5)],
        pictures=[Plot("spectrum"), Plot("slow", waits=True), Layer("touched")],
    )
    forget()


def forget(idea="tiny"):
    for cached in (source.functions, words._of, folders.folder):
        cached.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"explainers.lessons.{idea}")]:
        del sys.modules[name]


def test_nothing_is_wrong_with_a_complete_lesson(tiny):
    assert list(check.problems(tiny)) == []


def test_a_lens_gets_what_it_names_and_nothing_else(tiny):
    given, controls = {"run": 2, "model": 3, "other": None}, {"level": 0.5, "step": 7, "word": 1}
    assert finish(measure(tiny, "spectrum", given, controls)) == {"power": [1.0, 7], "half": 0.25}


def test_a_long_lens_says_how_far_it_is(tiny):
    steps = measure(tiny, "slow", {"run": 2, "model": 3}, {"level": 1})
    assert [next(steps), next(steps)] == [0.0, 0.25]
    assert finish(steps) == {"sum": 6}


def test_a_picture_is_drawn_from_numbers_and_words(tiny):
    assert draw(tiny, "spectrum", {"power": [1]}, words.Words.of("tiny")) == ("x", [1])


def test_a_lens_is_read_without_being_imported(tiny):
    slow = source.signature("tiny", "slow")
    assert (slow.given, slow.controls, slow.engine) == (("run", "model"), ("level",), True)
    assert "yield done / 4" in slow.text
    assert "_helper" not in source.functions("tiny")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda x: x.pictures.append(Plot("nowhere")), "lens.py has no nowhere()"),
        (lambda x: x.controls.clear(), "names the control 'level', undeclared"),
        (lambda x: x.controls.append(Choice("step", ("a",), "a")), "the viewer's or the run's already"),
        (lambda x: x.controls.append(Index("head", of="heads")), "has no 'head'"),
        (lambda x: x.story.append(Look("loud", volume=11)), "sets 'volume', which is no control"),
        (lambda x: x.cuts.append(Cut("touched", lens="spectrum")), "two things are called 'touched'"),
    ],
)
def test_what_is_missing_is_said(tiny, spoil, complaint):
    spoil(tiny)
    assert any(complaint in problem for problem in check.problems(tiny))


def test_a_sentence_that_nothing_asks_for_is_said(tiny, tmp_path):
    with (tmp_path / "tiny" / "words.en.md").open("a") as file:
        file.write("## leftover\nx\n")
    assert "words.en.md holds 'leftover', which nothing asks for" in list(check.problems(tiny))


@pytest.mark.parametrize("lesson", lessons(), ids=lambda x: x.idea)
def test_every_lesson_is_complete(lesson):
    assert list(check.problems(lesson)) == []


def test_a_cut_that_changes_no_film_needs_only_what_measures_it():
    from explainers.lessons.text.lesson import lesson as text

    assert not list(check.problems(text))
    without = Lesson("text", cuts=[Cut("at_once_film", lens="at_once", plot=False)])
    assert "lens.py has no at_once_film()" in list(check.problems(without))


def test_what_a_visitor_writes_is_bounded():
    from explainers.kit.lesson import Text
    from explainers.worker.settings import LONGEST_PROMPT, stand

    assert stand(Text("line"), "  a ___\n ball ") == "a ___ ball"
    assert len(stand(Text("line"), "x" * 1000)) == LONGEST_PROMPT
