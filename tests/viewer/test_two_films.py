"""Two films, one time."""

import numpy as np
import pytest

from tests.said import said
from tests.viewer.conftest import STEPS
from tests.viewer.looking import ball
from tests.viewer.synthetic import ball_at

pytestmark = pytest.mark.browser

LAST = STEPS - 1


def test_the_divider_parts_two_films(open_viewer):
    viewer = open_viewer({"pack": "/red", "pack_b": "/blue", "frame": 3, "divider": 0.9})
    viewer.page.wait_for_selector("input.divider:not([hidden])")
    assert ball(viewer.pixels(), 0) == pytest.approx(ball_at(3), abs=0.015)
    divider = viewer.page.get_by_label(said("viewer.divider"))
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
    assert said("viewer.changed") in blue.get_attribute("aria-description")
    rows.nth(0).get_by_role("button", name="bounces").click()  # the fourth word of both
    assert [(ask["film"], ask["index"]) for ask in viewer.sent()] == [("a", 3), ("b", 3)]
    blue.click()
    assert viewer.sent()[2:] == [{**viewer.sent()[2], "film": "b", "index": 1}]


def test_same_words(open_viewer):
    viewer = open_viewer({})
    same = viewer.page.evaluate("sameWords('a red ball on grass'.split(' '), 'a big red cube on wet grass'.split(' '))")
    assert same == [0, None, 1, None, 3, None, 4]
