"""What goes out of the model's process as a file and what comes in as one. Both are jobs of the line, see jobs.py.

A recording comes from anybody. The engine's reader builds nothing from it that it has not looked at; here it must
besides fit the model that is open. It is kept under the hash of its file, apart from what was made here: whoever shares
an address never sees a film that somebody else has tampered with.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explainers.kit.folders import KIT
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.worker.films import Films
from explainers.worker.jobs import LARGEST, Lay, Open, Progress, Take, Taken
from explainers.worker.settings import LONGEST_PROMPT, MOST_STEPS, Settings, wishes

PICTURES = 64 * 2**20  # bytes of pictures that films may begin with

if TYPE_CHECKING:
    from explainers.engine import Recording


def taken(films: Films, job: Take) -> Generator[Any, None, Taken]:
    from explainers.engine import save_recording
    from explainers.export.export import filming, paging, reeling

    words = Words.of(KIT, job.language)
    run = yield from films.recorded(job.settings, shown=False)
    other, labels = None, ("", "")
    if job.cut:
        other = yield from films.cut(job.cut, shown=False)
        labels = (words("as_it_was"), Words.of(job.cut.idea, job.language)(job.cut.cut))
    elif job.other:
        other = yield from films.recorded(job.other, shown=False)
        labels = (f"{job.settings.prompt}, {job.settings.seed}", f"{job.other.prompt}, {job.other.seed}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, job.what)
        if job.what == "run.darkroom":
            save_recording(run, path)
            return Taken(path.read_bytes())
        if job.what == "run.html":
            work = paging(films.model, run, path, other, words)
        elif job.what == "reel.mp4":
            work = reeling(films.model, run, path, job.patch, words)
        else:
            work = filming(films.model, run, path, other, job.patch, labels, words)
        told = 0.0
        try:
            for done in work:  # each picture is a turn of its own; a sign of life each per cent
                told, news = (done, Progress(done)) if done - told >= 0.01 else (told, None)
                yield news
        finally:
            work.close()
        return Taken(path.read_bytes())


def opened(films: Films, job: Open) -> Settings:
    from explainers.engine import BadRecording, load_recording

    try:
        run = load_recording(Path(job.path), LARGEST)
    except BadRecording as bad:
        raise Refused("home.bad_recording", why=bad.note) from None
    if run.weights != films.model.weights:
        raise Refused("home.other_model", model=run.model[:80])
    if not run.complete or not run.steps:
        raise Refused("home.not_whole")
    try:
        settings = _settings(films, run)
    except (TypeError, ValueError, AttributeError, IndexError, KeyError, AssertionError):
        settings = None
    if settings is None:
        raise Refused("home.does_not_fit")
    here = films.kept(settings.key)
    if here is not None and _same(here, run):
        return settings
    settings = replace(settings, recording=job.digest)
    films.keep(settings.key, run)
    return settings


def laid(films: Films, job: Lay) -> str:
    import numpy as np

    shape = (job.frames, job.height, job.width, 3) if job.frames else (job.height, job.width, 3)
    pixels = np.frombuffer(job.pixels, np.uint8).reshape(shape)
    name = hashlib.sha256(repr(pixels.shape).encode() + job.pixels).hexdigest()[:16]
    films.pictures[name] = pixels
    films.pictures.move_to_end(name)
    while len(films.pictures) > 1 and sum(each.nbytes for each in films.pictures.values()) > PICTURES:
        films.pictures.popitem(last=False)
    return name


def _settings(films: Films, run: Recording) -> Settings | None:
    """The settings that the recording says it was made with; None where the model could not have made it."""
    asked, model, facts = run.request, films.model, films.facts
    size = f"{asked.width}x{asked.height}"
    bounds = (
        size in facts["sizes"],
        1 <= int(asked.frames or 0) <= facts["longest"],
        len(run.steps) <= MOST_STEPS,
        len(asked.prompt) <= LONGEST_PROMPT and len(run.tokens) <= 4096 and len(run.notes) <= 64,
        1 <= float(asked.fps or 8) <= 60,
    )
    if not all(bounds):
        return None
    first = run.latents[0]
    if tuple(first.shape[1:]) != tuple(model.grid(asked)):
        return None
    if bool(run.sound_latents) and not model.has_sound:
        return None
    series = (*run.latents, *run.velocities, *run.sound_latents, *run.sound_velocities)
    if not all(bool(tensor.isfinite().all()) for tensor in series):
        return None
    return Settings(model=facts["chosen"]).changed(wishes(asked, len(run.steps)))


def _same(one: Recording, other: Recording) -> bool:
    """The same bits, so that the one that is here can stand for the other, wherever the two were made."""
    pairs = ((one.latents, other.latents), (one.sound_latents, other.sound_latents))
    return all(len(a) == len(b) and all(x.equal(y) for x, y in zip(a, b, strict=True)) for a, b in pairs)
