"""What a page is served with, so that its film is there before Gradio is."""

import json
import re

import gradio as gr
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from explainers.kit.lesson import lessons
from explainers.kit.markdown import inline
from explainers.kit.sentences import Words, languages
from explainers.web.first_paint import alarm, begun, place


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("lesson", lessons(), ids=lambda x: x.idea)
def test_every_page_begins_with_its_top_its_story_and_its_film(app, lesson, language):
    page = app.get(f"/{lesson.idea}?lang={language}").text
    begins = page[page.index('<div id="stand-in"') : page.index("<gradio-app")]
    words = Words.of(lesson.idea, language)
    for card in lesson.story:
        assert f'<h1 tabindex="-1">{inline(words(card.key))}</h1>' in begins
    assert begins.count(" hidden>") >= len(lesson.story) - 1  # one is read
    assert begins.count("data-idea") == 2 * len(lessons()) + 1 and begins.count("aria-current") == 1
    screen = json.loads(re.search(r'<script type="application/json">(.*?)</script>', begins, re.DOTALL)[1])
    assert app.get(screen["pack"]).content[:4] == b"DRK1"
    assert f'fetch("{screen["pack"]}")' in page[: page.index("window.gradio_config")]


def test_gradio_is_started_once_and_after_the_film(app):
    page = app.get("/").text
    assert re.findall(r'<script type="module"[^>]* src="([^"]*)"', page) == ["/page/startup.js"]
    (start,) = re.findall(r'import\("(\./assets/[^"]*)"\)', page)
    assert app.get(start.removeprefix(".")).status_code == 200
    assert page.index("/page/startup.js") < page.index(start)


@pytest.fixture(scope="module")
def plain():
    """A page as this Gradio serves it."""
    with gr.Blocks() as blocks:
        pass
    return TestClient(gr.mount_gradio_app(FastAPI(), blocks, "/")).get("/").content


@pytest.mark.parametrize("lost", [b"<gradio-app", b"window.gradio_config", b'<script type="module"'])
def test_a_gradio_that_has_changed_sets_off_an_alarm_and_is_served_as_it_is(plain, caplog, lost):
    """Take one of the landmarks out of the page, as a new version might."""
    assert lost in plain
    alarm.cache_clear()
    assert begun(plain, "<p>", "/pack/x.drk") != plain and not caplog.records
    changed = plain.replace(lost, b"<something-else")
    for _ in range(2):
        assert begun(changed, "<p>", "/pack/x.drk") == changed
    assert [record.levelname for record in caplog.records] == ["WARNING"]  # once, not for each visitor
    assert begun(b"", "<p>", "/pack/x.drk") == b""  # only asked about


def test_what_the_viewer_is_told_cannot_end_its_script():
    html = place("", "", {"message": "</script><b>"}, {"name": "</script><b>"})
    assert html.count("</script>") == 2
