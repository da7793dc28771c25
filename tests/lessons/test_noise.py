"""The noise page against plain formulas: white noise, pure waves, the weighted sum itself."""

import math

import numpy as np
import pytest
import torch

from explainers.engine import decode
from explainers.kit.lesson import finish
from explainers.lessons.noise import lens
from explainers.measure.spectrum import power_spectrum


def test_the_level_at_which_noise_wins(monkeypatch, run, model):
    """A film whose power is 4 at every frequency drowns where (1 - s)^2 * 4 = s^2, that is at two thirds."""
    flat = lens._noise(torch.zeros(300, 64, 64), seed=3) * 2
    monkeypatch.setattr(lens, "_views", lambda run, model: (flat, flat))
    found = lens.overtakes(run, model)
    assert np.allclose(found["level"], 2 / 3, atol=0.01)
    assert lens.answer(run, model)["answer"] == "together"


def test_fine_detail_of_a_rendered_film_drowns_first(run, model):
    found = lens.answer(run, model)
    assert found["answer"] == "fine"
    assert found["fine"] < 0.3 < 0.8 < found["coarse"]


def test_the_spectrum_is_that_of_the_drowned_film(run, model):
    """Film and noise are independent: their powers add up to the power of the sum."""
    level = 0.4
    film, _ = lens._views(run, model)
    _, whole = power_spectrum((1 - level) * film + level * lens._noise(film, seed=1))
    found = lens.spectrum(run, model, level=level)
    assert torch.allclose(whole, found["film"] + found["noise"], rtol=0.15)
    assert found["lost"] == int((found["noise"] > found["film"]).sum())


def test_little_noise_leaves_the_film_and_much_leaves_none(run, model):
    film = decode(model, run, sound=False).frames / 255
    little, much = (lens.drowned(run, model, level=level) for level in (0.0, 1.0))
    assert np.allclose(little["pixels"], film, atol=1e-5)
    assert np.array_equal(little["latents"], decode(model, run, sound=False).frames)
    left = np.corrcoef(np.asarray(much["pixels"]).ravel(), film.ravel())[0, 1]
    assert abs(left) < 0.01


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_a_jump_is_as_good_as_a_hundred_steps(run, model, level):
    found = lens.jump(run, model, level=level)
    # what the formula says is left of the film
    assert found["left_jumped"] == pytest.approx(1 - level, abs=0.01)
    assert found["left_walked"] == pytest.approx(1 - level, abs=0.01)
    # 208,896 numbers each: 1.95 * sqrt(2 / n) is passed by one pair in a thousand of the same distribution
    assert max(found["apart"], found["apart_twice"]) < 1.95 * math.sqrt(2 / 208_896)
    bell = np.exp(-np.square(found["value"].numpy()) / 2) / math.sqrt(2 * math.pi)
    assert np.allclose(found["walked"], bell, atol=0.01)


def test_the_distance_of_two_distributions_sees_a_shift():
    a, b = torch.zeros(1000), torch.ones(500)
    assert lens._apart(a, b) == 1.0
    assert lens._apart(a, a) == 0.0
    assert lens._apart(torch.arange(10.0), torch.arange(5.0)) == pytest.approx(0.5)


class OfBrightness:
    """A reader that is right as long as the film's brightness goes with the true one."""

    accuracy = dict.fromkeys(lens.KINDS, 0.9)

    def __init__(self, film):
        self.film = film.astype(float).ravel()

    def says(self, film):
        return dict.fromkeys(lens.KINDS, "it")

    def read(self, film):
        sure = abs(float(np.corrcoef(film.astype(float).ravel(), self.film)[0, 1]))
        return {kind: {"it": sure} for kind in lens.KINDS}


def test_what_a_reader_can_tell_fades_with_the_level(monkeypatch, run, model):
    from explainers.measure.reader import Reader

    film = decode(model, run, sound=False).frames
    monkeypatch.setattr(lens, "TRIES", 1)
    monkeypatch.setattr(Reader, "load", classmethod(lambda cls: OfBrightness(film)))
    found = finish(lens.readable(run, model))
    assert found["level"] == run.sigmas
    assert found["eye"][0, 0] < 0.3 and found["eye"][0, -1] > 0.99  # pure noise; hardly any
    assert found["place_eye"] == max(s for s, e in zip(run.sigmas, found["eye"][0], strict=True) if e > 0.5)
    assert found["sure"] == 0.9


def test_coming_back_from_a_jump(run, model):
    """Only what comes after the jump is computed anew; with hardly any noise the same film comes back."""
    other = finish(lens.back(run, model, level=0.5))
    assert all(a.equal(b) for a, b in zip(run.latents[:2], other.latents[:2], strict=True))
    step, sigma = 2, run.sigmas[2]
    noise = lens._noise(run.latent, run.request.seed + 1)
    assert torch.allclose(other.latents[step], (1 - sigma) * run.latent + sigma * noise)
    found = lens.regained(run, other, model)
    assert (found["level"], found["steps"]) == (sigma, 2)
    same = lens.regained(run, run, model)
    assert (same["apart"], same["alike"]) == (0.0, pytest.approx(1.0))


def test_half_the_noise(run, model):
    other = finish(lens.half_noise(run, model))
    assert torch.equal(other.latents[0], run.latents[0] / 2)
    assert torch.equal(other.sound_latents[0], run.sound_latents[0] / 2)
    same = lens.faded(run, run, model)
    assert (same["detail"], same["contrast"], same["apart"]) == (1.0, 1.0, 0.0)
