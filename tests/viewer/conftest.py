"""A page that hosts the viewer as an app would, and a small server of packs behind it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Playwright

from explainers.viewer import bundle as viewer
from explainers.viewer.pack import film_pack, step_pack
from tests.chromium import launch
from tests.viewer.synthetic import banks, facts, steps_of

STEPS = 20

HOST = """<!doctype html><html lang="en"><meta charset="utf-8"><title>host</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/viewer.css">
<style>html { color-scheme: light dark } body { margin: 16px; background: Canvas; color: CanvasText }</style>
<main><h1>Host</h1><div id="here"></div></main>
<script type="module">
import viewer, { createModel, sameWords } from "/viewer.js";
Object.assign(window, { sent: [], saved: [], events: [], sameWords });
for (const name of ["ready", "rest", "map"])
  addEventListener(`darkroom:${name}`, (event) => events.push([name, event.detail]));
const send = (message) => sent.push(message);
window.start = (state) => {
  window.state = state;
  window.model = createModel(state, { send, save: (changed) => saved.push(changed) });
  window.stop = viewer.render({ model, el: document.querySelector("#here") });
};
window.loaded = true;
</script></html>"""


class Server:
    """Files by path, set and counted by tests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"/": HOST.encode()}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                body = outer.files.get(self.path)
                if self.path.startswith("/viewer."):
                    body = (viewer.module() if self.path == "/viewer.js" else viewer.STYLE.read_text("utf-8")).encode()
                if self.path.startswith("/source/"):
                    body = (viewer.SOURCE / self.path.removeprefix("/source/")).read_bytes()
                kind = {".js": "text/javascript", ".css": "text/css"}.get(Path(self.path).suffix)
                self.send_response(200 if body is not None else 404)
                self.send_header(
                    "Content-Type", kind or ("text/html" if self.path == "/" else "application/octet-stream")
                )
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.http.server_port}"
        Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture(scope="session")
def packs() -> dict[str, bytes]:
    """The films of these tests, made once."""
    red, blue = list(steps_of(64, STEPS)), list(steps_of(64, STEPS, colour=(0.15, 0.3, 0.9)))
    twin = facts(steps=STEPS, id="blue", title="in blue", words=("a", "blue", "ball", "bounces"))
    made = {
        "/red": film_pack(facts(steps=STEPS), red, banks(last=STEPS - 1)),
        "/bare": film_pack(facts(steps=STEPS, id="bare"), red),
        "/again": film_pack(facts(steps=STEPS, id="again", title="again"), red),
        "/blue": film_pack(twin, blue),
        "/coming": film_pack(facts(steps=STEPS, id="coming"), []),
    }
    live = facts(steps=STEPS, id="coming")
    return made | {f"/step{index}": step_pack(live, index, step) for index, step in enumerate(red)}


@pytest.fixture(scope="session")
def server(packs: dict[str, bytes]) -> Iterator[Server]:
    server = Server()
    server.files.update(packs)
    yield server
    server.http.shutdown()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright, "--autoplay-policy=user-gesture-required")
    yield browser
    browser.close()


class Viewer:
    """The viewer in a page, and short ways to look at it."""

    def __init__(self, page: Page, state: dict[str, Any]) -> None:
        self.page = page
        self.start(state)

    def start(self, state: dict[str, Any]) -> None:
        self.page.evaluate("(state) => start(state)", state)
        if state.get("pack"):
            self.event("ready")

    def event(self, name: str, count: int = 1) -> Any:
        """Waits until an event of this name has come `count` times; the detail of the last one."""
        self.page.wait_for_function("([n, c]) => events.filter((e) => e[0] === n).length >= c", arg=[name, count])
        return self.page.evaluate("(n) => events.findLast((e) => e[0] === n)[1]", name)

    def rest(self) -> Any:
        """Waits until the hand rests, and returns what the viewer told the page then."""
        self.page.wait_for_selector(".darkroom:not([data-moving])")
        self.drawn()
        return self.event("rest")

    def set(self, **state: Any) -> None:
        self.page.evaluate("(changes) => model.update((state = { ...state, ...changes }))", state)

    def receive(self, message: dict[str, Any], buffers: list[bytes] = []) -> None:  # noqa: B006
        arrays = [list(buffer) for buffer in buffers]
        self.page.evaluate(
            "([message, arrays]) => model.receive(message, arrays.map((a) => new Uint8Array(a).buffer))",
            [message, arrays],
        )

    def drawn(self) -> None:
        """Waits until what was changed has been painted: painting is asked for one frame ahead."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def sent(self) -> list[dict[str, Any]]:
        return self.page.evaluate("sent")

    def saved(self) -> dict[str, Any]:
        return self.page.evaluate("Object.assign({}, ...saved)")

    def text(self, selector: str) -> str:
        return self.page.locator(selector).inner_text()

    def cells(self) -> list[list[float]]:
        """Where the frames lie on the surface: [x, y, width, height] in CSS pixels, the film itself first."""
        self.drawn()
        return json.loads(self.page.locator("canvas.surface").get_attribute("data-cells"))

    def pixels(self, cell: int = 0) -> NDArray[np.float64]:
        """What is painted in a cell, (height, width, 3) in 0..1."""
        x, y, w, h = self.cells()[cell]
        script = """([x, y, w, h]) => {
            const canvas = document.querySelector("canvas.surface"), r = canvas.width / parseFloat(canvas.style.width);
            const image = canvas.getContext("2d").getImageData(x * r, y * r, w * r, h * r);
            let text = "";
            image.data.forEach((byte, i) => { if (i % 4 < 3) text += String.fromCharCode(byte); });
            return [image.height, image.width, btoa(text)];
        }"""
        height, width, data = self.page.evaluate(script, [x, y, w, h])
        return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 3) / 255

    def click_patch(self, row: int, col: int, rows: int = 8, cols: int = 8, cell: int = 0) -> None:
        x, y, w, h = self.cells()[cell]
        at = {"x": x + (col + 0.5) * w / cols, "y": y + (row + 0.5) * h / rows}
        self.page.locator("canvas.surface").click(position=at)


@pytest.fixture
def open_viewer(browser: Browser, server: Server) -> Iterator[Any]:
    """`open_viewer(state, **context)` starts the viewer in a page of its own; errors in any page fail the test."""
    contexts, errors = [], []

    def start(state: dict[str, Any], **options: Any) -> Viewer:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(server.address)
        page.wait_for_function("window.loaded")
        return Viewer(page, state)

    yield start
    for context in contexts:
        context.close()
    assert not errors
