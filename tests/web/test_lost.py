"""A model's process that dies under a film: its visitor is told, and so is everybody else who asks meanwhile."""

import contextlib

import gradio as gr
import pytest

from explainers.kit.refused import Refused
from explainers.web.handlers import Answers
from explainers.web.service import Service
from explainers.worker.jobs import Lay
from explainers.worker.queue import JobQueue
from tests import fakes
from tests.loop import all_of, run
from tests.said import said
from tests.web.test_cards import Visitor


class Other(Visitor):
    session_hash = "ben"


@contextlib.asynccontextmanager
async def answers(tmp_path):
    queue = JobQueue(fakes.FAKE, 0.01)
    await queue.start()
    try:
        await queue.ready.wait()
        lessons = fakes.lessons()
        yield Answers(lessons[-1], lessons, Service(queue, fakes.gallery(tmp_path)), "en")
    finally:
        queue.stop()


def shown(told):
    """What the viewer was told, and what the page was told of the model."""
    skipped = gr.skip()
    return [[each[n] for each in told if each[n] != skipped] for n in (0, 2)]


def test_a_visitor_whose_run_dies_is_told_and_told_again_when_the_model_is_back(tmp_path):
    async def test():
        async with answers(tmp_path) as page:
            told = []
            async for each in page.develop({"prompt": "a cat", "steps": 50}, Visitor):
                told.append(each)
                if len(told) == 4:
                    page.service.queue._process.kill()
            viewer, news = shown(told)
            assert (viewer[-1]["state"], viewer[-1]["message"]) == ("error", said("lost"))
            assert [each["live"] for each in news] == [False, True]
            assert [each["broken"] for each in news] == [said("reopening"), ""]
            again = await all_of(page.develop({"prompt": "a cat", "steps": 2}, Visitor))
            assert shown(again)[0][-1]["state"] == "" and not shown(again)[1]

    run(test())


def test_whoever_asks_meanwhile_is_told_too_and_keeps_the_film_on_screen(tmp_path):
    async def test():
        async with answers(tmp_path) as page:
            page.service.queue._process.kill()
            with pytest.raises(Refused, match="lost"):
                await page.service.queue.result("ann", Lay(b"", 1, 1))
            told = await all_of(page.develop({"prompt": "a boat", "steps": 2}, Other))
            viewer, news = shown(told)
            assert told[0][0] == gr.skip() and told[0][2]["broken"] == said("reopening")
            assert news[-1]["live"] and viewer[-1]["state"] == ""

    run(test())
