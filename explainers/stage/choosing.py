"""Another model in the place of the one that is open, where the operator offers several (see offered.py).

    yield from chosen(bench, Choose("wan"))        # a job of the line, see jobs.py

Visitors share one model: there is memory for one at a time. Another is chosen in the line, between two films; whoever
looks at a film of the earlier one keeps it, and what is measured of it waits until that model is open again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from explainers.stage.jobs import Choose, Choosing
from explainers.stage.offered import called
from explainers.stage.worker import Refused

if TYPE_CHECKING:
    from explainers.stage.bench import EngineBench


def chosen(bench: EngineBench, job: Choose) -> Generator[Any, None, str]:
    """Open another model in the place of the one that is open. Where that fails, the earlier one is back."""
    from explainers.engine import CannotOpen, room_for

    if job.model not in bench.offers:
        raise Refused("failed")
    if job.model == bench.facts["chosen"]:
        return job.model
    yield Choosing("looks")
    try:  # while the earlier one still serves: this may take a download
        size = yield from _beside(lambda: room_for(bench.offers[job.model], bench.model))
    except CannotOpen as error:
        raise Refused("model.refused", why=_said(error, bench, job)) from None
    yield Choosing("reads", size)
    while bench.working > 1:  # maps that others asked for meanwhile
        yield
    earlier, why = bench.facts["chosen"], ""
    _close(bench)  # from here to the end nobody else has a turn
    try:
        bench.open(job.model)
        return job.model
    except Exception as error:
        why = _said(error, bench, job) if isinstance(error, CannotOpen) else type(error).__name__
    _close(bench)
    try:
        bench.open(earlier)
    except Exception:  # the line starts another process, with the model that the app began with
        raise SystemExit("neither the chosen model nor the earlier one can be opened") from None
    raise Refused("model.refused", why=why)


def _said(error: Exception, bench: EngineBench, job: Choose) -> str:
    model = bench.offers[job.model]
    return str(error).replace(model, called(model))


def _close(bench: EngineBench) -> None:
    import gc

    import torch

    bench.__dict__.pop("model", None)
    bench.recordings.clear()
    bench.shots.clear()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _beside(work: Callable[[], int]) -> Generator[None, None, int]:
    """What takes long and needs no turn, while others have theirs."""
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(work)
        while not result.done():
            time.sleep(0.02)
            yield
    return result.result()
