"""The model behind a notebook: what it makes, and what came ready with the kit.

pack = pack_of(Develop(settings), told)      # a film as the viewer reads it; `told` hears how far it is
numbers = worked(Measure(…), told)
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

from IPython.utils.capture import capture_output

from explainers.kit.lesson import finish
from explainers.notebook.ready import Ready
from explainers.worker.jobs import Develop, FilmMade, MakeCut, Progress
from explainers.worker.model_process import ModelProcess

Told = Callable[[float | None], None]
"""Hears that something is being made, and how far it is where that is known."""


def nobody(done: float | None) -> None:
    """Nobody has to be told."""


@cache
def process() -> ModelProcess:
    """One model for all pages of a notebook."""
    # Progress bars and what libraries say of their own future: a class can do nothing about either. Errors are raised.
    with warnings.catch_warnings(), capture_output():
        warnings.simplefilter("ignore", FutureWarning)
        logging.getLogger("diffusers").setLevel(logging.ERROR)
        return ModelProcess(os.environ.get("DARKROOM_MODEL", "embedded"))


@cache
def ready() -> Ready:
    return Ready(process().facts["weights"])


def made(job: Develop | MakeCut) -> FilmMade:
    return finish(process().work(job))


def pack_of(job: Develop | MakeCut, told: Told = nobody) -> bytes:
    """Made here, where it did not come with the kit."""
    key = job.settings.key if isinstance(job, Develop) else job.key
    return ready().films.get(key) or worked(job, told).pack


def worked(job: Any, told: Told) -> Any:
    for event in (work := Returning(process().work(job))):
        told(event.done if isinstance(event, Progress) else None)
    return work.result


class Returning:
    """Iterate over a generator and keep what it returns."""

    def __init__(self, steps: Any) -> None:
        self.steps: Any = steps
        self.result: Any = None

    def __iter__(self) -> Any:
        self.result = yield from self.steps
