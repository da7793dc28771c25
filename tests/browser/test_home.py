"""Take it home and bring it back, in a real browser with the network cut: every file opened again by another reader."""

import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image, ImageSequence

from explainers.engine import BadRecording, load_recording
from explainers.provenance import MODEL
from tests.browser.test_shell import query, step
from tests.declared import declared
from tests.said import said

SHORT = "?prompt=a+red+ball+bounces+in+the+snow&seed=7&steps=5&lang=en"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def home(visit, app):
    visitor = visit(home=app)
    page = visitor.open("/sound" + SHORT)
    page.wait_for_selector(".home .file")
    yield visitor
    assert not visitor.errors and not visitor.foreign


def taken(page, what, folder):
    with page.expect_download() as download:
        page.click(f".home [data-what='{what}']")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    assert path.suffix == ".json" or declared(path) == MODEL
    return path


def drop(page, path, kind=""):
    """Let a file fall on the page, as a hand does."""
    data = page.evaluate_handle(
        """([name, type, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, { type }));
            return data;
        }""",
        [path.name, kind, list(path.read_bytes())],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("#film", event, {"dataTransfer": data})


def test_a_recording_goes_home_and_comes_back_by_drag_and_drop(home, tmp_path):
    page = home.page
    path = taken(page, "run.darkroom", tmp_path)
    assert load_recording(path).request.prompt == "a red ball bounces in the snow"
    before = home.film
    home.develop("a blue boat moves right at sea", steps=4)
    assert home.film != before
    drop(page, path)
    page.wait_for_function("location.search.includes('ball')")
    page.wait_for_selector(".darkroom[data-state=ready]")
    assert query(page)["seed"] == "7" and home.film == before


def test_a_file_that_is_no_recording_is_refused_in_plain_words(home, tmp_path):
    bad = tmp_path / "holiday.darkroom"
    bad.write_bytes(b"not at all")
    drop(home.page, bad)
    with pytest.raises(BadRecording) as refused:
        load_recording(bad)
    home.page.get_by_text(str(refused.value.note.renamed(bad.name, "This file"))).wait_for()  # its name stays at home
    bad = tmp_path / "other.json"
    bad.write_text('{"kind": "something"}')
    drop(home.page, bad)
    home.page.get_by_text(said("home.not_ours", name="other.json")).wait_for()


def test_settings_go_home_as_json_and_come_back(home, tmp_path):
    page = home.page
    path = taken(page, "json", tmp_path)
    assert json.loads(path.read_text())["run"]["seed"] == 7
    home.develop("a blue boat moves right at sea", steps=4)
    drop(page, path)
    page.wait_for_function("location.search.includes('ball')")


def test_the_view_goes_home_as_svg_with_vectors_over_images_and_as_png(home, tmp_path):
    page = home.page
    page.evaluate(
        "import('page/state.js').then((m) => (m.page.viewer.set('grid', true), m.page.viewer.set('view', 'frames')))"
    )
    page.wait_for_function("JSON.parse(document.querySelector('.darkroom .surface').dataset.cells).length === 17")
    root = ElementTree.parse(taken(page, "svg", tmp_path)).getroot()
    images = root.findall(f".//{SVG}image")
    assert len(images) == 17 and all(image.get("href").startswith("data:image/png") for image in images)
    assert root.findall(f".//{SVG}path[@class='grid']")
    assert "a red ball bounces in the snow" in " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    with Image.open(taken(page, "png", tmp_path)) as png:
        assert png.size[0] == 2 * round(float(root.get("width"))) and np.asarray(png.convert("L")).std() > 10


def test_a_gif_is_made_with_progress_and_read_by_pillow(home, tmp_path):
    with Image.open(taken(home.page, "film.gif", tmp_path)) as gif:
        assert sum(1 for _ in ImageSequence.Iterator(gif)) > 40


def test_making_a_file_can_be_cancelled(home):
    page = home.page
    page.click(".home [data-what='reel.mp4']")
    page.wait_for_selector(".home progress[value]")
    page.click(".home .working button")
    page.locator(".home .status").get_by_text(said("cancelled.picture")).wait_for()
    assert page.locator(".home .working").is_hidden()
    home.develop("a red ball", steps=2)  # the line is free


def test_the_offline_page_scrubs_from_disk_with_the_network_cut(home, chromium, tmp_path):
    path = taken(home.page, "run.html", tmp_path)
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector(".darkroom[data-state=ready]")
    page.locator(".steps").get_by_text(step(5, 5), exact=True).wait_for()
    page.locator(".steps input").first.fill("1")
    page.locator(".steps").get_by_text(step(2, 5), exact=True).wait_for()
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_panel_keeps_within_the_page(visit, app, width):
    visitor = visit(home=app, width=width)
    page = visitor.open("/noise")
    page.wait_for_selector(".home .file")
    right = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.home *')].map((e) => e.getBoundingClientRect().right))"
    )
    assert right <= width


def test_who_cancels_at_once_is_heard_too(home):
    """Before the server has answered there is nothing yet that Gradio could stop; it is stopped as soon as there is."""
    joins = []
    home.page.route("**/queue/join*", lambda route: joins.append(route))  # the server takes its time
    home.page.click(".home [data-what='reel.mp4']")
    while not joins:
        home.page.wait_for_timeout(20)
    home.page.click(".home .working button")
    home.page.wait_for_timeout(300)  # what is sent to stop it is sent now
    for route in joins:
        route.continue_()
    home.page.unroute("**/queue/join*")
    home.page.locator(".home .status").get_by_text(said("cancelled.picture")).wait_for()
    home.develop("a red ball", steps=2)
    assert home.page.locator(".home .working").is_hidden()
