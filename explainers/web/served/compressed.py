"""What is sent to many: compressed once, and not sent again to a browser that has it.

page = Ready(html, "text/html")                       # an ASGI app; answers GET and HEAD
Route("/page/{name}", Shelf({"page.css": path}))      # files, each made ready when it is first asked for
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path

import brotli
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}  # addresses hold the hash of what they lead to
ASK_ANEW = {"cache-control": "no-cache"}  # it may be kept, but is used only after asking whether it is still that
TEXTS = re.compile(r"text/.*|.*(javascript|json|xml|wasm)")  # pictures, fonts and films are packed already
# Of the quality's eleven steps the last two save another eighth, and take ten times as long.
PACKED = {"br": lambda body: brotli.compress(body, quality=9), "gzip": gzip.compress}


class Ready:
    """Bytes with their answer ready for every browser."""

    def __init__(self, body: bytes, kind: str, headers: Mapping[str, str] = ASK_ANEW) -> None:
        self.tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'  # weak: the same in every packing
        packed = {name: pack(body) for name, pack in PACKED.items()} if TEXTS.fullmatch(kind) else {}
        vary = ", ".join(filter(None, [headers.get("vary"), "accept-encoding"]))
        told = {**headers, "etag": self.tag, "vary": vary}
        self.plain = Response(body, media_type=kind, headers=told)
        self.packed = {
            name: Response(bytes_, media_type=kind, headers={**told, "content-encoding": name})
            for name, bytes_ in packed.items()
        }
        self.unchanged = Response(status_code=304, headers=told)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.answer(Headers(scope=scope))

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await answer(scope, receive, without_body if scope["method"] == "HEAD" else send)

    def answer(self, headers: Headers) -> Response:
        if self.tag.removeprefix("W/") in headers.get("if-none-match", ""):
            return self.unchanged
        takes = headers.get("accept-encoding", "")
        return next((self.packed[name] for name in self.packed if accepts(takes, name)), self.plain)


def accepts(header: str, encoding: str) -> bool:
    """Whether a browser takes that encoding: "gzip, br;q=0" takes gzip alone."""
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == encoding:
            return re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight) is None
    return False


class Shelf:
    """Files by their names, and no others. They are taken to stay as they are while the app runs."""

    def __init__(self, files: Mapping[str, bytes | Path], headers: Mapping[str, str] = ASK_ANEW) -> None:
        self.files, self.headers = files, headers
        self.ready: dict[str, Ready] = {}
        self.making = asyncio.Lock()  # many ask for the same at once

    @classmethod
    def folder(cls, root: Path, headers: Mapping[str, str] = ASK_ANEW) -> Shelf:
        return cls({path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path_params"]["name"]
        if name not in self.files:
            return await Response(status_code=404)(scope, receive, send)
        if name not in self.ready:
            async with self.making:
                if name not in self.ready:
                    self.ready[name] = await asyncio.to_thread(self.make, name)
        await self.ready[name](scope, receive, send)

    def make(self, name: str) -> Ready:
        file = self.files[name]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Ready(file if isinstance(file, bytes) else file.read_bytes(), kind, self.headers)
