"""The story, in a real browser: one card at a time beside the film, each of which brings all that it speaks of."""

import re

import pytest

from tests import fakes
from tests.browser.conftest import MOVING
from tests.browser.test_shell import PHONE, query, step
from tests.said import said

CARDS = [card.name for card in fakes.lessons()[-1].story]
BALL = fakes.OPENING.key  # the run on which cards stand that name no other
LIT = """() => ['room', 'steps'].map((part) => document.querySelector(`#viewer .${part}`))
    .concat(document.querySelector('.story-card:not([hidden])')).map((part) => {
        const { left, top, right, bottom, width, height } = part.getBoundingClientRect();
        return { part: part.className, inside: left >= -1 && top >= -1 && right <= innerWidth + 1
            && bottom <= innerHeight + 1 && width > 100 && height > 30, at: [left, top, right, bottom] };
    })"""


def lent(visitor, value):
    """Move the card's own slider."""
    visitor.card.locator(".lent-control input[type=range]").fill(str(value))


def swipe(page, way):
    """A finger over the card."""
    box = page.locator(".story-card:not([hidden]) .text").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand = page.context.new_cdp_session(page)
    for kind, at in (("touchStart", x), ("touchMove", x + way * 60), ("touchMove", x + way * 120), ("touchEnd", None)):
        points = [] if at is None else [{"x": at, "y": y}]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


# --- guessing


def test_a_guess_is_told_the_right_answer_whether_it_was_right_or_not(visit):
    visitor = visit()
    page = visitor.open(bench=False)
    assert visitor.card.locator(".said").inner_text() == ""
    visitor.card.locator("label", has_text="Down").click()
    visitor.card.get_by_text("It goes up, as 0.5 says.").wait_for()
    verdict = visitor.card.locator(".verdict-of-guess")
    assert verdict.inner_text() == said("not_right", right="Up")
    assert verdict.get_attribute("data-right") == "false"
    assert visitor.card.locator(".kept").get_by_text(said("card.kept")).is_visible()
    assert not visitor.card.locator(".guess").is_visible()
    page.click(".bench")
    page.locator("#control-level input[type=range]").fill("0.2")  # as it stands now, the guess was right
    visitor.card.locator(".again").click()
    visitor.card.get_by_text("It goes down, as 0.2 says.").wait_for()
    assert verdict.inner_text() == said("right") and verdict.get_attribute("data-right") == "true"
    page.locator("#control-level input[type=range]").fill("0")
    visitor.card.locator(".again").click()
    visitor.card.get_by_text("At 0.0 nobody knows.").wait_for()  # and then no guess is called wrong
    assert not verdict.is_visible()
    assert not visitor.errors


# --- turning


def test_cards_are_turned_by_buttons_keys_and_the_browsers_own(visit):
    visitor = visit()
    page = visitor.open(bench=False)

    def turned(press, name):
        press()
        page.wait_for_selector(f".story-card[data-card={name}]:not([hidden])")
        assert visitor.card.count() == 1
        assert page.evaluate("document.activeElement.closest('.story-card')?.dataset.card") == name  # readers follow
        page.wait_for_function("name => new URLSearchParams(location.search).get('card') === name", arg=name)
        page.wait_for_selector(f".dots .here[data-to={name}]", state="attached")

    keys = page.keyboard
    turned(lambda: page.click(".turn.next"), "line")
    turned(lambda: keys.press("ArrowRight"), "shares")
    turned(lambda: keys.press("PageDown"), "table")
    turned(lambda: keys.press("PageUp"), "shares")
    turned(lambda: keys.press("ArrowLeft"), "line")
    turned(lambda: page.click(".turn.back"), "guess")
    for name in ("line", "shares"):
        page.go_back()
        page.wait_for_selector(f".story-card[data-card={name}]:not([hidden])")
    page.go_forward()
    page.wait_for_selector(".story-card[data-card=line]:not([hidden])")
    for place in ("#prompt", ".darkroom .surface"):  # arrows there are theirs
        page.locator(place).focus()
        keys.press("ArrowRight")
        assert visitor.card.get_attribute("data-card") == "line"
    assert not visitor.errors


def test_the_way_leads_from_page_to_page_and_the_film_goes_along(visit):
    """With every host but this one cut off, all works; and nothing even tries."""
    visitor = visit()
    visitor.context.route(
        lambda url: not url.startswith(visitor.home) and not url.startswith(("data:", "blob:")), lambda r: r.abort()
    )
    page = visitor.open("/second", bench=False)
    visitor.turn("over")
    assert page.inner_text(".turn.next") == said("card.onward", title="Probe")
    page.click(".turn.next")
    page.wait_for_url(re.compile(r"/probe(\?card=\w+)?$"))  # it carries along no film that the visitor did not make
    visitor.shows(BALL)
    run = visitor.develop("a blue ball bounces at sea", steps=4)
    film = visitor.film
    page.keyboard.press("Escape")
    page.click(".turn.back")
    page.wait_for_url("**/second?**" if "/second" in page.url else "**card=last**")
    visitor.shows(run)
    assert visitor.film == film and "blue+ball" in page.url
    assert not visitor.errors and not visitor.foreign


def test_the_film_of_the_front_page_develops_by_itself_until_a_hand_takes_over(visit):
    visitor = visit(**MOVING)
    page = visitor.open("/", bench=False)
    page.evaluate("""() => {
        window.seen = new Set();
        setInterval(() => seen.add(document.querySelector(".darkroom .steps output").textContent), 50);
    }""")
    page.wait_for_function("() => seen.size > 6")  # of twelve
    page.evaluate("() => seen.clear()")
    page.wait_for_function("() => seen.size > 6")  # and again, once it was played
    assert not query(page).keys() & {"prompt", "step"}  # nobody moved anything
    line = page.locator(".darkroom input.over").bounding_box()
    page.mouse.click(line["x"] + 4, line["y"] + line["height"] / 2)
    page.get_by_text(step(1, 12)).first.wait_for()
    page.evaluate("() => seen.clear()")
    page.wait_for_timeout(1500)  # in which it would have gone on
    assert page.evaluate("() => seen.size") == 1 and page.get_by_text(step(1, 12)).first.is_visible()
    page.click("[data-play]")
    assert page.evaluate("document.activeElement.id") == "prompt"
    assert not visitor.errors


def test_a_swipe_turns_and_a_thumb_is_enough(visit):
    visitor = visit(**PHONE)
    page = visitor.open(bench=False)
    swipe(page, -1)
    page.wait_for_selector(".story-card[data-card=line]:not([hidden])")
    visitor.card.get_by_text("Card level 0.9 at step 0.").wait_for()
    lent(visitor, 0.7)
    visitor.card.get_by_text("Card level 0.7 at step 0.").wait_for()
    swipe(page, 1)
    page.wait_for_selector(".story-card[data-card=guess]:not([hidden])")
    visitor.card.locator("label").first.tap()
    visitor.card.get_by_text(said("right")).wait_for()
    page.locator("#viewer input[type=range]:visible").first.tap()
    page.locator(".bench").tap()
    page.wait_for_selector("#picture-curve .js-plotly-plot")
    small = page.evaluate(
        """() => [...document.querySelectorAll('.gradio-container button, .gradio-container summary, .top a')]
            .filter((e) => e.checkVisibility() && !e.closest('.darkroom, .form, .found'))
            .map((e) => [e.textContent.trim(), Math.round(e.getBoundingClientRect().height)])
            .filter(([, height]) => height < 36)"""
    )
    assert small == []
    assert not visitor.errors


def test_who_turns_fast_arrives_at_the_last_cards_own_film(visit):
    visitor = visit()
    page = visitor.open("/probe?card=both", bench=False)
    page.evaluate("() => { for (let n = 0; n < 3; n++) document.querySelector('.turn.next').click(); }")
    assert visitor.card.get_attribute("data-card") == "cat"
    visitor.card.get_by_text("Card of the cat, level 0.5 at step 1.").wait_for()
    assert query(page)["card"] == "cat" and page.input_value("#prompt") == "a blue cat floats up slowly"
    assert visitor.viewer("pack_b", "step") == ["", 1]
    page.keyboard.press("ArrowLeft")  # one that was left before it had come is whole now
    visitor.card.get_by_text("Card changes by 25%.").wait_for()
    assert visitor.viewer("pack_b") and visitor.run == BALL
    visitor.turn("counted")
    visitor.card.get_by_text("“a blue cat”: 3 words, 10 letters.").wait_for()
    visitor.shows(BALL)
    page.evaluate(  # a film that takes seconds is left before it is there, for good
        """() => {
            window.runs = [];
            const root = document.documentElement;
            new MutationObserver(() => runs.push(root.dataset.run)).observe(root, { attributeFilter: ["data-run"] });
        }"""
    )
    page.keyboard.press("ArrowRight")
    visitor.card.get_by_text("Card measured 0.5.").wait_for()
    assert visitor.run == BALL and not visitor.errors
    assert page.evaluate("window.runs.filter((run) => run !== document.documentElement.dataset.run)") == []


def test_a_film_that_a_visitor_asks_for_is_not_replaced_by_the_cards_own_that_comes_later(visit):
    visitor, held = visit(), []
    page = visitor.page

    def slow(route):
        if '"turn"' in (route.request.post_data or "") and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/queue/join*", slow)
    page.goto(visitor.home + "/probe")
    page.wait_for_selector("html[data-live=true]")
    page.wait_for_function("async () => (await import('page/state.js')).page.story?.turn === 1")
    run = visitor.develop("a blue ball bounces at sea", steps=4)
    assert held
    held[0].continue_()
    page.wait_for_function("async () => (await import('page/state.js')).page.story.heard === 1")
    visitor.shows(run)
    assert page.input_value("#prompt") == "a blue ball bounces at sea" and "blue+ball" in page.url
    assert not visitor.errors


def test_what_is_being_written_stays_when_the_film_on_screen_is_told_again(visit):
    visitor = visit()
    page = visitor.open("/probe?card=without", bench=False)
    visitor.card.get_by_text("Card changes by 25%.").wait_for()
    page.click(".fold-settings summary")
    page.locator("[name=steps]").fill("9")
    page.fill("#prompt", "a blue ball")
    page.locator(".fold-settings summary").focus()
    page.evaluate("async () => { const { page } = await import('page/state.js'); page.shows({ ...page.shown }); }")
    assert page.input_value("#prompt") == "a blue ball" and page.input_value("[name=steps]") == "9"
    visitor.turn("cat")  # a card that brings another film: the bar says what made it
    page.wait_for_function("() => document.querySelector('#prompt').value === 'a blue cat floats up slowly'")
    assert page.input_value("[name=steps]") == "3" and not visitor.errors


def test_a_late_report_of_how_a_control_stood_does_not_undo_a_hand(visit):
    visitor = visit()
    page = visitor.open("/probe?card=line", bench=False)
    visitor.card.get_by_text("Card level 0.9 at step 0.").wait_for()
    stood = page.evaluate(
        """async () => {
            const { page } = await import('page/state.js');
            const { moved, steered } = await import('page/controls.js');
            steered(["level"], [0.5]); // told Gradio: 0.9
            page.story.steered("level", 0.8); // and a hand moves on
            const stood = [];
            for (const told of [0.9, 0.8, 0.9]) { // late; what the hand did; and back on the workbench
                moved("level", told);
                stood.push(page.controls.level);
            }
            return stood;
        }"""
    )
    assert stood == [0.8, 0.8, 0.9]


# --- what stands


def test_back_puts_back_exactly_what_was_left(visit):
    visitor = visit()
    page = visitor.open("/probe?card=line", bench=False)
    visitor.card.get_by_text("Card level 0.9 at step 0.").wait_for()
    assert visitor.viewer("step", "view", "pick")[:2] == [0, "frames"]
    assert visitor.viewer("pick") == {"what": "patch", "frame": 0, "row": 1, "col": 2}
    over = visitor.viewer("tracks")
    assert over["a"]["lines"] == [[[x / 10, 0.9] for x in range(5)]]
    assert query(page) == {"card": "line"}  # as the card declares it: its name is address enough
    lent(visitor, 0.4)
    visitor.card.get_by_text("Card level 0.4 at step 0.").wait_for()
    page.locator(".darkroom input.over").fill("7")
    page.wait_for_function("() => location.search.includes('step=7')")
    assert query(page)["level"] == "0.4" and query(page)["card"] == "line"
    keys = ("pack", "pack_b", "step", "frame", "view", "layer", "pick", "grid", "compare")
    left, address = visitor.viewer(*keys), page.url

    visitor.turn("shares")
    visitor.card.get_by_text("Card in pixels.").wait_for()
    page.wait_for_function("() => !location.search.includes('step=7')")
    assert visitor.viewer("step", "view", "layer", "pick") == [3, "film", "noisy", None]
    assert visitor.viewer("tracks") == {}
    assert page.locator("#control-level input[type=range]").input_value() == "0.5"
    visitor.turn("line", "back")
    page.wait_for_function("address => location.href === address", arg=address)
    assert visitor.viewer(*keys) == left
    assert visitor.card.locator(".lent-control input").input_value() == "0.4"
    assert page.locator("#control-level input[type=range]").input_value() == "0.4"
    visitor.card.get_by_text("Card level 0.4 at step 0.").wait_for()
    assert visitor.viewer("tracks")["a"]["lines"] == [[[x / 10, 0.4] for x in range(5)]]
    assert not visitor.errors


def test_a_card_needs_nothing_of_what_stood_before(visit):
    """A cut left beside, another guidance, other controls: the next card is as it says."""
    visitor = visit()
    page = visitor.open("/probe?card=without", bench=False)
    visitor.card.get_by_text("Card changes by 25%.").wait_for()
    visitor.turn("race", "back")
    titles = "async (titles) => JSON.stringify((await import('page/state.js')).page.viewer.get('titles')) === titles"
    page.wait_for_function(titles, arg='["Steps 12","Steps 1"]')  # not those of the cut that stood before
    page.wait_for_selector(".darkroom[data-state=ready]")
    visitor.turn("both", "back")
    visitor.card.get_by_text("Card brightness 0.25.").wait_for()
    assert visitor.viewer("pack_b") == "" and visitor.run == BALL
    page.click(".bench")
    page.locator("[name=guidance]").evaluate("(input) => (input.value = 9)")
    page.locator("#control-sorted input").check()
    own = visitor.develop("a red cat floats up", steps=2)
    assert query(page)["guidance"] == "9"
    visitor.turn("table", "back")
    visitor.shows(BALL)
    assert query(page) == {"card": "table"}
    assert page.locator("#control-sorted input").is_checked()  # this one declares it
    visitor.turn("shares", "back")
    page.wait_for_function("() => !document.querySelector('#control-sorted input').checked")
    visitor.turn("both")
    visitor.shows(own)  # what was left there
    assert page.locator("#control-sorted input").is_checked()
    assert not visitor.errors


@pytest.mark.parametrize("name", ["shares", "exactly"])
def test_an_address_opens_its_card(visit, name):
    visitor = visit()
    visitor.open(f"/probe?card={name}", bench=False)
    assert visitor.card.get_attribute("data-card") == name
    if name == "shares":
        visitor.card.get_by_text("Card in pixels.").wait_for()
        assert visitor.viewer("step", "layer") == [3, "noisy"]
        visitor.card.locator("label", has_text="Latents").click()
        visitor.card.get_by_text("Card in latents.").wait_for()
        page = visitor.page
        page.wait_for_function("() => location.search.includes('space=latents')")
        again = visit()
        again.open(page.url.removeprefix(again.home), bench=False)  # as it was left
        assert again.card.get_attribute("data-card") == name
        again.page.wait_for_selector("#control-space input[value=latents]:checked", state="attached")
        again.card.locator(".again").click()  # nobody waits for what they may not want to know
        again.card.get_by_text("Card in latents.").wait_for()
    else:
        assert visitor.viewer("pick") == {"what": "word", "index": 1}
        assert visitor.page.locator(".turn.next").is_hidden()  # the last page of all
        assert visitor.card.locator("code").inner_text() == "p = 1"
    assert not visitor.errors


# --- what is measured


def test_a_cut_shows_both_films_finished_and_makes_them_again_when_asked(visit, folder):
    visitor = visit()
    page = visitor.open("/probe?card=without", bench=False)
    visitor.card.get_by_text("Card changes by 25%.").wait_for()
    one, other, at, compare = visitor.viewer("pack", "pack_b", "step", "compare")
    assert one != other and (at, compare) == (-1, "side")
    page.get_by_text(step(12, 12)).first.wait_for()
    page.wait_for_selector(".darkroom[data-state=ready]")
    assert visitor.card.get_attribute("data-kept") == "true"
    visitor.card.locator(".again").click()
    page.wait_for_selector(".story-card[data-card=without][data-kept=false]")
    again = visitor.viewer("pack_b")
    assert again not in ("", one, other)  # all its steps, where few had been kept
    assert visitor.viewer("step", "compare") == [-1, "side"]
    assert "difference a red ball bounces in the snow" in (folder / "asked").read_text()
    assert not visitor.errors


def test_each_kind_of_figure_is_drawn_on_its_card_and_a_picture_is_lent(visit):
    visitor = visit()
    page = visitor.open("/probe?card=line", bench=False)
    visitor.card.locator(".curve svg polyline").wait_for()
    assert "y (m), x (s) 0 to 4" in visitor.card.locator("svg").get_attribute("aria-label")
    visitor.turn("shares")
    visitor.card.locator(".bars").wait_for()
    assert visitor.card.locator(".bars .value").all_inner_texts() == ["1.2 m", "2.0 m"]
    visitor.turn("table")
    visitor.card.locator("#picture-rows table").first.wait_for()  # measured though the workbench is closed
    visitor.turn("both")
    page.wait_for_function("() => document.querySelectorAll('.story-card:not([hidden]) .clips canvas').length === 2")
    assert page.locator("#workbench #picture-rows").count() == 1  # given back
    visitor.turn("cat")
    visitor.card.locator("table.rows").wait_for()
    assert visitor.card.locator("table.rows tbody tr").count() == 2
    assert not visitor.errors


def test_a_film_of_ones_own_is_measured_when_asked(visit, folder):
    visitor = visit()
    page = visitor.open("/probe?card=shares", bench=False)
    visitor.card.get_by_text("Card in pixels.").wait_for()
    visitor.develop("a blue boat bounces", steps=2)
    visitor.card.locator(".again").click()
    page.wait_for_selector(".story-card[data-card=shares][data-kept=false]")
    assert "rows a blue boat bounces" in (folder / "asked").read_text()
    assert "boat" in query(page)["prompt"]
    assert not visitor.errors


def test_a_slow_answer_says_how_far_it_is_and_can_be_stopped(visit):
    visitor = visit()
    page = visitor.open("/probe?card=slowly", bench=False)
    visitor.card.get_by_text("Card measured 0.5.").wait_for()
    lent(visitor, 1)  # half a minute of work
    visitor.card.locator(".waits progress[value]").wait_for()
    visitor.card.locator(".waits .cancel").click()
    assert visitor.card.locator(".waits progress").count() == 0
    lent(visitor, 0.6)
    visitor.card.get_by_text("Card measured 0.6.").wait_for()
    assert visitor.card.locator(".waits progress").count() == 0 and page.locator(".turn.next").is_visible()
    assert not visitor.errors


def test_what_a_visitor_wrote_is_text_on_a_card(visit):
    visitor = visit()
    page = visitor.open("/probe?card=counted")
    visitor.card.get_by_text("“a blue cat”: 3 words, 10 letters.").wait_for()
    page.get_by_label("What is said").fill("<img src=x onerror=document.title='x'>")
    visitor.card.locator(".again").click()
    visitor.card.get_by_text("“<img src=x onerror=document.title='x'>”: 3 words, 38 letters.").wait_for()
    assert visitor.card.locator("img").count() == 0 and page.title() != "x"


def test_a_closed_workbench_measures_nothing(visit, folder):
    """Its pictures are measured once it is opened, of the film that is on screen then."""
    visitor = visit()
    prompt = "a red boat floats up"
    page = visitor.open("/probe?prompt=" + prompt.replace(" ", "+") + "&seed=99&steps=2", bench=False)
    visitor.shows(visitor.run)
    assert not page.locator("#workbench").is_visible()
    visitor.turn("line")
    visitor.card.locator(".said", has_text="Card level").wait_for()  # what was asked before has been answered by now
    visitor.turn("guess", "back")
    page.wait_for_function("() => location.search.includes('boat')")

    def asked():
        return {line.split()[0] for line in (folder / "asked").read_text().splitlines() if line.endswith(prompt)}

    assert not asked() & {"rows", "films", "way", "spelt", "first_frame"}
    page.click(".bench")
    page.wait_for_selector("#picture-curve .js-plotly-plot")
    page.wait_for_selector("#picture-films canvas")
    assert {"curve", "rows", "films"} <= asked()
    assert page.locator(".bench").get_attribute("aria-expanded") == "true"
    page.click(".bench")
    assert not page.locator("#workbench").is_visible() and not visitor.errors


# --- on every screen


def test_film_its_line_and_the_card_are_inside_every_window(opened):
    page = opened.page
    for width, height in ((1280, 720), (768, 1024), (390, 844), (3840, 2160), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.evaluate("scrollTo(0, 0)")
        found = page.evaluate(LIT)
        assert len(found) == 3 and all(each["inside"] for each in found), (width, found)
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_projector_shows_the_stage_and_the_card_alone(visit):
    visitor = visit()
    page = visitor.open("/probe?present=1", bench=False)
    for part in ("#top", "#under", "#workbench"):
        assert not page.locator(part).is_visible()
    plain = 16
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.story-card .text')).fontSize)") > plain
    page.keyboard.press("PageDown")
    page.wait_for_function("() => location.search.includes('card=line')")
    assert query(page)["present"] == "1"
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")  # to the page before, with the projector
    page.wait_for_url("**/?**present=1**")
    page.wait_for_selector("gradio-app .story-card[data-card=over]:not([hidden])")
    page.wait_for_selector("#stand-in", state="detached")
    assert not page.locator("#top").is_visible() and not visitor.errors
