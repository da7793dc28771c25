"""Start: beginnings against the formula of noise, what is kept against the film itself, joints against their frames."""

import dataclasses

import numpy as np
import pytest
import torch

from explainers.engine import decode, encode, record
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.start import lens, picture
from tests.lessons.readers import BlueReader

WORDS = Words.of("start")


@pytest.mark.parametrize(
    ("prompt", "after", "old", "new"),
    [
        ("a red ball bounces", "a green ball bounces", "red", "green"),
        ("a purple cat", "an orange cat", "purple", "orange"),
        ("An orange boat at sea", "a blue boat at sea", "orange", "blue"),
        ("a mammoth", "a mammoth red", "", "red"),
    ],
)
def test_another_colour_is_asked_for(prompt, after, old, new):
    assert lens._repainted(prompt) == (after, old, new)


def test_a_remix_begins_with_the_film_under_noise(run, model):
    found = lens.begins(run, model, strength=0.5)
    assert found["from"] == 2 and found["left"] == 2
    assert found["noise"] == pytest.approx(run.sigmas[2]) and found["levels"][2] == pytest.approx(found["noise"])
    assert "green" in found["said"]
    # by the formula: the film's latent, and the noise that another seed begins with
    other = record(model, dataclasses.replace(run.request, seed=run.request.seed + 1))
    noise = next(other).latent
    other.close()
    sigma, clean = found["noise"], encode(model, np.ascontiguousarray(found["film"]))
    noised = (1 - sigma) * clean + sigma * noise
    expected = decode(model, run, noised, sound=False).frames.astype(int)
    assert np.abs(expected - found["given"]).max() <= 1
    films = picture.begins(found, WORDS)
    assert len(films) == 3 and all(film.shape == (17, 64, 64, 3) for film in films.values())


def test_a_remix_on_screen_can_be_remixed_too(run, model, film):
    remixed = dataclasses.replace(run.request, video=film, strength=0.5)
    found = lens.begins(record(model, remixed).finish(), model, strength=0.75)
    assert (found["from"], found["left"], found["steps"]) == (1, 3, 4)
    assert found["levels"] == [None, None, *run.sigmas[2:], 0.0] and found["noise"] == pytest.approx(run.sigmas[1])


def test_more_noise_keeps_less(run, model, monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", BlueReader)
    monkeypatch.setattr(lens, "STRENGTHS", (0.5, 1.0))
    found = finish(lens.kept(run, model))
    film = decode(model, run, sound=False).frames.astype(float)
    far = [np.abs(made - film).mean() for made in found["films"]]
    assert found["left"] == pytest.approx([1 - each / far[-1] for each in far])
    assert found["left"][0] > found["left"][1] > found["left"][2] == 0 and found["left"][1] > 0.2
    assert found["strength"] == [0.0, 0.5, 1.0] and found["said"] == "a green ball bounces in the snow"
    assert found["was"][0] == pytest.approx(BlueReader().read(found["films"][0])["colour"]["red"])
    assert found["noise"] == pytest.approx([0, run.sigmas[2], 1])
    assert list(picture.remixes(found, WORDS)) == ["0% noise", f"{run.sigmas[2]:.0%} noise", "100% noise"]
    assert len(picture.kept(found, WORDS).data) == 3


@pytest.mark.parametrize(
    ("sure", "kind", "won", "lost"),
    [
        ([0, 0.6, 1, 1], "little", 0.3, 0.0),
        ([0, 0.4, 0.9, 1], "half", 0.56, 0.3),  # by the noise, not by the share of the path, which is 0.4
        ([0, 0, 0.4, 0.9], "most", 1.0, 0.56),
        ([0, 0, 0, 0.3], "", 0.0, 1.0),
    ],
)
def test_the_answer_is_at_how_much_noise_the_new_colour_wins(run, model, monkeypatch, sure, kind, won, lost):
    """The reader is as sure of green as it is told; noise is what each remix begins with."""
    made = iter(sure)
    noises = {0.2: 0.3, 0.4: 0.56, 1.0: 1.0}

    class Told:
        load = classmethod(lambda cls: cls())

        def read(self, film):
            return {"colour": {"green": next(made)}}

    class Remix(list):
        def __init__(self, strength):
            self.recording = dataclasses.replace(run, sigmas=[noises[strength]])

    monkeypatch.setattr("explainers.measure.reader.Reader", Told)
    monkeypatch.setattr(lens, "STRENGTHS", tuple(noises))
    monkeypatch.setattr(lens, "record", lambda model, request: Remix(request.strength))
    monkeypatch.setattr(lens, "_film", lambda run, model: np.zeros((17, 64, 64, 3), np.uint8))
    found = finish(lens.answer(run, model))
    assert (found["answer"], found["case"], found["won"], found["lost"]) == (kind, kind, won, lost)
    assert found["noise"] == ([noise for noise in (0.0, 0.3, 0.56, 1.0) if noise in (lost, won, 1.0)] if kind else [])
    key = f"story.remixed.answer.{kind}" if kind else "story.remixed.unclear"
    assert WORDS(key, **found)
    assert len(picture.won(found, WORDS).films) == len(found["films"])


def test_little_noise_leaves_the_film_as_it_was(run, model):
    other = finish(lens.remix(run, model, strength=0.25))
    found = lens.changed(run, other, model)
    assert found["steps"] == 1 and found["noise"] == pytest.approx(run.sigmas[3])
    more = finish(lens.remix(run, model, strength=0.75))
    assert found["mean"] < lens.changed(run, more, model)["mean"]
    same = lens.changed(run, run, model)
    assert same["first"] == same["rest"] == same["mean"] == 0


def test_a_first_picture_is_kept_and_the_rest_is_not(run, model):
    other = finish(lens.from_picture(run, model))
    assert other.request.seed == run.request.seed + 1 and other.request.video is None
    found = lens.changed(run, other, model)
    assert found["first"] < 0.25 * found["rest"] and found["case"] == "parts"
    assert lens.changed(run, run, model)["case"] == "same"


@pytest.mark.parametrize("where", sorted(lens.HALVES))
def test_a_half_goes_the_way_it_went(run, model, where):
    other = finish(lens.cameo(run, model, where=where))
    rows, cols = lens._half(run.latent.shape[2:], where)
    kept = (slice(None), slice(None), slice(rows.start, rows.stop), slice(cols.start, cols.stop))
    assert torch.equal(other.latent[kept], run.latent[kept])
    found = lens.held(run, other, model, where=where)
    assert found["in_mean"] < 0.5 * found["out_mean"] and len(found["inside"]) == 17
    assert found["case"] == "holds" and lens.held(run, run, model, where=where)["case"] == "spills"


def test_a_film_goes_on_from_its_last_frames(run, model):
    found = finish(lens.longer(run, model))
    assert found["tail"] == 5 and found["total"] == 17 + 12
    film = decode(model, run, sound=False).frames
    assert np.array_equal(found["goes_on"][:17], film) and np.array_equal(found["knows_nothing"][:17], film)
    jump = np.abs(found["goes_on"][17].astype(float) - film[16]).mean() / 255
    assert found["jump"] == pytest.approx(jump, rel=1e-4)
    assert len(found["frame"]) == len(found["goes_on_steps"]) == 28
    assert found["frame"][list(found["goes_on_steps"]).index(np.float32(found["jump"]))] == found["joint"]
    assert found["case"] == ("smooth" if jump < 2 * found["usual"] and jump < found["jump_blind"] else "jumps")
    assert list(picture.joined(found, WORDS).films) == list(picture.longer(found, WORDS))
    assert len(picture.longer(found, WORDS)) == 2 and len(picture.joint(found, WORDS).data) == 2


def test_a_remix_of_a_remix_begins_anew(run, model):
    remixed = dataclasses.replace(
        run, request=dataclasses.replace(run.request, video=np.zeros((17, 64, 64, 3), np.uint8), strength=0.3)
    )
    asked = lens._asked(remixed, image=np.zeros((64, 64, 3), np.uint8))
    assert asked.video is None and asked.strength is None and asked.image is not None


def test_pictures_have_titles_units_and_values(run, model):
    change = lens.changed(run, run, model)
    half = {"frame": [1], "inside": [0.1], "outside": [0.2]}
    for figure in (
        picture.places(lens.begins(run, model, strength=0.5), WORDS),
        picture.remix(change, WORDS),
        picture.from_picture(change, WORDS),
        picture.cameo(half, WORDS),
    ):
        layout = figure.layout
        assert layout.title.text and layout.xaxis.title.text and layout.yaxis.title.text
        assert all(len(trace.y) for trace in figure.data)
