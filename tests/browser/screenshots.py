"""Look at every card of every story: `python -m tests.browser.screenshots --out out/screenshots`.

Starts the app (or takes `--url` of one that runs) and photographs each card as it stands once it was read, on a phone
and at a desk; with `--bench` each page whole, its workbench open, once its pictures are computed.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from explainers.kit.lesson import lessons
from explainers.kit.story import Predict
from tests.browser.conftest import ROOT, free_port, wait_for
from tests.browser.walking import Made, Walk
from tests.chromium import launch
from tests.said import said

WIDTHS = (390, 1440)
HEIGHTS = {390: 844, 768: 1024, 1280: 720, 3840: 2160}  # of the others: 900
DONE = """computing => ![...document.querySelectorAll(".picture [role=status]")].some(
    (status) => status.textContent.startsWith(computing))"""
# A card with code under it is drawn, and what Gradio draws it with may still be on its way.
DRAWN = """() => [...document.images].every((image) => image.complete) &&
    [...document.querySelectorAll(".picture.plot:has(.source)")].every((card) => card.querySelector(".main-svg"))"""


def done(page, language="en"):
    """Waits until every picture that comes by itself is computed."""
    page.wait_for_function(DONE, arg=said("computing", language=language), timeout=240_000)


def photograph(home, folder, ideas, widths=WIDTHS, schemes=("light",), language="en", bench=False):
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for width in widths:
            for scheme in schemes:
                window = {"width": width, "height": HEIGHTS.get(width, 900)}
                context = browser.new_context(viewport=window, color_scheme=scheme, reduced_motion="reduce")
                page = context.new_page()
                page.on("pageerror", lambda error: print("error in the page:", error))
                for idea in ideas:
                    page.goto(f"{home}/{idea}?lang={language}{'&open=1' if bench else ''}")
                    page.wait_for_selector(".darkroom[data-state=ready]", timeout=120_000)
                    page.wait_for_selector("html[data-live=true]", timeout=120_000)
                    name = f"{idea}-{width}{'-dark' if scheme == 'dark' else ''}"
                    for taken in whole(page, language) if bench else cards(page, idea, language):
                        path = folder / f"{name}{taken}.png"
                        page.screenshot(path=path, full_page=bench)
                        print(path, flush=True)
                context.close()
        browser.close()


def whole(page, language):
    """Once all of a page is there; what its picture's name ends with."""
    done(page, language)
    page.wait_for_function(DRAWN)
    yield ""


def cards(page, idea, language):
    """One card after the other: before a guess, and once the card was read."""
    lesson = next(lesson for lesson in lessons() if lesson.idea == idea)
    walk = Walk(page, lesson, Made())
    for number, card in enumerate(lesson.story, 1):
        if number > 1:
            walk.turn(card)
        if isinstance(card, Predict):
            walk.wait(card)
            yield f"-{number}-{card.name}-before"
        walk.read(card)
        page.wait_for_function(DRAWN)
        yield f"-{number}-{card.name}"
    for text in walk.wrong:
        print("wrong:", text, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "screenshots")
    parser.add_argument("--url", help="of an app that runs already")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--ideas", nargs="*", default=[lesson.idea for lesson in lessons()])
    parser.add_argument("--widths", nargs="*", type=int, default=WIDTHS)
    parser.add_argument("--language", default="en")
    parser.add_argument("--dark", action="store_true", help="in the dark too")
    parser.add_argument("--bench", action="store_true", help="each page whole, its workbench open")
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
        how = arguments.widths, schemes, arguments.language, arguments.bench
        photograph(arguments.url, arguments.out, arguments.ideas, *how)
    finally:
        if process:
            process.terminate()


if __name__ == "__main__":
    main()
