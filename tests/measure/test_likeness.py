"""Likeness against films whose difference is known."""

import numpy as np
import pytest
import torch

from explainers.measure.likeness import alike, apart, change, off


@pytest.fixture
def film():
    return np.random.default_rng(0).integers(0, 200, (5, 16, 24, 3), np.uint8)


def test_change_is_counted_frame_by_frame_in_parts_of_white(film):
    other = film.copy()
    other[2] += 51  # a fifth of white, in one of five frames
    assert change(film, other) == pytest.approx([0, 0, 0.2, 0, 0])
    assert apart(film, other) == apart(other, film) == pytest.approx(0.04)
    assert apart(film, film.astype(np.float32) / 255) == pytest.approx(0, abs=1e-7)  # both forms of a film


def test_alike_is_what_brightness_does_not_change(film):
    assert alike(film, film) == pytest.approx(1)
    assert alike(film, film // 2 + 30) == pytest.approx(1, abs=1e-3)
    assert alike(film, 255 - film) == pytest.approx(-1)
    assert abs(alike(film, np.random.default_rng(1).integers(0, 255, film.shape, np.uint8))) < 0.05
    assert alike(film, np.full_like(film, 90)) == 0


def test_a_distance_is_a_share_of_the_finished_ones_size():
    finished = torch.tensor([3.0, 4.0])
    assert off(torch.zeros(2), finished) == pytest.approx(1)
    assert off(finished * 1.5, finished) == pytest.approx(0.5)
