"""What the page does for "Take it home": files of the film on screen, and recordings that come back.

async for event in take(service, visitor, wish, at, beside): ...   # Place, Progress, and FileMade in the end
settings = await open_recording(service, visitor, folder)           # Refused, with words for a person
name = await lay_picture(service, visitor, size, 0, pixels)          # for `Settings.picture`
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from explainers.kit.refused import Refused
from explainers.web.events import FileMade
from explainers.web.inputs import Inputs
from explainers.web.service import Service
from explainers.worker.jobs import HOME, Lay, MakeCut, Open, Progress, Take
from explainers.worker.queue import Done, Opening, Place
from explainers.worker.settings import Settings


async def take(
    service: Service, visitor: str, wish: Mapping[str, Any], at: Inputs, cut: MakeCut | None, language: str
) -> AsyncIterator[Opening | Place | Progress | FileMade]:
    what = str(wish.get("what"))
    if what not in HOME or not at.settings.prompt:
        raise Refused("failed")
    beside, patch = wish.get("beside"), at.hand.get("patch") if wish.get("patch") else None
    other = service.starts.changed(beside) if isinstance(beside, Mapping) else None
    job = Take(at.settings, what, language, cut if beside == "cut" else None, other, patch)
    for settings in (job.settings, job.other):
        if settings and (why := service.foreign(settings)):
            raise Refused(why)
    # In the line, but not in the place of the visitor's next film.
    async for event in service.queue.run(f"{visitor}/home", job):
        if isinstance(event, Opening | Place | Progress):
            yield event
        elif isinstance(event, Done):
            data = event.value.data
            yield FileMade(service.store.put(data, what.rpartition(".")[2]), name_of(job), len(data))


def name_of(job: Take) -> str:
    """A file name that says which film it is: a-red-ball-bounces-7-reel.mp4."""
    stem, _, suffix = job.what.partition(".")
    words = re.sub(r"\W+", "-", job.settings.prompt.lower()).strip("-")[:60] or "film"
    return f"{words}-{job.settings.seed}{'' if stem in ('film', 'run') else f'-{stem}'}.{suffix}"


async def open_recording(service: Service, visitor: str, folder: str) -> Settings:
    """Look at what was laid into the folder; the film is made from it when it is asked for by these settings."""
    path = recording_in(folder)
    job = Open(str(path), hashlib.sha256(path.read_bytes()).hexdigest()[:16])
    settings: Settings = await service.queue.result(f"{visitor}/open", job)
    return settings


def recording_in(folder: str) -> Path:
    """The reader's messages name the file: visitors never see where it lies, nor what others called it."""
    return Path(folder, "This file")


async def lay_picture(service: Service, visitor: str, size: str, frames: int, pixels: bytes) -> str:
    """A picture, or so many frames of a film, as plain pixels of a size that the model knows: nothing of a stranger's
    file is decoded here.
    """
    width, _, height = size.partition("x")
    known = size in service.facts["sizes"] and 0 <= frames <= service.facts["longest"]
    if not known or len(pixels) != max(1, frames) * int(width) * int(height) * 3:
        raise Refused("first_frame.bad")
    name: str = await service.queue.result(f"{visitor}/lay", Lay(pixels, int(width), int(height), frames))
    return name
