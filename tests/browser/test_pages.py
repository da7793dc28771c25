"""Every page as a visitor meets it: the embedded model, the gallery, and the network cut."""

import io
import json
import os
import re
import struct
import urllib.error
import urllib.request
from urllib.parse import urljoin

import numpy as np
import pytest
from PIL import Image

from explainers.kit.lesson import lessons
from explainers.kit.markdown import inline
from explainers.kit.sentences import Words
from tests.browser.screenshots import done
from tests.browser.test_shell import PHONE, click_film, query, serious, step
from tests.said import figures, said, saying

LESSONS = {lesson.idea: lesson for lesson in lessons()}
# The walk (test_walk.py) goes through every card of every page. What lies below is opened on typical pages at every
# change, and on all of them at night: it takes ten minutes.
ALL = bool(os.environ.get("DARKROOM_ALL_PAGES"))
BELOW = LESSONS if ALL else ("machine", "attention", "start", "text")
CUT = [idea for idea in LESSONS if LESSONS[idea].cuts] if ALL else ("attention", "sound")
SHORT = "?prompt=a+red+ball+bounces+in+the+snow&seed=7&steps=5"  # a run that is soon made, and soon asked about


def arrive(visit, app, idea, search="", bench=True, **screen):
    visitor = visit(home=app, **screen)
    visitor.open(f"/{idea}{search}", bench=bench)
    return visitor, visitor.page


def refused(card):
    """Whether all that a card holds is a plain sentence: why this film can't be looked at, or what to press first."""
    return card.locator(".source").count() == 0 and card.locator("p[role=status]").count() == 1


def legend(page):
    return page.locator(".darkroom .legend strong")


def shares(text):
    return [float(share) for share in re.findall(r"([\d.]+)%", text)]


def last_frames(home, address):
    """The finished film of a pack, (frames, height, width, 3) in 0..1, read as viewer/README.md describes it."""
    data = urllib.request.urlopen(urljoin(f"{home}/", address)).read()
    (length,) = struct.unpack("<I", data[4:8])
    head, blobs = json.loads(data[8 : 8 + length]), data[8 + length :]
    kind = head["kinds"]["x0"]
    start, size = head["steps"][-1]["images"]["x0"]
    sheet = np.asarray(Image.open(io.BytesIO(blobs[start : start + size])).convert("RGB")) / 255
    rim, cols = kind["gutter"], kind["cols"]
    frames = []
    for frame in range(kind["frames"]):
        y = (frame // cols) * (kind["height"] + 2 * rim) + rim
        x = (frame % cols) * (kind["width"] + 2 * rim) + rim
        frames.append(sheet[y : y + kind["height"], x : x + kind["width"]])
    return np.stack(frames)


# --- every page


@pytest.mark.parametrize("idea", BELOW)
def test_a_page_is_whole_for_everybody(visit, app, idea):
    """All that comes by itself is there, nothing failed, on a desk and on a phone, for ears, eyes and hands of every
    kind."""
    visitor, page = arrive(visit, app, idea)
    done(page)
    lesson, words = LESSONS[idea], Words.of(idea, "en")
    assert visitor.card.locator("h1").inner_text() == plain(words(lesson.story[0].key))
    for picture in lesson.pictures:
        card = page.locator(f"#picture-{picture.name}")
        assert words(picture.name) in card.text_content()  # a card that borrows a picture leaves its title out
        if picture.kind == "plot" and not picture.waits and not refused(card):
            card.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert page.get_by_text(said("failed")).count() == 0
    assert out_of_reach(page, lesson) == []
    page.evaluate("scrollTo(0, 0)")
    page.click("[data-depth-to=code]")
    assert serious(page) == {}
    page.click(".theme")
    page.set_viewport_size({"width": 390, "height": 844})
    assert serious(page) == {}
    page.click("[data-depth-to=picture]")
    for width in (390, 768, 1440, 3840):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert not visitor.errors and not visitor.foreign


def plain(text):
    """A sentence of a words file as it is read."""
    return re.sub("<.*?>", "", inline(text))


def out_of_reach(page, lesson):
    """Of what can be pressed, that which the Tab key does not reach."""
    page.wait_for_selector(".home .file")
    wanted = {"#prompt", ".turn.next", ".bench", ".menu summary", "[data-depth-to=code]", ".home [data-what=json]"}
    wanted |= {f"#cut-{cut.name}" for cut in lesson.cuts}
    wanted |= {f"#picture-{picture.name} button.act" for picture in lesson.pictures if picture.waits}
    wanted |= {f"#control-{control.name} input" for control in lesson.controls}
    page.evaluate("wanted => (window.wanted = wanted)", sorted(wanted))
    for _ in range(250):
        page.keyboard.press("Tab")
        if not page.evaluate("() => (wanted = wanted.filter((one) => !document.activeElement.matches(one))).length"):
            break
    return page.evaluate("wanted")


@pytest.mark.parametrize("idea", CUT)
def test_every_cut_says_what_it_measured(visit, app, idea):
    visitor, page = arrive(visit, app, idea, SHORT + "&step=1")
    key = page.evaluate("document.documentElement.dataset.run")
    for cut in LESSONS[idea].cuts:
        card = page.locator(".card.cut", has=page.locator(f"#cut-{cut.name}"))
        card.locator("button.act").click()
        verdict = card.locator(".verdict")
        verdict.wait_for()
        assert len(re.findall(r"\d+", verdict.inner_text())) >= 2
        if cut.plot:
            card.locator(".js-plotly-plot .main-svg").first.wait_for()
        if not cut.film:
            continue
        page.wait_for_selector(".darkroom[data-state=ready]")
        names = ["pack", "pack_b"]
        script = "async (names) => names.map((await import('page/state.js')).page.viewer.get)"
        one, other = (last_frames(visitor.home, film) for film in page.evaluate(script, names))
        if one.shape != other.shape:  # a film of another length or size
            continue
        assert np.abs(one - other).max() > 0.05, cut.name  # beside the film, the same seed's other film
        if "pixels" in Words.of(idea).quoted(f"{cut.name}.see"):
            # measured anew, off what the browser was sent; the pictures were packed a little coarser
            told = figures(verdict.inner_text(), f"{cut.name}.see", idea)
            assert told["pixels"] == pytest.approx(np.abs(one - other).mean(), abs=0.01), cut.name
    assert page.evaluate("document.documentElement.dataset.run") == key
    assert not visitor.errors


# --- asking


def test_a_click_on_a_patch_is_answered_by_a_map(visit, app):
    _, page = arrive(visit, app, "attention", SHORT + "&view=film")
    before = page.locator("#picture-look [role=status]").inner_text()
    click_film(page, 0.4, 0.6)
    page.get_by_text(saying("look.see", "attention")).first.wait_for()
    assert legend(page).inner_text() == said("look", "attention")
    status = page.inner_text(".darkroom .status")
    assert sum(shares(status)) == pytest.approx(100, abs=2)  # own frame, other frames, words, sound: that is all
    assert page.locator(".darkroom .word .share").first.inner_text().endswith("%")
    card = page.locator("#picture-look [role=status]").inner_text()
    assert card != before and card in status
    page.locator("#picture-by_layer .js-plotly-plot .main-svg").first.wait_for()
    page.locator("#control-head input").click()
    page.get_by_role("option", name="2", exact=True).click()
    page.wait_for_function("before => document.querySelector('.darkroom .status').textContent !== before", arg=status)
    assert query(page)["head"] == "1"


def test_a_word_under_the_mouse_or_in_focus_shows_where_it_is_looked_at(visit, app):
    _, page = arrive(visit, app, "words", SHORT)
    picture = "() => document.querySelector('.darkroom .surface').toDataURL()"
    page.wait_for_selector(".darkroom:not([data-moving])")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    plain = page.evaluate(picture)
    ball = page.locator(".darkroom .word", has_text="ball")
    ball.hover()
    page.locator(".darkroom .status").get_by_text(saying("looked.see", "words", text="ball")).wait_for()
    assert legend(page).inner_text() == said("looked", "words")
    assert page.evaluate(picture) != plain
    page.mouse.move(0, 0)
    page.wait_for_function("plain => document.querySelector('.darkroom .surface').toDataURL() === plain", arg=plain)
    page.locator(".darkroom .word", has_text="red").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.locator(".darkroom .status").get_by_text(saying("looked.see", "words", text="red")).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_selector(".darkroom .word[aria-pressed=true]:has-text('red')")


def test_a_word_that_the_model_does_not_know_is_named_with_the_nearest(visit, app):
    visitor, page = arrive(visit, app, "words", SHORT)
    visitor.develop("a crimsn ball bounces", steps=2)
    page.locator("#prompt-note", has_text="crimson").wait_for()  # the nearest, which nobody wrote
    assert "crimsn" in page.inner_text("#prompt-note")
    assert page.locator(".prompt mark").all_inner_texts() == ["crimsn"]
    assert page.locator(".darkroom .word.unknown").inner_text() == "crimsn"


# --- moving


def test_scrubbing_shows_every_step_and_asks_the_server_for_nothing(visit, app):
    _, page = arrive(visit, app, "machine")
    done(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    box = page.locator(".darkroom input.over").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 6, y)
    page.mouse.down()
    seen, pictures = set(), set()
    for share in np.linspace(1, 0, 12):
        page.mouse.move(box["x"] + 5 + share * (box["width"] - 10), y)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seen.add(page.inner_text(".darkroom .steps output >> nth=0"))
        pictures.add(page.evaluate("document.querySelector('.darkroom .surface').toDataURL()"))
    page.mouse.up()
    assert step(1, 50) in seen and len(seen) >= 11
    assert len(pictures) >= 6  # a picture that is still being decoded is stood in for by the nearest
    page.wait_for_function("() => location.search.includes('step=0')")
    told = ("/gradio_api/queue/", "/waiting")  # where the hand came to rest; and how many wait, now and then
    assert [url for url in asked if not any(t in url for t in told) and not url.startswith(("data:", "blob:"))] == []


def test_a_run_is_live(visit, app):
    """Every step is on screen before the film is done. That it can be stopped is test_shell.py's, by its own clock."""
    visitor, page = arrive(visit, app, "machine")
    done(page)  # a page that is still busy with itself hears of the film when it is done
    page.evaluate("""async () => {
        const { viewer } = (await import('page/state.js')).page;
        window.live = new Set();
        viewer.on("change:steps", () => viewer.get("state") === "live" && live.add(viewer.get("steps").length));
    }""")
    visitor.develop("a purple horse gallops at sunset")
    page.get_by_text(step(50, 50)).first.wait_for()
    assert len(page.evaluate("[...live]")) > 1
    assert not visitor.errors


def test_a_link_brings_film_controls_and_standing_back(visit, app):
    first, page = arrive(visit, app, "words", permissions=["clipboard-read", "clipboard-write"])
    first.develop("a blue cat rolls on the grass", steps=4)
    page.locator("#control-kind input[value=motion]").check()
    page.locator(".darkroom input.over").focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => location.search.includes('step=0') && location.search.includes('kind=motion')")
    page.click("button.share")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    second, other = arrive(visit, app, link.removeprefix(f"{app}/"))
    other.wait_for_function("key => document.documentElement.dataset.run === key", arg=first.run)
    assert second.film == first.film
    assert other.input_value("#prompt") == "a blue cat rolls on the grass"
    other.locator(".darkroom .steps").get_by_text(step(1, 4), exact=True).wait_for()
    assert other.locator("#control-kind input[value=motion]").is_checked()


# --- every hand


def test_the_keyboard_alone_goes_all_the_way(visit, app):
    visitor, page = arrive(visit, app, "attention", SHORT)
    assert visitor.tab_to(".darkroom .surface") != "none"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text(saying("look.see", "attention")).first.wait_for()
    page.keyboard.press("[")
    page.locator(".darkroom .steps").get_by_text(step(4, 5), exact=True).wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.querySelector('.darkroom .legend strong').textContent === ''")
    visitor.tab_to("#prompt")
    page.keyboard.press("Control+A")
    page.keyboard.type("a yellow boat spins at sea")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('yellow+boat')")
    visitor.tab_to(".turn.next")
    page.keyboard.press("Enter")
    second = LESSONS["attention"].story[1].name
    page.wait_for_selector(f".story-card[data-card={second}]:not([hidden])")
    visitor.tab_to("#cut-apart")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cut .verdict")
    assert not visitor.errors


def test_a_thumb_goes_all_the_way(visit, app):
    visitor, page = arrive(visit, app, "attention", SHORT, **PHONE)
    film = page.locator(".darkroom .surface")
    film.scroll_into_view_if_needed()
    box = film.bounding_box()
    x, y, width, height = json.loads(film.get_attribute("data-cells"))[0]  # of all frames, the first
    page.touchscreen.tap(box["x"] + x + width / 2, box["y"] + y + height / 2)
    page.get_by_text(saying("look.see", "attention")).first.wait_for()
    page.locator(".darkroom input.over").tap(position={"x": 4, "y": 20})
    page.locator(".darkroom .steps").get_by_text(step(1, 5), exact=True).wait_for()
    page.locator(".turn.next").tap()
    page.wait_for_selector(f".story-card[data-card={LESSONS['attention'].story[1].name}]:not([hidden])")
    page.locator(".menu summary").tap()
    here = page.locator(".menu [aria-current]").bounding_box()
    assert here["x"] >= 0 and here["x"] + here["width"] <= 390 and here["y"] >= 0 and here["y"] + here["height"] <= 844
    page.locator(".menu a", has_text=Words.of("sound")("title")).tap()
    page.wait_for_url("**/sound**")
    assert not visitor.errors


# --- what is closed


def test_nothing_was_asked_of_another_machine_by_the_app(visit, app, calls_out):
    """The browser's side is watched in each test above; this is the server's, the model's process included."""
    visitor, _ = arrive(visit, app, "machine", bench=False)
    visitor.develop("a brown mammoth walks left in the snow", steps=1)
    assert not calls_out.exists() or calls_out.read_text() == ""


def test_the_network_is_cut_indeed(tmp_path):
    import os
    import subprocess
    import sys
    from pathlib import Path

    here = {"PYTHONPATH": str(Path(__file__).parent / "offline"), "DARKROOM_OFFLINE": str(tmp_path / "asked")}
    code = "import urllib.request; urllib.request.urlopen('http://example.org')"
    tried = subprocess.run([sys.executable, "-c", code], env={**os.environ, **here}, capture_output=True, text=True)
    assert "the network is cut: example.org" in tried.stderr
    assert "example.org" in (tmp_path / "asked").read_text()


CLOSED = (
    *("/docs", "/redoc", "/openapi.json", "/monitoring", "/gradio_api/info", "/gradio_api/openapi.json"),
    *(
        "/gradio_api/file=https://example.org/x",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=https://example.org",
    ),
    *("/gradio_api/runs", "/gradio_api/app_id", "/gradio_api/deep_link", "/gradio_api/queue/status"),
)
CLOSED_TO_POST = ("upload", "process_recording", "run/predict", "api/predict", "call/develop", "vibe-edit")


@pytest.mark.parametrize(
    ("path", "data"), [*((p, None) for p in CLOSED), *((f"/gradio_api/{p}", b"{}") for p in CLOSED_TO_POST)]
)
def test_what_gradio_leaves_open_is_closed_in_the_app_that_runs(app, path, data):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(app + path, data))
    assert refused.value.code == 404
