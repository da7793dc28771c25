"""Figures for Prometheus, read as it reads them, after runs of which everything is known."""

import contextlib
import re
import socket
from urllib.request import urlopen

import psutil
import pytest

from explainers.kit.refused import Refused
from explainers.web.running import metrics
from explainers.web.running.watched import WatchedQueue
from explainers.worker.jobs import Develop
from tests import fakes
from tests.loop import all_of, run
from tests.web.conftest import opened

FILM = {"prompt": "a blue cat", "steps": 4, "seed": 3}
LINE = re.compile(r"^(darkroom_\w+)(\{.*?\})? (\S+)$", re.MULTILINE)


def figures(port):
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/plain")
        return {name + labels: float(value) for name, labels, value in LINE.findall(answer.read().decode())}


def test_runs_steps_hits_and_refusals_are_counted(tmp_path):
    async def test():
        async with opened(tmp_path, WatchedQueue) as service:
            port = metrics.serve("127.0.0.1", 0, service.queue)
            before = figures(port)
            for _ in range(3):
                await all_of(service.develop("ann", FILM))
            with pytest.raises(Refused):
                await all_of(service.develop("ann", {**FILM, "prompt": "fail"}))
            slow = Develop(service.starts.changed({**FILM, "prompt": "very slowly"}))
            async with contextlib.aclosing(service.queue.run("ben", slow)) as events:
                await anext(events)
                during = figures(port)
            return before, during, figures(port)

    before, during, after = run(test())

    def more(name):
        return after.get(name, 0) - before.get(name, 0)

    assert more('darkroom_runs_total{end="done",job="develop"}') == 1  # the same film again is there
    assert more('darkroom_runs_total{end="failed",job="develop"}') == 1
    assert more('darkroom_runs_total{end="left",job="develop"}') == 1
    assert more('darkroom_cache_total{found="hit",what="film"}') == 2
    assert more('darkroom_cache_total{found="miss",what="film"}') == 2
    assert more("darkroom_step_seconds_count") == 3  # between four steps
    assert more('darkroom_run_seconds_count{job="develop"}') == 1
    assert (during["darkroom_line"], after["darkroom_line"], after["darkroom_ready"]) == (1, 0, 1)
    for process in ("pages", "model"):
        assert 2**22 < after[f'darkroom_memory_bytes{{process="{process}"}}'] < psutil.virtual_memory().total


def test_of_a_process_that_is_gone_there_is_no_memory():
    assert metrics.resident(lambda: None)() == 0
    assert metrics.resident(lambda: 2**22 + 1)() == 0  # more than Linux counts to


def test_a_taken_port_is_an_error():
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError):
        metrics.serve("127.0.0.1", other.getsockname()[1], WatchedQueue(fakes.FAKE))
