"""The browser that tests and benchmarks drive: the Chromium or Chrome of this machine, else Playwright's own.

    with sync_playwright() as playwright:
        browser = launch(playwright, "--mute-audio")

Where there is none, the tests that want one are skipped, and say what would bring it: README's test command has to pass
on a machine with nothing but Python. In CI they fail.
"""

import os
import shutil

import pytest
from playwright.sync_api import Browser, Error, Playwright

NAMES = (
    "chromium-headless-shell",  # Debian's, the same engine without a window to paint: half of the work for a page
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
)
ALWAYS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")  # runs as root, in a container, with no screen


def launch(playwright: Playwright, *args: str) -> Browser:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    try:
        return playwright.chromium.launch(executable_path=path, args=[*ALWAYS, *args])
    except Error as problem:
        if path or os.environ.get("CI"):  # one that does not start, or a check without one: not to be skipped over
            raise
        pytest.skip(
            "no Chromium here: install the system's (on Debian the package chromium-headless-shell) or Chrome, or call "
            f"`python -m playwright install chromium` ({str(problem).splitlines()[0]})"
        )
