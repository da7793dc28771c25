"""Each page as it opens, photographed in the running app: `docs/pictures/<idea>.webp`."""

import io
import subprocess
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

from docs.readme import PICTURES, ROOT
from explainers.kit.lesson import lessons
from explainers.provenance import MIXED, saving
from tests.browser.conftest import free_port, wait_for
from tests.chromium import launch

WIDTH = 480  # pixels in the file; README shows half of them
PATIENCE = 120_000  # milliseconds


def make() -> None:
    home = f"http://127.0.0.1:{free_port()}"
    app = subprocess.Popen([sys.executable, "app.py", "--port", home.rpartition(":")[2]], cwd=ROOT)
    try:
        wait_for(home, app)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(PATIENCE)
            for lesson in lessons():
                photograph(page, f"{home}/{lesson.idea}", lesson.idea)
            browser.close()
    finally:
        app.terminate()
        app.wait(20)


def photograph(page, address, idea):
    """The page as it opens: film and first card, once all that the card says by itself is there."""
    page.goto(address)
    page.wait_for_selector("html[data-live=true]")
    page.wait_for_selector(".darkroom[data-state=ready]")
    page.wait_for_selector("gradio-app .story-card[data-over=true]")
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    target = ROOT / PICTURES / f"{idea}.webp"
    small = image.resize((WIDTH, WIDTH * image.height // image.width), Image.Resampling.LANCZOS)
    small.save(target, quality=80, **saving(".webp", MIXED))  # a film that a model made, on a page
    print(target, flush=True)


if __name__ == "__main__":
    make()
