"""What a page can't have said is refused, in one line of the log; what was said stands in none.

    with Blocks() as blocks: ...        # gr.Blocks, whose components refuse so
    Refusing(app, blocks)               # an ASGI app around Gradio's

Gradio believes what it is sent: a NaN or a component that does not exist ends as an error of the server, a value that a
slider can't have as forty lines of the log. Messages are looked at before, and passed on without what no page says.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import gradio as gr
import orjson
from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Check = Callable[[Any], bool]

SAID = "/gradio_api/"
NAME = re.compile(r"[\w-]{1,64}")


def whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def whole_or_none(value: Any) -> bool:
    return value is None or whole(value)


def name(value: Any) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None


class Blocks(gr.Blocks):
    async def preprocess_data(self, block_fn: Any, inputs: Any, state: Any, explicit_call: bool = False) -> Any:
        try:
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except Exception as error:
            log("an input", type(error).__name__)
            raise gr.Error("", print_exception=False) from None


class Refusing:
    def __init__(self, app: ASGIApp, blocks: gr.Blocks) -> None:
        self.app, self.blocks = app, blocks
        event: dict[str, Check] = {"session_hash": name, "fn_index": self.handled}
        self.messages: dict[str, dict[str, Check]] = {  # what each is to hold
            "queue/join": {**event, "data": lambda value: isinstance(value, list), "trigger_id": whole_or_none},
            "component_server": {
                **{"session_hash": name, "component_id": self.there, "fn_name": name},
                "data": lambda value: isinstance(value, dict),
            },
            "cancel": {**event, "event_id": name},
            "reset": {"event_id": name},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if path == f"{SAID}queue/data":
            return await self.streamed(scope, receive, send)
        if scope.get("method") != "POST" or not path.startswith(SAID):
            return await self.app(scope, receive, send)
        try:
            said = self.checked(path.removeprefix(SAID), await Request(scope, receive).body())
        except ValueError as why:
            log(path, str(why))
            return await Response(status_code=400)(scope, receive, send)
        except ClientDisconnect:
            return None
        await self.app(*replaced(scope, receive, said), send)

    def checked(self, what: str, body: bytes) -> bytes:
        """The message, with what a page says and nothing else."""
        try:
            said = orjson.loads(body)  # NaN and numbers without end are none, half a letter is no text
        except orjson.JSONDecodeError:
            raise ValueError("no JSON") from None
        checks = self.messages.get(what, {})
        if not isinstance(said, dict) or not checks:
            raise ValueError("no message")
        for key, check in checks.items():
            if not check(said.get(key)):
                raise ValueError(key)
        return orjson.dumps({key: said.get(key) for key in checks})

    def handled(self, number: Any) -> bool:
        return whole(number) and number in self.blocks.fns

    def there(self, number: Any) -> bool:
        return whole(number) and number in self.blocks.blocks

    async def streamed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Of a visitor whom it does not know, Gradio says so in the stream, and then fails."""
        if not name(HTTPConnection(scope).query_params.get("session_hash")):
            log(scope["path"], "session_hash")
            return await Response(status_code=400)(scope, receive, send)
        try:
            await self.app(scope, receive, send)
        except RuntimeError as error:
            if not isinstance(error.__cause__, HTTPException):
                raise
            log(scope["path"], "nobody is known by that name")


def replaced(scope: Scope, receive: Receive, body: bytes) -> tuple[Scope, Receive]:
    """The same request with another body."""
    headers = MutableHeaders(raw=list(scope["headers"]))
    headers["content-length"] = str(len(body))
    headers["content-type"] = "application/json"
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def once() -> Message:
        return left.pop() if left else await receive()

    return {**scope, "headers": headers.raw}, once


def log(what: str, why: str) -> None:
    logging.getLogger(__name__).warning("refused: %s (%s)", what, why)
