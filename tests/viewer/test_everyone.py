"""Keyboard, screen readers, phones."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.said import said
from tests.viewer.conftest import STEPS
from tests.viewer.synthetic import FRAMES

pytestmark = pytest.mark.browser

LAST = STEPS - 1


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
                if (e.type === "radio") return e.name.replace(/-\\d+$/, "");
                return e.getAttribute("aria-label") || e.textContent || e.parentElement.textContent;
            }""")
        )
    named = ("grid", "crisp", "loop", "step", "frame", "divider", "clear", "playLong", "soundOff", "film", "slices")
    wanted = {"darkroom-layers", "darkroom-views", "darkroom-compare", "darkroom-heat"}
    assert wanted | {said(f"viewer.{name}") for name in named} <= reached


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
    controls = viewer.page.locator(".darkroom :is(button, .choice span, input[type=range], .slices):visible")
    sizes = controls.evaluate_all(
        "all => all.map((e) => [e.getBoundingClientRect().height, e.textContent || e.className])"
    )
    assert [entry for entry in sizes if entry[0] < 40] == []


def test_a_tap_on_a_phone(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["patch"]}, viewport={"width": 390, "height": 844}, has_touch=True)
    x, y, w, h = viewer.cells()[0]
    viewer.page.locator("canvas.surface").tap(position={"x": x + w * 0.9, "y": y + h * 0.1})
    assert (viewer.sent()[-1]["row"], viewer.sent()[-1]["col"]) == (0, 7)


def test_a_patch_in_space_time(open_viewer):
    viewer = open_viewer({"pack": "/bare", "asks": ["patch"], "view": "stack"}, reduced_motion="reduce")
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


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", FRAMES), ("reduce", 0)])
def test_the_film_comes_apart_where_motion_is_wanted(open_viewer, motion, moves):
    viewer = open_viewer({"pack": "/red"}, reduced_motion=motion)
    viewer.page.evaluate(
        """() => {
            window.moved = [];
            const { animate } = Element.prototype;
            Element.prototype.animate = function (...all) { moved.push(this); return animate.apply(this, all); };
        }"""
    )
    viewer.set(view="stack")
    viewer.drawn()
    assert viewer.page.evaluate("moved.length") == moves
    viewer.set(frame=3)  # it stands: nothing comes apart again
    viewer.drawn()
    assert viewer.page.evaluate("moved.length") == moves


def test_reduced_motion_does_not_start_by_itself(open_viewer):
    viewer = open_viewer({"pack": "/red", "playing": True}, reduced_motion="reduce")
    assert viewer.page.get_by_role("button", name=said("viewer.playLong")).is_visible()
    assert viewer.page.evaluate("document.getAnimations().length") == 0
