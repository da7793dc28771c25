"""Look at every page: `python -m tests.browser.screenshots --out out/screenshots`.

Starts the app (or takes `--url` of one that runs) and photographs each page whole, at the widths of a phone and of a
desk, once its film is there and its pictures are computed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from explainers.kit.lesson import lessons
from tests.browser.conftest import ROOT, free_port, wait_for
from tests.chromium import launch
from tests.said import said

WIDTHS = (390, 1440)
DONE = """computing => ![...document.querySelectorAll(".picture [role=status]")].some(
    (status) => status.textContent.startsWith(computing))"""
# A card with code under it is drawn, and what Gradio draws it with may still be on its way.
DRAWN = """() => [...document.images].every((image) => image.complete) &&
    [...document.querySelectorAll(".picture.plot:has(.source)")].every((card) => card.querySelector(".main-svg"))"""


def done(page, language="en"):
    """Waits until every picture that comes by itself is computed."""
    page.wait_for_function(DONE, arg=said("computing", language=language), timeout=240_000)


def photograph(home, folder, ideas, widths=WIDTHS, schemes=("light",), language="en"):
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for width in widths:
            for scheme in schemes:
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
                page = context.new_page()
                page.on("pageerror", lambda error: print("error in the page:", error))
                for idea in ideas:
                    page.goto(f"{home}/{idea}?lang={language}")
                    page.wait_for_selector(".darkroom[data-state=ready]", timeout=120_000)
                    page.wait_for_selector("html[data-live=true]", timeout=120_000)
                    done(page, language)
                    page.wait_for_function(DRAWN)
                    name = f"{idea}-{width}{'-dark' if scheme == 'dark' else ''}.png"
                    page.screenshot(path=folder / name, full_page=True)
                    print(folder / name, flush=True)
                context.close()
        browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "screenshots")
    parser.add_argument("--url", help="of an app that runs already")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--ideas", nargs="*", default=[lesson.idea for lesson in lessons()])
    parser.add_argument("--widths", nargs="*", type=int, default=WIDTHS)
    parser.add_argument("--language", default="en")
    parser.add_argument("--dark", action="store_true", help="in the dark too")
    arguments = parser.parse_args()
    schemes = ("light", "dark") if arguments.dark else ("light",)
    process = None
    if not arguments.url:
        port = free_port()
        arguments.url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port), "--model", arguments.model], cwd=ROOT
        )
        wait_for(arguments.url, process)
    try:
        photograph(arguments.url, arguments.out, arguments.ideas, arguments.widths, schemes, arguments.language)
    finally:
        if process:
            process.terminate()


if __name__ == "__main__":
    main()
