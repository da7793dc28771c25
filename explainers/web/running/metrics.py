"""What Prometheus is told of the app, at an address of its own that no visitor reaches: `--metrics 9100`.

    serve("127.0.0.1", 9100, queue)           # http://127.0.0.1:9100/metrics, from a thread
    cache("film", hit=True)                   # where something is asked for that may be there
    refused("busy")                           # where a visitor is told why not

Figures are of the page's own process, which sees every run as its visitor does; nothing in them is anybody's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram, start_http_server

if TYPE_CHECKING:
    from explainers.worker.queue import JobQueue

SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300)

RUNS = Counter("darkroom_runs", "What the model was asked for, and how it ended", ["job", "end"])
RUN = Histogram("darkroom_run_seconds", "From its turn to its end, of what was done", ["job"], buckets=SECONDS)
WAIT = Histogram("darkroom_wait_seconds", "In line, of what had its turn", ["job"], buckets=SECONDS)
STEP = Histogram("darkroom_step_seconds", "From one step of a film to the next", buckets=SECONDS)
REFUSALS = Counter("darkroom_refusals", "Visitors who were told why not", ["why"])
CACHE = Counter("darkroom_cache", "What was asked for and there already, or not", ["what", "found"])
ANSWERS = Counter("darkroom_http_answers", "Requests of browsers", ["status"])
LINE = Gauge("darkroom_line", "Films and cuts in line, the one that is made among them")
READY = Gauge("darkroom_ready", "1 while the model is open")
MEMORY = Gauge("darkroom_memory_bytes", "Resident, of the pages' process and the model's", ["process"])


def cache(what: str, hit: bool) -> None:
    CACHE.labels(what, "hit" if hit else "miss").inc()


def refused(why: str) -> None:
    REFUSALS.labels(why).inc()


def serve(host: str, port: int, queue: JobQueue) -> int:
    """The port; OSError where it is taken."""
    LINE.set_function(lambda: queue.length)
    READY.set_function(lambda: float(queue.open))
    MEMORY.labels("pages").set_function(resident(os.getpid))
    MEMORY.labels("model").set_function(resident(lambda: queue.pid))
    server, _ = start_http_server(port, host)
    return server.server_port


def resident(pid: Callable[[], int | None]) -> Callable[[], float]:
    import psutil

    def read() -> float:
        number = pid()
        with suppress(psutil.Error):  # it has just ended
            return float(psutil.Process(number).memory_info().rss) if number else 0.0
        return 0.0

    return read
