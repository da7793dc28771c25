"""Denoising, on a run whose path is a straight line to a rendered film, and on small runs of a random model."""

import dataclasses

import numpy as np
import pytest
import torch

from explainers.engine import Request, branches, decode, poked, record, replay, told
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.denoising import lens, picture

WORDS = Words.of("denoising")


@pytest.fixture(scope="module")
def wandering(model):
    """A run of the random model as it is: its path is no straight line."""
    request = Request("a red ball bounces in the snow", seed=3, steps=4, guidance=3.0, frames=9, height=32, width=32)
    return record(model, request).finish()


@pytest.fixture
def perfect(monkeypatch):
    """The run on screen has the latents of a perfect model, whose guess is the same with guidance and without."""
    monkeypatch.setattr(lens, "told", lambda model, run, step: run.steps[step].x0)


class FrameReader:
    """Reads how bright a film is: a reader whose answers are known."""

    middle = 0.5

    def __init__(self):
        self.accuracy = {"place": 1.0, "colour": 0.9, "subject": 0.8, "motion": 0.7}

    @classmethod
    def load(cls):
        return cls()

    def read(self, film):
        bright = min(1.0, float(np.mean(film) / 255) / self.middle / 2)
        return {kind: {"light": bright, "dark": 1 - bright} for kind in lens.KINDS}

    def says(self, film):
        return {kind: max(p, key=p.get) for kind, p in self.read(film).items()}

    def right(self, film, asked):
        return {kind: self.says(film)[kind] == what for kind, what in asked.items()}


def test_a_straight_path_is_measured_as_straight(run):
    found = lens.way(run)
    assert found["ahead"] == pytest.approx([1.0] * 4, abs=1e-5)
    assert found["detour"] == pytest.approx(1.0, abs=1e-5)
    assert found["off"] == pytest.approx([0.0] * 4, abs=1e-5)
    # what is given lies sigma of the whole way from the end
    whole = float((run.latents[0] - run.latent).norm() / run.latent.norm())
    assert found["noisy"] == pytest.approx([sigma * whole for sigma in run.sigmas], rel=1e-4)


def test_a_real_run_is_not_straight(wandering):
    found = lens.way(wandering)
    assert found["detour"] > 1.0001
    assert found["off"][0] > found["off"][-1]


def test_the_guess_of_a_perfect_model_is_the_film(run, model, perfect):
    found = lens.given_and_guess(run, model, step=0)
    assert np.abs(found["guess"].astype(int) - found["finished"]).max() <= 1
    assert np.array_equal(found["given"], decode(model, run, run.latents[0], sound=False).frames)
    assert found["sigma"] == pytest.approx(run.sigmas[0])
    said = lens.answer(run, model)
    assert said["answer"] == "film" and said["alike"] > 0.99 and said["detail"] == pytest.approx(1, abs=0.05)


def test_a_blur_is_called_a_blur(run, model, perfect):
    mean = run.latent.mean((1, 2, 3), keepdim=True).expand_as(run.latent)
    blurred = dataclasses.replace(run, velocities=[run.latents[0] - mean, *run.velocities[1:]])
    assert lens.answer(blurred, model)["answer"] == "blur"


def test_the_jump_of_a_perfect_model_misses_nothing_and_noise_misses_a_lot(run, model, perfect):
    assert lens.missed(run, lens.jump(run, model, step=0), model, step=0)["apart"] < 0.005
    noise = {"film": np.random.default_rng(0).integers(0, 256, (17, 64, 64, 3), dtype=np.uint8)}
    found = lens.missed(run, noise, model, step=0)
    assert found["alike"] < 0.1 and found["detail"] > 2 and found["case"] == "as_much"


def test_the_guess_by_the_words_alone_has_no_push_in_it(wandering, model):
    """Of a run without guidance it is the run's own; guidance goes on from there, away from the one without words."""
    plain = record(model, dataclasses.replace(wandering.request, guidance=1.0)).finish()
    assert torch.equal(told(model, plain, 0), plain.steps[0].x0)
    both, (a, b) = branches(model, wandering, 2), wandering.x0_rule[2]
    with_words, without = (a * wandering.latents[2] + b * v for v in (both.cond, both.uncond))
    assert torch.allclose(told(model, wandering, 2), with_words, atol=1e-6)
    pushed = without + wandering.request.guidance * (with_words - without)
    assert torch.allclose(wandering.steps[2].x0, pushed, atol=1e-4) and not torch.allclose(
        pushed, with_words, atol=1e-4
    )


def test_the_first_guess_is_held_against_an_average_and_single_films(run, model, monkeypatch):
    monkeypatch.setattr(lens, "FILMS", 3)
    seen = []

    def recorded(model, request):
        seen.append(record(model, dataclasses.replace(request, steps=1)))
        return seen[-1]

    monkeypatch.setattr(lens, "record", recorded)
    mean = lambda: torch.stack([made.recording.latent for made in seen]).mean(0)  # noqa: E731
    monkeypatch.setattr(lens, "told", lambda model, run, step: mean())
    found = finish(lens.average(run, model))
    assert {made.recording.request.seed for made in seen} == {4, 5, 6}
    assert found["mean"] == pytest.approx(1) and found["one"] < 1 and found["case"] == "average"
    monkeypatch.setattr(lens, "told", lambda model, run, step: seen[0].recording.latent - 3 * mean())
    assert finish(lens.average(run, model))["case"] == "other"
    assert len(picture.averaged(found, WORDS).films) == 4


def test_futures_start_from_the_finished_film_under_fresh_noise(wandering, model, monkeypatch):
    started = []

    def replayed(model, run, from_step, latent, sound_latent):
        started.append((from_step, latent))
        return replay(model, run, from_step=from_step, latent=latent, sound_latent=sound_latent)

    monkeypatch.setattr(lens, "replay", replayed)
    found = finish(lens.futures(wandering, model))
    assert [step for step, _ in started] == [0, 0, 2, 2] and (found["early"], found["late"]) == (1, 3)
    left = [(x - (1 - wandering.sigmas[s]) * wandering.latent) / wandering.sigmas[s] for s, x in started]
    assert all(float(noise.std()) == pytest.approx(1, abs=0.05) for noise in left)
    assert not torch.allclose(left[0], left[1]) and torch.allclose(left[0], left[2], atol=1e-4)
    assert len(found["films"]) == len(picture.fan(found, WORDS).films) == 4


def test_a_run_that_is_stopped_is_no_shorter_run(wandering, model):
    found = finish(lens.halfway(wandering, model))
    whole = record(model, dataclasses.replace(wandering.request, steps=10)).finish()
    few = record(model, dataclasses.replace(wandering.request, steps=5)).finish()
    assert found["left"] == whole.sigmas[5] and few.sigmas[-1] < found["left"]
    assert np.array_equal((found["few"] * 255).round(), decode(model, few, sound=False).frames)
    stopped = decode(model, whole, whole.latents[5], sound=False).frames
    assert np.array_equal((found["stopped"] * 255).round(), stopped)
    assert len(picture.stopped(found, WORDS).films) == 3


def test_the_ladder_holds_the_films_of_other_step_counts(wandering, model, monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", FrameReader)
    monkeypatch.setattr(lens, "asked", lambda prompt: {"place": "light", "colour": "dark", "subject": "light"})
    found = finish(lens.ladder(wandering, model))
    alone = record(model, dataclasses.replace(wandering.request, steps=10)).finish()
    at = found["steps"].index(10)
    assert np.array_equal((found["films"][at] * 255).round(), decode(model, alone, sound=False).frames)
    assert found["off"][-1] == 0 and found["off"][0] > found["off"][-2] > 0
    assert found["asked"] == 3 and found["shown_10"] in (1, 2)  # light and dark: never both
    assert len(picture.ladder(found, WORDS)) == len(lens.LADDER)


def test_the_path_lies_in_the_plane_of_most_variance(wandering, model):
    found = finish(lens.path(wandering, model))
    points = {name: np.asarray(p) for name, p in found["points"].items()}
    assert set(points) == {"", "seed 4", "seed 5", "seed 6", *lens.PROMPTS}
    # the same noise is the same place to start from, whatever the words
    assert np.allclose(points[""][0], points[lens.PROMPTS[0]][0], atol=1e-4)
    assert not np.allclose(points[""][0], points["seed 4"][0], atol=1e-2)
    spread = np.concatenate(list(points.values()))
    covariance = np.cov(spread.T)
    assert abs(covariance[0, 1]) < 1e-3 * covariance[0, 0] and covariance[0, 0] >= covariance[1, 1]
    assert 0 < found["seen"] <= 1


def test_what_is_decided_is_dated(run, model, perfect, monkeypatch):
    monkeypatch.setattr("explainers.measure.reader.Reader", FrameReader)
    dark, light = -run.latent, run.latent
    shown = [float(decode(model, run, x, sound=False).frames.mean() / 255) for x in (dark, light)]
    assert shown[0] != pytest.approx(shown[1], abs=0.01)
    monkeypatch.setattr(FrameReader, "middle", sum(shown) / 2)
    guesses = [dark, dark, light, light]  # the reader changes its mind at the third step
    velocities = [(x - g) / s for x, g, s in zip(run.latents, guesses, run.sigmas, strict=False)]
    found = finish(lens.decided(dataclasses.replace(run, velocities=velocities), model))
    assert [found[kind] for kind in lens.KINDS] == [3] * 4
    assert found["right"] == 0.7 and found["sure"].shape == (4, 4)


def test_the_poked_run_starts_from_other_noise_in_that_region_alone(run, model):
    other = finish(lens.poke(run, model, where="left", amount=1.0))
    change = (other.latents[0] - run.latents[0]).abs().sum(0)  # (frames, rows, cols)
    cols = change.shape[2]
    assert change[..., : cols // 2].min() > 0 and change[..., cols // 2 :].max() == 0


@pytest.mark.parametrize("where", sorted(lens.REGIONS))
def test_change_is_told_inside_and_outside(run, model, where):
    spans = lens._region(run.latent.shape[1:], where)
    finished = poked(run.latent, *spans, amount=0.8, seed=5)
    other = dataclasses.replace(run, latents=[*run.latents[:-1], finished])
    found = lens.spread(run, other, model, where=where)
    assert found["in_mean"] > 4 * found["out_mean"]  # the codec's own reach is all that leaks
    assert 0 <= found["leaked"] < 0.5
    assert lens.spread(run, run, model, where=where)["in_mean"] == 0


def test_pictures_have_titles_units_and_values(run, wandering, model, perfect):
    way = lens.way(run)
    for figure in (
        picture.way(way, WORDS),
        picture.straight(way, WORDS),
        picture.jump(lens.missed(run, lens.jump(run, model, step=1), model, step=1), WORDS),
        picture.poke(lens.spread(run, run, model, where="top"), WORDS),
        picture.path(finish(lens.path(wandering, model)), WORDS),
        picture.closer({"steps": [1, 2], "detail": [0.2, 1.0]}, WORDS),
    ):
        layout = figure.layout
        assert layout.title.text and layout.xaxis.title.text and layout.yaxis.title.text
        assert all(len(trace.y) for trace in figure.data)
    assert torch.tensor(lens.way(run)["off"]).isfinite().all()
