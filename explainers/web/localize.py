"""Open every page in its visitor's language: the one that the address asks for, else what the browser likes best.

    Localized(app, ["machine", "noise"], dressed)  # an ASGI app around another; /noise?lang=de gives its page /noise.de

The address stays as it was, so a link without `lang` opens in the language of whoever opens it. Nothing is remembered
for anybody: a language that was chosen by hand stands in the address and travels with it. What else a page shall come
with is put into it on the way, by `dressed(body, idea, language)`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explainers.kit.sentences import choose, languages


def page(idea: str, language: str) -> str:
    """The name of an idea's page in a language other than English; no visitor sees it."""
    return f"{idea}.{language}"


class Localized:
    def __init__(self, app: ASGIApp, ideas: Sequence[str], dressed: Callable[[bytes, str, str], bytes]) -> None:
        self.app, self.dressed = app, dressed
        self.pages = {"/": ideas[0], **{f"/{idea}": idea for idea in ideas[1:]}}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        idea = self.pages.get(scope.get("path", "")) if scope["type"] == "http" else None
        if idea is None:
            return await self.app(scope, receive, send)
        language, address = asked(HTTPConnection(scope)), scope["path"][1:]
        name = page(idea, language)

        def change(body: bytes) -> bytes:
            return self.dressed(body if language == "en" else moved(body, name, address), idea, language)

        if language != "en":
            scope = {**scope, "path": f"/{name}", "raw_path": f"/{name}".encode()}
        await self.app(scope, receive, _Labelled(send, language, change))


def asked(request: HTTPConnection) -> str:
    """The language that a request is to be answered in."""
    wish = request.query_params.get("lang", "")
    return wish if wish in languages() else choose(request.headers.get("accept-language", ""))


CONFIG = b"window.gradio_config = "


def moved(body: bytes, name: str, address: str) -> bytes:
    """Gradio in the browser looks its page up by the address, so the page has to be told under that name."""
    before, mark, after = body.partition(CONFIG)
    if not mark:
        return body
    text = after.decode()
    config, end = json.JSONDecoder().raw_decode(text)
    config["page"][address] = config["page"].pop(name)
    config["current_page"] = address
    told = json.dumps(config).replace("<", "\\u003c").replace(">", "\\u003e")  # it stands inside a script
    return before + mark + told.encode() + text[end:].encode()


class _Labelled:
    """Sends a page on with its language written where browsers and readers of screens look: `<html lang="de">`."""

    def __init__(self, send: Send, language: str, change: Callable[[bytes], bytes]) -> None:
        self.send, self.language, self.change = send, language, change
        self.start: Message = {}
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
            return
        if message["type"] != "http.response.body":
            return await self.send(message)
        self.body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = self.change(self.body).replace(b'lang="en"', f'lang="{self.language}"'.encode(), 1)
        headers = MutableHeaders(scope=self.start)
        if self.body:  # there is none where a page is only asked about (HEAD)
            headers["content-length"] = str(len(body))
        headers["content-language"] = self.language
        headers.add_vary_header("accept-language")
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": body})
