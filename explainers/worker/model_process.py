"""All that the model's process does: each job that it is sent, one step at a time.

    model = ModelProcess("embedded")
    model.facts                            # what a page needs to know of the model
    for event in model.work(Develop(settings)): ...

The process itself, and the queue in front of it, is worker.py; what the jobs are, jobs.py.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from explainers.kit.refused import Refused
from explainers.note import Noted
from explainers.worker.files import laid, opened, taken
from explainers.worker.films import Films
from explainers.worker.jobs import Choose, Develop, Lay, MakeCut, Measure, Open, Take
from explainers.worker.switch_model import chosen

ASSETS = Path(__file__).resolve().parents[2] / "assets"
THREADS = "DARKROOM_THREADS"

Job = Develop | MakeCut | Measure | Take | Open | Lay | Choose


class ModelProcess:
    def __init__(
        self, name: str = "embedded", offers: Mapping[str, str] | None = None, gallery: Path = ASSETS / "gallery"
    ) -> None:
        import torch

        # More threads than free cores make a step many times slower, and the page needs one too.
        torch.set_num_threads(int(os.environ.get(THREADS, 0)) or max(1, (os.cpu_count() or 2) - 1))
        self.films = Films({"": name, **(offers or {})}, gallery)
        self.working = 0  # jobs under way: they hold on to the model

    @property
    def facts(self) -> dict[str, Any]:
        return self.films.facts

    def work(self, job: Job) -> Generator[Any, None, Any]:
        self.working += 1
        try:
            return (yield from self._worked(job))
        except Noted as error:  # says it to a person
            raise Refused("not_visible", why=error.note) from None
        finally:
            self.working -= 1

    def _worked(self, job: Job) -> Generator[Any, None, Any]:
        films = self.films
        if isinstance(job, Choose):
            return (yield from chosen(films, job, others=lambda: self.working - 1))
        if not isinstance(job, Open | Lay) and job.settings.model != self.facts["chosen"]:
            raise Refused("model.other")  # another was chosen while this waited
        if isinstance(job, Develop):
            run = yield from films.recorded(job.settings, shown=True)
            return (yield from films.finished(run, job.settings.key))
        if isinstance(job, MakeCut):
            other = yield from films.cut(job, shown=True)
            return (yield from films.finished(other, job.key))
        if isinstance(job, Take):
            return (yield from taken(films, job))
        if isinstance(job, Open):
            return opened(films, job)
        if isinstance(job, Lay):
            return laid(films, job)
        return (yield from films.measured(job))
