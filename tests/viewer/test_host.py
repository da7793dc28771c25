"""What a host may do: live runs, states, texts, operating the controls."""

import pytest

from tests.said import said
from tests.viewer.conftest import STEPS
from tests.viewer.looking import ball
from tests.viewer.synthetic import ball_at

pytestmark = pytest.mark.browser

LAST = STEPS - 1


def test_a_live_run_fetches_each_step_once_and_follows(open_viewer, server):
    viewer = open_viewer({"state": "loading", "message": "Starting the model …"})
    assert viewer.text(".note") == "Starting the model …"
    server.asked.clear()
    viewer.set(pack="/coming", state="live", message="")
    for count in range(1, 6):
        viewer.set(steps=[f"/step{i}" for i in range(count)])
        developed = said("viewer.stepOf", step=count, total=STEPS)
        viewer.page.locator(".steps output", has_text=developed).wait_for()
    assert viewer.page.locator(".darkroom").get_attribute("data-state") == "live"
    assert sorted(server.asked) == sorted(["/coming"] + [f"/step{i}" for i in range(5)])
    viewer.page.get_by_label(said("viewer.step"), exact=True).focus()
    viewer.page.keyboard.press("Home")
    viewer.rest()
    viewer.set(steps=[f"/step{i}" for i in range(6)])
    viewer.page.wait_for_function("document.querySelector('.darkroom input.over').max === '19'")
    viewer.drawn()
    assert viewer.text(".steps output >> nth=0") == said(
        "viewer.stepOf", step=1, total=STEPS
    )  # who looks back is not torn away


def test_steps_may_come_as_bytes(open_viewer, packs):
    viewer = open_viewer({"state": "live"})
    viewer.set(pack="/coming")
    viewer.page.wait_for_selector(".steps:not([hidden])")
    viewer.receive({"kind": "step", "film": "a"}, [packs["/step0"]])
    viewer.event("ready")
    assert viewer.text(".steps output >> nth=0") == said("viewer.stepOf", step=1, total=STEPS)


def test_steps_of_another_run_are_ignored(open_viewer, packs):
    viewer = open_viewer({"pack": "/red"})
    viewer.receive({"kind": "step", "film": "a"}, [packs["/step0"].replace(b'"index":0', b'"index":7')])
    assert ball(viewer.pixels()) == pytest.approx(ball_at(0), abs=0.015)


def test_no_film_and_a_film_that_fails(open_viewer, server, packs):
    viewer = open_viewer({})
    assert viewer.text(".note") == said("viewer.empty")
    viewer.set(pack="/later")
    viewer.page.wait_for_selector("[data-state=error]")
    assert said("viewer.failed") in viewer.text(".note") and "404" in viewer.text(".note")
    server.files["/later"] = packs["/red"]
    viewer.page.get_by_role("button", name=said("viewer.retry")).click()
    viewer.event("ready")
    assert not viewer.page.locator(".note").is_visible()


def test_a_file_that_is_no_pack(open_viewer, server):
    server.files["/wrong"] = b"<html>proxy login</html>"
    viewer = open_viewer({})
    viewer.set(pack="/wrong")
    viewer.page.wait_for_selector("[data-state=error]")
    kind, why = viewer.page.evaluate("""async () => {
        const { Film } = await import("/viewer.js");
        return Film.open("/wrong").catch((error) => [error.name, error.message]);
    }""")
    assert kind == "Error" and why in viewer.text(".note")  # refused for what it is: reading on, it would stumble


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
    assert viewer.page.get_by_label(said("viewer.noisy")).is_checked()
    assert viewer.page.get_by_role("radio", name=said("viewer.viewFrames")).is_checked()
    assert viewer.page.get_by_label(said("viewer.grid")).is_checked()
    assert "pointed" in viewer.page.locator("[data-part=layers]").get_attribute("class")
    assert viewer.text(".status").startswith(said("viewer.cube", frames="6\u20139", row=1, column=2))
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
        const next = (step) => new Promise((resolve) => { done = resolve; atlases.get(film, "x0", step); });
        for (let step = 0; step < 20; step++) while (!atlases.has(film, "x0", step)) await next(step);
        const has = (step) => atlases.has(film, "x0", step);
        return [atlases.size / size, [15, 16, 17, 18, 19].every(has), has(3)];
    }""")
    assert kept == [5, True, False]


def test_other_labels_find_the_viewer_where_its_host_has_put_it(open_viewer):
    """The page takes over the viewer that stood in for it: what it was built in is gone by then."""
    viewer = open_viewer({"pack": "/red"})
    viewer.page.evaluate(
        """() => {
            const root = document.querySelector(".darkroom"), place = document.createElement("main");
            root.parentElement.replaceWith(place);
            place.append(root);
        }"""
    )
    viewer.set(labels={"play": "Los"})
    viewer.page.locator("main .darkroom", has_text="Los").wait_for()
