"""How soon a film is on screen, and how soon a click is answered: `python -m benchmarks.app`.

    python -m benchmarks.app --write       # and into README.md

A freshly started app in a real headless Chromium, on this machine, once as it is and once with the browser's processor
slowed down as many times as `--slow` says, as on a phone. The first film is compared with what the page would be
without it: Gradio, unpacked and ready, in the same visit.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ROOT, free_port, wait_for
from tests.chromium import launch

# When the film is on screen, and when the page has been set up around it.
SEEN = """
addEventListener("darkroom:ready", () => (window.filmSeen ??= performance.now()), true);
new MutationObserver(() => {
    if (document.querySelector("#prompt")) window.pageSeen ??= performance.now();
}).observe(document, { childList: true, subtree: true });
"""
MARKS = "<!-- app -->\n", "\n<!-- /app -->"


def opened(browser, address, slow):
    """(ms to the first film, ms to the page around it, bytes over the wire) of a visitor who was never here."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    session.send("Network.enable")
    size = []
    session.on("Network.loadingFinished", lambda event: size.append(event["encodedDataLength"]))
    page.add_init_script(SEEN)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.filmSeen && window.pageSeen")
    film, whole = page.evaluate("[filmSeen, pageSeen]")
    context.close()
    return film, whole, sum(size)


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


def measured(model, slow, visits):
    """The rows of the table: what, and its figure."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port), "--model", model], cwd=ROOT)
    try:
        wait_for(address, process)
        yield "from the command to the first page served", f"{time.perf_counter() - begun:.1f} s"
        with sync_playwright() as playwright:
            browser = launch(playwright)
            film, _, size = opened(browser, address, 1)
            yield "first film, while the model is being opened", f"{film / 1000:.1f} s"
            yield "all that a first visit loads", f"{size / 1e6:.2f} MB"
            answered(browser, address, 1)  # the model is open from here on
            for rate in (1, slow):
                films, pages, _ = zip(*(opened(browser, address, rate) for _ in range(visits)), strict=True)
                ratio = statistics.median(page / film for film, page in zip(films, pages, strict=True))
                slower = f", processor {rate:g} times slower" if rate > 1 else ""
                yield f"first film{slower}", f"{statistics.median(films) / 1000:.1f} s (at most 2)"
                yield f"the whole page, which a film usually waits for{slower}", f"{ratio:.1f} times as long"
            times = answered(browser, address)
            yield "click on a patch to its map", f"{statistics.median(times):.0f} ms, at worst {max(times):.0f}"
            browser.close()
    finally:
        process.terminate()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--slow", type=float, default=4, help="how many times slower a phone's processor is")
    parser.add_argument("--visits", type=int, default=5, help="of each kind; medians are told")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args()
    rows = []
    for what, figure in measured(given.model, given.slow, given.visits):
        print(f"{what:80} {figure}", flush=True)
        rows.append(f"| {what} | {figure} |")
    if given.write:
        page = Path(__file__).with_name("README.md")
        before, rest = page.read_text("utf-8").split(MARKS[0])
        table = "\n".join(["| phone's screen |  |", "|---|---|", *rows])
        page.write_text(before + MARKS[0] + table + MARKS[1] + rest.split(MARKS[1])[1], "utf-8")


if __name__ == "__main__":
    main()
