"""What is asked of the app by others than its pages: whether it lives, whether it is ready, how many wait, and the code
that ends an exhibit. Around the guard, so that every answer is counted, those of the guard too.

    app = Outside(serve(lessons(), queue, service), queue, staff="4711")

    /healthz     200 while pages are served
    /readyz      200 while films are made; 503 while the model is being opened, and where it can't be
    /waiting     {"films": 3, "open": true}: in line now, before somebody presses; whether the model is there
    /staff       POST of the code: 204, or 403
"""

from __future__ import annotations

from secrets import compare_digest

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explainers.web.guard import HEADERS, Rate
from explainers.web.running.metrics import ANSWERS
from explainers.worker.queue import JobQueue

NEW = {"cache-control": "no-store", "x-content-type-options": HEADERS["x-content-type-options"]}
LONGEST_CODE = 64  # bytes


class Outside:
    def __init__(self, app: ASGIApp, queue: JobQueue, staff: str = "", framed_by: str = "") -> None:
        """`framed_by`: other sites that may show the app in a frame, as a policy names them."""
        self.app, self.queue, self.staff, self.framed_by = app, queue, staff, framed_by
        self.tries = Rate(1 / 20, 5)  # of the code: five at once, then three a minute
        own = [Route(f"/{answer.__name__}", answer) for answer in (self.healthz, self.readyz, self.waiting)]
        if staff:
            own.append(Route("/staff", self.leave, methods=["POST"]))
        self.own = {route.path: route for route in own}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                ANSWERS.labels(str(message["status"])).inc()
                if self.framed_by:
                    frame(MutableHeaders(scope=message), self.framed_by)
            await send(message)

        own = self.own.get(scope["path"])
        await (own.handle if own else self.app)(scope, receive, counted)

    async def healthz(self, _: Request) -> Response:
        return PlainTextResponse("ok", headers=NEW)

    async def readyz(self, _: Request) -> Response:
        why = "" if self.queue.open else "broken" if self.queue.broken else "opening"
        return JSONResponse({"ready": not why, "why": why}, 503 if why else 200, headers=NEW)

    async def waiting(self, _: Request) -> Response:
        return JSONResponse({"films": self.queue.length, "open": self.queue.open}, headers=NEW)

    async def leave(self, request: Request) -> Response:
        if not self.tries.allows(request.client.host if request.client else "?"):
            return Response(status_code=429, headers=NEW)
        said = b""
        async for part in request.stream():
            said += part[: LONGEST_CODE + 1]
            if len(said) > LONGEST_CODE:
                break
        return Response(status_code=204 if compare_digest(said, self.staff.encode()) else 403, headers=NEW)


def frame(headers: MutableHeaders, by: str) -> None:
    if policy := headers.get("content-security-policy"):
        headers["content-security-policy"] = policy.replace("frame-ancestors 'self'", f"frame-ancestors 'self' {by}")
