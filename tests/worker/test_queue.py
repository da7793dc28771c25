"""The queue, with a worker that needs no model. Each test opens a real process; no test sleeps for luck."""

import asyncio
import contextlib
import os
import time

import pytest

from explainers.kit.refused import Refused
from explainers.worker.queue import Done, JobQueue, Opening, Place
from tests.loop import run


class Counting:
    """A worker whose jobs say what they do. "count to n" yields 1 … n; the file `log` tells who was closed when."""

    def __init__(self, log):
        self.log, self.facts = log, {"process": os.getpid()}

    def work(self, job):
        what, number = job
        if what == "count":
            last = 0
            try:
                for last in range(1, number + 1):
                    yield last
                    time.sleep(0.02)
            finally:
                with open(self.log, "a") as file:
                    file.write(f"{number} left at {last}\n")
            return f"counted to {number}"
        if what == "refuse":
            raise Refused("too_long", most=number)
        if what == "die":
            os._exit(1)
        return 1 / number


def unopenable():
    raise FileNotFoundError("no such model")


@contextlib.asynccontextmanager
async def opened(made_by, *arguments, **options):
    queue = JobQueue(f"{__name__}:{made_by.__name__}", *arguments, **options)
    await queue.start()
    try:
        yield queue
    finally:
        queue.stop()


def left_at(folder):
    """Where the first job was when it was closed."""
    return int((folder / "log").read_text("utf-8").split("left at ")[1].split("\n")[0])


async def until(condition):
    while not condition():
        await asyncio.sleep(0.005)


def test_steps_come_one_by_one_and_then_the_result(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            events = [event async for event in queue.run("ann", ("count", 3))]
            assert events[0] == Opening(again=False)
            told = [event for event in events if not isinstance(event, Opening)]
            assert told == [Place(0), 1, 2, 3, Done("counted to 3")]
            assert queue.facts["process"] != os.getpid()

    run(test())


def test_everybody_knows_their_place_and_moves_up(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            places = {"ann": [], "ben": [], "cem": []}

            async def visit(name):
                async for event in queue.run(name, ("count", 5)):
                    if isinstance(event, Place) and event.ahead not in places[name]:
                        places[name].append(event.ahead)

            await queue.ready.wait()
            await asyncio.gather(*(visit(name) for name in places))
            assert places == {"ann": [0], "ben": [1, 0], "cem": [2, 1, 0]}

    run(test())


def test_whoever_leaves_frees_the_line_within_a_step(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            events = queue.run("ann", ("count", 1000))
            async for event in events:
                if event == 2:
                    break
            await events.aclose()
            assert [e async for e in queue.run("ben", ("count", 1))][-1] == Done("counted to 1")
        assert left_at(tmp_path) <= 4  # two were seen; one may have been on its way, and one in the making

    run(test())


def test_a_run_that_is_cancelled_ends_after_what_it_said(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            await queue.ready.wait()
            events, seen = queue.run("ann", ("count", 1000)), []
            while (event := await anext(events, None)) is not None:
                seen.append(event)
                if event == 2:
                    queue.cancel("ann")
            assert seen[:3] == [Place(0), 1, 2] and len(seen) <= 5
            assert [e async for e in queue.run("ben", ("count", 1))][-1] == Done("counted to 1")
        assert left_at(tmp_path) <= 4

    run(test())


def test_one_run_a_visitor_the_newest(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            first = []

            async def old():
                async for event in queue.run("ann", ("count", 1000)):
                    first.append(event)

            task = asyncio.create_task(old())
            await until(lambda: 1 in first)
            second = [event async for event in queue.run("ann", ("count", 2))]
            await task
            assert second[-1] == Done("counted to 2")
            assert not any(isinstance(event, Done) for event in first)

    run(test())


def test_a_short_job_is_served_between_two_steps_of_a_film(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            seen = []
            async for event in queue.run("ann", ("count", 50)):
                seen.append(event)
                if event == 2:
                    assert await queue.result("ben", ("divide", 4)) == 0.25
                    break
            assert 50 not in seen

    run(test())


def test_the_line_is_bounded(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log", waiting=1) as queue:
            await queue.ready.wait()
            visits = [queue.run(name, ("count", 1000)) for name in ("ann", "ben")]
            for visit in visits:
                assert isinstance(await anext(visit), Place)
            with pytest.raises(Refused, match="line_is_full"):
                await anext(queue.run("cem", ("count", 1)))
            for visit in visits:
                await visit.aclose()

    run(test())


def test_a_failure_is_told_in_words_for_visitors_and_the_bench_lives_on(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            with pytest.raises(Refused) as refusal:
                await queue.result("ann", ("refuse", 9))
            assert (refusal.value.key, refusal.value.numbers) == ("too_long", {"most": 9})
            with pytest.raises(Refused, match="failed"):
                await queue.result("ann", ("divide", 0))
            assert await queue.result("ann", ("divide", 2)) == 0.5

    run(test())


def test_a_dead_process_is_replaced(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            with pytest.raises(Refused, match="lost"):
                await queue.result("ann", ("die", 0), long=True)
            assert await queue.result("ann", ("divide", 2)) == 0.5

    run(test())


def test_whoever_waits_behind_a_run_that_dies_has_their_turn(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            await queue.ready.wait()
            first, said = asyncio.create_task(queue.result("ann", ("count", 1000), long=True)), []
            await until(lambda: queue._queue)
            async for event in queue.run("ben", ("count", 2)):
                if event == Place(1) and event not in said:
                    queue._process.kill()
                said.append(event)
            with pytest.raises(Refused, match="lost"):
                await first
            told = [event for event in said if not isinstance(event, Place | Opening)]
            assert told == [1, 2, Done("counted to 2")] and Opening(again=True) in said

    run(test())


def test_while_the_model_is_opened_again_everybody_is_told_so(tmp_path):
    async def test():
        async with opened(Counting, tmp_path / "log") as queue:
            with pytest.raises(Refused, match="lost"):
                await queue.result("ann", ("die", 0), long=True)
            said = [event async for event in queue.run("ben", ("count", 1))]
            assert said[0] == Opening(again=True) and said[-1] == Done("counted to 1")

    run(test())


def test_a_model_that_cannot_be_opened_is_said_and_not_tried_for_ever():
    async def test():
        async with opened(unopenable) as queue:
            with pytest.raises(Refused) as refusal:
                await queue.result("ann", ("count", 1))
            assert "no such model" in refusal.value.numbers["why"]

    run(test())
