"""What a page is served with, so that its film is there before Gradio is."""

import json
import re

import pytest

from explainers.stage.first import begun, place
from explainers.stage.lesson import lessons
from explainers.stage.web_html import inline
from explainers.stage.words import Words, languages


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("lesson", lessons(), ids=lambda x: x.idea)
def test_every_page_begins_with_its_top_its_claim_and_its_film(app, lesson, language):
    page = app.get(f"/{lesson.idea}?lang={language}").text
    begins = page[page.index('<div id="stand-in"') : page.index("<gradio-app")]
    assert f"<h1>{inline(Words.of(lesson.idea, language)('claim'))}</h1>" in begins
    assert begins.count("data-idea") == len(lessons()) + 1 and begins.count("aria-current") == 1
    screen = json.loads(re.search(r'<script type="application/json">(.*?)</script>', begins, re.DOTALL)[1])
    assert app.get(screen["pack"]).content[:4] == b"DRK1"
    assert f'fetch("{screen["pack"]}")' in page[: page.index("window.gradio_config")]


def test_gradio_is_started_once_and_after_the_film(app):
    page = app.get("/").text
    assert re.findall(r'<script type="module"[^>]* src="([^"]*)"', page) == ["/stage/startup.js"]
    (start,) = re.findall(r'import\("(\./assets/[^"]*)"\)', page)
    assert app.get(start.removeprefix(".")).status_code == 200
    assert page.index("/stage/startup.js") < page.index(start)


def test_a_page_that_looks_otherwise_is_served_as_it_is():
    other = b"<html><body>no scripts here</body></html>"
    assert begun(other, "<p>", "/pack/x.drk") == other
    assert begun(b"", "<p>", "/pack/x.drk") == b""  # only asked about


def test_what_the_viewer_is_told_cannot_end_its_script():
    html = place("", "", {"message": "</script><b>"})
    assert html.count("</script>") == 1
