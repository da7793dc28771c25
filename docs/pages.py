"""What each page shows, photographed in the running app: the first picture of its own, `docs/pictures/<idea>.webp`."""

import io
import subprocess
import sys

from PIL import Image
from playwright.sync_api import sync_playwright

from docs.readme import PICTURES, ROOT
from explainers.kit.lesson import PICKS, Layer, lessons
from explainers.kit.signature import signature
from tests.browser.conftest import free_port, wait_for
from tests.browser.screenshots import DONE
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
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(PATIENCE)
            for lesson in lessons():
                photograph(page, f"{home}/{lesson.idea}", f"#picture-{there_at_once(lesson)}", lesson.idea)
            browser.close()
    finally:
        app.terminate()
        app.wait(20)


def there_at_once(lesson):
    """The first picture that waits for no button and no click on the film."""
    return next(
        picture.name
        for picture in lesson.pictures
        if not (picture.waits or isinstance(picture, Layer))
        and not set(PICKS) & set(signature(lesson.idea, picture.measures).controls)
    )


def photograph(page, address, what, idea):
    page.goto(address)
    page.wait_for_selector("html[data-live=true]")
    page.wait_for_function(DONE)
    shown = page.locator(what)
    shown.scroll_into_view_if_needed()  # plots are drawn when they come into sight
    if "plot" in (shown.get_attribute("class") or "").split():
        shown.locator("svg.main-svg").first.wait_for()
    else:
        shown.locator("img:visible, canvas:visible, table:visible, figure:visible").first.wait_for()
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    image = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    target = ROOT / PICTURES / f"{idea}.webp"
    image.resize((WIDTH, WIDTH * image.height // image.width), Image.Resampling.LANCZOS).save(target, quality=80)
    print(target, flush=True)


if __name__ == "__main__":
    make()
