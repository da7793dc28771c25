"""A page that is served from memory is the page that Gradio would make for that visitor."""

import asyncio
import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from explainers.kit.lesson import lessons
from explainers.kit.sentences import languages
from explainers.web.served.rendered import NOBODY, Rendered, alarm, own
from tests.loop import run
from tests.web.conftest import within

FRONT, SECOND = lessons()[0].idea, lessons()[1].idea
ADDRESSES = ["/", f"/{SECOND}"]


def config_of(page):
    """What Gradio's scripts are told."""
    return json.JSONDecoder().raw_decode(page.partition("window.gradio_config = ")[2])[0]


@pytest.mark.parametrize(
    ("address", "accepts", "lang"),
    [
        ("/", "de-DE,de;q=0.9", "de"),
        (f"/{SECOND}?seed=3", "de", "de"),
        (f"/{SECOND}?seed=3", "en-GB", "en"),
        (f"/{SECOND}?lang=de", "en", "de"),
        ("/?lang=en&seed=3", "de", "en"),
        (f"/{SECOND}?lang=xx", "de", "de"),  # nobody here speaks it
        (f"/{SECOND}?lang=../de", "en", "en"),
    ],
)
def test_the_address_decides_else_the_browser(app, address, accepts, lang):
    answer = app.get(address, headers={"accept-language": accepts})
    assert re.search(r'<html\s+lang="(.*?)"', answer.text)[1] == lang == answer.headers["content-language"]
    assert {"accept-language", "accept-encoding"} <= set(answer.headers["vary"].split(", "))
    asked = app.head(address, headers={"accept-language": accepts})
    assert asked.headers["content-language"] == lang and asked.text == ""
    again = app.get(address, headers={"accept-language": accepts, "if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


VISITORS = [
    {"host": "one.example", "user-agent": "a"},
    {
        **{"host": "internal:7860", "x-forwarded-host": "two.example", "x-forwarded-proto": "https"},
        **{"cookie": "a=1; access-token=2; theme=dark", "user-agent": "b", "accept-language": "de"},
        **{
            "referer": "https://three.example/?__theme=dark",
            "x-forwarded-for": "10.0.0.9",
            "authorization": "Bearer c",
        },
    },
]
COME_BY = ["http://one.example", "https://two.example"]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("address", ADDRESSES)
def test_what_gradio_makes_of_a_page_is_the_same_for_everybody(app, address, language):
    """An alarm: should a new Gradio tell visitors apart by more than their address, pages can't be kept like this."""
    rendered = within(app, Rendered)
    gradio = TestClient(rendered.app)
    path = address if language == "en" else f"/{address[1:] or FRONT}.{language}"
    pages = [gradio.get(path, headers=visitor).text for visitor in VISITORS]
    for page, came_by in zip(pages, COME_BY, strict=True):
        assert came_by in page
    assert pages[0].replace(COME_BY[0], NOBODY) == pages[1].replace(COME_BY[1], NOBODY)
    fresh = rendered.made(pages[0].replace(COME_BY[0], NOBODY), address, language)
    assert app.get(f"{address}?lang={language}").text == fresh.plain.body.decode()


def test_nothing_of_whoever_came_first_is_in_a_page(app):
    rendered = within(app, Rendered)
    rendered.ready.clear()
    first, second = (app.get("/?lang=en&prompt=mine", headers=visitor) for visitor in VISITORS)
    assert first.text == second.text and "mine" not in first.text
    assert not re.search(r"one\.example|two\.example|nobody\.invalid", first.text)
    assert config_of(first.text)["username"] is None


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_told_of_its_own_handlers_and_of_no_others(app, address):
    text = app.get(f"{address}?lang=de").text
    config, name = config_of(text), address[1:]
    (page,) = config["page"].values()
    assert list(config["page"]) == [name] == [config["current_page"]] == [each[0] for each in config["pages"]]
    assert {each["id"] for each in config["dependencies"]} == set(page["dependencies"])
    assert {each["id"] for each in config["components"]} == set(page["components"])
    everything = within(app, Rendered).app.blocks.config
    assert len(config["dependencies"]) < len(everything["dependencies"]) / 10


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_stands_under_any_path(app, address):
    text = app.get(address).text
    assert not re.findall(r'(?:src|href|data-page)="/[^"]*"', text)
    assert not re.findall(r"""(?:import|fetch)\(['"]/""", text) and "<base" not in text
    assert re.search(r"window\.gradio_config\.root = (.*?);", text)[1] == (
        'new URL(".", location.href).href.slice(0, -1)'
    )
    front = app.get(f"/{FRONT}?seed=1", follow_redirects=False)
    assert front.headers["location"] == "./?seed=1"


class Scripts(HTMLParser):
    """The scripts that stand in a page, by the standard library's reader of HTML."""

    def __init__(self, text):
        super().__init__()
        self.found, self.inside, self.handlers = [], False, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self.inside = tag == "script" and "src" not in told and told.get("type") != "application/json"
        self.handlers += [name for name in told if name.startswith("on")]
        if self.inside:
            self.found.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += data


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_policy_names_the_scripts_of_the_page_and_allows_no_others(app, address):
    answer = app.get(address)
    rules = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    page = Scripts(answer.text)
    named = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in page.found}
    assert named == set(re.findall(r"'sha256-(.*?)'", rules["script-src"])) and len(named) > 3
    assert "'unsafe-inline'" not in rules["script-src"] and not page.handlers


@pytest.mark.parametrize("lost", ["window.gradio_config", "<gradio-app", '<script type="module"'])
def test_a_gradio_that_has_changed_sets_off_an_alarm_and_is_served_as_it_is(app, caplog, lost):
    """Take one of the landmarks out of the page, as a new version might."""
    alarm.cache_clear()
    rendered = within(app, Rendered)
    plain = TestClient(rendered.app).get("/").text
    assert lost in plain
    changed = plain.replace(lost, "<something-else")

    async def gradio(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": changed.encode()})

    browser = TestClient(Rendered(gradio, [FRONT], rendered.dressed))
    for _ in range(2):
        assert browser.get("/").text == changed
    assert [record.levelname for record in caplog.records if lost[:9] in record.message] == ["WARNING"]  # not for each


def test_many_who_come_at_once_wait_for_one_rendering(app):
    rendered = within(app, Rendered)
    rendered.ready.clear()
    asked = []

    class Counting(Rendered):
        async def fresh(self, address, language):
            asked.append(address)
            return await super().fresh(address, language)

    counting = Counting(rendered.app, [FRONT, SECOND], rendered.dressed)

    async def all_at_once():
        return await asyncio.gather(*(counting.make("/", "en") for _ in range(20)))

    assert len(set(map(id, run(all_at_once())))) == 1 and asked == ["/"]


def test_configuration_cannot_end_its_script():
    config = {"page": {"x": {}}, "pages": [["x", "X", True]], "root": "r", "title": "</script><b>"}
    page = own(f"<script>window.gradio_config = {json.dumps(config)};</script>", "x", "y")
    assert page.count("</script>") == 1 and config_of(page)["title"] == "</script><b>"
    assert "root" not in config_of(page) and config_of(page)["page"] == {"y": {}}


def test_the_page_of_another_language_has_no_address_of_its_own(app):
    assert app.get(f"/{SECOND}.de").status_code == 404
