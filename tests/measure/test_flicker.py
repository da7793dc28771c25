"""Flicker is nothing for what moves, and as much as was put in for what flickers."""

import numpy as np
import pytest
import torch

from explainers.measure.flicker import drift, flicker, flicker_map
from training.world import draw, render


@pytest.fixture(scope="module")
def films():
    return render(draw(8, 11), 9, 64, 64)


def test_rendered_films_hardly_flicker(films):
    """What there is comes from legs and turns, and subjects take up a third of the picture's height or more."""
    assert np.mean([flicker(f).mean() for f in films]) < 0.010


def test_a_shift_of_whole_pixels_is_motion_and_a_change_of_light_is_not():
    picture = torch.nn.functional.avg_pool2d(
        torch.rand(1, 3, 80, 80, generator=torch.Generator().manual_seed(0)), 5, 1, 2
    )[0]
    moved = torch.stack([picture[:, 8:72, 8 - k : 72 - k] for k in range(0, 6, 2)])
    assert flicker_map(moved)[:, 8:-8, 8:-8].abs().max() < 1e-6
    flat = torch.full((4, 3, 64, 64), 0.5)
    flat[1::2] += 0.1
    assert flicker(flat) == pytest.approx(0.1, abs=1e-6)


def test_scrambled_frames_and_noise_flicker_more(films):
    order = [0, 5, 2, 7, 4, 1, 6, 3, 8]
    g = torch.Generator().manual_seed(1)
    for film in films:
        noisy = film + 0.1 * torch.randn(film.shape[0], 1, 1, 1, generator=g)  # light that jumps from frame to frame
        assert flicker(noisy).mean() > 3 * flicker(film).mean()
    calm, mixed = (np.mean([flicker(f[o]).mean() for f in films]) for o in (list(range(9)), order))
    assert mixed > 2 * calm


def test_flicker_of_one_frame_is_nothing():
    assert flicker(torch.rand(1, 3, 32, 32)).shape == (0,)


def test_drift():
    same = np.tile([0.9, 0.1], (6, 1))
    assert drift(same) == pytest.approx(0)
    other = np.array([[1.0, 0.0]] * 3 + [[0.0, 1.0]] * 3)
    assert drift(other) == pytest.approx(0.5)
