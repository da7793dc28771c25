"""What comes back when a visitor turns to a card, with films that need no model and no browser."""

import asyncio
import contextlib
from dataclasses import asdict

import pytest

from explainers.kit.folders import KIT
from explainers.kit.sentences import Words
from explainers.web.cards import Cards
from explainers.web.handlers import Answers
from explainers.web.service import Service
from explainers.worker.queue import JobQueue
from tests import fakes
from tests.loop import all_of, run

LESSONS = fakes.lessons()
PROBE = LESSONS[-1]
SHARED = Words.of(KIT)


class Visitor:
    """Who asks: Gradio names the session."""

    session_hash = "ann"


@contextlib.asynccontextmanager
async def asking(tmp_path, kept=True):
    """Ask as the page does: `ask(card, **wish)`, the answers in order. `ask.opened` tells what was run for it."""
    queue = JobQueue(fakes.FAKE, 0.0, tmp_path / "asked")
    await queue.start()
    try:
        await queue.ready.wait()
        story = fakes.kept(tmp_path / "story") if kept else tmp_path / "nothing"
        service = Service(queue, fakes.gallery(tmp_path), story=story)
        cards = Cards(Answers(PROBE, LESSONS, service, "en"))

        async def ask(card, shown=None, hand=None, now=None, **wish):
            told = {"turn": 7, "card": card, "measured": True, **wish}
            shown = shown or {"settings": asdict(service.gallery[0])}
            starts = list(PROBE.starts().values()) if now is None else now
            return await all_of(cards.turning(Visitor, told, shown, hand or {}, *starts))

        ask.service = service
        ask.measured = lambda: (tmp_path / "asked").read_text().split("\n") if (tmp_path / "asked").exists() else []
        yield ask
    finally:
        queue.stop()


def told(answers):
    """All that was said, the last of each."""
    whole = {}
    for answer in answers:
        whole |= answer
    return whole


def asked(test, tmp_path, **more):
    async def all_of_it():
        async with asking(tmp_path, **more) as ask:
            await test(ask)

    run(all_of_it())


def test_a_card_brings_its_own_film_whatever_stood_before(tmp_path):
    async def test(ask):
        other = {**asdict(fakes.OPENING), "prompt": "a red cat", "guidance": 9.0}
        left = {"settings": other, "cut": {"name": "without"}}
        answers = await ask("cat", left, {"step": 11, "patch": [0, 0, 0]}, [0.9, "latents", True, "2", "x"])
        whole = told(answers)
        assert all((answer["turn"], answer["card"]) == (7, "cat") for answer in answers)
        settings = whole["shown"]["settings"]
        assert (settings["prompt"], settings["seed"], settings["steps"]) == ("a blue cat floats up slowly", 5, 3)
        assert settings["guidance"] == 4.0 and whole["shown"]["cut"] is None
        assert whole["film"]["state"] == "" and whole["film"]["pack_b"] == ""
        assert whole["said"] == "<p>Card of the cat, level 0.5 at step 1.</p>" and whole["over"] is True
        assert '<table class="rows">' in whole["figure"]

    asked(test, tmp_path)


def test_as_it_stands_now_it_is_measured_of_what_the_visitor_moved(tmp_path):
    async def test(ask):
        now = [0.1, "latents", False, "all", "a red ball"]
        assert told(await ask("line", None, {"step": 4}, now, own=True))["said"] == "<p>Card level 0.1 at step 4.</p>"
        whole = told(await ask("line", None, {"step": 4}, now, own=True, controls={"level": 0.3}))  # Gradio is behind
        assert whole["said"] == "<p>Card level 0.3 at step 4.</p>" and "film" not in whole
        whole = told(await ask("line", None, {"step": 4}, now))
        assert whole["said"] == "<p>Card level 0.9 at step 0.</p>"
        assert list(whole["tracks"]) == ["a"]  # over the first film alone
        assert whole["tracks"]["a"]["found"] == [*([round(0.1 * x, 4), 0.5] for x in range(5)), None]
        assert whole["tracks"]["a"]["lines"] == [[[round(0.1 * x, 4), 0.9] for x in range(5)]]

    asked(test, tmp_path)


def test_a_guess_is_answered_once_it_was_made(tmp_path):
    async def test(ask):
        before = told(await ask("guess", measured=False))
        assert "right" not in before and "said" not in before and before["over"] is True
        after = told(await ask("guess"))
        assert after["right"] == "up" and "It goes up, as 0.5 says." in after["said"]
        other = told(await ask("guess", own=True, controls={"level": 0.2}))
        assert other["right"] == "down" and "It goes down, as 0.2 says." in other["said"]
        unclear = told(await ask("guess", own=True, controls={"level": 0}))
        assert unclear["right"] == "" and "nobody knows" in unclear["said"]

    asked(test, tmp_path)


def test_what_was_measured_before_is_given_and_measured_again_when_asked(tmp_path):
    async def test(ask):
        kept = told(await ask("shares"))
        assert kept["kept"] is True and ask.measured() == []
        fresh = told(await ask("shares", fresh=True))
        assert fresh["kept"] is False and fresh["said"] == kept["said"] and fresh["figure"] == kept["figure"]
        assert ask.measured()[:-1] == ["rows a red ball bounces in the snow"]
        assert told(await ask("shares", own=True, controls={"space": "latents"}))["kept"] is False

    asked(test, tmp_path)


@pytest.mark.parametrize("kept", [True, False])
def test_a_cut_ends_with_both_films_finished(tmp_path, kept):
    async def test(ask):
        answers = await ask("without")
        whole = told(answers)
        film = whole["film"]
        assert film["state"] == "" and not film["steps"] and not film["steps_b"] and film["compare"] == "side"
        assert film["pack_b"] not in ("", film["pack"]) and whole["kept"] is kept
        assert whole["shown"]["cut"] == {"name": "without", "controls": {"level": 0.2}, "hand": {"level": 0.2}}
        assert "25%" in whole["said"]
        made = [answer for answer in answers if answer.get("film", {}).get("steps_b")]
        assert bool(made) is not kept  # it is made step by step, or was made before
        if kept:
            again = told(await ask("without", fresh=True))
            assert again["kept"] is False and again["film"]["pack_b"] not in ("", film["pack_b"])  # all its steps

    asked(test, tmp_path, kept=kept)


def test_a_film_beside_says_what_tells_it_apart(tmp_path):
    async def test(ask):
        film = told(await ask("race"))["film"]
        assert film["titles"] == ["Steps 12", "Steps 1"] and film["state"] == ""
        assert film["pack_b"] not in ("", film["pack"])

    asked(test, tmp_path)


def test_what_fails_is_said_on_the_card_and_the_next_one_is_told(tmp_path):
    async def test(ask):
        whole = told(await ask("counted", shown={"settings": {"prompt": "fail"}}, own=True))
        assert "said" in whole  # nothing was to be made for it
        failed = told(await ask("without", shown={"settings": {**asdict(fakes.OPENING), "prompt": "fail"}}, own=True))
        assert SHARED("failed") in failed["progress"] and failed["over"] is True and "said" not in failed
        assert told(await ask("both"))["clips"]["clips"][0]["caption"] == "dark"
        assert await ask("nowhere") == []

    asked(test, tmp_path)


def test_what_a_visitor_wrote_is_text(tmp_path):
    async def test(ask):
        said = told(await ask("counted", own=True, controls={"said": "<img src=x onerror=alert(1)>"}))["said"]
        assert "<img" not in said and "&lt;img" in said

    asked(test, tmp_path)


def test_a_card_that_is_left_frees_the_line(tmp_path):
    async def test(ask):
        leaving = asyncio.ensure_future(ask("cat", own=False))
        await asyncio.sleep(0.5)
        leaving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leaving
        await asyncio.wait_for(ask("without", fresh=True), 20)

    asked(test, tmp_path)
