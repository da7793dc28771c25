"""Which page a browser is given: the address decides, else what the browser likes best."""

import json
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from explainers.kit.lesson import lessons
from explainers.kit.markdown import inline
from explainers.kit.sentences import Words, languages
from explainers.web.localize import Localized


async def page(request):
    return HTMLResponse(f'<html lang="en"><p lang="en">{request.url.path}</p></html>')


async def file(request):
    return PlainTextResponse('lang="en"')


@pytest.fixture
def browser():
    routes = [Route(path, page, methods=["GET", "HEAD"]) for path in ("/", "/noise", "/machine.de", "/noise.de")]
    pages = Starlette(routes=[*routes, Route("/page/x", file)])
    return TestClient(Localized(pages, ["machine", "noise"], lambda body, idea, language: body))


@pytest.mark.parametrize(
    ("address", "accepts", "shown", "lang"),
    [
        ("/", "de-DE,de;q=0.9", "/machine.de", "de"),
        ("/noise?seed=3", "de", "/noise.de", "de"),
        ("/noise?seed=3", "en-GB", "/noise", "en"),
        ("/noise?lang=de", "en", "/noise.de", "de"),
        ("/?lang=en&seed=3", "de", "/", "en"),
        ("/noise?lang=xx", "de", "/noise.de", "de"),  # nobody here speaks it
        ("/noise?lang=../de", "en", "/noise", "en"),
    ],
)
def test_the_address_decides_else_the_browser(browser, address, accepts, shown, lang):
    answer = browser.get(address, headers={"accept-language": accepts})
    assert answer.text == f'<html lang="{lang}"><p lang="en">{shown}</p></html>'
    assert answer.headers["content-language"] == lang
    assert "accept-language" in answer.headers["vary"]


def test_a_page_that_is_only_asked_about_has_its_language_too(browser):
    answer = browser.head("/", headers={"accept-language": "de"})
    assert answer.headers["content-language"] == "de" and answer.text == ""


def test_what_is_no_page_is_left_as_it_is(browser):
    answer = browser.get("/page/x", headers={"accept-language": "de"})
    assert answer.text == 'lang="en"' and "content-language" not in answer.headers


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("lesson", lessons(), ids=lambda x: x.idea)
def test_every_page_tells_its_story_in_every_language(app, lesson, language):
    answer = app.get(f"/{lesson.idea}?lang={language}")
    config = json.loads(re.search(r"window.gradio_config = (\{.*?\});</script>", answer.text, re.DOTALL)[1])
    says = " ".join(str(part["props"].get("value")) for part in config["components"])
    assert re.search(r'<html\s+lang="(.*?)"', answer.text)[1] == language
    for card in lesson.story:
        assert f'<h1 tabindex="-1">{inline(Words.of(lesson.idea, language)(card.key))}</h1>' in says


def test_the_page_of_another_language_has_no_address_of_its_own(app):
    assert app.get(f"/{lessons()[1].idea}.de").status_code == 404
