"""Close what Gradio leaves open and this app does not use.

    uvicorn.run(Guard(app, pages=["noise", …]))

Gradio serves many more addresses than a page needs: uploads, a fetcher of foreign files, recordings of the screen, its
API and the pages that describe it, monitoring, code editing. Hiding an endpoint does not close it. So the guard lists
what may be reached, and everything else is not there. It also bounds bodies and how often one address may post, and
sends the headers that keep a page from loading anything from elsewhere.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# What the page in the browser asks for (seen with all of it in use), and nothing besides.
OPEN_TO_READ = re.compile(
    r"""/                                                        # the first page; others are named to the guard
      | /pack/[0-9a-f]{32}\.(drk|webp|wav|mp4|gif|html|darkroom) # films, pictures, files to take home, under their hash
      | /page/[0-9a-f]{12}/[\w.-]+                            # the viewer, our own scripts and style, under their hash
      | /(assets|static)/(?!.*\.\.)[\w./@+-]+                  # gradio's own scripts, style and fonts
      | /(theme\.css|favicon\.ico|robots\.txt)
      | /gradio_api/(queue/data|heartbeat/[\w-]+)
    """,
    re.VERBOSE,
)
OPEN_TO_POST = re.compile(r"/gradio_api/(queue/join|component_server|cancel|reset)/?")
OPENING = "/open"  # takes a recording: far larger, and far more seldom, than what a page says
LAYING = "/picture"  # takes the pixels of a picture: larger and more seldom too

# Nothing comes from another host. Gradio compiles what a component does from text (`js`, `js_on_load`, templates), so
# it needs `unsafe-eval`; the scripts that stand in a page are known by their hashes, and no others are run.
RULES = (
    "default-src 'self'",
    "script-src 'self' 'unsafe-eval' blob: {scripts}",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data: blob:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
)


def policy(*scripts: str) -> str:
    """What a page may load and run: of scripts within it, those of these hashes."""
    return "; ".join(RULES).replace("{scripts}", " ".join(scripts)).replace(" ;", ";")


HEADERS = {
    "content-security-policy": policy(),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


class Rate:
    """A bucket of `burst` for each visitor's address, that fills again at `rate` a second."""

    def __init__(self, rate: float, burst: float, visitors: int = 20_000) -> None:
        self.rate, self.burst, self.visitors = rate, burst, visitors
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, visitor: str) -> bool:
        now = time.monotonic()
        filled, left = self.buckets.pop(visitor, (now, self.burst))
        left = min(self.burst, left + (now - filled) * self.rate)
        allowed = left >= 1
        self.buckets[visitor] = (now, left - allowed)
        if len(self.buckets) > self.visitors:
            self.buckets.popitem(last=False)  # the one that was quiet for longest
        return allowed


class Guard:
    """An ASGI app around another. A class of visitors behind one address shares the bucket: it is wide."""

    def __init__(
        self,
        app: ASGIApp,
        pages: Iterable[str] = (),
        max_body: int = 64 * 1024,
        rate: float = 60,
        burst: float = 300,
        max_file: int = 0,
        max_picture: int = 0,
    ) -> None:
        self.app, self.max_body, self.posts = app, max_body, Rate(rate, burst)
        self.most = {OPENING: max_file, LAYING: max_picture}
        self.files = Rate(1 / 2, 40)  # a class that brings its recordings all at once
        self.pages = {f"/{page}" for page in pages}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            return None  # no websocket is in use
        code = self.refusal(scope)
        if code:
            return await Response(status_code=code, headers=HEADERS)(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # a page names the scripts that stand in it
            await send(message)

        await self.app(scope, self._bounded(receive, self.most.get(scope["path"], self.max_body)), with_headers)

    def refusal(self, scope: Scope) -> int | None:
        """The status that a request is sent away with, or None where it may pass."""
        method, path = scope["method"], scope["path"]
        if method in ("GET", "HEAD"):
            return None if path in self.pages or OPEN_TO_READ.fullmatch(path) else 404
        if method != "POST":
            return 405
        if not OPEN_TO_POST.fullmatch(path) and path not in self.most:
            return 404
        request = HTTPConnection(scope)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > self.most.get(path, self.max_body):
            return 413
        visitor = request.client.host if request.client else "?"
        bucket = self.files if path in self.most else self.posts
        return None if bucket.allows(visitor) else 429

    def _bounded(self, receive: Receive, most: int) -> Receive:
        """A body may be longer than its header says: cut it there."""
        left = most

        async def bounded() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            return message if left >= 0 else {"type": "http.disconnect"}

        return bounded
