"""A page speaks its visitor's language, and another one at a press; the film comes along."""

import pytest

from tests.browser.test_shell import query
from tests.said import said


def test_a_german_browser_is_answered_in_german(visit):
    visitor = visit(locale="de-DE")
    page = visitor.open()
    assert page.locator("html").get_attribute("lang") == "de"
    german = said("develop", language="de")
    assert page.inner_text(".go") == german != said("develop")
    assert page.get_by_text(said("viewer.stepOf", language="de", step=12, total=12)).is_visible()
    assert page.get_by_text(said("prompt.english", language="de")).is_visible()
    page.wait_for_selector("#picture-curve .js-plotly-plot")
    page.click("[data-depth-to=numbers]")
    assert "11,5" in page.locator("#picture-curve tbody").inner_text()
    assert not visitor.errors and not visitor.foreign


def test_known_words_say_what_they_mean_and_are_written_in_english(visit):
    page = visit(locale="de-DE").open()
    page.fill("#prompt", "a red ball bounces")
    page.click(".fold-words summary")
    cat = page.locator(".words button[data-word=cat]")
    assert cat.inner_text().split() == ["cat", said("meaning.cat", language="de")]
    cat.click()
    assert page.input_value("#prompt") == "a red cat bounces"
    assert cat.get_attribute("aria-pressed") == "true"


def test_another_language_keeps_the_film_and_stays_in_links(visit):
    first = visit(locale="de-DE")
    page = first.open()
    run = first.develop("a blue boat floats up", steps=4)
    assert "lang" not in query(page)  # a link opens in the language of whoever opens it
    page.click("[data-tongue=en]")
    page.wait_for_selector("html[lang=en] .darkroom[data-state=ready]")
    page.wait_for_function("run => document.documentElement.dataset.run === run", arg=run)
    assert page.inner_text(".go") == said("develop")
    page.click(".menu summary")
    page.locator(".menu a", has_text="Second").click()
    page.wait_for_url("**/?**lang=en**")
    page.wait_for_selector(".story-card[data-card=first]", state="attached")
    page.wait_for_selector("html[lang=en] .darkroom[data-state=ready]")
    page.wait_for_function("run => document.documentElement.dataset.run === run", arg=run)
    second = visit(locale="de-DE")
    second.open(page.url.removeprefix(first.home))
    assert second.page.locator("html").get_attribute("lang") == "en"
    second.page.click("[data-tongue=de]")
    second.page.wait_for_selector("html[lang=de] .darkroom[data-state=ready]")
    assert query(second.page)["prompt"] == "a blue boat floats up"


@pytest.mark.parametrize("width", [390, 1440])
def test_long_words_stick_out_nowhere(visit, width):
    page = visit(width=width, locale="de-DE").open()
    page.click(".fold-words summary") if width == 390 else None
    page.wait_for_selector("#picture-curve .js-plotly-plot")
    assert page.evaluate("document.documentElement.scrollWidth") == width
