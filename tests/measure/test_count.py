"""Counting against rendered films, of one subject and of two side by side, whose number is known."""

from dataclasses import replace

import pytest
import torch

from explainers.measure.count import per_frame, things
from training.world import render, spell
from training.world.places import backdrop

COLOURS = ("red", "blue", "purple", "orange")


def scenes(subject, place, seed, x):
    said = {"subject": subject, "place": place}
    choices = [said | {"colour": c, "motion": m} for c in COLOURS for m in ("bounce", "spin")]
    return spell(choices, seed=seed, x=x, radius=9.5, drift=0.0)


@pytest.mark.parametrize("place", ["snow", "grass"])
@pytest.mark.parametrize("subject", ["ball", "cat", "star", "boat"])
def test_one_is_one_and_two_are_two(subject, place):
    left = scenes(subject, place, 1, 17.0)
    right = replace(scenes(subject, place, 2, 47.0), ground=left.ground, horizon=left.horizon, phase=left.phase)
    empty = backdrop(left, torch.arange(17.0), 64, 64).clamp(0, 1)
    one, other = render(left, 17, 64, 64), render(right, 17, 64, 64)
    two = torch.where((other - empty).abs().amax(2, keepdim=True) > 0.02, other, one)
    assert [things(film) for film in one] == [1] * len(one)
    assert sum(things(film) == 2 for film in two) >= len(two) - 2  # 62 of 64 over all cases
    assert [things(film) for film in empty] == [0] * len(empty)


def test_the_number_does_not_depend_on_the_size():
    film = render(scenes("ball", "grass", 1, 17.0), 5, 96, 96)[0]
    assert things(film) == 1 and per_frame(film).shape == (5,)
    assert things((film.permute(0, 2, 3, 1) * 255).byte().numpy()) == 1  # as the engine hands films over
