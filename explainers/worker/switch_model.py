"""Another model in the place of the one that is open, where the operator offers several (see offered.py).

    yield from chosen(films, Choose("wan"), others)      # others() -> how many other jobs still use the earlier one

Visitors share one model: there is memory for one at a time. Another is chosen in the line, between two films; whoever
looks at a film of the earlier one keeps it, and what is measured of it waits until that model is open again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from explainers.kit.refused import Refused
from explainers.note import Note
from explainers.worker.films import Films
from explainers.worker.jobs import Choose, Choosing
from explainers.worker.model_names import called


def chosen(films: Films, job: Choose, others: Callable[[], int]) -> Generator[Any, None, str]:
    """Open another model in the place of the one that is open. Where that fails, the earlier one is back."""
    from explainers.engine import CannotOpen, memory_for

    if job.model not in films.offers:
        raise Refused("failed")
    if job.model == films.facts["chosen"]:
        return job.model
    name = films.offers[job.model]
    yield Choosing("looks")
    try:  # while the earlier one still serves: this may take a download
        size = yield from _beside(lambda: memory_for(name, films.model))
    except CannotOpen as error:
        raise Refused("model.refused", why=error.note.renamed(name, called(name))) from None
    yield Choosing("reads", size)
    while others():  # maps that visitors asked for meanwhile
        yield
    earlier = films.facts["chosen"]
    why: Note | str
    films.close()  # from here to the end nobody else has a turn
    try:
        films.open(job.model)
        return job.model
    except Exception as error:
        why = error.note.renamed(name, called(name)) if isinstance(error, CannotOpen) else type(error).__name__
    films.close()
    try:
        films.open(earlier)
    except Exception:  # the line starts another process, with the model that the app began with
        raise SystemExit("neither the chosen model nor the earlier one can be opened") from None
    raise Refused("model.refused", why=why)


def _beside(work: Callable[[], int]) -> Generator[None, None, int]:
    """What takes long and needs no turn, while others have theirs."""
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(work)
        while not result.done():
            time.sleep(0.02)
            yield
    return result.result()
