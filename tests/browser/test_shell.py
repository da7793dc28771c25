"""What is around the story, in a real browser: film, bar, address, workbench, depths, for every kind of hand.

To open a page costs seconds: tests that leave a page as they found it share one (`opened`).
"""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import fakes
from tests.said import said

PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def query(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def step(now, total):
    """What the viewer says of where the film stands."""
    return said("viewer.stepOf", step=now, total=total)


# --- the film


def test_a_finished_film_is_there_at_once_without_the_model(visit):
    page = visit().open(live=False, bench=False)
    page.get_by_text(step(12, 12)).wait_for()


def test_a_film_is_there_before_gradio_is_and_stays_as_the_visitor_leaves_it(visit):
    visitor, held = visit(), []
    page = visitor.page
    page.route("**/assets/index-*.js", lambda route: held.append(route))
    page.goto(visitor.home + "/probe?open=1", wait_until="commit")
    page.wait_for_selector(".darkroom[data-state=ready]")
    page.locator(".darkroom .surface").focus()
    page.keyboard.press("[")
    page.keyboard.press("Enter")  # asks what nobody is there yet to answer
    page.get_by_text(step(11, 12)).wait_for()
    assert held and page.locator("#prompt").count() == 0
    page.unroute("**/assets/index-*.js")  # lets go of those that it held
    page.wait_for_selector("#prompt")
    page.wait_for_selector("text=/Here is 0,0,0, head all./")
    assert page.get_by_text(step(11, 12)).is_visible()
    assert page.locator(".darkroom").count() == page.locator("#film").count() == page.locator(".top").count() == 1
    assert page.evaluate("document.activeElement.matches('.surface')")
    assert not visitor.errors


def test_a_page_that_takes_long_to_be_left_still_hears(visit):
    visitor = visit()
    page = visitor.open(bench=False)
    before = visitor.run
    visitor.ask("a blue cat bounces slowly at sea", steps=4)
    page.wait_for_selector(".darkroom[data-state=live]")
    page.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")  # how leaving begins
    page.wait_for_function("before => document.documentElement.dataset.run !== before", arg=before)
    assert not visitor.errors


def test_a_prompt_is_developed_step_by_step_and_ends_as_a_film(visit):
    visitor = visit()
    page = visitor.open(bench=False)
    page.evaluate(
        """() => {
            window.seen = new Set();
            const look = () => seen.add(document.querySelector(".darkroom").dataset.state)
                && seen.add(document.querySelector(".go").textContent);
            new MutationObserver(look).observe(document.body, { subtree: true, attributes: true, childList: true });
        }"""
    )
    visitor.develop("a blue cat bounces slowly at sea", steps=20)  # enough that some are seen
    assert {"live", said("cancel")} <= set(page.evaluate("[...seen]"))
    page.wait_for_selector(".darkroom[data-state=ready]")
    assert page.inner_text(".go") == said("develop")
    assert query(page)["prompt"] == "a blue cat bounces slowly at sea"
    assert not visitor.errors and not visitor.foreign


def test_a_link_brings_the_same_film_back(visit):
    first = visit()
    page = first.open(bench=False)
    first.develop("a blue boat floats up", steps=5)
    assert query(page)["steps"] == "5"
    second = visit()
    second.open(page.url.removeprefix(first.home), bench=False)
    second.page.wait_for_function("key => document.documentElement.dataset.run === key", arg=first.run)
    assert second.film == first.film
    assert second.page.input_value("#prompt") == "a blue boat floats up"


def test_a_link_brings_controls_and_the_step_back(visit):
    page = visit().open(
        "/probe?prompt=a+red+ball&seed=3&steps=4&step=2&film=noisy&level=0.8&space=latents&sorted=1&head=2"
    )
    page.wait_for_selector("text=Level 0.8 at step 2, head 2.")
    page.wait_for_selector("text=In latents.")
    assert page.locator("#control-sorted input").is_checked()
    assert query(page)["film"] == "noisy"


@pytest.mark.parametrize(
    "address", ["?prompt=%00%ff&steps=-4&seed=x&step=zz&head=99&card=nowhere", "?prompt=" + "x" * 3000]
)
def test_a_broken_link_is_no_broken_page(visit, address):
    visitor = visit()
    visitor.open("/probe" + address)
    visitor.page.wait_for_selector("text=/Level 0.5 at step/")
    assert not visitor.errors


def test_cancel_stops_the_run_and_frees_the_model(visit):
    visitor = visit()
    page = visitor.open(bench=False)
    page.fill("#prompt", "a red boat bounces slowly")
    page.press("#prompt", "Enter")
    page.wait_for_selector(".darkroom[data-state=live]")
    page.click(".go")
    page.get_by_text(said("cancelled")).wait_for()
    assert page.inner_text(".go") == said("develop")
    page.wait_for_selector(".darkroom[data-state=ready]")
    other = visit()
    other.open(bench=False)
    other.develop("a blue ball", steps=2)
    assert page.inner_text(".go") == said("develop")  # nothing of the cancelled run came after


def test_who_has_looked_enough_can_stop_a_slow_picture(visit):
    visitor = visit()
    page = visitor.open("/probe?prompt=a+red+ball&steps=2&level=1")
    card = page.locator("#picture-slow")
    card.get_by_role("button", name="Compute it").click()
    page.wait_for_selector("#picture-slow .progress")
    card.locator(".stop").click()
    card.get_by_text(said("cancelled.picture")).wait_for()
    assert card.locator(".progress, .js-plotly-plot").count() == 0
    visitor.develop("a blue ball", steps=2)  # would wait for half a minute, were it still measured
    assert card.locator(".progress, .js-plotly-plot").count() == 0  # and nothing of it came after


def test_a_visitor_who_goes_away_frees_the_line(visit):
    leaving, staying = visit(), visit()
    page = leaving.page
    page.goto(leaving.home + "/probe?prompt=a+long+film+very+slowly&steps=50&seed=1")
    page.wait_for_selector(".darkroom[data-state=live]")
    staying.open(bench=False)
    leaving.context.close()
    staying.develop("a red cat", steps=2)  # would wait for minutes, longer than any wait here, were it still made
    assert page.is_closed()


def test_who_waits_is_told_their_place(visit):
    first, second = visit(), visit()
    first.open(bench=False)
    second.open(bench=False)
    first.ask("a blue boat bounces slowly")
    first.page.wait_for_selector(".darkroom[data-state=live]")
    second.ask("a red cat floats up")
    second.page.get_by_text(said("next_in_line")).first.wait_for()
    second.page.wait_for_function("() => location.search.includes('cat')")


def test_a_failure_is_said_and_the_page_lives_on(visit):
    visitor = visit()
    page = visitor.open(bench=False)
    page.fill("#prompt", "fail")
    page.press("#prompt", "Enter")
    page.get_by_text(said("failed")).first.wait_for()
    visitor.develop("a red ball", steps=2)


# --- the bar


@pytest.fixture
def bar(opened):
    """The page whose bar a test writes into."""
    before = opened.page.input_value("#prompt")
    yield opened.page
    opened.page.fill("#prompt", before)


def test_words_that_the_model_never_learned_are_marked_in_place(bar):
    page = bar
    page.fill("#prompt", "a red zebra bounces, Quickly")
    assert page.locator(".prompt mark").all_inner_texts() == ["zebra", "Quickly"]
    assert page.inner_text("#prompt-note") == said("unknown.more") + " zebra, Quickly"


def test_a_tapped_word_takes_the_place_of_one_of_its_kind(bar):
    page = bar
    page.fill("#prompt", "a red ball bounces in the snow")
    page.click(".fold-words summary")
    for word in ("cat", "at sea", "blue"):
        page.locator(".words button", has_text=re.compile(f"^{word}$")).click()
    assert page.input_value("#prompt") == "a blue cat bounces at sea"
    page.click(".fold-words summary")


def test_settings_go_into_the_run(visit):
    visitor = visit()
    page = visitor.open(bench=False)
    page.click(".fold-settings summary")
    page.fill("[name=seed]", "123")
    page.locator("[name=steps]").fill("3")
    page.select_option("[name=scheduler]", "Heun")
    visitor.develop("a red ball")
    asked = query(page)
    assert (asked["seed"], asked["steps"], asked["scheduler"]) == ("123", "3", "Heun")


# --- the workbench


def click_film(page, x=0.5, y=0.5):
    film = page.locator(".darkroom .surface").first
    box, cell = film.bounding_box(), json.loads(film.get_attribute("data-cells"))[0]  # the film, not what stands beside
    page.mouse.click(box["x"] + cell[0] + cell[2] * x, box["y"] + cell[1] + cell[3] * y)


def test_a_click_on_the_film_is_answered_and_another_control_asks_again(visit):
    page = visit().open()
    click_film(page)
    page.wait_for_selector("text=/Here is [0-9],2,[12], head all./")
    page.click("#control-head input")
    page.click("[role=option]:has-text('3')")
    page.wait_for_selector("text=/Here is .* head 2./")


def test_a_layer_without_a_pick_is_switched_on_by_its_button(opened):
    page = opened.page
    page.click("[data-layer=change]")
    page.wait_for_selector("text=At step 11.")
    assert page.locator("[data-layer=change]").get_attribute("aria-pressed") == "true"
    page.click("[data-layer=change]")
    page.wait_for_function("() => document.querySelector('.darkroom .legend strong').textContent === ''")


def test_a_slow_picture_waits_until_it_is_asked_for(opened):
    page = opened.page
    assert page.locator("#picture-slow .js-plotly-plot").count() == 0
    page.click("text=Compute it")
    page.wait_for_selector("text=It took a while.")
    page.wait_for_selector("#picture-slow .js-plotly-plot")


def test_a_cut_shows_the_other_film_and_the_measured_difference(visit):
    visitor = visit()
    page = visitor.open()
    page.click("text=Switch it off")
    page.wait_for_selector("text=It changes by 25%.")
    page.wait_for_selector(".cut .js-plotly-plot")
    assert visitor.viewer("pack_b")


def test_a_line_that_a_visitor_writes_is_measured_and_shown_word_by_word_and_stays_in_the_address(visit):
    visitor = visit()
    page = visitor.open()
    page.get_by_label("What is said").fill("a blue cat at sea")
    page.click("text=Count both")
    page.wait_for_selector("text=5 words, 17 letters.")
    assert not visitor.viewer("pack_b")  # a cut without a film
    page.get_by_label("What is said").fill("a very blue cat")
    page.wait_for_selector("text=It has 4 words.")
    page.wait_for_function("() => location.search.includes('said=a+very+blue+cat')")
    line = page.locator("#picture-spelt input[type=range]")
    line.focus()
    page.keyboard.press("Home")
    said = page.locator("#picture-spelt .said")
    page.wait_for_function("said => said.querySelectorAll('.hidden').length === 4", arg=said.element_handle())
    hidden = said.get_attribute("aria-label")
    page.keyboard.press("End")
    assert said.get_attribute("aria-label") == "a very blue cat" and "blue" not in hidden


# --- a picture to begin with


def canvas(page):
    return page.evaluate("""() => {
        const sheet = document.querySelector(".first_frame canvas");
        return [...sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height).data];
    }""")


def begin(visitor):
    """Press the button; what was sent, and the film's settings in the address."""
    page, before = visitor.page, visitor.run
    with page.expect_request("**/picture?**") as sent:
        page.click(".first_frame .begin")
    page.wait_for_function("before => document.documentElement.dataset.run !== before", arg=before)
    return sent.value.post_data_buffer, query(page)


def test_what_is_drawn_by_hand_and_by_keys_is_what_the_model_is_given(visit):
    visitor = visit()
    page = visitor.open()
    page.locator(".first_frame").get_by_role("button", name=said("first_frame.blue"), exact=True).click()
    sheet = page.locator(".first_frame canvas")
    before = canvas(page)
    sheet.hover(position={"x": 40, "y": 40})
    page.mouse.down()
    sheet.hover(position={"x": 120, "y": 120})
    page.mouse.up()
    drawn = canvas(page)
    assert drawn != before
    sheet.focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    with_keys = canvas(page)
    assert with_keys != drawn
    sent, asked = begin(visitor)
    assert list(sent) == [value for i, value in enumerate(with_keys) if i % 4 != 3]
    assert re.fullmatch("[0-9a-f]{16}", asked["picture"])
    visitor.develop("a red ball", steps=2)
    assert "picture" not in query(page)  # the bar's own films begin with noise alone
    assert not visitor.errors and not visitor.foreign


def test_a_picture_file_is_read_anything_else_is_refused_in_plain_words_and_one_is_offered(visit, tmp_path):
    import numpy as np
    from PIL import Image

    visitor = visit()
    page = visitor.open()
    page.locator(".first_frame canvas").wait_for()
    Image.fromarray(np.full((90, 160, 3), (10, 200, 30), np.uint8)).save(tmp_path / "mine.png")
    picker = page.locator(".first_frame input[type=file]")
    picker.set_input_files(tmp_path / "mine.png")
    page.wait_for_function("""() => {
        const sheet = document.querySelector(".first_frame canvas");
        return sheet.getContext("2d").getImageData(32, 32, 1, 1).data[1] === 200;
    }""")
    sent, _ = begin(visitor)
    assert set(zip(*[iter(sent)] * 3, strict=True)) == {(10, 200, 30)}
    (tmp_path / "holiday.png").write_bytes(b"not at all")
    picker.set_input_files(tmp_path / "holiday.png")
    page.get_by_text(said("first_frame.no_picture", name="holiday.png")).wait_for()
    page.locator(".first_frame .offers button", has_text="A grey wall").click()
    sent, _ = begin(visitor)
    assert max(sent) - min(sent) <= 4 and abs(sent[0] - 128) <= 4


def test_three_depths_and_escape_goes_up(opened):
    page = opened.page
    page.wait_for_selector("text=Level 0.5 at step 11, head all.")
    card = page.locator("#picture-curve")
    assert not card.locator("table").is_visible()
    page.click("[data-depth-to=numbers]")
    rows = [row.split("\t") for row in card.locator("tbody").inner_text().split("\n")]
    assert rows == [[str(x), f"{x * 0.5 + 11:.3g}"] for x in range(5)]  # what the figure shows
    page.click("[data-depth-to=code]")
    assert card.locator("table").is_visible()
    assert "def curve(run, *, level, step, sorted, head):" in card.locator("pre").inner_text()
    assert "lens.curve(run, level=0.5, step=11, sorted=False, head=None)" in card.locator("pre").inner_text()
    page.keyboard.press("Escape")
    assert card.locator("table").is_visible() and not card.locator("pre").is_visible()
    page.keyboard.press("Escape")
    assert not card.locator("table").is_visible()


def test_films_stand_still_for_who_wants_no_motion(visit):
    page = visit(reduced_motion="reduce").open()
    page.wait_for_selector("text=Brightness 0.25.")
    assert page.inner_text("#workbench .films button") == said("play")
    assert not page.evaluate("async () => (await import('page/state.js')).page.viewer.get('playing')")


# --- every hand, every screen


def test_keyboard_alone_is_enough(visit):
    visitor = visit()
    page = visitor.open(bench=False)

    visitor.tab_to("#prompt")
    page.keyboard.press("Control+A")
    page.keyboard.type("a red cat floats up")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('red+cat')")
    visitor.tab_to(".guess input")
    page.keyboard.press("Space")
    visitor.card.get_by_text(said("right")).wait_for()
    visitor.tab_to(".turn.next")
    page.keyboard.press("Enter")
    visitor.card.get_by_text("Card level 0.9 at step 0.").wait_for()
    visitor.tab_to(".lent-control input")
    page.keyboard.press("ArrowLeft")
    visitor.card.get_by_text("Card level 0.8 at step 0.").wait_for()
    visitor.tab_to(".bench")
    page.keyboard.press("Enter")
    visitor.tab_to("[data-depth-to=numbers]")
    page.keyboard.press("Enter")
    page.locator("#picture-curve table").wait_for()
    page.keyboard.press("Escape")
    page.locator("#picture-curve table").wait_for(state="hidden")


def test_nothing_sticks_out_at_any_width(opened):
    page = opened.page
    for width in (390, 768, 3840, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.documentElement.scrollWidth") == width


def serious(page):
    found = Axe().run(page).response["violations"]
    return {v["id"]: [n["html"][:160] for n in v["nodes"]] for v in found if v["impact"] in ("serious", "critical")}


def test_no_serious_accessibility_violation(opened):
    page = opened.page
    page.click("[data-depth-to=code]")
    assert serious(page) == {}
    page.click(".theme")
    assert serious(page) == {}
    page.click(".theme")
    page.click("[data-depth-to=picture]")


def test_no_serious_accessibility_violation_on_any_card_nor_in_the_menu(visit):
    visitor = visit(color_scheme="dark")
    page = visitor.open(bench=False)
    for card in fakes.lessons()[-1].story:
        visitor.turn(card.name)
        if card.kind == "predict":
            visitor.card.locator("label").first.click()
        if card.measures:
            page.wait_for_selector(f".story-card[data-card={card.name}][data-over=true]")
        assert serious(page) == {}, card.name
    page.click(".menu summary")
    assert page.locator(".menu [aria-current=page]").inner_text().split() == ["2", "Probe"]
    assert serious(page) == {}
    page.locator(".menu a", has_text="Second").click()
    page.wait_for_selector(".story-card[data-card=first]:not([hidden])")
    page.wait_for_selector("html[data-live=true]")
    assert serious(page) == {} and not visitor.errors
