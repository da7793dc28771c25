"""What a page is served with, so that its film is there before Gradio is."""

import json
import re

import pytest

from explainers.kit.lesson import lessons
from explainers.kit.markdown import inline
from explainers.kit.sentences import Words, languages
from explainers.web.first_paint import place
from explainers.web.served.scripts import folder


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
    assert re.findall(r'<script type="module"[^>]* src="([^"]*)"', page) == [f"{folder()}/startup.js"]
    (start,) = re.findall(r'import\("(\./assets/[^"]*)"\)', page)
    assert app.get(start.removeprefix(".")).status_code == 200
    assert page.index("/startup.js") < page.index(start)


def test_what_the_viewer_is_told_cannot_end_its_script():
    html = place("", "", {"message": "</script><b>"}, {"name": "</script><b>"})
    assert html.count("</script>") == 2
