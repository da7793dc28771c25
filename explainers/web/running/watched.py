"""The model's queue, with each run counted, timed and written down.

queue = WatchedQueue(MODEL, "embedded")       # a JobQueue like any other
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from explainers.kit.refused import Refused
from explainers.web.running.metrics import RUN, RUNS, STEP, WAIT
from explainers.worker.jobs import StepMade
from explainers.worker.logs import tell
from explainers.worker.queue import Done, JobQueue, Opening, Place


class WatchedQueue(JobQueue):
    async def run(self, visitor: str, job: Any, long: bool = True) -> AsyncGenerator[Any]:
        seen, end = Seen(), "left"  # by its visitor, or for a newer wish of theirs
        try:
            async with aclosing(super().run(visitor, job, long)) as events:
                async for event in events:
                    seen.see(event)
                    end = "done" if isinstance(event, Done) else end
                    yield event
        except Refused as refusal:
            end = refusal.key
            raise
        except Exception:
            end = "failed"
            raise
        finally:
            note(job, end, seen)


@dataclass
class Seen:
    """When a run came to what."""

    asked: float = field(default_factory=time.monotonic)
    turn: float | None = None
    step: float | None = None
    steps: int = 0

    def see(self, event: Any) -> None:
        now = time.monotonic()
        waits = isinstance(event, Opening) or (isinstance(event, Place) and event.ahead)
        if self.turn is None and not waits:
            self.turn = now
        if isinstance(event, StepMade):
            if self.step is not None:
                STEP.observe(now - self.step)
            self.step, self.steps = now, self.steps + 1


def note(job: Any, end: str, seen: Seen) -> None:
    now, kind = time.monotonic(), type(job).__name__.lower()
    turn = now if seen.turn is None else seen.turn
    RUNS.labels(kind, end).inc()
    if seen.turn is not None:
        WAIT.labels(kind).observe(turn - seen.asked)
    if end == "done":
        RUN.labels(kind).observe(now - turn)
    settings = getattr(job, "settings", None)
    how = {} if settings is None else {"prompt": settings.prompt, "size": settings.size, "frames": settings.frames}
    times = {"waited": round(turn - seen.asked, 3), "seconds": round(now - turn, 3), "steps": seen.steps}
    tell("run", job=kind, end=end, **times, **how)
