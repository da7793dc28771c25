"""How soon a film is on screen, and how soon a click is answered: `python -m benchmarks.app`.

Measured in a real headless Chromium against a freshly started app, on this machine and, with `--slow 4`, with the
browser's processor slowed down as many times, as on a phone. Prints one JSON line for each measure.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
import urllib.request

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ROOT, free_port, wait_for
from tests.chromium import launch

FIRST_FILM = "addEventListener('darkroom:ready', () => (window.first ??= performance.now()), true)"


def opened(browser, address, slow):
    """(milliseconds from the address to the first film, bytes over the wire) of a visitor who was never here."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    session.send("Network.enable")
    size = []
    session.on("Network.loadingFinished", lambda event: size.append(event["encodedDataLength"]))
    page.add_init_script(FIRST_FILM)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.first")
    first = page.evaluate("window.first")
    context.close()
    return first, sum(size)


def answered(browser, address, clicks=5):
    """Milliseconds from a question about a patch to its map on screen, on the page of attention."""
    page = browser.new_page()
    page.add_init_script(
        "window.maps = []; addEventListener('darkroom:map', (e) => maps.push(e.detail.milliseconds), true)"
    )
    page.goto(f"{address}/attention")
    page.wait_for_selector(".darkroom[data-state=ready]")
    page.wait_for_selector("html[data-live=true]", timeout=120_000)
    film = page.locator(".darkroom .surface").first
    film.focus()
    for n in range(clicks):  # each time about another patch
        film.press("ArrowDown" if n % 2 else "ArrowRight")
        film.press("Enter")
        page.wait_for_function("n => maps.length > n", arg=n, timeout=60_000)
    found = page.evaluate("maps")
    page.close()
    return found


def say(what, **numbers):
    print(json.dumps({"what": what, **numbers}), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--slow", type=float, default=1, help="how many times slower the browser's processor is made")
    parser.add_argument("--visits", type=int, default=5)
    arguments = parser.parse_args()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port), "--model", arguments.model], cwd=ROOT)
    try:
        wait_for(address, process)
        say("seconds from the command to the first page served", seconds=round(time.perf_counter() - begun, 2))
        with sync_playwright() as playwright:
            browser = launch(playwright)
            first, size = opened(browser, address, arguments.slow)
            say("first film while the model is being opened", ms=round(first), slow=arguments.slow, bytes=size)
            if b"attention" in urllib.request.urlopen(address).read():
                answered(browser, address, 1)  # the model is open from here on
                times = answered(browser, address)
                say("click to map", ms=round(statistics.median(times)), worst=round(max(times)))
            times = [opened(browser, address, arguments.slow)[0] for _ in range(arguments.visits)]
            say("first film", ms=round(statistics.median(times)), worst=round(max(times)), slow=arguments.slow)
            browser.close()
    finally:
        process.terminate()


if __name__ == "__main__":
    main()
