"""One file, from disk, with no network."""

import pytest

from explainers.viewer.pack import film_pack
from explainers.viewer.static_page import LARGEST, static_page
from tests.said import said
from tests.viewer.synthetic import facts, steps_of


@pytest.mark.browser
def test_it_opens_from_disk_and_asks_for_nothing(browser, packs, tmp_path):
    path = tmp_path / "film.html"
    path.write_text(static_page(packs["/red"], packs["/blue"], state={"step": 4}), "utf-8")
    page = browser.new_page()
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector("[data-state=ready] .captions span")
    assert page.locator(".steps output").first.inner_text() == said("viewer.stepOf", step=5, total=20)
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    assert errors == []
    page.close()


@pytest.mark.browser
def test_a_prompt_cannot_become_a_script(browser, tmp_path):
    evil = '</script><script>window.broken = true</script>${alert(1)}"\'<img src=x onerror="window.broken = true">'
    pack = film_pack(facts(steps=2, words=("a", evil), title=evil), list(steps_of(64, 2)))
    path = tmp_path / "film.html"
    path.write_text(static_page(pack, pack, title=evil, state={"message": evil}), "utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("[data-state=ready] .captions span")
    assert page.evaluate("window.broken") is None
    assert page.locator(".word .text").nth(1).inner_text() == evil
    assert page.title() == evil
    page.close()


def test_a_page_too_large_is_refused():
    with pytest.raises(ValueError, match="MB"):
        static_page(bytes(LARGEST + 1))
