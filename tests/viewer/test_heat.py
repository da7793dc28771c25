"""Questions, answers, and what is painted of them."""

import numpy as np
import pytest
from playwright.sync_api import expect

from explainers.viewer.pack import map_answer, without_buffers
from tests.said import said, saying
from tests.viewer.conftest import STEPS
from tests.viewer.looking import brightest_patch
from tests.viewer.synthetic import PROMPT, SLICES, nearness

pytestmark = pytest.mark.browser

LAST = STEPS - 1


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
    assert said("viewer.asking") in viewer.text(".legend")
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
    expect(words.nth(1)).to_have_attribute("aria-pressed", "true")  # with the next painted frame
    viewer.rest()
    assert viewer.saved()["pick"] == {"what": "word", "index": 1}
    assert words.nth(6).get_attribute("aria-description") == said("viewer.unknown")
    assert words.nth(1).get_attribute("aria-description") is None


def test_the_same_question_is_asked_once(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["word"], "step": 3})
    viewer.page.locator(".word").nth(2).click()
    asked = viewer.sent()
    viewer.receive(*map_answer(asked[-1]["id"], {"patches": nearness(8)}, label="l", normalised="n"))
    viewer.set(step=5)
    viewer.rest()
    assert said("viewer.ofStep", step=4) in viewer.text(
        ".legend"
    )  # the one there is, named as such, till the new one comes
    assert [(ask["step"], ask["index"]) for ask in viewer.sent()] == [(3, 2), (5, 2)]
    viewer.set(step=3)
    viewer.rest()
    assert len(viewer.sent()) == 2 and not saying("viewer.ofStep").search(viewer.text(".legend"))


def test_another_context_is_another_question(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["word"], "step": 3})
    viewer.page.locator(".word").nth(2).click()
    patches = np.zeros((5, 8, 8))
    patches[0, 1, 1] = 1
    viewer.receive(*map_answer(viewer.sent()[-1]["id"], {"patches": patches}, label="Head 1", normalised="n"))
    viewer.set(context="head 2")
    viewer.rest()
    assert len(viewer.sent()) == 2 and said("viewer.asking") in viewer.text(".legend")
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
    assert strip.get_attribute("aria-valuetext") == said("viewer.sliceOf", slice=11, total=SLICES)
