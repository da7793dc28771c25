"""JupyterLab in a real browser: a shipped notebook is opened and run, a slider moved, and the viewer follows.

Then it is saved and opened anew without a kernel: every widget shows what it last showed.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from explainers.lessons.denoising.lesson import lesson as DENOISING
from tests.chromium import launch
from tests.said import said

ROOT = Path(__file__).resolve().parents[2]
IDEA = "denoising"
SHIPPED = "05_denoising.ipynb"
PREDICT = next(card for card in DENOISING.story if card.kind == "predict")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]
SOON, LONG = 60_000, 420_000  # ms: what a page does by itself, what a kernel has to compute first

WIDGET = "application/vnd.jupyter.widget-view+json"
CODE = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter((cell) => cell.model.type === "code").map((cell) => cell.model.sharedModel.execution_count)"""
FAILED = """() => jupyterapp.shell.currentWidget.content.widgets.flatMap((cell) => cell.model.type !== "code" ? [] :
    cell.model.outputs.toJSON().filter((o) => o.output_type === "error" || o.name === "stderr"))"""


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped notebook where it finds the kit: one folder up."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "explainers").symlink_to(ROOT / "explainers")
    shutil.copy(ROOT / "notebooks" / SHIPPED, tmp_path / "notebooks")
    return tmp_path


@contextmanager
def jupyterlab(folder, data):
    """The address of a JupyterLab. `data` is where it remembers which notebooks it trusts."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    options = [f"--ServerApp.root_dir={folder / 'notebooks'}", f"--port={port}", "--no-browser", "--allow-root"]
    options += ["--IdentityProvider.token=", "--LabApp.news_url=None", "--ServerApp.port_retries=0"]
    options += ["--LabApp.expose_app_in_browser=True"]
    own = {"JUPYTER_CONFIG_DIR": "config", "IPYTHONDIR": "ipython", "JUPYTER_DATA_DIR": data}
    env = {**os.environ, **{name: str(folder / place) for name, place in own.items()}}
    env |= {"OMP_NUM_THREADS": "1", "DARKROOM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=env, stderr=subprocess.DEVNULL)
    try:
        address, end = f"http://127.0.0.1:{port}", time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5)
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < end, "JupyterLab does not answer"
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def opened(browser, address, elsewhere):
    page = browser.new_page(viewport={"width": 1440, "height": 1100})
    page.on("request", lambda r: r.url.startswith(("http", "ws")) and address not in r.url and elsewhere.append(r.url))
    page.set_default_timeout(SOON)
    page.goto(f"{address}/lab/tree/{SHIPPED}?reset")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    return page


def picture(page, name):
    if to := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{to}/{name}.png")


def chosen(page, menu, command):
    page.locator(".lm-MenuBar-item").get_by_text(menu, exact=True).click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


def to_cell(page, holding):
    """Scroll to the code cell whose source holds this; the cell."""
    page.evaluate(
        """(holding) => { const book = jupyterapp.shell.currentWidget.content;
        const at = book.widgets.findIndex((c) => c.model.type === "code"
            && c.model.sharedModel.source.includes(holding));
        book.activeCellIndex = at; return book.scrollToItem(at, "start"); }""",
        holding,
    )
    cell = page.locator(".jp-CodeCell").filter(has_text=holding)
    cell.scroll_into_view_if_needed()
    return cell


def told(page):
    """Turn to the card that wants a guess, and guess."""
    cell = to_cell(page, "page.story()")
    for card in DENOISING.story[: DENOISING.story.index(PREDICT) + 1]:
        if card is not DENOISING.story[0]:
            cell.get_by_role("button", name=said("card.next"), exact=True).click()
        expect(cell.get_by_role("heading", name=said(card.key, IDEA))).to_be_visible(timeout=LONG)
    expect(cell.get_by_role("button", name=said("card.again"))).to_be_hidden()
    cell.get_by_role("radio", name=said(f"{PREDICT.key}.{PREDICT.options[0]}", IDEA)).check()
    expect(cell.get_by_role("button", name=said("card.again"))).to_be_visible(timeout=LONG)
    picture(page, "lab_story")


def test_a_shipped_notebook_runs_follows_its_slider_and_shows_its_last_state_without_a_kernel(playwright, folder):
    elsewhere = []
    browser = launch(playwright)
    with jupyterlab(folder, "data") as address:
        page = opened(browser, address, elsewhere)
        page.get_by_text("| Idle").wait_for(timeout=LONG)
        chosen(page, "Run", "runmenu:restart-and-run-all")
        page.get_by_role("button", name="Confirm Kernel Restart").click()
        page.wait_for_function(f"() => {{ const counts = ({CODE})(); return counts.every(Boolean); }}", timeout=LONG)
        assert page.evaluate(FAILED) == []

        cell = to_cell(page, "page.film()")
        viewer = cell.locator(".darkroom[data-state=ready]")
        viewer.wait_for()
        expect(cell.locator(".still")).to_have_count(1)
        expect(cell.locator(".still-film")).to_be_hidden()
        told(page)
        cell = to_cell(page, "page.film()")
        steps = viewer.get_by_label(said("viewer.step"), exact=True)
        before, shown = steps.input_value(), viewer.locator("canvas").first.screenshot()
        slider = to_cell(page, 'page.picture("given_and_guess")').locator(".widget-slider .noUi-handle")
        slider.focus()
        for _ in range(6):
            page.keyboard.press("ArrowLeft" if before != "0" else "ArrowRight")
        moved = str(int(before) + (-6 if before != "0" else 6))
        cell = to_cell(page, "page.film()")
        expect(cell.get_by_label(said("viewer.step"), exact=True)).to_have_value(moved, timeout=LONG)
        end = time.monotonic() + 60
        while cell.locator(".darkroom canvas").first.screenshot() == shown:
            assert time.monotonic() < end, "the step changed, the picture did not"
        picture(page, "lab_live")

        stands = f"{int(moved) + 1}/"
        expect(cell.locator(".still-film")).to_contain_text(stands, timeout=SOON)
        chosen(page, "File", "docmanager:save")
        page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
        page.close()
    saved = json.loads((folder / "notebooks" / SHIPPED).read_text("utf-8"))
    outputs = [[o.get("data", {}) for o in cell.get("outputs", [])] for cell in saved["cells"]]
    live = [(cell, at) for cell in outputs for at, data in enumerate(cell) if WIDGET in data]
    assert live and all('class="still' in "".join(cell[at + 1].get("text/html", "")) for cell, at in live)

    # Opened anew, where it is trusted (the same person), and where it is not (somebody who got it by mail).
    for data in ("data", "elsewhere"):
        with jupyterlab(folder, data) as address:
            page = opened(browser, address, elsewhere)
            page.get_by_text("| Idle").wait_for(timeout=LONG)
            cell = to_cell(page, "page.film()")
            still = cell.locator(".still-film")
            still.wait_for()
            expect(still).to_contain_text(stands)
            image = still.locator("img")
            assert image.evaluate("image => image.complete && image.naturalWidth") > 100
            expect(cell.get_by_text("model not found").filter(visible=True)).to_have_count(0)
            story = to_cell(page, "page.story()")
            expect(story.locator(".still").first).to_contain_text(said(PREDICT.key, IDEA))
            expect(story.locator(".still").first).to_contain_text("●")
            picture(page, f"lab_still_{data}")
            page.close()
    assert elsewhere == []
    browser.close()
