"""The model chosen in the app, as a visitor does it: `app.py --model wan --models ltx`, both of them tiny."""

import json
import os

import pytest

from tests.browser.conftest import free_port, serving
from tests.said import said
from tests.tiny_models import TINY


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    there = {}
    for family in ("wan", "ltx"):
        there[family] = tmp_path_factory.mktemp("models") / family
        TINY[family].build().save_pretrained(there[family])
        size = {name: TINY[family].request[name] for name in ("width", "height", "frames")}
        (there[family] / "defaults.json").write_text(json.dumps({**size, "steps": 3}))
    return there


@pytest.fixture(scope="module")
def offered(models):
    port = free_port()
    command = ["app.py", "--port", str(port), "--model", str(models["wan"]), "--models", str(models["ltx"])]
    yield from serving(command, port, env={**os.environ, "DARKROOM_THREADS": "1"})


def test_a_visitor_opens_another_model_and_films_of_both_stay(visit, offered):
    visitor = visit(home=offered)
    page = visitor.open("/real")
    assert page.locator("[name=size]").input_value()  # not the size of the gallery's model
    first = visitor.develop("a red ball", steps=2)
    film, address = visitor.film, page.url.removeprefix(offered)
    page.locator("#picture-opened", has_text="WanPipeline").wait_for()
    page.locator("#model-choice label", has_text="ltx").click()
    page.click("#model-open button, button#model-open")
    page.locator("#model-said").get_by_text(said("model.open", name="ltx")).wait_for()
    second = visitor.develop("a red ball", steps=2)
    assert second != first and visitor.film != film
    page.locator("#picture-opened", has_text="LTXPipeline").wait_for()
    assert "model=ltx" in page.url

    other = visit(390, 844, home=offered)  # who comes later
    page = other.open(address)
    assert other.film == film  # the first model's, to be watched
    page.locator("#model-choice input:checked[value=ltx]").wait_for()
    other.open("/noise")
    assert page.locator("#model").count() == 0  # on one page only
    assert not visitor.errors and not other.errors
