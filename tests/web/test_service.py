"""What the page does for a visitor, with films that need no model and no browser."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from explainers.kit.clicks import asks, layer_for
from explainers.kit.folders import KIT
from explainers.kit.lesson import Clip, Layer
from explainers.kit.refused import Refused
from explainers.kit.sentences import Words
from explainers.provenance import MODEL
from explainers.viewer.pack import read_pack
from explainers.web.events import FilmShown
from explainers.web.inputs import code
from explainers.web.service import Service, Store
from explainers.worker.jobs import Progress
from explainers.worker.queue import Done, JobQueue
from explainers.worker.settings import Settings
from tests import fakes
from tests.declared import declared
from tests.loop import all_of, run
from tests.web.conftest import opened

PROBE = fakes.lessons()[-1]


def message(service, **more):
    return {
        "kind": "ask",
        "id": 3,
        "film": "a",
        "step": 2,
        "settings": vars(service.gallery[0]),
        "controls": {},
        **more,
    }


def test_a_film_comes_in_steps_and_stays_for_whoever_asks_for_the_same(tmp_path):
    async def test():
        async with opened(tmp_path) as service:
            shown = await all_of(service.develop("ann", {"prompt": "a blue cat", "steps": 3, "seed": 5}))
            assert [len(event.state.steps) for event in shown if event.state.state == "live"][-1] == 3
            assert shown[-1].settings == Settings("a blue cat", 5, 3, 4.0, "Euler")
            header, _ = read_pack(service.store.get(shown[-1].state.pack.rpartition("/")[2]))
            assert len(header["steps"]) == 3
            again = await all_of(service.develop("ben", {"prompt": "a blue cat", "steps": 3, "seed": 5}))
            assert len(again) == 1 and again[0].state.pack == shown[-1].state.pack

    run(test())


def test_too_long_a_film_is_refused_in_words(tmp_path):
    async def test():
        async with opened(tmp_path) as service:
            with pytest.raises(Refused) as refusal:
                await all_of(service.develop("ann", {"prompt": "a ball", "frames": 200}))
            assert Words.of(KIT)(refusal.value.key, **refusal.value.numbers).count("33")

    run(test())


def test_a_lens_gets_the_standing_and_its_numbers_are_kept(tmp_path):
    async def test():
        async with opened(tmp_path) as service:
            at = service.inputs(PROBE, vars(service.gallery[0]), {"step": 4}, {"level": 0.7, "head": "2"})
            numbers = (await all_of(service.look("ann", PROBE, "curve", at)))[-1].value
            assert (numbers["level"], numbers["step"], numbers["head"]) == (0.7, 4, 2)
            assert list(numbers["y"]) == [x * 0.7 + 4 for x in range(5)]
            service.queue.stop()  # from here on nothing can be computed
            assert (await all_of(service.look("ben", PROBE, "curve", at)))[0].value["y"][0] == 4

    run(test())


def test_a_picture_of_a_pick_waits_for_one(tmp_path):
    async def test():
        async with opened(tmp_path) as service:
            with pytest.raises(Refused, match=r"pick\.patch"):
                await all_of(service.look("ann", PROBE, "near", service.inputs(PROBE, {}, {}, {})))

    run(test())


@pytest.mark.parametrize(
    ("hand", "name", "value"),
    [
        ({"step": 10**9}, "step", 11),
        ({"step": -1}, "step", 11),
        ({"step": "7"}, "step", 0),
        ({"step": True}, "step", 0),
        ({"patch": [0, "x", 1]}, "patch", None),
        ({"patch": [0, -1, 1]}, "patch", None),
        ({"patch": [1, 2, 3]}, "patch", (1, 2, 3)),
        ({"film": "../etc"}, "film", "x0"),
        ({"word": -4}, "word", None),
    ],
)
def test_what_a_browser_says_is_pulled_within_bounds(tmp_path, hand, name, value):
    service = Service(JobQueue(fakes.FAKE), fakes.gallery(tmp_path))
    assert service.inputs(PROBE, vars(service.gallery[0]), hand, {}).hand[name] == value


@pytest.mark.parametrize("controls", [{"head": "99"}, {"head": 99}, {"level": "nan"}, {"space": [1]}, {"sorted": {}}])
def test_controls_are_of_their_kind_whatever_is_sent(tmp_path, controls):
    service = Service(JobQueue(fakes.FAKE), fakes.gallery(tmp_path))
    stood = service.inputs(PROBE, "nonsense", {}, controls).controls
    assert stood["head"] in (None, 3) and stood["level"] == 0.5
    assert stood["space"] == "pixels" and stood["sorted"] is False


def test_a_click_is_answered_with_a_map(tmp_path):
    async def test():
        async with opened(tmp_path) as service:
            words = Words.of("probe")
            answer = await service.ask("ann", PROBE, message(service, what="patch", frame=1, row=2, col=3), words)
            (tile,) = answer["tiles"]
            assert (answer["id"], tile["shape"], tile["hi"]) == (3, [5, 4, 4], 1.0)
            assert answer["text"] == "Here is 1,2,3, head all."
            assert answer["normalised"] == "one cube"
            named = await service.ask("ann", PROBE, message(service, what="map", name="change"), words)
            assert named["text"] == "At step 2."

    run(test())


def test_two_visitors_long_questions_do_not_end_each_other(tmp_path):
    """A click that takes a second to answer stands in line under its visitor's name."""
    lesson = replace(PROBE, pictures=[Layer("change", lens="slow")])

    async def test():
        async with opened(tmp_path) as service:
            asked = [
                service.ask(who, lesson, message(service, what="map", name="change", controls={"level": level}), words)
                for who, level in (("ann", 0.25), ("ben", 0.75))
            ]
            for answer, level in zip(await asyncio.gather(*asked), (0.25, 0.75), strict=True):
                assert answer["kind"] == "map" and answer["tiles"][0]["hi"] == level

    words = Words.of("probe")
    run(test())


@pytest.mark.parametrize(
    "wrong", [{"what": "nothing"}, {"what": "map", "name": "nowhere"}, {"what": "patch", "row": "x"}]
)
def test_a_question_that_makes_no_sense_is_answered_in_words(tmp_path, wrong):
    async def test():
        async with opened(tmp_path) as service:
            answer = await service.ask("ann", PROBE, message(service, **wrong), Words.of("probe"))
            assert answer["kind"] == "error" and answer["text"]

    run(test())


def test_a_cut_puts_another_film_beside_and_measures(tmp_path):
    async def test():
        async with opened(tmp_path) as service:
            at = service.inputs(PROBE, vars(service.gallery[0]), {}, {"level": 0.2})
            *waiting, made = await all_of(service.cut("ann", PROBE, PROBE.cut("without"), at))
            assert all(isinstance(event, FilmShown) for event in waiting)
            assert made.state.pack == service.films[at.settings.key]
            assert made.state.pack_b not in ("", made.state.pack)
            assert made.numbers["change"] == 0.25
            assert made.cut.controls == {"level": 0.2}

    run(test())


def test_another_model_begins_with_the_prompt_that_it_names(tmp_path):
    service = Service(JobQueue(fakes.FAKE), fakes.gallery(tmp_path))
    first, own = service.gallery[0], {"steps": 3, "prompt": "a red circle moves left"}
    assert service.opening == first
    for defaults, prompt in ((own, own["prompt"]), ({"steps": 3}, first.prompt)):
        service.queue.facts = {**service.gallery_facts, "weights": "another's", "defaults": defaults}
        assert (service.opening.prompt, service.opening.steps, service.opening.seed) == (prompt, 3, first.seed)


def test_layers_say_what_can_be_clicked():
    assert asks(PROBE) == ["patch", "word", "map"]
    assert layer_for(PROBE, "word", "").name == "word_map"


def test_the_code_at_the_third_depth_is_code(tmp_path):
    service = Service(JobQueue(fakes.FAKE), fakes.gallery(tmp_path))
    text = code(PROBE, "slow", service.inputs(PROBE, {"prompt": 'a "ball"'}, {}, {}))
    compile(text, "lens", "exec")
    assert "numbers = finish(lens.slow(run, model, level=0.5))" in text


def test_films_side_by_side_are_sheets_of_their_frames(tmp_path):
    service = Service(JobQueue(fakes.FAKE), fakes.gallery(tmp_path))
    film = np.linspace(0, 1, 5)[:, None, None, None] * np.ones((5, 8, 6, 3))
    placed = service.clips({"one": film, "two": Clip(film, sound=np.zeros(800), rate=8000)}, fps=8)
    one, two = placed["clips"]
    assert (one["frames"], one["width"], one["height"], one["cols"]) == (5, 6, 8, 3)
    assert one["sheet"] == two["sheet"] and one["sound"] is None and two["sound"].endswith(".wav")


def test_a_film_that_no_model_made_does_not_say_that_one_did(tmp_path):
    service = Service(JobQueue(fakes.FAKE), fakes.gallery(tmp_path))
    film = np.zeros((5, 8, 6, 3))
    clips = service.clips({"made": film, "rendered": Clip(film, rendered=True)}, fps=8)["clips"]
    for clip, source in zip(clips, (MODEL, None), strict=True):
        path = tmp_path / "sheet.webp"
        path.write_bytes(service.store.get(clip["sheet"].rpartition("/")[2]))
        assert declared(path) == source


def test_the_store_forgets_what_was_not_asked_for():
    store = Store(budget=250)
    first, second = store.put(b"a" * 100), store.put(b"b" * 100)
    store.get(first.rpartition("/")[2])
    store.put(b"c" * 100)
    assert store.get(first.rpartition("/")[2]) and store.get(second.rpartition("/")[2]) is None


def test_done_is_the_last_event(tmp_path):
    async def test():
        async with opened(tmp_path) as service:
            at = service.inputs(PROBE, vars(service.gallery[0]), {}, {})
            events = await all_of(service.look("ann", PROBE, "slow", at))
            assert isinstance(events[-1], Done) and Progress(0.5) in events

    run(test())
