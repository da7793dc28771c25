"""What was measured beforehand: it comes back as it was, and only to the same question, asked of the same weights."""

import asyncio
import functools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from explainers.kit.lesson import lessons
from explainers.kit.sentences import Words
from explainers.viewer.pack import read_pack
from explainers.web.service import Service
from explainers.worker.keep import keep
from explainers.worker.kept import FOLDER, Kept, questions, read, said, written
from explainers.worker.queue import JobQueue
from tests import fakes
from tests.loop import all_of, run

SECOND, PROBE = fakes.lessons()


def back(value):
    return read(json.loads(json.dumps(written(value))))


# --- numbers, there and back


@given(arrays.arrays(st.sampled_from([np.float32, np.int64, np.uint8, np.bool_]), arrays.array_shapes(max_dims=3)))
def test_an_array_comes_back_as_it_was(array):
    there = back({"x": array})["x"]
    assert there.dtype == array.dtype and np.array_equal(there, array, equal_nan=array.dtype.kind == "f")


plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10))
def test_plain_values_come_back_as_they_were(value):
    if not (isinstance(value, dict) and set(value) in ({"array"}, {"film", "shape", "bytes"})):
        assert back({"x": value}) == {"x": value}


def test_single_numbers_of_numpy_come_back_as_pythons():
    there = back({"share": np.float64(0.25), "count": np.int64(3), "sure": np.bool_(True)})
    assert there == {"share": 0.25, "count": 3, "sure": True} and type(there["sure"]) is bool


def test_double_precision_comes_back_single():
    there = back({"x": np.array([1 / 3])})["x"]
    assert there.dtype == np.float32 and abs(there[0] - 1 / 3) < 1e-7


@pytest.mark.parametrize("bytes_", [True, False])
def test_a_film_comes_back_looking_the_same(bytes_):
    frames, rows, cols = np.mgrid[:17, :64, :48]
    film = np.stack([rows * 4 % 256, cols * 5 % 256, frames * 15], -1) / 255
    film = (film * 255).astype(np.uint8) if bytes_ else film.astype(np.float32)
    there = back({"film": film})["film"]
    assert there.shape == film.shape and there.dtype == film.dtype
    apart = np.abs(there.astype(float) - film.astype(float)).mean() / (255 if bytes_ else 1)
    assert 0 < apart < 0.05  # kept as a picture that loses a little
    assert len(json.dumps(written({"film": film}))) < film.size / 4


# --- which questions a card asks


@functools.cache
def real():
    """The service as it is shipped, its model not opened."""
    return Service(JobQueue(fakes.FAKE))


@pytest.mark.parametrize("lesson", [PROBE, SECOND, *lessons()], ids=lambda lesson: lesson.idea)
def test_a_card_asks_beforehand_what_the_page_will_ask(lesson, tmp_path):
    """The same keys: otherwise what is kept would never be found."""
    from explainers.web.cards import Cards
    from explainers.web.handlers import Answers
    from explainers.worker.jobs import MakeCut

    own = lesson in (PROBE, SECOND)
    service = Service(JobQueue(fakes.FAKE), fakes.gallery(tmp_path), story=tmp_path / "nothing") if own else real()
    cards = Cards(Answers(lesson, [lesson], service, "en"))
    for card in lesson.story:
        at, asked = cards.declared(card), questions(lesson, card, service.gallery[0])
        assert at.settings == asked.film.settings
        cut = None
        if asked.cut:
            names = dict(asked.cut.controls)
            cut = MakeCut(at.settings, lesson.idea, asked.cut.cut, at.of(tuple(names)))
            assert cut.key == asked.cut.key
        if asked.measure:
            assert service.question(lesson, asked.measure.lens, at, cut).key == asked.measure.key


def test_what_is_kept_of_a_story_is_what_its_cards_ask(tmp_path):
    few = replace(PROBE, story=[PROBE.card(name) for name in ("guess", "race", "without", "cat", "exactly")])
    printed = list(keep(few, fakes.FakeModel(), fakes.OPENING, {fakes.OPENING.key}, tmp_path))
    assert "It goes up, as 0.5 says." in printed[0] and "( ) Down" in printed[0]
    kept = Kept(tmp_path)
    assert kept.weights == "fake"
    asked = {card.name: questions(few, card, fakes.OPENING) for card in few.story}
    assert kept.numbers.keys() == {asked[name].measure.key for name in ("guess", "without", "cat")}
    assert kept.films.keys() == {
        asked["race"].beside.settings.key,
        asked["without"].cut.key,
        asked["cat"].film.settings.key,
    }
    steps = {key: len(read_pack(pack)[0]["steps"]) for key, pack in kept.films.items()}
    assert steps[asked["without"].cut.key] < 12 and steps[asked["cat"].film.settings.key] == 3
    before = set(tmp_path.iterdir())
    list(keep(few, fakes.FakeModel(), fakes.OPENING, {fakes.OPENING.key}, tmp_path))
    assert set(tmp_path.iterdir()) == before  # made again, it takes the old one's place


def test_what_another_model_measured_is_left_out(tmp_path):
    fakes.kept(tmp_path)
    other = Kept(tmp_path, "another's")
    assert Kept(tmp_path, "fake").numbers and not other.numbers and not other.films


def test_a_sentence_says_how_it_turned_out():
    words = Words.of("probe")
    guess = PROBE.card("guess")
    assert said(words, guess, {"answer": "up", "case": "much", "level": 0.5}) == "It goes up, as 0.5 says."
    assert said(words, guess, {"answer": "down", "case": "little", "level": 0.1}) == "It goes down, as 0.1 says."
    assert said(words, guess, {"answer": "", "case": "little", "level": 0.0}) == "At 0.0 nobody knows."


# --- who is given a kept answer


def asking(tmp_path, weights="fake"):
    """(service, what was run): kept answers of a model of those weights."""
    fakes.kept(tmp_path / "story")
    for path in (tmp_path / "story").glob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"weights": weights}))
    folder = fakes.gallery(tmp_path)
    index = json.loads((folder / "index.json").read_text())
    index["facts"]["weights"] = weights
    (folder / "index.json").write_text(json.dumps(index))
    queue = JobQueue(fakes.FAKE, 0.0, tmp_path / "asked")
    return Service(queue, folder, story=tmp_path / "story")


@pytest.mark.parametrize(
    ("settings", "controls", "fresh", "kept"),
    [
        ({}, {}, False, True),
        ({}, {}, True, False),  # asked to be measured now
        ({}, {"space": "latents"}, False, False),
        ({"seed": 8}, {}, False, False),
        ({"guidance": 5.0}, {}, False, False),
        ({}, {"level": 0.9}, False, True),  # which this lens does not look at
    ],
)
def test_a_kept_answer_is_given_to_the_same_question_only(tmp_path, settings, controls, fresh, kept):
    async def test():
        service = asking(tmp_path)
        await service.queue.start()
        try:
            await service.queue.ready.wait()
            at = service.inputs(PROBE, {**vars(fakes.OPENING), **settings}, {}, controls)
            done = (await all_of(service.look("ann", PROBE, "rows", at, fresh)))[-1]
            assert done.kept is kept
            assert (tmp_path / "asked").exists() is not kept
            assert done.value["space"] == controls.get("space", "pixels")
        finally:
            service.queue.stop()

    run(test())


def test_other_weights_are_asked_themselves(tmp_path):
    async def test():
        service = asking(tmp_path, weights="others")
        at = service.inputs(PROBE, vars(fakes.OPENING), {}, {})
        early = (await all_of(service.look("ann", PROBE, "rows", at)))[-1]
        assert early.kept is True  # until the model is open, nobody can know
        await service.queue.start()
        try:
            await service.queue.ready.wait()
            starts = service.inputs(PROBE, vars(service.opening), {}, {})
            async for _ in service.develop("ann", vars(service.opening)):
                pass
            done = (await all_of(service.look("ann", PROBE, "rows", starts)))[-1]
            assert done.kept is False and "rows" in (tmp_path / "asked").read_text()
        finally:
            service.queue.stop()

    run(asyncio.wait_for(test(), 60))


# --- what is shipped


def shipped():
    return [lesson for lesson in lessons() if (FOLDER / f"{lesson.idea}.json").exists()]


@pytest.mark.parametrize("lesson", shipped(), ids=lambda lesson: lesson.idea)
def test_what_is_shipped_answers_every_card_in_every_language(lesson):
    """Otherwise a card waits, or quotes what is no longer measured: `python -m explainers.worker.keep`."""
    from explainers.kit.sentences import languages

    kept, ready = real().kept, real().films
    assert kept.weights == real().gallery_facts["weights"]
    for card in lesson.story:
        asked = questions(lesson, card, real().gallery[0])
        assert asked.film.settings.key in ready
        assert asked.beside is None or asked.beside.settings.key in ready
        assert asked.cut is None or asked.cut.key in ready
        if asked.measure:
            numbers = kept.numbers[asked.measure.key]
            for language in languages():
                assert said(Words.of(lesson.idea, language), card, numbers)
