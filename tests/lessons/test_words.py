"""Words: maps against the engine's, what a word does against predictions made by hand, guidance by its formula."""

import dataclasses

import numpy as np
import pytest
import torch

from explainers.engine import NotVisible, branches, decode, record, replay, word_maps
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.words import lens, picture, prompts

WORDS = Words.of("words")


@pytest.fixture(scope="module")
def walked(model, run):
    """The request of the run on screen as the random model really walks it."""
    return record(model, run.request).finish()


class RedReader:
    """Reads how red a film is: "red" as much as red outweighs blue, else the next colour of the world."""

    @classmethod
    def load(cls):
        return cls()

    def read(self, film):
        red, _, blue = np.asarray(film, float).mean((0, 1, 2))
        share = float(red / max(red + blue, 1e-9))
        every = {kind: dict.fromkeys(phrases, 0.0) for kind, phrases in prompts.WORLD.items()}
        every["colour"] |= {"red": share, "orange": 1 - share}
        return every


@pytest.fixture(autouse=True)
def reader(monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", RedReader)


def test_the_words_of_the_world_are_the_worlds():
    from training.world import words

    assert set(prompts.WORLD["subject"]) == set(words.SUBJECTS)
    assert set(prompts.WORLD["colour"]) == set(words.COLOURS)
    for kind in ("place", "motion"):
        for name, phrase in prompts.WORLD[kind].items():
            assert words.SYNONYMS[kind][name][0] == phrase


@pytest.mark.parametrize(
    ("kind", "after", "without"),
    [
        ("colour", "an orange ball moves right in the snow", "a ball moves right in the snow"),
        ("subject", "a red cat moves right in the snow", "a red moves right in the snow"),
        ("motion", "a red ball bounces in the snow", "a red ball in the snow"),
        ("place", "a red ball moves right on the grass", "a red ball moves right"),
    ],
)
def test_one_word_is_swapped_or_dropped(kind, after, without):
    prompt = "a red ball moves right in the snow"
    assert prompts.exchanged(prompt, kind)[0] == after
    assert prompts.without(prompt, kind) == without


@pytest.mark.parametrize("change", [prompts.exchanged, prompts.without])
def test_what_nobody_asked_for_is_neither_swapped_nor_dropped(change):
    with pytest.raises(NotVisible, match="no subject"):
        change("a pink dog moves right", "subject")  # not "a pink dog moves right ball"


def test_an_answer_without_a_colour_is_none(run, model):
    assert finish(lens.answer(asking(run, "a ball bounces"), model)) == {"answer": ""}


def asking(run, prompt):
    return dataclasses.replace(run, request=dataclasses.replace(run.request, prompt=prompt))


def test_maps_of_words_are_the_models(run, model):
    whole = word_maps(model, run, 1, 1, 0).weights
    ball = next(token.index for token in run.tokens if token.text == "ball")
    found = lens.looked(run, model, word=2, step=1, layer=1, head=0)
    assert found["text"] == "ball" and np.array_equal(found["map"], whole[ball])
    every = lens.maps(run, model, step=1, layer=1, head=0)
    assert every["texts"] == run.request.prompt.split() and np.array_equal(every["maps"][2], whole[ball])
    films = picture.maps(every, WORDS)
    assert list(films) == every["texts"] and films["ball"].shape == (17, 64, 64, 3)
    assert films["ball"].min() >= 0 and films["ball"].max() <= 1


def test_a_cube_listens_to_words_and_marks(run, model):
    found = lens.listens(run, model, patch=(2, 1, 3), step=1, layer=None, head=None)
    whole = word_maps(model, run, 1).weights[:, 2, 1, 3]
    assert found["here"] + found["marks"] == pytest.approx(whole.sum(), abs=1e-6)
    assert found["words"][2] == pytest.approx(
        lens.looked(run, model, word=2, step=1, layer=None, head=None)["map"][2, 1, 3]
    )


def test_the_gap_is_the_distance_of_the_branches(run, model):
    both = branches(model, run, 1)
    found = lens.gap(run, model, step=1)
    assert found["share"] == pytest.approx(float((both.cond - both.uncond).norm() / both.uncond.norm()))
    corner = (both.cond - both.uncond)[:, 3, 2:4, 4:6].square().sum(0).mean().sqrt()  # the cube (3, 1, 2)
    assert found["map"][3, 1, 2] == pytest.approx(float(corner / both.uncond.square().sum(0).mean().sqrt()), rel=1e-4)


def test_a_word_does_what_the_prediction_loses_without_it(run, model):
    found = finish(lens.pulls(run, model, step=1))
    other = replay(model, run, from_step=1, prompt="a ball bounces in the snow", guidance=1.0)
    without = next(other).velocity
    other.close()
    with_all = branches(model, run, 1).cond
    assert found["effect"][1] == pytest.approx(float((without - with_all).norm() / with_all.norm()), rel=1e-5)
    assert found["texts"][1] == "red" and found["maps"].shape == (7, 9, 4, 4) and -1 <= found["agree"] <= 1
    assert len(picture.pulled(found, WORDS)) == 7
    assert list(picture.pulls(found, WORDS).data[0].y) == found["effect"]
    same = found["texts"][int(np.argmax(found["attention"]))] == found["strongest"]
    assert found["case"] == ("same" if same else "other") and found["most"] == max(found["effect"])
    bars = picture.effects(found, WORDS).values
    assert list(bars.values()) == [e for e in found["effect"] if e > min(found["effect"])]  # seven words, six bars


def test_guidance_is_a_multiple_of_the_difference(walked, model):
    a, b = walked.x0_rule[1]
    both = branches(model, walked, 1)
    guided = a * walked.latents[1] + b * (both.uncond + 2.0 * (both.cond - both.uncond))
    found = lens.both_guesses(walked, model, step=1)
    expected = decode(model, walked, guided, sound=False).frames.astype(int)
    assert np.abs(found["guided"] - expected).max() <= 1
    assert list(picture.both_guesses(found, WORDS)) == ["Told nothing", "Told the words", "Guided: 2 times the way"]


def test_a_run_without_guidance_has_a_distance_too(walked, model):
    plain = record(model, dataclasses.replace(walked.request, guidance=1.0)).finish()
    assert branches(model, plain, 0).uncond is None
    found = finish(lens.distance(plain, model))
    with_guidance = finish(lens.distance(walked, model))
    assert found["first"] == pytest.approx(with_guidance["first"], rel=1e-5)  # the same noise, the same words
    assert len(found["share"]) == 4 and found["largest"] == max(found["share"])


def test_films_of_all_strengths(walked, model, monkeypatch):
    monkeypatch.setattr(lens, "GUIDANCES", (0.0, 1.0, 2.0))
    found = finish(lens.strengths(walked, model))
    assert np.array_equal(found["films"][2], decode(model, walked, sound=False).frames)
    assert found["contrast"][1] == 1 and found["loudest"] == pytest.approx(found["contrast"][2])
    red = RedReader().read(found["films"][1])["colour"]["red"]
    assert found["plain"] == pytest.approx(red / 4)  # the other three kinds are read as 0
    assert list(picture.strengths(found, WORDS)) == ["guidance 0", "guidance 1", "guidance 2"]


def test_a_word_swapped_late_changes_less(walked, model):
    found = finish(lens.too_late(walked, model, kind="colour"))
    assert found["step"] == [1, 2, 3, 4] and (found["old"], found["new"]) == ("red", "orange")
    assert found["moved"][0] > found["moved"][-1] > 0
    again = finish(lens.swapped(walked, model, kind="colour", step=0))
    assert found["moved"][0] == pytest.approx(float((again.latent - walked.latent).norm() / walked.latent.norm()))


@pytest.mark.parametrize("cut", [lens.swapped, lens.dropped])
def test_the_cut_begins_at_its_step_and_is_measured(walked, model, cut):
    other = finish(cut(walked, model, kind="colour", step=2))
    assert torch.equal(other.latents[2], walked.latents[2]) and not torch.equal(other.latent, walked.latent)
    assert "red" not in other.request.prompt.split()
    found = lens.turned(walked, other, model, kind="colour", step=2)
    a, b = (decode(model, film, sound=False).frames / 255 for film in (walked, other))
    assert found["pixels"] == pytest.approx(np.abs(a - b).mean(), rel=1e-4)
    assert found["kept"] + found["became"] == pytest.approx(1)
    assert found["had"] == pytest.approx(RedReader().read(a * 255)["colour"]["red"])
    assert found["case"] == ("gone" if found["kept"] < 0.5 else "stays")
    assert lens.turned(walked, walked, model, kind="colour", step=2)["latent"] == 0
    assert picture.swapped(found, WORDS).layout.yaxis.title.text


def test_a_push_is_measured_over_several_seeds(walked, model, monkeypatch):
    monkeypatch.setattr(lens, "SHORT", 4)
    monkeypatch.setattr(lens, "PUSHES", {"plain": 1.0, "loud": 15.0})
    monkeypatch.setattr(lens, "SEEDS", 2)
    found = finish(lens.pushed(walked, model))
    made = {}
    for guidance in (1.0, 15.0):
        for seed in (3, 4):
            request = dataclasses.replace(walked.request, guidance=guidance, seed=seed, steps=2)
            made[guidance, seed] = decode(model, record(model, request).finish(), sound=False).frames / 255
    assert np.allclose(found["films"][1] / 255, made[15.0, 3])
    spread = {g: np.mean([made[g, seed].std() for seed in (3, 4)]) for g in (1.0, 15.0)}
    assert found["contrast"] == pytest.approx(spread[15.0] / spread[1.0], rel=1e-3)
    flat = [made[15.0, seed] - made[15.0, seed].mean((1, 2), keepdims=True) for seed in (3, 4)]
    assert found["alike_loud"] == pytest.approx(np.corrcoef(flat[0].ravel(), flat[1].ravel())[0, 1], abs=1e-3)
    assert list(picture.pushes(found, WORDS).films) == ["guidance 1", "guidance 15"]


def test_words_backwards_and_with_a_not(walked, model, monkeypatch):
    monkeypatch.setattr(lens, "SHORT", 2)
    found = finish(lens.order(walked, model))
    assert found["prompts"] == [
        "a red ball bounces in the snow",
        "snow the in bounces ball red a",
        "a not red ball bounces in the snow",
    ]
    assert found["sure"] == pytest.approx(RedReader().read(found["films"][2])["colour"]["red"])
    assert found["case"] in (("unknown", "still") if found["sure"] > 0.5 else ("gone",))
    pixels = np.abs(found["films"][0] / 255 - found["films"][2] / 255).mean()
    assert found["not_apart"] == pytest.approx(pixels, rel=1e-3)
    assert list(picture.orders(found, WORDS).films) == found["prompts"]
    with pytest.raises(NotVisible, match="no colour"):
        finish(lens.order(asking(walked, "a ball bounces"), model))


def test_a_word_never_learned_takes_the_subjects_place(walked, model, monkeypatch):
    monkeypatch.setattr(lens, "SHORT", 2)
    found = finish(lens.never(walked, model))
    assert found["prompts"][1] == "a red dog bounces in the snow" and lens.NEVER not in prompts.WORLD["subject"]
    assert found["seen"] in prompts.WORLD["subject"] and found["case"] == "something"
    assert len(picture.unlearned(found, WORDS).films) == 2


def test_the_answer_follows_the_reader(walked, model):
    found = finish(lens.answer(walked, model))
    assert found["step"] == 2 and found["steps"] == 4
    expected = {"new": found["became"], "old": found["kept"]}
    assert found["answer"] == found["case"] == max(expected, key=expected.get)
