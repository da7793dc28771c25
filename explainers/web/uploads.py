"""The two addresses that take something from outside: a recording that comes back, a picture to begin a film with.

    add_opening(app, service)       # POST /open with the file as its body; see guard.py for how large and how often
    add_laying(app, service)        # POST /picture?size=64x64 with its pixels, three bytes each; of a film &frames=17

Gradio's own uploads stay closed. The body is written to a temporary folder and read in the model's process by the
engine's reader for strangers' files; nothing of it is served again but the film that it holds.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from explainers.kit.folders import KIT
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.web.files import lay_picture, open_recording, recording_in
from explainers.web.guard import LAYING, OPENING
from explainers.web.localize import asked
from explainers.web.running.metrics import refused
from explainers.web.served.refusing import log
from explainers.web.service import Service

KIND = "application/octet-stream"  # a page from elsewhere must ask before it may send that, and is told no


def add_opening(app: FastAPI, service: Service) -> None:
    @app.post(OPENING)
    async def open_file(request: Request) -> JSONResponse:
        if request.headers.get("content-type") != KIND:
            return JSONResponse({"text": KIND}, 415)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
            path = recording_in(name)
            with path.open("wb") as file:
                async for part in request.stream():
                    file.write(part)
            answer: dict[str, Any]
            try:
                visitor = request.client.host if request.client else "?"
                answer = {"settings": asdict(await open_recording(service, visitor, name))}
            except Refused as refusal:
                refused(refusal.key)
                log(OPENING, refusal.key)
                answer = {"text": refusal.told(Words.of(KIT, asked(request)))}
        return JSONResponse(answer)


def add_laying(app: FastAPI, service: Service) -> None:
    @app.post(LAYING)
    async def lay(request: Request) -> JSONResponse:
        if request.headers.get("content-type") != KIND:
            return JSONResponse({"key": "first_frame.bad", "numbers": {}}, 415)
        visitor = request.client.host if request.client else "?"
        size, frames = (request.query_params.get(name, "") for name in ("size", "frames"))
        try:
            count = int(frames) if frames.isdecimal() and len(frames) < 6 else 0
            name = await lay_picture(service, visitor, size, count, await request.body())
        except Refused as refusal:
            refused(refusal.key)
            log(LAYING, refusal.key)
            return JSONResponse({"key": refusal.key, "numbers": refusal.numbers})
        return JSONResponse({"picture": name})
