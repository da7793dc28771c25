"""How fast the viewer is in a browser on a slow machine, and how much it loads.

    python -m benchmarks.viewer            # a table on the screen, and out/viewer.json
    python -m benchmarks.viewer --write    # and into README.md

A film of 50 steps and 17 frames is scrubbed for three seconds, once a display frame, while Chromium slows its main
thread down four times: a mid-range phone's worth. `fps` depends on what else the machine does; `cpu_ms` hardly does: it
is the processor time of the main thread per frame, not slowed down, so that 5 ms stand for 50 frames a second at four
times the time. Then patches are clicked, and answered by a Python server that knows the map already: what is measured
is the way there and back and the drawing, not the model.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from explainers.viewer.bundle import STYLE, module
from explainers.viewer.pack import film_pack, map_answer, without_buffers
from tests.chromium import launch
from tests.viewer.synthetic import banks, facts, nearness, steps_of

PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/viewer.css"><div id="here"></div><script type="module">
import viewer, { createModel } from "/viewer.js";
window.events = [];
addEventListener("darkroom:ready", () => events.push(["ready", performance.now()]));
addEventListener("darkroom:map", (event) => events.push(["map", event.detail.milliseconds]));
const send = async (message) => {
  const answer = await fetch("/ask", { method: "POST", body: JSON.stringify(message) });
  model.receive(await answer.json());
};
window.start = (state) => { window.model = createModel(state, { send }); viewer.render({ model, el: here }); };
</script>"""

SCRUB = """(seconds) => new Promise((done) => {
  const input = document.querySelector("input.over"), last = Number(input.max), times = [];
  const start = performance.now();
  requestAnimationFrame(function next(now) {
    times.push(now);
    if (now - start > seconds * 1000) return done(times.slice(1).map((t, i) => t - times[i]));
    const there = Math.abs(((now - start) / 700 + 1) % 2 - 1);       // from end to end in 0.7 s
    input.value = Math.round(there * last);
    input.dispatchEvent(new Event("input"));
    requestAnimationFrame(next);
  });
})"""


def serve(files: dict[str, bytes]) -> str:
    class Handler(BaseHTTPRequestHandler):
        def reply(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            kinds = {".js": "text/javascript", ".css": "text/css"}
            self.reply(files.get(self.path, b""), kinds.get(Path(self.path).suffix, "text/html"))

        def do_POST(self) -> None:
            ask = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            patches = np.roll(nearness(8), ask["col"], axis=2)
            answer = without_buffers(*map_answer(ask["id"], {"patches": patches}, label="map", normalised=""))
            self.reply(json.dumps(answer).encode(), "application/json")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def opened(browser: Any, address: str, state: dict[str, Any], width: int) -> Page:
    screen = {"width": width, "height": 844 if width < 600 else 900}
    page: Page = browser.new_page(viewport=screen, device_scale_factor=2 if width < 600 else 1)
    page.goto(address)
    page.wait_for_function("Boolean(window.start)")
    page.evaluate("(state) => start(state)", state)
    page.wait_for_function("events.some((e) => e[0] === 'ready')")
    return page


def scrubbing(page: Page, seconds: float, throttle: int) -> dict[str, float]:
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        metrics = tools.send("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")

    page.evaluate(SCRUB, 1)  # pictures decoded, code compiled
    before = busy()
    frames = len(page.evaluate(SCRUB, seconds))
    cpu = 1000 * (busy() - before) / frames
    tools.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    gaps = page.evaluate(SCRUB, seconds)
    fps = 1000 * len(gaps) / sum(gaps)
    return {"fps": fps, "p95_ms": float(np.percentile(gaps, 95)), "worst_ms": max(gaps), "cpu_ms": cpu}


def clicking(page: Page, throttle: int, clicks: int = 20) -> dict[str, float]:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    x, y, w, h = json.loads(page.locator("canvas.surface").get_attribute("data-cells"))[0]
    for click in range(clicks):
        at = {"x": x + (click % 8 + 0.5) * w / 8, "y": y + (click // 8 + 0.5) * h / 8}
        page.locator("canvas.surface").click(position=at)
        page.wait_for_function("(n) => events.filter((e) => e[0] === 'map').length > n", arg=click)
    times = page.evaluate("events.filter((e) => e[0] === 'map').map((e) => e[1])")
    return {"median_ms": statistics.median(times), "worst_ms": max(times)}


def written(result: dict[str, Any]) -> str:
    """The figures as README.md shows them."""
    rows = [
        f"| {name} | {scene['cpu_ms']:.1f} | {scene['fps']:.0f} | {scene['p95_ms']:.0f} |"
        for name, scene in result["scrub"].items()
    ]
    click = result["click to map"]
    return "\n".join(
        [
            f"| scrubbing | main thread, ms a frame | frames a second, {result['throttle']} x slower | p95, ms |",
            "|---|---|---|---|",
            *rows,
            "",
            f"Click to map, {result['throttle']} x slower, the map known to the server: median "
            f"{click['median_ms']:.0f} ms, worst {click['worst_ms']:.0f} ms. "
            f"The film's pack: {result['pack_bytes'] / 1e6:.2f} MB; the viewer: {result['viewer_bytes'] / 1e3:.0f} kB.",
        ]
    )


def main(seconds: float, throttle: int, out: Path, write: bool) -> dict[str, Any]:
    steps = list(steps_of(64, 50))
    pack = film_pack(facts(), steps, banks())
    files = {"/": PAGE.encode(), "/pack": pack, "/bare": film_pack(facts(id="bare"), steps)}
    files |= {"/viewer.js": module().encode(), "/viewer.css": STYLE.read_bytes()}
    address = serve(files)
    picked = {"pick": {"what": "word", "index": 2}, "grid": True}
    scenes: dict[str, tuple[int, dict[str, Any]]] = {
        "phone, film": (390, {}),
        "phone, film and heat": (390, picked),
        "phone, all frames and heat": (390, {**picked, "view": "frames"}),
        "phone, space-time and heat": (390, {**picked, "view": "stack"}),
        "desk, film": (1440, {}),
        "desk, film and heat": (1440, picked),
        "desk, two films by a divider": (1440, {"pack_b": "/bare"}),
        "desk, difference": (1440, {"layer": "difference"}),
    }
    code = len(files["/viewer.js"]) + len(files["/viewer.css"])
    result: dict[str, Any] = {"pack_bytes": len(pack), "viewer_bytes": code, "throttle": throttle}
    with sync_playwright() as playwright:
        browser = launch(playwright)

        def each(width: int, state: dict[str, Any], measure: Callable[[Page], dict[str, float]]) -> dict[str, float]:
            page = opened(browser, address, {"pack": "/pack", **state}, width)
            measured = measure(page)
            page.close()
            return {key: round(value, 1) for key, value in measured.items()}

        scrub = {name: each(*scene, lambda page: scrubbing(page, seconds, throttle)) for name, scene in scenes.items()}
        result["scrub"] = scrub
        result["click to map"] = each(1440, {"pack": "/bare", "asks": ["patch"]}, lambda page: clicking(page, throttle))
        browser.close()
    print(
        f"pack {len(pack) / 1e6:.2f} MB, viewer {result['viewer_bytes'] / 1e3:.0f} kB; main thread {throttle} x slower"
    )
    for name, numbers in [*result["scrub"].items(), ("click to map", result["click to map"])]:
        print(f"{name:32}", "  ".join(f"{key} {value:g}" for key, value in numbers.items()))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1))
    if write:
        page, marks = Path(__file__).with_name("README.md"), ("<!-- viewer -->\n", "\n<!-- /viewer -->")
        before, rest = page.read_text("utf-8").split(marks[0])
        page.write_text(before + marks[0] + written(result) + marks[1] + rest.split(marks[1])[1], "utf-8")
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--throttle", type=int, default=4)
    parser.add_argument("--out", type=Path, default=Path("out/viewer.json"))
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    main(**vars(parser.parse_args()))
