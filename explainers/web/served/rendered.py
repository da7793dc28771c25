"""What a page is, an idea in a language, made once by Gradio and served as bytes from then on.

    Rendered(app, ["machine", "noise"], dressed)  # an ASGI app around Gradio's; /noise?lang=de is its page /noise.de

For each request Gradio copies and rewrites the configuration of all pages. Yet what it sends differs in one thing: the
address by which a visitor came, behind whatever proxy; and that their browser knows by itself. So Gradio is asked once,
under a name that nobody has, and wherever it wrote that name, the page looks its own address up. It is asked without
cookies or other headers, so nothing of a visitor comes into a page; tests/web/test_rendered.py compares what it sends
to two visitors, for the Gradio after this one. What else a page shall come with is put into it by
`dressed(page, idea, language)`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from httpx import ASGITransport, AsyncClient
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from explainers.kit.sentences import languages
from explainers.web.first_paint import Changed
from explainers.web.guard import policy
from explainers.web.localize import asked, page
from explainers.web.served.compressed import ASK_ANEW, Ready

NOBODY = "http://nobody.invalid"
CONFIG, ROOT = "window.gradio_config = ", "window.gradio_config.root"
HERE = 'new URL(".", location.href).href.slice(0, -1)'  # pages lie beside each other, under any path
# The first would turn "#film" into a place on another page; the second belongs to an app that is installed.
LEFT_OUT = re.compile(r'<base href="[^"]*" ?/?>|<link rel="manifest"[^>]*>')
SCRIPT = re.compile(r"<script(?P<how>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)


class Rendered:
    def __init__(self, app: ASGIApp, ideas: Sequence[str], dressed: Callable[[str, str, str], str]) -> None:
        self.app, self.dressed = app, dressed
        self.addresses = {"/": ideas[0], **{f"/{idea}": idea for idea in ideas[1:]}}
        self.ready: dict[tuple[str, str], Ready] = {}
        self.making = asyncio.Lock()  # many ask for the same at once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = scope["path"] if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else ""
        if address not in self.addresses:
            return await self.app(scope, receive, send)
        language = asked(HTTPConnection(scope))
        try:
            ready = self.ready.get((address, language)) or await self.make(address, language)
        except Changed as what:
            alarm(str(what))
            return await self.app(scope, receive, send)  # as Gradio would serve it
        await ready(scope, receive, send)

    async def make_all(self) -> None:
        """Beforehand, while the model is being opened: a class that comes at once would ask for all of them."""
        try:
            for language in languages():
                for address in self.addresses:
                    await self.make(address, language)
        except Changed as what:
            alarm(str(what))

    async def make(self, address: str, language: str) -> Ready:
        async with self.making:
            if (address, language) not in self.ready:
                served = await self.fresh(address, language)
                self.ready[address, language] = await asyncio.to_thread(self.made, served, address, language)
            return self.ready[address, language]

    async def fresh(self, address: str, language: str) -> str:
        """The page as Gradio serves it."""
        path = address if language == "en" else f"/{page(self.addresses[address], language)}"
        async with AsyncClient(transport=ASGITransport(self.app), base_url=NOBODY) as browser:
            return (await browser.get(path)).raise_for_status().text

    def made(self, served: str, address: str, language: str) -> Ready:
        """The same for everybody, and for this page alone."""
        idea = self.addresses[address]
        name = address[1:] if language == "en" else page(idea, language)
        text = LEFT_OUT.sub("", own(served, name, address[1:])).replace(f'"{NOBODY}"', ROOT)
        if NOBODY in text:
            raise Changed(f"the address of a visitor in {re.findall(rf'.{{40}}{NOBODY}.{{9}}', text)}")
        text = self.dressed(text.replace('lang="en"', f'lang="{language}"', 1), idea, language)
        told = {**ASK_ANEW, "content-language": language, "vary": "accept-language"}
        return Ready(text.encode(), "text/html", {**told, "content-security-policy": policy(*hashes(text))})


def own(served: str, name: str, address: str) -> str:
    """Gradio's page with no configuration but its own, under the address by which Gradio's scripts look it up."""
    before, mark, after = served.partition(CONFIG)
    try:
        config, end = json.JSONDecoder().raw_decode(after)
        told = {key: value for key, value in config.items() if key != "root"} | {
            "page": {address: config["page"][name]},
            "pages": [[address, *rest] for each, *rest in config["pages"] if each == name],
            "current_page": address,
        }
    except (KeyError, TypeError, ValueError) as lost:
        raise Changed(f"{CONFIG}{lost!r}") from None
    return f"{before}{mark}{script(told)}; {ROOT} = {HERE}{after[end:]}"


def script(value: Any) -> str:
    """JSON that may stand inside a script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def hashes(text: str) -> list[str]:
    """The scripts that stand in a page, as its policy names them: no others are run."""
    within = [
        found["text"]
        for found in SCRIPT.finditer(text)
        if " src=" not in found["how"] and "application/json" not in found["how"]
    ]
    digests = [hashlib.sha256(each.encode()).digest() for each in within]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


@cache
def alarm(what: str) -> None:
    """Said once: such a page works, only slowly, in English, and without its first film, which nobody would report."""
    logging.getLogger(__name__).warning(
        "Gradio's page is not what rendered.py and first_paint.py know it to be: each visitor is served anew, seconds "
        "later and in English. Compare what stands there with the page that this Gradio serves: %s",
        what,
    )
