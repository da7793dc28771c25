"""The noise page against plain formulas: white noise, pure waves, the weighted sum itself."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from explainers.engine import decode
from explainers.kit.lesson import finish
from explainers.kit.sentences import Words
from explainers.lessons.noise import lens, picture

WORDS = Words.of("noise")


def falling(slope):
    """White noise whose power falls with its waves as waves^-slope, from a power of 100 at the biggest shapes."""
    white = torch.fft.fft2(lens._noise(torch.zeros(100, 64, 64), seed=3))
    waves = 64 * torch.hypot(torch.fft.fftfreq(64)[:, None], torch.fft.fftfreq(64)[None])
    return torch.fft.ifft2(white * 10 * waves.clamp(min=1) ** (-slope / 2)).real


def test_the_level_at_which_noise_wins(monkeypatch, run, model):
    """A film whose power is 4 at every frequency drowns where (1 - s)^2 * 4 = s^2, that is at two thirds."""
    flat = lens._noise(torch.zeros(300, 64, 64), seed=3) * 2
    monkeypatch.setattr(lens, "_views", lambda run, model: (flat, flat))
    found = lens.overtakes(run, model)
    assert np.allclose(found["level"], 2 / 3, atol=0.01)
    assert found["case"] == "neither"


@pytest.mark.parametrize(("pixels", "latent", "case"), [(3, 3, "both"), (3, 0.3, "pixels"), (0, 3, "neither")])
def test_what_drowns_first_is_told_by_both_spectra(monkeypatch, run, model, pixels, latent, case):
    monkeypatch.setattr(lens, "_views", lambda run, model: (falling(pixels), falling(latent)))
    found = lens.overtakes(run, model)
    assert found["case"] == case
    fine = 10 * 32 ** (-pixels / 2)  # root of the power that is left at the finest detail
    assert found["fine"] == pytest.approx(fine / (1 + fine), abs=0.02)
    assert set(picture.sizes(found, WORDS).values.values()) == {
        found[name] for name in ("coarse", "fine", "coarse_latent", "fine_latent")
    }


def test_fine_detail_of_a_rendered_film_drowns_first(run, model):
    found = lens.overtakes(run, model)
    assert found["case"] in ("pixels", "both")
    assert found["fine"] < 0.3 < 0.8 < found["coarse"]


def test_little_noise_leaves_the_film_and_much_leaves_none(run, model):
    film = decode(model, run, sound=False).frames / 255
    little, much = (lens.drowned(run, model, level=level) for level in (0.0, 1.0))
    assert np.allclose(little["pixels"], film, atol=1e-5)
    assert np.array_equal(little["latents"], decode(model, run, sound=False).frames)
    left = np.corrcoef(np.asarray(much["pixels"]).ravel(), film.ravel())[0, 1]
    assert abs(left) < 0.01
    shown = list(picture.poured(much, WORDS).films.values())
    assert shown[0] is much["pixels"] and shown[1] is much["latents"]


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


def test_the_quiz_says_what_was_left(monkeypatch, run, model):
    assert lens.answer(run, model, level=0.5)["answer"] == "same"
    for jumped, walked, answer, case in (
        (0.5, 0.495, "same", "same"),
        (0.4, 0.5, "leap", "other"),
        (0.5, 0.4, "walk", "other"),
    ):
        left = {"left_jumped": jumped, "left_walked": walked}
        monkeypatch.setattr(lens, "jump", lambda *_, level, left=left: left)
        found = lens.answer(run, model, level=0.5)
        assert (found["answer"], found["case"]) == (answer, case)


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
    assert list(picture.told(found, WORDS).values.values()) == [
        found[name] for name in ("place_eye", "place", "subject_eye", "subject")
    ]


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
    assert (same["apart"], same["alike"], same["case"]) == (0.0, pytest.approx(1.0), "same")
    strange = replace(run, latents=[*run.latents[:-1], lens._noise(run.latent, seed=5)])
    assert lens.regained(run, strange, model)["case"] == "other"


def test_half_the_noise(run, model):
    other = finish(lens.half_noise(run, model))
    assert torch.equal(other.latents[0], run.latents[0] / 2)
    assert torch.equal(other.sound_latents[0], run.sound_latents[0] / 2)
    same = lens.faded(run, run, model)
    assert (same["detail"], same["contrast"], same["apart"]) == (1.0, 1.0, 0.0)
