"""The walk: every card of every story, forward and back, at a desk and on a phone, with the model that is shipped.

One page is opened for a story: forward in a desk's window, back in one as wide as a phone's. A real phone goes both
ways through the first of them at every change, and through all at night. What a visitor would stumble over is gathered,
and said all at once.
"""

import os

import pytest

from explainers.kit.lesson import lessons
from explainers.kit.story import TOUR
from tests.browser.test_shell import PHONE
from tests.browser.walking import Made, Walk

LESSONS = {lesson.idea: lesson for lesson in lessons()}
ON_A_PHONE = list(LESSONS)[: None if os.environ.get("DARKROOM_ALL_PAGES") else 1]
FRESH = [(lesson.idea, card.name) for lesson in list(LESSONS.values())[1::5] for card in lesson.story[2:3]]


@pytest.fixture(scope="module")
def made():
    return Made()


def walked(visit, app, made, idea, screen):
    visitor = visit(home=app, **screen)
    page = visitor.open(f"/{idea}?lang=en&card={LESSONS[idea].story[0].name}", bench=False)
    walk = Walk(page, LESSONS[idea], made)
    seconds = walk.forward()
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    walk.backward()
    print(idea, {name: round(took, 1) for name, took in seconds.items()}, "scrolls", walk.scrolls)
    assert walk.wrong == [] and visitor.errors == [] and visitor.foreign == []


@pytest.mark.parametrize("idea", LESSONS)
def test_a_story_is_walked_forward_and_back(visit, app, made, idea):
    walked(visit, app, made, idea, {})


@pytest.mark.parametrize("idea", ON_A_PHONE)
def test_a_story_is_walked_on_a_phone(visit, app, made, idea):
    walked(visit, app, made, idea, PHONE)


@pytest.mark.parametrize(("idea", "name"), [*FRESH, *TOUR])
def test_a_card_is_whole_from_its_own_address(visit, app, made, idea, name):
    visitor = visit(home=app)
    page = visitor.open(f"/{idea}?lang=en&card={name}", bench=False)
    walk = Walk(page, LESSONS[idea], made)
    walk.read(LESSONS[idea].card(name))
    assert walk.wrong == [] and visitor.errors == []


def test_what_is_measured_stands_on_the_card_and_not_in_the_picture_that_it_shows(visit, app):
    visitor = visit(home=app)
    page = visitor.open("/text?lang=en&card=appear", bench=False)
    picture = visitor.card.locator("#picture-written .written")
    picture.first.wait_for()
    visitor.card.locator(".found > .said p").wait_for()
    visitor.card.locator(".again").click()
    page.wait_for_selector(".story-card[data-card=appear][data-kept=false][data-over=true]")
    assert visitor.card.locator(".found > .said p").inner_text()
    assert picture.first.locator("p").count() == 0 and not visitor.errors
