"""The spectrum against waves whose place is known, and against white noise."""

import math

import pytest
import torch

from explainers.measure.spectrum import power_spectrum


def wave(waves, side=64):
    """A picture that is one wave across, in both directions."""
    x = torch.arange(side) * 2 * math.pi * waves / side
    return torch.cos(x)[None, None].expand(1, side, side)


@pytest.mark.parametrize("waves", [1, 5, 20, 31])
def test_the_power_of_a_wave_stands_at_its_frequency(waves):
    at, power = power_spectrum(wave(waves))
    assert int(at[power.argmax()]) == waves
    assert float(power.sum() - power.max()) < 1e-3 * float(power.max())


def test_white_noise_has_power_one_everywhere():
    _, power = power_spectrum(torch.randn(200, 64, 64, generator=torch.Generator().manual_seed(3)))
    assert torch.allclose(power, torch.ones(32), atol=0.05)


def test_power_on_a_wide_picture_counts_waves_of_the_same_size():
    """A wave of 8 pixels is 8 waves across the shorter side of 64, whichever way it lies."""
    film = torch.cos(torch.arange(96) * 2 * math.pi / 8)[None, None].expand(1, 64, 96)
    at, power = power_spectrum(film)
    assert int(at[power.argmax()]) == 8


def test_brightness_is_no_detail():
    picture = torch.rand(3, 32, 48, generator=torch.Generator().manual_seed(3))
    assert torch.allclose(power_spectrum(picture)[1], power_spectrum(picture + 5)[1], atol=1e-4)
