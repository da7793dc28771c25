"""Limits: prompts against what training held out, judgement against rendered films, rates against plain counting."""

import dataclasses
import json
from typing import ClassVar

import numpy as np
import pytest
import torch

from explainers.engine import CannotOpen, Request
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.limits import lens, picture
from explainers.lessons.limits.trials import TRIALS, USUAL, fine_detail, look, plain
from explainers.measure.asked import asked
from explainers.worker.model_process import ASSETS
from training.world import VOCABULARY, held_out, render, spell

WORDS = Words.of("limits")
USUAL_REQUEST = Request("a red ball moves left on the grass", frames=17, height=64, width=64)


class Blind:
    """A reader that always sees the same, so that everything else is what is tested."""

    accuracy: ClassVar = {"subject": 1.0}

    @classmethod
    def load(cls):
        return cls()

    def says(self, film):
        return {"subject": "ball", "colour": "red", "place": "snow", "motion": "left"}


@pytest.fixture(scope="module")
def measured(model, tmp_path_factory):
    """The model with a table of limits: of four films each, one failed, but all of those that were asked for two."""
    folder = tmp_path_factory.mktemp("model")
    seen = look(np.zeros((17, 64, 64, 3), np.uint8), Blind())
    film = {"prompt": "two red balls", "seed": 5, "frames": 17, "height": 64, "width": 64, **seen}

    def row(failed):
        films = [film | {"right": i >= failed} for i in range(4)]
        return {"failed": failed, "of": 4, "eyes": 1, "usual": 2, "films": films, "things": {"1": 3, "0": 1}}

    table = {"steps": 20, "guidance": 4.0, "detail": 0.01, "usual_of": 20}
    trials = {name: row(4 if name == "two" else 1) for name in TRIALS}
    for name in TRIALS.keys() - USUAL.keys():
        del trials[name]["usual"]
    (folder / "limits.json").write_text(json.dumps(table | {"trials": trials}))
    return dataclasses.replace(model, folder=folder)


def test_nothing_unusual_is_asked_of_the_rest():
    """Every pair of words was shown in training, so that a failure is not one of composition."""
    for prompt in plain():
        wanted = asked(prompt)
        assert set(wanted) == {"subject", "colour", "place", "motion"}
        assert not held_out(**wanted), prompt
        assert all(word in VOCABULARY for word in prompt.split()), prompt


@pytest.mark.parametrize(
    ("name", "prompt", "frames", "width", "height"),
    [
        ("two", "two red balls moving left on the grass", 17, 64, 64),
        ("both", "a red ball and an orange cat moving left on the grass", 17, 64, 64),
        ("side", "a red ball moves left on the grass", 17, 64, 64),
        ("long", "a red ball moves left on the grass", 33, 64, 64),
        ("longer", "a red ball moves left on the grass", 49, 64, 64),
        ("wide", "a red ball moves left on the grass", 17, 96, 64),
        ("large", "a red ball moves left on the grass", 17, 96, 96),
        ("small", "a red ball moves left on the grass", 17, 32, 32),
        ("unknown", "a red dog moves left on the grass", 17, 64, 64),
    ],
)
def test_what_is_asked_beyond_the_limit(name, prompt, frames, width, height):
    pushed = TRIALS[name].pushed(USUAL_REQUEST)
    assert (pushed.prompt, pushed.frames, pushed.width, pushed.height) == (prompt, frames, width, height)


@pytest.mark.parametrize("prompt", ["", "nothing it knows", "ball"])
@pytest.mark.parametrize("name", sorted(TRIALS))
def test_any_words_can_be_pushed(name, prompt):
    TRIALS[name].pushed(dataclasses.replace(USUAL_REQUEST, prompt=prompt))


def test_rendered_films_are_judged_by_what_they_show():
    choices = [asked(prompt) for prompt in plain() if "ball" in prompt or "boat" in prompt]
    films = render(spell(choices, seed=3), 17, 64, 64)
    detail = float(np.mean([fine_detail(film) for film in films]))
    for film, words in zip(films, choices, strict=True):
        prompt = f"a {words['subject']} moves {words['motion']}"
        seen = look(film, Blind())
        assert seen["side"] == words["motion"] and seen["things"] == 1
        assert TRIALS["side"].right(seen, prompt, detail) and TRIALS["detail"].right(seen, prompt, detail)
        assert not TRIALS["two"].right(seen, prompt, detail)
        backwards = look(film.flip(0), Blind())
        assert not TRIALS["side"].right(backwards, prompt, detail)
        soft = torch.nn.functional.avg_pool2d(film, 5, 1, 2)
        assert fine_detail(soft) < 0.2 * fine_detail(film)
        assert not TRIALS["detail"].right(look(soft, Blind()), prompt, detail)


def test_the_end_of_a_long_film_counts_too():
    seen = look(np.zeros((33, 64, 64, 3), np.uint8), Blind())
    assert TRIALS["long"].right(seen, "a ball", 1.0) and not TRIALS["long"].right(seen, "a cat", 1.0)
    assert not TRIALS["long"].right({**seen, "at_the_end": "star"}, "a ball", 1.0)


def test_rates_are_counted_shares_with_their_intervals(measured, run):
    found = lens.rates(run, measured)
    assert found["trials"] == list(TRIALS) and found["worst"] == "two" and (found["most"], found["of"]) == (4, 4)
    at = found["trials"].index("long")
    assert found["failed"][at] == 0.25 and found["counts"][at] == "1 / 4" and found["usual"][at] == 0.1
    assert found["low"][at] < 0.25 < found["high"][at] and found["usual"][found["trials"].index("side")] is None
    figure = picture.rates(found, WORDS)
    assert figure.layout.title.text and figure.layout.xaxis.title.text and len(figure.data) == 3
    assert "{" not in WORDS("rates.see", **found)


def test_the_answer_is_what_most_films_show(measured, run):
    assert lens.answer(run, measured) == {"answer": "one", "one": 3, "two": 0, "other": 1, "of": 4}


def test_a_film_of_what_the_judge_has_no_word_for_shows_none_of_its_own_things():
    """Rendered films of everything that the world has: none of them is a dog."""
    trial = TRIALS["unknown"]
    seen = look(render(spell([asked("a red ball moves left on the grass")], seed=3), 17, 64, 64)[0], Blind())
    assert seen["things"] == 1 and not trial.right(seen, "a red ball moves left on the grass", 1.0)
    assert trial.right({**seen, "subject": "none"}, "a red ball moves left on the grass", 1.0)
    empty = look(np.zeros((17, 64, 64, 3), np.uint8), Blind())
    assert not trial.right({**empty, "things": 0, "subject": "none"}, "a ball", 1.0)


def test_six_failures_are_shares_of_their_own_films(measured, run):
    found = lens.six(run, measured)
    assert found["share"] == dict.fromkeys(lens.SIX, 0.25) and found["films"] == 24
    assert found["always"] == 0
    bars = picture.six(found, WORDS)
    assert len(bars.values) == 6 and all("1 of 4" in name for name in bars.values)


def test_strange_words_are_compared_by_the_films_they_make(measured, run, monkeypatch):
    monkeypatch.setattr(lens, "QUICK", 2)
    assert lens.UNKNOWN not in VOCABULARY and lens.OTHER not in VOCABULARY and "cat" in VOCABULARY
    run = dataclasses.replace(run, request=dataclasses.replace(run.request, prompt="a red dog bounces in the snow"))
    found = finish(lens.instead(run, measured))
    assert (found["case"], found["apart"], found["seen"], found["of"]) == ("same", 0.0, {"ball": 4}, 4)
    assert picture.instead(found, WORDS).values == {WORDS("seen.ball"): 1.0}
    monkeypatch.setattr(lens, "OTHER", "cat")
    assert finish(lens.instead(run, measured))["case"] == "other"


@pytest.mark.parametrize(("says", "case"), [("ball", "neither"), ("cat", "both")])
def test_three_sizes_are_made_and_judged(measured, run, monkeypatch, says, case):
    monkeypatch.setattr("explainers.measure.reader.Reader", Blind)
    usual = dataclasses.replace(run.request, prompt=f"a {says} bounces")  # the blind reader sees a ball
    found = finish(lens.sizes(dataclasses.replace(run, request=usual), measured))
    assert [film.shape[1:3] for film in found["films"].values()] == [
        (round(usual.height * by), round(usual.width * by)) for by in (0.5, 1, 1.5)
    ]
    assert found["case"] == case and (found["small_failed"], found["small_of"]) == (1, 4)
    assert len(picture.sizes(found, WORDS).films) == 3


@pytest.mark.parametrize(("colour", "case"), [("brown", "more"), ("red", "even")])
def test_a_lean_is_measured_against_the_clips(measured, run, monkeypatch, colour, case):
    monkeypatch.setattr("explainers.measure.reader.Reader", Blind)
    monkeypatch.setattr(Blind, "says", lambda self, film: {"colour": colour})
    monkeypatch.setattr(lens, "QUICK", 1)
    rows = {"subject": ["ball", "horse"], "colour": ["red", "brown"]}
    counted = {"attributes": rows, "together": {"seen": {"colour": [[5, 5], [11, 1]]}}}
    monkeypatch.setattr("explainers.lessons.learning.catalogue.counts", lambda model: counted)
    found = finish(lens.leans(run, measured))
    assert found["clips"] == 1 / 12 and found["made"] == (colour == "brown") and found["of"] == 12
    assert found["case"] == case
    assert set(picture.leans(found, WORDS).values.values()) == {found["clips"], found["made"]}


def test_failures_are_listed_so_that_anyone_can_ask_again(measured, run):
    found = lens.failures(run, measured, limit="long")
    columns = picture.failures(found, WORDS)
    assert next(iter(columns.values())) == ["two red balls"] and found["shown"] == 1 and found["low"] < 0.25


def test_several_seeds_are_tried_and_judged(measured, run, monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", Blind)
    monkeypatch.setattr(lens, "SEEDS", 2)
    found = finish(lens.tries(run, measured, limit="small"))
    assert found["seeds"] == [3, 4] and all(film.shape == (17, 32, 32, 3) for film in found["films"])
    assert found["right"] == [1, 1]  # the reader sees the ball that the words ask for
    assert len(picture.tries(found, WORDS)) == 2


@pytest.mark.parametrize("limit", ["two", "long", "wide"])
def test_the_run_is_pushed_over_its_limit(measured, run, monkeypatch, limit):
    monkeypatch.setattr("explainers.measure.reader.Reader", Blind)
    other = finish(lens.pushed(run, measured, limit=limit))
    expected = TRIALS[limit].pushed(run.request)
    assert (other.request.prompt, other.request.frames) == (expected.prompt, expected.frames)
    found = lens.broken(run, other, measured, limit=limit)
    assert found["width"] == expected.width and found["seen_before"].startswith("red ball, snow")
    assert "{" not in WORDS("pushed.see", **found)


def test_a_model_whose_limits_nobody_measured_says_so(model, run):
    with pytest.raises(CannotOpen, match="limits"):
        lens.rates(run, model)


def test_the_table_that_ships_was_judged_as_the_page_judges():
    """What was seen in each of its films, judged again."""
    table = json.loads((ASSETS / "model" / "limits.json").read_text("utf-8"))
    for name, row in table["trials"].items():
        again = [TRIALS[name].right(film, film["prompt"], table["detail"]) for film in row["films"]]
        assert again == [film["right"] for film in row["films"]], name
        assert row["failed"] == again.count(False) and row["of"] == len(again)
