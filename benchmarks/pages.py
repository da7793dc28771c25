"""How many pages a second one core serves, and what a first visit loads: `python -m benchmarks.pages`.

    python -m benchmarks.pages --write       # and into README.md

The same app is served twice by the same server, in turns: as it is, and as Gradio serves it, without what is laid
around it. Seconds are those of the server's own processor time, so that the clients beside it cost it nothing;
connections stay open, as browsers keep them. What a visit loads is what Chromium says came over the wire.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from explainers.kit.lesson import lessons
from explainers.web.app import serve
from explainers.worker.queue import MODEL, JobQueue
from tests.browser.conftest import ROOT, free_port, wait_for
from tests.chromium import launch

MARKS = "<!-- pages -->\n", "\n<!-- /pages -->"
PAGES = ["/", *(f"/{lesson.idea}" for lesson in lessons()[1:])]
KINDS = {
    "/pack/": "its films (two by then)",
    "/page/": "the viewer, the page's own scripts and styles",
    "/assets/": "Gradio's scripts and styles",
    "/static/": "Gradio's scripts and styles",
    "/theme.css": "Gradio's scripts and styles",
}
REST = "the page, and what it says and hears"
STANDS = "async () => { const { story } = (await import('page/state.js')).page; return story && !story.fresh; }"


async def served(app, times, *how):
    """(pages a second of this process's time, bytes of the largest one): each page so often."""
    server = uvicorn.Server(uvicorn.Config(app, port=(port := free_port()), log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    before = time.process_time()
    command = [sys.executable, "-m", "benchmarks._many", str(port), str(times), *how, *PAGES]
    clients = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    told, _ = await clients.communicate()
    seconds = time.process_time() - before
    server.should_exit = True
    await task
    return times * len(PAGES) / seconds, int(told)


async def rates(rounds):
    """{way: (pages a second, bytes, times Gradio's own)}, medians of rounds."""
    kept = serve(lessons(), JobQueue(MODEL, "embedded"))
    ways = {
        "as Gradio serves it": (kept.app.app, 1, "gzip, br"),
        "as it is, packed": (kept, 200, "gzip, br"),
        "as it is, packed by gzip": (kept, 200, "gzip"),
        "as it is, to a browser that has it": (kept, 200, "gzip, br", "again"),
    }
    await served(kept, 1, "br")  # each page is made once
    found = {way: [] for way in ways}
    for _ in range(rounds):
        for way, (app, times, *how) in ways.items():
            found[way].append(await served(app, times, *how))
    own = [rate for rate, _ in found["as Gradio serves it"]]
    for way, figures in found.items():
        ratio = statistics.median(rate / beside for (rate, _), beside in zip(figures, own, strict=True))
        yield way, statistics.median(rate for rate, _ in figures), figures[0][1], ratio


def loaded():
    """Bytes over the wire of a browser that was never here, by kind, until the page and its first card stand."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=ROOT)
    try:
        wait_for(address, process)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            paths, kinds = {}, Counter()
            session.on("Network.requestWillBeSent", lambda e: paths.update({e["requestId"]: e["request"]["url"]}))
            session.on("Network.loadingFinished", lambda e: kinds.update({kind(e): e["encodedDataLength"]}))

            def kind(event):
                path = paths[event["requestId"]].removeprefix(address)
                return next((kind for start, kind in KINDS.items() if path.startswith(start)), REST)

            page.goto(address)
            page.wait_for_selector("html[data-live=true]", timeout=120_000)
            page.wait_for_function(STANDS)
            browser.close()
        return kinds
    finally:
        process.terminate()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="medians are told")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    given = parser.parse_args()
    rows = ["| pages | a second of one core | times | kB |", "|---|---|---|---|"]

    async def all_rates():
        async for way, rate, size, ratio in rates(given.rounds):
            rows.append(f"| {way} | {rate:,.1f} | {ratio:,.0f} | {size / 1000:.0f} |")
            print(rows[-1], flush=True)

    asyncio.run(all_rates())
    kinds = loaded()
    rows += ["", "| a first visit loads | kB |", "|---|---|"]
    rows += [f"| {kind} | {size / 1000:.0f} |" for kind, size in sorted(kinds.items(), key=lambda each: each[1])]
    rest = sum(size for kind, size in kinds.items() if kind != KINDS["/pack/"])
    rows.append(f"| **all but films** | **{rest / 1000:.0f}** (at most 400) |")
    print("\n".join(rows[-len(kinds) - 3 :]))
    if given.write:
        page = Path(__file__).with_name("README.md")
        before, rest = page.read_text("utf-8").split(MARKS[0])
        page.write_text(before + MARKS[0] + "\n".join(rows) + MARKS[1] + rest.split(MARKS[1])[1], "utf-8")


if __name__ == "__main__":
    main()
