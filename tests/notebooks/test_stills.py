"""What a saved notebook shows in the place of its widgets, and the square to draw in, with pointer and keys."""

import base64
import io
import re

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from explainers.kit.lesson import Index
from explainers.kit.sentences import Words
from explainers.notebook import widgets as notebook_widgets
from explainers.notebook.controls import control_of, put, value_of
from explainers.notebook.widgets import Sketch, Viewer, shown, standing
from explainers.viewer.pack import film_pack
from explainers.viewer.thinned import thinned
from tests.chromium import launch
from tests.viewer import synthetic
from tests.viewer.looking import ball

STEPS = 4


@pytest.fixture
def viewer():
    pack = film_pack(synthetic.facts(steps=STEPS), list(synthetic.steps_of(64, STEPS)))
    return Viewer(pack=pack, step=STEPS - 1)


def pictures(still):
    found = re.findall(r'src="data:image/\w+;base64,([^"]+)"', still)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")) / 255 for data in found]


def test_the_still_is_the_step_on_screen(viewer):
    (sheet,) = pictures(viewer.still())
    first = sheet[2:66, 2:66]  # the first frame, within its gutter
    assert np.abs(np.array(ball(first)) - synthetic.ball_at(0)).max() < 0.03
    viewer.step = 0  # all noise but for what a guess of it shows
    (begin,) = pictures(viewer.still())
    clean = synthetic.clean_film(64)[0]
    assert np.abs(begin[2:66, 2:66] - clean).mean() > 3 * np.abs(first - clean).mean()
    assert f"1/{STEPS}" in viewer.still()


def test_both_films_and_the_noisy_input(viewer):
    viewer.layer = "noisy"
    one = viewer.still()
    viewer.layer, viewer.pack_b = "x0", viewer.pack
    assert len(pictures(viewer.still())) == 2
    assert pictures(one)[0].shape == pictures(viewer.still())[0].shape and one not in viewer.still()


def test_a_second_film_of_fewer_steps_has_gone_the_same_share_of_its_way(viewer):
    viewer.pack_b = thinned(viewer.pack, 2)
    assert f"{STEPS}/{STEPS}" in viewer.still() and "2/2" in viewer.still()
    viewer.step = 0
    assert f"1/{STEPS}" in viewer.still() and "1/2" in viewer.still()
    one, other = pictures(viewer.still())
    assert np.array_equal(one, other)  # the same step of the same film
    viewer.titles = ["all steps", "<two>"]
    assert "all steps" in viewer.still() and "&lt;two&gt;" in viewer.still()


def test_a_film_that_is_still_being_made_has_no_still(viewer):
    viewer.pack = film_pack(synthetic.facts(steps=STEPS), [])
    assert pictures(viewer.still()) == []


def test_what_is_saved_follows_the_widget(viewer, cells):
    viewer.show()
    ((place, before),) = cells.items()
    viewer.step = 1
    assert f"2/{STEPS}" in cells[place] and cells[place] != before
    name = re.search(r"\.live-(\w+)", before)[1]
    assert f"live-{name}" in viewer._dom_classes and f"still-{name}" in before


def test_controls_are_saved_as_they_stand(cells):
    level = ipywidgets.FloatSlider(0.5, description="<level>")
    which = control_of(Index("layer", of="layers", start=None, all=True), Words.of("attention"), {"layers": 2})
    shown(ipywidgets.VBox([level, which]), lambda: standing([level, which]), level, which)
    (html,) = cells.values()
    assert "&lt;level&gt;: 0.5" in html and "Layer: All" in html and value_of(which) is None
    put(level, 0.25)
    put(which, 0)
    (html,) = cells.values()
    assert "0.25" in html and "Layer: 1<" in html
    which.index = 0  # as chosen by hand
    assert value_of(which) is None and which.label == "All"


def test_a_drawing_is_saved_where_it_was_drawn():
    (picture,) = pictures(Sketch(points=[(1, 1), (-1, -1)]).still())
    rows, cols = np.nonzero(picture.min(2) < 0.5)
    side = len(picture) - 1
    assert sorted(zip(rows.tolist(), cols.tolist(), strict=True)) == [(0, side), (side, 0)]
    assert pictures(Sketch().still())[0].min() == 1


PAGE = """async ([source, labels]) => {
  const { default: sketch } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const state = { points: [], labels };
  const save_changes = () => (window.saved = state.points);
  const set = (key, value) => (state[key] = value);
  const model = { get: (key) => state[key], set, save_changes, on() {}, off() {} };
  sketch.render({ model, el: document.body });
}"""


@pytest.mark.browser
def test_drawing_with_pointer_and_with_keys(playwright):
    browser = launch(playwright)
    page = browser.new_page()
    labels = dict(Sketch().labels)
    page.evaluate(PAGE, [notebook_widgets.DRAW.read_text("utf-8"), labels])
    square = page.get_by_role("application")
    assert labels["keys"] in square.get_attribute("aria-label") and page.get_by_text(labels["keys"]).is_visible()

    box = square.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 200, steps=8)
    page.mouse.up()
    drawn = np.array(page.evaluate("saved"))
    assert np.abs(drawn[:, 0].mean() + 0.71) < 0.03  # a line down, left of the middle
    assert drawn[:, 1].max() > 0.6 and drawn[:, 1].min() < -0.3

    page.get_by_role("button", name=labels["clear"]).press("Enter")
    assert page.evaluate("saved.length") == 0
    square.focus()
    for key in ("ArrowRight", "Space", "ArrowRight", "ArrowRight", "ArrowUp", "Space", "ArrowUp"):
        page.keyboard.press(key)
    keyed = np.array(page.evaluate("saved"))
    assert len(keyed) == 4 * 12  # where it was put down, and three places on; nothing after it was lifted
    assert keyed[:, 0].min() > 0 and keyed[-12:, 1].mean() > keyed[:12, 1].mean()
    browser.close()
