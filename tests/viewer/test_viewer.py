"""The viewer in a real browser, over a rendered world: where the ball is on the screen is known."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from explainers.stage.pack import map_answer, without_buffers
from tests.viewer.conftest import STEPS
from tests.viewer.synthetic import FRAMES, PROMPT, SLICES, ball_at, nearness

pytestmark = pytest.mark.browser

LAST = STEPS - 1


def ball(pixels, channel=0):
    """Middle of what is of one colour, in shares of width and height."""
    others = np.delete(pixels, channel, axis=2).max(axis=2)
    rows, cols = np.nonzero(pixels[..., channel] - others > 0.35)
    return (cols.mean() + 0.5) / pixels.shape[1], (rows.mean() + 0.5) / pixels.shape[0]


def brightest_patch(pixels, patches=8):
    """(row, col) of the patch that is brightest in the middle."""
    height, width, _ = pixels.shape
    at = [(np.arange(patches) + 0.5) * size / patches for size in (height, width)]
    light = pixels.sum(axis=2)[np.ix_(at[0].astype(int), at[1].astype(int))]
    return np.unravel_index(light.argmax(), light.shape)


# ---- films


@pytest.mark.parametrize("frame", [0, 4, 11, FRAMES - 1])
def test_the_ball_is_where_it_is(open_viewer, frame):
    viewer = open_viewer({"pack": "/red", "frame": frame})
    assert ball(viewer.pixels()) == pytest.approx(ball_at(frame), abs=0.015)


def test_every_frame_of_the_sheet_shows_its_own_moment(open_viewer):
    viewer = open_viewer({"pack": "/red", "view": "frames"})
    assert len(viewer.cells()) == FRAMES
    for frame in (0, 5, FRAMES - 1):
        assert ball(viewer.pixels(frame)) == pytest.approx(ball_at(frame), abs=0.03)


def test_scrubbing_goes_from_static_to_film(open_viewer):
    viewer = open_viewer({"pack": "/red", "layer": "noisy"})
    film = viewer.pixels()
    viewer.page.get_by_label("Step", exact=True).focus()
    viewer.page.keyboard.press("Home")
    assert viewer.rest()["step"] == 0
    assert viewer.text(".steps output >> nth=0") == f"Step 1 of {STEPS}"
    assert viewer.text(".steps output >> nth=1") == "noise σ 1.00"
    roughness = [np.abs(np.diff(p, axis=1)).mean() for p in (viewer.pixels(), film)]
    assert roughness[0] > 5 * roughness[1]
    assert viewer.saved()["step"] == 0


def test_difference_is_noise_at_first_and_nothing_at_last(open_viewer):
    viewer = open_viewer({"pack": "/red", "layer": "difference", "step": 0})
    noise = viewer.pixels().mean()
    viewer.set(step=LAST)
    viewer.rest()
    assert noise > 0.2 and viewer.pixels().mean() < 0.02


def test_the_rim_of_a_frame_is_its_own(open_viewer):
    """The ground reaches the lower rim, though the next frame's sky lies right below it in the atlas."""
    pixels = open_viewer({"pack": "/red", "frame": 8}).pixels()
    assert np.abs(pixels[-1].mean(axis=0) - pixels[-12].mean(axis=0)).max() < 0.02


def test_bytes_do_as_well_as_an_address(open_viewer):
    viewer = open_viewer({})
    viewer.page.evaluate(
        "async () => { state = { pack: await (await fetch('/red')).arrayBuffer() }; model.update(state); }"
    )
    viewer.event("ready")
    assert ball(viewer.pixels()) == pytest.approx(ball_at(0), abs=0.015)


# ---- time


def test_play_moves_and_comes_to_rest(open_viewer):
    viewer = open_viewer({"pack": "/red", "frame": 3})
    viewer.page.get_by_role("button", name="Play the film").click()
    viewer.page.wait_for_function("document.querySelector('.frames output').textContent === 'Frame 9 of 17'")
    viewer.page.get_by_role("button", name="Pause").click()
    assert viewer.rest()["frame"] >= 8
    assert viewer.saved()["frame"] == viewer.page.evaluate("model.get('frame')") >= 8


def test_without_loop_the_film_ends_at_its_end(open_viewer):
    viewer = open_viewer({"pack": "/red", "frame": 12, "loop": False, "playing": True})
    viewer.page.wait_for_selector("[aria-label='Play the film']")
    assert viewer.text(".frames output") == f"Frame {FRAMES} of {FRAMES}"


def test_develop_plays_every_step(open_viewer):
    viewer = open_viewer({"pack": "/red"})
    viewer.page.evaluate("""() => {
        window.seen = new Set();
        const text = document.querySelector(".steps output");
        new MutationObserver(() => seen.add(text.textContent)).observe(text, { childList: true, characterData: true, subtree: true });
    }""")
    viewer.page.get_by_role("button", name="Develop").click()
    viewer.page.wait_for_selector("[data-part=develop][aria-label^='Develop']")
    assert viewer.rest()["step"] == LAST
    assert viewer.page.evaluate("seen.size") == STEPS


def test_sound_and_picture_share_one_clock(open_viewer):
    viewer = open_viewer({"pack": "/red"})
    viewer.page.evaluate("""() => {
        window.starts = [];
        const start = AudioBufferSourceNode.prototype.start;
        AudioBufferSourceNode.prototype.start = function (when, offset) {
            starts.push({ at: this.context.currentTime, offset, seconds: this.buffer.duration, loop: this.loop, context: this.context });
            return start.call(this, when, offset);
        };
    }""")
    viewer.page.get_by_role("button", name="Sound off").click()
    viewer.page.get_by_role("button", name="Play the film").click()
    viewer.page.wait_for_function("starts.length === 1")
    assert viewer.page.evaluate("starts[0].seconds") == pytest.approx(FRAMES / 8, abs=1e-4)
    assert viewer.page.evaluate("starts[0].loop")
    # The frame that is shown is the one that the sound has reached, whenever we look.
    gaps = viewer.page.evaluate("""() => new Promise((done) => {
        const gaps = [], text = document.querySelector(".frames output");
        new MutationObserver(() => {
            const { at, offset, seconds, context } = starts[0];
            const heard = (offset + context.currentTime - (context.outputLatency || 0) - at) % seconds;
            gaps.push(heard * 8 - (parseInt(text.textContent.match(/\\d+/)[0]) - 1));
            if (gaps.length === 20) done(gaps);
        }).observe(text, { childList: true, characterData: true, subtree: true });
    })""")
    assert all(-0.05 <= gap <= 1.0 for gap in gaps), gaps  # never early, less than a frame late


# ---- heat


def test_a_click_asks_and_the_answer_is_drawn(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["patch"], "frame": 6, "step": 4})
    viewer.click_patch(2, 5)
    asked = viewer.sent()[-1]
    assert asked == {
        "kind": "ask",
        "id": asked["id"],
        "film": "a",
        "step": 4,
        "what": "patch",
        "frame": 2,
        "row": 2,
        "col": 5,
    }
    viewer.drawn()
    assert "asking the model" in viewer.text(".legend")
    patches = np.zeros((5, 8, 8))
    patches[2, 6, 1] = 0.25
    words = np.linspace(0, 0.3, len(PROMPT))
    viewer.receive(
        *map_answer(
            asked["id"], {"patches": patches, "words": words}, label="Attention", normalised="100 %", text="Far away."
        )
    )
    assert viewer.event("map")["milliseconds"] > 0
    viewer.drawn()
    assert brightest_patch(viewer.pixels()) == (6, 1)
    assert "Attention" in viewer.text(".legend") and "25 %" in viewer.text(".legend")
    assert viewer.text(".word >> nth=6").endswith("30 %")
    assert "Far away." in viewer.text(".status")
    assert viewer.saved()["pick"] == {"what": "patch", "frame": 2, "row": 2, "col": 5}


def test_base64_does_as_well_as_buffers(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["patch"]})
    viewer.click_patch(0, 0)
    patches = np.zeros((5, 8, 8))
    patches[0, 7, 7] = 1
    viewer.receive(
        without_buffers(*map_answer(viewer.sent()[-1]["id"], {"patches": patches}, label="l", normalised="n"))
    )
    viewer.drawn()
    assert brightest_patch(viewer.pixels()) == (7, 7)


def test_maps_in_the_pack_need_no_host(open_viewer):
    near = nearness(8)
    viewer = open_viewer({"pack": "/red", "frame": 10, "pick": {"what": "word", "index": 2}})
    assert brightest_patch(viewer.pixels()) == np.unravel_index(near[3].argmax(), (8, 8))
    assert viewer.sent() == []
    viewer.set(pick={"what": "map", "name": "Change"}, step=0)
    viewer.rest()
    assert viewer.text(".scale .number >> nth=1") == "1"
    viewer.set(step=LAST)
    viewer.rest()
    assert viewer.text(".scale .number >> nth=1") == "0.1"


def test_hovering_a_word_shows_and_leaving_hides(open_viewer):
    viewer = open_viewer({"pack": "/red"})
    viewer.rest()
    plain = viewer.pixels()
    viewer.page.get_by_role("button", name="ball").hover()
    viewer.drawn()
    assert "Attention to this word" in viewer.text(".legend")
    assert np.abs(viewer.pixels() - plain).mean() > 0.05
    viewer.page.locator("h1").hover()
    viewer.rest()
    assert np.array_equal(viewer.pixels(), plain)
    assert viewer.saved() == {}


def test_words_by_keyboard_and_unknown_ones(open_viewer):
    viewer = open_viewer({"pack": "/red"})
    words = viewer.page.locator(".word")
    words.nth(0).focus()
    viewer.page.keyboard.press("Tab")
    viewer.page.keyboard.press("Enter")
    assert words.nth(1).get_attribute("aria-pressed") == "true"
    viewer.rest()
    assert viewer.saved()["pick"] == {"what": "word", "index": 1}
    assert words.nth(6).get_attribute("aria-description") == "The model never learned this word"
    assert words.nth(1).get_attribute("aria-description") is None


def test_the_same_question_is_asked_once(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["word"], "step": 3})
    viewer.page.locator(".word").nth(2).click()
    asked = viewer.sent()
    viewer.receive(*map_answer(asked[-1]["id"], {"patches": nearness(8)}, label="l", normalised="n"))
    viewer.set(step=5)
    viewer.rest()
    assert "map of step 4" in viewer.text(".legend")  # the one there is, named as such, till the new one comes
    assert [(ask["step"], ask["index"]) for ask in viewer.sent()] == [(3, 2), (5, 2)]
    viewer.set(step=3)
    viewer.rest()
    assert len(viewer.sent()) == 2 and "map of step" not in viewer.text(".legend")


def test_another_context_is_another_question(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["word"], "step": 3})
    viewer.page.locator(".word").nth(2).click()
    patches = np.zeros((5, 8, 8))
    patches[0, 1, 1] = 1
    viewer.receive(*map_answer(viewer.sent()[-1]["id"], {"patches": patches}, label="Head 1", normalised="n"))
    viewer.set(context="head 2")
    viewer.rest()
    assert len(viewer.sent()) == 2 and "asking the model" in viewer.text(".legend")
    patches[0, 1, 1], patches[0, 6, 6] = 0, 1
    viewer.receive(*map_answer(viewer.sent()[-1]["id"], {"patches": patches}, label="Head 2", normalised="n"))
    viewer.drawn()
    assert brightest_patch(viewer.pixels()) == (6, 6)
    viewer.set(context="")
    viewer.rest()
    assert brightest_patch(viewer.pixels()) == (1, 1) and len(viewer.sent()) == 2


def test_a_refusal_is_told(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["word"]})
    viewer.page.locator(".word").nth(0).click()
    viewer.receive({"kind": "error", "id": viewer.sent()[-1]["id"], "text": "The model is busy."})
    assert "The model is busy." in viewer.text(".status")


def test_signed_maps_use_both_colours(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["patch"]})
    viewer.click_patch(4, 4)
    patches = np.zeros((5, 8, 8))
    patches[0, 0, 0], patches[0, 0, 7] = -0.5, 0.5
    viewer.receive(*map_answer(viewer.sent()[-1]["id"], {"patches": patches}, label="l", normalised="n", unit=""))
    pixels = viewer.pixels()
    size = pixels.shape[0] // 8
    blue, amber = pixels[size // 2, size // 2], pixels[size // 2, -size // 2]
    assert blue[2] > blue[0] and amber[0] > amber[2]
    assert [viewer.text(f".scale .number >> nth={i}") for i in (0, 1)] == ["-0.5", "0.5"]


def test_slices_of_sound_can_be_picked(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["sound"]})
    strip = viewer.page.locator("canvas.slices")
    strip.focus()
    for _ in range(3):
        viewer.page.keyboard.press("ArrowRight")
    viewer.page.keyboard.press("Enter")
    assert viewer.sent()[-1]["what"] == "sound" and viewer.sent()[-1]["index"] == 3
    box = strip.bounding_box()
    strip.click(position={"x": box["width"] * 10.5 / SLICES, "y": 10})
    assert viewer.sent()[-1]["index"] == 10
    viewer.drawn()
    assert strip.get_attribute("aria-valuetext") == f"Slice 11 of {SLICES}"


# ---- keyboard


def test_the_film_by_keyboard_alone(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["patch"], "step": 5})
    viewer.page.locator("canvas.surface").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", ".", ".", "]", "Enter"):
        viewer.page.keyboard.press(key)
    ask = viewer.sent()[-1]
    assert (ask["frame"], ask["row"], ask["col"], ask["step"]) == (1, 1, 2, 6)
    viewer.page.keyboard.press("Escape")
    assert viewer.page.evaluate("model.get('pick')") is None
    viewer.page.keyboard.press(",")
    assert viewer.rest()["frame"] == 1


def test_every_control_can_be_reached_by_tab(open_viewer):
    viewer = open_viewer({"pack": "/red", "pack_b": "/blue", "grid": True, "pick": {"what": "word", "index": 1}})
    reached = set()
    for _ in range(60):
        viewer.page.keyboard.press("Tab")
        reached.add(
            viewer.page.evaluate("""() => {
                const e = document.activeElement;
                return e.type === "radio" ? e.name.replace(/-\\d+$/, "") : e.getAttribute("aria-label") || e.textContent || e.parentElement.textContent;
            }""")
        )
    wanted = {
        "darkroom-layers",
        "darkroom-views",
        "darkroom-compare",
        "darkroom-heat",
        "Patch grid",
        "Pixels",
        "Loop",
        "Step",
    }
    wanted |= {"Frame", "Divider between the two films", "Clear the heat", "Play the film", "Sound off"}
    assert wanted <= reached
    assert any(text.startswith("The film.") for text in reached) and any(text.startswith("Sound. ") for text in reached)


# ---- two films


def test_the_divider_parts_two_films(open_viewer):
    viewer = open_viewer({"pack": "/red", "pack_b": "/blue", "frame": 3, "divider": 0.9})
    viewer.page.wait_for_selector("input.divider:not([hidden])")
    assert ball(viewer.pixels(), 0) == pytest.approx(ball_at(3), abs=0.015)
    divider = viewer.page.get_by_label("Divider between the two films")
    divider.focus()
    viewer.page.keyboard.press("Home")
    viewer.rest()
    assert ball(viewer.pixels(), 2) == pytest.approx(ball_at(3), abs=0.015)
    assert viewer.saved()["divider"] == 0


def test_dragging_the_divider(open_viewer):
    viewer = open_viewer({"pack": "/red", "pack_b": "/blue"})
    viewer.page.wait_for_selector("input.divider:not([hidden])")
    x, y, w, h = viewer.cells()[0]
    box = viewer.page.locator("canvas.surface").bounding_box()
    viewer.page.mouse.move(box["x"] + x + w / 2, box["y"] + y + h / 2)
    viewer.page.mouse.down()
    viewer.page.mouse.move(box["x"] + x + w * 0.2, box["y"] + y + h / 2, steps=4)
    viewer.page.mouse.up()
    viewer.rest()
    assert viewer.saved()["divider"] == pytest.approx(0.2, abs=0.03)
    assert viewer.page.evaluate("model.get('pick')") is None  # the handle takes the hand, not the patch below


def test_two_films_keep_one_time(open_viewer):
    viewer = open_viewer({"pack": "/red", "pack_b": "/blue", "compare": "side"})
    viewer.page.wait_for_function("document.querySelectorAll('.captions span').length === 2")
    for frame in (2, 13):
        viewer.set(frame=frame)
        viewer.rest()
        assert ball(viewer.pixels(0), 0) == pytest.approx(ball_at(frame), abs=0.02)
        assert ball(viewer.pixels(1), 2) == pytest.approx(ball_at(frame), abs=0.02)


def test_equal_films_differ_nowhere_and_others_at_the_ball(open_viewer):
    viewer = open_viewer({"pack": "/red", "pack_b": "/again", "compare": "difference", "frame": 4})
    viewer.page.wait_for_selector("[data-part=compare]:not([hidden])")
    assert viewer.pixels().max() == 0
    viewer.set(pack_b="/blue")
    viewer.event("ready", 2)
    rows, cols = np.nonzero(viewer.pixels().max(axis=2) > 0.5)
    height, width, _ = viewer.pixels().shape
    assert (cols.mean() / width, rows.mean() / height) == pytest.approx(ball_at(4), abs=0.02)


def test_words_of_twin_prompts(open_viewer):
    viewer = open_viewer({"pack": "/bare", "pack_b": "/blue", "asks": ["word"], "compare": "side"})
    rows = viewer.page.locator(".line")
    rows.nth(1).wait_for()
    blue = rows.nth(1).get_by_role("button", name="blue")
    assert "differs" in blue.get_attribute("aria-description")
    rows.nth(0).get_by_role("button", name="bounces").click()  # the fourth word of both
    assert [(ask["film"], ask["index"]) for ask in viewer.sent()] == [("a", 3), ("b", 3)]
    blue.click()
    assert viewer.sent()[2:] == [{**viewer.sent()[2], "film": "b", "index": 1}]


def test_same_words(open_viewer):
    viewer = open_viewer({})
    same = viewer.page.evaluate("sameWords('a red ball on grass'.split(' '), 'a big red cube on wet grass'.split(' '))")
    assert same == [0, None, 1, None, 3, None, 4]


# ---- a run that is going on


def test_a_live_run_fetches_each_step_once_and_follows(open_viewer, server):
    viewer = open_viewer({"state": "loading", "message": "Starting the model …"})
    assert viewer.text(".note") == "Starting the model …"
    server.asked.clear()
    viewer.set(pack="/coming", state="live", message="")
    for count in range(1, 6):
        viewer.set(steps=[f"/step{i}" for i in range(count)])
        viewer.page.wait_for_function(
            "(text) => document.querySelector('.steps output').textContent === text", arg=f"Step {count} of {STEPS}"
        )
    assert viewer.page.locator(".darkroom").get_attribute("data-state") == "live"
    assert sorted(server.asked) == sorted(["/coming"] + [f"/step{i}" for i in range(5)])
    viewer.page.get_by_label("Step", exact=True).focus()
    viewer.page.keyboard.press("Home")
    viewer.rest()
    viewer.set(steps=[f"/step{i}" for i in range(6)])
    viewer.page.wait_for_function("document.querySelector('.darkroom input.over').max === '19'")
    viewer.drawn()
    assert viewer.text(".steps output >> nth=0") == f"Step 1 of {STEPS}"  # who looks back is not torn away


def test_steps_may_come_as_bytes(open_viewer, packs):
    viewer = open_viewer({"state": "live"})
    viewer.set(pack="/coming")
    viewer.page.wait_for_selector(".steps:not([hidden])")
    viewer.receive({"kind": "step", "film": "a"}, [packs["/step0"]])
    viewer.event("ready")
    assert viewer.text(".steps output >> nth=0") == f"Step 1 of {STEPS}"


def test_steps_of_another_run_are_ignored(open_viewer, packs):
    viewer = open_viewer({"pack": "/red"})
    viewer.receive({"kind": "step", "film": "a"}, [packs["/step0"].replace(b'"index":0', b'"index":7')])
    assert ball(viewer.pixels()) == pytest.approx(ball_at(0), abs=0.015)


# ---- states, texts, hosts


def test_no_film_and_a_film_that_fails(open_viewer, server, packs):
    viewer = open_viewer({})
    assert viewer.text(".note") == "No film yet."
    viewer.set(pack="/later")
    viewer.page.wait_for_selector("[data-state=error]")
    assert "could not be opened" in viewer.text(".note") and "404" in viewer.text(".note")
    server.files["/later"] = packs["/red"]
    viewer.page.get_by_role("button", name="Try again").click()
    viewer.event("ready")
    assert not viewer.page.locator(".note").is_visible()


def test_a_file_that_is_no_pack(open_viewer, server):
    server.files["/wrong"] = b"<html>proxy login</html>"
    viewer = open_viewer({})
    viewer.set(pack="/wrong")
    viewer.page.wait_for_selector("[data-state=error]")
    assert "not a pack" in viewer.text(".note")


def test_the_host_operates_the_controls(open_viewer):
    viewer = open_viewer({"pack": "/red"})
    viewer.set(
        step=3,
        frame=5,
        layer="noisy",
        grid=True,
        view="frames",
        highlight="layers",
        pick={"what": "patch", "frame": 2, "row": 0, "col": 1},
    )
    viewer.rest()
    assert viewer.page.get_by_label("Noisy input").is_checked()
    assert viewer.page.get_by_role("radio", name="All frames").is_checked()
    assert viewer.page.get_by_label("Patch grid").is_checked()
    assert "pointed" in viewer.page.locator("[data-part=layers]").get_attribute("class")
    assert viewer.text(".status").startswith("Patch: frames 6–9, row 1, column 2")
    assert viewer.saved() == {}  # what the host said is not told back to it
    viewer.set(highlight=None)
    assert viewer.page.locator(".pointed").count() == 0


def test_parts_keep_a_small_viewer_small(open_viewer):
    viewer = open_viewer({"pack": "/red", "parts": ["steps"]})
    shown = viewer.page.locator("[data-part]:visible")
    assert set(shown.evaluate_all("all => all.map((e) => e.dataset.part)")) == {"film", "steps", "develop"}


def test_texts_can_be_translated(open_viewer):
    viewer = open_viewer({"pack": "/red", "labels": {"stepOf": "Schritt {step} von {total}"}})
    assert viewer.text(".steps output >> nth=0") == f"Schritt {STEPS} von {STEPS}"
    viewer.set(labels={"stepOf": "Étape {step} sur {total}"})
    viewer.event("ready", 2)
    assert viewer.text(".steps output >> nth=0") == f"Étape {STEPS} sur {STEPS}"


def test_taken_down_nothing_is_left(open_viewer):
    viewer = open_viewer({"pack": "/red", "playing": True})
    viewer.page.evaluate("stop()")
    assert viewer.page.locator(".darkroom").count() == 0
    viewer.set(step=2, pack="/blue")


def test_pictures_are_decoded_within_a_budget(open_viewer):
    """With room for five pictures and twenty steps, five are kept, and the step looked at is always among them."""
    viewer = open_viewer({})
    kept = viewer.page.evaluate("""async () => {
        const { Atlases, Film } = await import("/viewer.js");
        const film = await Film.open("/red"), size = 5 * 68 * 4 * 68 * 4;
        let done;
        const atlases = new Atlases(() => done?.(), 5 * size);
        for (let step = 0; step < 20; step++)
            while (!atlases.has(film, "x0", step)) await new Promise((next) => { done = next; atlases.get(film, "x0", step); });
        return [atlases.size / size, [15, 16, 17, 18, 19].every((step) => atlases.has(film, "x0", step)), atlases.has(film, "x0", 3)];
    }""")
    assert kept == [5, True, False]


# ---- everyone


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["film", "frames", "stack"])
def test_no_serious_violation(open_viewer, scheme, view):
    state = {"pack": "/red", "pack_b": "/blue", "view": view, "grid": True, "pick": {"what": "word", "index": 1}}
    viewer = open_viewer(state, color_scheme=scheme)
    viewer.page.locator(".line").nth(1).wait_for()
    found = Axe().run(viewer.page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []


def test_a_phone(open_viewer):
    state = {"pack": "/red", "pack_b": "/blue", "grid": True, "pick": {"what": "patch", "frame": 1, "row": 1, "col": 1}}
    viewer = open_viewer(state, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    viewer.page.locator(".line").nth(1).wait_for()
    for view in ("film", "frames", "stack"):
        viewer.set(view=view)
        viewer.drawn()
        assert viewer.page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = viewer.page.evaluate("""() => [...document.querySelectorAll(".darkroom :is(button, .choice span, input[type=range], .slices)")]
        .filter((e) => e.offsetParent).map((e) => [e.getBoundingClientRect().height, e.textContent || e.className])""")
    assert [entry for entry in sizes if entry[0] < 40] == []


def test_a_tap_on_a_phone(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["patch"]}, viewport={"width": 390, "height": 844}, has_touch=True)
    x, y, w, h = viewer.cells()[0]
    viewer.page.locator("canvas.surface").tap(position={"x": x + w * 0.9, "y": y + h * 0.1})
    assert (viewer.sent()[-1]["row"], viewer.sent()[-1]["col"]) == (0, 7)


def test_a_patch_in_space_time(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["patch"], "view": "stack"})
    viewer.drawn()
    last = viewer.page.locator(".pile canvas").last
    box = last.bounding_box()  # of the tilted sheet, whose middle is the middle of the box
    viewer.page.mouse.click(box["x"] + box["width"] / 2 + 4, box["y"] + box["height"] / 2 + 4)
    ask = viewer.sent()[-1]
    assert ask["frame"] == 4 and ask["row"] in (3, 4) and ask["col"] in (3, 4)
    before = viewer.page.locator(".pile").get_attribute("style")
    viewer.page.locator(".stack").focus()
    viewer.page.keyboard.press("Shift+ArrowRight")
    viewer.drawn()
    assert viewer.page.locator(".pile").get_attribute("style") != before


def test_reduced_motion_does_not_start_by_itself(open_viewer):
    viewer = open_viewer({"pack": "/red", "playing": True}, reduced_motion="reduce")
    assert viewer.page.get_by_role("button", name="Play the film").is_visible()
    assert viewer.page.evaluate("document.getAnimations().length") == 0
