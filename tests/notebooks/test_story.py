"""The story in a notebook, with the real model: cards set the page, guesses come before answers, stills stay."""

import pytest

from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.kit.standing import stands
from explainers.kit.story import STANDS, Look
from explainers.notebook import page as pages
from explainers.notebook import work
from explainers.notebook.controls import value_of
from explainers.notebook.ready import Ready
from explainers.notebook.story import Story
from explainers.viewer.pack import read_pack
from explainers.worker.jobs import Measure
from explainers.worker.kept import questions, said
from tests.said import said as sentence

pytestmark = [pytest.mark.slow]
WORDS = Words.of("noise")


@pytest.fixture(scope="module")
def opened():
    return pages.NotebookPage("noise", steps=4)


@pytest.fixture
def page(opened, monkeypatch):
    """Nothing kept, nothing displayed; everything as it was opened."""
    for module in (pages, work):
        monkeypatch.setattr(module, "ready", lambda: Nothing)
    opened.start_over()
    opened.listeners.clear()
    return opened


class Nothing:
    films, numbers = {}, {}


def story(page, *names):
    return Story(page, [page.lesson.card(name) for name in names])


def named(told, button):
    """The button of that name, where it can be pressed."""
    turns = told.box.children[-1].children
    (found,) = [each for each in turns if each.description == sentence(button)]
    assert not found.disabled and found.layout.display != "none"
    return found


def test_back_brings_a_card_as_it_declares_itself_whatever_was_moved(page, cells):
    page.lesson.story.append(Look("moved", step=2, view="frames", film="noisy", patch=(1, 3, 4), level=0.3, seed=8))
    try:
        card = page.lesson.card("moved")
        declared = stands(page.lesson, card)
        for _ in range(2):
            page.turn(card)
            assert page.settings == page.opened.changed({"seed": 8})
            assert page.picks["patch"] == (1, 3, 4)
            viewer = page.viewer
            assert (viewer.step, viewer.view, viewer.layer, viewer.frame) == (2, "frames", "noisy", 0)
            assert viewer.pick == {"what": "patch", "frame": 1, "row": 3, "col": 4}
            assert viewer.playing is declared["viewer"]["playing"] is False
            assert page.controls["level"].value == 0.3
            page.develop(seed=9)
            page.controls["level"].value = 0.9
            viewer.step, viewer.frame, viewer.view, viewer.layer = 0, 5, "film", "x0"
            viewer.pick = {"what": "patch", "frame": 0, "row": 0, "col": 0}
            assert page.picks["patch"] == (0, 0, 0)
        page.start_over(steps=3)
        assert page.settings == page.opened.changed({"steps": 3})
        assert page.controls["level"].value == page.lesson.control("level").start
        assert (viewer.step, viewer.view, viewer.layer, viewer.pick) == (2, STANDS["view"], STANDS["film"], None)
    finally:
        page.lesson.story.pop()


def test_nothing_is_answered_before_the_guess_and_the_verdict_names_what_was_right(page, cells, monkeypatch):
    work, worked = page.process.work, []
    monkeypatch.setattr(page.process, "work", lambda job: worked.append(job) or work(job))
    told = story(page, "jump")
    told.show()
    assert not [job for job in worked if isinstance(job, Measure)]
    (still,) = cells.values()
    assert still.count("○") == 3 and "●" not in still and "%" not in told.answer.value
    guess = told.box.children[1]
    assert [label for label, _ in guess.options] == [sentence(f"story.jump.{o}", "noise") for o in told.card.options]

    asked = questions(page.lesson, told.card, page.opened).measure
    numbers = finish(work(asked))
    wrong = next(option for option in told.card.options if option != numbers["answer"])
    guess.value = wrong
    assert said(WORDS, told.card, numbers) in told.answer.value
    right = sentence(f"story.jump.{numbers['answer']}", "noise")
    assert sentence("not_right", right=right) in told.answer.value
    guess.value = numbers["answer"]
    assert sentence("right") in told.answer.value and sentence("not_right", right=right) not in told.answer.value
    assert len([job for job in worked if isinstance(job, Measure)]) == 1  # another guess is no other question
    (still,) = cells.values()
    assert still.count("●") == 1 and sentence("right") in still


def test_a_cut_stands_beside_the_film_and_is_gone_on_the_next_card(page, cells):
    told = story(page, "pour", "again", "forward")
    told.show()
    assert page.viewer.pack_b == b""
    named(told, "card.next").click()
    made = questions(page.lesson, told.card, page.opened).cut
    assert page.beside == made and read_pack(page.viewer.pack_b)[0]["id"] == made.key
    assert page.viewer.step == page.settings.steps - 1 and page.viewer.compare == "side"
    numbers = finish(page.process.work(questions(page.lesson, told.card, page.opened).measure))
    assert said(WORDS, told.card, numbers) in told.answer.value
    named(told, "card.next").click()
    assert page.viewer.pack_b == b"" and page.beside is None and told.answer.value == ""
    assert sentence("story.forward", "noise") in told.told.value
    named(told, "card.back").click()
    assert page.beside == made


def test_a_control_on_a_card_measures_as_it_stands_and_returning_as_declared(page, cells):
    told = story(page, "pour", "forward")
    told.show()
    assert page.controls["level"] in told.box.children
    declared = told.answer.value
    page.controls["level"].value = 0.9
    assert WORDS.figure(0.9, ".0%") in told.answer.value and told.answer.value != declared
    named(told, "card.next").click()
    named(told, "card.back").click()
    assert page.controls["level"].value == 0.5 and told.answer.value == declared


def test_what_was_kept_is_said_at_once_and_can_be_measured_now(page, cells, monkeypatch):
    told = story(page, "first")
    key = questions(page.lesson, told.card, page.opened).measure.key
    kept = {"fine": 0.111, "coarse": 0.222, "fine_latent": 0.333, "coarse_latent": 0.444, "case": "both"}
    here = type("Here", (Nothing,), {"numbers": {key: kept}})
    monkeypatch.setattr(pages, "ready", lambda: here)
    told.show()
    assert said(WORDS, told.card, kept) in told.answer.value and sentence("card.kept") in told.answer.value
    named(told, "card.again").click()
    live = page.measure("overtakes")
    assert said(WORDS, told.card, live) in told.answer.value and sentence("card.kept") not in told.answer.value


def test_only_what_this_model_made_is_ready():
    made = pages.process().facts["weights"]
    assert pages.NotebookPage("noise").settings.key in Ready(made).films
    assert Ready("of another model").films == {} and Ready("of another model").numbers == {}


def test_a_second_run_is_titled_by_what_is_different_and_asked_by_itself(page, cells):
    page.lesson.story.append(Look("few", beside={"steps": 1}))
    try:
        page.turn(page.lesson.card("few"))
    finally:
        page.lesson.story.pop()
    assert page.viewer.titles == [f"{sentence('steps')} 4", f"{sentence('steps')} 1"]
    assert page.beside.settings == page.opened.changed({"steps": 1})
    assert page.viewer.pack_b == finish(page.process.work(page.beside)).pack
    assert all(title in page.viewer.still() for title in page.viewer.titles)


def test_a_lesson_without_a_story_shows_nothing(page, cells):
    Story(page, []).show()
    assert cells == {}


def test_a_story_and_the_page_around_it_leave_each_other_alone(page, cells, monkeypatch):
    shown = []
    monkeypatch.setattr(pages, "Story", lambda stage, cards: shown.append(stage) or Story(stage, cards))
    page.card("pour")
    (stage,) = shown
    before = page.settings, value_of(page.controls["step"])
    stage.develop(steps=2)
    stage.controls["level"].value = 0.9
    assert (page.settings, value_of(page.controls["step"])) == before and page.controls["level"].value == 0.5
    assert stage.opened == pages.NotebookPage("noise").settings != page.settings
