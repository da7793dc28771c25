"""An exhibit, in a real browser: nothing typed, no way out but the code, and what happens when nobody is there."""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Visitor, free_port, serving
from tests.said import said

CODE = "4711"
IDLE, LEFT, EACH, HOLD = 91_000, 21_000, 21_000, 3_100  # milliseconds, and one more second than the scripts wait


@pytest.fixture(scope="module")
def exhibit(tmp_path_factory):
    port, folder = free_port(), tmp_path_factory.mktemp("exhibit")
    yield from serving(["-m", "tests.browser.server", str(port), str(folder), CODE], port)


@pytest.fixture
def visitor(chromium, exhibit):
    """Before a large screen, whose clock can be put forward."""
    context = chromium.new_context()
    context.set_default_timeout(120_000)
    context.clock.install()
    one = Visitor(context, exhibit, 1920, 1080)
    yield one
    assert not one.errors and not one.foreign
    context.close()


def test_words_are_tapped_and_nothing_is_typed(visitor):
    page = visitor.open(bench=False)
    before = page.input_value("#prompt")
    page.locator("#prompt").press_sequentially("xyz")
    assert page.input_value("#prompt") == before
    page.click("#prompt")
    page.click("[data-word=boat]")
    page.click("[data-word='floats up']")
    assert page.input_value("#prompt") != before
    page.click(".go")
    page.wait_for_function("before => document.documentElement.dataset.run !== before", arg=visitor.run)
    assert not page.locator(".fold-words .words").is_visible()  # the film is not behind them
    small = """() => [...document.querySelectorAll(":is(#bar, #story) :is(button, label), .top :is(summary, .brand)")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 60)
        .map((each) => each.outerHTML)"""
    assert page.evaluate(small) == []
    for hidden in ("#workbench", "#under", ".theme"):
        assert not page.locator(hidden).is_visible()


def test_no_press_leads_away(visitor):
    page = visitor.open(bench=False)
    stopped = """([tag, attributes]) => {
        const way = Object.assign(document.createElement(tag), attributes);
        document.body.append(way);
        return !way.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }"""
    for way in (["a", {"href": "https://example.org/"}], ["a", {"href": "/", "target": "_blank"}]):
        assert page.evaluate(stopped, way)
    assert page.evaluate(stopped, ["a", {"href": "/pack/x.mp4", "download": "x.mp4"}])
    assert page.evaluate(stopped, ["input", {"type": "file"}])
    menu = "!document.body.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))"
    assert page.evaluate(menu)
    page.click(".menu summary")
    page.click(".menu nav a[href$=second]")  # within the house all doors are open
    page.wait_for_url(lambda address: urlsplit(address).path == "/")


def test_the_staff_hold_the_brand_and_know_the_code(visitor):
    page = visitor.open(bench=False)
    page.hover(".brand")
    page.mouse.down()
    page.clock.fast_forward(HOLD)
    page.wait_for_selector("dialog.code[open]")
    page.mouse.up()
    for code, sentence in (("1234", "kiosk.wrong"), (CODE, "")):
        for digit in code:
            page.click(f".pad button:text-is('{digit}')")
        page.get_by_role("button", name=said("kiosk.open")).click()
        if sentence:
            page.get_by_text(said(sentence)).wait_for()
            visitor.errors.clear()  # a browser notes that the code was refused
    page.wait_for_selector("html:not([data-kiosk]) #prompt")
    page.locator("#prompt").press_sequentially("xyz")
    assert "xyz" in page.input_value("#prompt")


def test_when_nobody_is_there_it_asks_counts_and_tours_until_a_hand_takes_over(visitor):
    page = visitor.open(bench=False)
    page.click(".story-card:not([hidden]) h1")
    page.clock.fast_forward(IDLE)
    stay = page.get_by_role("button", name=said("kiosk.stay"))
    stay.click()
    page.wait_for_selector("dialog.still-there:not([open])", state="attached")
    page.clock.fast_forward(IDLE)
    stay.wait_for()
    page.clock.fast_forward(LEFT)
    page.wait_for_url("**/?card=first&tour=1*")
    page.wait_for_selector(".by-itself")
    page.clock.fast_forward(EACH)
    page.wait_for_url("**/probe?card=guess&tour=2*")
    page.wait_for_selector(".by-itself")
    page.clock.fast_forward(EACH)
    page.wait_for_url("**/?card=first&tour=1*")  # round and round
    page.click(".by-itself")
    page.wait_for_selector(".darkroom[data-state=ready]")
    page.wait_for_selector(".story-card[data-card=first]:not([hidden])")
    assert page.locator(".by-itself").count() == 0


def test_how_many_wait_is_said_before_one_presses(visitor, visit):
    first = visit(home=visitor.home)
    first.page.goto(f"{first.home}/probe?prompt=a+long+film+very+slowly&steps=50&seed=1")
    first.page.wait_for_selector(".darkroom[data-state=live]")
    page = visitor.open(bench=False)
    page.get_by_text(said("waiting.one")).wait_for()
    first.page.close()
    page.wait_for_function("() => document.querySelector('.ahead').textContent === ''")
