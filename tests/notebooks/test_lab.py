"""JupyterLab in a real browser: a notebook is opened and run, a slider moved, and the viewer follows."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from notebooks import make
from tests.chromium import launch

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

CELL = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import ipywidgets
from explainers.stage.notebook import Viewer
from explainers.stage.pack import film_pack
from tests.viewer import synthetic
pack = film_pack(synthetic.facts(steps=4), list(synthetic.steps_of(64, 4)))
viewer = Viewer(pack=pack, step=0)
slider = ipywidgets.IntSlider(0, 0, 3, description="step", continuous_update=False)
ipywidgets.link((slider, "value"), (viewer, "step"))
display(slider, viewer)
"""


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab whose folder holds one notebook."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)], metadata=make.METADATA)
    nbformat.write(notebook, tmp_path / "follow.ipynb")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    options = [f"--ServerApp.root_dir={tmp_path}", f"--port={port}", "--no-browser", "--allow-root"]
    options += ["--IdentityProvider.token=", "--LabApp.news_url=None", "--ServerApp.port_retries=0"]
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "IPYTHONDIR": str(tmp_path / "ipython")}
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


def test_the_viewer_follows_a_slider(playwright, lab):
    elsewhere = []
    browser = launch(playwright)
    page = browser.new_page(viewport={"width": 1440, "height": 1100})
    page.on("request", lambda r: r.url.startswith(("http", "ws")) and lab not in r.url and elsewhere.append(r.url))
    page.set_default_timeout(180_000)
    page.goto(f"{lab}/lab/tree/follow.ipynb?reset")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("| Idle").wait_for()  # what is run before the kernel is there is lost
    page.locator(".jp-Cell .jp-InputArea-editor").first.click()
    page.keyboard.press("Shift+Enter")
    viewer = page.locator(".darkroom[data-state=ready]")
    viewer.wait_for()
    steps = viewer.get_by_label("Step", exact=True)
    picture = viewer.locator("canvas").first
    before = picture.screenshot()
    assert steps.input_value() == "0"
    page.locator(".widget-slider .noUi-handle").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(steps).to_have_value("3", timeout=60_000)
    end = time.monotonic() + 30
    while picture.screenshot() == before:
        assert time.monotonic() < end, "the step changed, the picture did not"
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/lab.png")
    assert elsewhere == []
    browser.close()
